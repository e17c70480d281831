"""Amazon Selling Partner: orders of the Orders API v0 and of 2026-01-01.

In v0 an order, its items (in pages) and its address are answers of their own, each of which names the order: they are put
together by that, in one body or delivered one by one. An order that is pending is incomplete too: Amazon has still to say
what was paid and where it goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.capture.adapter import Adapter, Incomplete, NotAnOrder
from engine.capture.adapters import amazon_2026, amazon_v0
from engine.capture.captured import CapturedOrder
from engine.capture.channel import Channel
from engine.capture.documents import encoded, parse
from engine.capture.envelopes import described, objects_in

_ENVELOPES = frozenset(
    ("payload", "Orders", "orders", "order", "response", "static", "application/json", "OrderItemsList", "data")
)


class Amazon(Adapter):
    """See the module."""

    name = "amazon"
    formats = (
        "Selling Partner Orders API v0 (orders, items and addresses) and 2026-01-01; signed by Onebox's own header"
    )
    streets = False  # restricted data: given to those who ask for it

    def documents(self, body: bytes) -> Sequence[bytes]:
        value = parse(body)
        orders: dict[str, dict[str, Any]] = {}
        for part in objects_in(value, _is_part, _ENVELOPES):
            number = str(part.get("orderId") or part.get("AmazonOrderId"))
            orders[number] = amazon_v0.with_part(orders.get(number, {}), part)
        if not orders:
            raise NotAnOrder(
                f"expected an Amazon order: an object with AmazonOrderId or orderId, got {described(value)}"
            )
        return [encoded(order) for order in orders.values()]

    def joined(self, documents: Sequence[bytes]) -> bytes:
        (whole,) = self.documents(b"[" + b",".join(documents) + b"]")
        return whole

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        value = parse(document)
        if "AmazonOrderId" not in value:
            return amazon_2026.read(value, channel)
        missing = amazon_v0.missing_part(value)
        if missing:
            number = str(value["AmazonOrderId"])
            raise Incomplete(f"order {number} without {missing}", number)
        return amazon_v0.read({"OrderItems": [], **value}, channel)


def _is_part(value: Mapping[str, Any]) -> bool:
    return "AmazonOrderId" in value or {"orderId", "orderItems", "salesChannel"} <= value.keys()
