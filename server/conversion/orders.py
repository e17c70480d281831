"""Order messages to the engine's orders."""

from __future__ import annotations

from collections.abc import Sequence

from onebox.v1 import order_pb2 as pb

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.network.nodes import NodeType
from engine.routing.order import MAX_LINES, Destination, Line, Order, PickupAt
from server.conversion.fields import MAX_ID, identifier, instant_from, within
from server.conversion.words import DIVIDES, FULFILMENTS, NODE_TYPES, SOLD_LEVELS

MAX_LINE_ID = 64
MAX_POSTAL_CODE = 16
MAX_RADIUS_M = 1_000_000
MAX_NAMED_NODES = 10_000
_ANY_NODE: frozenset[str] = frozenset()
_ANY_TYPE: frozenset[NodeType] = frozenset()


def order_from(message: pb.Order, now: int, path: str = "order") -> Order:
    """The order; ``now`` (UTC seconds) is its time when it names none. Raises InvalidInput: every fault of its lines, else
    the first of its own."""
    has = message.HasField
    try:
        return Order(
            order_id=identifier(message.order_id, "order_id"),
            order_time=instant_from(message.order_time, "order_time") if has("order_time") else now,
            lines=_lines(message.lines),
            destination=_destination(message.destination) if has("destination") else None,
            channel=message.channel or "web",
            service_level=SOLD_LEVELS.member(message.service_level, "service_level"),
            exact_service=message.exact_service,
            deliver_by=instant_from(message.deliver_by_time, "deliver_by_time") if has("deliver_by_time") else None,
            pickup=_pickup(message.pickup) if has("pickup") else None,
            pickup_by=instant_from(message.pickup_by_time, "pickup_by_time") if has("pickup_by_time") else None,
            late_allowed=message.late_allowed if has("late_allowed") else None,
            partial=message.partial if has("partial") else None,
            divide=DIVIDES.member(message.divide, "divide") if message.divide else None,
            max_shipments=message.max_shipments,
            only_nodes=_nodes(message.only_nodes, "only_nodes") if message.only_nodes else _ANY_NODE,
            not_nodes=_nodes(message.not_nodes, "not_nodes") if message.not_nodes else _ANY_NODE,
            only_node_types=_types(message.only_node_types, "only_node_types")
            if message.only_node_types
            else _ANY_TYPE,
            not_node_types=_types(message.not_node_types, "not_node_types") if message.not_node_types else _ANY_TYPE,
            vip=message.vip,
        )
    except InvalidInput as error:
        raise InvalidInput(*within(path, error)) from None


def _lines(lines: Sequence[pb.Line]) -> tuple[Line, ...]:
    if not 1 <= len(lines) <= MAX_LINES:
        raise InvalidInput(FieldFault("lines", str(len(lines)), f"1..{MAX_LINES} lines"))
    try:
        return tuple([_line(line, number) for number, line in enumerate(lines, 1)])
    except InvalidInput:
        raise InvalidInput(*_faults(lines)) from None


def _line(line: pb.Line, number: int) -> Line:
    sku, line_id = line.sku, line.line_id
    if len(sku) > MAX_ID or len(line_id) > MAX_LINE_ID:
        identifier(sku, "sku")
        identifier(line_id, "line_id", MAX_LINE_ID)
    return Line(line_id or str(number), sku, line.units, FULFILMENTS.member(line.fulfilment, "fulfilment"))


def _faults(lines: Sequence[pb.Line]) -> list[FieldFault]:
    """Every fault of every line; only asked for once one was found."""
    faults: list[FieldFault] = []
    for position, line in enumerate(lines):
        try:
            _line(line, position + 1)
        except InvalidInput as error:
            faults.extend(within(f"lines[{position}]", error))
    return faults


def _destination(message: pb.Destination) -> Destination:
    country = message.country
    good = len(country) == 2 and country.isascii() and country.isupper()
    require(good, "destination.country", country[:MAX_ID], "an ISO 3166 alpha-2 code")
    postal_code = identifier(message.postal_code, "destination.postal_code", MAX_POSTAL_CODE)
    return Destination(country, postal_code, message.residential if message.HasField("residential") else True)


def _pickup(message: pb.PickupAt) -> PickupAt:
    if message.HasField("node_id"):
        return PickupAt(node_id=identifier(message.node_id, "pickup.node_id"))
    radius = message.radius_m
    require(1 <= radius <= MAX_RADIUS_M, "pickup", radius, f"a node_id, or a radius_m in 1..{MAX_RADIUS_M}")
    return PickupAt(radius_m=radius)


def _nodes(names: Sequence[str], path: str) -> frozenset[str]:
    require(len(names) <= MAX_NAMED_NODES, path, len(names), f"at most {MAX_NAMED_NODES} nodes")
    return frozenset(names)


def _types(numbers: Sequence[int], path: str) -> frozenset[NodeType]:
    return frozenset([NODE_TYPES.member(number, path) for number in numbers])


_ORDER_FIELDS = frozenset(pb.Order.DESCRIPTOR.fields_by_name)
_RENAMED = {"deliver_by": "deliver_by_time", "pickup_by": "pickup_by_time"}


def in_contract_words(error: InvalidInput, path: str = "order") -> InvalidInput:
    """The engine's faults of an order with the paths its message has."""
    faults = []
    for fault in error.faults:
        field = _RENAMED.get(fault.field, fault.field)
        head = field.partition(".")[0].partition("[")[0]
        faults.append(FieldFault(f"{path}.{field}" if head in _ORDER_FIELDS else field, fault.value, fault.expected))
    return InvalidInput(*faults)
