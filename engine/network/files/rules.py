"""What must hold across the rows and files of a network. Each rule says where it is broken, never only that it is.

A rule passes over what could not be read: that has its own fault already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.errors import NetworkFault
from engine.network.carriers import ServiceLevel
from engine.network.files.rate_rules import RATE_RULES
from engine.network.files.table import BAD, Table
from engine.network.geography import distances_m
from engine.network.nodes import NodeType

Tables = Mapping[str, Table]
Rule = Callable[[Tables], Iterator[NetworkFault]]

ANY = "*"
_TYPES = frozenset(kind.name for kind in NodeType)

_REFERENCES = (
    ("nodes.csv", "holidays", "holidays.csv", "calendar"),
    ("services.csv", "holidays", "holidays.csv", "calendar"),
    ("services.csv", "carrier_id", "carriers.csv", "carrier_id"),
    ("zone_distances.csv", "carrier_id", "carriers.csv", "carrier_id"),
    ("zones.csv", "carrier_id", "carriers.csv", "carrier_id"),
    ("cutoffs.csv", "node_id", "nodes.csv", "node_id"),
    ("stock.csv", "node_id", "nodes.csv", "node_id"),
    ("stock.csv", "sku", "items.csv", "sku"),
)


def broken_rules(tables: Tables) -> list[NetworkFault]:
    """Every fault across the tables that are there."""
    rules: tuple[Rule, ...] = (
        _references,
        _services_known,
        _node_names,
        _node_services,
        _lanes,
        _lanes_reach,
        *RATE_RULES,
    )
    return [fault for rule in rules for fault in rule(tables)]


def _references(tables: Tables) -> Iterator[NetworkFault]:
    for file, column, target, key in _REFERENCES:
        if file not in tables or target not in tables or (known := tables[target].known(key)) is None:
            continue
        names = {name for (name,) in known} | {BAD, ""}
        table = tables[file]
        values = table.values.get(column, [])
        if not names.issuperset(values):
            expected = f"a {column} of {target}" if column == key else f"a {key} of {target}"
            yield from (table.fault(i, column, expected) for i, value in enumerate(values) if value not in names)


def _services_known(tables: Tables) -> Iterator[NetworkFault]:
    """Rows that name a carrier's level name one that is in services.csv."""
    known = tables["services.csv"].known("carrier_id", "level") if "services.csv" in tables else None
    if known is None:
        return
    carriers = {carrier for carrier, _ in known}
    for file in ("service_zones.csv", "rates.csv", "cutoffs.csv"):
        for index, key in enumerate(tables[file].keys("carrier_id", "level") if file in tables else ()):
            if BAD not in key and key not in known:
                column = "level" if key[0] in carriers else "carrier_id"
                yield tables[file].fault(index, column, "a carrier_id and level of services.csv")


def _node_names(tables: Tables) -> Iterator[NetworkFault]:
    """A node is not called what a transfer lane may call all nodes of a type."""
    for index, node_id in enumerate(tables["nodes.csv"].values.get("node_id", ()) if "nodes.csv" in tables else ()):
        if node_id == ANY or node_id in _TYPES:
            yield tables["nodes.csv"].fault(index, "node_id", f"a name other than {ANY}, {', '.join(sorted(_TYPES))}")


def _node_services(tables: Tables) -> Iterator[NetworkFault]:
    """Each level a node offers is one that something carries."""
    if not {"nodes.csv", "services.csv", "transfer_lanes.csv"} <= tables.keys():
        return
    nodes = tables["nodes.csv"]
    levels = tables["services.csv"].known("level")
    origins = tables["transfer_lanes.csv"].known("origin")
    carried = None if levels is None else {level for (level,) in levels}
    for index, (node_id, kind, offered) in enumerate(nodes.keys("node_id", "type", "services")):
        for level in sorted(() if offered is BAD else offered, key=lambda level: str(level.name)):
            if level is ServiceLevel.SHIP_TO_STORE:
                if origins is not None and BAD not in (node_id, kind) and not {(node_id,), (kind.name,)} & origins:
                    yield nodes.fault(index, "services", "a transfer lane from the node or its type for SHIP_TO_STORE")
            elif level is not ServiceLevel.PICKUP and carried is not None and level not in carried:
                yield nodes.fault(index, "services", f"levels of services.csv, not {level.name}")


def _lanes(tables: Tables) -> Iterator[NetworkFault]:
    """A lane starts at a node that offers SHIP_TO_STORE, or a type that has one, and ends where pickup is offered."""
    if not {"nodes.csv", "transfer_lanes.csv"} <= tables.keys():
        return
    nodes, lanes = tables["nodes.csv"], tables["transfer_lanes.csv"]
    if nodes.known("node_id") is None:
        return
    by_id: dict[str, tuple[Any, Any]] = {
        node_id: (kind, services) for node_id, kind, services in nodes.keys("node_id", "type", "services")
    }
    unsure = any(kind is BAD or services is BAD for kind, services in by_id.values())
    senders = {kind.name for kind, services in by_id.values() if not unsure and ServiceLevel.SHIP_TO_STORE in services}
    for index, (origin, destination) in enumerate(lanes.keys("origin", "destination")):
        if origin in _TYPES:
            if not unsure and origin not in senders:
                yield lanes.fault(index, "origin", "a node type with a node that offers SHIP_TO_STORE")
        elif origin is not BAD:
            if origin not in by_id:
                yield lanes.fault(index, "origin", f"a node_id of nodes.csv, or {', '.join(sorted(_TYPES))}")
            elif by_id[origin][1] is not BAD and ServiceLevel.SHIP_TO_STORE not in by_id[origin][1]:
                yield lanes.fault(index, "origin", "a node that offers SHIP_TO_STORE")
        if destination in (BAD, ANY):
            continue
        if destination not in by_id:
            yield lanes.fault(index, "destination", f"a node_id of nodes.csv, or {ANY}")
        elif by_id[destination][1] is not BAD and ServiceLevel.PICKUP not in by_id[destination][1]:
            yield lanes.fault(index, "destination", "a node that offers PICKUP")
        elif destination == origin:
            yield lanes.fault(index, "destination", "another node than the origin")


def _lanes_reach(tables: Tables) -> Iterator[NetworkFault]:
    """A lane between two nodes goes at least as far as they are apart."""
    if not {"nodes.csv", "transfer_lanes.csv"} <= tables.keys():
        return
    lanes = tables["transfer_lanes.csv"]
    located = {
        row[0]: row[1:] for row in tables["nodes.csv"].keys("node_id", "latitude", "longitude") if BAD not in row
    }
    for index, (origin, destination, farthest) in enumerate(lanes.keys("origin", "destination", "max_distance")):
        if origin in located and destination in located and farthest not in (0, BAD):
            (latitude, longitude), (other_latitude, other_longitude) = located[origin], located[destination]
            metres = int(distances_m(latitude, longitude, [other_latitude], [other_longitude])[0])
            if metres > farthest:
                yield lanes.fault(index, "max_distance", f"blank, or at least the {metres} m between the two nodes")
