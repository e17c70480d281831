"""Quotes: the cart decided once for each service level and each store near by, and nothing held."""

from __future__ import annotations

from msgspec.structs import replace

from engine.network.carriers import PARCEL_LEVELS, ServiceLevel
from engine.routing.order import Fulfilment, Order, PickupAt
from engine.routing.planner import Decision, Planner, TakesLong
from engine.routing.quote import Quote, QuoteOption
from engine.routing.route import Unfilled
from engine.routing.stock import Stock

DELIVERED = (*PARCEL_LEVELS, ServiceLevel.SAME_DAY)


def quote(planner: Planner, order: Order, stock: Stock, now: int, network_version: int, max_stores: int) -> Quote:
    """Every way to get the whole cart or part of it, by level, then by store from the nearest.

    The order's own level, date and fulfilment are not looked at, its other constraints are. Raises InvalidInput.
    """
    policy = planner.network.policy
    options: list[QuoteOption] = []
    decided: list[Decision] = []
    for level, variant, store_id in _variants(planner, order, max_stores):
        decision = _decide(planner, variant, stock, now)
        decided.append(decision)
        if not decision.shipments:
            continue
        options.append(
            QuoteOption(
                level,
                store_id,
                tuple(shipment.node_id for shipment in decision.shipments),
                max(shipment.ship_time for shipment in decision.shipments),
                max(shipment.arrival_time for shipment in decision.shipments),
                decision.cost,
                len(decision.shipments),
                not decision.unfilled and not any(shipment.late_days for shipment in decision.shipments),
                decision.unfilled,
            )
        )
    return Quote(tuple(options), _never_filled(decided), policy.currency, now, now + policy.quote_s, network_version)


def _variants(planner: Planner, order: Order, max_stores: int) -> list[tuple[ServiceLevel, Order, str]]:
    offered = {service.level for service in planner.network.services}
    shipped = tuple(replace(line, fulfilment=Fulfilment.SHIP) for line in order.lines)
    picked = tuple(replace(line, fulfilment=Fulfilment.PICKUP) for line in order.lines)
    found: list[tuple[ServiceLevel, Order, str]] = []
    if order.destination is not None:
        for level in DELIVERED:
            if level in offered:
                variant = replace(order, lines=shipped, service_level=level, exact_service=False, deliver_by=None)
                found.append((level, variant, ""))
    for store_id in planner.sourcing.asking.stores_near(order, max_stores):
        at = PickupAt(node_id=store_id)
        found.append((ServiceLevel.PICKUP, replace(order, lines=picked, pickup=at), store_id))
    return found


def _decide(planner: Planner, order: Order, stock: Stock, now: int) -> Decision:
    """Exact where that is quick; a cart that would want the patient solver is quoted with its lines whole."""
    try:
        return planner.decide(order, stock, now, quickly=True)
    except TakesLong:
        return planner.decide(order, stock, now, solver="exact")


def _never_filled(decided: list[Decision]) -> tuple[Unfilled, ...]:
    """The lines that every option leaves out, with the first option's reasons."""
    if not decided:
        return ()
    always = set.intersection(*({line.line_id for line in decision.unfilled} for decision in decided))
    return tuple(line for line in decided[0].unfilled if line.line_id in always)
