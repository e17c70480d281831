import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import order_pb2 as _order_pb2
from onebox.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SimulateRequest(_message.Message):
    __slots__ = ("terms", "orders", "stock")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    terms: StudyTerms
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.Order]
    stock: _containers.RepeatedCompositeFieldContainer[OpeningStock]
    def __init__(self, terms: _Optional[_Union[StudyTerms, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[_order_pb2.Order, _Mapping]]] = ..., stock: _Optional[_Iterable[_Union[OpeningStock, _Mapping]]] = ...) -> None: ...

class OpeningStock(_message.Message):
    __slots__ = ("sku", "node_id", "on_hand", "safety_stock", "protected")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    PROTECTED_FIELD_NUMBER: _ClassVar[int]
    sku: str
    node_id: str
    on_hand: int
    safety_stock: int
    protected: int
    def __init__(self, sku: _Optional[str] = ..., node_id: _Optional[str] = ..., on_hand: _Optional[int] = ..., safety_stock: _Optional[int] = ..., protected: _Optional[int] = ...) -> None: ...

class StudyTerms(_message.Message):
    __slots__ = ("network_version", "scenarios", "rules", "replications", "seed", "history")
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    SCENARIOS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    REPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    network_version: int
    scenarios: _containers.RepeatedCompositeFieldContainer[Scenario]
    rules: bool
    replications: int
    seed: int
    history: History
    def __init__(self, network_version: _Optional[int] = ..., scenarios: _Optional[_Iterable[_Union[Scenario, _Mapping]]] = ..., rules: _Optional[bool] = ..., replications: _Optional[int] = ..., seed: _Optional[int] = ..., history: _Optional[_Union[History, _Mapping]] = ...) -> None: ...

class History(_message.Message):
    __slots__ = ("from_time", "to_time")
    FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    TO_TIME_FIELD_NUMBER: _ClassVar[int]
    from_time: _timestamp_pb2.Timestamp
    to_time: _timestamp_pb2.Timestamp
    def __init__(self, from_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., to_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Scenario(_message.Message):
    __slots__ = ("toml", "changes")
    TOML_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    toml: str
    changes: ScenarioChanges
    def __init__(self, toml: _Optional[str] = ..., changes: _Optional[_Union[ScenarioChanges, _Mapping]] = ...) -> None: ...

class ScenarioChanges(_message.Message):
    __slots__ = ("name", "description", "solver", "nodes", "stock", "demand", "rates", "cutoffs", "policy", "luck")
    class PolicyEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    RATES_FIELD_NUMBER: _ClassVar[int]
    CUTOFFS_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    LUCK_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    solver: str
    nodes: NodeChanges
    stock: StockChanges
    demand: DemandChanges
    rates: _containers.RepeatedCompositeFieldContainer[RateScale]
    cutoffs: _containers.RepeatedCompositeFieldContainer[CutoffShift]
    policy: _containers.ScalarMap[str, str]
    luck: Luck
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., solver: _Optional[str] = ..., nodes: _Optional[_Union[NodeChanges, _Mapping]] = ..., stock: _Optional[_Union[StockChanges, _Mapping]] = ..., demand: _Optional[_Union[DemandChanges, _Mapping]] = ..., rates: _Optional[_Iterable[_Union[RateScale, _Mapping]]] = ..., cutoffs: _Optional[_Iterable[_Union[CutoffShift, _Mapping]]] = ..., policy: _Optional[_Mapping[str, str]] = ..., luck: _Optional[_Union[Luck, _Mapping]] = ...) -> None: ...

class NodeChanges(_message.Message):
    __slots__ = ("close", "redirect_pickup_km", "add", "move", "change")
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    REDIRECT_PICKUP_KM_FIELD_NUMBER: _ClassVar[int]
    ADD_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    close: _containers.RepeatedScalarFieldContainer[str]
    redirect_pickup_km: float
    add: _containers.RepeatedCompositeFieldContainer[AddedNode]
    move: _containers.RepeatedCompositeFieldContainer[MovedNode]
    change: _containers.RepeatedCompositeFieldContainer[ChangedNodes]
    def __init__(self, close: _Optional[_Iterable[str]] = ..., redirect_pickup_km: _Optional[float] = ..., add: _Optional[_Iterable[_Union[AddedNode, _Mapping]]] = ..., move: _Optional[_Iterable[_Union[MovedNode, _Mapping]]] = ..., change: _Optional[_Iterable[_Union[ChangedNodes, _Mapping]]] = ...) -> None: ...

class AddedNode(_message.Message):
    __slots__ = ("node_id", "like", "name", "latitude", "longitude", "postal_code", "time_zone", "stock")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LIKE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    like: str
    name: str
    latitude: float
    longitude: float
    postal_code: str
    time_zone: str
    stock: float
    def __init__(self, node_id: _Optional[str] = ..., like: _Optional[str] = ..., name: _Optional[str] = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., postal_code: _Optional[str] = ..., time_zone: _Optional[str] = ..., stock: _Optional[float] = ...) -> None: ...

class MovedNode(_message.Message):
    __slots__ = ("node_id", "latitude", "longitude", "postal_code", "time_zone")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    latitude: float
    longitude: float
    postal_code: str
    time_zone: str
    def __init__(self, node_id: _Optional[str] = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., postal_code: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class ChangedNodes(_message.Message):
    __slots__ = ("nodes", "types", "daily_order_capacity", "daily_unit_capacity", "lead_time_minutes", "reject_rate", "safety_stock", "handling_per_shipment", "handling_per_unit")
    NODES_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    DAILY_ORDER_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    DAILY_UNIT_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    LEAD_TIME_MINUTES_FIELD_NUMBER: _ClassVar[int]
    REJECT_RATE_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_SHIPMENT_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_UNIT_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedScalarFieldContainer[str]
    types: _containers.RepeatedScalarFieldContainer[_types_pb2.NodeType]
    daily_order_capacity: int
    daily_unit_capacity: int
    lead_time_minutes: int
    reject_rate: float
    safety_stock: int
    handling_per_shipment: _types_pb2.Money
    handling_per_unit: _types_pb2.Money
    def __init__(self, nodes: _Optional[_Iterable[str]] = ..., types: _Optional[_Iterable[_Union[_types_pb2.NodeType, str]]] = ..., daily_order_capacity: _Optional[int] = ..., daily_unit_capacity: _Optional[int] = ..., lead_time_minutes: _Optional[int] = ..., reject_rate: _Optional[float] = ..., safety_stock: _Optional[int] = ..., handling_per_shipment: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., handling_per_unit: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class StockChanges(_message.Message):
    __slots__ = ("scale", "move")
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    scale: _containers.RepeatedCompositeFieldContainer[StockScale]
    move: _containers.RepeatedCompositeFieldContainer[StockMove]
    def __init__(self, scale: _Optional[_Iterable[_Union[StockScale, _Mapping]]] = ..., move: _Optional[_Iterable[_Union[StockMove, _Mapping]]] = ...) -> None: ...

class StockScale(_message.Message):
    __slots__ = ("by", "nodes", "types", "skus")
    BY_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    SKUS_FIELD_NUMBER: _ClassVar[int]
    by: float
    nodes: _containers.RepeatedScalarFieldContainer[str]
    types: _containers.RepeatedScalarFieldContainer[_types_pb2.NodeType]
    skus: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, by: _Optional[float] = ..., nodes: _Optional[_Iterable[str]] = ..., types: _Optional[_Iterable[_Union[_types_pb2.NodeType, str]]] = ..., skus: _Optional[_Iterable[str]] = ...) -> None: ...

class StockMove(_message.Message):
    __slots__ = ("to", "share")
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    to: str
    share: float
    def __init__(self, to: _Optional[str] = ..., share: _Optional[float] = ..., **kwargs) -> None: ...

class DemandChanges(_message.Message):
    __slots__ = ("scale", "region", "resample")
    SCALE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    RESAMPLE_FIELD_NUMBER: _ClassVar[int]
    scale: float
    region: _containers.RepeatedCompositeFieldContainer[DemandRegion]
    resample: bool
    def __init__(self, scale: _Optional[float] = ..., region: _Optional[_Iterable[_Union[DemandRegion, _Mapping]]] = ..., resample: _Optional[bool] = ...) -> None: ...

class DemandRegion(_message.Message):
    __slots__ = ("postal_prefix", "by")
    POSTAL_PREFIX_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    postal_prefix: str
    by: float
    def __init__(self, postal_prefix: _Optional[str] = ..., by: _Optional[float] = ...) -> None: ...

class RateScale(_message.Message):
    __slots__ = ("carrier", "level", "by")
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    carrier: str
    level: _types_pb2.ServiceLevel
    by: float
    def __init__(self, carrier: _Optional[str] = ..., level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., by: _Optional[float] = ...) -> None: ...

class CutoffShift(_message.Message):
    __slots__ = ("carrier", "level", "minutes")
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    MINUTES_FIELD_NUMBER: _ClassVar[int]
    carrier: str
    level: _types_pb2.ServiceLevel
    minutes: int
    def __init__(self, carrier: _Optional[str] = ..., level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., minutes: _Optional[int] = ...) -> None: ...

class Luck(_message.Message):
    __slots__ = ("reject_scale", "short_pick", "abandoned", "returned", "return_days", "max_rounds")
    REJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    SHORT_PICK_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    RETURN_DAYS_FIELD_NUMBER: _ClassVar[int]
    MAX_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    reject_scale: float
    short_pick: float
    abandoned: float
    returned: float
    return_days: int
    max_rounds: int
    def __init__(self, reject_scale: _Optional[float] = ..., short_pick: _Optional[float] = ..., abandoned: _Optional[float] = ..., returned: _Optional[float] = ..., return_days: _Optional[int] = ..., max_rounds: _Optional[int] = ...) -> None: ...

class Estimate(_message.Message):
    __slots__ = ("mean", "half_width")
    MEAN_FIELD_NUMBER: _ClassVar[int]
    HALF_WIDTH_FIELD_NUMBER: _ClassVar[int]
    mean: float
    half_width: float
    def __init__(self, mean: _Optional[float] = ..., half_width: _Optional[float] = ...) -> None: ...

class SimulateResponse(_message.Message):
    __slots__ = ("progress", "study")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    STUDY_FIELD_NUMBER: _ClassVar[int]
    progress: StudyProgress
    study: Study
    def __init__(self, progress: _Optional[_Union[StudyProgress, _Mapping]] = ..., study: _Optional[_Union[Study, _Mapping]] = ...) -> None: ...

class StudyProgress(_message.Message):
    __slots__ = ("runs_done", "runs", "orders_decided", "orders", "elapsed_s", "estimates")
    RUNS_DONE_FIELD_NUMBER: _ClassVar[int]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_DECIDED_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_S_FIELD_NUMBER: _ClassVar[int]
    ESTIMATES_FIELD_NUMBER: _ClassVar[int]
    runs_done: int
    runs: int
    orders_decided: int
    orders: int
    elapsed_s: float
    estimates: _containers.RepeatedCompositeFieldContainer[RunningEstimate]
    def __init__(self, runs_done: _Optional[int] = ..., runs: _Optional[int] = ..., orders_decided: _Optional[int] = ..., orders: _Optional[int] = ..., elapsed_s: _Optional[float] = ..., estimates: _Optional[_Iterable[_Union[RunningEstimate, _Mapping]]] = ...) -> None: ...

class RunningEstimate(_message.Message):
    __slots__ = ("scenario", "replications", "cost_per_order", "difference")
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    REPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    COST_PER_ORDER_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    scenario: str
    replications: int
    cost_per_order: Estimate
    difference: Estimate
    def __init__(self, scenario: _Optional[str] = ..., replications: _Optional[int] = ..., cost_per_order: _Optional[_Union[Estimate, _Mapping]] = ..., difference: _Optional[_Union[Estimate, _Mapping]] = ...) -> None: ...

class Study(_message.Message):
    __slots__ = ("study_id", "network_version", "currency_code", "orders", "orders_left_out", "replications", "seed", "scenarios", "expiry_time")
    STUDY_ID_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    REPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    SCENARIOS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    study_id: str
    network_version: int
    currency_code: str
    orders: int
    orders_left_out: int
    replications: int
    seed: int
    scenarios: _containers.RepeatedCompositeFieldContainer[ScenarioResult]
    expiry_time: _timestamp_pb2.Timestamp
    def __init__(self, study_id: _Optional[str] = ..., network_version: _Optional[int] = ..., currency_code: _Optional[str] = ..., orders: _Optional[int] = ..., orders_left_out: _Optional[int] = ..., replications: _Optional[int] = ..., seed: _Optional[int] = ..., scenarios: _Optional[_Iterable[_Union[ScenarioResult, _Mapping]]] = ..., expiry_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScenarioResult(_message.Message):
    __slots__ = ("scenario", "figures", "differences")
    class FiguresEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Estimate
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Estimate, _Mapping]] = ...) -> None: ...
    class DifferencesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Estimate
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Estimate, _Mapping]] = ...) -> None: ...
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    scenario: str
    figures: _containers.MessageMap[str, Estimate]
    differences: _containers.MessageMap[str, Estimate]
    def __init__(self, scenario: _Optional[str] = ..., figures: _Optional[_Mapping[str, Estimate]] = ..., differences: _Optional[_Mapping[str, Estimate]] = ...) -> None: ...

class StudiedScenario(_message.Message):
    __slots__ = ("study_id", "scenario")
    STUDY_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    study_id: str
    scenario: str
    def __init__(self, study_id: _Optional[str] = ..., scenario: _Optional[str] = ...) -> None: ...

class CompareRequest(_message.Message):
    __slots__ = ("base", "other")
    BASE_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    base: StudiedScenario
    other: StudiedScenario
    def __init__(self, base: _Optional[_Union[StudiedScenario, _Mapping]] = ..., other: _Optional[_Union[StudiedScenario, _Mapping]] = ...) -> None: ...

class CompareResponse(_message.Message):
    __slots__ = ("base", "other", "replications")
    BASE_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    REPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    base: ScenarioResult
    other: ScenarioResult
    replications: int
    def __init__(self, base: _Optional[_Union[ScenarioResult, _Mapping]] = ..., other: _Optional[_Union[ScenarioResult, _Mapping]] = ..., replications: _Optional[int] = ...) -> None: ...
