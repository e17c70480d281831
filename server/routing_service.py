"""RoutingService: what a checkout calls. Thin: message to value, the router, value to message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Protocol

from onebox.v1 import routing_service_pb2 as pb
from onebox.v1.routing_service_pb2_grpc import RoutingServiceServicer

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.network.prices import BidPrices
from engine.routing.explanation import Explanation
from engine.routing.order import Order
from engine.routing.quote import Quote
from engine.routing.rejection import Rejected
from engine.routing.returned import Outlook, ReturnAsked, ReturnParcel
from engine.routing.route import Route
from server.asking import fingerprint
from server.batch_methods import Batches, BatchMethods, Reoptimizer
from server.batch_queue import Queue
from server.clock import Clock
from server.conversion.answers import explanation_message, quote_message
from server.conversion.fields import identifier, refuse, request_id, within
from server.conversion.orders import in_contract_words, order_from
from server.conversion.routes import route_fields
from server.errors import failure_of

MAX_STORES = 50
MAX_REJECTIONS = 100
MAX_EXPLAINED_NODES = 1_000


class Router(Protocol):
    """What the service asks of the engine's router."""

    @property
    def batches(self) -> Batches: ...

    @property
    def reoptimizer(self) -> Reoptimizer: ...

    async def route(
        self,
        order: Order,
        request_id: str,
        fingerprint: bytes,
        *,
        validate_only: bool = False,
        solver: str = "auto",
        remaining_s: Callable[[], float | None] = ...,
    ) -> Route: ...

    def end_windows(self) -> None: ...

    def publish(self, prices: BidPrices) -> None: ...

    async def quote(self, order: Order, *, max_stores: int = 5) -> Quote: ...

    async def reroute(
        self, route_id: str, rejected: Sequence[Rejected], request_id: str, fingerprint: bytes
    ) -> Route: ...

    async def confirm(self, route_id: str, request_id: str) -> Route: ...

    async def release(self, route_id: str, request_id: str) -> Route: ...

    async def place_return(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]: ...

    async def get(self, route_id: str) -> Route: ...

    async def explain(self, route_id: str, node_ids: Sequence[str] = ()) -> Explanation: ...


class RoutingService(RoutingServiceServicer):
    """See the contract.

    Parameters
    ----------
    router : the router in force; raises NotReady while there is none.
    clock : see ``server.clock``.
    queue : of captured orders, for batches.
    stream_in_flight : orders under way at a time on one stream.
    """

    def __init__(self, router: Callable[[], Router], clock: Clock, queue: Queue, stream_in_flight: int = 64) -> None:
        self._router = router
        self._clock = clock
        self._stream_in_flight = stream_in_flight
        self._batch = BatchMethods(router, clock, queue)

    async def RouteOrder(self, request: pb.RouteOrderRequest, context: Any) -> pb.RouteOrderResponse:
        return pb.RouteOrderResponse(route=route_fields(await self._route(request, context)))

    async def _route(self, request: pb.RouteOrderRequest, context: Any) -> Route:
        router = self._router()
        order = order_from(request.order, self._clock())
        self._clock.reached(order.order_time)
        try:
            return await router.route(
                order,
                request_id(request.request_id),
                fingerprint(b"RouteOrder", request),
                validate_only=request.validate_only,
                solver=request.solver or "auto",
                remaining_s=context.time_remaining,
            )
        except InvalidInput as error:
            raise in_contract_words(error) from error

    async def QuoteDelivery(self, request: pb.QuoteDeliveryRequest, context: Any) -> pb.QuoteDeliveryResponse:
        router = self._router()
        most = request.max_stores if request.HasField("max_stores") else 5
        require(0 <= most <= MAX_STORES, "max_stores", most, f"a count in 0..{MAX_STORES}")
        if not request.order.order_id:
            request.order.order_id = "quote"
        order = order_from(request.order, self._clock())
        try:
            return quote_message(await router.quote(order, max_stores=most))
        except InvalidInput as error:
            raise in_contract_words(error) from error

    async def StreamRoutes(  # type: ignore[override]  # writes its answers itself, as several tasks make them
        self, requests: AsyncIterator[pb.StreamRoutesRequest], context: Any
    ) -> None:
        room = asyncio.Semaphore(self._stream_in_flight)
        writing = asyncio.Lock()  # one message at a time goes out of a call

        async def answer(request: pb.RouteOrderRequest) -> None:
            try:
                response = pb.StreamRoutesResponse(
                    request_id=request.request_id, route=route_fields(await self._route(request, context))
                )
            except Exception as error:
                failure = failure_of(error)
                told = {"code": failure.code.value[0], "message": failure.message, "reason": failure.reason}
                response = pb.StreamRoutesResponse(request_id=request.request_id, error=told)
            finally:
                room.release()
            async with writing:
                await context.write(response)

        try:
            async with asyncio.TaskGroup() as tasks:
                async for message in requests:
                    await room.acquire()
                    tasks.create_task(answer(message.request))
        except ExceptionGroup as group:  # the stream itself broke: one reason is enough
            raise group.exceptions[0] from None

    async def RouteBatch(  # type: ignore[override]  # as StreamRoutes
        self, requests: AsyncIterator[pb.RouteBatchRequest], context: Any
    ) -> None:
        await self._batch.route_batch(requests, context)

    def ReoptimizeRoutes(
        self, request: pb.ReoptimizeRoutesRequest, context: Any
    ) -> AsyncIterator[pb.ReoptimizeRoutesResponse]:
        return self._batch.reoptimize(request, context)

    async def RerouteOrder(self, request: pb.RerouteOrderRequest, context: Any) -> pb.RerouteOrderResponse:
        route = await self._router().reroute(
            identifier(request.route_id, "route_id"),
            _rejected(request.rejections),
            request_id(request.request_id),
            fingerprint(b"RerouteOrder", request),
        )
        return pb.RerouteOrderResponse(route=route_fields(route))

    async def ConfirmRoute(self, request: pb.ConfirmRouteRequest, context: Any) -> pb.ConfirmRouteResponse:
        route = await self._router().confirm(identifier(request.route_id, "route_id"), request_id(request.request_id))
        return pb.ConfirmRouteResponse(route=route_fields(route))

    async def ReleaseRoute(self, request: pb.ReleaseRouteRequest, context: Any) -> pb.ReleaseRouteResponse:
        route = await self._router().release(identifier(request.route_id, "route_id"), request_id(request.request_id))
        return pb.ReleaseRouteResponse(route=route_fields(route))

    async def GetRoute(self, request: pb.GetRouteRequest, context: Any) -> pb.GetRouteResponse:
        route = await self._router().get(identifier(request.route_id, "route_id"))
        return pb.GetRouteResponse(route=route_fields(route))

    async def ExplainRoute(self, request: pb.ExplainRouteRequest, context: Any) -> pb.ExplainRouteResponse:
        nodes = tuple(request.node_ids)
        require(len(nodes) <= MAX_EXPLAINED_NODES, "node_ids", len(nodes), f"at most {MAX_EXPLAINED_NODES} nodes")
        return explanation_message(await self._router().explain(identifier(request.route_id, "route_id"), nodes))


def _rejected(messages: Sequence[pb.Rejection]) -> list[Rejected]:
    require(1 <= len(messages) <= MAX_REJECTIONS, "rejections", len(messages), f"1..{MAX_REJECTIONS} rejections")
    rejected: list[Rejected] = []
    faults: list[FieldFault] = []
    for position, message in enumerate(messages):
        exclude = message.exclude_node if message.HasField("exclude_node") else True
        try:
            rejected.append(Rejected(message.node_id, tuple(message.line_ids), exclude))
        except InvalidInput as error:
            faults.extend(within(f"rejections[{position}]", error))
    refuse(faults)
    return rejected
