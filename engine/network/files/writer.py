"""A network into the text of its files: kilograms, millimetres and kilometres, in which every figure is exact."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.network.files.policy_file import PolicyFile, write_policy
from engine.network.files.schema import STOCK, FileSchema, schemas
from engine.network.files.units import Units
from engine.network.network import Network, StockRow

UNITS = Units()
Columns = dict[str, Sequence[str]]


def write_network(network: Network, stock: Iterable[StockRow], directory: Path) -> None:
    """Write every file of the network to ``directory``, which is made if need be. Reading it gives equals back."""
    directory.mkdir(parents=True, exist_ok=True)
    write_policy(PolicyFile(network.name, UNITS, network.policy), directory)
    for file, columns in network_columns(network).items():
        write_csv(directory / file, columns)
    write_csv(directory / STOCK.file, _of_objects(STOCK, tuple(stock)))


def write_csv(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def network_columns(network: Network) -> dict[str, Columns]:
    """The text of every file but the stock's, column by column. Figures no cell can hold are written as they are."""
    known = schemas(UNITS)
    columns = {
        "nodes.csv": _of_objects(known["nodes.csv"], network.nodes),
        "items.csv": _of_objects(known["items.csv"], network.items),
        "cartons.csv": _of_objects(known["cartons.csv"], network.cartons),
        "carriers.csv": _of_objects(known["carriers.csv"], network.carriers),
        "services.csv": _of_objects(known["services.csv"], network.services),
        "rates.csv": _rates(known["rates.csv"], network),
        "transfer_lanes.csv": _of_objects(known["transfer_lanes.csv"], network.transfer_lanes),
        "places.csv": _of_objects(known["places.csv"], tuple(network.places.values())),
    }
    flat: dict[str, list[tuple[Any, ...]]] = {
        "service_zones.csv": [
            (*service.key, zone, of.transit_days, of.carbon_g_per_kg)
            for service in network.services
            for zone, of in service.zones.items()
        ],
        "zone_distances.csv": [
            (carrier.carrier_id, farthest, zone)
            for carrier in network.carriers
            for farthest, zone in carrier.zone_distances
        ],
        "zones.csv": [
            (carrier.carrier_id, origin, destination, zone)
            for carrier in network.carriers
            for origin, row in carrier.zone_matrix.items()
            for destination, zone in row.items()
        ],
        "cutoffs.csv": [(*key, cutoffs) for key, cutoffs in network.cutoffs.items()],
        "holidays.csv": [(calendar, day) for calendar, days in network.holidays.items() for day in sorted(days)],
    }
    for file, rows in flat.items():
        names = [column.name for column in known[file].columns]
        by_name = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
        columns[file] = {name: _texts(known[file], name, values) for name, values in by_name.items()}
    return {file: columns[file] for file in known if file in columns}


def _of_objects(schema: FileSchema, objects: Sequence[object]) -> Columns:
    return {
        column.name: _texts(schema, column.name, [getattr(each, column.field) for each in objects])
        for column in schema.columns
    }


def _rates(schema: FileSchema, network: Network) -> Columns:
    cards = [(service, service.rate_card) for service in network.services if service.rate_card is not None]
    zones = sorted({zone for _, card in cards for zone in card.zones})
    columns: dict[str, list[Any]] = {name: [] for name in ("carrier_id", "level", "max_weight")}
    columns |= {f"zone_{zone}": [] for zone in zones}
    for service, card in cards:
        for weight, prices in zip(card.max_weight_g, card.prices, strict=True):
            row = dict(zip(card.zones, prices, strict=True))
            values = (service.carrier_id, service.level, weight, *(row.get(zone) for zone in zones))
            for held, value in zip(columns.values(), values, strict=True):
                held.append(value)
    return {name: _texts(schema, name, values) for name, values in columns.items()}


def _texts(schema: FileSchema, name: str, values: Sequence[Any]) -> Sequence[str]:
    """Each value as a cell. Defaults are written out, so that a planner sees them; None is blank."""
    column = schema.column(name)
    write = column.codec.write if column else str
    texts = {value: "" if value is None else write(value) for value in set(values)}
    return [texts[value] for value in values]
