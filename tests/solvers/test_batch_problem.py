"""A batch checks itself, and is built from orders one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import BatchProblem, Stop
from solvers.problem import INFEASIBLE, UNLIMITED
from tests.solvers.batches import random_batch, shipment_cost
from tests.solvers.orders import random_order


def batch() -> BatchProblem:
    return random_batch(np.random.default_rng(4))


def test_a_batch_keeps_the_costs_of_the_orders_it_was_built_from() -> None:
    rng = np.random.default_rng(1)
    orders = [order for order in (random_order(rng) for _ in range(40)) if order.n_lines]
    builder = BatchBuilder()
    for order in orders:
        builder.add(order, np.zeros(order.n_lines, np.int32), order.node, 5)
    many = np.full(8, UNLIMITED)
    problem = builder.build(np.full((1, 8), 99, np.int32), many, many)
    for o, order in enumerate(orders):
        for j in range(order.n_options):
            for lines in range(1, 1 << order.n_lines):
                here = shipment_cost(problem, o, problem.options_of(o).start + j, lines)
                roomy = replace(order, room=np.full(order.n_options, UNLIMITED))
                assert here == min(INFEASIBLE, roomy.shipment_cost(j, lines))


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("sku", np.full(12, -1, np.int32), "sku"),
        ("unfilled_cost", np.zeros(0, np.int64), "unfilled_cost"),
        ("budget_most", -1, "budget_most"),
        ("splits_most", -1, "splits_most"),
        ("shortfall_cost", 1 << 60, "shortfall_cost"),
        ("line_cost", np.zeros(1, np.int64), "line_cost"),
        ("orders_least", np.full(1, 5), "orders_least"),
    ],
)
def test_a_faulty_batch_is_refused_with_the_field_named(field: str, value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        replace(batch(), **{field: value})


def test_an_order_too_wide_for_sets_is_refused() -> None:
    order = random_order(np.random.default_rng(3))
    wide = replace(order, n_lines=13)
    with pytest.raises(ValueError, match="route wider orders apart"):
        BatchBuilder().add(wide, np.zeros(13, np.int32), order.node, 5)


def test_a_time_limit_needs_a_clock() -> None:
    with pytest.raises(ValueError, match="clock"):
        Stop(seconds=3.0)
