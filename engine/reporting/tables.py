"""Decision records, events and stock as tables, a Parquet file each: what reports, ERP and CRM read.

Instants are UTC seconds, amounts micros of the decision's currency. Every file is there and has its columns, empty or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from engine.inventory.ledger import Cell, ReservationState
from engine.lifecycle.events import Event
from engine.routing.record import Record

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
    "events": {
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
and in ``contents`` units that were left out, whose node_id is "". ``stock.time`` is when it was read."""


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

    def add_event(self, event: Event) -> None:
        """One change in the life of an order."""
        data = msgspec.json.encode(event.data).decode()
        place = (event.time, event.kind.value, event.subject_id, event.order_id)
        self._rows["events"].append((*place, event.before, event.after, event.actor, event.reason, data))

    def add_stock(self, cells: Iterable[Cell], time: int) -> None:
        """The stock as it was read at ``time``, UTC seconds."""
        self._rows["stock"] += [(cell.node_id, cell.sku, cell.on_hand, cell.reserved, time) for cell in cells]

    def write(self, directory: Path) -> dict[str, int]:
        """A Parquet file for each table in ``directory``, which is made; rows by table."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, schema in SCHEMAS.items():
            frame = pl.DataFrame(self._rows[name], schema=dict(schema), orient="row")
            frame.write_parquet(directory / f"{name}.parquet")
        return {name: len(rows) for name, rows in self._rows.items()}
