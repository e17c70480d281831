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


class ReservationState(enum.Enum):
    """PENDING ends exactly once, as one of the others (I3). NONE is a recorded decision that reserved nothing."""

    NONE = "NONE"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"


@dataclass(frozen=True, slots=True)
class Cell:
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


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of a SKU to take at a node, >= 1. Claims of one reservation are distinct in (sku, node)."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class CapacityClaim:
    """What an order takes of a node's local day (days since 1970-01-01), and the day's limits (-1: none)."""

    node_id: str
    day: int
    orders: int
    units: int
    order_limit: int
    unit_limit: int


@dataclass(frozen=True, slots=True)
class CapacityUse:
    """Orders and units reserved at a node for a local day."""

    node_id: str
    day: int
    orders: int
    units: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """A route to reserve, all or nothing (I2). With no claims it just records the decision.

    ``replaces`` names a route whose live reservation (pending or confirmed) is given back in the same step; it must be
    live, else the answer is ``Refused``. ``record`` is kept until ``record_expiry_time``, and returned for the same
    request id.
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


@dataclass(frozen=True, slots=True)
class Reserved:
    """It is held."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The request id was answered before: the record of then."""

    route_id: str
    record: bytes


@dataclass(frozen=True, slots=True)
class Reused:
    """The request id was answered before, for another request."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was taken; the values that did not suffice, as they are now."""

    cells: tuple[Cell, ...]
    capacity: tuple[CapacityUse, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The route to replace is not live."""

    state: ReservationState | None


ReserveOutcome = Reserved | Replayed | Reused | Conflict | Refused


@dataclass(frozen=True, slots=True)
class StoredRoute:
    """A recorded decision: its reservation's state now, its claims, and the record as it was written."""

    route_id: str
    state: ReservationState
    expiry_time: int
    claims: tuple[Claim, ...]
    capacity: tuple[CapacityClaim, ...]
    record: bytes


@dataclass(frozen=True, slots=True)
class StockDelta:
    """A change of on hand: positive is received, negative written off. ``on_hand`` never goes below what is reserved."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class StockCount:
    """A count: on hand becomes ``on_hand``. Counts older than the cell's last (``as_of_time``) change nothing.

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

    position: str
    cells: tuple[Cell, ...]
    capacity: tuple[CapacityUse, ...]
    lost: bool = False


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

    async def position(self) -> str:
        """Where the change feed is now."""
        ...

    async def changes(self, position: str, wait_ms: int = 0) -> Changes:
        """What came after ``position``; waits up to ``wait_ms`` for the first change."""
        ...

    async def close(self) -> None: ...
