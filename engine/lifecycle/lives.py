"""The protocol of what holds lives: one atomic change of a life, the stock it touches, its events and its marks.

A change is made from a version of the life and takes effect only on that version; whoever was slower reads again. It has a
request id, as the ledger's mutations have (I5). Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.inventory.ledger import CapacityClaim, Claim
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life


@dataclass(frozen=True, slots=True)
class Adopt:
    """A route's reservation ends, as allocations take its place in the same change. It must be pending and not due."""

    route_id: str


@dataclass(frozen=True, slots=True)
class Allocate:
    """Units and capacity are held for a shipment. Only what the same change gives back is allocated, so ATP is not asked."""

    shipment_id: str
    claims: tuple[Claim, ...]
    capacity: tuple[CapacityClaim, ...]


@dataclass(frozen=True, slots=True)
class Free:
    """An allocation ends, its units and capacity come back."""

    shipment_id: str


@dataclass(frozen=True, slots=True)
class Ship:
    """An allocation ends, its units leave: on hand and reserved both fall. What was counted too low is received first."""

    shipment_id: str


@dataclass(frozen=True, slots=True)
class Empty:
    """A picker found ``units`` less than he was to take: on hand falls to what others were promised there, or by so many."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Restock:
    """Units that were shipped are on hand again."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Discard:
    """Units that were shipped came back and are written off."""

    sku: str
    node_id: str
    units: int


Effect = Adopt | Allocate | Free | Ship | Empty | Restock | Discard

Marks = Mapping[tuple[str, str], int]
"""Where a life is to be found: (index, member) to a score."""


@dataclass(frozen=True, slots=True)
class Change:
    """``version``: of the life it was made from, 0 for a new one. ``before`` and ``after``: its marks then and now."""

    request_id: str
    fingerprint: bytes
    order_id: str
    version: int
    life: Life
    effects: tuple[Effect, ...]
    events: tuple[Event, ...]
    before: Marks
    after: Marks

    @property
    def marks_gone(self) -> tuple[tuple[str, str], ...]:
        """(index, member) where the life is not to be found any more."""
        return tuple(name for name in self.before if name not in self.after)

    @property
    def marks_set(self) -> Marks:
        """Where it is to be found anew, or at another score."""
        return {name: score for name, score in self.after.items() if self.before.get(name) != score}


@dataclass(frozen=True, slots=True)
class Changed:
    version: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The request was answered before: the life of then."""

    life: Life


@dataclass(frozen=True, slots=True)
class Reused:
    """The request id was answered before, for another request."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The life has moved on."""


@dataclass(frozen=True, slots=True)
class NotHeld:
    """The route to adopt is not pending any more."""

    route_id: str


Outcome = Changed | Answered | Reused | Stale | NotHeld


@dataclass(frozen=True, slots=True)
class Found:
    """A life, its version, and what the request id was answered before. ``life`` None: there is none, version 0."""

    life: Life | None
    version: int
    answered: Answered | Reused | None


class Lives(Protocol):
    """See the module. Implemented by RedisLives and MemoryLives, proven by one test suite."""

    async def change(self, change: Change, now: int) -> Outcome: ...

    async def find(self, order_id: str, request_id: str = "", fingerprint: bytes = b"") -> Found: ...

    async def timeline(self, order_id: str) -> list[Event]:
        """Every event of the order, in order; none for an order that is not known."""
        ...

    async def events(self, after: str = "0", limit: int = 1_000) -> list[tuple[str, Event]]:
        """(position, event) of all orders behind a position, in order."""
        ...

    async def left(self, skus: Sequence[str], since: int) -> dict[tuple[str, str], int]:
        """Units by (SKU, node) that left for customers since then (UTC seconds), by whole days; of the last quarter year at
        most."""
        ...

    async def marked(
        self, index: str, most: int | None = None, limit: int = 1_000, *, least: int | None = None
    ) -> list[str]:
        """Members of an index by score, from the score ``least`` to ``most``."""
        ...

    async def marked_among(self, indexes: Sequence[str]) -> list[str]:
        """Those of the indexes that have members, in one round trip."""
        ...

    def all_lives(self) -> AsyncIterator[Sequence[Life]]:
        """Every life, in blocks; for audits."""
        ...
