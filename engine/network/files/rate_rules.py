"""What must hold for a service to be priced: its card, its zones, its radius."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.errors import NetworkFault
from engine.network.carriers import Pricing, ServiceLevel
from engine.network.files.schema import ZONE_COLUMN
from engine.network.files.table import BAD, Table

Tables = Mapping[str, Table]


def _pricing(tables: Tables) -> dict[tuple[Any, Any], Pricing]:
    """How each service that could be read is priced."""
    if "services.csv" not in tables:
        return {}
    rows = tables["services.csv"].keys("carrier_id", "level", "pricing")
    return {(carrier, level): pricing for carrier, level, pricing in rows if BAD not in (carrier, level, pricing)}


def _by_service(tables: Tables, file: str, column: str) -> dict[tuple[Any, Any], set[Any]] | None:
    """Values of ``column`` by service; None where the file does not tell all of them."""
    known = tables[file].known("carrier_id", "level", column) if file in tables else None
    if known is None:
        return None
    found: dict[tuple[Any, Any], set[Any]] = defaultdict(set)
    for carrier, level, value in known:
        found[carrier, level].add(value)
    return found


def _each_service_is_priced(tables: Tables) -> Iterator[NetworkFault]:
    steps = _by_service(tables, "rates.csv", "max_weight")
    zones = _by_service(tables, "service_zones.csv", "zone")
    rules = [tables[file].known("carrier_id") for file in ("zone_distances.csv", "zones.csv") if file in tables]
    zoned = None if len(rules) < 2 or None in rules else {carrier for rule in rules for (carrier,) in rule or ()}
    services = tables.get("services.csv")
    for index, key in enumerate(services.keys("carrier_id", "level", "pricing") if services else ()):
        service, pricing = key[:2], key[2]
        if services is None or BAD in key:
            continue
        if pricing is Pricing.RATE_CARD:
            if steps is not None and service not in steps:
                yield services.fault(index, "pricing", "rows for the service in rates.csv")
            if zones is not None and service not in zones:
                yield services.fault(index, "level", "rows for the service in service_zones.csv")
            if zoned is not None and service[0] not in zoned:
                yield services.fault(index, "carrier_id", "rows for the carrier in zone_distances.csv or zones.csv")
        elif zones is not None and 0 not in zones.get(service, ()):
            yield services.fault(index, "level", "a row for zone 0 in service_zones.csv, as it is priced by DISTANCE")


def _each_service_is_whole(tables: Tables) -> Iterator[NetworkFault]:
    if "services.csv" not in tables:
        return
    services = tables["services.csv"]
    for index, (level, duration) in enumerate(services.keys("level", "duration_minutes")):
        if level is ServiceLevel.SAME_DAY and duration == 0:
            yield services.fault(index, "duration_minutes", "minutes > 0, as the level is SAME_DAY")
    for index, (pricing, radius) in enumerate(services.keys("pricing", "radius")):
        if pricing is Pricing.DISTANCE and radius == 0:
            yield services.fault(index, "radius", "a radius > 0, as the pricing is DISTANCE")
    for index, (length, surcharge) in enumerate(services.keys("oversize_length", "oversize_surcharge")):
        if length == 0 and surcharge not in (0, BAD):
            yield services.fault(index, "oversize_length", "a length > 0, as there is an oversize_surcharge")


def _zones_fit_the_pricing(tables: Tables) -> Iterator[NetworkFault]:
    pricing = _pricing(tables)
    if "rates.csv" in tables:
        for index, service in enumerate(tables["rates.csv"].keys("carrier_id", "level")):
            if pricing.get(service) is Pricing.DISTANCE:
                yield tables["rates.csv"].fault(index, "level", "a service with pricing RATE_CARD")
    if "service_zones.csv" in tables:
        for index, (carrier, level, zone) in enumerate(tables["service_zones.csv"].keys("carrier_id", "level", "zone")):
            if pricing.get((carrier, level)) is Pricing.DISTANCE and zone not in (0, BAD):
                yield tables["service_zones.csv"].fault(index, "zone", "zone 0, as the service is priced by DISTANCE")


def _cards_have_no_gaps(tables: Tables) -> Iterator[NetworkFault]:
    """A priced zone is priced from the lightest step on, and is a zone of the service; each zone has a price."""
    if "rates.csv" not in tables:
        return
    rates = tables["rates.csv"]
    pricing = _pricing(tables)
    zones = _by_service(tables, "service_zones.csv", "zone")
    steps: dict[tuple[Any, Any], list[tuple[int, int]]] = defaultdict(list)
    for index, (carrier, level, weight) in enumerate(rates.keys("carrier_id", "level", "max_weight")):
        if BAD not in (carrier, level, weight):
            steps[carrier, level].append((weight, index))
    columns = {column: int(match[1]) for column in rates.values if (match := ZONE_COLUMN.fullmatch(column))}
    priced: dict[tuple[Any, Any], set[int]] = defaultdict(set)
    for service, rows in steps.items():
        rows.sort(reverse=True)
        for column, zone in columns.items():
            heavier = False
            for _, index in rows:
                if rates.values[column][index] is not None:
                    heavier = True
                elif heavier:
                    yield rates.fault(index, column, "a price, as a heavier step of the zone has one")
            if heavier:
                priced[service].add(zone)
                if zones is not None and service in zones and zone not in zones[service]:
                    _, index = rows[-1]
                    yield rates.fault(index, column, "no price, or the zone in service_zones.csv")
    if "service_zones.csv" in tables:
        table = tables["service_zones.csv"]
        for index, (carrier, level, zone) in enumerate(table.keys("carrier_id", "level", "zone")):
            service = (carrier, level)
            if service in steps and pricing.get(service) is Pricing.RATE_CARD and zone not in priced[service] | {BAD}:
                yield table.fault(index, "zone", "a zone with prices in rates.csv")


RATE_RULES: tuple[Callable[[Tables], Iterator[NetworkFault]], ...] = (
    _each_service_is_priced,
    _each_service_is_whole,
    _zones_fit_the_pricing,
    _cards_have_no_gaps,
)
