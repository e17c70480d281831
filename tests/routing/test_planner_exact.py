"""The planner's plan is the cheapest there is: 20,000 random orders against enumeration (I7, I8)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.network.policy import Objective
from engine.routing.planner import Decision, Planner
from solvers.problem import Status
from tests.routing.brute_force import BruteForce, Value
from tests.routing.instances import Case, random_case, random_network, random_prices

NETWORKS_PER_SEED = 10
ORDERS_PER_NETWORK = 50
SEEDS = 40  # times the two above: 20,000 orders


def planner_of(rng: np.random.Generator) -> Planner:
    network = random_network(rng)
    return Planner(network, random_prices(rng, network))


def value_of(planner: Planner, decision: Decision, left_out: int) -> Value:
    """What the objective compares; ``left_out`` counts lines, or units where lines may be divided."""
    if planner.network.policy.objective is Objective.SHIPMENTS:
        return left_out, len(decision.shipments), decision.cost
    return 0, 0, decision.cost


def assert_optimal(planner: Planner, case: Case) -> bool:
    """Equal to the micro; returns whether anything ships. ``verify`` ran within, or there were no decision."""
    decision = planner.decide(case.order, case.stock, case.now)
    expected = BruteForce(planner.model, case).whole()
    if expected is None:
        assert decision.certificate.status is Status.INFEASIBLE
        assert not decision.shipments
    else:
        assert value_of(planner, decision, len(decision.unfilled)) == expected
        assert decision.certificate.status is Status.OPTIMAL
        assert decision.certificate.bound == decision.certificate.objective
    return bool(decision.shipments)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_plan_is_cheaper_than_the_planners(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shipped = 0
    for at in range(NETWORKS_PER_SEED):
        planner = planner_of(rng)
        for k in range(ORDERS_PER_NETWORK):
            case = random_case(rng, planner.network, divide=0.0)
            try:
                shipped += assert_optimal(planner, case)
            except Exception as error:
                raise AssertionError(f"seed {seed}, network {at}, order {k}: {case.order}") from error
    assert shipped > NETWORKS_PER_SEED * ORDERS_PER_NETWORK / 4
