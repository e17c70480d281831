"""What a batch solve promises: every row kept, a bound below every plan, OPTIMAL only with proof, the same bytes again."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.batch_families import CONTENDED, draw
from solvers.batch import solve
from solvers.batch_problem import BatchProblem, Progress, Rule, Stop
from solvers.problem import INFEASIBLE, UNLIMITED, Limit, Status
from tests.solvers.batches import Used, faults, members, order_objective, random_batch, shipment_cost
from tests.solvers.orders import assignments

EXACT = Stop(gap=0.0, sweeps=60)


def plans_of(problem: BatchProblem, order: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """Every plan of the order that is allowed by itself, the cheapest first: (objective, shipments)."""
    options = problem.options_of(order)
    width = int(problem.line_start[order + 1] - problem.line_start[order])
    found: list[tuple[int, list[tuple[int, int]]]] = [(order_objective(problem, order, [])[1], [])]
    for _, groups in assignments(width, options.stop - options.start):
        sets = [sum(1 << line for line in group) for group in groups]
        ways = [
            [j for j in range(options.start, options.stop) if shipment_cost(problem, order, j, s) < INFEASIBLE]
            for s in sets
        ]
        for chosen in itertools.product(*ways) if sets else ():
            shipments = list(zip(chosen, sets, strict=True))
            objective = order_objective(problem, order, shipments)[1]
            if objective < INFEASIBLE:
                found.append((objective, shipments))
    return sorted(found)


def optimum(problem: BatchProblem) -> int:
    """By enumeration, an order at a time, what can't be better left aside."""
    plans = [plans_of(problem, order) for order in range(problem.n_orders)]
    rest = [sum(each[0][0] for each in plans[order:]) for order in range(problem.n_orders + 1)]
    best = INFEASIBLE

    def extend(chosen: list[list[tuple[int, int]]], total: int) -> None:
        nonlocal best
        if total + rest[len(chosen)] >= best:
            return
        used = Used(problem)
        for order, shipments in enumerate(chosen):
            used.add(order, shipments)
        if used.broken():
            return
        if len(chosen) == problem.n_orders:
            best = min(best, total + used.shortfall() * problem.shortfall_cost)
            return
        for objective, shipments in plans[len(chosen)]:
            if total + objective + rest[len(chosen) + 1] >= best:
                break
            extend([*chosen, shipments], total + objective)

    extend([], 0)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_bound_and_objective_stand_on_both_sides_of_the_optimum_and_mostly_meet(seed: int) -> None:
    rng = np.random.default_rng(seed)
    closed = 0
    for _ in range(25):
        problem = random_batch(rng, max_orders=3)
        plan = solve(problem, EXACT)
        best = optimum(problem)
        assert not faults(problem, plan)
        assert plan.certificate.bound <= best <= plan.certificate.objective
        closed += plan.certificate.status is Status.OPTIMAL
    assert closed >= 23


def test_a_batch_without_shared_limits_is_solved_order_by_order() -> None:
    rng = np.random.default_rng(7)
    for _ in range(30):
        problem = random_batch(rng, rules=False)
        problem = replace(problem, stock=np.full_like(problem.stock, 1_000), protected=None, vip=None)
        plan = solve(problem, EXACT)
        assert plan.certificate.status is Status.OPTIMAL
        assert plan.certificate.objective == sum(plans_of(problem, o)[0][0] for o in range(problem.n_orders))


def test_the_same_batch_and_seed_give_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        problem = random_batch(rng, max_orders=12)
        one, two = solve(problem, EXACT, seed=5), solve(problem, EXACT, seed=5)
        assert one.option.tobytes() + one.lines.tobytes() == two.option.tobytes() + two.lines.tobytes()
        assert (one.cost, one.certificate.bound) == (two.cost, two.certificate.bound)


def test_larger_batches_keep_every_row() -> None:
    rng = np.random.default_rng(11)
    for _ in range(15):
        problem = random_batch(rng, max_orders=60)
        assert not faults(problem, solve(problem, Stop(gap=1e-3, sweeps=40)))


def test_with_nothing_in_stock_every_order_is_unfilled() -> None:
    problem = random_batch(np.random.default_rng(2), max_orders=12)
    plan = solve(replace(problem, stock=np.zeros_like(problem.stock), orders_least=None), EXACT)
    assert plan.certificate.unfilled == problem.n_orders
    assert plan.certificate.status is Status.OPTIMAL
    assert len(plan.option) == 0


def test_progress_closes_in_from_both_sides() -> None:
    seen: list[Progress] = []
    solve(random_batch(np.random.default_rng(5), max_orders=40), EXACT, progress=seen.append)
    bounds = [each.bound for each in seen]
    objectives = [each.objective for each in seen if each.objective is not None]
    assert bounds == sorted(bounds)
    assert objectives == sorted(objectives, reverse=True)
    assert all(each.objective is None or each.bound <= each.objective for each in seen)


def test_when_the_time_is_up_no_phase_begins_and_a_plan_is_there() -> None:
    """A clock that jumps to the limit after so many looks at it: in the ascent, then in ever later phases."""
    problem = draw(CONTENDED, 120, 12).problem
    nothing_ships = int(problem.unfilled_cost.sum())
    for looks in (1, 10, 60, 125, 150, 200):
        seen: list[Progress] = []
        read = itertools.count()
        plan = solve(
            problem,
            Stop(gap=0.0, seconds=30.0, clock=lambda read=read, looks=looks: 60.0 * (next(read) > looks)),  # type: ignore[misc]
            progress=seen.append,
        )
        assert not faults(problem, plan)
        assert plan.certificate.objective < 0.75 * nothing_ships
        assert plan.certificate.limit is Limit.TIME or plan.certificate.status is Status.OPTIMAL
        late = [each.phase for each in seen if each.seconds >= 30]
        assert len(late) <= 2, late


def test_an_order_of_higher_priority_gets_the_last_unit() -> None:
    for _ in range(2):
        problem = _two_for_one_unit()
        for first in range(2):
            priority = np.array([0, 0])
            priority[first] = 50
            plan = solve(replace(problem, priority=priority), EXACT)
            assert [bool(plan.shipments_of(o)) for o in range(2)] == [o == first for o in range(2)]


def test_a_rule_costs_what_it_keeps_from_the_batch() -> None:
    problem = replace(_two_for_one_unit(), stock=np.full((1, 1), 2, np.int32), orders_most=np.array([1]))
    cost = solve(problem, EXACT, rules=[Rule.CAPACITY]).certificate.rule_costs[0]
    assert cost.rule is Rule.CAPACITY
    assert cost.lowest == cost.cost == cost.highest == 93


def test_members_are_the_bits_of_a_set() -> None:
    assert members(0b1011) == [0, 1, 3]


def _two_for_one_unit() -> BatchProblem:
    """Two orders of one unit, of which there is one: 7 to ship, 100 to leave out."""
    two = np.arange(2, dtype=np.int32)
    return BatchProblem(
        line_start=np.arange(3),
        option_start=np.arange(3),
        sku=two * 0,
        units=two * 0 + 1,
        backorder_cost=np.full(2, INFEASIBLE),
        unfilled_cost=np.full(2, 100),
        split_penalty=np.zeros(2, np.int64),
        shipment_weight=np.zeros(2, np.int64),
        max_shipments=two * 0,
        priority=np.zeros(2, np.int64),
        node=two * 0,
        capacity=two * 0,
        hold=np.ones(2, np.uint16),
        fixed=np.full(2, 7),
        line_cost=np.zeros(2, np.int64),
        stock=np.ones((1, 1), np.int32),
        orders_most=np.full(1, UNLIMITED),
        units_most=np.full(1, UNLIMITED),
    )
