"""``onebox stock``."""

from __future__ import annotations

from typing import Annotated

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata


def stock(
    sku: Annotated[list[str], typer.Argument(help="SKUs, at most 1,000.")],
    node: Annotated[list[str], typer.Option(help="Only this node; may be repeated.")] = [],  # noqa: B006
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show the stock of some SKUs, straight from the ledger."""
    from onebox.v1 import inventory_service_pb2 as pb
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub

    from server.cli.output import print_json, print_table

    with connected(server, token, ca) as channel:
        request = pb.GetAvailabilityRequest(skus=sku, node_ids=node)
        answer = InventoryServiceStub(channel).GetAvailability(request, metadata=metadata(token))
    if as_json:
        print_json(answer)
        return
    names = ("on_hand", "reserved", "safety_stock", "protected", "atp")
    rows = [(cell.sku, cell.node_id, *(str(getattr(cell, name)) for name in names)) for cell in answer.cells]
    print_table(f"{len(rows)} cells", ("sku", "node", ">on hand", ">reserved", ">safety", ">protected", ">atp"), rows)
