import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import life_pb2 as _life_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebhookEndpoint(_message.Message):
    __slots__ = ("name", "url", "orders_waiting", "dead_letters")
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    ORDERS_WAITING_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    url: str
    orders_waiting: int
    dead_letters: int
    def __init__(self, name: _Optional[str] = ..., url: _Optional[str] = ..., orders_waiting: _Optional[int] = ..., dead_letters: _Optional[int] = ...) -> None: ...

class DeadLetter(_message.Message):
    __slots__ = ("webhook_id", "event", "given_up_time", "status")
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    GIVEN_UP_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    webhook_id: str
    event: _life_pb2.LifeEvent
    given_up_time: _timestamp_pb2.Timestamp
    status: int
    def __init__(self, webhook_id: _Optional[str] = ..., event: _Optional[_Union[_life_pb2.LifeEvent, _Mapping]] = ..., given_up_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[int] = ...) -> None: ...

class ListWebhookEndpointsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWebhookEndpointsResponse(_message.Message):
    __slots__ = ("endpoints",)
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    endpoints: _containers.RepeatedCompositeFieldContainer[WebhookEndpoint]
    def __init__(self, endpoints: _Optional[_Iterable[_Union[WebhookEndpoint, _Mapping]]] = ...) -> None: ...

class ListDeadLettersRequest(_message.Message):
    __slots__ = ("endpoint", "order_id", "limit")
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    endpoint: str
    order_id: str
    limit: int
    def __init__(self, endpoint: _Optional[str] = ..., order_id: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class ListDeadLettersResponse(_message.Message):
    __slots__ = ("dead_letters",)
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    dead_letters: _containers.RepeatedCompositeFieldContainer[DeadLetter]
    def __init__(self, dead_letters: _Optional[_Iterable[_Union[DeadLetter, _Mapping]]] = ...) -> None: ...

class GetDeadLetterRequest(_message.Message):
    __slots__ = ("endpoint", "webhook_id")
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    endpoint: str
    webhook_id: str
    def __init__(self, endpoint: _Optional[str] = ..., webhook_id: _Optional[str] = ...) -> None: ...

class GetDeadLetterResponse(_message.Message):
    __slots__ = ("dead_letter",)
    DEAD_LETTER_FIELD_NUMBER: _ClassVar[int]
    dead_letter: DeadLetter
    def __init__(self, dead_letter: _Optional[_Union[DeadLetter, _Mapping]] = ...) -> None: ...

class ReviveDeadLettersRequest(_message.Message):
    __slots__ = ("endpoint", "webhook_ids")
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_IDS_FIELD_NUMBER: _ClassVar[int]
    endpoint: str
    webhook_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, endpoint: _Optional[str] = ..., webhook_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReviveDeadLettersResponse(_message.Message):
    __slots__ = ("revived",)
    REVIVED_FIELD_NUMBER: _ClassVar[int]
    revived: int
    def __init__(self, revived: _Optional[int] = ...) -> None: ...
