"""BigCommerce: the order of the V2 Orders API with its products and shipping addresses put into it.

Amounts are in the transaction's currency and without tax. The ``store/order/created`` webhook names an order without its
content, which the channel's own client fetches (``include=consignments``, products, shipping addresses).
"""

from __future__ import annotations

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
from engine.capture.documents import Amount, Count, Document, Text, encoded, parse, read_as
from engine.capture.envelopes import orders_in
from engine.capture.places import within
from engine.capture.reading import NONE, joined_name, read_address
from engine.capture.signatures import own_signature_matches, standard_signature_matches
from engine.capture.values import currency_code, instant, micros
from engine.network.checks import require
from engine.routing.order import Fulfilment


class Discount(Document):
    amount: Amount | None = None


class Product(Document):
    quantity: Count
    id: Text | None = None
    sku: Text | None = None
    variant_id: Text | None = None
    product_id: Text | None = None
    order_address_id: Text | None = None
    name: Text | None = None
    type: Text | None = None
    base_price: Amount | None = None
    price_ex_tax: Amount | None = None
    total_ex_tax: Amount | None = None
    total_tax: Amount | None = None
    quantity_shipped: Count | None = None
    quantity_refunded: Count | None = None
    applied_discounts: list[Discount] | None = None
    parent_order_product_id: Text | None = None


class PostalAddress(Document):
    id: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    company: Text | None = None
    street_1: Text | None = None
    street_2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    zip: Text | None = None
    country: Text | None = None
    country_iso2: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    shipping_method: Text | None = None
    line_items: list[Product] | None = None


class PickupPlace(Document):
    location_id: Text | None = None
    location_name: Text | None = None


class Pickup(Document):
    pickup_method_display_name: Text | None = None
    location: PickupPlace | None = None
    line_items: list[Product] | None = None


class Consignments(Document):
    shipping: list[PostalAddress] | None = None
    pickups: list[Pickup] | None = None


class BigCommerceOrder(Document):
    id: Text
    date_created: Text
    currency_code: Text
    products: list[Product]
    status_id: Count | None = None
    status: Text | None = None
    is_deleted: bool | None = None
    date_modified: Text | None = None
    default_currency_code: Text | None = None
    customer_id: Text | None = None
    customer_message: Text | None = None
    payment_method: Text | None = None
    payment_status: Text | None = None
    payment_provider_id: Text | None = None
    total_inc_tax: Amount | None = None
    total_tax: Amount | None = None
    shipping_cost_ex_tax: Amount | None = None
    shipping_cost_tax: Amount | None = None
    handling_cost_ex_tax: Amount | None = None
    handling_cost_tax: Amount | None = None
    wrapping_cost_ex_tax: Amount | None = None
    wrapping_cost_tax: Amount | None = None
    discount_amount: Amount | None = None
    coupon_discount: Amount | None = None
    gift_certificate_amount: Amount | None = None
    store_credit_amount: Amount | None = None
    billing_address: PostalAddress | None = None
    shipping_addresses: list[PostalAddress] | None = None
    consignments: Consignments | None = None


_CANCELLED, _DECLINED = 5, 6
_CLOSED = frozenset((2, 4, 10))
"""Shipped, refunded, completed."""
_PAYMENT = {
    "authorized": PaymentState.AUTHORISED,
    "captured": PaymentState.PAID,
    "capture pending": PaymentState.AUTHORISED,
    "paid": PaymentState.PAID,
    "refunded": PaymentState.REFUNDED,
    "partially refunded": PaymentState.PARTLY_REFUNDED,
    "void": PaymentState.VOIDED,
    "void pending": PaymentState.VOIDED,
    "declined": PaymentState.VOIDED,
    "pending payment": PaymentState.PENDING,
}


class BigCommerce(Adapter):
    """See the module."""

    name = "bigcommerce"
    formats = "V2 orders with products and shipping_addresses or consignments; Standard Webhooks' or Onebox's signature"

    def documents(self, body: bytes) -> Sequence[bytes]:
        value = parse(body)
        if isinstance(value, dict) and str(value.get("scope", "")).startswith("store/order"):
            return [encoded(value)]
        what = "a BigCommerce order: an object with id, date_created and status_id"
        return orders_in(body, _is_order, ("order", "orders", "data"), what)

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        standard = standard_signature_matches(channel.secret.encode(), body, headers)
        return standard or own_signature_matches(channel.secret, body, headers)

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        value = parse(document)
        if not _is_order(value):
            number = str((value.get("data") or {}).get("id"))
            raise Incomplete(f"order {number} is named without its content (GET /v2/orders)", number)
        consignments = value.get("consignments")
        if isinstance(consignments, list):  # V2 has a list of one
            value = value | {"consignments": consignments[0] if consignments else None}
        if not isinstance(value.get("products"), list):
            value = value | {"products": _consigned(value)}
        if not isinstance(value.get("shipping_addresses"), list):
            value = value | {"shipping_addresses": None}
        number = str(value["id"])
        if str(value["status_id"]) == "0":
            raise Incomplete(f"order {number} is incomplete: the customer is still at the checkout", number)
        if not value["products"]:
            raise Incomplete(f"order {number} without its products (GET /v2/orders/{number}/products)", number)
        return _captured(read_as(BigCommerceOrder, value), channel)


def _captured(order: BigCommerceOrder, channel: Channel) -> CapturedOrder:
    currency = currency_code("currency_code", order.currency_code)
    consignments = order.consignments or Consignments()
    addresses = order.shipping_addresses or consignments.shipping or NONE
    pickup = (consignments.pickups or [Pickup()])[0]
    place = pickup.location or PickupPlace()
    store = place.location_id or place.location_name or ""
    method = (addresses[0].shipping_method if addresses else None) or ""
    lines: tuple[CapturedLine, ...] = tuple(_lines(order, channel, bool(store)))
    charges = tuple(_charges(order))
    taxed = sum(line.tax_micros for line in lines) + sum(charge.tax_micros for charge in charges)
    taken = micros(order.discount_amount) + micros(order.coupon_discount) - sum(line.discount_micros for line in lines)
    other = order.default_currency_code if order.default_currency_code != currency else None
    modified = order.date_modified or order.date_created
    gone = order.is_deleted or order.status_id in (_CANCELLED, _DECLINED)
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=order.id,
        order_time=instant("date_created", order.date_created),
        currency=currency,
        lines=lines,
        number=order.id,
        customer=_customer(order),
        ship_to=_address("shipping_addresses", _destination(order, addresses), channel),
        bill_to=_address("billing_address", order.billing_address, channel),
        charges=charges,
        discount_micros=max(0, taken),
        tax_micros=max(0, micros(order.total_tax) - taxed),
        total_micros=None if order.total_inc_tax is None else micros(order.total_inc_tax),
        presentment_currency=other or "",
        service_level=channel.level_of(method),
        service_name=method,
        pickup_location=store,
        payment=_payment(order),
        notes=(order.customer_message,) if order.customer_message else (),
        cancelled_time=instant("date_modified", modified) if gone else None,
    )


def _is_order(value: Mapping[str, Any]) -> bool:
    return {"id", "date_created", "status_id"} <= value.keys()


def _consigned(value: Mapping[str, Any]) -> list[Any]:
    """The products of an order whose consignments hold them."""
    found: list[Any] = []
    for kind in ("shipping", "pickups", "email", "downloads"):
        for each in (value.get("consignments") or {}).get(kind) or ():
            if isinstance(each, dict):
                found += each.get("line_items") or ()
    return found


def _lines(order: BigCommerceOrder, channel: Channel, picked_up: bool) -> Iterator[CapturedLine]:
    known = {product.id for product in order.products}
    for position, product in enumerate(order.products):
        if not product.quantity:
            continue
        physical = _physical(product)
        gone = max(product.quantity_shipped or 0, product.quantity_refunded or 0)
        parent = product.parent_order_product_id
        price = product.price_ex_tax if product.price_ex_tax is not None else product.base_price
        total = micros(price) * product.quantity if product.total_ex_tax is None else micros(product.total_ex_tax)
        with within(f"products[{position}]"):
            yield CapturedLine(
                line_id=product.id or str(position + 1),
                sku=channel.sku_of(
                    product.sku, product.variant_id, product.product_id, product.name if physical else None
                ),
                units=product.quantity,
                gross_micros=total,
                discount_micros=min(total, sum(micros(each.amount) for each in product.applied_discounts or NONE)),
                tax_micros=micros(product.total_tax),
                closed_units=product.quantity if order.status_id in _CLOSED else min(product.quantity, gone),
                title=product.name or "",
                fulfilment=Fulfilment.PICKUP if picked_up and physical else Fulfilment.SHIP,
                physical=physical,
                kit_line_id=parent if parent in known and parent != "0" and parent else "",
            )


def _physical(product: Product) -> bool:
    return (product.type or "physical").lower() == "physical"


def _destination(order: BigCommerceOrder, addresses: Sequence[PostalAddress]) -> PostalAddress | None:
    """The address that the goods go to. Raises InvalidInput where they go to several."""
    wanted = {product.order_address_id for product in order.products if _physical(product) and product.order_address_id}
    named = [each for each in addresses if each.id in wanted] or list(addresses)
    several = f"{len(named)} addresses"
    require(len(named) <= 1, "ship_to", several, "one address: an order to several ships as an order for each")
    return named[0] if named else None


def _charges(order: BigCommerceOrder) -> Iterator[Charge]:
    parts = (
        (ChargeKind.SHIPPING, order.shipping_cost_ex_tax, order.shipping_cost_tax),
        (ChargeKind.HANDLING, order.handling_cost_ex_tax, order.handling_cost_tax),
        (ChargeKind.GIFT_WRAP, order.wrapping_cost_ex_tax, order.wrapping_cost_tax),
    )
    yield from (Charge(kind, micros(cost), 0, micros(tax)) for kind, cost, tax in parts if cost)


def _address(field: str, given: PostalAddress | None, channel: Channel) -> Address | None:
    if given is None:
        return None
    return read_address(
        field,
        "country_iso2",
        given.country_iso2 or given.country or channel.country,
        postal_code=given.zip,
        region=given.state,
        city=given.city,
        street=(given.street_1, given.street_2),
        name=joined_name(given.first_name, given.last_name),
        company=given.company,
        phone=given.phone,
        email=given.email,
    )


def _customer(order: BigCommerceOrder) -> Customer:
    payer = order.billing_address or PostalAddress()
    known = order.customer_id if order.customer_id not in (None, "0") else ""
    name = joined_name(payer.first_name, payer.last_name)
    return Customer(known or "", name, payer.company or "", payer.email or "", payer.phone or "")


def _payment(order: BigCommerceOrder) -> Payment:
    """A gift certificate and store credit are paid as soon as the order is placed."""
    state = _PAYMENT.get((order.payment_status or "").lower(), PaymentState.PENDING)
    credit = micros(order.gift_certificate_amount) + micros(order.store_credit_amount)
    total = micros(order.total_inc_tax)
    if state is PaymentState.PENDING and credit:
        state = PaymentState.PAID if credit >= total else PaymentState.PARTLY_PAID
    paid = total if state is PaymentState.PAID else credit
    return Payment(state, order.payment_method or "", order.payment_provider_id or "", paid)
