"""Orders that come in several documents: put together whatever their order, kept until they are whole, and never twice."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from engine.capture.channel import Channel
from engine.capture.inbox import Inbox, Reason, Refusal
from engine.capture.intake import Fate, Intake, Outcome
from tests.capture.building import NOW, a_catalogue, an_order, sample

AMAZON = Channel("amazon", "amazon")
ORDER: dict[str, Any] = json.loads(sample("amazon_v0.json"))["payload"] | {"NumberOfItemsUnshipped": 3}
ITEM: dict[str, Any] = json.loads(sample("amazon_v0_items.json"))["payload"]["OrderItems"][0]
ADDRESS = ORDER["ShippingAddress"]
BARE = {name: value for name, value in ORDER.items() if name != "ShippingAddress"}


@pytest.fixture
def intake(inbox: Inbox) -> Intake:
    return Intake(inbox, a_catalogue, lambda: NOW)


def answer(**payload: Any) -> bytes:
    return json.dumps({"payload": {"AmazonOrderId": ORDER["AmazonOrderId"], **payload}}).encode()


def items(*units: int, **more: Any) -> list[dict[str, Any]]:
    return [
        ITEM | {"OrderItemId": f"i{n}", "QuantityOrdered": units[n], "QuantityShipped": 0} | more
        for n in range(len(units))
    ]


async def only(intake: Intake, body: bytes, channel: Channel = AMAZON) -> Outcome:
    (outcome,) = await intake.deliver(channel, body)
    return outcome


PARTS = [
    answer(**BARE),
    answer(ShippingAddress=ADDRESS),
    answer(OrderItems=items(2)),
    answer(OrderItems=[items(0, 1)[1]]),
]


@pytest.mark.parametrize("parts", list(itertools.permutations(PARTS)))
async def test_an_order_is_captured_with_its_last_part_whichever_that_is(
    intake: Intake, inbox: Inbox, parts: tuple[bytes, ...]
) -> None:
    fates = [(await only(intake, part)).fate for part in parts]
    assert fates == [Fate.QUARANTINED] * 3 + [Fate.CAPTURED]
    assert await inbox.in_quarantine() == []
    captured = await inbox.order("amazon:111-2")
    assert [(line.line_id, line.units) for line in captured.lines] == [("i0", 2), ("i1", 1)]
    assert captured.ship_to is not None
    assert json.loads(await inbox.document(captured.raw_id))["AmazonOrderId"] == "111-2"


async def test_a_part_says_what_is_still_missing(intake: Intake) -> None:
    said = [
        (await only(intake, part)).quarantined
        for part in (answer(OrderItems=items(2)), answer(**ORDER), answer(**BARE, OrderItems=items(3)))
    ]
    assert [kept.refusal.reason for kept in said if kept is not None] == [Reason.INCOMPLETE] * 2
    assert said[0] is not None
    assert said[1] is not None
    assert said[0].refusal == Refusal(
        Reason.INCOMPLETE, "order 111-2 without the order itself (getOrder)", "amazon:111-2"
    )
    assert "all its items, 0 of 3 units are there (getOrderItems)" in said[1].refusal.detail
    assert said[2] is None  # with the address of the second


async def test_a_part_of_an_order_that_is_captured_is_known_and_one_that_changes_it_is_kept(
    intake: Intake, inbox: Inbox
) -> None:
    for part in PARTS:
        await only(intake, part)
    assert [(await only(intake, part)).fate for part in PARTS] == [Fate.DUPLICATE] * 4
    assert await inbox.in_quarantine() == []
    changed = await only(intake, answer(ShippingAddress=ADDRESS | {"City": "Elsewhere"}))
    assert changed.quarantined is not None
    assert changed.quarantined.refusal == Refusal(Reason.CHANGED, "captured before, with other ship_to", "amazon:111-2")
    assert len(await inbox.in_quarantine()) == 1


async def test_a_whole_that_may_not_in_takes_the_place_of_its_parts_and_is_replayed(inbox: Inbox) -> None:
    catalogue = a_catalogue("POT")
    intake = Intake(inbox, lambda: catalogue, lambda: NOW)
    for part in PARTS:
        await only(intake, part)
    (kept,) = await inbox.in_quarantine()
    assert kept.refusal.reason is Reason.UNKNOWN_SKU
    (outcome,) = await intake.replay(Channel("amazon", "amazon", skus={"MUG": "POT"}), kept.quarantine_id)
    assert outcome.fate is Fate.CAPTURED
    assert await inbox.in_quarantine() == []


async def test_of_two_answers_the_later_one_counts(intake: Intake, inbox: Inbox) -> None:
    for part in (answer(OrderItems=items(3, SellerSKU="OLD")), answer(OrderItems=items(3)), answer(**ORDER)):
        await only(intake, part)
    assert [line.sku for line in (await inbox.order("amazon:111-2")).lines] == ["MUG"]


async def test_a_pending_order_waits_for_amazons_word(intake: Intake, inbox: Inbox) -> None:
    waiting = await only(intake, answer(**ORDER | {"OrderStatus": "Pending"}, OrderItems=items(3)))
    assert waiting.quarantined is not None
    assert "it is pending" in waiting.quarantined.refusal.detail
    assert (await only(intake, answer(**ORDER))).fate is Fate.CAPTURED
    assert await inbox.in_quarantine() == []


async def test_an_order_that_amazon_cancelled_is_cancelled_without_its_lines_too(intake: Intake) -> None:
    for more in ({}, {"OrderItems": items(0)}):
        outcome = await only(intake, answer(**ORDER | {"OrderStatus": "Canceled"}, **more))
        assert outcome.quarantined is not None
        assert outcome.quarantined.refusal.reason is Reason.CANCELLED


async def test_a_line_that_was_struck_out_is_left_out(intake: Intake, inbox: Inbox) -> None:
    assert (await only(intake, answer(**ORDER, OrderItems=items(3, 0)))).fate is Fate.CAPTURED
    assert [line.line_id for line in (await inbox.order("amazon:111-2")).lines] == ["i0"]


NOTICES = {
    "square": {"type": "order.created", "event_id": "1", "data": {"id": "CAISENgvlJ6", "object": {}}},
    "bigcommerce": {"scope": "store/order/created", "hash": "1", "data": {"type": "order", "id": 218}},
}


@pytest.mark.parametrize("kind", NOTICES)
async def test_what_only_names_an_order_goes_once_the_order_is_there(inbox: Inbox, kind: str) -> None:
    intake = Intake(inbox, a_catalogue, lambda: NOW)
    channel = Channel(kind, kind, skus={"VAR1": "MUG"})
    notice = json.dumps(NOTICES[kind]).encode()
    assert (await only(intake, notice, channel)).fate is Fate.QUARANTINED
    assert (await only(intake, sample(f"{kind}.json"), channel)).fate is Fate.CAPTURED
    assert await inbox.in_quarantine() == []
    later = await only(intake, notice.replace(b'"1"', b'"2"'), channel)
    assert later.fate is Fate.DUPLICATE
    assert await inbox.in_quarantine() == []


async def test_parts_are_listed_as_they_were_delivered_and_go_with_their_dismissal(inbox: Inbox) -> None:
    incomplete = Refusal(Reason.INCOMPLETE, "half", "shop:77")
    for document in (b"a", b"b", b"a"):
        await inbox.quarantine("shop", document, incomplete, NOW)
    other = await inbox.quarantine("shop", b"c", Refusal(Reason.BROKEN, "half", "shop:77"), NOW)
    assert await inbox.parts("shop:77") == [b"b", b"a"]
    first, *_ = await inbox.in_quarantine()
    await inbox.dismiss(first.quarantine_id)
    assert len(await inbox.parts("shop:77")) == 1
    await inbox.quarantine("shop", b"a", Refusal(Reason.BROKEN, "worse", "shop:77"), NOW)
    await inbox.quarantine("shop", b"b", Refusal(Reason.BROKEN, "worse", "shop:77"), NOW)
    assert await inbox.parts("shop:77") == []
    await inbox.quarantine("shop", b"d", incomplete, NOW)
    await inbox.accept(an_order(), b"e", NOW)
    assert await inbox.parts("shop:77") == [b"e"]
    assert other.quarantine_id in {kept.quarantine_id for kept in await inbox.in_quarantine()}
