"""Re-optimisation, live: reads the routes that may move, finds the moves in the workshop, and swaps hold by hold.

The moves are written down before the first is made, so that the same request id finishes what a server that died began.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from engine.errors import FieldFault, InvalidInput, RequestReused
from engine.inventory.ledger import (
    CapacityClaim,
    Claim,
    Conflict,
    Ledger,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    ReserveOutcome,
    Reused,
    StoredRoute,
)
from engine.inventory.mirror import Mirror
from engine.routing.assembly import assemble, claims_of, route_id_of
from engine.routing.batch_answers import Told
from engine.routing.batch_decisions import BatchPlanner
from engine.routing.batches import proof_of
from engine.routing.moves import Held, Move, Moves, find_moves, may_move
from engine.routing.planner import Planner
from engine.routing.record import Record, bid_mark, decode, encode, tight_bytes
from engine.routing.reoptimized import EVERY_ROUTE_BP, MoveMade, Planned, Reoptimized, ReoptimizeRequest, Written
from engine.routing.stock import Snapshot, first_day_of
from engine.routing.workshop import Tell, Workshop

_LIVE = (ReservationState.PENDING, ReservationState.CONFIRMED)
_SEPARATOR = "\x1f"


class Reoptimizer:
    """Moves live routes of one ledger.

    Parameters
    ----------
    planner : of the network in force. workshop : where the moves are found.
    clock : UTC seconds. monotonic : seconds, never going back.
    """

    def __init__(
        self,
        planner: Planner,
        version: int,
        mirror: Mirror,
        ledger: Ledger,
        clock: Callable[[], int],
        workshop: Workshop,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live = planner
        self._version = version
        self._mirror = mirror
        self._ledger = ledger
        self._clock = clock
        self._workshop = workshop
        self._monotonic = monotonic

    async def run(self, asked: ReoptimizeRequest, told: Told) -> Reoptimized:
        """Raises InvalidInput, RequestReused, StoreUnavailable."""
        started = self._monotonic()
        written = None if asked.validate_only else await self._written(asked)
        if written is None:
            written = await self._found(asked, told)
            if not asked.validate_only:
                await self._write(asked, written)
        if asked.validate_only:
            planned = [
                MoveMade(one.replaces, one.route, one.saving, one.group, "only validated") for one in written.moves
            ]
            saving = sum(one.saving for one in planned)
            return Reoptimized(written, tuple(planned), len(planned), saving, self._monotonic() - started)
        moves: list[MoveMade] = []
        for group in sorted({one.group for one in written.moves}):
            moves += await self._make(asked, [one for one in written.moves if one.group == group])
        made = [one for one in moves if not one.why_not]
        return Reoptimized(
            written, tuple(moves), len(made), sum(one.saving for one in made), self._monotonic() - started
        )

    async def _found(self, asked: ReoptimizeRequest, told: Told) -> Written:
        now = self._clock()
        first_day = first_day_of(now)
        if self._mirror.first_day != first_day:
            self._mirror.roll(first_day)
        stored = await self._stored(asked.route_ids)
        held = [
            Held(decode(one.record), one.state is ReservationState.CONFIRMED, one.expiry_time)
            for one in stored
            if one.record
        ]
        movable = [one for one in held if may_move(one, self._live.network, now) and self._knows(one)]
        movable.sort(key=lambda one: one.route.route_id)
        stock = Snapshot.copy_of(self._mirror)
        most = len(held) * asked.max_moves_bp // EVERY_ROUTE_BP

        def work(own: Planner, batches: BatchPlanner, tell: Tell) -> tuple[Moves, list[Planned]]:
            found = find_moves(own, batches, movable, stock, now, most, asked.min_saving, tell)
            return found, [self._planned(asked, move, now) for move in found.moves]

        if not movable:
            return Written(len(held), 0, 0, 0, None, ())
        found, moves = await self._workshop.run(work, asked.limits, told.progress)
        proof = None if found.certificate is None else proof_of(found.certificate)
        return Written(len(held), found.movable, found.full_moves, found.full_saving, proof, tuple(moves))

    async def _stored(self, route_ids: Sequence[str]) -> list[StoredRoute]:
        """Live routes. Raises InvalidInput for those named that are not."""
        if not route_ids:
            return [one async for block in self._ledger.live_routes() for one in block]
        found = await self._ledger.routes(route_ids)
        faults = [
            FieldFault(f"route_ids[{i}]", route_id, "a route that is RESERVED or CONFIRMED")
            for i, (route_id, one) in enumerate(zip(route_ids, found, strict=True))
            if one is None or one.state not in _LIVE
        ]
        if faults:
            raise InvalidInput(*faults)
        return [one for one in found if one is not None]

    def _knows(self, held: Held) -> bool:
        """Does the order still fit the network, and every shipment's node?"""
        nodes = self._live.sourcing.tables.node_index
        try:
            self._live.sourcing.asking.ask(held.record.order)
        except InvalidInput:
            return False
        return all(one.node_id in nodes for one in held.route.shipments)

    def _planned(self, asked: ReoptimizeRequest, move: Move, now: int) -> Planned:
        network = self._live.network
        held, decided = move.held, move.decided
        route_id = route_id_of(_request_id(asked, held.route.route_id))
        route = assemble(
            network,
            decided.decision,
            route_id,
            now,
            self._version,
            decided.decision.prices_version,
            reserve=not asked.validate_only,
            confirmed=held.confirmed,
        )
        if not asked.validate_only:
            route = msgspec.structs.replace(route, expiry_time=0 if held.confirmed else held.expiry_time)
        claims = claims_of(route, self._live.sourcing.tables)
        record = Record(
            held.record.order,
            (),
            (),
            (),
            held.route.route_id,
            decided.solver,
            decided.first_day,
            decided.stock,
            tight_bytes(decided.decision.tight),
            decided.decision.n_options,
            0,
            route,
            decided.batch,
            bid_mark(decided.decision, self._live.sourcing.tables),
        )
        return Planned(
            held.route.route_id,
            route,
            encode(record),
            move.saving,
            move.group,
            held.record.order.vip,
            held.confirmed,
            tuple((one.sku, one.node_id, one.units) for one in claims.cells),
            tuple(
                (one.node_id, one.day, one.orders, one.units, one.order_limit, one.unit_limit) for one in claims.days
            ),
        )

    async def _make(self, asked: ReoptimizeRequest, group: Sequence[Planned]) -> list[MoveMade]:
        """One script a group: each of its moves swaps one hold for another."""
        now, mirror = self._clock(), self._mirror
        tables, retention = self._live.sourcing.tables, self._live.network.policy.record_retention_s
        requests = [
            Reserve(
                _request_id(asked, one.replaces),
                asked.fingerprint,
                one.route.route_id,
                tuple(Claim(*claim) for claim in one.claims),
                tuple(CapacityClaim(*claim) for claim in one.capacity),
                one.vip,
                one.route.expiry_time,
                one.record,
                now + retention,
                one.replaces,
                one.confirmed,
            )
            for one in group
        ]
        claims = [claims_of(one.route, tables) for one in group]
        for each in claims:
            mirror.hold(each.mirror_cells, each.mirror_days)
        outcomes: Sequence[ReserveOutcome | None] = [None] * len(group)
        try:
            outcomes = await self._ledger.reserve(requests, now)
        finally:
            for each, outcome in zip(claims, outcomes, strict=True):
                position = outcome.position if isinstance(outcome, Reserved) else None
                mirror.settle(each.mirror_cells, each.mirror_days, position)
        made = []
        for one, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Conflict):
                mirror.correct(outcome)
            made.append(MoveMade(one.replaces, one.route, one.saving, one.group, _why_not(outcome)))
        return made

    async def _written(self, asked: ReoptimizeRequest) -> Written | None:
        (stored,) = await self._ledger.routes([_note_of(asked)])
        if stored is None:
            return None
        await self._note(asked, b"")
        return msgspec.msgpack.decode(stored.record, type=Written)

    async def _write(self, asked: ReoptimizeRequest, written: Written) -> None:
        await self._note(asked, msgspec.msgpack.encode(written))

    async def _note(self, asked: ReoptimizeRequest, note: bytes) -> None:
        now = self._clock()
        until = now + self._live.network.policy.record_retention_s
        name = _note_of(asked)
        (outcome,) = await self._ledger.reserve(
            [Reserve(name, asked.fingerprint, name, (), (), False, 0, note, until)], now
        )
        if isinstance(outcome, Reused):
            raise RequestReused(asked.request_id)


def _request_id(asked: ReoptimizeRequest, route_id: str) -> str:
    return f"{asked.request_id}{_SEPARATOR}{route_id}"


def _note_of(asked: ReoptimizeRequest) -> str:
    return f"{_SEPARATOR}{asked.request_id}{_SEPARATOR}moves"


def _why_not(outcome: ReserveOutcome | None) -> str:
    if isinstance(outcome, Reserved | Replayed):
        return ""
    if isinstance(outcome, Conflict):
        return "its stock or room was taken meanwhile"
    return "the route changed meanwhile"
