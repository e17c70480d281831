"""Scans that a carrier posts, over a real socket: signed ones move the shipment, forged ones nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from engine.errors import InvalidInput
from engine.inventory.embedded import EmbeddedStore
from server.scan_hook import ScanHook
from tests.server.real import Shop, open_shop
from tests.server.test_dock_end_to_end import shipped, state_of
from tests.server.test_life_end_to_end import Caller

SECRET = "whsec_c2VjcmV0IG9mIHR3ZW50eS1mb3VyIGJ5dGVzIQ=="
OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgMjQgYnl0ZXMhISE="


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name, sweep_interval_s=0.1, http_port=0, scan_secret=SECRET) as shop:
        await shop.stock([(sku, "dc-berlin", 50) for sku in ("KETTLE-17", "TEA-ASSAM")])
        yield shop


async def post(shop: Shop, body: bytes, secret: str = SECRET, **headers: str) -> httpx.Response:
    now = datetime.now(UTC)
    sent = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body.decode()),
        **headers,
    }
    async with httpx.AsyncClient() as client:
        return await client.post(f"http://127.0.0.1:{shop.server.worker.http_port}/scans", content=body, headers=sent)


def scans(*told: dict[str, Any]) -> bytes:
    return json.dumps({"scans": told}).encode()


async def test_what_a_carrier_posts_moves_the_shipment_however_often_it_does(shop: Shop) -> None:
    caller = Caller(shop)
    shipment = await shipped(caller)
    number = shipment.tracking_numbers[0]
    at = {"tracking_number": number, "place": "Berlin"}
    body = scans(
        {**at, "stage": "DELIVERED", "time": "2026-03-31T11:00:00+02:00"},
        {**at, "stage": "ACCEPTED", "time": "2026-03-30T15:00:00Z"},
        {**at, "stage": "DELIVERED", "time": "2026-03-30T15:00:00Z", "tracking_number": "4711"},
    )
    for _ in range(2):
        answer = await post(shop, body)
        assert (answer.status_code, answer.json()) == (200, {"unknown_tracking_numbers": ["4711"]})
    assert await state_of(caller, shipment) == "DELIVERED"
    life = await shop.server.worker.desk.get(shipment.order_id)
    assert len(life.shipments[0].scans) == 2
    assert life.shipments[0].arrived_time == int(datetime(2026, 3, 31, 9, tzinfo=UTC).timestamp())


async def test_forged_old_and_unsigned_scans_move_nothing(shop: Shop) -> None:
    caller = Caller(shop)
    shipment = await shipped(caller)
    told = {"tracking_number": shipment.tracking_numbers[0], "stage": "DELIVERED", "time": "2026-03-31T10:00:00Z"}
    body = scans(told)
    old = str(int(datetime.now(UTC).timestamp()) - 3_600)
    for answer in (
        await post(shop, body, OTHER),
        await post(shop, body, **{"webhook-signature": "v1"}),
        await post(shop, body, **{"webhook-signature": ""}),
        await post(shop, body, **{"webhook-timestamp": old}),
    ):
        assert answer.status_code == 401
    assert await state_of(caller, shipment) == "SHIPPED"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        scans(),
        scans({"tracking_number": "1", "stage": "EATEN", "time": "2026-03-31T10:00:00Z"}),
        scans({"tracking_number": "1", "stage": "DELIVERED", "time": "2026-03-31T10:00:00"}),
        scans({"tracking_number": "1", "stage": "DELIVERED", "time": "0001-01-01T10:00:00Z"}),
        scans({"tracking_number": "", "stage": "DELIVERED", "time": "2026-03-31T10:00:00Z"}),
    ],
)
async def test_what_is_no_scan_is_refused_with_what_was_expected(shop: Shop, body: bytes) -> None:
    answer = await post(shop, body)
    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]["message"]


async def test_a_secret_that_is_none_is_refused(shop: Shop) -> None:
    worker = shop.server.worker
    with pytest.raises(InvalidInput, match="scan_secret: expected base64"):
        ScanHook(worker.dock, worker._clock, "whsec_short")


async def test_without_a_secret_nobody_is_heard(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, http_port=0) as shop:
        assert (await post(shop, scans())).status_code == 404
