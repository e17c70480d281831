"""Random networks: the eu network with its figures drawn anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from engine.network.batch_rules import BatchRules
from engine.network.carriers import RateCard, ServiceLevel
from engine.network.files import load_network
from engine.network.items import Carton, Item, ItemFlag
from engine.network.life_rules import HoldRules, ReturnRules
from engine.network.network import Network, Place
from engine.network.nodes import Node, NodeType
from engine.network.policy import BatchWindow, Divide, Objective, Policy, PromiseRule
from tests.networks import EU

BASE = load_network(EU)
MONEY = st.integers(0, 10**9) | st.integers(0, 10**14)
COUNT = st.integers(0, 10**9)
LETTER = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=";")
NAME = st.text(LETTER, max_size=12)
ID = st.text(LETTER, min_size=1, max_size=12)
MINUTE = st.integers(0, 1440)
SPAN = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], max(pair[0] + 1, pair[1])))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
SIDE = st.integers(1, 20_000)
LEVELS = (ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT, ServiceLevel.SAME_DAY)

ITEMS = st.builds(
    Item, ID, st.integers(1, 2_000_000), SIDE, SIDE, SIDE, MONEY, st.frozensets(st.sampled_from(ItemFlag)), NAME
)
CARTONS = st.builds(Carton, ID, SIDE, SIDE, SIDE, st.integers(1, 10**9), COUNT, MONEY)
PLACES = st.builds(
    Place,
    st.sampled_from(("DE", "GB")),
    st.text("0123456789ABC-", min_size=1, max_size=6),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(("Europe/Berlin", "Europe/London")),
)
RULES = st.builds(PromiseRule, st.integers(0, 60), MINUTE, DAYS)
WINDOWS = st.lists(
    st.builds(BatchWindow, ID, st.sampled_from((*LEVELS, ServiceLevel.PICKUP)), st.integers(0, 86_400_000)),
    max_size=4,
    unique_by=lambda window: (window.channel, window.level),
).map(lambda windows: tuple(sorted(windows, key=lambda window: window.channel)))
HOLDS = st.builds(
    HoldRules,
    st.none() | MONEY,
    st.none() | st.integers(0, 1_000_000),
    st.frozensets(st.sampled_from(["CH", "DE", "US"])),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 100),
)
RETURNS = st.builds(
    ReturnRules,
    st.integers(0, 3_650),
    st.integers(0, 3_650),
    st.integers(0, 3_650),
    st.frozensets(st.sampled_from(["cup", "a \\ b", 'the "best"'])),
    st.frozensets(st.sampled_from(NodeType), min_size=1),
    MONEY,
    st.integers(1, 365),
    st.integers(0, 10_000),
)
BATCHES = st.builds(BatchRules, st.just(()), st.integers(0, 10_000), st.none() | MONEY, st.just(()), MONEY)
POLICIES = st.builds(
    Policy,
    st.just("CHF"),
    st.sampled_from(Objective),
    MONEY,
    MONEY,
    st.booleans(),
    MONEY,
    MONEY,
    MONEY,
    st.fixed_dictionaries(dict.fromkeys(LEVELS, RULES)),
    st.integers(0, 1_000),
    st.sampled_from(Divide),
    st.booleans(),
    st.integers(0, 60),
    st.integers(1, 10**8),
    st.integers(1, 10**8),
    st.integers(1, 10**9),
    st.integers(2, 28),
    st.integers(100, 10_000),
    WINDOWS,
    st.integers(0, 10_000),
    HOLDS,
    RETURNS,
    BATCHES,
)


@st.composite
def _nodes(draw: st.DrawFn, node: Node) -> Node:
    return replace(
        node,
        name=draw(NAME),
        latitude=draw(st.floats(-90, 90)),
        open_hours=draw(st.tuples(*[st.none() | SPAN] * 7)),
        daily_order_capacity=draw(st.none() | COUNT),
        handling_per_unit=draw(MONEY),
        lead_time_s=draw(st.integers(0, 2_000_000)),
        reject_rate_ppm=draw(st.integers(0, 1_000_000)),
        channels=draw(st.frozensets(ID, max_size=3)),
        handles_cold=draw(st.booleans()),
    )


@st.composite
def _cards(draw: st.DrawFn, card: RateCard) -> RateCard:
    """Every zone priced up to some step, at least the first."""
    steps = draw(st.lists(st.integers(1, 10**8), min_size=1, max_size=5, unique=True).map(sorted))
    lasts = [draw(st.integers(1, len(steps))) for _ in card.zones]
    prices = tuple(tuple(draw(MONEY) if step < last else None for last in lasts) for step in range(len(steps)))
    return RateCard(tuple(steps), card.zones, prices)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    ground, express, courier = BASE.services
    assert ground.rate_card is not None
    places = draw(st.lists(PLACES, min_size=1, max_size=4))
    dates = st.frozensets(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=4)
    return replace(
        BASE,
        name=draw(ID),
        policy=draw(POLICIES),
        nodes=tuple(draw(_nodes(node)) for node in BASE.nodes),
        items=tuple(draw(st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda item: item.sku))),
        cartons=tuple(draw(st.lists(CARTONS, min_size=1, max_size=3, unique_by=lambda carton: carton.carton_id))),
        services=(
            replace(ground, rate_card=draw(_cards(ground.rate_card)), delivery_days=draw(DAYS)),
            replace(express, fuel_bp=draw(st.integers(0, 10_000)), dim_divisor_mm3_per_kg=draw(COUNT)),
            replace(courier, price_per_km=draw(MONEY), radius_m=draw(st.integers(1, 50_000_000))),
        ),
        holidays={calendar: draw(dates) for calendar in BASE.holidays},
        places={(place.country, place.postal_prefix): place for place in places},
    )
