"""Magento / Adobe Commerce: the order of ``GET /V1/orders``.

The fields that begin with ``base_`` are in the shop's currency; the customer may have paid in another. Amounts are without
tax; where prices include it, a discount holds the tax it saved, which stands beside it as compensation.
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
from engine.capture.values import currency_code, instant, micros
from engine.routing.order import Fulfilment


class Item(Document):
    qty_ordered: Count
    item_id: Text | None = None
    sku: Text | None = None
    product_id: Text | None = None
    name: Text | None = None
    product_type: Text | None = None
    qty_canceled: Count | None = None
    qty_refunded: Count | None = None
    qty_shipped: Count | None = None
    base_row_total: Amount | None = None
    base_discount_amount: Amount | None = None
    base_discount_tax_compensation_amount: Amount | None = None
    base_tax_amount: Amount | None = None
    is_virtual: bool | None = None
    parent_item_id: Text | None = None


class PostalAddress(Document):
    firstname: Text | None = None
    lastname: Text | None = None
    company: Text | None = None
    street: list[Text] | None = None
    city: Text | None = None
    region: Text | None = None
    region_code: Text | None = None
    postcode: Text | None = None
    country_id: Text | None = None
    telephone: Text | None = None
    email: Text | None = None


class Shipping(Document):
    address: PostalAddress | None = None
    method: Text | None = None


class Assignment(Document):
    shipping: Shipping | None = None


class Extensions(Document):
    shipping_assignments: list[Assignment] | None = None
    pickup_location_code: Text | None = None


class PaymentPart(Document):
    method: Text | None = None
    last_trans_id: Text | None = None
    po_number: Text | None = None
    base_amount_authorized: Amount | None = None


class Comment(Document):
    comment: Text | None = None


class MagentoOrder(Document):
    increment_id: Text
    created_at: Text
    base_currency_code: Text
    items: list[Item]
    order_currency_code: Text | None = None
    updated_at: Text | None = None
    state: Text | None = None
    status: Text | None = None
    base_grand_total: Amount | None = None
    grand_total: Amount | None = None
    base_shipping_amount: Amount | None = None
    base_shipping_discount_amount: Amount | None = None
    base_shipping_discount_tax_compensation_amnt: Amount | None = None
    base_shipping_tax_amount: Amount | None = None
    base_total_paid: Amount | None = None
    base_total_refunded: Amount | None = None
    shipping_description: Text | None = None
    customer_id: Text | None = None
    customer_email: Text | None = None
    customer_firstname: Text | None = None
    customer_lastname: Text | None = None
    customer_note: Text | None = None
    billing_address: PostalAddress | None = None
    payment: PaymentPart | None = None
    status_histories: list[Comment] | None = None
    extension_attributes: Extensions | None = None


class Magento(Adapter):
    """See the module."""

    name = "magento"
    formats = "REST orders of Magento 2 and Adobe Commerce: one, {items}, events; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        what = "a Magento order: an object with increment_id, base_currency_code and items that were ordered"
        return orders_in(body, _is_order, ("items", "order", "orders", "entity", "data", "value"), what)

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        order = read_as(MagentoOrder, parse(document))
        extensions = order.extension_attributes or Extensions()
        assigned = [each.shipping for each in extensions.shipping_assignments or NONE if each.shipping is not None]
        store = extensions.pickup_location_code or ""
        names = [name for name in (*(each.method for each in assigned), order.shipping_description) if name]
        currency = currency_code("base_currency_code", order.base_currency_code)
        other = order.order_currency_code if order.order_currency_code != currency else None
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=order.increment_id,
            order_time=instant("created_at", order.created_at),
            currency=currency,
            lines=tuple(_lines(order.items, channel, bool(store))),
            number=order.increment_id,
            customer=Customer(
                order.customer_id or "",
                joined_name(order.customer_firstname, order.customer_lastname),
                email=order.customer_email or "",
            ),
            ship_to=_address("shipping_address", assigned[0].address if assigned else None, channel),
            bill_to=_address("billing_address", order.billing_address, channel),
            charges=tuple(_shipping(order)),
            total_micros=None if order.base_grand_total is None else micros(order.base_grand_total),
            presentment_currency=other or "",
            presentment_total_micros=micros(order.grand_total) if other and order.grand_total is not None else None,
            service_level=channel.level_of(*names),
            service_name=order.shipping_description or (names[0] if names else ""),
            pickup_location=store,
            payment=_payment(order),
            purchase_order=(order.payment and order.payment.po_number) or "",
            notes=tuple(filter(None, (order.customer_note, *(c.comment for c in order.status_histories or NONE)))),
            cancelled_time=(
                instant("updated_at", order.updated_at or order.created_at) if order.state == "canceled" else None
            ),
        )


def _is_order(value: Mapping[str, Any]) -> bool:
    # Invoices, shipments and credit memos look much the same, and name the order they belong to.
    return {"increment_id", "base_currency_code", "items"} <= value.keys() and "order_id" not in value


def _lines(items: Sequence[Item], channel: Channel, picked_up: bool) -> list[CapturedLine]:
    """A configurable's child is left out, as its parent has the SKU and the price; a bundle is a kit of its children."""
    by_id: dict[str, Item] = {item.item_id: item for item in items if item.item_id}
    lines = []
    for position, item in enumerate(items):
        parent = by_id.get(item.parent_item_id or "")
        if not item.qty_ordered or (parent is not None and parent.product_type == "configurable"):
            continue
        children = [each for each in items if item.item_id and each.parent_item_id == item.item_id]
        bundle = item.product_type == "bundle" and bool(children)
        # A bundle of dynamic price has its amounts on the children, and their sums once more.
        counted = not (bundle and any(micros(child.base_row_total) for child in children))
        virtual = bool(item.is_virtual) or item.product_type in ("virtual", "downloadable", "giftcard") or bundle
        with within(f"items[{position}]"):
            lines.append(
                CapturedLine(
                    line_id=item.item_id or str(position + 1),
                    sku=channel.sku_of(item.sku, item.product_id),
                    units=item.qty_ordered,
                    gross_micros=micros(item.base_row_total) if counted else 0,
                    discount_micros=_discount(item) if counted else 0,
                    tax_micros=micros(item.base_tax_amount) if counted else 0,
                    closed_units=_closed(item),
                    title=item.name or "",
                    fulfilment=Fulfilment.PICKUP if picked_up and not virtual else Fulfilment.SHIP,
                    physical=not virtual,
                    kit_line_id=item.parent_item_id or "" if parent is not None else "",
                )
            )
    return lines


def _discount(item: Item) -> int:
    taken = abs(micros(item.base_discount_amount)) - micros(item.base_discount_tax_compensation_amount)
    return max(0, taken)


def _closed(item: Item) -> int:
    gone = (item.qty_canceled or 0) + max(item.qty_shipped or 0, item.qty_refunded or 0)
    return min(item.qty_ordered, gone)


def _shipping(order: MagentoOrder) -> list[Charge]:
    if not order.base_shipping_amount:
        return []
    saved = micros(order.base_shipping_discount_tax_compensation_amnt)
    discount = max(0, abs(micros(order.base_shipping_discount_amount)) - saved)
    tax = micros(order.base_shipping_tax_amount)
    amount = micros(order.base_shipping_amount)
    return [Charge(ChargeKind.SHIPPING, amount, discount, tax, order.shipping_description or "")]


def _address(field: str, given: PostalAddress | None, channel: Channel) -> Address | None:
    if given is None:
        return None
    return read_address(
        field,
        "country_id",
        given.country_id or channel.country,
        postal_code=given.postcode,
        region=given.region_code or given.region,
        city=given.city,
        street=given.street or NONE,
        name=joined_name(given.firstname, given.lastname),
        company=given.company,
        phone=given.telephone,
        email=given.email,
    )


def _payment(order: MagentoOrder) -> Payment:
    part = order.payment or PaymentPart()
    paid, refunded, total = map(micros, (order.base_total_paid, order.base_total_refunded, order.base_grand_total))
    if refunded:
        state = PaymentState.REFUNDED if refunded >= paid else PaymentState.PARTLY_REFUNDED
    elif paid:
        state = PaymentState.PAID if paid >= total else PaymentState.PARTLY_PAID
    elif part.base_amount_authorized:
        state = PaymentState.AUTHORISED
    else:
        state = PaymentState.ON_ACCOUNT if part.po_number else PaymentState.PENDING
    return Payment(state, part.method or "", part.last_trans_id or "", paid)
