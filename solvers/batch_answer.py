"""A batch's plan and prices as callers read them: options as they were given, costs in objective units."""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.batch_ascent import Ascent, exact_sum
from solvers.batch_layout import Layout
from solvers.batch_pricing import Plans
from solvers.batch_problem import BatchCertificate, BatchPlan, BatchProblem, Prices
from solvers.problem import Int64


def answer_of(
    problem: BatchProblem, layout: Layout, plans: Plans, certificate: BatchCertificate, left_out: Int64
) -> BatchPlan:
    """The shipments of every order, by lowest line. ``left_out`` int64[O], sets of lines."""
    p = problem
    start = np.concatenate(([0], np.cumsum(plans.n.astype(np.int64))))
    at = np.repeat(layout.line_start[:-1] - start[:-1], plans.n) + np.arange(start[-1])
    position, lines = plans.option[at], plans.lines[at]
    order = np.repeat(np.arange(p.n_orders), plans.n)
    lowest = lines & (~lines + np.uint16(1))
    by_line = np.lexsort((lowest, order))
    position, lines = position[by_line], lines[by_line]
    option = layout.original[position] + p.option_start[order]
    cost = np.empty(len(option), np.int64)
    _shipment_costs(order, position, lines, layout, cost)
    out = left_out.astype(np.uint16)
    lines_left = (np.repeat(out, np.diff(p.line_start)) >> _bits(p.line_start)) & 1 == 1
    units_left = np.add.reduceat(np.where(lines_left, p.units, 0).astype(np.int64), p.line_start[:-1])
    weights = int((p.shipment_weight * plans.n).sum()) + exact_sum(units_left, p.priority)
    return BatchPlan(start, option, lines, cost, out, certificate.objective - weights, certificate)


def left_out_of(layout: Layout, plans: Plans) -> Int64:
    """int64[O]: the set of lines that each order's plan does not ship."""
    counts = plans.n.astype(np.int64)
    start = np.concatenate(([0], np.cumsum(counts)))
    at = np.repeat(layout.line_start[:-1] - start[:-1], counts) + np.arange(start[-1])
    shipped = np.zeros(len(counts), np.int64)
    np.add.at(shipped, np.repeat(np.arange(len(counts)), counts), plans.lines[at].astype(np.int64))
    return (np.int64(1) << np.diff(layout.line_start)) - 1 - shipped


def prices_of(ascent: Ascent, n_nodes: int) -> Prices:
    """Those of the best bound, in objective units."""
    best = ascent.best
    assert best is not None
    finest = float(1 << int(ascent.layout.shift[0]))
    size = ascent.rows.stock.shape[1]
    cells = ascent.cells[: len(best.cell)]
    tier, cell = np.divmod(cells, size)
    named, at = np.unique(cell[best.cell > 0], return_inverse=True)
    price = np.zeros((2, len(named)))
    protected = ascent.rows.stock.shape[0] == 2
    kind = np.where(tier[best.cell > 0] == 0, 1, 0) if protected else np.zeros(len(at), np.int64)
    price[kind, at] = best.cell[best.cell > 0] / finest
    return Prices(
        np.stack(np.divmod(named, n_nodes), axis=1).reshape(-1, 2),
        price[0],
        price[1],
        best.orders / finest,
        best.units / finest,
        best.pickup / finest,
        best.splits / finest,
        best.budget / finest,
    )


def _bits(line_start: Int64) -> Int64:
    """int64[E]: the bit of each line in its order."""
    widths = np.diff(line_start)
    return np.arange(line_start[-1]) - np.repeat(line_start[:-1], widths)


@njit(cache=True, nogil=True)
def _shipment_costs(order, position, lines, a, cost):  # type: ignore[no-untyped-def]
    """c_j(S) of each shipment, in objective units."""
    for t in range(order.shape[0]):
        o, j, s = order[t], position[t], np.int64(lines[t])
        width = a.line_start[o + 1] - a.line_start[o]
        total = a.fixed[j]
        if a.row.shape[0]:
            total += a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s]
        for line in range(width):
            if s >> line & 1:
                total += a.line_cost[a.cost_start[o] + (j - a.option_start[o]) * width + line]
        cost[t] = total >> a.shift[0]
