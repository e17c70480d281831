"""The network: everything the cost of a shipment depends on, save the stock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.network.carriers import Carrier, Service, ServiceLevel, TransferLane, WeeklyCutoffs
from engine.network.items import Carton, Item
from engine.network.nodes import Node
from engine.network.policy import Policy


@dataclass(frozen=True, slots=True)
class Place:
    """A location orders ship to: a postal code or a prefix of one, its centre and its time zone."""

    country: str
    postal_prefix: str
    latitude: float
    longitude: float
    time_zone: str


@dataclass(frozen=True, slots=True)
class Network:
    """One validated network. Sequences keep the order of their files: it is the order ties break by.

    Attributes
    ----------
    cutoffs : (node id, carrier id, level) -> seven local cutoffs that replace the service's own at that node.
    holidays : calendar name -> dates without departures, deliveries or open doors.
    places : (country, postal prefix) -> place; the longest prefix of a postal code wins.
    """

    name: str
    nodes: tuple[Node, ...]
    items: tuple[Item, ...]
    cartons: tuple[Carton, ...]
    carriers: tuple[Carrier, ...]
    services: tuple[Service, ...]
    policy: Policy
    transfer_lanes: tuple[TransferLane, ...] = ()
    cutoffs: Mapping[tuple[str, str, ServiceLevel], WeeklyCutoffs] = field(default_factory=dict)
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockRow:
    """Opening stock of one SKU at one node, in units. ``safety_stock`` None takes the node's; ``protected`` is for VIP orders."""

    node_id: str
    sku: str
    on_hand: int
    protected: int = 0
    safety_stock: int | None = None
