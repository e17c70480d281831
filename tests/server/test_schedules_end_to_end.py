"""Recurring orders over a real socket: two servers on one store, and the command line."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from onebox.v1 import life_pb2, schedule_pb2
from onebox.v1 import order_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from tests.server.real import NOW, micros, open_shop
from tests.server.running import violations
from tests.server.test_life_end_to_end import a_content

DAY_S = 86_400


def a_schedule(**fields: Any) -> schedule_pb2.Schedule:
    content = a_content("standing", (("TEA-ASSAM", 2, 18),), payment_state=None, on_account=True)
    values = {"first_time": {"seconds": NOW}, "time_zone": "Europe/Berlin", "unit": schedule_pb2.SCHEDULE_UNIT_DAY}
    return schedule_pb2.Schedule(**{"content": content, **values, **fields})


async def test_two_servers_make_each_order_once_and_it_is_routed_at_once(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with (
        open_shop(store, ledger_name, sweep_interval_s=0.1) as shop,
        open_shop(store, ledger_name, sweep_interval_s=0.1) as other,
    ):
        await shop.stock([("TEA-ASSAM", "dc-berlin", 50)])
        await other.settled()
        request = pb.CreateScheduleRequest(request_id="standing", schedule=a_schedule(times=3))
        made = (await shop.server.orders.CreateSchedule(request)).schedule
        assert (made.schedule_id, made.next_number) == ("web:standing", 1)
        assert (await other.server.orders.CreateSchedule(request)).schedule == made
        skipped = pb.SkipScheduledRequest(request_id="skip", schedule_id="web:standing", number=2)
        assert list((await other.server.orders.SkipScheduled(skipped)).schedule.skipped_numbers) == [2]
        shop.clock.now = other.clock.now = NOW + 3 * DAY_S
        async with asyncio.timeout(60):
            while True:
                answer = await other.server.orders.GetSchedule(pb.GetScheduleRequest(schedule_id="web:standing"))
                if answer.schedule.state == schedule_pb2.SCHEDULE_STATE_ENDED:
                    break
                await asyncio.sleep(0.1)
        for name in ("web:standing-1", "web:standing-3"):
            life = (await shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=name))).life
            assert (life.state, life.content.on_account) == (life_pb2.ORDER_STATE_RELEASED, True)
            assert (life.payment.reference, micros(life.payment.authorised)) == (f"account:{name}", 13_990_000)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.server.orders.GetOrder(pb.GetOrderRequest(order_id="web:standing-2"))
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        assert (await shop.cell("TEA-ASSAM", "dc-berlin")).reserved == 4
        listed = await shop.server.orders.ListSchedules(pb.ListSchedulesRequest())
        assert [each.schedule_id for each in listed.schedules] == ["web:standing"]
        await shop.audit()


async def test_a_schedule_that_makes_no_sense_is_refused(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop:
        for fields, field in (
            ({"unit": 0}, "schedule.unit"),
            ({"every": 400}, "schedule.every"),
            ({"time_zone": "Mars/Olympus"}, "schedule.time_zone"),
            ({"first_time": None}, "schedule.first_time"),
            ({"content": a_content("x", (("NO-SUCH", 1, 1),))}, "schedule.content.lines[0].sku"),
        ):
            request = pb.CreateScheduleRequest(request_id=field, schedule=a_schedule(**fields))
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await shop.server.orders.CreateSchedule(request)
            assert list(violations(caught.value)) == [field]
