"""What becomes of what a channel sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.capture.catalogue import Catalogue
from engine.capture.channel import Channel
from engine.capture.inbox import Inbox, Reason
from engine.capture.intake import Fate, Intake, Outcome
from engine.errors import NotFound, NotReady
from tests.capture.building import NOW, a_catalogue, sample

SHOP = Channel("shop", "shopify")


class Shelf:
    """A catalogue that the tests change."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __call__(self) -> Catalogue:
        return self.catalogue


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(a_catalogue())


@pytest.fixture
def intake(inbox: Inbox, shelf: Shelf) -> Intake:
    return Intake(inbox, shelf, lambda: NOW)


def changed(**values: Any) -> bytes:
    return json.dumps(json.loads(sample("shopify.json")) | values).encode()


def reasons(outcomes: list[Outcome]) -> list[Reason]:
    return [each.quarantined.refusal.reason for each in outcomes if each.quarantined is not None]


async def test_a_good_order_is_captured_once_however_often_it_is_delivered(intake: Intake, inbox: Inbox) -> None:
    first = await intake.deliver(SHOP, sample("shopify.json"))
    again = await intake.deliver(SHOP, sample("shopify.json"))
    other_bytes = await intake.deliver(SHOP, changed(updated_at="2026-01-01T00:00:00Z"))
    assert [each[0].fate for each in (first, again, other_bytes)] == [Fate.CAPTURED, Fate.DUPLICATE, Fate.DUPLICATE]
    assert len(await inbox.after(0)) == 1
    assert await inbox.in_quarantine() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"id": 1,', Reason.BROKEN),
        (b"\xff\xfe", Reason.BROKEN),
        (b'{"fulfillment": {"id": 1}}', Reason.NOT_AN_ORDER),
        (b"[]", Reason.NOT_AN_ORDER),
        (changed(currency="EUR"), Reason.CURRENCY_MISMATCH),
        (changed(currency="dollars"), Reason.CURRENCY_MISMATCH),
        (changed(cancelled_at="2025-03-05T00:00:00Z"), Reason.CANCELLED),
        (changed(created_at="yesterday"), Reason.BROKEN),
        (changed(shipping_address={"zip": "99999", "country_code": "US", "address1": "A 1"}), Reason.BAD_ADDRESS),
        (changed(shipping_address={"zip": "40202", "country_code": "US"}), Reason.BAD_ADDRESS),
        (changed(shipping_address={"zip": "40202", "country": "Atlantis"}), Reason.BAD_ADDRESS),
        (changed(shipping_address=None), Reason.BAD_ADDRESS),
        (changed(line_items=[{"id": 1, "sku": "NOPE", "quantity": 1}]), Reason.UNKNOWN_SKU),
        (changed(line_items=[{"id": 1, "sku": "", "quantity": 1}]), Reason.UNKNOWN_SKU),
        (changed(line_items=[{"id": 1, "sku": "MUG", "quantity": 0}]), Reason.BROKEN),
        (
            changed(line_items=[{"id": 1, "sku": "MUG", "quantity": 1, "fulfillable_quantity": 0}]),
            Reason.NOTHING_TO_SHIP,
        ),
        (changed(line_items=[]), Reason.BROKEN),
    ],
)
async def test_what_is_not_captured_is_kept_with_its_reason(
    intake: Intake, inbox: Inbox, body: bytes, reason: Reason
) -> None:
    outcomes = await intake.deliver(SHOP, body)
    assert reasons(outcomes) == [reason]
    (kept,) = await inbox.in_quarantine()
    document = await inbox.document(kept.quarantine_id)
    assert document == body or json.loads(document) == json.loads(body)
    assert await inbox.after(0) == []


async def test_a_reason_names_field_value_and_expectation(intake: Intake) -> None:
    bad = changed(line_items=[{"id": 1, "sku": "MUG", "quantity": 1}, {"id": 2, "sku": "MUG", "quantity": "two"}])
    (outcome,) = await intake.deliver(SHOP, bad)
    assert outcome.quarantined is not None
    assert outcome.quarantined.refusal.detail == "line_items[1].quantity: expected a decimal number, got 'two'"


async def test_orders_of_one_body_have_fates_of_their_own(intake: Intake, inbox: Inbox) -> None:
    good, bad = json.loads(sample("shopify.json")), json.loads(changed(id=2, currency="EUR"))
    outcomes = await intake.deliver(SHOP, json.dumps({"orders": [good, bad]}).encode())
    assert [each.fate for each in outcomes] == [Fate.CAPTURED, Fate.QUARANTINED]
    assert [each.order_id for each in outcomes] == ["shop:5501", "shop:2"]
    (kept,) = await inbox.in_quarantine()
    assert json.loads(await inbox.document(kept.quarantine_id)) == bad


async def test_another_content_of_a_captured_order_is_kept_and_named(intake: Intake, inbox: Inbox) -> None:
    await intake.deliver(SHOP, sample("shopify.json"))
    (outcome,) = await intake.deliver(SHOP, changed(note="Ring thrice"))
    assert outcome.quarantined is not None
    assert outcome.quarantined.refusal.reason is Reason.CHANGED
    assert outcome.quarantined.refusal.detail == "captured before, with other notes"
    assert (await inbox.order("shop:5501")).notes[0] == "Ring twice"


async def test_a_replay_after_the_sku_is_known_captures_the_order(intake: Intake, inbox: Inbox, shelf: Shelf) -> None:
    shelf.catalogue = a_catalogue("MUG")
    (held,) = await intake.deliver(SHOP, sample("shopify.json"))
    assert held.quarantined is not None
    quarantine_id = held.quarantined.quarantine_id
    (still,) = await intake.replay(SHOP, quarantine_id)
    assert still.quarantined is not None
    assert (still.quarantined.quarantine_id, still.quarantined.tries) == (quarantine_id, 2)
    shelf.catalogue = a_catalogue("MUG", "POT")
    (taken,) = await intake.replay(SHOP, quarantine_id)
    assert taken.fate is Fate.CAPTURED
    assert await inbox.in_quarantine() == []
    with pytest.raises(NotFound):
        await intake.replay(SHOP, quarantine_id)


async def test_without_a_network_nothing_is_taken(inbox: Inbox) -> None:
    def none() -> Catalogue:
        raise NotReady("no network is loaded yet")

    with pytest.raises(NotReady):
        await Intake(inbox, none, lambda: NOW).deliver(SHOP, sample("shopify.json"))
    assert await inbox.in_quarantine() == []
