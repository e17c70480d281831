"""The networks, stocks and orders that benchmarks measure on.

All comes from the demo network ``us`` as it is shipped: its items, cartons, USPS's published prices, zones, transit days and
cutoffs, its places and policy. Its 432 nodes are dealt anew until there are as many as are wanted, every copy moved by up to
half a degree; each offers the three parcel services (GROUND, TWO_DAY, OVERNIGHT). Each SKU lies at 10-40% of the nodes, at
nodes chosen evenly. The same seed gives the same instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import engine.network
from engine.network.carriers import PARCEL_LEVELS, ServiceLevel
from engine.network.files import load_network
from engine.network.network import Network, Place, StockRow
from engine.network.nodes import Node
from engine.routing.order import Destination, Line, Order
from engine.routing.stock import Snapshot, first_day_of
from solvers.problem import UNLIMITED

N_ITEMS = 500
NOW = 1_762_354_800
"""Wednesday, 5 November 2025, 15:00 UTC."""
SHARES = (0.1, 0.4)
"""The least and the most of the nodes that hold a SKU."""
_MOVED = 0.5  # degrees
_LEVELS = (ServiceLevel.GROUND,) * 17 + (ServiceLevel.TWO_DAY,) * 2 + (ServiceLevel.OVERNIGHT,)


def parcel_network(n_nodes: int, n_items: int = N_ITEMS, seed: int = 1) -> Network:
    """``n_nodes`` x three parcel services."""
    rng = np.random.default_rng(seed)
    us = _us()
    originals = [us.nodes[n % len(us.nodes)] for n in range(n_nodes)]
    moves = rng.uniform(-_MOVED, _MOVED, (n_nodes, 2)).tolist()
    nodes = tuple(_moved(node, n, move) for n, (node, move) in enumerate(zip(originals, moves, strict=True)))
    cutoffs = {
        (node.node_id, carrier, level): us.cutoffs[original.node_id, carrier, level]
        for node, original in zip(nodes, originals, strict=True)
        for carrier, level in (service.key for service in us.services)
        if (original.node_id, carrier, level) in us.cutoffs and level in PARCEL_LEVELS
    }
    services = tuple(service for service in us.services if service.level in PARCEL_LEVELS)
    return replace(
        us,
        name=f"us of {n_nodes} nodes",
        nodes=nodes,
        items=us.items[:n_items],
        services=services,
        transfer_lanes=(),
        cutoffs=cutoffs,
    )


def held_by(network: Network, seed: int = 2) -> NDArray[np.bool_]:
    """bool[K, N]: which node holds which SKU."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(*SHARES, (len(network.items), 1))
    return rng.random((len(network.items), len(network.nodes))) < shares


def snapshot(network: Network, seed: int = 3) -> Snapshot:
    """1 to 20 units of each SKU at the nodes that hold it."""
    rng = np.random.default_rng(seed)
    held = held_by(network)
    units = rng.integers(1, 21, held.shape, np.int32)
    n_days = network.policy.horizon_days + 2
    room = np.full((len(network.nodes), n_days), UNLIMITED, np.int64)
    return Snapshot(np.where(held, units, np.int32(0)), np.zeros_like(units), room, room, first_day_of(NOW))


def stock_rows(network: Network, units: int) -> Iterator[StockRow]:
    """``units`` of each SKU at the nodes that hold it."""
    held = held_by(network)
    for k, item in enumerate(network.items):
        for n in np.flatnonzero(held[k]).tolist():
            yield StockRow(network.nodes[n].node_id, item.sku, units)


def places_of(network: Network) -> list[Place]:
    """Where the orders go."""
    return [place for place in network.places.values() if place.country == "US"]


def draw_orders(network: Network, n_lines: int, count: int, seed: int = 4, time: int = NOW) -> list[Order]:
    """Orders of ``n_lines`` different SKUs, one to three units each, to places drawn evenly from the network's, in the hour
    before ``time``.

    85% are sold as GROUND, 10% as TWO_DAY, 5% as OVERNIGHT; any parcel service may carry.
    """
    rng = np.random.default_rng((seed, n_lines))
    places = places_of(network)
    orders = []
    for number in range(count):
        items = rng.choice(len(network.items), n_lines, replace=False).tolist()
        units = rng.integers(1, 4, n_lines).tolist()
        lines = tuple(
            Line(str(position), network.items[k].sku, amount)
            for position, (k, amount) in enumerate(zip(items, units, strict=True), 1)
        )
        place = places[int(rng.integers(len(places)))]
        level = _LEVELS[int(rng.integers(len(_LEVELS)))]
        to = Destination(place.country, place.postal_prefix + "01")
        ordered = time - int(rng.integers(3_600))
        orders.append(Order(f"B{n_lines}-{number}", ordered, lines, to, service_level=level))
    return orders


@cache
def _us() -> Network:
    return load_network(Path(engine.network.__file__).with_name("us"))


def _moved(node: Node, n: int, move: list[float]) -> Node:
    return replace(
        node,
        node_id=f"N{n:05d}",
        latitude=min(89.0, max(-89.0, node.latitude + move[0])),
        longitude=node.longitude + move[1],
        services=frozenset(PARCEL_LEVELS),
        daily_order_capacity=None,
        daily_unit_capacity=None,
        safety_stock=0,
        channels=frozenset(),
    )
