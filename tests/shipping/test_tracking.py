from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.shipping.tracking import (
    ENDS,
    Expectation,
    Progress,
    ShippingException,
    Stage,
    TrackingEvent,
    Trouble,
    exceptions,
    in_order,
    progress,
)

HOUR, DAY = 3_600, 86_400
SHIP, PROMISE = 1_000_000, 1_000_000 + 5 * DAY
HELD_TO = Expectation(("A", "B"), SHIP, PROMISE)
ONE = Expectation(("A",), SHIP, PROMISE)
EVENTS = st.lists(
    st.builds(
        TrackingEvent,
        st.integers(SHIP - DAY, SHIP + 12 * DAY),
        st.sampled_from(("A", "B", "another's")),
        st.sampled_from(Stage),
        expected_time=st.none() | st.integers(SHIP, SHIP + 12 * DAY),
    ),
    max_size=12,
)


def scan(stage: Stage, after: int, number: str = "A", **said: int | str) -> TrackingEvent:
    return TrackingEvent(SHIP + after, number, stage, **said)  # type: ignore[arg-type]


def on_time(number: str) -> list[TrackingEvent]:
    return [
        scan(Stage.ACCEPTED, HOUR, number),
        scan(Stage.IN_TRANSIT, DAY, number),
        scan(Stage.OUT_FOR_DELIVERY, 3 * DAY, number),
        scan(Stage.DELIVERED, 3 * DAY + 5 * HOUR, number),
    ]


def troubles(expected: Expectation, events: list[TrackingEvent], now: int) -> list[tuple[Trouble, int]]:
    return [(one.trouble, one.time - SHIP) for one in exceptions(expected, events, now)]


def test_a_shipment_on_time_raises_nothing() -> None:
    assert exceptions(HELD_TO, on_time("A") + on_time("B"), PROMISE + 30 * DAY) == ()


def test_a_shipment_is_there_when_its_last_package_is() -> None:
    events = on_time("A") + on_time("B")[:2]
    assert progress("AB", events) == Progress(Stage.IN_TRANSIT, SHIP + HOUR, None)
    events.append(scan(Stage.DELIVERED, 4 * DAY, "B"))
    assert progress("AB", events) == Progress(Stage.DELIVERED, SHIP + HOUR, SHIP + 4 * DAY)


def test_a_shipment_without_a_scan_has_not_left() -> None:
    assert progress("AB", []) == Progress(Stage.LABELLED, None, None)
    assert progress("AB", [scan(Stage.LABELLED, 0)]).shipped_time is None


def test_a_package_that_the_carrier_never_got_is_missed_after_the_grace() -> None:
    assert troubles(ONE, [], SHIP + 12 * HOUR) == []
    assert troubles(ONE, [], SHIP + 12 * HOUR + 1) == [(Trouble.NOT_HANDED_OVER, 12 * HOUR)]


def test_a_late_one_is_late_from_the_promise_on_and_stays_so_when_it_comes() -> None:
    still = [scan(Stage.ACCEPTED, HOUR), scan(Stage.IN_TRANSIT, 3 * DAY)]
    assert troubles(ONE, still, PROMISE) == []
    late = [(Trouble.LATE, 5 * DAY)]
    assert troubles(ONE, still, PROMISE + 1) == late
    came = [*still, scan(Stage.DELIVERED, 5 * DAY + HOUR)]
    assert troubles(ONE, came, PROMISE + 9 * DAY) == late


def test_without_a_promise_nothing_is_late() -> None:
    assert troubles(Expectation(("A",), SHIP, None), on_time("A"), PROMISE + DAY) == []


def test_a_carrier_that_foresees_a_late_arrival_is_heard_before_the_promise() -> None:
    told = [scan(Stage.ACCEPTED, HOUR), scan(Stage.IN_TRANSIT, DAY, expected_time=PROMISE + HOUR)]
    assert troubles(ONE, told, SHIP + 2 * DAY) == [(Trouble.WILL_BE_LATE, DAY)]


def test_silence_on_the_way_is_raised_and_ends_with_the_end() -> None:
    silent = [scan(Stage.ACCEPTED, HOUR)]
    assert troubles(ONE, silent, SHIP + HOUR + 3 * DAY) == []
    assert (Trouble.SILENT, HOUR + 3 * DAY) in troubles(ONE, silent, SHIP + HOUR + 3 * DAY + 1)
    assert troubles(ONE, on_time("A"), PROMISE + 90 * DAY) == []


def test_what_the_carrier_reports_is_raised_in_its_own_words() -> None:
    held = scan(Stage.HELD, 2 * DAY, detail="Address insufficient")
    told = [scan(Stage.ACCEPTED, HOUR), held]
    assert exceptions(ONE, told, SHIP + 3 * DAY) == (
        ShippingException(held.time, Trouble.HELD, "A", "Address insufficient"),
    )


def test_a_lost_package_makes_the_shipment_lost_though_another_arrived() -> None:
    events = [*on_time("A"), scan(Stage.ACCEPTED, HOUR, "B"), scan(Stage.LOST, 2 * DAY, "B")]
    assert progress("AB", events).stage is Stage.LOST


def test_scans_after_the_end_change_nothing() -> None:
    assert progress("A", [*on_time("A"), scan(Stage.IN_TRANSIT, 9 * DAY)]).stage is Stage.DELIVERED


@given(EVENTS, st.randoms(use_true_random=False), st.integers(SHIP, SHIP + 20 * DAY))
def test_the_order_and_the_repeats_of_what_a_carrier_tells_do_not_matter(events, random, now) -> None:  # type: ignore[no-untyped-def]
    shuffled = events + events[: len(events) // 2]
    random.shuffle(shuffled)
    assert in_order(shuffled) == in_order(events)
    assert exceptions(HELD_TO, shuffled, now) == exceptions(HELD_TO, events, now)
    assert progress("AB", shuffled) == progress("AB", events)


@given(EVENTS, st.integers(SHIP, SHIP + 20 * DAY), st.integers(0, 5 * DAY))
def test_what_was_raised_once_is_raised_again_at_every_later_look(
    events: list[TrackingEvent], now: int, later: int
) -> None:
    assert {one.key for one in exceptions(HELD_TO, events, now)} <= {
        one.key for one in exceptions(HELD_TO, events, now + later)
    }


@given(EVENTS, st.integers(SHIP, SHIP + 20 * DAY))
def test_nothing_is_raised_before_it_is_true(events: list[TrackingEvent], now: int) -> None:
    assert all(one.time <= now for one in exceptions(HELD_TO, events, now))


def test_the_ends_are_ends() -> None:
    assert {Stage.DELIVERED, Stage.RETURNED, Stage.LOST} == ENDS
