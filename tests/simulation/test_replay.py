"""Replay: the production router at virtual time, and what chance does to its orders."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace as amended

import msgspec
import pytest

from engine.errors import InvalidInput
from engine.inventory.audit import audit
from engine.network.network import Network, StockRow
from engine.routing.order import Order
from engine.simulation.chance import Chance
from engine.simulation.replay import Fate, Luck, Replay, undisturbed
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
