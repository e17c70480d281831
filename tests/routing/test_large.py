"""What large orders' proofs rest on: a line under every price of a card."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.routing.large import edge_under
from solvers.problem import INFEASIBLE

STEPS = st.lists(st.integers(1, 60_000), min_size=1, max_size=7, unique=True).map(sorted)


@given(STEPS, st.data())
def test_no_package_pays_less_than_the_line_under_its_card(steps: list[int], data: st.DataObject) -> None:
    money = st.integers(0, 30_000_000) | st.just(INFEASIBLE)
    prices = data.draw(st.lists(money, min_size=len(steps), max_size=len(steps)))
    typical = data.draw(st.integers(1, 60_000))
    base, slope = edge_under(np.array(steps), np.array(prices), typical)
    assert base >= 0
    assert slope >= 0
    for at, price in enumerate(prices):
        for weight in {steps[at - 1] + 1 if at else 1, steps[at], data.draw(st.integers(1, steps[at]))}:
            if price < INFEASIBLE and weight > (steps[at - 1] if at else 0):
                assert base + int(np.floor(slope * weight)) <= price


def test_the_line_touches_a_card_that_is_straight() -> None:
    steps = np.array([1_000, 2_000, 3_000])
    base, slope = edge_under(steps, np.array([2_000_000, 3_000_000, 4_000_000]), 2_000)
    assert base + slope * 2_000 >= 2_999_990
