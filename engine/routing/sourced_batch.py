"""A batch of orders laid over one stock, and which orders a batch takes: values that say what a problem's arrays mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import InvalidInput
from engine.routing.asking import Ask
from engine.routing.candidates import OPTION_DAY, OPTION_NODE
from solvers.batch_problem import BatchProblem
from solvers.problem import Int64, Plan
from solvers.wide_problem import WideOrder

OPTION_STORE = 3


@dataclass(frozen=True, slots=True)
class Apart:
    """An order that is decided by itself, and why."""

    position: int
    why: str


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Orders by what can be done with them, each by its position.

    ``asks`` go into the batch, ``apart`` are orders that a batch can't take, ``refused`` do not fit the network.
    """

    asks: tuple[tuple[int, Ask], ...]
    apart: tuple[Apart, ...]
    refused: tuple[tuple[int, InvalidInput], ...]


@dataclass(frozen=True, slots=True)
class SourcedBatch:
    """A problem and its meaning. Orders are counted through, the narrow ones of ``problem`` first, then the ``wide`` ones.

    Attributes
    ----------
    positions : of each order. asks : of each. alone : the best plan each would have had if it were the only one.
    items : SKU k of the problem is item ``items[k]`` of the network.
    options : int64[J, 4], (node, service, day column, store or -1) of each option of ``problem``.
    wide_options : the same of each wide order.
    last_day : int64[N], the last day column of each node among the options, -1 for none.
    """

    positions: tuple[int, ...]
    problem: BatchProblem
    wide: tuple[WideOrder, ...]
    asks: tuple[Ask, ...]
    alone: tuple[Plan, ...]
    items: Int64
    options: Int64
    wide_options: tuple[Int64, ...]
    last_day: Int64
    first_day: int

    def options_of(self, o: int) -> Int64:
        """int64[., 4], the order's options."""
        n = self.problem.n_orders
        return self.options[self.problem.options_of(o)] if o < n else self.wide_options[o - n]

    def days_could_fill(self) -> bool:
        """Could all orders that might use some node's last day together exceed what is left of it?"""
        n_capacities = self.problem.n_capacities
        n_days = n_capacities // max(1, len(self.last_day))
        nodes = np.flatnonzero(self.last_day >= 0)
        last = nodes * n_days + self.last_day[nodes]
        problem = self.problem
        order = np.repeat(np.arange(problem.n_orders), np.diff(problem.option_start))
        pairs = [np.unique(order * n_capacities + problem.capacity)]
        for o, options in enumerate(self.wide_options, problem.n_orders):
            pairs.append(o * n_capacities + np.unique(options[:, OPTION_NODE] * n_days + options[:, OPTION_DAY]))
        order, capacity = np.divmod(np.concatenate(pairs), n_capacities)
        units = np.array([int(ask.units.sum()) for ask in self.asks], np.int64)
        orders_at = np.bincount(capacity, minlength=n_capacities)
        units_at = np.bincount(capacity, units[order], n_capacities)
        over = (orders_at[last] > self.problem.orders_most[last]) | (units_at[last] > self.problem.units_most[last])
        return bool(over.any())


def days_lacking(batch: SourcedBatch, orders_price: NDArray[np.float64], units_price: NDArray[np.float64]) -> Int64:
    """int64[N], 1 where the last day that a node was given has a price: a later one might win. Zero everywhere: the bound
    holds for every later day too."""
    n_days = len(orders_price) // len(batch.last_day)
    lacking = np.zeros(len(batch.last_day), np.int64)
    given = np.flatnonzero(batch.last_day >= 0)
    at = given * n_days + batch.last_day[given]
    lacking[given] = ((orders_price[at] > 0) | (units_price[at] > 0)) & (batch.last_day[given] < n_days - 1)
    return lacking
