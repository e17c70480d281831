"""What is left to decide of a route when nodes refuse part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from engine.errors import FieldFault, InvalidInput
from engine.routing.asking import Kept
from engine.routing.order import Fulfilment, Line, Order, PickupAt
from engine.routing.planner import Planner
from engine.routing.record import Record
from engine.routing.rejection import Rejected
from engine.routing.route import Route, Shipment, Unfilled


@dataclass(frozen=True, slots=True)
class Remainder:
    """What stays of the route that is replaced ("": there is none), and what the new decision must consider.

    ``confirmed``: it is an allocation, and so is what replaces it.
    """

    kept: tuple[Shipment, ...]
    left: tuple[Unfilled, ...]
    considered: Kept
    replaces: str
    confirmed: bool


def remainder_of(
    planner: Planner, record: Record, rejected: Sequence[Rejected], *, confirmed: bool
) -> tuple[Order, Remainder]:
    """The order of the refused lines, and what stays. Raises InvalidInput for what the route does not hold."""
    route = record.route
    refused = _refused(route, rejected)
    kept: list[Shipment] = []
    again: dict[str, int] = {}
    for shipment in route.shipments:
        lines = refused.get(shipment.node_id, frozenset())
        stays = tuple(content for content in shipment.contents if content.line_id not in lines)
        for content in shipment.contents:
            if content.line_id in lines:
                again[content.line_id] = again.get(content.line_id, 0) + content.units
        if stays:
            kept.append(
                shipment if len(stays) == len(shipment.contents) else planner.shrink(record.order, shipment, stays)
            )
    lines_of = {line.line_id: line for line in record.order.lines} | _lines_of_kept(record)
    decided = tuple(_line(lines_of[line_id], units) for line_id, units in again.items())
    excluded = {each.node_id for each in rejected if each.exclude_node}
    order = replace(record.order, lines=decided, not_nodes=record.order.not_nodes | excluded)
    stores = {shipment.destination_node for shipment in kept if shipment.destination_node}
    if stores and any(line.fulfilment is Fulfilment.PICKUP for line in decided):
        order = replace(order, pickup=PickupAt(node_id=min(stores)))
    earlier = dict(record.refused)
    for node_id, line_ids in refused.items():
        earlier[node_id] = tuple(sorted({*earlier.get(node_id, ()), *line_ids}))
    considered = Kept(len(kept), tuple(sorted(earlier.items())))
    return order, Remainder(tuple(kept), route.unfilled, considered, route.route_id, confirmed)


def _line(line: Line, units: int) -> Line:
    return line if line.units == units else replace(line, units=units)


def _lines_of_kept(record: Record) -> dict[str, Line]:
    """The lines of shipments that earlier reroutes kept, which the record's order no longer has."""
    return {
        content.line_id: Line(
            content.line_id,
            content.sku,
            content.units,
            Fulfilment.PICKUP if shipment.destination_node else Fulfilment.SHIP,
        )
        for shipment in record.kept
        for content in shipment.contents
    }


def _refused(route: Route, rejected: Sequence[Rejected]) -> dict[str, frozenset[str]]:
    """Line ids by node; every one of them is in a shipment of that node."""
    held: dict[str, set[str]] = {}
    for shipment in route.shipments:
        held.setdefault(shipment.node_id, set()).update(content.line_id for content in shipment.contents)
    refused: dict[str, frozenset[str]] = {}
    faults = []
    for i, each in enumerate(rejected):
        at_node = held.get(each.node_id)
        if at_node is None:
            faults.append(FieldFault(f"rejections[{i}].node_id", each.node_id, f"a node of route {route.route_id}"))
            continue
        for line_id in each.line_ids:
            if line_id not in at_node:
                expected = f"lines that {each.node_id} ships"
                faults.append(FieldFault(f"rejections[{i}].line_ids", line_id, expected))
        refused[each.node_id] = refused.get(each.node_id, frozenset()) | frozenset(each.line_ids or at_node)
    if not rejected:
        faults.append(FieldFault("rejections", "", "at least one"))
    if faults:
        raise InvalidInput(*faults)
    return refused
