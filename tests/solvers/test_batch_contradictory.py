"""Contradictory batches end in a clear, complete answer: what can't be done is left, and priced."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.batch_families import CONTENDED, UNIFORM, draw
from solvers import batch
from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import BatchPlan, BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, OrderProblem, Status
from tests.solvers.batch_check import faults_of

BATCH = draw(UNIFORM, 200, 20).problem


def solved(problem: BatchProblem) -> BatchPlan:
    plan = batch.solve(problem)
    assert not faults_of(problem, plan)
    return plan


def test_demand_ten_times_supply_ships_what_there_is_and_prices_the_rest() -> None:
    problem = draw(replace(CONTENDED, used=10.0), 300, 30).problem
    plan = solved(problem)
    proven = plan.certificate
    assert proven.unfilled > 150
    assert proven.unfilled < 300
    assert plan.cost >= proven.unfilled * 60_000_000
    assert proven.gap < 0.01


def test_zero_capacity_everywhere_leaves_every_order_at_its_price_and_proves_it() -> None:
    plan = solved(replace(BATCH, orders_most=np.zeros_like(BATCH.orders_most)))
    assert len(plan.option) == 0
    assert plan.certificate.unfilled == 200
    assert plan.cost == 200 * 60_000_000
    assert plan.certificate.status is Status.OPTIMAL


@pytest.mark.parametrize("what", ["units_most", "stock"])
def test_no_units_anywhere_leaves_every_order(what: str) -> None:
    plan = solved(replace(BATCH, **{what: np.zeros_like(getattr(BATCH, what))}))
    assert plan.certificate.unfilled == 200
    assert plan.certificate.status is Status.OPTIMAL


def test_an_order_that_no_node_can_ship_is_left_and_the_others_go() -> None:
    hold = BATCH.hold.copy()
    hold[BATCH.options_of(7)] = 0
    before, plan = solved(BATCH), solved(replace(BATCH, hold=hold))
    assert not plan.shipments_of(7)
    assert before.shipments_of(7)
    assert plan.certificate.unfilled <= before.certificate.unfilled + 1


def test_an_order_without_any_option_is_left_and_the_others_go() -> None:
    builder = BatchBuilder()
    alone = _order(n_options=1)
    none = replace(
        alone,
        hold=alone.hold[:0],
        fixed=alone.fixed[:0],
        line_cost=alone.line_cost[:0],
        row=alone.row[:0],
        room=alone.room[:0],
        node=alone.node[:0],
    )
    for order in (alone, none, alone):
        builder.add(order, np.zeros(1, np.int32), order.node, 1_000)
    plan = solved(builder.build(np.full((1, 1), 5, np.int32), np.array([9]), np.array([9])))
    assert [len(plan.shipments_of(order)) for order in range(3)] == [1, 0, 1]
    assert plan.cost == 2 * 10 + 1_000
    assert plan.certificate.status is Status.OPTIMAL


def test_two_lines_of_one_sku_take_from_one_stock() -> None:
    builder = BatchBuilder()
    order = _order(n_options=2, n_lines=2)
    builder.add(order, np.zeros(2, np.int32), order.node, 10_000)
    plan = solved(builder.build(np.array([[1, 1]], np.int32), np.full(2, 9), np.full(2, 9)))
    assert {option for option, _, _ in plan.shipments_of(0)} == {0, 1}
    short = solved(builder.build(np.array([[1, 0]], np.int32), np.full(2, 9), np.full(2, 9)))
    assert short.certificate.unfilled == 1


def test_two_equal_orders_for_the_last_unit_come_to_one_answer_every_time() -> None:
    builder = BatchBuilder()
    for _ in range(2):
        order = _order(n_options=1)
        builder.add(order, np.zeros(1, np.int32), order.node, 1_000)
    problem = builder.build(np.ones((1, 1), np.int32), np.array([9]), np.array([9]))
    first, second = solved(problem), solved(problem)
    assert first.cost == 10 + 1_000
    assert first.shipment_start.tobytes() == second.shipment_start.tobytes()
    assert first.option.tobytes() == second.option.tobytes()


def test_a_line_that_may_not_be_left_out_and_can_not_ship_leaves_the_whole_order() -> None:
    builder = BatchBuilder()
    order = replace(_order(n_options=1, n_lines=2), hold=np.array([0b01]))
    builder.add(order, np.arange(2, dtype=np.int32), order.node, 1_000)
    builder.add(replace(order, backorder_cost=np.array([5, 5])), np.arange(2, dtype=np.int32), order.node, 1_000)
    plan = solved(builder.build(np.full((2, 1), 9, np.int32), np.array([9]), np.array([9])))
    assert [len(plan.shipments_of(order)) for order in range(2)] == [0, 1]
    assert (plan.certificate.unfilled, plan.certificate.partial) == (1, 1)


def test_a_batch_of_no_orders_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="expected at least one order"):
        batch.solve(BatchBuilder().build(np.zeros((1, 1), np.int32), np.array([1]), np.array([1])))


def _order(n_options: int, n_lines: int = 1) -> OrderProblem:
    """Every node holds every line for 10 a shipment; nothing may be left out."""
    return OrderProblem(
        n_lines=n_lines,
        hold=np.full(n_options, (1 << n_lines) - 1),
        fixed=np.full(n_options, 10),
        line_cost=np.zeros((n_options, n_lines), np.int64),
        row=np.zeros(n_options, np.int32),
        set_cost=np.zeros((1, 1 << n_lines), np.int64),
        room=np.full(n_options, UNLIMITED),
        units=np.ones(n_lines, np.int64),
        node=np.arange(n_options, dtype=np.int32),
        backorder_cost=np.full(n_lines, INFEASIBLE),
    )
