import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import network_pb2 as _network_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ResourceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOURCE_KIND_UNSPECIFIED: _ClassVar[ResourceKind]
    RESOURCE_KIND_NODE: _ClassVar[ResourceKind]
    RESOURCE_KIND_ITEM: _ClassVar[ResourceKind]
    RESOURCE_KIND_CARTON: _ClassVar[ResourceKind]
    RESOURCE_KIND_CARRIER: _ClassVar[ResourceKind]
    RESOURCE_KIND_SERVICE: _ClassVar[ResourceKind]
    RESOURCE_KIND_TRANSFER_LANE: _ClassVar[ResourceKind]
    RESOURCE_KIND_CUTOFF_OVERRIDE: _ClassVar[ResourceKind]
    RESOURCE_KIND_CALENDAR: _ClassVar[ResourceKind]
    RESOURCE_KIND_PLACE: _ClassVar[ResourceKind]
    RESOURCE_KIND_POLICY: _ClassVar[ResourceKind]
RESOURCE_KIND_UNSPECIFIED: ResourceKind
RESOURCE_KIND_NODE: ResourceKind
RESOURCE_KIND_ITEM: ResourceKind
RESOURCE_KIND_CARTON: ResourceKind
RESOURCE_KIND_CARRIER: ResourceKind
RESOURCE_KIND_SERVICE: ResourceKind
RESOURCE_KIND_TRANSFER_LANE: ResourceKind
RESOURCE_KIND_CUTOFF_OVERRIDE: ResourceKind
RESOURCE_KIND_CALENDAR: ResourceKind
RESOURCE_KIND_PLACE: ResourceKind
RESOURCE_KIND_POLICY: ResourceKind

class ResourceKey(_message.Message):
    __slots__ = ("kind", "parts")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    kind: ResourceKind
    parts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kind: _Optional[_Union[ResourceKind, str]] = ..., parts: _Optional[_Iterable[str]] = ...) -> None: ...

class NetworkVersion(_message.Message):
    __slots__ = ("version", "name", "create_time", "content_hash", "comment", "current")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    version: int
    name: str
    create_time: _timestamp_pb2.Timestamp
    content_hash: str
    comment: str
    current: bool
    def __init__(self, version: _Optional[int] = ..., name: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., content_hash: _Optional[str] = ..., comment: _Optional[str] = ..., current: _Optional[bool] = ...) -> None: ...

class ResourceCounts(_message.Message):
    __slots__ = ("nodes", "items", "cartons", "carriers", "services", "transfer_lanes", "cutoff_overrides", "calendars", "places")
    NODES_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    CARTONS_FIELD_NUMBER: _ClassVar[int]
    CARRIERS_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_LANES_FIELD_NUMBER: _ClassVar[int]
    CUTOFF_OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    CALENDARS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    nodes: int
    items: int
    cartons: int
    carriers: int
    services: int
    transfer_lanes: int
    cutoff_overrides: int
    calendars: int
    places: int
    def __init__(self, nodes: _Optional[int] = ..., items: _Optional[int] = ..., cartons: _Optional[int] = ..., carriers: _Optional[int] = ..., services: _Optional[int] = ..., transfer_lanes: _Optional[int] = ..., cutoff_overrides: _Optional[int] = ..., calendars: _Optional[int] = ..., places: _Optional[int] = ...) -> None: ...

class ReplaceNetworkRequest(_message.Message):
    __slots__ = ("request_id", "validate_only", "name", "comment", "resources")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    validate_only: bool
    name: str
    comment: str
    resources: _containers.RepeatedCompositeFieldContainer[_network_pb2.Resource]
    def __init__(self, request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., name: _Optional[str] = ..., comment: _Optional[str] = ..., resources: _Optional[_Iterable[_Union[_network_pb2.Resource, _Mapping]]] = ...) -> None: ...

class ReplaceNetworkResponse(_message.Message):
    __slots__ = ("version", "counts")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    version: NetworkVersion
    counts: ResourceCounts
    def __init__(self, version: _Optional[_Union[NetworkVersion, _Mapping]] = ..., counts: _Optional[_Union[ResourceCounts, _Mapping]] = ...) -> None: ...

class ApplyResourcesRequest(_message.Message):
    __slots__ = ("request_id", "validate_only", "base_version", "resources", "removals", "comment")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    BASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    REMOVALS_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    validate_only: bool
    base_version: int
    resources: _containers.RepeatedCompositeFieldContainer[_network_pb2.Resource]
    removals: _containers.RepeatedCompositeFieldContainer[ResourceKey]
    comment: str
    def __init__(self, request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., base_version: _Optional[int] = ..., resources: _Optional[_Iterable[_Union[_network_pb2.Resource, _Mapping]]] = ..., removals: _Optional[_Iterable[_Union[ResourceKey, _Mapping]]] = ..., comment: _Optional[str] = ...) -> None: ...

class ApplyResourcesResponse(_message.Message):
    __slots__ = ("version", "counts")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    version: NetworkVersion
    counts: ResourceCounts
    def __init__(self, version: _Optional[_Union[NetworkVersion, _Mapping]] = ..., counts: _Optional[_Union[ResourceCounts, _Mapping]] = ...) -> None: ...

class GetNetworkRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetNetworkResponse(_message.Message):
    __slots__ = ("version", "resources")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    version: NetworkVersion
    resources: _containers.RepeatedCompositeFieldContainer[_network_pb2.Resource]
    def __init__(self, version: _Optional[_Union[NetworkVersion, _Mapping]] = ..., resources: _Optional[_Iterable[_Union[_network_pb2.Resource, _Mapping]]] = ...) -> None: ...

class GetResourceRequest(_message.Message):
    __slots__ = ("key", "version")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    key: ResourceKey
    version: int
    def __init__(self, key: _Optional[_Union[ResourceKey, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class GetResourceResponse(_message.Message):
    __slots__ = ("resource", "version")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    resource: _network_pb2.Resource
    version: int
    def __init__(self, resource: _Optional[_Union[_network_pb2.Resource, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class ListResourcesRequest(_message.Message):
    __slots__ = ("kind", "version", "page_size", "page_token")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    kind: ResourceKind
    version: int
    page_size: int
    page_token: str
    def __init__(self, kind: _Optional[_Union[ResourceKind, str]] = ..., version: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListResourcesResponse(_message.Message):
    __slots__ = ("resources", "next_page_token", "version")
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    resources: _containers.RepeatedCompositeFieldContainer[_network_pb2.Resource]
    next_page_token: str
    version: int
    def __init__(self, resources: _Optional[_Iterable[_Union[_network_pb2.Resource, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ListVersionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListVersionsResponse(_message.Message):
    __slots__ = ("versions", "next_page_token")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[NetworkVersion]
    next_page_token: str
    def __init__(self, versions: _Optional[_Iterable[_Union[NetworkVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RollbackNetworkRequest(_message.Message):
    __slots__ = ("request_id", "version", "comment")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    version: int
    comment: str
    def __init__(self, request_id: _Optional[str] = ..., version: _Optional[int] = ..., comment: _Optional[str] = ...) -> None: ...

class RollbackNetworkResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: NetworkVersion
    def __init__(self, version: _Optional[_Union[NetworkVersion, _Mapping]] = ...) -> None: ...
