"""A route from a decision: what is kept and what is new in one whole, and what it claims from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from engine.inventory.ledger import CapacityClaim, Claim
from engine.network.network import Network
from engine.routing.planner import Decision, total_breakdown
from engine.routing.route import Route, RouteState, Shipment, Unfilled
from engine.routing.tables import Tables
from solvers.problem import UNLIMITED


class Claims(NamedTuple):
    """What a route takes, by name for the ledger and by index for the mirror: (k, n, units), (n, day, orders, units)."""

    cells: tuple[Claim, ...]
    days: tuple[CapacityClaim, ...]
    mirror_cells: tuple[tuple[int, int, int], ...]
    mirror_days: tuple[tuple[int, int, int, int], ...]


def route_id_of(request_id: str) -> str:
    """The route's name follows from the request's, so that asking twice can't make two."""
    return "rt_" + hashlib.blake2b(request_id.encode(), digest_size=12).hexdigest()


def assemble(
    network: Network,
    decision: Decision,
    route_id: str,
    now: int,
    network_version: int,
    prices_version: int,
    *,
    reserve: bool,
    kept: Sequence[Shipment] = (),
    left: Sequence[Unfilled] = (),
    confirmed: bool = False,
) -> Route:
    """The whole route. RESERVED (or CONFIRMED) where something ships and ``reserve``, else PLANNED."""
    policy = network.policy
    if kept or left:
        shipments, unfilled = (*kept, *decision.shipments), (*left, *decision.unfilled)
        backordered = sum(line.units for line in unfilled if line.backordered)
        split = max(0, len(shipments) - 1) * policy.split_penalty
        breakdown = total_breakdown(shipments, split, backordered * policy.backorder_cost_per_unit)
        cost = sum(amount for _, amount in breakdown)
    else:
        shipments, unfilled = decision.shipments, decision.unfilled
        breakdown, cost = decision.breakdown, decision.cost
    reserved = reserve and bool(shipments)
    held = RouteState.CONFIRMED if confirmed else RouteState.RESERVED
    return Route(
        route_id,
        decision.order.order_id,
        held if reserved else RouteState.PLANNED,
        shipments,
        unfilled,
        breakdown,
        cost,
        policy.currency,
        now,
        now + policy.hold_s if reserved and not confirmed else 0,
        network_version,
        prices_version,
        decision.certificate,
    )


def claims_of(route: Route, tables: Tables) -> Claims:
    """Each (SKU, node) once; each (node, day) with a limit once, as one order and its units."""
    cells: dict[tuple[str, str], int] = {}
    days: dict[tuple[str, int], int] = {}
    for shipment in route.shipments:
        node_id = shipment.node_id
        total = 0
        for content in shipment.contents:
            key = content.sku, node_id
            cells[key] = cells.get(key, 0) + content.units
            total += content.units
        day = node_id, shipment.ship_day
        days[day] = days.get(day, 0) + total
    items, nodes = tables.item_index, tables.node_index
    capacity, mirror_days = [], []
    for (node_id, ship_day), units in days.items():
        n = nodes[node_id]
        order_limit, unit_limit = tables.order_limits_by_node[n], tables.unit_limits_by_node[n]
        if order_limit != UNLIMITED or unit_limit != UNLIMITED:
            orders_most = -1 if order_limit == UNLIMITED else order_limit
            units_most = -1 if unit_limit == UNLIMITED else unit_limit
            capacity.append(CapacityClaim(node_id, ship_day, 1, units, orders_most, units_most))
            mirror_days.append((n, ship_day, 1, units))
    return Claims(
        tuple([Claim(sku, node_id, units) for (sku, node_id), units in cells.items()]),
        tuple(capacity),
        tuple([(items[sku], nodes[node_id], units) for (sku, node_id), units in cells.items()]),
        tuple(mirror_days),
    )
