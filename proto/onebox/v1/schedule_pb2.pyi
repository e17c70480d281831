import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import life_pb2 as _life_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScheduleUnit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCHEDULE_UNIT_UNSPECIFIED: _ClassVar[ScheduleUnit]
    SCHEDULE_UNIT_DAY: _ClassVar[ScheduleUnit]
    SCHEDULE_UNIT_WEEK: _ClassVar[ScheduleUnit]
    SCHEDULE_UNIT_MONTH: _ClassVar[ScheduleUnit]

class ScheduleState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCHEDULE_STATE_UNSPECIFIED: _ClassVar[ScheduleState]
    SCHEDULE_STATE_ACTIVE: _ClassVar[ScheduleState]
    SCHEDULE_STATE_PAUSED: _ClassVar[ScheduleState]
    SCHEDULE_STATE_ENDED: _ClassVar[ScheduleState]
SCHEDULE_UNIT_UNSPECIFIED: ScheduleUnit
SCHEDULE_UNIT_DAY: ScheduleUnit
SCHEDULE_UNIT_WEEK: ScheduleUnit
SCHEDULE_UNIT_MONTH: ScheduleUnit
SCHEDULE_STATE_UNSPECIFIED: ScheduleState
SCHEDULE_STATE_ACTIVE: ScheduleState
SCHEDULE_STATE_PAUSED: ScheduleState
SCHEDULE_STATE_ENDED: ScheduleState

class Schedule(_message.Message):
    __slots__ = ("schedule_id", "content", "first_time", "time_zone", "every", "unit", "times", "deliver_in_days", "state", "next_number", "next_time", "skipped_numbers")
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    FIRST_TIME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    EVERY_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    DELIVER_IN_DAYS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    NEXT_TIME_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    schedule_id: str
    content: _life_pb2.OrderContent
    first_time: _timestamp_pb2.Timestamp
    time_zone: str
    every: int
    unit: ScheduleUnit
    times: int
    deliver_in_days: int
    state: ScheduleState
    next_number: int
    next_time: _timestamp_pb2.Timestamp
    skipped_numbers: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, schedule_id: _Optional[str] = ..., content: _Optional[_Union[_life_pb2.OrderContent, _Mapping]] = ..., first_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., time_zone: _Optional[str] = ..., every: _Optional[int] = ..., unit: _Optional[_Union[ScheduleUnit, str]] = ..., times: _Optional[int] = ..., deliver_in_days: _Optional[int] = ..., state: _Optional[_Union[ScheduleState, str]] = ..., next_number: _Optional[int] = ..., next_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., skipped_numbers: _Optional[_Iterable[int]] = ...) -> None: ...
