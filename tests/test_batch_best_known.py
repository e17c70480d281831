"""The solver is held to the best solutions that are known, and they to what is proven."""

from __future__ import annotations

import pytest

from benchmarks.batch_best import BestKnown, best_known
from solvers import batch
from solvers.batch_problem import Stop
from tests.solvers.batch_check import faults_of

FACTOR = {"uniform": 1.00001, "two-tier": 1.00001, "contended": 1.0005}
"""What a plan may cost of the best that is known."""
BOUND = {"uniform": 0.99999, "two-tier": 0.99999, "contended": 0.995}
"""What is proven at least: where units are several and stock is tight, no prices prove more than whole plans' linear programme."""
SMALL = [each for each in best_known() if each.orders <= 500 or (each.family != "contended" and each.orders <= 1_000)]
"""What is solved here; the benchmark solves more."""


def name(each: BestKnown) -> str:
    return f"{each.family}-{each.orders}x{each.nodes}-{each.seed}"


@pytest.mark.parametrize("known", SMALL, ids=name)
def test_small_batches_come_within_a_stated_factor_of_the_best_known(known: BestKnown) -> None:
    problem = known.instance().problem
    plan = batch.solve(problem, Stop())
    proven = plan.certificate
    assert not faults_of(problem, plan)
    assert BOUND[known.family] * known.bound <= proven.bound <= known.cost
    assert known.bound <= proven.objective <= FACTOR[known.family] * known.cost


def test_every_best_known_solution_is_named_once_and_says_where_it_is_from() -> None:
    every = best_known()
    assert len({name(each) for each in every}) == len(every)
    assert all(each.by and len(each.found) == 10 for each in every)
