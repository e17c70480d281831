"""OrderService: orders from capture to release. Thin: message to value, the desk, value to message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from onebox.v1 import order_service_pb2 as pb
from onebox.v1.order_service_pb2_grpc import OrderServiceServicer

from engine.capture.captured import CapturedOrder
from engine.lifecycle.desk import Desk
from engine.lifecycle.schedule_desk import ScheduleDesk
from engine.network.checks import require
from engine.routing.order import MAX_LINES, MAX_UNITS
from server.asking import asked_from
from server.clock import Clock
from server.conversion.fields import identifier, instant_from
from server.conversion.lives import address_from, captured_from, difference_message, event_message, life_message
from server.conversion.schedules import schedule_from, schedule_message
from server.inventory_service import Goods

_LONGEST_WHO = 320
_ORDERS = 100
_MOST_ORDERS = 1_000


class OrderService(OrderServiceServicer):
    """See the contract. ``goods`` raises NotReady while there is no network; ``clock`` is UTC seconds."""

    def __init__(self, desk: Desk, schedules: ScheduleDesk, goods: Callable[[], Goods], clock: Clock) -> None:
        self._desk = desk
        self._schedules = schedules
        self._goods = goods
        self._clock = clock

    async def CaptureOrder(self, request: pb.CaptureOrderRequest, context: Any) -> pb.CaptureOrderResponse:
        order = captured_from(request.content, self._clock())
        _check_known(order, self._goods())
        self._clock.reached(order.order_time)
        date = request.not_before_time
        not_before = instant_from(date, "not_before_time") if request.HasField("not_before_time") else 0
        life = await self._desk.capture(order, asked_from(request), not_before)
        return pb.CaptureOrderResponse(life=life_message(life))

    async def GetOrder(self, request: pb.GetOrderRequest, context: Any) -> pb.GetOrderResponse:
        return pb.GetOrderResponse(life=life_message(await self._desk.get(_order_id(request))))

    async def HoldOrder(self, request: pb.HoldOrderRequest, context: Any) -> pb.HoldOrderResponse:
        life = await self._desk.hold(_order_id(request), asked_from(request))
        return pb.HoldOrderResponse(life=life_message(life))

    async def LiftHold(self, request: pb.LiftHoldRequest, context: Any) -> pb.LiftHoldResponse:
        life = await self._desk.lift_hold(_order_id(request), asked_from(request))
        return pb.LiftHoldResponse(life=life_message(life))

    async def CorrectAddress(self, request: pb.CorrectAddressRequest, context: Any) -> pb.CorrectAddressResponse:
        address = address_from(request.ship_to, "ship_to")
        life = await self._desk.correct_address(_order_id(request), address, asked_from(request))
        return pb.CorrectAddressResponse(life=life_message(life))

    async def CancelOrder(self, request: pb.CancelOrderRequest, context: Any) -> pb.CancelOrderResponse:
        units = units_from(request.lines, "lines", least=1) if request.lines else None
        life = await self._desk.cancel(_order_id(request), units, asked_from(request))
        return pb.CancelOrderResponse(life=life_message(life))

    async def ChangeUnits(self, request: pb.ChangeUnitsRequest, context: Any) -> pb.ChangeUnitsResponse:
        ((line_id, units),) = units_from([request.line], "line", least=0).items()
        life = await self._desk.change_units(_order_id(request), line_id, units, asked_from(request))
        return pb.ChangeUnitsResponse(life=life_message(life))

    async def AllocateOrder(self, request: pb.AllocateOrderRequest, context: Any) -> pb.AllocateOrderResponse:
        life = await self._desk.route(_order_id(request), asked_from(request))
        return pb.AllocateOrderResponse(life=life_message(life))

    async def ReleaseOrder(self, request: pb.ReleaseOrderRequest, context: Any) -> pb.ReleaseOrderResponse:
        life = await self._desk.release(_order_id(request), asked_from(request))
        return pb.ReleaseOrderResponse(life=life_message(life))

    async def RetryPayment(self, request: pb.RetryPaymentRequest, context: Any) -> pb.RetryPaymentResponse:
        life = await self._desk.pay_again(_order_id(request), asked_from(request), request.payment_reference)
        return pb.RetryPaymentResponse(life=life_message(life))

    async def CreateSchedule(self, request: pb.CreateScheduleRequest, context: Any) -> pb.CreateScheduleResponse:
        schedule = schedule_from(request.schedule, self._clock())
        _check_known(schedule.template, self._goods(), "schedule.content")
        made = await self._schedules.create(schedule, asked_from(request))
        return pb.CreateScheduleResponse(schedule=schedule_message(made))

    async def GetSchedule(self, request: pb.GetScheduleRequest, context: Any) -> pb.GetScheduleResponse:
        found = await self._schedules.get(_schedule_id(request))
        return pb.GetScheduleResponse(schedule=schedule_message(found))

    async def ListSchedules(self, request: pb.ListSchedulesRequest, context: Any) -> pb.ListSchedulesResponse:
        return pb.ListSchedulesResponse(schedules=map(schedule_message, await self._schedules.all()))

    async def SkipScheduled(self, request: pb.SkipScheduledRequest, context: Any) -> pb.SkipScheduledResponse:
        require(request.number >= 0, "number", request.number, "a number >= 1, or 0 for the next")
        after = await self._schedules.skip(_schedule_id(request), request.number, asked_from(request))
        return pb.SkipScheduledResponse(schedule=schedule_message(after))

    async def PauseSchedule(self, request: pb.PauseScheduleRequest, context: Any) -> pb.PauseScheduleResponse:
        after = await self._schedules.pause(_schedule_id(request), asked_from(request))
        return pb.PauseScheduleResponse(schedule=schedule_message(after))

    async def ResumeSchedule(self, request: pb.ResumeScheduleRequest, context: Any) -> pb.ResumeScheduleResponse:
        after = await self._schedules.resume(_schedule_id(request), asked_from(request))
        return pb.ResumeScheduleResponse(schedule=schedule_message(after))

    async def EndSchedule(self, request: pb.EndScheduleRequest, context: Any) -> pb.EndScheduleResponse:
        after = await self._schedules.end(_schedule_id(request), asked_from(request))
        return pb.EndScheduleResponse(schedule=schedule_message(after))

    async def ReconcilePayments(
        self, request: pb.ReconcilePaymentsRequest, context: Any
    ) -> AsyncIterator[pb.ReconcilePaymentsResponse]:
        asked, desk = asked_from(request), self._desk
        if request.order_id:
            for each in await desk.reconcile(_order_id(request), asked, mend=request.mend):
                yield difference_message(each)
            return
        least = instant_from(request.from_time, "from_time") if request.HasField("from_time") else None
        most = instant_from(request.to_time, "to_time") - 1 if request.HasField("to_time") else None
        async for each in desk.reconcile_all(asked, mend=request.mend, least=least, most=most):
            yield difference_message(each)

    async def GetTimeline(self, request: pb.GetTimelineRequest, context: Any) -> pb.GetTimelineResponse:
        events = await self._desk.timeline(_order_id(request))
        return pb.GetTimelineResponse(events=map(event_message, events))

    async def GetCustomerTimeline(
        self, request: pb.GetCustomerTimelineRequest, context: Any
    ) -> pb.GetCustomerTimelineResponse:
        who = identifier(request.customer, "customer", _LONGEST_WHO)
        require(0 <= request.orders <= _MOST_ORDERS, "orders", request.orders, f"a count in 0..{_MOST_ORDERS}")
        events = await self._desk.customer_timeline(who, request.orders or _ORDERS)
        return pb.GetCustomerTimelineResponse(events=map(event_message, events))


def units_from(lines: Sequence[pb.LineUnits], path: str, *, least: int) -> dict[str, int]:
    """Units by line. Raises InvalidInput."""
    require(len(lines) <= MAX_LINES, path, len(lines), f"at most {MAX_LINES} lines")
    units: dict[str, int] = {}
    for position, line in enumerate(lines):
        at = f"{path}[{position}]"
        require(line.line_id not in units, f"{at}.line_id", line.line_id, "each line once")
        require(least <= line.units <= MAX_UNITS, f"{at}.units", line.units, f"a count in {least}..{MAX_UNITS}")
        units[identifier(line.line_id, f"{at}.line_id")] = line.units
    return units


def _order_id(request: Any) -> str:
    return identifier(request.order_id, "order_id")


def _schedule_id(request: Any) -> str:
    return identifier(request.schedule_id, "schedule_id")


def _check_known(order: CapturedOrder, goods: Goods, path: str = "content") -> None:
    for position, line in enumerate(order.lines):
        require(line.sku in goods.skus, f"{path}.lines[{position}].sku", line.sku, "a SKU of the network")
    store = order.pickup_location
    require(not store or store in goods.node_ids, f"{path}.pickup_node_id", store, "a node of the network")
