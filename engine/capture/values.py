"""Values as channels write them, into those of Onebox: amounts, instants, countries."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require

MICROS = 1_000_000

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_DIGITS = {currency: digits for digits, names in _DECIMALS.items() for currency in names.split()}
"""Decimals of a currency's smallest unit where they are not two (ISO 4217)."""


def micros(amount: Decimal | None) -> int:
    """An amount in the currency as micros, rounded half to even; None is 0."""
    return 0 if amount is None else int((amount * MICROS).to_integral_value(ROUND_HALF_EVEN))


def minor_micros(minor: int | None, currency: str) -> int:
    """An amount in the currency's smallest units (cents, yen) as micros; None is 0."""
    return 0 if minor is None else minor * 10 ** (6 - MINOR_DIGITS.get(currency, 2))


def instant(field: str, text: str, time_zone: str = "UTC") -> int:
    """ISO 8601 or RFC 2822 as UTC seconds; local to ``time_zone`` where it names no offset. Raises InvalidInput."""
    when = _datetime(text)
    if when is None:
        raise InvalidInput(FieldFault(field, text, "an instant, as 2026-01-31T12:00:00Z"))
    if when.tzinfo is None:
        when = when.replace(tzinfo=ZoneInfo(time_zone))
    seconds = int(when.timestamp())
    require(seconds >= 0, field, text, "an instant since 1970")
    return seconds


def maybe_instant(field: str, text: str | None, time_zone: str = "UTC") -> int | None:
    """The same where there may be none: None or empty."""
    return instant(field, text, time_zone) if text else None


def end_of_day(field: str, text: str, layout: str, time_zone: str) -> int:
    """The last second of a local date written in ``layout`` (of strptime), UTC seconds."""
    try:
        day = datetime.strptime(text, layout).replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInput(FieldFault(field, text, f"a date as {layout}")) from None
    return int(datetime.combine(day, time(23, 59, 59), ZoneInfo(time_zone)).timestamp())


def _datetime(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def currency_code(field: str, text: str) -> str:
    code = text.strip().upper()
    known = len(code) == 3 and code.isascii() and code.isalpha()
    require(known, field, text, "an ISO 4217 currency, as USD")
    return code


def country_code(field: str, text: str) -> str:
    """A country by alpha-2, alpha-3 or name as ISO 3166 alpha-2. Raises InvalidInput."""
    code = text.strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return {"UK": "GB", "EL": "GR"}.get(code, code)
    import pycountry

    try:
        found = pycountry.countries.lookup(text.strip())
    except LookupError:
        raise InvalidInput(FieldFault(field, text, "a country: ISO 3166, or its English name")) from None
    return str(found.alpha_2)
