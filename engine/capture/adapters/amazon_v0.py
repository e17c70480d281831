"""An order of Amazon's Orders API v0, with its items in ``OrderItems``. Prices are those of all units of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.capture.adapter import NotAnOrder
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
from engine.capture.envelopes import described
from engine.capture.places import within
from engine.capture.reading import amount_in, first_currency, read_address
from engine.capture.values import instant, maybe_instant
from engine.routing.order import Fulfilment


class Money(Document):
    CurrencyCode: Text | None = None
    Amount: Amount | None = None


class ItemBuyerInfo(Document):
    GiftWrapPrice: Money | None = None
    GiftWrapTax: Money | None = None
    GiftMessageText: Text | None = None


class Item(Document):
    OrderItemId: Text
    QuantityOrdered: Count
    SellerSKU: Text | None = None
    ASIN: Text | None = None
    Title: Text | None = None
    QuantityShipped: Count | None = None
    ItemPrice: Money | None = None
    ItemTax: Money | None = None
    PromotionDiscount: Money | None = None
    ShippingPrice: Money | None = None
    ShippingTax: Money | None = None
    ShippingDiscount: Money | None = None
    CODFee: Money | None = None
    CODFeeDiscount: Money | None = None
    BuyerInfo: ItemBuyerInfo | None = None


class PostalAddress(Document):
    Name: Text | None = None
    CompanyName: Text | None = None
    AddressLine1: Text | None = None
    AddressLine2: Text | None = None
    AddressLine3: Text | None = None
    City: Text | None = None
    StateOrRegion: Text | None = None
    PostalCode: Text | None = None
    CountryCode: Text | None = None
    Phone: Text | None = None
    AddressType: Text | None = None


class Buyer(Document):
    BuyerEmail: Text | None = None
    BuyerName: Text | None = None
    PurchaseOrderNumber: Text | None = None


class Instruction(Document):
    FulfillmentSupplySourceId: Text | None = None


class AmazonOrder(Document):
    AmazonOrderId: Text
    PurchaseDate: Text
    OrderItems: list[Item]
    OrderStatus: Text | None = None
    LastUpdateDate: Text | None = None
    SellerOrderId: Text | None = None
    FulfillmentChannel: Text | None = None
    ShipServiceLevel: Text | None = None
    ShipmentServiceLevelCategory: Text | None = None
    OrderTotal: Money | None = None
    PaymentMethod: Text | None = None
    PaymentMethodDetails: list[Text] | None = None
    LatestDeliveryDate: Text | None = None
    EarliestDeliveryDate: Text | None = None
    ShippingAddress: PostalAddress | None = None
    BuyerInfo: Buyer | None = None
    FulfillmentInstruction: Instruction | None = None
    IsISPU: bool | None = None
    IsBusinessOrder: bool | None = None


def with_part(order: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """The order with one more answer on it. Items come in pages, and what their buyer wishes apart: one by one, and they
    stand by their ids, so that an order is the same whichever page came first."""
    items = {_item_id(item): item for item in _items(order)}
    for item in _items(part):
        items[_item_id(item)] = {**items.get(_item_id(item), {}), **item}
    return {**order, **part, **({"OrderItems": [items[name] for name in sorted(items)]} if items else {})}


def missing_part(value: Mapping[str, Any]) -> str:
    """What is missing of an order, in words; "" where it is whole. Raises NotAnOrder where it is no part that an order needs."""
    if "PurchaseDate" not in value:
        if not {"OrderItems", "ShippingAddress"} & value.keys():
            number = value["AmazonOrderId"]
            raise NotAnOrder(f"expected an order, got what stands beside order {number}: {described(value)}")
        return "the order itself (getOrder)"
    status, items = str(value.get("OrderStatus", "")).lower(), _items(value)
    if status in ("canceled", "cancelled"):
        return ""
    if status in ("pending", "pendingavailability"):
        return "Amazon's word that it is paid: it is pending (getOrder, once it is unshipped)"
    counted = [
        number for name in ("NumberOfItemsShipped", "NumberOfItemsUnshipped") for number in _whole(value.get(name))
    ]
    ordered = [number for item in items for number in _whole(item.get("QuantityOrdered"))]
    if not items or len(ordered) < len(items) or sum(ordered) < sum(counted):
        return f"all its items, {sum(ordered)} of {sum(counted)} units are there (getOrderItems)"
    if value.get("FulfillmentChannel") != "AFN" and "ShippingAddress" not in value:
        return "its address (getOrderAddress)"
    return ""


def _items(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = order.get("OrderItems")
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


def _item_id(item: Mapping[str, Any]) -> str:
    return str(item.get("OrderItemId"))


def _whole(value: Any) -> list[int]:
    """The count, or none."""
    return [int(value)] if isinstance(value, int | str) and str(value).isdecimal() else []


def read(value: Any, channel: Channel) -> CapturedOrder:
    """Raises InvalidInput."""
    order = read_as(AmazonOrder, value)
    status = (order.OrderStatus or "").lower()
    currency = _currency(order, channel)
    store = _store(order)
    names = [name for name in (order.ShipmentServiceLevelCategory, order.ShipServiceLevel) if name]
    buyer = order.BuyerInfo or Buyer()
    updated = order.LastUpdateDate or order.PurchaseDate
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=order.AmazonOrderId,
        order_time=instant("PurchaseDate", order.PurchaseDate),
        currency=currency,
        lines=tuple(
            _line(order, position, channel, currency, bool(store))
            for position, item in enumerate(order.OrderItems)
            if item.QuantityOrdered
        ),
        number=order.SellerOrderId or order.AmazonOrderId,
        customer=Customer(name=buyer.BuyerName or "", email=buyer.BuyerEmail or ""),
        ship_to=_address(order.ShippingAddress),
        charges=tuple(_charges(order, currency)),
        total_micros=None if order.OrderTotal is None else _micros("OrderTotal", order.OrderTotal, currency),
        service_level=channel.level_of(*names),
        service_name=order.ShipServiceLevel or "",
        not_before=maybe_instant("EarliestDeliveryDate", order.EarliestDeliveryDate),
        deliver_by=maybe_instant("LatestDeliveryDate", order.LatestDeliveryDate),
        pickup_location=store,
        payment=Payment(
            PaymentState.PAID,
            order.PaymentMethod or ", ".join(order.PaymentMethodDetails or ()),
        ),
        purchase_order=buyer.PurchaseOrderNumber or "",
        cancelled_time=instant("LastUpdateDate", updated) if status in ("canceled", "cancelled") else None,
    )


def _currency(order: AmazonOrder, channel: Channel) -> str:
    """That of the total; an order that is pending has none yet, then that of the first price."""
    amounts = (order.OrderTotal, *(item.ItemPrice for item in order.OrderItems))
    return first_currency("OrderTotal.CurrencyCode", channel, (money.CurrencyCode for money in amounts if money))


def _line(order: AmazonOrder, position: int, channel: Channel, currency: str, picked_up: bool) -> CapturedLine:
    item = order.OrderItems[position]
    by_amazon = order.FulfillmentChannel == "AFN"
    note = item.BuyerInfo and item.BuyerInfo.GiftMessageText
    with within(f"OrderItems[{position}]"):
        return CapturedLine(
            line_id=item.OrderItemId,
            sku=channel.sku_of(item.SellerSKU, item.ASIN),
            units=item.QuantityOrdered,
            gross_micros=_micros("ItemPrice", item.ItemPrice, currency),
            discount_micros=_micros("PromotionDiscount", item.PromotionDiscount, currency),
            tax_micros=_micros("ItemTax", item.ItemTax, currency),
            closed_units=item.QuantityOrdered if by_amazon else min(item.QuantityOrdered, item.QuantityShipped or 0),
            title=item.Title or "",
            fulfilment=Fulfilment.PICKUP if picked_up else Fulfilment.SHIP,
            note=note or "",
        )


def _charges(order: AmazonOrder, currency: str) -> Iterator[Charge]:
    """Charges stand on each item."""
    for position, item in enumerate(order.OrderItems):
        wrap = item.BuyerInfo or ItemBuyerInfo()
        parts = (
            (ChargeKind.SHIPPING, "ShippingPrice", item.ShippingPrice, item.ShippingDiscount, item.ShippingTax),
            (ChargeKind.FEE, "CODFee", item.CODFee, item.CODFeeDiscount, None),
            (ChargeKind.GIFT_WRAP, "GiftWrapPrice", wrap.GiftWrapPrice, None, wrap.GiftWrapTax),
        )
        for kind, name, *amounts in parts:
            with within(f"OrderItems[{position}]"):
                gross, discount, tax = (_micros(name, money, currency) for money in amounts)
                if gross:
                    yield Charge(kind, gross, discount, tax, item.OrderItemId)


def _micros(field: str, money: Money | None, currency: str) -> int:
    return 0 if money is None else amount_in(currency, field, money.Amount, money.CurrencyCode)


def _store(order: AmazonOrder) -> str:
    if not order.IsISPU:
        return ""
    source = order.FulfillmentInstruction and order.FulfillmentInstruction.FulfillmentSupplySourceId
    return source or (order.ShippingAddress and order.ShippingAddress.Name) or ""


def _address(given: PostalAddress | None) -> Address | None:
    if given is None:
        return None
    kind = (given.AddressType or "").lower()
    return read_address(
        "ShippingAddress",
        "CountryCode",
        given.CountryCode,
        postal_code=given.PostalCode,
        region=given.StateOrRegion,
        city=given.City,
        street=(given.AddressLine1, given.AddressLine2, given.AddressLine3),
        name=given.Name,
        company=given.CompanyName,
        phone=given.Phone,
        residential={"residential": True, "commercial": False}.get(kind),
    )
