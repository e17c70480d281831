from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.network.carriers import Service, ServiceLevel
from engine.network.components import Component, NotAllowed, Reason
from engine.network.cost import CostModel, Priced
from engine.network.items import Item
from engine.network.nodes import Node
from engine.network.permits import Contents
from engine.network.prices import BidPrices
from engine.network.zones import ShipTo
from tests.network.sample import (
    BIKE,
    BOOK,
    DC,
    FISH,
    GROUND,
    ITEMS,
    LA,
    LANE,
    MUG,
    NYC,
    PAINT,
    ROD,
    SAMPLE,
    SOFA,
    STORE,
    VASE,
    at,
    day,
    sample,
)

HOME = ShipTo(NYC, "10001", residential=True)
OFFICE = ShipTo(NYC, "10001", residential=False)
TUESDAY = day("2025-11-25")
NOON = at("2025-11-25T12:00-06:00")
MODEL = CostModel(SAMPLE)


def price(
    contents: Contents = ((0, MUG, 2), (1, BOOK, 1)),
    *,
    model: CostModel = MODEL,
    node: Node = DC,
    service: Service | ServiceLevel = GROUND,
    to: ShipTo | Node = HOME,
    on: int = TUESDAY,
    now: int = NOON,
    promise: int | None = None,
) -> Priced:
    return model.price(
        node=node, service=service, destination=to, ship_day=on, now=now, contents=contents, promise_time=promise
    )


def refused(reason: Reason, **asked) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(NotAllowed) as caught:
        price(**asked)
    assert caught.value.reason is reason
    return caught.value.detail


def parts(priced: Priced) -> Mapping[Component, int]:
    return dict(priced.breakdown)


def test_a_parcel_costs_what_is_reckoned_by_hand() -> None:
    # Two mugs and a book: 1,500 g in carton M (200 g), 15 litres, so no dimensional weight; USPS zone 5, 5 lb: $11.93.
    priced = price()
    assert priced.breakdown == (
        (Component.HANDLING, 1_100_000),
        (Component.PACKAGING, 800_000),
        (Component.CARRIER, 11_930_000),
        (Component.FUEL, 1_491_250),  # 12.5%
        (Component.SURCHARGES, 450_000),
        (Component.UNIT_HANDLING, 750_000),
        (Component.CARBON, 10_405),  # 1.7 kg x 120 g/kg x $0.051007/kg = 10,405.428
        (Component.REJECT, 11_106),  # 1,234 ppm of $9.000001 = 11,106.001
    )
    assert priced.cost == 16_542_761
    assert priced.ship_time == at("2025-11-25T17:00-06:00")
    assert priced.arrival_time == at("2025-11-29T20:00-05:00")
    (package,) = priced.packages
    assert (package.box.carton_id, package.box.weight_g, package.billable_weight_g) == ("M", 1_700, 1_700)


def test_a_courier_costs_its_distance_what_is_reckoned_by_hand() -> None:
    priced = price(((4, MUG, 1),), node=STORE, service=BIKE)  # 1,395 m
    assert priced.breakdown == (
        (Component.HANDLING, 2_000_000),
        (Component.PACKAGING, 400_000),
        (Component.CARRIER, 4_990_000 + 1_722_220),  # floor(1,234,567 x 1.395)
        (Component.FUEL, 223_517),  # 3.33% of 6,712,220 is 223,516.9
        (Component.UNIT_HANDLING, 500_000),
    )
    assert priced.arrival_time == priced.ship_time + 95 * 60 == at("2025-11-25T19:35-05:00")


def test_a_transfer_costs_its_lane_by_the_goods_own_weight() -> None:
    priced = price(((0, MUG, 3),), service=ServiceLevel.SHIP_TO_STORE, to=STORE, on=TUESDAY + 1)
    assert priced.breakdown == (
        (Component.HANDLING, 1_100_000),
        (Component.TRANSFER, 3_492_001),  # $3 and floor(410,001 x 1.2)
        (Component.UNIT_HANDLING, 750_000),
        (Component.CARBON, 4_713),  # 1.2 kg x 77 g/kg x $0.051007/kg = 4,713.05
        (Component.REJECT, 11_106),
    )
    assert (priced.ship_time, priced.arrival_time) == (at("2025-11-26T15:00-06:00"), at("2025-11-28T12:00-05:00"))
    (package,) = priced.packages
    assert (package.box.carton_id, package.box.weight_g, package.box.volume_mm3) == ("", 1_200, 0)


def test_a_pickup_costs_its_handling_alone() -> None:
    priced = price(((0, MUG, 300),), node=STORE, service=ServiceLevel.PICKUP, to=STORE)
    assert priced.breakdown == ((Component.HANDLING, 2_000_000), (Component.UNIT_HANDLING, 150_000_000))
    assert priced.ship_time == priced.arrival_time == at("2025-11-25T15:00-05:00")
    assert [package.box.contents for package in priced.packages] == [((0, 300),)]


def test_a_business_address_pays_no_residential_surcharge() -> None:
    assert price(to=OFFICE).cost == price(to=HOME).cost - 450_000


def test_surcharges_are_for_each_package() -> None:
    rods = price(((0, ROD, 3),))  # three tubes of 1,200 mm
    assert len(rods.packages) == 3
    assert parts(rods)[Component.SURCHARGES] == 3 * (450_000 + 4_000_000)
    assert parts(rods)[Component.CARRIER] == 3 * 10_220_000  # 1,200 g: 3 lb


@pytest.mark.parametrize(("early", "late_days"), [(-1, 0), (0, 0), (1, 1), (86_400, 1), (86_401, 2), (10 * 86_400, 10)])
def test_each_begun_day_after_the_promise_costs_the_penalty(early: int, late_days: int) -> None:
    arrival = price().arrival_time
    priced = price(promise=arrival - early)
    assert priced.late_days == late_days
    assert parts(priced).get(Component.LATE, 0) == late_days * 5_000_000
    assert priced.cost == price().cost + late_days * 5_000_000


def test_bid_prices_are_paid_by_the_unit_and_capacity_by_the_shipment() -> None:
    prices = BidPrices(7, {("MUG", "DC-MEM"): 30, ("BOOK", "ST-NYC"): 999}, {("DC-MEM", TUESDAY): 11})
    priced = price(model=MODEL.with_prices(prices))
    assert parts(priced)[Component.BID_PRICE] == 60
    assert parts(priced)[Component.CAPACITY_PRICE] == 11
    assert priced.cost == price().cost + 71
    assert MODEL.prices.version == 0


def test_bid_prices_are_never_negative() -> None:
    with pytest.raises(InvalidInput, match="unit: expected micros >= 0, got '-1'"):
        BidPrices(1, {("MUG", "DC-MEM"): -1})


def test_a_cutoff_is_missed_by_a_second() -> None:
    leaves = price().ship_time
    assert price(now=leaves - DC.lead_time_s).ship_time == leaves
    detail = refused(Reason.CUTOFF_MISSED, now=leaves - DC.lead_time_s + 1)
    assert detail == f"DC-MEM would be ready 1 s after the cutoff of day {TUESDAY}"


@pytest.mark.parametrize("days", [-1, 2, 5])  # yesterday, Thanksgiving, Sunday
def test_nothing_leaves_yesterday_on_holidays_or_on_closed_days(days: int) -> None:
    refused(Reason.CUTOFF_MISSED, on=TUESDAY + days)


def test_departures_are_planned_within_the_horizon_only() -> None:
    price(on=TUESDAY + 13)
    assert "not on" in refused(Reason.CONSTRAINT, on=TUESDAY + 14)


def test_same_day_leaves_today_only() -> None:
    refused(Reason.CONSTRAINT, node=STORE, service=BIKE, on=TUESDAY + 1)


def test_a_pickup_needs_an_open_store_and_its_latest_instant() -> None:
    pickup = {"node": STORE, "service": ServiceLevel.PICKUP, "to": STORE}
    assert "closed" in refused(Reason.CUTOFF_MISSED, on=TUESDAY + 5, **pickup)
    ready = price(**pickup).ship_time  # type: ignore[arg-type]
    assert price(promise=ready, **pickup).late_days == 0  # type: ignore[arg-type]
    assert "1 s after" in refused(Reason.CUTOFF_MISSED, promise=ready - 1, **pickup)


@pytest.mark.parametrize(
    "asked",
    [
        {"service": BIKE},  # the DC does not offer SAME_DAY
        {"node": STORE, "service": BIKE, "to": ShipTo(LA, "90001")},  # beyond the radius
        {"contents": ((0, SOFA, 1),)},  # too heavy
        {"contents": ((0, VASE, 257),)},  # too many packages
        {"node": STORE, "service": ServiceLevel.SHIP_TO_STORE, "to": DC},  # the DC hands nothing over
        {"node": STORE, "service": ServiceLevel.SHIP_TO_STORE, "to": STORE},  # no lane to itself
    ],
)
def test_a_service_that_does_not_serve_is_named_so(asked: dict[str, object]) -> None:
    refused(Reason.SERVICE_UNAVAILABLE, **asked)


def test_hazardous_goods_go_only_where_everyone_on_the_way_takes_them() -> None:
    paint = ((0, PAINT, 1),)
    assert refused(Reason.CONSTRAINT, contents=paint) == "Ground does not take the hazardous PAINT"
    takes = replace(GROUND, hazmat_allowed=True)
    assert price(paint, service=takes).cost > 0
    assert "ST-NYC" in refused(Reason.CONSTRAINT, contents=paint, node=STORE, service=takes)
    assert "ST-NYC" in refused(Reason.CONSTRAINT, contents=paint, service=ServiceLevel.SHIP_TO_STORE, to=STORE)
    refused(Reason.CONSTRAINT, contents=paint, node=STORE, service=ServiceLevel.PICKUP, to=STORE)


def test_cold_goods_travel_only_so_long_and_from_nodes_that_handle_them() -> None:
    fish = ((0, FISH, 1),)
    assert refused(Reason.CONSTRAINT, contents=fish) == "DC-MEM does not handle cold, as FISH needs"
    near = {"contents": fish, "node": STORE, "service": GROUND}
    assert price(**near).cost > 0  # type: ignore[arg-type]
    assert refused(Reason.CONSTRAINT, to=ShipTo(LA, "90001"), model=_reaching_la(), **near) == (
        "FISH is cold: it may travel 2 days, here 4"
    )
    assert "cold goods" in refused(
        Reason.CONSTRAINT, contents=fish, node=STORE, service=replace(GROUND, cold_allowed=False)
    )
    price(fish, node=STORE, service=ServiceLevel.PICKUP, to=STORE)
    cold_dc = replace(DC, handles_cold=True)
    price(fish, node=cold_dc, service=ServiceLevel.SHIP_TO_STORE, to=STORE)
    slow = CostModel(sample(transfer_lanes=(replace(LANE, transit_days=3),)))
    transfer = {"contents": fish, "node": cold_dc, "service": ServiceLevel.SHIP_TO_STORE, "to": STORE}
    assert "here 3" in refused(Reason.CONSTRAINT, model=slow, **transfer)


def _reaching_la() -> CostModel:
    """The mail's farthest zone, stretched to the other coast."""
    mail, courier = SAMPLE.carriers
    return CostModel(sample(carriers=(replace(mail, zone_distances=((80_467, 1), (5_000_000, 8))), courier)))


def test_a_mode_and_a_destination_that_do_not_belong_together_are_a_programming_error() -> None:
    for service, to in ((GROUND, STORE), (ServiceLevel.PICKUP, STORE), (ServiceLevel.SHIP_TO_STORE, HOME)):
        with pytest.raises(TypeError, match="expected a Service and a ShipTo"):
            price(service=service, to=to)


some_items = st.lists(st.tuples(st.sampled_from([MUG, BOOK, ROD, VASE]), st.integers(1, 20)), min_size=1, max_size=5)
ways = st.sampled_from(
    [
        (DC, GROUND, HOME),
        (DC, GROUND, ShipTo(LA, "90001", residential=False)),
        (STORE, BIKE, OFFICE),
        (STORE, ServiceLevel.PICKUP, STORE),
        (DC, ServiceLevel.SHIP_TO_STORE, STORE),
    ]
)
bids = st.dictionaries(
    st.tuples(st.sampled_from([item.sku for item in ITEMS]), st.just("DC-MEM")), st.integers(0, 10**7)
)


@given(some_items, ways, bids, st.integers(-10 * 86_400, 10 * 86_400))
def test_cost_is_the_sum_of_its_breakdown_and_every_unit_is_in_a_package(  # I7
    picked: list[tuple[Item, int]],
    way: tuple[Node, Service | ServiceLevel, ShipTo | Node],
    unit: dict[tuple[str, str], int],
    slack: int,
) -> None:
    node, service, to = way
    contents = tuple((position, item, units) for position, (item, units) in enumerate(picked))
    model = MODEL.with_prices(BidPrices(1, unit))
    try:
        priced = price(contents, model=model, node=node, service=service, to=to, promise=NOON + 4 * 86_400 + slack)
    except NotAllowed:
        return  # too many packages, too heavy, too far: nothing to add up
    assert priced.cost == sum(amount for _, amount in priced.breakdown)
    assert all(amount > 0 for _, amount in priced.breakdown)
    order = list(Component)
    places = [order.index(component) for component, _ in priced.breakdown]
    assert places == sorted(set(places))
    packed = [part for package in priced.packages for part in package.box.contents]
    assert sum(units for _, units in packed) == sum(units for _, units in picked)
    assert all(package.billable_weight_g >= package.box.weight_g for package in priced.packages)
    assert NOON <= priced.ship_time <= priced.arrival_time


@given(some_items, ways)
def test_a_model_with_warm_memory_prices_as_a_new_one(
    picked: list[tuple[Item, int]], way: tuple[Node, Service | ServiceLevel, ShipTo | Node]
) -> None:
    node, service, to = way
    contents = tuple((position, item, units) for position, (item, units) in enumerate(picked))

    def asked(model: CostModel) -> Priced | str:
        try:
            return price(contents, model=model, node=node, service=service, to=to)
        except NotAllowed as refusal:
            return str(refusal)

    assert asked(MODEL) == asked(MODEL) == asked(CostModel(SAMPLE))
