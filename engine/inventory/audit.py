"""Does the ledger add up? Invariants I1 and I4, checked from outside on a ledger at rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.inventory.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found. ``faults`` is empty when every unit is accounted for."""

    cells: int
    live_routes: int
    on_hand: int
    reserved: int
    faults: tuple[str, ...]


async def audit(ledger: Ledger) -> Audit:
    """Reserved is the sum of the live reservations, cell by cell; on hand is what came in less what went out."""
    claimed: Counter[tuple[str, str]] = Counter()
    live = 0
    async for routes in ledger.live_routes():
        live += len(routes)
        for route in routes:
            for claim in route.claims:
                claimed[claim.sku, claim.node_id] += claim.units
    faults: list[str] = []
    cells = on_hand = reserved = 0
    async for block in ledger.all_cells():
        for cell in block:
            cells += 1
            on_hand += cell.on_hand
            reserved += cell.reserved
            wanted = claimed.pop((cell.sku, cell.node_id), 0)
            if cell.reserved != wanted:
                at = f"{cell.sku} at {cell.node_id}"
                faults.append(f"{at}: {cell.reserved} reserved, live reservations hold {wanted}")
    faults += [f"{sku} at {node}: no cell, live reservations hold {units}" for (sku, node), units in claimed.items()]
    totals = await ledger.totals()
    if on_hand != totals.on_hand:
        faults.append(f"{on_hand} on hand, the totals say {totals.on_hand}: {totals}")
    return Audit(cells, live, on_hand, reserved, tuple(faults))
