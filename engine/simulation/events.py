"""What happens in a replay, in the order of time; at one instant receipts come first, then nodes' answers, then orders, then
what the router does of itself: re-optimise, and close windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import ceil

from engine.routing.order import Order
from engine.routing.route import Shipment
from engine.simulation.clock import VirtualClock


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units come in at a node."""

    sku: str
    node_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Return:
    """What customers send back of an order's shipment comes in at the node it came from."""

    order: int
    shipment: Shipment


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


@dataclass(frozen=True, slots=True)
class Reoptimize:
    """What has not left yet may move, if the scenario looks for that."""


@dataclass(slots=True, eq=False)
class Wake:
    """A part of the router asked to be called at this time."""

    then: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


Event = Receipt | Return | Reject | Lapse | Arrival | Reoptimize | Wake
_RANK = {Receipt: 0, Return: 0, Lapse: 1, Reject: 2, Arrival: 3, Reoptimize: 4, Wake: 5}


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


class VirtualTimer:
    """The replay's time for what waits for it: see ``engine.routing.timers``. Calls come with the agenda, on whole seconds."""

    def __init__(self, clock: VirtualClock, agenda: Agenda) -> None:
        self._clock = clock
        self._agenda = agenda

    def time(self) -> float:
        return self._clock.now

    def call_at(self, when: float, then: Callable[[], None]) -> Wake:
        wake = Wake(then)
        self._agenda.put(ceil(when), wake)
        return wake
