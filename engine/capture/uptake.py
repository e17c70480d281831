"""Handing captured orders on, each at least once and in the order they came: to the life cycle, or whoever else takes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine.capture.captured import CapturedOrder
from engine.capture.inbox import Inbox
from engine.errors import InvalidInput


async def take_up(
    inbox: Inbox,
    take: Callable[[CapturedOrder], Awaitable[object]],
    refused: Callable[[CapturedOrder, InvalidInput], object],
    limit: int = 100,
) -> int:
    """Hand on the orders that were not taken up yet; how many.

    ``take`` must know an order that it is given again: after a crash, and where several servers do this, one comes twice.
    An order it refuses with InvalidInput is told to ``refused`` and passed over, as it would stop all behind it; any other
    error ends the call with that order still to come.
    """
    found = await inbox.after(await inbox.taken(), limit)
    for position, order in found:
        try:
            await take(order)
        except InvalidInput as error:
            refused(order, error)
        await inbox.mark_taken(position)
    return len(found)
