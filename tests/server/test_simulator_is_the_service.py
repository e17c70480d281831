"""What the simulator decides is what the service decides: the same replay over memory, and over a live server.

The second plays the same events, rejects, short picks, lapses, returns and receipts included, by gRPC against a real store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import grpc
import msgspec
from onebox.v1 import inventory_service_pb2, route_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.audit import audit
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Cell, StockDelta
from engine.inventory.opening import opening_counts
from engine.network.network import Network, StockRow
from engine.routing.order import Order
from engine.routing.record import decode
from engine.routing.route import Route
from engine.simulation.chance import Chance
from engine.simulation.clock import VirtualClock
from engine.simulation.luck import Luck
from engine.simulation.replay import Fate, Replay
from server.cli.load import into_server
from server.conversion.order_messages import order_message
from server.conversion.routes import route_message
from server.routers import router_factory
from tests.server.real import SetClock, Shop
from tests.server.running import serving
from tests.simulation.us import us

ORDERS = 250
UNLUCKY = Luck(reject_scale=30, short_pick=0.6, abandoned=0.1, returned=0.2, return_days=1)


class ReplaysClock(SetClock):
    """A server's clock that shows the replay's time; the replay alone moves it."""

    def __init__(self, time: VirtualClock) -> None:
        super().__init__(time())
        self._time = time

    def __call__(self) -> int:
        self.now = self._time()
        return self.now


@dataclass
class LiveWorld:
    """What a replay asks of its ``World``, asked of a live server."""

    shop: Shop

    async def open(self) -> None:
        """The server has its network and stock."""

    def waits(self, order: Order) -> bool:
        return False

    async def route(self, order: Order, request_id: str) -> Route:
        request = pb.RouteOrderRequest(request_id=request_id, order=order_message(order))
        return await self._told((await self.shop.server.routing.RouteOrder(request)).route)

    async def confirm(self, route_id: str) -> None:
        request = pb.ConfirmRouteRequest(request_id=f"c {route_id}", route_id=route_id)
        await self.shop.server.routing.ConfirmRoute(request)

    async def reroute(self, route_id: str, node_id: str, line_ids: tuple[str, ...], request_id: str) -> Route:
        rejection = pb.Rejection(node_id=node_id, line_ids=line_ids)
        request = pb.RerouteOrderRequest(request_id=request_id, route_id=route_id, rejections=[rejection])
        return await self._told((await self.shop.server.routing.RerouteOrder(request)).route)

    async def receive(self, request_id: str, units: Sequence[StockDelta]) -> None:
        deltas = [{"sku": each.sku, "node_id": each.node_id, "units": each.units} for each in units]
        request = inventory_service_pb2.AdjustStockRequest(request_id=request_id, deltas=deltas)
        await self.shop.server.inventory.AdjustStock(request)
        await self.shop.settled()

    async def write_off(self, request_id: str, sku: str, node_id: str, units: int) -> int:
        asked = inventory_service_pb2.GetAvailabilityRequest(skus=[sku], node_ids=[node_id])
        (cell,) = (await self.shop.server.inventory.GetAvailability(asked)).cells
        missing = max(0, min(units, int(cell.on_hand - cell.reserved)))
        if missing:
            await self.receive(request_id, [StockDelta(sku, node_id, -missing)])
        return missing

    async def expire(self) -> list[str]:
        expired = await self.shop.ledger.expire(self.shop.clock())
        await self.shop.settled()
        return expired

    async def cells(self) -> list[Cell]:
        return [cell async for block in self.shop.ledger.all_cells() for cell in block]

    async def _told(self, answer: route_pb2.Route) -> Route:
        """The route as the server keeps it, which is what it answered: node, service, dates, cost and all."""
        await self.shop.settled()
        route = decode((await self.shop.ledger.route(answer.route_id)).record).route
        assert route_message(route) == answer
        return route


def replay_of(orders: Sequence[Order], network: Network, stock: Sequence[StockRow]) -> Replay:
    line = orders[0].lines[0]
    receipts = [
        (orders[-1].order_time - 60 * n, line.sku, node.node_id, 40) for n, node in enumerate(network.nodes[:20])
    ]
    return Replay(network, stock, orders, chance=Chance(3, 0), luck=UNLUCKY, receipts=receipts)


def written(fate: Fate) -> bytes:
    return msgspec.msgpack.encode((fate.order.order_id, fate.route, fate.rests, fate.rejects, fate.lost, fate.returned))


async def test_the_simulator_decides_order_by_order_as_the_live_service_does(  # I9
    store: EmbeddedStore, ledger_name: str
) -> None:
    network, stock, orders = us(ORDERS)
    simulated = replay_of(orders, network, stock)
    await asyncio.to_thread(simulated.run)

    played = replay_of(orders, network, stock)
    clock = ReplaysClock(played._clock)
    async with serving(store, router_factory(clock), clock, ledger=ledger_name, sweep_interval_s=600) as server:
        counts = opening_counts(network, stock, clock())
        address = f"127.0.0.1:{server.worker.port}"
        with grpc.insecure_channel(address) as channel:
            await asyncio.to_thread(into_server, channel, [], network, counts, "", False)
        shop = Shop(server, clock)
        await shop.settled()
        played.world = LiveWorld(shop)  # type: ignore[assignment]
        await played._play(lambda fate: None)
        assert not (await audit(shop.ledger)).faults

    assert len(simulated.fates) == ORDERS
    for ours, live in zip(simulated.fates, played.fates, strict=True):
        assert ours.route.shipments == live.route.shipments, ours.order.order_id
        assert written(ours) == written(live), ours.order.order_id
    assert simulated.cells == played.cells
    fates = simulated.fates
    assert sum(fate.rounds for fate in fates) > 10, "nodes refused"
    assert sum(fate.abandoned for fate in fates) > 10, "reservations lapsed"
    assert sum(fate.returned for fate in fates) > 10, "units came back"
    assert sum(len(fate.route.shipments) > 1 for fate in fates) > 10, "orders were split"
