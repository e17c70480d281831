from onebox.v1 import life_pb2 as _life_pb2
from onebox.v1 import order_service_pb2 as _order_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListShipmentsRequest(_message.Message):
    __slots__ = ("node_id", "limit")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    limit: int
    def __init__(self, node_id: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class ListShipmentsResponse(_message.Message):
    __slots__ = ("shipments",)
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    shipments: _containers.RepeatedCompositeFieldContainer[_life_pb2.LiveShipment]
    def __init__(self, shipments: _Optional[_Iterable[_Union[_life_pb2.LiveShipment, _Mapping]]] = ...) -> None: ...

class AcceptShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AcceptShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class RejectShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "line_ids", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LINE_IDS_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    line_ids: _containers.RepeatedScalarFieldContainer[str]
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., line_ids: _Optional[_Iterable[str]] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RejectShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class PickShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "short_lines", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SHORT_LINES_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    short_lines: _containers.RepeatedCompositeFieldContainer[_order_service_pb2.LineUnits]
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., short_lines: _Optional[_Iterable[_Union[_order_service_pb2.LineUnits, _Mapping]]] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PickShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class PackShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PackShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class ShipShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "tracking_number", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    tracking_number: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., tracking_number: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ShipShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class DeliverShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DeliverShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class ReadyShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReadyShipmentResponse(_message.Message):
    __slots__ = ("life", "pickup_code")
    LIFE_FIELD_NUMBER: _ClassVar[int]
    PICKUP_CODE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    pickup_code: str
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ..., pickup_code: _Optional[str] = ...) -> None: ...

class HandOverShipmentRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "pickup_code", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PICKUP_CODE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    pickup_code: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., pickup_code: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class HandOverShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class ReturnNoShowRequest(_message.Message):
    __slots__ = ("request_id", "shipment_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    shipment_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., shipment_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReturnNoShowResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...
