"""The demo network, its stock and its first orders, read once."""

from __future__ import annotations

from functools import cache

from engine.network.files import load_network, load_stock, read_units
from engine.network.network import Network, StockRow
from engine.network.us import DIRECTORY
from engine.routing.order import Order
from engine.routing.order_files import read_orders


@cache
def _all() -> tuple[Network, tuple[StockRow, ...], tuple[Order, ...]]:
    network = load_network(DIRECTORY)
    orders = read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)
    return network, load_stock(DIRECTORY, network), tuple(sorted(orders, key=lambda order: order.order_time))


def us(n_orders: int) -> tuple[Network, tuple[StockRow, ...], tuple[Order, ...]]:
    network, stock, orders = _all()
    return network, stock, orders[:n_orders]
