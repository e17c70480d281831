"""What became of an order, and of many: the same figures for what the server answered and what a rule decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.network.carriers import ServiceLevel
from engine.network.components import NOT_PAID, Component
from engine.routing.route import Route, Shipment

Parts = tuple[tuple[Component, int], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One shipment. ``store`` is where it is picked up, "" for deliveries."""

    node_id: str
    level: ServiceLevel
    store: str
    late: bool
    packages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One order's. ``parts`` adds up to ``cost`` in micros: what bid prices added is not in it, as nobody pays it; every unit
    left out is in it at the policy's backorder cost, also where the order takes none later: who leaves lines out must not look
    cheap."""

    order_id: str
    route_id: str
    shipments: tuple[Sent, ...]
    left_out: int
    parts: Parts
    cost: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Many orders'. ``in_one_box``: whole in one shipment. ``on_time``: whole, each shipment by its promise."""

    policy: str
    orders: int
    cost_micros: int
    parts: Parts
    shipments: int
    packages: int
    in_one_box: int
    on_time: int
    units_left_out: int

    @property
    def cost_per_order(self) -> float:
        """In units of the currency."""
        return self.cost_micros / 1e6 / self.orders


def outcome_of(route: Route, backorder_cost: int) -> Outcome:
    """``backorder_cost`` of the policy, micros a unit."""
    refused = sum(line.units for line in route.unfilled if not line.backordered)
    left_out = sum(line.units for line in route.unfilled)
    sent = sent_of(route.shipments)
    return outcome(route.order_id, route.route_id, sent, left_out, route.breakdown, refused * backorder_cost)


def sent_of(shipments: Iterable[Shipment]) -> tuple[Sent, ...]:
    return tuple(
        [Sent(one.node_id, one.level, one.destination_node, one.late_days > 0, len(one.packages)) for one in shipments]
    )


def outcome(order_id: str, route_id: str, sent: tuple[Sent, ...], left_out: int, parts: Parts, refused: int) -> Outcome:
    """``refused``: micros for the units that are left out and not backordered, which the route's cost has not."""
    amounts = {component: amount for component, amount in parts if component not in NOT_PAID}
    if refused:
        amounts[Component.BACKORDER] = amounts.get(Component.BACKORDER, 0) + refused
    return Outcome(order_id, route_id, sent, left_out, _in_order(amounts), sum(amounts.values()))


def figures_of(policy: str, outcomes: Sequence[Outcome]) -> Figures:
    """Added up."""
    amounts: dict[Component, int] = {}
    for outcome in outcomes:
        for component, amount in outcome.parts:
            amounts[component] = amounts.get(component, 0) + amount
    return Figures(
        policy,
        len(outcomes),
        sum(outcome.cost for outcome in outcomes),
        _in_order(amounts),
        sum(len(outcome.shipments) for outcome in outcomes),
        sum(sent.packages for sent in all_sent(outcomes)),
        sum(len(outcome.shipments) == 1 and not outcome.left_out for outcome in outcomes),
        sum(not outcome.left_out and not any(sent.late for sent in outcome.shipments) for outcome in outcomes),
        sum(outcome.left_out for outcome in outcomes),
    )


def all_sent(outcomes: Iterable[Outcome]) -> Iterable[Sent]:
    """Every shipment."""
    return (sent for outcome in outcomes for sent in outcome.shipments)


def _in_order(amounts: dict[Component, int]) -> Parts:
    return tuple((component, amounts[component]) for component in Component if amounts.get(component))
