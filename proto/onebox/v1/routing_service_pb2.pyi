import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import network_pb2 as _network_pb2
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

class BatchTerms(_message.Message):
    __slots__ = ("rules", "gap", "time_limit_s", "validate_only", "skip_rule_costs")
    RULES_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_S_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    SKIP_RULE_COSTS_FIELD_NUMBER: _ClassVar[int]
    rules: _network_pb2.BatchRules
    gap: float
    time_limit_s: float
    validate_only: bool
    skip_rule_costs: bool
    def __init__(self, rules: _Optional[_Union[_network_pb2.BatchRules, _Mapping]] = ..., gap: _Optional[float] = ..., time_limit_s: _Optional[float] = ..., validate_only: _Optional[bool] = ..., skip_rule_costs: _Optional[bool] = ...) -> None: ...

class CapturedQueue(_message.Message):
    __slots__ = ("channel", "limit")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    channel: str
    limit: int
    def __init__(self, channel: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class RouteBatchRequest(_message.Message):
    __slots__ = ("request_id", "terms", "orders", "queue")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    terms: BatchTerms
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.Order]
    queue: CapturedQueue
    def __init__(self, request_id: _Optional[str] = ..., terms: _Optional[_Union[BatchTerms, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[_order_pb2.Order, _Mapping]]] = ..., queue: _Optional[_Union[CapturedQueue, _Mapping]] = ...) -> None: ...

class BatchProgress(_message.Message):
    __slots__ = ("phase", "bound", "objective", "seconds", "orders_done")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_DONE_FIELD_NUMBER: _ClassVar[int]
    phase: str
    bound: int
    objective: int
    seconds: float
    orders_done: int
    def __init__(self, phase: _Optional[str] = ..., bound: _Optional[int] = ..., objective: _Optional[int] = ..., seconds: _Optional[float] = ..., orders_done: _Optional[int] = ...) -> None: ...

class BatchRoute(_message.Message):
    __slots__ = ("order_id", "route", "error")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    route: _route_pb2.Route
    error: RouteError
    def __init__(self, order_id: _Optional[str] = ..., route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ..., error: _Optional[_Union[RouteError, _Mapping]] = ...) -> None: ...

class BatchRoutes(_message.Message):
    __slots__ = ("routes",)
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    routes: _containers.RepeatedCompositeFieldContainer[BatchRoute]
    def __init__(self, routes: _Optional[_Iterable[_Union[BatchRoute, _Mapping]]] = ...) -> None: ...

class RuleCost(_message.Message):
    __slots__ = ("rule", "cost", "lowest", "highest")
    RULE_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    LOWEST_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    rule: str
    cost: _types_pb2.Money
    lowest: _types_pb2.Money
    highest: _types_pb2.Money
    def __init__(self, rule: _Optional[str] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., lowest: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., highest: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class BatchCertificate(_message.Message):
    __slots__ = ("objective", "bound", "gap", "state", "limit", "sweeps", "columns", "unfilled_orders", "partial_orders", "shortfall_orders", "rule_costs")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    SWEEPS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    UNFILLED_ORDERS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_ORDERS_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_ORDERS_FIELD_NUMBER: _ClassVar[int]
    RULE_COSTS_FIELD_NUMBER: _ClassVar[int]
    objective: int
    bound: int
    gap: float
    state: _route_pb2.SolveState
    limit: _route_pb2.SolveLimit
    sweeps: int
    columns: int
    unfilled_orders: int
    partial_orders: int
    shortfall_orders: int
    rule_costs: _containers.RepeatedCompositeFieldContainer[RuleCost]
    def __init__(self, objective: _Optional[int] = ..., bound: _Optional[int] = ..., gap: _Optional[float] = ..., state: _Optional[_Union[_route_pb2.SolveState, str]] = ..., limit: _Optional[_Union[_route_pb2.SolveLimit, str]] = ..., sweeps: _Optional[int] = ..., columns: _Optional[int] = ..., unfilled_orders: _Optional[int] = ..., partial_orders: _Optional[int] = ..., shortfall_orders: _Optional[int] = ..., rule_costs: _Optional[_Iterable[_Union[RuleCost, _Mapping]]] = ...) -> None: ...

class DecidedApart(_message.Message):
    __slots__ = ("order_id", "why")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    why: str
    def __init__(self, order_id: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class BatchSummary(_message.Message):
    __slots__ = ("orders", "together", "before", "refused", "apart", "lost_races", "rounds", "shipments", "split_orders", "units_left_out", "cost", "certificate", "seconds")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    TOGETHER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    APART_FIELD_NUMBER: _ClassVar[int]
    LOST_RACES_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    SPLIT_ORDERS_FIELD_NUMBER: _ClassVar[int]
    UNITS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    orders: int
    together: int
    before: int
    refused: int
    apart: _containers.RepeatedCompositeFieldContainer[DecidedApart]
    lost_races: int
    rounds: int
    shipments: int
    split_orders: int
    units_left_out: int
    cost: _types_pb2.Money
    certificate: BatchCertificate
    seconds: float
    def __init__(self, orders: _Optional[int] = ..., together: _Optional[int] = ..., before: _Optional[int] = ..., refused: _Optional[int] = ..., apart: _Optional[_Iterable[_Union[DecidedApart, _Mapping]]] = ..., lost_races: _Optional[int] = ..., rounds: _Optional[int] = ..., shipments: _Optional[int] = ..., split_orders: _Optional[int] = ..., units_left_out: _Optional[int] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., certificate: _Optional[_Union[BatchCertificate, _Mapping]] = ..., seconds: _Optional[float] = ...) -> None: ...

class RouteBatchResponse(_message.Message):
    __slots__ = ("progress", "routes", "summary")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    progress: BatchProgress
    routes: BatchRoutes
    summary: BatchSummary
    def __init__(self, progress: _Optional[_Union[BatchProgress, _Mapping]] = ..., routes: _Optional[_Union[BatchRoutes, _Mapping]] = ..., summary: _Optional[_Union[BatchSummary, _Mapping]] = ...) -> None: ...

class ReoptimizeRoutesRequest(_message.Message):
    __slots__ = ("request_id", "route_ids", "max_moves_bp", "min_saving_micros", "gap", "time_limit_s", "validate_only")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_IDS_FIELD_NUMBER: _ClassVar[int]
    MAX_MOVES_BP_FIELD_NUMBER: _ClassVar[int]
    MIN_SAVING_MICROS_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_S_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route_ids: _containers.RepeatedScalarFieldContainer[str]
    max_moves_bp: int
    min_saving_micros: int
    gap: float
    time_limit_s: float
    validate_only: bool
    def __init__(self, request_id: _Optional[str] = ..., route_ids: _Optional[_Iterable[str]] = ..., max_moves_bp: _Optional[int] = ..., min_saving_micros: _Optional[int] = ..., gap: _Optional[float] = ..., time_limit_s: _Optional[float] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class RouteMove(_message.Message):
    __slots__ = ("route_id", "route", "saving", "group", "made", "why_not")
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    SAVING_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    MADE_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    route_id: str
    route: _route_pb2.Route
    saving: _types_pb2.Money
    group: int
    made: bool
    why_not: str
    def __init__(self, route_id: _Optional[str] = ..., route: _Optional[_Union[_route_pb2.Route, _Mapping]] = ..., saving: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., group: _Optional[int] = ..., made: _Optional[bool] = ..., why_not: _Optional[str] = ...) -> None: ...

class ReoptimizeSummary(_message.Message):
    __slots__ = ("looked_at", "movable", "moved", "saving", "full_saving", "full_moves", "certificate", "seconds")
    LOOKED_AT_FIELD_NUMBER: _ClassVar[int]
    MOVABLE_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    SAVING_FIELD_NUMBER: _ClassVar[int]
    FULL_SAVING_FIELD_NUMBER: _ClassVar[int]
    FULL_MOVES_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    looked_at: int
    movable: int
    moved: int
    saving: _types_pb2.Money
    full_saving: _types_pb2.Money
    full_moves: int
    certificate: BatchCertificate
    seconds: float
    def __init__(self, looked_at: _Optional[int] = ..., movable: _Optional[int] = ..., moved: _Optional[int] = ..., saving: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., full_saving: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., full_moves: _Optional[int] = ..., certificate: _Optional[_Union[BatchCertificate, _Mapping]] = ..., seconds: _Optional[float] = ...) -> None: ...

class ReoptimizeRoutesResponse(_message.Message):
    __slots__ = ("progress", "move", "summary")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    progress: BatchProgress
    move: RouteMove
    summary: ReoptimizeSummary
    def __init__(self, progress: _Optional[_Union[BatchProgress, _Mapping]] = ..., move: _Optional[_Union[RouteMove, _Mapping]] = ..., summary: _Optional[_Union[ReoptimizeSummary, _Mapping]] = ...) -> None: ...
