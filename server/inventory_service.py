"""InventoryService: the ledger's stock, and what changes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from typing import Any, Protocol

from onebox.v1 import inventory_service_pb2 as pb
from onebox.v1.inventory_service_pb2_grpc import InventoryServiceServicer

from engine.inventory.ledger import Cell, Ledger
from engine.network.checks import require
from server.conversion.fields import request_id
from server.conversion.stock import MAX_IMPORT_ROWS, cell_message, counts_from, deltas_from

MAX_SKUS = 1_000
_LONGEST_IMPORT_ID = 48
_FEED_WAIT_MS = 1_000
_CHUNK = 1_000


class Goods(Protocol):
    """What the network in force knows."""

    @property
    def skus(self) -> Collection[str]: ...

    @property
    def node_ids(self) -> Collection[str]: ...


class InventoryService(InventoryServiceServicer):
    """See the contract. ``goods`` raises NotReady while there is no network; ``clock`` is UTC seconds."""

    def __init__(self, ledger: Ledger, goods: Callable[[], Goods], clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._goods = goods
        self._clock = clock

    async def GetAvailability(self, request: pb.GetAvailabilityRequest, context: Any) -> pb.GetAvailabilityResponse:
        require(1 <= len(request.skus) <= MAX_SKUS, "skus", len(request.skus), f"1..{MAX_SKUS} SKUs")
        _check_known(request.skus, request.node_ids, self._goods())
        cells = await self._ledger.cells(list(dict.fromkeys(request.skus)))
        return pb.GetAvailabilityResponse(cells=_at(cells, frozenset(request.node_ids)))

    async def AdjustStock(self, request: pb.AdjustStockRequest, context: Any) -> pb.AdjustStockResponse:
        goods = self._goods()
        deltas = deltas_from(request.deltas, goods.skus, goods.node_ids)
        cells = await self._ledger.adjust(request_id(request.request_id), deltas, self._clock())
        return pb.AdjustStockResponse(cells=map(cell_message, cells))

    async def SetStock(self, request: pb.SetStockRequest, context: Any) -> pb.SetStockResponse:
        goods = self._goods()
        counts = counts_from(request.counts, goods.skus, goods.node_ids)
        cells = await self._ledger.count(request_id(request.request_id), counts, self._clock())
        return pb.SetStockResponse(cells=map(cell_message, cells))

    async def ImportStock(self, requests: AsyncIterator[pb.ImportStockRequest], context: Any) -> pb.ImportStockResponse:
        goods = self._goods()
        import_id, taken, messages, overruled = "", 0, 0, 0
        async for request in requests:
            import_id = import_id or request_id(request.request_id, _LONGEST_IMPORT_ID)
            same = request.request_id in ("", import_id)
            require(same, "request_id", request.request_id, f"{import_id!r} again, or nothing")
            counts = counts_from(request.counts, goods.skus, goods.node_ids, MAX_IMPORT_ROWS)
            for first in range(0, len(counts), _CHUNK):
                part = f"{import_id}/{messages}.{first // _CHUNK}"
                chunk = counts[first : first + _CHUNK]
                cells = await self._ledger.count(part, chunk, self._clock())
                overruled += sum(cell.on_hand != count.on_hand for cell, count in zip(cells, chunk, strict=True))
            taken += len(counts)
            messages += 1
        return pb.ImportStockResponse(counts=taken, messages=messages, overruled=overruled)

    async def WatchStock(self, request: pb.WatchStockRequest, context: Any) -> AsyncIterator[pb.WatchStockResponse]:
        require(len(request.skus) <= MAX_SKUS, "skus", len(request.skus), f"at most {MAX_SKUS} SKUs")
        _check_known(request.skus, request.node_ids, self._goods())
        skus, nodes = frozenset(request.skus), frozenset(request.node_ids)
        while True:
            position = await self._ledger.position()
            async for cells in self._blocks(list(dict.fromkeys(request.skus))):
                yield pb.WatchStockResponse(cells=_at(cells, nodes), snapshot=True)
            lost = False
            while not lost:
                changes = await self._ledger.changes(position, _FEED_WAIT_MS)
                position, lost = changes.position, changes.lost
                cells = [cell for cell in changes.cells if not skus or cell.sku in skus]
                if found := _at(cells, nodes):
                    yield pb.WatchStockResponse(cells=found)

    async def _blocks(self, skus: list[str]) -> AsyncIterator[list[Cell]]:
        """The stock of the SKUs, or of all. At least one block, so that a watcher knows when he has it whole."""
        if skus:
            yield await self._ledger.cells(skus)
            return
        yield []
        async for cells in self._ledger.all_cells():
            yield cells


def _at(cells: Iterable[Cell], nodes: Collection[str]) -> list[pb.Cell]:
    return [cell_message(cell) for cell in cells if not nodes or cell.node_id in nodes]


def _check_known(skus: Iterable[str], nodes: Iterable[str], goods: Goods) -> None:
    for position, sku in enumerate(skus):
        require(sku in goods.skus, f"skus[{position}]", sku, "a SKU of the network")
    for position, node in enumerate(nodes):
        require(node in goods.node_ids, f"node_ids[{position}]", node, "a node of the network")
