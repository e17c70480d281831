"""The demo network and its first orders, read once, with the stock of what they want: laying all of it out takes longer than
they do."""

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
    orders = orders[:n_orders]
    wanted = {line.sku for order in orders for line in order.lines}
    return network, tuple(row for row in stock if row.sku in wanted), orders
