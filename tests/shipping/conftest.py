"""One suite, two books: a test that takes ``book`` runs on each."""

from __future__ import annotations

import pytest

from engine.shipping.book import CarrierBook, MemoryBook
from engine.shipping.redis_book import RedisBook
from tests.stores import new_name


@pytest.fixture(params=["memory", "redis"])
def book(request: pytest.FixtureRequest) -> CarrierBook:
    if request.param == "memory":
        return MemoryBook()
    return RedisBook(request.getfixturevalue("client"), new_name())
