"""What goes on by itself: stock that comes in is given to who waits for it, dates come, the gateway is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from engine.capture.captured import CapturedOrder
from engine.capture.inbox import Inbox
from engine.capture.uptake import take_up
from engine.errors import InvalidInput, NotReady, StoreUnavailable
from engine.inventory.ledger import Ledger
from engine.lifecycle.asked import Asked
from engine.lifecycle.desk import Desk
from engine.lifecycle.schedule_desk import ScheduleDesk

_WAIT_MS = 1_000
_AGAIN_S = 1.0
_LOOK_S = 0.5


Reached = Callable[[int], Awaitable[None]]
"""Returns once decisions are made on stock as it is at a position of the feed, or a second has passed."""


async def follow_stock(desk: Desk, ledger: Ledger, position: int, reached: Reached) -> int:
    """Take up what the change feed says after ``position``; the position reached. Waits a second for the first change.

    Several servers may follow the same feed: of two that route the same order one is first, and the other finds it routed.
    """
    changes = await ledger.changes(position, _WAIT_MS)
    if changes.lost:
        position = await ledger.position()
        await reached(position)
        await look_everywhere(desk, ledger)
        return position
    skus = await desk.waited_for(list(dict.fromkeys(cell.sku for cell in changes.cells if cell.atp > 0)))
    if skus:
        await reached(changes.position)
    for sku in skus:
        await desk.restocked(sku)
    return changes.position


async def look_everywhere(desk: Desk, ledger: Ledger) -> None:
    """All stock is offered to who waits for it: what came in while nobody looked is not lost."""
    async for cells in ledger.all_cells():
        for sku in await desk.waited_for(list(dict.fromkeys(cell.sku for cell in cells if cell.atp > 0))):
            await desk.restocked(sku)


async def run_stock(desk: Desk, ledger: Ledger, reached: Reached) -> None:
    """Follow the feed until cancelled, while somebody waits; a busy shop's feed is not read for nobody.

    Who begins to wait while nobody looks is found half a second later, with what the feed said half a second before.
    """
    position = before = 0
    known = False
    while True:
        try:
            if not known:
                position = before = await ledger.position()
                await reached(position)
                if await desk.somebody_waits():
                    await look_everywhere(desk, ledger)
                known = True
            if await desk.somebody_waits():
                position = before = await follow_stock(desk, ledger, position, reached)
            else:
                position, before = before, await ledger.position()
            await asyncio.sleep(_LOOK_S)
        except (StoreUnavailable, NotReady):
            await asyncio.sleep(_AGAIN_S)


async def run_due(desk: Desk, schedules: ScheduleDesk, interval_s: float) -> None:
    """Dates, recurring orders, rounds and money that were left, until cancelled."""
    while True:
        with suppress(StoreUnavailable, NotReady):  # the next round finds what this one missed
            await desk.due()
            await desk.unpaid()
            await desk.exchanges()
            await schedules.order_due()
        await asyncio.sleep(interval_s)


async def run_inbox(desk: Desk, inbox: Inbox, refused: Callable[[CapturedOrder, InvalidInput], object]) -> None:
    """Give every order that a channel sent a life, until cancelled. Done twice, by two servers or after a crash, it is done
    once: an order's name is its request."""

    async def take(order: CapturedOrder) -> None:
        await desk.take_up(order, Asked(order.order_id, b"inbox", f"channel {order.channel}"))

    while True:
        taken = 0
        with suppress(StoreUnavailable, NotReady):  # the next round finds what this one missed
            taken = await take_up(inbox, take, refused)
        if not taken:
            await asyncio.sleep(_AGAIN_S)
