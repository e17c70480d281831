"""Takes requests about recurring orders, and orders what is due: each number exactly once, whoever crashes or does it too.

That an order is being captured is written down before it is: from then on it can't be skipped. It is captured under a name that
follows from the schedule's and its number, so whoever does it again finds it done; then the schedule goes on to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from engine.capture.routing import routing_order
from engine.errors import FieldFault, InvalidInput, NotFound, StoreUnavailable, WrongState
from engine.lifecycle import schedule as steps
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.desk import Desk
from engine.lifecycle.schedule import Schedule, ScheduleState
from engine.lifecycle.schedules import Schedules

_TRIES = 64
_MOST_AT_ONCE = 1_000


@dataclass(slots=True)
class ScheduleDesk:
    """See the module. ``clock``: UTC seconds."""

    schedules: Schedules
    desk: Desk
    clock: Callable[[], int]

    async def create(self, schedule: Schedule, asked: Asked) -> Schedule:
        """Raises InvalidInput where it is no order, or its name is taken by another."""
        routing_order(schedule.template)  # raises where nothing is open
        found = await self.schedules.find(schedule.schedule_id, asked.request_id, asked.fingerprint)
        if found.answered is not None:
            return found.answered
        if found.schedule is not None:
            raise InvalidInput(FieldFault("schedule_id", schedule.schedule_id, "a name that is not taken"))
        if await self.schedules.change(schedule, 0, asked.request_id, asked.fingerprint, self.clock()):
            return schedule
        return await self.create(schedule, asked)

    async def get(self, schedule_id: str) -> Schedule:
        """Raises NotFound."""
        found = await self.schedules.find(schedule_id)
        if found.schedule is None:
            raise NotFound("schedule", schedule_id)
        return found.schedule

    async def all(self) -> list[Schedule]:
        return [await self.get(name) for name in await self.schedules.all_ids()]

    async def skip(self, schedule_id: str, number: int, asked: Asked) -> Schedule:
        return await self._act(schedule_id, asked, lambda schedule: steps.skip(schedule, number))

    async def pause(self, schedule_id: str, asked: Asked) -> Schedule:
        return await self._act(schedule_id, asked, steps.pause)

    async def resume(self, schedule_id: str, asked: Asked) -> Schedule:
        return await self._act(schedule_id, asked, partial(steps.resume, now=self.clock()))

    async def end(self, schedule_id: str, asked: Asked) -> Schedule:
        return await self._act(schedule_id, asked, steps.end)

    async def order_due(self) -> list[str]:
        """Capture every order whose time has come, also what was missed; ids of the orders, which go their way at once."""
        ordered = []
        for schedule_id in await self.schedules.due(self.clock()):
            for _ in range(_MOST_AT_ONCE):
                order_id = await self._order_next(schedule_id)
                if not order_id:
                    break
                ordered.append(order_id)
        return ordered

    async def _order_next(self, schedule_id: str) -> str:
        """The id of the order; "" where none is due."""
        schedule = await self.get(schedule_id)
        time = schedule.next_time
        if time is None or time > self.clock():
            return ""
        number = schedule.number

        def begin(now: Schedule) -> Schedule:
            _still(now, number)
            return replace(now, taking=True)

        def finish(now: Schedule) -> Schedule:
            _still(now, number)
            return steps.passed(now)

        try:
            if not schedule.taking:
                await self._act(schedule_id, _named("begin", schedule_id, number), begin)
            order = schedule.order()
            await self.desk.take_up(order, _named("order", schedule_id, number))
            await self._act(schedule_id, _named("finish", schedule_id, number), finish)
        except WrongState:  # skipped, paused or ordered meanwhile
            return ""
        return order.order_id

    async def _act(self, schedule_id: str, asked: Asked, change: Callable[[Schedule], Schedule]) -> Schedule:
        for _ in range(_TRIES):
            found = await self.schedules.find(schedule_id, asked.request_id, asked.fingerprint)
            if found.answered is not None:
                return found.answered
            if found.schedule is None:
                raise NotFound("schedule", schedule_id)
            after = change(found.schedule)
            now = self.clock()
            if await self.schedules.change(after, found.version, asked.request_id, asked.fingerprint, now):
                return after
            await asyncio.sleep(0)
        raise StoreUnavailable(f"schedule {schedule_id!r} changed {_TRIES} times in a row")


def _still(schedule: Schedule, number: int) -> None:
    """Raises WrongState where it has gone on, or stopped."""
    if schedule.number != number or schedule.state is not ScheduleState.ACTIVE:
        raise WrongState(schedule.schedule_id, schedule.state.value, f"ordering number {number}", "schedule")


def _named(what: str, schedule_id: str, number: int) -> Asked:
    return Asked(
        name_of("schedule", what, schedule_id, number), b"schedule", f"schedule {schedule_id}", f"number {number}"
    )
