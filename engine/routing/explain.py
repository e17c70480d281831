"""Why this node, why not that one, and what would change it: answered from the record of the decision.

The decision is taken up again on the snapshot of its record. A node that could ship something is told by how much the best
plan that uses it is dearer than the route; one that could not is told the constraint that kept it out, and what it would
take: stock, room or leave to ship are tried on it, one after the other, and costs that would still be too high are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_value

import numpy as np
from msgspec.structs import replace

from engine.errors import FieldFault, InvalidInput
from engine.network.components import Reason
from engine.routing.alternatives import Alternatives
from engine.routing.asking import Kept
from engine.routing.assembly import assemble
from engine.routing.batch_replay import check
from engine.routing.bids import recorded
from engine.routing.explanation import BestSingle, Explanation, NodeVerdict, ShipmentCost
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.reasons import why_unfilled
from engine.routing.record import BatchMark, Record, snapshot_of
from engine.routing.route import Route, RouteState, Shipment
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Snapshot

MAX_NODES_OF_LARGE_ORDER = 10

_CHANGES = {
    Reason.CUTOFF_MISSED: "a later cutoff there, or a later promise",
    Reason.CAPACITY_EXHAUSTED: "room for the order there on that day",
    Reason.SERVICE_UNAVAILABLE: "a service from there that takes these lines to the destination",
    Reason.CONSTRAINT: "lifting the constraint",
}


@dataclass(frozen=True, slots=True)
class _Change:
    """One thing changed for a node's sake, in words, and what it would be decided on."""

    words: str
    order: Order
    stock: Snapshot
    kept: Kept


def replay(planner: Planner, record: Record) -> Route:
    """Decide again what was decided, on the snapshot of then. ``planner`` is of the record's versions (I9). What was decided
    together with other orders is checked instead: see ``batch_replay``."""
    if record.batch is not None:
        return check(planner, record)
    route = record.route
    stock = snapshot_of(record, planner.sourcing.tables, planner.network)
    decision = planner.decide(
        record.order,
        stock,
        route.decision_time,
        kept=record.considered(),
        solver=record.solver,
        pricing=recorded(planner.sourcing.tables, record.bids),
    )
    return assemble(
        planner.network,
        decision,
        route.route_id,
        route.decision_time,
        route.network_version,
        route.prices_version,
        reserve=True,
        kept=record.kept,
        left=record.left,
        confirmed=route.state is RouteState.CONFIRMED,
    )


def explain(planner: Planner, record: Record, node_ids: Sequence[str] = ()) -> Explanation:
    """Explain the record's route, and of each named node why it ships or does not.

    Raises
    ------
    InvalidInput : a node that the network does not know, or too many for a large order.
    """
    unknown = [node_id for node_id in node_ids if node_id not in planner.sourcing.tables.node_index]
    if unknown:
        raise InvalidInput(*(FieldFault("node_ids", node_id, "a node of the network") for node_id in unknown))
    if len(record.order.lines) > MAX_TABULATED_LINES and len(node_ids) > MAX_NODES_OF_LARGE_ORDER:
        expected = f"at most {MAX_NODES_OF_LARGE_ORDER} nodes, as each is a plan of its own for so large an order"
        raise InvalidInput(FieldFault("node_ids", str(len(node_ids)), expected))
    route = record.route
    stock = snapshot_of(record, planner.sourcing.tables, planner.network)
    verdicts = _Verdicts(planner, record, stock)
    return Explanation(
        route.route_id,
        route.cost,
        route.currency,
        route.breakdown,
        tuple(_cost_of(shipment) for shipment in route.shipments),
        None if record.kept else _best_single(planner, record, stock),
        tuple(verdicts.of(node_id) for node_id in node_ids),
        route.certificate,
        route.network_version,
        route.prices_version,
        record.snapshot_hash(),
        route.decision_time,
    )


def _cost_of(shipment: Shipment) -> ShipmentCost:
    lines = tuple(content.line_id for content in shipment.contents)
    return ShipmentCost(shipment.node_id, shipment.carrier_id, shipment.level, lines, shipment.breakdown, shipment.cost)


def _best_single(planner: Planner, record: Record, stock: Snapshot) -> BestSingle | None:
    """The whole order in one shipment, as cheap as it can be; None where no node could."""
    order = replace(record.order, max_shipments=1, partial=False)
    pricing = recorded(planner.sourcing.tables, record.bids)
    decision = planner.decide(order, stock, record.route.decision_time, pricing=pricing)
    if len(decision.shipments) != 1:
        return None
    dearer_by = decision.cost - record.route.cost
    shipment = decision.shipments[0]
    if dearer_by == 0:
        why = ""
    elif dearer_by < 0 and record.batch is not None:
        why = _together(record.batch)
    elif dearer_by < 0:
        why = "the policy or the rule that decided puts another goal before cost"
    else:
        why = _difference(shipment, record)
    return BestSingle(_cost_of(shipment), dearer_by, why)


def _together(batch: BatchMark) -> str:
    return f"It was decided together with {batch.orders - 1} other orders, at the least cost of all of them"


def _difference(shipment: Shipment, record: Record) -> str:
    """The components that make it dearer, the largest first."""
    mine = dict(shipment.breakdown)
    its = dict(record.route.breakdown)
    more = {part: mine.get(part, 0) - its.get(part, 0) for part in {**mine, **its}}
    largest = sorted((amount, part.value) for part, amount in more.items() if amount > 0)[::-1][:3]
    parts = ", ".join(f"{part} +{amount / 1e6:.2f}" for amount, part in largest)
    return f"in one shipment from {shipment.node_id} it costs more: {parts}"


class _Verdicts:
    """What is to say of one node after the other."""

    def __init__(self, planner: Planner, record: Record, stock: Snapshot) -> None:
        self._planner = planner
        self._record = record
        self._stock = stock
        self._used = {shipment.node_id for shipment in record.route.shipments}
        self._pricing = recorded(planner.sourcing.tables, record.bids)
        now = record.route.decision_time
        self._decided = Alternatives(planner, record.order, stock, record.considered(), now, self._pricing)

    def of(self, node_id: str) -> NodeVerdict:
        if node_id in self._used:
            return NodeVerdict(node_id, True, None, "it ships part of this route", None, "")
        best = self._decided.best_with(node_id)
        if best is None:
            return self._kept_out(node_id)
        extra, lost_by = self._behind(best)
        if extra > 0:
            boxes = f"{extra} shipment{'s' * (extra > 1)} more"
            detail, change = f"it could ship, with {boxes}", f"an objective that takes {boxes} for a lower cost"
        elif lost_by > 0:
            detail, change = "it could ship, but not as cheaply", f"costs there lower by {self._more_than(lost_by)}"
        elif lost_by == 0:
            detail, change = "it would do as well: the tie went to the plan that stands first", "any lower cost there"
        elif self._record.batch is not None:
            detail, change = self._worth_more(self._record.batch, node_id), "stock or room there for the others too"
        else:
            detail, change = f"the rule {self._record.solver!r} passed it over", "deciding by cost"
        return NodeVerdict(node_id, False, None, detail, lost_by, change)

    def _worth_more(self, batch: BatchMark, node_id: str) -> str:
        """Why a node that is cheaper for this order did not ship it: what it holds was worth more to others."""
        items, n = self._planner.network.items, self._planner.sourcing.tables.node_index[node_id]
        money = self._record.route.currency
        priced = [
            f"{price / 1e6:.2f} {money} a unit of {items[k].sku}" for k, at, price in batch.unit_prices if at == n
        ]
        days = [price for at, _, price, _ in batch.day_prices if at == n and price > 0]
        priced += [f"{max(days) / 1e6:.2f} {money} an order on its day"] if days else []
        worth = f"; what it has was worth {', '.join(priced)} to them" if priced else ""
        return f"cheaper for this order alone. {_together(batch)}{worth}"

    def _behind(self, objective: int) -> tuple[int, int]:
        """(shipments, micros) that a plan is worse than the route, shipments only where the policy puts them first."""
        behind, weight = objective - self._record.route.certificate.objective, self._decided.shipment_weight
        extra = (behind + weight // 2) // weight if weight else 0
        return extra, behind - extra * weight

    def _more_than(self, micros: int) -> str:
        whole, part = divmod(micros, 1_000_000)
        return f"more than {whole}.{f'{part:06d}'.rstrip('0').ljust(2, '0')} {self._record.route.currency}"

    def _kept_out(self, node_id: str) -> NodeVerdict:
        """The constraint of the line that comes closest to going, with the node alone; and what would let it win."""
        record, planner = self._record, self._planner
        order, now = record.order, record.route.decision_time
        refused = {line_id for node, lines in record.refused if node == node_id for line_id in lines}
        open_lines = [x for x, line in enumerate(order.lines) if line.line_id not in refused]
        if open_lines:
            only = self._only(node_id)
            found = [
                (*why_unfilled(planner.sourcing, order, x, order.lines[x].units, only, now), x) for x in open_lines
            ]
            # A line kept out by anything but stock says more about the node than one it simply does not have.
            reason, detail, _ = min(found, key=lambda each: each[0] is Reason.NO_STOCK)
        else:
            reason, detail = Reason.CONSTRAINT, "it rejected these lines before"
        return NodeVerdict(node_id, False, reason, detail, None, self._what_lets_in(node_id, reason))

    def _what_lets_in(self, node_id: str, reason: Reason) -> str:
        """The change after which its plan is the cheapest, else the one after which it comes closest."""
        closest: tuple[int, str] | None = None
        for change in self._changes(node_id):
            now = self._record.route.decision_time
            changed = Alternatives(self._planner, change.order, change.stock, change.kept, now, self._pricing)
            best = changed.best_with(node_id)
            if best is None:
                continue
            extra, lost_by = self._behind(best)
            if extra <= 0 and (lost_by < 0 or extra < 0):
                return change.words
            if closest is None or best < closest[0]:
                also = f"{extra} shipments fewer" if extra > 0 else f"costs there lower by {self._more_than(lost_by)}"
                closest = best, f"{change.words}, and {also}"
        return closest[1] if closest else _CHANGES.get(reason, "more than one change")

    def _changes(self, node_id: str) -> Iterator[_Change]:
        """Single changes, the smaller first."""
        record, stock = self._record, self._stock
        order, kept, n = record.order, record.considered(), self._planner.sourcing.tables.node_index[node_id]
        yield from self._more_stock(node_id, n)
        if not order.vip and bool((stock.protected[:, n] > 0).any()):
            yield _Change("a VIP order", replace(order, vip=True), stock, kept)
        if bool((stock.orders_left[n] < 1).any()) or bool(
            (stock.units_left[n] < sum(o.units for o in order.lines)).any()
        ):
            roomy = replace_value(stock, orders_left=stock.orders_left.copy(), units_left=stock.units_left.copy())
            everywhere = stock.with_room()
            roomy.orders_left[n], roomy.units_left[n] = everywhere.orders_left[n], everywhere.units_left[n]
            yield _Change(_CHANGES[Reason.CAPACITY_EXHAUSTED], order, roomy, kept)
        if node_id in order.not_nodes or (order.only_nodes and node_id not in order.only_nodes):
            only = order.only_nodes | {node_id} if order.only_nodes else order.only_nodes
            allowed = replace(order, not_nodes=order.not_nodes - {node_id}, only_nodes=only)
            yield _Change("leave for the order to ship from it", allowed, stock, kept)
        if any(node == node_id for node, _ in kept.refused):
            taken = replace_value(kept, refused=tuple(row for row in kept.refused if row[0] != node_id))
            allowed = replace(order, not_nodes=order.not_nodes - {node_id})
            yield _Change("its taking back what it rejected", allowed, stock, taken)

    def _more_stock(self, node_id: str, n: int) -> Iterator[_Change]:
        """Enough of one line, the fewest units first; then enough of all."""
        order, index = self._record.order, self._planner.sourcing.tables.item_index
        missing: dict[int, tuple[int, str]] = {}
        wanted: dict[int, int] = {}
        for line in order.lines:
            k = index[line.sku]
            wanted[k] = wanted.get(k, 0) + line.units
            kept = 0 if order.vip else int(self._stock.protected[k, n])
            lacks = wanted[k] + kept - int(self._stock.atp[k, n])
            if lacks > 0:
                missing[k] = lacks, line.sku
        singles = sorted((lacks, sku, k) for k, (lacks, sku) in missing.items())
        for rows in [[row] for row in singles] + ([singles] if len(singles) > 1 else []):
            atp = self._stock.atp.copy()
            for lacks, _, k in rows:
                atp[k, n] += lacks
            words = " and ".join(f"{lacks} more of {sku}" for lacks, sku, _ in rows)
            stock = replace_value(self._stock, atp=atp)
            yield _Change(f"{words} there", order, stock, self._record.considered())

    def _only(self, node_id: str) -> Snapshot:
        """The same stock as if no other node had any."""
        n = self._planner.sourcing.tables.node_index[node_id]
        atp = np.zeros_like(self._stock.atp)
        atp[:, n] = self._stock.atp[:, n]
        return replace_value(self._stock, atp=atp)
