"""A network's opening stock as counts."""

from __future__ import annotations

from collections.abc import Sequence

from engine.inventory.ledger import StockCount
from engine.network.network import Network, StockRow


def opening_counts(network: Network, rows: Sequence[StockRow], now: int) -> list[StockCount]:
    """Counts as of ``now`` (UTC seconds); cells that say nothing take their node's safety stock."""
    safety = {node.node_id: node.safety_stock for node in network.nodes}
    return [
        StockCount(
            row.sku,
            row.node_id,
            row.on_hand,
            now,
            safety[row.node_id] if row.safety_stock is None else row.safety_stock,
            row.protected,
        )
        for row in rows
    ]
