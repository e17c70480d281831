"""Recurring orders: what is ordered, how often, and what was ordered of it so far. Pure; ``schedule_desk.py`` commits it."""

from __future__ import annotations

import calendar
import enum
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from engine.capture.captured import CapturedOrder
from engine.errors import WrongState
from engine.network.calendars import day_of, instant
from engine.network.checks import require

MAX_EVERY = 366
_MOST_PASSED = 100_000
_EPOCH = date(1970, 1, 1)


class Unit(enum.Enum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"  # on the same day of the month, or the last one of a shorter month


class ScheduleState(enum.Enum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"  # what would have been ordered meanwhile is passed over
    ENDED = "ENDED"


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One recurring order. Its n-th order, from 1, is named ``schedule_id-n``.

    Attributes
    ----------
    schedule_id : its channel, a colon, and a name of its own, which leaves room for a number.
    template : what is ordered each time, at the prices agreed on; names and times are each order's own.
    first_day : the first local day it is ordered on, since 1970-01-01; ``minute`` after local midnight of ``time_zone`` (IANA).
    every, unit : how often. times : the last number; 0 for no end.
    deliver_in_days : each order is to be there by the end of so many days after; None for the policy's promise.
    number : of the next order. taking : it is being captured now. skipped : numbers that are not ordered.
    """

    schedule_id: str
    template: CapturedOrder
    first_day: int
    minute: int
    time_zone: str
    every: int
    unit: Unit
    times: int = 0
    deliver_in_days: int | None = None
    state: ScheduleState = ScheduleState.ACTIVE
    number: int = 1
    taking: bool = False
    skipped: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        require(1 <= self.every <= MAX_EVERY, "every", self.every, f"a count in 1..{MAX_EVERY}")
        require(0 <= self.minute < 1_440, "minute", self.minute, "minutes in 0..1439")
        require(0 <= self.times <= _MOST_PASSED, "times", self.times, f"a count in 0..{_MOST_PASSED}")
        days = self.deliver_in_days
        require(days is None or 0 <= days <= 365, "deliver_in_days", days, "days in 0..365, or none")

    def day(self, number: int) -> int:
        """The local day of an order's number."""
        steps = (number - 1) * self.every
        if self.unit is not Unit.MONTH:
            return self.first_day + steps * (7 if self.unit is Unit.WEEK else 1)
        first = _EPOCH + timedelta(days=self.first_day)
        years, month = divmod(first.month - 1 + steps, 12)
        year = first.year + years
        last = calendar.monthrange(year, month + 1)[1]
        return day_of(date(year, month + 1, min(first.day, last)))

    def time(self, number: int) -> int:
        """When it is ordered, UTC seconds."""
        return instant(self.time_zone, self.day(number), self.minute)

    @property
    def next_time(self) -> int | None:
        """When it orders next; None where it does not."""
        return self.time(self.number) if self.state is ScheduleState.ACTIVE else None

    def order(self) -> CapturedOrder:
        """The next order."""
        by = self.deliver_in_days
        name = self.schedule_id.partition(":")[2]
        return replace(
            self.template,
            channel_order_id=f"{name}-{self.number}",
            number=f"{self.template.number or name}-{self.number}",
            order_time=self.time(self.number),
            deliver_by=None if by is None else instant(self.time_zone, self.day(self.number) + by, 1_440),
        )


def passed(schedule: Schedule) -> Schedule:
    """Its next number has been ordered, or passed over; skipped ones with it."""
    number = schedule.number + 1
    while number in schedule.skipped:
        number += 1
    over = bool(schedule.times) and number > schedule.times
    state = ScheduleState.ENDED if over else schedule.state
    left = tuple(each for each in schedule.skipped if each > number)
    return replace(schedule, number=number, taking=False, skipped=left, state=state)


def skip(schedule: Schedule, number: int) -> Schedule:
    """Do not order this number (0: the next). Raises InvalidInput, WrongState."""
    _require(schedule, "told to skip an order", ScheduleState.ACTIVE, ScheduleState.PAUSED)
    number = number or schedule.number
    last = schedule.times or _MOST_PASSED
    require(
        schedule.number <= number <= last, "number", number, f"a number in {schedule.number}..{last}, yet to be ordered"
    )
    require(number not in schedule.skipped, "number", number, "one that is not skipped yet")
    if number == schedule.number:
        if schedule.taking:
            raise WrongState(schedule.schedule_id, f"ordering number {number}", "told to skip it", "schedule")
        return passed(schedule)
    return replace(schedule, skipped=tuple(sorted((*schedule.skipped, number))))


def pause(schedule: Schedule) -> Schedule:
    """Raises WrongState."""
    _require(schedule, "paused", ScheduleState.ACTIVE)
    return replace(schedule, state=ScheduleState.PAUSED)


def resume(schedule: Schedule, now: int) -> Schedule:
    """What would have been ordered before ``now`` is passed over. Raises WrongState."""
    _require(schedule, "resumed", ScheduleState.PAUSED)
    resumed = replace(schedule, state=ScheduleState.ACTIVE)
    while resumed.state is ScheduleState.ACTIVE and resumed.time(resumed.number) < now:
        resumed = passed(resumed)
    return resumed


def end(schedule: Schedule) -> Schedule:
    """Nothing more is ordered. Raises WrongState."""
    _require(schedule, "ended", ScheduleState.ACTIVE, ScheduleState.PAUSED)
    return replace(schedule, state=ScheduleState.ENDED)


def _require(schedule: Schedule, wanted: str, *states: ScheduleState) -> None:
    if schedule.state not in states:
        raise WrongState(schedule.schedule_id, schedule.state.value, wanted, "schedule")
    if schedule.taking:
        raise WrongState(schedule.schedule_id, f"ordering number {schedule.number}", wanted, "schedule")


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Schedule)


def encode(schedule: Schedule) -> bytes:
    return _ENCODER.encode(schedule)


def decode(data: bytes) -> Schedule:
    return _DECODER.decode(data)
