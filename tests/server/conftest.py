from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.inventory.embedded import EmbeddedStore
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, serving
from tests.stores import new_name


@pytest.fixture
def ledger_name() -> str:
    """A ledger of the test's own in the one store."""
    return new_name()


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
