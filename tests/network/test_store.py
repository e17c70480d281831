"""The network store's rules, on both stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis.asyncio

from engine.errors import InvalidInput, NotFound, NotReady, RequestReused
from engine.inventory.embedded import EmbeddedStore
from engine.network.store import MemoryNetworkStore, NetworkStore, RedisNetworkStore

NOW = 1_760_000_000
BLOB = b"\xff\x00network"


@pytest.fixture(scope="module")
def valkey() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None, "none") as running:
        yield running


@pytest.fixture(params=["memory", "redis"])
async def networks(request: pytest.FixtureRequest) -> AsyncIterator[NetworkStore]:
    if request.param == "memory":
        yield MemoryNetworkStore()
        return
    client: Any = redis.asyncio.Redis.from_url(request.getfixturevalue("valkey").url)
    await client.flushall()
    yield RedisNetworkStore(client, wait_ms=20)
    await client.aclose()


async def test_there_is_none_to_begin_with(networks: NetworkStore) -> None:
    with pytest.raises(NotReady):
        await networks.current()
    with pytest.raises(NotFound, match="no network version '1'"):
        await networks.get(1)
    assert await networks.versions() == []


async def test_each_apply_is_the_next_version(networks: NetworkStore) -> None:
    assert await networks.put(BLOB, "r1", now=NOW, note="opening") == 1
    assert await networks.put(b"second", "r2", now=NOW + 5, expected_version=1) == 2
    assert await networks.current() == (2, b"second")
    assert await networks.get(1) == BLOB
    log = await networks.versions()
    assert [(entry.version, entry.size, entry.created_time, entry.note) for entry in log] == [
        (1, 9, NOW, "opening"),
        (2, 6, NOW + 5, ""),
    ]


async def test_the_same_request_is_applied_once(networks: NetworkStore) -> None:
    """I5."""
    assert await networks.put(BLOB, "r1", now=NOW) == 1
    await networks.put(b"second", "r2", now=NOW)
    assert await networks.put(BLOB, "r1", now=NOW + 9) == 1
    assert (await networks.current())[0] == 2
    with pytest.raises(RequestReused):
        await networks.put(b"other", "r1", now=NOW)
    assert await networks.rollback(1, "r3", now=NOW) == 3
    assert await networks.rollback(1, "r3", now=NOW) == 3
    with pytest.raises(RequestReused):
        await networks.rollback(2, "r3", now=NOW)


async def test_an_apply_on_another_version_than_expected_is_refused(networks: NetworkStore) -> None:
    with pytest.raises(InvalidInput, match="expected_version: expected the current version, 0, got '1'"):
        await networks.put(BLOB, "r1", now=NOW, expected_version=1)
    assert await networks.put(BLOB, "r1", now=NOW, expected_version=0) == 1


async def test_a_rollback_is_a_new_version_with_the_old_content(networks: NetworkStore) -> None:
    await networks.put(BLOB, "r1", now=NOW)
    await networks.put(b"second", "r2", now=NOW)
    assert await networks.rollback(1, "r3", now=NOW, note="back") == 3
    assert await networks.current() == (3, BLOB)
    first, _, third = await networks.versions()
    assert first.digest == third.digest
    with pytest.raises(NotFound):
        await networks.rollback(9, "r4", now=NOW)


async def test_of_two_applies_at_once_that_expect_the_same_version_one_wins(networks: NetworkStore) -> None:
    applies = (networks.put(bytes([n]), f"r{n}", now=NOW, expected_version=0) for n in range(8))
    outcomes = await asyncio.gather(*applies, return_exceptions=True)
    assert sum(outcome == 1 for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvalidInput) for outcome in outcomes) == 7
    assert len(await networks.versions()) == 1


async def test_a_watcher_sees_every_version_in_order(networks: NetworkStore) -> None:
    await networks.put(BLOB, "r0", now=NOW)
    seen: list[int] = []

    async def watch() -> None:
        async for version in networks.watch(after=0):
            seen.append(version)
            if version == 12:
                return

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.05)  # past one look at the log that found nothing new
    for n in range(1, 12):
        await networks.put(bytes([n]), f"r{n}", now=NOW)
    await asyncio.wait_for(watcher, 10)
    assert seen == list(range(1, 13))
