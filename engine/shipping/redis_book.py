"""The local carrier's book on Redis or Valkey.

| key below `onebox:{name}:carrier:` | type | holds |
|---|---|---|
| `serial` | string | the next serial |
| `label:ID` | hash | `entry` (without void), `void` |
| `scans:NUMBER` | set | scans |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from engine.errors import NotFound
from engine.inventory.connection import Client, store_errors
from engine.shipping.book import Entry, Used, checked_scans, same_consignment
from engine.shipping.carrier import Consignment
from engine.shipping.tracking import TrackingEvent, in_order

_ISSUE = """
local known = redis.call('HMGET', KEYS[1], 'consignment', 'serial', 'time', 'void')
if known[1] then return known end
local first = redis.call('INCRBY', KEYS[2], ARGV[2]) - ARGV[2]
redis.call('HSET', KEYS[1], 'consignment', ARGV[1], 'serial', first, 'time', ARGV[3])
return {ARGV[1], tostring(first), ARGV[3], false}
"""
_VOID = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
for n = 2, #KEYS do
  if redis.call('EXISTS', KEYS[n]) == 1 then return 2 end
end
redis.call('HSET', KEYS[1], 'void', 1)
return 0
"""


class RedisBook:
    """See ``CarrierBook``. ``name`` is the ledger's: books of different names share a store. The client stays open."""

    def __init__(self, client: Client, name: str = "main") -> None:
        self._client: Any = client  # redis-py types replies as bytes or text; ours are bytes
        self._prefix = f"onebox:{{{name}}}:carrier:"
        self._issue = self._client.register_script(_ISSUE)
        self._void = self._client.register_script(_VOID)

    async def issue(self, consignment: Consignment, now: int) -> Entry:
        keys = [self._label(consignment.consignment_id), f"{self._prefix}serial"]
        arguments: list[bytes | int] = [msgspec.msgpack.encode(consignment), len(consignment.parcels), now]
        with store_errors():
            reply = await self._issue(keys=keys, args=arguments)
        return same_consignment(_entry(reply), consignment)

    async def entry(self, consignment_id: str) -> Entry:
        with store_errors():
            reply = await self._client.hmget(self._label(consignment_id), "consignment", "serial", "time", "void")
        if reply[0] is None:
            raise NotFound("label", consignment_id)
        return _entry(reply)

    async def void(self, consignment_id: str, numbers: Sequence[str]) -> None:
        keys = [self._label(consignment_id), *map(self._scans, numbers)]
        with store_errors():
            reply = await self._void(keys=keys)
        if reply == 1:
            raise NotFound("label", consignment_id)
        if reply == 2:
            raise Used

    async def scan(self, events: Sequence[TrackingEvent]) -> None:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            for event in checked_scans(events):
                pipeline.sadd(self._scans(event.tracking_number), msgspec.msgpack.encode(event))
            await pipeline.execute()

    async def scans(self, numbers: Iterable[str]) -> tuple[TrackingEvent, ...]:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            for number in numbers:
                pipeline.smembers(self._scans(number))
            replies = await pipeline.execute()
        return in_order(msgspec.msgpack.decode(told, type=TrackingEvent) for reply in replies for told in reply)

    def _label(self, consignment_id: str) -> str:
        return f"{self._prefix}label:{consignment_id}"

    def _scans(self, number: str) -> str:
        return f"{self._prefix}scans:{number}"


def _entry(reply: Sequence[bytes | None]) -> Entry:
    consignment, serial, time, void = reply
    assert consignment is not None
    assert serial is not None
    assert time is not None
    return Entry(msgspec.msgpack.decode(consignment, type=Consignment), int(serial), int(time), void is not None)
