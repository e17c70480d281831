"""The desk's side of orders: capture, hold, correction, routing, release, cancelling."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress

from engine.capture.captured import Address, CapturedOrder
from engine.errors import InvalidInput, NotFound, OneboxError, StoreUnavailable, WrongState
from engine.lifecycle import orders, payments
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.committing import TRIES, Committing, answered_before
from engine.lifecycle.life import Credit, Life
from engine.lifecycle.lives import Changed, NotHeld
from engine.lifecycle.marks import captured
from engine.lifecycle.states import OrderState
from engine.lifecycle.step import Step
from engine.routing.order import Order
from engine.routing.route import Route, RouteState


class OrderDesk(Committing):
    """See the module."""

    __slots__ = ()

    async def capture(
        self, order: CapturedOrder, asked: Asked, not_before: int = 0, paid_by: tuple[Credit, ...] = ()
    ) -> Life:
        """Store it. A payment that is not held yet is asked for; nothing else is decided. The same order captured again under
        another request id is the same life."""
        now = self.clock()
        found = await self.lives.find(order.order_id, asked.request_id, asked.fingerprint)
        answered = answered_before(found.answered, asked)
        if answered is not None:
            return answered
        if found.life is not None:
            return found.life
        step = orders.captured(order, now, asked.actor, self.policy().holds, not_before, paid_by)
        outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, 0), now)
        if isinstance(outcome, Changed):
            await self.settle(order.order_id)
            return step.life
        return answered_before(outcome, asked) or await self.get(order.order_id)

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

    async def pay_again(self, order_id: str, asked: Asked, reference: str = "") -> Life:
        """The customer has made good what was declined, or paid anew by ``reference``: the gateway is asked once more."""
        return await self._act(order_id, asked, lambda step: payments.ask_again(step, reference))

    async def route(self, order_id: str, asked: Asked, *, quietly: bool = False) -> Life:
        """Hold stock for what waits, by the router's decision. What it leaves out is backordered.

        ``quietly``: a decision that holds nothing is no step, where the order was routed before.
        """
        for _ in range(TRIES):
            now = self.clock()
            found = await self.lives.find(order_id, asked.request_id, asked.fingerprint)
            answered = answered_before(found.answered, asked)
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
            answered = answered_before(outcome, asked)
            if answered is not None:
                return answered
            await asyncio.sleep(0)
        raise StoreUnavailable(f"order {order_id!r} changed {TRIES} times in a row")

    async def captured(self, channel: str = "", limit: int = 1_000) -> list[str]:
        """Orders that nobody has decided yet, the oldest first; of one channel, or of all."""
        return await self.lives.marked(captured(channel), limit=limit)

    async def waiting_order(self, order_id: str) -> Order:
        """What of it is to be routed. Raises NotFound, WrongState where nothing may be decided now."""
        life = await self.get(order_id)
        if life.state is not OrderState.CAPTURED:
            raise WrongState(order_id, life.state.value, "routed in a batch", "order")
        return orders.order_to_route(life, self.clock(), self.stores.get(life.order.channel, {}))

    async def adopt(self, order: Order, route: Route, asked: Asked) -> Life:
        """Take a route that was decided elsewhere, for ``order`` as ``waiting_order`` gave it. Raises WrongState where the order
        is another by now, or the hold has ended: the route is let go, and the order waits as before."""
        for _ in range(TRIES):
            now = self.clock()
            found = await self.lives.find(order.order_id, asked.request_id, asked.fingerprint)
            answered = answered_before(found.answered, asked)
            if answered is not None:
                return answered
            if found.life is None:
                raise NotFound("order", order.order_id)
            life = found.life
            if any(each.route_id == route.route_id for each in life.shipments):
                return life
            same = life.state is OrderState.CAPTURED
            same = same and orders.order_to_route(life, now, self.stores.get(life.order.channel, {})) == order
            if same:
                stored = await self.ledger.route(route.route_id)
                step = Step(life, now, asked.actor, asked.reason)
                orders.place(step, route, stored.capacity)
                outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, found.version), now)
                if isinstance(outcome, Changed):
                    await self.settle(order.order_id)
                    return step.life
                answered = answered_before(outcome, asked)
                if answered is not None:
                    return answered
                same = not isinstance(outcome, NotHeld)
            if not same:
                await self._let_go(route.route_id)
                raise WrongState(order.order_id, life.state.value, "given the route of its batch", "order")
            await asyncio.sleep(0)
        raise StoreUnavailable(f"order {order.order_id!r} changed {TRIES} times in a row")

    async def release(self, order_id: str, asked: Asked) -> Life:
        return await self._act(order_id, asked, orders.release)

    async def take_up(self, order: CapturedOrder, asked: Asked, paid_by: tuple[Credit, ...] = ()) -> Life:
        """Capture an order and lead it as far as it goes by itself: routed, and released once it is paid. Done again, it goes
        on from where it stands. An order that the router can't take as it is (a place that the network does not ship to) is
        held, with what is wrong."""

        def part(what: str) -> Asked:
            return Asked(name_of(what, order.order_id, asked.request_id), asked.fingerprint, asked.actor, asked.reason)

        await self.capture(order, part("capture"), paid_by=paid_by)
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

    async def _go_on(self, life: Life, asked: Asked) -> Life:
        """Route at once what was rejected. Where that can't be now the step stands, and ``due`` comes back to it."""
        if not life.again:
            return life
        request_id = name_of("again", life.order_id, asked.request_id)
        try:
            return await self.route(life.order_id, Asked(request_id, asked.fingerprint, asked.actor, asked.reason))
        except StoreUnavailable:
            raise
        except OneboxError:
            return life

    async def _let_go(self, route_id: str) -> None:
        """A route that nobody adopted; if this fails it expires by itself (I3)."""
        try:
            await self.router().release(route_id, name_of("let go", route_id))
        except OneboxError:
            return
