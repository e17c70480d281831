"""Stock messages to the ledger's values, and its cells back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from onebox.v1 import inventory_service_pb2 as pb

from engine.errors import FieldFault, InvalidInput
from engine.inventory.ledger import MAX_ON_HAND, Cell, StockCount, StockDelta
from engine.network.checks import require
from server.conversion.fields import instant_from, refuse, within

MAX_ROWS = 1_000
MAX_IMPORT_ROWS = 10_000
T = TypeVar("T", StockDelta, StockCount)


def deltas_from(messages: Sequence[pb.StockDelta], skus: Collection[str], nodes: Collection[str]) -> list[StockDelta]:
    """Raises InvalidInput with every fault; ``skus`` and ``nodes`` are those of the network."""
    return _rows("deltas", messages, _delta, MAX_IMPORT_ROWS, skus, nodes)


def counts_from(
    messages: Sequence[pb.StockCount], skus: Collection[str], nodes: Collection[str], most: int = MAX_ROWS
) -> list[StockCount]:
    """Raises InvalidInput with every fault; ``skus`` and ``nodes`` are those of the network."""
    return _rows("counts", messages, _count, most, skus, nodes)


def cell_message(cell: Cell) -> pb.Cell:
    return pb.Cell(
        sku=cell.sku,
        node_id=cell.node_id,
        on_hand=cell.on_hand,
        reserved=cell.reserved,
        safety_stock=cell.safety_stock,
        protected=cell.protected,
        atp=cell.atp,
    )


def _rows(
    name: str,
    messages: Sequence[Any],
    convert: Callable[[Any], T],
    most: int,
    skus: Collection[str],
    nodes: Collection[str],
) -> list[T]:
    require(1 <= len(messages) <= most, name, len(messages), f"1..{most} rows")
    rows: list[T] = []
    faults: list[FieldFault] = []
    seen: set[tuple[str, str]] = set()
    for position, message in enumerate(messages):
        key = (message.sku, message.node_id)
        try:
            require(key[0] in skus, "sku", key[0], "a SKU of the network")
            require(key[1] in nodes, "node_id", key[1], "a node of the network")
            require(key not in seen, "sku", "/".join(key), "each SKU and node once")
            rows.append(convert(message))
        except InvalidInput as error:
            faults.extend(within(f"{name}[{position}]", error))
        seen.add(key)
    refuse(faults)
    return rows


def _delta(message: pb.StockDelta) -> StockDelta:
    inside = message.units != 0 and abs(message.units) <= MAX_ON_HAND
    require(inside, "units", message.units, f"units in -{MAX_ON_HAND}..{MAX_ON_HAND}, not 0")
    moved = instant_from(message.as_of_time, "as_of_time") if message.HasField("as_of_time") else None
    return StockDelta(message.sku, message.node_id, message.units, moved)


def _count(message: pb.StockCount) -> StockCount:
    require(message.HasField("as_of_time"), "as_of_time", "", "when it was counted")
    for name in ("on_hand", "safety_stock", "protected"):
        units = getattr(message, name)
        require(0 <= units <= MAX_ON_HAND, name, units, f"a count in 0..{MAX_ON_HAND}")
    return StockCount(
        sku=message.sku,
        node_id=message.node_id,
        on_hand=message.on_hand,
        as_of_time=instant_from(message.as_of_time, "as_of_time"),
        safety_stock=message.safety_stock if message.HasField("safety_stock") else None,
        protected=message.protected if message.HasField("protected") else None,
    )
