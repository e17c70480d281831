"""The decisions for many orders together, without effects: orders, stock and instant in, verified decisions out.

Straight down: sort out, source, solve, draft, verify. The joint plan is verified order by order on a stock that each order
uses up, so what was decided together fits together (I1), and every price is reckoned anew (I7). What a batch can't take is
decided order by order: VIP orders before the batch, as protected stock is theirs, the others on what the batch leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from engine.errors import InvalidInput
from engine.network.batch_rules import NO_RULES, BatchRules
from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from engine.routing.asking import Ask
from engine.routing.batch_sourcing import BatchSourcing
from engine.routing.candidates import OPTION_DAY, OPTION_NODE, OPTION_SERVICE
from engine.routing.order import Order
from engine.routing.planner import Decision, Planner, TakesLong
from engine.routing.record import BatchMark, seen_by, short_days
from engine.routing.running_stock import RunningStock
from engine.routing.sourced_batch import OPTION_STORE, Apart, SortedOut, SourcedBatch, days_lacking
from engine.routing.sourcing import available
from engine.routing.stock import Snapshot, Stock
from engine.routing.stock_rows import StockRow, stock_rows
from engine.routing.verify import Draft
from solvers.batch_problem import BatchCertificate, BatchProblem, Prices, Progress
from solvers.problem import INFEASIBLE, Certificate, Int64, Limit, Status
from solvers.wide_problem import JointPlan, WideOrder

_MORE_DAYS = 3
"""Rounds of rough prices after which nodes whose last day came to have one get a day more."""

BATCH = "batch"
"""The solver's name in a decision that was made together with others."""

DIVIDED = "some of its units are at one node and some at another"


class Solve(Protocol):
    """Solves a batch and tells how far it is; what ``tell`` raises ends it. ``rough``: the prices are all that is wanted."""

    def __call__(
        self, problem: BatchProblem, wide: Sequence[WideOrder], tell: Callable[[Progress], None], rough: bool
    ) -> JointPlan: ...


@dataclass(frozen=True, slots=True)
class Decided:
    """One order's decision, and what its record keeps of the stock: for one of the batch what the batch was laid over, for
    one apart what was left when its turn came. ``batch`` is None for one apart."""

    position: int
    decision: Decision
    stock: tuple[StockRow, ...]
    first_day: int
    batch: BatchMark | None
    solver: str


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """What is to be done with every order.

    Attributes
    ----------
    decided : every order that fits the network, by position. refused : the others.
    apart : which were decided by themselves, and why.
    certificate : of the orders decided together; None where there was none.
    cost : micros of all decisions, shortfalls of least work not included.
    """

    decided: tuple[Decided, ...]
    apart: tuple[Apart, ...]
    refused: tuple[tuple[int, InvalidInput], ...]
    certificate: BatchCertificate | None
    cost: int


class BatchPlanner:
    """Decides batches over one planner's network and prices. Not for use by several threads at once."""

    def __init__(self, planner: Planner, solve: Solve) -> None:
        self._planner = planner
        self._sourcing = BatchSourcing(planner)
        self._solve = solve
        self._tables = planner.sourcing.tables

    def sort_out(self, orders: Sequence[Order]) -> SortedOut:
        """Which orders would be decided together."""
        return self._sourcing.sort_out(orders)

    def decide(
        self,
        orders: Sequence[Order],
        stock: Stock,
        now: int,
        rules: BatchRules = NO_RULES,
        *,
        batch_id: str = "",
        tell: Callable[[Progress], None] = lambda progress: None,
    ) -> BatchDecision:
        """Decide all orders on one stock at ``now``. The same call gives the same decisions (I9).

        Raises
        ------
        InvalidInput : the rules do not fit the network.
        PlanRefused : a defect; see ``verify``.
        """
        sorted_out = self._sourcing.sort_out(orders, rules)
        running = RunningStock(stock, self._tables)
        decided: dict[int, Decided] = {}
        for apart in sorted_out.apart:
            if orders[apart.position].vip:
                decided[apart.position] = self._alone(apart.position, orders[apart.position], running, now)
        laid_over = Snapshot.copy_of(running.left)
        batch, plan = self._solved(sorted_out, laid_over, now, rules, tell)
        also_apart: list[Apart] = []
        if plan is not None:
            self._settle(batch, plan, laid_over, running, now, batch_id, decided)
            also_apart = self._divided(batch, running, now, decided)
        for apart in sorted_out.apart:
            if apart.position not in decided:
                decided[apart.position] = self._alone(apart.position, orders[apart.position], running, now)
        every = tuple(decided[position] for position in sorted(decided))
        return BatchDecision(
            every,
            (*sorted_out.apart, *also_apart),
            sorted_out.refused,
            None if plan is None else plan.certificate,
            sum(each.decision.cost for each in every),
        )

    def _solved(
        self, sorted_out: SortedOut, stock: Snapshot, now: int, rules: BatchRules, tell: Callable[[Progress], None]
    ) -> tuple[SourcedBatch, JointPlan | None]:
        """The joint plan, over as many days of each node as could matter. None where no order is left for it."""
        batch = self._sourcing.source(sorted_out, stock, now, rules)
        if not batch.asks:
            return batch, None
        more_days = np.zeros(len(batch.last_day), np.int64)
        rounds = _MORE_DAYS if batch.days_could_fill() else 0
        for _ in range(rounds):
            prices = self._solve(batch.problem, batch.wide, tell, True).certificate.prices
            lacking = days_lacking(batch, prices.orders_price, prices.units_price)
            if not lacking.any():
                break
            more_days += lacking
            batch = self._sourcing.source(sorted_out, stock, now, rules, more_days)
        return batch, self._solve(batch.problem, batch.wide, tell, False)

    def _settle(
        self,
        batch: SourcedBatch,
        plan: JointPlan,
        laid_over: Snapshot,
        running: RunningStock,
        now: int,
        batch_id: str,
        decided: dict[int, Decided],
    ) -> None:
        """Each order's part of the plan as a verified decision, in the order they came."""
        drafts = [_drafts(self._planner, batch, plan, o) for o in range(len(batch.asks))]
        after = RunningStock(laid_over, self._tables)
        for each in drafts:
            after.take_drafts(each)
        marks = _Marks(batch, plan.certificate.prices, batch_id)
        for o, ask in enumerate(batch.asks):
            left_out = _left_out(ask, drafts[o])
            certificate = self._certificate(batch, o, drafts[o], left_out)
            n_options = len(batch.options_of(o))
            decision = self._planner.settle(
                ask, drafts[o], left_out, certificate, n_options, running.left, now, after=after.left
            )
            running.take(decision.shipments)
            position = batch.positions[o]
            tight = marks.tight(o, laid_over)
            seen = stock_rows(ask.order, self._tables.item_index, laid_over)
            held = replace(decision, tight=tight)
            decided[position] = Decided(position, held, seen, laid_over.first_day, marks.of(o), BATCH)

    def _certificate(
        self, batch: SourcedBatch, o: int, drafts: Sequence[Draft], left_out: Sequence[int]
    ) -> Certificate:
        """Of one order of the batch: no plan of it alone on the batch's stock costs less than the bound."""
        ask, policy, alone = batch.asks[o], self._planner.network.policy, batch.alone[o].certificate
        if any(left_out) and not ask.partial:
            status = Status.INFEASIBLE if alone.objective >= INFEASIBLE else Status.UNKNOWN
            return Certificate(INFEASIBLE, alone.bound, status, Limit.NONE, BATCH)
        cost = sum([draft.cost for draft in drafts]) + max(0, len(drafts) - 1) * policy.split_penalty
        objective = cost + ask.shipment_weight * len(drafts) + sum(left_out) * ask.left_out_cost(policy)
        status = Status.OPTIMAL if alone.bound == objective else Status.FEASIBLE
        return Certificate(objective, alone.bound, status, Limit.NONE, BATCH)

    def _divided(
        self, batch: SourcedBatch, running: RunningStock, now: int, decided: dict[int, Decided]
    ) -> list[Apart]:
        """Orders of which a line was left out whole that may be divided: by themselves, if that is better."""
        apart = []
        for o, ask in enumerate(batch.asks):
            held = decided[batch.positions[o]]
            if not self._could_divide(ask, held.decision, running.left):
                continue
            running.give_back(held.decision.shipments)
            alone = self._alone(held.position, ask.order, running, now)
            if alone.decision.certificate.objective < held.decision.certificate.objective:
                decided[held.position] = alone
                apart.append(Apart(held.position, DIVIDED))
            else:
                running.give_back(alone.decision.shipments)
                running.take(held.decision.shipments)
        return apart

    def _could_divide(self, ask: Ask, decision: Decision, left: Stock) -> bool:
        by_id = {line.line_id: x for x, line in enumerate(ask.order.lines)}
        lines = [by_id[line.line_id] for line in decision.unfilled if line.units > 1]
        lines = [x for x in lines if ask.divisible_lines >> x & 1]
        return bool(lines) and bool((available(left, ask.items[lines], ask.order.vip) * ask.allowed > 0).any())

    def _alone(self, position: int, order: Order, running: RunningStock, now: int) -> Decided:
        """The order by itself on what is left, which it then takes."""
        index, stock = self._tables.item_index, running.left
        try:
            decision = self._planner.decide(order, stock, now, quickly=True)
        except TakesLong:
            pricing = self._planner.pricing_seen(order, stock, now)
            stock = seen_by(order, index, stock)
            decision = replace(self._planner.decide(order, stock, now, pricing=pricing), tight=short_days(stock))
        seen = stock_rows(order, index, stock)
        running.take(decision.shipments)
        return Decided(position, decision, seen, stock.first_day, None, "auto")


def _drafts(planner: Planner, batch: SourcedBatch, plan: JointPlan, o: int) -> list[Draft]:
    """The order's shipments in the domain's words."""
    network: Network = planner.network
    ask = batch.asks[o]
    options = batch.options_of(o)
    drafts = []
    for option, members, cost in _shipments(batch, plan, o):
        row = options[option]
        n, s, h, store = int(row[OPTION_NODE]), int(row[OPTION_SERVICE]), int(row[OPTION_DAY]), int(row[OPTION_STORE])
        contents = tuple([(x, network.items[ask.items[x]], units) for x, units in members])
        service = planner.sourcing.service(s)
        at = network.nodes[store] if isinstance(service, ServiceLevel) else None
        drafts.append(Draft(network.nodes[n], service, at, batch.first_day + h, contents, cost))
    return drafts


def _shipments(batch: SourcedBatch, plan: JointPlan, o: int) -> list[tuple[int, list[tuple[int, int]], int]]:
    """(option of the order's own, units by line, cost) of each."""
    narrow = batch.problem.n_orders
    if o >= narrow:
        return [
            (one.option, [(take.line, take.units) for take in one.takes], one.cost)
            for one in plan.wide[o - narrow].shipments
        ]
    assert plan.narrow is not None
    first, units = int(batch.problem.option_start[o]), batch.asks[o].units.tolist()
    return [
        (option - first, [(x, of_line) for x, of_line in enumerate(units) if members >> x & 1], cost)
        for option, members, cost in plan.narrow.shipments_of(o)
    ]


def _left_out(ask: Ask, drafts: Sequence[Draft]) -> list[int]:
    """Units of each line."""
    left: list[int] = ask.units.tolist()
    for draft in drafts:
        for x, _, units in draft.contents:
            left[x] -= units
    return left


class _Marks:
    """The prices that bear on each order, rounded to the micro, and the days on which it could have met none or little room."""

    def __init__(self, batch: SourcedBatch, prices: Prices, batch_id: str) -> None:
        self._batch = batch
        self._batch_id = batch_id
        self._units: dict[int, list[tuple[int, int]]] = {}
        for (k, n), price in zip(prices.cell.tolist(), prices.cell_price.tolist(), strict=True):
            if round(price):
                self._units.setdefault(int(batch.items[k]), []).append((n, round(price)))
        self._orders = np.rint(prices.orders_price).astype(np.int64)
        self._day_units = np.rint(prices.units_price).astype(np.int64)
        self._n_days = len(self._orders) // max(1, len(batch.last_day))

    def of(self, o: int) -> BatchMark:
        units = tuple(
            (k, n, price)
            for k in sorted(set(self._batch.asks[o].items.tolist()))
            for n, price in self._units.get(k, ())
        )
        options = self._batch.options_of(o)
        here = np.unique(options[:, OPTION_NODE] * self._n_days + options[:, OPTION_DAY])
        priced = here[(self._orders[here] != 0) | (self._day_units[here] != 0)].tolist()
        days = tuple((*divmod(c, self._n_days), int(self._orders[c]), int(self._day_units[c])) for c in priced)
        return BatchMark(self._batch_id, len(self._batch.asks), units, days)

    def tight(self, o: int, stock: Snapshot) -> Int64:
        """int64[., 4]: (node, day column, orders left, units left) where not all of the order had room."""
        nodes = np.unique(self._batch.options_of(o)[:, OPTION_NODE])
        wanted = int(self._batch.asks[o].units.sum())
        x, days = np.nonzero((stock.orders_left[nodes] < 1) | (stock.units_left[nodes] < wanted))
        at = nodes[x]
        return np.stack((at, days, stock.orders_left[at, days], stock.units_left[at, days]), axis=1).astype(np.int64)
