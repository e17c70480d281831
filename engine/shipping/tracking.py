"""What carriers say of a package on its way, and what that means for its shipment."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from engine.network.checks import require


class Stage(enum.Enum):
    """How far a package is. RETURNED, LOST and DELIVERED are ends."""

    LABELLED = "LABELLED"  # the carrier knows of it, and has not got it
    ACCEPTED = "ACCEPTED"  # the carrier has it
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"  # it waits at a counter of the carrier's
    DELIVERED = "DELIVERED"
    HELD = "HELD"  # customs, a bad address, weather: it does not move
    FAILED_ATTEMPT = "FAILED_ATTEMPT"  # nobody took it in; the carrier tries again
    RETURNED = "RETURNED"  # on its way back to the sender
    LOST = "LOST"


ENDS = frozenset({Stage.DELIVERED, Stage.RETURNED, Stage.LOST})
TROUBLES = frozenset({Stage.HELD, Stage.FAILED_ATTEMPT, Stage.RETURNED, Stage.LOST})
"""What a carrier itself calls wrong."""


class TrackingEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One scan.

    ``time`` in UTC seconds; ``tracking_number`` names the package; ``place`` and ``detail`` are for people.
    ``expected_time`` is when the carrier then expected to deliver, UTC seconds, where it said so.
    """

    time: int
    tracking_number: str
    stage: Stage
    place: str = ""
    detail: str = ""
    expected_time: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.tracking_number), "tracking_number", self.tracking_number, "a non-empty identifier")


class Progress(msgspec.Struct, frozen=True):
    """How far a whole shipment is: as far as its hindmost package. Instants in UTC seconds, None where it is not yet.

    ``shipped_time`` is when the carrier had the first package, ``delivered_time`` when the last one was there.
    """

    stage: Stage
    shipped_time: int | None
    delivered_time: int | None


class Trouble(enum.Enum):
    """What a shipment can raise as an exception."""

    NOT_HANDED_OVER = "NOT_HANDED_OVER"  # the departure passed, and the carrier has it not
    SILENT = "SILENT"  # on its way, and no scan for too long
    WILL_BE_LATE = "WILL_BE_LATE"  # the carrier expects it after the promise
    LATE = "LATE"  # the promise passed, and it is not there; or it came after it
    HELD = "HELD"
    FAILED_ATTEMPT = "FAILED_ATTEMPT"
    RETURNED = "RETURNED"
    LOST = "LOST"


class ShippingException(msgspec.Struct, frozen=True):
    """Something is wrong with a shipment, since ``time`` (UTC seconds).

    ``time`` is when it became true, not when it was looked at: the same facts raise the same exception at every look, so
    that a caller who keeps (trouble, tracking number, time) raises each once. ``tracking_number`` is "" for the whole shipment.
    """

    time: int
    trouble: Trouble
    tracking_number: str
    detail: str

    @property
    def key(self) -> tuple[Trouble, str, int]:
        return self.trouble, self.tracking_number, self.time


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a shipment is held to.

    Attributes
    ----------
    tracking_numbers : its packages.
    ship_time : when the carrier should have it, UTC seconds; grace_s is added.
    promise_time : when the customer should have it, None without a promise.
    grace_s : how much later than ``ship_time`` a first scan may be, as carriers scan at their own hub.
    silence_s : how long a package on its way may go without a scan.
    """

    tracking_numbers: tuple[str, ...]
    ship_time: int
    promise_time: int | None
    grace_s: int = 12 * 3_600
    silence_s: int = 3 * 86_400

    def __post_init__(self) -> None:
        require(bool(self.tracking_numbers), "tracking_numbers", self.tracking_numbers, "one or more numbers")
        for name in ("grace_s", "silence_s"):
            require(getattr(self, name) >= 0, name, getattr(self, name), "seconds >= 0")


def in_order(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """Each event once, by time: carriers repeat themselves, and tell late what happened early."""
    return tuple(
        sorted(set(events), key=lambda event: (event.time, event.tracking_number, _RANK[event.stage], event.place))
    )


def progress(tracking_numbers: Iterable[str], events: Iterable[TrackingEvent]) -> Progress:
    """How far the shipment of these packages is. Events of other packages, and scans after an end, do not count."""
    told = _by_package(tracking_numbers, events)
    last = [events[-1].stage if events else Stage.LABELLED for events in told.values()]
    moved = [event.time for events in told.values() for event in events if event.stage is not Stage.LABELLED]
    there = [events[-1].time for events in told.values() if events and events[-1].stage is Stage.DELIVERED]
    return Progress(
        stage=min(last, key=_RANK.__getitem__),
        shipped_time=min(moved, default=None),
        delivered_time=max(there) if len(there) == len(told) else None,
    )


def last_stages(tracking_numbers: Iterable[str], events: Iterable[TrackingEvent]) -> dict[str, Stage]:
    """How far each package is."""
    told = _by_package(tracking_numbers, events)
    return {number: mine[-1].stage if mine else Stage.LABELLED for number, mine in told.items()}


def exceptions(expected: Expectation, events: Iterable[TrackingEvent], now: int) -> tuple[ShippingException, ...]:
    """Everything that was or is wrong with a shipment up to ``now`` (UTC seconds), oldest first.

    Events come in any order; what the carrier says of later than ``now`` is left aside.
    """
    told = _by_package(expected.tracking_numbers, (event for event in events if event.time <= now))
    found: list[ShippingException] = []
    for number, mine in told.items():
        ended = bool(mine) and mine[-1].stage in ENDS
        found += _waiting(expected, number, mine, ended, now)
        found += _reported(number, mine)
        if expected.promise_time is not None:
            found += _lateness(expected.promise_time, number, mine, ended, now)
    return tuple(sorted(found, key=lambda one: (one.time, one.tracking_number, one.trouble.value)))


def _waiting(
    expected: Expectation, number: str, events: tuple[TrackingEvent, ...], ended: bool, now: int
) -> Iterable[ShippingException]:
    """Scans that did not come, or came after long."""
    scans = [event.time for event in events if event.stage is not Stage.LABELLED]
    due = expected.ship_time + expected.grace_s
    if (scans[0] if scans else now) > due:
        yield ShippingException(due, Trouble.NOT_HANDED_OVER, number, "the carrier has not scanned it")
    for before, after in pairwise(scans if ended or not scans else [*scans, now]):
        if after - before > expected.silence_s:
            yield ShippingException(before + expected.silence_s, Trouble.SILENT, number, "no scan since the last")


def _reported(number: str, events: tuple[TrackingEvent, ...]) -> Iterable[ShippingException]:
    """What the carrier itself says is wrong."""
    for event in events:
        if event.stage in TROUBLES:
            said = event.detail or event.place
            yield ShippingException(event.time, Trouble[event.stage.name], number, said)


def _lateness(
    promise: int, number: str, events: tuple[TrackingEvent, ...], ended: bool, now: int
) -> Iterable[ShippingException]:
    """The promise was missed, or the carrier foresaw that it would be."""
    for event in events:
        if event.expected_time is not None and event.expected_time > promise and event.time <= promise:
            yield ShippingException(
                event.time, Trouble.WILL_BE_LATE, number, "the carrier expects it after the promise"
            )
            break
    if (events[-1].time if ended else now) > promise:
        yield ShippingException(promise, Trouble.LATE, number, "it was not there by the promise")


def _by_package(
    tracking_numbers: Iterable[str], events: Iterable[TrackingEvent]
) -> dict[str, tuple[TrackingEvent, ...]]:
    """The events of each package, in order, up to its end."""
    told: dict[str, list[TrackingEvent]] = {number: [] for number in tracking_numbers}
    for event in in_order(events):
        mine = told.get(event.tracking_number)
        if mine is not None and not (mine and mine[-1].stage in ENDS):
            mine.append(event)
    return {number: tuple(mine) for number, mine in told.items()}


_RANK = {
    stage: rank
    for rank, stage in enumerate(
        (
            Stage.LABELLED,
            Stage.ACCEPTED,
            Stage.IN_TRANSIT,
            Stage.HELD,
            Stage.FAILED_ATTEMPT,
            Stage.OUT_FOR_DELIVERY,
            Stage.READY_FOR_PICKUP,
            Stage.LOST,
            Stage.RETURNED,
            Stage.DELIVERED,
        )
    )
}
"""Hindmost first: a shipment of which one package was delivered and another is lost, is lost."""
