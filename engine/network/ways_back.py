"""Ways back: how returned goods travel, as a carrier's parcel from the customer, or from the store where he handed them in."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from engine.network.carriers import Service, ServiceLevel, TransferLane
from engine.network.components import NotAllowed, Reason
from engine.network.network import Network
from engine.network.nodes import Node
from engine.network.packing import MAX_PACKAGES, PackedBox, Packer
from engine.network.permits import Contents, check_service, check_transit
from engine.network.rates import rate_package
from engine.network.transfers import Transfers
from engine.network.zones import ShipTo, Zones, service_zone

_KEPT = 1 << 12


class WayBack(NamedTuple):
    """What one way asks for, micros. ``carrier_id`` "" and ``level`` None: no carrier's parcel."""

    carrier_id: str = ""
    level: ServiceLevel | None = None
    carrier: int = 0
    fuel: int = 0
    surcharges: int = 0
    transfer: int = 0
    carbon: int = 0


class WaysBack:
    """The ways of one network. ``parcel`` and ``carried`` raise NotAllowed where the goods can't come back so; what the node
    itself may take, ``check_nodes`` says."""

    def __init__(self, network: Network, zones: Zones, transfers: Transfers) -> None:
        self._policy = network.policy
        self._zones = zones
        self._transfers = transfers
        self._packer = Packer(network.cartons, network.policy.package_fill_bp)
        self._packed = lru_cache(_KEPT)(self._pack)

    def zone(self, service: Service, sender: ShipTo, node: Node) -> int | None:
        """Of ``service`` from the customer to ``node``; None where it does not go."""
        return self._zones.zone_back(service, sender, node)

    def lane(self, store: Node, node: Node) -> TransferLane | None:
        """The lane to ``node``, or else the one that supplies the store from ``node``, whose van goes back; None: neither."""
        return self._transfers.lane(store, node) or self._transfers.lane(node, store)

    def parcel(self, service: Service, zone: int, contents: Contents) -> WayBack:
        """By a carrier's service, to which the customer brings it: no home is called at. He packs it in what it came in, so
        cartons cost nothing; they are reckoned with as for shipping."""
        check_service(service, contents)
        check_transit(service_zone(service, zone).transit_days, self._policy.cold_max_transit_days, contents)
        boxes = self._packed(contents)
        rates = [rate_package(service, zone, box) for box in boxes]
        return WayBack(
            service.carrier_id,
            service.level,
            sum(rate.rate for rate in rates),
            sum(rate.fuel for rate in rates),
            sum(rate.oversize for rate in rates),
            carbon=self._carbon(sum(box.weight_g for box in boxes), service_zone(service, zone).carbon_g_per_kg),
        )

    def carried(self, lane: TransferLane, contents: Contents) -> WayBack:
        """By a lane, from the store where they were handed in."""
        check_transit(lane.transit_days, self._policy.cold_max_transit_days, contents)
        weight = sum(item.weight_g * units for _, item, units in contents)
        carbon = self._carbon(weight, lane.carbon_g_per_kg)
        return WayBack(transfer=lane.fixed + lane.per_kg * weight // 1_000, carbon=carbon)

    def _pack(self, contents: Contents) -> tuple[PackedBox, ...]:
        boxes = self._packer.pack((item, units, position) for position, item, units in contents)
        if boxes is None:
            raise NotAllowed(Reason.SERVICE_UNAVAILABLE, f"the parcel would be more than {MAX_PACKAGES} packages")
        return tuple(boxes)

    def _carbon(self, weight_g: int, carbon_g_per_kg: int) -> int:
        return weight_g * carbon_g_per_kg * self._policy.carbon_price_per_kg // 1_000_000
