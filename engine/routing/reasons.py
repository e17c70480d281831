"""Why a line could not be filled: the first constraint whose lifting would have filled it alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from engine.network.calendars import instant, local_day
from engine.network.carriers import ServiceLevel
from engine.network.components import Reason
from engine.network.policy import Divide
from engine.routing.order import Order
from engine.routing.sourcing import Sourcing
from engine.routing.stock import Snapshot, Stock, first_day_of
from solvers.problem import INFEASIBLE


def why_unfilled(
    sourcing: Sourcing, order: Order, position: int, units: int, stock: Stock, now: int
) -> tuple[Reason, str]:
    """The reason and a sentence, for ``units`` of the line at ``position`` that no shipment of the plan holds."""
    line = order.lines[position]
    row = sourcing.tables.item_index[line.sku]
    free = np.maximum(stock.atp[row] - (0 if order.vip else stock.protected[row]), 0)
    divisible = (order.divide or sourcing.network.policy.divide) is not Divide.NEVER
    most, total = int(free.max(initial=0)), int(free.sum())
    needed = min(units, line.units)
    if total < needed or (most < line.units and not divisible):
        kept = int(np.maximum(stock.protected[row], 0).sum())
        if not order.vip and int(np.maximum(stock.atp[row], 0).max(initial=0)) >= line.units and kept:
            return Reason.CONSTRAINT, f"the stock of {line.sku} that is left is protected for VIP orders"
        whole = "" if divisible else " at one node"
        return Reason.NO_STOCK, f"{needed} of {line.sku} wanted, {total if divisible else most} available{whole}"
    wanted = line if most >= line.units else replace(line, units=max(1, min(most, needed)))
    alone = replace(order, lines=(wanted,), max_shipments=0)
    for at, case, relaxed, reason, detail in _relaxations(sourcing, alone, stock, now):
        if _can_go(sourcing, case, relaxed, at):
            return reason, f"{line.sku}: {detail}"
    return Reason.SERVICE_UNAVAILABLE, f"{line.sku}: no service takes it from a node that has it to where it is wanted"


def _relaxations(
    sourcing: Sourcing, alone: Order, stock: Stock, now: int
) -> Iterator[tuple[int, Order, Stock, Reason, str]]:
    """(now, order, stock, reason, detail), each with one more constraint lifted than the one before."""
    together = "it could go alone, but not together with the other lines within the order's limits"
    yield now, alone, stock, Reason.CONSTRAINT, together
    roomy = Snapshot.of(stock).with_room()
    yield now, alone, roomy, Reason.CAPACITY_EXHAUSTED, "no node that could ship it in time has room left on the day"
    in_time = replace(alone, late_allowed=True, pickup_by=None)
    missed = "it can't be there by the promised time any more"
    yield now, in_time, roomy, Reason.CUTOFF_MISSED, missed
    if alone.service_level is ServiceLevel.SAME_DAY:
        morning = _morning(sourcing, alone, now)
        if first_day_of(morning) == stock.first_day:
            yield morning, in_time, roomy, Reason.CUTOFF_MISSED, "today's cutoffs have passed"
    any_service = replace(in_time, exact_service=False, service_level=ServiceLevel.GROUND)
    level = alone.service_level.value
    yield now, any_service, roomy, Reason.SERVICE_UNAVAILABLE, f"no {level} service goes from a node that has it"
    free = replace(
        any_service,
        only_nodes=frozenset(),
        not_nodes=frozenset(),
        only_node_types=frozenset(),
        not_node_types=frozenset(),
    )
    yield now, free, roomy, Reason.CONSTRAINT, "the nodes that have it are not among those the order may ship from"
    for channel in sorted({channel for node in sourcing.network.nodes for channel in node.channels}):
        elsewhere = replace(free, channel=channel)
        yield now, elsewhere, roomy, Reason.CONSTRAINT, f"the nodes that have it don't serve channel {alone.channel!r}"


def _morning(sourcing: Sourcing, order: Order, now: int) -> int:
    """The beginning of the destination's day, not before the UTC day."""
    ship_to = sourcing.ask(order).ship_to
    if ship_to is None:
        return now
    zone = ship_to.place.time_zone
    return max(instant(zone, local_day(zone, now), 0), now - now % 86_400)


def _can_go(sourcing: Sourcing, alone: Order, stock: Stock, now: int) -> bool:
    """Is there an option that ships the only line?"""
    ask = sourcing.ask(alone)
    for store in ask.stores or (-1,):
        problem = sourcing.source(ask, stock, now, store).problem
        if any(problem.shipment_cost(option, 1) < INFEASIBLE for option in range(problem.n_options)):
            return True
    return False
