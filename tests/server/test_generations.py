"""Networks that come into force one after the other, and those that do not."""

from __future__ import annotations

import asyncio
import gc
import weakref
from dataclasses import replace
from typing import Any

import grpc
import pytest
from onebox.v1 import network_service_pb2 as pb
from prometheus_client import generate_latest

from engine.errors import InvalidInput
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Ledger
from engine.inventory.mirror import Mirror
from engine.network.network import Network
from engine.network.store import NetworkStore
from server.conversion.catalogue import Catalogue
from server.routing_service import Router
from tests.server.canned import CannedRouter
from tests.server.real import SetClock, eu, open_shop
from tests.server.running import Running, reason, serving
from tests.server.test_routing_service import a_request


async def _unlucky(network: Network, version: int, mirror: Mirror, ledger: Ledger, networks: NetworkStore) -> Router:
    """Can't route over networks of some names."""
    if network.name == "refused":
        raise InvalidInput()
    if network.name == "broken":
        raise ZeroDivisionError("secret-of-the-house")
    return CannedRouter(version)


@pytest.mark.parametrize("name", ["refused", "broken"])
async def test_a_network_that_can_not_be_taken_is_said_to_be_stored_but_not_in_force(
    store: EmbeddedStore, ledger_name: str, name: str
) -> None:
    async with serving(store, _unlucky, ledger=ledger_name) as server:
        network = eu()
        assert await server.load(network, "good") == 1
        for _ in range(2):  # sent again, it is answered the same
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await _replace(server, replace(network, name=name), "bad")
            assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.ABORTED, "NOT_IN_FORCE")
            assert "network version 2 is stored but not in force here, version 1 is" in str(caught.value.details())
            assert "secret-of-the-house" not in str(caught.value)
        assert (await server.routing.RouteOrder(a_request())).route.network_version == 1
        rollback = pb.RollbackNetworkRequest(request_id="back", version=1)
        assert (await server.network.RollbackNetwork(rollback)).version.version == 3
        assert (await server.routing.RouteOrder(a_request())).route.network_version == 3


async def _replace(server: Running, network: Network, request_id: str) -> None:
    resources = list(Catalogue(network).messages())
    message = pb.ReplaceNetworkRequest(request_id=request_id, name=network.name, resources=resources)
    await server.network.ReplaceNetwork(iter([message]))


async def test_of_networks_no_longer_in_force_nothing_stays_behind(store: EmbeddedStore, ledger_name: str) -> None:
    """Neither mirror nor router nor the tasks that fed them."""
    async with open_shop(store, ledger_name, clock=SetClock()) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5)])
        wiring = shop.server.worker._wiring
        old: list[weakref.ref[Any]] = [
            weakref.ref(wiring.generation().mirror),
            weakref.ref(shop.router),
            weakref.ref(shop.router._committer),
        ]
        many = [{"sku": "KETTLE-17", "units": 1}] * 12
        await shop.route("large", lines=many)  # the thread for large orders, too
        tasks = len(asyncio.all_tasks())
        for number in range(3):
            await shop.server.load(eu(), f"again {number}")
            await shop.route(f"r{number}", lines={"KETTLE-17": 1})
        await asyncio.sleep(0)
        gc.unfreeze()
        gc.collect()
        assert [each() for each in old] == [None, None, None]
        assert len(asyncio.all_tasks()) <= tasks


async def test_the_staleness_of_the_mirror_is_measured(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop:
        for _ in range(200):
            if _gauge(shop.server):
                break
            await asyncio.sleep(0.05)
        assert 0 < _gauge(shop.server) < 60


def _gauge(server: Running) -> float:
    text = generate_latest(server.worker.metrics.registry).decode()
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("onebox_mirror_stale_seconds ")))
