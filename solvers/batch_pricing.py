"""The order programme at prices, compiled: the cheapest plan of each order when what it takes is paid for.

Plans are put together from the cheapest shipments of sets (``batch_shipments``) as in ``solvers.order``. Every order for itself,
so orders may be priced by several threads at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_layout import BIG, BLOCK
from solvers.batch_shipments import cheapest_shipments, end_of_capacity, join, part_costs
from solvers.problem import Int64

_BIG = np.int64(BIG)


class At(NamedTuple):
    """Prices, scaled like costs: what a unit of each row costs."""

    cell: Int64  # [T, K * N]
    orders: Int64  # [C], below zero where least orders are asked for
    units: Int64  # [C]
    pickup: Int64  # [P]
    splits: Int64  # [1]
    budget: Int64  # [1]
    n_nodes: Int64  # [1]


def no_prices(at: At) -> At:
    """The same rows, all free."""
    zero = [np.zeros_like(part) for part in (at.cell, at.orders, at.units, at.pickup, at.splits, at.budget)]
    return At(zero[0], zero[1], zero[2], zero[3], zero[4], zero[5], at.n_nodes)


class Left(NamedTuple):
    """What is left of each row, for plans that must keep them; ``on[0]`` is 0 where plans need not."""

    on: Int64
    cell: NDArray[np.int32]  # [T, K * N]
    orders: Int64
    units: Int64
    pickup: Int64
    splits: Int64
    budget: Int64
    n_nodes: Int64


class Plans(NamedTuple):
    """A plan for each order: ``n[o]`` shipments at ``line_start[o]`` on, by option (sorted position) and set of lines."""

    n: NDArray[np.int8]
    option: Int64
    lines: NDArray[np.uint16]


class Scratch(NamedTuple):
    """Room to work in for one order of up to 12 lines."""

    best: Int64
    arg: Int64
    threshold: Int64
    sums: Int64
    masks: Int64
    part: Int64  # within one capacity: best
    part_arg: Int64
    joint: Int64
    joint_take: Int64
    alone: Int64  # everything of the set left out
    more: Int64  # [layers, sets]
    take: Int64


def scratch(max_lines: int = 12) -> Scratch:
    n = 1 << max_lines
    sets = np.zeros((10, n), np.int64)
    layers = np.zeros((2, max_lines, n), np.int64)
    return Scratch._make([*sets, *layers])


@njit(cache=True, nogil=True, boundscheck=False)
def completions(o, limit, step, a, w):  # type: ignore[no-untyped-def]
    """``more[k, S]``: the least cost of S by at most k more shipments (any number in layer 0 without a limit), each with its
    charge, or left out; for sets without line 0 (``step`` 2) or all (1). ``alone[S]``: all of it left out. Returns the layers.
    """
    width = a.line_start[o + 1] - a.line_start[o]
    n_sets = 1 << width
    first = a.line_start[o]
    charge = a.charge[o]
    best, alone, backorder, more, take = w.best, w.alone, a.backorder, w.more, w.take
    alone[0] = 0
    size = 1
    for line in range(width):
        for i in range(size):
            alone[size + i] = min(_BIG, alone[i] + backorder[first + line])
        size *= 2
    layers = limit if limit else 1
    for k in range(layers):
        before = k - 1 if limit and k else k
        more[k, 0] = 0
        for s in range(step, n_sets, step):
            lowest = s & -s
            rest = s ^ lowest
            line = 0
            while not s >> line & 1:
                line += 1
            cost = min(_BIG, backorder[first + line] + more[k, rest])
            chosen = np.int64(0)
            if not (limit and k == 0):
                sub = np.int64(0)
                while True:
                    t = sub | lowest
                    total = best[t] + charge + more[before, s ^ t]
                    if total < cost:
                        cost = total
                        chosen = t
                    if sub == rest:
                        break
                    sub = (sub - rest) & rest
            more[k, s] = cost
            take[k, s] = chosen
    return layers


@njit(cache=True, nogil=True, boundscheck=False)
def _place(o, s, code, n, a, at, left, option, lines, w):  # type: ignore[no-untyped-def]
    """Write the shipments that carry S; returns how many there are then."""
    start = a.line_start[o]
    if code >= 0:
        option[start + n] = code
        lines[start + n] = s
        return n + 1
    j = -2 - code
    part_costs(o, j, end_of_capacity(o, j, a), a, at, left, w)
    join(o, a.charge[o], a, w)
    while s:
        t = w.joint_take[s]
        option[start + n] = w.part_arg[t]
        lines[start + n] = t
        n += 1
        s ^= t
    return n


@njit(cache=True, nogil=True, boundscheck=False)
def _price_one_line(o, a, at, plans):  # type: ignore[no-untyped-def]
    """``price_order`` for one line, no set costs, pickups or spends, and nothing held back."""
    line = a.line_start[o]
    units = np.int64(a.units[line])
    prices = at.cell[np.int64(a.tier[o])]
    row = np.int64(a.sku[line]) * at.n_nodes[0]
    node, capacity, hold, fixed, line_cost = a.node, a.capacity, a.hold, a.fixed, a.line_cost
    orders, unit_prices, block = at.orders, at.units, a.block
    first, last = a.option_start[o], a.option_start[o + 1]
    costs = a.cost_start[o] - first
    below = a.unfilled[o] - a.weight[o]
    best = below
    chosen = -1
    rest = a.block_start[o]
    for start in range(first, last, BLOCK):
        if block[rest] + block[rest + 1] >= best:
            break
        rest += 2
        for j in range(start, min(last, start + BLOCK)):
            cost = fixed[j] + line_cost[costs + j]
            if hold[j] and cost < best:
                c = capacity[j]
                cost += orders[c] + units * (prices[row + node[j]] + unit_prices[c])
                if cost < best:
                    best = cost
                    chosen = j
    plans.n[o] = 0
    if chosen < 0:
        return a.unfilled[o]
    plans.n[o] = 1
    plans.option[line] = chosen
    plans.lines[line] = 1
    return best + a.weight[o]


@njit(cache=True, nogil=True, boundscheck=False)
def price_order(o, ceiling, a, at, left, plans, w):  # type: ignore[no-untyped-def]
    """The least cost of order ``o`` at prices, at most what leaving it unfilled costs; its plan goes into ``plans``.

    ``ceiling`` is a cost at or above which no shipment is of use (above the answer).
    """
    width = a.line_start[o + 1] - a.line_start[o]
    limit = np.int64(a.max_shipments[o])
    if left.on[0] == 1 and left.splits[0] < 1:
        limit = np.int64(1)
    if limit >= width:
        limit = np.int64(0)
    cheapest_shipments(o, ceiling, limit, a, at, left, w)
    value = a.unfilled[o]
    plans.n[o] = 0
    start = a.line_start[o]
    if width == 1:
        if w.best[1] + a.weight[o] < value:
            value = w.best[1] + a.weight[o]
            plans.n[o] = 1
            plans.option[start] = w.arg[1]
            plans.lines[start] = 1
        return value
    layers = completions(o, limit, 2, a, w)
    best, alone, more, take, backorder = w.best, w.alone, w.more, w.take, a.backorder
    top = layers - 1
    splits, weight = at.splits[0], a.weight[o]
    everything = (1 << width) - 1
    chosen = np.int64(0)
    left_out_cost = np.int64(0)
    s = everything
    for line in range(width):
        lowest = 1 << line
        rest = s ^ lowest
        sub = np.int64(0)
        while True:
            t = sub | lowest
            r = s ^ t
            total = left_out_cost + best[t] + weight + min(alone[r], splits + more[top, r])
            if total < value:
                value = total
                chosen = t
            if sub == rest:
                break
            sub = (sub - rest) & rest
        left_out_cost += backorder[start + line]
        if left_out_cost >= _BIG:
            break
        s = rest
    if chosen == 0:
        return value
    n = _place(o, chosen, w.arg[chosen], 0, a, at, left, plans.option, plans.lines, w)
    s = everything & ~((chosen & -chosen) - 1) & ~chosen
    if alone[s] > splits + more[top, s]:
        k = top
        while s:
            t = take[k, s]
            if t == 0:
                t = s & -s
            else:
                n = _place(o, t, w.arg[t], n, a, at, left, plans.option, plans.lines, w)
                k = k - 1 if limit else 0
            s ^= t
    plans.n[o] = n
    return value


@njit(cache=True, nogil=True, boundscheck=False)
def plan_value(o, a, at, plans):  # type: ignore[no-untyped-def]
    """The cost of an order's plan at prices (``BIG`` or more where a set can't go)."""
    start = a.line_start[o]
    width = a.line_start[o + 1] - start
    n = np.int64(plans.n[o])
    if n == 0:
        return a.unfilled[o]
    tier = np.int64(a.tier[o])
    total = a.weight[o] + (n - 1) * a.charge[o] + (at.splits[0] if n > 1 else np.int64(0))
    shipped = np.int64(0)
    for k in range(n):
        j = plans.option[start + k]
        s = np.int64(plans.lines[start + k])
        shipped |= s
        total += a.fixed[j]
        c = a.capacity[j]
        seen = False
        for other in range(k):
            seen |= a.capacity[plans.option[start + other]] == c
        if not seen:
            total += at.orders[c]
        if a.pickup.shape[0] and a.pickup[j] >= 0:
            total += at.pickup[a.pickup[j]]
        of_set = np.int64(0)
        if a.row.shape[0]:
            of_set = a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s]
        total += of_set
        if a.spend.shape[0] and a.spend[j] >= 0:
            total += (a.spend[j] + (of_set >> a.shift[0])) * at.budget[0]
        costs = a.cost_start[o] + (j - a.option_start[o]) * width
        for line in range(width):
            if s >> line & 1:
                units = np.int64(a.units[start + line])
                cell = np.int64(a.sku[start + line]) * at.n_nodes[0] + a.node[j]
                total += a.line_cost[costs + line] + units * (at.cell[tier, cell] + at.units[c])
    for line in range(width):
        if not shipped >> line & 1:
            total += a.backorder[start + line]
    return total


@njit(cache=True, nogil=True, boundscheck=False)
def price_orders(low, high, a, at, left, free_value, free, old, new, value, bonus, w):  # type: ignore[no-untyped-def]
    """Price orders ``low : high``: ``value[o]`` and the plan in ``new``.

    ``free_value`` and ``free`` are values and plans at no prices: where such a plan still costs the same, nothing at these
    prices costs less, and the order is not looked at (-1: not known). ``old`` are plans from before: they cap the scan.
    ``bonus``: the most that a shipment's price may be below zero.
    """
    plain = bonus == 0 and left.on[0] == 0 and a.row.shape[0] + a.pickup.shape[0] + a.spend.shape[0] == 0
    for o in range(low, high):
        start = a.line_start[o]
        if bonus == 0 and free_value[o] >= 0 and plan_value(o, a, at, free) == free_value[o]:
            value[o] = free_value[o]
            new.n[o] = free.n[o]
            for k in range(free.n[o]):
                new.option[start + k] = free.option[start + k]
                new.lines[start + k] = free.lines[start + k]
            continue
        if plain and a.line_start[o + 1] - start == 1:
            value[o] = _price_one_line(o, a, at, new)
            continue
        cap = min(a.unfilled[o], plan_value(o, a, at, old))
        ceiling = cap + 1 + bonus * (a.line_start[o + 1] - start)
        value[o] = price_order(o, ceiling, a, at, left, new, w)


@njit(cache=True, nogil=True, boundscheck=False)
def price_share(worker, workers, cuts, a, at, left, free_value, free, old, new, value, bonus, w):  # type: ignore[no-untyped-def]
    """``price_orders`` of every ``workers``-th part between ``cuts``: one call, as handing the arrays over takes a while."""
    for k in range(worker, cuts.shape[0] - 1, workers):
        price_orders(cuts[k], cuts[k + 1], a, at, left, free_value, free, old, new, value, bonus, w)
