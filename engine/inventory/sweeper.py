"""Brings back what reservations held when they expire, also those that a crashed server left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from engine.errors import StoreUnavailable
from engine.inventory.ledger import Ledger

_LIMIT = 200
"""Routes in one step: the store serves nobody else while it runs."""


async def sweep(ledger: Ledger, now: int) -> int:
    """Expire everything due at ``now`` (UTC seconds); how many routes that were."""
    swept = 0
    while expired := await ledger.expire(now, _LIMIT):
        swept += len(expired)
    return swept


async def run_sweeper(ledger: Ledger, clock: Callable[[], int], interval_s: float = 5.0) -> None:
    """Sweep until cancelled. Several servers may do so on one ledger: each reservation expires once (I3)."""
    while True:
        with suppress(StoreUnavailable):  # the next round finds what this one missed
            await sweep(ledger, clock())
        await asyncio.sleep(interval_s)
