"""What the dock does by itself: labels are taken back, carriers are asked how far their packages are."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from engine.dock.dock import Dock
from engine.errors import NotReady, StoreUnavailable


async def run_dock(dock: Dock, interval_s: float) -> None:
    """Until cancelled. Several servers may: what one has done the other does not find."""
    while True:
        looked = 0
        with suppress(StoreUnavailable, NotReady):  # the next round finds what this one missed
            await dock.take_back()
            looked = await dock.look_at_due()
        await asyncio.sleep(0 if looked else interval_s)
