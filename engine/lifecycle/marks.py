"""Where a life is to be found: who looks for work finds it in an index, which the change itself keeps.

``queue:NODE`` has the shipments a node works on, by departure; ``waiting:SKU`` the orders that wait for stock, by order time,
and ``backorders`` all of them;
``captured`` those that nobody has decided yet, ``captured:CHANNEL`` by channel;
``due`` the orders with a date to come, by that date; ``again`` those of which a node rejected something, by when anybody may
go on with them; ``money`` those with something for the gateway to do; ``labels`` those with a label that a carrier is to take
back; ``exchanges`` those for which an order is still to go out;
``lives`` every order, ``customer:WHO`` those of a customer, both by order time. ``on its way`` has shipments by when their
carrier is to be asked again, ``departed:NODE`` those that left a node by when they did,
``parcel:NUMBER`` what a package belongs to: a shipment or a return.
"""

from __future__ import annotations

from engine.lifecycle.life import Life
from engine.lifecycle.lives import Marks
from engine.lifecycle.states import AT_NODE, GIVEN_UP, ON_ITS_WAY, OrderState, ReturnState, ShipmentState

BACKORDERS = "backorders"
LABELS = "labels"
ON_THE_WAY = "on its way"
EXCHANGES = "exchanges"
QUEUED = AT_NODE | {ShipmentState.READY}


def queue_of(node_id: str) -> str:
    return f"queue:{node_id}"


def waiting_for(sku: str) -> str:
    return f"waiting:{sku}"


def departed(node_id: str) -> str:
    return f"departed:{node_id}"


def parcel(tracking_number: str) -> str:
    return f"parcel:{tracking_number}"


def captured(channel: str = "") -> str:
    """``channel``: of one alone."""
    return f"captured:{channel}" if channel else "captured"


def customer(who: str) -> str:
    """``who``: an email, however it is written, or CHANNEL/ID as the channel knows him."""
    return f"customer:{who.strip().lower()}"


def marks_of(life: Life) -> Marks:
    order = life.order
    marks = {("lives", life.order_id): order.order_time}
    if order.customer.email:
        marks[customer(order.customer.email), life.order_id] = order.order_time
    if order.customer.customer_id:
        marks[customer(f"{order.channel}/{order.customer.customer_id}"), life.order_id] = order.order_time
    for shipment in life.shipments:
        if shipment.state in QUEUED:
            place = shipment.node_id
            if shipment.state is ShipmentState.READY:
                place = shipment.destination_node or shipment.node_id
            marks[queue_of(place), shipment.shipment_id] = shipment.ship_time
        if shipment.state in ON_ITS_WAY and shipment.tracking_numbers:
            marks[ON_THE_WAY, shipment.shipment_id] = shipment.next_look
        if shipment.gone and shipment.shipped_time:
            marks[departed(shipment.node_id), shipment.shipment_id] = shipment.shipped_time
        for number in shipment.tracking_numbers if shipment.state not in GIVEN_UP else ():
            marks[parcel(number), shipment.shipment_id] = shipment.ship_time
    for back in life.returns:
        if back.label is not None and back.state is not ReturnState.CANCELLED:
            marks |= {(parcel(number), back.return_id): back.label.time for number in back.label.tracking_numbers}
    waiting = life.waiting()
    if waiting and life.routed and not life.hold and not life.again:
        marks[BACKORDERS, life.order_id] = life.order.order_time
        for line in life.order.lines:
            if line.line_id in waiting:
                marks[waiting_for(line.sku), life.order_id] = life.order.order_time
    if life.state is OrderState.CAPTURED:
        marks[captured(), life.order_id] = marks[captured(order.channel), life.order_id] = order.order_time
    if life.state is OrderState.SCHEDULED:
        marks["due", life.order_id] = life.not_before
    if life.again and waiting and not life.hold:
        marks["again", life.order_id] = life.again
    if life.taken_back:
        marks[LABELS, life.order_id] = life.order.order_time
    if any(back.exchange_order_id and not back.captured for back in life.returns):
        marks[EXCHANGES, life.order_id] = life.order.order_time
    if life.payment.tasks:
        marks["money", life.order_id] = life.order.order_time
    return marks
