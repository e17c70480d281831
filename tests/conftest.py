"""One store of the run's own, for every test that wants one; each test takes a name of its own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore


@pytest.fixture(scope="session")
def store() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None, "none") as running:
        yield running


@pytest.fixture
async def client(store: EmbeddedStore) -> AsyncIterator[Client]:
    opened = open_client(StoreAddress(store.url))
    yield opened
    await opened.aclose()
