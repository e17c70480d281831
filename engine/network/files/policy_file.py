"""``policy.toml``: the network's name, its units and its policy."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.errors import NetworkFault
from engine.network.carriers import ServiceLevel
from engine.network.files.cells import (
    COUNTRY,
    DAYS,
    IDENTIFIER,
    MINUTE,
    YES_NO,
    Codec,
    decimal_text,
    integer,
    money,
    scaled,
    set_of,
    word,
)
from engine.network.files.policy_batch import batch_lines, read_batch
from engine.network.files.schema import CARRIED_LEVELS
from engine.network.files.units import DISTANCES, LENGTHS, WEIGHTS, Units
from engine.network.life_rules import HoldRules, ReturnRules
from engine.network.nodes import NodeType
from engine.network.policy import MAX_WAIT_MS, BatchWindow, Divide, Objective, Policy, PromiseRule

FILE = "policy.toml"
_MAX_DAYS_S = 36_500 * 86_400


def _known(names: Mapping[str, Fraction]) -> Codec:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return Codec(f"one of {', '.join(names)}", read)


def _read_currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise ValueError(text)
    return text


def _lasting(what: str, seconds: int) -> Codec:
    return scaled(f"{what} > 0", Fraction(seconds), 1, _MAX_DAYS_S)


def _listed(element: Codec) -> Codec:
    """A list of texts, which may be empty."""
    several = set_of(element)
    expected = f"a list of texts, each {element.expected}"
    return Codec(expected, lambda text: several.read(text) if text else frozenset(), several.write)


_HEAD = {
    "name": IDENTIFIER,
    "currency": Codec("a currency as three capital letters (ISO 4217)", _read_currency),
}
_UNITS = {"weight": _known(WEIGHTS), "length": _known(LENGTHS), "distance": _known(DISTANCES)}
_OBJECTIVE = {
    "order": ("objective", word(Objective)),
    "split_penalty": ("split_penalty", money()),
    "late_penalty_per_day": ("late_penalty_per_day", money()),
    "late_allowed": ("late_allowed", YES_NO),
    "carbon_price_per_kg": ("carbon_price_per_kg", money()),
    "reject_cost": ("reject_cost", money()),
    "backorder_cost_per_unit": ("backorder_cost_per_unit", money()),
}
_ROUTING = {
    "max_shipments": ("max_shipments", integer("a count", 0, 1_000)),
    "divide": ("divide", word(Divide)),
    "partial": ("partial", YES_NO),
    "cold_max_transit_days": ("cold_max_transit_days", integer("days", 0, 60)),
    "hold_minutes": ("hold_s", _lasting("minutes", 60)),
    "quote_minutes": ("quote_s", _lasting("minutes", 60)),
    "record_retention_days": ("record_retention_s", _lasting("days", 86_400)),
    "horizon_days": ("horizon_days", integer("days", 2, 28)),
    "package_fill": (
        "package_fill_bp",
        scaled("a share in 0.01..1, at most 4 decimals", Fraction(10_000), 100, 10_000, 4),
    ),
}
_PROMISE = {
    "days": ("days", integer("days", 0, 60)),
    "cutoff": ("cutoff_minute", MINUTE),
    "delivery_days": ("delivery_days", DAYS),
}
_PRICES = {
    "scale": ("price_scale_bp", scaled("a share in 0..1, at most 4 decimals", Fraction(10_000), 0, 10_000, 4)),
}
_HOLDS = {
    "above": ("above", money()),
    "units_above": ("units_above", integer("a count", 0, 1_000_000)),
    "countries": ("countries", _listed(COUNTRY)),
    "other_billing_country": ("other_billing_country", YES_NO),
    "incomplete_address": ("incomplete_address", YES_NO),
    "postal_boxes": ("postal_boxes", YES_NO),
    "reject_rounds": ("reject_rounds", integer("a count", 0, 100)),
}
_RETURNS = {
    "unopened_days": ("unopened_days", integer("days", 0, 3_650)),
    "opened_days": ("opened_days", integer("days", 0, 3_650)),
    "damaged_days": ("damaged_days", integer("days", 0, 3_650)),
    "final_sale": ("final_sale", _listed(IDENTIFIER)),
    "node_types": ("node_types", set_of(word(NodeType))),
    "parcel_penalty": ("parcel_penalty", money()),
    "sell_days": ("sell_days", integer("days", 1, 365)),
    "markdown": ("markdown_bp", scaled("a share in 0..1, at most 4 decimals", Fraction(10_000), 0, 10_000, 4)),
}
_TABLES = ("units", "objective", "routing", "prices", "holds", "returns", "promises", "windows", "batch")
_LEVELS = {level.name: level for level in CARRIED_LEVELS}
_WINDOW_LEVELS = {level.name: level for level in (*CARRIED_LEVELS, ServiceLevel.PICKUP)}
_WINDOW = {
    name: (name, scaled("seconds in 0..86400, at most 3 decimals", Fraction(1_000), 0, MAX_WAIT_MS, 3))
    for name in _WINDOW_LEVELS
}


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What the file says."""

    name: str
    units: Units
    policy: Policy


class Reading:
    """Tables of the file, taken one after the other; faults gather here."""

    def __init__(self) -> None:
        self.faults: list[NetworkFault] = []

    def fault(self, key: str, value: object, expected: str) -> None:
        self.faults.append(NetworkFault(FILE, 0, key, str(value), expected))

    def table(self, document: dict[str, Any], name: str, prefix: str = "") -> dict[str, Any]:
        found = document.pop(name, {})
        if isinstance(found, dict):
            return dict(found)
        self.fault(prefix + name, found, "a table")
        return {}

    def fields(self, document: dict[str, Any], prefix: str, known: Mapping[str, tuple[str, Codec]]) -> dict[str, Any]:
        fields = {}
        for key, value in document.items():
            if key not in known:
                self.fault(prefix + key, value, f"a known key: {', '.join(known)}")
                continue
            field, codec = known[key]
            try:
                fields[field] = codec.read(_text(value))
            except ValueError:
                self.fault(prefix + key, value, codec.expected)
        return fields


def _text(value: object) -> str:
    """A TOML value as the cell it would be."""
    if isinstance(value, bool):
        return YES_NO.write(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str | int):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(each, str) and ";" not in each for each in value):
        return ";".join(value)
    raise ValueError(value)


def read_policy(directory: Path) -> tuple[PolicyFile | None, list[NetworkFault]]:
    """The policy and every fault in it. Where a key is wrong the file still tells the rest; none where it is no TOML."""
    try:
        text = (directory / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, [NetworkFault(FILE, 0, "", "", "a file of this name")]
    except UnicodeDecodeError as error:
        row = bytes(error.object[: error.start]).count(b"\n") + 1
        return None, [NetworkFault(FILE, row, "", repr(error.object[error.start : error.end]), "text in UTF-8")]
    except OSError as error:
        return None, [NetworkFault(FILE, 0, "", str(error), "a file that can be read")]
    return parse_policy(text)


def parse_policy(text: str) -> tuple[PolicyFile | None, list[NetworkFault]]:
    """As ``read_policy``, of the file's text."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        return None, [NetworkFault(FILE, 0, "", str(error), "TOML")]
    reading = Reading()
    units = reading.fields(reading.table(document, "units"), "units.", {k: (k, c) for k, c in _UNITS.items()})
    fields = reading.fields(reading.table(document, "objective"), "objective.", _OBJECTIVE)
    fields |= reading.fields(reading.table(document, "routing"), "routing.", _ROUTING)
    fields |= reading.fields(reading.table(document, "prices"), "prices.", _PRICES)
    fields["holds"] = HoldRules(**reading.fields(reading.table(document, "holds"), "holds.", _HOLDS))
    fields["returns"] = ReturnRules(**reading.fields(reading.table(document, "returns"), "returns.", _RETURNS))
    fields["promises"] = _read_promises(reading, reading.table(document, "promises"))
    fields["windows"] = _read_windows(reading, reading.table(document, "windows"))
    fields["batch"] = read_batch(reading, reading.table(document, "batch"))
    for key in ("name", "currency"):
        if key not in document:
            reading.fault(key, "", "this key")
    for key in sorted(document.keys() - _HEAD.keys()):
        reading.fault(key, document.pop(key), f"a known key or table: {', '.join((*_HEAD, *_TABLES))}")
    head = reading.fields(document, "", {key: (key, codec) for key, codec in _HEAD.items()})
    policy = Policy(currency=head.get("currency", Policy().currency), **fields)
    return PolicyFile(head.get("name", ""), Units(**units), policy), reading.faults


def amended_policy(policy: Policy, keys: dict[str, Any]) -> tuple[Policy, list[NetworkFault]]:
    """The policy with other values for keys of the tables ``objective`` and ``routing``, as the file writes them."""
    reading = Reading()
    fields = reading.fields(keys, "", _OBJECTIVE | _ROUTING)
    return replace(policy, **fields), reading.faults


def amended_windows(policy: Policy, tables: dict[str, Any]) -> tuple[Policy, list[NetworkFault]]:
    """The policy with the windows of ``tables``, as the file writes them, in place of its own."""
    reading = Reading()
    windows = _read_windows(reading, dict(tables))
    return replace(policy, windows=windows), reading.faults


def _read_promises(reading: Reading, document: dict[str, Any]) -> dict[ServiceLevel, PromiseRule]:
    """The default rules, those of the file in their place."""
    promises = dict(Policy().promises)
    for name in tuple(document):
        prefix = f"promises.{name}"
        if name not in _LEVELS:
            reading.fault(prefix, document[name], f"one of {', '.join(_LEVELS)}")
            continue
        rule = reading.table(document, name, "promises.")
        if "days" not in rule:
            reading.fault(f"{prefix}.days", "", "this key")
        fields = reading.fields(rule, f"{prefix}.", _PROMISE)
        promises[_LEVELS[name]] = PromiseRule(**{"days": 0, **fields})
    return promises


def _read_windows(reading: Reading, document: dict[str, Any]) -> tuple[BatchWindow, ...]:
    """A table for each channel, in it a wait by level."""
    windows = []
    for channel in tuple(document):
        prefix = f"windows.{channel}"
        try:
            IDENTIFIER.read(channel)
        except ValueError:
            reading.fault(prefix, channel, f"a channel: {IDENTIFIER.expected}")
            continue
        waits = reading.fields(reading.table(document, channel, "windows."), f"{prefix}.", _WINDOW)
        windows += [BatchWindow(channel, _WINDOW_LEVELS[name], wait_ms) for name, wait_ms in waits.items()]
    return tuple(windows)


def write_policy(file: PolicyFile, directory: Path) -> None:
    """Every key, defaults too, so that a planner sees what there is to set."""
    (directory / FILE).write_text(format_policy(file), encoding="utf-8", newline="\n")


def format_policy(file: PolicyFile) -> str:
    policy = file.policy
    lines = [f"name = {_toml(file.name)}", f"currency = {_toml(policy.currency)}", "", "[units]"]
    lines += [f"{key} = {_toml(getattr(file.units, key))}" for key in _UNITS]
    for table, value, known in (
        ("objective", policy, _OBJECTIVE),
        ("routing", policy, _ROUTING),
        ("prices", policy, _PRICES),
        ("holds", policy.holds, _HOLDS),
        ("returns", policy.returns, _RETURNS),
    ):
        lines += ["", f"[{table}]", *_lines(value, known)]
    for level, rule in policy.promises.items():
        lines += ["", f"[promises.{level.name}]", *_lines(rule, _PROMISE)]
    for channel in dict.fromkeys(window.channel for window in policy.windows):
        waits = [window for window in policy.windows if window.channel == channel]
        written = [f"{each.level.name} = {_toml(_WINDOW[each.level.name][1].write(each.wait_ms))}" for each in waits]
        lines += ["", f"[windows.{_toml(channel)}]", *written]
    lines += batch_lines(policy.batch)
    return "\n".join(lines) + "\n"


def _lines(value: object, known: Mapping[str, tuple[str, Codec]]) -> list[str]:
    lines = []
    for key, (field, codec) in known.items():
        held = getattr(value, field)
        if held is None:
            continue
        text = codec.write(held)
        if isinstance(held, bool):
            text = "true" if held else "false"
        elif isinstance(held, frozenset) and codec is not DAYS:
            text = f"[{', '.join(_toml(part) for part in text.split(';') if part)}]"
        elif isinstance(held, enum.Enum):
            text = _toml(text.lower())
        elif not isinstance(held, int) or codec is MINUTE:
            text = _toml(text)
        lines.append(f"{key} = {text}")
    return lines


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
