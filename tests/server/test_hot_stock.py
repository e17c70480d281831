"""The rush: 64 clients, two server processes, one store, and less stock than is asked for (I1, I2, I5)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from onebox.v1 import route_pb2, types_pb2
from onebox.v1 import routing_service_pb2 as pb
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

from engine.inventory.audit import audit
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import StockCount
from engine.inventory.redis_ledger import RedisLedger
from engine.network.encoding import encode
from engine.network.store import RedisNetworkStore
from tests.server.real import VIENNA, a_request, eu
from tests.server.running import reason

HOT = ("KETTLE-17", "LAMP-OAK", "TEA-ASSAM", "TOWEL-70", "MUG-BLUE")
NODES = ("dc-berlin", "dc-munich")
UNITS = 1_000
CLIENTS = 64
ORDERS = 1_400
"""Each of a unit: 280 for each SKU, of which there are 200."""


async def test_a_thousand_units_are_sold_a_thousand_times_by_two_servers_to_64_clients(store: EmbeddedStore) -> None:
    client = open_client(StoreAddress(store.url))
    ledger = RedisLedger(client, "hot")
    network = eu()
    roomy = tuple(replace(node, daily_order_capacity=None, daily_unit_capacity=None) for node in network.nodes)
    await RedisNetworkStore(client, "hot").put(encode(replace(network, nodes=roomy)), "load", now=0)
    per_cell = UNITS // len(HOT) // len(NODES)
    await ledger.count("opening", [StockCount(sku, node, per_cell, 0, 0, 0) for sku in HOT for node in NODES], 0)
    servers = [await _serve(store.url) for _ in range(2)]
    try:
        ports = [await _port(server) for server in servers]
        answers = await _rush(ports)
    finally:
        for server in servers:
            server.terminate()
        await asyncio.gather(*(server.wait() for server in servers))

    routes = [first for first, _ in answers]
    assert all(again == first for first, again in answers)  # byte for byte, whichever server was asked
    shipped = [route for route in routes if route.shipments]
    reserved = sum(content.units for route in shipped for one in route.shipments for content in one.contents)
    assert (len(shipped), reserved) == (UNITS, UNITS)
    left = [line for route in routes for line in route.unfilled]
    assert len(left) == ORDERS - UNITS
    assert {line.reason for line in left} == {route_pb2.UNFILLED_REASON_NO_STOCK}
    assert Counter(line.sku for line in left) == dict.fromkeys(HOT, (ORDERS - UNITS) // len(HOT))
    cells = await ledger.cells(HOT)
    assert {cell.atp for cell in cells} == {0}
    found = await audit(ledger)
    assert (found.faults, found.reserved, found.live_routes) == ((), UNITS, UNITS)
    await ledger.close()
    await client.aclose()


async def _serve(url: str) -> asyncio.subprocess.Process:
    command = [str(Path(sys.executable).parent / "onebox"), "serve", "--json", "--port", "0", "--store-url", url]
    return await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, env={"ONEBOX_LEDGER": "hot", "PATH": ""}
    )


async def _port(server: asyncio.subprocess.Process) -> int:
    assert server.stderr is not None
    while line := await server.stderr.readline():
        entry = json.loads(line)
        if entry["event"] == "serving":
            return int(entry["port"])
    raise AssertionError("the server ended before it served")


async def _rush(ports: list[int]) -> list[tuple[route_pb2.Route, route_pb2.Route]]:
    """Each order to one server and then again to the other, or to both at once."""
    channels = [grpc.aio.insecure_channel(f"127.0.0.1:{port}") for port in ports]
    stubs: list[Any] = [RoutingServiceStub(channel) for channel in channels]
    waiting = iter(range(ORDERS))
    answers: list[tuple[route_pb2.Route, route_pb2.Route]] = []

    async def buy(number: int) -> None:
        sku = HOT[number % len(HOT)]
        request = a_request(f"hot-{number}", lines={sku: 1}, destination=VIENNA, divide=types_pb2.DIVIDE_NEVER)
        one, other = stubs[number % 2], stubs[1 - number % 2]
        if number % 3:
            first = (await one.RouteOrder(request)).route
            second = (await other.RouteOrder(request)).route
        else:
            first, second = (
                each.route for each in await asyncio.gather(*(s.RouteOrder(request) for s in (one, other)))
            )
        answers.append((first, second))

    async def shop() -> None:
        for number in waiting:
            await buy(number)

    await asyncio.gather(*(shop() for _ in range(CLIENTS)))
    changed = pb.RouteOrderRequest()
    changed.CopyFrom(a_request("hot-0", lines={HOT[1]: 1}))
    for stub in stubs:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.RouteOrder(changed)
        assert reason(caught.value) == "REQUEST_REUSED"
    for channel in channels:
        await channel.close()
    return answers
