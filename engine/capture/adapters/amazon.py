"""Amazon Selling Partner: orders of the Orders API v0 and of 2026-01-01.

In v0 an order, its items, its address and its buyer are answers of their own: those of one order that come in one body are
put together by the order's number. An order without its items is incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.capture.adapter import Incomplete, NotAnOrder
from engine.capture.adapters import amazon_2026, amazon_v0
from engine.capture.captured import CapturedOrder
from engine.capture.channel import Channel
from engine.capture.documents import encoded, parse
from engine.capture.envelopes import described, objects_in
from engine.capture.signatures import own_signature_matches

_ENVELOPES = frozenset(
    ("payload", "Orders", "orders", "order", "response", "static", "application/json", "OrderItemsList", "data")
)


class Amazon:
    """See the module."""

    name = "amazon"
    formats = "Selling Partner Orders API v0 (orders with their items) and 2026-01-01; signed by Onebox's own header"
    streets = False  # restricted data: given to those who ask for it

    def documents(self, body: bytes) -> Sequence[bytes]:
        value = parse(body)
        orders: dict[str, dict[str, Any]] = {}
        for part in objects_in(value, _is_part, _ENVELOPES):
            number = str(part.get("orderId") or part.get("AmazonOrderId"))
            orders.setdefault(number, {}).update(part)
        if not orders:
            raise NotAnOrder(
                f"expected an Amazon order: an object with AmazonOrderId or orderId, got {described(value)}"
            )
        return [encoded(order) for order in orders.values()]

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        return own_signature_matches(channel.secret, body, headers)

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        value = parse(document)
        if "AmazonOrderId" not in value:
            return amazon_2026.read(value, channel)
        number = value["AmazonOrderId"]
        if "PurchaseDate" not in value:
            if "OrderItems" in value:
                raise Incomplete(f"the items of order {number} without the order (getOrder)")
            raise NotAnOrder(f"expected an order, got a part of order {number}: {described(value)}")
        if not value.get("OrderItems"):
            status = value.get("OrderStatus")
            raise Incomplete(f"order {number}, {status}, without its items (getOrderItems)")
        return amazon_v0.read(value, channel)


def _is_part(value: Mapping[str, Any]) -> bool:
    return "AmazonOrderId" in value or {"orderId", "orderItems", "salesChannel"} <= value.keys()
