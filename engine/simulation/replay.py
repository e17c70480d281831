"""Replay: orders in the order of time through a ``World``, and what chance does to them.

A discrete-event simulation. Its only randomness is ``Chance``, its only time the virtual clock, so the same inputs and seed
give the same fates, byte for byte (I9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from engine.inventory.ledger import Cell, StockDelta
from engine.network.checks import require
from engine.network.network import Network, StockRow
from engine.network.prices import BidPrices
from engine.routing.order import Order
from engine.routing.route import Route, Shipment
from engine.simulation.chance import Chance
from engine.simulation.clock import VirtualClock
from engine.simulation.events import Agenda, Arrival, Lapse, Receipt, Reject
from engine.simulation.garbage import few_collections
from engine.simulation.outcome import Outcome, outcome_of
from engine.simulation.world import World

_MILLION = 1_000_000
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Luck:
    """How much goes wrong. Shares are 0..1.

    Attributes
    ----------
    reject_scale : on every node's own reject rate, 0..1,000.
    short_pick : the share of rejects in which the units are not there: the count is corrected, and they are gone.
    abandoned : the share of orders that are never paid for: their reservation lapses.
    returned : the share of delivered units that come back, ``return_days`` after they arrived, to the node they came from.
    max_rounds : how often one order is rerouted at most; what is refused after that is lost.
    """

    reject_scale: float = 1.0
    short_pick: float = 0.5
    abandoned: float = 0.0
    returned: float = 0.0
    return_days: int = 10
    max_rounds: int = 3

    def __post_init__(self) -> None:
        for name in ("short_pick", "abandoned", "returned"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "a share in 0..1")
        require(0 <= self.reject_scale <= 1_000, "reject_scale", self.reject_scale, "a factor in 0..1000")
        require(0 <= self.return_days <= 365, "return_days", self.return_days, "days in 0..365")
        require(0 <= self.max_rounds <= 20, "max_rounds", self.max_rounds, "a count in 0..20")


NOTHING_GOES_WRONG = Luck(reject_scale=0.0)


@dataclass(slots=True)
class Fate:
    """What became of one order.

    ``route`` is its last whole route. ``rests`` are the routes of what was left out first and shipped when stock came in.
    ``rejects`` counts shipments that nodes refused; ``lost`` the units refused more often than is tried. ``abandoned``: it
    was never paid for, so nothing of it counts but the stock that it held for a while.
    """

    order: Order
    route: Route
    rests: list[Route] = field(default_factory=list)
    rejects: int = 0
    rounds: int = 0
    lost: int = 0
    returned: int = 0
    abandoned: bool = False

    @property
    def shipments(self) -> list[Shipment]:
        return [shipment for route in (self.route, *self.rests) for shipment in route.shipments]

    @property
    def units(self) -> int:
        """Units ordered."""
        return sum(line.units for line in self.order.lines)

    @property
    def left_out(self) -> int:
        """Units that never shipped."""
        later = sum(content.units for route in self.rests for one in route.shipments for content in one.contents)
        return sum(line.units for line in self.route.unfilled) - later


class Replay:
    """One run: ``run`` once, then read ``fates`` (in the order of the orders' time) and ``cells``, the stock that is left.

    Parameters
    ----------
    orders : any order; each is decided at its own time. Order ids are unique.
    receipts : (UTC seconds, SKU, node id, units >= 1).
    solver : see ``engine.routing.planner.SOLVERS``: a rule makes it a replay of that rule.
    """

    def __init__(
        self,
        network: Network,
        stock: Sequence[StockRow],
        orders: Sequence[Order],
        *,
        chance: Chance,
        luck: Luck | None = None,
        receipts: Sequence[tuple[int, str, str, int]] = (),
        prices: BidPrices | None = None,
        solver: str = "auto",
    ) -> None:
        require(bool(orders), "orders", 0, "one or more orders")
        self._orders = sorted(orders, key=lambda order: order.order_time)
        self._chance = chance
        self._luck = luck or Luck()
        self._reject_rate = {
            node.node_id: min(1.0, node.reject_rate_ppm / _MILLION * self._luck.reject_scale) for node in network.nodes
        }
        self._agenda = Agenda()
        for position, order in enumerate(self._orders):
            self._agenda.put(order.order_time, Arrival(order, position))
        for instant, sku, node_id, units in receipts:
            self._agenda.put(instant, Receipt(sku, node_id, units))
        self._clock = VirtualClock(min([self._orders[0].order_time, *(row[0] for row in receipts)]))
        self.world = World(network, stock, self._clock, prices, solver)
        self._waiting: dict[str, list[int]] = {}  # positions of orders that wait for a SKU
        self._n_received = 0
        self.fates: list[Fate] = []
        self.cells: list[Cell] = []

    def run(self, decided: Callable[[Fate], None] = lambda fate: None) -> None:
        """Play it to its end. ``decided`` is told each order's fate when it comes in; later events may still change it."""
        with few_collections():
            asyncio.run(self._play(decided))

    async def _play(self, decided: Callable[[Fate], None]) -> None:
        await self.world.open()
        while self._agenda:
            instant, event = self._agenda.pop()
            self._clock.advance(instant)
            match event:
                case Arrival():
                    decided(await self._arrive(event))
                case Receipt():
                    await self._receive(event)
                case Reject():
                    await self._reject(event)
                case Lapse():
                    await self.world.expire()
        self.cells = await self.world.cells()

    async def _arrive(self, event: Arrival) -> Fate:
        order = event.order
        route = await self.world.route(order, order.order_id)
        fate = Fate(order, route)
        self.fates.append(fate)
        fate.abandoned = self._happens(self._luck.abandoned, "abandoned", order.order_id)
        if route.shipments:
            if fate.abandoned:
                self._agenda.put(route.expiry_time, Lapse())
                return fate
            await self.world.confirm(route.route_id)
            self._expect(event.position, route, route.shipments)
        if not fate.abandoned:
            for line in route.unfilled:
                if line.backordered:
                    self._waiting.setdefault(line.sku, []).append(event.position)
        return fate

    def _expect(self, position: int, route: Route, shipments: Sequence[Shipment]) -> None:
        """What will come of shipments that were just given to their nodes."""
        fate = self.fates[position]
        order_id, round_ = fate.order.order_id, str(fate.rounds)
        for shipment in shipments:
            node_id = shipment.node_id
            if self._happens(self._reject_rate[node_id], "reject", order_id, node_id, round_):
                wait = shipment.ship_time - route.decision_time
                at = route.decision_time + int(wait * self._chance.uniform("when", order_id, node_id, round_))
                short = self._happens(self._luck.short_pick, "short", order_id, node_id, round_)
                self._agenda.put(at, Reject(position, node_id, short))
            elif self._luck.returned:
                self._expect_returns(fate, shipment)

    def _expect_returns(self, fate: Fate, shipment: Shipment) -> None:
        for content in shipment.contents:
            names = ("return", fate.order.order_id, content.line_id, shipment.node_id)
            back = self._chance.whole(self._luck.returned * content.units, *names)
            if back:
                fate.returned += back
                at = shipment.arrival_time + self._luck.return_days * _DAY_S
                self._agenda.put(at, Receipt(content.sku, shipment.node_id, back))

    async def _reject(self, event: Reject) -> None:
        fate = self.fates[event.order]
        refused = [one for one in fate.route.shipments if one.node_id == event.node_id]
        if not refused:
            return  # it refused all of its shipments for this order when it refused the first
        fate.rejects += 1
        if fate.rounds >= self._luck.max_rounds:
            fate.lost += sum(content.units for one in refused for content in one.contents)
            return
        fate.rounds += 1
        before = set(fate.route.shipments)
        name = f"{fate.order.order_id}/{fate.rounds}"
        fate.route = await self.world.reroute(fate.route.route_id, event.node_id, (), name)
        if event.short:
            for content in (content for one in refused for content in one.contents):
                request_id = f"{name}/{content.line_id}"
                await self.world.write_off(request_id, content.sku, event.node_id, content.units)
        self._expect(event.order, fate.route, [one for one in fate.route.shipments if one not in before])

    async def _receive(self, event: Receipt) -> None:
        self._n_received += 1
        name = f"receipt {self._n_received}"
        await self.world.receive(name, [StockDelta(event.sku, event.node_id, event.units)])
        for position in self._waiting.pop(event.sku, []):
            await self._ship_rest(position, event.sku)

    async def _ship_rest(self, position: int, sku: str) -> None:
        """Try what an order still waits for of this SKU."""
        fate = self.fates[position]
        ordered = {line.line_id: line for line in fate.order.lines}
        waits: dict[str, int] = {}
        for left in fate.route.unfilled:
            if left.sku == sku and left.backordered:
                waits[left.line_id] = waits.get(left.line_id, 0) + left.units
        for content in (content for route in fate.rests for one in route.shipments for content in one.contents):
            if content.line_id in waits:
                waits[content.line_id] -= content.units
        lines = [replace(ordered[line_id], units=units) for line_id, units in waits.items() if units > 0]
        if not lines:
            return
        rest = replace(fate.order, lines=tuple(lines), deliver_by=None, pickup_by=None, order_time=self._clock())
        route = await self.world.route(rest, f"{fate.order.order_id}/rest {self._n_received}")
        if route.shipments:
            await self.world.confirm(route.route_id)
            fate.rests.append(route)
        if route.unfilled:
            self._waiting.setdefault(sku, []).append(position)

    def _happens(self, share: float, *what: str) -> bool:
        return share > 0 and self._chance.uniform(*what) < share


def undisturbed(
    network: Network,
    stock: Sequence[StockRow],
    orders: Sequence[Order],
    solver: str = "auto",
    decided: Callable[[Fate], None] = lambda fate: None,
    prices: BidPrices | None = None,
) -> list[Outcome]:
    """What was decided for each order, in the order of their time, when nothing goes wrong afterwards."""
    replay = Replay(network, stock, orders, chance=Chance(0, 0), luck=NOTHING_GOES_WRONG, prices=prices, solver=solver)
    replay.run(decided)
    return [outcome_of(fate.route, network.policy.backorder_cost_per_unit) for fate in replay.fates]
