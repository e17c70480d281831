from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.network.calendars import Calendar, instant, local_day, local_day_and_minute, weekday_of
from engine.network.carriers import ServiceLevel, ServiceZone
from engine.network.policy import Policy, PromiseRule
from tests.network.sample import BIKE, DC, GROUND, LA, LANE, NYC, STORE, at, day, sample

ZONES = ("America/New_York", "America/Havana", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
DAYS = st.integers(day("2020-01-01"), day("2035-12-31"))
CALENDAR = Calendar(sample())


def test_days_are_numbered_since_1970_and_weekdays_from_monday() -> None:
    assert weekday_of(day("1970-01-01")) == 3
    assert weekday_of(day("2025-11-24")) == 0
    assert local_day("UTC", at("2025-11-24T23:59:59")) == day("2025-11-24")


@pytest.mark.parametrize(
    ("date_", "minute", "utc"),
    [
        ("2025-03-08", 1_020, "2025-03-08T22:00"),
        ("2025-03-09", 1_020, "2025-03-09T21:00"),  # the clock went forward in the night
        ("2025-03-09", 150, "2025-03-09T07:30"),  # 02:30 is skipped: as if not yet put forward
        ("2025-11-01", 1_020, "2025-11-01T21:00"),
        ("2025-11-02", 1_020, "2025-11-02T22:00"),  # and back
        ("2025-11-02", 90, "2025-11-02T05:30"),  # 01:30 comes twice: the first
        ("2025-11-02", 1_440, "2025-11-03T05:00"),
    ],
)
def test_a_local_minute_keeps_its_wall_time_across_changes_of_the_clock(date_: str, minute: int, utc: str) -> None:
    assert instant("America/New_York", day(date_), minute) == at(utc)


@given(st.sampled_from(ZONES), DAYS, st.integers(0, 1_439))
def test_the_wall_clock_at_an_instant_reads_the_minute_it_was_made_from(zone: str, number: int, minute: int) -> None:
    found = local_day_and_minute(zone, instant(zone, number, minute))
    wall = datetime(1970, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=number, minutes=minute)
    skipped = wall.utcoffset() != wall.replace(fold=1).utcoffset() and found != (number, minute)
    assert found == (number, minute) or (skipped and found[0] == number and found[1] > minute)


@given(
    st.sampled_from((*ZONES, "Africa/Monrovia", "Asia/Kathmandu")),
    st.integers(0, 2_000_000_000) | st.integers(63_590_000, 63_600_000),
)
def test_the_wall_clock_is_the_zones_at_every_instant(zone: str, time: int) -> None:
    """Also in Monrovia's January 1972, when clocks were put forward by 44 minutes and 30 seconds."""
    wall = datetime.fromtimestamp(time, ZoneInfo(zone))
    assert local_day_and_minute(zone, time) == (day(f"{wall:%Y-%m-%d}"), wall.hour * 60 + wall.minute)


@given(st.sampled_from(ZONES), DAYS)
def test_a_day_begins_at_its_midnight_and_lasts_23_to_25_hours(zone: str, number: int) -> None:
    begins, ends = instant(zone, number, 0), instant(zone, number, 1_440)
    assert ends == instant(zone, number + 1, 0)
    assert 23 * 3_600 <= ends - begins <= 25 * 3_600
    assert (local_day(zone, begins - 1), local_day(zone, begins), local_day(zone, ends - 1)) == (
        number - 1,
        number,
        number,
    )


def test_doors_are_open_on_the_week_days_that_have_hours_and_no_holiday() -> None:
    assert CALENDAR.is_open(DC, day("2025-11-26"))
    assert not CALENDAR.is_open(DC, day("2025-11-27"))  # Thanksgiving
    assert not CALENDAR.is_open(DC, day("2025-11-30"))  # Sunday
    assert CALENDAR.open_time(STORE, day("2025-11-27")) == at("2025-11-27T10:00-05:00")  # keeps no holidays
    assert CALENDAR.close_time(STORE, day("2025-11-29")) == at("2025-11-29T16:00-05:00")


def test_a_service_leaves_at_its_cutoff_in_the_nodes_own_zone() -> None:
    assert CALENDAR.cutoff_time(DC, GROUND, day("2025-11-26")) == at("2025-11-26T17:00-06:00")
    assert CALENDAR.cutoff_time(DC, GROUND, day("2025-11-29")) == at("2025-11-29T12:00-06:00")
    assert CALENDAR.cutoff_time(STORE, GROUND, day("2025-11-26")) == at("2025-11-26T17:00-05:00")


def test_nothing_leaves_on_the_carriers_holidays_or_while_the_node_is_closed() -> None:
    assert CALENDAR.cutoff_time(STORE, GROUND, day("2025-11-27")) is None  # the carrier's
    assert CALENDAR.cutoff_time(STORE, BIKE, day("2025-11-27")) == at("2025-11-27T18:00-05:00")
    assert CALENDAR.cutoff_time(DC, BIKE, day("2025-11-27")) is None  # the node's
    assert CALENDAR.cutoff_time(STORE, BIKE, day("2025-11-30")) is None  # Sunday: the courier rides, the shop is shut


def test_a_nodes_own_cutoffs_replace_the_services() -> None:
    own = {("DC-MEM", "USPS", ServiceLevel.GROUND): (600, None, None, None, None, None, 600)}
    calendar = Calendar(sample(cutoffs=own))
    assert calendar.cutoff_time(DC, GROUND, day("2025-12-01")) == at("2025-12-01T10:00-06:00")
    assert calendar.cutoff_time(DC, GROUND, day("2025-12-02")) is None
    assert calendar.cutoff_time(DC, GROUND, day("2025-12-07")) is None  # a cutoff does not open a closed node
    assert calendar.cutoff_time(STORE, GROUND, day("2025-12-02")) == at("2025-12-02T17:00-05:00")


@pytest.mark.parametrize(
    ("shipped", "zone", "arrival"),
    [
        ("2025-11-25", 5, "2025-11-29T20:00-05:00"),  # Wed, Fri, Sat: Thursday is a holiday
        ("2025-11-26", 5, "2025-12-01T20:00-05:00"),  # Fri, Sat, Mon: nor Sunday
        ("2025-12-01", 1, "2025-12-02T20:00-05:00"),
        ("2025-03-07", 1, "2025-03-08T20:00-05:00"),
        ("2025-03-08", 1, "2025-03-10T20:00-04:00"),
    ],
)
def test_transit_counts_the_carriers_delivery_days_after_the_ship_day(shipped: str, zone: int, arrival: str) -> None:
    assert CALENDAR.arrival_time(GROUND, zone, day(shipped), 0, NYC) == at(arrival)


def test_arrival_is_in_the_destinations_time_zone() -> None:
    assert CALENDAR.arrival_time(GROUND, 8, day("2025-12-01"), 0, LA) == at("2025-12-05T20:00-08:00")


def test_transit_of_no_days_arrives_on_the_ship_day_itself() -> None:
    service = replace(GROUND, zones={1: ServiceZone(0)})
    calendar = Calendar(sample(services=(service,)))
    assert calendar.arrival_time(service, 1, day("2025-11-27"), 0, NYC) == at("2025-11-27T20:00-05:00")


def test_same_day_arrives_its_duration_after_it_leaves() -> None:
    leaves = at("2025-11-25T18:00-05:00")
    assert CALENDAR.arrival_time(BIKE, 0, day("2025-11-25"), leaves, NYC) == leaves + 95 * 60


@pytest.mark.parametrize(
    ("now", "ready"),
    [
        ("2025-11-25T03:00", "2025-11-25T10:00"),  # before the doors open
        ("2025-11-25T12:00", "2025-11-25T14:00"),
        ("2025-11-25T18:00", "2025-11-25T20:00"),  # at closing
        ("2025-11-25T18:00:01", None),
    ],
)
def test_a_pickup_is_ready_after_the_lead_time_while_the_store_is_open(now: str, ready: str | None) -> None:
    found = CALENDAR.pickup_ready_time(STORE, day("2025-11-25"), at(now + "-05:00"))
    assert found == (None if ready is None else at(ready + "-05:00"))


def test_there_is_no_pickup_on_a_closed_day() -> None:
    assert CALENDAR.pickup_ready_time(STORE, day("2025-11-30"), at("2025-11-28T12:00")) is None


def test_a_transfer_leaves_on_open_days_of_its_origin_and_counts_open_days_of_the_store() -> None:
    assert CALENDAR.transfer_departure_time(LANE, DC, day("2025-11-26")) == at("2025-11-26T15:00-06:00")
    assert CALENDAR.transfer_departure_time(LANE, DC, day("2025-11-27")) is None
    assert CALENDAR.transfer_ready_time(LANE, STORE, day("2025-11-26")) == at("2025-11-28T12:00-05:00")
    assert CALENDAR.transfer_ready_time(LANE, STORE, day("2025-11-28")) == at("2025-12-01T12:00-05:00")
    closed = replace(STORE, open_hours=(None,) * 7)
    assert CALENDAR.transfer_ready_time(LANE, closed, day("2025-11-28")) is None
    for store in (STORE, closed):
        first = day("2025-11-20")
        each = [CALENDAR.transfer_ready_time(LANE, store, first + n) for n in range(20)]
        table = CALENDAR.transfer_ready_table(LANE, store, first, 20)
        assert table.tolist() == [-1 if time is None else time for time in each]


@pytest.mark.parametrize(
    ("level", "ordered", "end_of"),
    [
        (ServiceLevel.GROUND, "2025-11-24T09:00", "2025-12-01"),  # five week days; a promise knows no holidays
        (ServiceLevel.GROUND, "2025-11-29T09:00", "2025-12-05"),
        (ServiceLevel.SAME_DAY, "2025-11-25T14:00:59", "2025-11-25"),  # minute 840 is not after minute 840
        (ServiceLevel.SAME_DAY, "2025-11-25T14:01", "2025-11-26"),
        (ServiceLevel.SAME_DAY, "2025-11-28T14:01", "2025-12-01"),  # Saturday, moved to Monday
        (ServiceLevel.SAME_DAY, "2025-11-30T09:00", "2025-12-01"),
    ],
)
def test_a_promise_ends_with_a_local_day_at_the_destination(level: ServiceLevel, ordered: str, end_of: str) -> None:
    promised = CALENDAR.promise_time(level, at(ordered + "-05:00"), NYC)
    assert promised == instant(NYC.time_zone, day(end_of) + 1, 0)


def test_the_order_day_is_the_destinations() -> None:
    late_evening = at("2025-11-25T02:00")  # Tuesday in UTC, Monday in New York and Los Angeles
    assert CALENDAR.promise_time(ServiceLevel.GROUND, late_evening, LA) == at("2025-12-02T00:00-08:00")


def test_a_promise_of_days_is_counted_from_the_order_day_even_where_that_is_no_delivery_day() -> None:
    policy = Policy(promises={ServiceLevel.GROUND: PromiseRule(1)})
    calendar = Calendar(sample(policy=policy))
    saturday = at("2025-11-29T09:00-05:00")
    assert calendar.promise_time(ServiceLevel.GROUND, saturday, NYC) == at("2025-12-02T00:00-05:00")
    assert calendar.promise_time(ServiceLevel.TWO_DAY, saturday, NYC) is None


@given(st.integers(day("2025-01-01"), day("2026-12-31")), st.integers(1, 30))
def test_tables_say_what_single_questions_say(first: int, n_days: int) -> None:
    nodes = (DC, STORE, DC)
    calendar = Calendar(sample(holidays={"us": frozenset({date(2025, 11, 27), date(2026, 7, 3)})}))
    days = range(first, first + n_days)

    def expected(ask) -> list[list[int]]:  # type: ignore[no-untyped-def]
        return [[-1 if ask(node, d) is None else ask(node, d) for d in days] for node in nodes]

    for service in (GROUND, BIKE):
        table = calendar.cutoff_table(nodes, service, first, n_days)
        assert table.dtype == np.int64
        assert table.tolist() == expected(lambda node, d, s=service: calendar.cutoff_time(node, s, d))
    assert calendar.open_table(nodes, first, n_days).tolist() == expected(calendar.open_time)
    assert calendar.close_table(nodes, first, n_days).tolist() == expected(calendar.close_time)
    row = calendar.transfer_departure_table(LANE.cutoffs, (DC,), first, n_days)[0].tolist()
    assert row == expected(lambda node, d: calendar.transfer_departure_time(LANE, node, d))[0]
