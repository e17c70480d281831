"""Order files: ``.csv``, ``.json`` and ``.jsonl``, each also with ``.gz``, as docs/network-files.md describes them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import NetworkFault, NetworkFaults
from engine.network.files.reader import read_csv, without_echoes
from engine.network.files.schema import FileSchema
from engine.network.files.table import Table
from engine.routing.order import Destination, Line, Order, PickupAt
from engine.routing.order_columns import LINE_COLUMNS, ORDER_FIELDS, order_schema
from engine.routing.order_json import read_json
from engine.routing.order_rules import broken_order_rules, order_spans

KILOMETRE = Fraction(1_000)


def read_orders(path: Path, distance_unit_m: Fraction = KILOMETRE) -> tuple[Order, ...]:
    """Every order of the file, in its order. ``distance_unit_m`` is the metres in one unit of ``pickup_radius``.

    Raises
    ------
    NetworkFaults : every fault of the file, at once. The row is the CSV row, the line of a ``.jsonl`` or the number
        of the order in a ``.json`` (from 1); a JSON order's line is named in the column, ``lines[0].units``.
    """
    schema = order_schema(distance_unit_m)
    if _kind(path) == "csv":
        table, faults = read_csv(path, schema)
        if table is not None:
            faults = without_echoes([*faults, *broken_order_rules(table)])
    else:
        table, faults = _read_json(path, schema)
    if faults or table is None:
        raise NetworkFaults(tuple(sorted(faults, key=lambda fault: fault.row)))
    return _orders(table)


def write_orders(orders: Iterable[Order], path: Path, distance_unit_m: Fraction = KILOMETRE) -> None:
    """Write the orders in the format of the file's name. ``read_orders`` gives equals back."""
    schema = order_schema(distance_unit_m)
    kind = _kind(path)
    rows = [_rows(schema, order) for order in orders]
    if kind == "csv":
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, [column.name for column in schema.columns], restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(row for of_order in rows for row in of_order)
        data = stream.getvalue().encode()
    else:
        documents = [
            {**{k: v for k, v in of_order[0].items() if k not in LINE_COLUMNS}, "lines": list(map(_line, of_order))}
            for of_order in rows
        ]
        data = b"\n".join(map(msgspec.json.encode, documents)) if kind == "jsonl" else msgspec.json.encode(documents)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def _kind(path: Path) -> str:
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind not in ("csv", "json", "jsonl"):
        raise NetworkFaults((NetworkFault(path.name, 0, "", kind, "a .csv, .json or .jsonl file"),))
    return kind


def _read_json(path: Path, schema: FileSchema) -> tuple[Table | None, list[NetworkFault]]:
    found = read_json(path, schema)
    if isinstance(found, NetworkFault):
        return None, [found]
    table, faults = found.table()
    faults += broken_order_rules(table, starts=found.starts())
    return table, without_echoes([found.located(fault) for fault in faults])


def _orders(table: Table) -> tuple[Order, ...]:
    values = table.values
    line_ids, skus, units, fulfilments = (values[name] for name in LINE_COLUMNS)
    fields = [(name, values[name]) for name in ORDER_FIELDS]
    orders = []
    for first, last in order_spans(table):
        lines = tuple(
            Line(line_ids[i] or str(i - first + 1), skus[i], units[i], fulfilments[i]) for i in range(first, last)
        )
        given = {name: column[first] for name, column in fields if column[first] is not None}
        destination, pickup = _destination(values, first), _pickup(values, first)
        orders.append(
            Order(order_id=values["order_id"][first], lines=lines, destination=destination, pickup=pickup, **given)
        )
    return tuple(orders)


def _destination(values: dict[str, list[Any]], row: int) -> Destination | None:
    country, postal_code, residential = (values[name][row] for name in ("country", "postal_code", "residential"))
    if country is None:
        return None
    return Destination(country, postal_code, True if residential is None else residential)


def _pickup(values: dict[str, list[Any]], row: int) -> PickupAt | None:
    node_id, radius_m = values["pickup_node"][row], values["pickup_radius"][row]
    return PickupAt(node_id or "", radius_m or 0) if node_id or radius_m else None


def _rows(schema: FileSchema, order: Order) -> list[dict[str, str]]:
    """A row for each line, blank cells left out; the order's own columns on the first alone."""
    held: dict[str, Any] = {name: getattr(order, name) for name in ORDER_FIELDS}
    if order.destination is not None:
        held |= {name: getattr(order.destination, name) for name in ("country", "postal_code", "residential")}
    if order.pickup is not None:
        held |= {"pickup_node": order.pickup.node_id or None, "pickup_radius": order.pickup.radius_m or None}
    first = _cells(schema, held)
    rows = []
    for line in order.lines:
        of_line = _cells(schema, {name: getattr(line, name) for name in LINE_COLUMNS})
        rows.append({"order_id": order.order_id, **first, **of_line})
        first = {}
    return rows


def _cells(schema: FileSchema, values: dict[str, Any]) -> dict[str, str]:
    written = {
        name: schema.by_name[name].codec.write(value)
        for name, value in values.items()
        if value is not None and value != frozenset()
    }
    return {name: text for name, text in written.items() if text}


def _line(row: dict[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {name: row[name] for name in LINE_COLUMNS}
    return line | {"units": int(row["units"])}
