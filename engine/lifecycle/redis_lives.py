"""Lives on Redis or Valkey, below the ledger's prefix: one script changes a life and the stock it touches.

| key below ``onebox:{name}:`` | type | holds |
|---|---|---|
| ``life:ORDER`` | hash | its version and the life |
| ``lives`` | sorted set | order ids by the time they were captured |
| ``timeline:ORDER`` | list | its events |
| ``events`` | stream | the events of all orders: the outbox |
| ``allocations`` | hash | what each shipment holds |
| ``left:SKU`` | hash | units that left for customers, by ``DAY:NODE``; a quarter year of them |
| ``queue:NODE``, ``waiting:SKU``, ``due``, ``money``, ... | sorted sets | see ``marks.py`` |
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from engine.errors import StoreUnavailable
from engine.inventory.connection import store_errors
from engine.inventory.redis_format import encode, flat_capacity, flat_claims, prefixed, unprefixed
from engine.inventory.redis_ledger import RedisLedger, Script
from engine.lifecycle import events as events_format
from engine.lifecycle import life as life_format
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life
from engine.lifecycle.lives import (
    Adopt,
    Allocate,
    Answered,
    Change,
    Changed,
    Discard,
    Effect,
    Empty,
    Found,
    Free,
    NotHeld,
    Outcome,
    Restock,
    Reused,
    Ship,
    Stale,
)

_CHANGE = Script(Path(__file__).parent / "lua" / "change.lua")
_BLOCK = 200
_DAY_S = 86_400


class RedisLives:
    """See ``Lives``."""

    def __init__(self, ledger: RedisLedger) -> None:
        self._ledger = ledger
        self._client = ledger.client
        self._prefix = ledger.prefix

    async def change(self, change: Change, now: int) -> Outcome:
        gone = [part for name in change.marks_gone for part in (*name, False)]
        marks = [part for name, score in change.marks_set.items() for part in (*name, score)]
        reply = await self._ledger.run(
            _CHANGE,
            now,
            change.request_id,
            prefixed(change.fingerprint),
            max(1, self._ledger.answer_ttl_s),
            change.order_id,
            change.version,
            life_format.encode(change.life),
            encode([_flat(effect) for effect in change.effects]),
            encode(gone + marks),
            *map(events_format.encode, change.events),
        )
        match reply:
            case [0, version]:
                return Changed(version)
            case [1, answer]:
                return Answered(life_format.decode(unprefixed(answer)[1]))
            case 2:
                return Reused()
            case [3, _]:
                return Stale()
            case [4, route_id]:
                return NotHeld(route_id.decode())
        raise StoreUnavailable(f"the store gave an answer that was not expected: {reply!r}")

    async def find(self, order_id: str, request_id: str = "", fingerprint: bytes = b"") -> Found:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            pipeline.hmget(f"{self._prefix}life:{order_id}", ["version", "life"])
            pipeline.get(f"{self._prefix}request:{request_id}")
            (version, life), known = await pipeline.execute()
        answered: Answered | Reused | None = None
        if request_id and known is not None:
            of_then, answer = unprefixed(known)
            answered = Answered(life_format.decode(answer)) if of_then == fingerprint else Reused()
        return Found(None if life is None else life_format.decode(life), int(version or 0), answered)

    async def timeline(self, order_id: str) -> list[Event]:
        with store_errors():
            return [
                events_format.decode(event)
                for event in await self._client.lrange(f"{self._prefix}timeline:{order_id}", 0, -1)
            ]

    async def events(self, after: str = "0", limit: int = 1_000) -> list[tuple[str, Event]]:
        with store_errors():
            rows = await self._client.xrange(f"{self._prefix}events", f"({after}", "+", count=limit)
        return [(position.decode(), events_format.decode(fields[b"e"])) for position, fields in rows]

    async def left(self, skus: Sequence[str], since: int) -> dict[tuple[str, str], int]:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            for sku in skus:
                pipeline.hgetall(f"{self._prefix}left:{sku}")
            found = await pipeline.execute() if skus else []
        units: dict[tuple[str, str], int] = {}
        for sku, days in zip(skus, found, strict=True):
            for name, left in days.items():
                day, _, node_id = name.decode().partition(":")
                if int(day) >= since // _DAY_S:
                    units[sku, node_id] = units.get((sku, node_id), 0) + int(left)
        return units

    async def marked(
        self, index: str, most: int | None = None, limit: int = 1_000, *, least: int | None = None
    ) -> list[str]:
        top: Any = "+inf" if most is None else most
        bottom: Any = "-inf" if least is None else least
        with store_errors():
            rows = await self._client.zrangebyscore(f"{self._prefix}{index}", bottom, top, 0, limit)
        return [member.decode() for member in rows]

    async def marked_among(self, indexes: Sequence[str]) -> list[str]:
        with store_errors():
            pipeline = self._client.pipeline(transaction=False)
            for index in indexes:
                pipeline.exists(f"{self._prefix}{index}")
            found = await pipeline.execute() if indexes else []
        return [index for index, there in zip(indexes, found, strict=True) if there]

    async def all_lives(self) -> AsyncIterator[Sequence[Life]]:
        with store_errors():
            ids = await self._client.zrange(f"{self._prefix}lives", 0, -1)
        for first in range(0, len(ids), _BLOCK):
            found = [await self.find(order_id.decode()) for order_id in ids[first : first + _BLOCK]]
            yield [each.life for each in found if each.life is not None]


def _flat(effect: Effect) -> list[Any]:
    """As change.lua takes it."""
    match effect:
        case Adopt(route_id=route_id):
            return ["adopt", route_id]
        case Allocate(shipment_id=shipment_id, claims=claims, capacity=capacity):
            return ["allocate", shipment_id, flat_claims(claims), flat_capacity(capacity)]
        case Free(shipment_id=shipment_id):
            return ["free", shipment_id]
        case Ship(shipment_id=shipment_id):
            return ["ship", shipment_id]
        case Empty(sku=sku, node_id=node_id, units=units):
            return ["empty", sku, node_id, units]
        case Restock(sku=sku, node_id=node_id, units=units):
            return ["return", sku, node_id, units]
        case Discard(sku=sku, node_id=node_id, units=units):
            return ["discard", sku, node_id, units]
