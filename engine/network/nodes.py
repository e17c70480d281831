"""Nodes: the places that hold stock and ship or hand over."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.network.carriers import ServiceLevel
from engine.network.checks import require

WeeklyHours = tuple[tuple[int, int] | None, ...]
"""Seven entries, Monday first: (opening, closing) in minutes after local midnight, 0..1440, or None when closed."""


class NodeType(enum.Enum):
    DC = "DC"
    STORE = "STORE"
    VENDOR = "VENDOR"


@dataclass(frozen=True, slots=True)
class Node:
    """One node.

    Attributes
    ----------
    latitude, longitude : degrees, -90..90 and -180..180.
    time_zone : IANA name; open hours, cutoffs and capacity days are local to it.
    daily_order_capacity, daily_unit_capacity : orders and units that can leave in one local day; None is unlimited.
    handling_per_shipment, handling_per_unit : micros, >= 0.
    lead_time_s : seconds from reservation to ready-to-leave, >= 0.
    services : service levels the node offers.
    reject_rate_ppm : rejected shipments per million, 0..1,000,000.
    safety_stock : units of every SKU never promised, unless the stock row says otherwise.
    channels : sales channels served; empty serves all.
    holidays : name of a calendar in ``Network.holidays``, or "".
    """

    node_id: str
    name: str
    type: NodeType
    country: str
    postal_code: str
    latitude: float
    longitude: float
    time_zone: str
    open_hours: WeeklyHours
    services: frozenset[ServiceLevel]
    daily_order_capacity: int | None = None
    daily_unit_capacity: int | None = None
    handling_per_shipment: int = 0
    handling_per_unit: int = 0
    lead_time_s: int = 0
    reject_rate_ppm: int = 0
    safety_stock: int = 0
    channels: frozenset[str] = frozenset()
    holidays: str = ""
    handles_cold: bool = False
    handles_hazmat: bool = False

    def __post_init__(self) -> None:
        require(bool(self.node_id), "node_id", self.node_id, "a non-empty identifier")
        require(-90 <= self.latitude <= 90, "latitude", self.latitude, "degrees in -90..90")
        require(-180 <= self.longitude <= 180, "longitude", self.longitude, "degrees in -180..180")
        require(len(self.open_hours) == 7, "open_hours", self.open_hours, "seven days")
        require(0 <= self.reject_rate_ppm <= 1_000_000, "reject_rate_ppm", self.reject_rate_ppm, "0..1000000")
        for name in ("handling_per_shipment", "handling_per_unit", "lead_time_s", "safety_stock"):
            require(getattr(self, name) >= 0, name, getattr(self, name), "a figure >= 0")
        for name in ("daily_order_capacity", "daily_unit_capacity"):
            value = getattr(self, name)
            require(value is None or value >= 0, name, value, "a count >= 0, or none")
