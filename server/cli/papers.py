"""``onebox papers``: labels, packing slips, pick lists and manifests as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, Actor, Authority, Reason, Server, Token, call, change
from server.cli.fulfil import SERVICE, NodeId, ShipmentId

app = typer.Typer(help="Write labels, packing slips, pick lists and manifests to files.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option(help="Where the file goes; by default here, by its own name.")]


@app.command()
def label(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A shipment, ORDER/S1, or a return, ORDER/R4.")],
    zpl: Annotated[bool, typer.Option("--zpl", help="ZPL for a thermal printer; else PDF.")] = False,
    out: Out = None,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Write the labels of a shipment or a return to a file."""
    kind = "return_id" if name.rpartition("/")[2].startswith("R") else "shipment_id"
    wanted = {kind: name, "format": "LABEL_FORMAT_ZPL" if zpl else "LABEL_FORMAT_PDF"}
    _write("GetLabel", wanted, out, server, token, ca)


@app.command("packing-slip")
def packing_slip(
    shipment_id: ShipmentId, out: Out = None, server: Server = DEFAULT_SERVER, token: Token = "", ca: Authority = None
) -> None:
    """Write a packing slip."""
    _write("GetPackingSlip", {"shipment_id": shipment_id}, out, server, token, ca)


@app.command("pick-list")
def pick_list(
    node_id: NodeId,
    shipment: Annotated[
        list[str], typer.Option(help="This shipment; may be repeated. None: all that are accepted.")
    ] = [],  # noqa: B006
    out: Out = None,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Write the pick list of a wave: many shipments in one walk."""
    _write("GetPickList", {"node_id": node_id, "shipment_ids": shipment}, out, server, token, ca)


@app.command()
def manifest(
    node_id: NodeId,
    carrier_id: Annotated[str, typer.Argument(metavar="CARRIER", help="The carrier.")],
    day: Annotated[str, typer.Option(help="A day of the node, 2026-03-30; by default today.")] = "",
    out: Out = None,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Write what a carrier gets from a node on a day, for both to sign."""
    _write("GetManifest", {"node_id": node_id, "carrier_id": carrier_id, "day": day}, out, server, token, ca)


@app.command("return-label")
def return_label(
    return_id: Annotated[str, typer.Argument(metavar="RETURN", help="The return's name, ORDER/R4.")],
    actor: Actor = "cli",
    reason: Reason = "",
    out: Out = None,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Have a carrier give a label for what comes back, and write it to a file."""
    change(SERVICE, "LabelReturn", {"return_id": return_id}, actor, reason, server, token, ca)
    _write("GetLabel", {"return_id": return_id}, out, server, token, ca)


def _write(method: str, fields: dict[str, Any], out: Path | None, server: str, token: str, ca: Path | None) -> None:
    document = call(SERVICE, method, fields, server, token, ca).document
    path = Path(document.file_name) if out is None else out
    path.write_bytes(document.content)
    print(path)
