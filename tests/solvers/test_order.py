"""The subset programme is exact: I8, I9, and 20,000 random orders against enumeration and OR-Tools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers import order
from solvers.order_columns import solve_order
from solvers.problem import INFEASIBLE, UNLIMITED, OrderProblem, Status
from tests.solvers.orders import brute_force, coupled_order, faults, random_order, sets_of, shares_hold


def tiny(n_lines: int, n_options: int, cost: int = 7) -> OrderProblem:
    """Every option holds every line; each shipment costs ``cost``."""
    return OrderProblem(
        n_lines=n_lines,
        hold=np.full(n_options, (1 << n_lines) - 1),
        fixed=np.full(n_options, cost),
        line_cost=np.zeros((n_options, n_lines), np.int64),
        row=np.zeros(n_options, np.int32),
        set_cost=np.zeros((1, 1 << n_lines), np.int64),
        room=np.full(n_options, UNLIMITED),
        units=np.ones(n_lines, np.int64),
        node=np.arange(n_options, dtype=np.int32),
        backorder_cost=np.full(n_lines, INFEASIBLE),
    )


@pytest.mark.parametrize("seed", range(17))
def test_the_plan_costs_what_enumeration_finds_to_the_micro(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(1_000):
        problem = random_order(rng)
        best = brute_force(problem)
        plan = order.solve(problem)
        assert not faults(problem, plan), problem
        assert plan.certificate.objective == best, problem
        assert plan.certificate.bound == best
        assert plan.certificate.status is (Status.OPTIMAL if best < INFEASIBLE else Status.INFEASIBLE)


@pytest.mark.parametrize("seed", range(6))
def test_or_tools_agrees_to_the_micro(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    for _ in range(500):
        alone = random_order(rng, max_lines=6, max_options=12)
        n_options = alone.n_options
        problem = replace(alone, capacity=np.arange(n_options, dtype=np.int32), room=np.full(n_options, UNLIMITED))
        mine, theirs = order.solve(problem), solve_order(problem)
        assert not faults(problem, theirs)
        assert mine.certificate.objective == theirs.certificate.objective, problem
        assert mine.certificate.status is theirs.certificate.status


def test_shared_room_and_stock_are_held_by_or_tools_and_seen_by_the_joint_check() -> None:
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(600):
        problem = coupled_order(rng)
        alone, joint = order.solve(problem), solve_order(problem)
        best = brute_force(problem, joint=True)
        assert joint.certificate.objective == best, problem
        assert shares_hold(problem, sets_of(joint))
        assert alone.certificate.objective <= best
        holds = order.jointly_feasible(problem, alone)
        assert holds == shares_hold(problem, sets_of(alone))
        if holds:
            assert alone.certificate.objective == best, problem
        refused += not holds
    assert refused > 20


def test_the_same_order_gives_the_same_plan_and_longer_arrays_change_nothing() -> None:
    rng = np.random.default_rng(6)
    for _ in range(300):
        problem = random_order(rng)
        plan = order.solve(problem)
        assert plan == order.solve(problem)
        n_lines, extra = problem.n_lines, 3
        work = np.full(order.workspace_size(n_lines, problem.max_shipments) + extra, -1)
        options, sets = np.full(n_lines + 1, -1), np.full(n_lines + 1, -1)
        objective, n_shipments, _ = order.solve_arrays(
            n_lines,
            problem.n_options,
            np.concatenate((problem.hold, np.full(extra, (1 << n_lines) - 1))),
            np.concatenate((problem.fixed, np.zeros(extra, np.int64))),
            np.vstack((problem.line_cost, np.zeros((extra, n_lines), np.int64))),
            np.concatenate((problem.row, np.zeros(extra, np.int32))),
            np.hstack((problem.set_cost, np.zeros((len(problem.set_cost), 2), np.int64))),
            np.concatenate((problem.room, np.full(extra, UNLIMITED))),
            problem.units,
            problem.backorder_cost,
            problem.split_penalty,
            problem.shipment_weight,
            problem.max_shipments,
            work,
            options,
            sets,
        )
        assert objective == plan.certificate.objective
        assert list(zip(options[:n_shipments], sets[:n_shipments], strict=True)) == sets_of(plan)


def test_among_equal_plans_the_one_with_fewer_lines_left_out_then_fewer_shipments_then_the_lowest_option_wins() -> None:
    problem = tiny(n_lines=2, n_options=3, cost=5)
    assert sets_of(order.solve(problem)) == [(0, 0b11)]
    apart = replace(problem, set_cost=np.array([[0, 0, 0, 5]]))  # two shipments of 5 each, or one of 10
    assert sets_of(order.solve(apart)) == [(0, 0b11)]
    indifferent = replace(problem, n_lines=2, backorder_cost=np.array([5, 5]), hold=np.array([1, 1, 2]))
    plan = order.solve(indifferent)
    assert sets_of(plan) == [(0, 0b01), (2, 0b10)]
    assert plan.backorders == ()


def test_a_split_is_chosen_only_when_it_is_cheaper_than_its_penalty() -> None:
    together, apart = 30, 10
    problem = replace(tiny(2, 2, cost=0), set_cost=np.array([[0, apart, apart, together]]))
    assert len(order.solve(replace(problem, split_penalty=9)).shipments) == 2
    assert len(order.solve(replace(problem, split_penalty=11)).shipments) == 1


def test_the_first_shipment_pays_no_split_penalty_even_after_a_line_left_out() -> None:
    problem = replace(tiny(2, 1, cost=5), hold=np.array([0b10]), backorder_cost=np.array([3, 100]), split_penalty=1_000)
    plan = order.solve(problem)
    assert (plan.cost, sets_of(plan), plan.backorders[0].line) == (8, [(0, 0b10)], 0)


def test_costs_that_add_up_past_infeasible_do_not_wrap_around() -> None:
    n_lines = order.MAX_LINES
    problem = replace(
        tiny(n_lines, 4),
        line_cost=np.full((4, n_lines), INFEASIBLE),
        set_cost=np.full((1, 1 << n_lines), INFEASIBLE),
    )
    assert order.solve(problem).certificate.status is Status.INFEASIBLE
    open_sets = replace(problem, set_cost=np.zeros((1, 1 << n_lines), np.int64))
    assert order.solve(open_sets).certificate.status is Status.INFEASIBLE


def test_orders_wider_than_the_table_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="n_lines must be <= 12"):
        order.solve(replace(tiny(1, 1), n_lines=13))


@given(
    n_lines=st.integers(0, 4),
    n_options=st.integers(0, 3),
    shut=st.booleans(),
    may_leave_out=st.booleans(),
    max_shipments=st.integers(0, 3),
)
def test_edge_shapes_have_a_plan_or_say_infeasible(
    n_lines: int, n_options: int, shut: bool, may_leave_out: bool, max_shipments: int
) -> None:
    problem = replace(tiny(n_lines, n_options), max_shipments=max_shipments)
    if shut:
        problem = replace(problem, set_cost=np.full_like(problem.set_cost, INFEASIBLE))
    if may_leave_out:
        problem = replace(problem, backorder_cost=np.full(n_lines, 100))
    plan = order.solve(problem)
    assert not faults(problem, plan)
    can_ship = n_options > 0 and not shut
    assert (plan.certificate.status is Status.OPTIMAL) == (can_ship or may_leave_out or n_lines == 0)
    assert plan.certificate.objective == brute_force(problem)


@pytest.mark.parametrize("n_lines", [8, 10])
def test_many_lines_agree_with_or_tools(n_lines: int) -> None:
    rng = np.random.default_rng(n_lines)
    held = rng.random((9, n_lines)) < 0.5
    problem = replace(
        tiny(n_lines, 9),
        hold=(held << np.arange(n_lines)).sum(axis=1),
        fixed=rng.integers(500, 1_000, 9),
        line_cost=rng.integers(0, 500, (9, n_lines)),
        backorder_cost=np.full(n_lines, 2_000),
        max_shipments=4,
    )
    assert order.solve(problem).certificate.objective == solve_order(problem).certificate.objective
