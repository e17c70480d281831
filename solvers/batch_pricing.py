"""The order programme at prices, compiled: the cheapest plan of each order when what it takes is paid for.

For each set S of lines the cheapest shipment is found over the order's options, then plans are put together from sets as in
``solvers.order``. Every order for itself, so orders may be priced by several threads at once.

Two shipments of one plan from one capacity take one of its orders, not two. Priced one by one they would pay twice, and the
bound would claim too much; so where an order has several options of one capacity that has a price, sets are also put
together within the capacity, for one price (``_pair``). Such a plan counts as one shipment against the order's limit and the
cap on splits: the bound stays below every plan, and a plan that breaks the limit is not taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_layout import BIG, BLOCK
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
def _part_costs(o, start, end, a, at, left, w):  # type: ignore[no-untyped-def]
    """``part[S]``: the cheapest single shipment of S by options ``start : end``, all of one capacity, its order price apart."""
    n_sets = 1 << (a.line_start[o + 1] - a.line_start[o])
    w.part[:n_sets] = _BIG
    w.part_arg[:n_sets] = -1
    for j in range(start, end):
        fixed = fixed_at(j, a, at, left)
        if a.hold[j] and fixed < _BIG:
            option_costs(o, j, a, at, left, fixed, w.part, w.part_arg, w)


@njit(cache=True, nogil=True, boundscheck=False)
def _join(o, charge, a, w):  # type: ignore[no-untyped-def]
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
    _part_costs(o, start, end, a, at, left, w)
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
    _join(o, charge, a, w)
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
    _part_costs(o, j, end_of_capacity(o, j, a), a, at, left, w)
    _join(o, a.charge[o], a, w)
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
