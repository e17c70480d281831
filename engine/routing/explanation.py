"""Explanations: why a route is what it is, from the record of its decision."""

from __future__ import annotations

from dataclasses import dataclass

from engine.network.carriers import ServiceLevel
from engine.network.components import Breakdown, Reason
from solvers.problem import Certificate


@dataclass(frozen=True, slots=True)
class ShipmentCost:
    """What one shipment costs, micros, by parts. ``carrier_id`` is "" for PICKUP and SHIP_TO_STORE."""

    node_id: str
    carrier_id: str
    level: ServiceLevel
    line_ids: tuple[str, ...]
    breakdown: Breakdown
    cost: int


@dataclass(frozen=True, slots=True)
class BestSingle:
    """The cheapest plan in one shipment: how many micros dearer than the route (0: it is the route), and why it lost."""

    shipment: ShipmentCost
    dearer_by: int
    why_lost: str


@dataclass(frozen=True, slots=True)
class NodeVerdict:
    """What is to say of one node.

    Either a ``constraint`` keeps it out, or the best plan with it is ``lost_by`` micros dearer than the route.
    ``smallest_change`` says in words what would make it win, "" where nothing would (or it is used).
    """

    node_id: str
    used: bool
    constraint: Reason | None
    detail: str
    lost_by: int | None
    smallest_change: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why this route?"; ``snapshot_hash`` is of the stock and capacity it was decided on."""

    route_id: str
    cost: int
    currency: str
    breakdown: Breakdown
    shipments: tuple[ShipmentCost, ...]
    best_single: BestSingle | None
    nodes: tuple[NodeVerdict, ...]
    certificate: Certificate
    network_version: int
    prices_version: int
    snapshot_hash: bytes
    decision_time: int
