"""The engine's router on a generation's parts."""

from __future__ import annotations

import asyncio

from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.network import Network
from server.routing_service import Router


async def make_router(network: Network, version: int, mirror: Mirror, ledger: Ledger) -> Router:
    """See ``RouterFactory``. The solvers are imported here, so that a server without a network answers at once."""
    from engine.routing.router import Router as EngineRouter

    from engine.inventory.committer import Committer
    from engine.routing.planner import Planner
    from server.wiring import clock

    planner = await asyncio.to_thread(Planner, network)
    return EngineRouter(planner, version, mirror, ledger, Committer(ledger), clock)
