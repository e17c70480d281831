"""Prices of what orders share, and the bound they prove: dual ascent with a step for each row of its own.

With prices on the rows every order stands alone, and

    L = sum_o (cheapest plan of o at prices) - sum_rows price x limit

is below the objective of every plan, whatever the prices (Lagrangian relaxation; Fisher 1981, "The Lagrangian relaxation
method for solving integer programming problems", Management Science 27(1)). Prices and costs are integers, so it is exact. The
gradient of a row is what the orders take of it less its limit; a row's step shrinks with the root of its squared gradients
(AdaGrad: Duchi, Hazan, Singer 2011, JMLR 12).

Rows are met as they are first exceeded. Orders whose plan at no prices still costs the same are not priced again.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from solvers.batch_layout import Layout, Rows
from solvers.batch_pricing import At, Plans, Scratch, price_share, scratch
from solvers.batch_usage import Usage, anything, change_plans, no_plans, no_usage
from solvers.problem import UNLIMITED, Int64

_LIMB = 22
_CHUNKS = 16


@dataclass(slots=True)
class Snapshot:
    """Prices to come back to: those of cells by position in ``Ascent.cells``, and of the other rows."""

    cell: Int64
    orders: Int64
    units: Int64
    pickup: Int64
    splits: int
    budget: int


def between(one: Snapshot, other: Snapshot, part: float) -> Snapshot:
    """``part`` of the way from one to the other, in whole prices."""

    def mix(a: Int64, b: Int64) -> Int64:
        longer = max(len(a), len(b))
        a, b = np.pad(a, (0, longer - len(a))), np.pad(b, (0, longer - len(b)))
        mixed: Int64 = a + np.rint((b - a) * part).astype(np.int64)
        return mixed

    last = mix(np.array([one.splits, one.budget]), np.array([other.splits, other.budget])).tolist()
    parts = mix(one.cell, other.cell), mix(one.orders, other.orders), mix(one.units, other.units)
    return Snapshot(*parts, mix(one.pickup, other.pickup), *last)


class Ascent:
    """The prices of one batch and what follows from them. ``weight`` (int64[O]): how many times each order counts."""

    def __init__(self, layout: Layout, rows: Rows, n_nodes: int, workers: int = 2, weight: Int64 | None = None) -> None:
        self.layout, self.rows = layout, rows
        n_orders, lines = len(layout.line_start) - 1, len(layout.sku)
        self.weight = np.ones(n_orders, np.int64) if weight is None else weight
        tiers, size = rows.stock.shape
        c, p = len(rows.orders_most), len(rows.pickups_most)
        one = np.zeros(1, np.int64)
        self.at = At(
            np.zeros((tiers, size), np.int64),
            np.zeros(c, np.int64),
            np.zeros(c, np.int64),
            np.zeros(p, np.int64),
            one,
            one.copy(),
            np.array([n_nodes], np.int64),
        )
        self.used: Usage = no_usage(rows, n_nodes)
        self.plans: Plans = no_plans(layout)
        self.value = layout.unfilled.copy()
        self.sweeps = 0
        self.bound = 0
        self.last = 0
        self.best: Snapshot | None = None
        self._next, self._free = no_plans(layout), no_plans(layout)
        self.lowest = np.full(n_orders, -1, np.int64)
        """int64[O]: the least cost at no prices, known after the first sweep."""
        room = int(min(tiers * size, 8 * lines + 1024))
        self._active = np.zeros((tiers, size), np.uint8)
        self._cells = np.zeros(room, np.int64)
        self.n_cells = 0
        self._cell_price = np.zeros(room, np.int64)
        self._cell_float = np.zeros(room)
        self._cell_squares = np.zeros(room)
        self._other = [np.zeros(n) for n in (c, c, p, 1, 1)]
        self._squares = [np.zeros(n) for n in (c, c, p, 1, 1)]
        self.workers = workers
        self.pool = ThreadPoolExecutor(workers)
        self.scratch: list[Scratch] = [scratch() for _ in range(workers)]
        self.nothing = anything()
        self.scale = 1.0
        self.dearest = 2.0 * float(layout.unfilled.max(initial=1))
        """No row's price is above it."""

    @property
    def cells(self) -> Int64:
        """int64[.]: tier x K x N + (SKU x N + node) of the cells that were ever exceeded."""
        return self._cells[: self.n_cells]

    def sweep(self) -> int:
        """Price every order at the prices as they are; returns the bound that this proves, in objective units."""
        n_orders = len(self.value)
        bonus = int(max(0, -self.at.orders.min(initial=0)))
        cuts = np.linspace(0, n_orders, self.workers * _CHUNKS + 1).astype(np.int64)

        def run(worker: int) -> None:
            arrays = self.lowest, self._free, self.plans, self._next, self.value
            price_share(
                worker, self.workers, cuts, self.layout, self.at, self.nothing, *arrays, bonus, self.scratch[worker]
            )

        deque(self.pool.map(run, range(self.workers)), 0)
        self.n_cells = change_plans(
            self.layout,
            self.plans,
            self._next,
            self.weight,
            self.used,
            self.rows.stock,
            self._active,
            self._cells,
            self.n_cells,
        )
        if self.sweeps == 0:
            self._free.n[:] = self._next.n
            self._free.option[:] = self._next.option
            self._free.lines[:] = self._next.lines
            self.lowest[:] = self.value
            shipped = self.weight * (self.plans.n > 0)
            self.scale = max(1.0, exact_sum(self.value, shipped) / max(1, int(shipped.sum())) / 8)
        self.sweeps += 1
        bound: int = self._bound()
        self.last = bound
        if self.best is None or bound > self.bound:
            self.bound, self.best = bound, self.snapshot()
        return bound

    def _bound(self) -> int:
        rows, at = self.rows, self.at
        high, low = _dot(self._cell_price[: self.n_cells], rows.stock.reshape(-1), self.cells)
        total = exact_sum(self.value, self.weight) - (int(high) << _LIMB) - int(low)
        for price, most in ((at.orders, rows.orders_most), (at.units, rows.units_most), (at.pickup, rows.pickups_most)):
            where = np.flatnonzero(price > 0)
            total -= sum(a * b for a, b in zip(price[where].tolist(), most[where].tolist(), strict=True))
        where = np.flatnonzero(at.orders < 0)
        total -= sum(a * b for a, b in zip(at.orders[where].tolist(), rows.orders_least[where].tolist(), strict=True))
        total -= int(at.splits[0]) * rows.splits_most + int(at.budget[0]) * rows.budget_most
        shift = int(self.layout.shift[0])
        return -int(-total >> shift)

    def step(self, length: float) -> None:
        """Move every price by its gradient; ``length`` is relative to what an order costs (30 is long, 0.02 short)."""
        e = length * self.scale
        most = self.dearest
        rows, used, at = self.rows, self.used, self.at
        _step_cells(
            self.cells,
            self._cell_float,
            self._cell_squares,
            self._cell_price,
            used.cell,
            rows.stock,
            at.cell,
            e,
            most,
        )
        shortfall = float(rows.shortfall_cost)
        finest = float(1 << int(self.layout.shift[0]))
        moves = (
            (at.orders, used.orders, rows.orders_most, rows.orders_least, e, -shortfall),
            (at.units, used.units, rows.units_most, None, e, 0.0),
            (at.pickup, used.pickup, rows.pickups_most, None, e, 0.0),
            (at.splits, used.splits, np.array([rows.splits_most]), None, e, 0.0),
            (at.budget, used.budget, np.array([rows.budget_most]), None, 0.15 * length * finest, 0.0),
        )
        for (price, taken, limit, least, size, floor), exact, squares in zip(
            moves, self._other, self._squares, strict=True
        ):
            up = np.where(limit < UNLIMITED, taken - limit, 0)
            over = np.where((up > 0) | (exact > 0), up, 0).astype(float)
            if least is not None:
                short = taken - least
                over = np.where((least > 0) & ((exact < 0) | ((short < 0) & (exact == 0))), short, over)
            squares += over * over
            moved = exact + size * over / np.sqrt(np.maximum(squares, 1e-300))
            crossed = (exact != 0) & (np.sign(moved) != np.sign(exact))  # a price does not jump over zero
            exact[:] = np.where(crossed, 0.0, np.clip(moved, floor, most))
            price[:] = np.rint(exact).astype(np.int64)

    def snapshot(self) -> Snapshot:
        at = self.at
        return Snapshot(
            self._cell_price[: self.n_cells].copy(),
            at.orders.copy(),
            at.units.copy(),
            at.pickup.copy(),
            int(at.splits[0]),
            int(at.budget[0]),
        )

    def set_prices(self, prices: Snapshot) -> None:
        """Go to these prices; cells met since are free. Steps go on from there."""
        n = len(prices.cell)
        cell = np.zeros(self.n_cells, np.int64)
        cell[:n] = prices.cell
        _set_cells(self.cells, cell, self._cell_price, self.at.cell)
        self._cell_float[: self.n_cells] = cell
        others: tuple[Any, ...] = (prices.orders, prices.units, prices.pickup, prices.splits, prices.budget)
        for price, exact, there in zip(
            (self.at.orders, self.at.units, self.at.pickup, self.at.splits, self.at.budget),
            self._other,
            others,
            strict=True,
        ):
            price[:] = there
            exact[:] = there

    def snapshot_of(self, rows: Int64, price: Int64) -> Snapshot:
        """Prices of rows numbered as in ``batch_master``; of rows not named zero. Cells with a price are met now."""
        size = self.rows.stock.size
        c, p = len(self.rows.orders_most), len(self.rows.pickups_most)
        most = 2 * int(self.layout.unfilled.max(initial=1))
        price = np.clip(price, -self.rows.shortfall_cost, most)
        self._meet(rows[(rows < size) & (price > 0)])
        dense = np.zeros(2 * c + p + 2, np.int64)
        dense[rows[rows >= size] - size] = price[rows >= size]
        of_cell = np.zeros(self.n_cells, np.int64)
        by_row = np.argsort(rows)
        place = np.minimum(np.searchsorted(rows, self.cells, sorter=by_row), max(0, len(rows) - 1))
        if len(rows):
            found = rows[by_row[place]] == self.cells
            of_cell[found] = price[by_row[place[found]]]
        parts = dense[:c].copy(), dense[c : 2 * c].copy(), dense[2 * c : 2 * c + p].copy()
        return Snapshot(of_cell, *parts, int(dense[-2]), int(dense[-1]))

    def cell_price_of(self, cells: Int64) -> Int64:
        """What cells (numbered as ``cells``) cost on top of their tier's others."""
        price = np.zeros(self.rows.stock.size, np.int64)
        price[self.cells] = self._cell_price[: self.n_cells]
        of: Int64 = price[cells]
        return of

    def _meet(self, cells: Int64) -> None:
        """Cells from now on among those that may have a price, as far as there is room."""
        active = self._active.reshape(-1)
        new = cells[active[cells] == 0][: len(self._cells) - self.n_cells]
        active[new] = 1
        self._cells[self.n_cells : self.n_cells + len(new)] = new
        self.n_cells += len(new)

    def close(self) -> None:
        self.pool.shutdown()


def exact_sum(value: Int64, weight: Int64) -> int:
    """sum(value x weight), whatever its size; weights below 2**31."""
    low = (value & ((1 << 20) - 1)) * weight
    return (int(((value >> 20) * weight).sum()) << 20) + int(low.sum())


@njit(cache=True, nogil=True)
def _dot(price, stock, cells):  # type: ignore[no-untyped-def]
    """(high, low): their sum of products is high * 2**22 + low."""
    high = np.int64(0)
    low = np.int64(0)
    mask = (1 << _LIMB) - 1
    for i in range(price.shape[0]):
        units = np.int64(stock[cells[i]])
        high += (price[i] >> _LIMB) * units
        low += (price[i] & mask) * units
        high += low >> _LIMB
        low &= mask
    return high, low


@njit(cache=True, nogil=True)
def _put_price(i, cells, price, new, at_cell):  # type: ignore[no-untyped-def]
    size = at_cell.shape[1]
    tier = cells[i] // size
    cell = cells[i] - tier * size
    change = new - price[i]
    price[i] = new
    at_cell[0, cell] += change
    if tier == 1:
        at_cell[1, cell] += change


@njit(cache=True, nogil=True)
def _set_cells(cells, new, price, at_cell):  # type: ignore[no-untyped-def]
    for i in range(cells.shape[0]):
        _put_price(i, cells, price, new[i], at_cell)


@njit(cache=True, nogil=True)
def _step_cells(cells, exact, squares, price, used, stock, at_cell, e, most):  # type: ignore[no-untyped-def]
    size = at_cell.shape[1]
    for i in range(cells.shape[0]):
        tier = cells[i] // size
        cell = cells[i] - tier * size
        over = np.float64(used[tier, cell] - stock[tier, cell])
        if over == 0.0 or (over < 0 and exact[i] == 0.0):
            continue
        squares[i] += over * over
        exact[i] = min(most, max(0.0, exact[i] + e * over / np.sqrt(squares[i])))
        _put_price(i, cells, price, np.int64(np.rint(exact[i])), at_cell)
