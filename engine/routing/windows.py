"""Windows: orders that may wait are collected for a moment and decided together; each caller gets the answer to its own.

The first order that comes opens a window, and it closes when the first of its orders may wait no longer, is full, or the
server is about to end. An order is held under the request id it came with, so a caller who asks again gets what was decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from engine.network.carriers import ServiceLevel
from engine.network.policy import Policy
from engine.routing.assembly import route_id_of
from engine.routing.batch_answers import Answer, Asked, Limits, Told
from engine.routing.batches import Batches
from engine.routing.order import Fulfilment, Order
from engine.routing.route import Route
from engine.routing.timers import Alarm, LoopTimer, Timer

MAX_WAITING = 10_000
"""Orders in a window; one more closes it. While as many wait for a window that is being decided, others do not wait."""

LIMITS = Limits(gap=1e-4, seconds=5.0)
"""Customers wait."""

SHARE_OF_DEADLINE = 0.5
"""Of what a caller's deadline leaves, the share that may be spent waiting."""

Alone = Callable[[Order, str, bytes], Awaitable[Route]]


@dataclass(slots=True)
class _Waiting:
    """One request, and all calls that wait for its answer."""

    order: Order
    request_id: str
    fingerprint: bytes
    calls: list[asyncio.Future[Route]] = field(default_factory=list)


class Windows:
    """Collects orders of one network version.

    Parameters
    ----------
    batches : decides them; its thread is the windows' alone.
    alone : routes one order by itself, without waiting.
    timer : closes them; None takes the loop's. limits : of each window's solve.
    """

    def __init__(
        self,
        policy: Policy,
        batches: Batches,
        alone: Alone,
        max_waiting: int = MAX_WAITING,
        *,
        timer: Timer | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._policy = policy
        self._batches = batches
        self._alone = alone
        self._max_waiting = max_waiting
        self._waiting: dict[tuple[str, bytes], _Waiting] = {}
        self._closes_at = 0.0
        self._timer = timer or LoopTimer()
        self._limits = limits
        self._alarm: Alarm | None = None
        self._deciding: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._ended = False

    def wait_ms(self, order: Order) -> int:
        """How long the order may wait: the least of what its lines may."""
        levels = {
            ServiceLevel.PICKUP if line.fulfilment is Fulfilment.PICKUP else order.service_level for line in order.lines
        }
        return min(self._policy.wait_ms(order.channel, level) for level in levels)

    async def route(
        self, order: Order, request_id: str, fingerprint: bytes, wait_ms: int, remaining_s: float | None
    ) -> Route:
        """As ``Router.route``, decided with the others of its window. ``remaining_s`` until the caller's deadline."""
        if self._ended or len(self._waiting) >= self._max_waiting:
            return await self._alone(order, request_id, fingerprint)
        key = request_id, fingerprint
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(order, request_id, fingerprint)
        call: asyncio.Future[Route] = asyncio.get_running_loop().create_future()
        waiting.calls.append(call)
        wait_s = wait_ms / 1_000
        if remaining_s is not None:
            wait_s = min(wait_s, max(0.0, remaining_s * SHARE_OF_DEADLINE))
        self._close_at(self._timer.time() + wait_s)
        if len(self._waiting) >= self._max_waiting and not self._one_at_a_time.locked():
            self._close()
        return await call

    @property
    def deciding(self) -> bool:
        """Is a window being decided?"""
        return bool(self._deciding)

    def end(self) -> None:
        """Close the window now, and open no other: the server is about to end."""
        self._ended = True
        self._close()

    def _close_at(self, when: float) -> None:
        if self._alarm is None or when < self._closes_at:
            if self._alarm is not None:
                self._alarm.cancel()
            self._closes_at = when
            self._alarm = self._timer.call_at(when, self._close)

    def _close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._waiting:
            task = asyncio.get_running_loop().create_task(self._decide(), name="batch window")
            self._deciding.add(task)
            task.add_done_callback(self._deciding.discard)

    async def _decide(self) -> None:
        """Decide all who wait when it is this window's turn; those who came meanwhile are with them."""
        async with self._one_at_a_time:
            came = [one for one in self._waiting.values() if not all(call.done() for call in one.calls)]
            self._waiting = {}
            try:
                await self._answer(came)
            except Exception as error:
                for one in came:
                    _settle(one, error)
            finally:
                for one in came:  # those left when this task itself was cancelled
                    for call in one.calls:
                        call.cancel()

    async def _answer(self, came: Sequence[_Waiting]) -> None:
        if len(came) < 2:
            await self._each_alone(came)
            return
        known = await self._batches.known([route_id_of(one.request_id) for one in came])
        again = [one for one, there in zip(came, known, strict=True) if there]
        await self._each_alone(again)  # it knows the first answer, and whether this is the same request
        new = [one for one, there in zip(came, known, strict=True) if not there]
        unfit: list[_Waiting] = []

        def answers(found: Sequence[Answer]) -> None:
            for answer in found:
                if answer.route is None:
                    unfit.append(new[answer.position])
                else:
                    _settle(new[answer.position], answer.route)

        entries = [Asked(x, one.order, one.request_id, one.fingerprint) for x, one in enumerate(new)]
        if entries:
            window = f"window of {entries[0].request_id}"
            await self._batches.decide(entries, window, {}, Told(answers=answers), limits=self._limits)
        await self._each_alone(unfit)  # which says what is wrong with them

    async def _each_alone(self, came: Sequence[_Waiting]) -> None:
        for one in came:
            try:
                _settle(one, await self._alone(one.order, one.request_id, one.fingerprint))
            except Exception as error:
                _settle(one, error)


def _settle(one: _Waiting, answer: Route | Exception) -> None:
    for call in one.calls:
        if call.done():
            continue
        with suppress(asyncio.InvalidStateError):
            if isinstance(answer, Exception):
                call.set_exception(answer)
            else:
                call.set_result(answer)
