"""All that belongs to one version of the network: its mirror, its router."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror, mirror_of
from engine.network.encoding import decode
from engine.network.network import Network
from engine.network.store import NetworkStore
from engine.routing.stock import HORIZON_MARGIN_DAYS, first_day_of
from server.routing_service import Router
from server.tasks import end

RouterFactory = Callable[[Network, int, Mirror, Ledger, NetworkStore], Awaitable[Router]]
"""Network, its version, mirror, ledger and the store of all versions to a router; what takes long is done off the loop."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One network in force. ``close`` ends the following of the feed; calls under way finish on what they have."""

    version: int
    network: Network
    mirror: Mirror
    router: Router
    skus: frozenset[str]
    node_ids: frozenset[str]
    following: asyncio.Task[None]

    async def close(self) -> None:
        await end(self.following)


async def build(
    blob: bytes, version: int, ledger: Ledger, networks: NetworkStore, make_router: RouterFactory, now: int
) -> Generation:
    """Build it beside the one in force, off the loop where it takes long; returns once the mirror is loaded."""
    network = await asyncio.to_thread(decode, blob)
    skus = [item.sku for item in network.items]
    node_ids = [node.node_id for node in network.nodes]
    horizon_days = network.policy.horizon_days + HORIZON_MARGIN_DAYS
    mirror = mirror_of(network, ledger, first_day_of(now), horizon_days, monotonic=time.monotonic)
    loaded = mirror.subscribe()
    following = asyncio.create_task(mirror.run(), name=f"mirror of network {version}")
    try:
        await anext(loaded)
        router = await make_router(network, version, mirror, ledger, networks)
    except BaseException:
        await end(following)
        raise
    return Generation(version, network, mirror, router, frozenset(skus), frozenset(node_ids), following)
