from dataclasses import replace

import pytest

from engine.network.carriers import TransferLane
from engine.network.geography import distance_m
from engine.network.transfers import Transfers
from tests.network.sample import DC, STORE

OTHER_DC = replace(DC, node_id="DC-2")
OTHER_STORE = replace(STORE, node_id="ST-2")
NODES = (DC, OTHER_DC, STORE, OTHER_STORE)


def lane(origin: str, destination: str, fixed: int, max_distance_m: int = 0) -> TransferLane:
    return TransferLane(origin, destination, fixed, 0, 1, (900,) * 7, max_distance_m)


LANES = (
    lane("DC", "*", 4),
    lane("DC", "*", 40),
    lane("DC-MEM", "*", 3),
    lane("DC", "ST-NYC", 2),
    lane("DC-MEM", "ST-NYC", 1),
)


@pytest.mark.parametrize(
    ("origin", "store", "fixed"),
    [(DC, STORE, 1), (OTHER_DC, STORE, 2), (DC, OTHER_STORE, 3), (OTHER_DC, OTHER_STORE, 4)],
)
def test_the_most_exact_lane_wins_and_of_two_alike_the_first(origin, store, fixed) -> None:  # type: ignore[no-untyped-def]
    found = Transfers(LANES, NODES).lane(origin, store)
    assert found is not None
    assert found.fixed == fixed


def test_there_is_no_lane_where_none_is_named_nor_from_a_store_to_itself() -> None:
    lanes = Transfers((lane("STORE", "*", 1), lane("DC", "ST-NYC", 1)), NODES)
    assert lanes.lane(DC, OTHER_STORE) is None
    assert lanes.lane(STORE, STORE) is None
    assert lanes.lane(STORE, OTHER_STORE) is not None


def test_a_lane_goes_as_far_as_its_distance_and_hides_the_less_exact_beyond() -> None:
    metres = distance_m(DC, STORE)
    anyone = lane("DC", "*", 9)
    near, far = lane("DC-MEM", "ST-NYC", 1, metres - 1), lane("DC-MEM", "ST-NYC", 1, metres)
    assert Transfers((anyone, far), NODES).lane(DC, STORE) is far
    assert Transfers((anyone, near), NODES).lane(DC, STORE) is None
