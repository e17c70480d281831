"""A year of a real shop's baskets (UCI "Online Retail", CC BY 4.0): the sales, and the distributions drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from engine.network.building.sampler import Floats

# Lines per order, 1 to 10 or more, of a US consumer store (docs/data.md).
CONSUMER_LINES = (2538, 1220, 603, 336, 158, 70, 51, 16, 10, 7)

# Units per line of a consumer order: a parameter, as the shop's own quantities are wholesale.
CONSUMER_UNITS = ((1, 0.82), (2, 0.11), (3, 0.035), (4, 0.02), (5, 0.005), (6, 0.01))


@dataclass(frozen=True, slots=True)
class BasketProfile:
    """How the shop sells.

    Attributes
    ----------
    popularity : order lines of each of its SKUs, falling.
    weekday : orders by weekday, Monday first (the shop is closed on Saturday).
    hour : orders by local hour, 0..23.
    """

    popularity: Floats
    weekday: Floats
    hour: Floats


def read_sales(data: Path) -> pl.DataFrame:
    """The sales, cleaned: columns invoice, customer (or null), sku, units, price, time; by time, then invoice, then SKU.

    Returns and corrections (invoices with a letter), what is not a product (POST, DOT, M, D, BANK CHARGES, AMAZONFEE and
    the like: every code but five digits with a letter or two after), gifts and rows of nothing are dropped. A SKU's lines
    in one invoice are added up.
    """
    return (
        pl.read_csv(data / "orders" / "uci_online_retail.csv.gz", infer_schema_length=0)
        .select(
            pl.col("InvoiceNo").alias("invoice"),
            pl.col("CustomerID").alias("customer"),
            pl.col("StockCode").str.to_uppercase().alias("sku"),
            pl.col("Quantity").cast(pl.Int64).alias("units"),
            pl.col("UnitPrice").cast(pl.Float64).alias("price"),
            pl.col("InvoiceDate").str.to_datetime("%Y-%m-%d %H:%M:%S").alias("time"),
        )
        .filter(
            pl.col("invoice").str.contains(r"^\d+$"),
            pl.col("sku").str.contains(r"^\d{5}[A-Z]{0,2}$"),
            pl.col("units") > 0,
            pl.col("price") > 0,
        )
        .group_by("invoice", "sku")
        .agg(pl.col("customer").first(), pl.col("units").sum(), pl.col("price").max(), pl.col("time").min())
        .with_columns(pl.col("time").min().over("invoice"))
        .sort("time", "invoice", "sku")
    )


def read_profile(sales: pl.DataFrame) -> BasketProfile:
    """Popularity, weekday and hour of the sales."""
    orders = sales.group_by("invoice").agg(pl.col("time").first())
    weekday = np.bincount((orders["time"].dt.weekday() - 1).to_numpy().astype(np.int64), minlength=7)
    hour = np.bincount(orders["time"].dt.hour().to_numpy().astype(np.int64), minlength=24)
    lines = sales.group_by("sku").len().get_column("len").to_numpy().astype(np.float64)
    return BasketProfile(np.sort(lines)[::-1], weekday.astype(np.float64), hour.astype(np.float64))
