"""Which live routes to move, and in what order: pure, over a stock that stands still.

All routes that could move are decided again together, their own units given back; that joint plan is what there is to gain.
Few of its moves may be made, and one at a time, as each hold is swapped in one step of its own. A route whose new place is
held by another that moves too waits for it: they form a group, which counts with all of its moves. Groups go by what they
save for each move. (Xu, Allgor and Graves 2009, "Benefits of reevaluating real-time order fulfillment decisions".)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from engine.network.components import paid
from engine.network.network import Network
from engine.routing.batch_decisions import BatchPlanner, Decided
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.record import Record
from engine.routing.route import Route, Shipment
from engine.routing.running_stock import RunningStock
from engine.routing.stock import Snapshot, Stock
from engine.routing.tables import Tables
from solvers.batch_problem import BatchCertificate, Progress

MAX_GROUP = 6
"""Moves that depend on each other, at most."""


@dataclass(frozen=True, slots=True)
class Held:
    """A live route: its record, whether it is an allocation, and when its hold ends (0 where it is one)."""

    record: Record
    confirmed: bool
    expiry_time: int

    @property
    def route(self) -> Route:
        return self.record.route


@dataclass(frozen=True, slots=True)
class Move:
    """``group`` numbers moves that depend on each other, in the order they are made. ``saving`` in micros."""

    held: Held
    decided: Decided
    saving: int
    group: int


@dataclass(frozen=True, slots=True)
class Moves:
    """What would be gained by the joint plan, and the moves that are worth it."""

    movable: int
    full_moves: int
    full_saving: int
    moves: tuple[Move, ...]
    certificate: BatchCertificate | None


def may_move(held: Held, network: Network, now: int) -> bool:
    """Everything of it is still to leave, with time enough to prepare, and no node has rejected any of it: what earlier
    decisions of the order kept stays as it is."""
    record = held.record
    if not record.route.shipments or record.kept or record.left or record.refused:
        return False
    lead = {node.node_id: node.lead_time_s for node in network.nodes}
    return all(one.ship_time - lead.get(one.node_id, 0) > now for one in record.route.shipments)


def find_moves(
    planner: Planner,
    batches: BatchPlanner,
    held: Sequence[Held],
    stock: Stock,
    now: int,
    max_moves: int,
    min_saving: int,
    tell: Callable[[Progress], None],
) -> Moves:
    """The moves of routes of which each ``may_move``. ``min_saving``: micros for each move, at least one."""
    tables = planner.sourcing.tables
    orders = [_bound(one) for one in held]
    together = {position for position, _ in batches.sort_out(orders).asks}
    held = [one for position, one in enumerate(held) if position in together]
    orders = [order for position, order in enumerate(orders) if position in together]
    free = RunningStock(stock, tables)
    for one in held:
        free.give_back(one.route.shipments)
    found = batches.decide(orders, free.left, now, batch_id="", tell=tell)
    targets: dict[int, Decided] = {
        one.position: one for one in found.decided if _better_or_other(held[one.position], one)
    }
    full = sum(_saving(held[x], one) for x, one in targets.items())
    mover = _Mover(tables, held, targets, RunningStock(stock, tables), min_saving)
    moves = mover.run(max_moves)
    return Moves(len(held), len(targets), full, moves, found.certificate)


def _bound(held: Held) -> Order:
    """The order with what its route has promised: nothing is left out that was not, nothing comes late that did not."""
    order, route = held.record.order, held.route
    late = any(one.late_days for one in route.shipments)
    return replace(
        order,
        late_allowed=order.late_allowed if late else False,
        partial=order.partial if route.unfilled else False,
    )


def _saving(held: Held, decided: Decided) -> int:
    """Micros; both at the prices that the joint plan weighed."""
    bids = decided.decision.bids
    held_cost = paid(held.route.breakdown)
    if bids is not None:
        for one in held.route.shipments:
            contents = [(each.sku, each.units) for each in one.contents]
            held_cost += sum(bids.prices.of(one.node_id, one.ship_day, contents))
    return held_cost - decided.decision.cost


def _better_or_other(held: Held, decided: Decided) -> bool:
    """Does the joint plan send it another way, and keep what the route promised?"""
    new = decided.decision
    if decided.batch is None or not new.shipments or _ways(new.shipments) == _ways(held.route.shipments):
        return False
    return not _breaks_promise(held.route, new.shipments) and sum(line.units for line in new.unfilled) <= sum(
        line.units for line in held.route.unfilled
    )


def _ways(shipments: Sequence[Shipment]) -> set[tuple[object, ...]]:
    return {(one.node_id, one.carrier_id, one.level, one.destination_node, one.contents) for one in shipments}


def _breaks_promise(route: Route, shipments: Sequence[Shipment]) -> bool:
    """Does a line come later than its route promised, or than it was to come where that was later, or unpromised?"""
    latest: dict[str, int] = {}
    for one in route.shipments:
        told = one.arrival_time if one.promise_time is None else max(one.arrival_time, one.promise_time)
        for content in one.contents:
            latest[content.line_id] = max(latest.get(content.line_id, 0), told)
    return any(
        one.arrival_time > latest.get(content.line_id, one.arrival_time)
        for one in shipments
        for content in one.contents
    )


class _Mover:
    """Makes the moves one after another on the stock as it is held."""

    def __init__(
        self,
        tables: Tables,
        held: Sequence[Held],
        targets: dict[int, Decided],
        running: RunningStock,
        min_saving: int,
    ) -> None:
        self._tables = tables
        self._held = held
        self._targets = dict(targets)
        self._running = running
        self._min_saving = max(1, min_saving)
        self._holders: dict[tuple[int, int], list[int]] = {}  # who would leave a cell
        self._of_day: dict[tuple[int, int], list[int]] = {}
        for x in targets:
            for k, n, day, _ in running.of_shipments(held[x].route.shipments):
                self._holders.setdefault((k, n), []).append(x)
                self._of_day.setdefault((n, day), []).append(x)

    def run(self, max_moves: int) -> tuple[Move, ...]:
        moves: list[Move] = []
        group = 0
        ranked = sorted(self._targets, key=lambda x: (-self._worth(x), x))
        for x in ranked:
            if x not in self._targets or self._gain(x) <= 0:
                continue
            chain = self._chain(x)
            saving = sum(self._gain(y) for y in chain or ())
            if chain is None or len(moves) + len(chain) > max_moves or saving < self._min_saving * len(chain):
                continue
            for y in chain:
                self._swap(y)
                moves.append(Move(self._held[y], self._targets[y], self._gain(y), group))
                del self._targets[y]
            group += 1
        return tuple(moves)

    def _worth(self, x: int) -> float:
        """What its group saves for each move, as things stand at the beginning."""
        chain = self._chain(x) if self._gain(x) > 0 else None
        return sum(self._gain(y) for y in chain) / len(chain) if chain else float("-inf")

    def _gain(self, x: int) -> int:
        return _saving(self._held[x], self._targets[x])

    def _chain(self, x: int) -> list[int] | None:
        """The moves that make ``x`` possible, it last; None where too many would have to go before. Nothing is moved."""
        done: list[int] = []
        possible = self._make_room(x, done, {x})
        for y in reversed(done):
            self._running.give_back(self._targets[y].decision.shipments)
            self._running.take(self._held[y].route.shipments)
        return done if possible else None

    def _make_room(self, x: int, done: list[int], under_way: set[int]) -> bool:
        while True:
            blockers = self._blockers(x)
            if not blockers:
                self._swap(x)
                done.append(x)
                return True
            ready = [y for y in blockers[0] if y in self._targets and y not in under_way]
            if not ready or len(under_way) >= MAX_GROUP:
                return False
            first = max(ready, key=lambda y: (self._gain(y), -y))
            under_way.add(first)
            if not self._make_room(first, done, under_way):
                return False

    def _blockers(self, x: int) -> list[list[int]]:
        """For each cell and day that its new place lacks: the routes that would leave it."""
        running, order = self._running, self._held[x].record.order
        left: Snapshot = running.left
        running.give_back(self._held[x].route.shipments)
        wanted = running.of_shipments(self._targets[x].decision.shipments)
        cells: dict[tuple[int, int], int] = {}
        days: dict[tuple[int, int], int] = {}
        for k, n, day, units in wanted:
            cells[k, n] = cells.get((k, n), 0) + units
            days[n, day] = days.get((n, day), 0) + units
        lacking = [
            self._holders.get(cell, [])
            for cell, units in cells.items()
            if units > left.atp[cell] - (0 if order.vip else left.protected[cell])
        ]
        for (n, day), units in days.items():
            at = n, day - left.first_day
            if left.orders_left[at] < 1 or left.units_left[at] < units:
                lacking.append(self._of_day.get((n, day), []))
        running.take(self._held[x].route.shipments)
        return lacking

    def _swap(self, x: int) -> None:
        self._running.give_back(self._held[x].route.shipments)
        self._running.take(self._targets[x].decision.shipments)
