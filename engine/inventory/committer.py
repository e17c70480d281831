"""Group commit: reservations asked for at the same time travel in one script."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Protocol

from engine.inventory.ledger import Ledger, Reserve, ReserveOutcome


class Reserving(Protocol):
    """What takes reservations, one by one: a ``Committer`` or, for a ledger that answers at once, something simpler."""

    def reserve(self, request: Reserve, now: int) -> Awaitable[ReserveOutcome]:
        """To be awaited. Raises StoreUnavailable: whether it was reserved is then not known, and asking again is safe."""
        ...


class Committer:
    """Gathers ``reserve`` calls of one tick of the loop, and those that come while earlier batches are under way.

    A lone request leaves at the end of its tick; under load batches grow by themselves, up to ``batch``, and one round
    trip, one script and one write to the log are shared by all of it.
    """

    def __init__(self, ledger: Ledger, *, batch: int = 64, in_flight: int = 2) -> None:
        self._ledger = ledger
        self._batch = batch
        self._free = in_flight
        self._waiting: deque[tuple[Reserve, int, asyncio.Future[ReserveOutcome]]] = deque()
        self._scheduled = False
        self._tasks: set[asyncio.Task[None]] = set()

    def reserve(self, request: Reserve, now: int) -> asyncio.Future[ReserveOutcome]:
        """See ``Reserving``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ReserveOutcome] = loop.create_future()
        self._waiting.append((request, now, future))
        if self._free and not self._scheduled:
            self._scheduled = True
            loop.call_soon(self._send)
        return future

    def _send(self) -> None:
        self._scheduled = False
        while self._waiting and self._free:
            self._free -= 1
            batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            task = asyncio.get_running_loop().create_task(self._commit(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _commit(self, batch: list[tuple[Reserve, int, asyncio.Future[ReserveOutcome]]]) -> None:
        try:
            outcomes = await self._ledger.reserve([row[0] for row in batch], max(row[1] for row in batch))
            for (_, _, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
        except Exception as error:
            for _, _, future in batch:
                if not future.done():
                    future.set_exception(error)
        finally:
            for _, _, future in batch:
                future.cancel()  # those left when this task itself was cancelled
            self._free += 1
            self._send()
