"""What the demo found, and the same as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.network.components import Component
from engine.network.network import Network
from engine.routing.order import Order
from engine.simulation.outcome import Figures, Outcome
from server.demo.calling import Latency
from server.demo.living import Lived

PERCENTILES = (50.0, 90.0, 99.0, 99.9)
SERVED = "onebox"
"""What the server's own figures are called beside the rules'."""

GROUPS: dict[str, tuple[Component, ...]] = {
    "carrier": (Component.CARRIER, Component.FUEL, Component.SURCHARGES, Component.TRANSFER),
    "handling": (Component.HANDLING, Component.UNIT_HANDLING, Component.PACKAGING, Component.REJECT),
    "carbon": (Component.CARBON,),
    "split": (Component.SPLIT,),
    "late": (Component.LATE,),
    "left out": (Component.BACKORDER,),
    "future": (Component.BID_PRICE, Component.CAPACITY_PRICE),
}
"""The cost components as they are shown side by side; each component is in one group."""


@dataclass(frozen=True, slots=True)
class Report:
    """The demo's findings. ``explanation`` is an ExplainRouteResponse, None where nothing shipped; ``lived`` the orders that
    were led through their lives."""

    network: Network
    orders: Sequence[Order]
    outcomes: Sequence[Outcome]
    served: Figures
    rules: Sequence[Figures]
    latency: Latency
    durability: str
    explanation: Any | None
    lived: Lived

    @property
    def all_figures(self) -> list[Figures]:
        """Onebox first, then the rules from cheap to dear."""
        return [self.served, *sorted(self.rules, key=lambda figures: figures.cost_micros)]

    @property
    def saving(self) -> float:
        """Share of the cheapest rule's cost that is saved."""
        return 1.0 - self.served.cost_micros / min(figures.cost_micros for figures in self.rules)

    @property
    def explained_order(self) -> Order | None:
        if self.explanation is None:
            return None
        route_id = self.explanation.route_id
        at = next(at for at, outcome in enumerate(self.outcomes) if outcome.route_id == route_id)
        return self.orders[at]


def grouped(figures: Figures) -> dict[str, int]:
    """Micros by group, all groups."""
    amounts = dict(figures.parts)
    return {name: sum(amounts.get(part, 0) for part in parts) for name, parts in GROUPS.items()}


def as_data(report: Report) -> dict[str, Any]:
    """For JSON."""
    latency = report.latency
    return {
        "network": report.network.name,
        "currency": report.network.policy.currency,
        "orders": report.served.orders,
        "policies": [_figures(figures) for figures in report.all_figures],
        "saving_over_best_rule": report.saving,
        "latency_ms": {f"p{percent:g}": latency.percentile_ms(percent) for percent in PERCENTILES}
        | {"max": max(latency.sample_ms)},
        "in_flight": latency.in_flight,
        "orders_per_s": latency.orders_per_s,
        "durability": report.durability,
        "explanation": report.explanation,
        "lives": [{"turn": each.turn.value, "life": each.life} for each in report.lived.lives],
        "timeline": list(report.lived.lives[0].events) if report.lived.lives else [],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    n = figures.orders
    return {
        "policy": figures.policy,
        "cost_micros": figures.cost_micros,
        "cost_per_order": figures.cost_per_order,
        "parts_micros": {component.value: amount for component, amount in figures.parts},
        "shipments": figures.shipments,
        "shipments_per_order": figures.shipments / n,
        "packages": figures.packages,
        "in_one_box": figures.in_one_box / n,
        "on_time": figures.on_time / n,
        "units_left_out": figures.units_left_out,
    }
