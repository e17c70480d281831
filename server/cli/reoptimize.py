"""``onebox reoptimize``: live routes decided anew, and the moves that are worth it made."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import typer

from server.cli.batch import Chart, Gap, TimeLimit
from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata

_CHART = "Bound and cost of a re-optimisation over time"


def reoptimize(
    route: Annotated[list[str], typer.Option(help="A route to look at; may be repeated [all live ones].")] = [],  # noqa: B006
    max_moves: Annotated[float, typer.Option(min=0, max=1, help="Share of the routes that may move.")] = 0.05,
    min_saving: Annotated[float, typer.Option(min=0, help="What a move must save, in the currency.")] = 0.0,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    validate_only: Annotated[bool, typer.Option("--validate-only", help="Say what would move, move nothing.")] = False,
    request_id: Annotated[str, typer.Option(help="The same id again finishes the same moves.")] = "",
    gap: Gap = 1e-4,
    time_limit: TimeLimit = None,
    chart: Chart = None,
    as_json: AsJson = False,
) -> None:
    """Decide live routes anew together, and move those that gain by it: few, and no promise broken."""
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from engine.network.checks import require
    from server.cli.closing import Point, closing_in, write_chart
    from server.cli.output import print_json

    suffixes = (".svg", ".html")
    require(chart is None or chart.suffix in suffixes, "chart", chart, "a file that ends with .svg or .html")
    request = pb.ReoptimizeRoutesRequest(
        request_id=request_id or uuid.uuid4().hex,
        route_ids=route,
        max_moves_bp=round(max_moves * 10_000),
        min_saving_micros=round(min_saving * 1e6),
        gap=gap,
        time_limit_s=time_limit,
        validate_only=validate_only,
    )
    points: list[Point] = []
    moves: list[Any] = []
    summary: Any = pb.ReoptimizeSummary()
    with connected(server, token, ca) as channel, closing_in("live routes") as show:
        for message in RoutingServiceStub(channel).ReoptimizeRoutes(request, metadata=metadata(token)):
            match message.WhichOneof("answer"):
                case "progress":
                    at = message.progress
                    cost = at.objective if at.HasField("objective") else None
                    points.append(Point(at.seconds, at.phase, at.bound, cost))
                    show(points[-1])
                case "move":
                    moves.append(message.move)
                    if as_json:
                        print_json({"move": message.move})
                case "summary":
                    summary = message.summary
    if as_json:
        print_json({"summary": summary})
    else:
        _print(moves, summary)
    if chart is not None:
        write_chart(points, _CHART, summary.saving.currency_code, chart)


def _print(moves: list[Any], summary: Any) -> None:
    from server.cli.batch import print_certificate
    from server.cli.output import amount, print_table, rounded

    print(
        f"{summary.looked_at:,} routes looked at, {summary.movable:,} could move, {summary.moved:,} did and save "
        f"{rounded(summary.saving)}; all {summary.full_moves:,} that the joint plan moves: {rounded(summary.full_saving)}"
    )
    if moves:
        rows = [
            (
                move.route.order_id,
                move.route_id,
                move.route.route_id,
                ", ".join(one.node_id for one in move.route.shipments),
                amount(move.saving),
                move.why_not,
            )
            for move in moves
        ]
        print_table("moves", ("order", "route", "now", "node", ">saves", "not made, as"), rows)
    if summary.HasField("certificate"):
        print_certificate(summary.certificate)
