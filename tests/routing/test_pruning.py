"""Options that can't win are left out, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.routing.planner import Planner
from engine.routing.sourcing import Sourced
from solvers import order as order_solver
from tests.routing.instances import random_case, random_network, random_prices

Chosen = list[tuple[int, int, int, tuple[int, ...], int]]


def chosen(sourced: Sourced) -> tuple[int, Chosen]:
    """The objective, and of each shipment its node, service, day, lines and cost."""
    plan = order_solver.solve(sourced.problem)
    shipments = []
    for shipment in plan.shipments:
        node, service, day = sourced.options[shipment.option].tolist()
        shipments.append((node, service, day, tuple(take.line for take in shipment.takes), shipment.cost))
    return plan.certificate.objective, shipments


@pytest.mark.parametrize("seed", range(10))
def test_an_order_is_planned_alike_with_and_without_the_options_that_cannot_win(seed: int) -> None:
    rng = np.random.default_rng((17, seed))
    left_out = 0
    for _ in range(10):
        network = random_network(rng)
        planner = Planner(network, random_prices(rng, network))
        sourcing = planner.sourcing
        for _ in range(25):
            case = random_case(rng, network)
            ask = sourcing.asking.ask(case.order)
            planner.lay_bids(ask, case.stock, case.now)
            for store in ask.stores or (-1,):
                whole = sourcing.source(ask, case.stock, case.now, store)
                n_options, plan = whole.problem.n_options, chosen(whole)
                pruned = sourcing.source(ask, case.stock, case.now, store, pruned=True)
                assert chosen(pruned) == plan
                left_out += n_options - pruned.problem.n_options
                assert n_options >= pruned.problem.n_options
    assert left_out > 0
