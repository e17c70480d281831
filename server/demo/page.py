"""The page: one file that asks nothing of any network, for a browser without one."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from engine.network.nodes import NodeType
from engine.simulation.outcome import Figures
from server.demo.chart_map import Map, draw_map
from server.demo.charts import class_of, draw_bars, draw_latency, words_of
from server.demo.page_explanation import explanation_section
from server.demo.page_living import living_section
from server.demo.page_tables import table
from server.demo.report import Report, grouped

_BUSIEST = 15
_PAID_OUT = ("carrier", "handling")
_KINDS = {NodeType.DC: "distribution centres", NodeType.STORE: "stores", NodeType.VENDOR: "drop-ship vendors"}


def write_page(report: Report, path: Path) -> None:
    """Write it whole."""
    path.write_text(page_of(report), encoding="utf-8")


def page_of(report: Report) -> str:
    """The page's text."""
    served, latency, currency = report.served, report.latency, report.network.policy.currency
    n, best = served.orders, report.all_figures[1]
    drawn = draw_map(report.network, report.orders, report.outcomes)
    first, last = (_day(report.orders[at].order_time) for at in (0, -1))
    if report.saving > 0:
        headline = f"{n:,} orders at {report.saving:.1%} less cost than by the best rule"
    else:
        headline = f"{n:,} orders, and what the best rule would have done"
    return Template(_text("page.html")).substitute(
        style=_text("page.css"),
        script=_text("page.js"),
        network=escape(report.network.name),
        orders=f"{n:,}",
        headline=headline,
        lead=f"The orders of network “{escape(report.network.name)}” from {first} to {last}, each decided and reserved by a "
        "running server over gRPC, at its own moment, from the stock that the orders before it had left.",
        figures=_figures(report),
        map=drawn.svg,
        kinds="".join(_kind(report, drawn, kind) for kind in NodeType),
        map_note=_map_note(report, drawn),
        nodes=_busiest(report, drawn),
        comparison=f"Each rule had the same orders in the same sequence, the same opening stock and the same capacity. "
        f"{_spent(report)}",
        bars=draw_bars(report.all_figures, currency),
        groups=_groups(report),
        policies=_policies(report),
        policies_note="In one box: whole, in one shipment. On time: whole, each shipment by its promise. Units that a policy "
        "leaves out, those of orders that it refuses too, count at the network's backorder cost. Late and left out are "
        f"prices on what customers bear, not bills. The best rule here is “{words_of(best.policy)}”.",
        latency=draw_latency(latency),
        latency_note=f"From writing the order to the stream to reading its route, reserved in the store ({report.durability}); "
        f"{latency.in_flight} orders under way at any time, closed loop, client and server on one machine: "
        f"{latency.orders_per_s:,.0f} orders a second. Orders wait for each other in this figure; the benchmarks measure "
        "without that.",
        explanation=explanation_section(report),
        lives=living_section(report.lived),
        footer="Made by <code>onebox demo</code>. Costs are the network's own: published postal prices and the parameters "
        "in its files, figures of no company."
        if report.network.name == "us"
        else "Made by <code>onebox demo</code>.",
    )


def _text(name: str) -> str:
    return files("server.demo").joinpath(name).read_text(encoding="utf-8")


def _day(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _figures(report: Report) -> str:
    served, currency, n = report.served, report.network.policy.currency, report.served.orders
    rows = [
        (f"{served.cost_per_order:.2f}", f"{currency} per order"),
        (f"{served.in_one_box / n:.1%}", "in one box"),
        (f"{served.shipments / n:.3f}", "shipments per order"),
        (f"{served.on_time / n:.1%}", "whole and on time"),
        (f"{report.latency.percentile_ms(50):.1f} ms", f"median, {report.latency.in_flight} in flight"),
        (f"{report.latency.percentile_ms(99):.1f} ms", "99th percentile"),
    ]
    return "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>" for value, what in rows)


def _kind(report: Report, drawn: Map, kind: NodeType) -> str:
    of_kind = [node for node in report.network.nodes if node.type is kind]
    if not of_kind:
        return ""
    shipped = sum(drawn.shipped[node.node_id] for node in of_kind)
    return (
        f'<label style="--c:var(--{kind.value})"><input type="checkbox" value="{kind.value}" checked><i></i>'
        f"{len(of_kind):,} {_KINDS[kind]}: {shipped:,} shipments</label>"
    )


def _map_note(report: Report, drawn: Map) -> str:
    waiting = sum(sent.store == sent.node_id for outcome in report.outcomes for sent in outcome.shipments)
    beyond = f" {drawn.outside:,} shipments lead off the map." if drawn.outside else ""
    return (
        "Dots grow with what a node ships; a curve leads to each place it ships to. Point at a node to see its own. "
        f"{waiting:,} pickups come from the store's own shelf and have no curve.{beyond}"
    )


def _busiest(report: Report, drawn: Map) -> str:
    nodes = {node.node_id: node for node in report.network.nodes}
    rows = [
        (node_id, nodes[node_id].name, nodes[node_id].type.value, f"{count:,}")
        for node_id, count in sorted(drawn.shipped.items(), key=lambda row: (-row[1], row[0]))[:_BUSIEST]
    ]
    return table("", ("node", "name", "type", ">shipments"), rows)


def _shown_groups(report: Report) -> list[str]:
    return [name for name in grouped(report.served) if any(grouped(one)[name] for one in report.all_figures)]


def _groups(report: Report) -> str:
    return "".join(f'<span style="--c:var(--{class_of(name)})"><i></i>{name}</span>' for name in _shown_groups(report))


def _spent(report: Report) -> str:
    """What is paid out alone, so that the prices put on waiting can't carry the comparison."""

    def spent(figures: Figures) -> float:
        return sum(amount for name, amount in grouped(figures).items() if name in _PAID_OUT) / 1e6 / figures.orders

    thrifty = min(report.rules, key=spent)
    return (
        f"Of the {report.network.policy.currency} per order, {spent(report.served):.2f} are paid out for carriers and handling. "
        f"The rule that pays out least, “{words_of(thrifty.policy)}”, pays {spent(thrifty):.2f} and leaves out "
        f"{thrifty.units_left_out:,} units, where Onebox leaves out {report.served.units_left_out:,}."
    )


def _policies(report: Report) -> str:
    names = _shown_groups(report)
    rows = []
    for one in report.all_figures:
        n = one.orders
        parts = grouped(one)
        rows.append(
            (
                words_of(one.policy),
                f"{one.cost_micros / 1e6:,.2f}",
                *(f"{parts[name] / 1e6 / n:.2f}" for name in names),
                f"{one.cost_per_order:.2f}",
                f"{one.shipments / n:.3f}",
                f"{one.in_one_box / n:.1%}",
                f"{one.on_time / n:.1%}",
                f"{one.units_left_out:,}",
            )
        )
    currency = report.network.policy.currency
    columns = (
        "policy",
        f">total, {currency}",
        *(f">{name}" for name in names),
        ">per order",
        ">shipments",
        ">in one box",
    )
    caption = f"Total cost, and per order: its parts in {currency}, and shipments"
    return table(caption, (*columns, ">on time", ">units left out"), rows, best=0)
