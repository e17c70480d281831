"""One suite, two inboxes: a test that takes ``inbox`` runs on each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.capture.inbox import Inbox, MemoryInbox
from engine.capture.redis_inbox import RedisInbox
from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore

_numbers = itertools.count()


@pytest.fixture(scope="session")
def store() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None, "none") as running:
        yield running


@pytest.fixture
async def client(store: EmbeddedStore) -> AsyncIterator[Client]:
    opened = open_client(StoreAddress(store.url))
    yield opened
    await opened.aclose()


@pytest.fixture(params=["memory", "redis"])
def inbox(request: pytest.FixtureRequest) -> Inbox:
    if request.param == "memory":
        return MemoryInbox()
    return RedisInbox(request.getfixturevalue("client"), f"test-{next(_numbers)}")
