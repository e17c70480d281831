"""Every adapter on a document of its channel's documented shape, and on what may happen to one on its way."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.capture.adapter import Incomplete, NotAnOrder
from engine.capture.captured import Address, CapturedOrder, ChargeKind, PaymentState
from engine.capture.channel import Channel
from engine.capture.inbox import content_digest
from engine.capture.registry import ADAPTERS, adapter_of
from engine.errors import InvalidInput
from engine.network.carriers import ServiceLevel
from tests.capture.building import sample

SAMPLES = {
    "amazon": "amazon_2026.json",
    "bigcommerce": "bigcommerce.json",
    "csv": "csv.csv",
    "ebay": "ebay.json",
    "edifact": "edifact_orders.edi",
    "json": "json.json",
    "magento": "magento.json",
    "shopify": "shopify.json",
    "square": "square.json",
    "tradacoms": "tradacoms.edi",
    "woocommerce": "woocommerce.json",
    "x12": "x12_850.edi",
}
JSON_KINDS = [kind for kind, name in SAMPLES.items() if name.endswith(".json")]


SHOP = Address("GB", "LS1 1AA", city="Leeds")


def channel_of(kind: str, **more: Any) -> Channel:
    return Channel(kind, kind, currency="USD", country="US", skus={"VAR1": "MUG"}, addresses={"12": SHOP}, **more)


def read_all(kind: str, body: bytes) -> list[CapturedOrder]:
    adapter = ADAPTERS[kind]
    return [adapter.read(document, channel_of(kind)) for document in adapter.documents(body)]


def read(kind: str, body: bytes | None = None) -> CapturedOrder:
    return read_all(kind, sample(SAMPLES[kind]) if body is None else body)[0]


def test_every_adapter_has_a_sample() -> None:
    assert set(SAMPLES) == set(ADAPTERS)


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind != "tradacoms"])  # which states no total
def test_lines_charges_and_taxes_come_to_the_channels_own_total(kind: str) -> None:
    order = read(kind)
    assert order.total_micros is not None
    assert order.reckoned_total_micros == order.total_micros


@pytest.mark.parametrize(
    ("kind", "order_id", "lines", "level", "state"),
    [
        ("amazon", "222-3", [("MUG", 2)], "OVERNIGHT", "PAID"),
        ("bigcommerce", "218", [("MUG", 3), ("", 0)], "GROUND", "AUTHORISED"),
        ("csv", "W-1", [("MUG", 2), ("POT", 5)], "OVERNIGHT", "PAID"),
        ("ebay", "27-00001-00001", [("MUG", 2)], "TWO_DAY", "PAID"),
        ("edifact", "B10+77", [("MUG", 12), ("POT", 1)], "OVERNIGHT", "ON_ACCOUNT"),
        ("json", "Q-1", [("MUG", 2)], "OVERNIGHT", "PAID"),
        (
            "magento",
            "000000009",
            [("MUG", 2), ("KIT-POT-LID", 0), ("POT", 1), ("LID", 1), ("EBOOK", 0)],
            "TWO_DAY",
            "PAID",
        ),
        ("square", "CAISENgvlJ6", [("MUG", 2), ("", 0)], "OVERNIGHT", "PAID"),
        ("woocommerce", "727", [("MUG", 3), ("SET", 0), ("POT", 2)], "GROUND", "PAID"),
        ("x12", "PO-100", [("MUG", 3), ("B-POT", 24)], "GROUND", "ON_ACCOUNT"),
    ],
)
def test_what_is_to_ship_is_read(
    kind: str, order_id: str, lines: list[tuple[str, int]], level: str, state: str
) -> None:
    order = read(kind)
    assert order.channel_order_id == order_id
    assert [(line.sku, line.open_units) for line in order.lines] == lines
    assert order.service_level is ServiceLevel[level]
    assert order.payment.state is PaymentState[state]
    assert order.ship_to is not None
    assert (order.ship_to.country, order.ship_to.postal_code, order.ship_to.city) in (
        ("US", "40202", "Louisville"),
        ("US", "40202", ""),
    )


@pytest.mark.parametrize("kind", SAMPLES)
def test_an_order_is_written_down_and_read_back(kind: str) -> None:
    for order in read_all(kind, sample(SAMPLES[kind])):
        assert msgspec.json.decode(msgspec.json.encode(order), type=CapturedOrder) == order


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_document_of_a_body_is_read_by_itself_and_once_parted_stays_the_same(kind: str) -> None:
    adapter = ADAPTERS[kind]
    for document in adapter.documents(sample(SAMPLES[kind])):
        again = list(adapter.documents(document))
        assert [content_digest(adapter.read(each, channel_of(kind))) for each in again] == [
            content_digest(adapter.read(document, channel_of(kind)))
        ]


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_several_orders_come_in_a_list(kind: str) -> None:
    (document,) = ADAPTERS[kind].documents(sample(SAMPLES[kind]))
    body = b"[" + document + b"," + document.replace(b'"Louisville"', b'"Elsewhere"') + b"]"
    expected = 1 if kind == "amazon" else 2  # Amazon's answers on one order are parts of it
    assert len(ADAPTERS[kind].documents(body)) == expected


def test_amazons_order_and_its_items_are_put_together() -> None:
    order, items = sample("amazon_v0.json"), sample("amazon_v0_items.json")
    captured = read("amazon", b"[" + order + b"," + items + b"]")
    assert captured == read("amazon", b"[" + items + b"," + order + b"]")
    (line,) = captured.lines
    assert (line.sku, line.units, line.open_units, line.note) == ("MUG", 3, 2, "Hi")
    assert (line.gross_micros, line.discount_micros, line.tax_micros) == (45_000_000, 5_000_000, 2_500_000)
    assert [(charge.kind, charge.gross_micros, charge.discount_micros) for charge in captured.charges] == [
        (ChargeKind.SHIPPING, 4_000_000, 1_000_000),
        (ChargeKind.GIFT_WRAP, 2_000_000, 0),
    ]
    assert captured.unexplained_micros == 0
    assert (captured.service_level, captured.deliver_by) == (ServiceLevel.TWO_DAY, 1_751_612_399)
    assert captured.ship_to is not None
    assert captured.ship_to.residential is False


@pytest.mark.parametrize("name", ["amazon_v0.json", "amazon_v0_items.json"])
def test_a_part_of_amazons_order_alone_is_incomplete(name: str) -> None:
    with pytest.raises(Incomplete, match="111-2"):
        read("amazon", sample(name))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("square", {"type": "order.created", "data": {"id": "CA1", "object": {"order_created": {"order_id": "CA1"}}}}),
        ("bigcommerce", {"scope": "store/order/created", "data": {"type": "order", "id": 250}}),
    ],
)
def test_an_order_named_without_its_content_is_incomplete(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Incomplete, match=body["data"]["id"] if kind == "square" else "250"):
        read(kind, json.dumps(body).encode())


def test_amounts_of_two_currencies_in_one_order_are_refused() -> None:
    body = json.loads(sample("amazon_2026.json"))
    body["order"]["orderItems"][0]["proceeds"]["breakdowns"][0]["subtotal"]["currencyCode"] = "CAD"
    with pytest.raises(InvalidInput, match=r"currency: expected USD, as the order's other amounts are, got 'CAD'"):
        read("amazon", json.dumps(body).encode())


def test_yen_has_no_smaller_unit() -> None:
    body = sample("square.json").replace(b'"USD"', b'"JPY"')
    assert read("square", body).total_micros == 2_844_000_000


def test_what_was_sold_over_the_counter_does_not_ship() -> None:
    body = json.loads(sample("square.json"))
    del body["order"]["fulfillments"]
    assert [line.open_units for line in read("square", json.dumps(body).encode()).lines] == [0, 0]


def test_a_ping_of_woocommerce_holds_nothing() -> None:
    assert ADAPTERS["woocommerce"].documents(b"webhook_id=12") == []


def test_a_misspelt_name_in_onebox_own_json_is_refused() -> None:
    body = json.loads(sample("json.json"))
    body["lines"][0]["skuu"] = body["lines"][0].pop("sku")
    with pytest.raises(InvalidInput, match=r"lines\[0\].skuu: expected a known name: .*sku"):
        read("json", json.dumps(body).encode())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("order_id,order_time,sku\nA,2025-01-01,MUG\n", "units missing"),
        ("order_id,order_time,sku,units,colour\n", "header: expected a known column, once"),
        ("order_id,order_time,sku,units\nA,2025-01-01,MUG,two\n", r"row\[0\].units: expected a number"),
        ("order_id,order_time,sku,units\nA,2025-01-01,MUG,1.5\n", r"row\[0\].units: expected a whole count"),
        (
            "order_id,order_time,sku,units\nA,2025-01-01,MUG\n",
            r"row\[0\]: expected 4 cells, as the header has, got '3'",
        ),
        ("order_id,order_time,sku,units\nA,2025-01-01,MUG,1\nA,2025-01-02,POT,1\n", r"row\[1\].order_time: expected"),
        ('order_id,order_time,sku,units\nA,"2025-01-01,MUG,1\n', "document: expected CSV"),
    ],
)
def test_a_faulty_csv_says_where(body: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read("csv", body.encode())


def test_an_unknown_adapter_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="adapter: expected one of amazon, bigcommerce, csv"):
        adapter_of(Channel("shop", "myspace"))


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places_of(each, (*path, key)))]


ORDERS = {kind: json.loads(ADAPTERS[kind].documents(sample(SAMPLES[kind]))[0]) for kind in JSON_KINDS}
PLACES = [(kind, place) for kind, order in ORDERS.items() for place in places_of(order) if place]
WRONG: list[Any] = [None, "", "x", 5, -1, 1.5, True, [], {}, [None], [{}], {"a": 1}, "9" * 40, "1e999", "NaN"]


@given(st.sampled_from(PLACES), st.sampled_from(["drop", *WRONG]))
@settings(max_examples=400)
def test_a_document_with_a_part_missing_or_wrong_is_read_or_refused_with_a_reason(place: Any, value: Any) -> None:
    kind, path = place
    order = copy.deepcopy(ORDERS[kind])
    holder = order
    for key in path[:-1]:
        holder = holder[key]
    if value == "drop":
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    body = json.dumps(order).encode()
    with suppress(InvalidInput, NotAnOrder, Incomplete):
        assert all(content_digest(each) for each in read_all(kind, body))


@given(st.sampled_from(["x12", "edifact", "tradacoms", "csv"]), st.data())
@settings(max_examples=200)
def test_a_file_with_a_piece_cut_out_is_read_or_refused_with_a_reason(kind: str, data: st.DataObject) -> None:
    body = sample(SAMPLES[kind])
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    adapter = ADAPTERS[kind]
    try:
        documents = adapter.documents(body[:start] + body[end:])
    except (InvalidInput, NotAnOrder):
        return
    for document in documents:
        with suppress(InvalidInput, NotAnOrder):
            assert content_digest(adapter.read(document, channel_of(kind)))
