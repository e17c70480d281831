"""The last word on every plan: re-prices it with the reference cost model and re-checks every constraint.

Knows nothing of options, tables or solvers: it reads the order, the network and the stock. What it lets through may be
reserved; whatever it finds is a defect in a solver or in the compiled tables, never in the caller's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import OneboxError
from engine.network.carriers import PARCEL_LEVELS, Service, ServiceLevel
from engine.network.components import NotAllowed, Reason
from engine.network.cost import CostModel, Priced
from engine.network.items import ItemFlag
from engine.network.nodes import Node
from engine.network.permits import Contents
from engine.network.policy import Divide
from engine.network.zones import ShipTo
from engine.routing.bids import Bids
from engine.routing.order import Fulfilment, Order
from engine.routing.stock import Stock


@dataclass(frozen=True, slots=True)
class Draft:
    """One shipment of a plan, in the domain's words. ``cost`` is what the solver says it costs, micros."""

    node: Node
    service: Service | ServiceLevel
    store: Node | None
    ship_day: int
    contents: Contents
    cost: int


class PlanRefused(OneboxError):
    """A plan broke a rule: every violation found. A defect in Onebox, not in the order."""

    def __init__(self, order_id: str, violations: Sequence[str]) -> None:
        self.violations = tuple(violations)
        super().__init__(f"the plan for order {order_id!r} breaks its rules: {'; '.join(violations)}")


class Verifier:
    """Verifies plans against one network."""

    def __init__(self, model: CostModel) -> None:
        self._model = model
        self._policy = model.network.policy
        self._row = {item.sku: k for k, item in enumerate(model.network.items)}
        self._column = {node.node_id: n for n, node in enumerate(model.network.nodes)}

    def verify(
        self,
        order: Order,
        drafts: Sequence[Draft],
        left_out: Sequence[int],
        stock: Stock,
        now: int,
        kept_shipments: int = 0,
        refused: Sequence[tuple[str, Sequence[str]]] = (),
        bids: Bids | None = None,
    ) -> list[Priced]:
        """Price each shipment anew, in order; ``left_out`` has the units left out of each line.

        ``kept_shipments`` and ``refused``, (node id, line ids), are what earlier decisions of the order leave to this one;
        ``bids`` what it was to pay beside money.

        Raises
        ------
        PlanRefused : naming every rule that the plan breaks.
        """
        found: list[str] = []
        ship_to = self._ship_to(order)
        promise = self._promise(order, ship_to)
        model = self._model if bids is None else self._model.with_prices(bids.prices)
        priced = []
        for draft in drafts:
            if draft.service is ServiceLevel.PICKUP and draft.store != draft.node:
                found.append(f"{draft.node.node_id}: a pickup of its own stock, handed over elsewhere")
                continue
            try:
                price = self._price(model, order, draft, ship_to, promise, now)
            except NotAllowed as why:
                found.append(f"{draft.node.node_id}: {why}")
                continue
            priced.append(price)
            if price.cost != draft.cost:
                found.append(f"{draft.node.node_id}: costs {price.cost}, the solver says {draft.cost} (I7)")
            if price.late_days and not self._late_allowed(order):
                found.append(f"{draft.node.node_id}: {price.late_days} days late, which is not allowed (I10)")
        self._check_lines(order, drafts, left_out, found)
        self._check_nodes(order, drafts, found)
        if refused:
            self._check_refused(order, drafts, refused, found)
        self._check_stock(order, drafts, stock, found)
        self._check_capacity(drafts, stock, found)
        limits = [limit for limit in (order.max_shipments, self._policy.max_shipments) if limit]
        if drafts and limits and len(drafts) + kept_shipments > min(limits):
            found.append(f"{len(drafts) + kept_shipments} shipments, at most {min(limits)}")
        if found:
            raise PlanRefused(order.order_id, found)
        return priced

    @staticmethod
    def _price(
        model: CostModel, order: Order, draft: Draft, ship_to: ShipTo | None, promise: int | None, now: int
    ) -> Priced:
        pickup = isinstance(draft.service, ServiceLevel)
        destination = draft.store if pickup else ship_to
        if destination is None:
            raise NotAllowed(Reason.CONSTRAINT, "nowhere to go")
        return model.price(
            node=draft.node,
            service=draft.service,
            destination=destination,
            ship_day=draft.ship_day,
            now=now,
            contents=draft.contents,
            promise_time=order.pickup_by if pickup else promise,
        )

    def _ship_to(self, order: Order) -> ShipTo | None:
        if order.destination is None:
            return None
        to = order.destination
        return self._model.zones.ship_to(to.country, to.postal_code, to.residential)

    def _promise(self, order: Order, ship_to: ShipTo | None) -> int | None:
        if order.deliver_by is not None or ship_to is None:
            return order.deliver_by
        return self._model.calendar.promise_time(order.service_level, order.order_time, ship_to.place)

    def _late_allowed(self, order: Order) -> bool:
        if order.late_allowed is not None:
            return order.late_allowed
        return self._policy.late_allowed and order.deliver_by is None

    def _check_lines(self, order: Order, drafts: Sequence[Draft], left_out: Sequence[int], found: list[str]) -> None:
        """Every unit once, in a shipment of its line's own kind, lines divided only where they may be."""
        lines = order.lines
        shipped = [0] * len(lines)
        for draft in drafts:
            pickup = isinstance(draft.service, ServiceLevel)
            positions = [position for position, _, _ in draft.contents]
            if not positions or positions != sorted(set(positions)):
                found.append(f"{draft.node.node_id}: lines {positions}, expected one or more, each once, in order")
            for position, item, units in draft.contents:
                line = lines[position]
                shipped[position] += units
                if units < 1 or item.sku != line.sku:
                    found.append(f"{line.line_id}: {units} of {item.sku}, ordered {line.units} of {line.sku}")
                if pickup is not (line.fulfilment is Fulfilment.PICKUP):
                    found.append(f"{line.line_id}: {line.fulfilment.value} line in the other kind of shipment")
                if units != line.units and not self._may_divide(order, item.flags):
                    found.append(f"{line.line_id}: {units} of {line.units} units, and it may not be divided")
        for position, line in enumerate(lines):
            if left_out[position] < 0 or shipped[position] + left_out[position] != line.units:
                taken = f"{shipped[position]} shipped and {left_out[position]} left out"
                found.append(f"{line.line_id}: {taken} of {line.units} units")
        if any(left_out) and drafts and not (self._policy.partial if order.partial is None else order.partial):
            found.append("lines are left out of an order that ships complete or not at all")

    def _may_divide(self, order: Order, flags: frozenset[ItemFlag]) -> bool:
        return (order.divide or self._policy.divide) is not Divide.NEVER and ItemFlag.MUST_NOT_SPLIT not in flags

    def _check_nodes(self, order: Order, drafts: Sequence[Draft], found: list[str]) -> None:
        """Nodes, services and the store are among those that the order allows."""
        stores = set()
        for draft in drafts:
            node = draft.node
            if (
                (node.channels and order.channel not in node.channels)
                or (order.only_nodes and node.node_id not in order.only_nodes)
                or node.node_id in order.not_nodes
                or (order.only_node_types and node.type not in order.only_node_types)
                or node.type in order.not_node_types
            ):
                found.append(f"{node.node_id}: the order may not ship from it")
            if isinstance(draft.service, ServiceLevel):
                if draft.store is not None:
                    stores.add(draft.store.node_id)
                continue
            exact = order.exact_service or order.service_level is ServiceLevel.SAME_DAY
            if draft.service.level not in ((order.service_level,) if exact else PARCEL_LEVELS):
                found.append(f"{node.node_id}: {draft.service.level.value} for an order of {order.service_level.value}")
        if len(stores) > 1:
            found.append(f"picked up at {len(stores)} stores: {', '.join(sorted(stores))}")
        for store in stores:
            self._check_store(order, store, found)

    def _check_refused(
        self, order: Order, drafts: Sequence[Draft], refused: Sequence[tuple[str, Sequence[str]]], found: list[str]
    ) -> None:
        for node_id, line_ids in refused:
            for draft in drafts:
                again = [order.lines[x].line_id for x, _, _ in draft.contents if order.lines[x].line_id in line_ids]
                if draft.node.node_id == node_id and again:
                    found.append(f"{node_id}: rejected {', '.join(again)} before")

    def _check_store(self, order: Order, store: str, found: list[str]) -> None:
        pickup, ship_to = order.pickup, self._ship_to(order)
        if pickup is None or (pickup.node_id and pickup.node_id != store):
            found.append(f"{store}: the order is not picked up there")
        elif pickup.radius_m and ship_to is not None:
            node = self._model.network.nodes[self._column[store]]
            metres = self._model.zones.distance_m(node, ship_to.place)
            if metres > pickup.radius_m:
                found.append(f"{store}: {metres} m away, at most {pickup.radius_m} m")

    def _check_stock(self, order: Order, drafts: Sequence[Draft], stock: Stock, found: list[str]) -> None:
        """Together the shipments take no more of a SKU at a node than the order may (I1)."""
        taken: dict[tuple[int, int], int] = {}
        for draft in drafts:
            column = self._column[draft.node.node_id]
            for _, item, units in draft.contents:
                cell = self._row[item.sku], column
                taken[cell] = taken.get(cell, 0) + units
        for cell, units in taken.items():
            left = int(stock.atp[cell]) - (0 if order.vip else int(stock.protected[cell]))
            if units > left:
                sku, node = self._model.network.items[cell[0]].sku, self._model.network.nodes[cell[1]].node_id
                found.append(f"{node}: {units} of {sku}, which has {left}")

    def _check_capacity(self, drafts: Sequence[Draft], stock: Stock, found: list[str]) -> None:
        """Together the shipments fit the nodes' days: one order, and its units."""
        taken: dict[tuple[int, int], int] = {}
        for draft in drafts:
            day = self._column[draft.node.node_id], draft.ship_day - stock.first_day
            taken[day] = taken.get(day, 0) + sum([units for _, _, units in draft.contents])
        for (column, h), units in taken.items():
            if not 0 <= h < stock.orders_left.shape[1]:
                continue  # beyond the horizon: the cost model refuses it
            if stock.orders_left[column, h] < 1 or stock.units_left[column, h] < units:
                node = self._model.network.nodes[column].node_id
                room = f"{stock.orders_left[column, h]} orders, {stock.units_left[column, h]} units"
                found.append(f"{node}: {units} units on day {stock.first_day + h}, which has room for {room}")
