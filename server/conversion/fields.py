"""The fields that every message shares: instants, money, identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from google.protobuf.timestamp_pb2 import Timestamp

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require

LATEST_INSTANT = 4_102_444_800
"""2100-01-01, UTC seconds."""

MAX_REQUEST_ID = 64
MAX_ID = 128


class Instant(TypedDict):
    """A Timestamp, as its constructor takes it: cheaper than the message."""

    seconds: int


class Amount(TypedDict):
    """A Money, as its constructor takes it."""

    currency_code: str
    units: int
    nanos: int


def instant_from(timestamp: Timestamp, path: str) -> int:
    """UTC seconds, any fraction dropped."""
    seconds = timestamp.seconds
    require(0 <= seconds < LATEST_INSTANT, path, seconds, "an instant in 1970..2100")
    return seconds


def money(micros: int, currency: str) -> Amount:
    """``micros`` as units and nanos of one sign."""
    if micros >= 0:
        return {"currency_code": currency, "units": micros // 1_000_000, "nanos": micros % 1_000_000 * 1_000}
    return {"currency_code": currency, "units": -(-micros // 1_000_000), "nanos": -(-micros % 1_000_000) * 1_000}


def identifier(value: str, path: str, longest: int = MAX_ID) -> str:
    """``value``, when it is 1..longest printable characters."""
    if not (value and len(value) <= longest and value.isprintable()):
        raise InvalidInput(FieldFault(path, value[: longest + 1], f"1..{longest} printable characters"))
    return value


def request_id(value: str, longest: int = MAX_REQUEST_ID) -> str:
    return identifier(value, "request_id", longest)


def within(prefix: str, error: InvalidInput) -> tuple[FieldFault, ...]:
    """The error's faults with ``prefix`` before their fields."""
    return tuple(FieldFault(f"{prefix}.{f.field}" if f.field else prefix, f.value, f.expected) for f in error.faults)


def refuse(faults: Iterable[FieldFault]) -> None:
    """Raise InvalidInput when there are any."""
    found = tuple(faults)
    if found:
        raise InvalidInput(*found)
