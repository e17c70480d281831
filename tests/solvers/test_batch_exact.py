"""Small batches: bound <= optimum <= cost (I8), the optimum by one model that enumeration checks on the smallest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from solvers import batch
from solvers.batch_problem import BatchProblem, Stop
from solvers.problem import Status
from tests.solvers.batch_check import faults_of, reckon
from tests.solvers.batch_exact import count_plans, enumerated_optimum, optimum
from tests.solvers.batches import Used, faults, order_objective, random_batch
from tests.solvers.small_batches import small_batch

FEW = 500
BATCHES = 300


def test_the_bound_is_below_the_optimum_and_the_plan_above_it_and_nearly_every_gap_closes() -> None:
    closed = 0
    for seed in range(BATCHES):
        problem = small_batch(seed)
        best = optimum(problem)
        plan = batch.solve(problem, Stop(gap=0.0, sweeps=80))
        proven = plan.certificate
        assert not faults_of(problem, plan), seed
        assert not faults(problem, plan), seed
        assert proven.bound <= best <= proven.objective, seed
        closed += proven.status is Status.OPTIMAL
    assert closed >= 0.95 * BATCHES


def test_the_whole_model_finds_what_enumeration_finds() -> None:
    checked = 0
    for seed in range(150):
        for problem in (small_batch(seed, max_orders=3), random_batch(np.random.default_rng(seed), 4)):
            if count_plans(problem, FEW) <= FEW:
                assert optimum(problem) == enumerated_optimum(problem), seed
                checked += 1
    assert checked > 200


def test_small_batches_have_every_kind_of_row_and_cost_in_some() -> None:
    problems = [small_batch(seed) for seed in range(300)]
    kinds: dict[str, Callable[[BatchProblem], Any]] = {
        "units": lambda p: p.units.max() > 1,
        "shared stock": lambda p: np.bincount(p.sku).max() > 1,
        "orders": lambda p: p.orders_most.min() < p.n_orders,
        "split penalty": lambda p: p.split_penalty.max() > 0,
        "most shipments": lambda p: p.max_shipments.max() > 0,
        "protected": lambda p: p.protected is not None,
        "least work": lambda p: p.orders_least is not None,
        "pickups": lambda p: p.pickup is not None,
        "budget": lambda p: p.spend is not None,
        "splits": lambda p: p.splits_most <= p.n_orders,
    }
    for kind, has in kinds.items():
        assert 30 < sum(bool(has(p)) for p in problems) <= 300, kind
    assert max(p.n_orders for p in problems) == 12


def test_two_reckonings_of_one_plan_agree_on_its_cost_and_on_what_it_breaks() -> None:
    rng = np.random.default_rng(7)
    broken = 0
    for seed in range(300):
        problem = small_batch(seed) if seed % 2 else random_batch(rng)
        plans = [_random_shipments(rng, problem, order) for order in range(problem.n_orders)]
        used, total = Used(problem), 0
        for order, plan in enumerate(plans):
            used.add(order, plan)
            total += order_objective(problem, order, plan)[1]
        total += used.shortfall() * problem.shortfall_cost
        flat = [shipment for plan in plans for shipment in plan]
        start = np.concatenate(([0], np.cumsum([len(plan) for plan in plans])))
        found = reckon(problem, start, np.array([j for j, _ in flat], int), np.array([s for _, s in flat], int))
        rows = {
            "stock",
            "protected stock",
            "orders of a capacity",
            "units of a capacity",
            "pickups",
            "budget",
            "splits",
        }
        assert len(rows & set(found.faults)) == len(used.broken()), seed
        if not set(found.faults) - rows:
            assert found.objective == total
        broken += bool(found.faults)
    assert 50 < broken < 295


def _random_shipments(rng: np.random.Generator, problem: BatchProblem, order: int) -> list[tuple[int, int]]:
    """Each line by an option that holds it, drawn at random, or left out."""
    options = problem.options_of(order)
    chosen: dict[int, int] = {}
    for line in range(int(problem.line_start[order + 1] - problem.line_start[order])):
        holding = options.start + np.flatnonzero(problem.hold[options] >> line & 1)
        if len(holding) and rng.random() < 0.8:
            option = int(rng.choice(holding))
            chosen[option] = chosen.get(option, 0) | 1 << line
    return sorted(chosen.items(), key=lambda pair: pair[1] & -pair[1])
