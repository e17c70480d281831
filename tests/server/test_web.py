"""The HTTP side over a real socket: webhooks, forged ones, large ones, health, metrics."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.capture.signatures import own_signature
from engine.errors import InvalidInput
from engine.inventory.embedded import EmbeddedStore
from server.channels import read_channels
from tests.capture.building import sample
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, serving

CHANNELS = """
[shop]
adapter = "shopify"
secret_env = "SHOP_SECRET"
skus = { MUG = "%(sku)s", POT = "%(sku)s" }

[partner]
adapter = "x12"
currency = "USD"
secret_env = "PARTNER_SECRET"

[closed]
adapter = "csv"
"""
SKU = SMALL.items[0].sku
PLACE = next(iter(SMALL.places))


def body(**values: Any) -> bytes:
    order = json.loads(sample("shopify.json")) | {"currency": SMALL.policy.currency} | values
    order["shipping_address"] |= {"country_code": PLACE[0], "zip": PLACE[1]}
    return json.dumps(order).encode()


def signed(data: bytes, secret: bytes = b"s3cret") -> dict[str, str]:
    return {"X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(secret, data, hashlib.sha256)).decode()}


@asynccontextmanager
async def web(
    store: EmbeddedStore, ledger: str, folder: Path, *, network: bool = True, **settings: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Running]]:
    file = folder / "channels.toml"
    file.write_text(CHANNELS % {"sku": SKU})
    async with serving(store, canned(CannedRouter()), ledger=ledger, http_port=0, channels=file, **settings) as running:
        if network:
            await running.load(SMALL)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.worker.http_port}") as client:
            yield client, running


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s3cret")
    monkeypatch.setenv("PARTNER_SECRET", "p4rtner")


@pytest.fixture
async def client(store: EmbeddedStore, ledger_name: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with web(store, ledger_name, tmp_path) as (opened, _):
        yield opened


async def test_a_signed_webhook_is_captured_and_its_order_kept(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path
) -> None:
    async with web(store, ledger_name, tmp_path) as (client, running):
        answers = [await client.post("/capture/shop", content=body(), headers=signed(body())) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == {"documents": [{"fate": "CAPTURED", "order_id": "shop:5501"}]}
        assert answers[1].json() == {"documents": [{"fate": "DUPLICATE", "order_id": "shop:5501"}]}
        ((_, order),) = await running.worker.capturing.inbox.after(0)
        assert [line.sku for line in order.lines if line.open_units] == [SKU, SKU]
        shown = (await client.get("/metrics")).text
        assert 'onebox_captured_documents_total{channel="shop",fate="CAPTURED"} 1.0' in shown


async def test_what_is_captured_is_there_after_a_restart(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path
) -> None:
    async with web(store, ledger_name, tmp_path) as (client, _):
        await client.post("/capture/shop", content=body(), headers=signed(body()))
    async with web(store, ledger_name, tmp_path, network=False) as (client, _):
        answer = await client.post("/capture/shop", content=body(), headers=signed(body()))
        assert answer.json()["documents"][0]["fate"] == "DUPLICATE"


@pytest.mark.parametrize(
    "headers",
    [{}, signed(b"other"), signed(body(), b"guess"), {"X-Shopify-Hmac-Sha256": "no base64"}, signed(body(), b"")],
)
async def test_a_forged_signature_is_refused_and_nothing_is_kept(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with web(store, ledger_name, tmp_path) as (client, running):
        answer = await client.post("/capture/shop", content=body(), headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["field"] == "signature"
        inbox = running.worker.capturing.inbox
        assert (await inbox.after(0), await inbox.in_quarantine()) == ([], [])


async def test_a_channel_without_a_secret_takes_nothing_over_http(client: httpx.AsyncClient) -> None:
    data = b"order_id,order_time,sku,units\n"
    headers = {"X-Onebox-Signature": own_signature("", data)}
    assert (await client.post("/capture/closed", content=data, headers=headers)).status_code == 401


async def test_what_cannot_be_captured_is_kept_and_the_sender_told(client: httpx.AsyncClient) -> None:
    data = sample("x12_850.edi")
    headers = {"X-Onebox-Signature": own_signature("p4rtner", data)}
    answer = await client.post("/capture/partner", content=data, headers=headers)
    assert answer.status_code == 200
    first, second = answer.json()["documents"]
    assert (first["fate"], first["reason"], first["order_id"]) == ("QUARANTINED", "UNKNOWN_SKU", "partner:PO-100")
    assert "got B-POT; ship_to.postal_code" in first["detail"]
    assert second["reason"] == "CANCELLED"


async def test_without_a_network_the_sender_is_asked_to_come_again(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path
) -> None:
    async with web(store, ledger_name, tmp_path, network=False) as (client, running):
        answer = await client.post("/capture/shop", content=body(), headers=signed(body()))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (await client.get("/health")).json() == {
            "status": "SERVING",
            "routing": "NOT_SERVING",
            "network_version": 0,
        }
        await running.load(SMALL)
        assert (await client.get("/health")).json()["routing"] == "SERVING"
        assert (await client.post("/capture/shop", content=body(), headers=signed(body()))).status_code == 200


async def test_a_store_that_is_away_is_no_success(ledger_name: str, tmp_path: Path) -> None:
    with EmbeddedStore(None, "none") as gone:
        async with web(gone, ledger_name, tmp_path, store_timeout_s=0.5) as (client, _):
            gone.stop()
            answer = await client.post("/capture/shop", content=body(), headers=signed(body()))
            assert answer.status_code == 503


async def test_a_body_that_is_too_large_is_refused_also_in_pieces(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"x" * 1_000

    async with web(store, ledger_name, tmp_path, http_max_body_bytes=4_096) as (client, _):
        assert (await client.post("/capture/shop", content=b"x" * 4_097)).status_code == 413
        assert (await client.post("/capture/shop", content=pieces())).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/capture/nobody", 404), ("GET", "/capture/shop", 405), ("GET", "/", 404), ("GET", "/health", 200)],
)
async def test_other_requests_are_refused(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    assert (await client.request(method, path)).status_code == status


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/capture/shop", content=b"x", headers={"content-encoding": "gzip"})
    assert answer.status_code == 415


async def test_one_order_sent_many_times_at_once_is_captured_once(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.post("/capture/shop", content=body(), headers=signed(body())) for _ in range(20))
    )
    fates = [answer.json()["documents"][0]["fate"] for answer in answers]
    assert sorted(fates) == ["CAPTURED", *["DUPLICATE"] * 19]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[shop]\n", "shop.adapter: expected the adapter that reads it"),
        ('[shop]\nadapter = "myspace"\n', "adapter: expected one of amazon"),
        ('[shop]\nadapter = "csv"\nsecret = "x"\n', "shop.secret: expected a known key"),
        ('[shop]\nadapter = "csv"\nsecret_env = "NOT_SET"\n', "shop.secret_env: expected a variable"),
        ('[shop]\nadapter = "csv"\nlevels = { fast = "SOON" }\n', "shop.levels.fast: expected one of GROUND"),
        ('[shop]\nadapter = "csv"\ntime_zone = "Mars/Base"\n', "time_zone: expected an IANA time zone"),
        ('["My Shop"]\nadapter = "csv"\n', "channel: expected a channel's name"),
        ("shop = 1\n", "shop: expected a table"),
        ("[shop\n", "channels: expected a TOML file"),
    ],
)
def test_a_faulty_channels_file_is_refused_by_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "channels.toml"
    file.write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_channels(file, {})
    assert said in str(refused.value)
