"""No policy is cheaper than hindsight: a proven bound below whatever any policy paid on the same orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as amended

from engine.errors import InvalidInput
from engine.network.breadth import breadth_prices
from engine.network.network import Network, StockRow
from engine.network.prices import BidPrices
from engine.pricing.hindsight import hindsight
from engine.routing.order import Order
from engine.routing.planner import RULES
from engine.simulation.chance import Chance
from engine.simulation.luck import Luck
from engine.simulation.replay import Replay
from engine.simulation.results import outcome_of_fate
from engine.simulation.scenario import Base, Scenario
from engine.simulation.study import run
from tests.routing.instances import random_case, random_network
from tests.simulation.us import us

Rng = np.random.Generator
CALM = Luck(reject_scale=0)
Receipts = list[tuple[int, str, str, int]]


def random_days(rng: Rng, divide: bool) -> tuple[Network, list[StockRow], list[Order], Receipts]:
    """A network, scarce stock, orders of a few days and what comes in meanwhile."""
    network = random_network(rng)
    orders = []
    for x in range(int(rng.integers(4, 14))):
        order = random_case(rng, network, divide=divide, most_units=4).order
        orders.append(amended(order, order_id=f"o{x}", vip=bool(rng.random() < 0.2)))
    first = min(order.order_time for order in orders)
    cells = [(item.sku, node.node_id) for item in network.items for node in network.nodes]
    stock = [
        StockRow(node, sku, int(rng.integers(0, 4)), int(rng.integers(0, 2)), 0)
        for sku, node in cells
        if rng.random() < 0.6
    ]
    receipts = [
        (first + int(rng.integers(0, 5 * 86_400)), sku, node, int(rng.integers(1, 4)))
        for sku, node in cells
        if rng.random() < 0.2
    ]
    return network, stock, orders, receipts


def paid(
    network: Network,
    stock: list[StockRow],
    orders: list[Order],
    receipts: Receipts,
    prices: BidPrices | None,
    solver: str,
    luck: Luck,
) -> int:
    replay = Replay(
        network, stock, orders, chance=Chance(3, 0), luck=luck, receipts=receipts, prices=prices, solver=solver
    )
    replay.run()
    return sum(outcome_of_fate(fate, network.policy.backorder_cost_per_unit).cost for fate in replay.fates)


@pytest.mark.parametrize("seed", range(4))
def test_no_policy_pays_less_than_the_bound(seed: int) -> None:  # I8
    """Exact, at prices, by every rule, with and without rejects: on random networks, days and receipts."""
    rng = np.random.default_rng((43, seed))
    tight = 0
    for number in range(3):
        network, stock, orders, receipts = random_days(rng, divide=number % 2 == 0)
        found = hindsight(network, stock, orders, receipts, sweeps=40)
        policies = [
            ("auto", None),
            ("auto", breadth_prices(network, stock, 9_000_000)),
            (RULES[number], None),
        ]
        for solver, prices in policies:
            for luck in (CALM, Luck(reject_scale=60))[: 2 if solver == "auto" else 1]:
                cost = paid(network, stock, orders, receipts, prices, solver, luck)
                assert cost >= found.bound, (seed, number, solver)
                tight += solver == "auto" and cost < 1.35 * found.bound
    assert tight > 0


def test_orders_that_fill_the_stock_are_bounded_above_what_each_would_cost_alone() -> None:
    network, stock, orders = us(400)
    scarce = [replace(row, on_hand=min(1, row.on_hand), safety_stock=0) for row in stock]
    wanted = [amended(order, order_id=f"{order.order_id}/{x}") for x in range(4) for order in orders]
    came = sorted(wanted, key=lambda order: order.order_time)
    found = hindsight(network, scarce, came, sweeps=60)
    plenty = hindsight(network, [replace(row, on_hand=999) for row in stock], came, sweeps=2)
    assert found.bound > 1.02 * plenty.bound
    assert found.regret(found.bound * 1.5) == pytest.approx(0.5)


def test_a_study_tells_each_replications_regret() -> None:
    from engine.simulation.regret import regret_of

    network, stock, orders = us(200)
    scenario = Scenario("base", Base(network, tuple(stock), tuple(orders)), luck=Luck(abandoned=0.2), resample=True)
    told = run(scenario, 1, 0)
    kept = told.orders.filter(~told.orders["abandoned"]).height
    assert 0 < kept < told.orders.height
    found = regret_of(scenario, 1, told.figures_alone())
    assert 0 <= found["regret"] < 0.3
    assert found["hindsight"] <= told.figures["cost"]
    back = replace(scenario, luck=Luck(returned=0.1))
    with pytest.raises(InvalidInput, match="returned"):
        regret_of(back, 1, told)


def test_orders_are_needed() -> None:
    network, stock, _ = us(1)
    with pytest.raises(InvalidInput, match="orders"):
        hindsight(network, stock, [])
