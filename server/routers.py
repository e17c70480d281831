"""The engine's router on a generation's parts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.encoding import decode
from engine.network.network import Network
from engine.network.store import NetworkStore
from server.clock import Clock
from server.generation import RouterFactory
from server.routing_service import Router

if TYPE_CHECKING:
    from engine.routing.planner import Planner

_KEPT_PLANNERS = 4


def router_factory(clock: Clock) -> RouterFactory:
    """Makes routers that read ``clock``, and know the older versions whose decisions are to be explained."""
    older: dict[int, Planner] = {}

    async def make_router(
        network: Network, version: int, mirror: Mirror, ledger: Ledger, networks: NetworkStore
    ) -> Router:
        # The solvers are imported here, so that a server without a network answers at once.
        from engine.inventory.committer import Committer
        from engine.routing.planner import Planner
        from engine.routing.router import Router as EngineRouter

        async def planner_of(version: int) -> Planner:
            if version not in older:
                found = decode(await networks.get(version))
                older[version] = await asyncio.to_thread(Planner, found)
                if len(older) > _KEPT_PLANNERS:
                    del older[next(iter(older))]
            return older[version]

        planner = await asyncio.to_thread(Planner, network)
        return EngineRouter(planner, version, mirror, ledger, Committer(ledger), clock, planner_of=planner_of)

    return make_router
