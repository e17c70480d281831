"""Where goods that come back go: by freight, hands and what they are worth there, and the cheapest of all ways to part them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from engine.errors import InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.components import NotAllowed
from engine.network.cost import CostModel
from engine.network.files import load_network
from engine.network.life_rules import ReturnRules
from engine.network.network import Network
from engine.network.nodes import NodeType
from engine.network.prices import BidPrices
from engine.network.rates import card_rate
from engine.network.ways_back import WayBack, WaysBack
from engine.routing.order import Destination
from engine.routing.return_nodes import MAX_APART, ReturnNodes
from engine.routing.return_worth import worth
from engine.routing.returned import ANYWHERE, LATELY_DAYS, Outlook, ReturnAsked, ReturnLine, ReturnParcel, ReturnPart
from tests.networks import EU as EU_FILES

EU = load_network(EU_FILES)
BERLIN, MUNICH = Destination("DE", "10115"), Destination("DE", "80331")
SKUS = ("MUG-BLUE", "TOWEL-70", "KETTLE-17", "TEA-ASSAM", "RUG-WOOL", "LAMP-OAK")
SINKS = ("dc-berlin", "dc-munich", "store-hamburg", "store-vienna")


def a_return(*skus: str, units: int = 1, **fields: object) -> ReturnAsked:
    lines = tuple(ReturnLine(str(number), sku, units) for number, sku in enumerate(skus, 1))
    return ReturnAsked(lines, **{"sender": BERLIN, **fields})  # type: ignore[arg-type]


def ruled(**fields: object) -> Network:
    return replace(EU, policy=replace(EU.policy, returns=ReturnRules(**fields)))  # type: ignore[arg-type]


def chosen(asked: ReturnAsked, outlook: Outlook | None = None, network: Network = EU) -> tuple[ReturnParcel, ...]:
    return ReturnNodes(CostModel(network)).choose(asked, outlook or Outlook())


def test_goods_go_to_the_nearest_node_where_they_are_worth_as_much_everywhere() -> None:
    (parcel,) = chosen(a_return("MUG-BLUE"))
    assert (parcel.node_id, parcel.carrier_id, parcel.level) == ("dc-berlin", "kranich", ServiceLevel.GROUND)
    service = next(each for each in EU.services if each.level is ServiceLevel.GROUND)
    costs = dict(parcel.costs)
    assert costs[ReturnPart.CARRIER] == card_rate(service, 1, 500)
    assert costs[ReturnPart.HANDLING] == 850_000
    assert costs[ReturnPart.UNIT_HANDLING] == 120_000
    assert parcel.cost == sum(costs.values())
    (parcel,) = chosen(a_return("MUG-BLUE", sender=MUNICH))
    assert parcel.node_id == "dc-munich"
    costs_elsewhere = [cost for _, cost in parcel.instead]
    assert costs_elsewhere == sorted(costs_elsewhere)
    assert costs_elsewhere[0] >= parcel.cost


def test_an_overstocked_node_loses_what_is_scarce_elsewhere() -> None:
    outlook = Outlook(atp={("KETTLE-17", "dc-berlin"): 500}, left={("KETTLE-17", "dc-munich"): 40})
    (parcel,) = chosen(a_return("KETTLE-17"), outlook)
    assert parcel.node_id == "dc-munich"
    away = dict(parcel.instead)
    assert away["dc-berlin"] > parcel.cost


def test_goods_go_where_somebody_waits_for_them() -> None:
    outlook = Outlook(waiting={("MUG-BLUE", "store-hamburg"): 1})
    (parcel,) = chosen(a_return("MUG-BLUE"), outlook)
    assert parcel.node_id == "store-hamburg"
    (parcel,) = chosen(a_return("MUG-BLUE"), Outlook(waiting={("MUG-BLUE", ANYWHERE): 1}))
    assert parcel.node_id == "dc-berlin", "whoever waits for a parcel is served from anywhere"


def test_bid_prices_go_before_what_left_lately() -> None:
    prices = BidPrices(1, {("MUG-BLUE", "dc-munich"): 9_000_000, ("MUG-BLUE", "dc-berlin"): 1_000_000})
    nodes = ReturnNodes(CostModel(EU, prices))
    (parcel,) = nodes.choose(a_return("MUG-BLUE"), Outlook(left={("MUG-BLUE", "dc-berlin"): 999}))
    assert parcel.node_id == "dc-munich"
    (parcel,) = nodes.choose(a_return("TOWEL-70"), Outlook(left={("TOWEL-70", "dc-berlin"): 999}))
    assert parcel.node_id == "dc-berlin", "there is no price for this SKU anywhere"


def test_two_parcels_only_when_the_second_is_worth_its_penalty() -> None:
    outlook = Outlook(
        atp={("KETTLE-17", "dc-berlin"): 500, ("LAMP-OAK", "dc-munich"): 500},
        left={("KETTLE-17", "dc-munich"): 90, ("LAMP-OAK", "dc-berlin"): 90},
    )
    asked = a_return("KETTLE-17", "LAMP-OAK")
    parcels = chosen(asked, outlook, ruled(parcel_penalty=1_000_000))
    assert [(parcel.node_id, parcel.line_ids) for parcel in parcels] == [("dc-munich", ("1",)), ("dc-berlin", ("2",))]
    assert dict(parcels[1].costs)[ReturnPart.PARCEL] == 1_000_000
    assert ReturnPart.PARCEL not in dict(parcels[0].costs)
    assert len(chosen(asked, outlook, ruled(parcel_penalty=90_000_000))) == 1
    assert len(chosen(ReturnAsked(asked.lines, BERLIN, together=True), outlook, ruled(parcel_penalty=0))) == 1


def test_what_is_handed_in_stays_at_the_store_or_goes_by_the_van_that_supplies_it() -> None:
    wanted_there = Outlook(left={("TEA-ASSAM", "store-vienna"): 30})
    (parcel,) = chosen(a_return("TEA-ASSAM", drop_off="store-vienna"), wanted_there)
    assert (parcel.node_id, parcel.carrier_id, parcel.level) == ("store-vienna", "", None)
    full = Outlook(atp={("KETTLE-17", "store-vienna"): 200}, left={("KETTLE-17", "dc-munich"): 90})
    (parcel,) = chosen(a_return("KETTLE-17", units=2, drop_off="store-vienna"), full)
    assert (parcel.node_id, parcel.carrier_id) == ("dc-munich", "")
    assert dict(parcel.costs)[ReturnPart.TRANSFER] == 1_200_000 + 150_000 * 2_700 // 1_000
    assert ReturnPart.CARRIER not in dict(parcel.costs)


def test_goods_go_only_to_nodes_that_may_take_them() -> None:
    (parcel,) = chosen(a_return("SPRAY-WAX", sender=MUNICH))
    assert parcel.node_id == "dc-berlin", "only it handles hazardous goods"
    with pytest.raises(InvalidInput, match="some node takes back"):
        chosen(a_return("SPRAY-WAX"), network=ruled(node_types=frozenset({NodeType.STORE})))
    (parcel,) = chosen(a_return("MUG-BLUE"), network=ruled(node_types=frozenset({NodeType.VENDOR})))
    assert parcel.node_id == "vendor-lisbon"
    (parcel,) = chosen(a_return("MUG-BLUE", only_node="store-vienna"))
    assert parcel.node_id == "store-vienna"


def test_what_can_not_come_back_is_said_to_be_so() -> None:
    for asked, field in (
        (a_return("NO-SUCH"), r"lines\[0\]\.sku"),
        (a_return("MUG-BLUE", sender=None), "drop_off_node_id"),
        (a_return("MUG-BLUE", sender=Destination("JP", "100")), "postal_code"),
        (a_return("MUG-BLUE", drop_off="dc-berlin"), "drop_off_node_id"),
    ):
        with pytest.raises(InvalidInput, match=field):
            chosen(asked)


def test_a_unit_is_worth_its_markdown_by_the_chance_that_it_is_sold_in_time() -> None:
    item = next(each for each in EU.items if each.sku == "KETTLE-17")
    outlook = Outlook(atp={("KETTLE-17", "dc-berlin"): 3}, left={("KETTLE-17", "dc-berlin"): 5})
    mean = 5.5 * EU.policy.returns.sell_days / LATELY_DAYS
    chances = [1 - poisson.cdf(k, mean) for k in (3, 4)]
    expected = round(24_950_000 * sum(chances))
    assert abs(worth(item, "dc-berlin", 2, outlook, EU.policy, None) - expected) <= 1
    assert worth(item, "dc-berlin", 2, outlook, EU.policy, 700) == 1_400
    waited_for = replace(outlook, waiting={("KETTLE-17", ANYWHERE): 4})
    more = worth(item, "dc-berlin", 2, waited_for, EU.policy, None)
    assert more == pytest.approx(80_000_000 + 24_950_000 + 24_950_000 * (1 - poisson.cdf(0, mean)), abs=1)


def test_many_lines_go_in_one_parcel() -> None:
    (parcel,) = chosen(a_return(*["MUG-BLUE"] * (MAX_APART + 1)))
    assert len(parcel.line_ids) == MAX_APART + 1


def partitions(lines: Sequence[ReturnLine]) -> Iterator[list[list[ReturnLine]]]:
    if not lines:
        yield []
        return
    for rest in partitions(lines[1:]):
        yield [[lines[0]], *rest]
        for i, group in enumerate(rest):
            yield [*rest[:i], [lines[0], *group], *rest[i + 1 :]]


cells = st.dictionaries(st.tuples(st.sampled_from(SKUS), st.sampled_from(SINKS)), st.integers(0, 40), max_size=8)


@given(
    skus=st.lists(st.sampled_from(SKUS), min_size=1, max_size=4, unique=True),
    units=st.integers(1, 3),
    atp=cells,
    left=cells,
    drop_off=st.sampled_from(["", "", "store-vienna", "store-hamburg"]),
    penalty=st.sampled_from([0, 500_000, 3_000_000]),
)
def test_no_other_way_to_part_them_costs_less(
    skus: list[str],
    units: int,
    atp: dict[tuple[str, str], int],
    left: dict[tuple[str, str], int],
    drop_off: str,
    penalty: int,
) -> None:
    """Every partition, every node, every service, reckoned one by one."""
    network = ruled(parcel_penalty=penalty)
    model, outlook, asked = CostModel(network), Outlook(atp, left), a_return(*skus, units=units, drop_off=drop_off)
    parcels = ReturnNodes(model).choose(asked, outlook)
    assert sorted(line for parcel in parcels for line in parcel.line_ids) == [line.line_id for line in asked.lines]
    assert all(sum(amount for _, amount in parcel.costs) == parcel.cost for parcel in parcels)
    ways = WaysBack(network, model.zones, model.transfers)
    items = {item.sku: item for item in network.items}
    nodes = {node.node_id: node for node in network.nodes}
    sender = model.zones.ship_to("DE", "10115", True)
    assert sender is not None

    def ways_of(group: list[ReturnLine], node_id: str) -> Iterator[WayBack]:
        contents = tuple((position, items[line.sku], line.units) for position, line in enumerate(group))
        node = nodes[node_id]
        if drop_off == node_id:
            yield WayBack()
        elif drop_off:
            lane = ways.lane(nodes[drop_off], node)
            if lane is not None:
                yield ways.carried(lane, contents)
        else:
            for service in network.services:
                zone = ways.zone(service, sender, node)
                if zone is not None:
                    with suppress(NotAllowed):
                        yield ways.parcel(service, zone, contents)

    def value(line: ReturnLine, node_id: str) -> int:
        return worth(items[line.sku], node_id, line.units, outlook, network.policy, None)

    def cheapest(group: list[ReturnLine]) -> int:
        costs = []
        for node_id in SINKS:
            node = nodes[node_id]
            hands = node.handling_per_shipment + node.handling_per_unit * sum(line.units for line in group)
            lost = sum(max(value(line, other) for other in SINKS) - value(line, node_id) for line in group)
            costs += [
                way.carrier + way.fuel + way.surcharges + way.transfer + way.carbon + hands + lost
                for way in ways_of(group, node_id)
            ]
        return min(costs)

    best = min(sum(map(cheapest, part)) + penalty * (len(part) - 1) for part in partitions(asked.lines))
    assert sum(parcel.cost for parcel in parcels) == best
