"""What a customer is told, by events of his order: confirmed, shipped, delayed, delivered, ready to be picked up."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.dock.consignments import customer_address
from engine.dock.papers import names_of
from engine.dock.premises import Premises
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life, Shipment
from engine.lifecycle.money import order_total
from engine.lifecycle.states import ARRIVED, GIVEN_UP, Kind, OrderState, ShipmentState
from engine.shipping.addresses import printed
from engine.shipping.mails.notice import Notice, NoticeLine, NoticePackage, Occasion
from engine.shipping.tracking import Trouble

_DELAYS = frozenset({Trouble.WILL_BE_LATE.value, Trouble.LATE.value})
_BEGUN = frozenset({OrderState.HELD.value, OrderState.CANCELLED.value})


def notice_of(event: Event, life: Life, premises: Premises, seller: str) -> Notice | None:
    """What there is to tell after ``event`` of the order as it stands now; None where that is nothing, or nobody to be told.

    Its id is the same for everything that would tell the customer the same once more.
    """
    email = life.order.customer.email or (life.order.ship_to.email if life.order.ship_to else "")
    if not email:
        return None
    made: Notice | None = None
    if event.kind is Kind.ORDER and event.before in ("", OrderState.HELD.value) and event.after not in _BEGUN:
        made = _confirmed(life, premises, seller, email)
    elif event.kind is Kind.SHIPMENT:
        shipment = next((each for each in life.shipments if each.shipment_id == event.subject_id), None)
        occasion = _occasion(event, shipment)
        if shipment is not None and occasion is not None:
            made = _of_shipment(occasion, event, life, shipment, premises, seller, email)
    return made


def _occasion(event: Event, shipment: Shipment | None) -> Occasion | None:
    if shipment is None or shipment.state in GIVEN_UP:
        return None
    moved = event.before != event.after
    if moved and event.after == ShipmentState.SHIPPED.value and not shipment.destination_node:
        return Occasion.SHIPPED
    if moved and event.after == ShipmentState.DELIVERED.value:
        return Occasion.DELIVERED
    if moved and event.after == ShipmentState.READY.value:
        return Occasion.READY_FOR_PICKUP
    if event.data.get("trouble") in _DELAYS and shipment.state not in ARRIVED:
        return Occasion.DELAYED
    return None


def _confirmed(life: Life, premises: Premises, seller: str, email: str) -> Notice:
    order, names = life.order, names_of(life, premises)
    lines = tuple(
        NoticeLine(names[line.line_id], line.units, line.gross_micros - line.discount_micros) for line in order.lines
    )
    return Notice(
        Occasion.CONFIRMED,
        f"{life.order_id}/confirmed",
        seller,
        _name(life),
        email,
        order.number or order.channel_order_id,
        lines,
        order.currency,
        order_total(order),
        address=printed(customer_address(life)) if order.ship_to is not None else (),
    )


def _of_shipment(
    occasion: Occasion,
    event: Event,
    life: Life,
    shipment: Shipment,
    premises: Premises,
    seller: str,
    email: str,
) -> Notice:
    names, order = names_of(life, premises), life.order
    at_store = occasion is Occasion.READY_FOR_PICKUP
    store = shipment.destination_node or shipment.node_id
    zone = premises.node(shipment.node_id).time_zone
    arrives = datetime.fromtimestamp(shipment.arrival_time, ZoneInfo(zone))
    carrier = premises.carrier_name(shipment.carrier_id)
    return Notice(
        occasion,
        f"{shipment.shipment_id}/{occasion.value.lower()}",
        seller,
        _name(life),
        email,
        order.number or order.channel_order_id,
        tuple(NoticeLine(names.get(each.line_id, each.sku), each.units) for each in shipment.contents),
        expected=f"{arrives:%A} {arrives.day} {arrives:%B}" if occasion is Occasion.SHIPPED else "",
        address=printed(premises.address(store)) if at_store else printed(customer_address(life)),
        packages=() if at_store else tuple(NoticePackage(carrier, number) for number in shipment.tracking_numbers),
        code=shipment.code if at_store else "",
        reason=str(event.data.get("detail", "")) if occasion is Occasion.DELAYED else "",
    )


def _name(life: Life) -> str:
    return life.order.customer.name or (life.order.ship_to.name if life.order.ship_to else "")
