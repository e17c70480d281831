"""Sending events to one endpoint until each arrived, or was given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from engine.lifecycle.events import Event
from engine.outgoing.backoff import Backoff
from engine.outgoing.outbox import Due, Outbox
from engine.outgoing.webhook import Endpoint, message_of

Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""URL, headers and body to the status of the answer; 0 where there was none."""


class EventSource(Protocol):
    """Where events come from: the life cycle's stream."""

    async def events(self, after: str = "0", limit: int = 1_000) -> list[tuple[str, Event]]:
        """The events behind a position, in order, each with its own."""
        ...


@dataclass(slots=True)
class Dispatcher:
    """Sends what ``source`` has to ``endpoint``. Several may run at once: they share the outbox.

    Attributes
    ----------
    chance : spreads the tries.
    at_once : orders whose next event is sent at a time.
    lease_s : longer than a try may take.
    """

    endpoint: Endpoint
    source: EventSource
    outbox: Outbox
    post: Post
    clock: Callable[[], int]
    chance: Random
    backoff: Backoff = field(default_factory=Backoff)
    at_once: int = 32
    lease_s: int = 60

    async def step(self) -> int:
        """Queue what is new and try what is due; how many were tried."""
        await self._queue_new()
        due = await self.outbox.lease(self.clock(), self.lease_s, self.at_once)
        await asyncio.gather(*map(self._try, due))
        return len(due)

    async def _queue_new(self) -> None:
        cursor = await self.outbox.cursor()
        while events := await self.source.events(cursor):
            if not await self.outbox.queue(cursor, events, self.clock()):
                return
            cursor = events[-1][0]

    async def _try(self, due: Due) -> None:
        message = message_of(self.endpoint, due.position, due.event, self.clock())
        status = await self.post(self.endpoint.url, message.headers, message.body)
        now = self.clock()
        if 200 <= status < 300:
            await self.outbox.delivered(due, now)
            return
        wait_s = self.backoff.wait_s(due.failures + 1, self.chance)
        if wait_s is None or status == 410:  # Gone: the receiver wants no more of it
            await self.outbox.given_up(due, now, status)
        else:
            await self.outbox.failed(due, now + wait_s)
