"""The true optimum of small batches, written without the batch solver: as one model for CP-SAT, and by plain enumeration.

The model has a column for every (option, set of lines) that is allowed; CP-SAT reckons in integers, so its optimum is one.
Enumeration tries every plan of every order against every other: it checks the model, on batches of a few orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED
from tests.solvers.batch_check import reckon

Shipments = tuple[tuple[int, int], ...]
"""Of one order: (option of the batch, bit set of lines) each."""


def allowed_shipments(problem: BatchProblem, order: int) -> list[tuple[int, int, int]]:
    """Every (option, set of lines, cost) that the order allows."""
    n_lines = int(problem.line_start[order + 1] - problem.line_start[order])
    options = problem.options_of(order)
    line_costs, sets = problem.line_costs_of(order), problem.set_costs_of(order)
    found = []
    for option, lines in product(range(options.start, options.stop), range(1, 1 << n_lines)):
        members = [line for line in range(n_lines) if lines >> line & 1]
        terms = [int(problem.fixed[option]), *(int(line_costs[option - options.start, line]) for line in members)]
        if sets is not None and problem.row is not None:
            terms.append(int(sets[problem.row[option], lines]))
        if lines & ~int(problem.hold[option]) == 0 and max(terms) < INFEASIBLE:
            found.append((option, lines, sum(terms)))
    return found


def optimum(problem: BatchProblem) -> int:
    """The least objective of the whole batch, by CP-SAT with one worker and no limit."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    rows = _Rows(problem)
    objective: list[Any] = []
    for order in range(problem.n_orders):
        lines = range(int(problem.line_start[order]), int(problem.line_start[order + 1]))
        units = [int(problem.units[line]) for line in lines]
        priority, split = int(problem.priority[order]), int(problem.split_penalty[order])
        charge = split + int(problem.shipment_weight[order])
        nothing = model.new_bool_var("")
        of_line: dict[int, list[Any]] = defaultdict(list)
        of_capacity: dict[int, list[Any]] = defaultdict(list)
        ships = []
        for option, members, cost in allowed_shipments(problem, order):
            ship = model.new_bool_var("")
            ships.append(ship)
            objective.append((cost + charge) * ship)
            of_capacity[int(problem.capacity[option])].append(ship)
            for position in range(len(lines)):
                if members >> position & 1:
                    of_line[position].append(ship)
            rows.add(order, option, members, ship)
        for position, line in enumerate(lines):
            left = []
            if problem.backorder_cost[line] < INFEASIBLE:
                left = [model.new_bool_var("")]
                objective.append((int(problem.backorder_cost[line]) + priority * units[position]) * left[0])
            model.add_exactly_one([*of_line[position], *left, nothing])
        model.add(sum(ships) + nothing >= 1)
        if problem.max_shipments[order]:
            model.add(sum(ships) <= int(problem.max_shipments[order]))
        objective.append((int(problem.unfilled_cost[order]) + priority * sum(units) + split) * nothing)
        objective.append(-split)
        for capacity, members_of in of_capacity.items():
            used = model.new_bool_var("")
            model.add_max_equality(used, members_of)
            rows.orders[capacity].append(used)
        if problem.splits_most < UNLIMITED:
            several = model.new_bool_var("")
            model.add(sum(ships) <= 1 + len(lines) * several)
            rows.splits.append(several)
    objective += rows.close(model)
    model.minimize(sum(objective))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise RuntimeError(f"CP-SAT ended with {solver.status_name(status)}")
    value: int = round(solver.objective_value)
    return value


class _Rows:
    """What the orders share, gathered shipment by shipment."""

    def __init__(self, problem: BatchProblem) -> None:
        self.problem = problem
        self.limits: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        self.orders: dict[int, list[Any]] = defaultdict(list)
        self.splits: list[Any] = []

    def add(self, order: int, option: int, members: int, ship: Any) -> None:
        p = self.problem
        first, node, capacity = int(p.line_start[order]), int(p.node[option]), int(p.capacity[option])
        for line in range(members.bit_length()):
            if members >> line & 1:
                sku, units = int(p.sku[first + line]), int(p.units[first + line])
                self.limits["stock", sku, node].append(units * ship)
                self.limits["units", capacity].append(units * ship)
                if p.protected is not None and (p.vip is None or not p.vip[order]):
                    self.limits["common", sku, node].append(units * ship)
        if p.pickup is not None and p.pickup[option] >= 0:
            self.limits["pickups", int(p.pickup[option])].append(ship)
        if p.spend is not None and p.spend[option] >= 0:
            sets = p.set_costs_of(order)
            of_set = 0 if sets is None or p.row is None else int(sets[p.row[option], members])
            self.limits["budget",].append((int(p.spend[option]) + of_set) * ship)

    def most(self, kind: str, *index: int) -> int:
        p = self.problem
        if kind == "stock":
            return int(p.stock[index])
        if kind == "common":
            assert p.protected is not None
            return max(0, int(p.stock[index]) - int(p.protected[index]))
        if kind == "pickups":
            return UNLIMITED if p.pickups_most is None else int(p.pickups_most[index])
        return p.budget_most if kind == "budget" else int(p.units_most[index])

    def close(self, model: Any) -> list[Any]:
        """Add the rows; the cost of orders lacking."""
        p = self.problem
        for key, terms in self.limits.items():
            if self.most(*key) < UNLIMITED:
                model.add(sum(terms) <= self.most(*key))
        for capacity, used in self.orders.items():
            if p.orders_most[capacity] < UNLIMITED:
                model.add(sum(used) <= int(p.orders_most[capacity]))
        if self.splits:
            model.add(sum(self.splits) <= p.splits_most)
        lacking = []
        for capacity, least in enumerate([] if p.orders_least is None else p.orders_least.tolist()):
            if least:
                short = model.new_int_var(0, least, "")
                model.add(sum(self.orders[capacity]) + short >= least)
                lacking.append(p.shortfall_cost * short)
        return lacking


def plans_of(problem: BatchProblem, order: int) -> Iterator[Shipments]:
    """Every plan of one order: disjoint shipments, and those lines left out that may be."""
    n_lines = int(problem.line_start[order + 1] - problem.line_start[order])
    shipments = allowed_shipments(problem, order)
    most = int(problem.max_shipments[order]) or n_lines

    def extend(chosen: Shipments, open_lines: int, line: int) -> Iterator[Shipments]:
        if line == n_lines:
            yield chosen
            return
        if not open_lines >> line & 1:
            yield from extend(chosen, open_lines, line + 1)
            return
        if problem.backorder_cost[problem.line_start[order] + line] < INFEASIBLE:
            yield from extend(chosen, open_lines, line + 1)
        for option, lines, _ in shipments:
            if lines & -lines == 1 << line and lines & ~open_lines == 0 and len(chosen) < most:
                yield from extend((*chosen, (option, lines)), open_lines & ~lines, line + 1)

    yield ()
    for plan in extend((), (1 << n_lines) - 1, 0):
        if plan:
            yield plan


def enumerated_optimum(problem: BatchProblem) -> int:
    """The least objective by trying every combination of plans; the caller sees to it that there are few."""
    every = [list(plans_of(problem, order)) for order in range(problem.n_orders)]
    best = INFEASIBLE
    for plans in product(*every):
        start = np.concatenate(([0], np.cumsum([len(plan) for plan in plans])))
        flat = [shipment for plan in plans for shipment in plan]
        found = reckon(problem, start, np.array([j for j, _ in flat], int), np.array([s for _, s in flat], int))
        if not found.faults:
            best = min(best, found.objective)
    return best


def count_plans(problem: BatchProblem, most: int) -> int:
    """How many combinations there are, counted no further than ``most``."""
    product_of = 1
    for order in range(problem.n_orders):
        product_of *= sum(1 for _ in plans_of(problem, order))
        if product_of > most:
            return most + 1
    return product_of
