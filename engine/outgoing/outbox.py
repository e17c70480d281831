"""What is still to be sent to one endpoint, on Redis or Valkey in the ledger's slot.

Every order has a queue of its own, so that an order whose events fail holds up no other, and no event of an order overtakes
another. Below ``onebox:{name}:webhooks:ENDPOINT:`` lie ``cursor`` (events up to it are queued), ``queue:ORDER`` (a list:
position, space, event), ``due`` (a sorted set: orders by the instant of their next try), ``failures`` (a hash by order) and
``dead`` (a hash of what was given up, by position: instant, space, status, space, what lay in the queue).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.inventory.connection import Client, store_errors
from engine.lifecycle.events import Event, decode, encode, place_of

_QUEUE = """
local prefix, before, cursor, now = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if (redis.call('GET', prefix .. 'cursor') or '0') ~= before then return 0 end
for index = 4, #ARGV, 2 do
  redis.call('RPUSH', prefix .. 'queue:' .. ARGV[index], ARGV[index + 1])
  redis.call('ZADD', prefix .. 'due', 'NX', now, ARGV[index])
end
redis.call('SET', prefix .. 'cursor', cursor)
return 1
"""
_LEASE = """
local prefix, now, until_, limit = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local found = {}
for _, order in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'due', '-inf', now, 'LIMIT', 0, limit)) do
  redis.call('ZADD', prefix .. 'due', until_, order)
  local failures = redis.call('HGET', prefix .. 'failures', order) or '0'
  table.insert(found, {order, redis.call('LINDEX', prefix .. 'queue:' .. order, 0), failures})
end
return found
"""
_DONE = """
local prefix, order, head, now, position, status = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = prefix .. 'queue:' .. order
if redis.call('LINDEX', key, 0) ~= head then return 0 end
redis.call('LPOP', key)
redis.call('HDEL', prefix .. 'failures', order)
if status then redis.call('HSET', prefix .. 'dead', position, now .. ' ' .. status .. ' ' .. head) end
if redis.call('EXISTS', key) == 1 then redis.call('ZADD', prefix .. 'due', now, order)
else redis.call('ZREM', prefix .. 'due', order) end
return 1
"""
_FAILED = """
local prefix, order, head, due = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if redis.call('LINDEX', prefix .. 'queue:' .. order, 0) ~= head then return 0 end
redis.call('HINCRBY', prefix .. 'failures', order, 1)
redis.call('ZADD', prefix .. 'due', due, order)
return 1
"""
_REVIVE = """
local prefix, now, count = KEYS[1], ARGV[1], 0
for index = 2, #ARGV, 3 do
  local position, order, head = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  if redis.call('HDEL', prefix .. 'dead', position) == 1 then
    redis.call('RPUSH', prefix .. 'queue:' .. order, head)
    redis.call('ZADD', prefix .. 'due', 'NX', now, order)
    count = count + 1
  end
end
return count
"""
_BLOCK = 500
"""Dead letters revived by one script."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next event of an order, as it lies in its queue too, and how often in a row it failed."""

    position: str
    event: Event
    failures: int
    head: bytes


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was given up at ``time`` (UTC seconds); ``status`` is the last answer's, 0 where there was none."""

    position: str
    event: Event
    time: int
    status: int
    head: bytes


class Outbox:
    """See the module. ``client`` is open, replies as bytes; ``ledger`` and ``endpoint`` are names."""

    def __init__(self, client: Client, ledger: str, endpoint: str) -> None:
        self._client: Any = client
        self._prefix = f"onebox:{{{ledger}}}:webhooks:{endpoint}:"

    async def cursor(self) -> str:
        """The position of the last event that was queued, "0" at first."""
        with store_errors():
            found: bytes | None = await self._client.get(f"{self._prefix}cursor")
        return "0" if found is None else found.decode()

    async def queue(self, before: str, events: Sequence[tuple[str, Event]], now: int) -> bool:
        """Queue the events that follow ``before``; False where another server did."""
        rows = [part for position, event in events for part in (event.order_id, _written(position, event))]
        return bool(await self._run(_QUEUE, before, events[-1][0], now, *rows))

    async def lease(self, now: int, lease_s: int, limit: int) -> list[Due]:
        """The next event of each order that is due, which nobody else gets until the lease is over."""
        found = await self._run(_LEASE, now, now + lease_s, limit)
        return [_due(head, int(failures)) for _, head, failures in found if head is not None]

    async def delivered(self, due: Due, now: int) -> None:
        """The order's next event is due at once."""
        await self._run(_DONE, due.event.order_id, due.head, now, due.position)

    async def given_up(self, due: Due, now: int, status: int) -> None:
        """It goes to the dead letters, and the order's next event is due."""
        await self._run(_DONE, due.event.order_id, due.head, now, due.position, status)

    async def failed(self, due: Due, again: int) -> None:
        """Try it again at ``again``, UTC seconds."""
        await self._run(_FAILED, due.event.order_id, due.head, again)

    async def waiting(self) -> int:
        """How many orders have events that are still to be sent."""
        with store_errors():
            return int(await self._client.zcard(f"{self._prefix}due"))

    async def dead_count(self) -> int:
        with store_errors():
            return int(await self._client.hlen(f"{self._prefix}dead"))

    async def dead(self) -> list[DeadLetter]:
        """What was given up, in the order of the events."""
        with store_errors():
            rows = await self._client.hgetall(f"{self._prefix}dead")
        return sorted(map(_dead, rows.values()), key=lambda letter: place_of(letter.position))

    async def dead_letter(self, position: str) -> DeadLetter:
        """Raises NotFound."""
        with store_errors():
            row = await self._client.hget(f"{self._prefix}dead", position)
        if row is None:
            raise NotFound("dead letter", position)
        return _dead(row)

    async def revive(self, letters: Sequence[DeadLetter], now: int) -> int:
        """Queue them once more, behind what is queued of their orders; how many. One that somebody else revived is left."""
        count = 0
        for first in range(0, len(letters), _BLOCK):
            rows = [
                part
                for each in letters[first : first + _BLOCK]
                for part in (each.position, each.event.order_id, each.head)
            ]
            count += int(await self._run(_REVIVE, now, *rows))
        return count

    async def _run(self, script: str, *arguments: str | bytes | int) -> Any:
        with store_errors():
            return await self._client.eval(script, 1, self._prefix, *arguments)


def _written(position: str, event: Event) -> bytes:
    return position.encode() + b" " + encode(event)


def _dead(row: bytes) -> DeadLetter:
    time, status, head = row.split(b" ", 2)
    due = _due(head, 0)
    return DeadLetter(due.position, due.event, int(time), int(status), head)


def _due(head: bytes, failures: int) -> Due:
    position, _, event = head.partition(b" ")
    return Due(position.decode(), decode(event), failures, head)
