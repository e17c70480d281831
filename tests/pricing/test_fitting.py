"""Prices fitted to past orders: what they rest on, that they can be had again, and that they earn their keep."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.errors import InvalidInput
from engine.network.network import StockRow
from engine.network.policy import Divide
from engine.network.price_document import decode, document_of, encode, from_json, to_json
from engine.network.prices import BidPrices
from engine.pricing.fitting import Fitting, cluster, expected_of, fit, moved
from engine.pricing.horizon import Expected, lay_out
from engine.routing.opening_stock import opening_stock
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.simulation.replay import undisturbed
from solvers import fluid
from tests.routing.eu import BERLIN, EU, MONDAY, order
from tests.simulation.us import us

DAY_S, WEEK_S = 86_400, 7 * 86_400
FITTING = Fitting(MONDAY + WEEK_S, 7)
KETTLE, TEA = ("KETTLE-17", 1), ("TEA-ASSAM", 1)


def past(*orders: Order) -> list[Order]:
    return [replace(each, order_id=f"o{x}", order_time=MONDAY + x * 3_600) for x, each in enumerate(orders)]


def test_orders_of_one_kind_are_one_type_that_comes_so_often() -> None:
    expected = expected_of(past(order(TEA), order(TEA), order(KETTLE), order(TEA, KETTLE)), FITTING)
    types = cluster(expected)
    assert sorted(each.times for each in types) == [1.0, 1.0, 2.0]
    assert sum(each.times for each in types) == 4.0
    assert {each.order.order_time // DAY_S for each in types} == {(MONDAY + WEEK_S) // DAY_S}


def test_the_same_weekdays_are_expected_as_often_as_the_weeks_of_the_past_had_them() -> None:
    orders = [replace(order(TEA), order_time=MONDAY + x * DAY_S) for x in range(28)]
    for days, expected in ((7, 7), (14, 14), (21, 21), (56, 56)):
        found = expected_of(orders, Fitting(MONDAY + 28 * DAY_S, days))
        assert sum(each.times for each in found) == pytest.approx(expected, rel=0.01)
        assert all(each.order.order_time >= MONDAY + 28 * DAY_S for each in found)
        weekdays = {each.order.order_time // DAY_S % 7: 0.0 for each in found}
        for each in found:
            weekdays[each.order.order_time // DAY_S % 7] += each.times
        assert max(weekdays.values()) == pytest.approx(min(weekdays.values()))


def test_an_order_moved_on_keeps_its_dates_as_far_ahead() -> None:
    wanted = replace(order(TEA), deliver_by=MONDAY + DAY_S)
    later = moved(wanted, WEEK_S)
    assert (later.order_time, later.deliver_by) == (wanted.order_time + WEEK_S, MONDAY + DAY_S + WEEK_S)


def test_the_last_unit_of_the_one_node_that_completes_an_order_is_dear_there() -> None:
    """Tea is in Berlin and Munich, the kettle in Berlin alone: tea sold alone should go from Munich."""
    stock = [
        StockRow("dc-berlin", "TEA-ASSAM", 4, safety_stock=0),
        StockRow("dc-munich", "TEA-ASSAM", 4, safety_stock=0),
    ]
    stock.append(StockRow("dc-berlin", "KETTLE-17", 4, safety_stock=0))
    singles, pairs = [order(TEA)] * 4, [order(TEA, KETTLE)] * 4
    orders = past(*singles, *pairs)
    fitted = fit(EU, stock, expected_of(orders, FITTING), FITTING)
    tea = {node: fitted.prices.unit.get(("TEA-ASSAM", node), 0) for node in ("dc-berlin", "dc-munich")}
    assert tea["dc-berlin"] > tea["dc-munich"]
    to_come = [moved(each, WEEK_S) for each in orders]
    myopic, looking = (sum(o.cost for o in undisturbed(EU, stock, to_come, prices=p)) for p in (None, fitted.prices))
    assert looking < myopic
    assert fitted.bound <= looking
    assert (fitted.prices.valid_from, fitted.prices.valid_until) == (MONDAY + WEEK_S, MONDAY + 2 * WEEK_S)


def test_the_same_past_gives_the_same_prices() -> None:  # I9
    network, stock, orders = us(100)
    fitting = Fitting(orders[-1].order_time // DAY_S * DAY_S + DAY_S, 14, 20, step_cents=5)
    one, other = (fit(network, stock, expected_of(orders, fitting), fitting) for _ in range(2))
    first, second = (
        encode(document_of(each.prices, "us", 0, 1, "fluid", each.parameters(fitting))) for each in (one, other)
    )
    assert first == second
    assert decode(first) == from_json(to_json(decode(first)))
    assert decode(first).prices(3).unit == one.prices.unit
    assert decode(first).prices(3).stock == one.prices.stock


def test_nothing_to_come_and_figures_out_of_range_are_refused() -> None:
    for changes, field in (({"days": 0}, "days"), ({"sweeps": 1}, "sweeps"), ({"step_cents": -1}, "step_cents")):
        with pytest.raises(InvalidInput, match=field):
            Fitting(MONDAY, **{"days": 7, **changes})
    with pytest.raises(InvalidInput, match="orders"):
        expected_of([], FITTING)
    with pytest.raises(InvalidInput, match="expected"):
        fit(EU, [], [], FITTING)
    with pytest.raises(InvalidInput, match="prices"):
        decode(b"nothing")
    with pytest.raises(InvalidInput, match="prices"):
        from_json(b"{")
    faulty = document_of(BidPrices(1, {("NO", "dc-berlin"): 1}), "eu", 0, 1, "fluid", {})
    with pytest.raises(InvalidInput, match="NO"):
        faulty.check(EU)


@pytest.mark.parametrize("most_units", [2, 14])
def test_laid_out_by_unit_an_order_costs_no_more_than_any_plan_of_it(most_units: int) -> None:
    """Wide and divided orders are bounded too: alone on plenty of stock, never above what the planner pays."""
    skus = [item.sku for item in EU.items if not item.flags]
    stock = [StockRow(node.node_id, sku, 30, safety_stock=0) for sku in skus for node in EU.nodes]
    planner = Planner(EU)
    units = opening_stock(planner.sourcing.tables, stock, MONDAY)
    for n_lines in (1, len(skus)):
        wanted = order(*[(sku, most_units) for sku in skus[:n_lines]], destination=BERLIN)
        for divide in (Divide.WHEN_NEEDED, Divide.FREELY):
            asked = replace(wanted, divide=divide)
            horizon = lay_out(planner, [Expected(asked, 1.0)], units.atp, divided=True)
            bound = fluid.solve(horizon.problem, horizon.times, sweeps=20).bound
            paid = planner.decide(asked, units, MONDAY).cost
            assert 0.5 * paid < bound <= paid + 1
