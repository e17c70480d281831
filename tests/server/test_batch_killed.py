"""A server that dies in the middle of a batch: after it comes back the same request id completes it (I1, I4, I5, I6)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

from engine.inventory.audit import audit
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import StockCount
from engine.inventory.redis_ledger import RedisLedger
from engine.network.encoding import encode
from engine.network.store import RedisNetworkStore
from tests.server.batches import Came, batch, blocks
from tests.server.test_batch_end_to_end import orders_of, roomy

LEDGER = "killed"
ORDERS = 1_500
UNITS = 1_000


async def test_a_batch_whose_server_was_killed_is_completed_by_the_same_id_without_a_unit_lost_or_held_twice(
    store: EmbeddedStore,
) -> None:
    client = open_client(StoreAddress(store.url))
    ledger = RedisLedger(client, LEDGER)
    await RedisNetworkStore(client, LEDGER).put(encode(roomy()), "load", now=0)
    counts = [StockCount("MUG-BLUE", node, UNITS // 2, 0, 0, 0) for node in ("dc-berlin", "dc-munich")]
    await ledger.count("opening", counts, 0)
    orders = orders_of(ORDERS)

    before = Came()
    async with a_server(store.url) as (process, stub):
        try:
            async for message in stub.RouteBatch(iter(blocks("b1", orders))):
                before.take(message)
                if before.routes:
                    process.kill()
                    break
        except grpc.aio.AioRpcError as error:
            assert error.code() is grpc.StatusCode.UNAVAILABLE  # noqa: PT017
        await process.wait()
    held = (await audit(ledger)).live_routes
    assert 0 < len(before.routes) <= held < UNITS, "it died with the batch half held"
    assert not before.summary.orders

    async with a_server(store.url) as (_, stub):
        after = await batch(stub, "b1", orders)
        again = await batch(stub, "b1", orders)
    assert len(after.routes) == ORDERS
    assert {order_id: after.routes[order_id] for order_id in before.routes} == before.routes
    assert (again.routes, again.summary) == (after.routes, after.summary)
    assert after.summary.before >= len(before.routes)
    assert after.summary.before + after.summary.together == ORDERS
    shipped = [route for route in after.routes.values() if route.shipments]
    found = await audit(ledger)
    assert (found.faults, found.reserved, found.live_routes, len(shipped)) == ((), UNITS, UNITS, UNITS)
    await ledger.close()
    await client.aclose()


@asynccontextmanager
async def a_server(url: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, Any]]:
    command = [str(Path(sys.executable).parent / "onebox"), "serve", "--json", "--port", "0", "--store-url", url]
    process = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, env={"ONEBOX_LEDGER": LEDGER, "PATH": ""}
    )
    assert process.stderr is not None
    port = 0
    while not port:
        line = await process.stderr.readline()
        assert line, "the server ended before it served"
        entry = json.loads(line)
        port = int(entry["port"]) if entry["event"] == "serving" else 0
    draining = asyncio.create_task(process.stderr.read())
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield process, RoutingServiceStub(channel)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await draining
