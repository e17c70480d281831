from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.inventory.embedded import EmbeddedStore
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, serving

_names = itertools.count()


@pytest.fixture(scope="session")
def store() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None, "none") as store:
        yield store


@pytest.fixture
def ledger_name() -> str:
    """A ledger of the test's own in the one store."""
    return f"test{next(_names)}"


@pytest.fixture
def router() -> CannedRouter:
    return CannedRouter()


@pytest.fixture
async def empty_server(store: EmbeddedStore, ledger_name: str, router: CannedRouter) -> AsyncIterator[Running]:
    """No network is loaded yet."""
    async with serving(store, canned(router), ledger=ledger_name) as running:
        yield running


@pytest.fixture
async def server(empty_server: Running) -> Running:
    """The sample network is in force."""
    await empty_server.load(SMALL)
    return empty_server
