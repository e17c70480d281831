"""What a cell may hold: how it reads, how it is written, and what is expected where it does not read.

A reader takes the cell's text without surrounding space and raises ValueError where it is wrong. Amounts are exact:
decimals are read as fractions, never as floats, and rounded half up to the engine's integer.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.network.files import schedules
from engine.network.geography import normal_postal_code

MONEY_LIMIT = 10**14
"""Micros, the largest amount in a file (100 million of the currency): sums of thousands stay below solvers' INFEASIBLE."""

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_IDENTIFIER_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Codec:
    """How one kind of cell reads and is written; ``expected`` completes "expected ...". Nothing is written as blank."""

    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _checked(holds: bool, text: str) -> None:
    if not holds:
        raise ValueError(text)


def half_up(exact: Fraction) -> int:
    """The nearest integer, halves up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def read_decimal(text: str) -> Fraction:
    _checked(bool(_DECIMAL.fullmatch(text)), text)
    return Fraction(text)


def decimal_text(value: Decimal) -> str:
    """A number of a TOML or JSON file as the cell it would be; one of absurd size is left in a form no cell has."""
    return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)


def scaled(expected: str, factor: Fraction, low: int, high: int, places: int | None = None) -> Codec:
    """A decimal that is an integer ``low..high`` once multiplied by ``factor`` and rounded half up.

    With ``places`` more decimals than that are an error. Written as the shortest decimal that reads back.
    """

    def read(text: str) -> int:
        exact = read_decimal(text)
        _checked(places is None or (exact * 10**places).denominator == 1, text)
        value = half_up(exact * factor)
        _checked(low <= value <= high, text)
        return value

    def write(value: int) -> str:
        exact = value / factor
        for digits in range(12):
            shown = half_up(exact * 10**digits)
            if half_up(Fraction(shown, 10**digits) * factor) == value:
                return f"{Decimal(shown).scaleb(-digits):f}"
        raise ValueError(f"{value} has no short decimal")

    return Codec(expected, read, write)


def money(divisor: Fraction = Fraction(1), what: str = "an amount") -> Codec:
    """Micros; for ``divisor`` engine units where the file prices another unit (a price per mile as one per kilometre)."""
    limit = f"0..{MONEY_LIMIT // 10**6}, at most 6 decimals"
    return scaled(f"{what} such as 4.35, {limit}", 1_000_000 / divisor, 0, MONEY_LIMIT, 6)


def quantity(unit: str, factor: Fraction, base: str, low: int, high: int) -> Codec:
    """A decimal in the file's unit, rounded to ``low..high`` of the engine's."""
    return scaled(f"a decimal in {unit}, {low}..{high} {base}", factor, low, high)


def integer(what: str, low: int, high: int) -> Codec:
    def read(text: str) -> int:
        _checked(bool(_INTEGER.fullmatch(text)), text)
        value = int(text)
        _checked(low <= value <= high, text)
        return value

    return Codec(f"{what} in {low}..{high}", read)


def word(kind: type[enum.Enum], allowed: tuple[enum.Enum, ...] = ()) -> Codec:
    """One of an enumeration's names, in either case."""
    by_name = {member.name: member for member in (allowed or kind)}

    def read(text: str) -> enum.Enum:
        _checked(text.upper() in by_name, text)
        return by_name[text.upper()]

    return Codec(f"one of {', '.join(by_name)}", read, lambda member: member.name)


def set_of(element: Codec) -> Codec:
    """Elements separated by ``;``, none of them blank. Written sorted."""

    def read(text: str) -> frozenset[Any]:
        return frozenset(element.read(part.strip()) for part in text.split(";"))

    return Codec(
        f"{element.expected}, or several separated by ;",
        read,
        lambda members: ";".join(sorted(map(element.write, members))),
    )


def _read_text(text: str) -> str:
    _checked(text.isprintable() and text == text.strip(), text)
    return text


def _read_identifier(text: str) -> str:
    _checked(0 < len(text) <= _IDENTIFIER_LENGTH and ";" not in text, text)
    return _read_text(text)


def _read_postal_prefix(text: str) -> str:
    _checked(text == normal_postal_code(text), text)
    return _read_identifier(text)


@lru_cache(maxsize=4096)
def _read_time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error
    return text


def _read_yes_no(text: str) -> bool:
    _checked(text.lower() in ("yes", "no"), text)
    return text.lower() == "yes"


def _read_country(text: str) -> str:
    _checked(bool(_COUNTRY.fullmatch(text)), text)
    return text


def _degrees(limit: int) -> Codec:
    def read(text: str) -> float:
        _checked(bool(_DECIMAL.fullmatch(text)) and abs(float(text)) <= limit, text)
        return float(text)

    return Codec(f"degrees in -{limit}..{limit}", read, lambda value: f"{Decimal(repr(float(value))):f}")


TEXT = Codec("printable text", _read_text)
IDENTIFIER = Codec(f"an identifier of 1..{_IDENTIFIER_LENGTH} printable characters without ;", _read_identifier)
POSTAL_PREFIX = Codec("the start of a postal code, in capitals and without spaces", _read_postal_prefix)
COUNTRY = Codec("a country as two capital letters (ISO 3166)", _read_country)
TIME_ZONE = Codec("an IANA time zone such as Europe/Berlin", _read_time_zone)
YES_NO = Codec("yes or no", _read_yes_no, lambda value: "yes" if value else "no")
LATITUDE, LONGITUDE = _degrees(90), _degrees(180)
DATE = Codec("a date such as 2026-12-25", date.fromisoformat, date.isoformat)
MINUTE = Codec("a time HH:MM, 00:00..24:00", schedules.parse_minute, schedules.format_minute)
HOURS = Codec("hours such as Mon-Fri 09:00-18:00; Sat 10:00-16:00", schedules.parse_hours, schedules.format_hours)
CUTOFFS = Codec("cutoffs such as Mon-Fri 17:00; Sat 12:00", schedules.parse_cutoffs, schedules.format_cutoffs)
DAYS = Codec("days such as Mon-Fri or Mon;Wed", schedules.parse_days, schedules.format_days)
