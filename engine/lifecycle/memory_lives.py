"""Lives in memory, beside a memory ledger: for simulation and tests. The same rules, nothing survives the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from engine.errors import RequestReused
from engine.inventory.ledger import ReservationState, StoredRoute
from engine.inventory.memory_ledger import MemoryLedger
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life
from engine.lifecycle.lives import (
    Adopt,
    Allocate,
    Answered,
    Change,
    Changed,
    Discard,
    Effect,
    Empty,
    Found,
    Free,
    NotHeld,
    Outcome,
    Restock,
    Reused,
    Ship,
    Stale,
)

DAY_S = 86_400


class MemoryLives:
    """See ``Lives``."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._lives: dict[str, tuple[int, Life]] = {}
        self._timelines: dict[str, list[Event]] = {}
        self._events: list[Event] = []
        self._marks: dict[str, dict[str, int]] = {}
        self._left: dict[tuple[str, str, int], int] = {}

    async def change(self, change: Change, now: int) -> Outcome:
        self._ledger.forget_until(now)
        answered = self._answered(change.request_id, change.fingerprint)
        if answered is not None:
            return answered
        version, _ = self._lives.get(change.order_id, (0, None))
        if version != change.version:
            return Stale()
        for effect in change.effects:
            if isinstance(effect, Adopt) and not self._ledger.pending(effect.route_id, now):
                return NotHeld(effect.route_id)
        for effect in change.effects:
            self._apply(effect, now)
        self._ledger.books.publish(now)
        self._lives[change.order_id] = (version + 1, change.life)
        answer = Answered(change.life)
        self._ledger.remember(change.request_id, change.fingerprint, answer, now + self._ledger.answer_ttl_s)
        for index, member in change.marks_gone:
            self._marks.get(index, {}).pop(member, None)
        for (index, member), score in change.marks_set.items():
            self._marks.setdefault(index, {})[member] = score
        self._timelines.setdefault(change.order_id, []).extend(change.events)
        self._events.extend(change.events)
        return Changed(version + 1)

    def _apply(self, effect: Effect, now: int) -> None:
        books, allocations = self._ledger.books, self._ledger.allocations
        match effect:
            case Adopt(route_id=route_id):
                self._ledger.adopt(route_id)
            case Allocate(shipment_id=shipment_id, claims=claims, capacity=capacity):
                held = StoredRoute(shipment_id, ReservationState.CONFIRMED, 0, claims, capacity, b"")
                allocations[shipment_id] = held
                for claim in claims:
                    books.stock(claim.sku, claim.node_id).reserved += claim.units
                for day in capacity:
                    use = books.use(day.node_id, day.day)
                    use.orders, use.units = use.orders + day.orders, use.units + day.units
            case Free(shipment_id=shipment_id):
                books.give_back(allocations.pop(shipment_id))
            case Ship(shipment_id=shipment_id):
                for claim in allocations.pop(shipment_id).claims:
                    stock = books.stock(claim.sku, claim.node_id)
                    stock.reserved -= claim.units
                    if stock.on_hand < claim.units:  # counted too low: it was there
                        books.set_on_hand(stock, claim.units)
                    stock.on_hand -= claim.units
                    stock.moved_time = max(stock.moved_time, now)
                    books.count_in(shipped=claim.units)
                    place = claim.sku, claim.node_id, now // DAY_S
                    self._left[place] = self._left.get(place, 0) + claim.units
            case Empty(sku=sku, node_id=node_id, units=units):
                stock = books.stock(sku, node_id)
                books.set_on_hand(stock, min(stock.on_hand, max(0, min(stock.on_hand - units, stock.reserved))))
                stock.counted_time = max(stock.counted_time, now)
            case Restock(sku=sku, node_id=node_id, units=units):
                stock = books.stock(sku, node_id)
                stock.on_hand += units
                stock.moved_time = max(stock.moved_time, now)
                books.count_in(returned=units)
            case Discard(units=units):
                books.count_in(returned=units, written_off=units)

    async def find(self, order_id: str, request_id: str = "", fingerprint: bytes = b"") -> Found:
        version, life = self._lives.get(order_id, (0, None))
        return Found(life, version, self._answered(request_id, fingerprint) if request_id else None)

    def _answered(self, request_id: str, fingerprint: bytes) -> Answered | Reused | None:
        try:
            answer: Answered | None = self._ledger.answered(request_id, fingerprint)
        except RequestReused:
            return Reused()
        return answer

    async def timeline(self, order_id: str) -> list[Event]:
        return list(self._timelines.get(order_id, ()))

    async def events(self, after: str = "0", limit: int = 1_000) -> list[tuple[str, Event]]:
        first = int(after)
        rows = self._events[first : first + limit]
        return [(str(first + number), event) for number, event in enumerate(rows, 1)]

    async def left(self, skus: Sequence[str], since: int) -> dict[tuple[str, str], int]:
        units: dict[tuple[str, str], int] = {}
        for (sku, node_id, day), left in self._left.items():
            if sku in skus and day >= since // DAY_S:
                units[sku, node_id] = units.get((sku, node_id), 0) + left
        return units

    async def marked(
        self, index: str, most: int | None = None, limit: int = 1_000, *, least: int | None = None
    ) -> list[str]:
        rows = sorted((score, member) for member, score in self._marks.get(index, {}).items())
        within = [member for score, member in rows if (most is None or score <= most) and score >= (least or score)]
        return within[:limit]

    async def marked_among(self, indexes: Sequence[str]) -> list[str]:
        return [index for index in indexes if self._marks.get(index)]

    async def all_lives(self) -> AsyncIterator[Sequence[Life]]:
        yield [life for _, life in self._lives.values()]
