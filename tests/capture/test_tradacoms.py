"""TRADACOMS orders."""

from __future__ import annotations

from typing import Any

import pytest

from engine.capture.adapter import NotAnOrder
from engine.capture.captured import Address, CapturedLine, CapturedOrder, Customer, Payment, PaymentState
from engine.capture.channel import Channel
from engine.capture.registry import ADAPTERS
from engine.errors import InvalidInput
from tests.capture.building import sample

LEEDS = Address("GB", "LS1 1AA", city="Leeds", street=("1 High Street",))
TEXT = sample("tradacoms.edi").decode()


def read(text: str = TEXT, **channel: Any) -> list[CapturedOrder | str]:
    adapter = ADAPTERS["tradacoms"]
    found: list[CapturedOrder | str] = []
    for document in adapter.documents(text.encode()):
        try:
            found.append(adapter.read(document, Channel("shop", "tradacoms", addresses={"12": LEEDS}, **channel)))
        except InvalidInput as error:
            found.append(str(error))
    return found


def test_every_field_of_an_order_is_read() -> None:
    first, second = read()
    assert first == CapturedOrder(
        "shop",
        "S100",
        1_740_960_000,
        "GBP",
        (
            CapturedLine("1", "MUG", 10, 25_000_000, title="MUG RED", note="ordered in units of 12"),
            CapturedLine("2", "POT", 4, 400_000_000, title="POT"),
        ),
        number="S100",
        customer=Customer("5000000000001", "CORNER SHOPS", "CORNER SHOPS"),
        ship_to=LEEDS,
        not_before=1_741_219_200,
        deliver_by=1_741_651_199,
        payment=Payment(PaymentState.ON_ACCOUNT),
        purchase_order="S100",
        notes=("RING 'BELL' FIRST",),
    )
    assert isinstance(second, CapturedOrder)
    assert (second.channel_order_id, second.order_time) == ("S101", 1_741_046_400)  # of the file, as it has none itself
    assert second.ship_to == Address(
        "GB", "YO1 7HH", street=("2 LOW LANE", "YORK"), name="BRANCH TWO", company="BRANCH TWO"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CLO=5000000000010::12", "CLO=5000000000010::13", "ship_to: expected CLO with an address, or a number"),
        ("OLD=2+:POT+++1+4+", "OLD=2+:POT+++1+x+", "OLD[1].OQTY: expected a number, got 'x'"),
        ("OTR=2'", "OTR=3'", "OTR.OLNE: expected 2, as that many lines are there, got '3'"),
        ("MTR=8'", "MTR=9'", "MTR.NOSG: expected 8, as that many segments are there, got '9'"),
        ("ORD=S100::250303", "ORD=::250303", "ORD.ORNO: expected the order's number"),
        ("ORD=S100::250303", "ORD=S100::yesterday", "ORD.ORNO.3: expected a date"),
    ],
)
def test_a_faulty_order_says_where_and_holds_up_no_other(old: str, new: str, said: str) -> None:
    first, second = read(TEXT.replace(old, new, 1))
    assert isinstance(first, str)
    assert said in first
    assert isinstance(second, CapturedOrder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("END=4", "END=5"), "END.NMST: expected 4, as that many messages are there, got '5'"),
        (TEXT.replace("END=4'\n", ""), "END: expected the end of the transmission: it was cut off"),
    ],
)
def test_orders_of_a_faulty_transmission_are_taken_and_it_is_reported(text: str, said: str) -> None:
    *orders, fault = read(text)
    assert [isinstance(order, CapturedOrder) for order in orders] == [True, True]
    assert isinstance(fault, str)
    assert said in fault


def test_a_file_of_something_else_is_no_order_and_other_text_is_broken() -> None:
    with pytest.raises(NotAnOrder, match="got ORDHDR, ORDTLR"):
        read("STX=ANA:1+A'MHD=1+ORDHDR:9'MTR=2'MHD=2+ORDTLR:9'MTR=2'END=2'")
    with pytest.raises(NotAnOrder, match="expected message ORDERS, got INVOIC"):
        read("STX=ANA:1+A'MHD=1+INVOIC:9'MTR=2'END=1'")
    with pytest.raises(InvalidInput, match="it begins with STX="):
        read("UNA:+.? '")


def test_the_channels_currency_and_country_overrule_britains() -> None:
    _, second = read(currency="EUR", country="IE")
    assert isinstance(second, CapturedOrder)
    assert second.ship_to is not None
    assert (second.currency, second.ship_to.country) == ("EUR", "IE")
