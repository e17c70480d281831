"""RouteBatch over captured orders: which ones, and each route given to its order as it is held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from onebox.v1 import routing_service_pb2 as pb

from engine.errors import NotFound, OneboxError
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.life import Life
from engine.network.checks import require
from engine.routing.batch_answers import MAX_ORDERS, Answer
from engine.routing.order import Order
from engine.routing.route import Route

ACTOR = "batch"
_LIMIT = 1_000
_AT_A_TIME = 16


class Queue(Protocol):
    """What is asked of the desk."""

    async def captured(self, channel: str = "", limit: int = _LIMIT) -> list[str]: ...

    async def waiting_order(self, order_id: str) -> Order: ...

    async def adopt(self, order: Order, route: Route, asked: Asked) -> Life: ...


class Remembers(Protocol):
    """What is asked of the batches."""

    async def queued(self, request_id: str, fingerprint: bytes, order_ids: Sequence[str]) -> list[str]: ...

    async def decided(self, request_id: str, order_ids: Sequence[str]) -> dict[str, Order]: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """Orders of the queue as the router takes them, and those that can't be decided now."""

    orders: tuple[Order, ...]
    refused: tuple[tuple[str, OneboxError], ...]


async def taken_from(
    queue: Queue, batches: Remembers, asked: pb.CapturedQueue, request_id: str, fingerprint: bytes, validate_only: bool
) -> Taken:
    """The same request id takes the same orders, those decided before as they were then. Raises InvalidInput, RequestReused."""
    limit = asked.limit if asked.HasField("limit") else _LIMIT
    require(1 <= limit <= MAX_ORDERS, "queue.limit", limit, f"a count in 1..{MAX_ORDERS}")
    ids = await queue.captured(asked.channel, limit)
    before: dict[str, Order] = {}
    if not validate_only:
        ids = await batches.queued(request_id, fingerprint, ids)
        before = await batches.decided(request_id, ids)
    orders: list[Order] = []
    refused: list[tuple[str, OneboxError]] = []
    for order_id in ids:
        try:
            orders.append(before[order_id] if order_id in before else await queue.waiting_order(order_id))
        except OneboxError as error:
            refused.append((order_id, error))
    return Taken(tuple(orders), tuple(refused))


@dataclass(slots=True)
class Adopting:
    """Gives routes to their orders beside the batch, and passes answers on once that is done."""

    queue: Queue
    orders: dict[str, Order]
    request_id: str
    fingerprint: bytes
    answers: Callable[[Sequence[Answer]], None]
    _waiting: asyncio.Queue[Sequence[Answer] | None] = field(default_factory=asyncio.Queue)

    def came(self, found: Sequence[Answer]) -> None:
        self._waiting.put_nowait(found)

    def end(self) -> None:
        """No more will come."""
        self._waiting.put_nowait(None)

    async def run(self) -> None:
        """Until ``end``."""
        while (found := await self._waiting.get()) is not None:
            for first in range(0, len(found), _AT_A_TIME):
                block = found[first : first + _AT_A_TIME]
                self.answers(await asyncio.gather(*[self._adopted(answer) for answer in block]))

    async def _adopted(self, answer: Answer) -> Answer:
        if answer.route is None:
            return answer
        order = self.orders.get(answer.order_id)
        asked = Asked(name_of(ACTOR, self.request_id, answer.order_id), self.fingerprint, ACTOR)
        try:
            if order is None:
                raise NotFound("order", answer.order_id)
            await self.queue.adopt(order, answer.route, asked)
        except OneboxError as error:
            return replace(answer, route=None, error=error)
        return answer
