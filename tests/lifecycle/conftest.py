"""One suite, two stores: a test that takes ``world`` runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.memory_lives import MemoryLives
from engine.lifecycle.redis_lives import RedisLives
from tests.lifecycle.world import World
from tests.stores import new_name


@pytest.fixture(params=["memory", "redis"])
async def world(request: pytest.FixtureRequest, store: EmbeddedStore) -> AsyncIterator[World]:
    if request.param == "memory":
        memory = MemoryLedger()
        yield World(memory, MemoryLives(memory))
        return
    client = open_client(StoreAddress(store.url))
    ledger = RedisLedger(client, new_name())
    yield World(ledger, RedisLives(ledger))
    await ledger.close()
    await client.aclose()
