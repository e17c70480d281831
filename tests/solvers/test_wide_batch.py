"""Batches with wide orders: one bound for all of them, below the optimum of one whole model; rows kept by wide and narrow alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from solvers import wide_batch
from solvers.batch_problem import BatchProblem, Stop
from solvers.problem import INFEASIBLE, UNLIMITED
from solvers.wide_problem import JointPlan
from tests.solvers.batch_check import Reckoning, reckon
from tests.solvers.batch_exact import optimum
from tests.solvers.wide_orders import by_unit, parted

SHARES = (0.3, 0.6, 1.0)


def joined(problem: BatchProblem, wide: NDArray[np.bool_], plan: JointPlan) -> Reckoning:
    """The plans of narrow and wide orders as those of the one batch, reckoned anew."""
    start, option, lines = [0], [], []
    narrow_at, wide_at = 0, 0
    for order in range(problem.n_orders):
        first = problem.options_of(order).start
        if wide[order]:
            for shipment in plan.wide[wide_at].shipments:
                option.append(first + shipment.option)
                lines.append(sum(1 << take.line for take in shipment.takes))
                units = problem.units[problem.lines_of(order)]
                assert all(take.units == units[take.line] for take in shipment.takes)
            wide_at += 1
        else:
            assert plan.narrow is not None
            moved = int(problem.option_start[order]) - _narrow_start(problem, wide, order)
            for j, members, _ in plan.narrow.shipments_of(narrow_at):
                option.append(j + moved)
                lines.append(members)
            narrow_at += 1
        start.append(len(option))
    return reckon(problem, np.array(start), np.array(option, int), np.array(lines, int))


def _narrow_start(problem: BatchProblem, wide: NDArray[np.bool_], order: int) -> int:
    counts = np.where(wide, 0, np.diff(problem.option_start))
    return int(counts[:order].sum())


@pytest.mark.parametrize("share", SHARES)
def test_the_bound_is_below_the_optimum_and_the_plan_above_it_whoever_is_wide(share: float) -> None:
    rng = np.random.default_rng(int(share * 10))
    excess = []
    for seed in range(16):
        problem = by_unit(seed)
        wide = rng.random(problem.n_orders) < share
        narrow, orders = parted(problem, wide)
        plan = wide_batch.solve(narrow, orders, Stop(gap=0.0, sweeps=40))
        found, best = joined(problem, wide, plan), optimum(problem)
        proven = plan.certificate
        assert not found.faults, seed
        assert found.objective == proven.objective, seed
        assert found.cost == plan.cost, seed
        assert (found.unfilled, found.partial, found.shortfall) == (proven.unfilled, proven.partial, proven.shortfall)
        assert proven.bound <= best <= proven.objective, seed
        excess.append((proven.objective - best) / best)
    assert np.mean(excess) < 0.05


def divided_optimum(problem: BatchProblem) -> int:
    """The whole model in CP-SAT, every line divisible: sets by option, units by option and line. Knows stock and capacity."""
    from ortools.sat.python import cp_model

    model, p = cp_model.CpModel(), problem
    terms: list[Any] = []
    stock: dict[tuple[int, int], list[Any]] = {}
    room: dict[int, list[Any]] = {}
    days: dict[int, list[Any]] = {}
    for order in range(p.n_orders):
        here, those, costs, sets = p.lines_of(order), p.options_of(order), p.line_costs_of(order), p.set_costs_of(order)
        units, width = p.units[here].tolist(), here.stop - here.start
        shipped: list[Any] = []
        by_day: dict[int, list[Any]] = {}
        of_line: list[list[Any]] = [[] for _ in units]
        for x, j in enumerate(range(those.start, those.stop)):
            chosen: list[list[Any]] = [[] for _ in units]
            every = []
            for members in range(1, 1 << width):
                lines = [line for line in range(width) if members >> line & 1]
                of_set = 0 if sets is None or p.row is None else int(sets[p.row[j], members])
                if members & ~int(p.hold[j]) or of_set >= INFEASIBLE or (costs[x, lines] >= INFEASIBLE).any():
                    continue
                ships = model.new_bool_var("")
                every.append(ships)
                terms.append(
                    ships * (int(p.fixed[j]) + of_set + int(p.split_penalty[order] + p.shipment_weight[order]))
                )
                for line in lines:
                    chosen[line].append(ships)
            model.add(sum(every) <= 1)
            shipped += every
            by_day.setdefault(int(p.capacity[j]), []).extend(every)
            for line, total in enumerate(units):
                taken = model.new_int_var(0, total, "")
                model.add(taken <= total * sum(chosen[line]))
                model.add(taken >= sum(chosen[line]))
                terms.append(taken * (int(costs[x, line]) // total if costs[x, line] < INFEASIBLE else 0))
                of_line[line].append(taken)
                stock.setdefault((int(p.sku[here.start + line]), int(p.node[j])), []).append(taken)
                room.setdefault(int(p.capacity[j]), []).append(taken)
        for c, ships in by_day.items():
            used = model.new_bool_var("")
            model.add_max_equality(used, ships) if ships else model.add(used == 0)
            days.setdefault(c, []).append(used)
        anything = model.new_bool_var("")
        model.add(anything <= sum(shipped))
        terms.append(-int(p.split_penalty[order]) * anything)
        if p.max_shipments[order]:
            model.add(sum(shipped) <= int(p.max_shipments[order]))
        for line, total in enumerate(units):
            each = int(p.backorder_cost[here.start + line]) // total + int(p.priority[order])
            model.add(sum(of_line[line]) <= total)
            terms.append(each * (total - sum(of_line[line])))
    for (k, n), takes in stock.items():
        model.add(sum(takes) <= int(p.stock[k, n]))
    for c in days:
        model.add(sum(days[c]) <= int(min(p.orders_most[c], 99)))
        model.add(sum(room[c]) <= int(min(p.units_most[c], 999)))
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return int(solver.objective_value)


def test_where_lines_may_be_divided_the_bound_is_below_every_divided_plan_too() -> None:
    looked = 0
    for seed in range(200, 280):
        problem = by_unit(seed, max_orders=6)
        plain = all(each is None for each in (problem.vip, problem.orders_least, problem.pickup, problem.spend))
        if not plain or problem.splits_most < UNLIMITED or (problem.backorder_cost >= INFEASIBLE).any():
            continue
        _, orders = parted(problem, np.ones(problem.n_orders, np.bool_))
        lines = np.diff(problem.line_start)
        holds = _held_in_part(problem)
        orders = tuple(
            replace(
                order,
                problem=replace(order.problem, may_divide=np.ones(n, np.bool_), may_carry=holds[o]),
                whole_first=np.full(n, o % 2 == 0),
            )
            for o, (order, n) in enumerate(zip(orders, lines.tolist(), strict=True))
        )
        allowed = replace(problem, hold=_holds(problem, holds))
        narrow, _ = parted(problem, np.ones(problem.n_orders, np.bool_))
        plan = wide_batch.solve(narrow, orders, Stop(gap=0.0, sweeps=40))
        assert plan.certificate.bound <= divided_optimum(allowed) <= plan.certificate.objective, seed
        looked += 1
    assert looked >= 8


def _held_in_part(problem: BatchProblem) -> list[NDArray[np.bool_]]:
    """bool[J, L] of each order: where the option may carry any of the line, were there some."""
    return [problem.line_costs_of(order) < INFEASIBLE for order in range(problem.n_orders)]


def _holds(problem: BatchProblem, may: list[NDArray[np.bool_]]) -> NDArray[np.uint16]:
    return np.concatenate([(each << np.arange(each.shape[1])).sum(axis=1) for each in may]).astype(np.uint16)
