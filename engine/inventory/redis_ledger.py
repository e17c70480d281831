"""The ledger on Redis or Valkey: every mutation is one atomic script (``lua/``), every key of a ledger lies in one slot."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import hiredis

from engine.errors import FieldFault, InvalidInput, NotFound, RequestReused, StoreUnavailable, WrongState
from engine.inventory.connection import Client, store_errors
from engine.inventory.ledger import (
    MAX_ON_HAND,
    CapacityUse,
    Cell,
    Changes,
    Refused,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    ReserveOutcome,
    Reused,
    StockCount,
    StockDelta,
    StoredRoute,
    Totals,
    check_counts,
)
from engine.inventory.redis_format import (
    CAPACITY,
    CELL,
    STATES,
    allocation,
    cells_of,
    conflict,
    decode,
    encode,
    merged_changes,
    prefixed,
    replayed,
    reserve_arguments,
    stored_route,
    unprefixed,
)
from engine.inventory.wire import Wire

_LUA = Path(__file__).parent / "lua"
_BATCH = 128
"""Orders in one script call; the store serves nobody else while it runs."""
_BLOCK = 200
"""SKUs or routes read in one round trip."""
_PASSING = ("LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "READONLY", "BUSY")
"""Errors of a store that is starting, failing over or moving slots."""


class Script:
    """One Lua script: the shared state, then its own part, a file."""

    def __init__(self, file: Path) -> None:
        self.source = (_LUA / "state.lua").read_bytes() + file.read_bytes()
        self.sha = hashlib.sha1(self.source, usedforsecurity=False).hexdigest()


_RESERVE, _TRANSITION, _EXPIRE, _STOCK = (
    Script(_LUA / f"{name}.lua") for name in ("reserve", "transition", "expire", "stock")
)


class RedisLedger:
    """See ``Ledger``.

    Parameters
    ----------
    client : an open client; the ledger does not close it.
    name : ledgers of different names share a store without touching each other.
    feed_length : entries of the change feed that are kept, about.
    answer_ttl_s : how long the answers of confirm, release, adjust and count are kept; those of reserve live as long as
        their record.
    timeout_s : for one try; a script is tried ``tries`` times, which is safe, as every mutation is idempotent (I5).
    """

    def __init__(
        self,
        client: Client,
        name: str = "main",
        *,
        feed_length: int = 10_000,
        answer_ttl_s: int = 7 * 86_400,
        timeout_s: float = 2.0,
        tries: int = 3,
    ) -> None:
        if not name or set(name) & set("{}"):
            raise InvalidInput(FieldFault("name", name, "a ledger's name, without braces"))
        self.client: Any = client  # redis-py types replies as bytes or text; ours are bytes
        self.prefix = f"onebox:{{{name}}}:"
        self._feed_length = feed_length
        self.answer_ttl_s = answer_ttl_s
        self._timeout_s = timeout_s
        self._tries = tries
        self._wire = Wire(client, self.prefix, timeout_s)
        self._feeds: list[Wire] = []  # connected, and free to be read on

    async def reserve(self, requests: Sequence[Reserve], now: int) -> list[ReserveOutcome]:
        outcomes: list[ReserveOutcome] = []
        for first in range(0, len(requests), _BATCH):
            batch = requests[first : first + _BATCH]
            arguments = [part for request in batch for part in reserve_arguments(request, now)]
            reply = await self.run(_RESERVE, now, *arguments)
            if isinstance(reply, int):
                outcomes += [Reserved(reply)] * len(batch)
            else:
                position = reply[0]
                outcomes += [_outcome(*pair, position) for pair in zip(batch, reply[1:], strict=True)]
        return outcomes

    async def confirm(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        return await self._move(ReservationState.CONFIRMED, request_id, route_id, now)

    async def release(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        return await self._move(ReservationState.RELEASED, request_id, route_id, now)

    async def _move(self, to: ReservationState, request_id: str, route_id: str, now: int) -> StoredRoute:
        answer = _fingerprint(to.value, route_id) + prefixed(route_id.encode())
        reply = await self.run(_TRANSITION, now, to.value[0], request_id, answer, max(1, self.answer_ttl_s), route_id)
        match reply:
            case [0, _, value, record]:
                return stored_route(value, record, to)
            case 1:
                raise RequestReused(request_id)
            case 2:
                raise NotFound("route", route_id)
            case [3, state]:
                raise WrongState(route_id, STATES[state].value, to.value)
        raise StoreUnavailable(f"the store gave an answer that was not expected: {reply!r}")

    async def expire(self, now: int, limit: int = 1_000) -> list[str]:
        return [route_id.decode() for route_id in await self.run(_EXPIRE, now, limit)]

    async def route(self, route_id: str) -> StoredRoute:
        with store_errors():
            value = await self.client.get(f"{self.prefix}route:{route_id}")
            if value is None:
                raise NotFound("route", route_id)
            return stored_route(value, await self.client.get(f"{self.prefix}request:{decode(value[1:])[0]}"))

    async def routes(self, route_ids: Sequence[str]) -> list[StoredRoute | None]:
        found: list[StoredRoute | None] = []
        for first in range(0, len(route_ids), _BLOCK):
            block = route_ids[first : first + _BLOCK]
            with store_errors():
                values = await self.client.mget([f"{self.prefix}route:{route_id}" for route_id in block])
                there = [value for value in values if value is not None]
                keys = [f"{self.prefix}request:{decode(value[1:])[0]}" for value in there]
                answers = iter(await self.client.mget(keys) if keys else [])
            found += [None if value is None else stored_route(value, next(answers)) for value in values]
        return found

    async def adjust(self, request_id: str, deltas: Sequence[StockDelta], now: int) -> list[Cell]:
        rows = [
            value
            for delta in deltas
            for value in (delta.sku, delta.node_id, delta.units, -1 if delta.as_of_time is None else delta.as_of_time)
        ]
        return await self._stock("adjust", request_id, rows, [delta.units for delta in deltas], now)

    async def count(self, request_id: str, counts: Sequence[StockCount], now: int) -> list[Cell]:
        check_counts(counts)
        rows = [
            value
            for count in counts
            for value in (
                count.sku,
                count.node_id,
                count.on_hand,
                count.as_of_time,
                -1 if count.safety_stock is None else count.safety_stock,
                -1 if count.protected is None else count.protected,
            )
        ]
        return await self._stock("count", request_id, rows, [], now)

    async def _stock(self, kind: str, request_id: str, rows: list[Any], units: list[int], now: int) -> list[Cell]:
        packed = encode(rows)
        fingerprint = _fingerprint(kind, packed)
        reply = await self.run(_STOCK, now, kind, request_id, fingerprint, max(1, self.answer_ttl_s), packed)
        match reply:
            case [0, answer]:
                return list(cells_of(decode(unprefixed(answer)[1])))
            case 1:
                raise RequestReused(request_id)
            case [2, row, on_hand, reserved]:
                expected = f"{reserved - on_hand}..{MAX_ON_HAND - on_hand} ({on_hand} on hand, {reserved} reserved)"
                raise InvalidInput(FieldFault(f"deltas[{row}].units", str(units[row]), expected))
        raise StoreUnavailable(f"the store gave an answer that was not expected: {reply!r}")

    async def cells(self, skus: Sequence[str]) -> list[Cell]:
        found: list[Cell] = []
        for first in range(0, len(skus), _BLOCK):
            block = skus[first : first + _BLOCK]
            with store_errors():
                pipeline = self.client.pipeline(transaction=False)
                for sku in block:
                    pipeline.hgetall(f"{self.prefix}stock:{sku}")
                rows = await pipeline.execute()
            for sku, row in zip(block, rows, strict=True):
                for node in sorted(row):
                    on_hand, reserved, safety, protected, *_ = CELL.unpack(row[node])
                    found.append(Cell(sku, node.decode(), on_hand, reserved, safety, protected))
        return found

    async def all_cells(self) -> AsyncIterator[list[Cell]]:
        with store_errors():
            skus = sorted(sku.decode() for sku in await self.client.smembers(f"{self.prefix}skus"))
        for first in range(0, len(skus), _BLOCK):
            yield await self.cells(skus[first : first + _BLOCK])

    async def capacity(self, first_day: int, last_day: int) -> list[CapacityUse]:
        days = range(first_day, last_day + 1)
        with store_errors():
            pipeline = self.client.pipeline(transaction=False)
            for day in days:
                pipeline.hgetall(f"{self.prefix}capacity:{day}")
            rows = await pipeline.execute() if days else []
        return [
            CapacityUse(node.decode(), day, *CAPACITY.unpack(row[node]))
            for day, row in zip(days, rows, strict=True)
            for node in sorted(row)
        ]

    async def live_routes(self) -> AsyncIterator[list[StoredRoute]]:
        with store_errors():
            pending = await self.client.zrange(f"{self.prefix}pending", 0, -1)
            confirmed = await self.client.smembers(f"{self.prefix}confirmed")
        ids = [route_id.decode() for route_id in [*pending, *sorted(confirmed)]]
        for first in range(0, len(ids), _BLOCK):
            routes = await self.routes(ids[first : first + _BLOCK])
            yield [route for route in routes if route is not None]
        with store_errors():
            allocations = await self.client.hgetall(f"{self.prefix}allocations")
        yield [allocation(allocation_id.decode(), value) for allocation_id, value in sorted(allocations.items())]

    async def totals(self) -> Totals:
        with store_errors():
            units = await self.client.hmget(f"{self.prefix}totals", list(Totals.__dataclass_fields__))
        return Totals(*(int(each or 0) for each in units))

    async def position(self) -> int:
        with store_errors():
            return int(await self.client.get(f"{self.prefix}position") or 0)

    async def changes(self, position: int, wait_ms: int = 0) -> Changes:
        """Entries are numbered without gaps, so what was trimmed (or undone, by a store that lost its end) is seen."""
        entries = await self._entries(position, wait_ms)
        if not entries:
            now_at = await self.position()
            if now_at == position:
                return Changes(position, (), ())
            entries = await self._entries(position, 0)
        if not entries or entries[0][0] != position + 1:
            return Changes(position, (), (), lost=True)
        return merged_changes(entries[-1][0], [entry for _, entry in entries])

    async def _entries(self, position: int, wait_ms: int) -> list[tuple[int, bytes]]:
        wait = min(wait_ms, int(self._timeout_s * 1_000) // 2)
        block = ("BLOCK", wait) if wait else ()
        command = ("XREAD", "COUNT", self._feed_length, *block, "STREAMS", f"{self.prefix}changes", f"{position}-0")
        # A connection of its own: who waits for a change must not keep anybody else waiting.
        feed = self._feeds.pop() if self._feeds else Wire(self.client, self.prefix, self._timeout_s)
        try:
            reply = await feed.call(*command)
            if isinstance(reply, hiredis.ReplyError):
                raise StoreUnavailable(f"the store refused: {reply}")
        except BaseException:
            feed.drop()
            raise
        self._feeds.append(feed)
        return [(int(name.partition(b"-")[0]), value) for name, (_, value) in reply[0][1]] if reply else []

    async def close(self) -> None:
        for wire in (self._wire, *self._feeds):
            wire.drop()

    async def run(self, script: Script, now: int, *arguments: str | bytes | int) -> Any:
        """The reply of a script that begins with state.lua. Sent again after a lost connection or a passing error."""
        command = ("EVALSHA", script.sha, 1, self.prefix, now, self._feed_length, *arguments)
        failure: StoreUnavailable | None = None
        for attempt in range(self._tries):
            if attempt:
                await asyncio.sleep(0.05 * 2**attempt)
            try:
                reply = await self._wire.call(*command)
                if isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT"):
                    reply = await self._wire.call("EVAL", script.source, *command[2:])
            except StoreUnavailable as error:
                failure = error
                continue
            if not isinstance(reply, hiredis.ReplyError):
                return reply
            failure = StoreUnavailable(f"the store refused: {reply}")
            if not str(reply).startswith(_PASSING):
                break
            self._wire.drop()
        assert failure is not None
        raise failure


def _fingerprint(*parts: str | bytes) -> bytes:
    """Tells two requests apart, with its length before it."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(4, "little") + data)
    return prefixed(digest.digest())


def _outcome(request: Reserve, reply: Any, position: int) -> ReserveOutcome:
    match reply:
        case 0:
            return Reserved(position)
        case [1, answer]:
            earlier: Replayed = replayed(answer)
            # Our own, sent again after its answer was lost? A caller who asks again has decided again.
            own = (earlier.route_id, earlier.record) == (request.route_id, request.record)
            return Reserved(position) if own else earlier
        case 2:
            return Reused()
        case [3, packed]:
            return conflict(packed, position)
        case [4, state]:
            return Refused(STATES[state] if state else None)
    raise StoreUnavailable(f"the store gave an answer that was not expected: {reply!r}")
