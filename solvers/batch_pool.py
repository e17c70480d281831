"""Columns put together: each plan once, by order; plans of the batch as columns, and back."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_columns import Columns, joined
from solvers.batch_layout import Layout
from solvers.batch_pricing import At, Plans, plan_value
from solvers.batch_usage import no_plans
from solvers.problem import Int64


def columns_of_plans(layout: Layout, plans: Plans, orders: Int64) -> Columns:
    """The plans of ``orders`` as columns, one each; their ``reduced`` is not known: zero."""
    counts = plans.n[orders].astype(np.int64)
    start = np.concatenate(([0], np.cumsum(counts)))
    at = np.repeat(layout.line_start[orders] - start[:-1], counts) + np.arange(start[-1])
    complete = np.ones(len(layout.line_start) - 1, np.bool_)
    return Columns(orders, start, plans.option[at], plans.lines[at], np.zeros(len(orders), np.int64), complete)


def plans_of_columns(columns: Columns, chosen: Int64, layout: Layout) -> Plans:
    """The plans that the columns ``chosen`` are; orders without one ship nothing."""
    plans = no_plans(layout)
    parts = columns.order, columns.start, columns.option, columns.lines
    _write_plans(chosen, *parts, layout.line_start, plans.n, plans.option, plans.lines)
    return plans


def selected(columns: Columns, which: Int64) -> Columns:
    """Some columns, in the sequence of ``which``."""
    sizes = np.diff(columns.start)[which]
    start = np.concatenate(([0], np.cumsum(sizes)))
    at = np.repeat(columns.start[which] - start[:-1], sizes) + np.arange(start[-1])
    return Columns(
        columns.order[which], start, columns.option[at], columns.lines[at], columns.reduced[which], columns.complete
    )


def merged(parts: list[Columns]) -> tuple[Columns, Int64]:
    """Each plan once, by order, and where every one of the given columns is now. ``complete`` is the first part's."""
    every = joined(parts)
    key = _keys(every)
    by_order = np.lexsort((key, every.order))
    order, key = every.order[by_order], key[by_order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (order[1:] != order[:-1]) | (key[1:] != key[:-1])
    place = np.empty(len(order), np.int64)
    place[by_order] = np.cumsum(first) - 1
    return selected(every, by_order[first]), place


def values_at(columns: Columns, layout: Layout, at: At) -> Int64:
    """int64[P]: what each column costs at prices, scaled."""
    value = np.empty(len(columns.order), np.int64)
    parts = columns.order, columns.start, columns.option, columns.lines
    _column_values(*parts, layout, at, no_plans(layout), value)
    return value


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bits well mixed (the finaliser of splitmix64: Steele, Lea, Flood 2014, OOPSLA)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _keys(columns: Columns) -> NDArray[np.uint64]:
    """uint64[P]: the same for plans of one order with the same shipments, in whatever sequence."""
    shipment = columns.option.astype(np.uint64) << np.uint64(16) | columns.lines.astype(np.uint64)
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(_mixed(shipment + np.uint64(1)))))
    keys: NDArray[np.uint64] = total[columns.start[1:]] - total[columns.start[:-1]]
    return keys


@njit(cache=True, nogil=True)
def _column_values(order, start, option, lines, a, at, one, value):  # type: ignore[no-untyped-def]
    """``one``: room for a plan of every order."""
    for p in range(order.shape[0]):
        o = order[p]
        one.n[o] = start[p + 1] - start[p]
        for k in range(one.n[o]):
            one.option[a.line_start[o] + k] = option[start[p] + k]
            one.lines[a.line_start[o] + k] = lines[start[p] + k]
        value[p] = plan_value(o, a, at, one)


@njit(cache=True, nogil=True)
def _write_plans(chosen, order, start, option, lines, line_start, n, of_option, of_lines):  # type: ignore[no-untyped-def]
    for p in chosen:
        o = order[p]
        n[o] = start[p + 1] - start[p]
        for k in range(n[o]):
            of_option[line_start[o] + k] = option[start[p] + k]
            of_lines[line_start[o] + k] = lines[start[p] + k]
