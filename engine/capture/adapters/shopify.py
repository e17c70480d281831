"""Shopify: the order of the REST Admin API, as the ``orders/create`` webhook sends it.

Amounts are in the shop's currency, which the plain fields are in; what the customer paid in stands in ``presentment_*``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.capture.adapter import Adapter
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


class Money(Document):
    amount: Amount | None = None
    currency_code: Text | None = None


class MoneySet(Document):
    shop_money: Money | None = None
    presentment_money: Money | None = None


class Priced(Document):
    """A tax line."""

    price: Amount | None = None


class Allocation(Document):
    amount: Amount | None = None


class Property(Document):
    name: Text | None = None
    value: Any = None


class LineItem(Document):
    quantity: Count
    id: Text | None = None
    sku: Text | None = None
    variant_id: Text | None = None
    product_id: Text | None = None
    title: Text | None = None
    name: Text | None = None
    price: Amount | None = None
    total_discount: Amount | None = None
    discount_allocations: list[Allocation] | None = None
    tax_lines: list[Priced] | None = None
    current_quantity: Count | None = None
    fulfillable_quantity: Count | None = None
    requires_shipping: bool | None = None
    gift_card: bool | None = None
    properties: list[Property] | None = None


class ShippingLine(Document):
    price: Amount | None = None
    discounted_price: Amount | None = None
    discount_allocations: list[Allocation] | None = None
    tax_lines: list[Priced] | None = None
    title: Text | None = None
    code: Text | None = None
    delivery_category: Text | None = None
    is_removed: bool | None = None


class PostalAddress(Document):
    first_name: Text | None = None
    last_name: Text | None = None
    name: Text | None = None
    company: Text | None = None
    address1: Text | None = None
    address2: Text | None = None
    city: Text | None = None
    province: Text | None = None
    province_code: Text | None = None
    zip: Text | None = None
    country: Text | None = None
    country_code: Text | None = None
    phone: Text | None = None


class Buyer(Document):
    id: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    email: Text | None = None
    phone: Text | None = None


class RefundLine(Document):
    line_item_id: Text | None = None
    quantity: Count = Count(0)


class Refund(Document):
    refund_line_items: list[RefundLine] | None = None


class ShopifyOrder(Document):
    id: Text
    created_at: Text
    currency: Text
    line_items: list[LineItem]
    name: Text | None = None
    email: Text | None = None
    contact_email: Text | None = None
    phone: Text | None = None
    note: Text | None = None
    note_attributes: list[Property] | None = None
    tags: Text | None = None
    test: bool | None = None
    cancelled_at: Text | None = None
    taxes_included: bool | None = None
    total_price: Amount | None = None
    total_price_set: MoneySet | None = None
    total_tax: Amount | None = None
    total_discounts: Amount | None = None
    total_tip_received: Amount | None = None
    total_outstanding: Amount | None = None
    original_total_duties_set: MoneySet | None = None
    presentment_currency: Text | None = None
    financial_status: Text | None = None
    gateway: Text | None = None
    payment_gateway_names: list[Text] | None = None
    payment_terms: Any = None
    checkout_token: Text | None = None
    po_number: Text | None = None
    location_id: Text | None = None
    shipping_lines: list[ShippingLine] | None = None
    shipping_address: PostalAddress | None = None
    billing_address: PostalAddress | None = None
    customer: Buyer | None = None
    refunds: list[Refund] | None = None


_PAYMENT = {
    "pending": PaymentState.PENDING,
    "authorized": PaymentState.AUTHORISED,
    "partially_paid": PaymentState.PARTLY_PAID,
    "paid": PaymentState.PAID,
    "partially_refunded": PaymentState.PARTLY_REFUNDED,
    "refunded": PaymentState.REFUNDED,
    "voided": PaymentState.VOIDED,
    "expired": PaymentState.VOIDED,
}


class Shopify(Adapter):
    """See the module."""

    name = "shopify"
    formats = "REST Admin orders: one, {order}, {orders}; webhooks with X-Shopify-Hmac-Sha256"

    def documents(self, body: bytes) -> Sequence[bytes]:
        return orders_in(body, _is_order, ("order", "orders"), "a Shopify order: an object with id and line_items")

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        return base64_hmac_matches(channel.secret, body, headers.get("x-shopify-hmac-sha256"))

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        order = read_as(ShopifyOrder, parse(document))
        shipping = [each for each in order.shipping_lines or NONE if not each.is_removed]
        names = [name for each in shipping for name in (each.code, each.title) if name]
        store = _store(order, shipping, channel)
        lines: tuple[CapturedLine, ...] = tuple(
            _line(order, position, bool(store), channel)
            for position, item in enumerate(order.line_items)
            if item.quantity
        )
        charges = tuple(_charges(order, shipping))
        taxes = sum(line.tax_micros for line in lines) + sum(charge.tax_micros for charge in charges)
        currency = currency_code("currency", order.currency)
        presented = order.presentment_currency or ""
        other = presented if presented != currency else ""
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=order.id,
            order_time=instant("created_at", order.created_at, channel.time_zone),
            currency=currency,
            lines=lines,
            number=order.name or "",
            customer=_customer(order),
            ship_to=_address("shipping_address", order.shipping_address, channel),
            bill_to=_address("billing_address", order.billing_address, channel),
            charges=charges,
            discount_micros=_unallocated_discount(order, lines),
            tax_micros=max(0, micros(order.total_tax) - taxes),
            total_micros=None if order.total_price is None else micros(order.total_price),
            tax_included=bool(order.taxes_included),
            presentment_currency=other,
            presentment_total_micros=_presented_total(order) if other else None,
            service_level=channel.level_of(*names),
            service_name=names[-1] if names else "",
            pickup_location=store,
            payment=_payment(order),
            purchase_order=order.po_number or "",
            notes=tuple(_notes(order)),
            tags=tuple(tag.strip() for tag in (order.tags or "").split(",") if tag.strip()),
            cancelled_time=maybe_instant("cancelled_at", order.cancelled_at, channel.time_zone),
            test=bool(order.test),
        )


def _is_order(value: Mapping[str, Any]) -> bool:
    # Carts, checkouts and drafts have line items too; only an order says how it stands with the money.
    return "line_items" in value and "id" in value and ("financial_status" in value or "order_number" in value)


def _line(order: ShopifyOrder, position: int, picked_up: bool, channel: Channel) -> CapturedLine:
    item = order.line_items[position]
    physical = item.requires_shipping is not False and not item.gift_card
    with within(f"line_items[{position}]"):
        return CapturedLine(
            line_id=item.id or str(position + 1),
            sku=channel.sku_of(item.sku, item.variant_id, item.product_id, item.title if physical else None),
            units=item.quantity,
            gross_micros=micros(item.price) * item.quantity,
            discount_micros=_discount(item),
            tax_micros=_taxes(item.tax_lines),
            closed_units=_closed(order, item),
            title=item.name or item.title or "",
            fulfilment=Fulfilment.PICKUP if picked_up and physical else Fulfilment.SHIP,
            physical=physical,
            note="; ".join(f"{each.name}: {each.value}" for each in item.properties or NONE),
        )


def _closed(order: ShopifyOrder, item: LineItem) -> int:
    """Units that were refunded, removed or shipped."""
    refunded = sum(
        line.quantity
        for refund in order.refunds or NONE
        for line in refund.refund_line_items or NONE
        if line.line_item_id == item.id
    )
    removed = item.quantity - item.current_quantity if item.current_quantity is not None else refunded
    gone = item.quantity - item.fulfillable_quantity if item.fulfillable_quantity is not None else removed
    return min(item.quantity, max(gone, removed, 0))


def _discount(item: LineItem | ShippingLine) -> int:
    """Allocations are the whole of a line's discount; older orders have its own part alone."""
    if item.discount_allocations:
        return sum(micros(each.amount) for each in item.discount_allocations)
    if isinstance(item, LineItem):
        return micros(item.total_discount)
    return 0 if item.discounted_price is None else max(0, micros(item.price) - micros(item.discounted_price))


def _unallocated_discount(order: ShopifyOrder, lines: Sequence[CapturedLine]) -> int:
    """What an older order, which allocates nothing, takes off beside its lines."""
    if any(item.discount_allocations is not None for item in order.line_items):
        return 0
    shipping = sum(map(_discount, order.shipping_lines or NONE))
    return max(0, micros(order.total_discounts) - sum(line.discount_micros for line in lines) - shipping)


def _taxes(lines: Sequence[Priced] | None) -> int:
    return sum(micros(each.price) for each in lines or NONE)


def _charges(order: ShopifyOrder, shipping: Sequence[ShippingLine]) -> list[Charge]:
    charges = []
    for position, each in enumerate(shipping):
        with within(f"shipping_lines[{position}]"):
            taxes = _taxes(each.tax_lines)
            charges.append(Charge(ChargeKind.SHIPPING, micros(each.price), _discount(each), taxes, each.title or ""))
    duties = order.original_total_duties_set
    if duties is not None and duties.shop_money is not None and duties.shop_money.amount:
        charges.append(Charge(ChargeKind.DUTY, micros(duties.shop_money.amount)))
    if order.total_tip_received:
        charges.append(Charge(ChargeKind.TIP, micros(order.total_tip_received)))
    return charges


def _store(order: ShopifyOrder, shipping: Sequence[ShippingLine], channel: Channel) -> str:
    """The store of a local pickup: a shipping line says so, or is named as a store of the channel is."""
    for each in shipping:
        pickup = (each.delivery_category or "").replace("-", "").replace("_", "").lower() == "pickup"
        for name in (each.code, each.title):
            if name and (pickup or name in channel.stores):
                return str(name)
        if pickup and order.location_id:
            return str(order.location_id)
    return ""


def _address(field: str, given: PostalAddress | None, channel: Channel) -> Address | None:
    if given is None:
        return None
    return read_address(
        field,
        "country_code",
        given.country_code or given.country or channel.country,
        postal_code=given.zip,
        region=given.province_code or given.province,
        city=given.city,
        street=(given.address1, given.address2),
        name=given.name or joined_name(given.first_name, given.last_name),
        company=given.company,
        phone=given.phone,
    )


def _customer(order: ShopifyOrder) -> Customer:
    buyer = order.customer or Buyer()
    return Customer(
        customer_id=buyer.id or "",
        name=joined_name(buyer.first_name, buyer.last_name),
        email=order.email or order.contact_email or buyer.email or "",
        phone=order.phone or buyer.phone or "",
    )


def _payment(order: ShopifyOrder) -> Payment:
    state = _PAYMENT.get((order.financial_status or "").lower(), PaymentState.PENDING)
    if state is PaymentState.PENDING and order.payment_terms:
        state = PaymentState.ON_ACCOUNT
    paid = None
    if order.total_price is not None and order.total_outstanding is not None:
        paid = max(0, micros(order.total_price) - micros(order.total_outstanding))
    method = order.gateway or ", ".join(order.payment_gateway_names or NONE)
    return Payment(state, method, order.checkout_token or "", paid)


def _presented_total(order: ShopifyOrder) -> int | None:
    money = order.total_price_set and order.total_price_set.presentment_money
    return None if not money or money.amount is None else micros(money.amount)


def _notes(order: ShopifyOrder) -> list[str]:
    attributes = [f"{each.name}: {each.value}" for each in order.note_attributes or NONE]
    return [*([str(order.note)] if order.note else []), *attributes]
