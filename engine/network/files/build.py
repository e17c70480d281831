"""Tables into a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.network.carriers import (
    Carrier,
    Pricing,
    RateCard,
    Service,
    ServiceLevel,
    ServiceZone,
    TransferLane,
    WeeklyCutoffs,
)
from engine.network.files.policy_file import PolicyFile
from engine.network.files.schema import ZONE_COLUMN
from engine.network.files.table import Table
from engine.network.items import Carton, Item
from engine.network.network import Network, Place, StockRow
from engine.network.nodes import Node

Tables = Mapping[str, Table]
ServiceKey = tuple[str, ServiceLevel]


def build_network(policy: PolicyFile, tables: Tables) -> Network:
    """The network of tables without a fault."""
    return Network(
        name=policy.name,
        nodes=tuple(Node(**row) for row in _rows(tables["nodes.csv"])),
        items=tuple(Item(**row) for row in _rows(tables["items.csv"])),
        cartons=tuple(Carton(**row) for row in _rows(tables["cartons.csv"])),
        carriers=_carriers(tables),
        services=_services(tables),
        policy=policy.policy,
        transfer_lanes=tuple(TransferLane(**row) for row in _rows(tables["transfer_lanes.csv"])),
        cutoffs=_cutoffs(tables["cutoffs.csv"]),
        holidays=_holidays(tables["holidays.csv"]),
        places={
            (place.country, place.postal_prefix): place
            for place in (Place(**row) for row in _rows(tables["places.csv"]))
        },
    )


def build_stock(table: Table) -> tuple[StockRow, ...]:
    return tuple(map(StockRow, *(table.values[column.name] for column in table.schema.columns)))


def _rows(table: Table) -> list[dict[str, Any]]:
    """Each row by engine field."""
    fields = [column.field for column in table.schema.columns]
    columns = (table.values[column.name] for column in table.schema.columns)
    return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]


def _carriers(tables: Tables) -> tuple[Carrier, ...]:
    distances: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for carrier_id, farthest, zone in tables["zone_distances.csv"].keys("carrier_id", "max_distance", "zone"):
        distances[carrier_id].append((farthest, zone))
    matrix: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    zones = tables["zones.csv"].keys("carrier_id", "origin_prefix", "destination_prefix", "zone")
    for carrier_id, origin, destination, zone in zones:
        matrix[carrier_id][origin][destination] = zone
    return tuple(
        Carrier(carrier_id, name, tuple(sorted(distances[carrier_id])), dict(matrix[carrier_id]))
        for carrier_id, name in tables["carriers.csv"].keys("carrier_id", "name")
    )


def _services(tables: Tables) -> tuple[Service, ...]:
    zones: dict[ServiceKey, dict[int, ServiceZone]] = defaultdict(dict)
    for row in _rows(tables["service_zones.csv"]):
        key, zone = (row.pop("carrier_id"), row.pop("level")), row.pop("zone")
        zones[key][zone] = ServiceZone(**row)
    cards = _rate_cards(tables["rates.csv"])
    services = []
    for row in _rows(tables["services.csv"]):
        key = row["carrier_id"], row["level"]
        card = cards[key] if row["pricing"] is Pricing.RATE_CARD else None
        services.append(Service(**row, rate_card=card, zones=zones[key]))
    return tuple(services)


def _rate_cards(table: Table) -> dict[ServiceKey, RateCard]:
    """Each service's steps, lightest first, over the zones it prices, in ascending order."""
    columns = sorted((int(match[1]), name) for name in table.values if (match := ZONE_COLUMN.fullmatch(name)))
    steps: dict[ServiceKey, list[tuple[int, int]]] = defaultdict(list)
    for index, (carrier_id, level, weight) in enumerate(table.keys("carrier_id", "level", "max_weight")):
        steps[carrier_id, level].append((weight, index))
    cards = {}
    for key, rows in steps.items():
        rows.sort()
        priced = [
            (zone, table.values[name])
            for zone, name in columns
            if any(table.values[name][index] is not None for _, index in rows)
        ]
        cards[key] = RateCard(
            tuple(weight for weight, _ in rows),
            tuple(zone for zone, _ in priced),
            tuple(tuple(prices[index] for _, prices in priced) for _, index in rows),
        )
    return cards


def _cutoffs(table: Table) -> dict[tuple[str, str, ServiceLevel], WeeklyCutoffs]:
    rows = table.keys("node_id", "carrier_id", "level", "cutoffs")
    return {(node_id, carrier_id, level): cutoffs for node_id, carrier_id, level, cutoffs in rows}


def _holidays(table: Table) -> dict[str, frozenset[date]]:
    dates: dict[str, set[date]] = defaultdict(set)
    for calendar, day in table.keys("calendar", "date"):
        dates[calendar].add(day)
    return {calendar: frozenset(days) for calendar, days in dates.items()}
