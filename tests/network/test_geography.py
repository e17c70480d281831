import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.network.geography import distance_m, distances_m, find_place, normal_postal_code
from engine.network.network import Place

latitude = st.floats(-90, 90, allow_subnormal=False)
longitude = st.floats(-180, 180, allow_subnormal=False)
point = st.builds(lambda lat, lon: Place("US", "1", lat, lon, "UTC"), latitude, longitude)

PARIS = Place("FR", "75", 48.8566, 2.3522, "Europe/Paris")
LYON = Place("FR", "69", 45.7640, 4.8357, "Europe/Paris")


def test_a_known_distance_is_reproduced() -> None:
    assert distance_m(PARIS, LYON) == pytest.approx(391_500, abs=500)
    assert distance_m(PARIS, PARIS) == 0


def test_a_quarter_of_a_meridian_is_a_quarter_of_the_circumference() -> None:
    pole, equator = Place("", "", 90, 0, ""), Place("", "", 0, 77, "")
    assert distance_m(pole, equator) == round(np.pi / 2 * 6_371_008.8)


@given(point, st.lists(point, min_size=1, max_size=40))
def test_one_distance_is_the_same_as_that_distance_among_many(origin: Place, places: list[Place]) -> None:
    many = distances_m(
        origin.latitude, origin.longitude, [place.latitude for place in places], [place.longitude for place in places]
    )
    assert many.dtype == np.int64
    assert many.tolist() == [distance_m(origin, place) for place in places]


@given(point, point)
def test_it_is_as_far_back_as_there(one: Place, other: Place) -> None:
    assert abs(distance_m(one, other) - distance_m(other, one)) <= 1
    assert 0 <= distance_m(one, other) <= 20_015_115


PLACES = {
    ("US", "9"): Place("US", "9", 40, -120, "America/Los_Angeles"),
    ("US", "941"): Place("US", "941", 37.7, -122.4, "America/Los_Angeles"),
    ("US", "94107"): Place("US", "94107", 37.76, -122.4, "America/Los_Angeles"),
    ("GB", "SW1A"): Place("GB", "SW1A", 51.5, -0.13, "Europe/London"),
}


@pytest.mark.parametrize(
    ("country", "postal_code", "prefix"),
    [
        ("US", "94107", "94107"),
        ("US", "94107-1234", "94107"),
        ("us ", " 94 108 ", "941"),
        ("US", "90001", "9"),
        ("GB", "sw1a 1aa", "SW1A"),
    ],
)
def test_the_longest_known_prefix_of_a_postal_code_is_its_place(country: str, postal_code: str, prefix: str) -> None:
    place = find_place(PLACES, country, postal_code)
    assert place is not None
    assert place.postal_prefix == prefix


@pytest.mark.parametrize(("country", "postal_code"), [("US", "10001"), ("GB", "94107"), ("US", ""), ("", "94107")])
def test_an_unknown_postal_code_has_no_place(country: str, postal_code: str) -> None:
    assert find_place(PLACES, country, postal_code) is None


def test_postal_codes_are_compared_in_upper_case_without_spaces() -> None:
    assert normal_postal_code(" k1a\t0b1 ") == "K1A0B1"
