"""One suite, two books: a test that takes ``book`` runs on each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.shipping.book import CarrierBook, MemoryBook
from engine.shipping.redis_book import RedisBook

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
def book(request: pytest.FixtureRequest) -> CarrierBook:
    if request.param == "memory":
        return MemoryBook()
    return RedisBook(request.getfixturevalue("client"), f"shop-{next(_numbers)}")
