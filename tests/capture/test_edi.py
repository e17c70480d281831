"""EDI: separators, envelopes, repeated messages, and counts that tell what was lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.capture.adapter import NotAnOrder
from engine.capture.captured import CapturedOrder, Charge, ChargeKind
from engine.capture.channel import Channel
from engine.capture.inbox import content_digest
from engine.capture.registry import ADAPTERS
from engine.errors import InvalidInput
from tests.capture.building import sample

X12_FILE, EDIFACT_FILE = sample("x12_850.edi").decode(), sample("edifact_orders.edi").decode()


def outcomes(kind: str, text: str, country: str = "") -> list[CapturedOrder | str]:
    """What each document of the file is: an order, or the reason why not."""
    adapter, found = ADAPTERS[kind], list[CapturedOrder | str]()
    for document in adapter.documents(text.encode()):
        try:
            found.append(adapter.read(document, Channel(kind, kind, currency="USD", country=country)))
        except (InvalidInput, NotAnOrder) as refused:
            found.append(str(refused))
    return found


def names(found: list[CapturedOrder | str]) -> list[str]:
    return [each if isinstance(each, str) else each.channel_order_id for each in found]


def test_every_field_of_an_850_is_read() -> None:
    order = outcomes("x12", X12_FILE)[0]
    assert isinstance(order, CapturedOrder)
    first, second = order.lines
    assert (first.sku, first.units, first.gross_micros, first.discount_micros, first.tax_micros, first.title) == (
        *("MUG", 3, 31_500_000, 1_500_000, 2_000_000, "Mug, red"),
    )
    assert (second.sku, second.units, second.gross_micros) == ("B-POT", 24, 2_400_000)
    assert order.charges == (Charge(ChargeKind.SHIPPING, 12_500_000, title="Freight"),)
    assert order.ship_to is not None
    assert (order.ship_to.street, order.ship_to.name, order.ship_to.company) == (
        ("Chestnut Street 92", "Rear"),
        "Dock 4",
        "Store 9",
    )
    assert (order.customer.customer_id, order.customer.name, order.customer.email) == (
        "B1",
        "Pat Lee",
        "pat@example.com",
    )
    assert (order.not_before, order.deliver_by) == (1_741_132_800, 1_741_651_199)
    assert (order.notes, order.purchase_order) == (("Call first",), "PO-100")


def test_an_850_that_cancels_is_a_cancelled_order() -> None:
    second = outcomes("x12", X12_FILE)[1]
    assert isinstance(second, CapturedOrder)
    assert second.cancelled_time == second.order_time


def with_signs(element: str, component: str, end: str) -> Callable[[str], str]:
    def changed(text: str) -> str:
        return text.replace("~", end).replace(">", component).replace("|", element)

    return changed


@pytest.mark.parametrize(
    "changed",
    [
        with_signs("*", ":", "~"),
        with_signs("*", ">", "\n"),
        with_signs("!", "\\", "'\r\n"),
        with_signs("*", "~", "\n"),
        lambda text: text.replace("~", "~\r\n\t"),
        lambda text: "\ufeff" + text,
        lambda text: "\n\n" + text.replace("BUYER          ", "BUYER").replace("          ", " ") + "\n",
    ],
)
def test_an_850_says_the_same_by_other_separators(changed: Callable[[str], str]) -> None:
    found, plain = outcomes("x12", changed(X12_FILE)), outcomes("x12", X12_FILE)
    assert [each if isinstance(each, str) else content_digest(each) for each in found] == [
        each if isinstance(each, str) else content_digest(each) for each in plain
    ]


def test_interchanges_in_one_file_may_differ_in_their_separators() -> None:
    other = with_signs("*", ":", "\n")(X12_FILE).replace("PO-10", "PO-20")
    assert names(outcomes("x12", X12_FILE + other)) == ["PO-100", "PO-101", "PO-200", "PO-201"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SE|26|0001", "SE|27|0001", "SE01: expected 26, as that many segments are there, got '27'"),
        ("SE|26|0001", "SE|26|0009", "SE02: expected 0001, as its ST has, got '0009'"),
        ("CTT|2", "CTT|3", "CTT01: expected 2, as that many lines are there, got '3'"),
        ("PO1|1|3|EA", "PO1|1|3.5|EA", "PO1[0].PO102: expected a whole count >= 1, got '3.5'"),
        ("PO1|1|3|EA|10.50", "PO1|1|3|EA|ten", "PO1[0].PO104: expected a number, got 'ten'"),
        ("||20250304~CUR", "||20251304~CUR", "BEG05: expected a date as 20260131"),
        ("CUR|BY|USD", "CUR|BY|US", "currency: expected an ISO 4217 currency, as USD, got 'US'"),
        ("Louisville|KY|40202|US~N1|BT", "Louisville|KY|40202|Narnia~N1|BT", "N1*ST.country: expected a country"),
        ("MSG|Call first", "SDQ|EA|92|S9|3", "SDQ: expected an order for one place"),
    ],
)
def test_a_faulty_850_says_which_element(old: str, new: str, said: str) -> None:
    assert old in X12_FILE
    first, second = outcomes("x12", X12_FILE.replace(old, new, 1))
    assert isinstance(first, str)
    assert said in first
    assert isinstance(second, CapturedOrder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            X12_FILE.replace("GE|2|7", "GE|3|7"),
            "GE01: expected 2, as that many are there: some may be missing, got '3'",
        ),
        (X12_FILE.replace("IEA|1|000000007", "IEA|1|000000008"), "IEA02: expected 000000007, as its header has"),
        (X12_FILE.partition("GE|")[0], "IEA: expected the end of interchange 000000007: it was cut off"),
    ],
)
def test_orders_of_a_faulty_envelope_are_taken_and_the_envelope_is_reported(text: str, said: str) -> None:
    first, second, envelope = names(outcomes("x12", text))
    assert (first, second) == ("PO-100", "PO-101")
    assert said in envelope


def test_an_order_cut_off_in_its_middle_is_refused_and_those_before_it_are_taken() -> None:
    first, second, _ = names(outcomes("x12", X12_FILE.partition("CTT|1~")[0]))
    assert first == "PO-100"
    assert "SE: expected the end of the transaction set: it was cut off" in second


def test_another_transaction_set_is_no_order() -> None:
    assert names(outcomes("x12", X12_FILE.replace("ST|850|0002", "ST|810|0002"))) == [
        "PO-100",
        "expected transaction set 850, got 810, an invoice",
    ]


def test_a_country_that_is_left_out_is_the_channels() -> None:
    text = X12_FILE.replace("Louisville|KY|40202|US~", "Louisville|KY|40202~")
    first = outcomes("x12", text, country="US")[0]
    assert isinstance(first, CapturedOrder)
    assert "N1*ST.country: expected a country" in names(outcomes("x12", text))[0]


def test_every_message_of_every_edifact_interchange_is_read() -> None:
    first, *_ = found = outcomes("edifact", EDIFACT_FILE)
    assert names(found) == ["B10+77", "B11", "B12"]
    assert isinstance(first, CapturedOrder)
    assert first.notes == ("Ring twice: it's old please",)
    assert [(line.sku, line.units, line.gross_micros, line.tax_micros) for line in first.lines] == [
        ("MUG", 12, 27_000_000, 1_500_000),
        ("POT", 1, 10_000_000, 0),
    ]
    assert first.charges == (Charge(ChargeKind.SHIPPING, 7_500_000),)
    assert (first.ship_to and first.ship_to.phone, first.ship_to and first.ship_to.name) == ("+49 30 1", "Uwe Klein")


def test_edifact_may_declare_its_own_characters() -> None:
    single = EDIFACT_FILE[EDIFACT_FILE.index("UNB+UNOA") :]
    signs = str.maketrans({":": "|", "+": "^", "'": "~"})
    other = "UNA|^.! ~" + single.translate(signs)
    assert names(outcomes("edifact", other)) == ["B12"]
    assert names(outcomes("edifact", EDIFACT_FILE + other)) == ["B10+77", "B11", "B12", "B12"]


def test_lines_of_a_file_may_be_broken_anywhere() -> None:
    single = EDIFACT_FILE[EDIFACT_FILE.index("UNB+UNOA") :]
    broken = "\r\n".join(single[at : at + 7] for at in range(0, len(single), 7))
    (plain,), (found,) = outcomes("edifact", single), outcomes("edifact", broken)
    assert found == plain


def test_functional_groups_are_looked_into() -> None:
    single = EDIFACT_FILE[EDIFACT_FILE.index("UNB+UNOA") :]
    grouped = single.replace("UNH+", "UNG+ORDERS+a+b+250304:1015+1+UN+D:96A'UNH+").replace("UNZ+", "UNE+1+1'UNZ+")
    assert names(outcomes("edifact", grouped)) == ["B12"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("UNT+28+1'", "UNT+27+1'", "UNT.0074: expected 28, as that many segments are there, got '27'"),
        ("CNT+2:2'", "CNT+2:3'", "CNT+2: expected 2, as that many lines are there, got '3'"),
        ("QTY+21:12:PCE", "QTY+21:1,5:PCE", "LIN[0].QTY+21: expected a whole count >= 1, got '1,5'"),
        ("QTY+21:12:PCE", "QTY+12:12:PCE", "LIN[0].QTY+21: expected the quantity ordered"),
        ("DTM+137:20250304:102'\nDTM+63", "DTM+63", "DTM+137: expected when the order was issued"),
        ("++Kaufhaus AG:Filiale Mitte+Chestnut Street 92:Hof+Louisville+KY+40202+US", "", "ship_to: expected NAD+DP"),
    ],
)
def test_a_faulty_edifact_order_says_where(old: str, new: str, said: str) -> None:
    assert old in EDIFACT_FILE
    text = EDIFACT_FILE.replace(old, new, 1)
    if new == "DTM+63":
        text = text.replace("UNT+28+1", "UNT+27+1")
    assert said in names(outcomes("edifact", text))[0]


def test_an_edifact_file_cut_off_in_a_segment_is_broken() -> None:
    with pytest.raises(InvalidInput, match="a segment that ends"):
        ADAPTERS["edifact"].documents(EDIFACT_FILE[:-40].encode())


def test_messages_missing_from_an_interchange_are_reported() -> None:
    text = EDIFACT_FILE.replace("UNZ+2+REF1", "UNZ+3+REF1")
    assert (
        "UNZ.0036: expected 2, as that many are there: some may be missing, got '3'"
        in names(outcomes("edifact", text))[2]
    )
