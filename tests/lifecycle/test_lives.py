"""Random lives, faults included: I1-I5 hold after each step, money is what was kept, events give the state again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.capture.captured import Payment, PaymentState
from engine.errors import InvalidInput, RequestReused, StoreUnavailable, WrongState
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Ledger
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.asked import Asked, order_of
from engine.lifecycle.life import Grade, Life, Shipment
from engine.lifecycle.lives import Change, Lives, Outcome
from engine.lifecycle.memory_lives import MemoryLives
from engine.lifecycle.redis_lives import RedisLives
from engine.lifecycle.states import ARRIVED, ReturnState, ShipmentState
from tests.inventory.conftest import new_name
from tests.lifecycle.world import NODES, SKUS, World, an_order

LIVES = int(os.environ.get("ONEBOX_LIVES", "240"))
"""How many random histories a store gets; each has some lives. 10,000 are run by hand."""

OPEN_RETURNS = (ReturnState.AUTHORISED, ReturnState.RECEIVED)
places = st.tuples(st.sampled_from(SKUS), st.sampled_from(NODES))
picks = st.integers(0, 10_000)


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


class LivesMachine(RuleBasedStateMachine):
    begun = 0
    new_store: Callable[[], tuple[Ledger, Lives]]
    run: Callable[..., Any]

    def __init__(self) -> None:
        super().__init__()
        ledger, lives = type(self).new_store()
        self.dying = Dying(lives)
        self.world = World(ledger, self.dying)
        self.orders = 0

    def lives(self) -> list[Life]:
        async def read() -> list[Life]:
            return [life async for block in self.world.lives.all_lives() for life in block]

        return sorted(self.run(read()), key=lambda life: life.order_id)

    def shipments(self) -> list[Shipment]:
        return [each for life in self.lives() for each in life.shipments]

    def try_twice(self, call: Callable[[Asked], Any]) -> None:
        """I5: sent again after an answer or a death, it takes effect once and is answered alike."""
        asked = self.world.asked()
        try:
            first = self.run(call(asked))
        except StoreUnavailable:
            first = None
            self.dying.deaths.clear()  # it comes back, and the caller sends it again
        except (WrongState, InvalidInput):
            self.dying.deaths.clear()
            with pytest.raises((WrongState, InvalidInput)):
                self.run(call(asked))
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

    def in_background(self, work: Any) -> None:
        """What a server does by itself, and may die of."""
        with suppress(StoreUnavailable):
            self.run(work)

    @rule(place=places, units=st.integers(0, 12))
    def count(self, place: tuple[str, str], units: int) -> None:
        self.run(self.world.stock(*place, units))
        self.in_background(self.world.desk.restocked(place[0]))

    @rule(
        units=st.lists(st.integers(1, 4), min_size=1, max_size=2),
        state=st.sampled_from([PaymentState.AUTHORISED, PaymentState.PAID, PaymentState.PENDING]),
        cents=st.integers(0, 10_000),
        off=st.integers(0, 300),
        picked=st.booleans(),
        later=st.integers(0, 60),
    )
    def capture(self, units: list[int], state: PaymentState, cents: int, off: int, picked: bool, later: int) -> None:
        self.orders += 1
        type(self).begun += 1
        lines = tuple((sku, amount, cents * 10_000) for sku, amount in zip(SKUS, units, strict=False))
        order = an_order(
            str(self.orders),
            lines=lines,
            payment=Payment(state, reference=f"pi_{self.orders}"),
            discount_micros=min(off, cents) * 10_000,
            picked=picked,
        )
        not_before = self.world.now + later if later > 30 else 0
        self.try_twice(lambda asked: self.world.desk.capture(order, asked, not_before))

    @rule(pick=picks, what=st.sampled_from(["route", "release", "release", "hold", "lift_hold", "pay_again"]))
    def move_order(self, pick: int, what: str) -> None:
        lives = self.lives()
        if lives:
            order_id = lives[pick % len(lives)].order_id
            call = getattr(self.world.desk, what)
            self.try_twice(lambda asked: call(order_id, Asked(asked.request_id, asked.fingerprint, "test", "because")))

    @rule(pick=picks, whole=st.booleans(), line=st.sampled_from(["1", "2"]), units=st.integers(1, 2))
    def cancel(self, pick: int, whole: bool, line: str, units: int) -> None:
        lives = self.lives()
        if lives:
            order_id = lives[pick % len(lives)].order_id
            wanted = None if whole else {line: units}
            self.try_twice(lambda asked: self.world.desk.cancel(order_id, wanted, asked))

    @rule(pick=picks, line=st.sampled_from(["1", "2"]), units=st.integers(0, 5))
    def change_units(self, pick: int, line: str, units: int) -> None:
        lives = self.lives()
        if lives:
            order_id = lives[pick % len(lives)].order_id
            self.try_twice(lambda asked: self.world.desk.change_units(order_id, line, units, asked))

    @rule(pick=picks)
    def correct_address(self, pick: int) -> None:
        lives = self.lives()
        if lives:
            life = lives[pick % len(lives)]
            address = life.order.ship_to
            assert address is not None
            self.try_twice(lambda asked: self.world.desk.correct_address(life.order_id, address, asked))

    @rule(pick=picks)
    def go_on(self, pick: int) -> None:
        """A node or the post does the next thing with a shipment."""
        shipments = [each for each in self.shipments() if _next(each)]
        if shipments:
            self.work(shipments[pick % len(shipments)])

    @rule(pick=picks)
    def go_all_the_way(self, pick: int) -> None:
        shipments = [each for each in self.shipments() if _next(each)]
        if shipments:
            name = shipments[pick % len(shipments)].shipment_id
            for _ in range(6):
                shipment = next(each for each in self.shipments() if each.shipment_id == name)
                if _next(shipment):
                    self.work(shipment)

    def work(self, shipment: Shipment) -> None:
        desk, name = self.world.desk, shipment.shipment_id
        match _next(shipment):
            case "accept" | "pack" | "deliver" | "ready" as what:
                call = getattr(desk, what)
                self.try_twice(lambda asked: call(name, asked))
            case "pick":
                self.try_twice(lambda asked: desk.pick(name, {}, asked))
            case "ship":
                self.try_twice(lambda asked: desk.ship(name, "T", asked))
            case "hand_over":
                self.try_twice(lambda asked: desk.hand_over(name, f"code of {name}", asked))

    @rule(
        pick=picks,
        what=st.sampled_from(["accept", "pack", "deliver", "ready", "no_show"]),
    )
    def do_anything(self, pick: int, what: str) -> None:
        shipments = self.shipments()
        if shipments:
            name = shipments[pick % len(shipments)].shipment_id
            call = getattr(self.world.desk, what)
            self.try_twice(lambda asked: call(name, asked))

    @rule(pick=picks, by_line=st.booleans())
    def reject(self, pick: int, by_line: bool) -> None:
        open_ones = [
            each for each in self.shipments() if each.state in (ShipmentState.RELEASED, ShipmentState.ACCEPTED)
        ]
        if open_ones:
            shipment = open_ones[pick % len(open_ones)]
            lines = [shipment.contents[0].line_id] if by_line else []
            self.try_twice(lambda asked: self.world.desk.reject(shipment.shipment_id, lines, asked))

    @rule(pick=picks, there=st.integers(0, 3))
    def short_pick(self, pick: int, there: int) -> None:
        accepted = [each for each in self.shipments() if each.state is ShipmentState.ACCEPTED]
        if accepted:
            shipment = accepted[pick % len(accepted)]
            content = shipment.contents[0]
            found = {content.line_id: min(there, content.units)}
            self.try_twice(lambda asked: self.world.desk.pick(shipment.shipment_id, found, asked))

    @rule(pick=picks, units=st.integers(1, 2), exchange=st.booleans(), shipping=st.booleans())
    def send_back(self, pick: int, units: int, exchange: bool, shipping: bool) -> None:
        arrived = [each for each in self.shipments() if each.state in ARRIVED]
        if arrived:
            shipment = arrived[pick % len(arrived)]
            order_id, lines = order_of(shipment.shipment_id), {shipment.contents[0].line_id: units}
            self.try_twice(
                lambda asked: self.world.desk.authorise_return(
                    order_id, lines, asked, exchange=exchange, refund_shipping=shipping
                )
            )

    @rule(pick=picks, good=st.integers(0, 2), bad=st.integers(0, 2), kept=st.sampled_from([False, False, False, True]))
    def take_back(self, pick: int, good: int, bad: int, kept: bool) -> None:
        """The next thing with a return: it is received, or graded; or the customer keeps it."""
        desk = self.world.desk
        open_ones = [each for life in self.lives() for each in life.returns if each.state in OPEN_RETURNS]
        if not open_ones:
            return
        back = open_ones[pick % len(open_ones)]
        name, line = back.return_id, back.lines[0]
        if kept:
            self.try_twice(lambda asked: desk.cancel_return(name, asked))
        elif back.state is ReturnState.AUTHORISED:
            self.try_twice(lambda asked: desk.receive_return(name, "west", asked))
        else:
            as_new = min(good, line.units)
            damaged = min(bad, line.units - as_new)
            missing = line.units - as_new - damaged
            grades = {Grade.AS_NEW: as_new, Grade.DAMAGED: damaged, Grade.MISSING: missing}
            self.try_twice(lambda asked: desk.grade_return(name, {line.line_id: grades}, asked))

    @rule(seconds=st.integers(1, 900))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds
        self.run(self.world.ledger.expire(self.world.now))

    @rule()
    def what_goes_on_by_itself(self) -> None:
        self.in_background(self.world.desk.due())
        self.in_background(self.world.desk.unpaid())

    @rule(after=st.booleans(), gateway=st.booleans())
    def something_will_fail(self, after: bool, gateway: bool) -> None:
        (self.world.gateway.failures if gateway else self.dying.deaths).append(after)

    @invariant()
    def all_is_accounted_for(self) -> None:
        """I1, I2, I4; money; replay."""
        self.run(self.world.check())

    def teardown(self) -> None:
        self.dying.deaths.clear()
        self.world.gateway.failures.clear()
        self.run(self.world.desk.unpaid())
        for life in self.lives():
            assert not life.payment.tasks
        self.run(self.world.check())
        self.run(self.world.ledger.close())


def _next(shipment: Shipment) -> str:
    """What a node does next with it; "" where it is at its end, or planned."""
    pickup = bool(shipment.destination_node)
    return {
        ShipmentState.RELEASED: "accept",
        ShipmentState.ACCEPTED: "pick",
        ShipmentState.PICKED: "pack",
        ShipmentState.PACKED: "ready" if pickup else "ship",
        ShipmentState.SHIPPED: "deliver",
        ShipmentState.READY: "hand_over",
    }.get(shipment.state, "")


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_random_lives_keep_every_invariant(kind: str, store: EmbeddedStore) -> None:
    with asyncio.Runner() as runner:
        client = open_client(StoreAddress(store.url))

        def new_store() -> tuple[Ledger, Lives]:
            if kind == "memory":
                memory = MemoryLedger()
                return memory, MemoryLives(memory)
            ledger = RedisLedger(client, f"random-{new_name()}")
            return ledger, RedisLives(ledger)

        class Machine(LivesMachine):
            pass

        Machine.new_store = staticmethod(new_store)
        Machine.run = staticmethod(runner.run)
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=LIVES if kind == "memory" else max(20, LIVES // 6),
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(client.aclose())
    print(f"{kind}: {Machine.begun} lives")
    assert Machine.begun > LIVES / 6  # the histories did have lives
