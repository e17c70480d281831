"""One suite, two ledgers: a test that takes ``ledger`` runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.inventory.connection import Client
from engine.inventory.ledger import Ledger
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from tests.stores import new_name


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
