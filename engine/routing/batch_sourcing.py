"""Many orders laid over one stock: orders x network x stock -> BatchProblem, and what its options mean.

Each order brings every option that could win at some prices: those of ``Sourcing`` unpruned, less those that another of
the same node and day dominates (``batch_options``). A pickup at any store within a radius brings the options of each store.

Where a node's day has room for part only of what the orders would send there if each were alone, the node's next days
stand beside it, until there is room for all of that and half as much again. A later day of a node is never cheaper, so it
can only win where its earlier days have a price; ``days_lacking`` names the nodes whose last day came to have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import InvalidInput
from engine.network.batch_rules import NO_RULES, BatchRules
from engine.network.policy import Divide
from engine.routing.asking import Ask
from engine.routing.batch_options import keep_undominated
from engine.routing.batch_rule_rows import RuleRows
from engine.routing.batch_wide import (
    MAX_WIDE_TAKES,
    WidePart,
    is_wide,
    lines_that_may,
    lines_to_divide,
    takes_at_most,
    wide_part,
)
from engine.routing.candidates import OPTION_DAY, OPTION_NODE
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.sourced_batch import OPTION_STORE, Apart, SortedOut, SourcedBatch
from engine.routing.sourcing import MAX_TABULATED_LINES, Sourced, available
from engine.routing.stock import Snapshot, Stock
from solvers import order as order_solver
from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import MAX_COST
from solvers.problem import INFEASIBLE, UNLIMITED, Int64, OrderProblem, Plan

SHIPMENTS_FIRST = 1 << 36
"""What a shipment weighs in a batch where the policy puts fewest shipments first: 68,000 currency units, above what any
order could save by one more; the weights of 100,000 orders together still fit."""

TOO_MANY_TAKES = "the wide orders before it have as many lines and ways out as one batch takes"


@dataclass(slots=True)
class Part:
    """One order's options so far: those that could win at some prices, and its best plan were it alone."""

    position: int
    ask: Ask
    problem: OrderProblem
    options: Int64
    alone: Plan
    alone_nodes: tuple[int, ...]  # the node of each of its shipments


_Days = Sequence[tuple[Snapshot, NDArray[np.bool_]]]
"""A stock with room on one day alone, and at which nodes that day is to be looked at; for each of several days."""


class BatchSourcing:
    """Builds batches over one planner's network and prices. Not for use by several threads at once."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._network = planner.network
        self._sourcing = planner.sourcing
        self._tables = planner.sourcing.tables

    def sort_out(self, orders: Sequence[Order], rules: BatchRules = NO_RULES) -> SortedOut:
        """Ask every order. Raises InvalidInput where the rules do not fit the network."""
        rules.check(self._network)
        asks: list[tuple[int, Ask]] = []
        apart: list[Apart] = []
        refused: list[tuple[int, InvalidInput]] = []
        takes = 0
        for position, order in enumerate(orders):
            try:
                ask = self._sourcing.asking.ask(order)
            except InvalidInput as error:
                refused.append((position, error))
                continue
            why = self._why_apart(ask)
            if not why and ask.n_lines > MAX_TABULATED_LINES:
                takes += takes_at_most(ask, len(self._network.nodes))
                why = TOO_MANY_TAKES if takes > MAX_WIDE_TAKES else ""
            if why:
                apart.append(Apart(position, why))
            else:
                asks.append((position, ask))
        return SortedOut(tuple(asks), tuple(apart), tuple(refused))

    def source(
        self,
        sorted_out: SortedOut,
        stock: Stock,
        now: int,
        rules: BatchRules = NO_RULES,
        more_days: Int64 | None = None,
    ) -> SourcedBatch:
        """The problem of all that go into the batch with this stock at ``now``; ``more_days`` int64[N] asks for so many
        days more at each node."""
        roomy, rows = _with_room_where_any(stock), RuleRows(self._network, self._tables, rules)
        narrow, wide = [], []
        for position, ask in sorted_out.asks:
            self._planner.lay_bids(ask, stock, now)
            divide = lines_to_divide(ask, available(stock, ask.items, ask.order.vip), self._freely(ask))
            if is_wide(ask, divide):
                wide.append(wide_part(self._planner, position, ask, roomy, now, divide))
            else:
                narrow.append(self.part(position, ask, roomy, now, rows))
        later = _each_day(self._days([*narrow, *wide], stock, more_days), roomy)
        for x, part in enumerate(narrow) if later else ():
            holds = self._holds(part.ask, roomy)
            its_own = [(day, at) for day, at in later if holds[at].any()]
            if its_own:
                narrow[x] = self.part(part.position, part.ask, roomy, now, rows, its_own)
        for x, each in enumerate(wide) if later else ():
            divide = each.problem.may_divide & ~each.whole_first
            wide[x] = wide_part(self._planner, each.position, each.ask, roomy, now, divide, later, each.alone)
        return self._build(narrow, wide, stock, rows, rules.shortfall_cost)

    def _freely(self, ask: Ask) -> bool:
        return (ask.order.divide or self._network.policy.divide) is Divide.FREELY

    def _why_apart(self, ask: Ask) -> str:
        """Why the order can't be in a batch, "" where it can."""
        policy = self._network.policy
        freely = self._freely(ask) and bool((lines_that_may(ask)).any())
        if ask.n_lines <= MAX_TABULATED_LINES and freely:
            return "its lines may be divided freely"
        many = ask.pickup_lines & (ask.pickup_lines - 1) or ask.n_lines > MAX_TABULATED_LINES
        if len(ask.stores) > 1 and many:
            return f"of several lines some are picked up at one of {len(ask.stores)} stores"
        if int(ask.units.sum()) * max(1, policy.backorder_cost_per_unit) > MAX_COST >> 2:
            return "its units are worth more than a batch can count"
        return ""

    def part(
        self,
        position: int,
        ask: Ask,
        roomy: Snapshot,
        now: int,
        rows: RuleRows | None = None,
        later: _Days = (),
    ) -> Part:
        """The order's options on the first day of each way out, and on the ``later`` days of the nodes named."""
        stores = ask.stores or (-1,)
        first = self._sourcing.source(ask, roomy, now, stores[0])
        found = [_copied(first)]
        holds = self._holds(ask, roomy) if len(stores) > 1 or later else np.zeros(0, np.int64)
        for store in stores[1:]:
            found.append(_copied(self._sourcing.source_held(ask, roomy, now, store, holds & ask.pickup_lines)))
        problem, options = _joined(first.problem, found)
        alone = order_solver.solve(problem)
        alone_nodes = tuple([int(options[shipment.option, OPTION_NODE]) for shipment in alone.shipments])
        for day, at in later:
            for x, store in enumerate(stores):
                lines = np.where(at, holds if x == 0 else holds & ask.pickup_lines, 0)
                found.append(_copied(self._sourcing.source_held(ask, day, now, store, lines)))
        if later:
            problem, options = _joined(first.problem, found)
        return Part(position, ask, *self._cut(problem, options, rows), alone, alone_nodes)

    def _cut(self, problem: OrderProblem, options: Int64, rows: RuleRows | None) -> tuple[OrderProblem, Int64]:
        """Without the options that can't win, and with the set costs that the others have."""
        set_cost = problem.set_cost
        ruled = np.zeros(len(options), np.uint8) if rows is None else rows.ruled(options)
        place = options[:, OPTION_NODE] * self._tables.n_days + options[:, OPTION_DAY]
        keep = np.empty(len(place), np.uint8)
        by_place = np.argsort(place, kind="stable")
        keep_undominated(place, problem.hold, problem.fixed, problem.row, set_cost, ruled, by_place, keep)
        kept = np.flatnonzero(keep)
        named, row = np.unique(problem.row[kept], return_inverse=True)
        cut = replace(
            problem,
            hold=problem.hold[kept],
            fixed=problem.fixed[kept],
            line_cost=problem.line_cost[kept],
            row=row.astype(np.int32).reshape(-1),
            set_cost=set_cost[named, : 1 << problem.n_lines],
            room=problem.room[kept],
            node=problem.node[kept],
        )
        return cut, options[kept]

    def _holds(self, ask: Ask, stock: Stock) -> Int64:
        """int64[N]: the lines of which each node can take all units."""
        enough = (available(stock, ask.items, ask.order.vip) >= ask.units[:, None]) & (ask.allowed > 0)
        bits = (1 << np.arange(ask.n_lines, dtype=np.int64))[:, None]
        return np.asarray((enough * bits).sum(axis=0), np.int64)

    def _days(self, parts: Sequence[Part | WidePart], stock: Stock, more_days: Int64 | None) -> NDArray[np.bool_]:
        """bool[N, H]: the days of each node that stand beside the first of its ways out."""
        n_nodes, n_days = stock.orders_left.shape
        expected = np.zeros((n_nodes, 2), np.int64)  # orders and units, were each order alone
        most = np.zeros(n_nodes, np.int64)  # units of the largest
        first = np.full(n_nodes, n_days, np.int64)
        for part in parts:
            nodes = part.options[:, OPTION_NODE]
            np.minimum.at(first, nodes, part.options[:, OPTION_DAY])
            most[nodes] = np.maximum(most[nodes], int(part.ask.units.sum()))
            for n, shipment in zip(part.alone_nodes, part.alone.shipments, strict=True):
                expected[n] += 1, sum([take.units for take in shipment.takes])
        wanted = expected + expected // 2
        open_ = (stock.orders_left >= 1) & (stock.units_left >= 1)
        beside = np.zeros((n_nodes, n_days), np.bool_)
        limited = ((stock.orders_left < UNLIMITED) | (stock.units_left < UNLIMITED)).any(axis=1)
        for n in np.flatnonzero(limited & (first < n_days)).tolist():
            orders = units = largest = 0
            extra = 0 if more_days is None else int(more_days[n])
            for h in range(int(first[n]), n_days):
                if not open_[n, h]:
                    continue
                enough = orders >= wanted[n, 0] and units >= wanted[n, 1] and largest >= most[n]
                if orders and enough:
                    if extra <= 0:
                        break
                    extra -= 1
                beside[n, h] = h > first[n]
                orders += int(stock.orders_left[n, h])
                units += int(stock.units_left[n, h])
                largest = max(largest, int(stock.units_left[n, h]))
        return beside

    def _build(
        self, parts: Sequence[Part], wide: Sequence[WidePart], stock: Stock, rows: RuleRows, shortfall_cost: int
    ) -> SourcedBatch:
        network, n_days = self._network, self._tables.n_days
        backorder = network.policy.backorder_cost_per_unit
        every: list[Part | WidePart] = [*parts, *wide]
        items = np.unique(np.concatenate([one.ask.items for one in every])) if every else np.zeros(0, np.int64)
        builder = BatchBuilder()
        for part in parts:
            ask = part.ask
            weight = min(ask.shipment_weight, SHIPMENTS_FIRST)
            costs = ask.units * backorder if ask.partial else np.full(ask.n_lines, INFEASIBLE, np.int64)
            builder.add(
                replace(part.problem, backorder_cost=costs, shipment_weight=weight),
                np.searchsorted(items, ask.items).astype(np.int32),
                (part.options[:, OPTION_NODE] * n_days + part.options[:, OPTION_DAY]).astype(np.int32),
                int(ask.units.sum()) * backorder,
                priority=weight * (ask.n_lines + 1) + (backorder if ask.order.vip else 0),
                vip=ask.order.vip,
                pickup=rows.pickups(part.options),
                spend=rows.spend(ask, part.options),
            )
        none = np.zeros((0, 4), np.int64)
        options = np.concatenate([none, *[one.options for one in every]])
        last_day = np.full(len(network.nodes), -1, np.int64)
        np.maximum.at(last_day, options[:, OPTION_NODE], options[:, OPTION_DAY])
        atp = np.maximum(stock.atp[items], 0).astype(np.int32)
        orders_most = np.clip(stock.orders_left, 0, UNLIMITED).ravel()
        problem = builder.build(
            atp,
            orders_most,
            np.clip(stock.units_left, 0, UNLIMITED).ravel(),
            protected=np.clip(stock.protected[items], 0, atp).astype(np.int32),
            orders_least=rows.least(options, orders_most),
            shortfall_cost=shortfall_cost,
            pickups_most=rows.pickups_most(),
            budget_most=rows.budget_most(),
            splits_most=rows.splits_most(len(every)),
        )
        orders = tuple(
            one.order(
                np.searchsorted(items, one.ask.items),
                n_days,
                rows,
                min(one.ask.shipment_weight, SHIPMENTS_FIRST),
                backorder,
            )
            for one in wide
        )
        return SourcedBatch(
            tuple(one.position for one in every),
            problem,
            orders,
            tuple(one.ask for one in every),
            tuple(one.alone for one in every),
            items,
            np.concatenate([none, *[part.options for part in parts]]),
            tuple(one.options for one in wide),
            last_day,
            stock.first_day,
        )


def _with_room_where_any(stock: Stock) -> Snapshot:
    """Room without end on every day that has any: the batch itself counts what is left of it."""
    room = np.where((stock.orders_left >= 1) & (stock.units_left >= 1), UNLIMITED, 0)
    return Snapshot(stock.atp, stock.protected, room, room, stock.first_day)


def _each_day(days: NDArray[np.bool_], roomy: Snapshot) -> _Days:
    each = []
    for h in np.flatnonzero(days.any(axis=0)).tolist():
        room = np.zeros_like(roomy.orders_left)
        room[:, h] = roomy.orders_left[:, h]
        each.append((replace(roomy, orders_left=room, units_left=room), days[:, h]))
    return each


def _copied(sourced: Sourced) -> tuple[OrderProblem, Int64]:
    """Options that outlive the next ``source``, with their store beside node, service and day."""
    problem = sourced.problem
    options = np.empty((len(problem.hold), 4), np.int64)
    options[:, :OPTION_STORE] = sourced.options
    options[:, OPTION_STORE] = sourced.store
    return (
        replace(
            problem,
            hold=problem.hold.copy(),
            fixed=problem.fixed.copy(),
            line_cost=problem.line_cost.copy(),
            row=problem.row.copy(),
            room=problem.room.copy(),
            node=problem.node.copy(),
        ),
        options,
    )


def _joined(first: OrderProblem, found: Sequence[tuple[OrderProblem, Int64]]) -> tuple[OrderProblem, Int64]:
    """The options of all in one problem, with the set costs and limits of the first."""
    if len(found) == 1:
        return replace(found[0][0], set_cost=first.set_cost), found[0][1]
    problems = [problem for problem, _ in found]
    joined = replace(
        first,
        hold=np.concatenate([one.hold for one in problems]),
        fixed=np.concatenate([one.fixed for one in problems]),
        line_cost=np.concatenate([one.line_cost for one in problems]),
        row=np.concatenate([one.row for one in problems]),
        room=np.concatenate([one.room for one in problems]),
        node=np.concatenate([one.node for one in problems]),
    )
    return joined, np.concatenate([options for _, options in found])
