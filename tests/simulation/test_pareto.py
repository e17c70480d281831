"""The Pareto front of a policy's weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.network.components import Component
from engine.network.files import load_stock
from engine.simulation.comparison import Figures
from engine.simulation.pareto import AIMS, WEIGHTS, beaten_by, front, sweep
from engine.simulation.scenario import Base
from tests.networks import EU as DIRECTORY
from tests.routing.eu import EU

GRID = {"split_penalty": [0, 1_000_000, 4_000_000], "carbon_price_per_kg": [0, 500_000]}


def base() -> Base:
    return Base(EU, load_stock(DIRECTORY, EU), ())


def figures(shipments: float, paid: float, carbon_kg: float, split: float = 0.0) -> Figures:
    """Of ten orders."""
    parts = {f"{part.value.lower()}_per_order": 0.0 for part in Component}
    return {
        **parts,
        "orders": 10.0,
        "split_per_order": split,
        "cost_per_order": paid + split,
        "shipments_per_order": shipments,
        "late_days_per_order": 0.0,
        "carbon_kg": carbon_kg,
    }


def test_the_sweep_starts_at_the_policy_as_it_is_and_changes_its_weights_alone() -> None:
    swept = sweep(base(), GRID)
    first, *others = swept.values()
    assert first.name == "present"
    assert first.base == base()
    assert len(others) == 3 * 2, "the present carbon price is not in the grid, so it comes on top"
    for weights, scenario in swept.items():
        policy = scenario.base.network.policy
        assert tuple(getattr(policy, name) for name in WEIGHTS) == weights
        assert policy.backorder_cost_per_unit == base().network.policy.backorder_cost_per_unit


def test_a_sweep_of_too_many_points_is_refused() -> None:
    with pytest.raises(InvalidInput, match="points"):
        sweep(base(), {name: list(range(7)) for name in WEIGHTS})


def test_what_is_beaten_is_not_on_the_front_and_prices_on_splits_are_no_money_paid() -> None:
    swept = dict(list(sweep(base(), GRID).items())[:4])
    names = [scenario.name for scenario in swept.values()]
    found = [
        figures(1.30, 10.0, 50.0, split=3.0),  # present
        figures(1.20, 10.5, 50.0),  # fewer boxes for more money
        figures(1.30, 10.2, 50.0),  # dearer than the present for nothing
        figures(1.20, 10.5, 50.0),  # the second over again
    ]
    points = front(swept, {name: [one, one] for name, one in zip(names, found, strict=True)})
    assert [point.beaten_by for point in points] == [None, None, "present", names[1]]
    assert points[0].aims["paid_per_order"].mean == pytest.approx(10.0)
    assert points[0].aims["carbon_kg_per_order"].mean == pytest.approx(5.0)
    assert set(points[0].aims) == set(AIMS)


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=1, max_size=12))
def test_the_front_is_what_no_other_point_covers(points: list[tuple[int, ...]]) -> None:
    names = [str(n) for n in range(len(points))]
    means = {name: tuple(map(float, point)) for name, point in zip(names, points, strict=True)}
    on_front = {means[name] for name in names if beaten_by(name, names, means) is None}
    independent = {
        mine
        for mine in means.values()
        if all(any(t > m for t, m in zip(theirs, mine, strict=True)) for theirs in means.values() if theirs != mine)
    }
    assert on_front == independent
    assert sum(beaten_by(name, names, means) is None for name in names) == len(on_front), "equals stand there once"
