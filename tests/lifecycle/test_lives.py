"""Random lives, faults included: I1-I5 hold after each step, money is what was kept, events give the state again."""

from __future__ import annotations

import asyncio
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Ledger
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.lives import Lives
from engine.lifecycle.memory_lives import MemoryLives
from engine.lifecycle.redis_lives import RedisLives
from engine.lifecycle.schedules import MemorySchedules, RedisSchedules, Schedules
from tests.lifecycle.random_lives.machine import Tally
from tests.lifecycle.random_lives.whole import WholeLives
from tests.stores import new_name

LIVES = int(os.environ.get("ONEBOX_LIVES", "600"))
"""So many lives in memory, at least, and a tenth of it on a server. More are run by hand, and counted:
``ONEBOX_LIVES=10000 pytest -s --timeout=0 tests/lifecycle/test_lives.py``."""

_HISTORIES = 40
"""At a time; each has some lives."""


@pytest.mark.parametrize(("kind", "lives"), [("memory", LIVES), ("redis", LIVES // 10)])
def test_random_lives_keep_every_invariant(kind: str, lives: int, store: EmbeddedStore) -> None:
    with asyncio.Runner() as runner:
        client = open_client(StoreAddress(store.url))

        def new_store() -> tuple[Ledger, Lives, Schedules]:
            if kind == "memory":
                memory = MemoryLedger()
                return memory, MemoryLives(memory), MemorySchedules(memory)
            ledger = RedisLedger(client, f"random-{new_name()}")
            return ledger, RedisLives(ledger), RedisSchedules(ledger)

        class Histories(WholeLives):
            pass

        Histories.tally = tally = Tally()
        Histories.new_store = staticmethod(new_store)
        Histories.run = staticmethod(runner.run)
        while tally.lives < lives:
            run_state_machine_as_test(
                Histories,
                settings=settings(
                    max_examples=_HISTORIES,
                    stateful_step_count=40,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        runner.run(client.aclose())
    print(f"{kind}: {tally.lives} lives, {sum(tally.steps.values())} requests, checked {tally.checks} times")
    for what, times in sorted((tally.steps + tally.faults).items()):
        print(f"    {what}: {times}")
