"""A study's tables as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from engine.network.network import Network
from engine.simulation.comparison import Compared
from engine.simulation.results import utilisation
from engine.simulation.study import Run

_COLUMNS = ["scenario", "figure", "mean", "half_width", "difference", "difference_half_width"]


def write_run(run: Run, network: Network, directory: Path, *, csv: bool) -> None:
    """A row for each order, shipment, node's day, and each SKU left at a node; Parquet, or CSV."""
    tables = {
        "orders": run.orders,
        "shipments": run.shipments,
        "utilisation": utilisation(run.shipments, network),
        "stock": run.stock,
    }
    for name, table in tables.items():
        path = directory / f"{name}-{run.scenario}-{run.replication}"
        if csv:
            table.write_csv(path.with_name(f"{path.name}.csv"))
        else:
            table.write_parquet(path.with_name(f"{path.name}.parquet"))


def write_figures(compared: Sequence[Compared], path: Path) -> None:
    """Every figure of every scenario, and its difference from the first's, as CSV."""
    rows = [
        (each.scenario, key, found.mean, found.half_width, each.differences[key].mean, each.differences[key].half_width)
        for each in compared
        for key, found in each.figures.items()
    ]
    pl.DataFrame(rows, schema=_COLUMNS, orient="row").write_csv(path)
