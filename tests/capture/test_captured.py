"""What a captured order holds itself to, and what of it is routed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.capture.captured import (
    Address,
    CapturedOrder,
    Charge,
    ChargeKind,
    Payment,
    PaymentState,
)
from engine.capture.routing import routing_order
from engine.errors import InvalidInput
from engine.network.carriers import ServiceLevel
from engine.routing.order import Destination, Fulfilment, Line, PickupAt
from tests.capture.building import a_line as line
from tests.capture.building import an_order as order


def refusal(make: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        make()
    return str(refused.value)


def test_an_order_is_named_by_channel_and_the_channels_own_identifier() -> None:
    assert order().order_id == "shop:77"


def test_written_down_and_read_back_it_is_the_same() -> None:
    full = order(
        line("1", gross_micros=3_000_000, discount_micros=1, tax_micros=2, closed_units=1, title="Mug"),
        line("2", sku="", physical=False, note="Happy birthday"),
        bill_to=Address("DE", "10115", "BE", "Berlin", ("Invalidenstr. 1",), residential=False),
        charges=(Charge(ChargeKind.SHIPPING, 5_000_000, 1_000_000, 400_000),),
        service_level=ServiceLevel.TWO_DAY,
        payment=Payment(PaymentState.AUTHORISED, "card", "ch_1", 0),
        tags=("gift",),
    )
    assert msgspec.json.decode(msgspec.json.encode(full), type=CapturedOrder) == full


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: line(units=0), "units: expected a count in 1..1000000, got '0'"),
        (lambda: line(sku=""), "sku: expected a non-empty SKU, as the line ships, got ''"),
        (lambda: line(gross_micros=5, discount_micros=6), "discount_micros: expected micros in 0..5"),
        (lambda: line(tax_micros=-1), "tax_micros: expected micros"),
        (lambda: line(units=2, closed_units=3), "closed_units: expected a count in 0..2"),
        (lambda: Address("USA"), "country: expected ISO 3166 alpha-2, two capital letters, got 'USA'"),
        (lambda: order(currency="usd"), "currency: expected ISO 4217"),
        (lambda: order(channel="Shop 1"), "channel: expected a channel's name"),
        (lambda: order(line(), line()), "lines.line_id: expected identifiers unique within the order, got '1'"),
        (lambda: order(line(kit_line_id="9")), "lines.kit_line_id: expected a line of the order, got '9'"),
        (lambda: order(ship_to=None), "ship_to: expected an address, as lines ship"),
        (lambda: order(service_level=ServiceLevel.PICKUP), "service_level: expected one of GROUND"),
        (lambda: order(order_time=-1), "order_time: expected UTC seconds"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(make: Any, said: str) -> None:
    assert said in refusal(make)


def test_a_total_is_the_sum_of_lines_charges_discounts_and_taxes() -> None:
    lines = (line("1", units=3, gross_micros=30, discount_micros=5, tax_micros=2), line("2", gross_micros=10))
    shipping = Charge(ChargeKind.SHIPPING, 8, discount_micros=3, tax_micros=1)
    bought = order(*lines, charges=(shipping,), discount_micros=4, tax_micros=6, total_micros=50)
    assert bought.reckoned_total_micros == (30 - 5) + 10 + (8 - 3) - 4 + (2 + 1 + 6)
    assert bought.unexplained_micros == 50 - 45


def test_included_taxes_are_not_added_again() -> None:
    assert order(line(gross_micros=119, tax_micros=19), tax_included=True).reckoned_total_micros == 119


@given(units=st.integers(1, 1_000_000), gross=st.integers(0, 10**15))
def test_a_unit_price_times_units_is_within_half_a_micro_a_unit_of_the_gross(units: int, gross: int) -> None:
    price = line(units=units, gross_micros=gross).unit_price_micros
    assert abs(2 * (price * units - gross)) <= units


def test_only_open_physical_units_are_routed() -> None:
    bought = order(
        line("1", units=3, closed_units=1),
        line("2", units=2, closed_units=2),
        line("3", sku="GIFT-CARD", physical=False),
        vip=True,
        deliver_by=1_700_100_000,
        service_level=ServiceLevel.OVERNIGHT,
    )
    routed = routing_order(bought)
    assert routed.lines == (Line("1", "MUG", 2),)
    assert routed.destination == Destination("US", "40202", True)
    assert (routed.order_id, routed.channel, routed.vip) == ("shop:77", "shop", True)
    assert (routed.deliver_by, routed.service_level) == (1_700_100_000, ServiceLevel.OVERNIGHT)


@pytest.mark.parametrize(
    ("company", "said", "residential"), [("", None, True), ("Acme", None, False), ("Acme", True, True)]
)
def test_an_address_with_a_company_is_commercial_unless_the_channel_says(
    company: str, said: bool | None, residential: bool
) -> None:
    bought = order(ship_to=Address("US", "40202", company=company, residential=said))
    assert routing_order(bought).destination == Destination("US", "40202", residential)


def test_a_pickup_goes_to_the_store_that_the_channels_name_stands_for() -> None:
    bought = order(line(fulfilment=Fulfilment.PICKUP), ship_to=None, pickup_location="loc-9", pickup_by=1_700_000_500)
    routed = routing_order(bought, {"loc-9": "STORE-1"})
    assert (routed.pickup, routed.pickup_by, routed.destination) == (PickupAt("STORE-1"), 1_700_000_500, None)
    assert routing_order(bought).pickup == PickupAt("loc-9")


def test_an_order_with_nothing_open_is_not_routed() -> None:
    done = order(line(units=2, closed_units=2), ship_to=None)
    assert "lines: expected units that are still to ship or to hand over" in refusal(lambda: routing_order(done))


def test_a_pickup_without_a_store_is_not_routed() -> None:
    lost = order(line(fulfilment=Fulfilment.PICKUP))
    assert "pickup_location: expected a store" in refusal(lambda: routing_order(lost))
