"""``onebox stock``: show the stock of some SKUs, or import counts and deltas."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata

if TYPE_CHECKING:
    from engine.inventory.ledger import StockDelta
    from engine.inventory.stock_files import StockFile

_PAGE = 1_000


class ShowFirst(TyperGroup):
    """``onebox stock SKU...`` shows; what is no command is a SKU, or an option of showing."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


app = typer.Typer(cls=ShowFirst, help="Show the stock of some SKUs (onebox stock SKU...), or import counts and deltas.")


@app.command()
def show(
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


@app.command("import")
def import_stock(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet: sku, node_id, and on_hand or units.")
    ],
    as_of: Annotated[str, typer.Option(help="When it was counted, ISO 8601, for rows without as_of_time.")] = "",
    request_id: Annotated[
        str, typer.Option(help="A name for this import [the file's content]; the same again takes effect once.")
    ] = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Take counts (on_hand, as of a time) or deltas (units) from a file. Faulty rows are all named, and nothing is taken.

    The same file again, within a week, takes effect once. A count from before units last came or went changes nothing.
    """
    from engine.inventory.stock_files import instant_of, read_stock_file
    from engine.network.checks import require
    from server.cli.output import print_json

    instant: int | None = None
    if as_of:
        try:
            instant = instant_of(as_of)
        except ValueError:
            require(False, "as-of", as_of, "an instant, as 2026-01-31T12:00:00Z")
    named = request_id or hashlib.blake2b(f"{instant}".encode() + file.read_bytes(), digest_size=20).hexdigest()
    with connected(server, token, ca) as channel:
        skus, node_ids = (
            _names(channel, metadata(token), kind, field) for kind, field in (("ITEM", "sku"), ("NODE", "node_id"))
        )
        content = read_stock_file(file, skus, node_ids, instant)
        if content.deltas:
            said = _adjust(channel, metadata(token), named, content.deltas)
        else:
            said = _count(channel, metadata(token), named, content)
    if as_json:
        print_json(said)
    else:
        print(f"{file}: " + ", ".join(f"{units:,} {name}" for name, units in said.items()))


def _names(channel: Any, meta: Any, kind: str, field: str) -> frozenset[str]:
    """The names of all resources of a kind."""
    from onebox.v1 import network_service_pb2 as pb
    from onebox.v1.network_service_pb2_grpc import NetworkServiceStub

    found: set[str] = set()
    request = pb.ListResourcesRequest(kind=f"RESOURCE_KIND_{kind}", page_size=_PAGE)
    while True:
        page = NetworkServiceStub(channel).ListResources(request, metadata=meta)
        found.update(getattr(getattr(resource, kind.lower()), field) for resource in page.resources)
        if not page.next_page_token:
            return frozenset(found)
        request.page_token = page.next_page_token


def _adjust(channel: Any, meta: Any, request_id: str, deltas: tuple[StockDelta, ...]) -> dict[str, int]:
    from onebox.v1 import inventory_service_pb2 as pb
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub

    rows = [
        {"sku": delta.sku, "node_id": delta.node_id, "units": delta.units}
        | ({} if delta.as_of_time is None else {"as_of_time": {"seconds": delta.as_of_time}})
        for delta in deltas
    ]
    request = pb.AdjustStockRequest(request_id=request_id, deltas=rows)
    InventoryServiceStub(channel).AdjustStock(request, metadata=meta)
    return {"deltas": len(rows)}


def _count(channel: Any, meta: Any, request_id: str, content: StockFile) -> dict[str, int]:
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub

    from server.cli.count_blocks import count_blocks
    from server.cli.progress import progress

    if not content.counts:
        return {"counts": 0, "overruled": 0}
    with progress("stock", len(content.counts)) as advance:
        answer = InventoryServiceStub(channel).ImportStock(
            count_blocks(request_id, content.counts, advance), metadata=meta
        )
    return {"counts": answer.counts, "overruled": answer.overruled}
