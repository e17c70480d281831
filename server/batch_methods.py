"""RouteBatch and ReoptimizeRoutes: messages to what is asked, and what happens to messages, as it happens."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from onebox.v1 import order_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.errors import FieldFault, InvalidInput, OneboxError
from engine.network.batch_rules import BatchRules
from engine.network.checks import require
from engine.routing.batch_answers import MAX_ORDERS, Answer, BatchRequest, BatchSummary, Told
from engine.routing.order import Order
from engine.routing.reoptimized import Reoptimized, ReoptimizeRequest
from server.batch_queue import Adopting, Queue, Remembers, taken_from
from server.clock import Clock
from server.conversion.batch_rules import rules_from
from server.conversion.batches import (
    answer_fields,
    check_ids,
    limits_from,
    move_fields,
    progress_fields,
    refusal_fields,
    reoptimize_request,
    reoptimized_fields,
    summary_fields,
)
from server.conversion.fields import MAX_ID, request_id, within
from server.conversion.orders import order_from
from server.tasks import end
from solvers.batch_problem import Progress


class Batches(Remembers, Protocol):
    """What the methods ask of the engine."""

    @property
    def currency(self) -> str: ...

    @property
    def rules(self) -> BatchRules: ...

    async def route(self, asked: BatchRequest, told: Told) -> BatchSummary: ...


class Reoptimizer(Protocol):
    """The same."""

    async def run(self, asked: ReoptimizeRequest, told: Told) -> Reoptimized: ...


class HasBatches(Protocol):
    """The router in force."""

    @property
    def batches(self) -> Batches: ...

    @property
    def reoptimizer(self) -> Reoptimizer: ...


@dataclass(slots=True)
class _Read:
    """A batch as it came. ``refused`` are messages that are no orders."""

    request_id: str = ""
    terms: pb.BatchTerms = field(default_factory=pb.BatchTerms)
    messages: list[order_pb2.Order] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    refused: list[tuple[str, OneboxError]] = field(default_factory=list)
    fingerprint: bytes = b""
    queue: pb.CapturedQueue | None = None


class BatchMethods:
    """See the contract.

    Parameters
    ----------
    router : the router in force; raises NotReady while there is none.
    clock : see ``server.clock``.
    queue : of captured orders.
    """

    def __init__(self, router: Callable[[], HasBatches], clock: Clock, queue: Queue) -> None:
        self._router = router
        self._clock = clock
        self._queue = queue

    async def route_batch(self, requests: AsyncIterator[pb.RouteBatchRequest], context: Any) -> None:
        batches, currency = self._router().batches, self._router().batches.currency
        started, done = monotonic(), 0
        read = await self._read(requests)
        if read.queue is not None:
            waiting = read.queue, read.request_id, read.fingerprint, read.terms.validate_only
            taken = await taken_from(self._queue, batches, *waiting)
            read.orders, read.refused = list(taken.orders), list(taken.refused)
        limits = limits_from(read.terms, context.time_remaining(), "terms.", price_rules=not read.terms.skip_rule_costs)
        asked = BatchRequest(
            read.request_id,
            read.fingerprint,
            tuple(read.orders),
            rules_from(read.terms.rules, "terms.rules", batches.rules),
            limits,
            read.terms.validate_only,
        )
        async with answering(context) as say:
            if read.refused:
                refusals = [refusal_fields(order_id, error) for order_id, error in read.refused]
                say(pb.RouteBatchResponse(routes={"routes": refusals}))

            def progress(at: Progress) -> None:
                say(pb.RouteBatchResponse(progress=progress_fields(at, done, monotonic() - started)))

            def answers(found: Sequence[Answer]) -> None:
                nonlocal done
                done += len(found)
                say(pb.RouteBatchResponse(routes={"routes": [answer_fields(answer) for answer in found]}))

            try:
                if read.queue is None or read.terms.validate_only:
                    summary = await batches.route(asked, Told(progress, answers))
                else:
                    summary = await self._adopted(batches, asked, Told(progress, answers))
            except InvalidInput as error:
                raise InvalidInput(*within("terms.rules", error)) from None
            ids = [order.order_id for order in read.orders]
            say(pb.RouteBatchResponse(summary=summary_fields(summary, ids, currency, len(read.refused))))

    async def _adopted(self, batches: Batches, asked: BatchRequest, told: Told) -> BatchSummary:
        """Each order is given its route before it is answered."""
        orders = {order.order_id: order for order in asked.orders}
        adopting = Adopting(self._queue, orders, asked.request_id, asked.fingerprint, told.answers)
        running = asyncio.create_task(adopting.run(), name="batch adopting")
        try:
            summary = await batches.route(asked, Told(told.progress, adopting.came))
            adopting.end()
            await running
        finally:
            await end(running)
        return summary

    async def reoptimize(
        self, request: pb.ReoptimizeRoutesRequest, context: Any
    ) -> AsyncIterator[pb.ReoptimizeRoutesResponse]:
        router = self._router()
        currency, started = router.batches.currency, monotonic()
        asked = reoptimize_request(request, context.time_remaining())
        waiting: asyncio.Queue[pb.ReoptimizeRoutesResponse | None] = asyncio.Queue()

        def progress(at: Progress) -> None:
            fields = progress_fields(at, 0, monotonic() - started)
            waiting.put_nowait(pb.ReoptimizeRoutesResponse(progress=fields))

        async def run() -> None:
            try:
                found = await router.reoptimizer.run(asked, Told(progress))
                for move in found.moves:
                    waiting.put_nowait(pb.ReoptimizeRoutesResponse(move=move_fields(move, currency)))
                waiting.put_nowait(pb.ReoptimizeRoutesResponse(summary=reoptimized_fields(found, currency)))
            finally:
                waiting.put_nowait(None)

        running = asyncio.create_task(run(), name="reoptimize")
        try:
            while (message := await waiting.get()) is not None:
                yield message
            await running
        finally:
            await end(running)

    async def _read(self, requests: AsyncIterator[pb.RouteBatchRequest]) -> _Read:
        """All of the batch. Raises InvalidInput for what is wrong with the whole of it."""
        read: _Read | None = None
        async for message in requests:
            if read is None:
                read = _Read(request_id(message.request_id), message.terms)
                read.queue = message.queue if message.HasField("queue") else None
            if len(read.messages) + len(message.orders) > MAX_ORDERS:
                came = len(read.messages) + len(message.orders)
                raise InvalidInput(FieldFault("orders", f"{came} and perhaps more", f"1..{MAX_ORDERS} orders"))
            read.messages += message.orders
        if read is not None and read.queue is not None:
            require(not read.messages, "orders", len(read.messages), "none beside a queue")
            asked = pb.RouteBatchRequest(terms=read.terms, queue=read.queue).SerializeToString(deterministic=True)
            read.fingerprint = hashlib.blake2b(b"RouteBatch queue" + asked, digest_size=16).digest()
            return read
        if read is None or not read.messages:
            raise InvalidInput(FieldFault("orders", "0", f"1..{MAX_ORDERS} orders"))
        check_ids([message.order_id for message in read.messages])
        digest = hashlib.blake2b(b"RouteBatch" + read.terms.SerializeToString(deterministic=True), digest_size=16)
        now = self._clock()
        for position, order in enumerate(read.messages):
            data = order.SerializeToString(deterministic=True)
            digest.update(len(data).to_bytes(4, "little") + data)
            try:
                read.orders.append(order_from(order, now))
            except InvalidInput as error:
                read.refused.append((order.order_id[:MAX_ID], error))
            if position % 256 == 255:
                await asyncio.sleep(0)  # other calls go on meanwhile
        read.fingerprint = digest.digest()
        self._clock.reached(max((each.order_time for each in read.orders), default=now))
        return read


@asynccontextmanager
async def answering(context: Any) -> AsyncIterator[Callable[[Any], None]]:
    """A way to say messages without waiting; they go out in order, all of them before the block is left in peace."""
    waiting: asyncio.Queue[Any] = asyncio.Queue()

    async def write() -> None:
        while (message := await waiting.get()) is not None:
            await context.write(message)

    writing = asyncio.create_task(write(), name="batch answers")
    try:
        yield waiting.put_nowait
        waiting.put_nowait(None)
        await writing
    finally:
        await end(writing)
