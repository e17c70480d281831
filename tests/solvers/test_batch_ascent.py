"""What prices prove, and that an order counts as often as its weight says."""

from __future__ import annotations

import numpy as np

from solvers.batch_ascent import Ascent, between
from solvers.batch_layout import layout_of, rows_of
from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64

NODES, SKUS, ORDERS = 5, 4, 30


def batch_of(which: Int64) -> BatchProblem:
    """Single lines of 1 or 2 units, drawn once; ``which`` of them, an order as often as it is named."""
    rng = np.random.default_rng(4)
    sku, units = rng.integers(0, SKUS, ORDERS)[which], rng.integers(1, 3, ORDERS)[which]
    fixed, line_cost = rng.integers(3, 40, (ORDERS, NODES))[which], rng.integers(0, 9, (ORDERS, NODES))[which]
    n = len(which)
    nothing = np.zeros(n, np.int64)
    return BatchProblem(
        line_start=np.arange(n + 1),
        option_start=np.arange(n + 1) * NODES,
        sku=sku.astype(np.int32),
        units=units.astype(np.int32),
        backorder_cost=np.full(n, INFEASIBLE),
        unfilled_cost=np.full(n, 90),
        split_penalty=nothing,
        shipment_weight=nothing,
        max_shipments=nothing.astype(np.int32),
        priority=nothing,
        node=np.tile(np.arange(NODES, dtype=np.int32), n),
        capacity=np.tile(np.arange(NODES, dtype=np.int32), n),
        hold=np.ones(n * NODES, np.uint16),
        fixed=fixed.reshape(-1),
        line_cost=line_cost.reshape(-1),
        stock=rng.integers(0, 6, (SKUS, NODES)).astype(np.int32),
        orders_most=np.full(NODES, 9),
        units_most=np.full(NODES, UNLIMITED),
    )


def ascent_of(problem: BatchProblem, weight: Int64 | None = None) -> Ascent:
    return Ascent(layout_of(problem), rows_of(problem), NODES, weight=weight)


def test_an_order_of_weight_three_is_priced_as_three_orders() -> None:
    weight = np.random.default_rng(9).integers(1, 4, ORDERS)
    weighted = ascent_of(batch_of(np.arange(ORDERS)), weight)
    repeated = ascent_of(batch_of(np.repeat(np.arange(ORDERS), weight)))
    alike = ascent_of(batch_of(np.arange(ORDERS)))
    bounds = []
    for sweep in range(40):
        bounds.append((weighted.sweep(), repeated.sweep()))
        alike.sweep()
        assert weighted.used.cell.tobytes() == repeated.used.cell.tobytes()
        assert weighted.used.orders.tobytes() == repeated.used.orders.tobytes()
        for each in (weighted, repeated, alike):
            each.step(20.0 * (1 - sweep / 40) + 0.02)
    assert [one for one, _ in bounds] == [other for _, other in bounds]
    assert weighted.bound > bounds[0][0]
    assert weighted.bound > alike.bound
    for each in (weighted, repeated, alike):
        each.close()


def test_prices_of_named_rows_are_met_and_prove_what_they_proved() -> None:
    problem = batch_of(np.arange(ORDERS))
    one, other = ascent_of(problem), ascent_of(problem)
    for _ in range(15):
        one.sweep()
        one.step(8.0)
    proven = one.sweep()
    at = one.snapshot()
    rows = np.concatenate((one.cells, rows_of(problem).stock.size + np.arange(NODES)))
    other.sweep()
    there = other.snapshot_of(rows[::-1].copy(), np.concatenate((at.cell, at.orders))[::-1].copy())
    other.set_prices(between(other.snapshot(), there, 1.0))
    assert other.sweep() == proven
    assert np.array_equal(other.cell_price_of(one.cells), at.cell)
    for each in (one, other):
        each.close()
