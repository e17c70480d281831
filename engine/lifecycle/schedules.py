"""Where schedules are kept: one protocol, a memory and a Redis or Valkey store, proven by one test suite.

A change is made from a version and takes effect on that alone; a request id is answered once (I5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.errors import RequestReused
from engine.inventory.connection import store_errors
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_format import prefixed, unprefixed
from engine.inventory.redis_ledger import RedisLedger, Script
from engine.lifecycle import schedule as schedule_format
from engine.lifecycle.schedule import Schedule

_CHANGE = Script(Path(__file__).parent / "lua" / "change_schedule.lua")


@dataclass(frozen=True, slots=True)
class FoundSchedule:
    """``version`` 0 and None: there is none. ``answered``: what the request id was answered before."""

    schedule: Schedule | None
    version: int
    answered: Schedule | None = None


class Schedules(Protocol):
    """See the module."""

    async def find(self, schedule_id: str, request_id: str = "", fingerprint: bytes = b"") -> FoundSchedule:
        """Raises RequestReused, StoreUnavailable."""
        ...

    async def change(self, schedule: Schedule, version: int, request_id: str, fingerprint: bytes, now: int) -> bool:
        """Keep it, as made from a version; False where that has moved on, or the request was answered meanwhile."""
        ...

    async def due(self, now: int) -> list[str]:
        """Ids of those that order by now, the longest overdue first."""
        ...

    async def all_ids(self) -> Sequence[str]: ...


class MemorySchedules:
    """See ``Schedules``. ``ledger`` remembers what requests were answered."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._kept: dict[str, tuple[int, Schedule]] = {}

    async def find(self, schedule_id: str, request_id: str = "", fingerprint: bytes = b"") -> FoundSchedule:
        answered = self._ledger.answered(request_id, fingerprint) if request_id else None
        version, kept = self._kept.get(schedule_id, (0, None))
        return FoundSchedule(kept, version, answered if isinstance(answered, Schedule) else None)

    async def change(self, schedule: Schedule, version: int, request_id: str, fingerprint: bytes, now: int) -> bool:
        self._ledger.forget_until(now)
        found = await self.find(schedule.schedule_id, request_id, fingerprint)
        if found.answered is not None or found.version != version:
            return False
        self._kept[schedule.schedule_id] = version + 1, schedule
        self._ledger.remember(request_id, fingerprint, schedule, now + self._ledger.answer_ttl_s)
        return True

    async def due(self, now: int) -> list[str]:
        times = [(kept.next_time, name) for name, (_, kept) in self._kept.items()]
        return [name for time, name in sorted((time, name) for time, name in times if time is not None) if time <= now]

    async def all_ids(self) -> Sequence[str]:
        return sorted(self._kept)


class RedisSchedules:
    """See ``Schedules``. Below the ledger's prefix: ``schedule:ID`` is a hash of its version and itself, ``schedules`` the set
    of all, ``schedules due`` a sorted set of those that order, by when."""

    def __init__(self, ledger: RedisLedger) -> None:
        self._ledger = ledger
        self._client = ledger.client
        self._prefix = ledger.prefix

    async def find(self, schedule_id: str, request_id: str = "", fingerprint: bytes = b"") -> FoundSchedule:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            pipeline.hmget(f"{self._prefix}schedule:{schedule_id}", ["version", "schedule"])
            pipeline.get(f"{self._prefix}request:{request_id}")
            (version, kept), known = await pipeline.execute()
        answered = None
        if request_id and known is not None:
            of_then, answer = unprefixed(known)
            if of_then != fingerprint:
                raise RequestReused(request_id)
            answered = schedule_format.decode(answer)
        return FoundSchedule(None if kept is None else schedule_format.decode(kept), int(version or 0), answered)

    async def change(self, schedule: Schedule, version: int, request_id: str, fingerprint: bytes, now: int) -> bool:
        time = schedule.next_time
        reply: Any = await self._ledger.run(
            _CHANGE,
            now,
            request_id,
            prefixed(fingerprint),
            max(1, self._ledger.answer_ttl_s),
            schedule.schedule_id,
            version,
            schedule_format.encode(schedule),
            "" if time is None else time,
        )
        return bool(reply == 0)

    async def due(self, now: int) -> list[str]:
        with store_errors():
            found = await self._client.zrangebyscore(f"{self._prefix}schedules due", "-inf", now)
        return [name.decode() for name in found]

    async def all_ids(self) -> Sequence[str]:
        with store_errors():
            found = await self._client.smembers(f"{self._prefix}schedules")
        return sorted(name.decode() for name in found)
