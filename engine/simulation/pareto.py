"""What a policy's weights trade against each other: cost, shipments, lateness and carbon, over a grid of weights.

A policy beats another that is no better in any of the four and worse in one. Those that none beats are the Pareto front;
what is not on it no weighing of the four can want.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from engine.network.checks import require
from engine.network.components import Component
from engine.simulation.comparison import Estimate, Figures, estimate
from engine.simulation.scenario import Base, Scenario

WEIGHTS = ("split_penalty", "late_penalty_per_day", "carbon_price_per_kg")
"""The policy's fields that are swept, micros."""

AIMS = ("paid_per_order", "shipments_per_order", "late_days_per_order", "carbon_kg_per_order")
"""What each point is judged by, all the less the better. Paid: carriers, handling, packaging, rejects, and units left out at the
policy's backorder cost, in units of the currency; without the prices on splits, days and carbon, which differ between points."""

MAX_POINTS = 200

_STEERING = (Component.SPLIT, Component.LATE, Component.CARBON)

Weights = tuple[int, ...]
"""Micros, in the order of ``WEIGHTS``."""


@dataclass(frozen=True, slots=True)
class Point:
    """One policy of the sweep. ``beaten_by`` is None on the front; a point that is equal to an earlier one is beaten by it."""

    name: str
    weights: Weights
    aims: dict[str, Estimate]
    beaten_by: str | None


def sweep(base: Base, grid: Mapping[str, Sequence[int]]) -> dict[Weights, Scenario]:
    """The policy as it is first, then every other combination of the grid's weights, micros. Fields not in it stay as they are."""
    policy = base.network.policy
    present = tuple(int(getattr(policy, name)) for name in WEIGHTS)
    choices = [grid.get(name) or (at,) for name, at in zip(WEIGHTS, present, strict=True)]
    found = dict.fromkeys([present, *product(*choices)])
    require(len(found) <= MAX_POINTS, "points", len(found), f"at most {MAX_POINTS} combinations of weights")
    scenarios = {}
    for weights in found:
        changed = replace(
            policy, split_penalty=weights[0], late_penalty_per_day=weights[1], carbon_price_per_kg=weights[2]
        )
        name = "present" if weights == present else name_of(weights)
        scenarios[weights] = Scenario(name, replace(base, network=replace(base.network, policy=changed)))
    return scenarios


def name_of(weights: Weights) -> str:
    return "split {:g}, late {:g}, carbon {:g}".format(*(weight / 1e6 for weight in weights))


def front(swept: Mapping[Weights, Scenario], figures: Mapping[str, Sequence[Figures]]) -> list[Point]:
    """A point for each policy, in their order. ``figures``: of every scenario by name, replication by replication."""
    aims = {name: [_aims(each) for each in runs] for name, runs in figures.items()}
    found = {name: {aim: estimate([each[aim] for each in runs]) for aim in AIMS} for name, runs in aims.items()}
    means = {name: tuple(each[aim].mean for aim in AIMS) for name, each in found.items()}
    names = [scenario.name for scenario in swept.values()]
    return [
        Point(name, weights, found[name], beaten_by(name, names, means))
        for weights, name in zip(swept, names, strict=True)
    ]


def beaten_by(name: str, names: Sequence[str], means: Mapping[str, tuple[float, ...]]) -> str | None:
    """The first of ``names`` that is no worse in anything, and better in something or earlier."""
    mine, at = means[name], names.index(name)
    for other_at, other in enumerate(names):
        theirs = means[other]
        no_worse = all(their <= my for their, my in zip(theirs, mine, strict=True))
        if no_worse and (theirs != mine or other_at < at):
            return other
    return None


def _aims(figures: Figures) -> Figures:
    priced = sum(figures[f"{part.value.lower()}_per_order"] for part in _STEERING)
    return {
        "paid_per_order": figures["cost_per_order"] - priced,
        "shipments_per_order": figures["shipments_per_order"],
        "late_days_per_order": figures["late_days_per_order"],
        "carbon_kg_per_order": figures["carbon_kg"] / max(1.0, figures["orders"]),
    }
