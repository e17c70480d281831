import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RouteState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_STATE_UNSPECIFIED: _ClassVar[RouteState]
    ROUTE_STATE_PLANNED: _ClassVar[RouteState]
    ROUTE_STATE_RESERVED: _ClassVar[RouteState]
    ROUTE_STATE_CONFIRMED: _ClassVar[RouteState]
    ROUTE_STATE_RELEASED: _ClassVar[RouteState]
    ROUTE_STATE_EXPIRED: _ClassVar[RouteState]
    ROUTE_STATE_REPLACED: _ClassVar[RouteState]

class UnfilledReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNFILLED_REASON_UNSPECIFIED: _ClassVar[UnfilledReason]
    UNFILLED_REASON_NO_STOCK: _ClassVar[UnfilledReason]
    UNFILLED_REASON_CUTOFF_MISSED: _ClassVar[UnfilledReason]
    UNFILLED_REASON_SERVICE_UNAVAILABLE: _ClassVar[UnfilledReason]
    UNFILLED_REASON_CAPACITY_EXHAUSTED: _ClassVar[UnfilledReason]
    UNFILLED_REASON_CONSTRAINT: _ClassVar[UnfilledReason]

class SolveState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOLVE_STATE_UNSPECIFIED: _ClassVar[SolveState]
    SOLVE_STATE_OPTIMAL: _ClassVar[SolveState]
    SOLVE_STATE_FEASIBLE: _ClassVar[SolveState]
    SOLVE_STATE_INFEASIBLE: _ClassVar[SolveState]
    SOLVE_STATE_UNKNOWN: _ClassVar[SolveState]

class SolveLimit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOLVE_LIMIT_UNSPECIFIED: _ClassVar[SolveLimit]
    SOLVE_LIMIT_NONE: _ClassVar[SolveLimit]
    SOLVE_LIMIT_TIME: _ClassVar[SolveLimit]
    SOLVE_LIMIT_GAP: _ClassVar[SolveLimit]
ROUTE_STATE_UNSPECIFIED: RouteState
ROUTE_STATE_PLANNED: RouteState
ROUTE_STATE_RESERVED: RouteState
ROUTE_STATE_CONFIRMED: RouteState
ROUTE_STATE_RELEASED: RouteState
ROUTE_STATE_EXPIRED: RouteState
ROUTE_STATE_REPLACED: RouteState
UNFILLED_REASON_UNSPECIFIED: UnfilledReason
UNFILLED_REASON_NO_STOCK: UnfilledReason
UNFILLED_REASON_CUTOFF_MISSED: UnfilledReason
UNFILLED_REASON_SERVICE_UNAVAILABLE: UnfilledReason
UNFILLED_REASON_CAPACITY_EXHAUSTED: UnfilledReason
UNFILLED_REASON_CONSTRAINT: UnfilledReason
SOLVE_STATE_UNSPECIFIED: SolveState
SOLVE_STATE_OPTIMAL: SolveState
SOLVE_STATE_FEASIBLE: SolveState
SOLVE_STATE_INFEASIBLE: SolveState
SOLVE_STATE_UNKNOWN: SolveState
SOLVE_LIMIT_UNSPECIFIED: SolveLimit
SOLVE_LIMIT_NONE: SolveLimit
SOLVE_LIMIT_TIME: SolveLimit
SOLVE_LIMIT_GAP: SolveLimit

class Certificate(_message.Message):
    __slots__ = ("objective", "bound", "gap", "state", "limit", "solver")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    objective: int
    bound: int
    gap: float
    state: SolveState
    limit: SolveLimit
    solver: str
    def __init__(self, objective: _Optional[int] = ..., bound: _Optional[int] = ..., gap: _Optional[float] = ..., state: _Optional[_Union[SolveState, str]] = ..., limit: _Optional[_Union[SolveLimit, str]] = ..., solver: _Optional[str] = ...) -> None: ...

class CostBreakdown(_message.Message):
    __slots__ = ("handling_micros", "packaging_micros", "carrier_micros", "fuel_micros", "surcharges_micros", "transfer_micros", "unit_handling_micros", "late_micros", "carbon_micros", "reject_micros", "bid_price_micros", "capacity_price_micros", "split_micros", "backorder_micros")
    HANDLING_MICROS_FIELD_NUMBER: _ClassVar[int]
    PACKAGING_MICROS_FIELD_NUMBER: _ClassVar[int]
    CARRIER_MICROS_FIELD_NUMBER: _ClassVar[int]
    FUEL_MICROS_FIELD_NUMBER: _ClassVar[int]
    SURCHARGES_MICROS_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_MICROS_FIELD_NUMBER: _ClassVar[int]
    UNIT_HANDLING_MICROS_FIELD_NUMBER: _ClassVar[int]
    LATE_MICROS_FIELD_NUMBER: _ClassVar[int]
    CARBON_MICROS_FIELD_NUMBER: _ClassVar[int]
    REJECT_MICROS_FIELD_NUMBER: _ClassVar[int]
    BID_PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    SPLIT_MICROS_FIELD_NUMBER: _ClassVar[int]
    BACKORDER_MICROS_FIELD_NUMBER: _ClassVar[int]
    handling_micros: int
    packaging_micros: int
    carrier_micros: int
    fuel_micros: int
    surcharges_micros: int
    transfer_micros: int
    unit_handling_micros: int
    late_micros: int
    carbon_micros: int
    reject_micros: int
    bid_price_micros: int
    capacity_price_micros: int
    split_micros: int
    backorder_micros: int
    def __init__(self, handling_micros: _Optional[int] = ..., packaging_micros: _Optional[int] = ..., carrier_micros: _Optional[int] = ..., fuel_micros: _Optional[int] = ..., surcharges_micros: _Optional[int] = ..., transfer_micros: _Optional[int] = ..., unit_handling_micros: _Optional[int] = ..., late_micros: _Optional[int] = ..., carbon_micros: _Optional[int] = ..., reject_micros: _Optional[int] = ..., bid_price_micros: _Optional[int] = ..., capacity_price_micros: _Optional[int] = ..., split_micros: _Optional[int] = ..., backorder_micros: _Optional[int] = ...) -> None: ...

class Content(_message.Message):
    __slots__ = ("line_id", "sku", "units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: int
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ...) -> None: ...

class Package(_message.Message):
    __slots__ = ("carton_id", "length_mm", "width_mm", "height_mm", "weight_g", "billable_weight_g", "contents")
    CARTON_ID_FIELD_NUMBER: _ClassVar[int]
    LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    WIDTH_MM_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_MM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    BILLABLE_WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    carton_id: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    billable_weight_g: int
    contents: _containers.RepeatedCompositeFieldContainer[Content]
    def __init__(self, carton_id: _Optional[str] = ..., length_mm: _Optional[int] = ..., width_mm: _Optional[int] = ..., height_mm: _Optional[int] = ..., weight_g: _Optional[int] = ..., billable_weight_g: _Optional[int] = ..., contents: _Optional[_Iterable[_Union[Content, _Mapping]]] = ...) -> None: ...

class Shipment(_message.Message):
    __slots__ = ("node_id", "carrier_id", "service_level", "destination_node_id", "ship_time", "arrival_time", "promise_time", "ship_day", "late_days", "contents", "packages", "cost", "breakdown")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SHIP_TIME_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_TIME_FIELD_NUMBER: _ClassVar[int]
    PROMISE_TIME_FIELD_NUMBER: _ClassVar[int]
    SHIP_DAY_FIELD_NUMBER: _ClassVar[int]
    LATE_DAYS_FIELD_NUMBER: _ClassVar[int]
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    BREAKDOWN_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_id: str
    service_level: _types_pb2.ServiceLevel
    destination_node_id: str
    ship_time: _timestamp_pb2.Timestamp
    arrival_time: _timestamp_pb2.Timestamp
    promise_time: _timestamp_pb2.Timestamp
    ship_day: int
    late_days: int
    contents: _containers.RepeatedCompositeFieldContainer[Content]
    packages: _containers.RepeatedCompositeFieldContainer[Package]
    cost: _types_pb2.Money
    breakdown: CostBreakdown
    def __init__(self, node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., destination_node_id: _Optional[str] = ..., ship_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrival_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., promise_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ship_day: _Optional[int] = ..., late_days: _Optional[int] = ..., contents: _Optional[_Iterable[_Union[Content, _Mapping]]] = ..., packages: _Optional[_Iterable[_Union[Package, _Mapping]]] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., breakdown: _Optional[_Union[CostBreakdown, _Mapping]] = ...) -> None: ...

class UnfilledLine(_message.Message):
    __slots__ = ("line_id", "sku", "units", "reason", "detail", "backordered")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    BACKORDERED_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: int
    reason: UnfilledReason
    detail: str
    backordered: bool
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ..., reason: _Optional[_Union[UnfilledReason, str]] = ..., detail: _Optional[str] = ..., backordered: _Optional[bool] = ...) -> None: ...

class Route(_message.Message):
    __slots__ = ("route_id", "order_id", "state", "shipments", "unfilled", "cost", "breakdown", "decision_time", "expiry_time", "network_version", "prices_version", "certificate")
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    UNFILLED_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    BREAKDOWN_FIELD_NUMBER: _ClassVar[int]
    DECISION_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    PRICES_VERSION_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    route_id: str
    order_id: str
    state: RouteState
    shipments: _containers.RepeatedCompositeFieldContainer[Shipment]
    unfilled: _containers.RepeatedCompositeFieldContainer[UnfilledLine]
    cost: _types_pb2.Money
    breakdown: CostBreakdown
    decision_time: _timestamp_pb2.Timestamp
    expiry_time: _timestamp_pb2.Timestamp
    network_version: int
    prices_version: int
    certificate: Certificate
    def __init__(self, route_id: _Optional[str] = ..., order_id: _Optional[str] = ..., state: _Optional[_Union[RouteState, str]] = ..., shipments: _Optional[_Iterable[_Union[Shipment, _Mapping]]] = ..., unfilled: _Optional[_Iterable[_Union[UnfilledLine, _Mapping]]] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., breakdown: _Optional[_Union[CostBreakdown, _Mapping]] = ..., decision_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., network_version: _Optional[int] = ..., prices_version: _Optional[int] = ..., certificate: _Optional[_Union[Certificate, _Mapping]] = ...) -> None: ...
