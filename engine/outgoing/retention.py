"""How long events stay in the stream: until they are old, and everybody who is to have them has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.inventory.connection import Client, store_errors

_TRIM = """
local prefix, stream = KEYS[1], KEYS[1] .. 'events'
if redis.call('EXISTS', stream) == 0 then return 0 end
local milliseconds, number = tonumber(ARGV[1]) * 1000, 0
local function keep_from(position)
  local ms, n = string.match(position or '0', '^(%d+)%-?(%d*)$')
  ms, n = tonumber(ms), tonumber(n) or 0
  if ms < milliseconds or (ms == milliseconds and n < number) then milliseconds, number = ms, n end
end
keep_from(redis.call('GET', prefix .. 'events:exported') or nil)
for index = 2, #ARGV do
  keep_from(redis.call('GET', prefix .. 'webhooks:' .. ARGV[index] .. ':cursor') or nil)
end
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = {}
  for index = 1, #flat, 2 do group[flat[index]] = flat[index + 1] end
  keep_from(group['last-delivered-id'])
  if group['pending'] > 0 then keep_from(redis.call('XPENDING', stream, group['name'])[2]) end
end
local first = string.format('%.0f-%.0f', milliseconds, number)
local gone = redis.call('XTRIM', stream, 'MINID', '~', first, 'LIMIT', 10000)
if gone > 0 then redis.call('SET', prefix .. 'events:trimmed', first) end
return gone
"""


class Retention:
    """The events of the ledger ``name``. ``client`` is open, replies as bytes."""

    def __init__(self, client: Client, name: str) -> None:
        self._client: Any = client
        self._prefix = f"onebox:{{{name}}}:"

    async def trim(self, before: int, endpoints: Sequence[str]) -> int:
        """Let go of events older than ``before`` (UTC seconds) that an export, all ``endpoints`` and every consumer group
        have; how many. Some that could go stay until the next time: the stream gives them up by the block."""
        with store_errors():
            return int(await self._client.eval(_TRIM, 1, self._prefix, before, *endpoints))

    async def mark_exported(self, position: str) -> None:
        """An export has the events up to ``position``."""
        with store_errors():
            await self._client.set(f"{self._prefix}events:exported", position)

    async def trimmed(self) -> bool:
        """Were events let go ever?"""
        with store_errors():
            return bool(await self._client.exists(f"{self._prefix}events:trimmed"))
