"""What became of an order, read off the server's answer."""

from __future__ import annotations

from onebox.v1 import route_pb2

from engine.network.components import Component
from engine.simulation.outcome import Outcome, Sent, outcome
from server.conversion.words import LEVELS

_LEVEL = {number: level for level, number in LEVELS.number.items()}


def outcome_of_message(route: route_pb2.Route, backorder_cost: int) -> Outcome:
    """As ``outcome_of`` of the route itself; ``backorder_cost`` of the policy, micros a unit."""
    sent = tuple(
        Sent(one.node_id, _LEVEL[one.service_level], one.destination_node_id, one.late_days > 0, len(one.packages))
        for one in route.shipments
    )
    parts = tuple(
        (Component[field.name.removesuffix("_micros").upper()], amount)
        for field, amount in route.breakdown.ListFields()
    )
    refused = sum(line.units for line in route.unfilled if not line.backordered)
    left_out = sum(line.units for line in route.unfilled)
    return outcome(route.order_id, route.route_id, sent, left_out, parts, refused * backorder_cost)
