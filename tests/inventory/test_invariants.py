"""I1 to I5 after every step of random histories, beside a model too simple to be wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from engine.errors import InvalidInput, WrongState
from engine.inventory.audit import audit
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import (
    CapacityClaim,
    Claim,
    Conflict,
    Ledger,
    Refused,
    Replayed,
    ReservationState,
    Reserve,
    Reserved,
    Reused,
    StockCount,
    StockDelta,
)
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from tests.stores import new_name

START = 1_760_000_000
DAYS = range(START // 86_400, START // 86_400 + 2)
SKUS, NODES = ("cup", "pot"), ("north", "south")
CELLS = [(sku, node) for sku in SKUS for node in NODES]
ORDER_LIMIT, UNIT_LIMIT = 4, 12
LIVE = (ReservationState.PENDING, ReservationState.CONFIRMED)

claims = st.lists(st.tuples(st.sampled_from(CELLS), st.integers(1, 6)), max_size=3, unique_by=lambda row: row[0])


@dataclass
class Entry:
    """What the model knows of a route."""

    request: Reserve
    state: ReservationState


class LedgerMachine(RuleBasedStateMachine):
    new_ledger: Callable[[], Ledger]
    run: Callable[..., Any]

    routes = Bundle("routes")

    def __init__(self) -> None:
        super().__init__()
        self.ledger = type(self).new_ledger()
        self.now = START
        self.number = 0
        self.on_hand: Counter[tuple[str, str]] = Counter()
        self.kept: dict[tuple[str, str], tuple[int, int]] = dict.fromkeys(CELLS, (0, 0))
        self.entries: dict[str, Entry] = {}
        self.received = self.written_off = 0

    def next_id(self, kind: str) -> str:
        self.number += 1
        return f"{kind}-{self.number}"

    def reserved(self) -> Counter[tuple[str, str]]:
        live = [entry for entry in self.entries.values() if entry.state in LIVE]
        total: Counter[tuple[str, str]] = Counter()
        for entry in live:
            for claim in entry.request.claims:
                total[claim.sku, claim.node_id] += claim.units
        return total

    def used(self) -> dict[tuple[str, int], tuple[int, int]]:
        use: dict[tuple[str, int], tuple[int, int]] = {}
        for entry in self.entries.values():
            for day in entry.request.capacity if entry.state in LIVE else ():
                orders, units = use.get((day.node_id, day.day), (0, 0))
                use[day.node_id, day.day] = (orders + day.orders, units + day.units)
        return use

    def set_on_hand(self, cell: tuple[str, str], on_hand: int) -> None:
        by = on_hand - self.on_hand[cell]
        self.received, self.written_off = self.received + max(by, 0), self.written_off + max(-by, 0)
        self.on_hand[cell] = on_hand

    def fits(self, request: Reserve, old: Reserve | None) -> bool:
        """The model's word on a request, the replaced route being given back already: it may keep what ``old`` held."""
        reserved, used = self.reserved(), self.used()
        held: Counter[tuple[str, str]] = Counter()
        for claim in old.claims if old else ():
            held[claim.sku, claim.node_id] += claim.units
        held_days = {(day.node_id, day.day): day for day in (old.capacity if old else ())}
        for claim in request.claims:
            cell = claim.sku, claim.node_id
            safety, protected = self.kept[cell]
            short = self.on_hand[cell] - reserved[cell] - safety - (0 if request.vip else protected) < claim.units
            if short and claim.units > held[cell]:
                return False
        for day in request.capacity:
            orders, units = used.get((day.node_id, day.day), (0, 0))
            before = held_days.get((day.node_id, day.day))
            if orders + day.orders > day.order_limit and not (before and day.orders <= before.orders):
                return False
            if units + day.units > day.unit_limit and not (before and day.units <= before.units):
                return False
        return True

    def due(self, entry: Entry) -> bool:
        return entry.state is ReservationState.PENDING and entry.request.expiry_time <= self.now

    @rule(
        cell=st.sampled_from(CELLS), on_hand=st.integers(0, 20), safety=st.integers(0, 2), protected=st.integers(0, 3)
    )
    def count(self, cell: tuple[str, str], on_hand: int, safety: int, protected: int) -> None:
        row = StockCount(*cell, on_hand, self.now, safety, protected)
        request_id = self.next_id("count")
        first = self.run(self.ledger.count(request_id, [row], self.now))
        assert self.run(self.ledger.count(request_id, [row], self.now)) == first
        self.set_on_hand(cell, on_hand)
        self.kept[cell] = (safety, protected)

    @rule(cell=st.sampled_from(CELLS), units=st.integers(-10, 10))
    def adjust(self, cell: tuple[str, str], units: int) -> None:
        after = self.on_hand[cell] + units
        allowed = units >= 0 or after >= self.reserved()[cell]
        request_id = self.next_id("adjust")
        for _ in range(2):  # sent twice, done once
            try:
                self.run(self.ledger.adjust(request_id, [StockDelta(*cell, units)], self.now))
                assert allowed
            except InvalidInput:
                assert not allowed
        if allowed:
            self.set_on_hand(cell, after)

    @rule(
        target=routes,
        wanted=st.lists(st.tuples(claims, st.booleans(), st.integers(1, 100)), min_size=1, max_size=4),
        replaced=st.none() | routes,
        confirmed=st.booleans(),
    )
    def reserve(
        self, wanted: list[tuple[list[tuple[tuple[str, str], int]], bool, int]], replaced: str | None, confirmed: bool
    ) -> object:
        """A batch; its first request may replace a route, and be an allocation at once."""
        requests: list[Reserve] = []
        for of_cells, vip, seconds in wanted:
            route_id = self.next_id("route")
            units: Counter[str] = Counter()
            for (_, node), amount in of_cells:
                units[node] += amount
            days = (CapacityClaim(n, DAYS[seconds % 2], 1, u, ORDER_LIMIT, UNIT_LIMIT) for n, u in units.items())
            requests.append(
                Reserve(
                    request_id=f"request-{route_id}",
                    fingerprint=b"fingerprint",
                    route_id=route_id,
                    claims=tuple(Claim(*cell, amount) for cell, amount in of_cells),
                    capacity=tuple(days),
                    vip=vip,
                    expiry_time=self.now + seconds,
                    record=route_id.encode() + b"\xff",
                    record_expiry_time=self.now + 1_000_000,
                    replaces=(replaced or "") if not requests else "",
                    confirmed=confirmed and not requests,
                )
            )
        outcomes = self.run(self.ledger.reserve(requests, self.now))
        made: list[str] = []
        for request, outcome in zip(requests, outcomes, strict=True):
            old = self.entries[request.replaces] if request.replaces else None
            mismatch = old and (old.state is ReservationState.CONFIRMED) is not request.confirmed
            if old and (old.state not in LIVE or self.due(old) or mismatch):
                assert outcome == Refused(old.state)
                continue
            state_before = old.state if old else None
            if old:
                old.state = ReservationState.REPLACED
            if self.fits(request, old.request if old else None):
                assert isinstance(outcome, Reserved)
                live = ReservationState.CONFIRMED if request.confirmed else ReservationState.PENDING
                state = live if request.claims else ReservationState.NONE
                self.entries[request.route_id] = Entry(request, state)
                made.append(request.route_id)
            else:
                assert isinstance(outcome, Conflict)
                assert outcome.cells or outcome.capacity
                if old and state_before:
                    old.state = state_before
        return multiple(*made)

    @rule(route_id=routes, changed=st.booleans())
    def send_again(self, route_id: str, changed: bool) -> None:
        """I5: the first answer, no effect, whatever state the route is in by now."""
        first = self.entries[route_id].request
        again = replace(first, route_id="another", record=b"other", fingerprint=b"!" if changed else first.fingerprint)
        expected = Reused() if changed else Replayed(route_id, first.record)
        assert self.run(self.ledger.reserve([again], self.now)) == [expected]

    @rule(route_id=routes, to=st.sampled_from([ReservationState.CONFIRMED, ReservationState.RELEASED]))
    def move(self, route_id: str, to: ReservationState) -> None:
        entry = self.entries[route_id]
        if self.due(entry):
            entry.state = ReservationState.EXPIRED
        allowed = entry.state is ReservationState.PENDING or (
            entry.state is ReservationState.CONFIRMED and to is ReservationState.RELEASED
        )
        call = self.ledger.confirm if to is ReservationState.CONFIRMED else self.ledger.release
        request_id = self.next_id("move")
        for _ in range(2):
            try:
                assert self.run(call(request_id, route_id, self.now)).state is to
                assert allowed
            except WrongState:
                assert not allowed
        if allowed:
            entry.state = to

    @rule(seconds=st.integers(1, 60))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(limit=st.integers(1, 3))
    def sweep(self, limit: int) -> None:
        due = {route_id for route_id, entry in self.entries.items() if self.due(entry)}
        expired = self.run(self.ledger.expire(self.now, limit))
        assert set(expired) <= due
        assert len(expired) == min(limit, len(due))
        for route_id in expired:
            self.entries[route_id].state = ReservationState.EXPIRED

    @invariant()
    def cells_are_as_the_model_has_them(self) -> None:
        """I1, I2, I4."""
        reserved = self.reserved()
        found = {(cell.sku, cell.node_id): cell for cell in self.run(self.ledger.cells(SKUS))}
        for cell in CELLS:
            row = found.get(cell)
            figures = (row.on_hand, row.reserved, row.safety_stock, row.protected) if row else (0, 0, 0, 0)
            assert figures == (self.on_hand[cell], reserved[cell], *self.kept[cell])
        used = {
            (use.node_id, use.day): (use.orders, use.units) for use in self.run(self.ledger.capacity(DAYS[0], DAYS[1]))
        }
        expected = self.used()
        assert {key: use for key, use in used.items() if use != (0, 0)} == expected
        assert all(orders <= ORDER_LIMIT and units <= UNIT_LIMIT for orders, units in expected.values())

    @invariant()
    def units_are_conserved(self) -> None:
        """I4."""
        assert self.run(audit(self.ledger)).faults == ()
        totals = self.run(self.ledger.totals())
        assert (totals.received, totals.written_off) == (self.received, self.written_off)

    @invariant()
    def states_are_as_the_model_has_them(self) -> None:
        """I3: an ended route keeps its end."""
        for route_id, entry in self.entries.items():
            assert self.run(self.ledger.route(route_id)).state is entry.state

    def teardown(self) -> None:
        self.run(self.ledger.close())


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_invariants_hold_after_every_step(kind: str, store: EmbeddedStore) -> None:
    with asyncio.Runner() as runner:
        client = open_client(StoreAddress(store.url))

        class Machine(LedgerMachine):
            new_ledger = staticmethod(lambda: MemoryLedger() if kind == "memory" else RedisLedger(client, new_name()))
            run = staticmethod(runner.run)

        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=120 if kind == "memory" else 40,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(client.aclose())
