"""A carrier with an account, set up by the shipping file: packing asks its API, over HTTP, and tracking does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from onebox.v1 import fulfillment_service_pb2 as node_pb
from onebox.v1 import life_pb2

from engine.errors import InvalidInput
from engine.inventory.embedded import EmbeddedStore
from server.dock import read_shelves
from server.shipping_file import read_shipping
from tests.network.sample import at
from tests.server.networks import SMALL
from tests.server.real import SetClock, Shop, open_shop
from tests.server.running import reason
from tests.server.test_dock_end_to_end import document, state_of, told
from tests.server.test_life_end_to_end import Caller
from tests.shipping.reading import barcodes_of, texts_of
from tests.shipping.usps_double import Post, running_post

ACCOUNT = {"client_id": "key", "client_secret": "secret", "account_number": "1", "CRID": "2", "MID": "3"}
FILE = """
[carriers.USPS]
adapter = "usps"
account_env = "USPS_ACCOUNT"
services = { GROUND = "usps_ground_advantage" }

[nodes.DC-MEM]
street = ["3131 Democrat Rd"]
city = "Memphis"
region = "TN"
"""


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    from karrio.providers.usps.utils import Settings

    monkeypatch.setenv("USPS_ACCOUNT", json.dumps(ACCOUNT))
    with running_post() as running:
        monkeypatch.setattr(Settings, "server_url", property(lambda _: running.url))
        yield running


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str, tmp_path: Path, post: Post) -> AsyncIterator[Shop]:
    (tmp_path / "shipping.toml").write_text(FILE)
    (tmp_path / "shelves.csv").write_text("node_id,sku,shelf\nDC-MEM,MUG,A-07-2\n")
    clock = SetClock(at("2025-11-05T15:00"))
    files: dict[str, Any] = {"shipping": tmp_path / "shipping.toml", "shelves": tmp_path / "shelves.csv"}
    async with open_shop(store, ledger_name, SMALL, clock, sweep_interval_s=60, **files) as shop:
        await shop.stock([("MUG", "DC-MEM", 20)])
        yield shop


async def ordered(caller: Caller, name: str) -> life_pb2.LiveShipment:
    content = {
        "channel": "web",
        "channel_order_id": name,
        "currency_code": "USD",
        "lines": [{"sku": "MUG", "units": 2, "gross": {"currency_code": "USD", "units": 24}}],
        "ship_to": {
            "country": "US",
            "postal_code": "10001",
            "region": "NY",
            "city": "New York",
            "street": ["20 W 34th St"],
            "name": "Zoë Łukasiewicz",
        },
        "payment_state": "PAYMENT_STATE_AUTHORISED",
    }
    life = await caller.orders("CaptureOrder", content=content)
    await caller.orders("AllocateOrder", order_id=life.order_id)
    (shipment,) = (await caller.orders("ReleaseOrder", order_id=life.order_id)).shipments
    await caller.node("AcceptShipment", shipment)
    return shipment


def bought(post: Post) -> int:
    return sum(path == "/labels/v3/label" for _, path, _ in post.asked)


async def test_packing_buys_the_carriers_own_label_from_the_nodes_own_address(shop: Shop, post: Post) -> None:
    caller = Caller(shop)
    shipment = await ordered(caller, "1")
    wave = await document(caller, "GetPickList", node_id="DC-MEM")
    assert "A-07-2" in texts_of(wave.content)[0]
    await caller.node("PickShipment", shipment)
    request = node_pb.PackShipmentRequest(request_id="pack", shipment_id=shipment.shipment_id)
    for _ in range(2):
        packed = (await shop.server.fulfillment.PackShipment(request)).life.shipments[0]
    assert bought(post) == 1
    assert list(packed.tracking_numbers) == list(post.labels)
    (asked,) = post.labels.values()
    assert asked["fromAddress"]["streetAddress"] == "3131 Democrat Rd"
    assert asked["toAddress"]["streetAddress"] == "20 W 34th St"
    label = await document(caller, "GetLabel", shipment_id=shipment.shipment_id)
    assert barcodes_of(label.content)
    assert bought(post) == 1


async def test_a_carrier_that_refuses_or_is_away_leaves_it_picked(shop: Shop, post: Post) -> None:
    caller = Caller(shop)
    shipment = await ordered(caller, "1")
    await caller.node("PickShipment", shipment)
    for status, word in ((400, "CARRIER_REFUSED"), (503, "CARRIER_UNAVAILABLE")):
        post.fail = (status, "say it again")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await caller.node("PackShipment", shipment)
        assert reason(caught.value) == word
        assert await state_of(caller, shipment) == "PICKED"
    assert await told(caller, shipment, "label refused")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[carriers.USPS]\nadapter = 'usps'\n", "carriers.USPS"),
        ("[ships]\n", "carriers or nodes"),
        ("[carriers.U]\nadapter='usps'\naccount_env='NOT_SET'\nservices={}\n", "account_env"),
        ("[carriers.U]\nadapter='usps'\naccount_env='USPS_ACCOUNT'\nservices={FAST='x'}\n", "one of GROUND"),
        ("[nodes.DC]\nstreet = 'one line'\n", "nodes.DC"),
        ("[nodes.DC]\ntown = 'Memphis'\n", "nodes.DC"),
        ("no toml", "a TOML file"),
    ],
)
def test_a_bad_shipping_file_names_its_fault(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "shipping.toml").write_text(text)
    with pytest.raises(InvalidInput, match=said):
        read_shipping(tmp_path / "shipping.toml", {"USPS_ACCOUNT": json.dumps(ACCOUNT)})


@pytest.mark.parametrize(
    ("text", "said"), [("sku,node\n", "node_id, sku, shelf"), ("node_id,sku,shelf\nA,B\n", "shelves:2")]
)
def test_a_bad_shelves_file_names_its_fault(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "shelves.csv").write_text(text)
    with pytest.raises(InvalidInput, match=said):
        read_shelves(tmp_path / "shelves.csv")
