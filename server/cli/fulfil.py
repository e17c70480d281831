"""``onebox fulfil``: a node's day from the command line: its queue, and what it does with its shipments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, Actor, AsJson, Authority, Reason, Server, Token, call, change, lines_of

app = typer.Typer(help="Work at a node: its queue, accept, pick, pack, ship, hand over, scan.", no_args_is_help=True)

SERVICE = "fulfillment_service"

NodeId = Annotated[str, typer.Argument(metavar="NODE", help="The node.")]
ShipmentId = Annotated[str, typer.Argument(metavar="SHIPMENT", help="The shipment's name, ORDER/S1.")]


@app.command()
def queue(
    node_id: NodeId,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 100,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show what a node has to work on, the next departure first."""
    from onebox.v1 import life_pb2

    from server.cli.output import print_json, print_table, short_name, when

    answer = call(SERVICE, "ListShipments", {"node_id": node_id, "limit": limit}, server, token, ca)
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            each.shipment_id,
            short_name(life_pb2.ShipmentState, each.state),
            when(each.ship_time),
            each.carrier_id,
            ", ".join(f"{content.units} x {content.sku}" for content in each.contents),
            ", ".join(each.tracking_numbers),
        )
        for each in answer.shipments
    ]
    print_table(node_id, ("shipment", "state", "leaves", "by", "goods", "tracking"), rows)


@app.command()
def accept(
    shipment_id: ShipmentId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """The node will ship it."""
    _change("AcceptShipment", shipment_id, {}, actor, reason, server, token, ca, as_json)


@app.command()
def reject(
    shipment_id: ShipmentId,
    reason: Reason,
    line: Annotated[list[str], typer.Option(help="Only this line; may be repeated. None: all.")] = [],  # noqa: B006
    actor: Actor = "cli",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """The node will not ship it: it is routed anew at once, without the node."""
    _change("RejectShipment", shipment_id, {"line_ids": line}, actor, reason, server, token, ca, as_json)


@app.command()
def pick(
    shipment_id: ShipmentId,
    short: Annotated[list[str], typer.Option(help="LINE=UNITS that were found; may be repeated. None: all.")] = [],  # noqa: B006
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """It is picked. What was not found is counted off and routed anew."""
    _change(
        "PickShipment",
        shipment_id,
        {"short_lines": lines_of(short, "short")},
        actor,
        reason,
        server,
        token,
        ca,
        as_json,
    )


@app.command()
def pack(
    shipment_id: ShipmentId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """It is packed, and its carrier's label bought."""
    _change("PackShipment", shipment_id, {}, actor, reason, server, token, ca, as_json)


@app.command()
def ship(
    shipment_id: ShipmentId,
    tracking: Annotated[str, typer.Option(help="The carrier's number; by default its label's.")] = "",
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """It leaves the node."""
    _change("ShipShipment", shipment_id, {"tracking_number": tracking}, actor, reason, server, token, ca, as_json)


@app.command()
def deliver(
    shipment_id: ShipmentId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """It is there; where a carrier's scans say so, nobody needs to."""
    _change("DeliverShipment", shipment_id, {}, actor, reason, server, token, ca, as_json)


@app.command()
def ready(
    shipment_id: ShipmentId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """It lies ready at the store; prints the code that the customer shows."""
    answer = _change("ReadyShipment", shipment_id, {}, actor, reason, server, token, ca, as_json)
    if not as_json:
        print(f"code: {answer.pickup_code}")


@app.command("hand-over")
def hand_over(
    shipment_id: ShipmentId,
    code: Annotated[str, typer.Option(help="What the customer showed.")],
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """The customer has it."""
    _change("HandOverShipment", shipment_id, {"pickup_code": code}, actor, reason, server, token, ca, as_json)


@app.command("no-show")
def no_show(
    shipment_id: ShipmentId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Nobody came: its units are the store's again."""
    _change("ReturnNoShow", shipment_id, {}, actor, reason, server, token, ca, as_json)


@app.command()
def track(
    shipment_id: ShipmentId,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Ask the carrier how far it is."""
    from onebox.v1 import life_pb2

    from server.cli.output import print_json, print_table, short_name, when

    answer = call(SERVICE, "TrackShipment", {"shipment_id": shipment_id}, server, token, ca)
    if as_json:
        print_json(answer)
        return
    for each in answer.life.shipments:
        if each.shipment_id == shipment_id:
            rows = [
                (
                    when(scan.scan_time),
                    scan.tracking_number,
                    short_name(life_pb2.ScanStage, scan.stage),
                    ", ".join(part for part in (scan.place, scan.detail) if part),
                )
                for scan in each.scans
            ]
            print_table(
                f"{shipment_id}  {short_name(life_pb2.ShipmentState, each.state)}", ("when", "package", "", ""), rows
            )


@app.command()
def scan(
    tracking_number: Annotated[str, typer.Argument(metavar="NUMBER", help="The package's number.")],
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="ACCEPTED, IN_TRANSIT, DELIVERED, HELD, ...")],
    place: Annotated[str, typer.Option(help="Where.")] = "",
    detail: Annotated[str, typer.Option(help="More, for people.")] = "",
    actor: Actor = "cli",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Say what happened to a package, now: a courier of the shop's own has no other to tell it."""
    import time

    from onebox.v1 import life_pb2

    from engine.errors import NotFound
    from engine.network.checks import require

    known = [name.removeprefix("SCAN_STAGE_") for name in life_pb2.ScanStage.keys()[1:]]
    require(stage.upper() in known, "stage", stage, f"one of {', '.join(known)}")
    said = {
        "tracking_number": tracking_number,
        "stage": f"SCAN_STAGE_{stage.upper()}",
        "scan_time": {"seconds": int(time.time())},
        "place": place,
        "detail": detail,
    }
    answer = call(SERVICE, "RecordScans", {"scans": [said], "actor": actor}, server, token, ca)
    if answer.unknown_tracking_numbers:
        raise NotFound("package", tracking_number)
    print(f"{tracking_number}  {stage.upper()}")


def _change(
    method: str,
    shipment_id: str,
    fields: dict[str, Any],
    actor: str,
    reason: str,
    server: str,
    token: str,
    ca: Path | None,
    as_json: bool,
) -> Any:
    from server.cli.order import print_life

    answer = change(SERVICE, method, {"shipment_id": shipment_id, **fields}, actor, reason, server, token, ca)
    print_life(answer.life, as_json)
    return answer
