"""``onebox demo``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.calls import AsJson

if TYPE_CHECKING:
    from engine.network.network import Network, StockRow
    from engine.routing.order import Order
    from engine.simulation.outcome import Figures
    from server.demo.living import Lived
    from server.demo.report import Report

_HOLD_S = 366 * 86_400
"""Nobody pays in a demo: what is held stays held while its fortnight passes."""


def demo(
    network: Annotated[str, typer.Option(help="us, or a directory of network files with orders.csv in it.")] = "us",
    orders: Annotated[int, typer.Option(min=1, help="How many of its orders, the first by time.")] = 5_000,
    in_flight: Annotated[int, typer.Option(min=1, max=64, help="Orders under way at a time.")] = 4,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the server, 0 for a free one.")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Keep the store's data in this new directory.")] = None,
    html: Annotated[Path, typer.Option(help="Where the page goes.")] = Path("onebox-demo.html"),
    as_json: AsJson = False,
) -> None:
    """Route a network's own orders over gRPC, and show what came of it beside what simple rules would have done."""
    from engine.network.checks import require
    from engine.network.files import load_stock, read_units
    from engine.network.us import DIRECTORY
    from engine.routing.order_files import read_orders
    from server.cli.output import print_json
    from server.demo.page import write_page
    from server.demo.report import as_data

    require(
        keep is None or not keep.exists() or not any(keep.iterdir()), "keep", keep, "a directory that is new or empty"
    )
    require(html.resolve().parent.is_dir(), "html", html, "a file in a directory that exists")
    directory = DIRECTORY if network == "us" else Path(network)
    loaded = _network(directory)
    stock = load_stock(directory, loaded)
    read = sorted(read_orders(directory / "orders.csv", read_units(directory).metres), key=lambda one: one.order_time)
    require(bool(read), "network", network, "a directory whose orders.csv has orders")
    report = _run(loaded, stock, read[:orders], in_flight, port, keep)
    write_page(report, html)
    if as_json:
        print_json(as_data(report) | {"html": str(html)})
    else:
        _print(report)
        print(f"\nthe same as a page: {html}")
        if keep is not None:
            print(f"the routes are kept: onebox serve --data-dir {keep}")


def _network(directory: Path) -> Network:
    from dataclasses import replace

    from engine.network.files import load_network

    network = load_network(directory)
    return replace(network, policy=replace(network.policy, hold_s=_HOLD_S))


def _run(
    network: Network, stock: Sequence[StockRow], orders: Sequence[Order], in_flight: int, port: int, keep: Path | None
) -> Report:
    """Through the server first, on a machine that does nothing else; then the rules, in this process."""
    from engine.inventory.opening import opening_counts
    from engine.simulation.outcome import figures_of
    from server.cli.calls import connected
    from server.cli.load import into_server
    from server.cli.progress import progress
    from server.demo.calling import route_all
    from server.demo.explained import explain_one
    from server.demo.living import live
    from server.demo.report import SERVED, Report
    from server.demo.serving import demo_settings, serving

    backorder = network.policy.backorder_cost_per_unit
    settings = demo_settings(port, keep, orders[0].order_time)
    with serving(settings) as address, connected(address, "", None) as channel:
        into_server(channel, [], network, opening_counts(network, stock, int(time.time())), "onebox demo", False)
        with progress("routing over gRPC", len(orders)) as advance:
            served = route_all(address, orders, backorder, in_flight, advance)
        explanation = explain_one(channel, network, orders, served.outcomes)
        lived = live(channel, network, orders, served.outcomes)
    return Report(
        network,
        orders,
        served.outcomes,
        figures_of(SERVED, served.outcomes),
        _rules(network, stock, orders),
        served.latency,
        settings.durability if keep else "in memory",
        explanation,
        lived,
    )


def _rules(network: Network, stock: Sequence[StockRow], orders: Sequence[Order]) -> list[Figures]:
    from engine.routing.planner import RULES
    from engine.simulation.outcome import figures_of
    from engine.simulation.replay import undisturbed
    from server.cli.progress import progress

    figures = []
    for rule in RULES:
        with progress(f"the same by {rule}", len(orders)) as advance:
            outcomes = undisturbed(network, stock, orders, rule, lambda fate: advance(1))
        figures.append(figures_of(rule, outcomes))
    return figures


def _print(report: Report) -> None:
    from server.cli.explanation import print_explanation
    from server.cli.output import print_table
    from server.demo.report import PERCENTILES, grouped

    currency, n, all_figures = report.network.policy.currency, report.served.orders, report.all_figures
    print(f"{n:,} orders of network {report.network.name!r} routed and reserved over gRPC")
    rows = [
        (
            one.policy,
            f"{one.cost_micros / 1e6:,.2f}",
            f"{one.cost_per_order:.2f}",
            f"{one.shipments / n:.3f}",
            f"{one.in_one_box / n:.1%}",
            f"{one.on_time / n:.1%}",
            f"{one.units_left_out}",
        )
        for one in all_figures
    ]
    columns = ("policy", f">{currency}", ">an order", ">shipments", ">in one box", ">on time", ">left out")
    print_table("the same orders from the same stock: cost, then by order", columns, rows)
    names = [
        name for name, amount in grouped(all_figures[-1]).items() if any(grouped(one)[name] for one in all_figures)
    ]
    parts = [(one.policy, *(f"{grouped(one)[name] / 1e6 / n:.2f}" for name in names)) for one in all_figures]
    print_table(f"{currency} per order", ("policy", *(f">{name}" for name in names)), parts)
    latency = report.latency
    times = [(f"p{percent:g}", f"{latency.percentile_ms(percent):.2f}") for percent in PERCENTILES]
    print_table(
        f"ms to a reserved route, {latency.in_flight} in flight",
        tuple(f">{name}" for name, _ in (*times, ("max", ""), ("orders/s", ""))),
        [(*(value for _, value in times), f"{max(latency.sample_ms):.1f}", f"{latency.orders_per_s:,.0f}")],
    )
    if report.explained_order is not None:
        print(f"\none decision: order {report.explained_order.order_id}")
        print_explanation(report.explanation)
    if report.lived.lives:
        _print_lives(report.lived)


def _print_lives(lived: Lived) -> None:
    from server.cli.output import print_table
    from server.cli.timeline import timeline_rows
    from server.demo.page_living import COLUMNS, life_row

    print()
    print_table("orders through their whole life", COLUMNS, [life_row(each) for each in lived.lives])
    told = lived.lives[0]
    print()
    print_table(f"all that happened to {told.order_id}", ("when", "of", "what", "", "by"), timeline_rows(told.events))
