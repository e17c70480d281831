"""The table ``batch`` of ``policy.toml``: what binds a batch of orders as a whole, where it does not say otherwise itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.errors import InvalidInput, NetworkFault
from engine.network.batch_rules import EVERY_ORDER_BP, MAX_COUNT, BatchRules, CarrierLimit, LeastWork
from engine.network.files.cells import IDENTIFIER, Codec, integer, money, scaled, word
from engine.network.files.schema import CARRIED_LEVELS

if TYPE_CHECKING:
    from engine.network.files.policy_file import Reading
    from engine.network.files.table import Table

_SHARE = "a share in 0..1, at most 4 decimals"
_KEYS = {
    "max_split": ("max_split_bp", scaled(_SHARE, Fraction(EVERY_ORDER_BP), 0, EVERY_ORDER_BP, 4)),
    "courier_budget": ("courier_budget", money()),
    "shortfall_cost": ("shortfall_cost", money()),
}
_LIMIT = {
    "node": ("node_id", IDENTIFIER),
    "carrier": ("carrier_id", IDENTIFIER),
    "level": ("level", word(type(CARRIED_LEVELS[0]), CARRIED_LEVELS)),
    "shipments": ("shipments", integer("a count", 0, MAX_COUNT)),
}
_WORK = {"node": ("node_id", IDENTIFIER), "orders": ("orders", integer("a count", 1, MAX_COUNT))}


def read_batch(reading: Reading, document: dict[str, Any]) -> BatchRules:
    """The rules; faults go to ``reading``."""
    limits = list(_rows(reading, document, "carrier_limits", _LIMIT))
    work = list(_rows(reading, document, "least_work", _WORK))
    fields = reading.fields(document, "batch.", _KEYS)
    try:
        return BatchRules(
            tuple([CarrierLimit(**row) for row in limits]),
            least_work=tuple([LeastWork(**row) for row in work]),
            **fields,
        )
    except InvalidInput as error:
        for fault in error.faults:
            reading.fault(f"batch.{fault.field}", fault.value, fault.expected)
        return BatchRules()


def _rows(
    reading: Reading, document: dict[str, Any], name: str, known: Mapping[str, tuple[str, Codec]]
) -> Iterator[dict[str, Any]]:
    """Each whole row of a list of tables; every key is wanted."""
    rows = document.pop(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        reading.fault(f"batch.{name}", rows, "a list of tables")
        return
    for position, row in enumerate(rows):
        prefix = f"batch.{name}[{position}]."
        for key in known.keys() - row.keys():
            reading.fault(prefix + key, "", "this key")
        fields = reading.fields(row, prefix, known)
        if len(fields) == len(known):
            yield fields


def batch_lines(rules: BatchRules) -> list[str]:
    """The table as the file writes it; nothing where no rule is set."""
    lines = []
    if rules.max_split_bp != EVERY_ORDER_BP:
        lines.append(f"max_split = {_KEYS['max_split'][1].write(rules.max_split_bp)}")
    if rules.courier_budget is not None:
        lines.append(f'courier_budget = "{money().write(rules.courier_budget)}"')
    if rules.shortfall_cost:
        lines.append(f'shortfall_cost = "{money().write(rules.shortfall_cost)}"')
    limits = [
        f"{{ node = {json.dumps(one.node_id)}, carrier = {json.dumps(one.carrier_id)}, "
        f'level = "{one.level.name}", shipments = {one.shipments} }},'
        for one in rules.carrier_limits
    ]
    work = [f"{{ node = {json.dumps(one.node_id)}, orders = {one.orders} }}," for one in rules.least_work]
    for name, rows in (("carrier_limits", limits), ("least_work", work)):
        if rows:
            lines += [f"{name} = [", *[f"    {row}" for row in rows], "]"]
    return ["", "[batch]", *lines] if lines else []


def unknown_in_batch(rules: BatchRules, tables: Mapping[str, Table], file: str) -> list[NetworkFault]:
    """Nodes and services that the other files do not have; none where they could not be read."""
    if not (rules.carrier_limits or rules.least_work) or "nodes.csv" not in tables or "services.csv" not in tables:
        return []
    nodes, services = tables["nodes.csv"].known("node_id"), tables["services.csv"].known("carrier_id", "level")
    if nodes is None or services is None:
        return []
    found = rules.unknown({node for (node,) in nodes}, services)
    return [NetworkFault(file, 0, f"batch.{fault.field}", str(fault.value), fault.expected) for fault in found]
