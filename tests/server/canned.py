"""A router that answers from the test: what the services do around a router is seen on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as amended

from engine.errors import FieldFault, InvalidInput, NotFound, RequestReused, StoreUnavailable, WrongState
from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.carriers import ServiceLevel
from engine.network.components import Component, Reason
from engine.network.network import Network
from engine.network.prices import BidPrices
from engine.network.store import NetworkStore
from engine.routing.explanation import BestSingle, Explanation, NodeVerdict, ShipmentCost
from engine.routing.order import Order
from engine.routing.quote import Quote, QuoteOption
from engine.routing.rejection import Rejected
from engine.routing.returned import Outlook, ReturnAsked, ReturnParcel
from engine.routing.route import Content, Package, Route, RouteState, Shipment, Unfilled
from server.generation import RouterFactory
from server.routing_service import Router
from solvers.problem import Certificate, Status

BREAKDOWN = ((Component.HANDLING, 1_100_000), (Component.CARRIER, 7_250_000))
CERTIFICATE = Certificate(8_350_000, 8_350_000, Status.OPTIMAL, solver="exact")


def route_of(order: Order, state: RouteState = RouteState.RESERVED) -> Route:
    """All but the last line in one shipment; the last is left out where there are several."""
    kept = order.lines[:-1] or order.lines
    contents = tuple(Content(line.line_id, line.sku, line.units) for line in kept)
    package = Package("M", 300, 250, 200, 1_400, 1_500, contents)
    shipment = Shipment(
        "DC-MEM",
        "PARCEL",
        ServiceLevel.GROUND,
        "",
        20_000,
        order.order_time + 3_600,
        order.order_time + 90_000,
        order.order_time + 80_000,
        1,
        contents,
        (package,),
        BREAKDOWN,
        8_350_000,
    )
    left_out = tuple(
        Unfilled(line.line_id, line.sku, line.units, Reason.NO_STOCK, "0 of 1 at 3 nodes", True)
        for line in order.lines[len(kept) :]
    )
    return Route(
        f"route-{order.order_id}",
        order.order_id,
        state,
        (shipment,),
        left_out,
        BREAKDOWN,
        8_350_000,
        "USD",
        order.order_time + 60,
        order.order_time + 1_860,
        3,
        0,
        CERTIFICATE,
    )


class CannedRouter:
    """Orders named after an error get it; others get ``route_of``. What came is kept."""

    def __init__(self, version: int = 1) -> None:
        self.version = version
        self.asked: list[tuple[Order, str, bytes, bool, str]] = []
        self.rejected: list[Rejected] = []
        self.under_way = 0
        self.most_under_way = 0
        self.started = asyncio.Event()
        self.was_cancelled = asyncio.Event()
        self.batches: Any = None
        self.reoptimizer: Any = None

    def publish(self, prices: BidPrices) -> None:
        """It weighs none."""

    def end_windows(self) -> None:
        """It has none."""

    async def route(
        self,
        order: Order,
        request_id: str,
        fingerprint: bytes,
        *,
        validate_only: bool = False,
        solver: str = "auto",
        remaining_s: Callable[[], float | None] = lambda: None,
    ) -> Route:
        self.asked.append((order, request_id, fingerprint, validate_only, solver))
        match order.order_id:
            case "invalid":
                raise InvalidInput(FieldFault("lines[0].sku", "NOPE", "a SKU of the network"))
            case "reused":
                raise RequestReused(request_id)
            case "store":
                raise StoreUnavailable("the store does not answer: connection refused")
            case "defect":
                raise ZeroDivisionError("secret-of-the-house")
            case "slow":
                await self._wait(0.3)
            case "endless":
                await self._wait(3_600)
        return amended(
            route_of(order, RouteState.PLANNED if validate_only else RouteState.RESERVED), network_version=self.version
        )

    async def _wait(self, seconds: float) -> None:
        self.under_way += 1
        self.started.set()
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.was_cancelled.set()
            raise
        finally:
            self.under_way -= 1

    async def quote(self, order: Order, *, max_stores: int = 5) -> Quote:
        arrival = order.order_time + 90_000
        option = QuoteOption(ServiceLevel.GROUND, "", ("DC-MEM",), order.order_time, arrival, 8_350_000, 1, True)
        stores = [replace(option, level=ServiceLevel.PICKUP, store_id=f"STORE-{i}") for i in range(max_stores)]
        return Quote((option, *stores), (), "USD", order.order_time, order.order_time + 900, self.version)

    async def reroute(self, route_id: str, rejected: Sequence[Rejected], request_id: str, fingerprint: bytes) -> Route:
        self.rejected = list(rejected)
        return amended(await self.get(route_id), route_id=f"{route_id}-again")

    async def confirm(self, route_id: str, request_id: str) -> Route:
        return amended(await self.get(route_id), state=RouteState.CONFIRMED)

    async def release(self, route_id: str, request_id: str) -> Route:
        if route_id == "expired":
            raise WrongState(route_id, "EXPIRED", "RELEASED")
        return amended(await self.get(route_id), state=RouteState.RELEASED)

    async def place_return(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]:
        raise AssertionError("nothing comes back in the tests of this router")

    async def get(self, route_id: str) -> Route:
        for order, *_ in self.asked:
            if route_id == f"route-{order.order_id}":
                return route_of(order)
        raise NotFound("route", route_id)

    async def explain(self, route_id: str, node_ids: Sequence[str] = ()) -> Explanation:
        route = await self.get(route_id)
        cost = ShipmentCost("DC-MEM", "PARCEL", ServiceLevel.GROUND, ("1",), BREAKDOWN, 8_350_000)
        verdicts = tuple(
            NodeVerdict(node_id, False, Reason.NO_STOCK, "holds 0 of 1", None, "1 unit more") for node_id in node_ids
        )
        return Explanation(
            route_id,
            route.cost,
            "USD",
            BREAKDOWN,
            (cost,),
            BestSingle(cost, 250_000, "dearer by a zone"),
            (NodeVerdict("DC-MEM", True, None, "", 0, ""), *verdicts),
            CERTIFICATE,
            3,
            0,
            b"\x01\x02",
            1_700_000_000,
        )


def canned(router: CannedRouter) -> RouterFactory:
    """A factory that gives this router to every network, and tells it the version."""

    async def make(network: Network, version: int, mirror: Mirror, ledger: Ledger, networks: NetworkStore) -> Router:
        router.version = version
        return router

    return make
