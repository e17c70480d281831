"""Bid prices by breadth: a stand-in for a forecast where there is none.

A node that has nearly everything can ship nearly any order in one box; each unit taken from it takes a little of that away.
So a unit costs ``most`` at a node that has every SKU of the network, and at another that share of it that the node has. Where
shipments come first, the many plans with equally few shipments are told apart by it: narrow nodes are used up first, and
later orders find broad ones. It knows nothing of demand; prices fitted to one do (``solvers.fluid``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.network.checks import require
from engine.network.network import Network, StockRow
from engine.network.prices import BidPrices


def breadth_prices(network: Network, stock: Sequence[StockRow], most: int, version: int = 1) -> BidPrices:
    """Prices of every unit in ``stock``. ``most``: micros >= 0, about what one more shipment costs; ``version`` >= 1."""
    require(most >= 0, "most", most, "micros >= 0")
    breadth = Counter(row.node_id for row in stock if row.on_hand > 0)
    every = max(1, len(network.items))
    return BidPrices(version, {(row.sku, row.node_id): most * breadth[row.node_id] // every for row in stock})
