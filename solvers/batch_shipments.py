"""The cheapest shipment of each set of an order's lines at prices, compiled: over the order's options, a scan that ends early.

Two shipments of one plan from one capacity take one of its orders, not two. Priced one by one they would pay twice, and the
bound would claim too much; so where an order has several options of one capacity that has a price, sets are also put
together within the capacity, for one price (``_pair``). Such a plan counts as one shipment against the order's limit and the
cap on splits: the bound stays below every plan, and a plan that breaks the limit is not taken.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.batch_layout import BIG, BLOCK

_BIG = np.int64(BIG)


@njit(cache=True, nogil=True, boundscheck=False)
def option_costs(o, j, a, at, left, fixed, best, arg, w):  # type: ignore[no-untyped-def]
    """Improve ``best[S]`` by option ``j`` of order ``o`` at prices; its fixed part is ``fixed``, prices included."""
    width = a.line_start[o + 1] - a.line_start[o]
    held = np.int64(a.hold[j])
    tier = np.int64(a.tier[o])
    first = a.line_start[o]
    base = np.int64(a.node[j])
    c = a.capacity[j]
    costs = a.cost_start[o] + (j - a.option_start[o]) * width
    restricted = left.on[0] == 1
    has_sets = a.row.shape[0] > 0
    sets = np.int64(0)
    of_budget = False
    if has_sets:
        sets = a.set_start[o] + (np.int64(a.row[j]) << width)
        of_budget = a.spend.shape[0] > 0 and a.spend[j] >= 0
    unit_price = at.units[c]
    sums, masks = w.sums, w.masks
    masks[0] = 0
    sums[0] = fixed
    size = 1
    n_nodes = at.n_nodes[0]
    for line in range(width):
        if not held >> line & 1:
            continue
        units = np.int64(a.units[first + line])
        cell = np.int64(a.sku[first + line]) * n_nodes + base
        if restricted and (left.cell[tier, cell] < units or left.cell[left.cell.shape[0] - 1, cell] < units):
            continue
        cost = a.line_cost[costs + line] + units * (at.cell[tier, cell] + unit_price)
        for i in range(size):
            s = masks[i] | 1 << line
            total = sums[i] + cost
            masks[size + i] = s
            sums[size + i] = total
            if has_sets:
                of_set = a.set_cost[sets + s]
                total += of_set
                if of_budget and of_set < _BIG:
                    total += (of_set >> a.shift[0]) * at.budget[0]
            if total < best[s]:
                if restricted:
                    taken = np.int64(0)
                    for x in range(width):
                        if s >> x & 1:
                            taken += a.units[first + x]
                    if taken > left.units[c]:
                        continue
                    if of_budget and a.spend[j] + (a.set_cost[sets + s] >> a.shift[0]) > left.budget[0]:
                        continue
                best[s] = total
                arg[s] = j
        size *= 2


@njit(cache=True, nogil=True, boundscheck=False)
def fixed_at(j, a, at, left):  # type: ignore[no-untyped-def]
    """The fixed cost of option ``j`` at prices, its capacity's order price apart; BIG where nothing is left."""
    fixed = a.fixed[j]
    restricted = left.on[0] == 1
    if restricted and left.orders[a.capacity[j]] < 1:
        return _BIG
    if a.pickup.shape[0] and a.pickup[j] >= 0:
        if restricted and left.pickup[a.pickup[j]] < 1:
            return _BIG
        fixed += at.pickup[a.pickup[j]]
    if a.spend.shape[0] and a.spend[j] >= 0:
        if restricted and a.spend[j] > left.budget[0]:
            return _BIG
        fixed += a.spend[j] * at.budget[0]
    return fixed


@njit(cache=True, nogil=True, boundscheck=False)
def part_costs(o, start, end, a, at, left, w):  # type: ignore[no-untyped-def]
    """``part[S]``: the cheapest single shipment of S by options ``start : end``, all of one capacity, its order price apart."""
    n_sets = 1 << (a.line_start[o + 1] - a.line_start[o])
    w.part[:n_sets] = _BIG
    w.part_arg[:n_sets] = -1
    for j in range(start, end):
        fixed = fixed_at(j, a, at, left)
        if a.hold[j] and fixed < _BIG:
            option_costs(o, j, a, at, left, fixed, w.part, w.part_arg, w)


@njit(cache=True, nogil=True, boundscheck=False)
def join(o, charge, a, w):  # type: ignore[no-untyped-def]
    """``joint[S]``: the cheapest way to ship S in one or more shipments of ``part``."""
    n_sets = 1 << (a.line_start[o + 1] - a.line_start[o])
    for s in range(1, n_sets):
        lowest = s & -s
        rest = s ^ lowest
        w.joint[s] = w.part[s]
        w.joint_take[s] = s
        sub = np.int64(0)
        while sub != rest:
            t = sub | lowest
            total = w.part[t] + charge + w.joint[s ^ t]
            if total < w.joint[s]:
                w.joint[s] = total
                w.joint_take[s] = t
            sub = (sub - rest) & rest


@njit(cache=True, nogil=True, boundscheck=False)
def _pair(o, start, end, order_price, charge, a, at, left, w):  # type: ignore[no-untyped-def]
    """Options of one capacity, alone and together, for one order price."""
    n_sets = 1 << (a.line_start[o + 1] - a.line_start[o])
    part_costs(o, start, end, a, at, left, w)
    cheapest = _BIG
    for s in range(1, n_sets):
        cheapest = min(cheapest, w.part[s])
        if w.part[s] < _BIG and w.part[s] + order_price < w.best[s]:
            w.best[s] = w.part[s] + order_price
            w.arg[s] = w.part_arg[s]
    if cheapest >= _BIG:
        return
    helps = False
    for s in range(1, n_sets):
        if s & (s - 1) and 2 * cheapest + charge < min(w.threshold[s] - order_price, w.part[s]):
            helps = True
            break
    if not helps:
        return
    join(o, charge, a, w)
    for s in range(1, n_sets):
        if w.joint[s] < w.part[s] and w.joint[s] < _BIG and w.joint[s] + order_price < w.best[s]:
            w.best[s] = w.joint[s] + order_price
            w.arg[s] = -2 - start


@njit(cache=True, nogil=True, boundscheck=False)
def end_of_capacity(o, j, a):  # type: ignore[no-untyped-def]
    """Where the options that share j's capacity end."""
    end = j + 1
    while end < a.option_start[o + 1] and a.capacity[end] == a.capacity[j]:
        end += 1
    return end


@njit(cache=True, nogil=True, boundscheck=False)
def cheapest_shipments(o, ceiling, limit, a, at, left, w):  # type: ignore[no-untyped-def]
    """``best[S]`` and ``arg[S]`` below ``ceiling``; BIG and -1 elsewhere.

    ``arg`` is an option, or -2 - the first option of a capacity whose options ship S together. Arrays are taken out of their
    tuples first: each look into a tuple in the loop costs more than the arithmetic.
    """
    line_start = a.line_start[o]
    width = a.line_start[o + 1] - line_start
    n_sets = 1 << width
    best, arg, threshold, sums, masks = w.best, w.arg, w.threshold, w.sums, w.masks
    node, capacity, hold, fixed_of, line_cost, block = a.node, a.capacity, a.hold, a.fixed, a.line_cost, a.block
    sku, units_of, set_low = a.sku, a.units, a.set_low
    orders, unit_prices = at.orders, at.units
    cells = at.cell[np.int64(a.tier[o])]
    n_nodes = at.n_nodes[0]
    best[:n_sets] = ceiling
    arg[:n_sets] = -1
    charge = a.charge[o]
    parting = charge + at.splits[0]
    has_sets = a.row.shape[0] > 0
    low = a.low_start[o]
    twins = a.twins[o] == 1
    plain = left.on[0] == 0 and a.row.shape[0] + a.pickup.shape[0] + a.spend.shape[0] == 0
    first, last = a.option_start[o], a.option_start[o + 1]
    costs = a.cost_start[o]
    at_block = a.block_start[o]
    j = first
    next_check = first
    while j < last:
        if j >= next_check:
            b = (j - first) // BLOCK
            next_check = first + (b + 1) * BLOCK
            threshold[0] = -parting
            sums[0] = block[at_block + b * (1 + width)]
            could_win = False
            size = 1
            for line in range(width):
                alone = best[size] + parting
                cost = block[at_block + b * (1 + width) + 1 + line]
                for i in range(size):
                    s = size + i
                    total = min(sums[i] + cost, _BIG)
                    sums[s] = total
                    parted = threshold[i] + alone
                    threshold[s] = best[s] if limit else min(best[s], parted)
                    if has_sets:
                        total += set_low[low + s]
                    could_win |= total < threshold[s]
                size *= 2
            if not could_win:
                break
        c = capacity[j]
        order_price = orders[c]
        if twins and order_price > 0:
            end = end_of_capacity(o, j, a)
            if end > j + 1:
                _pair(o, j, end, order_price, charge, a, at, left, w)
                j = end
                continue
        held = np.int64(hold[j])
        if held and plain:
            unit_price = unit_prices[c]
            here = np.int64(node[j])
            masks[0] = 0
            sums[0] = fixed_of[j] + order_price
            size = 1
            for line in range(width):
                if held >> line & 1:
                    cell = np.int64(sku[line_start + line]) * n_nodes + here
                    cost = line_cost[costs + (j - first) * width + line]
                    cost += np.int64(units_of[line_start + line]) * (cells[cell] + unit_price)
                    for i in range(size):
                        s = masks[i] | 1 << line
                        total = sums[i] + cost
                        masks[size + i] = s
                        sums[size + i] = total
                        if total < best[s]:
                            best[s] = total
                            arg[s] = j
                    size *= 2
        elif held:
            fixed = fixed_at(j, a, at, left)
            if fixed < _BIG:
                option_costs(o, j, a, at, left, fixed + order_price, best, arg, w)
        j += 1
    for s in range(n_sets):
        if arg[s] == -1:
            best[s] = _BIG
