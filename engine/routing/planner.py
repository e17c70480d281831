"""The decision for one order, whole and without effects: order, stock and instant in, verified decision out.

Straight down: ask, source, solve, draft, verify. The same call on the same snapshot gives the same decision (I9), so it
serves the live router, the replay of a record, quotes and explanations alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import Service, ServiceLevel
from engine.network.components import Breakdown, Component
from engine.network.cost import CostModel, Priced
from engine.network.network import Network
from engine.network.policy import Divide
from engine.network.prices import BidPrices
from engine.routing.asking import Ask, Kept
from engine.routing.bids import Bids, LivePrices, Pricing, mark_of, recorded
from engine.routing.large import amount_prices, large_problem
from engine.routing.order import Line, Order
from engine.routing.reasons import why_unfilled
from engine.routing.route import Content, Package, Shipment, Unfilled
from engine.routing.sourcing import MAX_TABULATED_LINES, Sourced, Sourcing, available
from engine.routing.stock import Stock
from engine.routing.verify import Draft, Verifier
from solvers import divided_order
from solvers import order as order_solver
from solvers.problem import INFEASIBLE, Certificate, Int64, Limit, OrderProblem, Plan, Status

SOLVERS = ("auto", "exact", "mip", "large", "priority", "nearest", "cheapest_first", "fewest_splits")
"""``auto`` takes ``exact`` where it can, then ``mip`` (coupled lines) or ``large`` (many or divided lines)."""

RULES = SOLVERS[4:]
_ORDER = tuple(Component)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with an order, verified. ``tight`` are the days without room that it met (node, day column,
    orders left, units left): with the stock of the order's SKUs and its ``bids`` they are all of the snapshot that it rests on.
    ``ask`` is the order as it was asked last."""

    order: Order
    shipments: tuple[Shipment, ...]
    unfilled: tuple[Unfilled, ...]
    breakdown: Breakdown
    cost: int
    certificate: Certificate
    n_options: int
    tight: Int64
    ask: Ask

    @property
    def bids(self) -> Bids | None:
        """The prices that it weighed; None: it was decided without any."""
        return self.ask.bids

    @property
    def prices_version(self) -> int:
        return 0 if self.bids is None else self.bids.prices.version


class TakesLong(Exception):
    """The order wants a solver that takes a fraction of a second; it was not to be asked here."""


@dataclass(frozen=True, slots=True)
class _Solved:
    """One solve, in the domain's words."""

    certificate: Certificate
    drafts: list[Draft]
    left_out: list[int]
    n_options: int
    tight: Int64


class Planner:
    """Decides orders over one network and its prices. Not for use by several threads at once.

    ``pricing``: where the prices of orders come from, None for nowhere. It may be another from one order to the next.
    """

    def __init__(self, network: Network, prices: BidPrices | None = None) -> None:
        self.network = network
        self.model = CostModel(network)
        self.sourcing = Sourcing(network, self.model)
        self.pricing: Pricing | None = None
        self._verifier = Verifier(self.model)
        if prices is not None:
            self.publish(prices)

    def publish(self, prices: BidPrices) -> None:
        """Decide by these prices from now on, as far as the policy takes them."""
        self.pricing = LivePrices(self.sourcing.tables, prices, self.network.policy.price_scale_bp)

    def lay_bids(self, ask: Ask, stock: Stock, now: int, pricing: Pricing | None = None) -> None:
        """Have the order weigh the prices of the moment; ``pricing`` None: the planner's own."""
        source = pricing or self.pricing
        ask.bids = None if source is None else source.bids(ask, stock, now)

    def pricing_seen(self, order: Order, stock: Stock, now: int, kept: Kept | None = None) -> Pricing:
        """The prices that the order would find now, standing still."""
        ask = self.sourcing.asking.ask(order, kept)
        self.lay_bids(ask, stock, now)
        tables = self.sourcing.tables
        return recorded(tables, None if ask.bids is None else mark_of(ask, ask.bids, tables))

    def decide(
        self,
        order: Order,
        stock: Stock,
        now: int,
        *,
        kept: Kept | None = None,
        solver: str = "auto",
        quickly: bool = False,
        pricing: Pricing | None = None,
    ) -> Decision:
        """Decide one order.

        What prices would leave out is decided without them: they choose among nodes, and turn nothing away.

        Parameters
        ----------
        stock : what can be taken; its ``first_day`` is ``first_day_of(now)``.
        now : UTC seconds of the decision.
        kept : what earlier decisions of the same order keep.
        solver : one of ``SOLVERS``.
        quickly : raise TakesLong rather than ask a solver that is not done in a millisecond.
        pricing : where the order's prices come from, None: the planner's own. The rules know none.

        Raises
        ------
        TakesLong : see ``quickly``.
        InvalidInput : the order does not fit the network, or no such solver.
        PlanRefused : a defect; see ``verify``.
        """
        if solver not in SOLVERS:
            raise InvalidInput(FieldFault("solver", solver, f"one of {', '.join(SOLVERS)}"))
        ask = self.sourcing.asking.ask(order, kept)
        if solver not in RULES:
            self.lay_bids(ask, stock, now, pricing)
        best = self._decided(ask, stock, now, solver, quickly)
        if ask.bids is not None and any(best.left_out):
            ask.bids = None
            best = self._decided(ask, stock, now, solver, quickly)
        earlier = ask.kept
        verified = self._verifier.verify(
            order, best.drafts, best.left_out, stock, now, earlier.shipments, earlier.refused, ask.bids
        )
        return self._decision(ask, best, verified, stock, now)

    def _decided(self, ask: Ask, stock: Stock, now: int, solver: str, quickly: bool) -> _Solved:
        divide = solver not in RULES and self._divides_freely(ask)
        best = self._best(ask, stock, now, solver, quickly, divide)
        if not divide and solver in ("auto", "large") and self._could_divide(ask, best, stock):
            best = _better(best, self._best(ask, stock, now, solver, quickly, divide=True))
        return best

    def settle(
        self,
        ask: Ask,
        drafts: Sequence[Draft],
        left_out: Sequence[int],
        certificate: Certificate,
        n_options: int,
        stock: Stock,
        now: int,
        *,
        after: Stock | None = None,
        unfilled: tuple[Unfilled, ...] | None = None,
    ) -> Decision:
        """A plan that was made elsewhere, verified and priced on ``stock``. Raises PlanRefused.

        ``left_out`` has the units left out of each line: why is found on the stock that is there ``after`` all that was
        decided together, unless it is known (``unfilled``).
        """
        priced = self._verifier.verify(ask.order, drafts, left_out, stock, now, bids=ask.bids)
        solved = _Solved(certificate, list(drafts), list(left_out), n_options, np.zeros((0, 4), np.int64))
        return self._decision(ask, solved, priced, after or stock, now, unfilled)

    def shrink(self, order: Order, shipment: Shipment, stays: Sequence[Content]) -> Shipment:
        """A shipment of an earlier decision without the other lines, on its day, priced anew: in money alone."""
        network, tables = self.network, self.sourcing.tables
        node = network.nodes[tables.node_index[shipment.node_id]]
        lines = [Line(content.line_id, content.sku, content.units) for content in stays]
        service: Service | ServiceLevel = shipment.level
        store = None
        if shipment.carrier_id:
            key = shipment.carrier_id, shipment.level
            service = next(each for each in network.services if each.key == key)
        else:
            store = network.nodes[tables.node_index[shipment.destination_node]]
        items = [network.items[tables.item_index[line.sku]] for line in lines]
        contents = tuple((x, item, line.units) for x, (item, line) in enumerate(zip(items, lines, strict=True)))
        destination = store or self.sourcing.asking.ship_to(order, [])
        assert destination is not None  # it was shipped there
        price = self.model.price(
            node=node,
            service=service,
            destination=destination,
            ship_day=shipment.ship_day,
            now=shipment.ship_time - node.lead_time_s,  # the last moment at which it could have been decided
            contents=contents,
            promise_time=shipment.promise_time,
        )
        draft = Draft(node, service, store, shipment.ship_day, contents, price.cost)
        return _shipment(lines, draft, shipment.promise_time, price)

    def _best(self, ask: Ask, stock: Stock, now: int, solver: str, quickly: bool, divide: bool) -> _Solved:
        """The best plan over every store at which the pickup lines may be handed over."""
        stores = ask.stores or (-1,)
        best = self._solve(ask, stock, now, stores[0], solver, quickly, divide)
        for store in stores[1:]:
            best = _better(best, self._solve(ask, stock, now, store, solver, quickly, divide))
        return best

    def _solve(self, ask: Ask, stock: Stock, now: int, store: int, solver: str, quickly: bool, divide: bool) -> _Solved:
        """The plan with the pickup lines handed over at ``store``, lines divided only if ``divide``."""
        many = ask.n_lines > MAX_TABULATED_LINES
        if divide and solver != "large":
            solved = self._solve_divided(ask, stock, now, store)
            if solved is not None:
                return solved
        if quickly and (solver in ("large", "mip") or many or divide):
            raise TakesLong
        if solver == "large" or divide or (solver in ("auto", "exact") and many):
            return self._solve_large(ask, stock, now, store, divide)
        if many:
            raise InvalidInput(FieldFault("solver", solver, f"large or auto for more than {MAX_TABULATED_LINES} lines"))
        if solver in ("auto", "exact"):
            solved = self._solve_apart(ask, stock, now, store)
            if solved is not None:
                return solved
            if quickly:
                raise TakesLong
        sourced = self.sourcing.source(ask, stock, now, store)
        if solver in RULES:
            return self._solved(sourced, self._follow(sourced, stock, solver))
        from solvers.order_columns import solve_order

        return self._solved(sourced, solve_order(self.sourcing.coupled(sourced, stock)))

    def _solve_apart(self, ask: Ask, stock: Stock, now: int, store: int) -> _Solved | None:
        """The optimum with shipments priced one by one; None where together they take more than there is."""
        sourced = self.sourcing.source(ask, stock, now, store, pruned=True)
        plan = order_solver.solve(sourced.problem)
        if not self._shares(sourced, plan):
            return self._solved(sourced, plan)
        coupled = self.sourcing.coupled(sourced, stock)
        return self._solved(sourced, plan) if order_solver.jointly_feasible(coupled, plan) else None

    def _could_divide(self, ask: Ask, solved: _Solved, stock: Stock) -> bool:
        """Was a line left out whole that may be divided, and of which some units are there?"""
        lines = [line for line, units in enumerate(solved.left_out) if units > 1 and ask.divisible_lines >> line & 1]
        return bool(lines) and bool((available(stock, ask.items[lines], ask.order.vip) * ask.allowed > 0).any())

    def _follow(self, sourced: Sourced, stock: Stock, rule: str) -> Plan:
        """The rule's plan. Where it takes more of a SKU than a node has, on two lines, the later line goes elsewhere."""
        from solvers import rules

        problem, distance = self.sourcing.coupled(sourced, stock), self._distances(sourced)
        while True:
            if rule == "cheapest_first":
                plan = rules.cheapest_first(problem)
            elif rule == "priority":
                plan = rules.priority(problem, np.arange(len(distance)))
            elif rule == "nearest":
                plan = rules.nearest(problem, distance)
            else:
                plan = rules.fewest_splits(problem, distance)
            over = _first_too_many(problem, plan)
            if over is None:
                return plan
            node, line = over
            hold = np.where(problem.node == node, problem.hold & ~(1 << line), problem.hold)
            problem = replace(problem, hold=hold)

    def _shares(self, sourced: Sourced, plan: Plan) -> bool:
        """Could the plan's lines or shipments share stock or room, which the subset programme does not see?"""
        items = sourced.ask.items.tolist()
        if len(set(items)) < len(items):
            return True
        nodes = [int(sourced.options[shipment.option, 0]) for shipment in plan.shipments]
        return len(set(nodes)) < len(nodes)

    def _distances(self, sourced: Sourced) -> Int64:
        """int64[N], metres of each node to the destination, else to the store."""
        if sourced.ask.ship_to is not None:
            return self.sourcing.tables.lanes(sourced.ask.ship_to).distances.astype(np.int64)
        return self.sourcing.tables.distances_to_node(max(sourced.store, 0))

    def _divides_freely(self, ask: Ask) -> bool:
        if (ask.order.divide or self.network.policy.divide) is not Divide.FREELY:
            return False
        return any(line.units > 1 and ask.divisible_lines >> i & 1 for i, line in enumerate(ask.order.lines))

    def _solve_divided(self, ask: Ask, stock: Stock, now: int, store: int) -> _Solved | None:
        """The optimum with lines divided; None where there are too many units, or shipments together take too many."""
        may_divide = np.array([bool(ask.divisible_lines >> line & 1) for line in range(ask.n_lines)])
        amount = divided_order.amounts(ask.units, may_divide)
        if amount is None:
            return None
        sourced, problem = large_problem(self.sourcing, ask, stock, now, store, divide=True, bounded=False)
        plan = divided_order.solve(problem, amount, amount_prices(self.sourcing, ask, amount))
        return None if plan is None else self._solved(sourced, plan)

    def _solve_large(self, ask: Ask, stock: Stock, now: int, store: int, divide: bool) -> _Solved:
        from solvers.large_order import solve

        sourced, problem = large_problem(self.sourcing, ask, stock, now, store, divide)
        return self._solved(sourced, solve(problem))

    def _solved(self, sourced: Sourced, plan: Plan) -> _Solved:
        """The plan's shipments as drafts, and the units it leaves out of each line."""
        network, lines = self.network, sourced.ask.order.lines
        left_out = [0] * len(lines)
        for take in plan.backorders:
            left_out[take.line] = take.units
        if plan.certificate.objective >= INFEASIBLE:
            left_out = [line.units for line in lines]
        items, all_items = sourced.ask.items, network.items
        follows = network.policy.split_penalty if sourced.ask.kept.shipments else 0  # in the options' fixed costs
        drafts = []
        for shipment in plan.shipments:
            n, s, h = sourced.options[shipment.option].tolist()
            contents = tuple([(take.line, all_items[items[take.line]], take.units) for take in shipment.takes])
            service, store = self.sourcing.service(s), None
            if isinstance(service, ServiceLevel):
                store = network.nodes[sourced.store]
            drafts.append(
                Draft(network.nodes[n], service, store, sourced.first_day + h, contents, shipment.cost - follows)
            )
        tight = sourced.tight.copy() if len(sourced.tight) else sourced.tight
        return _Solved(plan.certificate, drafts, left_out, len(sourced.options), tight)

    def _decision(
        self,
        ask: Ask,
        solved: _Solved,
        priced: list[Priced],
        stock: Stock,
        now: int,
        known: tuple[Unfilled, ...] | None = None,
    ) -> Decision:
        policy = self.network.policy
        lines = ask.order.lines
        shipments = tuple(
            [
                _shipment(lines, draft, _promise_of(ask, draft), price)
                for draft, price in zip(solved.drafts, priced, strict=True)
            ]
        )
        unfilled = list(known or ())
        backordered = 0
        if any(solved.left_out):
            for position, units in enumerate(solved.left_out):
                if units and known is None:
                    used = {
                        draft.node.node_id
                        for draft in solved.drafts
                        if any(x == position for x, _, _ in draft.contents)
                    }
                    reason, detail = why_unfilled(
                        self.sourcing, ask.order, position, units, stock, now, used=used, kept=ask.kept
                    )
                    line = lines[position]
                    unfilled.append(Unfilled(line.line_id, line.sku, units, reason, detail, ask.partial))
            backordered = sum(solved.left_out) * policy.backorder_cost_per_unit if ask.partial else 0
        splits = max(0, len(shipments) + ask.kept.shipments - 1) - max(0, ask.kept.shipments - 1)
        breakdown = total_breakdown(shipments, splits * policy.split_penalty, backordered)
        cost = sum([amount for _, amount in breakdown])
        certificate = solved.certificate
        weights = ask.shipment_weight * (len(shipments) + (ask.n_lines + 1) * sum(solved.left_out))
        if certificate.objective < INFEASIBLE and cost + weights != certificate.objective:
            said = certificate.objective - weights
            raise AssertionError(f"order {ask.order.order_id!r} costs {cost}, the solver says {said} (I7)")
        return Decision(
            ask.order, shipments, tuple(unfilled), breakdown, cost, certificate, solved.n_options, solved.tight, ask
        )


def _promise_of(ask: Ask, draft: Draft) -> int | None:
    return ask.order.pickup_by if isinstance(draft.service, ServiceLevel) else ask.promise_time


def _better(one: _Solved, other: _Solved) -> _Solved:
    """The cheaper, the first of equals. What both met is what the choice rests on; no better is proven than of both (I8)."""
    tight = np.concatenate((one.tight, other.tight)) if len(one.tight) + len(other.tight) else one.tight
    best, rest = (other, one) if other.certificate.objective < one.certificate.objective else (one, other)
    certificate = best.certificate
    bound = min(certificate.bound, rest.certificate.bound)
    if bound < certificate.bound:
        open_ = Status.FEASIBLE if certificate.objective < INFEASIBLE else Status.UNKNOWN
        limit = rest.certificate.limit if certificate.limit is Limit.NONE else certificate.limit
        certificate = Certificate(certificate.objective, bound, open_, limit, certificate.solver)
    return replace(best, certificate=certificate, tight=tight, n_options=one.n_options + other.n_options)


def _first_too_many(problem: OrderProblem, plan: Plan) -> tuple[int, int] | None:
    """(node, line) of the first line that takes more of its SKU than is left at the node."""
    assert problem.sku is not None
    assert problem.stock is not None
    taken: dict[tuple[int, int], int] = {}
    for shipment in plan.shipments:
        node = int(problem.node[shipment.option])
        for take in shipment.takes:
            cell = node, int(problem.sku[take.line])
            taken[cell] = taken.get(cell, 0) + take.units
            if taken[cell] > problem.stock[shipment.option, take.line]:
                return node, take.line
    return None


def total_breakdown(shipments: tuple[Shipment, ...], split: int, backorder: int) -> Breakdown:
    """The shipments' breakdowns added up, with what the whole route adds."""
    if len(shipments) == 1 and not split and not backorder:
        return shipments[0].breakdown
    total: dict[Component, int] = {}
    for shipment in shipments:
        for component, amount in shipment.breakdown:
            total[component] = total.get(component, 0) + amount
    total[Component.SPLIT] = split
    total[Component.BACKORDER] = backorder
    return tuple([(component, total[component]) for component in _ORDER if total.get(component)])


def _shipment(lines: Sequence[Line], draft: Draft, promise_time: int | None, price: Priced) -> Shipment:
    service = draft.service
    pickup = isinstance(service, ServiceLevel)
    contents = tuple([Content(lines[line].line_id, item.sku, units) for line, item, units in draft.contents])
    packages = tuple(
        [
            Package(
                package.box.carton_id,
                package.box.length_mm,
                package.box.width_mm,
                package.box.height_mm,
                package.box.weight_g,
                package.billable_weight_g,
                contents
                if len(price.packages) == 1
                else tuple([Content(lines[x].line_id, lines[x].sku, units) for x, units in package.box.contents]),
            )
            for package in price.packages
        ]
    )
    return Shipment(
        draft.node.node_id,
        "" if isinstance(service, ServiceLevel) else service.carrier_id,
        service if isinstance(service, ServiceLevel) else service.level,
        draft.store.node_id if pickup and draft.store is not None else "",
        draft.ship_day,
        price.ship_time,
        price.arrival_time,
        promise_time,
        price.late_days,
        contents,
        packages,
        price.breakdown,
        price.cost,
    )
