"""The fields that every message shares: instants, money, identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from google.protobuf.timestamp_pb2 import Timestamp
from onebox.v1.types_pb2 import Money

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


def money_from(message: Money, path: str, currency: str) -> int:
    """Of the order's currency, to the millionth, >= 0."""
    require(message.currency_code in ("", currency), f"{path}.currency_code", message.currency_code, repr(currency))
    exact = 0 <= message.nanos < 1_000_000_000 and message.nanos % 1_000 == 0
    require(exact, f"{path}.nanos", message.nanos, "a multiple of 1,000 in 0..999,999,000")
    require(0 <= message.units <= 10**11, f"{path}.units", message.units, f"whole units in 0..{10**11}")
    return message.units * 1_000_000 + message.nanos // 1_000


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
