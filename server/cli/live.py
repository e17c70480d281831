"""The network in force and the stock on hand, read from a server."""

from __future__ import annotations

from typing import Any

from engine.network.documents import Document, apply
from engine.network.network import Network, StockRow
from engine.network.policy import Policy

_SKUS = 1_000


def live_network(channel: Any, meta: list[tuple[str, str]]) -> tuple[int, Network]:
    """Version and network."""
    from onebox.v1 import network_service_pb2 as pb
    from onebox.v1.network_service_pb2_grpc import NetworkServiceStub

    from server.conversion.catalogue import documents_from

    seen: set[tuple[str, tuple[str, ...]]] = set()
    documents: list[Document] = []
    version, name = 0, ""
    for answer in NetworkServiceStub(channel).GetNetwork(pb.GetNetworkRequest(), metadata=meta):
        if answer.HasField("version"):
            version, name = int(answer.version.version), answer.version.name
        documents += documents_from(answer.resources, seen, len(documents))
    return version, apply(Network(name, (), (), (), (), (), Policy()), documents)


def live_stock(channel: Any, meta: list[tuple[str, str]], network: Network) -> tuple[StockRow, ...]:
    """What is neither reserved nor gone, of every SKU at every node."""
    from onebox.v1 import inventory_service_pb2 as pb
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub

    stub = InventoryServiceStub(channel)
    skus = [item.sku for item in network.items]
    nodes = {node.node_id for node in network.nodes}
    rows: list[StockRow] = []
    for first in range(0, len(skus), _SKUS):
        answer = stub.GetAvailability(pb.GetAvailabilityRequest(skus=skus[first : first + _SKUS]), metadata=meta)
        rows += [
            StockRow(cell.node_id, cell.sku, cell.on_hand - cell.reserved, cell.protected, cell.safety_stock)
            for cell in answer.cells
            if cell.on_hand > cell.reserved and cell.node_id in nodes
        ]
    return tuple(rows)
