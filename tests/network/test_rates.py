from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.network.carriers import RateCard, Service
from engine.network.components import NotAllowed, Reason
from engine.network.packing import PackedBox
from engine.network.rates import billable_weight_g, card_rate, distance_price, fuel, rate_package
from tests.network.sample import BIKE, GROUND


def box(length: int = 300, width: int = 200, height: int = 100, weight: int = 1_000) -> PackedBox:
    return PackedBox("C", length, width, height, weight, 0, ((0, 1),))


def test_a_small_package_is_billed_at_its_weight_however_light() -> None:
    foot = replace(GROUND, dim_threshold_mm3=300 * 300 * 300)
    assert billable_weight_g(foot, box(300, 300, 300, 100)) == 100
    assert billable_weight_g(foot, box(301, 300, 300, 100)) == 4_518  # 27,090,000 / 5,997.13 = 4,517.16, rounded up


def test_a_large_package_is_billed_at_the_greater_of_weight_and_dimensional_weight() -> None:
    large = replace(GROUND, dim_threshold_mm3=0, dim_divisor_mm3_per_kg=5_000_000)
    assert billable_weight_g(large, box(500, 400, 250, 9_999)) == 10_000
    assert billable_weight_g(large, box(500, 400, 250, 10_001)) == 10_001
    assert billable_weight_g(replace(large, dim_divisor_mm3_per_kg=0), box(500, 400, 250, 1)) == 1


@given(st.integers(1, 3_000), st.integers(1, 3_000), st.integers(1, 9_000_000))
def test_dimensional_weight_is_rounded_up_to_the_gram(length: int, width: int, divisor: int) -> None:
    service = replace(GROUND, dim_threshold_mm3=0, dim_divisor_mm3_per_kg=divisor)
    grams = billable_weight_g(service, box(length, width, 10, 1))
    exact = length * width * 10 * 1_000
    assert grams * divisor >= exact
    assert grams == 1 or (grams - 1) * divisor < exact


@pytest.mark.parametrize(
    ("weight", "zone", "dollars"),
    [(1, 1, 4.95), (227, 5, 5.26), (228, 5, 8.41), (907, 8, 11.85), (908, 8, 13.82), (9_072, 5, 22.38)],
)
def test_a_package_pays_the_first_step_that_holds_it(weight: int, zone: int, dollars: float) -> None:
    assert card_rate(GROUND, zone, weight) == round(dollars * 1_000_000)


def refusal(service: Service, zone: int, package: PackedBox) -> str:
    with pytest.raises(NotAllowed) as caught:
        rate_package(service, zone, package)
    assert caught.value.reason is Reason.SERVICE_UNAVAILABLE
    return caught.value.detail


def test_beyond_the_last_step_the_card_has_no_price() -> None:
    assert refusal(GROUND, 5, box(weight=9_073)) == (
        "Ground: a package's billable weight is 9073 g, the rate card ends at 9072 g"
    )


def test_an_unpriced_step_or_zone_is_not_served() -> None:
    card = RateCard((1_000, 2_000), (1, 2), ((5, 6), (7, None)))
    service = replace(GROUND, rate_card=card)
    assert rate_package(service, 2, box(weight=1_000)).rate == 6
    assert refusal(service, 2, box(weight=1_001)) == "Ground: zone 2 has no price at 1001 g"
    assert refusal(service, 3, box(weight=1)) == "Ground: zone 3 has no price at 1 g"


@pytest.mark.parametrize(
    ("limits", "package", "named"),
    [
        ({"max_weight_g": 1_000}, box(weight=1_001), "weight is 1001 g, at most 1000 g"),
        ({"max_length_mm": 300}, box(100, 301, 100), "length is 301 mm, at most 300 mm"),
        ({"max_length_plus_girth_mm": 900}, box(300, 200, 101), "length plus girth is 902 mm, at most 900 mm"),
    ],
)
def test_a_package_at_a_limit_goes_and_one_above_does_not(
    limits: dict[str, int], package: PackedBox, named: str
) -> None:
    service = replace(GROUND, max_weight_g=0, max_length_plus_girth_mm=0)
    rate_package(service, 5, package)  # 0 is no limit
    limited = replace(service, **limits)  # type: ignore[arg-type]
    rate_package(limited, 5, box())
    assert named in refusal(limited, 5, package)


def test_weight_limits_are_on_the_scales_weight_and_not_on_the_billable_one() -> None:
    service = replace(GROUND, max_weight_g=1_000, dim_threshold_mm3=0)
    assert rate_package(service, 5, box(300, 300, 300, 1_000)).billable_weight_g == 4_503


def test_the_oversize_surcharge_is_for_the_longest_side_above_the_length() -> None:
    assert rate_package(GROUND, 5, box(100, 559, 100)).oversize == 0
    assert rate_package(GROUND, 5, box(100, 560, 100)).oversize == 4_000_000
    assert rate_package(replace(GROUND, oversize_length_mm=0), 5, box(100, 560, 100)).oversize == 0


def test_fuel_is_rounded_half_up_to_the_micro() -> None:
    service = replace(GROUND, fuel_bp=50)
    assert [fuel(service, rate) for rate in (99, 100, 299, 300)] == [0, 1, 1, 2]


def test_a_courier_asks_by_distance_and_not_by_package() -> None:
    priced = rate_package(BIKE, 0, box())
    assert (priced.rate, priced.fuel, priced.billable_weight_g) == (0, 0, 1_000)
    assert distance_price(BIKE, 1_395) == 4_990_000 + 1_722_220
