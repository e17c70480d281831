"""Square POS: the order of the Orders API. Amounts are in the currency's smallest units; goods are named by their variation.

A variation's identifier is the SKU unless the channel's ``skus`` has another for it. The ``order.created`` webhook names an
order without its content, which the channel's own client fetches: such a delivery is incomplete.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.capture.adapter import Adapter, Incomplete
from engine.capture.captured import (
    Address,
    CapturedLine,
    CapturedOrder,
    Charge,
    ChargeKind,
    Customer,
    Payment,
    PaymentState,
)
from engine.capture.channel import Channel
from engine.capture.documents import Count, Document, Text, encoded, parse, read_as
from engine.capture.envelopes import orders_in
from engine.capture.places import within
from engine.capture.reading import NONE, check_currency, first_currency, read_address
from engine.capture.values import instant, maybe_instant, minor_micros
from engine.routing.order import Fulfilment


class Money(Document):
    amount: Count | None = None
    currency: Text | None = None


class LineItem(Document):
    quantity: Count
    uid: Text | None = None
    name: Text | None = None
    variation_name: Text | None = None
    catalog_object_id: Text | None = None
    item_type: Text | None = None
    note: Text | None = None
    base_price_money: Money | None = None
    gross_sales_money: Money | None = None
    variation_total_price_money: Money | None = None
    total_discount_money: Money | None = None
    total_tax_money: Money | None = None


class Tax(Document):
    type: Text | None = None


class ServiceCharge(Document):
    name: Text | None = None
    applied_money: Money | None = None
    amount_money: Money | None = None
    total_money: Money | None = None
    total_tax_money: Money | None = None


class PostalAddress(Document):
    address_line_1: Text | None = None
    address_line_2: Text | None = None
    address_line_3: Text | None = None
    locality: Text | None = None
    administrative_district_level_1: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


class Recipient(Document):
    customer_id: Text | None = None
    display_name: Text | None = None
    email_address: Text | None = None
    phone_number: Text | None = None
    address: PostalAddress | None = None


class Details(Document):
    recipient: Recipient | None = None
    shipping_type: Text | None = None
    shipping_note: Text | None = None
    note: Text | None = None
    pickup_at: Text | None = None
    deliver_at: Text | None = None


class FulfillmentPart(Document):
    type: Text | None = None
    state: Text | None = None
    shipment_details: Details | None = None
    pickup_details: Details | None = None
    delivery_details: Details | None = None


class Tender(Document):
    id: Text | None = None
    type: Text | None = None
    payment_id: Text | None = None
    amount_money: Money | None = None


class Source(Document):
    name: Text | None = None


class SquareOrder(Document):
    id: Text
    created_at: Text
    line_items: list[LineItem]
    location_id: Text | None = None
    state: Text | None = None
    reference_id: Text | None = None
    ticket_name: Text | None = None
    updated_at: Text | None = None
    closed_at: Text | None = None
    customer_id: Text | None = None
    source: Source | None = None
    taxes: list[Tax] | None = None
    service_charges: list[ServiceCharge] | None = None
    fulfillments: list[FulfillmentPart] | None = None
    tenders: list[Tender] | None = None
    total_money: Money | None = None
    total_tip_money: Money | None = None
    net_amount_due_money: Money | None = None


class Square(Adapter):
    """See the module."""

    name = "square"
    formats = "Orders API orders: one, {order}, {orders}; webhooks with X-Square-HmacSha256-Signature"

    def documents(self, body: bytes) -> Sequence[bytes]:
        value = parse(body)
        if isinstance(value, dict) and str(value.get("type", "")).startswith("order."):
            return [encoded(value)]
        return orders_in(
            body, _is_order, ("order", "orders"), "a Square order: an object with location_id and line_items"
        )

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        given = headers.get("x-square-hmacsha256-signature", "")
        digest = hmac.digest(channel.secret.encode(), channel.url.encode() + body, hashlib.sha256)
        return bool(channel.secret) and hmac.compare_digest(base64.b64encode(digest), given.encode())

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        value = parse(document)
        if not _is_order(value):
            number = str(value.get("data", {}).get("id"))
            raise Incomplete(f"order {number} is named without its content (RetrieveOrder)", number)
        order = read_as(SquareOrder, value)
        if order.state == "DRAFT":
            raise Incomplete(f"order {order.id} is a draft: nobody has ordered it yet", order.id)
        currency = _currency(order, channel)
        part = _part(order)
        details = (part and (part.shipment_details or part.pickup_details or part.delivery_details)) or Details()
        recipient = details.recipient or Recipient()
        included = bool(order.taxes) and all((tax.type or "").upper() == "INCLUSIVE" for tax in order.taxes or NONE)
        picked_up = part is not None and part.type == "PICKUP"
        promised = details.pickup_at if picked_up else details.deliver_at
        cancelled = order.state == "CANCELED"
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=order.id,
            order_time=instant("created_at", order.created_at),
            currency=currency,
            lines=tuple(
                _line(order, place, channel, currency, part)
                for place, item in enumerate(order.line_items)
                if item.quantity
            ),
            number=order.reference_id or order.ticket_name or "",
            customer=Customer(
                order.customer_id or recipient.customer_id or "",
                recipient.display_name or "",
                email=recipient.email_address or "",
                phone=recipient.phone_number or "",
            ),
            ship_to=None if picked_up else _address(recipient, channel),
            charges=tuple(_charges(order, currency)),
            total_micros=None if order.total_money is None else _micros("total_money", order.total_money, currency),
            tax_included=included,
            service_level=channel.level_of(details.shipping_type or ""),
            service_name=details.shipping_type or (part.type if part and part.type else ""),
            deliver_by=None if picked_up else maybe_instant("deliver_at", promised, channel.time_zone),
            pickup_by=maybe_instant("pickup_at", promised, channel.time_zone) if picked_up else None,
            pickup_location=(order.location_id or "") if picked_up else "",
            payment=_payment(order, currency),
            notes=tuple(note for note in (details.note, details.shipping_note) if note),
            cancelled_time=(
                instant("updated_at", order.closed_at or order.updated_at or order.created_at) if cancelled else None
            ),
        )


def _is_order(value: Mapping[str, Any]) -> bool:
    return {"id", "location_id", "line_items"} <= value.keys()


def _currency(order: SquareOrder, channel: Channel) -> str:
    amounts = (order.total_money, *(item.base_price_money for item in order.line_items))
    return first_currency("total_money.currency", channel, (money.currency for money in amounts if money))


def _part(order: SquareOrder) -> FulfillmentPart | None:
    open_parts = [each for each in order.fulfillments or NONE if each.state not in ("CANCELED", "FAILED")]
    return open_parts[0] if open_parts else None


def _line(
    order: SquareOrder, position: int, channel: Channel, currency: str, part: FulfillmentPart | None
) -> CapturedLine:
    item = order.line_items[position]
    physical = (item.item_type or "ITEM").upper() == "ITEM" and (part is None or part.type != "DIGITAL")
    # What was sold over the counter has no fulfilment: the customer has it.
    done = part is None or part.state == "COMPLETED" or part.type in ("IN_STORE", "SIMPLE")
    with within(f"line_items[{position}]"):
        gross = item.gross_sales_money or item.variation_total_price_money
        return CapturedLine(
            line_id=item.uid or str(position + 1),
            sku=channel.sku_of(item.catalog_object_id, item.name if physical else None),
            units=item.quantity,
            gross_micros=(
                _micros("gross_sales_money", gross, currency)
                if gross is not None
                else _micros("base_price_money", item.base_price_money, currency) * item.quantity
            ),
            discount_micros=_micros("total_discount_money", item.total_discount_money, currency),
            tax_micros=_micros("total_tax_money", item.total_tax_money, currency),
            closed_units=item.quantity if done else 0,
            title=", ".join(filter(None, (item.name, item.variation_name))),
            fulfilment=Fulfilment.PICKUP if part is not None and part.type == "PICKUP" else Fulfilment.SHIP,
            physical=physical,
            note=item.note or "",
        )


def _charges(order: SquareOrder, currency: str) -> Iterator[Charge]:
    for position, each in enumerate(order.service_charges or NONE):
        with within(f"service_charges[{position}]"):
            shipping = "ship" in (each.name or "").lower() or "deliver" in (each.name or "").lower()
            kind = ChargeKind.SHIPPING if shipping else ChargeKind.FEE
            gross = _micros("applied_money", each.applied_money or each.amount_money or each.total_money, currency)
            yield Charge(kind, gross, 0, _micros("total_tax_money", each.total_tax_money, currency), each.name or "")
    tip = _micros("total_tip_money", order.total_tip_money, currency)
    if tip:
        yield Charge(ChargeKind.TIP, tip)


def _micros(field: str, money: Money | None, currency: str) -> int:
    if money is None:
        return 0
    check_currency(currency, field, money.currency)
    return minor_micros(money.amount, currency)


def _address(recipient: Recipient, channel: Channel) -> Address | None:
    given = recipient.address
    if given is None:
        return None
    return read_address(
        "recipient.address",
        "country",
        given.country or channel.country,
        postal_code=given.postal_code,
        region=given.administrative_district_level_1,
        city=given.locality,
        street=(given.address_line_1, given.address_line_2, given.address_line_3),
        name=recipient.display_name,
        phone=recipient.phone_number,
        email=recipient.email_address,
    )


def _payment(order: SquareOrder, currency: str) -> Payment:
    tenders = order.tenders or NONE
    paid = sum(_micros("tenders.amount_money", tender.amount_money, currency) for tender in tenders)
    total = _micros("total_money", order.total_money, currency)
    state = PaymentState.PENDING
    if paid or (order.total_money is not None and total == 0):
        state = PaymentState.PAID if paid >= total else PaymentState.PARTLY_PAID
    elif order.net_amount_due_money is not None and order.net_amount_due_money.amount == 0:
        state = PaymentState.PAID
    first = tenders[0] if tenders else Tender()
    return Payment(state, first.type or "", first.payment_id or first.id or "", paid if tenders else None)
