"""Bid prices choose between nodes: they turn nothing away, stand still in a record, and move with the stock."""

from __future__ import annotations

import time
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as amended

from engine.errors import InvalidInput
from engine.inventory.committer import Committer
from engine.inventory.ledger import StockCount
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.mirror import mirror_of
from engine.network.components import Component, paid
from engine.network.network import Network
from engine.network.prices import BidPrices
from engine.routing.bids import NO_PRICES, RecordedPrices, mark_of
from engine.routing.planner import RULES, Decision, Planner
from engine.routing.record import decode
from engine.routing.router import Router
from engine.routing.stock import HORIZON_MARGIN_DAYS, Snapshot, first_day_of
from tests.routing.eu import EU, MONDAY, holding, order
from tests.routing.instances import random_case, random_network

TEA = {("dc-berlin", "TEA-ASSAM"): 5, ("dc-munich", "TEA-ASSAM"): 5}
DEAR = 900_000_000_000
"""Far above what leaving a unit out costs."""


def left_out(decision: Decision) -> int:
    return sum(line.units for line in decision.unfilled)


def dear_everywhere(network: Network, price: int = DEAR, **changes: object) -> BidPrices:
    unit = {(item.sku, node.node_id): price for item in network.items for node in network.nodes}
    return BidPrices(1, unit, **changes)  # type: ignore[arg-type]


def moving(network: Network, stock: Snapshot, step: int, first: int, last: int) -> BidPrices:
    units = {
        (network.items[k].sku, network.nodes[n].node_id): int(stock.atp[k, n])
        for k, n in zip(*np.nonzero(stock.atp > 0), strict=True)
    }
    return BidPrices(1, {}, stock=units, step=step, valid_from=first, valid_until=last)


@pytest.mark.parametrize("seed", range(4))
def test_no_price_leaves_out_what_would_go_without_it(seed: int) -> None:
    """Whatever the prices, of units and of days."""
    rng = np.random.default_rng((31, seed))
    weighed = refused = 0
    for _ in range(6):
        network = random_network(rng)
        nodes = [node.node_id for node in network.nodes]
        for _ in range(15):
            case = random_case(rng, network)
            top = 10 ** int(rng.integers(6, 13))
            unit = {(i.sku, n): int(rng.integers(0, top)) for i in network.items for n in nodes if rng.random() < 0.6}
            days = {(n, case.now // 86_400 + d): int(rng.integers(0, top)) for n in nodes for d in range(-1, 15)}
            planner = Planner(network, BidPrices(1, unit, days if rng.random() < 0.5 else {}))
            priced = planner.decide(case.order, case.stock, case.now)
            plain = planner.decide(case.order, case.stock, case.now, pricing=NO_PRICES)
            assert left_out(priced) <= left_out(plain)
            assert priced.bids is None or not priced.unfilled
            assert paid(priced.breakdown) >= plain.cost or plain.unfilled or case.order.max_shipments
            weighed += priced.bids is not None
            refused += priced.bids is None
    assert weighed > 5
    assert refused > 5


def test_where_all_are_dear_none_is() -> None:
    stock = holding(TEA)
    wanted = order(("TEA-ASSAM", 2))
    priced = Planner(EU, dear_everywhere(EU)).decide(wanted, stock, MONDAY)
    plain = Planner(EU).decide(wanted, stock, MONDAY)
    assert (priced.shipments, priced.cost, priced.bids) == (plain.shipments, plain.cost, None)


def test_a_dearer_node_is_passed_over_and_what_it_was_dearer_by_is_not_paid() -> None:
    stock = holding(TEA)
    wanted = order(("TEA-ASSAM", 2))
    plain = Planner(EU).decide(wanted, stock, MONDAY)
    (near,) = {shipment.node_id for shipment in plain.shipments}
    (far,) = {node for node, _ in TEA} - {near}
    dear = Planner(EU, BidPrices(7, {("TEA-ASSAM", near): 90_000_000, ("TEA-ASSAM", far): 4_000_000}))
    priced = dear.decide(wanted, stock, MONDAY)
    assert {shipment.node_id for shipment in priced.shipments} == {far}
    assert paid(priced.breakdown) == priced.cost > plain.cost  # the cheapest of them is free
    assert priced.prices_version == 7
    stays = Planner(EU, BidPrices(7, {("TEA-ASSAM", near): 4_000_100, ("TEA-ASSAM", far): 4_000_000}))
    again = stays.decide(wanted, stock, MONDAY)
    assert {shipment.node_id for shipment in again.shipments} == {near}
    assert dict(again.breakdown)[Component.BID_PRICE] == 200
    assert paid(again.breakdown) == plain.cost == again.cost - 200


def test_the_policy_takes_its_share_of_a_price_or_none() -> None:
    stock, wanted = holding(TEA), order(("TEA-ASSAM", 1))
    prices = BidPrices(1, {("TEA-ASSAM", "dc-berlin"): 1_000_000})
    for scale_bp, expected in ((10_000, 1_000_000), (2_500, 250_000), (0, 0)):
        planner = Planner(replace(EU, policy=replace(EU.policy, price_scale_bp=scale_bp)), prices)
        decision = planner.decide(amended(wanted, only_nodes=frozenset({"dc-berlin"})), stock, MONDAY)
        ask = planner.sourcing.asking.ask(wanted)
        planner.lay_bids(ask, stock, MONDAY)
        berlin = planner.sourcing.tables.node_index["dc-berlin"]
        assert (0 if ask.bids is None else ask.bids.units[0, berlin]) == expected
        assert decision.bids is None  # of one node alone, nothing is to choose


def test_a_price_rises_where_stock_goes_faster_than_evenly_and_sinks_where_slower() -> None:
    stock, wanted = holding(TEA), order(("TEA-ASSAM", 1))
    berlin, munich = (EU_COLUMNS[node] for node in ("dc-berlin", "dc-munich"))
    tea = next(k for k, item in enumerate(EU.items) if item.sku == "TEA-ASSAM")
    planner = Planner(EU, moving(EU, stock, 1_000_000, MONDAY - 100, MONDAY + 100))  # half of the time is over

    def bid(of_berlin: int, of_munich: int) -> int:
        stock.atp[tea, berlin], stock.atp[tea, munich] = of_berlin, of_munich
        ask = planner.sourcing.asking.ask(wanted)
        planner.lay_bids(ask, stock, MONDAY)
        return 0 if ask.bids is None else int(ask.bids.units[0, berlin])

    assert bid(5, 5) == 0  # of 2.5 that there should be, both have more
    assert bid(2, 5) == 500_000
    assert bid(1, 5) == 1_500_000
    assert bid(1, 2) == 1_000_000  # what both have is not counted
    assert bid(3, 3) == 0


EU_COLUMNS = {node.node_id: n for n, node in enumerate(EU.nodes)}


def test_prices_count_from_their_beginning_up_to_their_end() -> None:
    stock, wanted = holding(TEA), order(("TEA-ASSAM", 1))
    unit = {("TEA-ASSAM", "dc-berlin"): 1_000_000}
    for first, last, counts in (
        (MONDAY, MONDAY + 1, True),
        (MONDAY + 1, MONDAY + 2, False),
        (MONDAY - 1, MONDAY, False),
    ):
        decision = Planner(EU, BidPrices(3, unit, valid_from=first, valid_until=last)).decide(wanted, stock, MONDAY)
        assert decision.prices_version == (3 if counts else 0)


def test_rules_know_no_prices() -> None:
    stock, wanted = holding(TEA), order(("TEA-ASSAM", 1))
    for rule in RULES:
        planner = Planner(EU, BidPrices(1, {("TEA-ASSAM", "dc-berlin"): DEAR}))
        assert planner.decide(wanted, stock, MONDAY, solver=rule).bids is None


def test_a_record_holds_the_prices_that_were_weighed() -> None:
    rng = np.random.default_rng(5)
    checked = 0
    for _ in range(60):
        network = random_network(rng)
        unit = {(i.sku, n.node_id): int(rng.integers(0, 5_000_000)) for i in network.items for n in network.nodes}
        planner = Planner(network, BidPrices(1, unit))
        case = random_case(rng, network)
        decision = planner.decide(case.order, case.stock, case.now)
        if decision.bids is None:
            continue
        tables = planner.sourcing.tables
        mark = mark_of(decision.ask, decision.bids, tables)
        kept = msgspec.msgpack.decode(msgspec.msgpack.encode(mark), type=type(mark))
        again = RecordedPrices(tables, kept).bids(decision.ask, case.stock, case.now)
        assert again is not None
        assert np.array_equal(again.units, decision.bids.units)
        assert again.prices == decision.bids.prices
        checked += 1
    assert checked > 5


async def test_decisions_at_moving_prices_replay_byte_for_byte_when_other_prices_are_out() -> None:  # I9
    rng = np.random.default_rng(3)
    skus = [item.sku for item in EU.items if not item.flags]
    counts = [StockCount(sku, node.node_id, 40, MONDAY, 0, 0) for sku in skus for node in EU.nodes if node.services]
    ledger, clock = MemoryLedger(), [MONDAY]
    await ledger.count("opening", counts, MONDAY)
    days = EU.policy.horizon_days + HORIZON_MARGIN_DAYS
    mirror = mirror_of(EU, ledger, first_day_of(MONDAY), days, monotonic=time.monotonic)
    await mirror.load()
    router = Router(Planner(EU), 1, mirror, ledger, Committer(ledger), lambda: clock[0])
    unit = {(sku, node.node_id): int(rng.integers(0, 6_000_000)) for sku in skus for node in EU.nodes}
    units = {(count.sku, count.node_id): count.on_hand for count in counts}
    router.publish(BidPrices(4, unit, stock=units, step=40_000, valid_from=MONDAY, valid_until=MONDAY + 86_400))
    routes = []
    for number in range(60):
        clock[0] += 60
        lines = [
            (str(sku), int(rng.integers(1, 4))) for sku in rng.choice(skus, int(rng.integers(1, 4)), replace=False)
        ]
        if number % 15 == 0:
            lines = [(skus[0], 1)] * 11  # wide: for the patient planner
        wanted = amended(order(*lines), order_id=f"o{number}", order_time=clock[0])
        wanted = amended(wanted, lines=tuple(amended(line, line_id=str(x)) for x, line in enumerate(wanted.lines)))
        routes.append(await router.route(wanted, f"r{number}", b""))
    assert sum(route.prices_version == 4 for route in routes) > 40
    marks = {repr(decode((await ledger.route(route.route_id)).record).bids) for route in routes}
    assert len(marks) > 30  # they moved
    router.publish(BidPrices(5, {}))
    for route in routes:
        record, again = await router.replay(route.route_id)
        assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(record.route)
        explained = await router.explain(route.route_id, ["dc-berlin"])
        assert explained.prices_version == route.prices_version


def test_a_price_out_of_its_range_is_refused() -> None:
    for changes in (
        {"unit": {("A", "B"): 1 << 41}},
        {"capacity": {("B", 3): -1}},
        {"stock": {("A", "B"): -1}},
        {"step": 5},
        {"valid_from": 9, "valid_until": 9},
    ):
        with pytest.raises(InvalidInput, match=list(changes)[-1] if "step" not in changes else "valid_until"):
            BidPrices(1, **changes)
