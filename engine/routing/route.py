"""Routes: the whole decision for one order. Structs of msgspec, written down as arrays, without the fields' names."""

from __future__ import annotations

import enum

import msgspec

from engine.network.carriers import ServiceLevel
from engine.network.components import Breakdown, Reason
from solvers.problem import Certificate


class RouteState(enum.Enum):
    """PLANNED has no reservation (validate_only, or nothing could be filled); the ledger moves the others (I3)."""

    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    PLANNED = "PLANNED"
    RESERVED = "RESERVED"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"


class Content(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units of one order line."""

    line_id: str
    sku: str
    units: int


class Package(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One package: its carton ("" is the item's own packaging), outer sides, weight and the carrier's billable weight."""

    carton_id: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    billable_weight_g: int
    contents: tuple[Content, ...]


class Shipment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One node, one service, one departure.

    ``carrier_id`` is "" for PICKUP and SHIP_TO_STORE. ``ship_day`` is the node's local day of departure (days since
    1970-01-01), ``ship_time`` and ``arrival_time`` UTC seconds (for pickups, when the goods are ready). ``destination_node``
    is the store of a pickup. ``late_days`` counts begun days after the promise.
    """

    node_id: str
    carrier_id: str
    level: ServiceLevel
    destination_node: str
    ship_day: int
    ship_time: int
    arrival_time: int
    promise_time: int | None
    late_days: int
    contents: tuple[Content, ...]
    packages: tuple[Package, ...]
    breakdown: Breakdown
    cost: int


class Unfilled(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units that were left out, and why. ``backordered`` when the order takes them later."""

    line_id: str
    sku: str
    units: int
    reason: Reason
    detail: str
    backordered: bool


class Route(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The decision for one order. ``cost`` is the sum of the breakdown, which adds split and backorder to the shipments'."""

    route_id: str
    order_id: str
    state: RouteState
    shipments: tuple[Shipment, ...]
    unfilled: tuple[Unfilled, ...]
    breakdown: Breakdown
    cost: int
    currency: str
    decision_time: int
    expiry_time: int
    network_version: int
    prices_version: int
    certificate: Certificate
