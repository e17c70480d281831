"""The channels file: which shops, marketplaces and partners send orders, and how each is read.

TOML, a table for each channel by its name::

    [shop]
    adapter = "shopify"
    secret_env = "SHOP_SECRET"      # the environment variable that holds what its webhooks are signed with
    currency = "USD"                # where a document names none
    currencies = ["GBP"]            # what it sells in beside its own and the network's
    stores = { "Old Town" = "STORE-1" }
    levels = { "express saver" = "TWO_DAY" }

    [partner]
    adapter = "x12"

    [partner.addresses.0042]        # places that orders name by number alone
    country = "US"
    postal_code = "40202"
    city = "Louisville"
    street = ["92 Chestnut St"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from engine.capture.captured import Address
from engine.capture.channel import Channel
from engine.capture.places import within
from engine.capture.registry import adapter_of
from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.checks import require

_TEXTS = ("adapter", "url", "currency", "country", "time_zone")
_TABLES = ("stores", "skus", "levels", "addresses")


def read_channels(path: Path, environment: Mapping[str, str]) -> dict[str, Channel]:
    """The channels by name. Raises InvalidInput naming file, channel and key."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(FieldFault("channels", str(path), f"a TOML file ({error})")) from None
    return {name: _channel(name, table, environment) for name, table in tables.items()}


def _channel(name: str, table: Any, environment: Mapping[str, str]) -> Channel:
    require(isinstance(table, dict), name, table, "a table: [name], then its keys")
    for key, value in table.items():
        known = (*_TEXTS, "secret_env", "currencies", *_TABLES)
        require(key in known, f"{name}.{key}", value, f"a known key: {', '.join(known)}")
        kind, words = (
            (dict, "a table") if key in _TABLES else (list, "a list") if key == "currencies" else (str, "text")
        )
        require(isinstance(value, kind), f"{name}.{key}", value, words)
    require("adapter" in table, f"{name}.adapter", "", "the adapter that reads it")
    values: dict[str, Any] = {key: table[key] for key in (*_TEXTS, "stores", "skus") if key in table}
    variable = table.get("secret_env", "")
    if variable:
        require(variable in environment, f"{name}.secret_env", variable, "a variable of the environment that is set")
        values["secret"] = environment[variable]
    levels = {
        method.lower(): _level(f"{name}.levels.{method}", level) for method, level in table.get("levels", {}).items()
    }
    currencies = frozenset(map(str, table.get("currencies", ())))
    addresses = {
        number: _address(f"{name}.addresses.{number}", given) for number, given in table.get("addresses", {}).items()
    }
    channel = Channel(name, currencies=currencies, addresses=addresses, levels=levels, **values)
    adapter_of(channel)
    return channel


def _address(field: str, given: Any) -> Address:
    require(isinstance(given, dict), field, given, "a table: country, postal_code, city, street ...")
    for key in given:
        require(key in Address.__struct_fields__, f"{field}.{key}", given[key], ", ".join(Address.__struct_fields__))
    try:
        with within(field):
            return msgspec.convert(given, Address)
    except msgspec.ValidationError as error:
        raise InvalidInput(FieldFault(field, str(given), str(error).removeprefix("Expected "))) from None


def _level(field: str, text: Any) -> ServiceLevel:
    known = {level.value: level for level in ServiceLevel}
    require(text in known, field, text, f"one of {', '.join(known)}")
    return known[text]
