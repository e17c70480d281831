"""The columns of an order file; a JSON order has the same names."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from engine.network.carriers import ServiceLevel
from engine.network.files.cells import COUNTRY, IDENTIFIER, YES_NO, Codec, integer, quantity, set_of, word
from engine.network.files.schema import CARRIED_LEVELS, MAX_DISTANCE_M, Column, FileSchema
from engine.network.nodes import NodeType
from engine.network.policy import Divide
from engine.routing.order import MAX_UNITS, Fulfilment

LINE_COLUMNS = ("line_id", "sku", "units", "fulfilment")
ORDER_FIELDS = (
    "order_time",
    "channel",
    "service_level",
    "exact_service",
    "deliver_by",
    "pickup_by",
    "late_allowed",
    "partial",
    "divide",
    "max_shipments",
    "vip",
    "only_nodes",
    "not_nodes",
    "only_node_types",
    "not_node_types",
)
"""Columns that are fields of ``Order`` as they stand."""


def _read_instant(text: str) -> int:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return int(instant.timestamp() // 1)


def _write_instant(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


INSTANT = Codec("an instant with its offset, such as 2026-03-02T10:00:00Z", _read_instant, _write_instant)


def order_schema(distance_unit_m: Fraction) -> FileSchema:
    """The columns, in the order they are written. What the order says is None where its cell is blank."""
    nodes, types = set_of(IDENTIFIER), set_of(word(NodeType))
    radius = quantity("the unit of distance", distance_unit_m, "m", 1, MAX_DISTANCE_M)
    of_order = {
        "order_time": INSTANT,
        "channel": IDENTIFIER,
        "country": COUNTRY,
        "postal_code": IDENTIFIER,
        "residential": YES_NO,
        "service_level": word(ServiceLevel, CARRIED_LEVELS),
        "exact_service": YES_NO,
        "deliver_by": INSTANT,
        "pickup_node": IDENTIFIER,
        "pickup_radius": radius,
        "pickup_by": INSTANT,
        "late_allowed": YES_NO,
        "partial": YES_NO,
        "divide": word(Divide),
        "max_shipments": integer("a count", 0, 1_000),
        "vip": YES_NO,
        "only_nodes": nodes,
        "not_nodes": nodes,
        "only_node_types": types,
        "not_node_types": types,
    }
    return FileSchema(
        "orders",
        (
            Column("order_id", IDENTIFIER, "order_id"),
            *(Column(name, codec, name, None) for name, codec in of_order.items()),
            Column("line_id", IDENTIFIER, "line_id", None),
            Column("sku", IDENTIFIER, "sku"),
            Column("units", integer("a count", 1, MAX_UNITS), "units"),
            Column("fulfilment", word(Fulfilment), "fulfilment", Fulfilment.SHIP),
        ),
        key=(),
    )
