"""One decision worth telling of: a split, with the one shipment it was preferred to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.network.carriers import ServiceLevel
from engine.network.geography import distances_m, find_place
from engine.network.network import Network
from engine.routing.order import Order
from server.demo.outcome import Outcome

_CANDIDATES = 30
_NEAREST = 4
_DELIVERIES = frozenset({ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT})


def explain_one(channel: Any, network: Network, orders: Sequence[Order], outcomes: Sequence[Outcome]) -> Any | None:
    """The server's explanation (ExplainRouteResponse) of the split that saved most over one shipment, among the first
    candidates; else of the first order that shipped; None where none did. Verdicts on the nearest nodes are in it."""
    from onebox.v1.routing_service_pb2 import ExplainRouteRequest
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    stub = RoutingServiceStub(channel)
    best: tuple[int, int] | None = None
    for at in _candidates(outcomes):
        answer = stub.ExplainRoute(ExplainRouteRequest(route_id=outcomes[at].route_id))
        if answer.HasField("best_single"):
            dearer = answer.best_single.dearer_by.units * 1_000_000 + answer.best_single.dearer_by.nanos // 1_000
            best = max(best or (0, at), (dearer, at), key=lambda row: (row[0], -row[1]))
    at = best[1] if best else next((at for at, outcome in enumerate(outcomes) if outcome.shipments), -1)
    if at < 0:
        return None
    named = [*dict.fromkeys([*(sent.node_id for sent in outcomes[at].shipments), *_nearest(network, orders[at])])]
    return stub.ExplainRoute(ExplainRouteRequest(route_id=outcomes[at].route_id, node_ids=named))


def _candidates(outcomes: Sequence[Outcome]) -> list[int]:
    """Whole, in time, delivered from two nodes."""
    found = [
        at
        for at, outcome in enumerate(outcomes)
        if len({sent.node_id for sent in outcome.shipments}) == 2
        and not outcome.left_out
        and all(sent.level in _DELIVERIES and not sent.late for sent in outcome.shipments)
    ]
    return found[:_CANDIDATES]


def _nearest(network: Network, order: Order) -> list[str]:
    if order.destination is None:
        return []
    place = find_place(network.places, order.destination.country, order.destination.postal_code)
    if place is None:
        return []
    nodes = network.nodes
    metres = distances_m(
        place.latitude, place.longitude, [node.latitude for node in nodes], [node.longitude for node in nodes]
    )
    return [nodes[n].node_id for n in metres.argsort(kind="stable")[:_NEAREST].tolist()]
