"""Batches, live: many orders solved together beside the loop, each held in the ledger under a request id of its own.

An order that loses a race for its stock is solved again with the others that did, on what the ledger said it has, until
every order is decided. Before the first order a head is written, and after the last the summary: so the same request id
takes up a batch whose server died, finds what was decided already, and decides the rest (I5).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from engine.errors import InvalidInput, RequestReused
from engine.inventory.ledger import (
    Conflict,
    Ledger,
    Replayed,
    Reserve,
    Reserved,
    ReserveOutcome,
    Reused,
)
from engine.inventory.mirror import Mirror
from engine.network.batch_rules import NO_RULES, BatchRules
from engine.routing.assembly import Claims, assemble, claims_of, route_id_of
from engine.routing.batch_answers import (
    BY_WORK,
    Answer,
    Asked,
    BatchRequest,
    BatchSummary,
    Limits,
    Proof,
    RuleCosts,
    Told,
)
from engine.routing.batch_decisions import BatchPlanner, Decided
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.record import Record, bid_mark, decode, encode, tight_bytes
from engine.routing.route import Route
from engine.routing.stock import Snapshot, first_day_of
from engine.routing.workshop import Tell, Workshop
from solvers.batch_problem import BatchCertificate, Progress

MAX_ROUNDS = 8
"""Joint solves of those that lost a race; who loses more often is routed by itself."""

_BLOCK = 128
_SEPARATOR = "\x1f"  # in no id of a caller, which are printable
_HEAD, _END, _QUEUE = "head", "end", "queue"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A decision that only has to be held."""

    asked: Asked
    route: Route
    claims: Claims
    reserve: Reserve


@dataclass(slots=True)
class Tally:
    """What a batch's rounds came to."""

    proof: Proof | None = None
    apart: dict[int, str] = field(default_factory=dict)
    together: int = 0
    lost_races: int = 0
    rounds: int = 0


class Batches:
    """Decides batches over one version of the network.

    Parameters
    ----------
    planner : of the network in force.
    alone : routes one order by itself: order, request id, fingerprint.
    workshop : where they are solved; None makes one.
    """

    def __init__(
        self,
        planner: Planner,
        version: int,
        mirror: Mirror,
        ledger: Ledger,
        clock: Callable[[], int],
        alone: Callable[[Order, str, bytes], Awaitable[Route]],
        monotonic: Callable[[], float] = time.monotonic,
        workshop: Workshop | None = None,
    ) -> None:
        self._live = planner
        self._version = version
        self._mirror = mirror
        self._ledger = ledger
        self._clock = clock
        self._alone = alone
        self._monotonic = monotonic
        self.workshop = workshop or Workshop(planner, monotonic)

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self._live.network.policy.currency

    @property
    def rules(self) -> BatchRules:
        """What binds a batch that does not say otherwise."""
        return self._live.network.policy.batch

    async def route(self, asked: BatchRequest, told: Told) -> BatchSummary:
        """Decide and reserve every order. The same request id gives the same answers, and each takes effect once (I5).

        Raises
        ------
        InvalidInput, RequestReused, StoreUnavailable.
        """
        started = self._monotonic()
        asked.rules.check(self._live.network)
        entries = [
            Asked(x, order, _request_of(asked.request_id, order.order_id), asked.fingerprint)
            for x, order in enumerate(asked.orders)
        ]
        answered: dict[int, Answer] = {}
        if not asked.validate_only:
            begun = await self._noted(asked, _HEAD)
            await self._note(asked, _HEAD, b"")
            if begun is not None:
                answered = await self._answered(entries, told)
                ended = await self._noted(asked, _END)
                if ended is not None:
                    self._refuse([entry for entry in entries if entry.position not in answered], answered, told)
                    return msgspec.msgpack.decode(ended, type=BatchSummary)
        before = len(answered)
        open_ = [entry for entry in entries if entry.position not in answered]
        tally = await self.decide(
            open_,
            asked.request_id,
            answered,
            told,
            rules=asked.rules,
            limits=asked.limits,
            reserve=not asked.validate_only,
        )
        summary = summary_of(entries, answered, tally, before, self._monotonic() - started)
        if not asked.validate_only:
            await self._note(asked, _END, msgspec.msgpack.encode(summary))
        return summary

    async def queued(self, request_id: str, fingerprint: bytes, order_ids: Sequence[str]) -> list[str]:
        """The orders that a batch of this id takes from the queue: those of the first call (I5). Raises RequestReused."""
        name, now = _note_of(request_id, _QUEUE), self._clock()
        note = msgspec.msgpack.encode(list(order_ids))
        until = now + self._live.network.policy.record_retention_s
        asked = Reserve(name, fingerprint, name, (), (), False, 0, note, until)
        (outcome,) = await self._ledger.reserve([asked], now)
        if isinstance(outcome, Reused):
            raise RequestReused(request_id)
        kept = outcome.record if isinstance(outcome, Replayed) else note
        return msgspec.msgpack.decode(kept, type=list[str])

    async def decided(self, request_id: str, order_ids: Sequence[str]) -> dict[str, Order]:
        """Those of a batch's orders that were decided before, as they were then."""
        found: dict[str, Order] = {}
        for first in range(0, len(order_ids), _BLOCK):
            block = order_ids[first : first + _BLOCK]
            stored = await self._ledger.routes([route_id_of(_request_of(request_id, order_id)) for order_id in block])
            found |= {
                one: decode(each.record).order for one, each in zip(block, stored, strict=True) if each is not None
            }
        return found

    async def known(self, route_ids: Sequence[str]) -> list[bool]:
        """Which of the routes were decided before."""
        return [stored is not None for stored in await self._ledger.routes(route_ids)]

    async def decide(
        self,
        entries: Sequence[Asked],
        batch_id: str,
        answered: dict[int, Answer],
        told: Told,
        *,
        rules: BatchRules = NO_RULES,
        limits: Limits = BY_WORK,
        reserve: bool = True,
    ) -> Tally:
        """Decide the orders together until every one is answered; ``answered`` is filled."""
        tally, waiting = Tally(), list(entries)
        while waiting and tally.rounds < MAX_ROUNDS:
            tally.rounds += 1
            now = self._clock()
            self._ready(now)
            stock = Snapshot.copy_of(self._mirror)
            solved = await self._solved(waiting, stock, now, batch_id, rules, limits, told, reserve)
            ready, refused, certificate, together, apart = solved
            self._answer(
                [Answer(entry.position, entry.order.order_id, None, error) for entry, error in refused],
                answered,
                told,
            )
            tally.together += together if tally.rounds == 1 else 0
            tally.apart |= apart
            if tally.proof is None and certificate is not None:
                tally.proof = proof_of(certificate)
            lost: list[Asked] = []
            for first in range(0, len(ready), _BLOCK):
                block = ready[first : first + _BLOCK]
                lost += await self._hold(block, now, answered, told) if reserve else []
                if not reserve:
                    planned = [Answer(one.asked.position, one.asked.order.order_id, one.route) for one in block]
                    self._answer(planned, answered, told)
                    await asyncio.sleep(0)
            tally.lost_races += len(lost)
            waiting = lost
        for entry in waiting:
            route = await self._alone(entry.order, entry.request_id, entry.fingerprint)
            self._answer([Answer(entry.position, entry.order.order_id, route)], answered, told)
        return tally

    async def _hold(self, block: Sequence[_Ready], now: int, answered: dict[int, Answer], told: Told) -> list[Asked]:
        """Reserve a block in one script; those whose stock another client took meanwhile."""
        mirror = self._mirror
        for one in block:
            mirror.hold(one.claims.mirror_cells, one.claims.mirror_days)
        outcomes: Sequence[ReserveOutcome | None] = [None] * len(block)
        try:
            outcomes = await self._ledger.reserve([one.reserve for one in block], now)
        finally:
            for one, outcome in zip(block, outcomes, strict=True):
                position = outcome.position if isinstance(outcome, Reserved) else None
                mirror.settle(one.claims.mirror_cells, one.claims.mirror_days, position)
        lost, found = [], []
        for one, outcome in zip(block, outcomes, strict=True):
            asked = one.asked
            if isinstance(outcome, Conflict):
                mirror.correct(outcome)
                lost.append(asked)
            elif isinstance(outcome, Reserved):
                found.append(Answer(asked.position, asked.order.order_id, one.route))
            elif isinstance(outcome, Replayed):
                found.append(Answer(asked.position, asked.order.order_id, decode(outcome.record).route))
            else:
                error = RequestReused(asked.request_id.partition(_SEPARATOR)[0])
                found.append(Answer(asked.position, asked.order.order_id, None, error))
        self._answer(found, answered, told)
        return lost

    @staticmethod
    def _answer(found: Sequence[Answer], answered: dict[int, Answer], told: Told) -> None:
        if found:
            answered.update((one.position, one) for one in found)
            told.answers(found)

    async def _solved(
        self,
        entries: Sequence[Asked],
        stock: Snapshot,
        now: int,
        batch_id: str,
        rules: BatchRules,
        limits: Limits,
        told: Told,
        reserve: bool,
    ) -> _Solved:
        """Solve in the workshop, and make everything ready to be held."""

        def work(own: Planner, batches: BatchPlanner, tell: Tell) -> _Solved:
            started = time.perf_counter_ns()
            tell(Progress("sourcing", 0, None, 0, 0.0))
            orders = [entry.order for entry in entries]
            found = batches.decide(orders, stock, now, rules, batch_id=batch_id, tell=tell)
            solve_us = (time.perf_counter_ns() - started) // 1_000 // max(1, len(entries))
            ready = []
            for one in found.decided:
                ready.append(self._made_ready(entries[one.position], one, now, solve_us, reserve))
                if len(ready) % _BLOCK == 0:
                    tell(Progress("recording", 0, None, 0, 0.0))
            refused = [(entries[position], error) for position, error in found.refused]
            apart = {entries[each.position].position: each.why for each in found.apart}
            together = sum(one.batch is not None for one in found.decided)
            return ready, refused, found.certificate, together, apart

        return await self.workshop.run(work, limits, told.progress)

    def _made_ready(self, entry: Asked, one: Decided, now: int, solve_us: int, reserve: bool) -> _Ready:
        policy = self._live.network.policy
        route_id = route_id_of(entry.request_id)
        route = assemble(
            self._live.network,
            one.decision,
            route_id,
            now,
            self._version,
            one.decision.prices_version,
            reserve=reserve,
        )
        claims = claims_of(route, self._live.sourcing.tables)
        record = Record(
            entry.order,
            (),
            (),
            (),
            "",
            one.solver,
            one.first_day,
            one.stock,
            tight_bytes(one.decision.tight),
            one.decision.n_options,
            solve_us,
            route,
            one.batch,
            bid_mark(one.decision, self._live.sourcing.tables),
        )
        asked = Reserve(
            entry.request_id,
            entry.fingerprint,
            route_id,
            claims.cells,
            claims.days,
            entry.order.vip,
            route.expiry_time,
            encode(record),
            now + policy.record_retention_s,
        )
        return _Ready(entry, route, claims, asked)

    async def _answered(self, entries: Sequence[Asked], told: Told) -> dict[int, Answer]:
        """Those that were decided before, from their records."""
        answered: dict[int, Answer] = {}
        for first in range(0, len(entries), _BLOCK):
            block = entries[first : first + _BLOCK]
            stored = await self._ledger.routes([route_id_of(entry.request_id) for entry in block])
            found = [
                Answer(entry.position, entry.order.order_id, decode(one.record).route)
                for entry, one in zip(block, stored, strict=True)
                if one is not None
            ]
            self._answer(found, answered, told)
        return answered

    def _refuse(self, entries: Sequence[Asked], answered: dict[int, Answer], told: Told) -> None:
        """Say again what is wrong with orders that do not fit the network."""
        for entry in entries:
            try:
                self._live.sourcing.asking.ask(entry.order)
            except InvalidInput as error:
                self._answer([Answer(entry.position, entry.order.order_id, None, error)], answered, told)

    async def _note(self, asked: BatchRequest, what: str, note: bytes) -> None:
        """Write a note of the batch, once. Raises RequestReused for another batch of this id."""
        now = self._clock()
        name = _note_of(asked.request_id, what)
        until = now + self._live.network.policy.record_retention_s
        (outcome,) = await self._ledger.reserve(
            [Reserve(name, asked.fingerprint, name, (), (), False, 0, note, until)], now
        )
        if isinstance(outcome, Reused):
            raise RequestReused(asked.request_id)

    async def _noted(self, asked: BatchRequest, what: str) -> bytes | None:
        (stored,) = await self._ledger.routes([_note_of(asked.request_id, what)])
        return None if stored is None else stored.record

    def _ready(self, now: int) -> None:
        first_day = first_day_of(now)
        if self._mirror.first_day != first_day:
            self._mirror.roll(first_day)


_Solved = tuple[list[_Ready], list[tuple[Asked, InvalidInput]], BatchCertificate | None, int, dict[int, str]]


def _request_of(request_id: str, order_id: str) -> str:
    return f"{request_id}{_SEPARATOR}{order_id}"


def _note_of(request_id: str, what: str) -> str:
    return f"{_SEPARATOR}{request_id}{_SEPARATOR}{what}"


def proof_of(certificate: BatchCertificate) -> Proof:
    costs = tuple(RuleCosts(one.rule.value, one.cost, one.lowest, one.highest) for one in certificate.rule_costs)
    return Proof(
        certificate.objective,
        certificate.bound,
        certificate.gap,
        certificate.status.value,
        certificate.limit.value,
        certificate.sweeps,
        certificate.columns,
        certificate.seconds,
        certificate.unfilled,
        certificate.partial,
        certificate.shortfall,
        costs,
    )


def summary_of(
    entries: Sequence[Asked], answered: dict[int, Answer], tally: Tally, before: int, seconds: float
) -> BatchSummary:
    routes = [one.route for one in answered.values() if one.route is not None]
    return BatchSummary(
        len(entries),
        tally.together,
        before,
        len(entries) - len(routes),
        tally.lost_races,
        tally.rounds,
        sum(len(route.shipments) for route in routes),
        sum(len(route.shipments) > 1 for route in routes),
        sum(line.units for route in routes for line in route.unfilled),
        sum(route.cost for route in routes),
        tuple(sorted(tally.apart.items())),
        tally.proof,
        seconds,
    )
