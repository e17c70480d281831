"""Orders as the router takes them: lines and constraints.

Structs of msgspec, as routes are: made and written down in a fraction of a dataclass's time on the path of every order.
"""

from __future__ import annotations

import enum

import msgspec

from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.network.nodes import NodeType
from engine.network.policy import Divide

MAX_UNITS = 1_000_000
MAX_LINES = 1_000


class Fulfilment(enum.Enum):
    SHIP = "SHIP"
    PICKUP = "PICKUP"


class Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """``units`` of ``sku``, 1..1,000,000. ``line_id`` is unique in its order; a SKU may stand on several lines."""

    line_id: str
    sku: str
    units: int
    fulfilment: Fulfilment = Fulfilment.SHIP

    def __post_init__(self) -> None:
        if self.line_id and self.sku and 1 <= self.units <= MAX_UNITS:
            return
        require(bool(self.line_id), "line_id", self.line_id, "a non-empty identifier")
        require(bool(self.sku), "sku", self.sku, "a non-empty SKU")
        require(False, "units", self.units, f"a count in 1..{MAX_UNITS}")


class Destination(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where shipped lines go. ``postal_code`` is looked up by longest prefix in the network's places."""

    country: str
    postal_code: str
    residential: bool = True


class PickupAt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where picked-up lines are handed over: at ``node_id``, or at any one store within ``radius_m`` of the destination."""

    node_id: str = ""
    radius_m: int = 0

    def __post_init__(self) -> None:
        one_of = bool(self.node_id) != (self.radius_m > 0)
        require(one_of, "pickup", (self.node_id, self.radius_m), "a node_id or a radius_m > 0, not both")


class Order(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One order.

    Attributes
    ----------
    order_time : UTC seconds; the instant the decision is made at is the router's own clock.
    service_level : GROUND, TWO_DAY, OVERNIGHT or SAME_DAY: what was sold for the shipped lines. It sets the promise;
        any parcel service that keeps it may carry, unless ``exact_service``. SAME_DAY is carried by SAME_DAY alone.
    deliver_by : UTC seconds, a date given by the order; None takes the policy's promise for the level.
    pickup_by : UTC seconds, the latest instant at which picked-up lines must be ready; None for none.
    late_allowed : None takes the policy's word for the policy's promise, and False for a date given by the order.
    partial : may lines be left out (as backorders)? None takes the policy's word. divide : likewise.
    max_shipments : 0 takes the policy's limit.
    only_nodes, only_node_types : empty means all.
    vip : may take protected stock.
    """

    order_id: str
    order_time: int
    lines: tuple[Line, ...]
    destination: Destination | None
    channel: str = "web"
    service_level: ServiceLevel = ServiceLevel.GROUND
    exact_service: bool = False
    deliver_by: int | None = None
    pickup: PickupAt | None = None
    pickup_by: int | None = None
    late_allowed: bool | None = None
    partial: bool | None = None
    divide: Divide | None = None
    max_shipments: int = 0
    only_nodes: frozenset[str] = frozenset()
    not_nodes: frozenset[str] = frozenset()
    only_node_types: frozenset[NodeType] = frozenset()
    not_node_types: frozenset[NodeType] = frozenset()
    vip: bool = False

    def __post_init__(self) -> None:
        require(bool(self.order_id), "order_id", self.order_id, "a non-empty identifier")
        if not 1 <= len(self.lines) <= MAX_LINES:
            require(False, "lines", len(self.lines), f"1..{MAX_LINES} lines")
        if len(self.lines) > 1:
            ids = [line.line_id for line in self.lines]
            twice = "" if len(set(ids)) == len(ids) else next(x for i, x in enumerate(ids) if x in ids[:i])
            require(not twice, "lines.line_id", twice, "identifiers unique within the order")
        require(self.max_shipments >= 0, "max_shipments", self.max_shipments, "a count >= 0")
        if self.service_level is ServiceLevel.PICKUP or self.service_level is ServiceLevel.SHIP_TO_STORE:
            require(False, "service_level", self.service_level.value, "a level for shipped lines")
        fulfilments = [line.fulfilment for line in self.lines]
        ships, picks = Fulfilment.SHIP in fulfilments, Fulfilment.PICKUP in fulfilments
        require(not ships or self.destination is not None, "destination", self.destination, "one, as lines ship")
        require(not picks or self.pickup is not None, "pickup", self.pickup, "one, as lines are picked up")
        if self.pickup and self.pickup.radius_m:
            require(self.destination is not None, "destination", self.destination, "one, as the radius starts there")
