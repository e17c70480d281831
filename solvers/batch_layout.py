"""The batch as compiled code reads it: options of each order sorted, costs scaled, and what lies under the rest of each scan.

Prices are integers like costs; so that they may be finer than costs, everything is multiplied by ``2**shift``. Options of an
order stand by rising fixed cost, in blocks: for each block, the least fixed cost and the least line cost of every line over it
and all blocks after it. No option from there on costs less, at any prices, so a scan ends where none of them could win.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int32, Int64

BIG = 1 << 59
"""A scaled cost that means "not allowed"; a few together fit int64."""

BLOCK = 16
"""Options in a block."""

_MOST_BITS = 44
_FINEST = 16


class Layout(NamedTuple):
    """Orders and options for compiled code; costs scaled, an option is its position in the sorted arrays."""

    line_start: Int64
    option_start: Int64
    sku: Int32
    units: Int32
    backorder: Int64  # with priority
    unfilled: Int64  # with priority
    charge: Int64  # split penalty + shipment weight
    weight: Int64
    max_shipments: Int32
    tier: NDArray[np.uint8]  # which price of a cell the order pays: 1 for vip orders where stock is protected
    twins: NDArray[np.uint8]  # 1: some of its options share a capacity, and it has lines to part
    original: Int32  # the option's place among its order's
    node: Int32
    capacity: Int32
    hold: NDArray[np.uint16]
    fixed: Int64
    cost_start: Int64
    line_cost: Int64
    row: Int32  # empty: set costs are zero
    set_start: Int64
    set_cost: Int64
    low_start: Int64
    set_low: Int64  # the least set cost of each set over the order's rows
    pickup: Int32  # empty: none
    spend: Int64  # empty: none; not scaled
    block_start: Int64
    block: Int64  # [1 + L] a block: least fixed and line costs from it on
    shift: Int64  # [1]
    shortfall: Int64  # [1]


@dataclass(frozen=True, slots=True)
class Rows:
    """The limits of what is shared, as arrays that are never absent."""

    stock: Int32  # [T, K * N]: for orders of tier 0, and what all take together where stock is protected (T = 2)
    orders_most: Int64
    units_most: Int64
    orders_least: Int64
    pickups_most: Int64
    splits_most: int
    budget_most: int
    shortfall_cost: int  # scaled


def shift_of(problem: BatchProblem) -> int:
    """How many bits finer than costs prices may be."""
    if problem.n_orders == 0:
        return 0
    units = np.add.reduceat(problem.units.astype(np.int64), problem.line_start[:-1])
    dearest = int((problem.unfilled_cost + problem.priority * units).max()) + 12 * problem.shortfall_cost
    return max(0, min(_FINEST, _MOST_BITS - dearest.bit_length()))


def _scaled(cost: Int64, shift: int) -> Int64:
    scaled = cost << shift
    scaled[cost >= BIG >> shift] = BIG
    return scaled


def layout_of(problem: BatchProblem) -> Layout:
    """Sort and scale."""
    shift = shift_of(problem)
    p = problem
    widths = np.diff(p.line_start)
    units = np.add.reduceat(p.units.astype(np.int64), p.line_start[:-1]) if p.n_orders else np.zeros(0, np.int64)
    backorder = np.minimum(p.backorder_cost, INFEASIBLE) + np.repeat(p.priority, widths) * p.units
    backorder[p.backorder_cost >= INFEASIBLE] = INFEASIBLE
    least = np.zeros(p.n_capacities, np.uint8) if p.orders_least is None else (p.orders_least > 0).astype(np.uint8)
    shortfall = p.shortfall_cost << shift if p.orders_least is not None else 0
    counts = np.diff(p.option_start)
    blocks = -(-counts // BLOCK)
    block_start = np.concatenate(([0], np.cumsum(blocks * (1 + widths)))).astype(np.int64)
    has_sets = p.set_cost is not None and p.set_start is not None and p.row is not None
    set_cost = _scaled(p.set_cost, shift) if p.set_cost is not None else np.zeros(0, np.int64)
    set_start = p.set_start if p.set_start is not None else np.zeros(p.n_orders + 1, np.int64)
    low_start = np.concatenate(([0], np.cumsum((np.int64(1) << widths) if has_sets else widths * 0))).astype(np.int64)
    set_low = np.zeros(int(low_start[-1]), np.int64)
    _least_set_costs(p.line_start, set_start, set_cost, low_start, set_low)
    original = np.empty(p.n_options, np.int32)
    node, capacity, hold = np.empty_like(p.node), np.empty_like(p.capacity), np.empty_like(p.hold)
    fixed, line_cost = np.empty_like(p.fixed), np.empty_like(p.line_cost)
    row = np.empty(p.n_options if has_sets else 0, np.int32)
    pickup = np.empty(0 if p.pickup is None else p.n_options, np.int32)
    spend = np.empty(0 if p.spend is None or p.budget_most == UNLIMITED else p.n_options, np.int64)
    block = np.empty(int(block_start[-1]), np.int64)
    twins = np.zeros(p.n_orders, np.uint8)
    _sort_options(
        p.line_start,
        p.option_start,
        p.line_cost_start,
        p.node,
        p.capacity,
        p.hold,
        p.fixed,
        p.line_cost,
        p.row if p.row is not None else row,
        p.pickup if p.pickup is not None else pickup,
        p.spend if p.spend is not None else spend,
        least,
        shift,
        shortfall,
        original,
        node,
        capacity,
        hold,
        fixed,
        line_cost,
        row,
        pickup,
        spend,
        block_start,
        block,
        twins,
    )
    charge, weight = (p.split_penalty + p.shipment_weight) << shift, p.shipment_weight << shift
    no_vip = np.zeros(p.n_orders, np.uint8)
    return Layout(
        p.line_start,
        p.option_start,
        p.sku,
        p.units,
        _scaled(backorder, shift),
        (p.unfilled_cost + p.priority * units) << shift,
        charge,
        weight,
        p.max_shipments,
        no_vip if p.protected is None or p.vip is None else p.vip.astype(np.uint8),
        twins,
        original,
        node,
        capacity,
        hold,
        fixed,
        p.line_cost_start,
        line_cost,
        row,
        set_start,
        set_cost,
        low_start,
        set_low,
        pickup,
        spend,
        block_start,
        block,
        np.array([shift], np.int64),
        np.array([shortfall], np.int64),
    )


def rows_of(problem: BatchProblem) -> Rows:
    """The limits; those that can't bind are ``UNLIMITED``."""
    p = problem
    stock = p.stock.reshape(1, -1)
    if p.protected is not None:
        stock = np.concatenate((np.maximum(0, p.stock - p.protected).reshape(1, -1), stock))
    none = np.zeros(0, np.int64)
    return Rows(
        stock,
        p.orders_most,
        p.units_most,
        np.zeros(p.n_capacities, np.int64) if p.orders_least is None else p.orders_least,
        none if p.pickups_most is None or p.pickup is None else p.pickups_most,
        p.splits_most,
        p.budget_most if p.spend is not None else UNLIMITED,
        (p.shortfall_cost << shift_of(p)) if p.orders_least is not None else 0,
    )


@njit(cache=True, nogil=True)
def _least_set_costs(line_start, set_start, set_cost, low_start, set_low):  # type: ignore[no-untyped-def]
    for o in range(line_start.shape[0] - 1):
        n_sets = low_start[o + 1] - low_start[o]
        if n_sets == 0:
            continue
        low = set_low[low_start[o] : low_start[o + 1]]
        low[:] = BIG
        for start in range(set_start[o], set_start[o + 1], n_sets):
            for s in range(n_sets):
                low[s] = min(low[s], set_cost[start + s])


@njit(cache=True, nogil=True)
def _sort_options(  # type: ignore[no-untyped-def]
    line_start,
    option_start,
    cost_start,
    in_node,
    in_capacity,
    in_hold,
    in_fixed,
    in_line_cost,
    in_row,
    in_pickup,
    in_spend,
    least,  # uint8[C], 1 where a capacity asks for least orders
    shift,
    shortfall,
    original,
    node,
    capacity,
    hold,
    fixed,
    line_cost,
    row,
    pickup,
    spend,
    block_start,
    block,
    twins,
):
    big = np.int64(BIG)
    for o in range(line_start.shape[0] - 1):
        width = line_start[o + 1] - line_start[o]
        first, count = option_start[o], option_start[o + 1] - option_start[o]
        if count == 0:
            continue
        key = in_fixed[first : first + count].copy()
        order = np.argsort(key, kind="mergesort")
        if width > 1:
            by_capacity = np.argsort(in_capacity[first : first + count], kind="mergesort")
            for i in range(1, count):
                if in_capacity[first + by_capacity[i]] == in_capacity[first + by_capacity[i - 1]]:
                    twins[o] = 1
            if twins[o]:  # options of one capacity stand together, where the cheapest of them would
                start = 0
                for i in range(count):
                    c = in_capacity[first + by_capacity[i]]
                    if c != in_capacity[first + by_capacity[start]]:
                        start = i
                    key[by_capacity[start]] = min(key[by_capacity[start]], in_fixed[first + by_capacity[i]])
                for i in range(count):
                    if i > 0 and in_capacity[first + by_capacity[i]] == in_capacity[first + by_capacity[i - 1]]:
                        key[by_capacity[i]] = key[by_capacity[i - 1]]
                moved = np.argsort(key[by_capacity], kind="mergesort")
                order = by_capacity[moved]
        costs = in_line_cost[cost_start[o] : cost_start[o + 1]].reshape(count, width)
        sorted_costs = line_cost[cost_start[o] : cost_start[o + 1]].reshape(count, width)
        for i in range(count):
            j = order[i]
            at = first + i
            original[at] = j
            node[at] = in_node[first + j]
            capacity[at] = in_capacity[first + j]
            fixed[at] = in_fixed[first + j] << shift if in_fixed[first + j] < big >> shift else big
            held = np.int64(in_hold[first + j]) if fixed[at] < big else np.int64(0)
            for line in range(width):
                if costs[j, line] < big >> shift:
                    sorted_costs[i, line] = costs[j, line] << shift
                else:
                    sorted_costs[i, line] = big
                    held &= ~(1 << line)
            hold[at] = held & ((1 << width) - 1)
            if row.shape[0]:
                row[at] = in_row[first + j]
            if pickup.shape[0]:
                pickup[at] = in_pickup[first + j]
            if spend.shape[0]:
                spend[at] = in_spend[first + j]
        n_blocks = (count + BLOCK - 1) // BLOCK
        lowest = np.full(1 + width, big)
        for b in range(n_blocks - 1, -1, -1):
            for i in range(b * BLOCK, min(count, (b + 1) * BLOCK)):
                held = np.int64(hold[first + i])
                if held:
                    bonus = shortfall if least[capacity[first + i]] else 0
                    lowest[0] = min(lowest[0], fixed[first + i] - bonus)
                for line in range(width):
                    if held >> line & 1:
                        lowest[1 + line] = min(lowest[1 + line], sorted_costs[i, line])
            at = block_start[o] + b * (1 + width)
            block[at : at + 1 + width] = lowest
