"""The engine's orders to order messages, for those who call a server: the command line, the demo, benchmarks."""

from __future__ import annotations

from typing import Any

from onebox.v1 import order_pb2 as pb

from engine.routing.order import Order
from server.conversion.words import DIVIDES, FULFILMENTS, LEVELS, NODE_TYPES


def order_message(order: Order) -> pb.Order:
    """``order_from`` gives the equal order back."""
    fields: dict[str, Any] = {
        "order_id": order.order_id,
        "order_time": {"seconds": order.order_time},
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "units": line.units,
                "fulfilment": FULFILMENTS.number[line.fulfilment],
            }
            for line in order.lines
        ],
        "channel": order.channel,
        "service_level": LEVELS.number[order.service_level],
        "exact_service": order.exact_service,
        "late_allowed": order.late_allowed,
        "partial": order.partial,
        "max_shipments": order.max_shipments,
        "only_nodes": sorted(order.only_nodes),
        "not_nodes": sorted(order.not_nodes),
        "only_node_types": sorted(NODE_TYPES.number[kind] for kind in order.only_node_types),
        "not_node_types": sorted(NODE_TYPES.number[kind] for kind in order.not_node_types),
        "vip": order.vip,
    }
    if order.destination is not None:
        fields["destination"] = {
            "country": order.destination.country,
            "postal_code": order.destination.postal_code,
            "residential": order.destination.residential,
        }
    if order.pickup is not None:
        at = order.pickup
        fields["pickup"] = {"node_id": at.node_id} if at.node_id else {"radius_m": at.radius_m}
    if order.deliver_by is not None:
        fields["deliver_by_time"] = {"seconds": order.deliver_by}
    if order.pickup_by is not None:
        fields["pickup_by_time"] = {"seconds": order.pickup_by}
    if order.divide is not None:
        fields["divide"] = DIVIDES.number[order.divide]
    return pb.Order(**fields)
