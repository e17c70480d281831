"""Prices, between the contract and the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from onebox.v1 import prices_service_pb2 as pb

from engine.network.checks import require
from engine.network.price_document import DayPrice, PriceDocument, UnitPrice
from server.conversion.fields import identifier, instant_from

MAX_ROWS = 10_000
_BLOCK = 5_000
_MAX_PARAMETER = 256


def head_from(head: pb.PriceHead) -> PriceDocument:
    """The document without its prices."""
    require(bool(head.made_by), "head.made_by", head.made_by, "what made the prices")
    long = next((name for name, text in head.parameters.items() if len(name) + len(text) > _MAX_PARAMETER), "")
    require(not long, "head.parameters", long, f"at most {_MAX_PARAMETER} characters each")
    return PriceDocument(
        identifier(head.network, "head.network"),
        head.network_version,
        instant_from(head.make_time, "head.make_time"),
        identifier(head.made_by, "head.made_by"),
        dict(head.parameters),
        _instant(head, "valid_from_time"),
        _instant(head, "valid_until_time"),
        head.step_micros,
    )


def _instant(head: pb.PriceHead, field: str) -> int | None:
    return instant_from(getattr(head, field), f"head.{field}") if head.HasField(field) else None


def units_from(rows: Iterable[pb.UnitPrice]) -> list[UnitPrice]:
    return [UnitPrice(row.sku, row.node_id, row.price_micros, row.stock_units) for row in rows]


def days_from(rows: Iterable[pb.DayPrice]) -> list[DayPrice]:
    return [DayPrice(row.node_id, row.day, row.price_micros) for row in rows]


def head_of(document: PriceDocument) -> dict[str, Any]:
    """Fields of a PriceHead."""
    fields: dict[str, Any] = {
        "network": document.network,
        "network_version": document.network_version,
        "make_time": {"seconds": document.made_time},
        "made_by": document.made_by,
        "parameters": document.parameters,
        "step_micros": document.step,
    }
    if document.valid_from is not None:
        fields["valid_from_time"] = {"seconds": document.valid_from}
    if document.valid_until is not None:
        fields["valid_until_time"] = {"seconds": document.valid_until}
    return fields


def blocks_of(document: PriceDocument) -> Iterator[dict[str, Any]]:
    """Fields ``units`` or ``days`` of messages, in blocks."""
    units, days = iter(document.units), iter(document.days)
    while block := list(islice(units, _BLOCK)):
        yield {
            "units": [
                {"sku": each.sku, "node_id": each.node_id, "price_micros": each.micros, "stock_units": each.units}
                for each in block
            ]
        }
    while of_days := list(islice(days, _BLOCK)):
        yield {"days": [{"node_id": each.node_id, "day": each.day, "price_micros": each.micros} for each in of_days]}
