"""``onebox load``: a network directory into a running server, or into a data directory."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata
from server.cli.check import Directory

if TYPE_CHECKING:
    from engine.inventory.ledger import StockCount
    from engine.network.network import Network

_RESOURCES = 2_000
_DIRECT_COUNTS = 1_000


def load(
    directory: Directory,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Load into this data directory, whose server is not running, and call no server."),
    ] = None,
    validate_only: Annotated[
        bool, typer.Option("--validate-only", help="Have the server validate, change nothing.")
    ] = False,
    stock: Annotated[bool, typer.Option("--stock/--no-stock", help="Load stock.csv too.")] = True,
    comment: Annotated[str, typer.Option(help="What this version is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a network directory the network in force, and its stock the stock on hand."""
    from engine.inventory.opening import opening_counts
    from engine.network.files import load_network, load_stock
    from server.cli.output import print_json

    started = time.monotonic()
    network = load_network(directory)
    rows = load_stock(directory, network) if stock else ()
    counts = opening_counts(network, rows, int(time.time()))
    if data_dir is not None:
        version = asyncio.run(_into_directory(network, counts, data_dir, comment))
    else:
        with connected(server, token, ca) as channel:
            version = into_server(channel, metadata(token), network, counts, comment, validate_only)
    result = {
        "network": network.name,
        "version": version,
        "nodes": len(network.nodes),
        "items": len(network.items),
        "services": len(network.services),
        "places": len(network.places),
        "stock_cells": 0 if validate_only else len(counts),
    }
    if as_json:
        print_json(result)
        return
    kinds = ", ".join(
        f"{result[kind]} {kind.replace('_', ' ')}" for kind in ("nodes", "items", "places", "stock_cells")
    )
    what = "is valid" if validate_only else f"is version {version}"
    print(f"network {network.name!r} {what}: {kinds}; {time.monotonic() - started:.1f} s")


def into_server(
    channel: Any,
    meta: list[tuple[str, str]],
    network: Network,
    counts: Sequence[StockCount],
    comment: str,
    validate_only: bool,
) -> int:
    from onebox.v1 import network_service_pb2
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub
    from onebox.v1.network_service_pb2_grpc import NetworkServiceStub

    from server.cli.count_blocks import count_blocks
    from server.cli.progress import progress
    from server.conversion.catalogue import Catalogue

    def pieces() -> Iterator[Any]:
        messages = catalogue.messages()
        head: dict[str, Any] = {
            "request_id": str(uuid.uuid4()),
            "validate_only": validate_only,
            "name": network.name,
            "comment": comment,
        }
        while resources := list(islice(messages, _RESOURCES)):
            yield network_service_pb2.ReplaceNetworkRequest(**head, resources=resources)
            advance(len(resources))
            head = {}

    catalogue = Catalogue(network)
    with progress("network", sum(catalogue.counts().values()) + 1) as advance:
        answer = NetworkServiceStub(channel).ReplaceNetwork(pieces(), metadata=meta)
    if validate_only or not counts:
        return int(answer.version.version)

    with progress("stock", len(counts)) as advance:
        InventoryServiceStub(channel).ImportStock(count_blocks(str(uuid.uuid4()), counts, advance), metadata=meta)
    return int(answer.version.version)


async def _into_directory(network: Network, counts: Sequence[StockCount], data_dir: Path, comment: str) -> int:
    from engine.inventory.embedded import EmbeddedStore
    from server.cli.progress import progress
    from server.network_log import NetworkLog, Note
    from server.settings import Settings
    from server.wiring import open_store

    request_id = str(uuid.uuid4())
    now = int(time.time())
    with EmbeddedStore(data_dir) as store, progress("stock", len(counts)) as advance:
        client, ledger, networks = open_store(Settings(), store.url)
        try:
            version = await NetworkLog(networks).append(network, Note(network.name, comment, request_id), now, None)
            for first in range(0, len(counts), _DIRECT_COUNTS):
                block = counts[first : first + _DIRECT_COUNTS]
                await ledger.count(f"{request_id}/{first}", block, now)
                advance(len(block))
            return version.version
        finally:
            await ledger.close()
            await client.aclose()
