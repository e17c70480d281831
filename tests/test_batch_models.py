"""What batches are measured beside: whole models that find the optimum, and orders decided one by one within the rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.batch_families import CONTENDED, UNIFORM, Instance, draw, draw_two_tier
from benchmarks.batch_models import MODELS
from benchmarks.batch_sequential import Decide, Decisions, deciders, one_by_one
from solvers.batch_problem import BatchProblem
from tests.solvers.batch_check import reckon
from tests.solvers.batch_exact import optimum

SMALL = {
    "uniform": draw(UNIFORM, 40, 5),
    "contended": draw(CONTENDED, 40, 12),
    "two-tier": draw_two_tier(60),
}


def reckoned(problem: BatchProblem, decisions: Decisions) -> int:
    found = reckon(problem, decisions.shipment_start, decisions.option, decisions.lines)
    assert not found.faults
    return found.objective


@pytest.mark.parametrize("family", SMALL)
def test_every_whole_model_costs_the_optimum_to_the_unit(family: str) -> None:
    problem = SMALL[family].problem
    best = optimum(problem)
    for name, solve in MODELS.items():
        for aggregated in (False, True):
            answer = solve(problem, 60.0, 0.0, aggregated=aggregated)
            decisions = Decisions(answer.shipment_start, answer.option, answer.lines)
            assert reckoned(problem, decisions) == best, name
            assert answer.bound == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("family", SMALL)
def test_orders_decided_one_by_one_keep_every_rule_and_cost_no_less_than_the_optimum(family: str) -> None:
    instance = SMALL[family]
    best = optimum(instance.problem)
    costs = {name: reckoned(instance.problem, one_by_one(instance.problem, decide)) for name, decide in _all(instance)}
    assert min(costs.values()) >= best
    assert len({*costs.values()}) > 1


def test_the_first_order_costs_no_rule_less_than_the_exact_solver() -> None:
    for seed in range(1, 30):
        instance = draw(UNIFORM, 1, 4, seed)
        costs = {
            name: reckoned(instance.problem, one_by_one(instance.problem, decide)) for name, decide in _all(instance)
        }
        assert costs["exact"] == min(costs.values()) == optimum(instance.problem)


def test_a_batch_that_shares_more_than_stock_and_capacity_is_not_modelled_by_halves() -> None:
    problem = replace(SMALL["uniform"].problem, splits_most=3)
    with pytest.raises(ValueError, match="alone"):
        one_by_one(problem, deciders(SMALL["uniform"])["exact"])
    for solve in MODELS.values():
        with pytest.raises(ValueError, match="alone"):
            solve(problem, 1.0, 0.0)


def test_a_plan_that_breaks_a_rule_is_found_out() -> None:
    problem = SMALL["uniform"].problem
    answer = MODELS["SCIP"](problem, 60.0, 0.0)
    start, option, lines = answer.shipment_start, answer.option, answer.lines
    first = int(np.flatnonzero(np.diff(start))[0])
    cell = (
        problem.sku[problem.lines_of(first)][int(lines[start[first]]).bit_length() - 1],
        problem.node[option[start[first]]],
    )
    stock = problem.stock.copy()
    stock[cell] = 0
    planted = {
        "stock": replace(problem, stock=stock),
        "orders of a capacity": replace(problem, orders_most=np.zeros_like(problem.orders_most)),
        "units of a capacity": replace(problem, units_most=np.zeros_like(problem.units_most)),
        "splits": replace(problem, splits_most=int((np.diff(start) > 1).sum()) - 1),
        "an option ships what it does not hold": replace(problem, hold=np.zeros_like(problem.hold)),
    }
    assert reckon(problem, start, option, lines).faults == ()
    for fault, changed in planted.items():
        assert fault in reckon(changed, start, option, lines).faults
    twice = np.concatenate((option[:1], option)), np.concatenate((lines[:1], lines))
    assert reckon(problem, start + (np.arange(len(start)) > first), *twice).faults


def _all(instance: Instance) -> list[tuple[str, Decide]]:
    return list(deciders(instance).items())
