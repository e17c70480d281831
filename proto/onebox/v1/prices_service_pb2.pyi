import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PriceHead(_message.Message):
    __slots__ = ("network", "network_version", "make_time", "made_by", "parameters", "valid_from_time", "valid_until_time", "step_micros")
    class ParametersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    MAKE_TIME_FIELD_NUMBER: _ClassVar[int]
    MADE_BY_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    STEP_MICROS_FIELD_NUMBER: _ClassVar[int]
    network: str
    network_version: int
    make_time: _timestamp_pb2.Timestamp
    made_by: str
    parameters: _containers.ScalarMap[str, str]
    valid_from_time: _timestamp_pb2.Timestamp
    valid_until_time: _timestamp_pb2.Timestamp
    step_micros: int
    def __init__(self, network: _Optional[str] = ..., network_version: _Optional[int] = ..., make_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., made_by: _Optional[str] = ..., parameters: _Optional[_Mapping[str, str]] = ..., valid_from_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., valid_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., step_micros: _Optional[int] = ...) -> None: ...

class UnitPrice(_message.Message):
    __slots__ = ("sku", "node_id", "price_micros", "stock_units")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    STOCK_UNITS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    node_id: str
    price_micros: int
    stock_units: int
    def __init__(self, sku: _Optional[str] = ..., node_id: _Optional[str] = ..., price_micros: _Optional[int] = ..., stock_units: _Optional[int] = ...) -> None: ...

class DayPrice(_message.Message):
    __slots__ = ("node_id", "day", "price_micros")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    day: int
    price_micros: int
    def __init__(self, node_id: _Optional[str] = ..., day: _Optional[int] = ..., price_micros: _Optional[int] = ...) -> None: ...

class PriceVersion(_message.Message):
    __slots__ = ("version", "create_time", "content_hash", "comment", "current")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    version: int
    create_time: _timestamp_pb2.Timestamp
    content_hash: str
    comment: str
    current: bool
    def __init__(self, version: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., content_hash: _Optional[str] = ..., comment: _Optional[str] = ..., current: _Optional[bool] = ...) -> None: ...

class PublishPricesRequest(_message.Message):
    __slots__ = ("request_id", "head", "comment", "validate_only", "units", "days")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    head: PriceHead
    comment: str
    validate_only: bool
    units: _containers.RepeatedCompositeFieldContainer[UnitPrice]
    days: _containers.RepeatedCompositeFieldContainer[DayPrice]
    def __init__(self, request_id: _Optional[str] = ..., head: _Optional[_Union[PriceHead, _Mapping]] = ..., comment: _Optional[str] = ..., validate_only: _Optional[bool] = ..., units: _Optional[_Iterable[_Union[UnitPrice, _Mapping]]] = ..., days: _Optional[_Iterable[_Union[DayPrice, _Mapping]]] = ...) -> None: ...

class PublishPricesResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: PriceVersion
    def __init__(self, version: _Optional[_Union[PriceVersion, _Mapping]] = ...) -> None: ...

class GetPricesRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetPricesResponse(_message.Message):
    __slots__ = ("version", "head", "units", "days")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    version: PriceVersion
    head: PriceHead
    units: _containers.RepeatedCompositeFieldContainer[UnitPrice]
    days: _containers.RepeatedCompositeFieldContainer[DayPrice]
    def __init__(self, version: _Optional[_Union[PriceVersion, _Mapping]] = ..., head: _Optional[_Union[PriceHead, _Mapping]] = ..., units: _Optional[_Iterable[_Union[UnitPrice, _Mapping]]] = ..., days: _Optional[_Iterable[_Union[DayPrice, _Mapping]]] = ...) -> None: ...

class ListPriceVersionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPriceVersionsResponse(_message.Message):
    __slots__ = ("versions", "next_page_token")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[PriceVersion]
    next_page_token: str
    def __init__(self, versions: _Optional[_Iterable[_Union[PriceVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
