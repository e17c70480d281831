"""The orders over gRPC: one stream, a few under way at a time, each timed from its writing to its answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.routing.order import Order
from engine.simulation.outcome import Outcome
from server.demo.answered import outcome_of_message


@dataclass(frozen=True, slots=True)
class Latency:
    """Closed loop: ``in_flight`` orders under way at any time on one stream, the client on the server's machine.

    Milliseconds from the writing of an order to the reading of its route, reserved in the store; ``sample_ms`` has every
    order's, in order. ``seconds`` is the whole run's.
    """

    in_flight: int
    seconds: float
    sample_ms: tuple[float, ...]

    def percentile_ms(self, percent: float) -> float:
        return float(np.percentile(self.sample_ms, percent))

    @property
    def orders_per_s(self) -> float:
        return len(self.sample_ms) / self.seconds


@dataclass(frozen=True, slots=True)
class Served:
    """Outcomes in the orders' order, and how long each took."""

    outcomes: tuple[Outcome, ...]
    latency: Latency


def route_all(
    address: str, orders: Sequence[Order], backorder_cost: int, in_flight: int, advance: Callable[[float], None]
) -> Served:
    """Route every order and hold its stock. Raises CallRefused, StoreUnavailable."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_route_all(address, orders, backorder_cost, in_flight, advance))


async def _route_all(
    address: str, orders: Sequence[Order], backorder_cost: int, in_flight: int, advance: Callable[[float], None]
) -> Served:
    import grpc
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from server.cli.calls import CallRefused
    from server.conversion.order_messages import order_message

    requests = [
        pb.StreamRoutesRequest(request=pb.RouteOrderRequest(request_id=str(number), order=order_message(order)))
        for number, order in enumerate(orders)
    ]
    written_at, took_ms = [0.0] * len(orders), [0.0] * len(orders)
    answers: list[Any] = [None] * len(orders)
    room = asyncio.Semaphore(in_flight)

    async with grpc.aio.insecure_channel(address) as channel:
        call = RoutingServiceStub(channel).StreamRoutes()

        async def write() -> None:
            for number, request in enumerate(requests):
                await room.acquire()
                written_at[number] = time.perf_counter()
                await call.write(request)
            await call.done_writing()

        started = time.perf_counter()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(write())
                async for answer in call:
                    now, number = time.perf_counter(), int(answer.request_id)
                    room.release()
                    if answer.HasField("error"):
                        raise CallRefused(f"order {orders[number].order_id}: {answer.error.message}")
                    took_ms[number] = (now - written_at[number]) * 1e3
                    answers[number] = answer.route
                    advance(1)
        except ExceptionGroup as group:
            raise _first(group) from None
        seconds = time.perf_counter() - started
    outcomes = tuple(outcome_of_message(route, backorder_cost) for route in answers)
    return Served(outcomes, Latency(in_flight, seconds, tuple(took_ms)))


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """One reason is enough; a broken call is told as the command line tells it."""
    import grpc

    from server.cli.calls import CallRefused

    error = group.exceptions[0]
    if isinstance(error, grpc.aio.AioRpcError):
        return CallRefused(f"{error.code().name}: {error.details()}")
    return error
