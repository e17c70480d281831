"""One step of a life made and committed, and the gateway asked for what follows from it.

A step is made from the life as it was read and takes effect on that version alone; when somebody was faster it is made again.
What the gateway is to do is named in the life before it is asked, so that after a crash anybody may ask again. A request is
answered with the life as its own step left it; what the gateway says comes after, and ``get`` has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from engine.errors import NotFound, RequestReused, StoreUnavailable
from engine.inventory.ledger import Ledger
from engine.lifecycle import payments
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.events import Event
from engine.lifecycle.gateway import Declined, Gateway, GatewayUnavailable
from engine.lifecycle.life import Life, Task, TaskKind
from engine.lifecycle.lives import Answered, Changed, Lives, Reused
from engine.lifecycle.marks import customer
from engine.lifecycle.step import Step
from engine.network.policy import Policy
from engine.routing.order import Order
from engine.routing.returned import Outlook, ReturnAsked, ReturnParcel
from engine.routing.route import Route

_MOST_ORDERS = 100_000
"""Orders of one customer that are looked through."""
TRIES = 64


class Routing(Protocol):
    """What the desk asks of the router."""

    async def route(
        self, order: Order, request_id: str, fingerprint: bytes, *, validate_only: bool = False, solver: str = "auto"
    ) -> Route: ...

    async def release(self, route_id: str, request_id: str) -> Route: ...

    async def place_return(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]: ...


@dataclass(slots=True)
class Committing:
    """See the module; every side of the desk is one.

    Attributes
    ----------
    router : the router in force; raises NotReady while there is none.
    code_of : the code that opens a pickup, by shipment id; to be guessed by nobody.
    new_id : a request id that was never used, for each decision that is asked for: what nobody adopts expires.
    policy : the policy in force, with its rules for lives; raises NotReady while there is none.
    stores : by channel, its names of stores to node ids.
    """

    lives: Lives
    ledger: Ledger
    router: Callable[[], Routing]
    gateway: Gateway
    clock: Callable[[], int]
    code_of: Callable[[str], str]
    new_id: Callable[[], str]
    policy: Callable[[], Policy]
    stores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    async def get(self, order_id: str) -> Life:
        """Raises NotFound."""
        found = await self.lives.find(order_id)
        if found.life is None:
            raise NotFound("order", order_id)
        return found.life

    async def answered(self, order_id: str, asked: Asked) -> Life | None:
        """What the request was answered before; None where it is new. Raises RequestReused."""
        found = await self.lives.find(order_id, asked.request_id, asked.fingerprint)
        return answered_before(found.answered, asked)

    async def timeline(self, order_id: str) -> list[Event]:
        """Raises NotFound."""
        events = await self.lives.timeline(order_id)
        if not events:
            raise NotFound("order", order_id)
        return events

    async def customer_timeline(self, who: str, orders: int = 100) -> list[Event]:
        """All that happened to a customer's latest ``orders``, in order of time. ``who``: an email, or CHANNEL/ID as the channel
        knows him. Raises NotFound where he has none."""
        ids = await self.lives.marked(customer(who), limit=_MOST_ORDERS)
        if not ids:
            raise NotFound("customer", who)
        timelines = [await self.lives.timeline(order_id) for order_id in ids[-orders:]]
        return sorted((event for timeline in timelines for event in timeline), key=lambda event: event.time)

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

        async def decide(life: Life) -> Callable[[Step], None]:
            return change

        return await self._decide(order_id, asked, decide, settle=settle, fresh=fresh)

    async def _decide(
        self,
        order_id: str,
        asked: Asked,
        decide: Callable[[Life], Awaitable[Callable[[Step], None]]],
        *,
        settle: bool = True,
        fresh: bool = False,
    ) -> Life:
        """As ``_act``, of a step that something must be decided for first: ``decide`` gives the change."""
        for _ in range(TRIES):
            now = self.clock()
            found = await self.lives.find(order_id, asked.request_id, asked.fingerprint)
            answered = answered_before(found.answered, asked)
            if answered is not None:
                return await self.get(order_id) if fresh else answered
            if found.life is None:
                raise NotFound("order", order_id)
            change = await decide(found.life)
            step = Step(found.life, now, asked.actor, asked.reason)
            change(step)
            outcome = await self.lives.change(step.finish(asked.request_id, asked.fingerprint, found.version), now)
            if isinstance(outcome, Changed):
                if settle:
                    await self.settle(order_id)
                return step.life
            answered = answered_before(outcome, asked)
            if answered is not None:
                return await self.get(order_id) if fresh else answered
            await asyncio.sleep(0)
        raise StoreUnavailable(f"order {order_id!r} changed {TRIES} times in a row")

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
                await self.gateway.refund(task.task_id, task.reference or payment.reference, task.micros, currency)
            case TaskKind.VOID:
                await self.gateway.void(task.task_id, payment.reference)
        return payment.reference

    async def _settled(self, order_id: str, task: Task, change: Callable[[Step], None]) -> Life:
        asked = Asked(name_of("money", task.task_id), task.task_id.encode()[-32:], "gateway")

        def once(step: Step) -> None:
            if any(each.task_id == task.task_id for each in step.life.payment.tasks):
                change(step)

        return await self._act(order_id, asked, once, settle=False, fresh=True)


def answered_before(outcome: object, asked: Asked) -> Life | None:
    """What the request was answered before; None when it is new. Raises RequestReused."""
    if isinstance(outcome, Reused):
        raise RequestReused(asked.request_id)
    return outcome.life if isinstance(outcome, Answered) else None
