"""Bid prices from expected demand, against a linear programme over every plan of every order."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from solvers import fluid
from solvers.batch_problem import BatchProblem
from solvers.fluid_ascent import Float64
from solvers.problem import INFEASIBLE, UNLIMITED

N_SKUS, N_NODES = 4, 3


def market(seed: int, *, stock: int = 6, orders_most: int = 15, set_costs: bool = False) -> BatchProblem:
    """Eight order types of one or two lines, any node ships any line; a node's day each, of limited room."""
    rng = np.random.default_rng(seed)
    width = rng.integers(1, 3, 8)
    n_options = 8 * N_NODES
    sets = {}
    if set_costs:
        sizes = [2 << w for w in width]
        sets = {
            "row": rng.integers(0, 2, n_options).astype(np.int32),
            "set_start": np.append(0, np.cumsum(sizes)).astype(np.int64),
            "set_cost": rng.integers(0, 300_000, sum(sizes)),
        }
    return BatchProblem(
        line_start=np.append(0, np.cumsum(width)).astype(np.int64),
        option_start=np.arange(0, n_options + 1, N_NODES, dtype=np.int64),
        sku=np.concatenate([rng.permutation(N_SKUS)[:w] for w in width]).astype(np.int32),
        units=rng.integers(1, 3, width.sum()).astype(np.int32),
        backorder_cost=rng.integers(2_000_000, 3_000_000, width.sum()),
        unfilled_cost=np.full(8, 5_000_000, np.int64),
        split_penalty=np.full(8, 50_000, np.int64),
        shipment_weight=np.zeros(8, np.int64),
        max_shipments=np.zeros(8, np.int32),
        priority=np.zeros(8, np.int64),
        node=np.tile(np.arange(N_NODES, dtype=np.int32), 8),
        capacity=np.tile(np.arange(N_NODES, dtype=np.int32), 8),
        hold=np.repeat((1 << width) - 1, N_NODES).astype(np.uint16),
        fixed=rng.integers(500_000, 1_500_000, n_options),
        line_cost=rng.integers(0, 400_000, int((width * N_NODES).sum())),
        stock=np.full((N_SKUS, N_NODES), stock, np.int32),
        orders_most=np.full(N_NODES, orders_most, np.int64),
        units_most=np.full(N_NODES, UNLIMITED, np.int64),
        **sets,
    )


def every_plan(problem: BatchProblem, order: int) -> list[tuple[int, Float64, Float64]]:
    """(cost, units taken [SKU, node], shipments [capacity]) of each way to give the order's lines to its options, or to none."""
    lines, options = problem.lines_of(order), problem.options_of(order)
    sku, units = problem.sku[lines], problem.units[lines]
    line_cost, set_cost = problem.line_costs_of(order), problem.set_costs_of(order)
    plans = [(int(problem.unfilled_cost[order]), np.zeros(problem.stock.shape), np.zeros(problem.n_capacities))]
    for given_to in itertools.product(range(-1, line_cost.shape[0]), repeat=len(sku)):
        used = sorted(set(given_to) - {-1})
        if not used:
            continue
        cost = int(problem.split_penalty[order]) * (len(used) - 1)
        taken, shipped = np.zeros(problem.stock.shape), np.zeros(problem.n_capacities)
        for j in used:
            members = sum(1 << line for line, option in enumerate(given_to) if option == j)
            cost += int(problem.fixed[options][j])
            if set_cost is not None and problem.row is not None:
                cost += int(set_cost[problem.row[options][j], members])
            shipped[problem.capacity[options][j]] += 1
        for line, j in enumerate(given_to):
            cost += int(problem.backorder_cost[lines][line] if j < 0 else line_cost[j, line])
            if j >= 0:
                taken[sku[line], problem.node[options][j]] += units[line]
        plans.append((cost, taken, shipped))
    return plans


def least_expected_cost(problem: BatchProblem, demand: Float64) -> float:
    """The linear programme with a column for every plan of every order type."""
    columns = [(o, *plan) for o in range(problem.n_orders) for plan in every_plan(problem, o)]
    solved = linprog(
        [cost for _, cost, _, _ in columns],
        A_ub=np.array([np.concatenate((taken.ravel(), shipped)) for _, _, taken, shipped in columns]).T,
        b_ub=np.concatenate((problem.stock.ravel(), problem.orders_most)),
        A_eq=np.array([[o == each for o, *_ in columns] for each in range(problem.n_orders)], float),
        b_eq=demand,
    )
    assert solved.status == 0
    return float(solved.fun)


@pytest.mark.parametrize("set_costs", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_bound_is_the_linear_programme_over_all_plans(seed: int, set_costs: bool) -> None:
    problem = market(seed, set_costs=set_costs)
    demand = np.random.default_rng(seed).uniform(1, 9, problem.n_orders)
    optimum = least_expected_cost(problem, demand)
    prices = fluid.solve(problem, demand, sweeps=4_000, first_step=fluid.BOUND_STEP)
    assert prices.unit.max() > 0
    assert 0.998 * optimum <= prices.bound <= optimum * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(0, 20), st.integers(2, 40))
def test_whatever_the_sweeps_prices_are_not_below_zero_and_the_bound_is_proven(
    seed: int, stock: int, room: int, sweeps: int
) -> None:
    problem = market(seed, stock=stock, orders_most=room)
    demand = np.random.default_rng(seed).uniform(0, 9, problem.n_orders)
    prices = fluid.solve(problem, demand, sweeps=sweeps)
    assert min(prices.unit.min(), prices.capacity.min()) >= 0
    assert prices.bound <= least_expected_cost(problem, demand) * (1 + 1e-9)


def test_what_lies_in_plenty_is_free() -> None:
    problem = market(1, stock=1_000, orders_most=UNLIMITED)
    prices = fluid.solve(problem, np.full(problem.n_orders, 9.0))
    assert (prices.unit.max(), prices.capacity.max()) == (0, 0)


def test_only_a_day_that_fills_up_has_a_price() -> None:
    problem = market(1, stock=1_000, orders_most=UNLIMITED)
    room = np.array([3, UNLIMITED, UNLIMITED])
    prices = fluid.solve(replace(problem, orders_most=room), np.full(problem.n_orders, 9.0))
    assert prices.capacity[0] > 0
    assert prices.capacity[1:].tolist() == [0, 0]


def test_the_scarcer_the_dearer() -> None:
    demand = np.full(8, 5.0)
    scarce, ample = (fluid.solve(market(3, stock=stock), demand).unit.mean() for stock in (2, 10))
    assert scarce > ample


def test_a_line_that_may_not_be_left_out_is_not() -> None:
    problem = market(5, stock=2)
    demand = np.full(problem.n_orders, 3.0)
    strict = replace(problem, backorder_cost=np.full_like(problem.backorder_cost, INFEASIBLE))
    assert fluid.solve(strict, demand, sweeps=4_000, first_step=fluid.BOUND_STEP).bound > least_expected_cost(
        problem, demand
    )


def test_equal_problems_have_equal_prices_to_the_byte() -> None:
    demand = np.full(8, 4.2)
    first, again = (fluid.solve(market(2), demand) for _ in range(2))
    assert (first.unit.tobytes(), first.capacity.tobytes(), first.bound) == (
        again.unit.tobytes(),
        again.capacity.tobytes(),
        again.bound,
    )


def test_good_prices_need_few_sweeps_more() -> None:
    problem, demand = market(4), np.full(8, 5.0)
    good = fluid.solve(problem, demand, sweeps=500)
    short = 10
    renewed = fluid.solve(problem, demand, sweeps=short, start=good)
    assert renewed.bound > fluid.solve(problem, demand, sweeps=short).bound


def test_bad_arguments_are_named() -> None:
    problem = market(0)
    with pytest.raises(ValueError, match="demand: expected 8 finite figures"):
        fluid.solve(problem, np.full(8, np.nan))
    with pytest.raises(ValueError, match="sweeps: expected at least 2, got 1"):
        fluid.solve(problem, np.ones(8), sweeps=1)
    with pytest.raises(ValueError, match=r"first_step: expected a figure above 0, got 0\.0"):
        fluid.solve(problem, np.ones(8), first_step=0.0)
    other = fluid.FluidPrices(np.zeros((1, 1), np.int64), np.zeros(1, np.int64), 0.0)
    with pytest.raises(ValueError, match="start: expected prices"):
        fluid.solve(problem, np.ones(8), start=other)
    with pytest.raises(ValueError, match=r"unit: expected 0\.\."):
        fluid.FluidPrices(np.full((1, 1), -1), np.zeros(1, np.int64), 0.0)


def test_a_forecast_is_unlearnt_as_orders_come() -> None:
    expected, realised = np.array([100.0, 0.0]), np.array([0.0, 50.0])
    early = fluid.remaining_demand(expected, np.zeros(2), elapsed=0.0)
    half = fluid.remaining_demand(expected, realised, elapsed=0.5)
    assert early.tolist() == [100.0, 0.0]
    assert half[1] > half[0]  # what came weighs more than what was foreseen
    assert fluid.remaining_demand(expected, realised, elapsed=1.0).tolist() == [0.0, 0.0]
    assert fluid.remaining_demand(expected, realised, 0.5, trust=np.inf).tolist() == [50.0, 0.0]


def test_a_forecast_that_comes_true_is_kept() -> None:
    expected = np.array([100.0, 40.0])
    assert fluid.remaining_demand(expected, 0.25 * expected, elapsed=0.25) == pytest.approx(0.75 * expected)


@pytest.mark.parametrize(("elapsed", "trust"), [(-0.1, 1.0), (1.1, 1.0), (0.5, 0.0)])
def test_shares_out_of_range_are_refused(elapsed: float, trust: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        fluid.remaining_demand(np.ones(1), np.ones(1), elapsed, trust)


def test_an_order_whose_lines_may_not_be_left_out_singly_is_bounded_by_leaving_out_all_of_it() -> None:
    """Three lines, of which any two left out cost more than can be counted; and a limit on shipments below the lines."""
    one = np.ones(1, np.int64)
    problem = BatchProblem(
        line_start=np.array([0, 3], np.int64),
        option_start=np.array([0, 2], np.int64),
        sku=np.arange(3, dtype=np.int32),
        units=np.ones(3, np.int32),
        backorder_cost=np.full(3, INFEASIBLE, np.int64),
        unfilled_cost=700 * one,
        split_penalty=0 * one,
        shipment_weight=0 * one,
        max_shipments=np.array([2], np.int32),
        priority=0 * one,
        node=np.arange(2, dtype=np.int32),
        capacity=np.arange(2, dtype=np.int32),
        hold=np.array([1, 2], np.uint16),  # the third line is nowhere
        fixed=np.array([10, 10], np.int64),
        line_cost=np.zeros(6, np.int64),
        stock=np.ones((3, 2), np.int32),
        orders_most=np.full(2, UNLIMITED, np.int64),
        units_most=np.full(2, UNLIMITED, np.int64),
    )
    assert fluid.solve(problem, np.ones(1), sweeps=4).bound == 700
    whole = replace(problem, hold=np.array([3, 4], np.uint16))
    assert fluid.solve(whole, np.ones(1), sweeps=4).bound == 20
