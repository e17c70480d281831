"""A network as arrays, for the compiled half of the cost model.

Built once for a network; days, destinations and stores are added as orders ask for them, and kept. Axes: N nodes, K items,
S services (the network's, then PICKUP, then SHIP_TO_STORE), Z zones, H days, TZ time zones of nodes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.network.calendars import instant
from engine.network.carriers import Pricing, Service, ServiceLevel, TransferLane, WeeklyCutoffs
from engine.network.cost import CostModel
from engine.network.geography import distances_m, normal_postal_code
from engine.network.items import Item, ItemFlag
from engine.network.network import Network, Place
from engine.network.nodes import NodeType
from engine.network.rates import fuel
from engine.network.zones import COURIER_ZONE, ShipTo, carrier_zone, service_zone
from engine.routing import candidates as c
from engine.routing import set_costs as sc
from engine.routing.stock import HORIZON_MARGIN_DAYS
from solvers.problem import INFEASIBLE, UNLIMITED

Int64 = NDArray[np.int64]
T = TypeVar("T")
_KEPT_DESTINATIONS = 2_048
_KEPT_STORES = 512
_KEPT_LANES = 64
COLD_LINE, HAZMAT_LINE, WHOLE_LINE = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Days:
    """The calendar of H days from ``first_day``: see ``engine.network.calendars``; -1 where there is none."""

    first_day: int
    midnights: Int64  # [TZ, H]
    cutoffs: Int64  # [N, S, H]
    opens: Int64  # [N, H]
    closes: Int64  # [N, H]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Every node's way to one destination. Nodes of one class are in the same zone of every service."""

    class_of: NDArray[np.int16]  # [N]
    class_zones: NDArray[np.int16]  # [C, S], index of the zone, -1: not served
    distances: NDArray[np.int32]  # [N], metres


@dataclass(frozen=True, slots=True)
class Transfers:
    """Every node's way to one store: (class, fixed, transit days) by node, class -1 where there is no lane."""

    lanes: Int64  # [N, 3]
    cutoffs: Int64  # [N, H]
    ready: Int64  # [N, H]


class _Kept(OrderedDict[Hashable, T]):
    """The results asked for last, at most ``size`` of them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        found = self.get(key)
        if found is None:
            found = self[key] = make()
            if len(self) > self._size:
                self.popitem(last=False)
        return found


class Tables:
    """One network as arrays. The columns are named in ``candidates`` and ``set_costs``."""

    def __init__(self, network: Network, model: CostModel) -> None:
        self.network = network
        self.model = model
        self.node_index = {node.node_id: n for n, node in enumerate(network.nodes)}
        self.item_index = {item.sku: k for k, item in enumerate(network.items)}
        self.pickup_service = len(network.services)
        self.transfer_service = self.pickup_service + 1
        self.n_services = self.pickup_service + 2
        zones = sorted({zone for service in network.services for zone in _zones_of(service)})
        self.zone_index = {zone: z for z, zone in enumerate(zones)}
        self.transfer_classes = sorted({(lane.per_kg, lane.carbon_g_per_kg) for lane in network.transfer_lanes})
        self.n_zones = max(1, len(zones), len(self.transfer_classes))
        self.n_days = network.policy.horizon_days + HORIZON_MARGIN_DAYS
        self.time_zones = sorted({node.time_zone for node in network.nodes})
        self.latitudes = np.array([node.latitude for node in network.nodes])
        self.longitudes = np.array([node.longitude for node in network.nodes])
        self.nodes = self._node_rows()
        self.cartons, self.largest = carton_rows(network)
        self.items = item_rows(network, self.cartons, self.largest)
        self.item_flags = [_item_flags(item) for item in network.items]
        self._fill_services()
        unlimited = UNLIMITED
        self.order_limits = np.array(
            [unlimited if n.daily_order_capacity is None else n.daily_order_capacity for n in network.nodes], np.int64
        )
        self.unit_limits = np.array(
            [unlimited if n.daily_unit_capacity is None else n.daily_unit_capacity for n in network.nodes], np.int64
        )
        self.order_limits_by_node: list[int] = self.order_limits.tolist()
        self.unit_limits_by_node: list[int] = self.unit_limits.tolist()
        self._days: _Kept[Days] = _Kept(3)
        self._lanes: _Kept[Lanes] = _Kept(_KEPT_DESTINATIONS)
        self._arrivals: _Kept[Int64] = _Kept(64)
        self._lane_departures: _Kept[Int64] = _Kept(_KEPT_LANES)
        self._store_lanes: _Kept[tuple[Int64, list[tuple[TransferLane, Int64]]]] = _Kept(_KEPT_STORES)
        self._transfers: _Kept[Transfers] = _Kept(_KEPT_STORES)
        self._allowed: dict[str, NDArray[np.uint8]] = {}
        self.of_type = {kind: np.array([n.type is kind for n in network.nodes], np.uint8) for kind in NodeType}

    def days(self, first_day: int) -> Days:
        return self._days.of(first_day, lambda: self._make_days(first_day))

    def lanes(self, destination: ShipTo) -> Lanes:
        place = destination.place
        key = (place.country, place.postal_prefix, destination.postal_code if self._has_matrix else "")
        return self._lanes.of(key, lambda: self._make_lanes(destination))

    def distances_to_node(self, node: int) -> Int64:
        """int64[N], metres from every node to one of them."""
        return distances_m(self.latitudes[node], self.longitudes[node], self.latitudes, self.longitudes)

    def arrivals(self, place: Place, first_day: int) -> Int64:
        """int64[S, Z, H]: when what leaves on day h arrives, UTC seconds; -1 where the service has no such zone."""
        return self._arrivals.of((place.time_zone, first_day), lambda: self._make_arrivals(place, first_day))

    def transfers(self, store: int, first_day: int) -> Transfers:
        return self._transfers.of((store, first_day), lambda: self._make_transfers(store, first_day))

    def allowed(self, channel: str) -> NDArray[np.uint8]:
        """uint8[N]: 1 where the node serves the channel."""
        found = self._allowed.get(channel)
        if found is None:
            serves = [not node.channels or channel in node.channels for node in self.network.nodes]
            found = self._allowed[channel] = np.array(serves, np.uint8)
        return found

    def stores(self) -> list[int]:
        """The nodes that hand over."""
        return [n for n, node in enumerate(self.network.nodes) if ServiceLevel.PICKUP in node.services]

    def _node_rows(self) -> Int64:
        reject_cost = self.network.policy.reject_cost
        rows = np.zeros((len(self.network.nodes), c.NODE_COLUMNS), np.int64)
        for n, node in enumerate(self.network.nodes):
            rows[n, c.HANDLING] = node.handling_per_shipment
            rows[n, c.UNIT_HANDLING] = node.handling_per_unit
            rows[n, c.LEAD] = node.lead_time_s
            rows[n, c.REJECT] = node.reject_rate_ppm * reject_cost // 1_000_000
            rows[n, c.TIME_ZONE] = self.time_zones.index(node.time_zone)
            rows[n, c.COLD] = node.handles_cold
            rows[n, c.HAZMAT] = node.handles_hazmat
            rows[n, c.HANDS_OVER] = ServiceLevel.PICKUP in node.services
        return rows

    def _fill_services(self) -> None:
        services, n_services, n_zones = self.network.services, self.n_services, self.n_zones
        n_steps = max((len(s.rate_card.max_weight_g) for s in services if s.rate_card), default=1)
        self.services = np.zeros((n_services, c.SERVICE_COLUMNS), np.int64)
        self.rules = np.zeros((n_services, sc.RULE_COLUMNS), np.int64)
        self.steps = np.zeros((n_services, n_steps), np.int64)
        self.rates = np.full((n_services, n_steps, n_zones), INFEASIBLE, np.int64)
        self.carbon = np.zeros((n_services, n_zones), np.int64)
        self.transit = np.zeros((n_services, n_zones), np.int64)
        self.served = np.zeros((n_services, n_zones), np.uint8)
        self.per_kg = np.zeros(n_zones, np.int64)
        for s, service in enumerate(services):
            self._fill_service(s, service)
        for z, (per_kg, carbon) in enumerate(self.transfer_classes):
            self.per_kg[z] = per_kg
            self.carbon[self.transfer_service, z] = carbon
        self.offers = np.array(
            [[service.level in node.services for service in services] for node in self.network.nodes], np.bool_
        ).reshape(len(self.network.nodes), len(services))
        matrix_carriers = {carrier.carrier_id for carrier in self.network.carriers if carrier.zone_matrix}
        self._has_matrix = any(service.carrier_id in matrix_carriers for service in services)

    def _fill_service(self, s: int, service: Service) -> None:
        row = self.services[s]
        row[c.IS_SAME_DAY] = service.level is ServiceLevel.SAME_DAY
        row[c.TAKES_HAZMAT] = service.hazmat_allowed
        row[c.TAKES_COLD] = service.cold_allowed
        row[c.DURATION] = service.duration_minutes * 60
        row[c.BY_DISTANCE] = service.pricing is Pricing.DISTANCE
        row[c.BASE_PRICE] = service.base_price
        row[c.PER_KM] = service.price_per_km
        row[c.FUEL] = service.fuel_bp
        rule = self.rules[s]
        rule[sc.MAX_PACKAGE_WEIGHT] = service.max_weight_g
        rule[sc.MAX_LENGTH] = service.max_length_mm
        rule[sc.MAX_GIRTH] = service.max_length_plus_girth_mm
        rule[sc.DIM_DIVISOR] = service.dim_divisor_mm3_per_kg
        rule[sc.DIM_THRESHOLD] = service.dim_threshold_mm3
        rule[sc.RESIDENTIAL] = service.residential_surcharge
        rule[sc.OVERSIZE_LENGTH] = service.oversize_length_mm
        rule[sc.OVERSIZE] = service.oversize_surcharge
        for zone in _zones_of(service):
            z, lane = self.zone_index[zone], service_zone(service, zone)
            self.served[s, z] = 1
            self.transit[s, z] = lane.transit_days
            self.carbon[s, z] = lane.carbon_g_per_kg
        card = service.rate_card
        if card is None:
            return
        rule[sc.STEPS] = len(card.max_weight_g)
        self.steps[s, : len(card.max_weight_g)] = card.max_weight_g
        for step, prices in enumerate(card.prices):
            for zone, price in zip(card.zones, prices, strict=True):
                if price is not None and zone in self.zone_index:
                    self.rates[s, step, self.zone_index[zone]] = price + fuel(service, price)

    def _make_days(self, first_day: int) -> Days:
        calendar, nodes, n_days = self.model.calendar, self.network.nodes, self.n_days
        cutoffs = np.full((len(nodes), self.n_services, n_days), -1, np.int64)
        for s, service in enumerate(self.network.services):
            cutoffs[:, s] = calendar.cutoff_table(nodes, service, first_day, n_days)
        midnights = np.array(
            [[instant(zone, first_day + h, 0) for h in range(n_days)] for zone in self.time_zones], np.int64
        )
        opens = calendar.open_table(nodes, first_day, n_days)
        return Days(first_day, midnights, cutoffs, opens, calendar.close_table(nodes, first_day, n_days))

    def _make_lanes(self, destination: ShipTo) -> Lanes:
        place = destination.place
        metres = distances_m(place.latitude, place.longitude, self.latitudes, self.longitudes)
        zones = np.full((len(self.network.nodes), self.n_services), -1, np.int16)
        by_carrier: dict[str, NDArray[np.int16]] = {}
        for s, service in enumerate(self.network.services):
            if service.pricing is Pricing.DISTANCE:
                found = np.where(metres <= service.radius_m, self.zone_index[COURIER_ZONE], -1).astype(np.int16)
            else:
                if service.carrier_id not in by_carrier:
                    by_carrier[service.carrier_id] = self._carrier_zones(service.carrier_id, destination, metres)
                found = by_carrier[service.carrier_id]
                found = np.where((found >= 0) & (self.served[s, np.maximum(found, 0)] == 1), found, -1)
            zones[:, s] = np.where(self.offers[:, s], found, -1)
        class_of, first = _classes(zones)
        return Lanes(class_of.astype(np.int16), zones[first], metres.astype(np.int32))

    def _carrier_zones(self, carrier_id: str, destination: ShipTo, metres: Int64) -> NDArray[np.int16]:
        """int16[N]: index of the carrier's zone, -1 where it does not go."""
        carrier = next(x for x in self.network.carriers if x.carrier_id == carrier_id)
        farthest = np.array([reach for reach, _ in carrier.zone_distances], np.int64)
        by_rule = np.array([self.zone_index.get(zone, -1) for _, zone in carrier.zone_distances] + [-1], np.int16)
        found = by_rule[np.searchsorted(farthest, metres)]
        if carrier.zone_matrix:
            for n, node in enumerate(self.network.nodes):
                code = normal_postal_code(node.postal_code)
                zone = carrier_zone(carrier, code, destination.postal_code, int(metres[n]))
                found[n] = -1 if zone is None else self.zone_index.get(zone, -1)
        return found

    def _make_arrivals(self, place: Place, first_day: int) -> Int64:
        calendar = self.model.calendar
        table = np.full((self.n_services, self.n_zones, self.n_days), -1, np.int64)
        for s, service in enumerate(self.network.services):
            if service.level is ServiceLevel.SAME_DAY:
                continue
            for zone in _zones_of(service):
                for h in range(self.n_days):
                    day = first_day + h
                    table[s, self.zone_index[zone], h] = calendar.arrival_time(service, zone, day, 0, place)
        return table

    def _make_transfers(self, store: int, first_day: int) -> Transfers:
        lanes, members_of = self._store_lanes.of(store, lambda: self._make_store_lanes(store))
        shape = (len(lanes), self.n_days)
        cutoffs, ready = np.full(shape, -1, np.int64), np.full(shape, -1, np.int64)
        calendar, at = self.model.calendar, self.network.nodes[store]
        for lane, members in members_of:
            leaves = self._departures(lane.cutoffs, first_day)[members]
            arrives = calendar.transfer_ready_table(lane, at, first_day, self.n_days)
            cutoffs[members] = leaves
            ready[members] = np.where(leaves >= 0, arrives, -1)
        return Transfers(lanes, cutoffs, ready)

    def _make_store_lanes(self, store: int) -> tuple[Int64, list[tuple[TransferLane, Int64]]]:
        """``Transfers.lanes``, and each lane that goes to the store with the nodes that it leaves."""
        nodes = self.network.nodes
        metres = self.distances_to_node(store).tolist()
        of_lane: dict[int, tuple[TransferLane, list[int]]] = {}  # by identity: hashing a lane costs more than the rest
        for n, node in enumerate(nodes):
            lane = self.model.transfers.most_exact(node, nodes[store])
            if lane is None or (lane.max_distance_m and metres[n] > lane.max_distance_m):
                continue
            if ServiceLevel.SHIP_TO_STORE in node.services:
                of_lane.setdefault(id(lane), (lane, []))[1].append(n)
        lanes = np.full((len(nodes), 3), -1, np.int64)
        for lane, members in of_lane.values():
            kind = self.transfer_classes.index((lane.per_kg, lane.carbon_g_per_kg))
            lanes[members] = (kind, lane.fixed, lane.transit_days)
        return lanes, [(lane, np.array(members, np.int64)) for lane, members in of_lane.values()]

    def _departures(self, cutoffs: WeeklyCutoffs, first_day: int) -> Int64:
        """int64[N, H]: when a lane of these cutoffs would leave each node, wherever it goes."""

        def make() -> Int64:
            return self.model.calendar.transfer_departure_table(cutoffs, self.network.nodes, first_day, self.n_days)

        return self._lane_departures.of((cutoffs, first_day), make)


def _classes(rows: NDArray[np.int16]) -> tuple[Int64, Int64]:
    """The class of each row, rows alike being of one, and the first row of each class. Sorts numbers, not rows."""
    class_of, first = np.zeros(len(rows), np.int64), np.zeros(1, np.int64)
    for column in rows.T:
        code = class_of * (int(rows.max()) + 2) + column + 1
        _, first, class_of = np.unique(code, return_index=True, return_inverse=True)
    return class_of, first


def _zones_of(service: Service) -> tuple[int, ...]:
    return (COURIER_ZONE,) if service.pricing is Pricing.DISTANCE else tuple(service.zones)


def _item_flags(item: Item) -> int:
    """The flags that bear on where a line may go."""
    flags = COLD_LINE if ItemFlag.COLD in item.flags else 0
    flags |= HAZMAT_LINE if ItemFlag.HAZMAT in item.flags else 0
    return flags | (WHOLE_LINE if ItemFlag.MUST_NOT_SPLIT in item.flags else 0)


def carton_rows(network: Network) -> tuple[Int64, int]:
    """Cartons in order of preference (cost, volume, file), and the row of the largest (-1: there is none)."""
    fill_bp = network.policy.package_fill_bp
    preferred = sorted(
        range(len(network.cartons)), key=lambda b: (network.cartons[b].cost, network.cartons[b].volume_mm3)
    )
    rows = np.zeros((len(preferred), sc.CARTON_COLUMNS), np.int64)
    for row, b in enumerate(preferred):
        carton = network.cartons[b]
        sides = sorted((carton.length_mm, carton.width_mm, carton.height_mm), reverse=True)
        usable = carton.volume_mm3 * fill_bp // 10_000
        rows[row] = *sides, carton.volume_mm3, usable, carton.max_weight_g, carton.tare_g, carton.cost
    if not preferred:
        return np.zeros((1, sc.CARTON_COLUMNS), np.int64), -1
    largest = max(range(len(preferred)), key=lambda b: network.cartons[b].volume_mm3)
    return rows, preferred.index(largest)


def item_rows(network: Network, cartons: Int64, largest: int) -> Int64:
    """int64[K, ITEM_COLUMNS]. RANK orders lines for packing: volume and weight descending, then SKU."""
    items = network.items
    rows = np.zeros((len(items), sc.ITEM_COLUMNS), np.int64)
    by_size = sorted(range(len(items)), key=lambda k: (-items[k].volume_mm3, -items[k].weight_g, items[k].sku))
    for rank, k in enumerate(by_size):
        item = items[k]
        sides = sorted((item.length_mm, item.width_mm, item.height_mm), reverse=True)
        takes = (
            (cartons[:, : sc.CARTON_VOLUME] >= sides).all(axis=1)
            & (cartons[:, sc.USABLE] >= item.volume_mm3)
            & (cartons[:, sc.MAX_WEIGHT] >= item.weight_g)
        )
        own = ItemFlag.OVERSIZE in item.flags or not takes.any()
        alone = not own and (ItemFlag.SHIP_ALONE in item.flags or not takes[largest])
        rows[k] = item.weight_g, item.volume_mm3, *sides, own, int(takes.argmax()) if alone else -1, rank
    return rows
