"""What channels' documents look like beyond the plain case, in the shapes that each documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.capture.adapter import Incomplete
from engine.capture.admission import refusal_of
from engine.capture.captured import Address, CapturedOrder
from engine.capture.channel import Channel
from engine.capture.inbox import MemoryInbox, Reason
from engine.capture.intake import Fate, Intake
from engine.capture.registry import ADAPTERS
from engine.errors import InvalidInput
from server.channels import read_channels
from tests.capture.building import NOW, a_catalogue, an_order, sample

Change = Callable[[dict[str, Any]], object]


def read(kind: str, change: Change = lambda order: None, **channel: Any) -> CapturedOrder:
    """The first order of the channel's sample, with a change made to it."""
    adapter = ADAPTERS[kind]
    (document, *_) = adapter.documents(sample(f"{kind}.json"))
    order = json.loads(document)
    change(order)
    return adapter.read(json.dumps(order).encode(), Channel(kind, kind, **channel))


def lines(name: str, *given: dict[str, Any]) -> Change:
    """All lines replaced by these, each on the sample's first."""

    def change(order: dict[str, Any]) -> None:
        order[name] = [order[name][0] | each for each in given]

    return change


@pytest.mark.parametrize(
    ("kind", "field", "line", "skus", "expected"),
    [
        ("shopify", "line_items", {"sku": None, "variant_id": 808950810, "product_id": 9}, {"808950810": "MUG"}, "MUG"),
        ("shopify", "line_items", {"sku": "", "variant_id": None, "product_id": 9}, {"9": "MUG"}, "MUG"),
        ("shopify", "line_items", {"sku": "OLD", "variant_id": 808950810}, {"808950810": "MUG"}, "MUG"),
        ("shopify", "line_items", {"sku": "MUG", "variant_id": 808950810}, {}, "MUG"),
        ("shopify", "line_items", {"sku": "", "title": "Made to measure"}, {}, "Made to measure"),
        ("woocommerce", "line_items", {"sku": "", "variation_id": 0, "product_id": 93}, {"93": "MUG"}, "MUG"),
        ("woocommerce", "line_items", {"sku": "", "variation_id": 23, "product_id": 22}, {}, "23"),
        ("bigcommerce", "products", {"sku": "", "variant_id": 363, "product_id": 192}, {"363": "MUG"}, "MUG"),
        ("ebay", "lineItems", {"sku": None, "legacyItemId": "110007"}, {"110007": "MUG"}, "MUG"),
        ("square", "line_items", {"catalog_object_id": None, "name": "Latte"}, {"Latte": "MUG"}, "MUG"),
    ],
)
def test_goods_without_a_sku_are_known_by_the_channels_own_names(
    kind: str, field: str, line: dict[str, Any], skus: dict[str, str], expected: str
) -> None:
    assert read(kind, lines(field, line), skus=skus).lines[0].sku == expected


@pytest.mark.parametrize(
    ("kind", "field", "units"),
    [
        ("shopify", "line_items", "quantity"),
        ("woocommerce", "line_items", "quantity"),
        ("bigcommerce", "products", "quantity"),
        ("square", "line_items", "quantity"),
        ("ebay", "lineItems", "quantity"),
        ("magento", "items", "qty_ordered"),
    ],
)
def test_a_line_of_no_units_is_left_out(kind: str, field: str, units: str) -> None:
    struck = {units: 0} | dict.fromkeys(("id", "uid", "lineItemId", "item_id"), "99")
    order = read(kind, lines(field, {}, struck))
    assert len(order.lines) == 1
    with pytest.raises(InvalidInput, match="lines: expected 1"):
        read(kind, lines(field, struck))


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("woocommerce", {"status": "checkout-draft"}, "727 is a checkout-draft"),
        ("bigcommerce", {"status_id": 0}, "218 is incomplete"),
        ("square", {"state": "DRAFT"}, "a draft"),
    ],
)
async def test_what_nobody_has_ordered_yet_waits_for_the_order(kind: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Incomplete, match=said):
        read(kind, lambda order: order.update(values))
    inbox = MemoryInbox()
    intake = Intake(inbox, lambda: a_catalogue("MUG", "POT"), lambda: NOW)
    channel = Channel(kind, kind, skus={"VAR1": "MUG"})
    draft = json.loads(ADAPTERS[kind].documents(sample(f"{kind}.json"))[0]) | values
    for body, fate in ((json.dumps(draft).encode(), Fate.QUARANTINED), (sample(f"{kind}.json"), Fate.CAPTURED)):
        assert [outcome.fate for outcome in await intake.deliver(channel, body)] == [fate]
    assert await inbox.in_quarantine() == []


def test_a_deleted_order_is_a_cancelled_one() -> None:
    assert read("bigcommerce", lambda order: order.update(is_deleted=True)).cancelled_time is not None


def test_ebays_recycling_fee_is_a_fee_and_no_tax_too() -> None:
    plain = read("ebay")

    def change(order: dict[str, Any]) -> None:
        fee = {"value": "6.0", "currency": "USD"}
        pricing, item = order["pricingSummary"], order["lineItems"][0]
        pricing |= {"fee": fee, "total": pricing["total"] | {"value": str(float(pricing["total"]["value"]) + 6)}}
        item["taxes"] = [*item.get("taxes", ()), {"amount": fee, "taxType": "ELECTRONIC_RECYCLING_FEE"}]

    order = read("ebay", change)
    assert order.unexplained_micros == plain.unexplained_micros == 0
    assert order.lines == plain.lines


def test_an_edifact_order_that_its_lines_part_among_places_is_refused_and_one_for_one_place_is_not() -> None:
    text = sample("edifact_orders.edi").decode().replace(DP + "\n", "", 1)
    places = "QTY+21:12:PCE'LOC+7+{}::9'QTY+11:6'LOC+7+{}::9'QTY+11:6'"
    adapter = ADAPTERS["edifact"]

    def to(first: str, second: str) -> CapturedOrder:
        lines = text.replace("QTY+21:12:PCE'", places.format(first, second), 1).replace("UNT+28+1", "UNT+31+1", 1)
        return adapter.read(adapter.documents(lines.encode())[0], Channel("a", "edifact", addresses={"1": BRANCH}))

    with pytest.raises(InvalidInput, match=r"LOC\+7.ship_to: expected an order for one place: .*, got '1, 2'"):
        to("1", "2")
    assert to("1", "1").ship_to == BRANCH


def test_an_edifact_order_may_say_when_it_was_ordered_and_not_when_it_was_written() -> None:
    text = sample("edifact_orders.edi").decode().replace("DTM+137:", "DTM+4:", 1)
    adapter = ADAPTERS["edifact"]
    first, *_ = adapter.documents(text.encode())
    assert adapter.read(first, Channel("a", "edifact")).order_time == 1_741_046_400


def test_an_order_to_several_addresses_is_refused_and_one_whose_goods_go_to_one_is_not() -> None:
    def several(*product_addresses: int) -> Change:
        def change(order: dict[str, Any]) -> None:
            order["shipping_addresses"] = [
                order["shipping_addresses"][0] | {"id": n, "city": f"City {n}"} for n in (1, 2)
            ]
            product = order["products"][0]
            order["products"] = [
                product | {"id": 30 + at, "order_address_id": n} for at, n in enumerate(product_addresses)
            ]

        return change

    with pytest.raises(InvalidInput, match=r"ship_to: expected one address: .* got '2 addresses'"):
        read("bigcommerce", several(1, 2))
    to = read("bigcommerce", several(2, 2)).ship_to
    assert to is not None
    assert to.city == "City 2"


def test_numbers_as_text_large_ids_offsets_and_any_script_are_read() -> None:
    def change(order: dict[str, Any]) -> None:
        order |= {"id": 2**63 - 1, "created_at": "2025-11-02T01:30:00-07:00", "total_price": 83.1}
        order["shipping_address"] |= {"city": "København", "address1": "東京都 1-2 🏠", "zip": 40202}
        order["line_items"][0] |= {"quantity": "3", "price": 20}

    order, plain = read("shopify", change), read("shopify")
    assert (order.channel_order_id, order.order_time) == ("9223372036854775807", 1_762_072_200)
    assert order.lines == plain.lines
    assert order.ship_to is not None
    assert (order.ship_to.city, order.ship_to.street[0], order.ship_to.postal_code) == (
        "København",
        "東京都 1-2 🏠",
        "40202",
    )


def test_what_the_channel_shipped_in_part_is_open_in_part_and_gift_cards_never_ship() -> None:
    given = (
        {"id": 1, "quantity": 5, "fulfillable_quantity": 2, "current_quantity": 5},
        {"id": 2, "quantity": 5, "fulfillable_quantity": 0, "current_quantity": 0},
        {"id": 3, "quantity": 1, "fulfillable_quantity": 1, "current_quantity": 1, "gift_card": True},
        {"id": 4, "quantity": 1, "fulfillable_quantity": 1, "current_quantity": 1, "requires_shipping": False},
    )
    assert [line.open_units for line in read("shopify", lines("line_items", *given)).lines] == [2, 0, 0, 0]


@pytest.mark.parametrize(
    ("currency", "channel", "reason"),
    [
        ("USD", {}, None),
        ("GBP", {}, Reason.CURRENCY_MISMATCH),
        ("GBP", {"currencies": frozenset({"GBP", "EUR"})}, None),
        ("JPY", {"currencies": frozenset({"GBP", "EUR"})}, Reason.CURRENCY_MISMATCH),
        ("EUR", {"currency": "EUR"}, None),
        ("USD", {"currency": "EUR"}, None),
    ],
)
def test_a_channel_sells_in_the_networks_currency_and_in_its_own(
    currency: str, channel: dict[str, Any], reason: Reason | None
) -> None:
    order = an_order(currency=currency)
    refusal = refusal_of(order, Channel("shop", "json", **channel), a_catalogue(), streets=True)
    assert (refusal and refusal.reason) == reason


BRANCH = Address("US", "40202", "KY", "Louisville", ("92 Chestnut St",), company="Store 9")
DP = "NAD+DP+4000001000012::9++Kaufhaus AG:Filiale Mitte+Chestnut Street 92:Hof+Louisville+KY+40202+US'"


@pytest.mark.parametrize(
    ("kind", "name", "full", "bare", "number"),
    [
        ("x12", "x12_850.edi", "~N2|Dock 4~N3|Chestnut Street 92|Rear~N4|Louisville|KY|40202|US~N1|BT", "~N1|BT", "S9"),
        ("edifact", "edifact_orders.edi", DP, "NAD+DP+4000001000012::9'", "4000001000012"),
    ],
)
def test_a_partners_branch_may_be_named_by_its_number_alone(
    kind: str, name: str, full: str, bare: str, number: str
) -> None:
    shorter = sample(name).decode().replace(full, bare, 1).replace("SE|26|0001", "SE|23|0001")
    adapter = ADAPTERS[kind]
    document = adapter.documents(shorter.encode())[0]
    with pytest.raises(InvalidInput, match=f"ship_to: expected .* addresses have, got '{number}'"):
        adapter.read(document, Channel(kind, kind))
    assert adapter.read(document, Channel(kind, kind, addresses={number: BRANCH})).ship_to == BRANCH


FILE = """
[partner]
adapter = "x12"
currencies = ["GBP"]

[partner.addresses.S9]
country = "US"
postal_code = "40202"
region = "KY"
city = "Louisville"
street = ["92 Chestnut St"]
company = "Store 9"
"""


def test_currencies_and_addresses_stand_in_the_channels_file(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text(FILE)
    channel = read_channels(file, {})["partner"]
    assert (channel.currencies, channel.addresses) == (frozenset({"GBP"}), {"S9": BRANCH})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["GBP"]', '["pounds"]', "currencies: expected 3 capital letters, or nothing, got 'pounds'"),
        ('["GBP"]', '"GBP"', "partner.currencies: expected a list, got 'GBP'"),
        ('"US"', '"USA"', "partner.addresses.S9.country: expected ISO 3166 alpha-2, two capital letters, got 'USA'"),
        ("city", "town", "partner.addresses.S9.town: expected country, postal_code"),
        ('["92 Chestnut St"]', "9", "partner.addresses.S9: expected `array`"),
    ],
)
def test_a_faulty_currency_or_address_is_refused_by_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "channels.toml"
    file.write_text(FILE.replace(old, new, 1))
    with pytest.raises(InvalidInput) as refused:
        read_channels(file, {})
    assert said in str(refused.value)
