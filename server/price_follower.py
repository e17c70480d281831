"""The prices in force: what was published last, on every router of this server, also on those of networks yet to come."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

import structlog

from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.network import Network
from engine.network.price_document import decode
from engine.network.prices import BidPrices
from engine.network.store import NetworkStore
from server.generation import RouterFactory
from server.newest import Newest
from server.routing_service import Router
from server.tasks import end

log = structlog.get_logger()


class PriceFollower:
    """``stored``: the versions of the prices."""

    def __init__(self, stored: NetworkStore, in_force_timeout_s: float = 30.0) -> None:
        self.stored = stored
        self._prices = BidPrices()
        self._laid: WeakKeyDictionary[Router, int] = WeakKeyDictionary()
        self._newest = Newest("prices", stored, self._take, in_force_timeout_s)
        self._task: asyncio.Task[None] | None = None

    @property
    def version(self) -> int:
        """The version in force, 0 before the first."""
        return self._prices.version

    def priced(self, make_router: RouterFactory) -> RouterFactory:
        """Makes the same routers, with the prices in force on them from their first order on."""

        async def make(
            network: Network, version: int, mirror: Mirror, ledger: Ledger, networks: NetworkStore
        ) -> Router:
            router = await make_router(network, version, mirror, ledger, networks)
            await self.lay_on(router)
            return router

        return make

    async def lay_on(self, router: Router) -> None:
        """Have the router decide by the prices in force."""
        prices = self._prices
        if prices.version != self._laid.get(router, 0):
            await asyncio.to_thread(router.publish, prices)
        self._laid[router] = prices.version

    async def start(self) -> None:
        """Take the current prices, if there are any, and follow their log. Raises StoreUnavailable."""
        await self._newest.begin()
        self._task = asyncio.create_task(self._newest.follow(), name="prices")

    async def in_force(self, version: int) -> None:
        """Wait until decisions weigh ``version`` or a later one; at most half a minute. Raises NotInForce."""
        await self._newest.in_force(version)

    async def close(self) -> None:
        if self._task is not None:
            await end(self._task)

    async def _take(self, version: int, blob: bytes) -> None:
        self._prices = await asyncio.to_thread(lambda: decode(blob).prices(version))
        for router in list(self._laid):
            await self.lay_on(router)
        self._newest.reached(version)
        log.info("prices_in_force", version=version, units=len(self._prices.unit))
