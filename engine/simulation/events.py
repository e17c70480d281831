"""What happens in a replay, in the order of time; at one instant receipts come first, then nodes' answers, then orders."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from engine.routing.order import Order


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units come in at a node."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A node refuses what it was to ship of an order; ``short`` when the units are not there."""

    order: int
    node_id: str
    short: bool


@dataclass(frozen=True, slots=True)
class Lapse:
    """Reservations that nobody paid for may have run out."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order comes in: the order and its place among all."""

    order: Order
    position: int


Event = Receipt | Reject | Lapse | Arrival
_RANK = {Receipt: 0, Lapse: 1, Reject: 2, Arrival: 3}


class Agenda:
    """Events by time, then rank, then in the order they were put down."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Event]] = []
        self._serial = count()

    def put(self, instant: int, event: Event) -> None:
        heappush(self._heap, (instant, _RANK[type(event)], next(self._serial), event))

    def __bool__(self) -> bool:
        return bool(self._heap)

    def pop(self) -> tuple[int, Event]:
        instant, _, _, event = heappop(self._heap)
        return instant, event
