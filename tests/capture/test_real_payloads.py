"""Every real payload of a channel, where the public data lies: what becomes of it, and why. None is part of the project."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from engine.capture.catalogue import Catalogue
from engine.capture.channel import Channel
from engine.capture.inbox import MemoryInbox, Reason
from engine.capture.intake import Fate, Intake, Outcome
from engine.network.network import Place
from tests.capture.building import NOW

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("ONEBOX_DATA", ROOT.parent / "shared" / "data")) / "payloads"

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason=f"no payloads at {PAYLOADS}; ONEBOX_DATA names the public data"
)

SKUS = (
    "0054321",
    "A_QU001-BLK",
    "A_QF001-BLK",
    "A_QF001-RED",
    "ECHO-DOT-4-BR-PRETO",
    "DELL-I15-BR-001",
    "ECHO-POP-US-BLK",
)


async def fates(folder: str, name: str, adapter: str, currency: str = "USD", *, known: bool = True) -> list[Outcome]:
    """What becomes of a file, with a network that knows its goods and every place."""
    places = {(land, ""): Place(land, "", 0.0, 0.0, "UTC") for land in ("US", "BR", "GB", "JP", "TR", "CA")}
    catalogue = Catalogue(currency, frozenset(SKUS if known else ()), frozenset({"STORE-1"}), places)
    channel = Channel(adapter, adapter, currency=currency, country="US", stores={"Test Store #1234": "STORE-1"})
    intake = Intake(MemoryInbox(), lambda: catalogue, lambda: NOW)
    return await intake.deliver(channel, (PAYLOADS / folder / name).read_bytes())


def described(outcomes: list[Outcome]) -> list[str]:
    return [each.quarantined.refusal.reason.name if each.quarantined else each.fate.name for each in outcomes]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order.json", ["UNKNOWN_SKU"]),
        ("order_with_transaction.json", ["UNKNOWN_SKU"]),
        ("orders.json", ["UNKNOWN_SKU"]),
        ("draft_order.json", ["NOT_AN_ORDER"]),
        ("orderlineitem_valid.json", ["NOT_AN_ORDER"]),
        ("fulfillment_order.json", ["NOT_AN_ORDER"]),
    ],
)
async def test_shopifys(name: str, expected: list[str]) -> None:
    assert described(await fates("shopify", name, "shopify")) == expected


@pytest.mark.parametrize(
    ("name", "currency", "expected"),
    [
        ("orders_2026-01-01__get_orders_2026_01_01_orders_exampl.json", "USD", ["NOTHING_TO_SHIP"]),
        ("orders_2026-01-01__get_orders_2026_01_01_orders_orderId_exampl.json", "GBP", ["NOTHING_TO_SHIP"]),
        (
            "orders_2026-01-01__get_orders_2026_01_01_orders_orderId_x-amzn.json",
            "BRL",
            ["CAPTURED", "NOTHING_TO_SHIP", "CURRENCY_MISMATCH"],
        ),
        (
            "orders_2026-01-01__get_orders_2026_01_01_orders_orderId_x-amzn.json",
            "USD",
            ["CURRENCY_MISMATCH", "NOTHING_TO_SHIP", "CAPTURED"],
        ),
        (
            "orders_2026-01-01__get_orders_2026_01_01_orders_x-amzn.json",
            "BRL",
            ["NOTHING_TO_SHIP", "NOTHING_TO_SHIP", "CAPTURED"],
        ),
        ("ordersV0__get_orders_v0_orders_orderId_x-amzn.json", "USD", ["INCOMPLETE", "INCOMPLETE"]),
        ("ordersV0__get_orders_v0_orders_x-amzn.json", "USD", ["INCOMPLETE"] * 3),
        ("ordersV0__get_orders_v0_orders_orderId_orderItems_exampl.json", "JPY", ["INCOMPLETE"]),
        ("ordersV0__get_orders_v0_orders_orderId_regulatedInfo_exampl.json", "USD", ["NOT_AN_ORDER"]),
        ("ordersV0__get_orders_v0_orders_orderId_regulatedInfo_x-amzn.json", "USD", ["NOT_AN_ORDER"] * 2),
    ],
)
async def test_amazons(name: str, currency: str, expected: list[str]) -> None:
    assert described(await fates("amazon", name, "amazon", currency)) == expected


@pytest.mark.parametrize(
    ("name", "adapter", "expected"),
    [
        ("x12.850.edi", "x12", ["CAPTURED", "BROKEN"]),
        ("x12.850a.edi", "x12", ["CAPTURED", "BROKEN"]),
        ("x12.850.issue135.edi", "x12", ["BAD_ADDRESS", "BAD_ADDRESS"]),
        ("x12.810a.edi", "x12", ["NOT_AN_ORDER"]),
        ("x12.832.edi", "x12", ["NOT_AN_ORDER"]),
        ("x12.214.edi", "x12", ["NOT_AN_ORDER"]),
        ("204-MGCTLYST-SAMPLE.EDI", "x12", ["NOT_AN_ORDER"]),
        ("214-MGCTLYST-SAMPLE.EDI", "x12", ["NOT_AN_ORDER"]),
        ("edifact.01.edi", "edifact", ["NOT_AN_ORDER", "BROKEN"]),
        ("edifact.ORDRSP.edi", "edifact", ["NOT_AN_ORDER", "BROKEN"]),
        ("edifact.ORDRSP-formatted.edi", "edifact", ["NOT_AN_ORDER", "BROKEN"]),
        ("tradacoms.order9.edi", "edifact", ["BROKEN"]),
    ],
)
async def test_of_edi(name: str, adapter: str, expected: list[str]) -> None:
    assert described(await fates("edi", name, adapter)) == expected


async def test_goods_that_the_network_does_not_know_are_named() -> None:
    first, _ = await fates("edi", "x12.850a.edi", "x12", known=False)
    assert first.quarantined is not None
    assert first.quarantined.refusal.reason is Reason.UNKNOWN_SKU
    assert "A_QU001-BLK" in first.quarantined.refusal.detail


@pytest.mark.parametrize(("folder", "adapter"), [("magento", "magento"), ("shopify", "shopify"), ("amazon", "amazon")])
async def test_no_payload_is_lost_and_what_is_no_order_is_not_taken_for_one(folder: str, adapter: str) -> None:
    found: Counter[str] = Counter()
    for path in sorted((PAYLOADS / folder).glob("*.json")):
        outcomes = await fates(folder, path.name, adapter)
        assert outcomes, path.name
        assert all(each.fate is not Fate.DUPLICATE for each in outcomes)
        found.update(described(outcomes))
    if folder == "magento":  # carts, invoices, stocks and sources: not one order
        assert set(found) == {"NOT_AN_ORDER"}
    assert "BROKEN" not in found
