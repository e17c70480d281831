"""Random small networks, stocks and orders, seeded: every constraint of an order in some of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeVar

import numpy as np

from engine.network.carriers import (
    PARCEL_LEVELS,
    Carrier,
    Pricing,
    RateCard,
    Service,
    ServiceLevel,
    ServiceZone,
    TransferLane,
)
from engine.network.items import Carton, Item, ItemFlag
from engine.network.network import Network, Place
from engine.network.nodes import Node, NodeType
from engine.network.policy import Divide, Objective, Policy, PromiseRule
from engine.network.prices import BidPrices
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt
from engine.routing.stock import Snapshot, first_day_of
from solvers.problem import UNLIMITED

Rng = np.random.Generator
T = TypeVar("T")
MICROS = 1_000_000
HORIZON = 5
PLACES = (
    Place("US", "100", 40.75, -73.99, "America/New_York"),
    Place("US", "10001", 40.76, -73.90, "America/New_York"),
    Place("US", "606", 41.88, -87.63, "America/Chicago"),
    Place("US", "900", 34.05, -118.24, "America/Los_Angeles"),
    Place("NZ", "10", -36.85, 174.76, "Pacific/Auckland"),
)
CODES = ("10016", "10001", "60601", "90012", "1010")
# A Thursday morning, a Friday evening with both changes of the clock of 2026 near, and the eve of a holiday.
MOMENTS = tuple(
    int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    for text in ("2026-03-05T15:30:00", "2026-03-06T23:10:00", "2026-10-30T20:45:00", "2026-11-25T13:00:00")
)
HOLIDAYS = {"a": frozenset({date(2026, 11, 26), date(2026, 3, 6)}), "b": frozenset({date(2026, 3, 9)})}
LEVELS = (*PARCEL_LEVELS, ServiceLevel.SAME_DAY)


@dataclass(frozen=True, slots=True)
class Case:
    """One order, the stock it meets and the instant of the decision."""

    order: Order
    stock: Snapshot
    now: int


def chance(rng: Rng, share: float) -> bool:
    return bool(rng.random() < share)


def pick(rng: Rng, *choices: T) -> T:
    return choices[int(rng.integers(len(choices)))]


def random_network(rng: Rng) -> Network:
    carriers = tuple(_carrier(rng, f"c{k}") for k in range(int(rng.integers(1, 4))))
    services = [_parcel(rng, carriers[0].carrier_id, ServiceLevel.GROUND)]
    for carrier in carriers:
        for level in LEVELS:
            if (carrier.carrier_id, level) != services[0].key and chance(rng, 0.4):
                make = _courier if level is ServiceLevel.SAME_DAY or chance(rng, 0.15) else _parcel
                services.append(make(rng, carrier.carrier_id, level))
    nodes = tuple(_node(rng, k) for k in range(int(rng.integers(3, 8))))
    lanes = tuple(
        TransferLane(
            pick(rng, *(node.node_id for node in nodes), "DC", "STORE", "VENDOR"),
            pick(rng, "*", *(node.node_id for node in nodes)),
            int(rng.integers(0, 5 * MICROS)),
            int(rng.integers(0, MICROS)),
            int(rng.integers(1, 4)),
            _cutoffs(rng),
            pick(rng, 0, 0, 900_000),
            int(rng.integers(0, 300)),
        )
        for _ in range(int(rng.integers(0, 5)))
    )
    overrides = {
        (pick(rng, *nodes).node_id, *pick(rng, *services).key): _cutoffs(rng) for _ in range(int(rng.integers(0, 3)))
    }
    return Network(
        name="random",
        nodes=nodes,
        items=tuple(_item(rng, k) for k in range(8)),
        cartons=_cartons(rng),
        carriers=carriers,
        services=tuple(services),
        policy=_policy(rng),
        transfer_lanes=tuple(lane for lane in lanes if lane.origin != lane.destination),
        cutoffs=overrides,
        holidays=HOLIDAYS,
        places={(place.country, place.postal_prefix): place for place in PLACES},
    )


def random_prices(rng: Rng, network: Network) -> BidPrices | None:
    """None in half of the cases; else prices of some units and some days."""
    if chance(rng, 0.5):
        return None
    unit = {
        (item.sku, node.node_id): int(rng.integers(0, 4 * MICROS))
        for item in network.items
        for node in network.nodes
        if chance(rng, 0.5)
    }
    days = {now // 86_400 + ahead for now in MOMENTS for ahead in range(-1, 7)}
    capacity = {
        (node.node_id, day): int(rng.integers(0, 3 * MICROS))
        for node in network.nodes
        for day in sorted(days)
        if chance(rng, 0.5)
    }
    return BidPrices(1, unit, capacity)


def random_case(rng: Rng, network: Network, *, divide: bool = False, most_units: int = 5, most_lines: int = 4) -> Case:
    """An order whose lines may be divided, in stock by ones and twos, or one of whole lines and any stock."""
    now = pick(rng, *MOMENTS)
    order = _order(rng, network, now, divide, most_units, most_lines)
    return Case(order, random_stock(rng, network, now, scarce=divide), now)


def random_stock(rng: Rng, network: Network, now: int, *, scarce: bool = False) -> Snapshot:
    shape = (len(network.items), len(network.nodes))
    atp = rng.choice([-1, 0, 1, 2, 3, 4, 6, 10, 400], shape, p=[0.02, 0.3, 0.05, 0.08, 0.1, 0.1, 0.17, 0.12, 0.06])
    if scarce:
        atp = rng.integers(0, 3, shape)
    protected = rng.choice([0, 1, 3], shape, p=[0.8, 0.1, 0.1])
    days = (len(network.nodes), network.policy.horizon_days + 2)
    orders_left, units_left = np.full(days, UNLIMITED, np.int64), np.full(days, UNLIMITED, np.int64)
    if chance(rng, 0.5):
        orders_left = rng.choice([0, 1, UNLIMITED], days, p=[0.15, 0.1, 0.75]).astype(np.int64)
        units_left = rng.choice([-2, 0, 2, 4, 7, UNLIMITED], days, p=[0.02, 0.08, 0.1, 0.15, 0.15, 0.5]).astype(
            np.int64
        )
    return Snapshot(atp.astype(np.int32), protected.astype(np.int32), orders_left, units_left, first_day_of(now))


def _order(rng: Rng, network: Network, now: int, divide: bool, most_units: int, most_lines: int) -> Order:
    n_lines = min(most_lines, int(rng.choice([1, 2, 3, 4], p=[0.15, 0.3, 0.35, 0.2])))
    picks = chance(rng, 0.3)
    skus = rng.permutation(len(network.items))[:n_lines]
    if n_lines > 1 and chance(rng, 0.2):
        skus[-1] = skus[0]
    lines = tuple(
        Line(
            f"l{k}",
            network.items[int(sku)].sku,
            300 if not divide and chance(rng, 0.004) else int(rng.integers(1, most_units + 1)),
            Fulfilment.PICKUP if picks and chance(rng, 0.6) else Fulfilment.SHIP,
        )
        for k, sku in enumerate(skus)
    )
    place = int(rng.choice(len(PLACES), p=[0.25, 0.15, 0.3, 0.25, 0.05]))
    ordered = now - int(rng.integers(0, 8 * 3_600))
    ids = [node.node_id for node in network.nodes]
    some = frozenset(node for node in ids if chance(rng, 0.5))
    return Order(
        order_id="o",
        order_time=ordered,
        lines=lines,
        destination=Destination(PLACES[place].country, CODES[place], chance(rng, 0.6)),
        channel=pick(rng, "web", "app"),
        service_level=pick(rng, *[ServiceLevel.GROUND] * 4, *PARCEL_LEVELS, *LEVELS),
        exact_service=chance(rng, 0.1),
        deliver_by=ordered + int(rng.integers(1, 8 * 86_400)) if chance(rng, 0.15) else None,
        pickup=pick(rng, PickupAt(pick(rng, *ids)), PickupAt("", pick(rng, 50_000, 3_000_000, 20_000_000))),
        pickup_by=ordered + int(rng.integers(0, 6 * 86_400)) if chance(rng, 0.3) else None,
        late_allowed=pick(rng, None, None, None, True, True, False),
        partial=pick(rng, None, None, None, True, True, False),
        divide=pick(rng, Divide.WHEN_NEEDED, Divide.FREELY) if divide else Divide.NEVER,
        max_shipments=pick(rng, 0, 0, 0, 1, 2, 3),
        only_nodes=some if chance(rng, 0.1) else frozenset(),
        not_nodes=some if chance(rng, 0.1) else frozenset(),
        only_node_types=frozenset({pick(rng, *NodeType)}) if chance(rng, 0.08) else frozenset(),
        not_node_types=frozenset({pick(rng, *NodeType)}) if chance(rng, 0.08) else frozenset(),
        vip=chance(rng, 0.2),
    )


def _policy(rng: Rng) -> Policy:
    return Policy(
        objective=pick(rng, Objective.COST, Objective.COST, Objective.SHIPMENTS),
        split_penalty=pick(rng, 0, 1, 1_500_000),
        late_penalty_per_day=pick(rng, 0, 333_333, 5 * MICROS),
        late_allowed=chance(rng, 0.7),
        carbon_price_per_kg=pick(rng, 0, 51_007),
        reject_cost=pick(rng, 0, 9_000_001),
        backorder_cost_per_unit=pick(rng, 0, *[6 * MICROS] * 3, *[80 * MICROS] * 10),
        promises={
            level: PromiseRule(
                int(rng.integers(0, 6)),
                int(rng.integers(0, 1_441)),
                pick(rng, frozenset(range(5)), frozenset(range(7)), frozenset({2, 5})),
            )
            for level in LEVELS
            if chance(rng, 0.8)
        },
        max_shipments=pick(rng, 0, 0, 2, 3),
        divide=Divide.NEVER,
        partial=chance(rng, 0.75),
        cold_max_transit_days=int(rng.integers(0, 4)),
        horizon_days=HORIZON,
        package_fill_bp=pick(rng, 10_000, 8_500, 5_000),
    )


def _node(rng: Rng, k: int) -> Node:
    near = pick(rng, *PLACES[:4], *PLACES[:4], *PLACES)
    kind = pick(rng, *NodeType)
    offered = frozenset(level for level in ServiceLevel if chance(rng, 0.9))
    hours = pick(rng, ((480, 1_140),) * 7, ((360, 1_320),) * 5 + (None, None), ((600, 1_200),) * 5 + ((600, 960), None))
    return Node(
        node_id=f"n{k}",
        name=f"node {k}",
        type=kind,
        country=near.country,
        postal_code=pick(rng, "10003", "60699", "90001", "1011"),
        latitude=near.latitude + float(rng.normal(0, 0.2)),
        longitude=near.longitude + float(rng.normal(0, 0.2)),
        time_zone=near.time_zone,
        open_hours=hours,
        services=offered,
        handling_per_shipment=int(rng.integers(0, 3 * MICROS)),
        handling_per_unit=int(rng.integers(0, MICROS)),
        lead_time_s=pick(rng, 0, 0, 3_600, 3_600, 7_200, 100_000),
        reject_rate_ppm=pick(rng, 0, 1_234, 50_000),
        channels=pick(rng, frozenset(), frozenset(), frozenset(), frozenset({"web"}), frozenset({"app", "web"})),
        holidays=pick(rng, "", "a", "b"),
        handles_cold=chance(rng, 0.8),
        handles_hazmat=chance(rng, 0.8),
    )


def _item(rng: Rng, k: int) -> Item:
    small = rng.integers(20, 250, 3)
    large = rng.integers(100, 900, 3)
    length, width, height = (int(side) for side in (small if chance(rng, 0.75) else large))
    flags = frozenset(flag for flag in ItemFlag if chance(rng, 0.08))
    weight = int(rng.integers(50, 4_000)) if chance(rng, 0.85) else int(rng.integers(4_000, 30_000))
    return Item(f"s{k}", weight, length, width, height, flags=flags)


def _cartons(rng: Rng) -> tuple[Carton, ...]:
    made = (
        Carton("S", 200, 150, 100, 5_000, 80, int(rng.integers(0, MICROS))),
        Carton("M", 300, 250, 200, 12_000, 200, int(rng.integers(0, MICROS))),
        Carton("L", 500, 400, 300, 20_000, 450, int(rng.integers(0, 2 * MICROS))),
        Carton("T", 1_000, 150, 150, 9_000, 300, int(rng.integers(0, 2 * MICROS))),
    )
    return tuple(carton for carton in made if chance(rng, 0.8))


def _carrier(rng: Rng, carrier_id: str) -> Carrier:
    matrix = {
        origin: {code: int(rng.integers(1, 5)) for code in ("10", "100", "60601", "9") if chance(rng, 0.6)}
        for origin in ("1", "100", "606", "9")
        if chance(rng, 0.4)
    }
    rule = ((300_000, 1), (2_000_000, 2), (5_000_000, 3))
    return Carrier(carrier_id, carrier_id, rule if chance(rng, 0.95) else rule[:2], matrix)


def _cutoffs(rng: Rng) -> tuple[int | None, ...]:
    minute = int(rng.integers(540, 1_200))
    return pick(rng, (minute,) * 7, (minute,) * 5 + (720, None), (minute, None) * 3 + (None,))


def _parcel(rng: Rng, carrier_id: str, level: ServiceLevel) -> Service:
    zones = tuple(zone for zone in (1, 2, 3, 4) if zone == 2 or chance(rng, 0.85))
    steps = (500, 1_000, 2_000, 5_000, 12_000, 32_000, 70_000)[: int(rng.integers(5, 8))]
    base = rng.integers(3 * MICROS, 9 * MICROS, len(zones))
    slope = rng.integers(0, 3 * MICROS, (len(steps), len(zones))).cumsum(axis=0)
    silent = [len(steps) - int(chance(rng, 0.3)) for _ in zones]
    prices = tuple(
        tuple(int(base[z] + slope[k, z]) if k < silent[z] else None for z in range(len(zones)))
        for k in range(len(steps))
    )
    fast = level is not ServiceLevel.GROUND
    return Service(
        carrier_id=carrier_id,
        level=level,
        name=f"{carrier_id} {level.value}",
        pricing=Pricing.RATE_CARD,
        cutoffs=_cutoffs(rng),
        delivery_days=pick(rng, frozenset(range(5)), frozenset(range(6)), frozenset(range(7))),
        delivered_by_minute=int(rng.integers(600, 1_441)),
        max_weight_g=pick(rng, 0, 0, 0, 31_000, 15_000),
        max_length_mm=pick(rng, 0, 0, 0, 800),
        max_length_plus_girth_mm=pick(rng, 0, 0, 2_500),
        dim_divisor_mm3_per_kg=pick(rng, 0, 5_000_000),
        dim_threshold_mm3=pick(rng, 0, 28_316_847),
        fuel_bp=pick(rng, 0, 1_250, 333),
        residential_surcharge=pick(rng, 0, 450_000),
        oversize_length_mm=pick(rng, 0, 450),
        oversize_surcharge=int(rng.integers(0, 5 * MICROS)),
        hazmat_allowed=chance(rng, 0.8),
        cold_allowed=chance(rng, 0.8),
        duration_minutes=240,
        holidays=pick(rng, "", "a", "b"),
        rate_card=RateCard(steps, zones, prices),
        zones={
            zone: ServiceZone(int(rng.integers(0, 3 if fast else 5)), int(rng.integers(0, 400)))
            for zone in (1, 2, 3, 4)
            if zone in zones
        },
    )


def _courier(rng: Rng, carrier_id: str, level: ServiceLevel) -> Service:
    parcel = _parcel(rng, carrier_id, level)
    return replace(
        parcel,
        pricing=Pricing.DISTANCE,
        rate_card=None,
        zones={0: ServiceZone(int(rng.integers(0, 2)), 120)} if chance(rng, 0.5) else {},
        base_price=int(rng.integers(0, 6 * MICROS)),
        price_per_km=int(rng.integers(0, 2 * MICROS)),
        radius_m=pick(rng, 20_000, 60_000, 2_000_000),
    )
