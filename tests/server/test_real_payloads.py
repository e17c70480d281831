"""Every real payload of a channel, where the public data lies, through a server that knows its goods: what becomes of it.

Captured orders are routed and reserved. None of the payloads is part of the project.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from onebox.v1 import life_pb2
from onebox.v1 import order_service_pb2 as pb

from engine.capture.intake import Outcome
from engine.errors import NotFound
from engine.inventory.embedded import EmbeddedStore
from server.channels import read_channels
from tests.server.payloads import CHANNELS, PAYLOADS, adapter_of, network_of_payloads, payloads
from tests.server.real import Shop, open_shop

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason=f"no payloads at {PAYLOADS}; ONEBOX_DATA names the public data"
)

EXPECTED = {
    "shopify/order.json": ["CANCELLED"],
    "shopify/order_with_transaction.json": ["CANCELLED"],
    "shopify/orders.json": ["CANCELLED"],
    "amazon/orders_2026-01-01__get_orders_2026_01_01_orders_exampl.json": ["NOTHING_TO_SHIP"],
    "amazon/orders_2026-01-01__get_orders_2026_01_01_orders_orderId_exampl.json": ["NOTHING_TO_SHIP"],
    "amazon/orders_2026-01-01__get_orders_2026_01_01_orders_orderId_x-amzn.json": [
        "CAPTURED DC-BR",
        "NOTHING_TO_SHIP",
        "CAPTURED STORE-SEA",
    ],
    "amazon/orders_2026-01-01__get_orders_2026_01_01_orders_x-amzn.json": [
        "NOTHING_TO_SHIP",
        "NOTHING_TO_SHIP",
        "CAPTURED DC-BR",
    ],
    "amazon/ordersV0__get_orders_v0_orders_orderId_x-amzn.json": ["INCOMPLETE"] * 2,
    "amazon/ordersV0__get_orders_v0_orders_x-amzn.json": ["INCOMPLETE"] * 3,
    "amazon/ordersV0__get_orders_v0_orders_orderId_orderItems_exampl.json": ["INCOMPLETE"],
    "amazon/ordersV0__get_orders_v0_orders_orderId_regulatedInfo_x-amzn.json": ["NOT_AN_ORDER"] * 2,
    "edi/x12.850.edi": ["CAPTURED DC-US", "BROKEN"],  # BROKEN: the interchange around it, its control number is another
    "edi/x12.850a.edi": ["CAPTURED DC-US", "BROKEN"],
    "edi/x12.850.issue135.edi": ["BAD_ADDRESS"] * 2,  # it names no place to ship to
    "edi/edifact.01.edi": ["NOT_AN_ORDER", "BROKEN"],
    "edi/edifact.ORDRSP.edi": ["NOT_AN_ORDER", "BROKEN"],
    "edi/edifact.ORDRSP-formatted.edi": ["NOT_AN_ORDER", "BROKEN"],
    "edi/tradacoms.order9.edi": ["CAPTURED DC-GB"] * 2,
}
"""What becomes of a file's documents; of every other file: it is no order."""


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str, tmp_path: Path) -> AsyncIterator[Shop]:
    channels = tmp_path / "channels.toml"
    channels.write_text(CHANNELS)
    network = network_of_payloads(read_channels(channels, {}))
    async with open_shop(store, ledger_name, network, channels=channels) as shop:
        rows = [(item.sku, node.node_id, 100_000) for item in network.items for node in network.nodes]
        for first in range(0, len(rows), 1_000):
            await shop.stock(rows[first : first + 1_000])
        yield shop
        await shop.audit()


async def deliver(shop: Shop, channel: str, body: bytes) -> list[Outcome]:
    capturing = shop.server.worker.capturing
    return await capturing.deliver(capturing.channel(channel), body)


async def said(shop: Shop, outcome: Outcome) -> str:
    """The reason, or that it is captured and the nodes of its route."""
    if outcome.quarantined is not None:
        return outcome.quarantined.refusal.reason.name
    life = await routed(shop, outcome.order_id)
    return " ".join([outcome.fate.name, *sorted({shipment.node_id for shipment in life.shipments})])


async def routed(shop: Shop, order_id: str) -> life_pb2.Life:
    """The order's life once the server has taken it up, all of it in shipments that hold their units."""
    async with asyncio.timeout(60):
        while True:
            try:
                life = await shop.server.worker.desk.get(order_id)
            except NotFound:
                life = None
            if life is not None and life.released:
                break
            await asyncio.sleep(0.05)
    answer: pb.GetOrderResponse = await shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=order_id))
    assert answer.life.state == life_pb2.ORDER_STATE_RELEASED, answer.life
    assert not any(line.waiting_units for line in answer.life.content.lines)
    return answer.life


async def test_every_payload_is_captured_and_routed_or_quarantined_for_the_right_reason(shop: Shop) -> None:
    """I4: what the routes hold is what was ordered."""
    found: dict[str, list[str]] = {}
    ordered: Counter[str] = Counter()
    for path in payloads():
        name = f"{path.parent.name}/{path.name}"
        outcomes = await deliver(shop, adapter_of(path), path.read_bytes())
        found[name] = [await said(shop, outcome) for outcome in outcomes]
        for outcome in outcomes:
            if outcome.quarantined is None:
                captured = await shop.server.worker.capturing.inbox.order(outcome.order_id)
                ordered.update({line.sku: line.open_units for line in captured.lines})
    print("\n".join(f"{name}: {', '.join(words)}" for name, words in found.items()))
    assert found == {name: EXPECTED.get(name, ["NOT_AN_ORDER"]) for name in found}
    assert set(EXPECTED) <= set(found)
    held: Counter[str] = Counter()
    for (sku, _), units in (await shop.reserved()).items():
        held[sku] += units
    assert held == +ordered


@pytest.mark.parametrize("name", ["order.json", "order_with_transaction.json"])
async def test_shopifys_order_is_routed_where_the_channel_names_its_goods_and_nobody_cancelled_it(
    shop: Shop, name: str
) -> None:
    order = json.loads((PAYLOADS / "shopify" / name).read_bytes())["order"]
    order |= {"cancelled_at": None, "financial_status": "paid", "test": False}
    (outcome,) = await deliver(shop, "shopify", json.dumps({"order": order}).encode())
    life = await routed(shop, outcome.order_id)
    assert sorted(content.sku for content in life.shipments[0].contents) == ["BEER", "SODA"]


async def test_amazons_order_and_its_items_are_joined_in_whichever_order_they_come(shop: Shop) -> None:
    answers = json.loads((PAYLOADS / "amazon" / "ordersV0__get_orders_v0_orders_orderId_x-amzn.json").read_bytes())
    listed = json.loads(
        (PAYLOADS / "amazon" / "ordersV0__get_orders_v0_orders_orderId_orderItems_exampl.json").read_bytes()
    )
    order: dict[str, Any] = answers["static"][0]["response"]["payload"]
    items: list[dict[str, Any]] = listed["application/json"]["payload"]["OrderItems"]
    for item in items:
        item |= {"QuantityShipped": 0} | {
            name: value | {"CurrencyCode": "USD"} for name, value in item.items() if name in ("ItemPrice", "CODFee")
        }
        for name in ("BuyerInfo", "ShippingPrice", "CODFeeDiscount", "PointsGranted"):
            item.pop(name, None)
    for turn, number in enumerate(("1-1", "1-2")):
        parts = [
            {"payload": order | {"AmazonOrderId": number, "NumberOfItemsUnshipped": 3}},
            {"payload": {"AmazonOrderId": number, "OrderItems": items}},
            {"payload": {"AmazonOrderId": number, "ShippingAddress": order["DefaultShipFromLocationAddress"]}},
        ]
        bodies = [json.dumps(part).encode() for part in parts]
        fates = [await deliver(shop, "amazon", body) for body in (bodies[::-1] if turn else bodies)]
        assert [outcome.fate.name for (outcome,) in fates] == ["QUARANTINED", "QUARANTINED", "CAPTURED"]
        life = await routed(shop, f"amazon:{number}")
        assert sum(content.units for content in life.shipments[0].contents) == 3
    assert await shop.server.worker.capturing.inbox.in_quarantine() == []
