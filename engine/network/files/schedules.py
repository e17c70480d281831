"""Weekly schedules as a planner writes them: ``Mon-Fri 09:00-18:00; Sat 10:00-16:00``.

Every parser raises ValueError where the text is not a schedule; every formatter writes what its parser reads back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import TypeVar

from engine.network.carriers import WeeklyCutoffs
from engine.network.nodes import WeeklyHours

T = TypeVar("T")

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAILY = "daily"
NONE = "none"
_NUMBER = {day.lower(): number for number, day in enumerate(DAYS)}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def parse_minute(text: str) -> int:
    """``HH:MM``, 00:00 to 24:00, in minutes after midnight."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return int(text[:2]) * 60 + int(text[3:])


def format_minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_hours(text: str) -> WeeklyHours:
    """``Mon-Fri 09:00-18:00; Sat 10:00-24:00``; ``none`` is closed all week."""
    return _parse_week(text, _parse_span)


def format_hours(hours: WeeklyHours) -> str:
    return _format_week(hours, lambda span: f"{format_minute(span[0])}-{format_minute(span[1])}")


def parse_cutoffs(text: str) -> WeeklyCutoffs:
    """``Mon-Fri 17:00; Sat 12:00``; ``none`` is no departure at all."""
    return _parse_week(text, parse_minute)


def format_cutoffs(cutoffs: WeeklyCutoffs) -> str:
    return _format_week(cutoffs, format_minute)


def parse_days(text: str) -> frozenset[int]:
    """``Mon-Fri``, ``Mon;Wed`` or ``daily``: one day or more; 0 is Monday."""
    days = [day for part in text.split(";") for day in _parse_range(part.strip())]
    return frozenset(_once(days, text))


def format_days(days: frozenset[int]) -> str:
    ranges = _ranges(tuple(day in days or None for day in range(7)))
    return ";".join(days for days, _ in ranges)


def _parse_span(text: str) -> tuple[int, int]:
    opening, _, closing = text.partition("-")
    span = parse_minute(opening.strip()), parse_minute(closing.strip())
    if span[0] >= span[1]:
        raise ValueError(text)
    return span


def _parse_week(text: str, parse: Callable[[str], T]) -> tuple[T | None, ...]:
    if text.lower() == NONE:
        return (None,) * 7
    entries: list[tuple[int, T]] = []
    for part in text.split(";"):
        days, _, value = part.strip().partition(" ")
        entries += [(day, parse(value.strip())) for day in _parse_range(days)]
    _once([day for day, _ in entries], text)
    by_day = dict(entries)
    return tuple(by_day.get(day) for day in range(7))


def _format_week(week: tuple[T | None, ...], write: Callable[[T], str]) -> str:
    return "; ".join(f"{days} {write(value)}" for days, value in _ranges(week)) or NONE


def _parse_range(text: str) -> list[int]:
    """``Mon``, ``Mon-Fri`` or ``daily``; a range may run over the week's end (``Sat-Mon``)."""
    if text.lower() == DAILY:
        return list(range(7))
    first, dash, last = (part.strip().lower() for part in text.partition("-"))
    if first not in _NUMBER or (dash and last not in _NUMBER):
        raise ValueError(text)
    start = _NUMBER[first]
    return [(start + step) % 7 for step in range((_NUMBER[last] - start) % 7 + 1)] if dash else [start]


def _ranges(week: tuple[T | None, ...]) -> list[tuple[str, T]]:
    """Runs of days with one value, written as ranges."""
    runs = []
    for value, group in groupby(range(7), key=lambda day: week[day]):
        if value is not None:
            days = list(group)
            name = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
            runs.append((DAILY if len(days) == 7 else name, value))
    return runs


def _once(days: list[int], text: str) -> list[int]:
    if len(set(days)) != len(days):
        raise ValueError(text)
    return days
