"""WooCommerce: the order of REST API v3, as the ``order.created`` webhook sends it.

All its amounts are without tax, also in shops whose prices include it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from engine.capture.documents import Amount, Count, Document, Text, parse, read_as
from engine.capture.envelopes import orders_in
from engine.capture.places import within
from engine.capture.reading import NONE, joined_name, read_address
from engine.capture.signatures import base64_hmac_matches
from engine.capture.values import currency_code, instant, maybe_instant, micros
from engine.routing.order import Fulfilment


class Meta(Document):
    key: Text | None = None
    value: Any = None


class LineItem(Document):
    quantity: Count
    id: Text | None = None
    name: Text | None = None
    sku: Text | None = None
    variation_id: Text | None = None
    product_id: Text | None = None
    subtotal: Amount | None = None
    total: Amount | None = None
    total_tax: Amount | None = None
    bundled_by: Any = None
    bundled_items: Any = None


class ShippingLine(Document):
    method_title: Text | None = None
    method_id: Text | None = None
    total: Amount | None = None
    total_tax: Amount | None = None
    meta_data: list[Meta] | None = None


class FeeLine(Document):
    name: Text | None = None
    total: Amount | None = None
    total_tax: Amount | None = None


class PostalAddress(Document):
    first_name: Text | None = None
    last_name: Text | None = None
    company: Text | None = None
    address_1: Text | None = None
    address_2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postcode: Text | None = None
    country: Text | None = None
    email: Text | None = None
    phone: Text | None = None


class WooOrder(Document):
    id: Text
    currency: Text
    line_items: list[LineItem]
    number: Text | None = None
    status: Text | None = None
    date_created_gmt: Text | None = None
    date_created: Text | None = None
    date_modified_gmt: Text | None = None
    date_paid_gmt: Text | None = None
    total: Amount | None = None
    customer_id: Text | None = None
    customer_note: Text | None = None
    billing: PostalAddress | None = None
    shipping: PostalAddress | None = None
    payment_method: Text | None = None
    payment_method_title: Text | None = None
    transaction_id: Text | None = None
    shipping_lines: list[ShippingLine] | None = None
    fee_lines: list[FeeLine] | None = None


_PAYMENT = {
    "processing": PaymentState.PAID,
    "completed": PaymentState.PAID,
    "refunded": PaymentState.REFUNDED,
    "cancelled": PaymentState.VOIDED,
    "failed": PaymentState.VOIDED,
}
_CLOSED = ("completed", "refunded")
_NOT_PLACED = ("checkout-draft", "auto-draft", "draft", "trash")


class WooCommerce(Adapter):
    """See the module."""

    name = "woocommerce"
    formats = "REST API v3 orders: one or a list; webhooks with X-WC-Webhook-Signature"

    def documents(self, body: bytes) -> Sequence[bytes]:
        if body.startswith(b"webhook_id="):
            return []  # sent once, when the webhook is set up
        what = "a WooCommerce order: an object with id, line_items and billing"
        return orders_in(body, _is_order, ("order", "orders", "data"), what)

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        return base64_hmac_matches(channel.secret, body, headers.get("x-wc-webhook-signature"))

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        order = read_as(WooOrder, parse(document))
        status = (order.status or "").removeprefix("wc-").lower()
        if status in _NOT_PLACED:
            raise Incomplete(f"order {order.id} is a {status}: nobody has ordered it yet", order.id)
        store = _store(order)
        names = [name for each in order.shipping_lines or NONE for name in (each.method_title, each.method_id) if name]
        fees = order.fee_lines or NONE
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=order.id,
            order_time=_created(order, channel),
            currency=currency_code("currency", order.currency),
            lines=tuple(
                _line(item, position, channel, bool(store), status in _CLOSED)
                for position, item in enumerate(order.line_items)
                if item.quantity
            ),
            number=order.number or "",
            customer=_customer(order),
            ship_to=_address("shipping", order.shipping, channel) or _address("billing", order.billing, channel),
            bill_to=_address("billing", order.billing, channel),
            charges=(
                *(_charge(ChargeKind.SHIPPING, each, each.method_title) for each in order.shipping_lines or NONE),
                *(_charge(ChargeKind.FEE, fee, fee.name) for fee in fees if micros(fee.total) >= 0),
            ),
            discount_micros=-sum(micros(fee.total) + micros(fee.total_tax) for fee in fees if micros(fee.total) < 0),
            total_micros=None if order.total is None else micros(order.total),
            service_level=channel.level_of(*names),
            service_name=names[0] if names else "",
            pickup_location=store,
            payment=Payment(
                PaymentState.PAID if order.date_paid_gmt and status == "on-hold" else _paid_state(status),
                order.payment_method_title or order.payment_method or "",
                order.transaction_id or "",
            ),
            notes=(order.customer_note,) if order.customer_note else (),
            cancelled_time=_created(order, channel, "date_modified_gmt") if status in ("cancelled", "failed") else None,
        )


def _is_order(value: Mapping[str, Any]) -> bool:
    return "line_items" in value and "id" in value and "billing" in value


def _paid_state(status: str) -> PaymentState:
    return _PAYMENT.get(status, PaymentState.PENDING)


def _created(order: WooOrder, channel: Channel, field: str = "date_created_gmt") -> int:
    given = maybe_instant(field, getattr(order, field))
    if given is not None:
        return given
    return instant("date_created", order.date_created or "", channel.time_zone)


def _line(item: LineItem, position: int, channel: Channel, picked_up: bool, closed: bool) -> CapturedLine:
    kit = str(item.bundled_by) if item.bundled_by else ""
    with within(f"line_items[{position}]"):
        before, after = micros(item.subtotal if item.subtotal is not None else item.total), micros(item.total)
        return CapturedLine(
            line_id=item.id or str(position + 1),
            sku=channel.sku_of(item.sku, item.variation_id, item.product_id, item.name),
            units=item.quantity,
            gross_micros=max(before, after),
            discount_micros=max(0, before - after),
            tax_micros=micros(item.total_tax),
            closed_units=item.quantity if closed else 0,
            title=item.name or "",
            fulfilment=Fulfilment.PICKUP if picked_up else Fulfilment.SHIP,
            physical=not item.bundled_items,
            kit_line_id=kit,
        )


def _charge(kind: ChargeKind, given: ShippingLine | FeeLine, title: str | None) -> Charge:
    return Charge(kind, micros(given.total), tax_micros=micros(given.total_tax), title=title or "")


def _store(order: WooOrder) -> str:
    """The place of a local pickup: its name where the shop keeps one, else the method's."""
    for each in order.shipping_lines or NONE:
        if (each.method_id or "").partition(":")[0] in ("local_pickup", "pickup_location"):
            named = [meta.value for meta in each.meta_data or NONE if meta.key == "pickup_location"]
            return str(named[0] if named else each.method_title or "pickup")
    return ""


def _address(field: str, given: PostalAddress | None, channel: Channel) -> Address | None:
    # Where nothing ships, or where it ships to the billing address, the parts are there and empty.
    if given is None or not (given.country or given.postcode or given.address_1):
        return None
    return read_address(
        field,
        "country",
        given.country or channel.country,
        postal_code=given.postcode,
        region=given.state,
        city=given.city,
        street=(given.address_1, given.address_2),
        name=joined_name(given.first_name, given.last_name),
        company=given.company,
        phone=given.phone,
        email=given.email,
    )


def _customer(order: WooOrder) -> Customer:
    payer = order.billing or PostalAddress()
    known = order.customer_id if order.customer_id not in (None, "0") else ""
    name = joined_name(payer.first_name, payer.last_name)
    return Customer(known or "", name, payer.company or "", payer.email or "", payer.phone or "")
