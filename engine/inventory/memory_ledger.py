"""The ledger in memory: for simulation and tests. One process, nothing survives it; otherwise the same rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from engine.errors import FieldFault, InvalidInput, NotFound, RequestReused, WrongState
from engine.inventory.ledger import (
    MAX_ON_HAND,
    CapacityUse,
    Cell,
    Changes,
    Conflict,
    Refused,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    ReserveOutcome,
    Reused,
    StockCount,
    StockDelta,
    StoredRoute,
    Totals,
    check_counts,
)
from engine.inventory.memory_books import Books, Stock

_TAKEN = Reserved(0)
_HOLDING = (ReservationState.PENDING, ReservationState.CONFIRMED)


@dataclass(slots=True)
class _Route:
    request: Reserve
    state: ReservationState

    def live(self, now: int) -> bool:
        """It holds stock, and is not due to expire."""
        pending = self.state is ReservationState.PENDING and self.request.expiry_time > now
        return pending or self.state is ReservationState.CONFIRMED


class MemoryLedger:
    """See ``Ledger``.

    Parameters
    ----------
    feed_length : entries of the change feed that are kept.
    answer_ttl_s : how long the answers of confirm, release, adjust and count are kept; those of reserve live as long as
        their record.
    """

    def __init__(self, *, feed_length: int = 10_000, answer_ttl_s: int = 7 * 86_400) -> None:
        self.answer_ttl_s = answer_ttl_s
        self.books = Books(feed_length)
        self.allocations: dict[str, StoredRoute] = {}  # what shipments hold, by id
        self._routes: dict[str, _Route] = {}
        self._answers: dict[str, tuple[object, Any]] = {}  # request id -> (fingerprint, answer)
        self._pending: list[tuple[int, str]] = []  # (expiry time, route id), a heap
        self._forget: list[tuple[int, str, bool]] = []  # (when, id of a request, or else of a route), a heap

    async def reserve(self, requests: Sequence[Reserve], now: int) -> list[ReserveOutcome]:
        self.forget_until(now)
        outcomes = [self._reserve(request, now) for request in requests]
        self.books.publish(now)
        position = self.books.position
        taken = Reserved(position)

        def at_position(outcome: ReserveOutcome) -> ReserveOutcome:
            if isinstance(outcome, Conflict):
                return Conflict(outcome.cells, outcome.capacity, position)
            return taken if outcome is _TAKEN else outcome

        return [at_position(outcome) for outcome in outcomes]

    def _reserve(self, request: Reserve, now: int) -> ReserveOutcome:
        """Positions are filled in when the batch is published."""
        known = self._answers.get(request.request_id)
        if known is not None:
            fingerprint, answer = known
            if fingerprint != request.fingerprint:
                return Reused()
            earlier: Replayed = answer
            own = (earlier.route_id, earlier.record) == (request.route_id, request.record)
            return _TAKEN if own else earlier
        if request.route_id in self._routes:
            return Reused()
        old = None
        if request.replaces:
            old = self._routes.get(request.replaces)
            if old is None or not old.live(now) or (old.state is ReservationState.CONFIRMED) is not request.confirmed:
                return Refused(old.state if old else None)
            self.books.give_back(old.request)
        short_cells, short_days = self.books.take(request, old.request if old else None)
        if short_cells or short_days:
            self.books.give_back(request)
            if old:
                self.books.take(old.request)
            days = (CapacityUse(use.shown.node_id, use.shown.day, use.orders, use.units) for use in short_days)
            return Conflict(tuple(stock.cell() for stock in short_cells), tuple(days), 0)
        if old:
            self._end(old, ReservationState.REPLACED)
        self.remember(
            request.request_id,
            request.fingerprint,
            Replayed(request.route_id, request.record),
            max(request.record_expiry_time, now + 1),
        )
        route = self._routes[request.route_id] = _Route(request, ReservationState.NONE)
        if not (request.claims or request.capacity):
            self._end(route, ReservationState.NONE)
        elif request.confirmed:
            route.state = ReservationState.CONFIRMED
        else:
            route.state = ReservationState.PENDING
            heappush(self._pending, (request.expiry_time, request.route_id))
        return _TAKEN

    async def confirm(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        return self._move(ReservationState.CONFIRMED, request_id, route_id, now)

    async def release(self, request_id: str, route_id: str, now: int) -> StoredRoute:
        return self._move(ReservationState.RELEASED, request_id, route_id, now)

    def _move(self, to: ReservationState, request_id: str, route_id: str, now: int) -> StoredRoute:
        self.forget_until(now)
        answered = self.answered(request_id, (to, route_id))
        route = self._route(route_id)
        if answered:
            return self._stored(route, to)
        if route.state is ReservationState.PENDING and not route.live(now):
            self._give_up(route, ReservationState.EXPIRED)
            self.books.publish(now)
        open_to = _HOLDING if to is ReservationState.RELEASED else (ReservationState.PENDING,)
        if route.state not in open_to:
            raise WrongState(route_id, route.state.value, to.value)
        if to is ReservationState.RELEASED:
            self._give_up(route, to)
        route.state = to
        self.remember(request_id, (to, route_id), to, now + self.answer_ttl_s)
        self.books.publish(now)
        return self._stored(route, to)

    async def expire(self, now: int, limit: int = 1_000) -> list[str]:
        self.forget_until(now)
        expired: list[str] = []
        while self._pending and self._pending[0][0] <= now and len(expired) < limit:
            _, route_id = heappop(self._pending)
            route = self._routes.get(route_id)
            if route is not None and route.state is ReservationState.PENDING:
                self._give_up(route, ReservationState.EXPIRED)
                expired.append(route_id)
        self.books.publish(now)
        return expired

    async def route(self, route_id: str) -> StoredRoute:
        route = self._route(route_id)
        return self._stored(route, route.state)

    async def routes(self, route_ids: Sequence[str]) -> list[StoredRoute | None]:
        found = [self._routes.get(route_id) for route_id in route_ids]
        return [None if route is None else self._stored(route, route.state) for route in found]

    async def live_routes(self) -> AsyncIterator[list[StoredRoute]]:
        yield [self._stored(route, route.state) for route in self._routes.values() if route.state in _HOLDING]
        yield list(self.allocations.values())

    def pending(self, route_id: str, now: int) -> bool:
        """It holds units, and is neither confirmed nor due."""
        route = self._routes.get(route_id)
        return route is not None and route.state is ReservationState.PENDING and route.live(now)

    def adopt(self, route_id: str) -> None:
        """A pending reservation ends, as something else takes its place; the caller publishes."""
        self._give_up(self._route(route_id), ReservationState.REPLACED)

    async def adjust(self, request_id: str, deltas: Sequence[StockDelta], now: int) -> list[Cell]:
        self.forget_until(now)
        answered = self.answered(request_id, tuple(deltas))
        if answered:
            return list(answered)
        after: dict[tuple[str, str], int] = {}
        for row, delta in enumerate(deltas):
            stock = self.books.stock(delta.sku, delta.node_id)
            if _counted_since(delta, stock):
                continue
            before = after.get((delta.sku, delta.node_id), stock.on_hand)
            on_hand = before + delta.units
            if (delta.units < 0 and on_hand < stock.reserved) or on_hand > MAX_ON_HAND:
                held = f"({before} on hand, {stock.reserved} reserved)"
                expected = f"{stock.reserved - before}..{MAX_ON_HAND - before} {held}"
                raise InvalidInput(FieldFault(f"deltas[{row}].units", str(delta.units), expected))
            after[delta.sku, delta.node_id] = on_hand
        result: list[Cell] = []
        for delta in deltas:
            stock = self.books.stock(delta.sku, delta.node_id)
            if not _counted_since(delta, stock):
                self.books.set_on_hand(stock, stock.on_hand + delta.units)
                moved_time = now if delta.as_of_time is None else delta.as_of_time
                stock.moved_time = max(stock.moved_time, moved_time)
            result.append(stock.cell())
        self.remember(request_id, tuple(deltas), tuple(result), now + self.answer_ttl_s)
        self.books.publish(now)
        return result

    async def count(self, request_id: str, counts: Sequence[StockCount], now: int) -> list[Cell]:
        check_counts(counts)
        self.forget_until(now)
        answered = self.answered(request_id, tuple(counts))
        if answered:
            return list(answered)
        result: list[Cell] = []
        for count in counts:
            stock = self.books.stock(count.sku, count.node_id)
            if count.as_of_time >= max(stock.counted_time, stock.moved_time):
                self.books.set_on_hand(stock, count.on_hand)
                stock.counted_time = count.as_of_time
                stock.safety_stock = stock.safety_stock if count.safety_stock is None else count.safety_stock
                stock.protected = stock.protected if count.protected is None else count.protected
            result.append(stock.cell())
        self.remember(request_id, tuple(counts), tuple(result), now + self.answer_ttl_s)
        self.books.publish(now)
        return result

    async def cells(self, skus: Sequence[str]) -> list[Cell]:
        stocks = self.books.stocks
        return [stock.cell() for sku in skus for _, stock in sorted(stocks.get(sku, {}).items())]

    async def all_cells(self) -> AsyncIterator[list[Cell]]:
        for sku in sorted(self.books.stocks):
            yield await self.cells([sku])

    async def capacity(self, first_day: int, last_day: int) -> list[CapacityUse]:
        days = self.books.days
        return [use.shown for day in range(first_day, last_day + 1) for _, use in sorted(days.get(day, {}).items())]

    async def totals(self) -> Totals:
        return self.books.totals

    async def position(self) -> int:
        return self.books.position

    async def changes(self, position: int, wait_ms: int = 0) -> Changes:
        return await self.books.changes(position, wait_ms)

    async def close(self) -> None:
        """Nothing is open."""

    def _route(self, route_id: str) -> _Route:
        route = self._routes.get(route_id)
        if route is None:
            raise NotFound("route", route_id)
        return route

    def _stored(self, route: _Route, state: ReservationState) -> StoredRoute:
        asked = route.request
        record = asked.record if asked.request_id in self._answers else b""
        return StoredRoute(asked.route_id, state, asked.expiry_time, asked.claims, asked.capacity, record)

    def _give_up(self, route: _Route, state: ReservationState) -> None:
        self.books.give_back(route.request)
        self._end(route, state)

    def _end(self, route: _Route, state: ReservationState) -> None:
        route.state = state
        heappush(self._forget, (route.request.record_expiry_time, route.request.route_id, False))

    def answered(self, request_id: str, fingerprint: object) -> Any:
        """The first answer, or None. Raises RequestReused."""
        known = self._answers.get(request_id)
        if known is None:
            return None
        if known[0] != fingerprint:
            raise RequestReused(request_id)
        return known[1]

    def remember(self, request_id: str, fingerprint: object, answer: Any, until: int) -> None:
        self._answers[request_id] = (fingerprint, answer)
        heappush(self._forget, (until, request_id, True))

    def forget_until(self, now: int) -> None:
        while self._forget and self._forget[0][0] <= now:
            _, forgotten, is_request = heappop(self._forget)
            if is_request:
                self._answers.pop(forgotten, None)
            else:
                self._routes.pop(forgotten, None)


def _counted_since(delta: StockDelta, stock: Stock) -> bool:
    """Is the delta in the cell's last count?"""
    return delta.as_of_time is not None and delta.as_of_time < stock.counted_time
