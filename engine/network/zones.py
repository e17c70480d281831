"""Zones: how far a carrier reckons a destination from a node (docs/model.md, Zones, distances)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.network.carriers import Carrier, Pricing, Service, ServiceZone
from engine.network.geography import distances_m, find_place, normal_postal_code
from engine.network.network import Network, Place
from engine.network.nodes import Node

COURIER_ZONE = 0
"""The zone of every destination within a DISTANCE service's radius."""

_KEPT = 1 << 17
_KEPT_PLACES = 1 << 11
_AT_ONCE = ServiceZone(transit_days=0, carbon_g_per_kg=0)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShipTo:
    """A destination that was found: its place, its own postal code (normal), and whether people live there."""

    place: Place
    postal_code: str
    residential: bool = True


def carrier_zone(carrier: Carrier, origin_code: str, destination_code: str, metres: int) -> int | None:
    """The zone by the matrix, else by distance; None where the carrier does not go. Postal codes are normal."""
    row = _longest_prefix(carrier.zone_matrix, origin_code)
    zone = None if row is None else _longest_prefix(row, destination_code)
    if zone is not None:
        return zone
    return next((zone for farthest, zone in carrier.zone_distances if metres <= farthest), None)


class Zones:
    """The zones and distances of one network, remembered."""

    def __init__(self, network: Network) -> None:
        self._column = {node.node_id: n for n, node in enumerate(network.nodes)}
        self._latitudes = np.array([node.latitude for node in network.nodes])
        self._longitudes = np.array([node.longitude for node in network.nodes])
        self._codes = {node.node_id: normal_postal_code(node.postal_code) for node in network.nodes}
        self._places = network.places
        self._carriers = {carrier.carrier_id: carrier for carrier in network.carriers}
        self._distances = lru_cache(_KEPT_PLACES)(self._measure)
        self._zone = lru_cache(_KEPT)(self._look_up)
        self._ship_to = lru_cache(_KEPT)(self._find)

    def ship_to(self, country: str, postal_code: str, residential: bool) -> ShipTo | None:
        """The destination, or None when no prefix of its postal code is known."""
        return self._ship_to(country, postal_code, residential)

    def distance_m(self, node: Node, place: Place) -> int:
        """Great-circle metres from ``node`` to ``place``, which is one of the network's."""
        return self._from(node.node_id, (place.country, place.postal_prefix))

    def zone(self, service: Service, node: Node, place: Place, postal_code: str) -> int | None:
        """The zone of ``service`` from ``node`` to a (normal) postal code of ``place``; None where it does not go."""
        if service.pricing is Pricing.DISTANCE:
            return COURIER_ZONE if self.distance_m(node, place) <= service.radius_m else None
        zone = self._zone(service.carrier_id, node.node_id, (place.country, place.postal_prefix), postal_code)
        return zone if zone in service.zones else None

    def zone_back(self, service: Service, sender: ShipTo, node: Node) -> int | None:
        """The zone of ``service`` from a customer to ``node``; None where it does not go, or is priced by distance."""
        if service.pricing is Pricing.DISTANCE:
            return None
        carrier, metres = self._carriers[service.carrier_id], self.distance_m(node, sender.place)
        zone = carrier_zone(carrier, sender.postal_code, self._codes[node.node_id], metres)
        return zone if zone in service.zones else None

    def _find(self, country: str, postal_code: str, residential: bool) -> ShipTo | None:
        place = find_place(self._places, country, postal_code)
        return None if place is None else ShipTo(place, normal_postal_code(postal_code), residential)

    def _from(self, node_id: str, place: tuple[str, str]) -> int:
        return int(self._distances(place)[self._column[node_id]])

    def _measure(self, key: tuple[str, str]) -> NDArray[np.int32]:
        """int32[N]: from every node, as one reckoning of many distances costs little more than of one."""
        place = self._places[key]
        metres = distances_m(place.latitude, place.longitude, self._latitudes, self._longitudes)
        return metres.astype(np.int32)

    def _look_up(self, carrier_id: str, node_id: str, place: tuple[str, str], postal_code: str) -> int | None:
        metres = self._from(node_id, place)
        return carrier_zone(self._carriers[carrier_id], self._codes[node_id], postal_code, metres)


def service_zone(service: Service, zone: int) -> ServiceZone:
    """What ``service`` does in a zone it serves; no transit days and no carbon for a courier that names no zone 0."""
    return service.zones.get(zone, _AT_ONCE) if zone == COURIER_ZONE else service.zones[zone]


def _longest_prefix(table: Mapping[str, T], code: str) -> T | None:
    return next((table[code[:n]] for n in range(len(code), -1, -1) if code[:n] in table), None)
