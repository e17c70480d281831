"""Orders of few units, lines divided: the programme over units and nodes is the optimum, or says that it does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solvers import divided_order, large_order
from solvers.divided_order import amounts
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64, Plan, Status
from tests.solvers.large_orders import brute_force, faults, random_order


def solve(problem: LargeOrderProblem) -> Plan | None:
    amount = amounts(problem.units, problem.may_divide)
    assert amount is not None
    return divided_order.solve(problem, amount, prices_of(problem, amount))


def prices_of(problem: LargeOrderProblem, amount: Int64) -> Int64:
    rows = range(len(problem.row_base))
    return np.array([[0, *(problem.price(row, units) for units in amount[1:])] for row in rows], np.int64)


@pytest.mark.parametrize("seed", range(8))
def test_a_small_divided_order_costs_what_enumeration_finds(seed: int) -> None:  # I8
    rng = np.random.default_rng(seed)
    unknown = 0
    for _ in range(80):
        n_lines = int(rng.integers(1, 4))
        n_nodes = int(rng.integers(1, 4)) if n_lines < 3 else 2
        problem = random_order(rng, n_lines, n_nodes, joint=seed % 2 == 1)
        plan = solve(problem)
        if plan is None:
            unknown += 1
            continue
        assert plan.certificate.objective == brute_force(problem), problem
        assert not faults(problem, plan), problem
        assert plan.certificate.status in (Status.OPTIMAL, Status.INFEASIBLE)
    assert unknown < (
        25 if seed % 2 else 12
    )  # mostly where a day's room or a SKU on two lines binds, or shipments are limited


def one_line(units: int, stock: list[int], fixed: list[int], *, backorder: int = INFEASIBLE) -> LargeOrderProblem:
    """Nodes with so many units; a shipment costs its fixed part and 10 a unit."""
    n = len(stock)
    node = np.arange(n, dtype=np.int32)
    return LargeOrderProblem(
        units=np.array([units]),
        may_divide=np.array([True]),
        backorder_cost=np.array([backorder]),
        sku=np.zeros(1, np.int32),
        node=node,
        capacity=node,
        row=np.zeros(n, np.int32),
        may_carry=np.ones((n, 1), bool),
        fixed=np.array(fixed),
        unit_cost=np.full((n, 1), 10),
        stock=np.array(stock)[:, None],
        room=np.full(n, UNLIMITED),
        price=lambda row, units: 0,
        row_base=np.zeros(1, np.int64),
        row_per_unit=np.zeros((1, 1), np.int64),
    )


def test_a_cheap_node_gives_its_units_once() -> None:
    plan = solve(one_line(6, [2, 2, 2, 6], [1, 1, 1, 500]))
    assert plan is not None
    assert [shipment.option for shipment in plan.shipments] == [0, 1, 2]
    assert plan.cost == 63


def test_what_no_node_has_is_left_out() -> None:
    plan = solve(one_line(6, [2, 3], [1, 1], backorder=1_000))
    assert plan is not None
    assert [take.units for take in plan.backorders] == [1]
    assert plan.cost == 1_052


def test_an_order_that_may_leave_nothing_out_is_infeasible_without_the_units() -> None:
    plan = solve(one_line(6, [2, 3], [1, 1]))
    assert plan is not None
    assert plan.certificate.status is Status.INFEASIBLE


def test_more_shipments_than_allowed_is_left_to_the_large_solver() -> None:
    problem = replace(one_line(6, [2, 2, 2], [1, 1, 1], backorder=100), max_shipments=2)
    assert solve(problem) is None
    assert len(large_order.solve(problem).shipments) == 2


def test_an_order_of_very_many_units_has_no_states() -> None:
    assert amounts(np.array([1_000_000, 3]), np.array([True, True])) is None
    assert amounts(np.full(1_000, 2), np.ones(1_000, bool)) is None


def test_lines_that_go_whole_have_two_states() -> None:
    found = amounts(np.array([5, 2]), np.array([False, True]))
    assert found is not None
    assert found.tolist() == [[0, 0], [5, 0], [0, 1], [5, 1], [0, 2], [5, 2]]


def test_two_shipments_by_one_option_are_not_two_ways() -> None:
    """A price that rises more than the units do would have them go apart; each option goes once."""
    heavy = replace(
        one_line(3, [3], [100], backorder=5_000),
        price=lambda row, units: 0 if units.sum() < 3 else 10_000,
    )
    plan = solve(heavy)
    assert plan is not None
    assert [take.units for shipment in plan.shipments for take in shipment.takes] == [2]
    assert plan.certificate.objective == large_order.solve(heavy).certificate.objective == brute_force(heavy)


def test_what_a_node_has_goes_on_two_days_where_neither_has_room_for_all() -> None:
    day = np.array([0, 1], np.int32)
    two_days = replace(
        one_line(5, [5, 5], [100, 130], backorder=5_000),
        node=np.zeros(2, np.int32),
        capacity=day,
        stock=np.array([[5]]),
        room=np.array([3, 4]),
    )
    plan = solve(two_days)
    assert plan is not None
    assert sorted(take.units for shipment in plan.shipments for take in shipment.takes) in ([1, 4], [2, 3])
    assert plan.cost == 100 + 130 + 50


@pytest.mark.parametrize("seed", range(4))
def test_nodes_that_are_not_asked_change_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:  # I8, I9
    """The plan over the nodes that the bound leaves is the plan over all of them."""
    rng = np.random.default_rng(seed)
    fewer = 0
    for _ in range(12):
        problem = random_order(rng, int(rng.integers(1, 4)), int(rng.integers(8, 16)))
        monkeypatch.setattr(divided_order, "_LITTLE_WORK", 1 << 30)
        over_all = solve(problem)
        monkeypatch.setattr(divided_order, "_LITTLE_WORK", 1 << 6)
        asked: list[int] = []
        run = divided_order._run

        def counted(*given: object, run: object = run, asked: list[int] = asked) -> object:
            asked.append(len(given[1]) - 1)  # type: ignore[arg-type]
            return run(*given)  # type: ignore[operator]

        monkeypatch.setattr(divided_order, "_run", counted)
        assert solve(problem) == over_all
        monkeypatch.setattr(divided_order, "_run", run)
        fewer += max(asked) < 8
    assert fewer >= 2
