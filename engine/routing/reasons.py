"""Why a line could not be filled: the first constraint whose lifting would have filled it alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
from msgspec.structs import replace as replace_fields

from engine.network.calendars import instant, local_day
from engine.network.carriers import ServiceLevel
from engine.network.components import Reason
from engine.network.cost import DAY_S
from engine.network.policy import Divide
from engine.routing.asking import Kept
from engine.routing.order import Order
from engine.routing.sourcing import Sourcing
from engine.routing.stock import Snapshot, Stock, first_day_of
from solvers.problem import INFEASIBLE


@dataclass(frozen=True, slots=True)
class _Case:
    """The line alone, under fewer constraints than it was decided under."""

    order: Order
    stock: Stock
    now: int
    kept: Kept
    flags: bool = True  # do nodes and services look at what is cold or hazardous?


def why_unfilled(
    sourcing: Sourcing,
    order: Order,
    position: int,
    units: int,
    stock: Stock,
    now: int,
    *,
    used: Collection[str] = (),
    kept: Kept | None = None,
) -> tuple[Reason, str]:
    """The reason and a sentence, for ``units`` of the line at ``position`` that no shipment of the plan holds.

    ``used`` are the nodes that ship other units of the line, all they can; ``kept`` is as in ``Planner.decide``.
    """
    line = order.lines[position]
    row = sourcing.tables.item_index[line.sku]
    others = np.array([node.node_id not in used for node in sourcing.network.nodes])
    free = np.maximum(stock.atp[row] - (0 if order.vip else stock.protected[row]), 0) * others
    divisible = (order.divide or sourcing.network.policy.divide) is not Divide.NEVER
    most, total = int(free.max(initial=0)), int(free.sum())
    wanted = min(units, line.units)
    if total < wanted or (most < wanted and not divisible):
        protected = np.maximum(stock.protected[row], 0)
        if not order.vip and int((np.maximum(stock.atp[row], 0) * others).max(initial=0)) >= wanted and protected.any():
            return Reason.CONSTRAINT, f"the stock of {line.sku} that is left is protected for VIP orders"
        where = ("" if divisible else " at one node") + (" besides" if used else "")
        return Reason.NO_STOCK, f"{wanted} of {line.sku} wanted, {total if divisible else most} available{where}"
    part = wanted if most >= wanted else most
    alone = replace_fields(
        order, lines=(replace_fields(line, units=part),), max_shipments=0, not_nodes=order.not_nodes | frozenset(used)
    )
    case = _Case(alone, stock, now, Kept(0, kept.refused if kept is not None else ()))
    cost = _cost_alone(sourcing, case)
    if cost is not None:
        reason, detail = _what_kept_it(sourcing, order, case, cost)
        return reason, f"{line.sku}: {detail}"
    for relaxed, reason, detail in _relaxations(sourcing, case, frozenset(used)):
        if _cost_alone(sourcing, relaxed) is not None:
            return reason, f"{line.sku}: {detail}"
    return Reason.SERVICE_UNAVAILABLE, f"{line.sku}: no service takes it from a node that has it to where it is wanted"


def _what_kept_it(sourcing: Sourcing, order: Order, case: _Case, cost: int) -> tuple[Reason, str]:
    """Of a line that could go alone: the rest of the order, or that it is cheaper to leave out."""
    policy = sourcing.network.policy
    if not (policy.partial if order.partial is None else order.partial):
        return Reason.CONSTRAINT, "it could go, but the order ships complete or not at all"
    backorder = case.order.lines[0].units * policy.backorder_cost_per_unit
    if cost >= backorder and sourcing.asking.ask(order).shipment_weight == 0:
        money = f"{cost / 1e6:.2f} {policy.currency}"
        costs = f"leaving it out costs {backorder / 1e6:.2f}, less than the {money} it would cost to ship"
        in_time = replace(case, order=replace_fields(case.order, late_allowed=False))
        if _cost_alone(sourcing, in_time) is not None:
            return Reason.CONSTRAINT, costs
        return Reason.CUTOFF_MISSED, f"it would come {_least_late(sourcing, case)} late, and {costs}"
    together = "it could go alone, but not together with the other lines within the limits on shipments, stock and room"
    return Reason.CONSTRAINT, together


def _least_late(sourcing: Sourcing, case: _Case) -> str:
    """How late a line comes that can only come late: the promise is moved on until it is kept."""
    promise = sourcing.asking.ask(case.order).promise_time
    assert promise is not None  # nothing is late without one
    last = max(case.now, promise) + 2 * sourcing.network.policy.horizon_days * DAY_S
    few, enough = 0, -(-(last - promise) // DAY_S)
    while enough - few > 1:
        days = (few + enough) // 2
        later = replace_fields(case.order, late_allowed=False, deliver_by=promise + days * DAY_S, order_time=0)
        if _cost_alone(sourcing, replace(case, order=later)) is None:
            few = days
        else:
            enough = days
    return f"{enough} day{'s' * (enough > 1)}"


def _relaxations(sourcing: Sourcing, case: _Case, used: frozenset[str]) -> Iterator[tuple[_Case, Reason, str]]:
    """Each with one more constraint lifted than the one before."""
    alone, now = case.order, case.now
    case = replace(case, stock=Snapshot.of(case.stock).with_room())
    yield case, Reason.CAPACITY_EXHAUSTED, "no node that could ship it in time has room left on the day"
    case = replace(case, order=replace_fields(alone, late_allowed=True, pickup_by=None))
    yield case, Reason.CUTOFF_MISSED, "it can't be there by the promised time any more"
    if alone.service_level is ServiceLevel.SAME_DAY:
        morning = _morning(sourcing, alone, now)
        stock = replace(Snapshot.of(case.stock), first_day=first_day_of(morning))  # has room on every day alike
        yield replace(case, now=morning, stock=stock), Reason.CUTOFF_MISSED, "today's cutoffs have passed"
    case = replace(case, order=replace_fields(case.order, exact_service=False, service_level=ServiceLevel.GROUND))
    level = alone.service_level.value
    yield case, Reason.SERVICE_UNAVAILABLE, f"no {level} service goes from a node that has it"
    anywhere = replace_fields(
        case.order,
        only_nodes=frozenset(),
        not_nodes=used,
        only_node_types=frozenset(),
        not_node_types=frozenset(),
    )
    case = replace(case, order=anywhere)
    yield case, Reason.CONSTRAINT, "the nodes that have it are not among those the order may ship from"
    for channel in sorted({channel for node in sourcing.network.nodes for channel in node.channels}):
        elsewhere = replace(case, order=replace_fields(anywhere, channel=channel))
        yield elsewhere, Reason.CONSTRAINT, f"the nodes that have it don't serve channel {alone.channel!r}"
    yield replace(case, kept=Kept()), Reason.CONSTRAINT, "the nodes that have it rejected it before"
    handled = "the nodes and services that could take it don't handle what is cold or hazardous"
    yield replace(case, flags=False), Reason.CONSTRAINT, handled


def _morning(sourcing: Sourcing, order: Order, now: int) -> int:
    """The beginning of the destination's day."""
    ship_to = sourcing.asking.ask(order).ship_to
    if ship_to is None:
        return now
    zone = ship_to.place.time_zone
    return instant(zone, local_day(zone, now), 0)


def _cost_alone(sourcing: Sourcing, case: _Case) -> int | None:
    """The least cost of the only line, None where no option ships it."""
    ask = sourcing.asking.ask(case.order, case.kept)
    if not case.flags:
        ask.cold_lines = ask.hazmat_lines = 0
    costs = []
    for store in ask.stores or (-1,):
        problem = sourcing.source(ask, case.stock, case.now, store).problem
        costs += [problem.shipment_cost(option, 1) for option in range(problem.n_options)]
    least = min(costs, default=INFEASIBLE)
    return None if least >= INFEASIBLE else least
