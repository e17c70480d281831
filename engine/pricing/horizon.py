"""Orders of many days laid over one stock, as one batch: what prices are fitted to, and what bounds every policy.

Each order brings the options it has at its own time, each on its first day: a later day is never cheaper. All units that ever
come are there from the start, every day has room, and a node may ship what it has any of. So the batch asks no more of a plan
than the days one after the other do, and no policy that met the orders one by one can cost less than the batch's optimum.

An order too wide for a table of its sets of lines goes line by line, each unit at the least that it can cost (a line under
every rate card: ``engine.routing.large``) and with its share of a shipment's fixed cost, which is less than all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from msgspec.structs import replace as amended
from numpy.typing import NDArray

from engine.network.policy import Divide
from engine.routing.asking import Ask
from engine.routing.batch_sourcing import BatchSourcing
from engine.routing.candidates import OPTION_DAY, OPTION_NODE
from engine.routing.large import large_problem
from engine.routing.order import Line, Order
from engine.routing.planner import Planner
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Snapshot, first_day_of
from engine.routing.tables import WHOLE_LINE
from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int32, Int64, OrderProblem

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """An order and how often it comes, >= 0; 1 for one that came."""

    order: Order
    times: float


@dataclass(frozen=True, slots=True)
class Horizon:
    """The batch and its meaning.

    Attributes
    ----------
    problem : its SKU k is item ``items[k]`` of the network, its nodes are the network's; capacity ``n * n_days + d`` is node
        n's day ``first_day + d``, and the last one is of no day.
    times : float64[O], how often each order of the problem comes.
    """

    problem: BatchProblem
    times: Float64
    items: Int64
    first_day: int
    n_days: int


def lay_out(
    planner: Planner,
    expected: Sequence[Expected],
    units: NDArray[np.int32],
    *,
    divided: bool,
    told: Callable[[int], None] = lambda done: None,
) -> Horizon:
    """The horizon of these orders.

    Parameters
    ----------
    units : int32[K, N], all units that are there or come while the orders do.
    divided : every unit of a line that may be divided goes for itself, so that the batch bounds plans that divide lines too.
    told : how many orders are laid out, now and then.

    Raises
    ------
    InvalidInput : an order does not fit the network.
    """
    return _Layout(planner, units, divided).of(expected, told)


class _Layout:
    def __init__(self, planner: Planner, units: NDArray[np.int32], divided: bool) -> None:
        self._planner = planner
        self._batches = BatchSourcing(planner)
        self._units = np.maximum(units, 0)
        self._divided = divided
        self._roomy: Snapshot | None = None

    def of(self, expected: Sequence[Expected], told: Callable[[int], None]) -> Horizon:
        tables = self._planner.sourcing.tables
        days = [first_day_of(each.order.order_time) for each in expected]
        first_day = min(days, default=0)
        n_days = max(days, default=0) - first_day + tables.n_days
        builder, times, skus = BatchBuilder(), [], []
        parts: list[tuple[OrderProblem, Int64, Int32, float]] = []
        for done, each in enumerate(expected):
            for problem, items, capacity, weight in self._parts(each.order, first_day, n_days):
                parts.append((problem, items, capacity, each.times * weight))
                skus.append(items)
            if done % 256 == 0:
                told(done)
        items = np.unique(np.concatenate(skus)) if skus else np.zeros(0, np.int64)
        backorder = self._planner.network.policy.backorder_cost_per_unit
        for problem, of_lines, capacity, weight in parts:
            sku = np.searchsorted(items, of_lines).astype(np.int32)
            builder.add(problem, sku, capacity, int(problem.units.sum()) * backorder)
            times.append(weight)
        open_ = np.full(len(tables.nodes) * n_days + 1, UNLIMITED, np.int64)
        batch = builder.build(np.ascontiguousarray(self._units[items]), open_, open_)
        return Horizon(batch, np.array(times, np.float64), items, first_day, n_days)

    def _parts(self, order: Order, first_day: int, n_days: int) -> Iterable[tuple[OrderProblem, Int64, Int32, float]]:
        """(problem, item rows of its lines, capacities, how often in one such order)."""
        asking, now = self._planner.sourcing.asking, order.order_time
        stock = self._stock(first_day_of(now))
        ask = asking.ask(order)
        units = int(ask.units.sum())
        if self._divided and ask.divisible_lines and units > ask.n_lines:
            if units <= MAX_TABULATED_LINES:
                ask = asking.ask(self._by_unit(order, ask))
            else:
                yield from self._by_line(ask, stock, now, n_days)
                return
        if ask.n_lines > MAX_TABULATED_LINES:
            yield from self._by_line(ask, stock, now, n_days)
            return
        part = self._batches.part(0, ask, stock, now)
        policy = self._planner.network.policy
        costs = ask.units * policy.backorder_cost_per_unit if ask.partial else np.full(ask.n_lines, INFEASIBLE)
        problem = replace(part.problem, backorder_cost=costs.astype(np.int64), shipment_weight=0)
        days = stock.first_day + part.options[:, OPTION_DAY] - first_day
        capacity = (part.options[:, OPTION_NODE] * n_days + days).astype(np.int32)
        yield problem, ask.items, capacity, 1.0

    def _by_unit(self, order: Order, ask: Ask) -> Order:
        """A line for each unit that may go for itself."""
        flags = self._planner.sourcing.tables.item_flags
        lines: list[Line] = []
        for x, line in enumerate(order.lines):
            whole = flags[ask.items[x]] & WHOLE_LINE or not ask.divisible_lines >> x & 1
            for u in range(1 if whole else line.units):
                lines.append(amended(line, line_id=f"{line.line_id}/{u}", units=line.units if whole else 1))
        return amended(order, lines=tuple(lines), divide=Divide.NEVER)

    def _by_line(
        self, ask: Ask, stock: Snapshot, now: int, n_days: int
    ) -> Iterable[tuple[OrderProblem, Int64, Int32, float]]:
        """Each line alone, a unit at a time, at no more than it can cost."""
        policy, n_units = self._planner.network.policy, int(ask.units.sum())
        n_nodes = len(self._planner.network.nodes)
        cost = np.full((ask.n_lines, n_nodes), INFEASIBLE, np.int64)
        for store in ask.stores or (-1,):
            _, problem = large_problem(self._planner.sourcing, ask, stock, now, store, divide=True)
            fixed = (problem.fixed + problem.row_base[problem.row]) // n_units
            unit = problem.unit_cost + problem.row_per_unit[problem.row] + fixed[:, None]
            unit = np.where(problem.may_carry, unit, INFEASIBLE)
            for line in range(ask.n_lines):
                np.minimum.at(cost[line], problem.node, unit[:, line])
        nothing = np.zeros((1, 2), np.int64)
        no_day = n_nodes * n_days
        backorder = policy.backorder_cost_per_unit
        for line in range(ask.n_lines):
            nodes = np.flatnonzero((cost[line] < INFEASIBLE) & (stock.atp[ask.items[line]] > 0))
            some = np.zeros(len(nodes), np.int64)
            problem_of_line = OrderProblem(
                1,
                some + 1,
                some,
                cost[line, nodes][:, None],
                some.astype(np.int32),
                nothing,
                some + UNLIMITED,
                np.ones(1, np.int64),
                nodes.astype(np.int32),
                np.array([backorder], np.int64),
                0,
                0,
                0,
            )
            capacity = np.full(len(nodes), no_day, np.int32)
            yield problem_of_line, ask.items[line : line + 1], capacity, float(ask.units[line])

    def _stock(self, first_day: int) -> Snapshot:
        """All units, room everywhere, as of that day. A node that has any of a SKU has enough of it."""
        if self._roomy is None:
            tables = self._planner.sourcing.tables
            roomy = Snapshot.empty(len(tables.items), len(tables.nodes), tables.n_days, first_day)
            self._roomy = replace(roomy, atp=np.where(self._units > 0, np.int32(1 << 30), np.int32(0)))
        if self._roomy.first_day != first_day:
            self._roomy = replace(self._roomy, first_day=first_day)
        return self._roomy
