"""Stored networks: versions that are never changed, and the word to every running server when there is a new one.

Published prices are kept the same way, as another ``kind`` beside the networks."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import redis.exceptions

from engine.errors import FieldFault, InvalidInput, NotFound, NotReady, RequestReused, StoreUnavailable

_ANSWER_TTL_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class NetworkVersion:
    """One entry of the log. ``version`` counts from 1; equal ``digest`` is equal content; ``size`` in bytes."""

    version: int
    digest: str
    size: int
    created_time: int
    note: str


class NetworkStore(Protocol):
    """Networks as bytes, by version. Implemented by RedisNetworkStore and MemoryNetworkStore, proven by one test suite."""

    async def put(
        self, blob: bytes, request_id: str, *, now: int, expected_version: int | None = None, note: str = ""
    ) -> int:
        """Append it as the next version, which is current from then on; its number. The same request id returns the
        first number and has no further effect (I5).

        Raises RequestReused, and InvalidInput where ``expected_version`` is not the current one (0 for none yet).
        """
        ...

    async def rollback(self, version: int, request_id: str, *, now: int, note: str = "") -> int:
        """Append the content of an earlier version as the next one. Raises NotFound, RequestReused."""
        ...

    async def current(self) -> tuple[int, bytes]:
        """Raises NotReady when there is none yet."""
        ...

    async def get(self, version: int) -> bytes:
        """Raises NotFound."""
        ...

    async def versions(self) -> list[NetworkVersion]:
        """All of them, oldest first."""
        ...

    def watch(self, after: int = 0) -> AsyncIterator[int]:
        """Versions above ``after`` as they come, in order, none left out; waits while the store is away. One that is
        not above the last says that the store lost its end and goes on from there."""
        ...


_PUT = """
local prefix, request, fingerprint, expected = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local digest, blob, now, note, ttl = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local known = redis.call('HMGET', prefix .. 'request:' .. request, 'fingerprint', 'version')
if known[1] then
  if known[1] == fingerprint then return {0, tonumber(known[2])} end
  return {1}
end
local last = redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', 1)[1]
local current = last and tonumber(string.match(last[1], '^%d+')) or 0
if expected ~= '' and tonumber(expected) ~= current then return {2, current} end
redis.call('SET', prefix .. 'blob:' .. digest, blob, 'NX')
redis.call('XADD', prefix .. 'log', (current + 1) .. '-0', 'digest', digest, 'size', #blob, 'time', now, 'note', note)
redis.call('HSET', prefix .. 'request:' .. request, 'fingerprint', fingerprint, 'version', current + 1)
redis.call('EXPIRE', prefix .. 'request:' .. request, ttl)
return {0, current + 1}
"""


class RedisNetworkStore:
    """See ``NetworkStore``. Content is stored once however often it comes back; the log is a stream, which servers follow.

    Parameters
    ----------
    client : an open client of redis.asyncio (one server or a cluster), replies as bytes; the store does not close it.
    name : the ledger's name beside which the networks are kept.
    kind : what is kept: ``network``, or another kind of document with versions of its own.
    wait_ms : how long one look at the log waits for news; below the client's own timeout.
    """

    def __init__(self, client: Any, name: str = "main", *, kind: str = "network", wait_ms: int = 1_000) -> None:
        self._client = client
        self._kind = kind
        self._prefix = f"onebox:{{{name}:{kind}}}:"
        self._log = self._prefix + "log"
        self._wait_ms = wait_ms

    async def put(
        self, blob: bytes, request_id: str, *, now: int, expected_version: int | None = None, note: str = ""
    ) -> int:
        fingerprint = _digest(blob, str(expected_version).encode(), note.encode())
        return await self._append(blob, request_id, fingerprint, now, expected_version, note)

    async def rollback(self, version: int, request_id: str, *, now: int, note: str = "") -> int:
        fingerprint = _digest(b"rollback", str(version).encode(), note.encode())
        return await self._append(await self.get(version), request_id, fingerprint, now, None, note)

    async def _append(
        self, blob: bytes, request_id: str, fingerprint: str, now: int, expected: int | None, note: str
    ) -> int:
        wanted = "" if expected is None else expected
        arguments = (request_id, fingerprint, wanted, _digest(blob), blob, now, note, _ANSWER_TTL_S)
        with _store_errors():
            reply = await self._client.eval(_PUT, 1, self._prefix, *arguments)
        match reply:
            case [0, version]:
                return int(version)
            case [2, current]:
                raise _not_current(expected, current)
        raise RequestReused(request_id)

    async def current(self) -> tuple[int, bytes]:
        version = await self._version()
        if version == 0:
            raise NotReady(f"no {self._kind} is stored yet")
        return version, await self.get(version)

    async def get(self, version: int) -> bytes:
        with _store_errors():
            found = await self._client.xrange(self._log, f"{version}-0", f"{version}-0") if version > 0 else []
            if not found:
                raise NotFound(f"{self._kind} version", str(version))
            blob: bytes = await self._client.get(f"{self._prefix}blob:{found[0][1][b'digest'].decode()}")
        return blob

    async def versions(self) -> list[NetworkVersion]:
        with _store_errors():
            log = await self._client.xrange(self._log)
        return [
            NetworkVersion(
                _number(entry), row[b"digest"].decode(), int(row[b"size"]), int(row[b"time"]), row[b"note"].decode()
            )
            for entry, row in log
        ]

    async def watch(self, after: int = 0) -> AsyncIterator[int]:
        last = after
        while True:
            try:
                with _store_errors():
                    reply = await self._client.xread({self._log: f"{last}-0"}, block=self._wait_ms)
                news = [_number(entry) for _, rows in reply for entry, _ in rows]
                if not news and (at := await self._version()) < last:
                    news = [at]
            except StoreUnavailable:
                await asyncio.sleep(self._wait_ms / 1_000)
                continue
            for last in news:
                if last:
                    yield last

    async def _version(self) -> int:
        with _store_errors():
            newest = await self._client.xrevrange(self._log, count=1)
        return _number(newest[0][0]) if newest else 0


class MemoryNetworkStore:
    """See ``NetworkStore``. For simulation and tests."""

    def __init__(self) -> None:
        self._versions: list[tuple[NetworkVersion, bytes]] = []
        self._answers: dict[str, tuple[object, int]] = {}
        self._news = asyncio.Condition()

    async def put(
        self, blob: bytes, request_id: str, *, now: int, expected_version: int | None = None, note: str = ""
    ) -> int:
        return await self._append(blob, request_id, (blob, expected_version, note), now, expected_version, note)

    async def rollback(self, version: int, request_id: str, *, now: int, note: str = "") -> int:
        return await self._append(await self.get(version), request_id, (version, note), now, None, note)

    async def _append(
        self, blob: bytes, request_id: str, fingerprint: object, now: int, expected: int | None, note: str
    ) -> int:
        known, answer = self._answers.get(request_id, (None, 0))
        if answer:
            if known != fingerprint:
                raise RequestReused(request_id)
            return answer
        if expected is not None and expected != len(self._versions):
            raise _not_current(expected, len(self._versions))
        version = len(self._versions) + 1
        self._versions.append((NetworkVersion(version, _digest(blob), len(blob), now, note), blob))
        self._answers[request_id] = (fingerprint, version)
        async with self._news:
            self._news.notify_all()
        return version

    async def current(self) -> tuple[int, bytes]:
        if not self._versions:
            raise NotReady("no network is stored yet")
        return len(self._versions), self._versions[-1][1]

    async def get(self, version: int) -> bytes:
        if not 1 <= version <= len(self._versions):
            raise NotFound("network version", str(version))
        return self._versions[version - 1][1]

    async def versions(self) -> list[NetworkVersion]:
        return [version for version, _ in self._versions]

    async def watch(self, after: int = 0) -> AsyncIterator[int]:
        last = after
        while True:
            async with self._news:
                while len(self._versions) <= last:
                    await self._news.wait()
            while last < len(self._versions):
                last += 1
                yield last


def _number(entry_id: bytes) -> int:
    return int(entry_id.split(b"-")[0])


def _digest(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _not_current(expected: int | None, current: int) -> InvalidInput:
    return InvalidInput(FieldFault("expected_version", str(expected), f"the current version, {current}"))


@contextmanager
def _store_errors() -> Iterator[None]:
    unavailable = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError)
    try:
        yield
    except unavailable as error:
        raise StoreUnavailable(f"the store does not answer: {error}") from error
