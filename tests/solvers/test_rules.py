"""The rules others route by: they keep every constraint, do what they say, and never beat the optimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from solvers import order, rules
from solvers.order_columns import solve_order
from solvers.problem import INFEASIBLE, Int64, OrderProblem, Plan, Status
from tests.solvers.orders import faults, random_order, sets_of, shares_hold

RULES: dict[str, Callable[[OrderProblem, Int64], Plan]] = {
    "priority": rules.priority,
    "nearest": rules.nearest,
    "cheapest_first": lambda problem, _: rules.cheapest_first(problem),
    "fewest_splits": rules.fewest_splits,
}


def distances(rng: np.random.Generator, problem: OrderProblem) -> Int64:
    return rng.integers(0, 5, int(problem.node.max(initial=0)) + 1)


@pytest.mark.parametrize("name", RULES)
def test_no_rule_breaks_a_constraint_or_beats_the_optimum(name: str) -> None:
    rng = np.random.default_rng(1)
    placed = dearer = 0
    for _ in range(1_500):
        problem = random_order(rng)
        plan = RULES[name](problem, distances(rng, problem))
        best = order.solve(problem)
        assert not faults(problem, plan), problem
        assert shares_hold(problem, sets_of(plan))
        assert plan.certificate.objective >= best.certificate.objective
        assert plan.certificate.bound in (0, INFEASIBLE)
        placed += bool(plan.shipments)
        dearer += plan.certificate.objective > best.certificate.objective
    assert placed > 400
    assert dearer > 100


def test_fewest_splits_uses_as_few_shipments_as_the_optimum_that_counts_shipments_first() -> None:
    rng = np.random.default_rng(2)
    seen = 0
    for _ in range(1_500):
        problem = replace(random_order(rng), split_penalty=0, shipment_weight=1 << 45)
        problem = replace(problem, backorder_cost=np.full(problem.n_lines, INFEASIBLE))
        best = solve_order(problem)
        plan = rules.fewest_splits(problem, distances(rng, problem))
        assert plan.certificate.status is (Status.FEASIBLE if best.shipments else best.certificate.status)
        if best.shipments:
            assert len(plan.shipments) == len(best.shipments), problem
            assert plan.cost >= best.cost
            seen += len(plan.shipments) > 1
    assert seen > 50


def two_nodes(hold: list[int], **changes: object) -> OrderProblem:
    """Two lines; an option of each node, the second cheaper."""
    n = len(hold)
    problem = OrderProblem(
        n_lines=2,
        hold=np.array(hold),
        fixed=np.arange(n, 0, -1) * 10,
        line_cost=np.zeros((n, 2), np.int64),
        row=np.zeros(n, np.int32),
        set_cost=np.array([[0, 1, 1, 1]]),
        room=np.full(n, 100),
        units=np.array([1, 1]),
        node=np.arange(n, dtype=np.int32),
        backorder_cost=np.full(2, INFEASIBLE),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_priority_takes_the_first_node_that_holds_each_line() -> None:
    problem = two_nodes([0b01, 0b11])
    assert sets_of(rules.priority(problem, np.array([0, 1]))) == [(0, 0b01), (1, 0b10)]
    assert sets_of(rules.priority(problem, np.array([1, 0]))) == [(1, 0b11)]


def test_nearest_breaks_ties_by_node() -> None:
    assert sets_of(rules.nearest(two_nodes([0b11, 0b11]), np.array([4, 4]))) == [(0, 0b11)]


def test_cheapest_first_takes_the_least_cost_per_line() -> None:
    problem = two_nodes([0b11, 0b01], fixed=np.array([10, 8]))  # 5.5 a line against 9
    assert sets_of(rules.cheapest_first(problem)) == [(0, 0b11)]


def test_each_rule_sends_a_nodes_lines_by_its_cheapest_service() -> None:
    problem = two_nodes([0b11, 0b11, 0b11], node=np.zeros(3, np.int32))
    for rule in RULES.values():
        assert sets_of(rule(problem, np.zeros(1, np.int64))) == [(2, 0b11)]


def test_a_node_without_room_for_both_lines_sends_one_of_them() -> None:
    problem = two_nodes([0b11, 0b11], room=np.array([1, 100]))
    assert sets_of(rules.priority(problem, np.array([0, 1]))) == [(0, 0b01), (1, 0b10)]


def test_lines_beyond_the_limit_on_shipments_are_left_out_or_make_the_order_infeasible() -> None:
    problem = two_nodes([0b01, 0b10], max_shipments=1)
    for rule in RULES.values():
        assert rule(problem, np.array([0, 1])).certificate.status is Status.INFEASIBLE
        plan = rule(replace(problem, backorder_cost=np.array([50, 50])), np.array([0, 1]))
        assert len(plan.shipments) == len(plan.backorders) == 1
