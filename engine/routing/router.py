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

from msgspec.structs import replace

from engine.errors import NotFound, RequestReused, StoreUnavailable, WrongState
from engine.inventory.committer import Committer
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
from engine.routing.assembly import Claims, assemble, claims_of, route_id_of
from engine.routing.explain import explain, replay
from engine.routing.explanation import Explanation
from engine.routing.order import Order
from engine.routing.planner import Decision, Planner, TakesLong
from engine.routing.quote import Quote
from engine.routing.quoting import quote
from engine.routing.record import Record, decode, encode, record_of
from engine.routing.rejection import Rejected
from engine.routing.reroute import Remainder, remainder_of
from engine.routing.route import Route, RouteState
from engine.routing.sourcing import MAX_TABULATED_LINES, Kept
from engine.routing.stock import Snapshot, first_day_of

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

_FIRST = Remainder(kept=(), left=(), considered=Kept(), replaces="")


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
    """

    def __init__(
        self,
        planner: Planner,
        version: int,
        mirror: Mirror,
        ledger: Ledger,
        committer: Committer,
        clock: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        planner_of: Callable[[int], Awaitable[Planner]] | None = None,
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
        self._thread = ThreadPoolExecutor(1, "onebox-large-order")

    async def route(
        self, order: Order, request_id: str, fingerprint: bytes, *, validate_only: bool = False, solver: str = "auto"
    ) -> Route:
        """Decide and reserve. The same request id gives the same route, and takes effect once (I5).

        Raises
        ------
        InvalidInput, RequestReused, StoreUnavailable.
        """
        now = self._clock()
        if validate_only:
            decision = await self._decide(order, now, _FIRST, solver)
            return self._assemble(decision, route_id_of(request_id), now, _FIRST, reserve=False)
        return await self._commit(order, request_id, fingerprint, now, _FIRST, solver)

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
        stock = Snapshot.copy_of(self._mirror)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, lambda: quote(self._patient_planner(), order, stock, now, self._version, max_stores)
        )

    async def reroute(self, route_id: str, rejected: Sequence[Rejected], request_id: str, fingerprint: bytes) -> Route:
        """Decide anew what nodes refused, keep the rest, and swap the reservations in one step.

        A confirmed route stays confirmed. Raises InvalidInput, NotFound, RequestReused, WrongState, StoreUnavailable.
        """
        now = self._clock()
        stored = await self._ledger.route(route_id)
        if stored.state not in (ReservationState.PENDING, ReservationState.CONFIRMED):
            return await self._answered(stored, request_id, fingerprint, now)
        record = decode(stored.record)
        order, remainder = remainder_of(self._planner, record, rejected)
        route = await self._commit(order, request_id, fingerprint, now, remainder, "auto")
        if stored.state is ReservationState.CONFIRMED and route.shipments:
            return await self.confirm(route.route_id, f"{request_id}/confirm")
        return route

    async def confirm(self, route_id: str, request_id: str) -> Route:
        """The reservation becomes an allocation. Raises NotFound, WrongState, RequestReused, StoreUnavailable."""
        return _as_stored(await self._ledger.confirm(request_id, route_id, self._clock()))

    async def release(self, route_id: str, request_id: str) -> Route:
        """Give everything back. Raises NotFound, WrongState, RequestReused, StoreUnavailable."""
        return _as_stored(await self._ledger.release(request_id, route_id, self._clock()))

    async def get(self, route_id: str) -> Route:
        """The route as it stands. Raises NotFound, StoreUnavailable."""
        return _as_stored(await self._ledger.route(route_id))

    async def explain(self, route_id: str, node_ids: Sequence[str] = ()) -> Explanation:
        """Why the route is what it is, from its record. Raises NotFound, InvalidInput, StoreUnavailable."""
        record = decode((await self._ledger.route(route_id)).record)
        planner = await self._planner_at(record.route.network_version)
        return explain(planner, record, node_ids)

    async def replay(self, route_id: str) -> tuple[Record, Decision]:
        """Decide again what the record holds, on its own snapshot (I9): (the record, the decision of now)."""
        record = decode((await self._ledger.route(route_id)).record)
        return record, replay(await self._planner_at(record.route.network_version), record)

    async def _commit(
        self, order: Order, request_id: str, fingerprint: bytes, now: int, remainder: Remainder, solver: str
    ) -> Route:
        policy = self._planner.network.policy
        route_id = route_id_of(request_id)
        for _ in range(MAX_TRIES):
            started = time.perf_counter_ns()
            decision = await self._decide(order, now, remainder, solver)
            solve_us = (time.perf_counter_ns() - started) // 1_000
            route = self._assemble(decision, route_id, now, remainder, reserve=True)
            claims = claims_of(route, self._planner.sourcing.tables)
            data = encode(self._record(decision, route, solver, solve_us, remainder))
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
            )
            outcome = await self._reserve(asked, claims, now)
            if isinstance(outcome, Reserved):
                return route
            if isinstance(outcome, Conflict):
                self._mirror.correct(outcome)
                continue
            return _answer(outcome, request_id, remainder.replaces)
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

    async def _decide(self, order: Order, now: int, remainder: Remainder, solver: str) -> Decision:
        """At once where that takes microseconds, else on a thread, from a snapshot."""
        self._ready(now)
        try:
            return self._planner.decide(
                order, self._mirror, now, kept=remainder.considered, solver=solver, quickly=True
            )
        except TakesLong:
            stock = Snapshot.copy_of(self._mirror)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._thread, self._decide_patiently, order, stock, now, remainder.considered, solver
            )

    def _decide_patiently(self, order: Order, stock: Snapshot, now: int, kept: Kept, solver: str) -> Decision:
        return self._patient_planner().decide(order, stock, now, kept=kept, solver=solver)

    def _patient_planner(self) -> Planner:
        if self._patient is None:
            self._patient = Planner(self._planner.network, self._planner.model.prices)
        return self._patient

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
            self._planner.model.prices.version,
            reserve=reserve,
            kept=remainder.kept,
            left=remainder.left,
        )

    def _record(self, decision: Decision, route: Route, solver: str, solve_us: int, remainder: Remainder) -> Record:
        return record_of(
            decision,
            self._planner.sourcing.tables.item_index,
            self._mirror,
            route,
            solver,
            solve_us,
            kept=remainder.kept,
            left=remainder.left,
            refused=remainder.considered.refused,
            replaces=remainder.replaces,
        )

    async def _answered(self, stored: StoredRoute, request_id: str, fingerprint: bytes, now: int) -> Route:
        """The answer that this request had before the route ended; WrongState when it ended another way."""
        route_id = route_id_of(request_id)
        try:
            await self._ledger.route(route_id)
        except NotFound:
            raise WrongState(stored.route_id, stored.state.value, "rerouted") from None
        asked = Reserve(request_id, fingerprint, route_id, (), (), False, 0, b"", now, stored.route_id)
        outcome = await self._committer.reserve(asked, now)
        answer = _answer(outcome, request_id, stored.route_id)
        return _as_stored(await self._ledger.route(answer.route_id))

    async def _planner_at(self, version: int) -> Planner:
        if version == self._version:
            return self._planner
        if self._planner_of is None:
            raise NotFound("network version", str(version))
        return await self._planner_of(version)


def _answer(outcome: object, request_id: str, replaces: str) -> Route:
    """What came of a request that did not take effect now."""
    if isinstance(outcome, Replayed):
        return decode(outcome.record).route
    if isinstance(outcome, Refused):
        state = "gone" if outcome.state is None else outcome.state.value
        raise WrongState(replaces, state, "rerouted")
    raise RequestReused(request_id)


def _as_stored(stored: StoredRoute) -> Route:
    """The recorded route in the state its reservation is in."""
    route, state = decode(stored.record).route, _STATES[stored.state]
    pending = state is RouteState.RESERVED
    return replace(route, state=state, expiry_time=stored.expiry_time if pending else 0)
