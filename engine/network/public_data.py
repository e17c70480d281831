"""Real input beside the demo network: public files into a network and orders of the same format.

Real store sites, the real matrix of zones between three-digit prefixes, real weights and sizes, a year of a real shop's baskets.
They come from different companies and countries: the result is composite material, and its README says so. It may hold rows of the
public files, so it is for use where it is made, not for passing on without their licences (docs/data.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import polars as pl

from engine.network.building.basket_orders import BasketBook, baskets, cut_to_consumer, cut_to_wholesale
from engine.network.building.baskets import read_sales
from engine.network.building.directory import Content, write_directory
from engine.network.building.geography import Postcodes, Site, miles_between, prefix_centres, read_postcodes
from engine.network.building.goods import Goods, describe, read_products
from engine.network.building.measure import Summary, nearest_dc_load, summarise
from engine.network.building.order_rows import write_orders
from engine.network.building.sampler import Floats, Sampler
from engine.network.building.sites import NodeRow, central_sites, dc_rows, sized, store_rows
from engine.network.building.stocking import Assortment, Demand, lay_in
from engine.network.building.tables import write_table
from engine.network.building.time_zones import STATES
from engine.network.checks import require

BasketSize = Literal["consumer", "wholesale"]
Progress = Callable[[str, float], None]

FILES = (
    "orders/uci_online_retail.csv.gz",
    "products/olist_products.csv.gz",
    "products/olist_category_translation.csv",
    "locations/us_zip_centroids_population.csv.gz",
    "locations/walmart_stores.csv.gz",
    "carriers/usps_rates_2025-10-05.csv",
    "carriers/usps_zip3_zones_2019.csv.gz",
)
USD_PER_GBP = 1.6  # of 2011, the year of the baskets
STORE_ORDERS_A_DAY = {"consumer": 30, "wholesale": 10}
ASSORTMENT = Assortment(
    fast_share=0.15,
    fast=0.6,
    slow=0.1,
    cover=0.9,
    vendor_share=0.0,
    scarce_share=0.015,
    scarce_cover=0.4,
    store_items=(150, 300),
)
ASSORTMENTS = {
    "consumer": ASSORTMENT,
    "wholesale": replace(ASSORTMENT, fast=0.9, slow=0.3, cover=1.4, scarce_share=0.003),
}
NOTE = "Made by onebox import from public files of several origins: composite material, not one company's data."
README = """\
# {name}

{note}

Store sites: Walmart's (T. Holmes, plotly/datasets, MIT); handling, hours, capacity and stock of our own making. DCs stand at
store sites near the centres of population. Zones: USPS's matrix of 2019 (aedobbyn/usps, MIT; a quarter read from USPS, the
rest filled). Prices: USPS Notice 123 of 2025-10-05. Weights and sizes: Olist's (MIT), dealt at random to the SKUs of the baskets.
Baskets: UCI dataset 352, "Online Retail" (CC BY 4.0, Chen, 2015), a UK shop's, {cut}; dates moved by 735 weeks;
customers placed over the US by population.
"""
_CUTS = {"consumer": "cut to consumer size", "wholesale": "as they are, quantities capped"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much to import.

    Attributes
    ----------
    stores : of the 2,992 sites, drawn at random, 1..2,500. dcs : 1..40.
    start, days : the window of the baskets, which run from 2025-01-01 to 2026-01-09 after the shift.
    orders : the first so many of the window; None for all.
    """

    stores: int = 400
    dcs: int = 12
    start: date = date(2025, 11, 3)
    days: int = 14
    orders: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        require(1 <= self.stores <= 2_500, "stores", self.stores, "a count in 1..2500")
        require(1 <= self.dcs <= 40, "dcs", self.dcs, "a count in 1..40")
        require(1 <= self.days <= 400, "days", self.days, "days in 1..400")
        require(self.orders is None or self.orders >= 1, "orders", self.orders, "a count >= 1, or none")


def missing_files(data: Path) -> tuple[str, ...]:
    """Files of the public data that are not in ``data``."""
    return tuple(name for name in FILES if not (data / name).is_file())


def import_public(
    data: Path,
    out: Path,
    basket: BasketSize,
    limits: Limits | None = None,
    progress: Progress = lambda stage, share: None,
) -> Summary:
    """Write a network directory, its orders and a README to ``out``; the same input gives the same bytes.

    ``progress`` is told the stage that begins and the share of the work done, 0..1.

    Raises
    ------
    InvalidInput : public files missing from ``data``, an unknown basket, a limit out of range, no basket in the window.
    """
    limits = limits or Limits()
    require(basket in get_args(BasketSize), "basket", basket, "consumer or wholesale")
    missing = missing_files(data)
    require(not missing, "data", ", ".join(missing), f"a directory that holds {', '.join(FILES)}; these are missing")
    sampler = Sampler(limits.seed)

    progress("places and sites", 0.0)
    postcodes = read_postcodes(data)
    centres = prefix_centres(postcodes)
    rows = _nodes(read_stores(data), postcodes, basket, limits, sampler)
    progress("baskets", 0.1)
    sales = read_sales(data)
    goods = pair_goods(sales, data, sampler)
    bought = baskets(sales, goods.skus, limits.start, limits.days)
    require(bool(bought), "start", limits.start, "a window with baskets, within 2025-01-01..2026-01-09")
    pieces = [p for b in bought for p in (cut_to_consumer(b, sampler) if basket == "consumer" else cut_to_wholesale(b))]
    pieces = pieces[: limits.orders]
    progress("stock", 0.4)
    units = np.zeros(len(goods.skus), np.float64)
    for piece in pieces:
        for item, count in piece.lines:
            units[item] += count
    people = np.bincount(postcodes.prefix_of, postcodes.population).astype(np.float64)
    stock = lay_in(rows, goods, Demand(np.maximum(units, 0.5), centres, people), ASSORTMENTS[basket], sampler)
    progress("orders", 0.5)
    book = BasketBook(postcodes, centres, rows, goods, stock.promised, sampler)
    orders = [book.consumer(piece) if basket == "consumer" else book.wholesale(piece) for piece in pieces]
    load = nearest_dc_load(orders, rows, stock, centres)
    rows = sized(rows, load.max(axis=0).tolist(), sum(order.units for order in orders) / len(orders))
    progress("files", 0.7)
    name = f"public-{basket}"
    write_directory(Content(name, NOTE, rows, goods, stock, centres), data, out)
    write_orders(orders, goods.skus, out)
    (out / "README.md").write_text(README.format(name=name, note=NOTE, cut=_CUTS[basket]), encoding="utf-8")
    progress("zones", 0.85)
    write_zones(rows, [centre.prefix for centre in centres], data, out)
    progress("done", 1.0)
    return summarise(orders, stock, out)


def read_stores(data: Path) -> tuple[Site, ...]:
    """The store sites, in the order of their numbers, each ZIP once."""
    table = (
        pl.read_csv(data / "locations" / "walmart_stores.csv.gz", infer_schema_length=0, encoding="utf8-lossy")
        .with_columns(pl.col("LAT", "LON").cast(pl.Float64, strict=False), pl.col("storenum").cast(pl.Int64))
        .drop_nulls(["LAT", "LON", "ZIPCODE"])
        .filter(pl.col("STRSTATE").is_in(STATES))
        .sort("storenum")
        .unique("ZIPCODE", keep="first", maintain_order=True)
    )
    columns = table.select("STRCITY", "STRSTATE", "ZIPCODE", "LAT", "LON")
    return tuple(Site(city, state, code.zfill(5), lat, lon) for city, state, code, lat, lon in columns.iter_rows())


def pair_goods(sales: pl.DataFrame, data: Path, sampler: Sampler) -> Goods:
    """The shop's SKUs, by name, each with the category, weight and sides of a product drawn at random, and its own price."""
    prices = sales.group_by("sku").agg(pl.col("price").median()).sort("sku")
    products = read_products(data)
    drawn = sampler.pick(np.arange(1.0, len(products.category) + 1), len(prices))
    categories = tuple(products.category[i] for i in drawn)
    goods = describe(tuple(prices["sku"]), categories, products.weight_lb[drawn], products.sides_in[drawn], sampler)
    value: Floats = (prices["price"].to_numpy().astype(np.float64) * USD_PER_GBP).round(2)
    return Goods(goods.skus, goods.names, goods.weight_lb, goods.sides_in, value, goods.flags)


def _nodes(
    sites: Sequence[Site], postcodes: Postcodes, basket: BasketSize, limits: Limits, sampler: Sampler
) -> tuple[NodeRow, ...]:
    """DCs at the sites nearest to the centres of population; stores at sites drawn from the rest."""
    apart = miles_between(central_sites(postcodes, limits.dcs), sites)
    taken: list[int] = []
    for row in apart:
        row[taken] = np.inf
        taken.append(int(row.argmin()))
    rest = np.ones(len(sites), np.float64)
    rest[taken] = 0.0
    require(limits.stores <= len(sites) - len(taken), "stores", limits.stores, f"at most {len(sites) - len(taken)}")
    stores = [sites[i] for i in np.sort(sampler.distinct(rest, limits.stores))]
    return (
        *dc_rows([sites[i] for i in taken], sampler),
        *store_rows(stores, STORE_ORDERS_A_DAY[basket], sampler),
    )


def write_zones(rows: Sequence[NodeRow], destinations: Sequence[str], data: Path, out: Path) -> None:
    """Write zones.csv: of the matrix, what starts where a node stands and ends at a place."""
    origins = sorted({row.site.postal_code[:3] for row in rows})
    matrix = (
        pl.read_csv(data / "carriers" / "usps_zip3_zones_2019.csv.gz", infer_schema_length=0)
        .filter(pl.col("origin_zip3").is_in(origins), pl.col("dest_zip3").is_in(destinations))
        .unique(["origin_zip3", "dest_zip3"], keep="first", maintain_order=True)
        .sort("origin_zip3", "dest_zip3")
        .select("origin_zip3", "dest_zip3", "zone")
    )
    header = ("carrier_id", "origin_prefix", "destination_prefix", "zone")
    write_table(out / "zones.csv", header, (("USPS", *cells) for cells in matrix.iter_rows()))
