from onebox.v1 import life_pb2 as _life_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuthoriseReturnRequest(_message.Message):
    __slots__ = ("request_id", "order_id", "lines", "node_id", "exchange", "refund_shipping", "actor", "reason", "drop_off_node_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REFUND_SHIPPING_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DROP_OFF_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    order_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnWish]
    node_id: str
    exchange: bool
    refund_shipping: bool
    actor: str
    reason: str
    drop_off_node_id: str
    def __init__(self, request_id: _Optional[str] = ..., order_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnWish, _Mapping]]] = ..., node_id: _Optional[str] = ..., exchange: _Optional[bool] = ..., refund_shipping: _Optional[bool] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ..., drop_off_node_id: _Optional[str] = ...) -> None: ...

class ReturnWish(_message.Message):
    __slots__ = ("line_id", "units", "condition", "replacement")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    units: int
    condition: _life_pb2.Condition
    replacement: _life_pb2.Replacement
    def __init__(self, line_id: _Optional[str] = ..., units: _Optional[int] = ..., condition: _Optional[_Union[_life_pb2.Condition, str]] = ..., replacement: _Optional[_Union[_life_pb2.Replacement, _Mapping]] = ...) -> None: ...

class HandInReturnRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "node_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    node_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., node_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class HandInReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class AuthoriseReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class ReceiveReturnRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "node_id", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    node_id: str
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., node_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReceiveReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class GradeReturnRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "lines", "actor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    lines: _containers.RepeatedCompositeFieldContainer[_life_pb2.ReturnedLine]
    actor: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[_life_pb2.ReturnedLine, _Mapping]]] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class GradeReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...

class CancelReturnRequest(_message.Message):
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

class CancelReturnResponse(_message.Message):
    __slots__ = ("life",)
    LIFE_FIELD_NUMBER: _ClassVar[int]
    life: _life_pb2.Life
    def __init__(self, life: _Optional[_Union[_life_pb2.Life, _Mapping]] = ...) -> None: ...
