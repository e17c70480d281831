"""One suite, two ledgers: a test that takes ``ledger`` runs on each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Ledger
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger

_numbers = itertools.count()


def new_name() -> str:
    """A name that no other ledger of this run has."""
    return f"test-{next(_numbers)}"


@pytest.fixture(scope="session")
def store() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None, "none") as running:
        yield running


@pytest.fixture
async def client(store: EmbeddedStore) -> AsyncIterator[Client]:
    opened = open_client(StoreAddress(store.url))
    yield opened
    await opened.aclose()


@pytest.fixture
async def redis_ledger(client: Client) -> AsyncIterator[RedisLedger]:
    opened = RedisLedger(client, new_name())
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "redis"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    opened: RedisLedger = request.getfixturevalue("redis_ledger")
    return opened
