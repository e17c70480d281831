"""The desk: takes every request about an order, makes one step of its life, and commits it.

A step is made from the life as it was read and takes effect on that version alone; when somebody was faster it is made again.
What the gateway is to do is named in the life before it is asked, so that after a crash anybody may ask again. A request is
answered with the life as its own step left it; what the gateway says comes after, and ``get`` has it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from engine.capture.captured import Address, CapturedOrder
from engine.errors import InvalidInput, NotFound, OneboxError, RequestReused, StoreUnavailable, WrongState
from engine.inventory.ledger import Ledger
from engine.lifecycle import fulfilment, orders, payments, returns
from engine.lifecycle.events import Event
from engine.lifecycle.gateway import Declined, Gateway, GatewayUnavailable
from engine.lifecycle.life import Grade, Life, Task, TaskKind
from engine.lifecycle.lives import Answered, Changed, Lives, NotHeld, Reused
from engine.lifecycle.marks import BACKORDERS, queue_of, waiting_for
from engine.lifecycle.rules import LifeRules
from engine.lifecycle.states import OrderState
from engine.lifecycle.step import Step
from engine.routing.order import Order
from engine.routing.route import Route, RouteState

_TRIES = 64


class Routing(Protocol):
    """What the desk asks of the router."""

    async def route(
        self, order: Order, request_id: str, fingerprint: bytes, *, validate_only: bool = False, solver: str = "auto"
    ) -> Route: ...

    async def release(self, route_id: str, request_id: str) -> Route: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks, why, and by which id. ``fingerprint`` tells it from another request (I5)."""

    request_id: str
    fingerprint: bytes
    actor: str
    reason: str = ""


@dataclass(slots=True)
class Desk:
    """See the module.

    Attributes
    ----------
    router : the router in force; raises NotReady while there is none.
    code_of : the code that opens a pickup, by shipment id; to be guessed by nobody.
    new_id : a request id that was never used, for each decision that is asked for: what nobody adopts expires.
    stores : by channel, its names of stores to node ids.
    """

    lives: Lives
    ledger: Ledger
    router: Callable[[], Routing]
    gateway: Gateway
    clock: Callable[[], int]
    code_of: Callable[[str], str]
    new_id: Callable[[], str]
    rules: LifeRules = field(default_factory=LifeRules)
    stores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    # Orders

    async def capture(self, order: CapturedOrder, asked: Asked, not_before: int = 0) -> Life:
        """Store it. A payment that is not held yet is asked for; nothing else is decided. The same order captured again under
        another request id is the same life."""
        now = self.clock()
        found = await self.lives.find(order.order_id, asked.request_id, asked.fingerprint)
        answered = _answer(found.answered, asked)
        if answered is not None:
            return answered
        if found.life is not None:
            return found.life
        step = orders.captured(order, now, asked.actor, self.rules, not_before)
        outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, 0), now)
        if isinstance(outcome, Changed):
            await self.settle(order.order_id)
            return step.life
        return _answer(outcome, asked) or await self.get(order.order_id)

    async def hold(self, order_id: str, asked: Asked) -> Life:
        return await self._act(order_id, asked, lambda step: orders.hold(step, asked.reason))

    async def lift_hold(self, order_id: str, asked: Asked) -> Life:
        return await self._go_on(await self._act(order_id, asked, orders.lift_hold), asked)

    async def correct_address(self, order_id: str, address: Address, asked: Asked) -> Life:
        return await self._act(order_id, asked, lambda step: orders.correct_address(step, address))

    async def cancel(self, order_id: str, units: Mapping[str, int] | None, asked: Asked) -> Life:
        return await self._act(order_id, asked, lambda step: orders.cancel(step, units))

    async def change_units(self, order_id: str, line_id: str, units: int, asked: Asked) -> Life:
        return await self._act(order_id, asked, lambda step: orders.change_units(step, line_id, units))

    async def pay_again(self, order_id: str, asked: Asked) -> Life:
        """The customer has made good what was declined: the gateway is asked once more."""
        return await self._act(order_id, asked, payments.ask_again)

    async def route(self, order_id: str, asked: Asked, *, quietly: bool = False) -> Life:
        """Hold stock for what waits, by the router's decision. What it leaves out is backordered.

        ``quietly``: a decision that holds nothing is no step, where the order was routed before.
        """
        for _ in range(_TRIES):
            now = self.clock()
            found = await self.lives.find(order_id, asked.request_id, asked.fingerprint)
            answered = _answer(found.answered, asked)
            if answered is not None:
                return answered
            if found.life is None:
                raise NotFound("order", order_id)
            order = orders.order_to_route(found.life, now, self.stores.get(found.life.order.channel, {}))
            name = self.new_id()
            route = await self.router().route(order, name, hashlib.blake2b(name.encode(), digest_size=16).digest())
            if quietly and found.life.routed and not found.life.again and not route.shipments:
                return found.life
            stored = await self.ledger.route(route.route_id)
            step = Step(found.life, now, asked.actor, asked.reason)
            orders.place(step, route, stored.capacity)
            outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, found.version), now)
            if isinstance(outcome, Changed):
                await self.settle(order_id)
                return step.life
            if not isinstance(outcome, NotHeld) and route.state is RouteState.RESERVED:
                await self._let_go(route.route_id)
            answered = _answer(outcome, asked)
            if answered is not None:
                return answered
            await asyncio.sleep(0)
        raise StoreUnavailable(f"order {order_id!r} changed {_TRIES} times in a row")

    async def release(self, order_id: str, asked: Asked) -> Life:
        return await self._act(order_id, asked, orders.release)

    # Shipments

    async def accept(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.accept(step, shipment_id))

    async def reject(self, shipment_id: str, line_ids: Sequence[str], asked: Asked) -> Life:
        """What is rejected is routed anew at once."""
        life = await self._act(
            order_of(shipment_id), asked, lambda step: fulfilment.reject(step, shipment_id, line_ids, self.rules)
        )
        return await self._go_on(life, asked)

    async def pick(self, shipment_id: str, found: Mapping[str, int], asked: Asked) -> Life:
        """All is picked, save what ``found`` says was short, which is routed anew at once."""
        life = await self._act(
            order_of(shipment_id), asked, lambda step: fulfilment.pick(step, shipment_id, found, self.rules)
        )
        return await self._go_on(life, asked)

    async def pack(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.pack(step, shipment_id))

    async def ship(self, shipment_id: str, tracking: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ship(step, shipment_id, tracking))

    async def deliver(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.deliver(step, shipment_id))

    async def ready(self, shipment_id: str, asked: Asked) -> Life:
        code = self.code_of(shipment_id)
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ready(step, shipment_id, code))

    async def hand_over(self, shipment_id: str, code: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.hand_over(step, shipment_id, code))

    async def no_show(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.no_show(step, shipment_id))

    # Returns

    async def authorise_return(
        self,
        order_id: str,
        lines: Mapping[str, int],
        asked: Asked,
        *,
        node_id: str = "",
        exchange: bool = False,
        refund_shipping: bool = False,
    ) -> Life:
        """Units by line may come back; the new return is the life's last. ``exchange``: the same goods go out for them."""

        def change(step: Step) -> None:
            returns.authorise(
                step, lines, self.rules, node_id=node_id, exchange=exchange, refund_shipping=refund_shipping
            )

        return await self._act(order_id, asked, change)

    async def receive_return(self, return_id: str, node_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.receive(step, return_id, node_id))

    async def cancel_return(self, return_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.cancel(step, return_id))

    async def grade_return(self, return_id: str, graded: Mapping[str, Mapping[Grade, int]], asked: Asked) -> Life:
        """Restocked or written off, and paid back; an exchange's order is captured, routed and released."""
        life = await self._act(order_of(return_id), asked, lambda step: returns.grade(step, return_id, graded))
        back = next(each for each in life.returns if each.return_id == return_id)
        if back.exchange_order_id:
            order = returns.exchange_order(life, return_id, self.clock())
            if order is not None:
                await self.take_up(order, asked)
        return life

    async def take_up(self, order: CapturedOrder, asked: Asked) -> Life:
        """Capture an order and lead it as far as it goes by itself: routed, and released once it is paid. Done again, it goes
        on from where it stands. An order that the router can't take as it is (a place that the network does not ship to) is
        held, with what is wrong."""

        def part(what: str) -> Asked:
            return Asked(_name(what, order.order_id, asked.request_id), asked.fingerprint, asked.actor, asked.reason)

        await self.capture(order, part("capture"))
        life = await self.get(order.order_id)
        if life.state is OrderState.CAPTURED:
            try:
                await self.route(order.order_id, part("route"))
            except WrongState:  # another server was faster
                return await self.get(order.order_id)
            except InvalidInput as error:
                wrong = Asked(part("hold").request_id, asked.fingerprint, asked.actor, f"routing: {error}")
                return await self.hold(order.order_id, wrong)
            life = await self.get(order.order_id)
        if life.state in (OrderState.ROUTED, OrderState.BACKORDERED) and not life.released:
            with suppress(WrongState):  # not paid yet, or held meanwhile
                life = await self.release(order.order_id, part("release"))
        return life

    # Looking

    async def get(self, order_id: str) -> Life:
        """Raises NotFound."""
        found = await self.lives.find(order_id)
        if found.life is None:
            raise NotFound("order", order_id)
        return found.life

    async def timeline(self, order_id: str) -> list[Event]:
        """Raises NotFound."""
        events = await self.lives.timeline(order_id)
        if not events:
            raise NotFound("order", order_id)
        return events

    async def queue(self, node_id: str, limit: int) -> list[tuple[Life, str]]:
        """(life, shipment id) of what the node works on, the next departure first."""
        ids = await self.lives.marked(queue_of(node_id), limit=limit)
        lives = {order_id: await self.get(order_id) for order_id in {order_of(shipment_id) for shipment_id in ids}}
        return [(lives[order_of(shipment_id)], shipment_id) for shipment_id in ids]

    # What goes on by itself

    async def settle(self, order_id: str) -> Life:
        """Have the gateway do what the life says is to be done. What it can't do now stays."""
        life = await self.get(order_id)
        while life.payment.tasks:
            task = life.payment.tasks[0]
            try:
                reference = await self._pay(life, task)
            except GatewayUnavailable:
                return life
            except (Declined, NotFound) as error:
                life = await self._settled(order_id, task, partial(payments.refused, task=task, why=str(error)))
            else:
                life = await self._settled(order_id, task, partial(payments.done, task=task, reference=reference))
        return life

    async def _pay(self, life: Life, task: Task) -> str:
        payment, currency = life.payment, life.order.currency
        match task.kind:
            case TaskKind.AUTHORISE:
                told = payment.reference or life.order.payment.reference
                return await self.gateway.authorise(task.task_id, life.order_id, task.micros, currency, told)
            case TaskKind.CAPTURE:
                final = payment.captured + task.micros >= payment.authorised
                await self.gateway.capture(task.task_id, payment.reference, task.micros, currency, final=final)
            case TaskKind.REFUND:
                await self.gateway.refund(task.task_id, payment.reference, task.micros, currency)
            case TaskKind.VOID:
                await self.gateway.void(task.task_id, payment.reference)
        return payment.reference

    async def _settled(self, order_id: str, task: Task, change: Callable[[Step], None]) -> Life:
        asked = Asked(_name("money", task.task_id), task.task_id.encode()[-32:], "gateway")

        def once(step: Step) -> None:
            if any(each.task_id == task.task_id for each in step.life.payment.tasks):
                change(step)

        return await self._act(order_id, asked, once, settle=False, fresh=True)

    async def restocked(self, sku: str) -> list[str]:
        """Stock of the SKU has come in: the orders that wait for it are routed, the first ordered first; their ids."""
        return [
            order_id
            for order_id in await self.lives.marked(waiting_for(sku))
            if await self._quietly(order_id, Asked("", b"", "stock", f"stock of {sku} came in"))
        ]

    async def somebody_waits(self) -> bool:
        """Is there any order that waits for stock?"""
        return bool(await self.lives.marked_among([BACKORDERS]))

    async def waited_for(self, skus: Sequence[str]) -> list[str]:
        """Those of the SKUs that some order waits for."""
        names = {waiting_for(sku): sku for sku in skus}
        return [names[index] for index in await self.lives.marked_among(list(names))]

    async def due(self) -> list[str]:
        """Preorders whose date has come are routed, and orders that a crash kept from their next round; their ids."""
        dated = [(order_id, "its date has come") for order_id in await self.lives.marked("due", self.clock())]
        again = [(order_id, "rejected") for order_id in await self.lives.marked("again", self.clock())]
        return [
            order_id
            for order_id, reason in (*dated, *again)
            if await self._quietly(order_id, Asked("", b"", "calendar", reason))
        ]

    async def unpaid(self) -> list[str]:
        """What the gateway could not do, or a crash left undone, is done; the ids of the orders."""
        ids = await self.lives.marked("money")
        for order_id in ids:
            await self.settle(order_id)
        return ids

    async def _quietly(self, order_id: str, asked: Asked) -> bool:
        """Route it, where that changes anything."""
        found = await self.lives.find(order_id)
        if found.life is None:
            return False
        try:
            request_id = _name(asked.actor, order_id, found.version)
            after = await self.route(order_id, Asked(request_id, b"", asked.actor, asked.reason), quietly=True)
        except StoreUnavailable:
            raise
        except OneboxError:
            return False  # held, or cancelled since
        return after.waiting() != found.life.waiting()

    async def _go_on(self, life: Life, asked: Asked) -> Life:
        """Route at once what was rejected. Where that can't be now the step stands, and ``due`` comes back to it."""
        if not life.again:
            return life
        request_id = _name("again", life.order_id, asked.request_id)
        try:
            return await self.route(life.order_id, Asked(request_id, asked.fingerprint, asked.actor, asked.reason))
        except StoreUnavailable:
            raise
        except OneboxError:
            return life

    async def _act(
        self,
        order_id: str,
        asked: Asked,
        change: Callable[[Step], None],
        *,
        settle: bool = True,
        fresh: bool = False,
    ) -> Life:
        """Make a step and commit it. ``fresh``: a request answered before gives the life as it is now."""
        for _ in range(_TRIES):
            now = self.clock()
            found = await self.lives.find(order_id, asked.request_id, asked.fingerprint)
            answered = _answer(found.answered, asked)
            if answered is not None:
                return await self.get(order_id) if fresh else answered
            if found.life is None:
                raise NotFound("order", order_id)
            step = Step(found.life, now, asked.actor, asked.reason)
            change(step)
            outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, found.version), now)
            if isinstance(outcome, Changed):
                if settle:
                    await self.settle(order_id)
                return step.life
            answered = _answer(outcome, asked)
            if answered is not None:
                return await self.get(order_id) if fresh else answered
            await asyncio.sleep(0)
        raise StoreUnavailable(f"order {order_id!r} changed {_TRIES} times in a row")

    async def _let_go(self, route_id: str) -> None:
        """A route that nobody adopted; if this fails it expires by itself (I3)."""
        try:
            await self.router().release(route_id, _name("let go", route_id))
        except OneboxError:
            return


def order_of(name: str) -> str:
    """The order of a shipment's or a return's id. Raises NotFound where it is no such id."""
    order_id, slash, _ = name.rpartition("/")
    if not slash:
        raise NotFound("shipment", name)
    return order_id


def _answer(outcome: object, asked: Asked) -> Life | None:
    """What the request was answered before; None when it is new. Raises RequestReused."""
    if isinstance(outcome, Reused):
        raise RequestReused(asked.request_id)
    return outcome.life if isinstance(outcome, Answered) else None


def _name(*parts: str | int) -> str:
    """A request id that follows from what it is for."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()
