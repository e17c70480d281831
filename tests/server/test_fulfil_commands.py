"""A node's day by ``onebox fulfil`` and ``onebox papers``, against a running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from engine.inventory.embedded import EmbeddedStore
from server.cli.app import app
from tests.server.real import Shop, open_shop
from tests.server.test_life_end_to_end import Caller
from tests.shipping.reading import barcodes_of, texts_of, zpl_labels


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name, sweep_interval_s=0.1) as shop:
        skus = ("KETTLE-17", "TEA-ASSAM")
        await shop.stock([(sku, node, 50) for sku in skus for node in ("dc-berlin", "store-hamburg")])
        yield shop


async def run(shop: Shop, *arguments: str) -> Result:
    server = ("--server", f"127.0.0.1:{shop.server.worker.port}")
    await shop.settled()
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments, *server])


async def done(shop: Shop, *arguments: str) -> str:
    ended = await run(shop, *arguments)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


async def test_a_nodes_day_from_the_queue_to_the_manifest(shop: Shop, tmp_path: Path) -> None:
    caller = Caller(shop)
    first, second = [(await caller.ordered(f"{n}")).shipments[0].shipment_id for n in (1, 2)]
    assert first in await done(shop, "fulfil", "queue", "dc-berlin")
    for name in (first, second):
        assert "ACCEPTED" in await done(shop, "fulfil", "accept", name)
    wave = tmp_path / "wave.pdf"
    await done(shop, "papers", "pick-list", "dc-berlin", "--out", str(wave))
    (page,) = texts_of(wave.read_bytes())
    assert first in page
    assert second in page
    await done(shop, "fulfil", "pick", first)
    moved = await done(shop, "fulfil", "pick", second, "--short", "2=1", "--reason", "box was empty")
    assert "store-hamburg: 2 x TEA-ASSAM" in moved
    packed = json.loads(await done(shop, "fulfil", "pack", first, "--json"))
    number = packed["shipments"][0]["tracking_numbers"][0]
    for flag, name in ((), "label.pdf"), (("--zpl",), "label.zpl"):
        await done(shop, "papers", "label", first, *flag, "--out", str(tmp_path / name))
    assert barcodes_of((tmp_path / "label.pdf").read_bytes()) == [[f"]C1(00){number}"]]
    (fields,) = zpl_labels((tmp_path / "label.zpl").read_bytes())
    assert [field.barcode for field in fields if field.barcode] == [f"]C100{number}"]
    slip = tmp_path / "slip.pdf"
    await done(shop, "papers", "packing-slip", first, "--out", str(slip))
    assert number in texts_of(slip.read_bytes())[0]
    assert "SHIPPED" in await done(shop, "fulfil", "ship", first)
    manifest = tmp_path / "manifest.pdf"
    await done(shop, "papers", "manifest", "dc-berlin", "kranich", "--out", str(manifest))
    assert number in texts_of(manifest.read_bytes())[0]
    assert "HELD" in await done(shop, "fulfil", "scan", number, "held", "--detail", "no such house")
    assert "EXCEPTION" in await done(shop, "fulfil", "track", first)
    assert "DELIVERED" in await done(shop, "fulfil", "deliver", first)


async def test_a_label_for_what_comes_back(shop: Shop, tmp_path: Path) -> None:
    caller = Caller(shop)
    (shipment,) = (await caller.ordered("1")).shipments
    await caller.shipped(shipment)
    await caller.node("DeliverShipment", shipment)
    back = await caller.back("AuthoriseReturn", order_id="web:1", lines=[{"line_id": "2", "units": 1}])
    label = tmp_path / "return.pdf"
    await done(shop, "papers", "return-label", back.returns[0].return_id, "--out", str(label))
    assert "RETURN" in texts_of(label.read_bytes())[0]
    again = tmp_path / "again.pdf"
    await done(shop, "papers", "label", back.returns[0].return_id, "--out", str(again))
    assert again.read_bytes() == label.read_bytes()


async def test_what_is_picked_up_is_ready_then_handed_over_by_its_code(shop: Shop) -> None:
    caller = Caller(shop)
    line = {"sku": "KETTLE-17", "units": 1, "fulfilment": "FULFILMENT_PICKUP"}
    names = []
    for n in (1, 2):
        name = f"pickup-{n}"
        content: dict[str, Any] = {"channel": "web", "channel_order_id": name, "currency_code": "EUR", "lines": [line]}
        content |= {"pickup_node_id": "store-hamburg", "payment_state": "PAYMENT_STATE_AUTHORISED"}
        await caller.orders("CaptureOrder", content=content)
        await caller.orders("AllocateOrder", order_id=f"web:{name}")
        life = await caller.orders("ReleaseOrder", order_id=f"web:{name}")
        names.append(life.shipments[0].shipment_id)
    taken, left = names
    codes = []
    for name in names:
        for verb in ("accept", "pick", "pack"):
            await done(shop, "fulfil", verb, name)
        codes.append((await done(shop, "fulfil", "ready", name)).splitlines()[-1].removeprefix("code: "))
    assert len(codes[0]) == 6
    refused = await run(shop, "fulfil", "hand-over", taken, "--code", "no")
    assert refused.exit_code == 1
    assert codes[0] not in refused.output
    assert "HANDED_OVER" in await done(shop, "fulfil", "hand-over", taken, "--code", codes[0])
    before = (await shop.cell("KETTLE-17", "store-hamburg")).atp
    assert "NO_SHOW" in await done(shop, "fulfil", "no-show", left)
    assert (await shop.cell("KETTLE-17", "store-hamburg")).atp == before + 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fulfil", "queue", "nowhere"), "a node of the network"),
        (("fulfil", "accept", "web:9/S1"), "NOT_FOUND"),
        (("fulfil", "pick", "web:9/S1", "--short", "two"), "LINE=UNITS"),
        (("fulfil", "scan", "4711", "gone"), "one of LABELLED, ACCEPTED"),
        (("fulfil", "scan", "4711", "delivered"), "4711"),
        (("papers", "label", "web:9/S1"), "NOT_FOUND"),
        (("papers", "manifest", "dc-berlin", "kranich", "--day", "tomorrow"), "a day as 2026-03-30"),
    ],
)
async def test_what_can_not_be_done_is_said_in_a_sentence(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    ended = await run(shop, *arguments)
    assert ended.exit_code == 1
    assert said in " ".join(ended.output.split())
