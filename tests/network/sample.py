"""A small network to price on, written by hand: two time zones, a carrier with a card, a courier, a transfer lane."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from engine.network.carriers import Carrier, Pricing, RateCard, Service, ServiceLevel, ServiceZone, TransferLane
from engine.network.items import Carton, Item, ItemFlag
from engine.network.network import Network, Place
from engine.network.nodes import Node, NodeType
from engine.network.policy import Policy, PromiseRule

MICROS = 1_000_000
WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))


def at(text: str) -> int:
    """UTC seconds of an ISO 8601 instant, UTC where it names no offset."""
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


CARTONS = (
    Carton("S", 200, 150, 100, 5_000, 80, 400_000),
    Carton("M", 300, 250, 200, 12_000, 200, 800_000),
    Carton("L", 500, 400, 300, 25_000, 450, 1_600_000),
    Carton("TUBE", 1_200, 120, 120, 10_000, 300, 2_000_000),
)

MUG = Item("MUG", 400, 110, 100, 100)
BOOK = Item("BOOK", 700, 240, 170, 30)
ROD = Item("ROD", 900, 1_000, 60, 60)
SOFA = Item("SOFA", 40_000, 1_900, 900, 800)
PAINT = Item("PAINT", 2_500, 180, 180, 200, flags=frozenset({ItemFlag.HAZMAT}))
FISH = Item("FISH", 1_000, 250, 150, 60, flags=frozenset({ItemFlag.COLD}))
VASE = Item("VASE", 1_500, 250, 150, 150, flags=frozenset({ItemFlag.SHIP_ALONE}))
ITEMS = (MUG, BOOK, ROD, SOFA, PAINT, FISH, VASE)

SHOP_HOURS = ((600, 1_200),) * 5 + ((600, 960), None)
DC = Node(
    node_id="DC-MEM",
    name="Memphis",
    type=NodeType.DC,
    country="US",
    postal_code="38118",
    latitude=35.04,
    longitude=-89.93,
    time_zone="America/Chicago",
    open_hours=((360, 1_320),) * 6 + (None,),
    services=frozenset({ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.SHIP_TO_STORE}),
    handling_per_shipment=1_100_000,
    handling_per_unit=250_000,
    lead_time_s=3_600,
    reject_rate_ppm=1_234,
    holidays="us",
    handles_hazmat=True,
)
STORE = Node(
    node_id="ST-NYC",
    name="New York",
    type=NodeType.STORE,
    country="US",
    postal_code="10001",
    latitude=40.75,
    longitude=-73.99,
    time_zone="America/New_York",
    open_hours=SHOP_HOURS,
    services=frozenset(ServiceLevel) - {ServiceLevel.OVERNIGHT},
    handling_per_shipment=2_000_000,
    handling_per_unit=500_000,
    lead_time_s=7_200,
    handles_cold=True,
)
NYC = Place("US", "100", 40.76, -73.98, "America/New_York")
LA = Place("US", "900", 34.05, -118.24, "America/Los_Angeles")

# USPS Ground Advantage, commercial, as published for 2025-10-05: 8 oz, then 1, 2, 3, 5, 10 and 20 lb; zones 1, 5 and 8.
USPS_DOLLARS = (
    (4.95, 5.26, 5.55),
    (7.10, 8.41, 10.37),
    (7.36, 9.17, 11.85),
    (7.71, 10.22, 13.82),
    (8.98, 11.93, 16.76),
    (11.48, 15.49, 23.16),
    (15.99, 22.38, 35.22),
)
GROUND_CARD = RateCard(
    max_weight_g=(227, 454, 907, 1_361, 2_268, 4_536, 9_072),
    zones=(1, 5, 8),
    prices=tuple(tuple(round(usd * MICROS) for usd in row) for row in USPS_DOLLARS),
)
MAIL = Carrier("USPS", "Postal Service", zone_distances=((80_467, 1), (1_609_344, 5), (2_896_819, 8)))
COURIER = Carrier("BIKE", "Courier")
GROUND = Service(
    carrier_id="USPS",
    level=ServiceLevel.GROUND,
    name="Ground",
    pricing=Pricing.RATE_CARD,
    cutoffs=(1_020,) * 5 + (720, None),
    delivery_days=frozenset(range(6)),
    max_weight_g=31_751,
    max_length_plus_girth_mm=3_302,
    dim_divisor_mm3_per_kg=5_997_130,  # 166 cubic inches to the pound
    dim_threshold_mm3=28_316_847,  # a cubic foot
    fuel_bp=1_250,
    residential_surcharge=450_000,
    oversize_length_mm=559,
    oversize_surcharge=4_000_000,
    holidays="us",
    rate_card=GROUND_CARD,
    zones={1: ServiceZone(1, 40), 5: ServiceZone(3, 120), 8: ServiceZone(4, 301)},
)
BIKE = Service(
    carrier_id="BIKE",
    level=ServiceLevel.SAME_DAY,
    name="Bike",
    pricing=Pricing.DISTANCE,
    cutoffs=(1_080,) * 7,
    delivery_days=EVERY_DAY,
    max_weight_g=15_000,
    fuel_bp=333,
    base_price=4_990_000,
    price_per_km=1_234_567,
    radius_m=15_000,
    duration_minutes=95,
)
LANE = TransferLane("DC", "*", 3_000_000, 410_001, 2, (900,) * 5 + (None, None), carbon_g_per_kg=77)
US_HOLIDAYS = frozenset({date(2025, 11, 27), date(2025, 12, 25)})

SAMPLE = Network(
    name="sample",
    nodes=(DC, STORE),
    items=ITEMS,
    cartons=CARTONS,
    carriers=(MAIL, COURIER),
    services=(GROUND, BIKE),
    policy=Policy(
        late_penalty_per_day=5_000_000,
        carbon_price_per_kg=51_007,
        reject_cost=9_000_001,
        promises={
            ServiceLevel.GROUND: PromiseRule(5),
            ServiceLevel.SAME_DAY: PromiseRule(0, 840, WEEKDAYS),
        },
    ),
    transfer_lanes=(LANE,),
    holidays={"us": US_HOLIDAYS},
    places={(place.country, place.postal_prefix): place for place in (NYC, LA)},
)


def sample(**changes: object) -> Network:
    """The network with other parts."""
    return replace(SAMPLE, **changes)  # type: ignore[arg-type]
