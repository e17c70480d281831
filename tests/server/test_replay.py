"""I9: every decision can be taken again from its record alone, byte for byte."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as amended

from engine.inventory.committer import Committer
from engine.inventory.ledger import StockCount
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.mirror import Mirror
from engine.network.files import load_network, load_stock, read_units
from engine.network.network import Network, StockRow
from engine.network.policy import Divide
from engine.network.us import DIRECTORY
from engine.routing.order import Order, PickupAt
from engine.routing.order_files import read_orders
from engine.routing.planner import Planner
from engine.routing.record import decode
from engine.routing.rejection import Rejected
from engine.routing.route import Route
from engine.routing.router import Router
from engine.routing.stock import HORIZON_MARGIN_DAYS, first_day_of

Rng = np.random.Generator
N_ORDERS = 60


@cache
def _us() -> tuple[Network, tuple[StockRow, ...], tuple[Order, ...]]:
    network = load_network(DIRECTORY)
    orders = read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)
    return network, tuple(load_stock(DIRECTORY, network)), orders


def _tight(network: Network, rng: Rng) -> Network:
    """Nodes that take an order or two and a few units a day."""
    nodes = tuple(
        replace(node, daily_order_capacity=int(rng.integers(1, 3)), daily_unit_capacity=int(rng.integers(1, 8)))
        for node in network.nodes
    )
    return replace(network, nodes=nodes)


def _changed(order: Order, rng: Rng, others: Sequence[Order]) -> Order:
    """The order with constraints of all kinds, now and then; some are large."""

    def some(share: float) -> bool:
        return bool(rng.random() < share)

    changes: dict[str, object] = {"vip": some(0.3), "max_shipments": int(rng.integers(0, 4))}
    if order.pickup is not None and some(0.6) and order.destination is not None:
        changes["pickup"] = PickupAt(radius_m=int(rng.integers(20_000, 60_000)))
    if some(0.2):
        changes["partial"] = False
    if some(0.3):
        changes["divide"] = (Divide.NEVER, Divide.FREELY)[int(rng.integers(2))]
    if some(0.2):
        changes["late_allowed"] = False
    lines = [amended(line, units=int(rng.integers(1, 5))) for line in order.lines]
    if some(0.03):
        more = [line for other in others for line in other.lines]
        lines = [amended(line, line_id=str(number), fulfilment=lines[0].fulfilment) for number, line in enumerate(more)]
    if some(0.15):
        lines.append(amended(lines[0], line_id="twice"))
    return amended(order, lines=tuple(lines), **changes)


async def _router(network: Network, stock: list[StockRow], now: int) -> tuple[Router, MemoryLedger, Mirror, list[int]]:
    ledger, planner, clock = MemoryLedger(), Planner(network), [now]
    counts = [StockCount(row.sku, row.node_id, row.on_hand, now, row.safety_stock or 0, row.protected) for row in stock]
    await ledger.count("opening", counts, now)
    tables = planner.sourcing.tables
    mirror = Mirror(
        ledger,
        [item.sku for item in network.items],
        [node.node_id for node in network.nodes],
        first_day_of(now),
        network.policy.horizon_days + HORIZON_MARGIN_DAYS,
        tables.order_limits,
        tables.unit_limits,
        monotonic=time.monotonic,
    )
    await mirror.load()
    return Router(planner, 1, mirror, ledger, Committer(ledger), lambda: clock[0]), ledger, mirror, clock


async def _same_again(router: Router, ledger: MemoryLedger, route_id: str) -> None:
    record, again = await router.replay(route_id)
    assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(record.route)
    assert msgspec.msgpack.encode(decode((await ledger.route(route_id)).record).route) == msgspec.msgpack.encode(again)


@pytest.mark.parametrize("seed", range(2))
async def test_orders_and_reroutes_on_binding_stock_and_capacity_replay_to_the_same_bytes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network, stock, orders = _us()
    network = _tight(network, rng)
    chosen = sorted(rng.choice(len(orders), N_ORDERS, replace=False).tolist())
    asked = [_changed(orders[i], rng, orders[i : i + 8]) for i in chosen]
    wanted = {line.sku for order in asked for line in order.lines}
    rows = [
        replace(row, on_hand=int(rng.integers(0, 9)), protected=int(rng.integers(0, 4)), safety_stock=None)
        for row in stock
        if row.sku in wanted and rng.random() < 0.4
    ]
    # All in the hours of one day, so that the days of nodes fill up.
    start = asked[0].order_time
    router, ledger, mirror, clock = await _router(network, rows, start)
    routes: list[Route] = []
    rerouted = 0
    for number, order in enumerate(asked):
        clock[0] += int(rng.integers(1, 120))
        order = amended(order, order_time=clock[0])
        solver = str(rng.choice(["auto"] * 8 + ["mip", "nearest"])) if len(order.lines) <= 10 else "auto"
        route = await router.route(order, f"{number}", b"f", solver=solver)
        routes.append(route)
        await _same_again(router, ledger, route.route_id)
        while route.shipments and rng.random() < 0.3:
            refused = route.shipments[int(rng.integers(len(route.shipments)))]
            lines = (refused.contents[0].line_id,) if rng.random() < 0.5 else ()
            rejected = Rejected(refused.node_id, lines, exclude_node=bool(rng.random() < 0.5))
            clock[0] += 1
            await mirror.follow()
            rerouted += 1
            route = await router.reroute(route.route_id, [rejected], f"{number}-{rerouted}", b"f")
            await _same_again(router, ledger, route.route_id)
        await mirror.follow()
    # It was worth the while: capacity and stock bound, orders were split, divided, left out.
    tight = [decode((await ledger.route(route.route_id)).record).tight for route in routes]
    assert sum(map(bool, tight)) > N_ORDERS / 4
    assert sum(len(route.shipments) > 1 for route in routes) > N_ORDERS / 10
    assert sum(bool(route.unfilled) for route in routes) > N_ORDERS / 10
    solvers = {route.certificate.solver for route in routes}
    assert {"order", "order_columns", "large_order"} <= solvers
    assert rerouted > N_ORDERS / 10
