"""One step in a life: what it changes, what it does to stock, what happened. Pure; ``committing.py`` commits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from engine.errors import NotFound, WrongState
from engine.inventory.ledger import CapacityClaim, Claim
from engine.lifecycle.events import Event
from engine.lifecycle.life import CarrierLabel, Life, Return, Shipment, TakenBack, order_state
from engine.lifecycle.lives import Adopt, Allocate, Change, Effect, Free, Ship
from engine.lifecycle.marks import marks_of
from engine.lifecycle.money import payment_state, settled
from engine.lifecycle.states import TABLES, Kind, ReturnState, ShipmentState, check_move
from engine.routing.route import Content

_ASKING_S = 600
"""So long after a label is not needed any more, somebody may still be buying it."""


class Step:
    """``life`` as it will be. ``actor`` does it for ``reason`` at ``now`` (UTC seconds)."""

    def __init__(self, life: Life, now: int, actor: str, reason: str = "", *, first: bool = False) -> None:
        self.life = life
        self.now = now
        self.actor = actor
        self.reason = reason
        self.effects: list[Effect] = []
        self.events: list[Event] = []
        self._before = {} if first else marks_of(life)
        self._first = first

    def set(self, **fields: Any) -> None:
        self.life = replace(self.life, **fields)

    def tell(self, kind: Kind, subject_id: str, before: str, after: str, **data: Any) -> None:
        """Append an event; a move must be in the table."""
        if before != after:
            check_move(kind, before, after)
        event = Event(kind, subject_id, self.life.order_id, before, after, self.actor, self.now, self.reason, data)
        self.events.append(event)

    def note(self, what: str, **data: Any) -> None:
        """An event of the order that moves nothing by itself."""
        state = self.life.state.value
        self.tell(Kind.ORDER, self.life.order_id, state, state, what=what, **data)

    def number(self) -> int:
        self.set(numbered=self.life.numbered + 1)
        return self.life.numbered

    # Shipments

    def shipment(self, shipment_id: str) -> Shipment:
        for each in self.life.shipments:
            if each.shipment_id == shipment_id:
                return each
        raise NotFound("shipment", shipment_id)

    def put(self, shipment: Shipment) -> None:
        """In the place of the one of its id, or as a new one."""
        ids = [each.shipment_id for each in self.life.shipments]
        if shipment.shipment_id in ids:
            shipments = tuple(
                shipment if each.shipment_id == shipment.shipment_id else each for each in self.life.shipments
            )
        else:
            shipments = (*self.life.shipments, shipment)
        self.set(shipments=shipments)

    def move(self, shipment: Shipment, to: ShipmentState, data: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """Raises WrongState where the table has no such move."""
        if to.value not in TABLES[Kind.SHIPMENT][shipment.state.value]:
            raise WrongState(shipment.shipment_id, shipment.state.value, to.value, "shipment")
        self.put(replace(shipment, state=to, **fields))
        told = {"node_id": shipment.node_id, **(data or {})}
        self.tell(Kind.SHIPMENT, shipment.shipment_id, shipment.state.value, to.value, **told)

    def give_up(self, shipment: Shipment, to: ShipmentState, **data: Any) -> None:
        """Its units come back from its allocation."""
        self.move(shipment, to, data, held=False)
        if shipment.held:
            self.effects.append(Free(shipment.shipment_id))
        self.take_back(shipment.label)

    def ship_out(self, shipment: Shipment, to: ShipmentState, **fields: Any) -> None:
        """Its units leave."""
        units = sum(content.units for content in shipment.contents)
        data = {"shipped_units": units, "contents": contents_data(shipment.contents)}
        if fields.get("tracking"):
            data["tracking"] = fields["tracking"]
        if len(shipment.tracking_numbers) > 1:
            data["tracking_numbers"] = list(shipment.tracking_numbers)
        self.move(shipment, to, data, held=False, shipped_time=self.now, **fields)
        self.effects.append(Ship(shipment.shipment_id))

    def shrink(self, shipment: Shipment, contents: tuple[Content, ...]) -> None:
        """It keeps only ``contents``; the rest is given back."""
        claims = claims_of(contents, shipment.node_id)
        fewer = sum(content.units for content in contents)
        capacity = tuple(
            CapacityClaim(day.node_id, day.day, day.orders, min(day.units, fewer), day.order_limit, day.unit_limit)
            for day in shipment.capacity
        )
        self.effects += (Free(shipment.shipment_id), Allocate(shipment.shipment_id, claims, capacity))
        self.put(replace(shipment, contents=contents, packages=(), capacity=capacity))

    def adopt(self, route_id: str, planned: Sequence[Shipment], capacity: Sequence[CapacityClaim]) -> None:
        """A route's reservation becomes the shipments' allocations."""
        self.effects.append(Adopt(route_id))
        left = {(day.node_id, day.day): day for day in capacity}
        for shipment in planned:
            days = []
            day = left.pop((shipment.node_id, shipment.ship_day), None)
            if day is not None:
                units = sum(content.units for content in shipment.contents)
                days.append(CapacityClaim(day.node_id, day.day, day.orders, units, day.order_limit, day.unit_limit))
                rest = CapacityClaim(day.node_id, day.day, 0, day.units - units, day.order_limit, day.unit_limit)
                left[shipment.node_id, shipment.ship_day] = rest
            claims = claims_of(shipment.contents, shipment.node_id)
            self.effects.append(Allocate(shipment.shipment_id, claims, tuple(days)))
            self.put(replace(shipment, capacity=tuple(days)))
            data = {
                "node_id": shipment.node_id,
                "route_id": route_id,
                "carrier_id": shipment.carrier_id,
                "level": shipment.level.value,
                "ship_time": shipment.ship_time,
                "arrival_time": shipment.arrival_time,
                "cost_micros": shipment.cost,
                "contents": contents_data(shipment.contents),
            }
            self.tell(Kind.SHIPMENT, shipment.shipment_id, "", shipment.state.value, **data)

    def take_back(self, label: CarrierLabel | None) -> None:
        """The carrier is to take it back, if there is one. One that is only being asked for too: it may be bought by now."""
        if label is not None:
            back = TakenBack(label.label_id, label.carrier_id, self.now + _ASKING_S)
            self.set(taken_back=(*self.life.taken_back, back))

    # Returns

    def a_return(self, return_id: str) -> Return:
        for each in self.life.returns:
            if each.return_id == return_id:
                return each
        raise NotFound("return", return_id)

    def move_return(self, back: Return, to: ReturnState, data: Mapping[str, Any] | None = None) -> None:
        """``back`` with its new fields, in the state it was in. Raises WrongState where the table has no such move."""
        if to.value not in TABLES[Kind.RETURN][back.state.value]:
            raise WrongState(back.return_id, back.state.value, to.value, "return")
        moved = replace(back, state=to)
        self.set(returns=tuple(moved if each.return_id == back.return_id else each for each in self.life.returns))
        self.tell(Kind.RETURN, back.return_id, back.state.value, to.value, **(data or {}))
        if to is ReturnState.CANCELLED:
            self.take_back(back.label)

    # The end

    def finish(self, request_id: str, fingerprint: bytes, version: int) -> Change:
        """Where order and payment stand now, and what the gateway has to do."""
        life, tasks = settled(self.life)
        before = self.life
        state = order_state(life, self.now)
        paid = replace(life.payment, state=payment_state(life.payment))
        self.life = replace(life, state=state, payment=paid)
        old_order = "" if self._first else before.state.value
        old_payment = "" if self._first else before.payment.state.value
        if old_order != state.value:
            data: dict[str, Any] = {}
            if self._first:
                data = {"channel": life.order.channel, "number": life.order.number}
            elif waiting := life.waiting():
                data = {"waiting": dict(sorted(waiting.items()))}
            self.tell(Kind.ORDER, life.order_id, old_order, state.value, **data)
        money: dict[str, Any] = {}
        if self._first:
            money = {"authorised_micros": paid.authorised, "captured_micros": paid.captured}
            if paid.credits:
                money["credited_micros"] = paid.credited
        if tasks:
            money |= {"what": "asked", "tasks": [f"{task.kind.value} {task.micros}" for task in tasks]}
        if old_payment != paid.state.value or tasks:
            self.tell(Kind.PAYMENT, life.order_id, old_payment, paid.state.value, **money)
        events = tuple(self.events)
        return Change(
            request_id,
            fingerprint,
            life.order_id,
            version,
            self.life,
            tuple(self.effects),
            events,
            self._before,
            marks_of(self.life),
        )


def claims_of(contents: Sequence[Content], node_id: str) -> tuple[Claim, ...]:
    """Each SKU once."""
    units: dict[str, int] = {}
    for content in contents:
        units[content.sku] = units.get(content.sku, 0) + content.units
    return tuple(Claim(sku, node_id, amount) for sku, amount in units.items())


def contents_data(contents: Sequence[Content]) -> list[list[Any]]:
    return [[content.line_id, content.sku, content.units] for content in contents]
