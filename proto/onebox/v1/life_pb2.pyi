import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from onebox.v1 import order_pb2 as _order_pb2
from onebox.v1 import route_pb2 as _route_pb2
from onebox.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STATE_UNSPECIFIED: _ClassVar[OrderState]
    ORDER_STATE_CAPTURED: _ClassVar[OrderState]
    ORDER_STATE_SCHEDULED: _ClassVar[OrderState]
    ORDER_STATE_HELD: _ClassVar[OrderState]
    ORDER_STATE_BACKORDERED: _ClassVar[OrderState]
    ORDER_STATE_ROUTED: _ClassVar[OrderState]
    ORDER_STATE_RELEASED: _ClassVar[OrderState]
    ORDER_STATE_SHIPPED: _ClassVar[OrderState]
    ORDER_STATE_DELIVERED: _ClassVar[OrderState]
    ORDER_STATE_CANCELLED: _ClassVar[OrderState]

class ShipmentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SHIPMENT_STATE_UNSPECIFIED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_PLANNED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_RELEASED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_ACCEPTED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_PICKED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_PACKED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_SHIPPED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_DELIVERED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_READY: _ClassVar[ShipmentState]
    SHIPMENT_STATE_HANDED_OVER: _ClassVar[ShipmentState]
    SHIPMENT_STATE_NO_SHOW: _ClassVar[ShipmentState]
    SHIPMENT_STATE_REJECTED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_CANCELLED: _ClassVar[ShipmentState]
    SHIPMENT_STATE_IN_TRANSIT: _ClassVar[ShipmentState]
    SHIPMENT_STATE_EXCEPTION: _ClassVar[ShipmentState]

class PaymentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_STATE_UNSPECIFIED: _ClassVar[PaymentState]
    PAYMENT_STATE_PENDING: _ClassVar[PaymentState]
    PAYMENT_STATE_AUTHORISED: _ClassVar[PaymentState]
    PAYMENT_STATE_DECLINED: _ClassVar[PaymentState]
    PAYMENT_STATE_PARTLY_CAPTURED: _ClassVar[PaymentState]
    PAYMENT_STATE_CAPTURED: _ClassVar[PaymentState]
    PAYMENT_STATE_PARTLY_REFUNDED: _ClassVar[PaymentState]
    PAYMENT_STATE_REFUNDED: _ClassVar[PaymentState]
    PAYMENT_STATE_VOIDED: _ClassVar[PaymentState]

class ReturnState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETURN_STATE_UNSPECIFIED: _ClassVar[ReturnState]
    RETURN_STATE_AUTHORISED: _ClassVar[ReturnState]
    RETURN_STATE_RECEIVED: _ClassVar[ReturnState]
    RETURN_STATE_CLOSED: _ClassVar[ReturnState]
    RETURN_STATE_CANCELLED: _ClassVar[ReturnState]
    RETURN_STATE_HANDED_IN: _ClassVar[ReturnState]

class Condition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONDITION_UNSPECIFIED: _ClassVar[Condition]
    CONDITION_UNOPENED: _ClassVar[Condition]
    CONDITION_OPENED: _ClassVar[Condition]
    CONDITION_DAMAGED: _ClassVar[Condition]

class ScanStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCAN_STAGE_UNSPECIFIED: _ClassVar[ScanStage]
    SCAN_STAGE_LABELLED: _ClassVar[ScanStage]
    SCAN_STAGE_ACCEPTED: _ClassVar[ScanStage]
    SCAN_STAGE_IN_TRANSIT: _ClassVar[ScanStage]
    SCAN_STAGE_OUT_FOR_DELIVERY: _ClassVar[ScanStage]
    SCAN_STAGE_READY_FOR_PICKUP: _ClassVar[ScanStage]
    SCAN_STAGE_DELIVERED: _ClassVar[ScanStage]
    SCAN_STAGE_HELD: _ClassVar[ScanStage]
    SCAN_STAGE_FAILED_ATTEMPT: _ClassVar[ScanStage]
    SCAN_STAGE_RETURNED: _ClassVar[ScanStage]
    SCAN_STAGE_LOST: _ClassVar[ScanStage]
ORDER_STATE_UNSPECIFIED: OrderState
ORDER_STATE_CAPTURED: OrderState
ORDER_STATE_SCHEDULED: OrderState
ORDER_STATE_HELD: OrderState
ORDER_STATE_BACKORDERED: OrderState
ORDER_STATE_ROUTED: OrderState
ORDER_STATE_RELEASED: OrderState
ORDER_STATE_SHIPPED: OrderState
ORDER_STATE_DELIVERED: OrderState
ORDER_STATE_CANCELLED: OrderState
SHIPMENT_STATE_UNSPECIFIED: ShipmentState
SHIPMENT_STATE_PLANNED: ShipmentState
SHIPMENT_STATE_RELEASED: ShipmentState
SHIPMENT_STATE_ACCEPTED: ShipmentState
SHIPMENT_STATE_PICKED: ShipmentState
SHIPMENT_STATE_PACKED: ShipmentState
SHIPMENT_STATE_SHIPPED: ShipmentState
SHIPMENT_STATE_DELIVERED: ShipmentState
SHIPMENT_STATE_READY: ShipmentState
SHIPMENT_STATE_HANDED_OVER: ShipmentState
SHIPMENT_STATE_NO_SHOW: ShipmentState
SHIPMENT_STATE_REJECTED: ShipmentState
SHIPMENT_STATE_CANCELLED: ShipmentState
SHIPMENT_STATE_IN_TRANSIT: ShipmentState
SHIPMENT_STATE_EXCEPTION: ShipmentState
PAYMENT_STATE_UNSPECIFIED: PaymentState
PAYMENT_STATE_PENDING: PaymentState
PAYMENT_STATE_AUTHORISED: PaymentState
PAYMENT_STATE_DECLINED: PaymentState
PAYMENT_STATE_PARTLY_CAPTURED: PaymentState
PAYMENT_STATE_CAPTURED: PaymentState
PAYMENT_STATE_PARTLY_REFUNDED: PaymentState
PAYMENT_STATE_REFUNDED: PaymentState
PAYMENT_STATE_VOIDED: PaymentState
RETURN_STATE_UNSPECIFIED: ReturnState
RETURN_STATE_AUTHORISED: ReturnState
RETURN_STATE_RECEIVED: ReturnState
RETURN_STATE_CLOSED: ReturnState
RETURN_STATE_CANCELLED: ReturnState
RETURN_STATE_HANDED_IN: ReturnState
CONDITION_UNSPECIFIED: Condition
CONDITION_UNOPENED: Condition
CONDITION_OPENED: Condition
CONDITION_DAMAGED: Condition
SCAN_STAGE_UNSPECIFIED: ScanStage
SCAN_STAGE_LABELLED: ScanStage
SCAN_STAGE_ACCEPTED: ScanStage
SCAN_STAGE_IN_TRANSIT: ScanStage
SCAN_STAGE_OUT_FOR_DELIVERY: ScanStage
SCAN_STAGE_READY_FOR_PICKUP: ScanStage
SCAN_STAGE_DELIVERED: ScanStage
SCAN_STAGE_HELD: ScanStage
SCAN_STAGE_FAILED_ATTEMPT: ScanStage
SCAN_STAGE_RETURNED: ScanStage
SCAN_STAGE_LOST: ScanStage

class Address(_message.Message):
    __slots__ = ("country", "postal_code", "region", "city", "street", "name", "company", "phone", "email")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    STREET_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMPANY_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    country: str
    postal_code: str
    region: str
    city: str
    street: _containers.RepeatedScalarFieldContainer[str]
    name: str
    company: str
    phone: str
    email: str
    def __init__(self, country: _Optional[str] = ..., postal_code: _Optional[str] = ..., region: _Optional[str] = ..., city: _Optional[str] = ..., street: _Optional[_Iterable[str]] = ..., name: _Optional[str] = ..., company: _Optional[str] = ..., phone: _Optional[str] = ..., email: _Optional[str] = ...) -> None: ...

class OrderedLine(_message.Message):
    __slots__ = ("line_id", "sku", "units", "gross", "discount", "tax", "title", "fulfilment", "cancelled_units", "waiting_units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    GROSS_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    FULFILMENT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_UNITS_FIELD_NUMBER: _ClassVar[int]
    WAITING_UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: int
    gross: _types_pb2.Money
    discount: _types_pb2.Money
    tax: _types_pb2.Money
    title: str
    fulfilment: _order_pb2.Fulfilment
    cancelled_units: int
    waiting_units: int
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ..., gross: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., title: _Optional[str] = ..., fulfilment: _Optional[_Union[_order_pb2.Fulfilment, str]] = ..., cancelled_units: _Optional[int] = ..., waiting_units: _Optional[int] = ...) -> None: ...

class OrderContent(_message.Message):
    __slots__ = ("channel", "channel_order_id", "number", "order_time", "currency_code", "lines", "ship_to", "shipping", "discount", "tax", "tax_included", "payment_state", "payment_reference", "service_level", "deliver_by_time", "pickup_node_id", "customer_name", "customer_email", "vip", "on_account")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ORDER_TIME_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIP_TO_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    TAX_INCLUDED_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_STATE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DELIVER_BY_TIME_FIELD_NUMBER: _ClassVar[int]
    PICKUP_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_NAME_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_EMAIL_FIELD_NUMBER: _ClassVar[int]
    VIP_FIELD_NUMBER: _ClassVar[int]
    ON_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    channel: str
    channel_order_id: str
    number: str
    order_time: _timestamp_pb2.Timestamp
    currency_code: str
    lines: _containers.RepeatedCompositeFieldContainer[OrderedLine]
    ship_to: Address
    shipping: _types_pb2.Money
    discount: _types_pb2.Money
    tax: _types_pb2.Money
    tax_included: bool
    payment_state: PaymentState
    payment_reference: str
    service_level: _types_pb2.ServiceLevel
    deliver_by_time: _timestamp_pb2.Timestamp
    pickup_node_id: str
    customer_name: str
    customer_email: str
    vip: bool
    on_account: bool
    def __init__(self, channel: _Optional[str] = ..., channel_order_id: _Optional[str] = ..., number: _Optional[str] = ..., order_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., currency_code: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[OrderedLine, _Mapping]]] = ..., ship_to: _Optional[_Union[Address, _Mapping]] = ..., shipping: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tax_included: _Optional[bool] = ..., payment_state: _Optional[_Union[PaymentState, str]] = ..., payment_reference: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., deliver_by_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pickup_node_id: _Optional[str] = ..., customer_name: _Optional[str] = ..., customer_email: _Optional[str] = ..., vip: _Optional[bool] = ..., on_account: _Optional[bool] = ...) -> None: ...

class Scan(_message.Message):
    __slots__ = ("tracking_number", "stage", "scan_time", "place", "detail", "expected_time")
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCAN_TIME_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TIME_FIELD_NUMBER: _ClassVar[int]
    tracking_number: str
    stage: ScanStage
    scan_time: _timestamp_pb2.Timestamp
    place: str
    detail: str
    expected_time: _timestamp_pb2.Timestamp
    def __init__(self, tracking_number: _Optional[str] = ..., stage: _Optional[_Union[ScanStage, str]] = ..., scan_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., place: _Optional[str] = ..., detail: _Optional[str] = ..., expected_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LiveShipment(_message.Message):
    __slots__ = ("shipment_id", "state", "node_id", "carrier_id", "service_level", "destination_node_id", "ship_time", "arrival_time", "contents", "packages", "tracking_number", "route_id", "order_id", "shipped_time", "arrived_time", "tracking_numbers", "label_id", "scans")
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SHIP_TIME_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_TIME_FIELD_NUMBER: _ClassVar[int]
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ROUTE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SHIPPED_TIME_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_TIME_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCANS_FIELD_NUMBER: _ClassVar[int]
    shipment_id: str
    state: ShipmentState
    node_id: str
    carrier_id: str
    service_level: _types_pb2.ServiceLevel
    destination_node_id: str
    ship_time: _timestamp_pb2.Timestamp
    arrival_time: _timestamp_pb2.Timestamp
    contents: _containers.RepeatedCompositeFieldContainer[_route_pb2.Content]
    packages: _containers.RepeatedCompositeFieldContainer[_route_pb2.Package]
    tracking_number: str
    route_id: str
    order_id: str
    shipped_time: _timestamp_pb2.Timestamp
    arrived_time: _timestamp_pb2.Timestamp
    tracking_numbers: _containers.RepeatedScalarFieldContainer[str]
    label_id: str
    scans: _containers.RepeatedCompositeFieldContainer[Scan]
    def __init__(self, shipment_id: _Optional[str] = ..., state: _Optional[_Union[ShipmentState, str]] = ..., node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., destination_node_id: _Optional[str] = ..., ship_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrival_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., contents: _Optional[_Iterable[_Union[_route_pb2.Content, _Mapping]]] = ..., packages: _Optional[_Iterable[_Union[_route_pb2.Package, _Mapping]]] = ..., tracking_number: _Optional[str] = ..., route_id: _Optional[str] = ..., order_id: _Optional[str] = ..., shipped_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrived_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tracking_numbers: _Optional[_Iterable[str]] = ..., label_id: _Optional[str] = ..., scans: _Optional[_Iterable[_Union[Scan, _Mapping]]] = ...) -> None: ...

class PaymentStanding(_message.Message):
    __slots__ = ("state", "reference", "authorised", "captured", "refunded", "tasks", "declined", "credited", "moved")
    STATE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    AUTHORISED_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    DECLINED_FIELD_NUMBER: _ClassVar[int]
    CREDITED_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    state: PaymentState
    reference: str
    authorised: _types_pb2.Money
    captured: _types_pb2.Money
    refunded: _types_pb2.Money
    tasks: _containers.RepeatedScalarFieldContainer[str]
    declined: str
    credited: _types_pb2.Money
    moved: _types_pb2.Money
    def __init__(self, state: _Optional[_Union[PaymentState, str]] = ..., reference: _Optional[str] = ..., authorised: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., captured: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., refunded: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tasks: _Optional[_Iterable[str]] = ..., declined: _Optional[str] = ..., credited: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., moved: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class Replacement(_message.Message):
    __slots__ = ("sku", "gross", "discount", "tax")
    SKU_FIELD_NUMBER: _ClassVar[int]
    GROSS_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    sku: str
    gross: _types_pb2.Money
    discount: _types_pb2.Money
    tax: _types_pb2.Money
    def __init__(self, sku: _Optional[str] = ..., gross: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class ReturnedLine(_message.Message):
    __slots__ = ("line_id", "sku", "units", "as_new_units", "damaged_units", "missing_units", "condition", "replacement")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    AS_NEW_UNITS_FIELD_NUMBER: _ClassVar[int]
    DAMAGED_UNITS_FIELD_NUMBER: _ClassVar[int]
    MISSING_UNITS_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: int
    as_new_units: int
    damaged_units: int
    missing_units: int
    condition: Condition
    replacement: Replacement
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ..., as_new_units: _Optional[int] = ..., damaged_units: _Optional[int] = ..., missing_units: _Optional[int] = ..., condition: _Optional[_Union[Condition, str]] = ..., replacement: _Optional[_Union[Replacement, _Mapping]] = ...) -> None: ...

class ReturnCost(_message.Message):
    __slots__ = ("part", "amount")
    PART_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    part: str
    amount: _types_pb2.Money
    def __init__(self, part: _Optional[str] = ..., amount: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class ReturnAlternative(_message.Message):
    __slots__ = ("node_id", "cost")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    cost: _types_pb2.Money
    def __init__(self, node_id: _Optional[str] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class LiveReturn(_message.Message):
    __slots__ = ("return_id", "state", "node_id", "lines", "reason", "exchange", "exchange_order_id", "goods", "tax", "shipping", "tracking_numbers", "drop_off_node_id", "carrier_id", "service_level", "cost", "costs", "alternatives")
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    GOODS_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    DROP_OFF_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    return_id: str
    state: ReturnState
    node_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnedLine]
    reason: str
    exchange: bool
    exchange_order_id: str
    goods: _types_pb2.Money
    tax: _types_pb2.Money
    shipping: _types_pb2.Money
    tracking_numbers: _containers.RepeatedScalarFieldContainer[str]
    drop_off_node_id: str
    carrier_id: str
    service_level: _types_pb2.ServiceLevel
    cost: _types_pb2.Money
    costs: _containers.RepeatedCompositeFieldContainer[ReturnCost]
    alternatives: _containers.RepeatedCompositeFieldContainer[ReturnAlternative]
    def __init__(self, return_id: _Optional[str] = ..., state: _Optional[_Union[ReturnState, str]] = ..., node_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnedLine, _Mapping]]] = ..., reason: _Optional[str] = ..., exchange: _Optional[bool] = ..., exchange_order_id: _Optional[str] = ..., goods: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., shipping: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., tracking_numbers: _Optional[_Iterable[str]] = ..., drop_off_node_id: _Optional[str] = ..., carrier_id: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., cost: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., costs: _Optional[_Iterable[_Union[ReturnCost, _Mapping]]] = ..., alternatives: _Optional[_Iterable[_Union[ReturnAlternative, _Mapping]]] = ...) -> None: ...

class Life(_message.Message):
    __slots__ = ("order_id", "state", "content", "shipments", "payment", "hold_reason", "not_before_time", "rejected_by_node_ids", "returns")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    HOLD_REASON_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_TIME_FIELD_NUMBER: _ClassVar[int]
    REJECTED_BY_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    RETURNS_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    state: OrderState
    content: OrderContent
    shipments: _containers.RepeatedCompositeFieldContainer[LiveShipment]
    payment: PaymentStanding
    hold_reason: str
    not_before_time: _timestamp_pb2.Timestamp
    rejected_by_node_ids: _containers.RepeatedScalarFieldContainer[str]
    returns: _containers.RepeatedCompositeFieldContainer[LiveReturn]
    def __init__(self, order_id: _Optional[str] = ..., state: _Optional[_Union[OrderState, str]] = ..., content: _Optional[_Union[OrderContent, _Mapping]] = ..., shipments: _Optional[_Iterable[_Union[LiveShipment, _Mapping]]] = ..., payment: _Optional[_Union[PaymentStanding, _Mapping]] = ..., hold_reason: _Optional[str] = ..., not_before_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rejected_by_node_ids: _Optional[_Iterable[str]] = ..., returns: _Optional[_Iterable[_Union[LiveReturn, _Mapping]]] = ...) -> None: ...

class LifeEvent(_message.Message):
    __slots__ = ("kind", "subject_id", "order_id", "before", "after", "actor", "reason", "event_time", "data")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    kind: str
    subject_id: str
    order_id: str
    before: str
    after: str
    actor: str
    reason: str
    event_time: _timestamp_pb2.Timestamp
    data: _struct_pb2.Struct
    def __init__(self, kind: _Optional[str] = ..., subject_id: _Optional[str] = ..., order_id: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., data: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...
