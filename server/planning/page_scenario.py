"""One scenario on the page of a study: where its orders leave from, how they are spread, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import polars as pl

from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from engine.routing.order import Order
from engine.simulation.outcome import Outcome, Sent
from engine.simulation.results import utilisation
from engine.simulation.study import Run
from server.demo.chart_map import draw_map
from server.demo.page_tables import table
from server.planning.charts import Floats, draw_days, draw_distribution

_FULLEST = 24
_DAY_S = 86_400


def scenario_section(run: Run, base: Run, network: Network, orders: Sequence[Order], at: int) -> str:
    """The whole of it, folded away but for the first. ``at``: its number, for ids."""
    name, currency = escape(run.scenario), network.policy.currency
    opened = " open" if at == 0 else ""
    outline = "" if at == 0 else " The line is the base."
    return (
        f'<details class="scenario"{opened}><summary>{name}</summary>'
        f'<h3>Where orders leave from</h3><div class="map">{_map(run, network, orders, at)}</div>'
        f"<h3>What an order costs, {escape(currency)}</h3>{_costs(run, base, at)}"
        f"<h3>Days from order to the last arrival</h3>{_days(run, base, at)}"
        f'<p class="note">Share of orders; the hundredth at the far end is in the last bar.{outline}</p>'
        f"<h3>How full nodes are, day by day</h3>{_full(run, network, at)}"
        f'<div class="two"><div><h3>Stock left</h3>{_stock(run, network)}</div>'
        f"<div><h3>Carbon</h3>{_carbon(run)}</div></div></details>"
    )


def _map(run: Run, network: Network, orders: Sequence[Order], at: int) -> str:
    outcomes = _outcomes(run)
    known = [order for order in orders if order.order_id in outcomes]
    return draw_map(network, known, [outcomes[order.order_id] for order in known], f"map-{at}").svg


def _outcomes(run: Run) -> dict[str, Outcome]:
    """By order, of those that came once as they are."""
    sent: dict[str, list[Sent]] = {order_id: [] for order_id in run.orders["order_id"].to_list()}
    for order_id, node_id, level, store, late_days, packages in run.shipments.select(
        "order_id", "node_id", "level", "store", "late_days", "packages"
    ).iter_rows():
        sent[order_id].append(Sent(node_id, ServiceLevel(level), store, late_days > 0, packages))
    return {
        order_id: Outcome(order_id, "", tuple(rows), 0, (), 0) for order_id, rows in sent.items() if "#" not in order_id
    }


def _costs(run: Run, base: Run, at: int) -> str:
    mine, theirs = (each.orders.filter(~pl.col("abandoned"))["cost_micros"].to_numpy() / 1e6 for each in (run, base))
    return draw_distribution(f"costs-{at}", "Cost per order", "", mine, theirs)


def _days(run: Run, base: Run, at: int) -> str:
    return draw_distribution(f"days-{at}", "Days from order to the last arrival", "days", _waits(run), _waits(base))


def _waits(run: Run) -> Floats:
    last = run.shipments.group_by("order_id").agg(pl.col("arrival_time").max())
    both = run.orders.select("order_id", "order_time").join(last, on="order_id")
    waits: Floats = (both["arrival_time"] - both["order_time"]).to_numpy() / _DAY_S
    return waits


def _full(run: Run, network: Network, at: int) -> str:
    """The nodes that come closest to their limit."""
    days = utilisation(run.shipments, network).filter(pl.col("used").is_not_null())
    if days.is_empty():
        return '<p class="note">No node has a limit.</p>'
    fullest = (
        days.group_by("node_id")
        .agg(pl.col("used").max().alias("most"), pl.col("used").mean().alias("mean"))
        .sort("most", "mean", "node_id", descending=[True, True, False])
        .head(_FULLEST)
    )
    names = {node.node_id: node.name for node in network.nodes}
    node_ids, all_days = fullest["node_id"].to_list(), sorted(set(days["ship_day"].to_list()))
    used = np.full((len(node_ids), len(all_days)), np.nan)
    rows, columns = {node: x for x, node in enumerate(node_ids)}, {day: x for x, day in enumerate(all_days)}
    for node_id, day, share in days.select("node_id", "ship_day", "used").iter_rows():
        if node_id in rows:
            used[rows[node_id], columns[day]] = share
    title = f"Share of each day's orders that {len(node_ids)} nodes have taken, the fullest first"
    return draw_days(f"full-{at}", title, [(node_id, names[node_id]) for node_id in node_ids], all_days, used)


def _stock(run: Run, network: Network) -> str:
    types = pl.DataFrame(
        [(node.node_id, node.type.value) for node in network.nodes],
        schema={"node_id": pl.String, "type": pl.String},
        orient="row",
    )
    free = pl.col("on_hand") - pl.col("reserved")
    left = run.stock.join(types, on="node_id").with_columns(free.alias("left"))
    rows = [
        (kind, f"{nodes:,}", f"{units:,}", f"{cells:,}", f"{out:,}")
        for kind, nodes, units, cells, out in left.group_by("type")
        .agg(
            pl.col("node_id").n_unique().alias("nodes"),
            pl.col("left").sum(),
            pl.len().alias("cells"),
            (pl.col("left") <= 0).sum().alias("out"),
        )
        .sort("type")
        .iter_rows()
    ]
    return table("At the end", ("nodes", ">number", ">units left", ">SKUs held", ">of them run out"), rows)


def _carbon(run: Run) -> str:
    kg = pl.col("carbon_g").sum() / 1_000
    rows = [
        (level.replace("_", " ").lower(), f"{shipments:,}", f"{found:,.0f}", f"{found / shipments:.2f}")
        for level, shipments, found in run.shipments.group_by("level").agg(pl.len(), kg).sort("level").iter_rows()
    ]
    return table("By service", ("service", ">shipments", ">kg CO2", ">kg a shipment"), rows)
