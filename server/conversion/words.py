"""The contract's enums and the engine's: the same words, one table each."""

from __future__ import annotations

import enum
from typing import Any, Generic, TypeVar

from onebox.v1 import fulfillment_service_pb2, life_pb2, network_pb2, order_pb2, route_pb2, schedule_pb2, types_pb2

from engine.errors import FieldFault, InvalidInput
from engine.lifecycle.schedule import ScheduleState, Unit
from engine.lifecycle.states import OrderState, PaymentState, ReturnState, ShipmentState
from engine.network.carriers import Pricing, ServiceLevel
from engine.network.components import Reason
from engine.network.items import ItemFlag
from engine.network.life_rules import Condition
from engine.network.nodes import NodeType
from engine.network.policy import Divide, Objective
from engine.routing.order import Fulfilment
from engine.routing.route import RouteState
from engine.shipping.carrier import LabelFormat
from engine.shipping.tracking import Stage
from solvers.problem import Limit, Status

E = TypeVar("E", bound=enum.Enum)


class _Page(enum.Enum):
    A4 = "A4"
    LETTER = "LETTER"


class Words(Generic[E]):
    """One engine enum in the contract's numbers.

    ``number[member]`` is what the contract says. ``default`` stands for 0, unspecified, where there is one.
    """

    def __init__(self, members: type[E], numbers: Any, prefix: str, default: E | None = None) -> None:
        self.number: dict[E, Any] = {member: numbers.Value(f"{prefix}_{member.name}") for member in members}
        self._members = {number: member for member, number in self.number.items()}
        if default is not None:
            self._members[0] = default
        self._expected = "one of " + ", ".join(member.name for member in members)

    def member(self, number: int, path: str) -> E:
        """The engine's member. Raises InvalidInput for numbers without one."""
        found = self._members.get(number)
        if found is None:
            raise InvalidInput(FieldFault(path, str(number) if number else "", self._expected))
        return found


LEVELS = Words(ServiceLevel, types_pb2.ServiceLevel, "SERVICE_LEVEL")
SOLD_LEVELS = Words(ServiceLevel, types_pb2.ServiceLevel, "SERVICE_LEVEL", ServiceLevel.GROUND)
NODE_TYPES = Words(NodeType, types_pb2.NodeType, "NODE_TYPE")
DIVIDES = Words(Divide, types_pb2.Divide, "DIVIDE", Divide.WHEN_NEEDED)
FULFILMENTS = Words(Fulfilment, order_pb2.Fulfilment, "FULFILMENT", Fulfilment.SHIP)
ROUTE_STATES = Words(RouteState, route_pb2.RouteState, "ROUTE_STATE")
REASONS = Words(Reason, route_pb2.UnfilledReason, "UNFILLED_REASON")
SOLVE_STATES = Words(Status, route_pb2.SolveState, "SOLVE_STATE")
SOLVE_LIMITS = Words(Limit, route_pb2.SolveLimit, "SOLVE_LIMIT")
PRICINGS = Words(Pricing, network_pb2.Pricing, "PRICING")
ITEM_FLAGS = Words(ItemFlag, network_pb2.ItemFlag, "ITEM_FLAG")
OBJECTIVES = Words(Objective, network_pb2.Objective, "OBJECTIVE", Objective.COST)
ORDER_STATES = Words(OrderState, life_pb2.OrderState, "ORDER_STATE")
SHIPMENT_STATES = Words(ShipmentState, life_pb2.ShipmentState, "SHIPMENT_STATE")
PAYMENT_STATES = Words(PaymentState, life_pb2.PaymentState, "PAYMENT_STATE", PaymentState.PENDING)
SCHEDULE_UNITS = Words(Unit, schedule_pb2.ScheduleUnit, "SCHEDULE_UNIT")
SCHEDULE_STATES = Words(ScheduleState, schedule_pb2.ScheduleState, "SCHEDULE_STATE")
CONDITIONS = Words(Condition, life_pb2.Condition, "CONDITION", Condition.UNOPENED)
RETURN_STATES = Words(ReturnState, life_pb2.ReturnState, "RETURN_STATE")
SCAN_STAGES = Words(Stage, life_pb2.ScanStage, "SCAN_STAGE")
LABEL_FORMATS = Words(LabelFormat, fulfillment_service_pb2.LabelFormat, "LABEL_FORMAT", LabelFormat.PDF)
PAGES = Words(_Page, fulfillment_service_pb2.PageSize, "PAGE_SIZE")
