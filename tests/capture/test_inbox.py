"""What both inboxes hold themselves to."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from engine.capture.captured import CapturedOrder
from engine.capture.inbox import Acceptance, Inbox, Reason, Refusal, document_id
from engine.capture.redis_inbox import RedisInbox
from engine.errors import NotFound
from engine.inventory.connection import Client
from tests.capture.building import NOW, a_line, an_order

BROKEN = Refusal(Reason.BROKEN, "sku: expected text, got 5")


async def test_an_accepted_order_is_kept_with_its_document(inbox: Inbox) -> None:
    accepted = await inbox.accept(an_order(), b"\xff\x00 bytes", NOW)
    assert (accepted.order_id, accepted.acceptance, accepted.position) == ("shop:77", Acceptance.NEW, 1)
    kept = await inbox.order("shop:77")
    assert kept == replace(an_order(), raw_id=document_id("shop", b"\xff\x00 bytes"))
    assert await inbox.document(kept.raw_id) == b"\xff\x00 bytes"


async def test_the_same_content_again_is_the_same_order_whatever_its_bytes(inbox: Inbox) -> None:
    await inbox.accept(an_order(), b"one way", NOW)
    again = await inbox.accept(an_order(), b"another way", NOW + 5)
    assert (again.acceptance, again.position) == (Acceptance.SAME, 1)
    assert len(await inbox.after(0)) == 1


async def test_other_content_of_the_same_order_changes_nothing(inbox: Inbox) -> None:
    await inbox.accept(an_order(), b"first", NOW)
    changed = an_order(a_line(units=2))
    assert await inbox.known(changed) is Acceptance.CHANGED
    assert (await inbox.accept(changed, b"second", NOW)).acceptance is Acceptance.CHANGED
    assert (await inbox.order("shop:77")).lines[0].units == 1


async def test_two_channels_may_use_the_same_identifier(inbox: Inbox) -> None:
    await inbox.accept(an_order(), b"", NOW)
    assert (await inbox.accept(an_order(channel="other"), b"", NOW)).acceptance is Acceptance.NEW


async def test_orders_are_taken_up_in_the_order_they_came_without_gaps(inbox: Inbox) -> None:
    for number in range(5):
        await inbox.accept(an_order(channel_order_id=str(number)), b"", NOW)
    first = await inbox.after(0, limit=2)
    rest = await inbox.after(first[-1][0])
    assert [position for position, _ in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert [order.channel_order_id for _, order in (*first, *rest)] == ["0", "1", "2", "3", "4"]
    assert await inbox.after(5) == []


async def test_what_was_taken_up_is_marked_and_the_mark_never_moves_back(inbox: Inbox) -> None:
    assert await inbox.taken() == 0
    for position, marked in ((2, 2), (1, 2), (3, 3)):
        await inbox.mark_taken(position)
        assert await inbox.taken() == marked


async def test_one_of_many_deliveries_at_a_time_is_the_new_one(inbox: Inbox) -> None:
    answers = await asyncio.gather(*(inbox.accept(an_order(), b"", NOW) for _ in range(20)))
    assert [answer.acceptance for answer in answers].count(Acceptance.NEW) == 1


async def test_what_is_in_quarantine_keeps_bytes_reason_and_times(inbox: Inbox) -> None:
    kept = await inbox.quarantine("shop", b"\x00\xff", BROKEN, NOW)
    later = await inbox.quarantine("shop", b"\x00\xff", Refusal(Reason.UNKNOWN_SKU, "x", "shop:1"), NOW + 9)
    assert later.quarantine_id == kept.quarantine_id
    assert (kept.tries, later.tries, later.first_time, later.last_time, later.size) == (1, 2, NOW, NOW + 9, 2)
    assert await inbox.quarantined(kept.quarantine_id) == later
    assert later.refusal == Refusal(Reason.UNKNOWN_SKU, "x", "shop:1")
    assert await inbox.document(kept.quarantine_id) == b"\x00\xff"


async def test_quarantine_lists_the_oldest_first(inbox: Inbox) -> None:
    for age, document in ((3, b"c"), (1, b"a"), (2, b"b")):
        await inbox.quarantine("shop", document, BROKEN, NOW + age)
    assert [each.first_time - NOW for each in await inbox.in_quarantine()] == [1, 2, 3]
    assert len(await inbox.in_quarantine(limit=2)) == 2


async def test_an_accepted_document_leaves_quarantine(inbox: Inbox) -> None:
    await inbox.quarantine("shop", b"doc", BROKEN, NOW)
    await inbox.accept(an_order(), b"doc", NOW)
    assert await inbox.in_quarantine() == []
    assert await inbox.document(document_id("shop", b"doc")) == b"doc"


async def test_a_dismissed_document_is_gone(inbox: Inbox) -> None:
    kept = await inbox.quarantine("shop", b"doc", BROKEN, NOW)
    await inbox.dismiss(kept.quarantine_id)
    for gone in (inbox.dismiss, inbox.quarantined, inbox.document):
        with pytest.raises(NotFound):
            await gone(kept.quarantine_id)


async def test_an_unknown_order_is_not_found(inbox: Inbox) -> None:
    with pytest.raises(NotFound):
        await inbox.order("shop:1")


async def test_documents_of_accepted_orders_go_in_time_and_those_in_quarantine_stay(client: Client) -> None:
    inbox = RedisInbox(client, "test-ttl", document_ttl_s=1_000)
    await inbox.accept(an_order(), b"taken", NOW)
    await inbox.quarantine("shop", b"held", BROKEN, NOW)
    ttls = [
        await client.ttl(f"onebox:{{test-ttl}}:capture:document:{document_id('shop', doc)}")
        for doc in (b"taken", b"held")
    ]
    assert 0 < ttls[0] <= 1_000
    assert ttls[1] == -1


async def test_every_key_lies_in_the_ledgers_slot(client: Client) -> None:
    inbox = RedisInbox(client, "test-slot")
    order: CapturedOrder = an_order()
    await inbox.accept(order, b"taken", NOW)
    await inbox.quarantine("shop", b"held", BROKEN, NOW)
    keys: list[bytes] = await client.keys("*test-slot*")  # type: ignore[assignment] # replies are bytes
    assert keys
    assert all(key.startswith(b"onebox:{test-slot}:capture:") for key in keys)
