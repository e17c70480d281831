"""The page of a study: scenarios beside their base, in one file that asks nothing of any network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import polars as pl

from engine.network.carriers import ServiceLevel
from engine.network.components import Component
from engine.network.network import Network
from engine.routing.order import Order
from engine.simulation.outcome import Figures, Outcome, Sent
from engine.simulation.study import Compared, Run
from server.demo.chart_map import draw_map
from server.demo.charts import class_of, draw_bars
from server.demo.page_tables import table
from server.demo.report import GROUPS
from server.planning.shown import SHOWN, columns_of, differences, means

_DEAREST = 25


@dataclass(frozen=True, slots=True)
class Study:
    """What a study found. ``networks`` and ``runs``: by scenario, of the runs the first replication's."""

    networks: Sequence[Network]
    orders: Sequence[Order]
    compared: Sequence[Compared]
    runs: Sequence[Run]
    replications: int


def write_study(study: Study, path: Path) -> None:
    """Write it whole."""
    path.write_text(study_page(study), encoding="utf-8")


def study_page(study: Study) -> str:
    """The page's text."""
    base, others = study.compared[0], study.compared[1:]
    currency = study.networks[0].policy.currency
    n = base.figures["orders"].mean
    headline = (
        f"{len(others)} scenarios beside the base"
        if len(others) != 1
        else f"“{escape(others[0].scenario)}” beside the base"
    )
    return Template(files("server.planning").joinpath("page.html").read_text(encoding="utf-8")).substitute(
        style=_shared("page.css"),
        script=_shared("page.js"),
        network=escape(study.networks[0].name),
        headline=headline,
        lead=f"About {n:,.0f} orders of network “{escape(study.networks[0].name)}”, replayed through the engine "
        f"{_times(study.replications)} under each scenario, with the same luck for all.",
        figures=_best(study),
        bars=draw_bars([_as_figures(each) for each in study.compared], currency),
        groups="".join(
            f'<span style="--c:var(--{class_of(name)})"><i></i>{name}</span>'
            for name in GROUPS
            if any(_group(each, name) for each in study.compared)
        ),
        means=_means(study),
        differences=_differences(study),
        maps="".join(_map(study, x) for x in range(len(study.compared))),
        orders="".join(_moved(study, x) for x in range(1, len(study.compared))),
        footer="Made by <code>onebox simulate</code>.",
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _shared(name: str) -> str:
    """With the demo's page."""
    return files("server.demo").joinpath(name).read_text(encoding="utf-8")


def _group(each: Compared, name: str) -> float:
    """Of one group of costs, per order."""
    return sum(each.figures[f"{part.value.lower()}_per_order"].mean for part in GROUPS[name])


def _as_figures(each: Compared) -> Figures:
    """The means as the bars take them, in micros of one order."""
    parts = tuple(
        (part, round(1e6 * each.figures[f"{part.value.lower()}_per_order"].mean))
        for part in Component
        if each.figures[f"{part.value.lower()}_per_order"].mean
    )
    return Figures(each.scenario, 1, sum(amount for _, amount in parts), parts, 0, 0, 0, 0, 0)


def _best(study: Study) -> str:
    currency = study.networks[0].policy.currency
    found = []
    for each in study.compared[1:5]:
        found.append(
            (f"{each.differences['cost_per_order'].mean:+.2f}", f"{currency} an order: {escape(each.scenario)}")
        )
    found.insert(0, (f"{study.compared[0].figures['cost_per_order'].mean:.2f}", f"{currency} an order: base"))
    return "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>" for value, what in found)


def _means(study: Study) -> str:
    return table("Means over the replications", columns_of(SHOWN), means(study.compared, SHOWN), best=0)


def _differences(study: Study) -> str:
    rows = differences(study.compared, SHOWN, study.replications)
    if not rows:
        return ""
    told = "Less the base, replication by replication"
    told += (
        ", with 95% intervals of the mean difference" if study.replications > 1 else "; one replication has no interval"
    )
    return table(told, columns_of(SHOWN), rows)


def _map(study: Study, at: int) -> str:
    run = study.runs[at]
    outcomes = _outcomes(run)
    orders = [order for order in study.orders if order.order_id in outcomes]
    drawn = draw_map(study.networks[at], orders, [outcomes[order.order_id] for order in orders], f"map-{at}")
    name = escape(run.scenario)
    opened = " open" if at == 0 else ""
    return f'<details{opened}><summary>{name}</summary><div class="map">{drawn.svg}</div></details>'


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


def _moved(study: Study, at: int) -> str:
    """The orders whose cost differs most from the base, and who ships them in each."""
    base, run = study.runs[0], study.runs[at]
    nodes = [
        each.shipments.group_by("order_id").agg(pl.col("node_id").sort().str.join(" + ").alias("nodes"))
        for each in (base, run)
    ]
    both = (
        base.orders.select("order_id", "postal_code", "lines", "units", "cost_micros")
        .join(run.orders.select("order_id", "cost_micros"), on="order_id", suffix="_then")
        .with_columns((pl.col("cost_micros_then") - pl.col("cost_micros")).alias("more"))
    )
    changed = both.filter(pl.col("more") != 0)
    top = (
        changed.sort([pl.col("more").abs(), pl.col("order_id")], descending=[True, False])
        .head(_DEAREST)
        .join(nodes[0], on="order_id", how="left")
        .join(nodes[1], on="order_id", how="left", suffix="_then")
    )
    rows = [
        (
            order["order_id"],
            order["postal_code"],
            f"{order['lines']}",
            f"{order['units']}",
            order["nodes"] or "nothing",
            order["nodes_then"] or "nothing",
            f"{order['cost_micros'] / 1e6:.2f}",
            f"{order['cost_micros_then'] / 1e6:.2f}",
            f"{order['more'] / 1e6:+.2f}",
        )
        for order in top.sort([pl.col("more").abs(), pl.col("order_id")], descending=[True, False]).iter_rows(
            named=True
        )
    ]
    dearer = changed.filter(pl.col("more") > 0).height
    share = (
        f"{both.height:,} orders are in both; {dearer:,} cost more, {changed.height - dearer:,} less, the rest the same"
    )
    columns = ("order", "to", ">lines", ">units", "base ships from", "then from", ">base", ">then", ">more")
    return f"<details><summary>{escape(run.scenario)}: {share}</summary>{table('', columns, rows)}</details>"
