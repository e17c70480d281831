"""The shipping file: carriers with an account, and what a carrier asks of a node that the network does not say.

TOML::

    [carriers.UPS]                  # a carrier of the network
    adapter = "ups"                 # karrio's name for it; the plugin karrio-ups is installed
    account_env = "UPS_ACCOUNT"     # the environment variable that holds the adapter's settings (JSON)
    services = { GROUND = "ups_ground", TWO_DAY = "ups_2nd_day_air" }

    [nodes.DC-MEM]
    street = ["3131 Democrat Rd"]
    city = "Memphis"
    region = "TN"
    phone = "+1 901 555 0100"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from engine.dock.premises import NodePlace
from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """One carrier with an account, as karrio takes it."""

    carrier_id: str
    adapter: str
    account: Mapping[str, Any] = field(repr=False)
    services: Mapping[ServiceLevel, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShippingFile:
    """What the file says."""

    accounts: tuple[CarrierAccount, ...] = ()
    places: Mapping[str, NodePlace] = field(default_factory=dict)


def read_shipping(path: Path, environment: Mapping[str, str]) -> ShippingFile:
    """Raises InvalidInput naming table and key."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(FieldFault("shipping", str(path), f"a TOML file ({error})")) from None
    for key in tables:
        require(key in ("carriers", "nodes"), key, tables[key], "carriers or nodes")
    return ShippingFile(
        tuple(_account(name, table, environment) for name, table in _tables(tables, "carriers").items()),
        {name: _place(name, table) for name, table in _tables(tables, "nodes").items()},
    )


def _tables(tables: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = tables.get(key, {})
    require(isinstance(found, dict), key, found, f"tables, [{key}.NAME] each")
    return dict(found)


def _account(name: str, table: Any, environment: Mapping[str, str]) -> CarrierAccount:
    at = f"carriers.{name}"
    keys = {"adapter", "account_env", "services"}
    require(isinstance(table, dict) and set(table) == keys, at, table, f"a table with {', '.join(sorted(keys))}")
    variable = table["account_env"]
    require(variable in environment, f"{at}.account_env", variable, "a variable of the environment that is set")
    try:
        account = msgspec.json.decode(environment[variable], type=dict[str, Any])
    except msgspec.DecodeError:
        raise InvalidInput(FieldFault(f"{at}.account_env", variable, "a variable that holds a JSON object")) from None
    require(isinstance(table["services"], dict), f"{at}.services", table["services"], "a table of levels")
    levels = {level.value: level for level in ServiceLevel}
    for level in table["services"]:
        require(level in levels, f"{at}.services", level, f"one of {', '.join(levels)}")
    services = {levels[level]: str(service) for level, service in table["services"].items()}
    return CarrierAccount(name, str(table["adapter"]), account, services)


def _place(name: str, table: Any) -> NodePlace:
    try:
        return msgspec.convert(table, NodePlace)
    except msgspec.ValidationError as error:
        raise InvalidInput(FieldFault(f"nodes.{name}", str(table), f"street, city, region, phone ({error})")) from None
