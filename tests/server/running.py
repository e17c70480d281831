"""A server in the test's own loop, over a real socket and an embedded store, and what a test calls it with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.rpc import error_details_pb2, status_pb2
from onebox.v1.fulfillment_service_pb2_grpc import FulfillmentServiceStub
from onebox.v1.inventory_service_pb2_grpc import InventoryServiceStub
from onebox.v1.network_service_pb2 import ReplaceNetworkRequest
from onebox.v1.network_service_pb2_grpc import NetworkServiceStub
from onebox.v1.order_service_pb2_grpc import OrderServiceStub
from onebox.v1.planning_service_pb2_grpc import PlanningServiceStub
from onebox.v1.return_service_pb2_grpc import ReturnServiceStub
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

from engine.inventory.embedded import EmbeddedStore
from engine.network.network import Network
from server.clock import Clock
from server.conversion.catalogue import Catalogue
from server.generation import RouterFactory
from server.settings import Settings
from server.worker import Worker

if TYPE_CHECKING:
    from onebox.v1.fulfillment_service_pb2_grpc import FulfillmentServiceAsyncStub
    from onebox.v1.inventory_service_pb2_grpc import InventoryServiceAsyncStub
    from onebox.v1.network_service_pb2_grpc import NetworkServiceAsyncStub
    from onebox.v1.order_service_pb2_grpc import OrderServiceAsyncStub
    from onebox.v1.planning_service_pb2_grpc import PlanningServiceAsyncStub
    from onebox.v1.return_service_pb2_grpc import ReturnServiceAsyncStub
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceAsyncStub


@dataclass
class Running:
    """A server that answers, and its stubs."""

    worker: Worker
    channel: Any
    routing: RoutingServiceAsyncStub
    inventory: InventoryServiceAsyncStub
    network: NetworkServiceAsyncStub
    orders: OrderServiceAsyncStub
    fulfillment: FulfillmentServiceAsyncStub
    returns: ReturnServiceAsyncStub
    planning: PlanningServiceAsyncStub

    @classmethod
    def over(cls, worker: Worker, channel: Any) -> Running:
        kinds = (
            RoutingServiceStub,
            InventoryServiceStub,
            NetworkServiceStub,
            OrderServiceStub,
            FulfillmentServiceStub,
            ReturnServiceStub,
            PlanningServiceStub,
        )
        stubs: list[Any] = [stub(channel) for stub in kinds]
        return cls(worker, channel, *stubs)

    async def load(self, network: Network, request_id: str = "load") -> int:
        """Make it the network in force; its version."""
        resources = list(Catalogue(network).messages())
        message = ReplaceNetworkRequest(request_id=request_id, name=network.name, resources=resources)
        answer = await self.network.ReplaceNetwork(iter([message]))
        return int(answer.version.version)


@asynccontextmanager
async def serving(
    store: EmbeddedStore, make_router: RouterFactory, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Running]:
    """A server on a free port until the block ends; each ledger name is a world of its own."""
    chosen = Settings(**{"port": 0, "drain_s": 1.0, "log_level": "error", **settings})
    worker = Worker(chosen, store.url, make_router, clock)
    await worker.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{worker.port}") as channel:
            yield Running.over(worker, channel)
    finally:
        await worker.drain()


def violations(error: grpc.aio.AioRpcError) -> dict[str, str]:
    """The BadRequest of a failed call: description by field."""
    bad = error_details_pb2.BadRequest()
    return {
        violation.field: violation.description
        for packed in _status(error).details
        if packed.Unpack(bad)
        for violation in bad.field_violations
    }


def quotas(error: grpc.aio.AioRpcError) -> dict[str, str]:
    """The QuotaFailure of a failed call: description by field."""
    quota = error_details_pb2.QuotaFailure()
    return {
        violation.subject: violation.description
        for packed in _status(error).details
        if packed.Unpack(quota)
        for violation in quota.violations
    }


def reason(error: grpc.aio.AioRpcError) -> str:
    """The ErrorInfo of a failed call: its reason."""
    info = error_details_pb2.ErrorInfo()
    return next((info.reason for packed in _status(error).details if packed.Unpack(info)), "")


def _status(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    trailers = dict(error.trailing_metadata() or ())
    return status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b""))
