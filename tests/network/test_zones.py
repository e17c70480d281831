from dataclasses import replace

import pytest

from engine.network.carriers import Carrier, ServiceZone
from engine.network.geography import distance_m
from engine.network.zones import Zones, carrier_zone, service_zone
from tests.network.sample import BIKE, COURIER, DC, GROUND, LA, MAIL, NYC, STORE, sample

MATRIX = Carrier(
    "USPS", "Postal Service", ((100, 1), (200, 2)), {"3": {"9": 31}, "381": {"1": 5, "100": 6, "10001": 7}}
)


@pytest.mark.parametrize(
    ("origin", "destination", "metres", "zone"),
    [
        ("38118", "10001", 0, 7),
        ("38118", "10002", 0, 6),
        ("38118", "19999", 0, 5),
        ("30000", "90001", 0, 31),
        ("38118", "90001", 150, 2),  # the row of the longest origin prefix is silent: a shorter one is not asked
        ("50000", "10001", 100, 1),
        ("50000", "10001", 101, 2),
        ("50000", "10001", 201, None),
    ],
)
def test_the_matrix_decides_by_longest_prefixes_and_distance_where_it_is_silent(
    origin: str, destination: str, metres: int, zone: int | None
) -> None:
    assert carrier_zone(MATRIX, origin, destination, metres) == zone


def test_a_zone_is_served_only_where_the_service_names_it() -> None:
    zones = Zones(sample())
    assert zones.zone(GROUND, DC, NYC, "10001") == 5
    assert zones.zone(GROUND, DC, LA, "90001") == 8
    near = replace(GROUND, zones={1: ServiceZone(1)})
    assert zones.zone(near, DC, NYC, "10001") is None


def test_codes_of_one_place_may_lie_in_different_zones() -> None:
    zones = Zones(sample(carriers=(replace(MAIL, zone_matrix={"38": {"10001": 1}}), COURIER)))
    assert zones.zone(GROUND, DC, NYC, "10001") == 1
    assert zones.zone(GROUND, DC, NYC, "10002") == 5


def test_a_courier_goes_as_far_as_its_radius() -> None:
    zones = Zones(sample())
    metres = distance_m(STORE, NYC)
    assert zones.distance_m(STORE, NYC) == metres
    assert zones.zone(replace(BIKE, radius_m=metres), STORE, NYC, "10001") == 0
    assert zones.zone(replace(BIKE, radius_m=metres - 1), STORE, NYC, "10001") is None


def test_a_courier_that_names_no_zone_has_no_transit_and_no_carbon() -> None:
    assert service_zone(BIKE, 0) == ServiceZone(0, 0)
    assert service_zone(replace(BIKE, zones={0: ServiceZone(1, 9)}), 0) == ServiceZone(1, 9)
