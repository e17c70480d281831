"""A network's opening stock as decisions see it, without a ledger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.inventory.opening import opening_counts
from engine.network.network import StockRow
from engine.routing.stock import Snapshot, first_day_of
from engine.routing.tables import Tables


def opening_stock(tables: Tables, rows: Sequence[StockRow], now: int) -> Snapshot:
    """On hand less safety stock, and every day as roomy as its node; days from ``first_day_of(now)`` on."""
    network = tables.network
    stock = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, first_day_of(now))
    for count in opening_counts(network, rows, now):
        cell = tables.item_index[count.sku], tables.node_index[count.node_id]
        stock.atp[cell] = count.on_hand - (count.safety_stock or 0)
        stock.protected[cell] = count.protected or 0
    orders = np.repeat(tables.order_limits[:, None], tables.n_days, axis=1)
    units = np.repeat(tables.unit_limits[:, None], tables.n_days, axis=1)
    return Snapshot(stock.atp, stock.protected, orders, units, stock.first_day)
