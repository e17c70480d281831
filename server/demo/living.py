"""Some orders through their whole life, over the services that a shop, its nodes and its carriers call.

The network's own orders are captured once more, a while after the last that was routed. The server's time is that of the
latest order or scan, so the scans of packages make its days pass.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from engine.network.nodes import NodeType
from engine.routing.order import Fulfilment, Order
from engine.simulation.outcome import Outcome
from server.demo.shop import Shop

_HOUR_S, _DAY_S = 3_600, 86_400
_TRIED = 8
_PARCELS = frozenset({ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT})


class Turn(enum.Enum):
    """What happens to an order, in words."""

    REJECTED = "rejected by its node, then a line comes back"
    SHORT = "a line is not found where it should be"
    CANCELLED = "cancelled once it was packed"
    PICKED_UP = "picked up with a code"
    PLAIN = "delivered"


@dataclass(slots=True)
class Living:
    """One order's life: a Life message as it stood at last, and its LifeEvent messages."""

    order_id: str
    turn: Turn
    life: Any = None
    events: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of them. The first is told in full; ``label_zpl`` is the label that it left with."""

    lives: Sequence[Living] = ()
    label_zpl: bytes = b""


def live(channel: Any, network: Network, orders: Sequence[Order], outcomes: Sequence[Outcome]) -> Lived:
    """Lead a handful of orders from capture to the end; none where no order is shipped by another node once one rejects it."""
    shop = Shop(channel, network, max(order.order_time for order in orders))
    by_id = {order.order_id: order for order in orders}
    told = _rejected(shop, _stores_first(network, by_id, outcomes))
    if told is None:
        return Lived()
    lives = [told]
    used = {told.order_id}
    for turn, wanted in (
        (Turn.SHORT, [order for order in _sent(by_id, outcomes) if len(order.lines) > 1]),
        (Turn.CANCELLED, _sent(by_id, outcomes)),
        (Turn.PICKED_UP, _picked_up(by_id, outcomes)),
        (Turn.PLAIN, _sent(by_id, outcomes)),
    ):
        order = next((each for each in wanted if _name(each) not in used), None)
        if order is not None:
            used.add(_name(order))
            lives.append(Living(shop.take(order).order_id, turn))
    for each in lives:
        _work(shop, each)
    label = shop.label_zpl(shop.shipments(told.order_id, "PACKED")[0].shipment_id)
    for each in lives:
        _leave(shop, each)
    _arrive(shop, lives)
    _come_back(shop, told)
    for each in lives:
        each.life, each.events = shop.life(each.order_id), shop.timeline(each.order_id)
    return Lived(lives, label)


def _name(order: Order) -> str:
    return f"{order.channel}:{order.order_id}-life"


def _sent(orders: Mapping[str, Order], outcomes: Sequence[Outcome]) -> list[Order]:
    """What went whole, in one shipment by a carrier, the latest first."""
    return [orders[each.order_id] for each in reversed(outcomes) if _by_carrier(orders[each.order_id], each)]


def _by_carrier(order: Order, outcome: Outcome) -> bool:
    once = len(outcome.shipments) == 1 and not outcome.left_out and order.destination is not None
    return once and outcome.shipments[0].level in _PARCELS


def _stores_first(network: Network, orders: Mapping[str, Order], outcomes: Sequence[Outcome]) -> list[Order]:
    """What a store sent by a carrier, then what others did; orders of several lines first."""
    stores = {node.node_id for node in network.nodes if node.type is NodeType.STORE}
    found = [
        (each.shipments[0].node_id not in stores, len(orders[each.order_id].lines) < 2, orders[each.order_id])
        for each in outcomes
        if _by_carrier(orders[each.order_id], each)
    ]
    return [order for *_, order in sorted(found, key=lambda one: one[:2])[:_TRIED]]


def _picked_up(orders: Mapping[str, Order], outcomes: Sequence[Outcome]) -> list[Order]:
    found = (orders[each.order_id] for each in outcomes if each.shipments and not each.left_out)
    return [
        order
        for order in found
        if order.pickup is not None
        and order.pickup.node_id
        and all(line.fulfilment is Fulfilment.PICKUP for line in order.lines)
    ]


def _rejected(shop: Shop, candidates: Sequence[Order]) -> Living | None:
    """The first of the orders that a node gets, has no staff for, and another node gets."""
    for order in candidates:
        life = shop.take(order)
        if len(life.shipments) == 1:
            life = shop.node("RejectShipment", life.shipments[0], reason="no staff today").life
            if len(life.shipments) > 1 and not any(line.waiting_units for line in life.content.lines):
                return Living(life.order_id, Turn.REJECTED)
        shop.order("CancelOrder", order_id=life.order_id, reason="another one is told of")
    return None


def _work(shop: Shop, one: Living) -> None:
    """Nodes accept, pick and pack what they have; what one does not find, another does."""
    short = one.turn is Turn.SHORT
    while released := shop.shipments(one.order_id, "RELEASED"):
        for shipment in released:
            shop.node("AcceptShipment", shipment)
            missing = [{"line_id": shipment.contents[-1].line_id, "units": 0}] if short else []
            shop.node("PickShipment", shipment, short_lines=missing)
            short = False
    for shipment in shop.shipments(one.order_id, "PICKED"):
        shop.node("PackShipment", shipment)


def _leave(shop: Shop, one: Living) -> None:
    if one.turn is Turn.CANCELLED:
        shop.order("CancelOrder", order_id=one.order_id, reason="the customer changed her mind")
    for shipment in shop.shipments(one.order_id, "PACKED"):
        if shipment.tracking_numbers:
            shop.node("ShipShipment", shipment)
    for shipment in shop.shipments(one.order_id, "PACKED"):
        code = shop.node("ReadyShipment", shipment).pickup_code
        shop.node("HandOverShipment", shipment, pickup_code=code)


def _arrive(shop: Shop, lives: Sequence[Living]) -> None:
    """Carriers scan what left; what goes to a store is handed over there."""
    scans = []
    to_stores = []
    left = shop.now
    for one in lives:
        for shipment in shop.shipments(one.order_id, "SHIPPED"):
            there = max(left + _DAY_S, shipment.arrival_time.seconds)
            accepted, out = left + 2 * _HOUR_S, there - 5 * _HOUR_S
            days = range(accepted + 2 * _DAY_S, out, 2 * _DAY_S)
            stages = [(accepted, "ACCEPTED"), *((time, "IN_TRANSIT") for time in days)]
            stages += [(out, "OUT_FOR_DELIVERY"), (there, "DELIVERED")]
            for number in shipment.tracking_numbers:
                scans += [(time, number, stage, shipment.carrier_id) for time, stage in stages]
            if shipment.destination_node_id:
                to_stores.append(shipment)
    for time, number, stage, carrier_id in sorted(scans):
        shop.scan(number, stage, time, carrier_id)
    for shipment in to_stores:
        code = shop.node("ReadyShipment", shipment, actor=shipment.destination_node_id).pickup_code
        shop.node("HandOverShipment", shipment, actor=shipment.destination_node_id, pickup_code=code)


def _come_back(shop: Shop, one: Living) -> None:
    """One line comes back to where it left from, by a label of its own, and is paid back."""
    line = shop.life(one.order_id).content.lines[-1]
    lines = [{"line_id": line.line_id, "units": line.units}]
    asked = {"actor": "customer", "reason": "does not fit"}
    back = shop.back("AuthoriseReturn", order_id=one.order_id, lines=lines, **asked).returns[0]
    for number in shop.label_return(back.return_id, **asked):
        shop.scan(number, "ACCEPTED", shop.now + _DAY_S)
        shop.scan(number, "DELIVERED", shop.now + 2 * _DAY_S)
    shop.back("ReceiveReturn", return_id=back.return_id, actor=back.node_id)
    shop.back("GradeReturn", return_id=back.return_id, actor=back.node_id, reason="as new")
