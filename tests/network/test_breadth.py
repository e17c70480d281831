"""Prices by breadth: the broadest node is the dearest to take from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import InvalidInput
from engine.network.breadth import breadth_prices
from engine.network.network import StockRow
from engine.network.policy import Objective
from engine.routing.planner import Planner
from tests.routing.eu import EU, order, stock_of

BROAD, NARROW = EU.nodes[0].node_id, EU.nodes[1].node_id


def test_a_unit_costs_the_share_of_the_skus_that_its_node_has() -> None:
    stock = [StockRow(BROAD, item.sku, 5) for item in EU.items] + [StockRow(NARROW, EU.items[0].sku, 5)]
    prices = breadth_prices(EU, stock, 9_000_000)
    assert {prices.unit[item.sku, BROAD] for item in EU.items} == {9_000_000}
    assert prices.unit[EU.items[0].sku, NARROW] == 9_000_000 // len(EU.items)


def test_what_is_sold_out_adds_no_breadth() -> None:
    prices = breadth_prices(EU, [StockRow(BROAD, EU.items[0].sku, 0), StockRow(BROAD, EU.items[1].sku, 1)], 1_000_000)
    assert set(prices.unit.values()) == {1_000_000 // len(EU.items)}


def test_with_shipments_first_prices_choose_among_plans_with_as_few_and_add_none() -> None:
    network = replace(EU, policy=replace(EU.policy, objective=Objective.SHIPMENTS))
    stock = stock_of(network)
    wanted = order(("TEA-ASSAM", 1), ("MUG-BLUE", 1))
    now = wanted.order_time
    plain = Planner(network).decide(wanted, stock, now)
    for node in network.nodes:
        dear = breadth_prices(network, [StockRow(node.node_id, item.sku, 1) for item in network.items], 1_000_000_000)
        priced = Planner(network, dear).decide(wanted, stock, now)
        assert len(priced.shipments) == len(plain.shipments)
        assert len(priced.unfilled) == len(plain.unfilled)


def test_a_price_below_zero_is_refused() -> None:
    with pytest.raises(InvalidInput, match="most"):
        breadth_prices(EU, [], -1)
