"""Large orders: the bound is proven, the plan keeps what lines and shipments share, and small ones are solved to the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solvers.large_order import Effort, solve
from solvers.large_order_bound import best_bound, bound_at, relax
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Limit, Status
from tests.solvers.large_orders import brute_force, faults, random_order, rate_card


def wide_order(n_lines: int, n_nodes: int, n_services: int, seed: int, *, divide: bool) -> LargeOrderProblem:
    rng = np.random.default_rng(seed)
    rows, limit = 9 * n_services, 25_000
    weight = rng.integers(100, 5_000, n_lines)
    base, step = np.sort(rng.integers(4_000_000, 9_000_000, rows)), rng.integers(200_000, 700_000, rows)
    node = np.repeat(np.arange(n_nodes), n_services).astype(np.int32)
    zone = np.sort(rng.integers(0, 9, n_nodes))
    n_options = len(node)
    return LargeOrderProblem(
        units=rng.integers(1, 4, n_lines),
        may_divide=np.full(n_lines, divide),
        backorder_cost=np.full(n_lines, 40_000_000),
        sku=np.arange(n_lines, dtype=np.int32),
        node=node,
        capacity=node,
        row=(zone[node] * n_services + np.tile(np.arange(n_services), n_nodes)).astype(np.int32),
        may_carry=np.ones((n_options, n_lines), bool),
        fixed=rng.integers(1_000_000, 3_000_000, n_nodes)[node],
        unit_cost=np.full((n_options, n_lines), 150_000),
        stock=np.where(rng.random((n_nodes, n_lines)) < 0.3, rng.integers(1, 10, (n_nodes, n_lines)), 0),
        room=np.full(n_nodes, UNLIMITED),
        price=rate_card(base, step, weight, limit, 256, packed=True),
        row_base=base + 500,
        row_per_unit=step[:, None] * weight // 500,
        split_penalty=1_000_000,
        weight=weight,
        package_limit=limit,
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_is_below_the_optimum_and_the_plan_above_it_and_most_gaps_close(seed: int) -> None:
    rng = np.random.default_rng(seed)
    closed = 0
    for _ in range(60):
        n_lines = int(rng.integers(1, 4))
        problem = random_order(rng, n_lines, int(rng.integers(1, 4)) if n_lines < 3 else 2)
        best = brute_force(problem)
        plan = solve(problem)
        proven = plan.certificate
        assert not faults(problem, plan), problem
        assert proven.bound <= best <= proven.objective, problem
        assert (proven.status is Status.INFEASIBLE) <= (best >= INFEASIBLE)
        assert (proven.status is Status.OPTIMAL) == (proven.bound == proven.objective < INFEASIBLE)
        closed += proven.bound == proven.objective
    assert closed >= 54


def test_any_prices_at_all_give_a_bound_below_the_optimum() -> None:
    rng = np.random.default_rng(9)
    for _ in range(60):
        problem = random_order(rng, 2, 2)
        best = brute_force(problem)
        shares = [relax(problem, share) for share in (0.0, 0.3, 1.0)]
        for _ in range(5):
            assert bound_at(problem, shares, rng.integers(0, 20_000, 2)).value <= best
        assert best_bound(problem, relax(problem)).value <= best


@pytest.mark.parametrize("divide", [False, True])
def test_fifty_lines_over_four_hundred_nodes_come_back_with_a_certificate(divide: bool) -> None:
    problem = wide_order(50, 400, 3, 1, divide=divide)
    plan = solve(problem)
    assert not faults(problem, plan)
    assert not plan.backorders
    assert 0 < plan.certificate.bound <= plan.certificate.objective
    assert plan.certificate.gap < 0.15


def test_the_same_large_order_gives_the_same_plan() -> None:
    first, second = (solve(wide_order(20, 60, 2, 3, divide=True)) for _ in range(2))
    assert first == second
    assert first.certificate == second.certificate


def test_a_solve_that_runs_out_of_work_says_so() -> None:
    plan = solve(wide_order(20, 60, 2, 3, divide=False), Effort(rounds=0))
    assert plan.certificate.status is Status.FEASIBLE
    assert plan.certificate.limit is Limit.TIME


def one_line(**changes: object) -> LargeOrderProblem:
    """Six units of one line; three of them at each of two nodes; a shipment costs 10 and 1 for each unit."""
    problem = LargeOrderProblem(
        units=np.array([6]),
        may_divide=np.array([True]),
        backorder_cost=np.array([100]),
        sku=np.zeros(1, np.int32),
        node=np.array([0, 1], np.int32),
        capacity=np.array([0, 1], np.int32),
        row=np.zeros(2, np.int32),
        may_carry=np.ones((2, 1), bool),
        fixed=np.array([4, 4]),
        unit_cost=np.zeros((2, 1), np.int64),
        stock=np.array([[3], [3]]),
        room=np.full(2, UNLIMITED),
        price=lambda row, units: 6 + int(units.sum()),
        row_base=np.array([6]),
        row_per_unit=np.ones((1, 1), np.int64),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_a_line_that_no_node_holds_whole_is_divided_where_it_may_be() -> None:
    divided = solve(one_line())
    assert [(s.option, s.takes[0].units, s.cost) for s in divided.shipments] == [(0, 3, 13), (1, 3, 13)]
    whole = solve(one_line(may_divide=np.array([False])))
    assert (whole.shipments, whole.backorders[0].units, whole.cost) == ((), 6, 600)


def test_what_the_limit_on_shipments_keeps_back_is_left_out_in_part() -> None:
    plan = solve(one_line(max_shipments=1))
    assert (len(plan.shipments), plan.backorders[0].units, plan.cost) == (1, 3, 313)
    assert plan.certificate.status is Status.OPTIMAL


def test_a_room_that_shipments_of_one_day_share_binds_them_together() -> None:
    plan = solve(one_line(capacity=np.zeros(2, np.int32), room=np.array([4])))
    assert sum(take.units for shipment in plan.shipments for take in shipment.takes) == 4
    assert plan.certificate.status is Status.OPTIMAL


def test_an_order_that_nothing_can_ship_is_proven_infeasible() -> None:
    plan = solve(one_line(stock=np.zeros((2, 1), np.int64), backorder_cost=np.array([INFEASIBLE])))
    assert plan.certificate.status is Status.INFEASIBLE
    no_options = one_line(
        node=np.zeros(0, np.int32),
        capacity=np.zeros(0, np.int32),
        row=np.zeros(0, np.int32),
        may_carry=np.ones((0, 1), bool),
        fixed=np.zeros(0, np.int64),
        unit_cost=np.zeros((0, 1), np.int64),
    )
    assert solve(no_options).cost == 600


def test_arrays_of_the_wrong_shape_are_named() -> None:
    with pytest.raises(ValueError, match=r"may_divide: expected shape \(1,\), got \(2,\)"):
        one_line(may_divide=np.ones(2, bool))
    with pytest.raises(ValueError, match="units: expected counts >= 1, got 0"):
        one_line(units=np.zeros(1, np.int64))
