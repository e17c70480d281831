"""Single orders on the page of a study: those that differ most, how each went, and why this way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

import polars as pl

from engine.network.components import Breakdown
from engine.network.geography import distances_m, find_place
from engine.network.network import Network
from engine.routing.explain import explain
from engine.routing.explanation import Explanation, NodeVerdict
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.record import Record, decode
from engine.simulation.study import Run, records_of
from server.demo.page_tables import table

LINK = "order"
_TOLD = 12
"""Orders told of for each scenario."""
_NEAREST = 4

Route = tuple[Record, Explanation]


def differing(base: Run, run: Run) -> pl.DataFrame:
    """Orders in both whose cost differs, the most first, with the nodes that ship them in each."""
    nodes = [
        each.shipments.group_by("order_id").agg(pl.col("node_id").sort().str.join(" + ").alias("nodes"))
        for each in (base, run)
    ]
    return (
        base.orders.select("order_id", "postal_code", "lines", "units", "cost_micros")
        .join(run.orders.select("order_id", "cost_micros"), on="order_id", suffix="_then")
        .with_columns((pl.col("cost_micros_then") - pl.col("cost_micros")).alias("more"))
        .filter(pl.col("more") != 0)
        .join(nodes[0], on="order_id", how="left")
        .join(nodes[1], on="order_id", how="left", suffix="_then")
        .sort([pl.col("more").abs(), pl.col("order_id")], descending=[True, False])
    )


def told_of(base: Run, run: Run) -> list[str]:
    """The orders that the page tells of for a scenario: those that differ most; of the base, the dearest and the most split."""
    if run is not base:
        return differing(base, run).head(_TOLD)["order_id"].to_list()
    orders = base.orders.filter(~pl.col("abandoned"))
    dear = orders.sort("cost_micros", "order_id", descending=[True, False])
    split = orders.sort("shipments", "cost_micros", "order_id", descending=[True, True, False])
    found = [name for each in (dear, split) for name in each.head(_TOLD // 2)["order_id"].to_list()]
    return list(dict.fromkeys(found))


def moved(base: Run, run: Run) -> str:
    """A table of them, each leading to its own story."""
    changed = differing(base, run)
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
        for order in changed.head(_TOLD).iter_rows(named=True)
    ]
    both = base.orders.join(run.orders, on="order_id").height
    dearer = changed.filter(pl.col("more") > 0).height
    share = f"{both:,} orders are in both; {dearer:,} cost more, {changed.height - dearer:,} less, the rest the same"
    columns = ("order", "to", ">lines", ">units", "base ships from", "then from", ">base", ">then", ">more")
    told = table("", columns, rows, link=LINK)
    return f"<details><summary>{escape(run.scenario)}: {share}</summary>{told}</details>"


def striking(base: Run) -> str:
    """A table of the base's own, each leading to its own story."""
    by_id = {order["order_id"]: order for order in base.orders.iter_rows(named=True)}
    rows = [
        (name, one["postal_code"], f"{one['lines']}", f"{one['shipments']}", f"{one['cost_micros'] / 1e6:.2f}")
        for name, one in ((name, by_id[name]) for name in told_of(base, base))
    ]
    told = table("", ("order", "to", ">lines", ">shipments", ">cost"), rows, link=LINK)
    return f"<details open><summary>The base's dearest orders, and those in most shipments</summary>{told}</details>"


def stories(runs: Sequence[Run], networks: Sequence[Network], orders: Sequence[Order]) -> str:
    """An article for each order told of: under the base, and under each scenario that it is told of for."""
    base = runs[0]
    told = {run.scenario: told_of(base, run) for run in runs}
    wanted: dict[str, list[int]] = {}
    for at, names in enumerate(told.values()):
        for name in names:
            wanted.setdefault(name, [0]).extend([at] if at else [])
    planned = [Planner(network) for network in networks]
    records = [_records(run, wanted) for run in runs]
    by_id = {order.order_id: order for order in orders}
    articles = []
    for name in sorted(wanted):
        ways = [(at, records[at][name]) for at in wanted[name] if name in records[at]]
        used = {shipment.node_id for _, record in ways for shipment in record.route.shipments}
        parts = []
        for at, record in ways:
            node_ids = _worth_asking(record.order, networks[at], used)
            parts.append(_way(runs[at].scenario, networks[at], record, explain(planned[at], record, node_ids)))
        articles.append(_article(name, by_id.get(name), parts))
    return "".join(articles)


def _records(run: Run, wanted: Mapping[str, object]) -> dict[str, Record]:
    """The last decision on each order that is wanted."""
    kept = records_of(run)
    rows = run.orders.select("order_id", "route_id").iter_rows()
    return {order_id: decode(kept[route_id]) for order_id, route_id in rows if order_id in wanted and route_id in kept}


def _worth_asking(order: Order, network: Network, used: set[str]) -> list[str]:
    """The nearest nodes, and those that ship it in any of the scenarios."""
    nodes = network.nodes
    asked = [node.node_id for node in nodes if node.node_id in used]
    to = order.destination
    place = None if to is None else find_place(network.places, to.country, to.postal_code)
    if place is not None:
        metres = distances_m(
            place.latitude, place.longitude, [node.latitude for node in nodes], [node.longitude for node in nodes]
        )
        asked += [nodes[n].node_id for n in metres.argsort(kind="stable")[:_NEAREST].tolist()]
    return list(dict.fromkeys(asked))


def _article(name: str, order: Order | None, ways: Sequence[str]) -> str:
    head = f'<article class="order" id="{LINK}-{escape(name, quote=True)}" hidden><h3>Order {escape(name)}</h3>'
    if order is None:
        return head + "".join(ways) + "</article>"
    to = f" to {order.destination.postal_code}" if order.destination else ""
    at = order.pickup
    picked = f", picked up at {at.node_id or f'a store within {at.radius_m / 1000:.0f} km'}" if at else ""
    lead = f"Ordered {_when(order.order_time)}{to}, sold as {order.service_level.value}{picked}."
    lines = [(line.line_id, line.sku, f"{line.units}", line.fulfilment.value.lower()) for line in order.lines]
    return f"{head}<p>{escape(lead)}</p>{table('What is in it', ('line', 'SKU', '>units', ''), lines)}{''.join(ways)}</article>"


def _way(scenario: str, network: Network, record: Record, why: Explanation) -> str:
    names = {node.node_id: node.name for node in network.nodes}
    shipments = [
        (
            one.node_id,
            names[one.node_id],
            f"{one.carrier_id} {one.level.value}".strip(),
            ", ".join(content.line_id for content in one.contents),
            _when(one.ship_time),
            _when(one.arrival_time),
            f"{one.late_days}",
            f"{one.cost / 1e6:.2f}",
        )
        for one in record.route.shipments
    ]
    columns = ("node", "name", "service", "lines", "leaves", "arrives", ">days late", ">cost")
    left = "".join(
        f'<p class="note">Left out: {line.units} of {escape(line.sku)}, {escape(line.reason.value)}: {escape(line.detail)}</p>'
        for line in record.route.unfilled
    )
    verdicts = [_verdict(each) for each in why.nodes if not each.used]
    refused = ", ".join(node for node, _ in record.refused)
    return (
        f"<h4>{escape(scenario)}: {why.cost / 1e6:.2f} {escape(why.currency)}</h4>"
        + (f'<p class="note">Decided anew, as {escape(refused)} refused what it was to ship.</p>' if refused else "")
        + (table("Shipments", columns, shipments) if shipments else "")
        + left
        + f'<p class="note">{escape(_cost(why.breakdown))}. {escape(_single(why))}</p>'
        + (table("Why not from", ("node", "why not", ">dearer by", "in words", "what would change it"), verdicts))
    )


def _verdict(verdict: NodeVerdict) -> tuple[str, ...]:
    return (
        verdict.node_id,
        verdict.constraint.value if verdict.constraint else "cost",
        "" if verdict.lost_by is None else f"{verdict.lost_by / 1e6:.2f}",
        verdict.detail,
        verdict.smallest_change,
    )


def _cost(breakdown: Breakdown) -> str:
    parts = ", ".join(f"{part.value.lower().replace('_', ' ')} {amount / 1e6:.2f}" for part, amount in breakdown)
    return f"Its cost: {parts}" if parts else "It costs nothing"


def _single(why: Explanation) -> str:
    best = why.best_single
    if best is None:
        return "No one shipment could take all of it."
    if len(why.shipments) == 1:
        return "It goes in one shipment."
    return f"The best single shipment, from {best.shipment.node_id}, would have cost {best.dearer_by / 1e6:.2f} more."


def _when(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%MZ")
