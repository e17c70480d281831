"""Every plan of every order that costs little more than its order's cheapest, at prices, compiled.

A column is a plan of one order. Those within a window of their order's cheapest are all found, so a master over them is
proven as far as the window reaches: a plan of the batch below ``bound + window`` can use no other column.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_ascent import Ascent
from solvers.batch_layout import BIG, BLOCK
from solvers.batch_pricing import completions, plan_value
from solvers.batch_shipments import cheapest_shipments
from solvers.batch_usage import no_plans
from solvers.problem import Int64

_BIG = np.int64(BIG)
_LIST = 4096
"""Shipments of one order that are looked at; an order with more is not complete."""


class Columns(NamedTuple):
    """P plans, by order; shipments of plan ``p`` are ``start[p] : start[p + 1]``.

    ``reduced`` int64[P], how much more than its order's cheapest the plan costs at prices, scaled. ``complete`` bool[O]: all within
    the window are there.
    """

    order: Int64
    start: Int64
    option: Int64
    lines: NDArray[np.uint16]
    reduced: Int64
    complete: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _list_shipments(o, a, at, w, option, lines, cost, slack):  # type: ignore[no-untyped-def]
    """List the single shipments of every S that cost at most ``slack[S]``; -1 where there are too many."""
    start = a.line_start[o]
    width = a.line_start[o + 1] - start
    has_sets = a.row.shape[0] > 0
    twins = a.twins[o] == 1
    shift = a.shift[0]
    n = 0
    sums, masks = w.sums, w.masks
    tier = np.int64(a.tier[o])
    first, last = a.option_start[o], a.option_start[o + 1]
    for j in range(first, last):
        if (j - first) % BLOCK == 0:
            at_block = a.block_start[o] + (j - first) // BLOCK * (1 + width)
            sums[0] = a.block[at_block]
            size = 1
            could = False
            for line in range(width):
                for i in range(size):
                    total = min(sums[i] + a.block[at_block + 1 + line], _BIG)
                    sums[size + i] = total
                    if has_sets:
                        total += a.set_low[a.low_start[o] + size + i]
                    could |= total <= slack[size + i]
                size *= 2
            if not could:
                break
        held = np.int64(a.hold[j])
        if held == 0:
            continue
        c = a.capacity[j]
        fixed = a.fixed[j]
        if a.pickup.shape[0] and a.pickup[j] >= 0:
            fixed += at.pickup[a.pickup[j]]
        of_budget = a.spend.shape[0] > 0 and a.spend[j] >= 0
        if of_budget:
            fixed += a.spend[j] * at.budget[0]
        if not twins or at.orders[c] < 0:
            fixed += at.orders[c]  # of twins it is paid once, by the plan
        sums[0] = fixed
        masks[0] = 0
        size = 1
        for line in range(width):
            if held >> line & 1:
                cell = np.int64(a.sku[start + line]) * at.n_nodes[0] + a.node[j]
                each = a.line_cost[a.cost_start[o] + (j - first) * width + line]
                each += np.int64(a.units[start + line]) * (at.cell[tier, cell] + at.units[c])
                for i in range(size):
                    s = masks[i] | 1 << line
                    total = sums[i] + each
                    masks[size + i] = s
                    sums[size + i] = total
                    if has_sets:
                        of_set = a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s]
                        if of_set >= _BIG:
                            continue
                        total += of_set
                        if of_budget:
                            total += (of_set >> shift) * at.budget[0]
                    if total <= slack[s]:
                        if n == option.shape[0]:
                            return -1
                        option[n] = j
                        lines[n] = s
                        cost[n] = total
                        n += 1
                size *= 2
    return n


@njit(cache=True, nogil=True)
def find_columns(  # type: ignore[no-untyped-def]
    low,
    high,
    window,
    most_of_one,
    bonus,
    a,
    at,
    at_least,
    free,
    value,
    one,
    w,
    order,
    start_of,
    option,
    lines,
    reduced,
    complete,
):
    """Columns of orders ``low : high`` within ``window`` of ``value``; returns (plans, shipments), -1 where they don't fit.

    ``at_least``: the same prices with no order price above zero, at which twins cost no more than in any plan.
    """
    j_of, s_of, cost_of = np.empty(_LIST, np.int64), np.empty(_LIST, np.int64), np.empty(_LIST, np.int64)
    todo, spent, following = np.empty(16, np.int64), np.empty(16, np.int64), np.empty(16, np.int64)
    shipped = np.empty(16, np.int64)
    slack = np.empty(1 << 12, np.int64)
    alone, more = w.alone, w.more
    n_plans = 0
    n_ships = 0
    for o in range(low, high):
        start = a.line_start[o]
        width = a.line_start[o + 1] - start
        everything = (1 << width) - 1
        most = value[o] + window
        complete[o] = True
        if n_plans == order.shape[0]:
            return -1, 0
        if a.unfilled[o] <= most:
            order[n_plans], start_of[n_plans], reduced[n_plans] = o, n_ships, a.unfilled[o] - value[o]
            n_plans += 1
        prices = at_least if a.twins[o] else at
        cheapest_shipments(o, most + 1 + bonus * width, 0, a, prices, free, w)
        completions(o, 0, 1, a, w)
        splits, charge, weight = at.splits[0], a.charge[o], a.weight[o]
        for s in range(1, everything + 1):
            r = everything ^ s
            slack[s] = most - weight - min(alone[r], splits + more[0, r])
        n = _list_shipments(o, a, at, w, j_of, s_of, cost_of, slack)
        if n < 0:
            complete[o] = False
            n = _LIST
        first_plan = n_plans
        depth = 0
        todo[0], spent[0], following[0], shipped[0] = everything, 0, 0, 0
        while depth >= 0:
            s = todo[depth]
            count = shipped[depth]
            if s == 0:
                depth -= 1
                if count == 0 or (a.max_shipments[o] and count > a.max_shipments[o]):
                    continue
                one.n[o] = count
                exact = plan_value(o, a, at, one)
                if exact > most:
                    continue
                if n_plans - first_plan == most_of_one:
                    complete[o] = False
                    break
                if n_plans == order.shape[0] or n_ships + count > option.shape[0]:
                    return -1, 0
                order[n_plans], start_of[n_plans], reduced[n_plans] = o, n_ships, exact - value[o]
                for k in range(count):
                    option[n_ships + k] = one.option[start + k]
                    lines[n_ships + k] = one.lines[start + k]
                n_ships += count
                n_plans += 1
                continue
            lowest = s & -s
            i = following[depth]
            while i < n and (s_of[i] & lowest == 0 or s_of[i] & ~s):
                i += 1
            following[depth] = i + 1
            if i > n:
                depth -= 1
                continue
            if i < n:
                t = s_of[i]
                total = spent[depth] + cost_of[i] + (weight if count == 0 else charge)
                if a.twins[o] and at.orders[a.capacity[j_of[i]]] > 0:
                    seen = False
                    for k in range(count):
                        seen |= a.capacity[one.option[start + k]] == a.capacity[j_of[i]]
                    if not seen:
                        total += at.orders[a.capacity[j_of[i]]]
                one.option[start + count] = j_of[i]
                one.lines[start + count] = t
                count += 1
            else:
                t = lowest
                line = 0
                while not lowest >> line & 1:
                    line += 1
                total = spent[depth] + a.backorder[start + line]
            r = s ^ t
            if count == 0:
                under = total + more[0, r] - (charge - weight)
            else:
                under = total + min(alone[r], more[0, r] + (splits if count == 1 else np.int64(0)))
            if under > most:
                continue
            depth += 1
            todo[depth], spent[depth], following[depth], shipped[depth] = r, total, 0, count
    return n_plans, n_ships


def columns_of(ascent: Ascent, window: int, most_of_one: int, room: int) -> Columns | None:
    """All columns within ``window`` (scaled) at the prices of the last sweep; None where they are more than ``room``.

    Orders with more than ``most_of_one`` keep as many, and are not complete.
    """
    layout, at = ascent.layout, ascent.at
    n_orders = len(ascent.value)
    at_least = at._replace(orders=np.minimum(at.orders, 0))
    bonus = int(max(0, -at.orders.min(initial=0)))
    complete = np.ones(n_orders, np.bool_)
    cuts = np.linspace(0, n_orders, ascent.workers + 1).astype(np.int64)

    def run(k: int) -> Columns | None:
        order, start, reduced = (np.empty(room, np.int64) for _ in range(3))
        option, lines = np.empty(2 * room, np.int64), np.empty(2 * room, np.uint16)
        out = order, start, option, lines, reduced, complete
        asked = window, most_of_one, bonus, layout, at, at_least, ascent.nothing, ascent.value
        n, ships = find_columns(cuts[k], cuts[k + 1], *asked, no_plans(layout), ascent.scratch[k], *out)
        if n < 0:
            return None
        return Columns(order[:n], np.append(start[:n], ships), option[:ships], lines[:ships], reduced[:n], complete)

    parts = [part for part in ascent.pool.map(run, range(ascent.workers)) if part is not None]
    if len(parts) < ascent.workers or sum(len(part.order) for part in parts) > room:
        return None
    return joined(parts)


def joined(parts: list[Columns]) -> Columns:
    """The columns of several parts, one after another."""
    starts, shipments = [np.zeros(1, np.int64)], 0
    for part in parts:
        starts.append(part.start[1:] + shipments)
        shipments += len(part.option)
    return Columns(
        np.concatenate([part.order for part in parts]),
        np.concatenate(starts),
        np.concatenate([part.option for part in parts]),
        np.concatenate([part.lines for part in parts]),
        np.concatenate([part.reduced for part in parts]),
        parts[0].complete,
    )
