import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Fate(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FATE_UNSPECIFIED: _ClassVar[Fate]
    FATE_CAPTURED: _ClassVar[Fate]
    FATE_DUPLICATE: _ClassVar[Fate]
    FATE_QUARANTINED: _ClassVar[Fate]

class QuarantineReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUARANTINE_REASON_UNSPECIFIED: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_BROKEN: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_NOT_AN_ORDER: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_INCOMPLETE: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_UNKNOWN_SKU: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_BAD_ADDRESS: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_CURRENCY_MISMATCH: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_UNKNOWN_STORE: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_NOTHING_TO_SHIP: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_CANCELLED: _ClassVar[QuarantineReason]
    QUARANTINE_REASON_CHANGED: _ClassVar[QuarantineReason]
FATE_UNSPECIFIED: Fate
FATE_CAPTURED: Fate
FATE_DUPLICATE: Fate
FATE_QUARANTINED: Fate
QUARANTINE_REASON_UNSPECIFIED: QuarantineReason
QUARANTINE_REASON_BROKEN: QuarantineReason
QUARANTINE_REASON_NOT_AN_ORDER: QuarantineReason
QUARANTINE_REASON_INCOMPLETE: QuarantineReason
QUARANTINE_REASON_UNKNOWN_SKU: QuarantineReason
QUARANTINE_REASON_BAD_ADDRESS: QuarantineReason
QUARANTINE_REASON_CURRENCY_MISMATCH: QuarantineReason
QUARANTINE_REASON_UNKNOWN_STORE: QuarantineReason
QUARANTINE_REASON_NOTHING_TO_SHIP: QuarantineReason
QUARANTINE_REASON_CANCELLED: QuarantineReason
QUARANTINE_REASON_CHANGED: QuarantineReason

class Quarantined(_message.Message):
    __slots__ = ("quarantine_id", "channel", "reason", "detail", "order_id", "first_time", "last_time", "tries", "size")
    QUARANTINE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_TIME_FIELD_NUMBER: _ClassVar[int]
    LAST_TIME_FIELD_NUMBER: _ClassVar[int]
    TRIES_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    quarantine_id: str
    channel: str
    reason: QuarantineReason
    detail: str
    order_id: str
    first_time: _timestamp_pb2.Timestamp
    last_time: _timestamp_pb2.Timestamp
    tries: int
    size: int
    def __init__(self, quarantine_id: _Optional[str] = ..., channel: _Optional[str] = ..., reason: _Optional[_Union[QuarantineReason, str]] = ..., detail: _Optional[str] = ..., order_id: _Optional[str] = ..., first_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tries: _Optional[int] = ..., size: _Optional[int] = ...) -> None: ...

class DocumentOutcome(_message.Message):
    __slots__ = ("fate", "order_id", "quarantined")
    FATE_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUARANTINED_FIELD_NUMBER: _ClassVar[int]
    fate: Fate
    order_id: str
    quarantined: Quarantined
    def __init__(self, fate: _Optional[_Union[Fate, str]] = ..., order_id: _Optional[str] = ..., quarantined: _Optional[_Union[Quarantined, _Mapping]] = ...) -> None: ...

class CaptureDocumentRequest(_message.Message):
    __slots__ = ("channel", "body")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    channel: str
    body: bytes
    def __init__(self, channel: _Optional[str] = ..., body: _Optional[bytes] = ...) -> None: ...

class CaptureDocumentResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[DocumentOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[DocumentOutcome, _Mapping]]] = ...) -> None: ...

class ListQuarantineRequest(_message.Message):
    __slots__ = ("channel", "reason", "limit")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    channel: str
    reason: QuarantineReason
    limit: int
    def __init__(self, channel: _Optional[str] = ..., reason: _Optional[_Union[QuarantineReason, str]] = ..., limit: _Optional[int] = ...) -> None: ...

class ListQuarantineResponse(_message.Message):
    __slots__ = ("quarantined",)
    QUARANTINED_FIELD_NUMBER: _ClassVar[int]
    quarantined: _containers.RepeatedCompositeFieldContainer[Quarantined]
    def __init__(self, quarantined: _Optional[_Iterable[_Union[Quarantined, _Mapping]]] = ...) -> None: ...

class GetQuarantinedRequest(_message.Message):
    __slots__ = ("quarantine_id",)
    QUARANTINE_ID_FIELD_NUMBER: _ClassVar[int]
    quarantine_id: str
    def __init__(self, quarantine_id: _Optional[str] = ...) -> None: ...

class GetQuarantinedResponse(_message.Message):
    __slots__ = ("quarantined", "document")
    QUARANTINED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    quarantined: Quarantined
    document: bytes
    def __init__(self, quarantined: _Optional[_Union[Quarantined, _Mapping]] = ..., document: _Optional[bytes] = ...) -> None: ...

class ReplayQuarantinedRequest(_message.Message):
    __slots__ = ("quarantine_id",)
    QUARANTINE_ID_FIELD_NUMBER: _ClassVar[int]
    quarantine_id: str
    def __init__(self, quarantine_id: _Optional[str] = ...) -> None: ...

class ReplayQuarantinedResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[DocumentOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[DocumentOutcome, _Mapping]]] = ...) -> None: ...

class DismissQuarantinedRequest(_message.Message):
    __slots__ = ("quarantine_id",)
    QUARANTINE_ID_FIELD_NUMBER: _ClassVar[int]
    quarantine_id: str
    def __init__(self, quarantine_id: _Optional[str] = ...) -> None: ...

class DismissQuarantinedResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
