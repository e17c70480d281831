"""eBay: the order of the Fulfillment API (``getOrder``, ``getOrders``). What a line costs is for all its units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from engine.capture.reading import NONE, amount_in, first_currency, read_address
from engine.capture.values import instant, maybe_instant, micros
from engine.routing.order import Fulfilment


class Money(Document):
    """``converted`` amounts are the buyer's; ``value`` is in the seller's currency."""

    value: Amount | None = None
    currency: Text | None = None
    convertedFromValue: Amount | None = None
    convertedFromCurrency: Text | None = None


class Taxed(Document):
    amount: Money | None = None
    taxType: Text | None = None


class Promotion(Document):
    discountAmount: Money | None = None


class DeliveryCost(Document):
    shippingCost: Money | None = None
    handlingCost: Money | None = None
    importCharges: Money | None = None
    discountAmount: Money | None = None


class Instructions(Document):
    maxEstimatedDeliveryDate: Text | None = None
    minEstimatedDeliveryDate: Text | None = None


class LineItem(Document):
    lineItemId: Text
    quantity: Count
    sku: Text | None = None
    legacyVariationId: Text | None = None
    legacyItemId: Text | None = None
    title: Text | None = None
    lineItemCost: Money | None = None
    discountedLineItemCost: Money | None = None
    appliedPromotions: list[Promotion] | None = None
    deliveryCost: DeliveryCost | None = None
    tax: Taxed | None = None
    taxes: list[Taxed] | None = None
    lineItemFulfillmentStatus: Text | None = None
    lineItemFulfillmentInstructions: Instructions | None = None


class ContactAddress(Document):
    addressLine1: Text | None = None
    addressLine2: Text | None = None
    city: Text | None = None
    stateOrProvince: Text | None = None
    postalCode: Text | None = None
    countryCode: Text | None = None


class Phone(Document):
    phoneNumber: Text | None = None


class ShipTo(Document):
    fullName: Text | None = None
    companyName: Text | None = None
    contactAddress: ContactAddress | None = None
    primaryPhone: Phone | None = None
    email: Text | None = None


class ShippingStep(Document):
    shipTo: ShipTo | None = None
    shippingServiceCode: Text | None = None


class PickupStep(Document):
    merchantLocationKey: Text | None = None


class Start(Document):
    fulfillmentInstructionsType: Text | None = None
    minEstimatedDeliveryDate: Text | None = None
    maxEstimatedDeliveryDate: Text | None = None
    shippingStep: ShippingStep | None = None
    pickupStep: PickupStep | None = None


class Buyer(Document):
    username: Text | None = None
    buyerRegistrationAddress: ShipTo | None = None


class Pricing(Document):
    total: Money | None = None
    deliveryDiscount: Money | None = None
    priceDiscount: Money | None = None
    priceDiscountSubtotal: Money | None = None
    tax: Money | None = None
    fee: Money | None = None


class PaymentPart(Document):
    paymentMethod: Text | None = None
    paymentReferenceId: Text | None = None
    amount: Money | None = None
    paymentStatus: Text | None = None


class PaymentSummary(Document):
    payments: list[PaymentPart] | None = None


class Cancel(Document):
    cancelState: Text | None = None
    cancelledDate: Text | None = None


class EbayOrder(Document):
    orderId: Text
    creationDate: Text
    lineItems: list[LineItem]
    lastModifiedDate: Text | None = None
    orderFulfillmentStatus: Text | None = None
    orderPaymentStatus: Text | None = None
    salesRecordReference: Text | None = None
    buyer: Buyer | None = None
    buyerCheckoutNotes: Text | None = None
    pricingSummary: Pricing | None = None
    paymentSummary: PaymentSummary | None = None
    cancelStatus: Cancel | None = None
    fulfillmentStartInstructions: list[Start] | None = None


_PAYMENT = {
    "PAID": PaymentState.PAID,
    "FAILED": PaymentState.VOIDED,
    "FULLY_REFUNDED": PaymentState.REFUNDED,
    "PARTIALLY_REFUNDED": PaymentState.PARTLY_REFUNDED,
}


class Ebay(Adapter):
    """See the module."""

    name = "ebay"
    formats = "Fulfillment API orders: one, {orders}; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        what = "an eBay order: an object with orderId, creationDate and lineItems"
        return orders_in(body, _is_order, ("order", "orders"), what)

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        order = read_as(EbayOrder, parse(document))
        start = (order.fulfillmentStartInstructions or [Start()])[0]
        step, pricing, cancel = (
            start.shippingStep or ShippingStep(),
            order.pricingSummary or Pricing(),
            order.cancelStatus,
        )
        currency = _currency(order, channel)
        store = (start.pickupStep and start.pickupStep.merchantLocationKey) or ""
        lines: tuple[CapturedLine, ...] = tuple(
            _line(order, place, channel, currency, start) for place, item in enumerate(order.lineItems) if item.quantity
        )
        charges = tuple(_charges(order, currency))
        ship_to, registered = step.shipTo, (order.buyer or Buyer()).buyerRegistrationAddress
        total = pricing.total or Money()
        presented = total.convertedFromCurrency if total.convertedFromCurrency != currency else None
        cancelled = cancel is not None and (cancel.cancelState or "").upper() == "CANCELED"
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=order.orderId,
            order_time=instant("creationDate", order.creationDate),
            currency=currency,
            lines=lines,
            number=order.salesRecordReference or order.orderId,
            customer=_customer(order, ship_to),
            ship_to=_address("fulfillmentStartInstructions[0].shippingStep.shipTo", ship_to),
            bill_to=_address("buyer.buyerRegistrationAddress", registered),
            charges=charges,
            tax_micros=max(
                0, _micros("pricingSummary.tax", pricing.tax, currency) - sum(line.tax_micros for line in lines)
            ),
            total_micros=None if pricing.total is None else _micros("pricingSummary.total", pricing.total, currency),
            presentment_currency=presented or "",
            presentment_total_micros=micros(total.convertedFromValue) if presented else None,
            service_level=channel.level_of(step.shippingServiceCode or ""),
            service_name=step.shippingServiceCode or "",
            not_before=maybe_instant("minEstimatedDeliveryDate", start.minEstimatedDeliveryDate),
            deliver_by=maybe_instant("maxEstimatedDeliveryDate", start.maxEstimatedDeliveryDate),
            pickup_location=store,
            payment=_payment(order, currency),
            notes=(order.buyerCheckoutNotes,) if order.buyerCheckoutNotes else (),
            cancelled_time=_cancelled_time(order) if cancelled else None,
        )


def _is_order(value: Mapping[str, Any]) -> bool:
    return {"orderId", "lineItems", "creationDate"} <= value.keys()


def _currency(order: EbayOrder, channel: Channel) -> str:
    amounts = (order.pricingSummary and order.pricingSummary.total, *(item.lineItemCost for item in order.lineItems))
    return first_currency("pricingSummary.total.currency", channel, (money.currency for money in amounts if money))


def _line(order: EbayOrder, position: int, channel: Channel, currency: str, start: Start) -> CapturedLine:
    item = order.lineItems[position]
    kind = (start.fulfillmentInstructionsType or "").upper()
    done = (item.lineItemFulfillmentStatus or "").upper() == "FULFILLED" or kind == "FULFILLED_BY_EBAY"
    with within(f"lineItems[{position}]"):
        gross = _micros("lineItemCost", item.lineItemCost, currency)
        return CapturedLine(
            line_id=item.lineItemId,
            sku=channel.sku_of(item.sku, item.legacyVariationId, item.legacyItemId),
            units=item.quantity,
            gross_micros=gross,
            discount_micros=_discount(item, gross, currency),
            tax_micros=sum(_micros("taxes.amount", tax.amount, currency) for tax in _taxes(item)),
            closed_units=item.quantity if done else 0,
            title=item.title or "",
            fulfilment=Fulfilment.PICKUP if kind == "PREPARE_FOR_PICKUP" else Fulfilment.SHIP,
            physical=kind != "DIGITAL",
        )


def _discount(item: LineItem, gross: int, currency: str) -> int:
    if item.discountedLineItemCost is not None and item.discountedLineItemCost.value is not None:
        return max(0, gross - _micros("discountedLineItemCost", item.discountedLineItemCost, currency))
    promotions = item.appliedPromotions or NONE
    return sum(abs(_micros("appliedPromotions.discountAmount", each.discountAmount, currency)) for each in promotions)


def _taxes(item: LineItem) -> Sequence[Taxed]:
    """The seller's; what eBay collects and remits itself is not part of the order's total."""
    taxes = item.taxes or ([item.tax] if item.tax is not None else [])
    return [tax for tax in taxes if tax.taxType != "ELECTRONIC_RECYCLING_FEE"]  # the order's own fee has it


def _charges(order: EbayOrder, currency: str) -> Iterator[Charge]:
    discount = (
        abs(_micros("deliveryDiscount", order.pricingSummary.deliveryDiscount, currency)) if order.pricingSummary else 0
    )
    for position, item in enumerate(order.lineItems):
        cost = item.deliveryCost or DeliveryCost()
        parts = (
            (ChargeKind.SHIPPING, "shippingCost", cost.shippingCost),
            (ChargeKind.HANDLING, "handlingCost", cost.handlingCost),
            (ChargeKind.DUTY, "importCharges", cost.importCharges),
        )
        for kind, name, money in parts:
            with within(f"lineItems[{position}].deliveryCost"):
                gross = _micros(name, money, currency)
                taken = min(gross, discount) if kind is ChargeKind.SHIPPING else 0
                discount -= taken
                if gross:
                    yield Charge(kind, gross, taken, 0, item.lineItemId)
    fee = order.pricingSummary and order.pricingSummary.fee
    if isinstance(fee, Money) and fee.value:
        yield Charge(ChargeKind.FEE, _micros("pricingSummary.fee", fee, currency))


def _micros(field: str, money: Money | None, currency: str) -> int:
    return 0 if money is None else amount_in(currency, field, money.value, money.currency)


def _address(field: str, given: ShipTo | None) -> Address | None:
    if given is None or given.contactAddress is None:
        return None
    place = given.contactAddress
    return read_address(
        field,
        "countryCode",
        place.countryCode,
        postal_code=place.postalCode,
        region=place.stateOrProvince,
        city=place.city,
        street=(place.addressLine1, place.addressLine2),
        name=given.fullName,
        company=given.companyName,
        phone=given.primaryPhone.phoneNumber if given.primaryPhone else None,
        email=given.email,
    )


def _customer(order: EbayOrder, ship_to: ShipTo | None) -> Customer:
    buyer, contact = order.buyer or Buyer(), ship_to or ShipTo()
    registered = buyer.buyerRegistrationAddress or contact
    phone = registered.primaryPhone and registered.primaryPhone.phoneNumber
    return Customer(buyer.username or "", registered.fullName or "", email=registered.email or "", phone=phone or "")


def _payment(order: EbayOrder, currency: str) -> Payment:
    parts = (order.paymentSummary and order.paymentSummary.payments) or NONE
    state = _PAYMENT.get((order.orderPaymentStatus or "").upper(), PaymentState.PENDING)
    paid = sum(_micros("payments.amount", each.amount, currency) for each in parts if each.paymentStatus == "PAID")
    first = parts[0] if parts else PaymentPart()
    return Payment(state, first.paymentMethod or "", first.paymentReferenceId or "", paid if parts else None)


def _cancelled_time(order: EbayOrder) -> int:
    given = order.cancelStatus and order.cancelStatus.cancelledDate
    return instant("cancelStatus.cancelledDate", given or order.lastModifiedDate or order.creationDate)
