"""Mails to customers over a real SMTP server, from the events of orders that a running server leads."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from onebox.v1 import life_pb2
from pydantic import ValidationError

from engine.inventory.embedded import EmbeddedStore
from engine.outgoing.group import EventGroup
from server.settings import Settings
from tests.mail_server import Inbox, mail_server
from tests.server.real import Shop, open_shop
from tests.server.test_dock_end_to_end import DAY_S, scan, until
from tests.server.test_life_end_to_end import ADDRESS, Caller, a_content


@pytest.fixture
async def inbox() -> Inbox:
    return Inbox()


@asynccontextmanager
async def mailing(store: EmbeddedStore, ledger: str, port: int) -> AsyncIterator[Shop]:
    said: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "shop_name": "Haus & Hof",
    }
    said["mail_from"] = "Haus & Hof <orders@shop.example>"
    async with open_shop(store, ledger, None, None, sweep_interval_s=0.1, **said) as shop:
        yield shop


async def stocked(shop: Shop) -> Caller:
    rows = [(sku, node, 50) for sku in ("KETTLE-17", "TEA-ASSAM") for node in ("dc-berlin", "store-hamburg")]
    await shop.stock(rows)
    return Caller(shop)


async def ordered(caller: Caller, name: str, **fields: Any) -> life_pb2.LiveShipment:
    content = a_content(name, customer_email="ada@example.com", customer_name="Ada", **fields)
    life = await caller.orders("CaptureOrder", content=content)
    await caller.orders("AllocateOrder", order_id=life.order_id)
    return (await caller.orders("ReleaseOrder", order_id=life.order_id)).shipments[0]


async def packed(caller: Caller, shipment: life_pb2.LiveShipment) -> life_pb2.LiveShipment:
    for method in ("AcceptShipment", "PickShipment"):
        await caller.node(method, shipment)
    now: life_pb2.LiveShipment = (await caller.node("PackShipment", shipment)).life.shipments[0]
    return now


async def test_a_customer_hears_of_his_order_at_each_turn_once(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port, mailing(store, ledger_name, port) as shop:
        caller = await stocked(shop)
        shipment = await packed(caller, await ordered(caller, "1"))
        await caller.node("ShipShipment", shipment)
        number = shipment.tracking_numbers[0]
        await scan(caller, number, "ACCEPTED")
        shop.clock.now += 12 * DAY_S  # the promise passes

        async def delayed() -> bool:
            return "Your order 1 is delayed" in inbox.subjects()

        await until(delayed)
        await scan(caller, number, "DELIVERED")

        async def all_told() -> bool:
            return len(inbox.mails) >= 4

        await until(all_told)
        await asyncio.sleep(1.5)  # time for one too many
        assert inbox.subjects() == Counter(
            f"Your order 1 {what}" for what in ("is confirmed", "is on its way", "is delayed", "has arrived")
        )
        assert all(mail["To"] == "Ada <ada@example.com>" for mail in inbox.mails)
        confirmed, way = inbox.text("Your order 1 is confirmed"), inbox.text("Your order 1 is on its way")
        assert "Total: 85.99 EUR" in confirmed
        assert "2 x Wasserkocher 1.7 l" in way
        assert number in way
        assert "Haus & Hof" in way


async def test_who_picks_up_is_told_the_code_that_opens_it(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port, mailing(store, ledger_name, port) as shop:
        caller = await stocked(shop)
        line = {"sku": "KETTLE-17", "units": 1, "fulfilment": "FULFILMENT_PICKUP"}
        shipment = await ordered(caller, "1", lines=[line], pickup_node_id="store-hamburg")
        await packed(caller, shipment)
        code = (await caller.node("ReadyShipment", shipment)).pickup_code

        async def told() -> bool:
            return "Your order 1 is ready to be picked up" in inbox.subjects()

        await until(told)
        assert code in inbox.text("Your order 1 is ready to be picked up")


async def test_two_servers_and_one_that_was_restarted_send_no_mail_twice(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port:
        async with mailing(store, ledger_name, port) as shop, mailing(store, ledger_name, port):
            caller = await stocked(shop)
            for n in range(12):
                await ordered(caller, f"{n}")

            async def all_told() -> bool:
                return len(inbox.mails) >= 12

            await until(all_told)
        async with mailing(store, ledger_name, port):
            await asyncio.sleep(1.5)
        assert inbox.subjects() == Counter(f"Your order {n} is confirmed" for n in range(12))


async def test_a_mail_that_no_server_will_take_holds_up_no_other(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port, mailing(store, ledger_name, port) as shop:
        caller = await stocked(shop)
        inbox.answer = "550 No such user"
        await ordered(caller, "1")
        await asyncio.sleep(1.5)
        inbox.answer = ""
        await ordered(caller, "2", ship_to=ADDRESS)

        async def told() -> bool:
            return bool(inbox.mails)

        await until(told)
        assert inbox.subjects() == Counter(["Your order 2 is confirmed"])


async def test_a_mail_server_that_is_away_gets_each_mail_once_it_is_back(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port, mailing(store, ledger_name, port) as shop:
        room = shop.server.worker._mail_room
        assert room is not None
        room.group._again_ms = 200
        caller = await stocked(shop)
        inbox.answer = "451 Try again later"
        await ordered(caller, "1")
        await asyncio.sleep(1.5)
        assert inbox.mails == []
        inbox.answer = ""

        async def told() -> bool:
            return bool(inbox.mails)

        await until(told)
        await asyncio.sleep(1.5)
        assert inbox.subjects() == Counter(["Your order 1 is confirmed"])


async def test_what_a_server_took_and_died_over_is_told_by_another(
    store: EmbeddedStore, ledger_name: str, inbox: Inbox
) -> None:
    async with mail_server(inbox) as port:
        async with open_shop(store, ledger_name, sweep_interval_s=0.1) as shop:
            dead = EventGroup(shop.server.worker._client, ledger_name, "mails", "dead")
            await dead.join()
            caller = await stocked(shop)
            await ordered(caller, "1")
            assert len(await dead.take()) >= 3
        async with mailing(store, ledger_name, port) as shop:
            room = shop.server.worker._mail_room
            assert room is not None
            room.group._again_ms = 200

            async def told() -> bool:
                return bool(inbox.mails)

            await until(told)
            assert inbox.subjects() == Counter(["Your order 1 is confirmed"])


def test_mails_need_a_sender() -> None:
    with pytest.raises(ValidationError, match="mail_from: expected an address with smtp_host"):
        Settings(smtp_host="127.0.0.1")
