"""An order of Amazon's Orders API 2026-01-01: items, money, recipient and fulfilment in one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.capture.adapter import Incomplete
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
from engine.capture.documents import Amount, Count, Document, Text, read_as
from engine.capture.places import within
from engine.capture.reading import NONE, amount_in, first_currency, read_address
from engine.capture.values import instant, maybe_instant
from engine.routing.order import Fulfilment


class Money(Document):
    amount: Amount | None = None
    currencyCode: Text | None = None


class Detail(Document):
    subtype: Text | None = None
    value: Money | None = None


class Breakdown(Document):
    type: Text | None = None
    subtotal: Money | None = None
    detailedBreakdowns: list[Detail] | None = None


class Proceeds(Document):
    grandTotal: Money | None = None
    breakdowns: list[Breakdown] | None = None


class Price(Document):
    unitPrice: Money | None = None


class Product(Document):
    sellerSku: Text | None = None
    asin: Text | None = None
    title: Text | None = None
    price: Price | None = None


class GiftOption(Document):
    giftMessage: Text | None = None


class Packing(Document):
    giftOption: GiftOption | None = None


class ItemFulfillment(Document):
    quantityFulfilled: Count | None = None
    quantityUnfulfilled: Count | None = None
    packing: Packing | None = None


class Item(Document):
    orderItemId: Text
    quantityOrdered: Count
    product: Product | None = None
    proceeds: Proceeds | None = None
    fulfillment: ItemFulfillment | None = None


class SalesChannel(Document):
    marketplaceName: Text | None = None


class Buyer(Document):
    buyerName: Text | None = None
    buyerEmail: Text | None = None
    buyerCompanyName: Text | None = None
    buyerPurchaseOrderNumber: Text | None = None


class DeliveryAddress(Document):
    name: Text | None = None
    companyName: Text | None = None
    addressLine1: Text | None = None
    addressLine2: Text | None = None
    addressLine3: Text | None = None
    city: Text | None = None
    stateOrRegion: Text | None = None
    postalCode: Text | None = None
    countryCode: Text | None = None
    phone: Text | None = None
    addressType: Text | None = None


class Preference(Document):
    dropOffLocation: Text | None = None
    addressInstruction: Text | None = None


class Recipient(Document):
    deliveryAddress: DeliveryAddress | None = None
    deliveryPreference: Preference | None = None


class Window(Document):
    earliestDateTime: Text | None = None
    latestDateTime: Text | None = None


class Fulfillment(Document):
    fulfillmentStatus: Text | None = None
    fulfilledBy: Text | None = None
    fulfillmentServiceLevel: Text | None = None
    deliverByWindow: Window | None = None


class Alias(Document):
    aliasId: Text | None = None
    aliasType: Text | None = None


class Execution(Document):
    paymentMethod: Text | None = None
    authorizationCode: Text | None = None


class Executions(Document):
    paymentExecutions: list[Execution] | None = None


class AmazonOrder(Document):
    orderId: Text
    createdTime: Text
    orderItems: list[Item]
    lastUpdatedTime: Text | None = None
    orderAliases: list[Alias] | None = None
    programs: list[Text] | None = None
    buyer: Buyer | None = None
    recipient: Recipient | None = None
    proceeds: Proceeds | None = None
    payment: Executions | None = None
    fulfillment: Fulfillment | None = None


_CHARGES = {
    "SHIPPING": ChargeKind.SHIPPING,
    "GIFT_WRAP": ChargeKind.GIFT_WRAP,
    "COD_FEE": ChargeKind.FEE,
    "OTHER": ChargeKind.FEE,
    "DELIVERY_TIP": ChargeKind.TIP,
}


def read(value: Any, channel: Channel) -> CapturedOrder:
    """Raises InvalidInput."""
    order = read_as(AmazonOrder, value)
    buyer, recipient = order.buyer or Buyer(), order.recipient or Recipient()
    fulfillment = order.fulfillment or Fulfillment()
    window = fulfillment.deliverByWindow or Window()
    status = (fulfillment.fulfillmentStatus or "").upper()
    if status in ("PENDING", "PENDING_AVAILABILITY"):
        raise Incomplete(f"order {order.orderId} is pending: Amazon has still to say that it is paid", order.orderId)
    currency = _currency(order, channel)
    address = recipient.deliveryAddress
    store = ((address and address.name) or "") if "IN_STORE_PICK_UP" in (order.programs or NONE) else ""
    aliases = [each.aliasId for each in order.orderAliases or NONE if each.aliasType == "SELLER_ORDER_ID"]
    level = fulfillment.fulfillmentServiceLevel or ""
    executions = (order.payment.paymentExecutions if order.payment else None) or [Execution()]
    preference = recipient.deliveryPreference or Preference()
    updated = order.lastUpdatedTime or order.createdTime
    total = None if order.proceeds is None else order.proceeds.grandTotal
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=order.orderId,
        order_time=instant("createdTime", order.createdTime),
        currency=currency,
        lines=tuple(
            _line(order, position, channel, currency, bool(store))
            for position, item in enumerate(order.orderItems)
            if item.quantityOrdered
        ),
        number=aliases[0] if aliases and aliases[0] else order.orderId,
        customer=Customer("", buyer.buyerName or "", buyer.buyerCompanyName or "", buyer.buyerEmail or ""),
        ship_to=_address(address),
        charges=tuple(_charges(order, currency)),
        total_micros=None if total is None else _micros("proceeds.grandTotal", total, currency),
        service_level=channel.level_of(level),
        service_name=level,
        not_before=maybe_instant("fulfillment.deliverByWindow.earliestDateTime", window.earliestDateTime),
        deliver_by=maybe_instant("fulfillment.deliverByWindow.latestDateTime", window.latestDateTime),
        pickup_location=store,
        payment=Payment(
            PaymentState.PAID,
            executions[0].paymentMethod or "",
            executions[0].authorizationCode or "",
        ),
        purchase_order=buyer.buyerPurchaseOrderNumber or "",
        notes=tuple(filter(None, (preference.dropOffLocation, preference.addressInstruction))),
        tags=tuple(order.programs or NONE),
        cancelled_time=instant("lastUpdatedTime", updated) if status in ("CANCELLED", "CANCELED") else None,
    )


def _currency(order: AmazonOrder, channel: Channel) -> str:
    prices = (item.product.price for item in order.orderItems if item.product)
    amounts = (order.proceeds and order.proceeds.grandTotal, *(price.unitPrice for price in prices if price))
    return first_currency("proceeds.grandTotal.currency", channel, (money.currencyCode for money in amounts if money))


def _line(order: AmazonOrder, position: int, channel: Channel, currency: str, picked_up: bool) -> CapturedLine:
    item = order.orderItems[position]
    product, fulfillment = item.product or Product(), item.fulfillment or ItemFulfillment()
    by_amazon = order.fulfillment is not None and order.fulfillment.fulfilledBy == "AMAZON"
    left = fulfillment.quantityUnfulfilled
    done = fulfillment.quantityFulfilled or 0 if left is None else item.quantityOrdered - left
    gift = fulfillment.packing and fulfillment.packing.giftOption
    with within(f"orderItems[{position}]"):
        return CapturedLine(
            line_id=item.orderItemId,
            sku=channel.sku_of(product.sellerSku, product.asin),
            units=item.quantityOrdered,
            gross_micros=_gross(item, product, currency),
            discount_micros=_sum(item, "DISCOUNT", currency),
            tax_micros=_tax(item, currency, shipping=False),
            closed_units=item.quantityOrdered if by_amazon else min(item.quantityOrdered, max(0, done)),
            title=product.title or "",
            fulfilment=Fulfilment.PICKUP if picked_up else Fulfilment.SHIP,
            note=(gift and gift.giftMessage) or "",
        )


def _gross(item: Item, product: Product, currency: str) -> int:
    """What the item came to in the proceeds, else its price times its units."""
    if item.proceeds and any(each.type == "ITEM" for each in item.proceeds.breakdowns or NONE):
        return _sum(item, "ITEM", currency)
    price = None if product.price is None else product.price.unitPrice
    return _micros("product.price.unitPrice", price, currency) * item.quantityOrdered


def _breakdowns(proceeds: Proceeds | None, kind: str) -> Sequence[Breakdown]:
    return [each for each in (proceeds and proceeds.breakdowns) or NONE if each.type == kind]


def _sum(item: Item, kind: str, currency: str) -> int:
    return abs(sum(_micros(f"proceeds.{kind}", each.subtotal, currency) for each in _breakdowns(item.proceeds, kind)))


def _tax(item: Item, currency: str, *, shipping: bool) -> int:
    """The item's tax, or its shipping's, where the document tells them apart."""
    total = 0
    for each in _breakdowns(item.proceeds, "TAX"):
        details = each.detailedBreakdowns or NONE
        of_shipping = sum(
            _micros("proceeds.TAX", detail.value, currency) for detail in details if detail.subtype == "SHIPPING"
        )
        total += of_shipping if shipping else _micros("proceeds.TAX", each.subtotal, currency) - of_shipping
    return total


def _charges(order: AmazonOrder, currency: str) -> Iterator[Charge]:
    """Charges stand on the items; a tip stands on the order alone."""
    for position, item in enumerate(order.orderItems):
        for name, kind in _CHARGES.items():
            with within(f"orderItems[{position}]"):
                gross = _sum(item, name, currency)
                tax = _tax(item, currency, shipping=True) if kind is ChargeKind.SHIPPING else 0
                if gross or tax:
                    yield Charge(kind, gross, 0, tax, item.orderItemId)
    for tip in _breakdowns(order.proceeds, "DELIVERY_TIP"):
        yield Charge(ChargeKind.TIP, _micros("proceeds.DELIVERY_TIP", tip.subtotal, currency))


def _micros(field: str, money: Money | None, currency: str) -> int:
    return 0 if money is None else amount_in(currency, field, money.amount, money.currencyCode)


def _address(given: DeliveryAddress | None) -> Address | None:
    if given is None:
        return None
    kind = (given.addressType or "").upper()
    return read_address(
        "recipient.deliveryAddress",
        "countryCode",
        given.countryCode,
        postal_code=given.postalCode,
        region=given.stateOrRegion,
        city=given.city,
        street=(given.addressLine1, given.addressLine2, given.addressLine3),
        name=given.name,
        company=given.companyName,
        phone=given.phone,
        residential={"RESIDENTIAL": True, "COMMERCIAL": False}.get(kind),
    )
