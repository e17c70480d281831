"""Decision records, orders, events and stock as tables, a Parquet or CSV file each: what reports, ERP and CRM read.

Instants are UTC seconds, amounts micros of the decision's currency. Every file is there and has its columns, empty or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import polars as pl

from engine.inventory.ledger import Cell, ReservationState
from engine.lifecycle.events import Event, place_of
from engine.lifecycle.life import Life
from engine.lifecycle.money import order_total
from engine.routing.record import Record

Kind = Literal["parquet", "csv"]

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "decisions": {
        "route_id": pl.String,
        "order_id": pl.String,
        "replaces": pl.String,
        "time": pl.Int64,
        "state": pl.String,
        "channel": pl.String,
        "service_level": pl.String,
        "currency": pl.String,
        "units": pl.Int64,
        "units_unfilled": pl.Int64,
        "shipments": pl.Int64,
        "packages": pl.Int64,
        "cost": pl.Int64,
    },
    "costs": {"route_id": pl.String, "shipment": pl.Int64, "component": pl.String, "amount": pl.Int64},
    "shipments": {
        "route_id": pl.String,
        "shipment": pl.Int64,
        "node_id": pl.String,
        "carrier_id": pl.String,
        "level": pl.String,
        "ship_time": pl.Int64,
        "arrival_time": pl.Int64,
        "promise_time": pl.Int64,
        "late_days": pl.Int64,
        "units": pl.Int64,
        "packages": pl.Int64,
        "cost": pl.Int64,
    },
    "contents": {
        "route_id": pl.String,
        "shipment": pl.Int64,
        "node_id": pl.String,
        "line_id": pl.String,
        "sku": pl.String,
        "units": pl.Int64,
    },
    "orders": {
        "order_id": pl.String,
        "channel": pl.String,
        "number": pl.String,
        "purchase_order": pl.String,
        "order_time": pl.Int64,
        "state": pl.String,
        "payment": pl.String,
        "customer_id": pl.String,
        "customer_name": pl.String,
        "customer_email": pl.String,
        "country": pl.String,
        "postal_code": pl.String,
        "currency": pl.String,
        "total": pl.Int64,
        "captured": pl.Int64,
        "refunded": pl.Int64,
    },
    "order_lines": {
        "order_id": pl.String,
        "line_id": pl.String,
        "sku": pl.String,
        "title": pl.String,
        "units": pl.Int64,
        "units_cancelled": pl.Int64,
        "units_waiting": pl.Int64,
        "units_shipped": pl.Int64,
        "units_returned": pl.Int64,
        "gross": pl.Int64,
        "discount": pl.Int64,
        "tax": pl.Int64,
    },
    "events": {
        "position": pl.String,
        "time": pl.Int64,
        "kind": pl.String,
        "subject_id": pl.String,
        "order_id": pl.String,
        "before": pl.String,
        "after": pl.String,
        "actor": pl.String,
        "reason": pl.String,
        "data": pl.String,
    },
    "stock": {
        "node_id": pl.String,
        "sku": pl.String,
        "on_hand": pl.Int64,
        "reserved": pl.Int64,
        "time": pl.Int64,
    },
}
"""Columns by table. ``shipment`` is its number in its route, from 0; what belongs to none has -1: costs of splits and backorders,
and in ``contents`` units that were left out, whose node_id is "". ``order_lines.units`` were still to ship when the order came.
``events.position`` is their place in the stream. ``stock.time`` is when it was read."""


class Rows:
    """Rows by table, collected."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}

    def add_record(self, record: Record, state: ReservationState) -> None:
        """One decision and what became of its reservation."""
        route, order = record.route, record.order
        unfilled = sum(line.units for line in route.unfilled)
        filled = sum(content.units for shipment in route.shipments for content in shipment.contents)
        self._rows["decisions"].append(
            (
                route.route_id,
                route.order_id,
                record.replaces,
                route.decision_time,
                state.value,
                order.channel,
                order.service_level.value,
                route.currency,
                filled + unfilled,
                unfilled,
                len(route.shipments),
                sum(len(shipment.packages) for shipment in route.shipments),
                route.cost,
            )
        )
        rest = dict(route.breakdown)
        for number, shipment in enumerate(route.shipments):
            for part, amount in shipment.breakdown:
                self._rows["costs"].append((route.route_id, number, part.value, amount))
                rest[part] -= amount
            self._rows["shipments"].append(
                (
                    route.route_id,
                    number,
                    shipment.node_id,
                    shipment.carrier_id,
                    shipment.level.value,
                    shipment.ship_time,
                    shipment.arrival_time,
                    shipment.promise_time,
                    shipment.late_days,
                    sum(content.units for content in shipment.contents),
                    len(shipment.packages),
                    shipment.cost,
                )
            )
            self._rows["contents"] += [
                (route.route_id, number, shipment.node_id, content.line_id, content.sku, content.units)
                for content in shipment.contents
            ]
        self._rows["costs"] += [(route.route_id, -1, part.value, amount) for part, amount in rest.items() if amount]
        self._rows["contents"] += [
            (route.route_id, -1, "", line.line_id, line.sku, line.units) for line in route.unfilled
        ]

    def add_life(self, life: Life) -> None:
        """One order as it stands."""
        order, payment = life.order, life.payment
        address = order.ship_to
        self._rows["orders"].append(
            (
                order.order_id,
                order.channel,
                order.number,
                order.purchase_order,
                order.order_time,
                life.state.value,
                payment.state.value,
                order.customer.customer_id,
                order.customer.name,
                order.customer.email,
                "" if address is None else address.country,
                "" if address is None else address.postal_code,
                order.currency,
                order_total(order),
                payment.captured,
                payment.refunded,
            )
        )
        waiting, gone = life.waiting(), life.gone()
        returned = Counter[str]()
        for back in life.returns:
            for line in back.lines:
                returned[line.line_id] += line.accepted
        self._rows["order_lines"] += [
            (
                order.order_id,
                line.line_id,
                line.sku,
                line.title,
                line.open_units,
                life.cancelled.get(line.line_id, 0),
                waiting.get(line.line_id, 0),
                gone.get(line.line_id, 0),
                returned[line.line_id],
                line.gross_micros,
                line.discount_micros,
                line.tax_micros,
            )
            for line in order.lines
        ]

    def add_event(self, position: str, event: Event) -> None:
        """One change in the life of an order."""
        data = msgspec.json.encode(event.data).decode()
        place = (position, event.time, event.kind.value, event.subject_id, event.order_id)
        self._rows["events"].append((*place, event.before, event.after, event.actor, event.reason, data))

    def add_stock(self, cells: Iterable[Cell], time: int) -> None:
        """The stock as it was read at ``time``, UTC seconds."""
        self._rows["stock"] += [(cell.node_id, cell.sku, cell.on_hand, cell.reserved, time) for cell in cells]

    def write(self, directory: Path, kind: Kind = "parquet", *, trimmed: bool = False) -> dict[str, int]:
        """A file for each table in ``directory``, which is made; rows by table.

        ``trimmed``: the store has let go of events that were exported. Those that the directory has of before stay.
        """
        directory.mkdir(parents=True, exist_ok=True)
        counts = {}
        for name, schema in SCHEMAS.items():
            frame = pl.DataFrame(self._rows[name], schema=dict(schema), orient="row")
            file = directory / f"{name}.{kind}"
            if name == "events" and trimmed and file.is_file():
                frame = pl.concat([_before(_read(file), frame), frame])
            if kind == "csv":
                frame.write_csv(file)
            else:
                frame.write_parquet(file)
            counts[name] = frame.height
        return counts


def _read(file: Path) -> pl.DataFrame:
    """A table as it was written."""
    if file.suffix == ".parquet":
        return pl.read_parquet(file)
    return pl.read_csv(file, schema=dict(SCHEMAS[file.stem])).with_columns(pl.col(pl.String).fill_null(""))


def _before(earlier: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The events of an earlier export that come before all of today's."""
    first = place_of(now["position"][0]) if now.height else None
    older = [first is None or place_of(position) < first for position in earlier["position"]]
    return earlier.filter(pl.Series(older, dtype=pl.Boolean))
