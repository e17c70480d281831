import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import order_pb2 as _order_pb2
from onebox.v1 import route_pb2 as _route_pb2
from onebox.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class QuoteDeliveryRequest(_message.Message):
    __slots__ = ("order", "max_stores")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    MAX_STORES_FIELD_NUMBER: _ClassVar[int]
    order: _order_pb2.Order
    max_stores: int
    def __init__(self, order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ..., max_stores: _Optional[int] = ...) -> None: ...

class DeliveryOption(_message.Message):
    __slots__ = ("service_level", "store_node_id", "node_ids", "ship_time", "arrival_time", "cost", "shipments", "promise_kept", "unfilled")
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    STORE_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    SHIP_TIME_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_TIME_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    PROMISE_KEPT_FIELD_NUMBER: _ClassVar[int]
    UNFILLED_FIELD_NUMBER: _ClassVar[int]
    service_level: _types_pb2.ServiceLevel
    store_node_id: str
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    ship_time: _timestamp_pb2.Timestamp
    arrival_time: _timestamp_pb2.Timestamp
    cost: _types_pb2.Money
    shipments: int
    promise_kept: bool
    unfilled: _containers.RepeatedCompositeFieldContainer[_route_pb2.UnfilledLine]
    def __init__(self, service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., store_node_id: _Optional[str] = ..., node_ids: _Optional[_Iterable[str]] = ..., ship_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrival_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., shipments: _Optional[int] = ..., promise_kept: _Optional[bool] = ..., unfilled: _Optional[_Iterable[_Union[_route_pb2.UnfilledLine, _Mapping]]] = ...) -> None: ...

class QuoteDeliveryResponse(_message.Message):
    __slots__ = ("options", "unfilled", "quote_time", "expiry_time", "network_version")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    UNFILLED_FIELD_NUMBER: _ClassVar[int]
    QUOTE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedCompositeFieldContainer[DeliveryOption]
    unfilled: _containers.RepeatedCompositeFieldContainer[_route_pb2.UnfilledLine]
    quote_time: _timestamp_pb2.Timestamp
    expiry_time: _timestamp_pb2.Timestamp
    network_version: int
    def __init__(self, options: _Optional[_Iterable[_Union[DeliveryOption, _Mapping]]] = ..., unfilled: _Optional[_Iterable[_Union[_route_pb2.UnfilledLine, _Mapping]]] = ..., quote_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., network_version: _Optional[int] = ...) -> None: ...

class RouteOrderRequest(_message.Message):
    __slots__ = ("request_id", "order", "validate_only", "solver")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    order: _order_pb2.Order
    validate_only: bool
    solver: str
    def __init__(self, request_id: _Optional[str] = ..., order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ..., validate_only: _Optional[bool] = ..., solver: _Optional[str] = ...) -> None: ...

class RouteOrderResponse(_message.Message):
    __slots__ = ("route",)
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    route: _route_pb2.Route
    def __init__(self, route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ...) -> None: ...

class StreamRoutesRequest(_message.Message):
    __slots__ = ("request",)
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: RouteOrderRequest
    def __init__(self, request: _Optional[_Union[RouteOrderRequest, _Mapping]] = ...) -> None: ...

class StreamRoutesResponse(_message.Message):
    __slots__ = ("request_id", "route", "error")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route: _route_pb2.Route
    error: RouteError
    def __init__(self, request_id: _Optional[str] = ..., route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ..., error: _Optional[_Union[RouteError, _Mapping]] = ...) -> None: ...

class RouteError(_message.Message):
    __slots__ = ("code", "message", "reason")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    reason: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Rejection(_message.Message):
    __slots__ = ("node_id", "line_ids", "exclude_node")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LINE_IDS_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_NODE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    line_ids: _containers.RepeatedScalarFieldContainer[str]
    exclude_node: bool
    def __init__(self, node_id: _Optional[str] = ..., line_ids: _Optional[_Iterable[str]] = ..., exclude_node: _Optional[bool] = ...) -> None: ...

class RerouteOrderRequest(_message.Message):
    __slots__ = ("request_id", "route_id", "rejections")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route_id: str
    rejections: _containers.RepeatedCompositeFieldContainer[Rejection]
    def __init__(self, request_id: _Optional[str] = ..., route_id: _Optional[str] = ..., rejections: _Optional[_Iterable[_Union[Rejection, _Mapping]]] = ...) -> None: ...

class RerouteOrderResponse(_message.Message):
    __slots__ = ("route",)
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    route: _route_pb2.Route
    def __init__(self, route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ...) -> None: ...

class ConfirmRouteRequest(_message.Message):
    __slots__ = ("request_id", "route_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route_id: str
    def __init__(self, request_id: _Optional[str] = ..., route_id: _Optional[str] = ...) -> None: ...

class ConfirmRouteResponse(_message.Message):
    __slots__ = ("route",)
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    route: _route_pb2.Route
    def __init__(self, route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ...) -> None: ...

class ReleaseRouteRequest(_message.Message):
    __slots__ = ("request_id", "route_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route_id: str
    def __init__(self, request_id: _Optional[str] = ..., route_id: _Optional[str] = ...) -> None: ...

class ReleaseRouteResponse(_message.Message):
    __slots__ = ("route",)
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    route: _route_pb2.Route
    def __init__(self, route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ...) -> None: ...

class GetRouteRequest(_message.Message):
    __slots__ = ("route_id",)
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    route_id: str
    def __init__(self, route_id: _Optional[str] = ...) -> None: ...

class GetRouteResponse(_message.Message):
    __slots__ = ("route",)
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    route: _route_pb2.Route
    def __init__(self, route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ...) -> None: ...

class ExplainRouteRequest(_message.Message):
    __slots__ = ("route_id", "node_ids")
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    route_id: str
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, route_id: _Optional[str] = ..., node_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ShipmentCost(_message.Message):
    __slots__ = ("node_id", "carrier_id", "service_level", "line_ids", "cost", "breakdown")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    LINE_IDS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    BREAKDOWN_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_id: str
    service_level: _types_pb2.ServiceLevel
    line_ids: _containers.RepeatedScalarFieldContainer[str]
    cost: _types_pb2.Money
    breakdown: _route_pb2.CostBreakdown
    def __init__(self, node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., line_ids: _Optional[_Iterable[str]] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., breakdown: _Optional[_Union[_route_pb2.CostBreakdown, _Mapping]] = ...) -> None: ...

class SingleShipmentPlan(_message.Message):
    __slots__ = ("shipment", "dearer_by", "why_lost")
    SHIPMENT_FIELD_NUMBER: _ClassVar[int]
    DEARER_BY_FIELD_NUMBER: _ClassVar[int]
    WHY_LOST_FIELD_NUMBER: _ClassVar[int]
    shipment: ShipmentCost
    dearer_by: _types_pb2.Money
    why_lost: str
    def __init__(self, shipment: _Optional[_Union[ShipmentCost, _Mapping]] = ..., dearer_by: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., why_lost: _Optional[str] = ...) -> None: ...

class NodeVerdict(_message.Message):
    __slots__ = ("node_id", "used", "constraint", "detail", "lost_by", "smallest_change")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    LOST_BY_FIELD_NUMBER: _ClassVar[int]
    SMALLEST_CHANGE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    used: bool
    constraint: _route_pb2.UnfilledReason
    detail: str
    lost_by: _types_pb2.Money
    smallest_change: str
    def __init__(self, node_id: _Optional[str] = ..., used: _Optional[bool] = ..., constraint: _Optional[_Union[_route_pb2.UnfilledReason, str]] = ..., detail: _Optional[str] = ..., lost_by: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., smallest_change: _Optional[str] = ...) -> None: ...

class ExplainRouteResponse(_message.Message):
    __slots__ = ("route_id", "cost", "breakdown", "shipments", "best_single", "nodes", "certificate", "network_version", "prices_version", "snapshot_hash", "decision_time")
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    BREAKDOWN_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    BEST_SINGLE_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    PRICES_VERSION_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_HASH_FIELD_NUMBER: _ClassVar[int]
    DECISION_TIME_FIELD_NUMBER: _ClassVar[int]
    route_id: str
    cost: _types_pb2.Money
    breakdown: _route_pb2.CostBreakdown
    shipments: _containers.RepeatedCompositeFieldContainer[ShipmentCost]
    best_single: SingleShipmentPlan
    nodes: _containers.RepeatedCompositeFieldContainer[NodeVerdict]
    certificate: _route_pb2.Certificate
    network_version: int
    prices_version: int
    snapshot_hash: bytes
    decision_time: _timestamp_pb2.Timestamp
    def __init__(self, route_id: _Optional[str] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., breakdown: _Optional[_Union[_route_pb2.CostBreakdown, _Mapping]] = ..., shipments: _Optional[_Iterable[_Union[ShipmentCost, _Mapping]]] = ..., best_single: _Optional[_Union[SingleShipmentPlan, _Mapping]] = ..., nodes: _Optional[_Iterable[_Union[NodeVerdict, _Mapping]]] = ..., certificate: _Optional[_Union[_route_pb2.Certificate, _Mapping]] = ..., network_version: _Optional[int] = ..., prices_version: _Optional[int] = ..., snapshot_hash: _Optional[bytes] = ..., decision_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
