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

class Fulfilment(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FULFILMENT_UNSPECIFIED: _ClassVar[Fulfilment]
    FULFILMENT_SHIP: _ClassVar[Fulfilment]
    FULFILMENT_PICKUP: _ClassVar[Fulfilment]
FULFILMENT_UNSPECIFIED: Fulfilment
FULFILMENT_SHIP: Fulfilment
FULFILMENT_PICKUP: Fulfilment

class Line(_message.Message):
    __slots__ = ("line_id", "sku", "units", "fulfilment")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    FULFILMENT_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: int
    fulfilment: Fulfilment
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ..., fulfilment: _Optional[_Union[Fulfilment, str]] = ...) -> None: ...

class Destination(_message.Message):
    __slots__ = ("country", "postal_code", "residential")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    RESIDENTIAL_FIELD_NUMBER: _ClassVar[int]
    country: str
    postal_code: str
    residential: bool
    def __init__(self, country: _Optional[str] = ..., postal_code: _Optional[str] = ..., residential: _Optional[bool] = ...) -> None: ...

class PickupAt(_message.Message):
    __slots__ = ("node_id", "radius_m")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    RADIUS_M_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    radius_m: int
    def __init__(self, node_id: _Optional[str] = ..., radius_m: _Optional[int] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("order_id", "order_time", "lines", "destination", "channel", "service_level", "exact_service", "deliver_by_time", "pickup", "pickup_by_time", "late_allowed", "partial", "divide", "max_shipments", "only_nodes", "not_nodes", "only_node_types", "not_node_types", "vip")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_TIME_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    EXACT_SERVICE_FIELD_NUMBER: _ClassVar[int]
    DELIVER_BY_TIME_FIELD_NUMBER: _ClassVar[int]
    PICKUP_FIELD_NUMBER: _ClassVar[int]
    PICKUP_BY_TIME_FIELD_NUMBER: _ClassVar[int]
    LATE_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    DIVIDE_FIELD_NUMBER: _ClassVar[int]
    MAX_SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    ONLY_NODES_FIELD_NUMBER: _ClassVar[int]
    NOT_NODES_FIELD_NUMBER: _ClassVar[int]
    ONLY_NODE_TYPES_FIELD_NUMBER: _ClassVar[int]
    NOT_NODE_TYPES_FIELD_NUMBER: _ClassVar[int]
    VIP_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_time: _timestamp_pb2.Timestamp
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    destination: Destination
    channel: str
    service_level: _types_pb2.ServiceLevel
    exact_service: bool
    deliver_by_time: _timestamp_pb2.Timestamp
    pickup: PickupAt
    pickup_by_time: _timestamp_pb2.Timestamp
    late_allowed: bool
    partial: bool
    divide: _types_pb2.Divide
    max_shipments: int
    only_nodes: _containers.RepeatedScalarFieldContainer[str]
    not_nodes: _containers.RepeatedScalarFieldContainer[str]
    only_node_types: _containers.RepeatedScalarFieldContainer[_types_pb2.NodeType]
    not_node_types: _containers.RepeatedScalarFieldContainer[_types_pb2.NodeType]
    vip: bool
    def __init__(self, order_id: _Optional[str] = ..., order_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., destination: _Optional[_Union[Destination, _Mapping]] = ..., channel: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., exact_service: _Optional[bool] = ..., deliver_by_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pickup: _Optional[_Union[PickupAt, _Mapping]] = ..., pickup_by_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., late_allowed: _Optional[bool] = ..., partial: _Optional[bool] = ..., divide: _Optional[_Union[_types_pb2.Divide, str]] = ..., max_shipments: _Optional[int] = ..., only_nodes: _Optional[_Iterable[str]] = ..., not_nodes: _Optional[_Iterable[str]] = ..., only_node_types: _Optional[_Iterable[_Union[_types_pb2.NodeType, str]]] = ..., not_node_types: _Optional[_Iterable[_Union[_types_pb2.NodeType, str]]] = ..., vip: _Optional[bool] = ...) -> None: ...
