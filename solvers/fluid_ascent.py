"""The compiled part of ``fluid``: many order types priced alone at prices of stock and capacity, and the prices' ascent.

    L(price) = sum_o demand_o D_o(price) - price . stock

is concave in the prices, and the use at them less the stock is a slope of it (Held and Karp); each price has a step of its own
(AdaGrad).
``D_o`` is the subset programme of ``solvers.order`` with prices in its costs, rounded to whole units of cost. The prices of the
second half of the ascent are averaged: the last ones, like those of a simplex, sit on a vertex and swing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from solvers.order import OUT_OF_REACH, solve_arrays, workspace_size
from solvers.problem import INFEASIBLE, UNLIMITED, Int32, Int64

Float64 = NDArray[np.float64]


class FluidArrays(NamedTuple):
    """Order types as in ``BatchProblem``, each array contiguous; ``set_start`` is each type's own start in ``set_cost``."""

    line_start: Int64
    option_start: Int64
    line_cost_start: Int64
    set_start: Int64
    sku: Int64
    units: Int64
    backorder_cost: Int64
    unfilled_cost: Int64
    split_penalty: Int64
    shipment_weight: Int64
    max_shipments: Int64
    node: Int64
    capacity: Int64
    hold: Int64
    fixed: Int64
    line_cost: Int64
    row: Int32
    set_rows: Int64
    set_cost: Int64


class Work(NamedTuple):
    """One order as ``solve_arrays`` reads it, and what that writes."""

    fixed: Int64
    line_cost: Int64
    room: Int64
    work: Int64
    option: Int64
    lines: Int64


_INT, _FLOAT = types.int64[::1], types.float64[::1]
_PRICE = types.float64[:, ::1]
_ARRAYS = types.NamedTuple([types.int32[::1] if name == "row" else _INT for name in FluidArrays._fields], FluidArrays)
_WORK = types.NamedTuple([types.int64[:, ::1] if name == "line_cost" else _INT for name in Work._fields], Work)
# Signatures are given so that all is compiled when this is first imported, not when prices are first wanted.


def workspace(arrays: FluidArrays) -> Work:
    """Room for the widest order type."""
    lines = int(np.diff(arrays.line_start).max(initial=1))
    options = int(np.diff(arrays.option_start).max(initial=1))
    work = workspace_size(lines, lines - 1)  # the most that any limit on shipments asks for
    return Work(
        np.zeros(options, np.int64),
        np.zeros((options, lines), np.int64),
        np.full(options, UNLIMITED, np.int64),
        np.zeros(work, np.int64),
        np.zeros(lines, np.int64),
        np.zeros(lines, np.int64),
    )


@njit(types.int64(types.int64, _INT, types.int64, _WORK), cache=True, nogil=True)
def _one_shipment(n_lines: int, backorder_cost: Int64, weight: int, out: Work) -> int:
    """The cheapest plan that ships something, where ``solve_arrays`` found that leaving all lines out is cheaper yet.

    One shipment is enough: a second would have to save its own lines' backorders, and so be better alone than nothing. Reads
    the cheapest shipment of every set where ``solve_arrays`` keeps it; INFEASIBLE where nothing can ship.
    """
    n_sets = 1 << n_lines
    objective = INFEASIBLE
    for members in range(1, n_sets):
        cost = out.work[members]
        if cost < OUT_OF_REACH:
            cost += weight
            for line in range(n_lines):
                if not members >> line & 1:  # sums of what is out of reach would not fit
                    cost = min(INFEASIBLE, cost + min(backorder_cost[line], INFEASIBLE - cost))
            if cost < objective:
                objective = cost
                out.option[0], out.lines[0] = out.work[n_sets + members], members
    return objective


@njit(types.UniTuple(types.int64, 2)(_ARRAYS, types.int64, _INT, _INT, _PRICE, _FLOAT, _WORK), cache=True, nogil=True)
def price_order(
    arrays: FluidArrays, o: int, hold: Int64, backorder_cost: Int64, unit_price: Float64, room_price: Float64, out: Work
) -> tuple[int, int]:
    """The cheapest plan of order type ``o`` at prices float64[K, N] and [C]: its objective, prices in it, and its shipments.

    ``hold`` int64[J of it] and ``backorder_cost`` int64[L of it] stand in for the type's own. No shipments: nothing ships.
    """
    first, n_lines = arrays.line_start[o], arrays.line_start[o + 1] - arrays.line_start[o]
    start, n_options = arrays.option_start[o], arrays.option_start[o + 1] - arrays.option_start[o]
    at = arrays.line_cost_start[o]
    for j in range(n_options):
        node = arrays.node[start + j]
        out.fixed[j] = arrays.fixed[start + j] + np.int64(room_price[arrays.capacity[start + j]] + 0.5)
        for line in range(n_lines):
            cost = arrays.line_cost[at + j * n_lines + line]
            if cost < OUT_OF_REACH:
                cost += np.int64(unit_price[arrays.sku[first + line], node] + 0.5) * arrays.units[first + line]
            out.line_cost[j, line] = cost
    sets, rows = arrays.set_start[o], arrays.set_rows[o]
    objective, n_shipments, _ = solve_arrays(
        n_lines,
        n_options,
        hold,
        out.fixed,
        out.line_cost,
        arrays.row[start : start + n_options],
        arrays.set_cost[sets : sets + (rows << n_lines)].reshape(rows, 1 << n_lines),
        out.room,
        arrays.units[first : first + n_lines],
        backorder_cost,
        arrays.split_penalty[o],
        arrays.shipment_weight[o],
        arrays.max_shipments[o],
        out.work,
        out.option,
        out.lines,
    )
    if n_shipments == 0:
        objective = _one_shipment(n_lines, backorder_cost, arrays.shipment_weight[o], out)
        n_shipments = 1
    if objective >= arrays.unfilled_cost[o]:
        return arrays.unfilled_cost[o], 0
    return objective, n_shipments


@njit(types.float64(_ARRAYS, _FLOAT, _PRICE, _FLOAT, _WORK, _PRICE, _FLOAT), cache=True, nogil=True)
def sweep(
    arrays: FluidArrays,
    demand: Float64,
    unit_price: Float64,
    room_price: Float64,
    out: Work,
    use: Float64,
    room: Float64,
) -> float:
    """Price every type once: the sum of demand x objective; fills the expected use of stock [K, N] and of capacity [C]."""
    use[:] = 0.0
    room[:] = 0.0
    total = 0.0
    for o in range(len(demand)):
        if demand[o] <= 0.0:
            continue
        first, end = arrays.line_start[o], arrays.line_start[o + 1]
        start = arrays.option_start[o]
        hold, left_out = arrays.hold[start : arrays.option_start[o + 1]], arrays.backorder_cost[first:end]
        objective, n_shipments = price_order(arrays, o, hold, left_out, unit_price, room_price, out)
        total += demand[o] * objective
        for k in range(n_shipments):
            j = start + out.option[k]
            room[arrays.capacity[j]] += demand[o]
            for line in range(end - first):
                if out.lines[k] >> line & 1:
                    use[arrays.sku[first + line], arrays.node[j]] += demand[o] * arrays.units[first + line]
    return total


@njit([types.float64(_PRICE, _PRICE), types.float64(_FLOAT, _FLOAT)], cache=True, nogil=True)
def value_of(price: Float64, amount: Float64) -> float:
    """Whole prices times what there is of each; what is unlimited (inf) has no price."""
    total = 0.0
    for i in range(price.size):
        whole = np.int64(price.flat[i] + 0.5)
        if whole > 0:
            total += whole * amount.flat[i]
    return total


@njit([types.void(*[_PRICE] * 4, types.float64), types.void(*[_FLOAT] * 4, types.float64)], cache=True, nogil=True)
def _step(price: Float64, use: Float64, amount: Float64, squares: Float64, length: float) -> None:
    for i in range(price.size):
        slope = use.flat[i] - amount.flat[i]
        if slope == -np.inf or (slope <= 0.0 and price.flat[i] == 0.0):
            continue
        squares.flat[i] += slope * slope
        if squares.flat[i] > 0.0:
            price.flat[i] = max(0.0, price.flat[i] + length * slope / np.sqrt(squares.flat[i]))


@njit(
    types.float64(_ARRAYS, _FLOAT, _PRICE, _FLOAT, types.int64, types.float64, _PRICE, _FLOAT, _WORK),
    cache=True,
    nogil=True,
)
def ascend(
    arrays: FluidArrays,
    demand: Float64,
    stock: Float64,
    room: Float64,
    sweeps: int,
    first_step: float,
    unit_price: Float64,
    room_price: Float64,
    out: Work,
) -> float:
    """Move the prices (float64[K, N] and [C], in place) from where they are to the averages of a dual ascent.

    Parameters
    ----------
    demand : expected orders of each type. stock : float64[K, N]. room : float64[C], shipments, inf where nothing binds.
    sweeps : over all types, 2 or more. first_step : how far a price moves at most in the first of them, units of cost.

    Returns
    -------
    The greatest lower bound met, that of the averages among them.
    """
    use, used_room = np.zeros_like(unit_price), np.zeros_like(room_price)
    squares, room_squares = np.zeros_like(unit_price), np.zeros_like(room_price)
    mean, room_mean = np.zeros_like(unit_price), np.zeros_like(room_price)
    best = -np.inf
    for t in range(sweeps):
        bound = sweep(arrays, demand, unit_price, room_price, out, use, used_room)
        bound -= value_of(unit_price, stock) + value_of(room_price, room)
        best = max(best, bound)
        length = first_step * (1.0 - t / sweeps + 0.01)
        _step(unit_price, use, stock, squares, length)
        _step(room_price, used_room, room, room_squares, length)
        if t >= sweeps // 2:
            mean += unit_price
            room_mean += room_price
    unit_price[:] = mean / (sweeps - sweeps // 2)
    room_price[:] = room_mean / (sweeps - sweeps // 2)
    bound = sweep(arrays, demand, unit_price, room_price, out, use, used_room)
    best = max(best, bound - value_of(unit_price, stock) - value_of(room_price, room))
    return float(best)


@njit(types.void(_PRICE, types.int64[:, ::1], types.float64, types.float64), cache=True, nogil=True)
def drift(price: Float64, stock: Float64, orders_left: float, step: float) -> None:
    """One order goes by: every price sinks by ``step`` x the use of an order that would just exhaust its stock, to zero at least.

    The caller raises the prices of what the order takes by ``step`` a unit: together dual mirror descent in its Euclidean
    form, a step an order (Balseiro, Lu and Mirrokni, arXiv 2011.10124, algorithm 1).
    """
    for i in range(price.size):
        if price.flat[i] > 0.0:
            price.flat[i] = max(0.0, price.flat[i] - step * stock.flat[i] / orders_left)


def arrays_of(parts: dict[str, NDArray[Any]]) -> FluidArrays:
    """``FluidArrays`` of the right types, contiguous and writeable as the signatures say; the names are its fields."""
    dtypes = {name: np.int32 if name == "row" else np.int64 for name in FluidArrays._fields}
    return FluidArrays(**{name: np.require(parts[name], dtype, ["C", "W"]) for name, dtype in dtypes.items()})
