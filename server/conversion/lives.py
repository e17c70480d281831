"""Lives and events to messages, and order contents to captured orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.struct_pb2 import Struct
from onebox.v1 import life_pb2 as pb
from onebox.v1 import order_service_pb2 as order_pb

from engine.capture.captured import (
    Address,
    CapturedLine,
    CapturedOrder,
    Charge,
    ChargeKind,
    Customer,
    Payment,
)
from engine.capture.captured import PaymentState as ToldState
from engine.errors import FieldFault, InvalidInput
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life, Shipment, Task
from engine.lifecycle.reconciling import Amiss, Difference
from engine.lifecycle.states import PaymentState
from engine.network.checks import require
from engine.routing.order import MAX_LINES
from engine.shipping.tracking import TrackingEvent
from server.conversion.fields import identifier, instant_from, money, money_from, refuse, within
from server.conversion.orders import MAX_LINE_ID
from server.conversion.returns import return_fields
from server.conversion.routes import package_fields
from server.conversion.words import (
    FULFILMENTS,
    LEVELS,
    ORDER_STATES,
    PAYMENT_STATES,
    SCAN_STAGES,
    SHIPMENT_STATES,
    SOLD_LEVELS,
)

Fields = dict[str, Any]
MAX_SCANS = 1_000
_TOLD = {
    PaymentState.PENDING: ToldState.PENDING,
    PaymentState.AUTHORISED: ToldState.AUTHORISED,
    PaymentState.CAPTURED: ToldState.PAID,
}
_ADDRESS = ("country", "postal_code", "region", "city", "name", "company", "phone", "email")


def captured_from(content: pb.OrderContent, now: int) -> CapturedOrder:
    """Raises InvalidInput: every fault of its lines, else the first of its own."""
    has = content.HasField
    try:
        currency = content.currency_code
        iso = len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
        require(iso, "currency_code", currency, "ISO 4217, three capital letters")
        state = PAYMENT_STATES.member(content.payment_state, "payment_state")
        require(state in _TOLD, "payment_state", state.value, "PENDING, AUTHORISED or CAPTURED")
        expected = "PENDING, as it is on account"
        require(not content.on_account or state is PaymentState.PENDING, "payment_state", state.value, expected)
        told = ToldState.ON_ACCOUNT if content.on_account else _TOLD[state]
        freight = money_from(content.shipping, "shipping", currency)
        name = identifier(content.channel_order_id, "channel_order_id", 90)
        return CapturedOrder(
            channel=content.channel or "phone",
            channel_order_id=name,
            order_time=instant_from(content.order_time, "order_time") if has("order_time") else now,
            currency=currency,
            lines=_lines(content.lines, currency),
            number=content.number or name,
            customer=Customer(name=content.customer_name, email=content.customer_email),
            ship_to=address_from(content.ship_to, "ship_to") if has("ship_to") else None,
            charges=(Charge(ChargeKind.SHIPPING, freight),) if freight else (),
            discount_micros=money_from(content.discount, "discount", currency),
            tax_micros=money_from(content.tax, "tax", currency),
            tax_included=content.tax_included,
            payment=Payment(told, reference=content.payment_reference),
            service_level=SOLD_LEVELS.member(content.service_level, "service_level"),
            deliver_by=instant_from(content.deliver_by_time, "deliver_by_time") if has("deliver_by_time") else None,
            pickup_location=content.pickup_node_id,
            vip=content.vip,
        )
    except InvalidInput as error:
        raise InvalidInput(*within("content", error)) from None


def address_from(message: pb.Address, path: str) -> Address:
    try:
        return Address(street=tuple(message.street), **{name: getattr(message, name) for name in _ADDRESS})
    except InvalidInput as error:
        raise InvalidInput(*within(path, error)) from None


def _lines(messages: Sequence[pb.OrderedLine], currency: str) -> tuple[CapturedLine, ...]:
    require(1 <= len(messages) <= MAX_LINES, "lines", len(messages), f"1..{MAX_LINES} lines")
    lines: list[CapturedLine] = []
    faults: list[FieldFault] = []
    for position, message in enumerate(messages):
        try:
            line_id = message.line_id or str(position + 1)
            lines.append(
                CapturedLine(
                    identifier(line_id, "line_id", MAX_LINE_ID),
                    identifier(message.sku, "sku"),
                    message.units,
                    money_from(message.gross, "gross", currency),
                    money_from(message.discount, "discount", currency),
                    money_from(message.tax, "tax", currency),
                    title=message.title,
                    fulfilment=FULFILMENTS.member(message.fulfilment, "fulfilment"),
                )
            )
        except InvalidInput as error:
            faults.extend(within(f"lines[{position}]", error))
    refuse(faults)
    return tuple(lines)


def life_message(life: Life) -> pb.Life:
    fields: Fields = {
        "order_id": life.order_id,
        "state": ORDER_STATES.number[life.state],
        "content": _content(life),
        "shipments": [shipment_fields(life, shipment) for shipment in life.shipments],
        "payment": _payment(life),
        "hold_reason": life.hold,
        "rejected_by_node_ids": life.not_nodes,
        "returns": [return_fields(back, life.order.currency) for back in life.returns],
    }
    if life.not_before:
        fields["not_before_time"] = {"seconds": life.not_before}
    return pb.Life(**fields)


def _content(life: Life) -> Fields:
    fields = content_fields(life.order, life.cancelled, life.waiting())
    fields["payment_state"] = PAYMENT_STATES.number[life.payment.state]
    fields["payment_reference"] = life.payment.reference
    return fields


def content_fields(
    order: CapturedOrder, cancelled: Mapping[str, int] | None = None, waiting: Mapping[str, int] | None = None
) -> Fields:
    """What was ordered, with the payment as the channel told of it."""
    currency = order.currency
    fields: Fields = {
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "number": order.number,
        "order_time": {"seconds": order.order_time},
        "currency_code": currency,
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "units": line.units,
                "gross": money(line.gross_micros, currency),
                "discount": money(line.discount_micros, currency),
                "tax": money(line.tax_micros, currency),
                "title": line.title,
                "fulfilment": FULFILMENTS.number[line.fulfilment],
                "cancelled_units": (cancelled or {}).get(line.line_id, 0),
                "waiting_units": (waiting or {}).get(line.line_id, 0),
            }
            for line in order.lines
        ],
        "shipping": money(sum(c.gross_micros for c in order.charges if c.kind is ChargeKind.SHIPPING), currency),
        "discount": money(order.discount_micros, currency),
        "tax": money(order.tax_micros, currency),
        "tax_included": order.tax_included,
        "payment_reference": order.payment.reference,
        "on_account": order.payment.state is ToldState.ON_ACCOUNT,
        "pickup_node_id": order.pickup_location,
        "customer_name": order.customer.name,
        "customer_email": order.customer.email,
        "vip": order.vip,
    }
    told = next((state for state, told in _TOLD.items() if told is order.payment.state), None)
    if told is not None:
        fields["payment_state"] = PAYMENT_STATES.number[told]
    if order.service_level is not None:
        fields["service_level"] = LEVELS.number[order.service_level]
    if order.deliver_by is not None:
        fields["deliver_by_time"] = {"seconds": order.deliver_by}
    if order.ship_to is not None:
        to = order.ship_to
        fields["ship_to"] = {"street": to.street, **{name: getattr(to, name) for name in _ADDRESS}}
    return fields


def shipment_fields(life: Life, shipment: Shipment) -> Fields:
    fields: Fields = {
        "shipment_id": shipment.shipment_id,
        "state": SHIPMENT_STATES.number[shipment.state],
        "node_id": shipment.node_id,
        "carrier_id": shipment.carrier_id,
        "service_level": LEVELS.number[shipment.level],
        "destination_node_id": shipment.destination_node,
        "ship_time": {"seconds": shipment.ship_time},
        "arrival_time": {"seconds": shipment.arrival_time},
        "contents": [{"line_id": c.line_id, "sku": c.sku, "units": c.units} for c in shipment.contents],
        "packages": [package_fields(package) for package in shipment.packages],
        "tracking_number": shipment.tracking,
        "route_id": shipment.route_id,
        "order_id": life.order_id,
    }
    fields["tracking_numbers"] = shipment.tracking_numbers
    if shipment.label is not None and shipment.label.tracking_numbers:
        fields["label_id"] = shipment.label.label_id
    fields["scans"] = [_scan_fields(scan) for scan in shipment.scans]
    if shipment.shipped_time:
        fields["shipped_time"] = {"seconds": shipment.shipped_time}
    if shipment.arrived_time:
        fields["arrived_time"] = {"seconds": shipment.arrived_time}
    return fields


def _scan_fields(scan: TrackingEvent) -> Fields:
    fields: Fields = {
        "tracking_number": scan.tracking_number,
        "stage": SCAN_STAGES.number[scan.stage],
        "scan_time": {"seconds": scan.time},
        "place": scan.place,
        "detail": scan.detail,
    }
    if scan.expected_time is not None:
        fields["expected_time"] = {"seconds": scan.expected_time}
    return fields


def scans_from(messages: Sequence[pb.Scan]) -> list[TrackingEvent]:
    """Raises InvalidInput: every fault."""
    require(1 <= len(messages) <= MAX_SCANS, "scans", len(messages), f"1..{MAX_SCANS} scans")
    scans: list[TrackingEvent] = []
    faults: list[FieldFault] = []
    for position, message in enumerate(messages):
        try:
            require(message.HasField("scan_time"), "scan_time", "", "when it was scanned")
            expected = message.expected_time
            scans.append(
                TrackingEvent(
                    instant_from(message.scan_time, "scan_time"),
                    identifier(message.tracking_number, "tracking_number"),
                    SCAN_STAGES.member(message.stage, "stage"),
                    identifier(message.place, "place") if message.place else "",
                    identifier(message.detail, "detail", 500) if message.detail else "",
                    instant_from(expected, "expected_time") if message.HasField("expected_time") else None,
                )
            )
        except InvalidInput as error:
            faults.extend(within(f"scans[{position}]", error))
    refuse(faults)
    return scans


def _payment(life: Life) -> Fields:
    payment, currency = life.payment, life.order.currency
    return {
        "state": PAYMENT_STATES.number[payment.state],
        "reference": payment.reference,
        "authorised": money(payment.authorised, currency),
        "captured": money(payment.captured, currency),
        "refunded": money(payment.refunded, currency),
        "tasks": [_task(task, currency) for task in payment.tasks],
        "declined": payment.declined,
        "credited": money(payment.credited, currency),
        "moved": money(payment.moved, currency),
    }


def _task(task: Task, currency: str) -> str:
    return f"{task.kind.value} {task.micros / 1e6:.2f} {currency}"


def difference_message(found: Difference) -> order_pb.ReconcilePaymentsResponse:
    fields: Fields = {
        "order_id": found.order_id,
        "reference": found.reference,
        "what": found.what.value,
        "mended": found.mended,
    }
    if found.what not in (Amiss.VOIDED, Amiss.UNDER_WAY):
        fields |= {"ours": money(found.ours, found.currency), "theirs": money(found.theirs, found.currency)}
    return order_pb.ReconcilePaymentsResponse(**fields)


def event_message(event: Event) -> pb.LifeEvent:
    data = Struct()
    data.update(event.data)
    return pb.LifeEvent(
        kind=event.kind.value,
        subject_id=event.subject_id,
        order_id=event.order_id,
        before=event.before,
        after=event.after,
        actor=event.actor,
        reason=event.reason,
        event_time={"seconds": event.time},
        data=data,
    )
