"""The engine's router on a generation's parts."""

from __future__ import annotations

import asyncio

from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.network import Network
from server.clock import Clock
from server.generation import RouterFactory
from server.routing_service import Router


def router_factory(clock: Clock) -> RouterFactory:
    """Makes routers that read ``clock``."""

    async def make_router(network: Network, version: int, mirror: Mirror, ledger: Ledger) -> Router:
        # The solvers are imported here, so that a server without a network answers at once.
        from engine.routing.router import Router as EngineRouter

        from engine.inventory.committer import Committer
        from engine.routing.planner import Planner

        planner = await asyncio.to_thread(Planner, network)
        return EngineRouter(planner, version, mirror, ledger, Committer(ledger), clock)

    return make_router
