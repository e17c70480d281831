from onebox.v1 import life_pb2 as _life_pb2
from onebox.v1 import order_service_pb2 as _order_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LabelFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LABEL_FORMAT_UNSPECIFIED: _ClassVar[LabelFormat]
    LABEL_FORMAT_PDF: _ClassVar[LabelFormat]
    LABEL_FORMAT_ZPL: _ClassVar[LabelFormat]
    LABEL_FORMAT_PNG: _ClassVar[LabelFormat]

class PageSize(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAGE_SIZE_UNSPECIFIED: _ClassVar[PageSize]
    PAGE_SIZE_A4: _ClassVar[PageSize]
    PAGE_SIZE_LETTER: _ClassVar[PageSize]
LABEL_FORMAT_UNSPECIFIED: LabelFormat
LABEL_FORMAT_PDF: LabelFormat
LABEL_FORMAT_ZPL: LabelFormat
LABEL_FORMAT_PNG: LabelFormat
PAGE_SIZE_UNSPECIFIED: PageSize
PAGE_SIZE_A4: PageSize
PAGE_SIZE_LETTER: PageSize

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

class Document(_message.Message):
    __slots__ = ("file_name", "media_type", "content")
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    file_name: str
    media_type: str
    content: bytes
    def __init__(self, file_name: _Optional[str] = ..., media_type: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class LabelReturnRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LabelReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class RecordScansRequest(_message.Message):
    __slots__ = ("scans", "actor")
    SCANS_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    scans: _containers.RepeatedCompositeFieldContainer[_life_pb2.Scan]
    actor: str
    def __init__(self, scans: _Optional[_Iterable[_Union[_life_pb2.Scan, _Mapping]]] = ..., actor: _Optional[str] = ...) -> None: ...

class RecordScansResponse(_message.Message):
    __slots__ = ("unknown_tracking_numbers",)
    UNKNOWN_TRACKING_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    unknown_tracking_numbers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, unknown_tracking_numbers: _Optional[_Iterable[str]] = ...) -> None: ...

class TrackShipmentRequest(_message.Message):
    __slots__ = ("shipment_id",)
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    shipment_id: str
    def __init__(self, shipment_id: _Optional[str] = ...) -> None: ...

class TrackShipmentResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class GetLabelRequest(_message.Message):
    __slots__ = ("shipment_id", "return_id", "format")
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    shipment_id: str
    return_id: str
    format: LabelFormat
    def __init__(self, shipment_id: _Optional[str] = ..., return_id: _Optional[str] = ..., format: _Optional[_Union[LabelFormat, str]] = ...) -> None: ...

class GetLabelResponse(_message.Message):
    __slots__ = ("document",)
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    document: Document
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class GetPackingSlipRequest(_message.Message):
    __slots__ = ("shipment_id", "page_size")
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    shipment_id: str
    page_size: PageSize
    def __init__(self, shipment_id: _Optional[str] = ..., page_size: _Optional[_Union[PageSize, str]] = ...) -> None: ...

class GetPackingSlipResponse(_message.Message):
    __slots__ = ("document",)
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    document: Document
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class GetPickListRequest(_message.Message):
    __slots__ = ("node_id", "shipment_ids", "page_size")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    shipment_ids: _containers.RepeatedScalarFieldContainer[str]
    page_size: PageSize
    def __init__(self, node_id: _Optional[str] = ..., shipment_ids: _Optional[_Iterable[str]] = ..., page_size: _Optional[_Union[PageSize, str]] = ...) -> None: ...

class GetPickListResponse(_message.Message):
    __slots__ = ("document",)
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    document: Document
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class GetManifestRequest(_message.Message):
    __slots__ = ("node_id", "carrier_id", "day", "page_size")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_id: str
    day: str
    page_size: PageSize
    def __init__(self, node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., day: _Optional[str] = ..., page_size: _Optional[_Union[PageSize, str]] = ...) -> None: ...

class GetManifestResponse(_message.Message):
    __slots__ = ("document",)
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    document: Document
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...
