"""Orders that a batch can't tabulate, as it takes them: priced by an oracle, each way out of each node an option.

They have many lines, or lines to divide that have many units. Lines are divided where the order divides freely, or a line would
be left out otherwise. Orders of few lines and units are divided exactly, after the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.routing.asking import Ask
from engine.routing.batch_rule_rows import RuleRows
from engine.routing.candidates import OPTION_DAY, OPTION_NODE
from engine.routing.large import large_problem
from engine.routing.planner import Planner
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Snapshot
from solvers.divided_order import amounts
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Int64, Plan
from solvers.wide_problem import WideOrder

MAX_WIDE_TAKES = 60_000_000
"""Pairs of line and option of all wide orders of a batch: they are 1.5 GB."""


@dataclass(slots=True)
class WidePart:
    """One wide order's options so far; ``options`` as those of ``SourcedBatch``."""

    position: int
    ask: Ask
    problem: LargeOrderProblem
    options: Int64
    alone: Plan
    alone_nodes: tuple[int, ...]
    whole_first: NDArray[np.bool_]

    def order(self, skus: Int64, n_days: int, rows: RuleRows, weight: int, backorder: int) -> WideOrder:
        """Over the batch's rows: ``skus`` are the SKUs' numbers there. ``weight`` of a shipment, ``backorder`` cost of a unit."""
        ask = self.ask
        priority = weight * (ask.n_lines + 1) + (backorder if ask.order.vip else 0)
        left_out = backorder + priority
        costs = np.full(ask.n_lines, left_out if ask.partial else INFEASIBLE, np.int64)
        return WideOrder(
            replace(self.problem, backorder_cost=costs, shipment_weight=weight),
            skus.astype(np.int32),
            (self.options[:, OPTION_NODE] * n_days + self.options[:, OPTION_DAY]).astype(np.int32),
            int(ask.units.sum()) * left_out,
            priority,
            ask.order.vip,
            rows.pickups(self.options),
            rows.spend(ask, self.options),
            self.whole_first,
        )


def lines_that_may(ask: Ask) -> NDArray[np.bool_]:
    """bool[L]: those that may be divided."""
    may = np.array([bool(ask.divisible_lines >> line & 1) for line in range(ask.n_lines)])
    return np.asarray(may & (ask.units > 1))


def lines_to_divide(ask: Ask, free: Int64, freely: bool) -> NDArray[np.bool_]:
    """bool[L]: the lines that are divided from the start: all that may be, where the order divides freely or some line of it goes
    divided or not at all. ``free`` int64[L, N], the units that the order may take at each node."""
    may = lines_that_may(ask)
    if not may.any() or freely:
        return may
    most = np.where(ask.allowed > 0, free, 0).max(axis=1)
    needed = bool((may & (most < ask.units) & (most > 0)).any())
    return may if needed else np.zeros_like(may)


def is_wide(ask: Ask, divide: NDArray[np.bool_]) -> bool:
    """Has it too many lines for a table of their sets, or lines to divide with too many units for the exact programme?"""
    if ask.n_lines > MAX_TABULATED_LINES:
        return True
    return bool(divide.any()) and len(ask.stores) <= 1 and amounts(ask.units, divide) is None


def takes_at_most(ask: Ask, n_nodes: int) -> int:
    """Pairs of line and option that the order may bring, about."""
    return ask.n_lines * n_nodes * (len(ask.services) + (1 if ask.pickup_lines else 0))


def wide_part(
    planner: Planner,
    position: int,
    ask: Ask,
    roomy: Snapshot,
    now: int,
    divide: NDArray[np.bool_],
    later: Sequence[tuple[Snapshot, NDArray[np.bool_]]] = (),
    alone: Plan | None = None,
) -> WidePart:
    """The order's options on the first day of each way out, and on the ``later`` days of the nodes named.

    ``alone``: its plan were it the only one, where that is known already.
    """
    from solvers import large_order

    store = ask.stores[0] if ask.stores else -1
    sourced, first = large_problem(planner.sourcing, ask, roomy, now, store, divide=False)
    first = replace(first, may_divide=divide)
    alone = alone or large_order.solve(first, large_order.Effort(rounds=0, price_calls=100))
    nodes = tuple([int(first.node[shipment.option]) for shipment in alone.shipments])
    problems, options = [first], [_with_store(sourced.options, store)]
    for day, at in later:
        sourced, problem = large_problem(planner.sourcing, ask, day, now, store, divide=False)
        there = at[problem.node]
        problems.append(_only(problem, there))
        options.append(_with_store(sourced.options, store)[there])
    may = lines_that_may(ask)
    joined = replace(_joined(problems), may_divide=may)
    return WidePart(position, ask, joined, np.concatenate(options), alone, nodes, may & ~divide)


def _with_store(options: Int64, store: int) -> Int64:
    return np.concatenate((options, np.full((len(options), 1), store, np.int64)), axis=1)


def _only(problem: LargeOrderProblem, there: NDArray[np.bool_]) -> LargeOrderProblem:
    parts: dict[str, Any] = {name: getattr(problem, name)[there] for name in _OF_OPTIONS}
    return replace(problem, **parts)


def _joined(problems: Sequence[LargeOrderProblem]) -> LargeOrderProblem:
    """The options of all in one problem; its days are numbered anew."""
    if len(problems) == 1:
        return problems[0]
    parts: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in problems]) for name in _OF_OPTIONS}
    starts = np.cumsum([0, *[len(one.room) for one in problems[:-1]]])
    capacity = [one.capacity + np.int32(start) for one, start in zip(problems, starts.tolist(), strict=True)]
    parts |= {"capacity": np.concatenate(capacity), "room": np.concatenate([one.room for one in problems])}
    return replace(problems[0], **parts)


_OF_OPTIONS = ("node", "capacity", "row", "may_carry", "fixed", "unit_cost")
