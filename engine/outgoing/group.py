"""A consumer group on the stream of events: each event goes to one of its members, and again to another where he dies.

At least once: an event is taken, and known as done only once it is. What was taken and not done for long is taken again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis.exceptions

from engine.inventory.connection import Client, store_errors
from engine.lifecycle.events import Event, decode

_GONE_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Taken:
    """An event, and its position in the stream, which names it."""

    position: str
    event: Event


class EventGroup:
    """One member of a group.

    Parameters
    ----------
    client : open, replies as bytes. ledger, group : names.
    member : unique among those who read for the group at the same time.
    again_ms : so long after an event was taken and not done, it is taken again.
    """

    def __init__(self, client: Client, ledger: str, group: str, member: str, again_ms: int = 60_000) -> None:
        self._client: Any = client
        self._stream = f"onebox:{{{ledger}}}:events"
        self._group, self._member, self._again_ms = group, member, again_ms

    async def join(self) -> None:
        """The group is there; a new one begins with the events from now on: nobody wants to hear of the past. Members that did
        nothing for a day are forgotten."""
        with store_errors():
            try:
                await self._client.xgroup_create(self._stream, self._group, "$", mkstream=True)
            except redis.exceptions.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
            for other in await self._client.xinfo_consumers(self._stream, self._group):
                if not other["pending"] and other["idle"] > _GONE_MS:
                    await self._client.xgroup_delconsumer(self._stream, self._group, other["name"])

    async def take(self, limit: int = 100) -> list[Taken]:
        """Events that nobody has taken, after those that somebody took and did not do; the oldest first."""
        with store_errors():
            found = await self._client.xautoclaim(
                self._stream, self._group, self._member, self._again_ms, "0-0", count=limit
            )
            rows = found[1]
            if not rows:
                reply = await self._client.xreadgroup(self._group, self._member, {self._stream: ">"}, count=limit)
                rows = [row for _, of_stream in _pairs(reply) for row in of_stream]
        return [Taken(position.decode(), decode(fields[b"e"])) for position, fields in rows if fields]

    async def done(self, position: str) -> None:
        with store_errors():
            await self._client.xack(self._stream, self._group, position)


def _pairs(reply: Any) -> list[tuple[Any, Any]]:
    """By stream: RESP2 gives pairs, RESP3 a map of lists of lists."""
    if isinstance(reply, dict):
        return [(stream, rows[0] if rows and isinstance(rows[0], list) else rows) for stream, rows in reply.items()]
    return list(reply or ())
