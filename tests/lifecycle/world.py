"""A small shop for the tests: two SKUs at three nodes, a router that takes the first node that has enough, a local gateway."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from engine.capture.captured import Address, CapturedLine, CapturedOrder, Charge, ChargeKind, Payment, PaymentState
from engine.inventory.audit import audit
from engine.inventory.ledger import CapacityClaim, Claim, Conflict, Ledger, Reserve, Reserved, StockCount
from engine.lifecycle.asked import Asked
from engine.lifecycle.desk import Desk
from engine.lifecycle.events import replay, told_by
from engine.lifecycle.gateway import GatewayUnavailable
from engine.lifecycle.life import Life
from engine.lifecycle.lives import Lives
from engine.lifecycle.local_gateway import Account, LocalGateway
from engine.lifecycle.money import held_credit, owed, own_left
from engine.network.carriers import ServiceLevel
from engine.network.components import Reason
from engine.network.policy import Policy
from engine.routing.assembly import route_id_of
from engine.routing.order import Fulfilment, Order
from engine.routing.returned import Outlook, ReturnAsked, ReturnParcel, ReturnPart
from engine.routing.route import Content, Route, RouteState, Shipment, Unfilled
from solvers.problem import Certificate, Limit, Status

NOW = 1_760_000_000
DAY = NOW // 86_400
NODES = ("east", "west", "store")
SKUS = ("cup", "pot")
HOLD_S = 600
ADDRESS = Address("DE", "10115", city="Berlin", street=("Weg 1",), name="Ada")
_PROOF = Certificate(0, 0, Status.OPTIMAL, Limit.NONE, "test")


class FirstNode:
    """Each line from the first node that has it, a shipment for each node, held by the real ledger."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def route(
        self, order: Order, request_id: str, fingerprint: bytes, *, validate_only: bool = False, solver: str = "auto"
    ) -> Route:
        ledger, now = self._world.ledger, self._world.now
        route_id = route_id_of(request_id)
        for _ in range(8):
            free = {(cell.sku, cell.node_id): cell.atp for cell in await ledger.cells(SKUS)}
            contents: dict[str, list[Content]] = {}
            unfilled = []
            for line in order.lines:
                nodes = [n for n in NODES if n not in order.not_nodes and free.get((line.sku, n), 0) >= line.units]
                if line.fulfilment is Fulfilment.PICKUP:
                    nodes = [n for n in nodes if n == "store"]
                if not nodes:
                    left = (line.line_id, line.sku, line.units, Reason.NO_STOCK, "none left", True)
                    unfilled.append(Unfilled(*left))
                    continue
                free[line.sku, nodes[0]] -= line.units
                contents.setdefault(nodes[0], []).append(Content(line.line_id, line.sku, line.units))
            picked = {line.line_id for line in order.lines if line.fulfilment is Fulfilment.PICKUP}
            shipments = []
            for node, goods in contents.items():
                for pickup in (False, True):
                    part = tuple(each for each in goods if (each.line_id in picked) is pickup)
                    if part:
                        shipments.append(_shipment(node, part, pickup))
            claims, capacity = [], []
            for node in contents:
                of_node = [each for shipment in shipments if shipment.node_id == node for each in shipment.contents]
                units: dict[str, int] = {}
                for each in of_node:
                    units[each.sku] = units.get(each.sku, 0) + each.units
                claims += [Claim(sku, node, amount) for sku, amount in units.items()]
                capacity.append(CapacityClaim(node, DAY, 1, sum(units.values()), 1_000, 10_000))
            state = RouteState.RESERVED if shipments else RouteState.PLANNED
            expiry = now + HOLD_S if shipments else 0
            rest = ((), 0, "EUR", now, expiry, 1, 0, _PROOF)
            route = Route(route_id, order.order_id, state, tuple(shipments), tuple(unfilled), *rest)
            self._world.routes[route_id] = route
            asked = Reserve(
                request_id, fingerprint, route_id, tuple(claims), tuple(capacity), False, expiry, b"r", now + 9_999_999
            )
            (outcome,) = await ledger.reserve([asked], now)
            if isinstance(outcome, Conflict):
                continue
            if isinstance(outcome, Reserved):
                return route
            return self._world.routes[route_id]
        raise AssertionError("lost every race")

    async def place_return(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]:
        """Each line to the node that has least of it, in a parcel for each node."""
        self._world.outlooks.append(outlook)
        nodes: dict[str, list[str]] = {}
        for line in asked.lines:
            least = min(NODES, key=lambda node: outlook.atp.get((line.sku, node), 0))
            nodes.setdefault(asked.only_node or least, []).append(line.line_id)
        if asked.together and nodes:
            nodes = {min(nodes): [line.line_id for line in asked.lines]}
        carrier = "" if asked.drop_off else "post"
        level = None if asked.drop_off else ServiceLevel.GROUND
        costs = ((ReturnPart.CARRIER, 4_000_000),)
        return tuple(
            ReturnParcel(node, carrier, level, tuple(lines), costs, 4_000_000, (("far", 5_000_000),))
            for node, lines in nodes.items()
        )

    async def release(self, route_id: str, request_id: str) -> Route:
        await self._world.ledger.release(request_id, route_id, self._world.now)
        return self._world.routes[route_id]


def _shipment(node: str, contents: tuple[Content, ...], pickup: bool) -> Shipment:
    level = ServiceLevel.PICKUP if pickup else ServiceLevel.GROUND
    place = "store" if pickup else ""
    times = (DAY, NOW + 3_600, NOW + 90_000, None, 0)
    return Shipment(node, "" if pickup else "post", level, place, *times, contents, (), (), 1_000_000)


class Faulty(LocalGateway):
    """Does not answer ``failures`` times, before or after the call has had its effect."""

    def __init__(self, limit_micros: int | None = None) -> None:
        super().__init__(limit_micros, trusting=True)
        self.failures: list[bool] = []  # True: after the effect

    def account(self, reference: str) -> Account | None:
        """The gateway's own record, for tests to spoil; None where it took the payment at its word."""
        found = self._accounts.get(reference)
        return None if found is None or found.trusted else found

    async def authorise(self, key: str, order_id: str, micros: int, currency: str, reference: str) -> str:
        self._fail(before=True)
        result = await super().authorise(key, order_id, micros, currency, reference)
        self._fail(before=False)
        return result

    async def capture(self, key: str, reference: str, micros: int, currency: str, *, final: bool) -> None:
        self._fail(before=True)
        await super().capture(key, reference, micros, currency, final=final)
        self._fail(before=False)

    async def refund(self, key: str, reference: str, micros: int, currency: str) -> None:
        self._fail(before=True)
        await super().refund(key, reference, micros, currency)
        self._fail(before=False)

    def _fail(self, *, before: bool) -> None:
        if self.failures and self.failures[0] is not before:
            self.failures.pop(0)
            raise GatewayUnavailable("no answer")


@dataclass
class World:
    """What a test works with."""

    ledger: Ledger
    lives: Lives
    now: int = NOW
    policy: Policy = field(default_factory=Policy)
    gateway: Faulty = field(default_factory=Faulty)
    routes: dict[str, Route] = field(default_factory=dict)
    outlooks: list[Outlook] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _checked: dict[str, Life] = field(default_factory=dict)

    def __post_init__(self) -> None:
        router = FirstNode(self)
        self.desk = Desk(
            self.lives,
            self.ledger,
            lambda: router,
            self.gateway,
            lambda: self.now,
            lambda name: f"code of {name}",
            lambda: f"decision-{next(self._numbers)}",
            lambda: self.policy,
        )

    def asked(self, actor: str = "test", reason: str = "") -> Asked:
        number = next(self._numbers)
        return Asked(f"request-{number}", b"fingerprint-%d" % number, actor, reason)

    async def stock(self, sku: str, node: str, units: int) -> None:
        count = StockCount(sku, node, units, self.now, 0, 0)
        await self.ledger.count(f"count-{next(self._numbers)}", [count], self.now)

    async def ordered(self, order_id: str = "1", **fields: Any) -> Life:
        """Captured, routed and released."""
        life = await self.desk.capture(an_order(order_id, **fields), self.asked())
        await self.desk.route(life.order_id, self.asked())
        return await self.desk.release(life.order_id, self.asked())

    async def shipped(self, order_id: str = "1", **fields: Any) -> Life:
        """All of it, from wherever it came."""
        life = await self.ordered(order_id, **fields)
        for shipment in life.active():
            await self.worked(shipment.shipment_id)
            await self.desk.ship(shipment.shipment_id, "T1", self.asked())
        return await self.desk.get(life.order_id)

    async def worked(self, shipment_id: str) -> None:
        """Accepted, picked and packed."""
        await self.desk.accept(shipment_id, self.asked())
        await self.desk.pick(shipment_id, {}, self.asked())
        await self.desk.pack(shipment_id, self.asked())

    async def check(self) -> None:
        """I1, I4; of each life that changed since: money, and that events give the state."""
        assert (await audit(self.ledger)).faults == ()
        held: dict[str, tuple[Claim, ...]] = {}
        async for block in self.ledger.live_routes():
            held.update({route.route_id: route.claims for route in block})
        async for lives in self.lives.all_lives():
            for life in lives:
                await self._check_life(life, held)

    async def _check_life(self, life: Life, held: dict[str, tuple[Claim, ...]]) -> None:
        for shipment in life.shipments:
            assert (shipment.shipment_id in held) is shipment.held
            if shipment.held:
                units = sum(content.units for content in shipment.contents)
                assert sum(claim.units for claim in held[shipment.shipment_id]) == units
        if self._checked.get(life.order_id) == life:
            return
        self._checked[life.order_id] = life
        assert all(units > 0 for units in life.waiting().values())
        told = replay(await self.lives.timeline(life.order_id))
        assert told == told_by(life)
        payment = life.payment
        assert 0 <= payment.refunded + payment.moved <= payment.captured + payment.credited
        assert own_left(payment) >= 0
        assert all(0 <= credit.used <= credit.micros for credit in payment.credits)
        if not payment.tasks and not payment.declined:
            assert owed(life) <= payment.net <= owed(life) + held_credit(life), life
        for back in life.returns:
            if back.captured:
                other = await self.desk.get(back.exchange_order_id)
                assert other.payment.credited == back.credit


def an_order(order_id: str = "1", **fields: Any) -> CapturedOrder:
    """Two cups and a pot for 30.00, 1.50 off the whole order, freight 4.99."""
    lines = fields.pop("lines", (("cup", 2, 20_000_000), ("pot", 1, 10_000_000)))
    picked = fields.pop("picked", False)
    captured_lines = tuple(
        CapturedLine(
            str(number),
            sku,
            units,
            gross,
            tax_micros=gross // 10,
            fulfilment=Fulfilment.PICKUP if picked else Fulfilment.SHIP,
        )
        for number, (sku, units, gross) in enumerate(lines, 1)
    )
    values = {
        "ship_to": ADDRESS,
        "charges": (Charge(ChargeKind.SHIPPING, 4_990_000),),
        "discount_micros": 1_500_000,
        "payment": Payment(PaymentState.AUTHORISED, reference=f"pi_{order_id}"),
        "pickup_location": "store" if picked else "",
        **fields,
    }
    return CapturedOrder("web", order_id, NOW, "EUR", captured_lines, **values)
