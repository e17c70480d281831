"""Wiring: store, ledger, networks, and the generation in force, which a new network replaces without dropping a call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from engine.errors import NotReady
from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.ledger import Ledger
from engine.inventory.redis_ledger import RedisLedger
from engine.inventory.sweeper import run_sweeper
from engine.network.store import NetworkStore, RedisNetworkStore
from server.clock import Clock
from server.generation import Generation, RouterFactory, build
from server.newest import Newest
from server.routing_service import Router
from server.settings import Settings
from server.tasks import end

_LOOKS, _LOOK_S = 200, 0.005

log = structlog.get_logger()


def store_address(settings: Settings, url: str) -> StoreAddress:
    """How to reach the store. ``url``: the settings' own, or that of the embedded store."""
    password = settings.store_password
    return StoreAddress(
        url,
        username=settings.store_username,
        password=None if password is None else password.get_secret_value(),
        ca_file=settings.store_ca,
        cert_file=settings.store_cert,
        key_file=settings.store_key,
        timeout_s=settings.store_timeout_s,
    )


class Wiring:
    """What the services stand on.

    Parameters
    ----------
    ledger, networks : where truth is kept.
    make_router : see ``RouterFactory``.
    on_network : called with each generation that comes into force.
    clock : see ``server.clock``.
    sweep_interval_s : between two looks for expired reservations.
    in_force_timeout_s : how long a caller waits for a new network to come into force.
    """

    def __init__(
        self,
        ledger: Ledger,
        networks: NetworkStore,
        make_router: RouterFactory,
        on_network: Callable[[Generation], Coroutine[Any, Any, None]],
        clock: Clock,
        sweep_interval_s: float = 5.0,
        in_force_timeout_s: float = 30.0,
    ) -> None:
        self.ledger = ledger
        self.networks = networks
        self._make_router = make_router
        self._on_network = on_network
        self._clock = clock
        self._sweep_interval_s = sweep_interval_s
        self._generation: Generation | None = None
        self._alive: list[Generation] = []
        self._newest = Newest("network", networks, self._take, in_force_timeout_s)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def version(self) -> int:
        """The version in force, 0 before the first."""
        return self._newest.version

    def generation(self) -> Generation:
        """Raises NotReady."""
        if self._generation is None:
            raise NotReady("no network is loaded yet: `onebox load DIR`, or NetworkService.ReplaceNetwork")
        return self._generation

    def router(self) -> Router:
        return self.generation().router

    def stale_s(self) -> float:
        """Seconds since the mirror was known to equal the ledger, 0 without a network."""
        return 0.0 if self._generation is None else self._generation.mirror.stale_s(time.monotonic())

    async def reached(self, position: int) -> None:
        """Wait until the mirror has heard the ledger's feed up to ``position``; at most a second."""
        if self._generation is None:
            return
        mirror = self._generation.mirror
        for _ in range(_LOOKS):
            if mirror.position >= position:
                return
            await asyncio.sleep(_LOOK_S)

    async def start(self) -> None:
        """Take the current network into force, if there is one, and follow the log. Raises StoreUnavailable."""
        await self._newest.begin()
        self._tasks = [
            asyncio.create_task(self._newest.follow(), name="networks"),
            asyncio.create_task(run_sweeper(self.ledger, self._clock, self._sweep_interval_s), name="sweeper"),
        ]

    async def in_force(self, version: int) -> None:
        """Wait until decisions are made by ``version`` or a later one; at most half a minute. Raises NotInForce."""
        await self._newest.in_force(version)

    def end_windows(self) -> None:
        """Decide orders that wait for others, now."""
        for generation in self._alive:
            generation.router.end_windows()

    async def close(self) -> None:
        await end(*self._tasks)
        for generation in self._alive:
            await generation.close()
        await self.ledger.close()

    async def _take(self, version: int, blob: bytes) -> None:
        before = self._generation
        self._generation = await build(blob, version, self.ledger, self.networks, self._make_router, self._clock())
        self._alive.append(self._generation)
        self._newest.reached(version)
        log.info("network_in_force", version=version, name=self._generation.network.name)
        await self._on_network(self._generation)
        if before is not None:
            before.router.end_windows()
            await before.close()
            self._alive.remove(before)


def open_store(settings: Settings, url: str) -> tuple[Client, RedisLedger, RedisNetworkStore]:
    """The client, for whoever closes it, and what stands on it."""
    client = open_client(store_address(settings, url))
    return client, RedisLedger(client, settings.ledger), RedisNetworkStore(client, settings.ledger)
