"""Batches of real-sized orders: what is decided together fits together, and a batch of one is the order by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as amended

from engine.errors import InvalidInput
from engine.network.batch_rules import BatchRules, CarrierLimit, LeastWork
from engine.network.carriers import ServiceLevel
from engine.network.components import Reason
from engine.network.files import load_network, read_units
from engine.network.network import Network
from engine.network.policy import Divide, Objective
from engine.network.us import DIRECTORY
from engine.routing.assembly import assemble
from engine.routing.batch_decisions import DIVIDED, BatchPlanner
from engine.routing.batch_replay import check
from engine.routing.order import Line, Order, PickupAt
from engine.routing.order_files import read_orders
from engine.routing.planner import Planner
from engine.routing.record import Record, tight_bytes
from engine.routing.stock import Snapshot, first_day_of
from solvers.wide_batch import solve
from tests.routing.one_by_one import one_by_one

Rng = np.random.Generator


@cache
def us() -> tuple[Network, tuple[Order, ...]]:
    return load_network(DIRECTORY), read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)


def tight(rng: Rng) -> Network:
    """The us network with nodes that take a few orders and units a day."""
    network, _ = us()
    nodes = tuple(
        replace(node, daily_order_capacity=int(rng.integers(1, 4)), daily_unit_capacity=int(rng.integers(2, 9)))
        for node in network.nodes
    )
    return replace(network, nodes=nodes)


def some_orders(rng: Rng, count: int) -> list[Order]:
    """Orders of all kinds within a few hours; many of few SKUs, so that they contend."""
    _, orders = us()
    chosen = [orders[i] for i in sorted(rng.choice(len(orders), count, replace=False).tolist())]
    start = chosen[0].order_time
    skus = sorted({line.sku for order in chosen for line in order.lines})[: count // 2]
    return [_changed(order, start, rng, skus) for order in chosen]


def _changed(order: Order, start: int, rng: Rng, skus: Sequence[str]) -> Order:
    def some(share: float) -> bool:
        return bool(rng.random() < share)

    named = rng.choice(len(skus), len(order.lines), replace=len(order.lines) > len(skus))
    lines = tuple(
        amended(line, sku=skus[int(k)], units=int(rng.integers(1, 4)) if some(0.3) else 1)
        for line, k in zip(order.lines, named, strict=True)
    )
    changes: dict[str, object] = {"vip": some(0.2), "max_shipments": int(rng.integers(0, 4))}
    if order.pickup is not None and order.destination is not None and some(0.5):
        changes["pickup"] = PickupAt(radius_m=int(rng.integers(20_000, 60_000)))
    if some(0.2):
        changes["partial"] = False
    if some(0.2):
        changes["divide"] = (Divide.NEVER, Divide.FREELY)[int(rng.integers(2))]
    if some(0.2):
        changes["late_allowed"] = False
    return amended(order, lines=lines, order_time=start + int(rng.integers(0, 3_600)), **changes)


def stock_of(network: Network, planner: Planner, orders: Sequence[Order], rng: Rng, now: int) -> Snapshot:
    tables = planner.sourcing.tables
    empty = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, first_day_of(now))
    for k in {tables.item_index[line.sku] for order in orders for line in order.lines}:
        there = rng.random(len(network.nodes)) < 0.1
        empty.atp[k] = np.where(there, rng.integers(0, 4, len(network.nodes)), 0)
        empty.protected[k] = np.where(there & (rng.random(len(network.nodes)) < 0.3), 1, 0)
    left = np.repeat(tables.order_limits[:, None], tables.n_days, axis=1)
    units = np.repeat(tables.unit_limits[:, None], tables.n_days, axis=1)
    return replace(empty, orders_left=left, units_left=units)


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_of_one_order_costs_what_the_order_costs_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = tight(rng)
    if seed == 2:
        network = replace(network, policy=replace(network.policy, objective=Objective.SHIPMENTS))
    planner = Planner(network)
    batches = BatchPlanner(planner, one_by_one)
    orders = some_orders(rng, 60)
    now = max(order.order_time for order in orders)
    stock = stock_of(network, planner, orders, rng, now)
    stock = replace(stock, orders_left=np.maximum(stock.orders_left, 1), units_left=np.maximum(stock.units_left, 9))
    together = 0
    for order in orders:
        alone = planner.decide(order, stock, now)
        (decided,) = batches.decide([order], stock, now).decided
        assert decided.decision.cost == alone.cost, order
        assert decided.decision.certificate.bound <= decided.decision.certificate.objective
        together += decided.batch is not None
    assert together > len(orders) / 2


@pytest.mark.parametrize("seed", range(2))
def test_what_is_decided_together_takes_no_more_than_there_is_and_the_same_again_gives_the_same_bytes(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed + 10)
    network = tight(rng)
    planner = Planner(network)
    orders = some_orders(rng, 120)
    now = max(order.order_time for order in orders)
    stock = stock_of(network, planner, orders, rng, now)
    found = BatchPlanner(planner, one_by_one).decide(orders, stock, now, batch_id="b")
    assert [one.position for one in found.decided] == list(range(len(orders)))
    index, nodes = planner.sourcing.tables.item_index, planner.sourcing.tables.node_index
    atp, days, units = stock.atp.astype(np.int64), stock.orders_left.copy(), stock.units_left.copy()
    for one in found.decided:
        taken = set()
        for shipment in one.decision.shipments:
            at = nodes[shipment.node_id], shipment.ship_day - stock.first_day
            taken.add(at)
            for content in shipment.contents:
                atp[index[content.sku], at[0]] -= content.units
                units[at] -= content.units
        for at in taken:
            days[at] -= 1
    assert min(int(left.min()) for left in (atp, days, units)) >= 0
    assert found.cost == sum(one.decision.cost for one in found.decided)
    assert sum(bool(one.decision.unfilled) for one in found.decided) > 10, "stock and room bound"
    again = BatchPlanner(Planner(network), one_by_one).decide(orders, stock, now, batch_id="b")
    assert msgspec.msgpack.encode([one.decision.shipments for one in again.decided]) == msgspec.msgpack.encode(
        [one.decision.shipments for one in found.decided]
    )


def test_a_day_without_room_sends_the_batch_to_the_next_day() -> None:
    network, orders = us()
    order = next(o for o in orders if len(o.lines) == 1 and o.pickup is None and o.service_level is ServiceLevel.GROUND)
    only = network.nodes[0].node_id
    nodes = (replace(network.nodes[0], daily_order_capacity=2), *network.nodes[1:])
    planner = Planner(replace(network, nodes=nodes))
    same = [amended(order, order_id=f"{i}", only_nodes=frozenset({only})) for i in range(7)]
    stock = stock_of(replace(network, nodes=nodes), planner, same, np.random.default_rng(0), order.order_time)
    stock.atp[:] = 0
    stock.atp[planner.sourcing.tables.item_index[order.lines[0].sku], 0] = 6
    stock.protected[:] = 0
    found = BatchPlanner(planner, one_by_one).decide(same, stock, order.order_time)
    days = sorted(one.decision.shipments[0].ship_day for one in found.decided if one.decision.shipments)
    assert [days.count(day) for day in sorted(set(days))] == [2, 2, 2]
    (left,) = [one.decision.unfilled for one in found.decided if one.decision.unfilled]
    assert left[0].reason is Reason.NO_STOCK


def test_a_line_that_no_node_holds_whole_is_divided_after_the_batch_where_it_may_be() -> None:
    network, orders = us()
    order = next(o for o in orders if len(o.lines) == 1 and o.pickup is None and o.service_level is ServiceLevel.GROUND)
    planner = Planner(network)
    five = amended(order, lines=(amended(order.lines[0], units=5),))
    stock = stock_of(network, planner, [five], np.random.default_rng(0), order.order_time)
    stock.atp[:] = stock.protected[:] = 0
    stock.atp[planner.sourcing.tables.item_index[five.lines[0].sku], :2] = 3, 2
    batches = BatchPlanner(planner, one_by_one)
    found = batches.decide([five], stock, order.order_time)
    assert sorted(one.contents[0].units for one in found.decided[0].decision.shipments) == [2, 3]
    assert [(apart.position, apart.why) for apart in found.apart] == [(0, DIVIDED)]
    whole = batches.decide([amended(five, divide=Divide.NEVER)], stock, order.order_time)
    assert (whole.decided[0].decision.shipments, whole.apart) == ((), ())


def test_no_supply_and_no_room_leave_every_order_out_with_its_reason() -> None:
    network, orders = us()
    planner = Planner(network)
    some = [order for order in orders[:40] if len(order.lines) <= 3]
    now = some[0].order_time
    rng = np.random.default_rng(0)
    nothing = replace(stock_of(network, planner, some, rng, now), atp=np.zeros((5_000, 432), np.int32))
    found = BatchPlanner(planner, one_by_one).decide(some, nothing, now)
    assert {line.reason for one in found.decided for line in one.decision.unfilled} == {Reason.NO_STOCK}
    full = stock_of(network, planner, some, rng, now)
    full.atp[:] = 9
    full.protected[:] = 0
    full = replace(full, orders_left=np.zeros_like(full.orders_left))
    found = BatchPlanner(planner, one_by_one).decide(some, full, now)
    reasons = [line.reason for one in found.decided for line in one.decision.unfilled]
    assert len(reasons) == sum(len(order.lines) for order in some)
    assert reasons.count(Reason.CAPACITY_EXHAUSTED) > len(reasons) * 0.8


def test_an_order_that_does_not_fit_the_network_is_refused_alone_and_rules_that_do_not_refuse_the_batch() -> None:
    network, orders = us()
    planner = Planner(network)
    good = orders[0]
    bad = amended(good, order_id="bad", lines=(Line("1", "NOPE", 1),))
    stock = stock_of(network, planner, [good], np.random.default_rng(0), good.order_time)
    batches = BatchPlanner(planner, one_by_one)
    found = batches.decide([bad, good], stock, good.order_time)
    assert [one.position for one in found.decided] == [1]
    assert [(position, error.faults[0].field) for position, error in found.refused] == [(0, "lines[0].sku")]
    rules = BatchRules(
        carrier_limits=(CarrierLimit("nowhere", "nobody", ServiceLevel.GROUND, 1),), least_work=(LeastWork("none", 1),)
    )
    with pytest.raises(InvalidInput) as caught:
        batches.decide([good], stock, good.order_time, rules)
    assert [fault.field for fault in caught.value.faults] == [
        "carrier_limits[0].node_id",
        "carrier_limits[0].carrier_id",
        "least_work[0].node_id",
    ]


def test_orders_of_many_lines_are_decided_with_the_others_under_one_bound_and_replay_from_their_records() -> None:
    network, orders = us()
    planner = Planner(network)
    rng = np.random.default_rng(5)
    some = [order for order in orders[:400] if order.destination is not None and order.pickup is None][:12]
    skus = sorted({line.sku for order in orders[:200] for line in order.lines})[:16]
    wide = [
        amended(
            some[x],
            order_id=f"wide{x}",
            lines=tuple(Line(str(i), sku, int(rng.integers(1, 4))) for i, sku in enumerate(skus[x : x + 12])),
        )
        for x in range(3)
    ]
    now = max(order.order_time for order in some)
    batch = [*some, *wide]
    stock = stock_of(network, planner, batch, rng, now)
    batches = BatchPlanner(planner, lambda problem, wide, tell, rough: solve(problem, wide, progress=tell, rough=rough))
    found = batches.decide(batch, stock, now, batch_id="b")
    assert found.certificate is not None
    assert found.certificate.bound <= found.certificate.objective
    together = [one for one in found.decided if one.batch is not None]
    assert {"wide0", "wide1", "wide2"} <= {one.decision.order.order_id for one in together}
    if len(together) == len(batch):
        assert found.certificate.objective == found.cost
    alone = sum(planner.decide(order, stock, now).certificate.bound for order in batch)
    assert alone <= found.cost
    for one in together:
        decision = one.decision
        route = assemble(network, decision, decision.order.order_id, now, 1, 0, reserve=True)
        tight, n_options = tight_bytes(decision.tight), decision.n_options
        kept = ((), (), (), "", one.solver, one.first_day, one.stock, tight, n_options, 0)
        assert check(planner, Record(decision.order, *kept, route, one.batch)) == route
