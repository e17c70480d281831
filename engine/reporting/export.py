"""What a ledger holds, as tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from engine.inventory.connection import Client, store_errors
from engine.inventory.ledger import Ledger, ReservationState
from engine.lifecycle.lives import Lives
from engine.reporting.tables import Rows
from engine.routing.record import Record, decode

_BLOCK = 200
"""Routes read at once."""


async def records(ledger: Ledger, client: Client, name: str) -> AsyncIterator[tuple[Record, ReservationState]]:
    """Every decision that the ledger ``name`` keeps a record of, in the order of their ids, and what is with it now."""
    ids = sorted({route_id async for route_id in _route_ids(client, name)})
    for first in range(0, len(ids), _BLOCK):
        for stored in await asyncio.gather(*map(ledger.route, ids[first : first + _BLOCK])):
            if stored.record:
                yield decode(stored.record), stored.state


async def add_decisions(rows: Rows, ledger: Ledger, client: Client, name: str) -> int:
    """Every decision that the ledger ``name`` keeps; how many."""
    found = 0
    async for record, state in records(ledger, client, name):
        rows.add_record(record, state)
        found += 1
    return found


async def add_lives(rows: Rows, lives: Lives) -> None:
    """Every order that has a life, as it stands."""
    async for block in lives.all_lives():
        for life in block:
            rows.add_life(life)


async def add_events(rows: Rows, lives: Lives) -> str:
    """Every event of orders' lives that the stream still has, in order; the position of the last, "0" for none."""
    after = "0"
    while block := await lives.events(after):
        for position, event in block:
            rows.add_event(position, event)
        after = block[-1][0]
    return after


async def add_stock(rows: Rows, ledger: Ledger, now: int) -> None:
    """All stock as it is ``now``, UTC seconds."""
    async for cells in ledger.all_cells():
        rows.add_stock(cells, now)


async def _route_ids(client: Any, name: str) -> AsyncIterator[str]:
    """A scan: it takes its time, and the store serves others meanwhile. A cluster is asked server by server."""
    prefix = f"onebox:{{{name}}}:route:"
    pattern = "".join(f"\\{letter}" if letter in "*?[]\\^" else letter for letter in prefix) + "*"
    with store_errors():
        async for key in client.scan_iter(match=pattern, count=1_000):
            yield key.decode().removeprefix(prefix)
