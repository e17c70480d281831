"""Carriers are asked how far packages are: by one server at a time, and not too often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from engine.dock.dock import Dock
from engine.lifecycle.states import ShipmentState
from engine.shipping.carrier import CarrierUnavailable
from engine.shipping.tracking import Stage, TrackingEvent
from tests.dock.test_random_labels import PREMISES, Shop


class Asked:
    """The carrier, counting; it takes its time."""

    def __init__(self, carrier: Any) -> None:
        self._carrier = carrier
        self.times = 0
        self.away = False

    async def track(self, tracking_numbers: Sequence[str], now: int) -> tuple[TrackingEvent, ...]:
        self.times += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise CarrierUnavailable("post", "away")
        told: tuple[TrackingEvent, ...] = await self._carrier.track(tracking_numbers, now)
        return told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)


async def shipped() -> tuple[Shop, Asked, list[Dock]]:
    """One order on its way, and three servers that follow it."""
    shop = Shop()
    await shop.ready(1)
    shipment = (await shop.world.desk.get("web:0")).shipments[0]
    await shop.dock.pack(shipment.shipment_id, shop.world.asked())
    await shop.world.desk.ship(shipment.shipment_id, "", shop.world.asked())
    carrier = Asked(shop.carrier)
    docks = [
        Dock(shop.world.desk, lambda: PREMISES, lambda name: carrier, lambda: shop.world.now, look_s=900)
        for _ in range(3)
    ]
    return shop, carrier, docks


async def test_of_several_servers_one_asks_and_asks_again_later() -> None:
    shop, carrier, docks = await shipped()
    await asyncio.gather(*(dock.look_at_due() for dock in docks))
    assert carrier.times == 1
    shop.world.now += 899
    await docks[0].look_at_due()
    assert carrier.times == 1
    shop.world.now += 1
    await asyncio.gather(*(dock.look_at_due() for dock in docks))
    assert carrier.times == 2


async def test_what_the_carrier_knows_moves_the_shipment_and_what_is_there_is_asked_for_no_more() -> None:
    shop, carrier, (dock, *_) = await shipped()
    (number,) = (await shop.world.desk.get("web:0")).shipments[0].tracking_numbers
    await shop.book.scan([TrackingEvent(shop.world.now, number, Stage.DELIVERED)])
    await dock.look_at_due()
    life = await shop.world.desk.get("web:0")
    assert life.shipments[0].state is ShipmentState.DELIVERED
    shop.world.now += 10_000
    assert await dock.look_at_due() == 0
    assert carrier.times == 1
    await shop.check()


async def test_a_carrier_that_is_away_keeps_nobody_from_hearing_what_the_clock_says() -> None:
    shop, carrier, (dock, *_) = await shipped()
    carrier.away = True
    shop.world.now += 86_400
    await dock.look_at_due()
    told = [event.data["trouble"] for event in await shop.world.desk.timeline("web:0") if "trouble" in event.data]
    assert told == ["NOT_HANDED_OVER"]
    assert await dock.look_at_due() == 0
    await shop.check()
