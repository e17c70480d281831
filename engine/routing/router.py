"""The router: mirror -> planner -> ledger, and again on conflict.

A decision is made from the mirror and committed by one atomic script. When another server was faster, the ledger takes
nothing and returns what it has; the mirror is corrected and the order decided again. The record of a decision is written
in the same step as its reservation, so what was answered can be answered again, also by another server (I5).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as replace_value
from typing import TypeVar

from msgspec.structs import replace

from engine.errors import InvalidInput, NotFound, RequestReused, StoreUnavailable, WrongState
from engine.inventory.committer import Reserving
from engine.inventory.ledger import (
    Conflict,
    Ledger,
    Refused,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    Reused,
    StoredRoute,
)
from engine.inventory.mirror import Mirror
from engine.network.prices import BidPrices
from engine.routing.asking import Kept
from engine.routing.assembly import Claims, assemble, claims_of, route_id_of
from engine.routing.batch_answers import Limits
from engine.routing.batches import Batches
from engine.routing.explain import explain, replay
from engine.routing.explanation import Explanation
from engine.routing.order import Order
from engine.routing.planner import Decision, Planner, TakesLong
from engine.routing.quote import Quote
from engine.routing.quoting import quote
from engine.routing.record import Record, decode, encode, record_of, seen_by, short_days
from engine.routing.rejection import Rejected
from engine.routing.reoptimize import Reoptimizer
from engine.routing.reroute import Remainder, remainder_of
from engine.routing.return_nodes import ReturnNodes
from engine.routing.returned import Outlook, ReturnAsked, ReturnParcel
from engine.routing.route import Route, RouteState
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Stock, first_day_of
from engine.routing.timers import Timer
from engine.routing.windows import LIMITS as WINDOW_LIMITS
from engine.routing.windows import Windows

MAX_TRIES = 64
"""Each lost race leaves the mirror closer to the truth; so many in a row is a store that answers nonsense."""

STALE_S = 30.0
"""A mirror that has not heard the ledger for longer answers no quotes."""

_STATES = {
    ReservationState.NONE: RouteState.PLANNED,
    ReservationState.PENDING: RouteState.RESERVED,
    ReservationState.CONFIRMED: RouteState.CONFIRMED,
    ReservationState.RELEASED: RouteState.RELEASED,
    ReservationState.EXPIRED: RouteState.EXPIRED,
    ReservationState.REPLACED: RouteState.REPLACED,
}

_FIRST = Remainder(kept=(), left=(), considered=Kept(), replaces="", confirmed=False)

T = TypeVar("T")


class Router:
    """Routes orders over one version of the network.

    Parameters
    ----------
    planner : decides; used on the loop's thread only.
    version : the network's.
    mirror : followed by somebody else.
    committer : of ``ledger``.
    clock : UTC seconds. monotonic : seconds, never going back.
    planner_of : the planner of another version of the network, for records made under it.
    timer, window_limits : see ``Windows``.
    """

    def __init__(
        self,
        planner: Planner,
        version: int,
        mirror: Mirror,
        ledger: Ledger,
        committer: Reserving,
        clock: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        planner_of: Callable[[int], Awaitable[Planner]] | None = None,
        *,
        timer: Timer | None = None,
        window_limits: Limits = WINDOW_LIMITS,
    ) -> None:
        self._planner = planner
        self._version = version
        self._mirror = mirror
        self._ledger = ledger
        self._committer = committer
        self._clock = clock
        self._monotonic = monotonic
        self._planner_of = planner_of
        self._patient: Planner | None = None  # for orders that take long, on a thread of its own
        self._return_nodes: ReturnNodes | None = None  # on the same thread
        self._thread = ThreadPoolExecutor(1, "onebox-large-order")
        self.batches = Batches(planner, version, mirror, ledger, clock, self._alone, monotonic)
        self.reoptimizer = Reoptimizer(planner, version, mirror, ledger, clock, self.batches.workshop, monotonic)
        self.windows: Windows | None = None
        if planner.network.policy.windows:
            theirs = Batches(planner, version, mirror, ledger, clock, self._alone, monotonic)
            self.windows = Windows(planner.network.policy, theirs, self._alone, timer=timer, limits=window_limits)

    async def route(
        self,
        order: Order,
        request_id: str,
        fingerprint: bytes,
        *,
        validate_only: bool = False,
        solver: str = "auto",
        remaining_s: Callable[[], float | None] = lambda: None,
    ) -> Route:
        """Decide and reserve. The same request id gives the same route, and takes effect once (I5). Where the policy lets the
        order wait, it is decided with others; ``remaining_s`` says how long its caller waits at most.

        Raises
        ------
        InvalidInput, RequestReused, StoreUnavailable.
        """
        if self.windows is not None and solver == "auto" and not validate_only:
            wait_ms = self.windows.wait_ms(order)
            if wait_ms:
                return await self.windows.route(order, request_id, fingerprint, wait_ms, remaining_s())
        if validate_only:
            now = self._clock()
            decision, _ = await self._decide(order, now, _FIRST, solver)
            return self._assemble(decision, route_id_of(request_id), now, _FIRST, reserve=False)
        return await self._alone(order, request_id, fingerprint, solver)

    async def _alone(self, order: Order, request_id: str, fingerprint: bytes, solver: str = "auto") -> Route:
        now = self._clock()
        try:
            return await self._commit(order, request_id, fingerprint, now, _FIRST, solver)
        except InvalidInput:
            # It may have fitted the network that was in force when it was first sent.
            answered = await self._answered(request_id, fingerprint, now)
            if answered is None:
                raise
            return answered

    def publish(self, prices: BidPrices) -> None:
        """Decide by these prices from now on."""
        self._planner.publish(prices)

    def end_windows(self) -> None:
        """Decide those who wait for others, now: the server is about to end."""
        if self.windows is not None:
            self.windows.end()

    async def quote(self, order: Order, *, max_stores: int = 5) -> Quote:
        """What the customer could be promised; nothing is held. Raises InvalidInput, StoreUnavailable."""
        now = self._clock()
        self._ready(now)
        stale = self._mirror.stale_s(self._monotonic())
        if stale > STALE_S:
            raise StoreUnavailable(
                f"the stock was last heard of {stale:.0f} s ago, at most {STALE_S:.0f} s for a quote"
            )
        if len(order.lines) <= MAX_TABULATED_LINES:
            return quote(self._planner, order, self._mirror, now, self._version, max_stores)
        self._planner.sourcing.asking.ask(order)  # raises for what the network does not know
        stock = seen_by(order, self._planner.sourcing.tables.item_index, self._mirror)
        return await self._aside(lambda: quote(self._patient_planner(), order, stock, now, self._version, max_stores))

    async def reroute(self, route_id: str, rejected: Sequence[Rejected], request_id: str, fingerprint: bytes) -> Route:
        """Decide anew what nodes refused, keep the rest, and swap the reservations in one step.

        A confirmed route stays confirmed. Raises InvalidInput, NotFound, RequestReused, WrongState, StoreUnavailable.
        """
        now = self._clock()
        answered = await self._answered(request_id, fingerprint, now)
        if answered is not None:
            return answered
        for _ in range(MAX_TRIES):
            stored = await self._ledger.route(route_id)
            confirmed = stored.state is ReservationState.CONFIRMED
            if not confirmed and stored.state is not ReservationState.PENDING:
                raise WrongState(route_id, _STATES[stored.state].value, "rerouted")
            order, remainder = remainder_of(self._planner, decode(stored.record), rejected, confirmed=confirmed)
            try:
                return await self._commit(order, request_id, fingerprint, now, remainder, "auto")
            except _Moved:  # confirmed, or released, or expired, while this was decided
                continue
        raise StoreUnavailable(f"route {route_id!r} changed {MAX_TRIES} times in a row")

    async def confirm(self, route_id: str, request_id: str) -> Route:
        """The reservation becomes an allocation. Raises NotFound, WrongState, RequestReused, StoreUnavailable."""
        return _as_stored(await self._ledger.confirm(request_id, route_id, self._clock()))

    async def release(self, route_id: str, request_id: str) -> Route:
        """Give everything back. Raises NotFound, WrongState, RequestReused, StoreUnavailable."""
        return _as_stored(await self._ledger.release(request_id, route_id, self._clock()))

    async def place_return(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]:
        """Where goods that come back go. Raises InvalidInput where no node can take some of it."""
        return await self._aside(lambda: self._patient_return_nodes().choose(asked, outlook))

    async def get(self, route_id: str) -> Route:
        """The route as it stands. Raises NotFound, StoreUnavailable."""
        return _as_stored(await self._ledger.route(route_id))

    async def explain(self, route_id: str, node_ids: Sequence[str] = ()) -> Explanation:
        """Why the route is what it is, from its record. Raises NotFound, InvalidInput, StoreUnavailable."""
        record = decode((await self._ledger.route(route_id)).record)
        older = await self._older_planner(record.route.network_version)
        return await self._aside(lambda: explain(older or self._patient_planner(), record, node_ids))

    async def replay(self, route_id: str) -> tuple[Record, Route]:
        """Decide again what the record holds, on its own snapshot: (the record, the same route once more) (I9)."""
        record = decode((await self._ledger.route(route_id)).record)
        older = await self._older_planner(record.route.network_version)
        return record, await self._aside(lambda: replay(older or self._patient_planner(), record))

    async def _commit(
        self, order: Order, request_id: str, fingerprint: bytes, now: int, remainder: Remainder, solver: str
    ) -> Route:
        policy = self._planner.network.policy
        route_id = route_id_of(request_id)
        for _ in range(MAX_TRIES):
            started = time.perf_counter_ns()
            decision, stock = await self._decide(order, now, remainder, solver)
            solve_us = (time.perf_counter_ns() - started) // 1_000
            route = self._assemble(decision, route_id, now, remainder, reserve=True)
            claims = claims_of(route, self._planner.sourcing.tables)
            data = encode(self._record(decision, stock, route, solver, solve_us, remainder))
            asked = Reserve(
                request_id,
                fingerprint,
                route_id,
                claims.cells,
                claims.days,
                order.vip,
                route.expiry_time,
                data,
                now + policy.record_retention_s,
                remainder.replaces,
                remainder.confirmed,
            )
            outcome = await self._reserve(asked, claims, now)
            if isinstance(outcome, Reserved):
                return route
            if isinstance(outcome, Conflict):
                self._mirror.correct(outcome)
                continue
            return _answer(outcome, request_id)
        raise StoreUnavailable(f"order {order.order_id!r} lost {MAX_TRIES} races for its stock in a row")

    async def _reserve(
        self, asked: Reserve, claims: Claims, now: int
    ) -> Reserved | Replayed | Reused | Conflict | Refused:
        """Hold in the mirror while the ledger is asked."""
        mirror = self._mirror
        mirror.hold(claims.mirror_cells, claims.mirror_days)
        position = None
        try:
            outcome = await self._committer.reserve(asked, now)
            if isinstance(outcome, Reserved):
                position = outcome.position
            return outcome
        finally:
            mirror.settle(claims.mirror_cells, claims.mirror_days, position)

    async def _decide(self, order: Order, now: int, remainder: Remainder, solver: str) -> tuple[Decision, Stock]:
        """At once where that takes microseconds, else on a thread; and the stock it was decided on."""
        self._ready(now)
        kept = remainder.considered
        try:
            decision = self._planner.decide(order, self._mirror, now, kept=kept, solver=solver, quickly=True)
            return decision, self._mirror
        except TakesLong:
            seen = seen_by(order, self._planner.sourcing.tables.item_index, self._mirror)
            pricing = self._planner.pricing_seen(order, self._mirror, now, kept)
            decision = await self._aside(
                lambda: self._patient_planner().decide(order, seen, now, kept=kept, solver=solver, pricing=pricing)
            )
            return replace_value(decision, tight=short_days(seen)), seen

    async def _aside(self, work: Callable[[], T]) -> T:
        """On the thread, which is the patient planner's alone."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _patient_planner(self) -> Planner:
        if self._patient is None:
            self._patient = Planner(self._planner.network)
        return self._patient

    def _patient_return_nodes(self) -> ReturnNodes:
        if self._return_nodes is None:
            self._return_nodes = ReturnNodes(self._patient_planner().model)
        return self._return_nodes

    def _ready(self, now: int) -> None:
        first_day = first_day_of(now)
        if self._mirror.first_day != first_day:
            self._mirror.roll(first_day)

    def _assemble(self, decision: Decision, route_id: str, now: int, remainder: Remainder, *, reserve: bool) -> Route:
        return assemble(
            self._planner.network,
            decision,
            route_id,
            now,
            self._version,
            decision.prices_version,
            reserve=reserve,
            kept=remainder.kept,
            left=remainder.left,
            confirmed=remainder.confirmed,
        )

    def _record(
        self, decision: Decision, stock: Stock, route: Route, solver: str, solve_us: int, remainder: Remainder
    ) -> Record:
        return record_of(
            decision,
            self._planner.sourcing.tables,
            stock,
            route,
            solver,
            solve_us,
            kept=remainder.kept,
            left=remainder.left,
            refused=remainder.considered.refused,
            replaces=remainder.replaces,
        )

    async def _answered(self, request_id: str, fingerprint: bytes, now: int) -> Route | None:
        """What this request was answered before (I5); None when it is new. Raises RequestReused."""
        route_id = route_id_of(request_id)
        try:
            stored = await self._ledger.route(route_id)
        except NotFound:
            return None
        # The route exists, so this can only be answered, not take effect.
        asked = Reserve(request_id, fingerprint, stored.route_id, (), (), False, 0, b"", now)
        return _answer(await self._committer.reserve(asked, now), request_id)

    async def _older_planner(self, version: int) -> Planner | None:
        if version == self._version:
            return None
        if self._planner_of is None:
            raise NotFound("network version", str(version))
        return await self._planner_of(version)


class _Moved(Exception):
    """The route to replace is no longer in the state it was read in."""


def _answer(outcome: object, request_id: str) -> Route:
    """What came of a request that did not take effect now."""
    if isinstance(outcome, Replayed):
        return decode(outcome.record).route
    if isinstance(outcome, Refused):
        raise _Moved
    raise RequestReused(request_id)


def _as_stored(stored: StoredRoute) -> Route:
    """The recorded route in the state its reservation is in."""
    route, state = decode(stored.record).route, _STATES[stored.state]
    pending = state is RouteState.RESERVED
    return replace(route, state=state, expiry_time=stored.expiry_time if pending else 0)
