"""Replay: orders in the order of time through a ``World``, and what chance does to them.

A discrete-event simulation. Its only randomness is ``Chance``, its only time the virtual clock, so the same inputs and seed
give the same fates, byte for byte (I9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
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
from engine.simulation.events import Agenda, Arrival, Lapse, Receipt, Reject, Reoptimize, Return, VirtualTimer, Wake
from engine.simulation.garbage import few_collections
from engine.simulation.luck import NOTHING_GOES_WRONG, Luck, SecondLook
from engine.simulation.outcome import Outcome, outcome_of
from engine.simulation.world import World

Then = Callable[[Route], Awaitable[None]]
_MILLION = 1_000_000
_DAY_S = 86_400


@dataclass(slots=True)
class Fate:
    """What became of one order.

    ``route`` is its last whole route. ``rests`` are the routes of what was left out first and shipped when stock came in.
    ``rejects`` counts shipments that nodes refused; ``lost`` the units refused more often than is tried; ``moves`` how often
    its route was replaced by a cheaper one. ``abandoned``: it was never paid for, so nothing of it counts but the stock that
    it held for a while.
    """

    order: Order
    route: Route
    rests: list[Route] = field(default_factory=list)
    rejects: int = 0
    rounds: int = 0
    lost: int = 0
    returned: int = 0
    moves: int = 0
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
    second_look : None never decides again what was decided.
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
        second_look: SecondLook | None = None,
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
        self._second_look = second_look
        if second_look is not None:
            first, last = self._orders[0].order_time, self._orders[-1].order_time
            for instant in range(first, last + 1, 60 * second_look.every_minutes):
                self._agenda.put(instant, Reoptimize())
        self._clock = VirtualClock(min([self._orders[0].order_time, *(row[0] for row in receipts)]))
        timer = VirtualTimer(self._clock, self._agenda)
        self.world = World(network, stock, self._clock, prices, solver, timer)
        self._waiting: dict[str, list[int]] = {}  # positions of orders that wait for a SKU
        self._undecided: list[tuple[asyncio.Task[Route], Then]] = []  # in a window, and what follows
        self._to_leave: dict[str, int] = {}  # position of the order of each route that may move
        self._n_received = self._n_looks = 0
        self._fates: dict[int, Fate] = {}  # by position, as they are decided
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
                    await self._arrive(event, decided)
                case Receipt():
                    await self._receive(event.sku, event.node_id, event.units)
                case Return():
                    await self._return(event)
                case Reject():
                    await self._reject(event)
                case Lapse():
                    await self.world.expire()
                case Reoptimize():
                    await self._look_again()
                case Wake() if not event.cancelled:
                    event.then()
                    await self._end_window()
        self.fates = [self._fates[position] for position in range(len(self._orders))]
        self.cells = await self.world.cells()

    async def _route(self, order: Order, request_id: str, then: Then) -> None:
        """Decide the order, at once or with its window, and go on with the route."""
        if not self.world.waits(order):
            await then(await self.world.route(order, request_id))
            return
        self._undecided.append((asyncio.create_task(self.world.route(order, request_id)), then))
        await asyncio.sleep(0)  # it joins the window
        await self._end_window()  # which may be full

    async def _end_window(self) -> None:
        """Where a window has closed: all who wait were in it."""
        if not self.world.deciding:
            return
        undecided, self._undecided = self._undecided, []
        for task, then in undecided:
            await then(await task)

    async def _arrive(self, event: Arrival, decided: Callable[[Fate], None]) -> None:
        order, position = event.order, event.position

        async def then(route: Route) -> None:
            fate = self._fates[position] = Fate(order, route)
            fate.abandoned = self._happens(self._luck.abandoned, "abandoned", order.order_id)
            if fate.abandoned:
                if route.shipments:
                    self._agenda.put(route.expiry_time, Lapse())
            else:
                await self._take(position, route)
            decided(fate)

        await self._route(order, order.order_id, then)

    async def _take(self, position: int, route: Route) -> None:
        """The order is paid for: its shipments go to their nodes, and it waits for what was left out."""
        if route.shipments:
            await self.world.confirm(route.route_id)
            self._expect(position, route, route.shipments)
            if self._second_look is not None and not route.unfilled:
                self._to_leave[route.route_id] = position
        self._wait(position, route)

    def _wait(self, position: int, route: Route) -> None:
        """For what the route left out, where the order takes it later."""
        for line in route.unfilled:
            if line.backordered:
                self._waiting.setdefault(line.sku, []).append(position)

    def _expect(self, position: int, route: Route, shipments: Sequence[Shipment]) -> None:
        """What will come of shipments that were just given to their nodes."""
        fate = self._fates[position]
        order_id, round_ = fate.order.order_id, str(fate.rounds)
        for shipment in shipments:
            node_id = shipment.node_id
            if self._happens(self._reject_rate[node_id], "reject", order_id, node_id, round_):
                wait = shipment.ship_time - route.decision_time
                at = route.decision_time + int(wait * self._chance.uniform("when", order_id, node_id, round_))
                short = self._happens(self._luck.short_pick, "short", order_id, node_id, round_)
                self._agenda.put(at, Reject(position, node_id, short))
            elif self._luck.returned:
                self._agenda.put(shipment.arrival_time + self._luck.return_days * _DAY_S, Return(position, shipment))

    async def _return(self, event: Return) -> None:
        fate, shipment = self._fates[event.order], event.shipment
        if shipment not in fate.route.shipments:
            return  # it never left: the order was decided again
        for content in shipment.contents:
            names = ("return", fate.order.order_id, content.line_id, shipment.node_id)
            back = self._chance.whole(self._luck.returned * content.units, *names)
            if back:
                fate.returned += back
                await self._receive(content.sku, shipment.node_id, back)

    async def _reject(self, event: Reject) -> None:
        fate = self._fates[event.order]
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
        self._to_leave.pop(fate.route.route_id, None)
        fate.route = await self.world.reroute(fate.route.route_id, event.node_id, (), name)
        if event.short:
            for content in (content for one in refused for content in one.contents):
                request_id = f"{name}/{content.line_id}"
                await self.world.write_off(request_id, content.sku, event.node_id, content.units)
        self._expect(event.order, fate.route, [one for one in fate.route.shipments if one not in before])

    async def _receive(self, sku: str, node_id: str, units: int) -> None:
        self._n_received += 1
        name = f"receipt {self._n_received}"
        await self.world.receive(name, [StockDelta(sku, node_id, units)])
        for position in self._waiting.pop(sku, []):
            await self._ship_rest(position, sku)

    async def _ship_rest(self, position: int, sku: str) -> None:
        """Try what an order still waits for of this SKU."""
        fate = self._fates[position]
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

        async def then(route: Route) -> None:
            if route.shipments:
                await self.world.confirm(route.route_id)
                fate.rests.append(route)
            if route.unfilled:
                self._waiting.setdefault(sku, []).append(position)

        await self._route(rest, f"{fate.order.order_id}/rest {self._n_received}", then)

    async def _look_again(self) -> None:
        """Move what has not left where that is cheaper."""
        assert self._second_look is not None  # who else would put it on the agenda?
        self._n_looks += 1
        now, live = self._clock(), {}
        for route_id, position in self._to_leave.items():
            if all(one.ship_time > now for one in self._fates[position].route.shipments):
                live[route_id] = position
        self._to_leave = live
        if not live:
            return
        for move in await self.world.reoptimize(f"look {self._n_looks}", sorted(live), self._second_look):
            position = live.pop(move.replaces)
            fate = self._fates[position]
            before = set(fate.route.shipments)
            fate.route = move.route
            fate.moves += 1
            self._to_leave[move.route.route_id] = position
            self._expect(position, move.route, [one for one in move.route.shipments if one not in before])
            self._wait(position, move.route)

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
