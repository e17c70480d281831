"""Recurring orders: each number is ordered exactly once, whoever crashes or does it too; on both stores."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.capture.captured import Payment, PaymentState
from engine.errors import InvalidInput, NotFound, RequestReused, StoreUnavailable, WrongState
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.asked import Asked
from engine.lifecycle.life import Life
from engine.lifecycle.schedule import Schedule, ScheduleState, Unit
from engine.lifecycle.schedule_desk import ScheduleDesk
from engine.lifecycle.schedules import MemorySchedules, RedisSchedules, Schedules
from engine.lifecycle.states import OrderState
from engine.network.calendars import day_of
from tests.lifecycle.world import NOW, World, an_order

DAY_S = 86_400
TODAY, NOON = NOW // DAY_S, NOW % DAY_S // 60
FIRST = TODAY * DAY_S + NOON * 60


def a_schedule(**fields: Any) -> Schedule:
    """Two cups a week for 20.00 on account, from this minute on."""
    template = an_order("weekly", lines=(("cup", 2, 20_000_000),), payment=Payment(PaymentState.ON_ACCOUNT))
    values = {"every": 1, "unit": Unit.WEEK, **fields}
    return Schedule("web:weekly", template, TODAY, NOON, "UTC", **values)


def desk_of(world: World) -> ScheduleDesk:
    schedules: Schedules
    if isinstance(world.ledger, MemoryLedger):
        schedules = MemorySchedules(world.ledger)
    else:
        assert isinstance(world.ledger, RedisLedger)
        schedules = RedisSchedules(world.ledger)
    return ScheduleDesk(schedules, world.desk, lambda: world.now)


async def orders(world: World) -> list[Life]:
    lives = [life async for block in world.lives.all_lives() for life in block]
    return sorted(lives, key=lambda life: life.order.order_time)


async def test_an_order_comes_with_each_time_at_the_price_agreed_on_and_goes_its_way(world: World) -> None:
    await world.stock("cup", "east", 50)
    desk = desk_of(world)
    await desk.create(a_schedule(deliver_in_days=3), world.asked())
    assert await desk.order_due() == ["web:weekly-1"]
    assert await desk.order_due() == []
    world.now += 7 * DAY_S
    assert await desk.order_due() == ["web:weekly-2"]
    first, second = await orders(world)
    assert (first.order.order_time, second.order.order_time) == (FIRST, FIRST + 7 * DAY_S)
    assert (second.state, second.payment.authorised) == (OrderState.RELEASED, 25_490_000)
    assert second.order.lines == a_schedule().template.lines
    assert second.order.deliver_by == (TODAY + 7 + 3 + 1) * DAY_S
    assert second.payment.reference == "account:web:weekly-2"
    await world.check()


async def test_what_was_missed_is_ordered_once_each(world: World) -> None:
    desk = desk_of(world)
    await desk.create(a_schedule(times=4), world.asked())
    world.now += 365 * DAY_S
    assert await desk.order_due() == [f"web:weekly-{number}" for number in (1, 2, 3, 4)]
    assert (await desk.get("web:weekly")).state is ScheduleState.ENDED
    assert await desk.order_due() == []


@pytest.mark.parametrize("death", [False, True])
@pytest.mark.parametrize("change", [1, 2, 3, 4, 5])
async def test_a_server_that_dies_anywhere_leaves_the_order_to_be_made_once(
    world: World, change: int, death: bool
) -> None:
    """It dies before or after its n-th write, of the schedule or of the order."""
    await world.stock("cup", "east", 50)
    desk = desk_of(world)
    await desk.create(a_schedule(), world.asked())
    left = [change]

    def dying(of: Any) -> Any:
        class Dying:
            def __getattr__(self, name: str) -> Any:
                return getattr(of, name)

            async def change(self, *args: Any) -> Any:
                left[0] -= 1
                if left[0] == 0 and not death:
                    raise StoreUnavailable("died before")
                outcome = await of.change(*args)
                if left[0] == 0:
                    raise StoreUnavailable("died after")
                return outcome

        return Dying()

    dies = ScheduleDesk(dying(desk.schedules), replace(world.desk, lives=dying(world.lives)), lambda: world.now)
    with pytest.raises(StoreUnavailable):
        await dies.order_due()
    await desk.order_due()
    (life,) = await orders(world)
    assert (life.order_id, life.state) == ("web:weekly-1", OrderState.RELEASED)
    assert ((await desk.get("web:weekly")).number, (await desk.get("web:weekly")).taking) == (2, False)
    await world.check()


async def test_of_several_servers_each_order_is_made_by_one(world: World) -> None:
    await world.stock("cup", "east", 99)
    desk = desk_of(world)
    await desk.create(a_schedule(), world.asked())
    world.now += 28 * DAY_S
    servers = [replace(desk, desk=replace(world.desk)) for _ in range(4)]
    await asyncio.gather(*(server.order_due() for server in servers))
    await desk.order_due()
    assert [life.order_id for life in await orders(world)] == [f"web:weekly-{number}" for number in range(1, 6)]
    for life in await orders(world):
        assert len([event for event in await world.lives.timeline(life.order_id) if event.before == ""]) == 3
    await world.check()


async def test_an_order_may_be_skipped_until_it_is_being_made(world: World) -> None:
    desk = desk_of(world)
    await desk.create(a_schedule(), world.asked())
    assert (await desk.skip("web:weekly", 0, world.asked())).number == 2
    assert (await desk.skip("web:weekly", 3, world.asked())).skipped == (3,)
    with pytest.raises(InvalidInput, match="not skipped yet"):
        await desk.skip("web:weekly", 3, world.asked())
    with pytest.raises(InvalidInput, match=r"2\.\."):
        await desk.skip("web:weekly", 1, world.asked())
    world.now += 21 * DAY_S
    assert await desk.order_due() == ["web:weekly-2", "web:weekly-4"]


async def test_while_it_is_paused_nothing_is_ordered_nor_made_up_for(world: World) -> None:
    desk = desk_of(world)
    await desk.create(a_schedule(), world.asked())
    assert (await desk.pause("web:weekly", world.asked())).next_time is None
    world.now += 15 * DAY_S
    assert await desk.order_due() == []
    resumed = await desk.resume("web:weekly", world.asked())
    assert (resumed.number, resumed.next_time) == (4, FIRST + 21 * DAY_S)
    await desk.end("web:weekly", world.asked())
    world.now += 99 * DAY_S
    assert await desk.order_due() == []
    with pytest.raises(WrongState, match="ENDED"):
        await desk.resume("web:weekly", world.asked())


async def test_a_request_about_a_schedule_takes_effect_once(world: World) -> None:
    """I5."""
    desk = desk_of(world)
    asked = world.asked()
    first = await desk.create(a_schedule(), asked)
    assert await desk.create(a_schedule(), asked) == first
    with pytest.raises(InvalidInput, match="not taken"):
        await desk.create(a_schedule(), world.asked())
    asked = world.asked()
    skipped = await desk.skip("web:weekly", 0, asked)
    assert await desk.skip("web:weekly", 0, asked) == skipped
    with pytest.raises(RequestReused):
        await desk.skip("web:weekly", 0, Asked(asked.request_id, b"another", "test"))
    assert [each.schedule_id for each in await desk.all()] == ["web:weekly"]
    with pytest.raises(NotFound):
        await desk.get("web:daily")


def test_orders_come_at_the_same_local_time_also_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 3, 28, 9, 30, tzinfo=berlin)
    schedule = Schedule("web:d", a_schedule().template, day_of(first.date()), 570, "Europe/Berlin", 1, Unit.DAY)
    assert schedule.time(1) == first.timestamp()
    assert schedule.time(2) == datetime(2026, 3, 29, 9, 30, tzinfo=berlin).timestamp()
    assert schedule.time(2) - schedule.time(1) == 23 * 3_600


def test_a_month_that_is_too_short_orders_on_its_last_day() -> None:
    first = datetime(2027, 10, 31, tzinfo=UTC)
    schedule = Schedule("web:m", a_schedule().template, day_of(first.date()), 0, "UTC", 2, Unit.MONTH)
    days = [datetime.fromtimestamp(schedule.time(number), UTC).date().isoformat() for number in (1, 2, 3, 4)]
    assert days == ["2027-10-31", "2027-12-31", "2028-02-29", "2028-04-30"]


@given(every=st.integers(1, 366), unit=st.sampled_from(Unit), number=st.integers(1, 200))
def test_each_order_comes_after_the_one_before(every: int, unit: Unit, number: int) -> None:
    schedule = a_schedule(every=every, unit=unit)
    assert schedule.time(number) < schedule.time(number + 1)
