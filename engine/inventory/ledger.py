"""The ledger protocol: what holds the truth about stock, capacity and reservations.

Every mutation carries a request id and a fingerprint of the request: the same id with the same fingerprint returns the
first answer and has no further effect (I5), with another fingerprint it raises RequestReused. Every call is atomic. The
ledger reads no clock: callers pass ``now`` in UTC seconds.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from engine.network.checks import require

MAX_ON_HAND = 2_000_000_000
"""The most units one cell may hold: its figures are kept in 32 bits."""


class ReservationState(enum.Enum):
    """PENDING ends exactly once, as one of the others (I3). NONE is a recorded decision that reserved nothing."""

    NONE = "NONE"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"


class Cell(msgspec.Struct, frozen=True, gc=False):
    """Stock of one SKU at one node, in units. ``protected`` is the part of the ATP that only VIP orders may take."""

    sku: str
    node_id: str
    on_hand: int
    reserved: int
    safety_stock: int
    protected: int

    @property
    def atp(self) -> int:
        return self.on_hand - self.reserved - self.safety_stock


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Units of a SKU to take at a node, >= 1."""

    sku: str
    node_id: str
    units: int

    def __post_init__(self) -> None:
        if self.units < 1:
            require(False, "claims.units", self.units, "a count >= 1")


class CapacityClaim(msgspec.Struct, frozen=True, gc=False):
    """What an order takes of a node's local day (days since 1970-01-01), and the day's limits (-1: none)."""

    node_id: str
    day: int
    orders: int
    units: int
    order_limit: int
    unit_limit: int

    def __post_init__(self) -> None:
        if self.orders < 0 or self.units < 0:
            require(False, "capacity", (self.orders, self.units), "orders and units >= 0")


class CapacityUse(msgspec.Struct, frozen=True, gc=False):
    """Orders and units reserved at a node for a local day."""

    node_id: str
    day: int
    orders: int
    units: int


class Reserve(msgspec.Struct, frozen=True, gc=False):
    """A route to reserve, all or nothing (I2). With no claims it just records the decision.

    ``confirmed`` makes it an allocation at once. ``replaces`` names a route whose live reservation is given back in the
    same step; it must be live, and CONFIRMED just when ``confirmed``, else the answer is ``Refused``. What it held may be
    taken again even where a count has since gone below it: a cell or a day that holds no more than before is not short.
    ``record`` is kept until ``record_expiry_time``, and returned for the same request id. ``route_id`` is new: one that
    exists answers ``Reused``.
    """

    request_id: str
    fingerprint: bytes
    route_id: str
    claims: tuple[Claim, ...]
    capacity: tuple[CapacityClaim, ...]
    vip: bool
    expiry_time: int
    record: bytes
    record_expiry_time: int
    replaces: str = ""
    confirmed: bool = False


class Reserved(msgspec.Struct, frozen=True, gc=False):
    """It is held. ``position`` is the feed's position at which the change stands (or a later one)."""

    position: int


class Replayed(msgspec.Struct, frozen=True, gc=False):
    """The request id was answered before: the record of then."""

    route_id: str
    record: bytes


@dataclass(frozen=True, slots=True)
class Reused:
    """The request id was answered before, for another request."""


class Conflict(msgspec.Struct, frozen=True, gc=False):
    """Nothing was taken; the values that did not suffice, as they are at ``position`` of the feed."""

    cells: tuple[Cell, ...]
    capacity: tuple[CapacityUse, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The route to replace is not live, or not in the state it was taken to be."""

    state: ReservationState | None


ReserveOutcome = Reserved | Replayed | Reused | Conflict | Refused


class StoredRoute(msgspec.Struct, frozen=True, gc=False):
    """A recorded decision: its reservation's state now, its claims, and the record as it was written."""

    route_id: str
    state: ReservationState
    expiry_time: int
    claims: tuple[Claim, ...]
    capacity: tuple[CapacityClaim, ...]
    record: bytes


@dataclass(frozen=True, slots=True)
class StockDelta:
    """A change of on hand: positive is received, negative written off. ``on_hand`` never goes below what is reserved.

    ``as_of_time``: when the units moved, UTC seconds; a delta from before the cell's last count changes nothing, as it is in
    the count. None: now, whatever was counted.
    """

    sku: str
    node_id: str
    units: int
    as_of_time: int | None = None


@dataclass(frozen=True, slots=True)
class StockCount:
    """A count: on hand becomes ``on_hand``, 0..2e9. One from before the cell's last count (``as_of_time``), or from before units
    last came or went, changes nothing: an old count can't undo a newer sale.

    None leaves safety stock or protection as they are.
    """

    sku: str
    node_id: str
    on_hand: int
    as_of_time: int
    safety_stock: int | None = None
    protected: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, as absolute values in order, and the position to go on from. ``lost``: positions were trimmed, reload."""

    position: int
    cells: tuple[Cell, ...]
    capacity: tuple[CapacityUse, ...]
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """Units that ever came in and went out: received and returned less written off and shipped is all on hand (I4).

    ``adjust`` and ``count`` receive and write off; the life of orders ships, and takes returns back.
    """

    received: int
    written_off: int
    shipped: int = 0
    returned: int = 0

    @property
    def on_hand(self) -> int:
        return self.received + self.returned - self.written_off - self.shipped


def check_counts(counts: Sequence[StockCount]) -> None:
    """Raises InvalidInput naming the first figure out of its range."""
    for row, count in enumerate(counts):
        for name in ("on_hand", "safety_stock", "protected"):
            units = getattr(count, name)
            inside = units is None or 0 <= units <= MAX_ON_HAND
            require(inside, f"counts[{row}].{name}", units, f"a count in 0..{MAX_ON_HAND}")
        require(count.as_of_time >= 0, f"counts[{row}].as_of_time", count.as_of_time, "UTC seconds >= 0")


class Ledger(Protocol):
    """See the module. Implemented by RedisLedger and MemoryLedger, proven by one test suite."""

    async def reserve(self, requests: Sequence[Reserve], now: int) -> list[ReserveOutcome]:
        """Each on its own, in order, all in one round trip."""
        ...

    async def confirm(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        """PENDING to CONFIRMED: an allocation, which no longer expires. Raises NotFound, WrongState, RequestReused."""
        ...

    async def release(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        """PENDING or CONFIRMED to RELEASED: units and capacity come back. Raises NotFound, WrongState, RequestReused."""
        ...

    async def expire(self, now: int, limit: int = 1_000) -> list[str]:
        """PENDING reservations with expiry_time <= now to EXPIRED; their route ids, at most ``limit``."""
        ...

    async def route(self, route_id: str) -> StoredRoute:
        """Raises NotFound."""
        ...

    async def routes(self, route_ids: Sequence[str]) -> list[StoredRoute | None]:
        """Each as ``route`` has it, None where there is none."""
        ...

    async def adjust(self, request_id: str, deltas: Sequence[StockDelta], now: int) -> list[Cell]:
        """All or nothing. Raises InvalidInput where on hand would fall below reserved, RequestReused."""
        ...

    async def count(self, request_id: str, counts: Sequence[StockCount], now: int) -> list[Cell]:
        """All cells named, as they are after. A count below reserved is taken as it is: ATP goes below zero and nothing
        more is promised until it recovers."""
        ...

    async def cells(self, skus: Sequence[str]) -> list[Cell]:
        """Every cell of the SKUs, ordered by (SKU as given, node id)."""
        ...

    def all_cells(self) -> AsyncIterator[list[Cell]]:
        """Every cell, in blocks."""
        ...

    async def capacity(self, first_day: int, last_day: int) -> list[CapacityUse]:
        """Every use of a day in first_day..last_day."""
        ...

    def live_routes(self) -> AsyncIterator[list[StoredRoute]]:
        """Every reservation that holds stock, pending or confirmed, and the allocation of every shipment, in blocks; for
        audits."""
        ...

    async def totals(self) -> Totals:
        """What came in and went out so far."""
        ...

    async def position(self) -> int:
        """Where the change feed is now."""
        ...

    async def changes(self, position: int, wait_ms: int = 0) -> Changes:
        """What came after ``position``; waits up to ``wait_ms`` for the first change."""
        ...

    async def close(self) -> None: ...
