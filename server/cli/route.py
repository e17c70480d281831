"""``onebox route`` and ``onebox explain``."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata
from server.cli.endings import FAILED

UNITS = {"m": Fraction(1), "km": Fraction(1_000), "mi": Fraction("1609.344")}


def route(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Orders: .csv, .json or .jsonl.")],
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    validate_only: Annotated[bool, typer.Option("--validate-only", help="Decide, hold nothing.")] = False,
    solver: Annotated[str, typer.Option(help="The solver by name.")] = "auto",
    request_prefix: Annotated[
        str, typer.Option(help="Request ids are this and the order's id: the same file again takes effect once.")
    ] = "",
    distance_unit: Annotated[str, typer.Option(help="Unit of pickup_radius: m, km or mi.")] = "km",
    as_json: AsJson = False,
) -> None:
    """Route every order of a file and hold its stock. With --json one line an order, as it is decided."""
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from engine.network.checks import require
    from engine.routing.order_files import read_orders
    from server.cli.output import print_json
    from server.cli.progress import progress
    from server.conversion.order_messages import order_message

    require(distance_unit in UNITS, "distance-unit", distance_unit, "m, km or mi")
    orders = read_orders(file, UNITS[distance_unit])
    prefix = request_prefix or f"{uuid.uuid4().hex[:12]}-"
    ids = {f"{prefix}{order.order_id}"[-64:]: order.order_id for order in orders}

    def requests() -> Iterator[Any]:
        for request_id, order in zip(ids, orders, strict=True):
            request = pb.RouteOrderRequest(
                request_id=request_id, order=order_message(order), validate_only=validate_only, solver=solver
            )
            yield pb.StreamRoutesRequest(request=request)

    answers: dict[str, Any] = {}
    with connected(server, token, ca) as channel, progress("orders", len(orders)) as advance:
        for answer in RoutingServiceStub(channel).StreamRoutes(requests(), metadata=metadata(token)):
            advance(1)
            if as_json:
                print_json({"order_id": ids[answer.request_id], "answer": answer})
            answers[answer.request_id] = answer
    if not as_json:
        _print_routes([(order_id, answers[request_id]) for request_id, order_id in ids.items()])
    if any(answer.HasField("error") for answer in answers.values()):
        raise typer.Exit(FAILED)


def _print_routes(answers: list[tuple[str, Any]]) -> None:
    """A line for each order, and below it what ships and what does not."""
    from onebox.v1 import route_pb2

    from server.cli.output import rounded, short_name, when

    rows = []
    for order_id, answer in answers:
        if answer.HasField("error"):
            rows.append((order_id, answer.error.reason, "", "", "", [answer.error.message]))
            continue
        decided = answer.route
        last = max(decided.shipments, key=lambda one: one.arrival_time.seconds, default=None)
        arrival = "" if last is None else when(last.arrival_time)
        state = short_name(route_pb2.RouteState, decided.state)
        rows.append((order_id, state, rounded(decided.cost), arrival, decided.route_id, _parts(decided)))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for order_id, state, cost, arrival, route_id, parts in rows:
        head = (
            f"{order_id:{widths[0]}}",
            f"{state:{widths[1]}}",
            f"{cost:>{widths[2]}}",
            f"{arrival:{widths[3]}}",
            route_id,
        )
        print("  ".join(head).rstrip())
        for part in parts:
            print(f"    {part}")


def _parts(route: Any) -> list[str]:
    from onebox.v1 import route_pb2, types_pb2

    from server.cli.output import short_name

    parts = []
    for one in route.shipments:
        goods = ", ".join(f"{content.units} x {content.sku}" for content in one.contents)
        way = " ".join(filter(None, (one.carrier_id, short_name(types_pb2.ServiceLevel, one.service_level))))
        place = f" at {one.destination_node_id}" if one.destination_node_id else ""
        late = f", {one.late_days} day{'s' * (one.late_days > 1)} late" if one.late_days else ""
        parts.append(f"{one.node_id}, {way}{place}{late}: {goods}")
    for line in route.unfilled:
        reason = short_name(route_pb2.UnfilledReason, line.reason)
        parts.append(f"left out: {line.units} x {line.sku}, {reason}: {line.detail.removeprefix(f'{line.sku}: ')}")
    return parts


def explain(
    route_id: Annotated[str, typer.Argument(metavar="ID", help="The route.")],
    node: Annotated[list[str], typer.Option(help="A node to give a verdict on; may be repeated.")] = [],  # noqa: B006
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Say why a route is what it is: cost by parts, the best single shipment, why not another node."""
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from server.cli.explanation import print_explanation
    from server.cli.output import print_json

    with connected(server, token, ca) as channel:
        request = pb.ExplainRouteRequest(route_id=route_id, node_ids=node)
        answer = RoutingServiceStub(channel).ExplainRoute(request, metadata=metadata(token))
    if as_json:
        print_json(answer)
    else:
        print_explanation(answer)
