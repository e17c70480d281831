"""Whatever carriers, nodes, customers and crashes do: what is packed has one label, and no label is left that nobody needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dock.dock import Dock
from engine.dock.premises import Premises
from engine.errors import OneboxError
from engine.inventory.memory_ledger import MemoryLedger
from engine.lifecycle.labels import in_use
from engine.lifecycle.life import Life
from engine.lifecycle.memory_lives import MemoryLives
from engine.lifecycle.states import GIVEN_UP, ShipmentState
from engine.network.network import Place
from engine.shipping.book import Entry, MemoryBook
from engine.shipping.carrier import Carrier, CarrierUnavailable, Consignment, Label
from engine.shipping.local import LocalCarrier
from engine.shipping.tracking import Stage, TrackingEvent
from tests.lifecycle.world import NODES, World
from tests.network.sample import DC, GROUND, GROUND_CARD, MAIL, MUG, SAMPLE

GONE_S = 601
"""After so long nobody is still buying what was stopped."""
BERLIN = Place("DE", "101", 52.53, 13.38, "Europe/Berlin")
NETWORK = replace(
    SAMPLE,
    nodes=tuple(
        replace(
            DC, node_id=node, name=node, country="DE", postal_code="10115", latitude=52.5, longitude=13.4, holidays=""
        )
        for node in NODES
    ),
    items=tuple(replace(MUG, sku=sku) for sku in ("cup", "pot")),
    carriers=(replace(MAIL, carrier_id="post"),),
    services=(replace(GROUND, carrier_id="post", rate_card=GROUND_CARD, holidays=""),),
    places={("DE", "101"): BERLIN},
)
PREMISES = Premises(NETWORK)


class Dead(BaseException):
    """The server died; nothing of it runs on."""


class Faults:
    """A carrier to which things happen as it gives a label."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.before: Callable[[], Coroutine[Any, Any, None]] | None = None
        self.after: Callable[[], Coroutine[Any, Any, None]] | None = None
        self.away = False

    async def label(self, consignment: Consignment, now: int) -> Label:
        before, self.before = self.before, None
        after, self.after = self.after, None
        if before is not None:
            await before()
        given_label = await self._carrier.label(consignment, now)
        if after is not None:
            await after()
        return given_label

    async def void(self, label_id: str, now: int) -> None:
        if self.away:
            raise CarrierUnavailable("post", "away")
        await self._carrier.void(label_id, now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)


class Shop:
    """A world with a dock."""

    def __init__(self) -> None:
        memory = MemoryLedger()
        self.world = World(memory, MemoryLives(memory))
        self.book = MemoryBook()
        self.carrier = Faults(LocalCarrier("post", PREMISES.model, self.book))
        world = self.world
        self.dock = Dock(world.desk, lambda: PREMISES, lambda name: self.carrier, lambda: world.now)

    async def ready(self, orders: int) -> None:
        for node in NODES:
            for sku in ("cup", "pot"):
                await self.world.stock(sku, node, 100)
        for number in range(orders):
            life = await self.world.ordered(f"{number}")
            for shipment in life.shipments:
                await self.world.desk.accept(shipment.shipment_id, self.world.asked())
                await self.world.desk.pick(shipment.shipment_id, {}, self.world.asked())

    async def lives(self) -> list[Life]:
        return [life async for block in self.world.lives.all_lives() for life in block]

    def entries(self) -> dict[str, Entry]:
        return self.book._entries

    async def check(self) -> None:
        """After each step, whatever is under way."""
        entries = self.entries()
        needed: set[str] = set()
        for life in await self.lives():
            needed |= in_use(life) | {each.label_id for each in life.taken_back}
            for shipment in life.shipments:
                numbers = () if shipment.label is None else shipment.label.tracking_numbers
                assert numbers or shipment.state is not ShipmentState.PACKED
                if shipment.label is not None and numbers and shipment.state not in GIVEN_UP:
                    entry = entries[shipment.label.label_id]
                    assert not entry.void
                    assert len(entry.consignment.parcels) == len(numbers) == len(shipment.packages)
        assert {name for name, entry in entries.items() if not entry.void} <= needed
        await self.world.check()


ACTS = ("pack", "pack", "pack again", "cancel", "cancel", "ship", "ship otherwise", "take back", "wait", "scan", "scan")
FAULTS = (
    "silent before",
    "silent after",
    "dead before",
    "dead after",
    "cancelled before",
    "cancelled after",
    "gone before",
)
STAGES = dict(zip(("none", *FAULTS), list(Stage)[1:9], strict=True))
"""A scan says one of these, by the fault that is drawn: each as likely as another, but for the first."""
LATER = {fault: (n % 3 - 1) * 3_600 for n, fault in enumerate(STAGES)}
"""Scans come in any order."""
STEPS = st.tuples(
    st.sampled_from(ACTS), st.integers(0, 1), st.one_of(st.just("none"), st.sampled_from(FAULTS)), st.booleans()
)


@given(st.lists(STEPS, min_size=3, max_size=14))
@settings(max_examples=150, deadline=None)
def test_what_is_packed_has_one_label_and_none_is_left_over(
    script: list[tuple[str, int, str, bool]],
) -> None:
    asyncio.run(_played(script))


async def _played(script: list[tuple[str, int, str, bool]]) -> None:
    shop = Shop()
    await shop.ready(2)
    for act, number, fault, away in script:
        shop.carrier.away = away
        with suppress(OneboxError, Dead):
            await _act(shop, act, f"web:{number}", fault)
        shop.carrier.before = shop.carrier.after = None
        await shop.check()
    shop.carrier.away = False
    shop.world.now += GONE_S
    await shop.dock.take_back()
    await shop.check()
    lives = await shop.lives()
    assert all(life.taken_back == () for life in lives)
    used = frozenset(name for life in lives for name in in_use(life))
    assert all(entry.void or name in used for name, entry in shop.entries().items())


async def _act(shop: Shop, act: str, order_id: str, fault: str) -> None:
    world, dock = shop.world, shop.dock
    life = await world.desk.get(order_id)
    shipment = next((each for each in life.shipments if each.state not in GIVEN_UP), None)
    if act == "wait":
        world.now += GONE_S
    elif act == "take back":
        await dock.take_back()
    elif act == "cancel":
        await world.desk.cancel(order_id, None, world.asked())
    elif shipment is None:
        return
    elif act == "scan":
        for tracking_number in shipment.tracking_numbers:
            await dock.scanned([TrackingEvent(world.now + LATER[fault], tracking_number, STAGES[fault])], "carrier")
        await dock.look_at_due()
    elif act in ("pack", "pack again"):
        _set(shop, fault, order_id)
        asked = world.asked()
        await dock.pack(shipment.shipment_id, asked)
        if act == "pack again":
            again = await dock.pack(shipment.shipment_id, asked)
            packed = next(each for each in again.shipments if each.shipment_id == shipment.shipment_id)
            assert packed.state is ShipmentState.PACKED
    else:
        number = "another" if act == "ship otherwise" else ""
        await world.desk.ship(shipment.shipment_id, number, world.asked())


def _set(shop: Shop, fault: str, order_id: str) -> None:
    """What happens as the carrier is asked."""
    what, _, when = fault.partition(" ")

    async def silent() -> None:
        raise CarrierUnavailable("post", "no answer")

    async def dead() -> None:
        raise Dead

    async def cancelled() -> None:
        await shop.world.desk.cancel(order_id, None, shop.world.asked())

    async def gone() -> None:
        """Cancelled, and its label looked for in vain."""
        await cancelled()
        await shop.dock.take_back()

    happens = {"silent": silent, "dead": dead, "cancelled": cancelled, "gone": gone}.get(what)
    if when == "before":
        shop.carrier.before = happens
    elif when == "after":
        shop.carrier.after = happens
