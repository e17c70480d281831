"""The inbox on Redis or Valkey, in the ledger's slot: every change is one script, so a crash leaves it whole or undone.

Below ``onebox:{name}:capture:`` lie ``order:ID`` (a hash: digest, order, position), ``position`` and ``log`` (a stream,
numbered without gaps), ``taken`` (a position in it), ``document:ID`` (the bytes), ``held:ID`` (a hash: the entry in
quarantine), ``held`` (a sorted set of those, by first time), ``parts:ORDER`` (a sorted set of those that are INCOMPLETE, by
delivery) and ``deliveries`` (how many there were).
"""

from __future__ import annotations

from typing import Any

import msgspec

from engine.capture.captured import CapturedOrder
from engine.capture.inbox import (
    Acceptance,
    Accepted,
    Quarantined,
    Reason,
    Refusal,
    content_digest,
    document_id,
)
from engine.errors import NotFound
from engine.inventory.connection import Client, store_errors

_ACCEPT = """
local prefix, id, digest, order, raw, document, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local known = redis.call('HMGET', prefix .. 'order:' .. id, 'digest', 'position')
if known[1] and known[1] ~= digest then return {2, tonumber(known[2])} end
redis.call('DEL', prefix .. 'held:' .. raw)
redis.call('ZREM', prefix .. 'held', raw)
for _, part in ipairs(redis.call('ZRANGE', prefix .. 'parts:' .. id, 0, -1)) do
  redis.call('DEL', prefix .. 'held:' .. part)
  redis.call('ZREM', prefix .. 'held', part)
  if part ~= raw then redis.call('DEL', prefix .. 'document:' .. part) end
end
redis.call('DEL', prefix .. 'parts:' .. id)
if known[1] then
  redis.call('EXPIRE', prefix .. 'document:' .. raw, ttl)
  return {1, tonumber(known[2])}
end
local position = redis.call('INCR', prefix .. 'position')
redis.call('HSET', prefix .. 'order:' .. id, 'digest', digest, 'order', order, 'position', position)
redis.call('XADD', prefix .. 'log', position .. '-0', 'order', id)
redis.call('SET', prefix .. 'document:' .. raw, document, 'EX', ttl)
return {0, position}
"""

_QUARANTINE = """
local prefix, raw, channel, document, now = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = prefix .. 'held:' .. raw
redis.call('SET', prefix .. 'document:' .. raw, document)
local parts = prefix .. 'parts:' .. ARGV[7]
if ARGV[5] == 'INCOMPLETE' and ARGV[7] ~= '' then
  redis.call('ZADD', parts, redis.call('INCR', prefix .. 'deliveries'), raw)
else
  redis.call('ZREM', parts, raw)
end
redis.call('HSETNX', key, 'first_time', now)
redis.call('HSET', key, 'channel', channel, 'size', #document, 'last_time', now,
  'reason', ARGV[5], 'detail', ARGV[6], 'order_id', ARGV[7])
redis.call('HINCRBY', key, 'tries', 1)
redis.call('ZADD', prefix .. 'held', 'NX', now, raw)
return redis.call('HGETALL', key)
"""

_DISMISS = """
local prefix, raw = KEYS[1], ARGV[1]
local order = redis.call('HGET', prefix .. 'held:' .. raw, 'order_id')
if not order then return 0 end
redis.call('DEL', prefix .. 'held:' .. raw)
redis.call('ZREM', prefix .. 'held', raw)
redis.call('ZREM', prefix .. 'parts:' .. order, raw)
redis.call('DEL', prefix .. 'document:' .. raw)
return 1
"""

_TAKEN = """
local taken = tonumber(redis.call('GET', KEYS[1] .. 'taken') or 0)
if tonumber(ARGV[1]) > taken then redis.call('SET', KEYS[1] .. 'taken', ARGV[1]) end
"""

_ACCEPTANCES = (Acceptance.NEW, Acceptance.SAME, Acceptance.CHANGED)


class RedisInbox:
    """See ``Inbox``.

    Parameters
    ----------
    client : an open client, replies as bytes; the inbox does not close it.
    name : the ledger's name.
    document_ttl_s : how long the documents of accepted orders are kept; those in quarantine stay.
    """

    def __init__(self, client: Client, name: str = "main", *, document_ttl_s: int = 90 * 86_400) -> None:
        self._client: Any = client
        self._prefix = f"onebox:{{{name}}}:capture:"
        self._document_ttl_s = document_ttl_s

    async def accept(self, captured: CapturedOrder, document: bytes, now: int) -> Accepted:
        raw_id = document_id(captured.channel, document)
        order = msgspec.json.encode(msgspec.structs.replace(captured, raw_id=raw_id))
        answer, position = await self._run(
            _ACCEPT, captured.order_id, content_digest(captured), order, raw_id, document, self._document_ttl_s
        )
        return Accepted(captured.order_id, _ACCEPTANCES[answer], position)

    async def known(self, captured: CapturedOrder) -> Acceptance:
        with store_errors():
            digest = await self._client.hget(self._order_key(captured.order_id), "digest")
        if digest is None:
            return Acceptance.NEW
        return Acceptance.SAME if digest == content_digest(captured) else Acceptance.CHANGED

    async def order(self, order_id: str) -> CapturedOrder:
        with store_errors():
            found = await self._client.hget(self._order_key(order_id), "order")
        if found is None:
            raise NotFound("captured order", order_id)
        return msgspec.json.decode(found, type=CapturedOrder)

    async def after(self, position: int, limit: int = 100) -> list[tuple[int, CapturedOrder]]:
        with store_errors():
            log = await self._client.xrange(f"{self._prefix}log", f"{position + 1}-0", "+", count=limit)
        return [(int(entry.split(b"-")[0]), await self.order(row[b"order"].decode())) for entry, row in log]

    async def taken(self) -> int:
        with store_errors():
            return int(await self._client.get(f"{self._prefix}taken") or 0)

    async def mark_taken(self, position: int) -> None:
        await self._run(_TAKEN, position)

    async def document(self, raw_id: str) -> bytes:
        with store_errors():
            found: bytes | None = await self._client.get(f"{self._prefix}document:{raw_id}")
        if found is None:
            raise NotFound("document", raw_id)
        return found

    async def parts(self, order_id: str) -> list[bytes]:
        with store_errors():
            captured = await self._client.hget(self._order_key(order_id), "order")
            ids = [raw.decode() for raw in await self._client.zrange(f"{self._prefix}parts:{order_id}", 0, -1)]
            if captured is not None:
                ids.insert(0, msgspec.json.decode(captured, type=CapturedOrder).raw_id)
            found = await self._client.mget([f"{self._prefix}document:{raw_id}" for raw_id in ids]) if ids else []
        return [document for document in found if document is not None]

    async def quarantine(self, channel: str, document: bytes, refusal: Refusal, now: int) -> Quarantined:
        raw_id = document_id(channel, document)
        words = (refusal.reason.value, refusal.detail, refusal.order_id)
        row = await self._run(_QUARANTINE, raw_id, channel, document, now, *words)
        return _quarantined(raw_id, dict(zip(row[::2], row[1::2], strict=True)))

    async def in_quarantine(self, limit: int = 1_000) -> list[Quarantined]:
        with store_errors():
            ids = [raw.decode() for raw in await self._client.zrange(f"{self._prefix}held", 0, limit - 1)]
            pipeline = self._client.pipeline(transaction=False)
            for raw_id in ids:
                pipeline.hgetall(f"{self._prefix}held:{raw_id}")
            rows = await pipeline.execute() if ids else []
        return [_quarantined(raw_id, row) for raw_id, row in zip(ids, rows, strict=True) if row]

    async def quarantined(self, quarantine_id: str) -> Quarantined:
        with store_errors():
            row = await self._client.hgetall(f"{self._prefix}held:{quarantine_id}")
        if not row:
            raise NotFound("document in quarantine", quarantine_id)
        return _quarantined(quarantine_id, row)

    async def dismiss(self, quarantine_id: str) -> None:
        if not await self._run(_DISMISS, quarantine_id):
            raise NotFound("document in quarantine", quarantine_id)

    def _order_key(self, order_id: str) -> str:
        return f"{self._prefix}order:{order_id}"

    async def _run(self, script: str, *arguments: str | bytes | int) -> Any:
        with store_errors():
            return await self._client.eval(script, 1, self._prefix, *arguments)


def _quarantined(raw_id: str, row: dict[bytes, bytes]) -> Quarantined:
    text = {name.decode(): value.decode() for name, value in row.items()}
    refusal = Refusal(Reason(text["reason"]), text["detail"], text["order_id"])
    times = int(text["first_time"]), int(text["last_time"])
    return Quarantined(raw_id, text["channel"], refusal, *times, int(text["tries"]), int(text["size"]))
