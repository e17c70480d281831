"""What every random life has: a store, faults, each request sent twice, and what holds after each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.errors import InvalidInput, RequestReused, StoreUnavailable, WrongState
from engine.inventory.ledger import Ledger
from engine.lifecycle.asked import Asked
from engine.lifecycle.life import Life, Shipment
from engine.lifecycle.lives import Change, Lives, Outcome
from engine.lifecycle.schedule_desk import ScheduleDesk
from engine.lifecycle.schedules import Schedules
from tests.lifecycle.world import NODES, SKUS, World

T = TypeVar("T")
picks = st.integers(0, 10_000)
"""Which of those that there are."""

PLACES = tuple((sku, node) for sku in SKUS for node in NODES)


class Dying:
    """A server that dies right after a change was written, or right before: nobody hears what came of it."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives
        self.deaths: list[bool] = []  # True: after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lives, name)

    async def change(self, change: Change, now: int) -> Outcome:
        death = self.deaths.pop(0) if self.deaths else None
        if death is False:
            raise StoreUnavailable("died before")
        outcome = await self._lives.change(change, now)
        if death:
            raise StoreUnavailable("died after")
        return outcome


class Tally:
    """What was seen over all histories: ``lives`` that began, ``checks`` of the invariants, steps and faults by their word."""

    def __init__(self) -> None:
        self.lives = 0
        self.checks = 0
        self.steps: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()


class Machine(RuleBasedStateMachine):
    """One history: some lives on one store."""

    tally: Tally
    new_store: Callable[[], tuple[Ledger, Lives, Schedules]]
    run: Callable[..., Any]

    def __init__(self) -> None:
        super().__init__()
        ledger, lives, schedules = type(self).new_store()
        self.dying = Dying(lives)
        self.world = World(ledger, self.dying)
        self.schedules = ScheduleDesk(schedules, self.world.desk, lambda: self.world.now)

    @initialize(units=st.lists(st.integers(0, 12), min_size=len(PLACES), max_size=len(PLACES)))
    def open(self, units: list[int]) -> None:
        for place, count in zip(PLACES, units, strict=True):
            self.run(self.world.stock(*place, count))

    def lives(self) -> list[Life]:
        async def read() -> list[Life]:
            return [life async for block in self.world.lives.all_lives() for life in block]

        return sorted(self.run(read()), key=lambda life: life.order_id)

    def shipments(self) -> list[Shipment]:
        return [each for life in self.lives() for each in life.shipments]

    def try_twice(self, what: str, call: Callable[[Asked], Any]) -> None:
        """I5: sent again after an answer or a death, it takes effect once and is answered alike."""
        asked = self.world.asked("test", "because")
        try:
            first = self.run(call(asked))
        except StoreUnavailable:
            first = None
            self.tally.faults["a server died"] += 1
            self.dying.deaths.clear()  # it comes back, and the caller sends it again
        except (WrongState, InvalidInput):
            self.dying.deaths.clear()
            with pytest.raises((WrongState, InvalidInput)):
                self.run(call(asked))
            self.tally.steps["refused"] += 1
            return
        self.dying.deaths.clear()
        try:
            again = self.run(call(asked))
        except (WrongState, InvalidInput):
            assert first is None  # it had died before, and never took effect
            return
        assert first is None or again == first
        other = Asked(asked.request_id, b"another", "test")
        with pytest.raises(RequestReused):
            self.run(call(other))
        self.tally.steps[what] += 1

    def in_background(self, what: str, work: Any) -> None:
        """What a server does by itself for some orders, and may die of."""
        with suppress(StoreUnavailable):
            self.tally.steps[what] += len(self.run(work))

    @rule(seconds=st.integers(1, 900))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds
        self.run(self.world.ledger.expire(self.world.now))

    @rule(after=st.booleans(), gateway=st.booleans())
    def something_will_fail(self, after: bool, gateway: bool) -> None:
        if gateway:
            self.tally.faults["the gateway did not answer"] += 1
        (self.world.gateway.failures if gateway else self.dying.deaths).append(after)

    @invariant()
    def all_is_accounted_for(self) -> None:
        """I1, I2, I4; money; replay."""
        self.run(self.world.check())
        self.tally.checks += 1

    def teardown(self) -> None:
        self.dying.deaths.clear()
        self.world.gateway.failures.clear()
        self.run(self.world.desk.unpaid())
        self.run(self.world.desk.exchanges())
        lives = self.lives()
        for life in lives:
            assert not life.payment.tasks
            found = self.run(self.world.desk.reconcile(life.order_id, self.world.asked(), mend=False))
            assert found == [], (found, life)
            assert all(back.captured for back in life.returns if back.exchange_order_id)
        self.run(self.world.check())
        self.run(self.world.ledger.close())
        self.tally.lives += len(lives)


def one_of(found: Sequence[T], pick: int) -> T | None:
    return found[pick % len(found)] if found else None
