"""Build the demo network ``us`` from public figures: ``python -m engine.network.build_us --data DIR --out DIR``.

The same data give the same bytes. No row of the data is copied: docs/data.md says what carries over and how.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np

from engine.network.building.baskets import read_profile, read_sales
from engine.network.building.demand import Calendar, OrderBook
from engine.network.building.directory import Content, write_directory
from engine.network.building.geography import prefix_centres, read_postcodes
from engine.network.building.goods import draw_items, read_products
from engine.network.building.measure import Summary, nearest_dc_load, summarise
from engine.network.building.order_rows import write_orders
from engine.network.building.sampler import Floats, Sampler
from engine.network.building.sites import NodeRow, central_sites, dc_rows, draw_sites, sized, store_rows, vendor_rows
from engine.network.building.stocking import Assortment, Demand, lay_in

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


def build(data: Path, out: Path) -> Summary:
    """Read the public figures in ``data``, write the network to ``out``."""
    sampler = Sampler(SEED)
    postcodes = read_postcodes(data)
    centres = prefix_centres(postcodes)
    people = np.bincount(postcodes.prefix_of, postcodes.population).astype(np.float64)
    profile = read_profile(read_sales(data))

    goods = draw_items(read_products(data), sampler, ITEMS)
    popularity = spread(profile.popularity, sampler, ITEMS)
    rows: tuple[NodeRow, ...] = (
        *dc_rows(central_sites(postcodes, DCS), sampler),
        *store_rows(draw_sites(postcodes, sampler, STORES, apart_mi=3.0), STORE_ORDERS_A_DAY, sampler),
        *vendor_rows(draw_sites(postcodes, sampler, VENDORS, apart_mi=25.0), sampler),
    )
    demand = Demand(popularity * ORDERS * UNITS_PER_ORDER, centres, people)
    stock = lay_in(rows, goods, demand, ASSORTMENT, sampler)
    calendar = Calendar(START, DAYS, profile)
    book = OrderBook(postcodes, centres, rows, goods, stock.promised, popularity, calendar, sampler)
    orders = book.draw(ORDERS)
    load = nearest_dc_load(orders, rows, stock, centres)
    rows = sized(rows, load.max(axis=0).tolist(), sum(order.units for order in orders) / len(orders))

    write_directory(Content("us", NOTE, rows, goods, stock, centres), data, out)
    write_orders(orders, goods.skus, out)
    return summarise(orders, stock, out)


def spread(popularity: Floats, sampler: Sampler, n: int) -> Floats:
    """Popularity of ``n`` items, summing to 1: the curve of lines by rank, stretched to ``n`` ranks and dealt at random."""
    ranks = (np.arange(n) + 0.5) / n
    curve = np.exp(np.interp(ranks, (np.arange(len(popularity)) + 0.5) / len(popularity), np.log(popularity)))
    dealt = np.argsort(sampler.uniform(n), kind="stable")
    return np.asarray(curve[dealt] / curve.sum(), np.float64)


def main() -> None:
    """Build, and print the summary."""
    parser = argparse.ArgumentParser(description="Build the demo network us from public figures.")
    parser.add_argument("--data", type=Path, required=True, help="directory of the public data")
    parser.add_argument("--out", type=Path, required=True, help="directory to write to")
    arguments = parser.parse_args()
    summary = build(arguments.data, arguments.out)
    for field in fields(summary):
        print(f"{field.name:>16}  {getattr(summary, field.name)}")


if __name__ == "__main__":
    main()
