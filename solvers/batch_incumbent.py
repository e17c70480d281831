"""The best plans of a solve so far, and what makes better ones of prices and shares: greedy, rounding, local search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.batch_ascent import Ascent, exact_sum
from solvers.batch_columns import Columns
from solvers.batch_pricing import Left, Plans, no_prices, scratch
from solvers.batch_search import greedy, improve, take_all, take_columns, values
from solvers.batch_usage import left_of, no_plans
from solvers.problem import Int64

_PASSES = 6
"""Of local search, while one saves more than this part of the objective, as a power of two:"""
_LITTLE = 17


class Incumbent:
    """``plans`` keep every row and come to ``objective``. ``late`` says when the time is up: then local search ends early."""

    def __init__(self, ascent: Ascent, n_nodes: int, late: Callable[[], bool]) -> None:
        self._ascent, self._late, self._n_nodes = ascent, late, n_nodes
        self.layout, self._rows = ascent.layout, ascent.rows
        self.free = no_prices(ascent.at)
        self._scratch = scratch()
        self.plans = no_plans(self.layout)
        self.objective = self.objective_of(self.plans)

    def objective_of(self, plans: Plans) -> int:
        """Of plans that keep every row, in objective units."""
        own = np.empty(len(plans.n), np.int64)
        values(self.layout, self.free, plans, own)
        lacking = self.shortfall(plans) * self._rows.shortfall_cost
        return (exact_sum(own, np.ones_like(own)) + lacking) >> int(self.layout.shift[0])

    def shortfall(self, plans: Plans) -> int:
        """Orders lacking where least are asked for."""
        if not self._rows.orders_least.any():
            return 0
        left = self.left_by(plans)
        return int(np.maximum(0, self._rows.orders_least - (self._rows.orders_most - left.orders)).sum())

    def left_by(self, plans: Plans) -> Left:
        """What the plans leave of every row."""
        left = left_of(self._rows, self._n_nodes)
        take_all(self.layout, plans, left)
        return left

    def price_greedily(self) -> None:
        """At the prices of the last sweep: the orders that pay most for what they share go first."""
        ascent = self._ascent
        own = np.empty(len(ascent.value), np.int64)
        values(self.layout, self.free, ascent.plans, own)
        paid = ascent.value - own
        sequence = np.lexsort((np.arange(len(paid)), -self.layout.unfilled, -paid))
        left, plans = left_of(self._rows, self._n_nodes), no_plans(self.layout)
        self._fill(sequence, left, plans)
        self.offer(plans, left)

    def round_shares(self, columns: Columns, share: NDArray[np.float64]) -> None:
        """Give orders the column of the largest share, the surest first; the others what is left, at the prices."""
        by_share = np.lexsort((np.arange(len(share)), columns.reduced, -share))
        _, first = np.unique(columns.order[by_share], return_index=True)
        picked = by_share[np.sort(first)]
        left, plans = left_of(self._rows, self._n_nodes), no_plans(self.layout)
        parts = columns.order, columns.start, columns.option, columns.lines
        self._fill(take_columns(picked, *parts, self.layout, left, plans), left, plans)
        self.offer(plans, left)

    def _fill(self, sequence: Int64, left: Left, plans: Plans) -> None:
        at = self._ascent.at
        bonus = int(max(0, -at.orders.min(initial=0)))
        greedy(sequence, self.layout, at, self._ascent.plans, left, plans, bonus, self._scratch)

    def offer(self, plans: Plans, left: Left) -> None:
        """Local search at true costs, then keep the plans if they are the best. ``left``: what they leave."""
        trial = no_plans(self.layout)
        sequence = np.arange(len(plans.n))
        rows = self._rows
        lacking = rows.orders_most - left.orders < rows.orders_least
        free = self.free._replace(orders=np.where(lacking, -rows.shortfall_cost, 0))
        limits = rows.orders_most, rows.orders_least, rows.shortfall_cost
        little = (self.objective << int(self.layout.shift[0])) >> _LITTLE
        for _ in range(_PASSES):
            if self._late():
                break
            arrays = self.layout, free, self._ascent.lowest, left, plans, trial
            if improve(sequence, *arrays, *limits, self._scratch) <= little:
                break
        objective = self.objective_of(plans)
        if objective < self.objective:
            self.objective, self.plans = objective, plans
