from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ServiceLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVICE_LEVEL_UNSPECIFIED: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_GROUND: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_TWO_DAY: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_OVERNIGHT: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_SAME_DAY: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_PICKUP: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_SHIP_TO_STORE: _ClassVar[ServiceLevel]

class NodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NODE_TYPE_UNSPECIFIED: _ClassVar[NodeType]
    NODE_TYPE_DC: _ClassVar[NodeType]
    NODE_TYPE_STORE: _ClassVar[NodeType]
    NODE_TYPE_VENDOR: _ClassVar[NodeType]

class Divide(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIVIDE_UNSPECIFIED: _ClassVar[Divide]
    DIVIDE_NEVER: _ClassVar[Divide]
    DIVIDE_WHEN_NEEDED: _ClassVar[Divide]
    DIVIDE_FREELY: _ClassVar[Divide]

class Weekday(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEEKDAY_UNSPECIFIED: _ClassVar[Weekday]
    WEEKDAY_MONDAY: _ClassVar[Weekday]
    WEEKDAY_TUESDAY: _ClassVar[Weekday]
    WEEKDAY_WEDNESDAY: _ClassVar[Weekday]
    WEEKDAY_THURSDAY: _ClassVar[Weekday]
    WEEKDAY_FRIDAY: _ClassVar[Weekday]
    WEEKDAY_SATURDAY: _ClassVar[Weekday]
    WEEKDAY_SUNDAY: _ClassVar[Weekday]
SERVICE_LEVEL_UNSPECIFIED: ServiceLevel
SERVICE_LEVEL_GROUND: ServiceLevel
SERVICE_LEVEL_TWO_DAY: ServiceLevel
SERVICE_LEVEL_OVERNIGHT: ServiceLevel
SERVICE_LEVEL_SAME_DAY: ServiceLevel
SERVICE_LEVEL_PICKUP: ServiceLevel
SERVICE_LEVEL_SHIP_TO_STORE: ServiceLevel
NODE_TYPE_UNSPECIFIED: NodeType
NODE_TYPE_DC: NodeType
NODE_TYPE_STORE: NodeType
NODE_TYPE_VENDOR: NodeType
DIVIDE_UNSPECIFIED: Divide
DIVIDE_NEVER: Divide
DIVIDE_WHEN_NEEDED: Divide
DIVIDE_FREELY: Divide
WEEKDAY_UNSPECIFIED: Weekday
WEEKDAY_MONDAY: Weekday
WEEKDAY_TUESDAY: Weekday
WEEKDAY_WEDNESDAY: Weekday
WEEKDAY_THURSDAY: Weekday
WEEKDAY_FRIDAY: Weekday
WEEKDAY_SATURDAY: Weekday
WEEKDAY_SUNDAY: Weekday

class Money(_message.Message):
    __slots__ = ("currency_code", "units", "nanos")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    NANOS_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    units: int
    nanos: int
    def __init__(self, currency_code: _Optional[str] = ..., units: _Optional[int] = ..., nanos: _Optional[int] = ...) -> None: ...
