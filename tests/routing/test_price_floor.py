"""What large orders' proofs rest on: a line under every price of a shipment, whatever is in it."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.network.files import load_network, read_units
from engine.network.us import DIRECTORY
from engine.routing.large import amount_prices, large_problem
from engine.routing.order import Line, Order
from engine.routing.order_files import read_orders
from engine.routing.planner import Planner
from engine.routing.price_floor import plane_under, price_floor
from engine.routing.set_costs import MAX_LENGTH, SIDE_1
from engine.routing.stock import Snapshot, first_day_of
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE

POINTS = st.lists(
    st.tuples(st.integers(1, 30_000), st.integers(1, 10**8), st.integers(0, 10**9)), min_size=1, max_size=9
)


@settings(deadline=None)  # it is compiled first
@given(POINTS, st.integers(1, 30_000), st.integers(0, 10**8))
def test_no_carton_pays_less_than_the_plane_under_its_prices(
    points: list[tuple[int, int, int]], weight: int, volume: int
) -> None:
    base, slope, rise = plane_under(np.array(points), np.array((weight, volume), float))
    assert min(base, slope, rise) >= 0
    for w, v, price in points:
        assert base + (slope * w + rise * v) * (1 - 1e-12) <= price


def test_the_plane_touches_prices_that_rise_evenly_by_weight_or_by_volume() -> None:
    by_weight = np.array([(1_000, 500, 2_000_000), (2_000, 500, 3_000_000), (3_000, 500, 4_000_000)])
    base, slope, rise = plane_under(by_weight, np.array((2_000.0, 10.0)))
    assert base + slope * 2_000 + rise * 10 >= 2_999_990
    by_volume = np.array([(3_000, 1_000, 2_000_000), (3_000, 2_000, 4_000_000)])
    base, slope, rise = plane_under(by_volume, np.array((10.0, 1_000.0)))
    assert base + slope * 10 + rise * 1_000 >= 1_990_000


@cache
def us() -> tuple[Planner, Order]:
    orders = read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)
    order = next(each for each in orders if each.destination is not None and each.pickup is None)
    return Planner(load_network(DIRECTORY)), order


def problem_of(rng: np.random.Generator) -> LargeOrderProblem:
    """Goods of every kind, in numbers from one to more than a package holds."""
    planner, order = us()
    network, tables = planner.network, planner.sourcing.tables
    chosen = rng.choice(len(network.items), 14, replace=False).tolist()
    lines = tuple(Line(str(x), network.items[k].sku, int(rng.choice([1, 3, 10, 40]))) for x, k in enumerate(chosen))
    ask = planner.sourcing.asking.ask(replace(order, lines=lines))
    stock = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, first_day_of(order.order_time))
    stock.atp[:] = 99
    return large_problem(planner.sourcing, ask, stock, order.order_time, -1, divide=False)[1]


def test_no_shipment_of_any_units_costs_less_than_its_floor_and_bulky_goods_not_half_as_much_again() -> None:
    rng = np.random.default_rng(1)
    priced = 0
    nearest = []
    for _ in range(30):
        problem = problem_of(rng)
        rows = np.unique(problem.row)
        assert problem.weight is not None
        for _ in range(20):
            units = np.where(rng.random(14) < rng.choice([0.1, 0.5, 1.0]), rng.integers(0, problem.units + 1), 0)
            if not units.any():
                continue
            row = int(rng.choice(rows))
            price = problem.price(row, units)
            allowed = problem.may_carry[problem.row == row].any(axis=0)
            if (units[~allowed] > 0).any():
                continue
            if price >= INFEASIBLE:
                continue
            packages = max(1, -(-int(problem.weight @ units) // problem.package_limit))
            floor = int(problem.row_base[row]) * packages + int(problem.row_per_unit[row] @ units)
            assert floor <= price
            nearest.append(floor / price)
            priced += 1
    assert priced > 300
    assert np.median(nearest) > 0.7


def test_what_is_too_heavy_or_too_long_for_a_service_never_goes_by_it() -> None:
    planner, order = us()
    network, tables = planner.network, planner.sourcing.tables
    longest = np.argsort(-tables.items[:, SIDE_1])[:8].tolist()
    lines = tuple(Line(str(x), network.items[k].sku, 1) for x, k in enumerate(longest))
    ask = planner.sourcing.asking.ask(replace(order, lines=lines))
    strict = tables.rules.copy()
    strict[:, MAX_LENGTH] = tables.items[longest[3], SIDE_1]
    tables.rules, before = strict, tables.rules
    try:
        floor = price_floor(tables, ask, 0)
        price = amount_prices(planner.sourcing, ask, np.vstack((np.zeros(8, np.int64), np.eye(8, dtype=np.int64))))
    finally:
        tables.rules = before
    rows = np.flatnonzero(floor.base)
    never = floor.per_unit[rows] >= INFEASIBLE
    assert never.any()
    assert (price[rows, 1:][never] >= INFEASIBLE).all()
