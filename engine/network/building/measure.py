"""What a built network is like: the figures its summary and its tests state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.network.building.geography import Centre, miles_between
from engine.network.building.order_rows import OrderRow
from engine.network.building.sampler import Ints
from engine.network.building.sites import NodeRow
from engine.network.building.stocking import Stock


@dataclass(frozen=True, slots=True)
class Summary:
    """What was built. Shares are 0..1; ``bytes`` counts the files of the network and its orders."""

    nodes: int
    items: int
    stock_rows: int
    orders: int
    order_rows: int
    orders_by_level: dict[str, int]
    scattered_share: float
    filled_share: float
    bytes: int


def summarise(orders: Sequence[OrderRow], stock: Stock, out: Path) -> Summary:
    """Measure what was written to ``out``."""
    levels = Counter("PICKUP" if order.picks else order.service_level for order in orders)
    return Summary(
        nodes=stock.on_hand.shape[0],
        items=stock.on_hand.shape[1],
        stock_rows=int(np.count_nonzero(stock.on_hand)),
        orders=len(orders),
        order_rows=sum(len(order.lines) for order in orders),
        orders_by_level=dict(sorted(levels.items())),
        scattered_share=round(scattered_share(orders, stock), 4),
        filled_share=round(filled_share(orders, stock), 4),
        bytes=sum(path.stat().st_size for path in out.iterdir() if path.suffix in (".csv", ".toml")),
    )


def scattered_share(orders: Sequence[OrderRow], stock: Stock) -> float:
    """Share of the orders of two lines and more of which no single node can promise every line at opening."""
    promised = stock.promised
    several = [order for order in orders if len(order.lines) > 1]
    scattered = 0
    for order in several:
        items = [item for item, _, _ in order.lines]
        units = np.array([units for _, units, _ in order.lines])
        scattered += not bool((promised[:, items] >= units).all(axis=1).any())
    return scattered / max(1, len(several))


def filled_share(orders: Sequence[OrderRow], stock: Stock) -> float:
    """Share of the orders that the whole network's stock fills, one after another, wherever the units lie.

    Capacity, dates and distance aside: an upper estimate of what any routing can fill.
    """
    left = stock.promised.sum(axis=0)
    filled = 0
    for order in sorted(orders, key=lambda order: order.time):
        if all(left[item] >= units for item, units, _ in order.lines):
            filled += 1
            for item, units, _ in order.lines:
                left[item] -= units
    return filled / max(1, len(orders))


def nearest_dc_load(
    orders: Sequence[OrderRow], rows: Sequence[NodeRow], stock: Stock, centres: Sequence[Centre]
) -> Ints:
    """(day, DC) shipped orders when each goes whole from the nearest DC that has it all at opening: for sizing capacity.

    An order that no DC has whole counts at the nearest.
    """
    dcs = [k for k, row in enumerate(rows) if row.type == "DC"]
    distance = miles_between(centres, [rows[k].site for k in dcs])
    place = {centre.prefix: i for i, centre in enumerate(centres)}
    promised = stock.promised[dcs]
    first = min(order.time.date() for order in orders)
    load = np.zeros(((max(order.time.date() for order in orders) - first).days + 1, len(dcs)), np.int64)
    for order in orders:
        if order.service_level == "SAME_DAY" or not order.ships:
            continue
        items = [item for item, _, _ in order.lines]
        has = (promised[:, items] >= np.array([units for _, units, _ in order.lines])).all(axis=1)
        away = distance[place[order.postal_code[:3]]]
        sender = np.where(has, away, np.inf).argmin() if has.any() else away.argmin()
        load[(order.time.date() - first).days, int(sender)] += 1
    return load
