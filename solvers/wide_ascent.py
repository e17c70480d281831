"""The prices of a batch that has wide orders too: the ascent of the narrow ones, with the wide ones' relaxations in every sweep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solvers.batch_ascent import Ascent, Snapshot
from solvers.batch_layout import Layout, Rows
from solvers.problem import Int64
from solvers.wide_order import newly_over, no_takes, price_wide, step_lines, wide_arrays
from solvers.wide_problem import WideOrder

_ALONE = 150
"""Sweeps of the wide orders by themselves, before rows get prices."""


class WideAscent(Ascent):
    """As ``Ascent``; the bound and what is taken of each row are of all orders.

    ``wide_value`` int64[W]: below each wide order at the best prices; ``alone`` at none.
    """

    def __init__(self, layout: Layout, rows: Rows, n_nodes: int, orders: Sequence[WideOrder]) -> None:
        super().__init__(layout, rows, n_nodes)
        tiers, size = rows.stock.shape
        self._n_nodes, self._shift = n_nodes, int(layout.shift[0])
        self._arrays = wide_arrays(orders, rows.stock, tiers == 2, n_nodes)
        room = int(min(tiers * size, len(self._cells) + 8 * np.count_nonzero(self._arrays.most)))
        self._cells = np.zeros(room, np.int64)
        self._cell_price = np.zeros(room, np.int64)
        self._cell_float, self._cell_squares = np.zeros(room), np.zeros(room)
        self._now = no_takes(self._arrays)
        dearest = int(self._arrays.dearest.max(initial=0)) << self._shift
        self.dearest = max(self.dearest, 2.0 * dearest)
        self.wide_value = np.zeros(len(orders), np.int64)
        self.line_price: Int64 = np.zeros(len(self._arrays.units), np.int64)
        self.alone = np.zeros(len(orders), np.int64)
        for sweep in range(_ALONE):
            price_wide(self._arrays, self.at, self._shift, self._now, self.used)
            self.alone = np.maximum(self.alone, self._now.value)
            step_lines(self._arrays, self._now, 0.3 * (1 - sweep / _ALONE) + 0.005)

    def price_of_lines(self, order: int) -> Int64:
        """int64[L], of a unit of each line of a wide order, at the best prices of rows."""
        return self.line_price[self._arrays.line_start[order] : self._arrays.line_start[order + 1]]

    def step(self, length: float) -> None:
        if self.sweeps == 1 and not len(self.value):
            self.scale = max(1.0, float(self._now.value.mean()) * 2.0**self._shift / 8)
        super().step(length)
        step_lines(self._arrays, self._now, 0.1)

    def snapshot(self) -> Snapshot:
        self.wide_value = self._now.value.copy()
        self.line_price = np.floor(self._now.price).astype(np.int64)
        return super().snapshot()

    def _bound(self) -> int:
        price_wide(self._arrays, self.at, self._shift, self._now, self.used)
        tiers = self.used.cell.shape[0]
        self.n_cells = newly_over(
            self._arrays,
            self._now.taken,
            tiers,
            self.used.cell,
            self.rows.stock,
            self._active,
            self._cells,
            self.n_cells,
            self._n_nodes,
        )
        narrow: int = super()._bound()
        return narrow + int(sum(self._now.value.tolist()))
