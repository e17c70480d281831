"""Build the demo network ``us`` from public figures: ``python -m engine.network.build_us --data DIR --out DIR``.

The same data give the same bytes. No row of the data is copied: docs/data.md says what carries over and how.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from engine.network.building.baskets import read_profile, read_sales
from engine.network.building.delivery import write_cutoffs, write_lanes, write_places, write_rates, write_services
from engine.network.building.demand import Calendar, OrderBook
from engine.network.building.geography import prefix_centres, read_postcodes
from engine.network.building.goods import draw_items, read_products, write_goods
from engine.network.building.measure import filled_share, nearest_dc_load, scattered_share
from engine.network.building.order_rows import OrderRow, write_orders
from engine.network.building.policies import write_policy
from engine.network.building.sampler import Floats, Sampler
from engine.network.building.sites import (
    NodeRow,
    central_sites,
    dc_rows,
    draw_sites,
    store_rows,
    vendor_rows,
    write_nodes,
)
from engine.network.building.stocking import Assortment, Demand, Stock, lay_in, write_stock

SEED = 20251103
DCS, STORES, VENDORS, ITEMS, ORDERS = 12, 400, 20, 5_000, 30_000
START, DAYS = date(2025, 11, 3), 14  # Veterans Day, 11 November, inside
UNITS_PER_ORDER = 2.6
STORE_ORDERS_A_DAY = 30
ASSORTMENT = Assortment(
    fast_share=0.15,
    fast=0.6,
    slow=0.03,
    cover=0.8,
    vendor_share=0.04,
    scarce_share=0.015,
    scarce_cover=0.4,
    store_items=(150, 300),
)
NOTE = "The demo network us: composite material made from public figures, not one company's data."


@dataclass(frozen=True, slots=True)
class Summary:
    """What was built. Shares are 0..1; ``scattered`` and ``filled`` as in ``building.measure``."""

    nodes: int
    items: int
    stock_rows: int
    orders: int
    order_rows: int
    scattered: float
    filled: float
    levels: dict[str, int]
    bytes: int


def build(data: Path, out: Path) -> Summary:
    """Read the public figures in ``data``, write the network to ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    sampler = Sampler(SEED)
    postcodes = read_postcodes(data)
    centres = prefix_centres(postcodes)
    people = np.bincount(postcodes.prefix_of, postcodes.population).astype(np.float64)
    profile = read_profile(read_sales(data))

    goods = draw_items(read_products(data), sampler, ITEMS)
    popularity = spread(profile.popularity, sampler, ITEMS)
    rows: tuple[NodeRow, ...] = (
        *dc_rows(central_sites(postcodes, DCS), [0] * DCS, sampler),
        *store_rows(draw_sites(postcodes, sampler, STORES, apart_mi=3.0), STORE_ORDERS_A_DAY, sampler),
        *vendor_rows(draw_sites(postcodes, sampler, VENDORS, apart_mi=25.0), sampler),
    )
    demand = Demand(popularity * ORDERS * UNITS_PER_ORDER, centres, people)
    stock = lay_in(rows, goods, demand, ASSORTMENT, sampler)
    calendar = Calendar(START, DAYS, profile)
    orders = OrderBook(postcodes, centres, rows, stock.promised, popularity, calendar, sampler).draw(ORDERS)
    load = nearest_dc_load(
        orders, rows, stock, centres, dict(zip(postcodes.codes, postcodes.prefix_of.tolist(), strict=True))
    )
    rows = sized(rows, load.max(axis=0).tolist())

    write_nodes(rows, out)
    write_goods(goods, out)
    stock_rows = write_stock(rows, goods, stock, out)
    write_services(out)
    write_rates(data, out)
    write_lanes(rows, out)
    write_cutoffs(rows, out)
    write_places(centres, out)
    write_policy("us", NOTE, out)
    order_rows = write_orders(orders, goods.skus, out)
    return _summary(rows, orders, stock, stock_rows, order_rows, out)


def spread(popularity: Floats, sampler: Sampler, n: int) -> Floats:
    """Popularity of ``n`` items, summing to 1: the curve of lines by rank, stretched to ``n`` ranks and dealt at random."""
    ranks = (np.arange(n) + 0.5) / n
    curve = np.exp(np.interp(ranks, (np.arange(len(popularity)) + 0.5) / len(popularity), np.log(popularity)))
    dealt = np.argsort(sampler.uniform(n), kind="stable")
    return np.asarray(curve[dealt] / curve.sum(), np.float64)


def sized(rows: Sequence[NodeRow], peaks: Sequence[int]) -> tuple[NodeRow, ...]:
    """Rows whose DCs can ship 1.15 times their nearest-DC peak day, but every fourth DC only 0.8 times: there it binds."""
    factor = [0.8 if k % 4 == 1 else 1.15 for k in range(len(peaks))]
    orders = {row.node_id: round(peak * f / 10) * 10 for row, peak, f in zip(rows, peaks, factor, strict=False)}
    return tuple(
        replace(row, daily_order_capacity=orders[row.node_id], daily_unit_capacity=orders[row.node_id] * 3)
        if row.type == "DC"
        else row
        for row in rows
    )


def _summary(
    rows: Sequence[NodeRow], orders: Sequence[OrderRow], stock: Stock, stock_rows: int, order_rows: int, out: Path
) -> Summary:
    levels = Counter("PICKUP" if order.picks else order.service_level for order in orders)
    return Summary(
        nodes=len(rows),
        items=stock.on_hand.shape[1],
        stock_rows=stock_rows,
        orders=len(orders),
        order_rows=order_rows,
        scattered=round(scattered_share(orders, stock), 4),
        filled=round(filled_share(orders, stock), 4),
        levels=dict(sorted(levels.items())),
        bytes=sum(path.stat().st_size for path in out.glob("*") if path.suffix in (".csv", ".toml")),
    )


def main() -> None:
    """Build, and print the summary."""
    parser = argparse.ArgumentParser(description="Build the demo network us from public figures.")
    parser.add_argument("--data", type=Path, required=True, help="directory of the public data")
    parser.add_argument("--out", type=Path, required=True, help="directory to write to")
    arguments = parser.parse_args()
    summary = build(arguments.data, arguments.out)
    for name in Summary.__slots__:
        print(f"{name:>12}  {getattr(summary, name)}")


if __name__ == "__main__":
    main()
