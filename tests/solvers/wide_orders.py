"""Small batches of which some orders take the wide path, whatever their lines: the same batch is then solved exactly beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import BatchProblem
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64
from solvers.wide_problem import WideOrder
from tests.solvers.small_batches import small_batch

FIELDS_OF_ORDERS = ("unfilled_cost", "split_penalty", "shipment_weight", "max_shipments", "priority", "vip")
FIELDS_OF_LINES = ("sku", "units", "backorder_cost")
FIELDS_OF_OPTIONS = ("node", "capacity", "hold", "fixed", "row", "pickup", "spend")


def by_unit(seed: int, max_orders: int = 12) -> BatchProblem:
    """A small batch as wide orders have it: every unit of a line costs alike, and nothing shipped is every line left out."""
    p = small_batch(seed, max_orders)
    cost, at = p.line_cost.copy(), 0
    for order in range(p.n_orders):
        units, lines = p.units[p.lines_of(order)].astype(np.int64), p.line_costs_of(order)
        whole = np.where(lines >= INFEASIBLE, INFEASIBLE, lines // units * units)
        cost[at : at + whole.size] = whole.ravel()
        at += whole.size
    left = np.where(p.backorder_cost >= INFEASIBLE, INFEASIBLE, p.backorder_cost // p.units * p.units)
    of_all = np.add.reduceat(np.minimum(left, INFEASIBLE >> 8), p.line_start[:-1])
    unfilled = np.where(of_all >= INFEASIBLE >> 8, p.unfilled_cost, of_all)
    return replace(p, line_cost=cost, backorder_cost=left, unfilled_cost=unfilled)


def parted(problem: BatchProblem, wide: NDArray[np.bool_]) -> tuple[BatchProblem, tuple[WideOrder, ...]]:
    """The same batch with some of its orders wide."""
    return narrow_of(problem, ~wide), tuple([wide_order(problem, o) for o in np.flatnonzero(wide).tolist()])


def narrow_of(problem: BatchProblem, stays: NDArray[np.bool_]) -> BatchProblem:
    p, widths, counts = problem, np.diff(problem.line_start), np.diff(problem.option_start)
    changes: dict[str, Any] = {
        "line_start": _starts(widths[stays]),
        "option_start": _starts(counts[stays]),
        "line_cost": p.line_cost[np.repeat(stays, widths * counts)],
    }
    for fields, who in (
        (FIELDS_OF_ORDERS, stays),
        (FIELDS_OF_LINES, np.repeat(stays, widths)),
        (FIELDS_OF_OPTIONS, np.repeat(stays, counts)),
    ):
        changes |= {name: getattr(p, name)[who] for name in fields if getattr(p, name) is not None}
    if p.set_cost is not None and p.set_start is not None:
        sizes = np.diff(p.set_start)
        changes |= {"set_cost": p.set_cost[np.repeat(stays, sizes)], "set_start": _starts(sizes[stays])}
    return replace(p, **changes)


def wide_order(problem: BatchProblem, order: int) -> WideOrder:
    """One order of the batch; what lies under its prices is the least set cost of each row."""
    p, here, those = problem, problem.lines_of(order), problem.options_of(order)
    units, capacity = p.units[here].astype(np.int64), p.capacity[those]
    n_lines, n_options = len(units), len(capacity)
    sets, costs = p.set_costs_of(order), p.line_costs_of(order)
    row = np.zeros(n_options, np.int32) if p.row is None else p.row[those]
    n_rows = 1 if sets is None else len(sets)

    def price(of_row: int, taken: Int64) -> int:
        members = sum(1 << line for line in range(n_lines) if taken[line])
        return 0 if sets is None else int(sets[of_row, members])

    lowest = np.zeros(n_rows, np.int64) if sets is None else sets[:, 1:].min(axis=1)
    places, own = np.unique(capacity, return_inverse=True)
    skus, sku = np.unique(p.sku[here], return_inverse=True)
    held = (p.hold[those][:, None] >> np.arange(n_lines)) & 1 == 1
    priority = int(p.priority[order])
    left = p.backorder_cost[here]
    large = LargeOrderProblem(
        units,
        np.zeros(n_lines, np.bool_),
        np.where(left >= INFEASIBLE, INFEASIBLE, left // units + priority),
        sku.astype(np.int32),
        p.node[those],
        own.astype(np.int32),
        row,
        held & (costs < INFEASIBLE),
        p.fixed[those],
        np.where(costs >= INFEASIBLE, 0, costs // units),
        np.zeros((p.n_nodes, len(skus)), np.int64),
        np.full(len(places), UNLIMITED),
        price,
        np.where(lowest >= INFEASIBLE, 0, lowest),
        np.zeros((n_rows, n_lines), np.int64),
        int(p.split_penalty[order]),
        int(p.shipment_weight[order]),
        int(p.max_shipments[order]),
    )
    return WideOrder(
        large,
        p.sku[here],
        capacity,
        int(p.unfilled_cost[order]) + priority * int(units.sum()),
        priority,
        p.vip is not None and bool(p.vip[order]),
        None if p.pickup is None else p.pickup[those],
        None if p.spend is None else p.spend[those],
    )


def _starts(sizes: Int64) -> Int64:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
