from onebox.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Pricing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRICING_UNSPECIFIED: _ClassVar[Pricing]
    PRICING_RATE_CARD: _ClassVar[Pricing]
    PRICING_DISTANCE: _ClassVar[Pricing]

class ItemFlag(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ITEM_FLAG_UNSPECIFIED: _ClassVar[ItemFlag]
    ITEM_FLAG_HAZMAT: _ClassVar[ItemFlag]
    ITEM_FLAG_SHIP_ALONE: _ClassVar[ItemFlag]
    ITEM_FLAG_OVERSIZE: _ClassVar[ItemFlag]
    ITEM_FLAG_COLD: _ClassVar[ItemFlag]
    ITEM_FLAG_MUST_NOT_SPLIT: _ClassVar[ItemFlag]

class Objective(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OBJECTIVE_UNSPECIFIED: _ClassVar[Objective]
    OBJECTIVE_COST: _ClassVar[Objective]
    OBJECTIVE_SHIPMENTS: _ClassVar[Objective]
PRICING_UNSPECIFIED: Pricing
PRICING_RATE_CARD: Pricing
PRICING_DISTANCE: Pricing
ITEM_FLAG_UNSPECIFIED: ItemFlag
ITEM_FLAG_HAZMAT: ItemFlag
ITEM_FLAG_SHIP_ALONE: ItemFlag
ITEM_FLAG_OVERSIZE: ItemFlag
ITEM_FLAG_COLD: ItemFlag
ITEM_FLAG_MUST_NOT_SPLIT: ItemFlag
OBJECTIVE_UNSPECIFIED: Objective
OBJECTIVE_COST: Objective
OBJECTIVE_SHIPMENTS: Objective

class OpenHours(_message.Message):
    __slots__ = ("weekday", "opening_minute", "closing_minute")
    WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    OPENING_MINUTE_FIELD_NUMBER: _ClassVar[int]
    CLOSING_MINUTE_FIELD_NUMBER: _ClassVar[int]
    weekday: _types_pb2.Weekday
    opening_minute: int
    closing_minute: int
    def __init__(self, weekday: _Optional[_Union[_types_pb2.Weekday, str]] = ..., opening_minute: _Optional[int] = ..., closing_minute: _Optional[int] = ...) -> None: ...

class Cutoff(_message.Message):
    __slots__ = ("weekday", "minute")
    WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    MINUTE_FIELD_NUMBER: _ClassVar[int]
    weekday: _types_pb2.Weekday
    minute: int
    def __init__(self, weekday: _Optional[_Union[_types_pb2.Weekday, str]] = ..., minute: _Optional[int] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ("node_id", "name", "type", "country", "postal_code", "latitude", "longitude", "time_zone", "open_hours", "services", "daily_order_capacity", "daily_unit_capacity", "handling_per_shipment_micros", "handling_per_unit_micros", "lead_time_s", "reject_rate_ppm", "safety_stock", "channels", "holidays", "handles_cold", "handles_hazmat")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OPEN_HOURS_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    DAILY_ORDER_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    DAILY_UNIT_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_SHIPMENT_MICROS_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_UNIT_MICROS_FIELD_NUMBER: _ClassVar[int]
    LEAD_TIME_S_FIELD_NUMBER: _ClassVar[int]
    REJECT_RATE_PPM_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HOLIDAYS_FIELD_NUMBER: _ClassVar[int]
    HANDLES_COLD_FIELD_NUMBER: _ClassVar[int]
    HANDLES_HAZMAT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    name: str
    type: _types_pb2.NodeType
    country: str
    postal_code: str
    latitude: float
    longitude: float
    time_zone: str
    open_hours: _containers.RepeatedCompositeFieldContainer[OpenHours]
    services: _containers.RepeatedScalarFieldContainer[_types_pb2.ServiceLevel]
    daily_order_capacity: int
    daily_unit_capacity: int
    handling_per_shipment_micros: int
    handling_per_unit_micros: int
    lead_time_s: int
    reject_rate_ppm: int
    safety_stock: int
    channels: _containers.RepeatedScalarFieldContainer[str]
    holidays: str
    handles_cold: bool
    handles_hazmat: bool
    def __init__(self, node_id: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[_Union[_types_pb2.NodeType, str]] = ..., country: _Optional[str] = ..., postal_code: _Optional[str] = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., time_zone: _Optional[str] = ..., open_hours: _Optional[_Iterable[_Union[OpenHours, _Mapping]]] = ..., services: _Optional[_Iterable[_Union[_types_pb2.ServiceLevel, str]]] = ..., daily_order_capacity: _Optional[int] = ..., daily_unit_capacity: _Optional[int] = ..., handling_per_shipment_micros: _Optional[int] = ..., handling_per_unit_micros: _Optional[int] = ..., lead_time_s: _Optional[int] = ..., reject_rate_ppm: _Optional[int] = ..., safety_stock: _Optional[int] = ..., channels: _Optional[_Iterable[str]] = ..., holidays: _Optional[str] = ..., handles_cold: _Optional[bool] = ..., handles_hazmat: _Optional[bool] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("sku", "name", "weight_g", "length_mm", "width_mm", "height_mm", "unit_value_micros", "flags")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    WIDTH_MM_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_MM_FIELD_NUMBER: _ClassVar[int]
    UNIT_VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    name: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    unit_value_micros: int
    flags: _containers.RepeatedScalarFieldContainer[ItemFlag]
    def __init__(self, sku: _Optional[str] = ..., name: _Optional[str] = ..., weight_g: _Optional[int] = ..., length_mm: _Optional[int] = ..., width_mm: _Optional[int] = ..., height_mm: _Optional[int] = ..., unit_value_micros: _Optional[int] = ..., flags: _Optional[_Iterable[_Union[ItemFlag, str]]] = ...) -> None: ...

class Carton(_message.Message):
    __slots__ = ("carton_id", "length_mm", "width_mm", "height_mm", "max_weight_g", "tare_g", "cost_micros")
    CARTON_ID_FIELD_NUMBER: _ClassVar[int]
    LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    WIDTH_MM_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_MM_FIELD_NUMBER: _ClassVar[int]
    MAX_WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    TARE_G_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    carton_id: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int
    tare_g: int
    cost_micros: int
    def __init__(self, carton_id: _Optional[str] = ..., length_mm: _Optional[int] = ..., width_mm: _Optional[int] = ..., height_mm: _Optional[int] = ..., max_weight_g: _Optional[int] = ..., tare_g: _Optional[int] = ..., cost_micros: _Optional[int] = ...) -> None: ...

class ZoneDistance(_message.Message):
    __slots__ = ("max_distance_m", "zone")
    MAX_DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    max_distance_m: int
    zone: int
    def __init__(self, max_distance_m: _Optional[int] = ..., zone: _Optional[int] = ...) -> None: ...

class ZoneEntry(_message.Message):
    __slots__ = ("origin_prefix", "destination_prefix", "zone")
    ORIGIN_PREFIX_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_PREFIX_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    origin_prefix: str
    destination_prefix: str
    zone: int
    def __init__(self, origin_prefix: _Optional[str] = ..., destination_prefix: _Optional[str] = ..., zone: _Optional[int] = ...) -> None: ...

class Carrier(_message.Message):
    __slots__ = ("carrier_id", "name", "zone_distances", "zone_entries")
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ZONE_DISTANCES_FIELD_NUMBER: _ClassVar[int]
    ZONE_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    carrier_id: str
    name: str
    zone_distances: _containers.RepeatedCompositeFieldContainer[ZoneDistance]
    zone_entries: _containers.RepeatedCompositeFieldContainer[ZoneEntry]
    def __init__(self, carrier_id: _Optional[str] = ..., name: _Optional[str] = ..., zone_distances: _Optional[_Iterable[_Union[ZoneDistance, _Mapping]]] = ..., zone_entries: _Optional[_Iterable[_Union[ZoneEntry, _Mapping]]] = ...) -> None: ...

class ServiceZone(_message.Message):
    __slots__ = ("zone", "transit_days", "carbon_g_per_kg")
    ZONE_FIELD_NUMBER: _ClassVar[int]
    TRANSIT_DAYS_FIELD_NUMBER: _ClassVar[int]
    CARBON_G_PER_KG_FIELD_NUMBER: _ClassVar[int]
    zone: int
    transit_days: int
    carbon_g_per_kg: int
    def __init__(self, zone: _Optional[int] = ..., transit_days: _Optional[int] = ..., carbon_g_per_kg: _Optional[int] = ...) -> None: ...

class RateStep(_message.Message):
    __slots__ = ("max_weight_g", "price_micros")
    MAX_WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    max_weight_g: int
    price_micros: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, max_weight_g: _Optional[int] = ..., price_micros: _Optional[_Iterable[int]] = ...) -> None: ...

class RateCard(_message.Message):
    __slots__ = ("zones", "steps")
    ZONES_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    zones: _containers.RepeatedScalarFieldContainer[int]
    steps: _containers.RepeatedCompositeFieldContainer[RateStep]
    def __init__(self, zones: _Optional[_Iterable[int]] = ..., steps: _Optional[_Iterable[_Union[RateStep, _Mapping]]] = ...) -> None: ...

class Service(_message.Message):
    __slots__ = ("carrier_id", "level", "name", "pricing", "cutoffs", "delivery_days", "delivered_by_minute", "max_weight_g", "max_length_mm", "max_length_plus_girth_mm", "dim_divisor_mm3_per_kg", "dim_threshold_mm3", "fuel_bp", "residential_surcharge_micros", "oversize_length_mm", "oversize_surcharge_micros", "hazmat_allowed", "cold_allowed", "base_price_micros", "price_per_km_micros", "radius_m", "duration_minutes", "holidays", "rate_card", "zones")
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRICING_FIELD_NUMBER: _ClassVar[int]
    CUTOFFS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_DAYS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_BY_MINUTE_FIELD_NUMBER: _ClassVar[int]
    MAX_WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_PLUS_GIRTH_MM_FIELD_NUMBER: _ClassVar[int]
    DIM_DIVISOR_MM3_PER_KG_FIELD_NUMBER: _ClassVar[int]
    DIM_THRESHOLD_MM3_FIELD_NUMBER: _ClassVar[int]
    FUEL_BP_FIELD_NUMBER: _ClassVar[int]
    RESIDENTIAL_SURCHARGE_MICROS_FIELD_NUMBER: _ClassVar[int]
    OVERSIZE_LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    OVERSIZE_SURCHARGE_MICROS_FIELD_NUMBER: _ClassVar[int]
    HAZMAT_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    COLD_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    BASE_PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    PRICE_PER_KM_MICROS_FIELD_NUMBER: _ClassVar[int]
    RADIUS_M_FIELD_NUMBER: _ClassVar[int]
    DURATION_MINUTES_FIELD_NUMBER: _ClassVar[int]
    HOLIDAYS_FIELD_NUMBER: _ClassVar[int]
    RATE_CARD_FIELD_NUMBER: _ClassVar[int]
    ZONES_FIELD_NUMBER: _ClassVar[int]
    carrier_id: str
    level: _types_pb2.ServiceLevel
    name: str
    pricing: Pricing
    cutoffs: _containers.RepeatedCompositeFieldContainer[Cutoff]
    delivery_days: _containers.RepeatedScalarFieldContainer[_types_pb2.Weekday]
    delivered_by_minute: int
    max_weight_g: int
    max_length_mm: int
    max_length_plus_girth_mm: int
    dim_divisor_mm3_per_kg: int
    dim_threshold_mm3: int
    fuel_bp: int
    residential_surcharge_micros: int
    oversize_length_mm: int
    oversize_surcharge_micros: int
    hazmat_allowed: bool
    cold_allowed: bool
    base_price_micros: int
    price_per_km_micros: int
    radius_m: int
    duration_minutes: int
    holidays: str
    rate_card: RateCard
    zones: _containers.RepeatedCompositeFieldContainer[ServiceZone]
    def __init__(self, carrier_id: _Optional[str] = ..., level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., name: _Optional[str] = ..., pricing: _Optional[_Union[Pricing, str]] = ..., cutoffs: _Optional[_Iterable[_Union[Cutoff, _Mapping]]] = ..., delivery_days: _Optional[_Iterable[_Union[_types_pb2.Weekday, str]]] = ..., delivered_by_minute: _Optional[int] = ..., max_weight_g: _Optional[int] = ..., max_length_mm: _Optional[int] = ..., max_length_plus_girth_mm: _Optional[int] = ..., dim_divisor_mm3_per_kg: _Optional[int] = ..., dim_threshold_mm3: _Optional[int] = ..., fuel_bp: _Optional[int] = ..., residential_surcharge_micros: _Optional[int] = ..., oversize_length_mm: _Optional[int] = ..., oversize_surcharge_micros: _Optional[int] = ..., hazmat_allowed: _Optional[bool] = ..., cold_allowed: _Optional[bool] = ..., base_price_micros: _Optional[int] = ..., price_per_km_micros: _Optional[int] = ..., radius_m: _Optional[int] = ..., duration_minutes: _Optional[int] = ..., holidays: _Optional[str] = ..., rate_card: _Optional[_Union[RateCard, _Mapping]] = ..., zones: _Optional[_Iterable[_Union[ServiceZone, _Mapping]]] = ...) -> None: ...

class TransferLane(_message.Message):
    __slots__ = ("origin", "destination", "fixed_micros", "per_kg_micros", "transit_days", "cutoffs", "max_distance_m", "carbon_g_per_kg")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    FIXED_MICROS_FIELD_NUMBER: _ClassVar[int]
    PER_KG_MICROS_FIELD_NUMBER: _ClassVar[int]
    TRANSIT_DAYS_FIELD_NUMBER: _ClassVar[int]
    CUTOFFS_FIELD_NUMBER: _ClassVar[int]
    MAX_DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    CARBON_G_PER_KG_FIELD_NUMBER: _ClassVar[int]
    origin: str
    destination: str
    fixed_micros: int
    per_kg_micros: int
    transit_days: int
    cutoffs: _containers.RepeatedCompositeFieldContainer[Cutoff]
    max_distance_m: int
    carbon_g_per_kg: int
    def __init__(self, origin: _Optional[str] = ..., destination: _Optional[str] = ..., fixed_micros: _Optional[int] = ..., per_kg_micros: _Optional[int] = ..., transit_days: _Optional[int] = ..., cutoffs: _Optional[_Iterable[_Union[Cutoff, _Mapping]]] = ..., max_distance_m: _Optional[int] = ..., carbon_g_per_kg: _Optional[int] = ...) -> None: ...

class CutoffOverride(_message.Message):
    __slots__ = ("node_id", "carrier_id", "level", "cutoffs")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    CUTOFFS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_id: str
    level: _types_pb2.ServiceLevel
    cutoffs: _containers.RepeatedCompositeFieldContainer[Cutoff]
    def __init__(self, node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., cutoffs: _Optional[_Iterable[_Union[Cutoff, _Mapping]]] = ...) -> None: ...

class Calendar(_message.Message):
    __slots__ = ("calendar_id", "dates")
    CALENDAR_ID_FIELD_NUMBER: _ClassVar[int]
    DATES_FIELD_NUMBER: _ClassVar[int]
    calendar_id: str
    dates: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, calendar_id: _Optional[str] = ..., dates: _Optional[_Iterable[str]] = ...) -> None: ...

class Place(_message.Message):
    __slots__ = ("country", "postal_prefix", "latitude", "longitude", "time_zone")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    POSTAL_PREFIX_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    country: str
    postal_prefix: str
    latitude: float
    longitude: float
    time_zone: str
    def __init__(self, country: _Optional[str] = ..., postal_prefix: _Optional[str] = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., time_zone: _Optional[str] = ...) -> None: ...

class PromiseRule(_message.Message):
    __slots__ = ("level", "days", "cutoff_minute", "delivery_days")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    CUTOFF_MINUTE_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_DAYS_FIELD_NUMBER: _ClassVar[int]
    level: _types_pb2.ServiceLevel
    days: int
    cutoff_minute: int
    delivery_days: _containers.RepeatedScalarFieldContainer[_types_pb2.Weekday]
    def __init__(self, level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., days: _Optional[int] = ..., cutoff_minute: _Optional[int] = ..., delivery_days: _Optional[_Iterable[_Union[_types_pb2.Weekday, str]]] = ...) -> None: ...

class BatchWindow(_message.Message):
    __slots__ = ("channel", "level", "wait_ms")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    WAIT_MS_FIELD_NUMBER: _ClassVar[int]
    channel: str
    level: _types_pb2.ServiceLevel
    wait_ms: int
    def __init__(self, channel: _Optional[str] = ..., level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., wait_ms: _Optional[int] = ...) -> None: ...

class CarrierLimit(_message.Message):
    __slots__ = ("node_id", "carrier_id", "service_level", "shipments")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_id: str
    service_level: _types_pb2.ServiceLevel
    shipments: int
    def __init__(self, node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., shipments: _Optional[int] = ...) -> None: ...

class LeastWork(_message.Message):
    __slots__ = ("node_id", "orders")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    orders: int
    def __init__(self, node_id: _Optional[str] = ..., orders: _Optional[int] = ...) -> None: ...

class BatchRules(_message.Message):
    __slots__ = ("carrier_limits", "max_split_bp", "courier_budget_micros", "least_work", "shortfall_cost_micros")
    CARRIER_LIMITS_FIELD_NUMBER: _ClassVar[int]
    MAX_SPLIT_BP_FIELD_NUMBER: _ClassVar[int]
    COURIER_BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    LEAST_WORK_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    carrier_limits: _containers.RepeatedCompositeFieldContainer[CarrierLimit]
    max_split_bp: int
    courier_budget_micros: int
    least_work: _containers.RepeatedCompositeFieldContainer[LeastWork]
    shortfall_cost_micros: int
    def __init__(self, carrier_limits: _Optional[_Iterable[_Union[CarrierLimit, _Mapping]]] = ..., max_split_bp: _Optional[int] = ..., courier_budget_micros: _Optional[int] = ..., least_work: _Optional[_Iterable[_Union[LeastWork, _Mapping]]] = ..., shortfall_cost_micros: _Optional[int] = ...) -> None: ...

class HoldRules(_message.Message):
    __slots__ = ("above_micros", "units_above", "countries", "other_billing_country", "incomplete_address", "postal_boxes", "reject_rounds")
    ABOVE_MICROS_FIELD_NUMBER: _ClassVar[int]
    UNITS_ABOVE_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    OTHER_BILLING_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    POSTAL_BOXES_FIELD_NUMBER: _ClassVar[int]
    REJECT_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    above_micros: int
    units_above: int
    countries: _containers.RepeatedScalarFieldContainer[str]
    other_billing_country: bool
    incomplete_address: bool
    postal_boxes: bool
    reject_rounds: int
    def __init__(self, above_micros: _Optional[int] = ..., units_above: _Optional[int] = ..., countries: _Optional[_Iterable[str]] = ..., other_billing_country: _Optional[bool] = ..., incomplete_address: _Optional[bool] = ..., postal_boxes: _Optional[bool] = ..., reject_rounds: _Optional[int] = ...) -> None: ...

class ReturnRules(_message.Message):
    __slots__ = ("unopened_days", "opened_days", "damaged_days", "final_sale_skus", "node_types", "parcel_penalty_micros", "sell_days", "markdown_bp")
    UNOPENED_DAYS_FIELD_NUMBER: _ClassVar[int]
    OPENED_DAYS_FIELD_NUMBER: _ClassVar[int]
    DAMAGED_DAYS_FIELD_NUMBER: _ClassVar[int]
    FINAL_SALE_SKUS_FIELD_NUMBER: _ClassVar[int]
    NODE_TYPES_FIELD_NUMBER: _ClassVar[int]
    PARCEL_PENALTY_MICROS_FIELD_NUMBER: _ClassVar[int]
    SELL_DAYS_FIELD_NUMBER: _ClassVar[int]
    MARKDOWN_BP_FIELD_NUMBER: _ClassVar[int]
    unopened_days: int
    opened_days: int
    damaged_days: int
    final_sale_skus: _containers.RepeatedScalarFieldContainer[str]
    node_types: _containers.RepeatedScalarFieldContainer[_types_pb2.NodeType]
    parcel_penalty_micros: int
    sell_days: int
    markdown_bp: int
    def __init__(self, unopened_days: _Optional[int] = ..., opened_days: _Optional[int] = ..., damaged_days: _Optional[int] = ..., final_sale_skus: _Optional[_Iterable[str]] = ..., node_types: _Optional[_Iterable[_Union[_types_pb2.NodeType, str]]] = ..., parcel_penalty_micros: _Optional[int] = ..., sell_days: _Optional[int] = ..., markdown_bp: _Optional[int] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("currency_code", "objective", "split_penalty_micros", "late_penalty_per_day_micros", "late_allowed", "carbon_price_per_kg_micros", "reject_cost_micros", "backorder_cost_per_unit_micros", "promises", "max_shipments", "divide", "partial", "cold_max_transit_days", "hold_s", "quote_s", "record_retention_s", "horizon_days", "package_fill_bp", "windows", "price_scale_bp", "holds", "returns", "batch")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    SPLIT_PENALTY_MICROS_FIELD_NUMBER: _ClassVar[int]
    LATE_PENALTY_PER_DAY_MICROS_FIELD_NUMBER: _ClassVar[int]
    LATE_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    CARBON_PRICE_PER_KG_MICROS_FIELD_NUMBER: _ClassVar[int]
    REJECT_COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    BACKORDER_COST_PER_UNIT_MICROS_FIELD_NUMBER: _ClassVar[int]
    PROMISES_FIELD_NUMBER: _ClassVar[int]
    MAX_SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    DIVIDE_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    COLD_MAX_TRANSIT_DAYS_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    QUOTE_S_FIELD_NUMBER: _ClassVar[int]
    RECORD_RETENTION_S_FIELD_NUMBER: _ClassVar[int]
    HORIZON_DAYS_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_FILL_BP_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    PRICE_SCALE_BP_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    RETURNS_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    objective: Objective
    split_penalty_micros: int
    late_penalty_per_day_micros: int
    late_allowed: bool
    carbon_price_per_kg_micros: int
    reject_cost_micros: int
    backorder_cost_per_unit_micros: int
    promises: _containers.RepeatedCompositeFieldContainer[PromiseRule]
    max_shipments: int
    divide: _types_pb2.Divide
    partial: bool
    cold_max_transit_days: int
    hold_s: int
    quote_s: int
    record_retention_s: int
    horizon_days: int
    package_fill_bp: int
    windows: _containers.RepeatedCompositeFieldContainer[BatchWindow]
    price_scale_bp: int
    holds: HoldRules
    returns: ReturnRules
    batch: BatchRules
    def __init__(self, currency_code: _Optional[str] = ..., objective: _Optional[_Union[Objective, str]] = ..., split_penalty_micros: _Optional[int] = ..., late_penalty_per_day_micros: _Optional[int] = ..., late_allowed: _Optional[bool] = ..., carbon_price_per_kg_micros: _Optional[int] = ..., reject_cost_micros: _Optional[int] = ..., backorder_cost_per_unit_micros: _Optional[int] = ..., promises: _Optional[_Iterable[_Union[PromiseRule, _Mapping]]] = ..., max_shipments: _Optional[int] = ..., divide: _Optional[_Union[_types_pb2.Divide, str]] = ..., partial: _Optional[bool] = ..., cold_max_transit_days: _Optional[int] = ..., hold_s: _Optional[int] = ..., quote_s: _Optional[int] = ..., record_retention_s: _Optional[int] = ..., horizon_days: _Optional[int] = ..., package_fill_bp: _Optional[int] = ..., windows: _Optional[_Iterable[_Union[BatchWindow, _Mapping]]] = ..., price_scale_bp: _Optional[int] = ..., holds: _Optional[_Union[HoldRules, _Mapping]] = ..., returns: _Optional[_Union[ReturnRules, _Mapping]] = ..., batch: _Optional[_Union[BatchRules, _Mapping]] = ...) -> None: ...

class Resource(_message.Message):
    __slots__ = ("node", "item", "carton", "carrier", "service", "transfer_lane", "cutoff_override", "calendar", "place", "policy")
    NODE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    CARTON_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_LANE_FIELD_NUMBER: _ClassVar[int]
    CUTOFF_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    node: Node
    item: Item
    carton: Carton
    carrier: Carrier
    service: Service
    transfer_lane: TransferLane
    cutoff_override: CutoffOverride
    calendar: Calendar
    place: Place
    policy: Policy
    def __init__(self, node: _Optional[_Union[Node, _Mapping]] = ..., item: _Optional[_Union[Item, _Mapping]] = ..., carton: _Optional[_Union[Carton, _Mapping]] = ..., carrier: _Optional[_Union[Carrier, _Mapping]] = ..., service: _Optional[_Union[Service, _Mapping]] = ..., transfer_lane: _Optional[_Union[TransferLane, _Mapping]] = ..., cutoff_override: _Optional[_Union[CutoffOverride, _Mapping]] = ..., calendar: _Optional[_Union[Calendar, _Mapping]] = ..., place: _Optional[_Union[Place, _Mapping]] = ..., policy: _Optional[_Union[Policy, _Mapping]] = ...) -> None: ...
