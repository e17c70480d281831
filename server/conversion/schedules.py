"""Schedules to messages and back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onebox.v1 import schedule_pb2 as pb

from engine.errors import FieldFault, InvalidInput
from engine.lifecycle.schedule import Schedule
from engine.network.calendars import local_day_and_minute
from engine.network.checks import require
from server.conversion.fields import instant_from, within
from server.conversion.lives import captured_from, content_fields
from server.conversion.words import SCHEDULE_STATES, SCHEDULE_UNITS

_MAX_NAME = 80


def schedule_from(message: pb.Schedule, now: int) -> Schedule:
    """Raises InvalidInput, its fields within ``schedule``."""
    try:
        template = captured_from(message.content, now)
        name = template.channel_order_id
        require(
            len(name) <= _MAX_NAME, "content.channel_order_id", name, f"1..{_MAX_NAME} characters, as a number follows"
        )
        require(message.HasField("first_time"), "first_time", "", "when it orders first")
        zone = message.time_zone or "UTC"
        first = instant_from(message.first_time, "first_time")
        day, minute = local_day_and_minute(_known_zone(zone), first)
        return Schedule(
            template.order_id,
            template,
            day,
            minute,
            zone,
            message.every or 1,
            SCHEDULE_UNITS.member(message.unit, "unit"),
            message.times,
            message.deliver_in_days if message.HasField("deliver_in_days") else None,
        )
    except InvalidInput as error:
        raise InvalidInput(*within("schedule", error)) from None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(FieldFault("time_zone", name, "an IANA time zone such as Europe/Berlin")) from None
    return name


def schedule_message(schedule: Schedule) -> pb.Schedule:
    fields: dict[str, Any] = {
        "schedule_id": schedule.schedule_id,
        "content": content_fields(schedule.template),
        "first_time": {"seconds": schedule.time(1)},
        "time_zone": schedule.time_zone,
        "every": schedule.every,
        "unit": SCHEDULE_UNITS.number[schedule.unit],
        "times": schedule.times,
        "state": SCHEDULE_STATES.number[schedule.state],
        "next_number": schedule.number,
        "skipped_numbers": schedule.skipped,
    }
    if schedule.deliver_in_days is not None:
        fields["deliver_in_days"] = schedule.deliver_in_days
    if schedule.next_time is not None:
        fields["next_time"] = {"seconds": schedule.next_time}
    return pb.Schedule(**fields)
