"""What adapters read alike: names, addresses, and amounts that must share a currency. None and "" are what was not given."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.capture.captured import Address
from engine.capture.channel import Channel
from engine.capture.places import within
from engine.capture.values import country_code, currency_code, micros
from engine.network.checks import require

NONE: tuple[Any, ...] = ()
"""For lists that were not given."""


def joined_name(*parts: str | None) -> str:
    """First and last name as one."""
    return " ".join(filter(None, parts))


def read_address(
    path: str,
    country_field: str,
    country: str | None,
    *,
    street: Iterable[str | None] = (),
    postal_code: str | None = None,
    region: str | None = None,
    city: str | None = None,
    name: str | None = None,
    company: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    residential: bool | None = None,
) -> Address:
    """An address at ``path`` of the document; lines of the street that are empty are left out.

    Raises InvalidInput where the country, which ``country_field`` holds, is none.
    """
    with within(path):
        return Address(
            country=country_code(country_field, country or ""),
            postal_code=postal_code or "",
            region=region or "",
            city=city or "",
            street=tuple(line for line in street if line),
            name=name or "",
            company=company or "",
            phone=phone or "",
            email=email or "",
            residential=residential,
        )


def first_currency(field: str, channel: Channel, given: Iterable[str | None]) -> str:
    """The first currency that the document names, at ``field``; the channel's own where it names none. Raises InvalidInput."""
    named = next(filter(None, given), None)
    return currency_code("currency", channel.currency) if named is None else currency_code(field, named)


def amount_in(currency: str, field: str, amount: Decimal | None, given: str | None) -> int:
    """An amount as micros; None is 0. Raises InvalidInput where it is ``given`` in another currency than the order's."""
    if amount is None:
        return 0
    check_currency(currency, field, given)
    return micros(amount)


def check_currency(currency: str, field: str, given: str | None) -> None:
    same = not given or given == currency
    require(same, f"{field}.currency", given, f"{currency}, as the order's other amounts are")
