"""Plans that keep every row: greedy at prices, and a local search at true costs, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.batch_layout import BIG
from solvers.batch_pricing import plan_value, price_order
from solvers.batch_usage import add_plan, copy_plan, fits

_BIG = np.int64(BIG)


@njit(cache=True, nogil=True)
def _wants_orders(o, a, plans, left, orders_most, orders_least, orders_price, shortfall):  # type: ignore[no-untyped-def]
    """After a plan was added or taken away: an order more is worth a shortfall where orders are lacking."""
    start = a.line_start[o]
    for k in range(plans.n[o]):
        c = a.capacity[plans.option[start + k]]
        orders_price[c] = -shortfall if orders_most[c] - left.orders[c] < orders_least[c] else np.int64(0)


@njit(cache=True, nogil=True)
def _took(o, a, left, plans):  # type: ignore[no-untyped-def]
    """Take what the plan takes, if it fits."""
    add_plan(o, -1, a, plans, left)
    if fits(o, a, plans, left):
        return True
    add_plan(o, 1, a, plans, left)
    return False


@njit(cache=True, nogil=True)
def greedy(sequence, a, at, cheapest, left, plans, bonus, w):  # type: ignore[no-untyped-def]
    """Give each order of ``sequence`` the cheapest plan at prices of what is left. ``plans.n`` must be 0 for them.

    ``cheapest``: their cheapest plans at these prices where nothing is taken; where one still fits, nothing costs less.
    """
    for i in range(sequence.shape[0]):
        o = sequence[i]
        copy_plan(o, a, cheapest, plans)
        if _took(o, a, left, plans):
            continue
        width = a.line_start[o + 1] - a.line_start[o]
        price_order(o, a.unfilled[o] + 1 + bonus * width, a, at, left, plans, w)
        if not _took(o, a, left, plans):  # its own shipments get in each other's way
            plans.n[o] = 0


@njit(cache=True, nogil=True)
def improve(sequence, a, at, lowest, left, plans, trial, orders_most, orders_least, shortfall, w):  # type: ignore[no-untyped-def]
    """Plan each order of ``sequence`` anew with what the others leave; keep what is cheaper. Returns the saving (scaled).

    ``at`` holds no prices; those of orders are kept at what an order is worth where least are asked for. ``lowest[o]``: what
    the order costs at least, whatever is left.
    """
    saved = np.int64(0)
    for i in range(sequence.shape[0]):
        o = sequence[i]
        if shortfall == 0 and plan_value(o, a, at, plans) <= lowest[o]:
            continue
        start = a.line_start[o]
        width = a.line_start[o + 1] - start
        add_plan(o, 1, a, plans, left)
        _wants_orders(o, a, plans, left, orders_most, orders_least, at.orders, shortfall)
        before = plan_value(o, a, at, plans)
        price_order(o, min(before, a.unfilled[o]) + 1 + shortfall * width, a, at, left, trial, w)
        after = plan_value(o, a, at, trial)
        if after < before and _took(o, a, left, trial):
            copy_plan(o, a, trial, plans)
            saved += before - after
        else:
            add_plan(o, -1, a, plans, left)
        _wants_orders(o, a, plans, left, orders_most, orders_least, at.orders, shortfall)
    return saved


@njit(cache=True, nogil=True)
def take_columns(picked, order, start, option, lines, a, left, plans):  # type: ignore[no-untyped-def]
    """Take columns while they fit; returns the orders whose column did not, in the sequence picked."""
    late = np.empty(picked.shape[0], np.int64)
    n = 0
    for p in picked:
        o = order[p]
        plans.n[o] = start[p + 1] - start[p]
        for k in range(plans.n[o]):
            plans.option[a.line_start[o] + k] = option[start[p] + k]
            plans.lines[a.line_start[o] + k] = lines[start[p] + k]
        if not _took(o, a, left, plans):
            plans.n[o] = 0
            late[n] = o
            n += 1
    return late[:n]


@njit(cache=True, nogil=True)
def values(a, at, plans, value):  # type: ignore[no-untyped-def]
    """``value[o]``: what each plan costs at prices."""
    for o in range(value.shape[0]):
        value[o] = plan_value(o, a, at, plans)


@njit(cache=True, nogil=True)
def take_all(a, plans, left):  # type: ignore[no-untyped-def]
    """Take from ``left`` what all plans take."""
    for o in range(plans.n.shape[0]):
        add_plan(o, -1, a, plans, left)
