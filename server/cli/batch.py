"""``onebox batch``: orders of a file decided together, on a network directory or by a server; or those of its queue."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata
from server.cli.endings import FAILED
from server.cli.route import UNITS

if TYPE_CHECKING:
    from engine.routing.batch_answers import Answer, BatchSummary, Limits
    from engine.routing.order import Order
    from server.cli.closing import Point

_BLOCK = 500
_CHART = "Bound and cost of a batch over time"

Gap = Annotated[float, typer.Option(min=0, max=0.1, help="End when the plan is proven this close to the best.")]
TimeLimit = Annotated[
    float | None, typer.Option(min=0.01, max=3_600, help="End after so many seconds. Default: when the work is done.")
]
Chart = Annotated[Path | None, typer.Option(help="Draw bound and cost over time into this .svg or .html file.")]


def batch(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="Orders: .csv, .json or .jsonl.")
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Instead of a file: the server's captured orders that nobody has decided.")
    ] = False,
    channel: Annotated[str, typer.Option(help="With --queue: of this channel alone.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="With --queue: at most so many, the oldest.")] = 1_000,
    network: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Decide on this network directory and its opening stock, here."
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    at: Annotated[
        str, typer.Option(help="With --network: the instant of the decision (ISO 8601) [the last order's].")
    ] = "",
    validate_only: Annotated[bool, typer.Option("--validate-only", help="Decide, hold nothing.")] = False,
    request_id: Annotated[str, typer.Option(help="The same id again completes the same batch.")] = "",
    gap: Gap = 1e-4,
    time_limit: TimeLimit = None,
    max_split: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of the orders that may go in more than one shipment.")
    ] = None,
    courier_budget: Annotated[
        float | None, typer.Option(min=0, help="What same-day couriers may cost in all, in the currency.")
    ] = None,
    distance_unit: Annotated[str, typer.Option(help="Unit of pickup_radius: m, km or mi.")] = "km",
    chart: Chart = None,
    as_json: AsJson = False,
) -> None:
    """Decide the orders of a file, or of the queue, together, and say how far from the best that is at most."""
    from engine.network.batch_rules import EVERY_ORDER_BP
    from engine.network.checks import require
    from engine.network.files import read_units
    from engine.routing.batch_answers import Limits
    from engine.routing.order_files import read_orders

    require(distance_unit in UNITS, "distance-unit", distance_unit, "m, km or mi")
    suffixes = (".svg", ".html")
    require(chart is None or chart.suffix in suffixes, "chart", chart, "a file that ends with .svg or .html")
    require(queue == (file is None), "file", file or "none", "a file of orders, or --queue and none")
    require(not queue or network is None, "network", network, "none with --queue: it is the server's")
    unit = UNITS[distance_unit] if network is None else read_units(network).metres
    orders = () if file is None else read_orders(file, unit)
    asked = (channel, limit) if queue else None
    rules: dict[str, int] = {}
    if max_split is not None:
        rules["max_split_bp"] = round(max_split * EVERY_ORDER_BP)
    if courier_budget is not None:
        rules["courier_budget"] = round(courier_budget * 1e6)
    limits = Limits(gap, time_limit, price_rules=True)
    if network is None:
        points, currency = _by_server(
            orders, asked, server, token, ca, validate_only, request_id, rules, limits, as_json
        )
    else:
        points, currency = _here(orders, network, at, rules, limits, as_json)
    if chart is not None:
        from server.cli.closing import write_chart

        write_chart(points, _CHART, currency, chart)
        if not as_json:
            print(f"bound and cost over time: {chart}")


def _here(
    orders: Sequence[Order], directory: Path, at: str, rules: dict[str, int], limits: Limits, as_json: bool
) -> tuple[list[Point], str]:
    """On the opening stock, in this process."""
    import asyncio

    from engine.network.checks import require
    from engine.network.files import load_network, load_stock
    from engine.routing.batch_answers import Asked, Told
    from engine.routing.planner import Planner
    from server.cli.closing import Point, closing_in
    from server.conversion.batches import answer_fields, check_ids, summary_fields

    require(bool(orders), "orders", 0, "a file with orders")
    check_ids([order.order_id for order in orders])
    loaded = load_network(directory)
    stock = load_stock(directory, loaded)
    planner = Planner(loaded)
    now = _instant(at) if at else max(order.order_time for order in orders)
    started = time.monotonic()
    points: list[Point] = []
    answers: list[Answer] = []

    from engine.routing.offline import decide_offline

    with closing_in(f"{len(orders):,} orders") as show:

        def progress(said: Any) -> None:
            points.append(Point(time.monotonic() - started, said.phase, said.bound, said.objective))
            show(points[-1])

        entries = [Asked(x, order, f"offline-{x}", b"") for x, order in enumerate(orders)]
        told = Told(progress, answers.extend)
        own: dict[str, Any] = dict(rules)
        bound = replace(loaded.policy.batch, **own)
        summary: BatchSummary = asyncio.run(decide_offline(planner, stock, entries, now, bound, limits, told))
    from onebox.v1 import routing_service_pb2 as pb

    currency = loaded.policy.currency
    answers.sort(key=lambda answer: answer.position)
    ids = [order.order_id for order in orders]
    message = pb.BatchSummary(**summary_fields(summary, ids, currency, 0))
    _show([pb.BatchRoute(**answer_fields(answer)) for answer in answers], message, as_json)
    return points, currency


def _by_server(
    orders: Sequence[Order],
    queue: tuple[str, int] | None,
    server: str,
    token: str,
    ca: Path | None,
    validate_only: bool,
    request_id: str,
    rules: dict[str, int],
    limits: Limits,
    as_json: bool,
) -> tuple[list[Point], str]:
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from server.cli.closing import Point, closing_in
    from server.conversion.order_messages import order_message

    terms = pb.BatchTerms(gap=limits.gap, time_limit_s=limits.seconds, validate_only=validate_only)
    if "max_split_bp" in rules:
        terms.rules.max_split_bp = rules["max_split_bp"]
    if "courier_budget" in rules:
        terms.rules.courier_budget_micros = rules["courier_budget"]

    def requests() -> Iterator[Any]:
        taken = None if queue is None else pb.CapturedQueue(channel=queue[0], limit=queue[1])
        yield pb.RouteBatchRequest(request_id=request_id or uuid.uuid4().hex, terms=terms, queue=taken)
        for first in range(0, len(orders), _BLOCK):
            yield pb.RouteBatchRequest(orders=[order_message(order) for order in orders[first : first + _BLOCK]])

    points: list[Point] = []
    routes: dict[str, Any] = {}
    summary: Any = pb.BatchSummary()
    title = f"{len(orders):,} orders" if queue is None else "the queue"
    with connected(server, token, ca) as channel, closing_in(title) as show:
        for message in RoutingServiceStub(channel).RouteBatch(requests(), metadata=metadata(token)):
            match message.WhichOneof("answer"):
                case "progress":
                    at = message.progress
                    points.append(
                        Point(at.seconds, at.phase, at.bound, at.objective if at.HasField("objective") else None)
                    )
                    show(points[-1])
                case "routes":
                    routes.update((one.order_id, one) for one in message.routes.routes)
                case "summary":
                    summary = message.summary
    _show(
        list(routes.values()) if queue is not None else [routes[order.order_id] for order in orders], summary, as_json
    )
    return points, summary.cost.currency_code


def _show(routes: Sequence[Any], summary: Any, as_json: bool) -> None:
    from server.cli.output import print_json

    if as_json:
        for one in routes:
            print_json({"order_id": one.order_id, "answer": one})
        print_json({"summary": summary})
    else:
        print_summary(routes, summary)
    if any(one.HasField("error") for one in routes):
        raise typer.Exit(FAILED)


def print_summary(routes: Sequence[Any], summary: Any) -> None:
    """What became of the batch, what was proven, what the rules cost, and which orders were refused."""
    from server.cli.output import print_table, rounded

    rows = [
        ("orders", f"{summary.orders:,}"),
        ("decided together", f"{summary.together:,}"),
        ("decided by themselves", f"{len(summary.apart):,}"),
        ("refused", f"{summary.refused:,}"),
        ("shipments", f"{summary.shipments:,}"),
        ("in more than one shipment", f"{summary.split_orders:,}"),
        ("units left out", f"{summary.units_left_out:,}"),
        ("cost", rounded(summary.cost)),
        ("seconds", f"{summary.seconds:.2f}"),
    ]
    if summary.before:
        rows.insert(1, ("decided before", f"{summary.before:,}"))
    if summary.lost_races:
        rows.append(("decided again, as their stock had gone", f"{summary.lost_races:,}"))
    print_table("the batch", ("", ">"), rows)
    if summary.HasField("certificate"):
        print_certificate(summary.certificate)
    errors = [(one.order_id, one.error.message) for one in routes if one.HasField("error")]
    if errors:
        print_table("refused", ("order", "why"), errors)


def print_certificate(certificate: Any) -> None:
    """What was proven of a joint plan, and what the rules cost."""
    from onebox.v1 import route_pb2

    from server.cli.output import print_table, rounded, short_name

    state = short_name(route_pb2.SolveState, certificate.state)
    proven = f"bound {certificate.bound / 1e6:,.2f}, gap {certificate.gap:.4%}"
    print(f"of those decided together: {state}, objective {certificate.objective / 1e6:,.2f}, {proven}")
    if certificate.rule_costs:
        costs = [
            (one.rule.replace("_", " ").lower(), rounded(one.cost), rounded(one.lowest), rounded(one.highest))
            for one in certificate.rule_costs
        ]
        print_table("what the rules cost this batch", ("rule", ">cost", ">at least", ">at most"), costs)


def _instant(text: str) -> int:
    from engine.network.checks import require

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    good = instant is not None and instant.tzinfo is not None
    require(good, "at", text, "an instant with its offset, such as 2026-03-02T10:00:00Z")
    assert instant is not None
    return int(instant.timestamp())
