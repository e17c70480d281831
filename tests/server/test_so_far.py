"""What is known of a replay before it ends."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest

from server.planning.executors import Heard, so_far


def told(replication: int, costs: list[float]) -> Heard:
    micros = sum(round(1e6 * cost) for cost in costs)
    return Heard("base", replication, len(costs), 100, micros, sum(cost**2 for cost in costs))


def test_the_mean_so_far_is_of_all_replications_under_way_with_the_interval_of_their_orders() -> None:
    first, second = [10.0, 14.0, 9.5, 30.0], [12.0, 11.25]
    found = so_far([told(0, first), told(1, second)])
    assert found.mean == pytest.approx(fmean(first + second))
    assert found.half_width == pytest.approx(1.96 * pstdev(first + second) / 6**0.5)


def test_orders_that_all_cost_the_same_leave_no_doubt() -> None:
    assert so_far([told(0, [7.1] * 50)]).half_width == pytest.approx(0.0, abs=1e-6)
