"""Shopify's order, field by field."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from engine.capture.adapters.shopify import Shopify
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
from engine.network.carriers import ServiceLevel
from engine.routing.order import Fulfilment
from tests.capture.building import sample

SHOP = Channel("shop", "shopify", secret="s3cret", stores={"Old Town": "STORE-1"})


def read(**values: Any) -> CapturedOrder:
    return Shopify().read(json.dumps(json.loads(sample("shopify.json")) | values).encode(), SHOP)


def test_every_field_of_an_order_is_read() -> None:
    assert read() == CapturedOrder(
        channel="shop",
        channel_order_id="5501",
        order_time=1_741_101_300,
        currency="USD",
        lines=(
            CapturedLine("1", "MUG", 3, 60_000_000, 6_000_000, 3_100_000, 1, "Mug - red", note="engraving: M"),
            CapturedLine("2", "", 1, 20_000_000, title="Gift card", physical=False),
            CapturedLine("3", "POT", 1, title="Free pot"),
        ),
        number="#A-12",
        customer=Customer("88", "Mia Lang", email="mia@example.com"),
        ship_to=Address("US", "40202", "KY", "Louisville", ("Chestnut Street 92",), "Mia Lang", phone="555"),
        bill_to=Address("DE", "53111", "", "Bonn", ("Elsewhere 1",), "Mia Lang"),
        charges=(
            Charge(ChargeKind.SHIPPING, 5_000_000, 3_000_000, 1_000_000, "Second Day Air"),
            Charge(ChargeKind.TIP, 3_000_000),
        ),
        total_micros=83_100_000,
        presentment_currency="EUR",
        presentment_total_micros=76_900_000,
        service_level=ServiceLevel.TWO_DAY,
        service_name="Second Day Air",
        payment=Payment(PaymentState.PARTLY_PAID, "gift_card, card", "tok-9", 63_100_000),
        notes=("Ring twice", "floor: 3"),
        tags=("gift", "loyal"),
    )
    assert read().unexplained_micros == 0


def test_an_older_order_without_allocations_keeps_its_discounts() -> None:
    items = [{"id": 1, "sku": "MUG", "quantity": 2, "price": "10.00", "total_discount": "1.00"}]
    order = read(line_items=items, shipping_lines=[], total_discounts="5.00")
    assert (order.lines[0].discount_micros, order.discount_micros) == (1_000_000, 4_000_000)


def test_refunded_units_no_longer_ship() -> None:
    refund = {"refund_line_items": [{"line_item_id": 1, "quantity": 2}]}
    order = read(line_items=[{"id": 1, "sku": "MUG", "quantity": 3, "price": 5}], refunds=[refund])
    assert order.lines[0].open_units == 1


@pytest.mark.parametrize(
    "way", [{"title": "Old Town", "price": "0"}, {"code": "Old Town", "delivery_category": "pick-up"}]
)
def test_a_local_pickup_names_its_store(way: dict[str, str]) -> None:
    order = read(shipping_lines=[way], shipping_address=None)
    assert order.pickup_location == "Old Town"
    assert [line.fulfilment for line in order.lines] == [Fulfilment.PICKUP, Fulfilment.SHIP, Fulfilment.PICKUP]


def test_an_unpaid_order_with_terms_is_on_account() -> None:
    order = read(financial_status="pending", payment_terms={"payment_terms_name": "Net 30"}, po_number="PO-1")
    assert (order.payment.state, order.purchase_order) == (PaymentState.ON_ACCOUNT, "PO-1")


def test_only_the_shops_own_signature_is_taken() -> None:
    body = sample("shopify.json")
    good = base64.b64encode(hmac.digest(b"s3cret", body, hashlib.sha256)).decode()
    forged = base64.b64encode(hmac.digest(b"guess", body, hashlib.sha256)).decode()
    adapter = Shopify()
    assert adapter.signed(body, {"x-shopify-hmac-sha256": good}, SHOP)
    for headers in ({}, {"x-shopify-hmac-sha256": forged}, {"x-shopify-hmac-sha256": ""}):
        assert not adapter.signed(body, headers, SHOP)
    assert not adapter.signed(body + b" ", {"x-shopify-hmac-sha256": good}, SHOP)
    unset = base64.b64encode(hmac.digest(b"", body, hashlib.sha256)).decode()
    assert not adapter.signed(body, {"x-shopify-hmac-sha256": unset}, Channel("shop", "shopify"))
