"""One decision worth telling of: a split, with the one shipment it was preferred to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onebox.v1.route_pb2 import UNFILLED_REASON_NO_STOCK

from engine.network.carriers import ServiceLevel
from engine.network.geography import distances_m, find_place
from engine.network.network import Network
from engine.routing.order import Order
from engine.simulation.outcome import Outcome

_CANDIDATES = 30
_NEAREST = 3
_CLOSEST = 4
_MOST_NODES = 1_000
_DELIVERIES = frozenset({ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT})


def explain_one(channel: Any, network: Network, orders: Sequence[Order], outcomes: Sequence[Outcome]) -> Any | None:
    """The server's explanation (ExplainRouteResponse) of the split that saved most of its cost over one shipment, among
    the first candidates; else of the first order that shipped; None where none did. It has verdicts on the nodes that came closest
    to winning, and on the nearest."""
    from onebox.v1.routing_service_pb2 import ExplainRouteRequest
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    stub = RoutingServiceStub(channel)
    at, most = next((at for at, outcome in enumerate(outcomes) if outcome.shipments), -1), 0.0
    if at < 0:
        return None
    for candidate in _candidates(outcomes):
        answer = stub.ExplainRoute(ExplainRouteRequest(route_id=outcomes[candidate].route_id))
        saved = _micros(answer.best_single.dearer_by) / _micros(answer.cost) if answer.HasField("best_single") else 0.0
        if saved > most:
            at, most = candidate, saved
    nearest = _by_distance(network, orders[at])[:_MOST_NODES]
    answer = stub.ExplainRoute(ExplainRouteRequest(route_id=outcomes[at].route_id, node_ids=nearest))
    told = _worth_telling(list(answer.nodes))
    del answer.nodes[:]
    answer.nodes.extend(told)
    return answer


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


def _by_distance(network: Network, order: Order) -> list[str]:
    """Every node, the nearest to the destination first; by the network's order where there is none."""
    nodes = network.nodes
    names = [node.node_id for node in nodes]
    to = order.destination
    place = None if to is None else find_place(network.places, to.country, to.postal_code)
    if place is None:
        return names
    metres = distances_m(
        place.latitude, place.longitude, [node.latitude for node in nodes], [node.longitude for node in nodes]
    )
    return [names[n] for n in metres.argsort(kind="stable").tolist()]


def _worth_telling(verdicts: Sequence[Any]) -> list[Any]:
    """The closest to winning, then the nearest of those that a constraint keeps out, want of stock the last of them."""
    lost = [verdict for verdict in verdicts if verdict.HasField("lost_by")]
    closest = sorted(lost, key=lambda verdict: _micros(verdict.lost_by))[:_CLOSEST]
    kept_out = [verdict for verdict in verdicts if not verdict.used and not verdict.HasField("lost_by")]
    kept_out.sort(key=lambda verdict: bool(verdict.constraint == UNFILLED_REASON_NO_STOCK))
    return closest + kept_out[:_NEAREST]


def _micros(money: Any) -> int:
    return int(money.units) * 1_000_000 + int(money.nanos) // 1_000
