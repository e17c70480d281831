"""Batch windows over a real socket: orders that may wait are decided together, and each caller gets its own answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import grpc
import pytest
from onebox.v1 import route_pb2, types_pb2

from engine.inventory.embedded import EmbeddedStore
from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from engine.network.policy import BatchWindow
from engine.routing.record import decode
from tests.server.real import Shop, a_request, open_shop
from tests.server.running import reason, violations
from tests.server.test_batch_end_to_end import roomy


def waiting(wait_ms: int, channel: str = "*", level: ServiceLevel = ServiceLevel.GROUND) -> Network:
    network = roomy()
    return replace(network, policy=replace(network.policy, windows=(BatchWindow(channel, level, wait_ms),)))


async def together(shop: Shop, route: route_pb2.Route) -> int:
    """With how many it was decided, itself included; 0 by itself."""
    batch = decode((await shop.ledger.route(route.route_id)).record).batch
    return 0 if batch is None else batch.orders


async def test_orders_of_a_window_are_decided_together_and_those_that_may_not_wait_at_once(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, waiting(400, "market")) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 6)])
        started = time.monotonic()
        asked = [shop.route(f"w{i}", lines={"MUG-BLUE": 1}, channel="market") for i in range(8)]
        patient = [asyncio.ensure_future(each) for each in asked]
        await asyncio.sleep(0.1)
        hasty = await shop.route("web", lines={"MUG-BLUE": 1}, channel="web")
        swift = await shop.route(
            "swift", lines={"MUG-BLUE": 1}, channel="market", service_level=types_pb2.SERVICE_LEVEL_TWO_DAY
        )
        tried = await shop.route("tried", lines={"MUG-BLUE": 1}, channel="market", validate_only=True)
        assert not any(each.done() for each in patient)
        assert tried.state == route_pb2.ROUTE_STATE_PLANNED
        routes = await asyncio.gather(*patient)
        assert time.monotonic() - started >= 0.4
        assert [route.order_id for route in routes] == [f"w{i}" for i in range(8)]
        assert {await together(shop, route) for route in routes} == {8}
        assert await together(shop, hasty) == await together(shop, swift) == 0
        assert sum(bool(route.shipments) for route in routes) == 4
        await shop.audit()


async def test_the_same_request_waits_and_is_answered_once_also_after_its_window(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, waiting(200)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        same = [shop.route("w0", lines={"MUG-BLUE": 1}) for _ in range(3)]
        other = [shop.route(f"w{i}", lines={"MUG-BLUE": 1}) for i in (1, 2)]
        routes = await asyncio.gather(*same, *other)
        assert routes[0] == routes[1] == routes[2]
        again = await asyncio.gather(*(shop.route(f"w{i}", lines={"MUG-BLUE": 1}) for i in range(4)))
        assert list(again[:3]) == [routes[0], *routes[3:]]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.route("w1", lines={"MUG-BLUE": 2})
        assert reason(caught.value) == "REQUEST_REUSED"
        assert sum((await shop.reserved()).values()) == 4
        await shop.audit()


async def test_one_that_does_not_fit_the_network_is_refused_and_the_others_of_its_window_are_not(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, waiting(200)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        asked = [shop.route(f"w{i}", lines={"MUG-BLUE" if i else "NOPE": 1}) for i in range(4)]
        bad, *good = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(bad, grpc.aio.AioRpcError)
        assert "order.lines[0].sku" in violations(bad)
        assert all(isinstance(each, route_pb2.Route) and each.shipments for each in good)


async def test_a_caller_with_a_deadline_is_answered_before_it_and_one_that_left_is_not_decided(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, waiting(600_000)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        gone = shop.server.routing.RouteOrder(a_request("gone", lines={"MUG-BLUE": 1}))
        await _waits(shop, 1)
        gone.cancel()
        request = a_request("hurried", lines={"MUG-BLUE": 1})
        answer = await shop.server.routing.RouteOrder(request, timeout=2.0)
        assert answer.route.state == route_pb2.ROUTE_STATE_RESERVED
        assert sum((await shop.reserved()).values()) == 1


async def test_a_window_that_is_full_closes(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, waiting(600_000)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        windows: Any = shop.router.windows
        windows._max_waiting = 5
        routes = await asyncio.gather(*(shop.route(f"w{i}", lines={"MUG-BLUE": 1}) for i in range(5)))
        assert {await together(shop, route) for route in routes} == {5}


async def test_a_server_that_ends_decides_those_who_wait_first(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, waiting(600_000), drain_s=20.0) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        patient = [asyncio.ensure_future(shop.route(f"w{i}", lines={"MUG-BLUE": 1})) for i in range(3)]
        await _waits(shop, 3)
        draining = asyncio.create_task(shop.server.worker.drain())
        routes = await asyncio.gather(*patient)
        assert all(route.state == route_pb2.ROUTE_STATE_RESERVED for route in routes)
        await draining


async def test_a_new_network_does_not_leave_orders_waiting_for_the_old_one(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, waiting(600_000)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 9)])
        patient = [asyncio.ensure_future(shop.route(f"w{i}", lines={"MUG-BLUE": 1})) for i in range(3)]
        await _waits(shop, 3)
        await shop.server.load(roomy(), "another")
        routes = await asyncio.gather(*patient)
        assert {route.network_version for route in routes} == {1}
        assert (await shop.route("now", lines={"MUG-BLUE": 1})).network_version == 2
        await shop.audit()


async def _waits(shop: Shop, count: int) -> None:
    """Until so many orders wait in the window."""
    windows: Any = shop.router.windows
    while len(windows._waiting) < count:  # noqa: ASYNC110  # the server's own, in the same loop
        await asyncio.sleep(0.01)
