"""Orders too wide for sets of lines, in a batch: what the rows cost them, and a proven bound of each at prices, compiled.

A narrow order's cheapest plan at prices is found exactly; a wide one's is not, and need not be: what is below it will do for
a bound. That is the relaxation of ``large_order_bound`` with the rows' prices laid on: with a price ``v[l]`` on a unit of line l,

    B(v) = sum_l units[l] min(v[l], backorder[l]) + sum_c day(c) - split penalty

where a node's day c gains ``day(c) = min(0, price of an order + sum of min(0, worth of its options))`` (or its best option alone),
so that several shipments of one day pay for one order, as the ledger counts. The cap on splits and the courier's budget have
prices too; a wide order is not charged for them, which only lowers the bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_pricing import At
from solvers.large_order_bound import relax
from solvers.problem import INFEASIBLE, Int32, Int64
from solvers.wide_problem import WideOrder

SHARES = 0.0, 1.0
"""Of a package's base that the shipment pays: each option is taken at the one that proves more."""

_LOWEST, _HIGHEST = -(1 << 60), 1 << 60


class WideArrays(NamedTuple):
    """All wide orders for compiled code, one after another; [J x L] blocks row by row. K relaxations."""

    line_start: Int64
    option_start: Int64
    block_start: Int64
    units: Int64
    dearest: Int64  # a unit's price, at most: what it costs left out, or the whole order does
    sku: Int64
    node: Int64
    capacity: Int64
    by_capacity: Int64  # options of an order, those of one capacity together
    pickup: Int64
    opening: Int64  # [K, J]
    per_unit: Int64  # [K, blocks]
    most: Int32  # [blocks]
    split: Int64
    unfilled: Int64
    tier: NDArray[np.uint8]
    step: NDArray[np.float64]  # of each line's price


class Relaxed(NamedTuple):
    """Where the relaxations stand: prices of units, their squared slopes, and what each option takes now."""

    price: NDArray[np.float64]
    squares: NDArray[np.float64]
    slope: NDArray[np.float64]
    taken: Int32
    opened: NDArray[np.uint8]
    value: Int64


def wide_arrays(orders: Sequence[WideOrder], stock: Int32, two_tiers: bool, n_nodes: int) -> WideArrays:
    """``stock`` int32[T, K x N], all there is; ``two_tiers``: VIP orders pay other prices of cells."""
    lines = np.array([each.problem.n_lines for each in orders], np.int64)
    options = np.array([each.problem.n_options for each in orders], np.int64)
    opening, per_unit, most, by_capacity, dearest, step = [], [], [], [], [], []
    for each in orders:
        p = each.problem
        tier = 1 if two_tiers and each.vip else 0
        cells = each.sku[None, :].astype(np.int64) * n_nodes + p.node[:, None]
        there = np.where(p.may_carry, np.minimum(stock[tier][cells], p.units), 0)
        takes = np.where(p.may_divide | (there == p.units), there, 0)
        relaxed = [relax(p, share) for share in SHARES]
        opening.append(np.stack([one.opening for one in relaxed]))
        per_unit.append(np.stack([np.minimum(one.per_unit, INFEASIBLE) for one in relaxed]).reshape(len(SHARES), -1))
        most.append(takes.astype(np.int32).ravel())
        by_capacity.append(np.argsort(each.capacity, kind="stable").astype(np.int64))
        alone = np.where(
            takes > 0, relaxed[0].per_unit + relaxed[0].opening[:, None] // np.maximum(1, takes), INFEASIBLE
        )
        dearest.append(np.minimum(p.backorder_cost, each.unfilled_cost // p.units + 1))
        step.append(np.maximum(1.0, np.minimum(alone.min(axis=0, initial=INFEASIBLE), dearest[-1])))
    joined = np.concatenate
    return WideArrays(
        _starts(lines),
        _starts(options),
        _starts(lines * options),
        joined([each.problem.units for each in orders]),
        joined(dearest),
        joined([each.sku for each in orders]).astype(np.int64),
        joined([each.problem.node for each in orders]).astype(np.int64),
        joined([each.capacity for each in orders]).astype(np.int64),
        joined(by_capacity),
        joined([np.full(each.problem.n_options, -1) if each.pickup is None else each.pickup for each in orders]).astype(
            np.int64
        ),
        joined(opening, axis=1),
        joined(per_unit, axis=1),
        joined(most),
        np.array([each.problem.split_penalty for each in orders], np.int64),
        np.array([each.unfilled_cost for each in orders], np.int64),
        np.array([two_tiers and each.vip for each in orders], np.uint8),
        joined(step),
    )


def no_takes(a: WideArrays) -> Relaxed:
    """Nothing taken yet, each unit at somewhat less than its cheapest place."""
    lines = len(a.units)
    return Relaxed(
        a.step * 0.7,
        np.zeros(lines),
        np.zeros(lines),
        np.zeros(len(a.most), np.int32),
        np.zeros(len(a.node), np.uint8),
        np.zeros(len(a.unfilled), np.int64),
    )


def _starts(sizes: Int64) -> Int64:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)


@njit(cache=True, nogil=True)
def price_wide(a, at: At, shift, now, used):  # type: ignore[no-untyped-def]
    """``now.value[w]``: a bound of each order at prices, and ``now.slope`` of its lines' prices; ``used`` follows what is taken.

    Prices of rows are scaled by ``2**shift`` and rounded down to whole costs, so that what is proven holds at the exact ones.
    """
    n_nodes = at.n_nodes[0]
    tiers = used.cell.shape[0]
    relaxations = a.opening.shape[0]
    for w in range(a.unfilled.shape[0]):
        first, last = a.option_start[w], a.option_start[w + 1]
        start, end = a.line_start[w], a.line_start[w + 1]
        width = end - start
        tier = np.int64(a.tier[w])
        price = np.empty(width, np.int64)
        total = -a.split[w]
        for line in range(width):
            most = a.dearest[start + line]
            price[line] = min(most, np.int64(np.floor(now.price[start + line])))
            total += a.units[start + line] * price[line]
            now.slope[start + line] = np.float64(a.units[start + line])
        worth = np.empty(last - first, np.int64)
        for j in range(first, last):
            block = a.block_start[w] + (j - first) * width
            unit_price = at.units[a.capacity[j]] >> shift
            base = np.int64(0)
            if a.pickup[j] >= 0:
                base = at.pickup[a.pickup[j]] >> shift
            best = np.int64(_LOWEST)
            able = False
            for k in range(relaxations):
                rho = a.opening[k, j] + base
                for line in range(width):
                    most = np.int64(a.most[block + line])
                    if most:
                        able = True
                        each = a.per_unit[k, block + line] + unit_price
                        if price[line] > each:  # only then is the cell's price looked up
                            each += at.cell[tier, a.sku[start + line] * n_nodes + a.node[j]] >> shift
                            rho -= most * max(np.int64(0), price[line] - each)
                best = max(best, rho)
            worth[j - first] = best if able else np.int64(_HIGHEST)
        x = first
        while x < last:
            c = a.capacity[first + a.by_capacity[x]]
            y = x
            together = np.int64(0)
            cheapest = np.int64(_HIGHEST)
            while y < last and a.capacity[first + a.by_capacity[y]] == c:
                rho = worth[a.by_capacity[y]]
                together += min(np.int64(0), rho)
                cheapest = min(cheapest, rho)
                y += 1
            order_price = at.orders[c] >> shift
            day = order_price + (together if together < 0 else cheapest)
            opens = day < 0
            if opens:
                total = max(np.int64(_LOWEST), total + day)
            opened_before = False
            opened_now = False
            for z in range(x, y):
                j = first + a.by_capacity[z]
                rho = worth[j - first]
                take = opens and (rho < 0 or (together == 0 and rho == cheapest and not opened_now))
                opened_before |= now.opened[j] == 1
                opened_now |= take
                _take(w, j, take, a, at, shift, price, now, used, n_nodes, tiers, tier)
            used.orders[c] += np.int64(opened_now) - np.int64(opened_before)
            x = y
        now.value[w] = min(total, a.unfilled[w])


@njit(cache=True, nogil=True)
def _take(w, j, take, a, at, shift, price, now, used, n_nodes, tiers, tier):  # type: ignore[no-untyped-def]
    """Let option j take what it would at these prices, or nothing."""
    first, start = a.option_start[w], a.line_start[w]
    width = a.line_start[w + 1] - start
    block = a.block_start[w] + (j - first) * width
    if not take and not now.opened[j]:
        return
    unit_price = at.units[a.capacity[j]] >> shift
    moved = np.int64(0)
    for line in range(width):
        after = np.int32(0)
        if take and a.most[block + line]:
            cell = a.sku[start + line] * n_nodes + a.node[j]
            each = a.per_unit[0, block + line] + unit_price + (at.cell[tier, cell] >> shift)
            if price[line] > each:
                after = a.most[block + line]
                now.slope[start + line] -= np.float64(after)
        change = after - now.taken[block + line]
        if change:
            cell = a.sku[start + line] * n_nodes + a.node[j]
            if tier == 0:
                used.cell[0, cell] += change
            if tiers == 2:
                used.cell[1, cell] += change
            now.taken[block + line] = after
            moved += change
    used.units[a.capacity[j]] += moved
    if a.pickup[j] >= 0:
        used.pickup[a.pickup[j]] += np.int64(take) - np.int64(now.opened[j])
    now.opened[j] = 1 if take else 0


@njit(cache=True, nogil=True)
def step_lines(a, now, length):  # type: ignore[no-untyped-def]
    """Move the prices of the lines by their slopes (AdaGrad), within what leaving a unit out costs."""
    for e in range(a.units.shape[0]):
        slope = now.slope[e] / a.units[e]
        now.squares[e] += slope * slope
        moved = now.price[e] + length * slope * a.step[e] / np.sqrt(max(1.0, now.squares[e]))
        now.price[e] = min(max(0.0, moved), np.float64(a.dearest[e]))


@njit(cache=True, nogil=True)
def newly_over(a, taken, tiers, used_cell, stock, active, cells, n_cells, n_nodes):  # type: ignore[no-untyped-def]
    """Cells of the orders' takes that went over their stock become active; returns how many are."""
    size = used_cell.shape[1]
    for w in range(a.unfilled.shape[0]):
        start = a.line_start[w]
        width = a.line_start[w + 1] - start
        for j in range(a.option_start[w], a.option_start[w + 1]):
            block = a.block_start[w] + (j - a.option_start[w]) * width
            for line in range(width):
                if taken[block + line] == 0:
                    continue
                cell = a.sku[start + line] * n_nodes + a.node[j]
                for tier in range(tiers):
                    if (
                        used_cell[tier, cell] > stock[tier, cell]
                        and not active[tier, cell]
                        and n_cells < cells.shape[0]
                    ):
                        active[tier, cell] = 1
                        cells[n_cells] = tier * size + cell
                        n_cells += 1
    return n_cells
