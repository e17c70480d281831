"""Counts as the messages of ImportStock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.inventory.ledger import StockCount

_ROWS = 5_000


def count_blocks(import_id: str, counts: Sequence[StockCount], advance: Callable[[float], None]) -> Iterator[Any]:
    """The same counts under the same id are the same blocks, so that the server knows each when it comes again."""
    from onebox.v1 import inventory_service_pb2 as pb

    for first in range(0, len(counts), _ROWS):
        block = counts[first : first + _ROWS]
        rows = [
            {
                "sku": count.sku,
                "node_id": count.node_id,
                "on_hand": count.on_hand,
                "as_of_time": {"seconds": count.as_of_time},
                "safety_stock": count.safety_stock,
                "protected": count.protected,
            }
            for count in block
        ]
        yield pb.ImportStockRequest(request_id=import_id, counts=rows)
        advance(len(block))
