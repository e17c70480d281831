"""What plans take of the shared rows, kept up to date as plans change, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_layout import Layout, Rows
from solvers.batch_pricing import Left, Plans
from solvers.problem import Int64


class Usage(NamedTuple):
    """Units, orders, shipments and money taken. ``cell[0]`` by orders of tier 0, ``cell[T - 1]`` by all."""

    cell: NDArray[np.int32]  # [T, K * N]
    orders: Int64
    units: Int64
    pickup: Int64
    splits: Int64  # [1]
    budget: Int64  # [1]
    n_nodes: Int64  # [1]


def no_usage(rows: Rows, n_nodes: int) -> Usage:
    c, p = len(rows.orders_most), len(rows.pickups_most)
    one = np.zeros(1, np.int64)
    cells = np.zeros(rows.stock.shape, np.int32)
    zeros = np.zeros(c, np.int64), np.zeros(c, np.int64), np.zeros(p, np.int64)
    return Usage(cells, *zeros, one, one.copy(), np.array([n_nodes], np.int64))


def left_of(rows: Rows, n_nodes: int) -> Left:
    """All that there is, to be taken from."""
    return Left(
        np.ones(1, np.int64),
        rows.stock.astype(np.int32),
        rows.orders_most.copy(),
        rows.units_most.copy(),
        rows.pickups_most.copy(),
        np.array([rows.splits_most], np.int64),
        np.array([rows.budget_most], np.int64),
        np.array([n_nodes], np.int64),
    )


def anything() -> Left:
    """Nothing is held back."""
    none = np.zeros(0, np.int64)
    zero = np.zeros(1, np.int64)
    return Left(zero, np.zeros((1, 1), np.int32), none, none, none, zero, zero, zero)


def no_plans(layout: Layout) -> Plans:
    """Nothing ships."""
    lines = len(layout.sku)
    orders = len(layout.line_start) - 1
    return Plans(np.zeros(orders, np.int8), np.zeros(lines, np.int64), np.zeros(lines, np.uint16))


@njit(cache=True, nogil=True)
def same_plan(o, a, one, other):  # type: ignore[no-untyped-def]
    if one.n[o] != other.n[o]:
        return False
    start = a.line_start[o]
    for k in range(one.n[o]):
        if one.option[start + k] != other.option[start + k] or one.lines[start + k] != other.lines[start + k]:
            return False
    return True


@njit(cache=True, nogil=True)
def copy_plan(o, a, source, target):  # type: ignore[no-untyped-def]
    target.n[o] = source.n[o]
    start = a.line_start[o]
    for k in range(source.n[o]):
        target.option[start + k] = source.option[start + k]
        target.lines[start + k] = source.lines[start + k]


@njit(cache=True, nogil=True)
def add_plan(o, sign, a, plans, used):  # type: ignore[no-untyped-def]
    """Add (1) or take away (-1) what the plan of order ``o`` takes; ``used`` is Usage, or Left with the sign turned around."""
    start = a.line_start[o]
    width = a.line_start[o + 1] - start
    n = plans.n[o]
    tiers = used.cell.shape[0]
    n_nodes = used.n_nodes[0]
    for k in range(n):
        j = plans.option[start + k]
        s = np.int64(plans.lines[start + k])
        c = a.capacity[j]
        for line in range(width):
            if s >> line & 1:
                units = a.units[start + line]
                cell = np.int64(a.sku[start + line]) * n_nodes + a.node[j]
                if a.tier[o] == 0:
                    used.cell[0, cell] += sign * units
                if tiers == 2:
                    used.cell[1, cell] += sign * units
                used.units[c] += sign * units
        seen = False
        for other in range(k):
            seen |= a.capacity[plans.option[start + other]] == c
        if not seen:
            used.orders[c] += sign
        if a.pickup.shape[0] and a.pickup[j] >= 0:
            used.pickup[a.pickup[j]] += sign
        if a.spend.shape[0] and a.spend[j] >= 0:
            money = a.spend[j]
            if a.row.shape[0]:
                money += a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s] >> a.shift[0]
            used.budget[0] += sign * money
    if n > 1:
        used.splits[0] += sign


@njit(cache=True, nogil=True)
def fits(o, a, plans, left):  # type: ignore[no-untyped-def]
    """Do the rows that the plan of order ``o`` takes from all hold, now that it has taken? And its limit on shipments?"""
    start = a.line_start[o]
    width = a.line_start[o + 1] - start
    n = plans.n[o]
    if n > 1 and (left.splits[0] < 0 or (a.max_shipments[o] and n > a.max_shipments[o])):
        return False
    if left.budget[0] < 0:
        return False
    tiers = left.cell.shape[0]
    for k in range(n):
        j = plans.option[start + k]
        s = np.int64(plans.lines[start + k])
        c = a.capacity[j]
        if left.orders[c] < 0 or left.units[c] < 0:
            return False
        if a.pickup.shape[0] and a.pickup[j] >= 0 and left.pickup[a.pickup[j]] < 0:
            return False
        for line in range(width):
            if s >> line & 1:
                cell = np.int64(a.sku[start + line]) * left.n_nodes[0] + a.node[j]
                if left.cell[tiers - 1, cell] < 0 or (a.tier[o] == 0 and left.cell[0, cell] < 0):
                    return False
    return True


@njit(cache=True, nogil=True)
def change_plans(a, old, new, weight, used, stock, active, cells, n_cells):  # type: ignore[no-untyped-def]
    """Put ``new`` plans in place of ``old``; cells that go over their stock become active. Returns how many are active.

    ``active`` uint8[T, K * N]; ``cells`` int64[.], tier * K * N + cell, with room for one for each line and tier.
    """
    n_nodes = used.n_nodes[0]
    size = used.cell.shape[1]
    for o in range(a.line_start.shape[0] - 1):
        if same_plan(o, a, old, new):
            continue
        add_plan(o, -weight[o], a, old, used)
        add_plan(o, weight[o], a, new, used)
        copy_plan(o, a, new, old)
        start = a.line_start[o]
        for k in range(new.n[o]):
            s = np.int64(new.lines[start + k])
            for line in range(a.line_start[o + 1] - start):
                if s >> line & 1:
                    cell = np.int64(a.sku[start + line]) * n_nodes + a.node[new.option[start + k]]
                    for tier in range(used.cell.shape[0]):
                        over = used.cell[tier, cell] > stock[tier, cell] and not active[tier, cell]
                        if over and n_cells < cells.shape[0]:
                            active[tier, cell] = 1
                            cells[n_cells] = tier * size + cell
                            n_cells += 1
    return n_cells
