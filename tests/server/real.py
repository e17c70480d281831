"""A server with the real router over the real store, on the ``eu`` network, at a time that the test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onebox.v1 import inventory_service_pb2, order_pb2, route_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.audit import audit
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Cell, Ledger
from engine.network.files import load_network, load_stock
from engine.network.network import Network, StockRow
from engine.routing.router import Router
from server.routers import router_factory
from tests.networks import EU
from tests.server.running import Running, serving

NOW = int(datetime.fromisoformat("2026-03-30T10:00:00+02:00").timestamp())
"""A Monday morning in Berlin; the first order of eu came an hour before."""

BERLIN = {"country": "DE", "postal_code": "10115"}
HAMBURG = {"country": "DE", "postal_code": "20095"}
VIENNA = {"country": "AT", "postal_code": "1010"}
LISBON = {"country": "PT", "postal_code": "1000-120"}


class SetClock:
    """Shows what the test says."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def reached(self, order_time: int) -> None:
        """The test alone moves it."""


@dataclass
class Shop:
    """What a test calls: the server, its ledger and its clock."""

    server: Running
    clock: SetClock
    _numbers: int = field(default=0)

    @property
    def ledger(self) -> Ledger:
        return self.server.worker._wiring.ledger

    @property
    def router(self) -> Router:
        router = self.server.worker._wiring.router()
        assert isinstance(router, Router)
        return router

    async def stock(self, rows: Iterable[tuple[str, str, int]], *, protected: int = 0) -> None:
        """Count (SKU, node, units on hand), safety stock 0; returns once decisions are made on it."""
        self._numbers += 1
        counts = [
            {
                "sku": sku,
                "node_id": node,
                "on_hand": units,
                "safety_stock": 0,
                "protected": protected,
                "as_of_time": {"seconds": self.clock.now},
            }
            for sku, node, units in rows
        ]
        request = inventory_service_pb2.SetStockRequest(request_id=f"count-{self._numbers}", counts=counts)
        await self.server.inventory.SetStock(request)
        await self.settled()

    async def settled(self) -> None:
        """Until the mirror has heard all that the ledger has to say."""
        mirror = self.server.worker._wiring.generation().mirror
        changes = mirror.subscribe()
        while mirror.position < await self.ledger.position():
            await anext(changes)

    async def cell(self, sku: str, node: str) -> Cell:
        return next(cell for cell in await self.ledger.cells([sku]) if cell.node_id == node)

    async def reserved(self) -> dict[tuple[str, str], int]:
        """Units by SKU and node, zeros left out."""
        return {
            (cell.sku, cell.node_id): cell.reserved
            async for block in self.ledger.all_cells()
            for cell in block
            if cell.reserved
        }

    async def route(self, request_id: str, **fields: Any) -> route_pb2.Route:
        answer: pb.RouteOrderResponse = await self.server.routing.RouteOrder(a_request(request_id, **fields))
        return answer.route

    async def audit(self) -> None:
        """I1, I4: every unit is accounted for, none sold twice."""
        assert (await audit(self.ledger)).faults == ()
        async for block in self.ledger.all_cells():
            assert all(cell.reserved >= 0 for cell in block)


def a_request(request_id: str, **fields: Any) -> pb.RouteOrderRequest:
    """An order by name of the request; ``lines`` as {SKU: units}, or as the contract has them."""
    outer = {name: fields.pop(name) for name in ("validate_only", "solver") if name in fields}
    return pb.RouteOrderRequest(request_id=request_id, order=an_order(request_id, **fields), **outer)


def an_order(order_id: str, **fields: Any) -> order_pb2.Order:
    lines = fields.pop("lines")
    if isinstance(lines, dict):
        lines = [{"sku": sku, "units": units} for sku, units in lines.items()]
    return order_pb2.Order(**{"order_id": order_id, "lines": lines, "destination": BERLIN, **fields})


@asynccontextmanager
async def open_shop(
    store: EmbeddedStore, ledger: str, network: Network | None = None, clock: SetClock | None = None, **settings: Any
) -> AsyncIterator[Shop]:
    """A server on ``ledger``; loads ``network`` unless one is in force already."""
    clock = clock or SetClock()
    async with serving(store, router_factory(clock), clock, ledger=ledger, **settings) as server:
        shop = Shop(server, clock)
        if server.worker._wiring.version == 0:
            await server.load(network or eu())
        yield shop


def eu() -> Network:
    return load_network(EU)


def eu_stock() -> tuple[StockRow, ...]:
    return tuple(load_stock(EU, eu()))


def units_of(route: route_pb2.Route) -> dict[tuple[str, str], int]:
    """What the route ships, by SKU and node."""
    found: dict[tuple[str, str], int] = {}
    for shipment in route.shipments:
        for content in shipment.contents:
            key = content.sku, shipment.node_id
            found[key] = found.get(key, 0) + content.units
    return found


def micros(money: Any) -> int:
    return int(money.units) * 1_000_000 + int(money.nanos) // 1_000


def total(breakdown: route_pb2.CostBreakdown) -> int:
    return sum(value for _, value in breakdown.ListFields())
