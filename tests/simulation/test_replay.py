"""Replay: the production router at virtual time, and what chance does to its orders."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as amended
from itertools import pairwise

import msgspec
import pytest

from engine.errors import InvalidInput
from engine.inventory.audit import audit
from engine.network.carriers import ServiceLevel
from engine.network.network import Network, StockRow
from engine.network.policy import BatchWindow
from engine.routing.order import Fulfilment, Order
from engine.simulation.chance import Chance
from engine.simulation.luck import Luck, SecondLook
from engine.simulation.replay import Fate, Replay, undisturbed
from tests.networks import EU as EU_DIRECTORY
from tests.routing.eu import EU
from tests.simulation.us import us

DAY_S = 86_400


def run(network: Network, stock: Sequence[StockRow], orders: Sequence[Order], **kwargs: object) -> Replay:
    replay = Replay(network, stock, orders, chance=Chance(1, 0), **kwargs)  # type: ignore[arg-type]
    replay.run()
    return replay


def bytes_of(fates: Sequence[Fate]) -> bytes:
    return msgspec.msgpack.encode([(fate.route, fate.rests, fate.rejects, fate.lost) for fate in fates])


def test_the_same_seed_gives_the_same_fates_byte_for_byte() -> None:  # I9
    network, stock, orders = us(300)
    luck = Luck(reject_scale=20, abandoned=0.1, returned=0.1)
    first, second = (run(network, stock, orders, luck=luck) for _ in range(2))
    assert bytes_of(first.fates) == bytes_of(second.fates)
    assert first.cells == second.cells
    assert any(fate.rejects for fate in first.fates)
    other = Replay(network, stock, orders, chance=Chance(2, 0), luck=luck)
    other.run()
    assert bytes_of(other.fates) != bytes_of(first.fates)


def test_units_are_conserved_whatever_goes_wrong() -> None:  # I4
    network, stock, orders = us(300)
    replay = run(network, stock, orders, luck=Luck(reject_scale=50, short_pick=0.7, abandoned=0.2, returned=0.3))
    assert not asyncio.run(audit(replay.world.ledger)).faults


def test_what_a_node_refuses_goes_from_another() -> None:
    network, stock, orders = us(300)
    replay = run(network, stock, orders, luck=Luck(reject_scale=40, short_pick=0.0))
    refused = [fate for fate in replay.fates if fate.rejects and not fate.lost]
    calm = {fate.order.order_id: fate for fate in run(network, stock, orders, luck=Luck(reject_scale=0)).fates}
    assert refused
    for fate in refused:
        before = {one.node_id for one in calm[fate.order.order_id].route.shipments}
        assert {one.node_id for one in fate.route.shipments} != before or len(before) > 1 or fate.left_out


def test_an_order_that_is_refused_too_often_is_lost_not_tried_for_ever() -> None:
    network, stock, orders = us(200)
    network = amended(network, nodes=tuple(amended(node, reject_rate_ppm=1_000_000) for node in network.nodes))
    replay = run(network, stock, orders, luck=Luck(max_rounds=2, short_pick=0.0))
    assert all(fate.rounds <= 2 for fate in replay.fates)
    assert sum(fate.lost for fate in replay.fates) > 0


def test_a_reservation_nobody_pays_for_comes_back() -> None:  # I3
    network, stock, orders = us(150)
    replay = run(network, stock, orders, luck=Luck(reject_scale=0, abandoned=1.0))
    opening = {(row.sku, row.node_id): row.on_hand for row in stock}
    assert all(cell.reserved == 0 and cell.on_hand == opening[cell.sku, cell.node_id] for cell in replay.cells)


def test_a_short_pick_takes_the_missing_units_off_the_count() -> None:
    network, stock, orders = us(150)
    network = amended(network, nodes=tuple(amended(node, reject_rate_ppm=200_000) for node in network.nodes))
    with_short = run(network, stock, orders, luck=Luck(short_pick=1.0))
    without = run(network, stock, orders, luck=Luck(short_pick=0.0))
    assert sum(cell.on_hand for cell in with_short.cells) < sum(cell.on_hand for cell in without.cells)


def test_what_was_left_out_ships_when_stock_comes_in() -> None:
    network, stock, orders = us(900)
    calm = run(network, stock, orders, luck=Luck(reject_scale=0))
    waiting = next(f for f in calm.fates if any(line.backordered for line in f.route.unfilled) and f.order.destination)
    line = next(line for line in waiting.route.unfilled if line.backordered)
    later = orders[-1].order_time + DAY_S
    node = next(node for node in network.nodes if node.type.value == "DC").node_id
    replay = run(network, stock, orders, luck=Luck(reject_scale=0), receipts=[(later, line.sku, node, 500)])
    fate = next(fate for fate in replay.fates if fate.order.order_id == waiting.order.order_id)
    assert fate.left_out < waiting.left_out
    assert fate.rests
    assert fate.rests[0].decision_time == later


def test_a_rule_is_replayed_like_the_solver() -> None:
    network, stock, orders = us(150)
    ours, rule = (
        sum(outcome.cost for outcome in undisturbed(network, stock, orders, s)) for s in ("auto", "cheapest_first")
    )
    assert ours < rule


def test_another_networks_orders_replay_too() -> None:
    from engine.network.files import load_stock, read_units
    from engine.routing.order_files import read_orders

    orders = read_orders(EU_DIRECTORY / "orders.csv", read_units(EU_DIRECTORY).metres)
    assert len(run(EU, load_stock(EU_DIRECTORY, EU), orders).fates) == len(orders)


def patient(network: Network, **waits_s: int) -> Network:
    """Orders of these levels may wait so many seconds."""
    windows = tuple(BatchWindow("*", ServiceLevel[level], 1_000 * wait_s) for level, wait_s in waits_s.items())
    return amended(network, policy=amended(network.policy, windows=windows))


def test_orders_that_may_wait_are_decided_together_when_their_window_closes() -> None:  # I9
    network, stock, orders = us(300)
    waiting = patient(network, GROUND=1_800)
    luck = Luck(reject_scale=20, abandoned=0.1, returned=0.1)
    first, second = (run(waiting, stock, orders, luck=luck) for _ in range(2))
    assert bytes_of(first.fates) == bytes_of(second.fates)
    assert [fate.order for fate in first.fates] == list(orders), "in the order of their time, however they were decided"
    calm = run(waiting, stock, orders, luck=Luck(reject_scale=0))
    waited = {}
    for fate in calm.fates:
        wait = fate.route.decision_time - fate.order.order_time
        if fate.order.service_level is ServiceLevel.GROUND and not fate.order.pickup and not fate.rests:
            assert 0 <= wait <= 1_800
            waited[fate.order.order_id] = fate.route.decision_time
        elif fate.order.service_level is ServiceLevel.OVERNIGHT:
            assert wait == 0
    closings = Counter(waited.values())
    assert max(closings.values()) > 5
    assert all(times >= 1_800 for times in (b - a for a, b in pairwise(sorted(closings))))
    assert sum(fate.route.certificate.solver == "batch" for fate in calm.fates) > len(waited) // 2
    assert not asyncio.run(audit(first.world.ledger)).faults  # I4


def test_pickups_wait_a_day_where_that_is_asked_for() -> None:
    network, stock, orders = us(400)
    replay = run(patient(network, PICKUP=86_400), stock, orders, luck=Luck(reject_scale=0))
    waits = [
        fate.route.decision_time - fate.order.order_time
        for fate in replay.fates
        if all(line.fulfilment is Fulfilment.PICKUP for line in fate.order.lines)
    ]
    assert max(waits) == DAY_S
    assert min(waits) >= 0


def test_what_has_not_left_moves_where_that_is_cheaper() -> None:  # I4, I9
    """The goods of the largest centres come in when half of the orders are decided."""
    network, stock, orders = us(160)
    centres = {node.node_id for node in network.nodes if node.type.value == "DC"}
    arrives = orders[80].order_time
    receipts = [(arrives, row.sku, row.node_id, row.on_hand) for row in stock if row.node_id in centres and row.on_hand]
    stock = tuple(row for row in stock if row.node_id not in centres)

    def replayed(luck: Luck, look: SecondLook | None) -> Replay:
        return run(network, stock, orders, luck=luck, receipts=receipts[:200], second_look=look)

    look, calm = SecondLook(every_minutes=30, max_moves_bp=10_000), Luck(reject_scale=0)
    stays = replayed(calm, None)
    first, second = (replayed(calm, look) for _ in range(2))
    assert bytes_of(first.fates) == bytes_of(second.fates)
    moved = [fate for fate in first.fates if fate.moves]
    assert moved
    for fate in moved:
        assert fate.route.decision_time > max(fate.order.order_time, arrives)
        assert all(one.ship_time > fate.route.decision_time for one in fate.route.shipments)
    assert sum(fate.route.cost for fate in first.fates) < sum(fate.route.cost for fate in stays.fates)
    unlucky = replayed(Luck(reject_scale=20, returned=0.3, return_days=0), look)
    assert any(fate.moves and fate.rejects for fate in unlucky.fates)
    assert not asyncio.run(audit(unlucky.world.ledger)).faults


def test_the_luck_of_an_order_is_its_own_whatever_else_is_decided() -> None:
    """Common random numbers: other orders, another policy and another sequence of decisions leave it as it was."""
    network, stock, orders = us(300)
    dear = amended(network, policy=amended(network.policy, split_penalty=50_000_000))
    luck = Luck(reject_scale=15, abandoned=0.2, max_rounds=0)
    found = []
    for changed, some in ((network, orders), (dear, orders), (patient(network, GROUND=3_600), orders[100:])):
        fates = run(changed, stock, some, luck=luck).fates
        found.append({fate.order.order_id: fate for fate in fates})
    base, *others = found
    refused = same = 0
    for other in others:
        for order_id, fate in other.items():
            ours = base[order_id]
            assert fate.abandoned == ours.abandoned
            if [one.node_id for one in fate.route.shipments] == [one.node_id for one in ours.route.shipments]:
                assert fate.rejects == ours.rejects
                same += 1
                refused += fate.rejects > 0
    assert same > 200
    assert refused > 20


@pytest.mark.parametrize(("field", "value"), [("every_minutes", 0), ("max_moves_bp", 10_001), ("min_saving", -1)])
def test_a_second_look_out_of_its_range_is_refused(field: str, value: int) -> None:
    with pytest.raises(InvalidInput, match=field):
        SecondLook(**{"every_minutes": 60, field: value})


@pytest.mark.parametrize(
    ("field", "value"), [("short_pick", 1.5), ("abandoned", -0.1), ("max_rounds", 99), ("reject_scale", -1)]
)
def test_luck_out_of_its_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(InvalidInput, match=field):
        Luck(**{field: value})  # type: ignore[arg-type]


def test_orders_are_needed() -> None:
    network, stock, _ = us(1)
    with pytest.raises(InvalidInput, match="orders"):
        Replay(network, stock, (), chance=Chance(1, 0))
