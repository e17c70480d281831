"""Figures and dates as EDI writes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require


def number(field: str, text: str) -> Decimal:
    """A decimal number, its mark a point or a comma; "" is 0. Raises InvalidInput."""
    try:
        value = Decimal(text.strip().replace(",", ".") or "0")
    except InvalidOperation:
        value = Decimal("NaN")
    require(value.is_finite() and abs(value) < 10**15, field, text, "a number")
    return value


def units(field: str, text: str) -> int:
    """A whole number, 1 or more. Raises InvalidInput."""
    value = number(field, text)
    require(value == value.to_integral_value() and value >= 1, field, text, "a whole count >= 1")
    return int(value)


_LAYOUTS = {6: "%y%m%d", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def moment(field: str, text: str, time_zone: str, *, last: bool = False) -> int:
    """A date or a date with a time, digits only and local, as UTC seconds; ``last``: a date is its last second."""
    layout = _LAYOUTS.get(len(text))
    try:
        if layout is None or not text.isdigit():
            raise ValueError
        when = datetime.strptime(text, layout).replace(tzinfo=ZoneInfo(time_zone))
    except ValueError:
        raise InvalidInput(FieldFault(field, text, "a date as 20260131, or with a time as 202601311200")) from None
    if last and len(text) <= 8:
        when = when.replace(hour=23, minute=59, second=59)
    return int(when.timestamp())
