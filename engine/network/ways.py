"""Ways: how a shipment can travel, when it leaves and arrives, and what the carrier or the lane asks for it.

The figures of a network never change, so everything that repeats (cartons, rates, zones, instants) is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from engine.network.calendars import Calendar
from engine.network.carriers import Pricing, Service, ServiceLevel
from engine.network.components import NotAllowed, Reason
from engine.network.network import Network
from engine.network.nodes import Node
from engine.network.packing import MAX_PACKAGES, PackedBox, Packer
from engine.network.permits import (
    Contents,
    check_day,
    check_departure,
    check_nodes,
    check_offered,
    check_service,
    check_transit,
)
from engine.network.rates import distance_price, fuel, rate_package
from engine.network.transfers import Transfers
from engine.network.zones import ShipTo, Zones, service_zone

_KEPT = 1 << 16


class PricedPackage(NamedTuple):
    """One package and the weight it is billed at, grams."""

    box: PackedBox
    billable_weight_g: int


class Way(NamedTuple):
    """One way: instants in UTC seconds, amounts in micros. A named tuple, as one is made for every price."""

    packages: tuple[PricedPackage, ...]
    ship_time: int
    arrival_time: int
    packaging: int = 0
    carrier: int = 0
    fuel: int = 0
    surcharges: int = 0
    transfer: int = 0
    carbon: int = 0


class _Parcels(NamedTuple):
    """A set of lines by one service in one zone: what of it doesn't depend on the node or the destination."""

    packages: tuple[PricedPackage, ...]
    packaging: int
    rate: int
    fuel: int
    oversize: int
    carbon: int


class Ways:
    """The ways of one network. Every method raises NotAllowed where the goods can't go so on that day."""

    def __init__(self, network: Network) -> None:
        self.calendar = Calendar(network)
        self.zones = Zones(network)
        self.transfers = Transfers(network.transfer_lanes, network.nodes)
        self._policy = network.policy
        self._packer = Packer(network.cartons, network.policy.package_fill_bp)
        self._services = {service.key: service for service in network.services}
        self._parcels = lru_cache(_KEPT)(self._rate)

    def ship(self, node: Node, service: Service, to: ShipTo, day: int, now: int, contents: Contents) -> Way:
        """By a carrier's service to a destination."""
        check_offered(node, service.level)
        zone = self.zones.zone(service, node, to.place, to.postal_code)
        if zone is None:
            detail = f"{service.name} does not go from {node.node_id} to {to.postal_code}"
            raise NotAllowed(Reason.SERVICE_UNAVAILABLE, detail)
        for _, item, _ in contents:
            if item.flags:
                check_nodes((node,), contents)
                check_service(service, contents)
                check_transit(service_zone(service, zone).transit_days, self._policy.cold_max_transit_days, contents)
                break
        check_day(node, day, now, 1 if service.level is ServiceLevel.SAME_DAY else self._policy.horizon_days)
        leaves = check_departure(node, self.calendar.cutoff_time(node, service, day), day, now)
        parcels = self._parcels(service.key, zone, contents)
        rate, on_rate = parcels.rate, parcels.fuel
        if service.pricing is Pricing.DISTANCE:
            rate = distance_price(service, self.zones.distance_m(node, to.place))
            on_rate = fuel(service, rate)
        residential = service.residential_surcharge * len(parcels.packages) if to.residential else 0
        return Way(
            packages=parcels.packages,
            ship_time=leaves,
            arrival_time=self.calendar.arrival_time(service, zone, day, leaves, to.place),
            packaging=parcels.packaging,
            carrier=rate,
            fuel=on_rate,
            surcharges=parcels.oversize + residential,
            carbon=parcels.carbon,
        )

    def pick_up(self, store: Node, day: int, now: int, contents: Contents) -> Way:
        """From a store's own stock, over its counter."""
        check_offered(store, ServiceLevel.PICKUP)
        check_nodes((store,), contents)
        check_day(store, day, now, self._policy.horizon_days)
        ready = self.calendar.pickup_ready_time(store, day, now)
        if ready is None:
            detail = f"{store.node_id} is closed on day {day}, or closes before the goods are ready"
            raise NotAllowed(Reason.CUTOFF_MISSED, detail)
        return Way(_goods(contents), ready, ready)

    def transfer(self, node: Node, store: Node, day: int, now: int, contents: Contents) -> Way:
        """From another node to the store that hands over."""
        check_offered(node, ServiceLevel.SHIP_TO_STORE)
        check_offered(store, ServiceLevel.PICKUP)
        lane = self.transfers.lane(node, store)
        if lane is None:
            detail = f"no transfer lane goes from {node.node_id} to {store.node_id}"
            raise NotAllowed(Reason.SERVICE_UNAVAILABLE, detail)
        check_nodes((node, store), contents)
        check_transit(lane.transit_days, self._policy.cold_max_transit_days, contents)
        check_day(node, day, now, self._policy.horizon_days)
        leaves = check_departure(node, self.calendar.transfer_departure_time(lane, node, day), day, now)
        ready = self.calendar.transfer_ready_time(lane, store, day)
        if ready is None:
            raise NotAllowed(Reason.SERVICE_UNAVAILABLE, f"{store.node_id} never opens")
        packages = _goods(contents)
        weight = packages[0].box.weight_g
        return Way(
            packages,
            leaves,
            ready,
            transfer=lane.fixed + lane.per_kg * weight // 1_000,
            carbon=self._carbon(weight, lane.carbon_g_per_kg),
        )

    def _rate(self, service_key: tuple[str, ServiceLevel], zone: int, contents: Contents) -> _Parcels:
        service = self._services[service_key]
        boxes = self._packer.pack((item, units, position) for position, item, units in contents)
        if boxes is None:
            raise NotAllowed(Reason.SERVICE_UNAVAILABLE, f"the shipment would be more than {MAX_PACKAGES} packages")
        rates = [rate_package(service, zone, box) for box in boxes]
        weight = sum(box.weight_g for box in boxes)
        return _Parcels(
            packages=tuple(PricedPackage(box, rate.billable_weight_g) for box, rate in zip(boxes, rates, strict=True)),
            packaging=sum(box.cost for box in boxes),
            rate=sum(rate.rate for rate in rates),
            fuel=sum(rate.fuel for rate in rates),
            oversize=sum(rate.oversize for rate in rates),
            carbon=self._carbon(weight, service_zone(service, zone).carbon_g_per_kg),
        )

    def _carbon(self, weight_g: int, carbon_g_per_kg: int) -> int:
        return weight_g * carbon_g_per_kg * self._policy.carbon_price_per_kg // 1_000_000


def _goods(contents: Contents) -> tuple[PricedPackage, ...]:
    """The goods themselves as one package without sides: what is handed over or travels in totes is not packed."""
    weight = sum(item.weight_g * units for _, item, units in contents)
    lines = tuple((position, units) for position, _, units in contents)
    return (PricedPackage(PackedBox("", 0, 0, 0, weight, 0, lines), weight),)
