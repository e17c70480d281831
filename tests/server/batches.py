"""Calling RouteBatch: blocks of orders in, what came of them out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from onebox.v1 import order_pb2, route_pb2
from onebox.v1 import routing_service_pb2 as pb


@dataclass
class Came:
    """A batch's answers. ``routes`` and ``errors`` by order id."""

    progress: list[pb.BatchProgress] = field(default_factory=list)
    routes: dict[str, route_pb2.Route] = field(default_factory=dict)
    errors: dict[str, pb.RouteError] = field(default_factory=dict)
    summary: pb.BatchSummary = field(default_factory=pb.BatchSummary)

    def take(self, message: pb.RouteBatchResponse) -> None:
        match message.WhichOneof("answer"):
            case "progress":
                self.progress.append(message.progress)
            case "routes":
                for one in message.routes.routes:
                    assert one.order_id not in self.routes, "each order is answered once"
                    if one.HasField("route"):
                        self.routes[one.order_id] = one.route
                    else:
                        self.errors[one.order_id] = one.error
            case "summary":
                self.summary = message.summary


def blocks(
    request_id: str, orders: Sequence[order_pb2.Order], size: int = 100, **terms: Any
) -> list[pb.RouteBatchRequest]:
    first = pb.RouteBatchRequest(request_id=request_id, terms=pb.BatchTerms(**terms))
    rest = [pb.RouteBatchRequest(orders=orders[i : i + size]) for i in range(0, len(orders), size)]
    return [first, *rest]


async def batch(stub: Any, request_id: str, orders: Sequence[order_pb2.Order], **terms: Any) -> Came:
    came = Came()
    async for message in stub.RouteBatch(iter(blocks(request_id, orders, **terms))):
        came.take(message)
    return came


async def slowly(messages: Iterable[pb.RouteBatchRequest]) -> AsyncIterator[pb.RouteBatchRequest]:
    for message in messages:
        yield message
