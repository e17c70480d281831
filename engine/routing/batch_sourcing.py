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
from engine.network.carriers import Pricing, ServiceLevel
from engine.network.policy import Divide
from engine.network.rates import fuel
from engine.routing.asking import Ask
from engine.routing.batch_options import keep_undominated
from engine.routing.batch_rules import EVERY_ORDER_BP, NO_RULES, BatchRules
from engine.routing.candidates import OPTION_DAY, OPTION_NODE, OPTION_SERVICE
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.sourcing import MAX_TABULATED_LINES, Sourced, available
from engine.routing.stock import Snapshot, Stock
from solvers import order as order_solver
from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import MAX_COST, BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int32, Int64, OrderProblem, Plan

SHIPMENTS_FIRST = 1 << 36
"""What a shipment weighs in a batch where the policy puts fewest shipments first: 68,000 currency units, above what any
order could save by one more; the weights of 100,000 orders together still fit."""

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
    """A problem and its meaning.

    Attributes
    ----------
    problem : order o of it is the one at ``positions[o]``; its SKU k is item ``items[k]`` of the network.
    asks : by order of the problem. alone : the best plan each would have had if it were the only one.
    options : int64[J, 4], (node, service, day column, store or -1) of each option.
    last_day : int64[N], the last day column of each node among the options, -1 for none.
    """

    positions: tuple[int, ...]
    problem: BatchProblem
    asks: tuple[Ask, ...]
    alone: tuple[Plan, ...]
    items: Int64
    options: Int64
    last_day: Int64
    first_day: int

    def days_could_fill(self) -> bool:
        """Could all orders that might use some node's last day together exceed what is left of it?"""
        problem = self.problem
        n_days = problem.n_capacities // max(1, len(self.last_day))
        nodes = np.flatnonzero(self.last_day >= 0)
        last = nodes * n_days + self.last_day[nodes]
        order = np.repeat(np.arange(problem.n_orders), np.diff(problem.option_start))
        pairs = np.unique(order * problem.n_capacities + problem.capacity)
        units = np.add.reduceat(problem.units.astype(np.int64), problem.line_start[:-1])
        orders_at = np.bincount(pairs % problem.n_capacities, minlength=problem.n_capacities)
        of_pair = units[pairs // problem.n_capacities]
        units_at = np.bincount(pairs % problem.n_capacities, of_pair, problem.n_capacities)
        over = (orders_at[last] > problem.orders_most[last]) | (units_at[last] > problem.units_most[last])
        return bool(over.any())


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
        for position, order in enumerate(orders):
            try:
                ask = self._sourcing.asking.ask(order)
            except InvalidInput as error:
                refused.append((position, error))
                continue
            why = self._why_apart(ask)
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
        roomy = _with_room_where_any(stock)
        for _, ask in sorted_out.asks:
            self._planner.lay_bids(ask, stock, now)
        parts = [self.part(position, ask, roomy, now, rules) for position, ask in sorted_out.asks]
        later = _each_day(self._days(parts, stock, more_days), roomy)
        for x, part in enumerate(parts) if later else ():
            holds = self._holds(part.ask, roomy)
            its_own = [(day, at) for day, at in later if holds[at].any()]
            if its_own:
                parts[x] = self.part(part.position, part.ask, roomy, now, rules, its_own)
        return self._build(parts, stock, rules)

    def _why_apart(self, ask: Ask) -> str:
        """Why the order can't be in a batch, "" where it can."""
        policy, order = self._network.policy, ask.order
        if ask.n_lines > MAX_TABULATED_LINES:
            return f"it has {ask.n_lines} lines, a batch takes orders of up to {MAX_TABULATED_LINES}"
        if (order.divide or policy.divide) is Divide.FREELY and any(
            line.units > 1 and ask.divisible_lines >> x & 1 for x, line in enumerate(order.lines)
        ):
            return "its lines may be divided freely"
        if len(ask.stores) > 1 and ask.pickup_lines & (ask.pickup_lines - 1):
            return f"several lines are picked up at one of {len(ask.stores)} stores"
        if int(ask.units.sum()) * max(1, policy.backorder_cost_per_unit) > MAX_COST >> 2:
            return "its units are worth more than a batch can count"
        return ""

    def part(
        self,
        position: int,
        ask: Ask,
        roomy: Snapshot,
        now: int,
        rules: BatchRules = NO_RULES,
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
        return Part(position, ask, *self._cut(problem, options, rules), alone, alone_nodes)

    def _cut(self, problem: OrderProblem, options: Int64, rules: BatchRules) -> tuple[OrderProblem, Int64]:
        """Without the options that can't win, and with the set costs that the others have."""
        set_cost = problem.set_cost
        ruled = self._ruled(options, rules)
        place = options[:, OPTION_NODE] * self._tables.n_days + options[:, OPTION_DAY]
        keep = np.empty(len(place), np.uint8)
        by_place = np.argsort(place, kind="stable")
        keep_undominated(place, problem.hold, problem.fixed, problem.row, set_cost, ruled, by_place, keep)
        kept = np.flatnonzero(keep)
        rows, row = np.unique(problem.row[kept], return_inverse=True)
        cut = replace(
            problem,
            hold=problem.hold[kept],
            fixed=problem.fixed[kept],
            line_cost=problem.line_cost[kept],
            row=row.astype(np.int32).reshape(-1),
            set_cost=set_cost[rows, : 1 << problem.n_lines],
            room=problem.room[kept],
            node=problem.node[kept],
        )
        return cut, options[kept]

    def _holds(self, ask: Ask, stock: Stock) -> Int64:
        """int64[N]: the lines of which each node can take all units."""
        enough = (available(stock, ask.items, ask.order.vip) >= ask.units[:, None]) & (ask.allowed > 0)
        bits = (1 << np.arange(ask.n_lines, dtype=np.int64))[:, None]
        return np.asarray((enough * bits).sum(axis=0), np.int64)

    def _days(self, parts: Sequence[Part], stock: Stock, more_days: Int64 | None) -> NDArray[np.bool_]:
        """bool[N, H]: the days of each node that stand beside the first of its ways out."""
        n_nodes, n_days = stock.orders_left.shape
        expected = np.zeros((n_nodes, 2), np.int64)  # orders and units, were each order alone
        most = np.zeros(n_nodes, np.int64)  # units of the largest
        first = np.full(n_nodes, n_days, np.int64)
        for part in parts:
            nodes = part.options[:, OPTION_NODE]
            np.minimum.at(first, nodes, part.options[:, OPTION_DAY])
            most[nodes] = np.maximum(most[nodes], int(part.problem.units.sum()))
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

    def _ruled(self, options: Int64, rules: BatchRules) -> NDArray[np.uint8]:
        """uint8[J]: 1 where the option takes from a rule of the batch."""
        ruled = self._pickups(options, rules) >= 0
        if rules.courier_budget is not None:
            ruled |= self._by_courier(options)
        return ruled.astype(np.uint8)

    def _pickups(self, options: Int64, rules: BatchRules) -> Int32:
        """int32[J]: the carrier limit that the option takes from, -1 for none."""
        found = np.full(len(options), -1, np.int32)
        for row, limit in enumerate(rules.carrier_limits):
            keys = [service.key for service in self._network.services]
            service = keys.index((limit.carrier_id, limit.level))
            n = self._tables.node_index[limit.node_id]
            found[(options[:, OPTION_NODE] == n) & (options[:, OPTION_SERVICE] == service)] = row
        return found

    def _by_courier(self, options: Int64) -> NDArray[np.bool_]:
        """bool[J]: a same-day courier carries it."""
        couriers = [s for s, each in enumerate(self._network.services) if each.level is ServiceLevel.SAME_DAY]
        return np.isin(options[:, OPTION_SERVICE], couriers)

    def _spend(self, ask: Ask, options: Int64, rules: BatchRules) -> Int64 | None:
        """int64[J]: what the courier asks for the way, besides what depends on the goods; -1: no courier."""
        if rules.courier_budget is None:
            return None
        spend = np.full(len(options), -1, np.int64)
        by_courier = np.flatnonzero(self._by_courier(options))
        if len(by_courier):
            assert ask.ship_to is not None  # couriers go to a destination
            distances = self._tables.lanes(ask.ship_to).distances.astype(np.int64)
            for j in by_courier.tolist():
                service = self._network.services[int(options[j, OPTION_SERVICE])]
                spend[j] = 0
                if service.pricing is Pricing.DISTANCE:
                    metres = int(distances[options[j, OPTION_NODE]])
                    price = service.base_price + service.price_per_km * metres // 1_000
                    spend[j] = price + fuel(service, price)
        return spend

    def _build(
        self,
        parts: Sequence[Part],
        stock: Stock,
        rules: BatchRules,
    ) -> SourcedBatch:
        network, policy, n_days = self._network, self._network.policy, self._tables.n_days
        items = np.unique(np.concatenate([part.ask.items for part in parts])) if parts else np.zeros(0, np.int64)
        builder = BatchBuilder()
        for part in parts:
            ask = part.ask
            weight = min(ask.shipment_weight, SHIPMENTS_FIRST)
            backorder = policy.backorder_cost_per_unit
            costs = ask.units * backorder if ask.partial else np.full(ask.n_lines, INFEASIBLE, np.int64)
            builder.add(
                replace(part.problem, backorder_cost=costs, shipment_weight=weight),
                np.searchsorted(items, ask.items).astype(np.int32),
                (part.options[:, OPTION_NODE] * n_days + part.options[:, OPTION_DAY]).astype(np.int32),
                int(ask.units.sum()) * backorder,
                priority=weight * (ask.n_lines + 1) + (backorder if ask.order.vip else 0),
                vip=ask.order.vip,
                pickup=self._pickups(part.options, rules) if rules.carrier_limits else None,
                spend=self._spend(ask, part.options, rules),
            )
        options = np.concatenate([part.options for part in parts]) if parts else np.zeros((0, 4), np.int64)
        last_day = np.full(len(network.nodes), -1, np.int64)
        np.maximum.at(last_day, options[:, OPTION_NODE], options[:, OPTION_DAY])
        atp = np.maximum(stock.atp[items], 0).astype(np.int32)
        orders_most = np.clip(stock.orders_left, 0, UNLIMITED).ravel()
        problem = builder.build(
            atp,
            orders_most,
            np.clip(stock.units_left, 0, UNLIMITED).ravel(),
            protected=np.clip(stock.protected[items], 0, atp).astype(np.int32),
            orders_least=self._least(options, orders_most, rules),
            shortfall_cost=rules.shortfall_cost,
            pickups_most=np.array([limit.shipments for limit in rules.carrier_limits], np.int64)
            if rules.carrier_limits
            else None,
            budget_most=UNLIMITED if rules.courier_budget is None else rules.courier_budget,
            splits_most=UNLIMITED
            if rules.max_split_bp == EVERY_ORDER_BP
            else len(parts) * rules.max_split_bp // EVERY_ORDER_BP,
        )
        positions = tuple(part.position for part in parts)
        asks, alone = tuple(part.ask for part in parts), tuple(part.alone for part in parts)
        return SourcedBatch(positions, problem, asks, alone, items, options, last_day, stock.first_day)

    def _least(self, options: Int64, orders_most: Int64, rules: BatchRules) -> Int64 | None:
        """int64[N * H]: least orders of a node on the first day it can ship; a node that can't at all gets none."""
        if not rules.least_work:
            return None
        least = np.zeros(len(orders_most), np.int64)
        for work in rules.least_work:
            n = self._tables.node_index[work.node_id]
            days = options[options[:, OPTION_NODE] == n, OPTION_DAY]
            if len(days):
                c = n * self._tables.n_days + int(days.min())
                least[c] = min(work.orders, int(orders_most[c]))
        return least


def days_lacking(batch: SourcedBatch, orders_price: NDArray[np.float64], units_price: NDArray[np.float64]) -> Int64:
    """int64[N], 1 where the last day that a node was given has a price: a later one might win. Zero everywhere: the bound
    holds for every later day too."""
    n_days = len(orders_price) // len(batch.last_day)
    lacking = np.zeros(len(batch.last_day), np.int64)
    given = np.flatnonzero(batch.last_day >= 0)
    at = given * n_days + batch.last_day[given]
    lacking[given] = ((orders_price[at] > 0) | (units_price[at] > 0)) & (batch.last_day[given] < n_days - 1)
    return lacking


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
