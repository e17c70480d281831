"""Shares and refunds to the coin."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.capture.captured import CapturedLine, CapturedOrder, Charge, ChargeKind
from engine.lifecycle.money import charges, line_prices, open_total
from engine.lifecycle.shares import coin_micros, divided, of_units
from tests.lifecycle.world import ADDRESS, NOW, an_order

CENT = 10_000
cents = st.integers(0, 100_000)


@given(total=cents, weights=st.lists(st.integers(0, 1_000), min_size=1, max_size=8))
def test_a_discount_is_divided_to_the_cent_and_no_part_is_a_cent_off_its_share(total: int, weights: list[int]) -> None:
    parts = divided(total * CENT, weights, CENT)
    assert sum(parts) == total * CENT
    assert all(part % CENT == 0 for part in parts)
    whole = sum(weights)
    if whole:
        assert all(
            abs(part * whole - total * CENT * weight) < CENT * whole
            for part, weight in zip(parts, weights, strict=True)
        )


def test_the_largest_remainder_gets_the_odd_cent() -> None:
    assert divided(100 * CENT, [1, 1, 1], CENT) == [34 * CENT, 33 * CENT, 33 * CENT]
    assert divided(10 * CENT, [60, 25, 15], CENT) == [6 * CENT, 3 * CENT, 1 * CENT]
    assert divided(5 * CENT, [1, 2], CENT) == [2 * CENT, 3 * CENT]


@given(total=cents, units=st.integers(1, 12))
def test_units_refunded_one_by_one_come_to_what_they_cost(total: int, units: int) -> None:
    steps = [of_units(total * CENT, n, units, CENT) for n in range(units + 1)]
    assert (steps[0], steps[-1]) == (0, total * CENT)
    assert all(after - before >= 0 for before, after in pairwise(steps))
    assert all(amount % CENT == 0 for amount in steps)


@given(total=st.integers(0, 10 * CENT), units=st.integers(1, 12))
def test_no_unit_costs_less_than_nothing_though_the_total_be_no_whole_coin(total: int, units: int) -> None:
    steps = [of_units(total, n, units, CENT) for n in range(units + 1)]
    assert steps[-1] == total
    assert all(after - before >= 0 for before, after in pairwise(steps))


def test_there_are_currencies_without_cents() -> None:
    assert [coin_micros(currency) for currency in ("EUR", "JPY", "KWD")] == [10_000, 1_000_000, 1_000]


def test_the_orders_discount_falls_on_its_lines_by_what_they_cost() -> None:
    order = an_order()  # 20.00 and 10.00, 1.50 off the whole, 10% tax on each, freight 4.99
    assert [(price.goods, price.tax) for price in line_prices(order)] == [
        (19_000_000, 2_000_000),
        (9_500_000, 1_000_000),
    ]
    assert charges(order) == 4_990_000
    assert open_total(order) == 36_490_000


prices = st.tuples(st.integers(1, 5), st.integers(0, 5_000), st.integers(0, 50), st.integers(0, 900))


@given(
    lines=st.lists(prices, min_size=1, max_size=5),
    discount=st.integers(0, 3_000),
    tax=st.integers(0, 500),
    freight=st.integers(0, 900),
    included=st.booleans(),
    closed=st.integers(0, 4),
)
def test_lines_and_charges_are_the_whole_order(
    lines: list[tuple[int, int, int, int]], discount: int, tax: int, freight: int, included: bool, closed: int
) -> None:
    made = tuple(
        CapturedLine(
            str(number),
            f"sku-{number}",
            units,
            gross * CENT,
            gross * CENT * off // 100 // CENT * CENT,
            line_tax * CENT,
            closed_units=min(closed, units - 1),
        )
        for number, (units, gross, off, line_tax) in enumerate(lines)
    )
    order = CapturedOrder(
        "web",
        "1",
        NOW,
        "EUR",
        made,
        ship_to=ADDRESS,
        charges=(Charge(ChargeKind.SHIPPING, freight * CENT),),
        discount_micros=discount * CENT,
        tax_micros=tax * CENT,
        tax_included=included,
    )
    found = line_prices(order)
    assert sum(price.goods + price.tax for price in found) + charges(order) == open_total(order)
    assert all(price.goods >= 0 and price.tax >= 0 for price in found)
    if not closed and not included:
        assert open_total(order) == max(0, order.reckoned_total_micros)
