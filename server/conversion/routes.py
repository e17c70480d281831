"""The engine's routes to route messages.

The hottest code of the server: nested messages are given as the mappings their constructors take, which costs half of
building them one by one.
"""

from __future__ import annotations

from typing import Any

from onebox.v1 import route_pb2 as pb

from engine.network.components import Breakdown, Component
from engine.routing.route import Content, Package, Route, Shipment, Unfilled
from server.conversion.fields import money
from server.conversion.words import LEVELS, REASONS, ROUTE_STATES, SOLVE_LIMITS, SOLVE_STATES
from solvers.problem import Certificate

Fields = dict[str, Any]
"""A message as its constructor takes it."""

_PARTS = {component: f"{component.name.lower()}_micros" for component in Component}
assert set(_PARTS.values()) == set(pb.CostBreakdown.DESCRIPTOR.fields_by_name)


def route_message(route: Route) -> pb.Route:
    return pb.Route(**route_fields(route))


def route_fields(route: Route) -> Fields:
    currency = route.currency
    fields: Fields = {
        "route_id": route.route_id,
        "order_id": route.order_id,
        "state": ROUTE_STATES.number[route.state],
        "shipments": [_shipment(shipment, currency) for shipment in route.shipments],
        "cost": money(route.cost, currency),
        "breakdown": breakdown_fields(route.breakdown),
        "decision_time": {"seconds": route.decision_time},
        "network_version": route.network_version,
        "prices_version": route.prices_version,
        "certificate": certificate_fields(route.certificate),
    }
    if route.expiry_time:
        fields["expiry_time"] = {"seconds": route.expiry_time}
    if route.unfilled:
        fields["unfilled"] = [unfilled_fields(line) for line in route.unfilled]
    return fields


def breakdown_fields(breakdown: Breakdown) -> Fields:
    return {_PARTS[component]: micros for component, micros in breakdown}


def certificate_fields(certificate: Certificate) -> Fields:
    return {
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap,
        "state": SOLVE_STATES.number[certificate.status],
        "limit": SOLVE_LIMITS.number[certificate.limit],
        "solver": certificate.solver,
    }


def unfilled_fields(line: Unfilled) -> Fields:
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "units": line.units,
        "reason": REASONS.number[line.reason],
        "detail": line.detail,
        "backordered": line.backordered,
    }


def _shipment(shipment: Shipment, currency: str) -> Fields:
    contents = [_content(content) for content in shipment.contents]
    fields: Fields = {
        "node_id": shipment.node_id,
        "carrier_id": shipment.carrier_id,
        "service_level": LEVELS.number[shipment.level],
        "destination_node_id": shipment.destination_node,
        "ship_time": {"seconds": shipment.ship_time},
        "arrival_time": {"seconds": shipment.arrival_time},
        "ship_day": shipment.ship_day,
        "late_days": shipment.late_days,
        "contents": contents,
        "packages": [
            package_fields(package, contents if package.contents == shipment.contents else None)
            for package in shipment.packages
        ],
        "cost": money(shipment.cost, currency),
        "breakdown": breakdown_fields(shipment.breakdown),
    }
    if shipment.promise_time is not None:
        fields["promise_time"] = {"seconds": shipment.promise_time}
    return fields


def package_fields(package: Package, contents: list[Fields] | None = None) -> Fields:
    """``contents``: those of the package, where they are at hand."""
    return {
        "carton_id": package.carton_id,
        "length_mm": package.length_mm,
        "width_mm": package.width_mm,
        "height_mm": package.height_mm,
        "weight_g": package.weight_g,
        "billable_weight_g": package.billable_weight_g,
        "contents": [_content(content) for content in package.contents] if contents is None else contents,
    }


def _content(content: Content) -> Fields:
    return {"line_id": content.line_id, "sku": content.sku, "units": content.units}
