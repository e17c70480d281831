"""One order as one model in CP-SAT, HiGHS and SCIP, to set the subset programme against.

The model is set partitioning over columns (option, set of lines), each with its whole cost: every line in one shipment
chosen or left out. A set's cost is any function, so a model over assignments of lines to options needs a binary for each
(option, set) as well, and rows that tie them together: the columns alone are the smaller and the tighter model. All columns
are built in bulk with numpy; columns are handed over as arrays (CP-SAT: as a protobuf of literals). No column is dropped
for being dearer than another of the same set: to find the cheapest column of each set is what the subset programme does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from solvers.problem import INFEASIBLE, Int64, OrderProblem

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Columns:
    """Every shipment that is allowed: ``lines[k]`` (bit set) at ``cost[k]``, of any option."""

    lines: Int64
    cost: Int64


def all_columns(problem: OrderProblem) -> Columns:
    lines: list[Int64] = []
    costs: list[Int64] = []
    for s in range(1, 1 << problem.n_lines):
        members = np.array([s >> line & 1 for line in range(problem.n_lines)], bool)
        of_set = problem.set_cost[problem.row, s]
        allowed = (problem.hold & s == s) & (of_set < INFEASIBLE)
        allowed &= problem.room >= problem.units[members].sum()
        cost = (problem.fixed + of_set + problem.line_cost[:, members].sum(axis=1))[allowed]
        cost = cost[cost < INFEASIBLE]
        lines.append(np.full(len(cost), s))
        costs.append(cost)
    return Columns(np.concatenate(lines), np.concatenate(costs))


def objective_of(problem: OrderProblem, columns: Columns, chosen: Int64) -> int:
    """The exact objective of a choice of columns, lines in none of them being left out."""
    filled = int(np.bitwise_or.reduce(columns.lines[chosen], initial=0))
    left = [int(problem.backorder_cost[line]) for line in range(problem.n_lines) if not filled >> line & 1]
    charges = len(chosen) * problem.shipment_weight + max(0, len(chosen) - 1) * problem.split_penalty
    return int(columns.cost[chosen].sum()) + sum(left) + charges


def solve_by_cp_sat(problem: OrderProblem) -> int:
    """The objective by CP-SAT with one worker, ``INFEASIBLE`` without a plan."""
    from ortools.sat.python import cp_model

    columns = all_columns(problem)
    model: Any = cp_model.CpModel()
    n_columns, n_lines = len(columns.cost), problem.n_lines
    left = [line for line in range(n_lines) if problem.backorder_cost[line] < INFEASIBLE]
    ships = [model.new_bool_var("") for _ in range(n_columns)]
    outs = {line: model.new_bool_var("") for line in left}
    for line in range(n_lines):
        members = [ships[k] for k in np.flatnonzero(columns.lines >> line & 1).tolist()]
        model.add_exactly_one(members + ([outs[line]] if line in outs else []))
    linear = cp_model.LinearExpr
    charge = problem.split_penalty + problem.shipment_weight
    objective = linear.weighted_sum(ships, (columns.cost + charge).tolist())
    objective += linear.weighted_sum(list(outs.values()), [int(problem.backorder_cost[line]) for line in outs])
    if problem.split_penalty:
        anything = model.new_bool_var("")
        model.add(anything <= linear.sum(ships))
        objective -= problem.split_penalty * anything
    if problem.max_shipments:
        model.add(linear.sum(ships) <= problem.max_shipments)
    model.minimize(objective)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return INFEASIBLE
    if status != cp_model.OPTIMAL:
        raise RuntimeError(f"CP-SAT ended with {solver.status_name(status)}")
    chosen = np.flatnonzero([solver.boolean_value(ship) for ship in ships])
    return objective_of(problem, columns, chosen)


def solve_by_highs(problem: OrderProblem) -> int:
    """The objective by HiGHS, to a relative gap of 0."""
    return _solve_linear(problem, "highs", "mip_rel_gap=0\nmip_abs_gap=0\nthreads=1\noutput_flag=false")


def solve_by_scip(problem: OrderProblem) -> int:
    """The objective by SCIP, to a relative gap of 0 (its default)."""
    return _solve_linear(problem, "scip", "")


def _solve_linear(problem: OrderProblem, solver_name: str, parameters: str) -> int:
    from ortools.linear_solver.python import model_builder_helper as helper
    from scipy import sparse

    columns = all_columns(problem)
    n_columns, n_lines = len(columns.cost), problem.n_lines
    # Columns: shipments, lines left out, "anything ships". Rows: lines, anything <= shipments, limit on shipments.
    width = n_columns + n_lines + 1
    member = (columns.lines[None, :] >> np.arange(n_lines)[:, None]) & 1
    line, column = np.nonzero(member)
    every, one = np.arange(n_columns), np.ones(n_columns)
    entries = [
        (line, column, np.ones(len(line))),
        (np.arange(n_lines), n_columns + np.arange(n_lines), np.ones(n_lines)),
        (np.full(n_columns, n_lines), every, one),
        (np.array([n_lines]), np.array([width - 1]), -np.ones(1)),
        (np.full(n_columns, n_lines + 1), every, one),
    ]
    rows, places, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    matrix = sparse.csr_matrix((values, (rows, places)), shape=(n_lines + 2, width))
    may_leave = problem.backorder_cost < INFEASIBLE
    charge = problem.split_penalty + problem.shipment_weight
    costs = np.concatenate(
        (columns.cost + charge, np.where(may_leave, problem.backorder_cost, 0), [-problem.split_penalty])
    )
    upper = np.concatenate((one, may_leave.astype(float), [1.0]))
    row_lower = np.concatenate((np.ones(n_lines), [0.0, -np.inf]))
    row_upper = np.concatenate((np.ones(n_lines), [np.inf, problem.max_shipments or np.inf]))
    model: Any = helper.ModelBuilderHelper()
    model.fill_model_from_sparse_data(np.zeros(width), upper, costs / _MILLION, row_lower, row_upper, matrix)
    for k in range(width):
        model.set_var_integrality(k, True)
    solver = helper.ModelSolverHelper(solver_name)
    if not solver.solver_is_supported():
        raise RuntimeError(f"this build of OR-Tools has no {solver_name}")
    if parameters:
        solver.set_solver_specific_parameters(parameters)
    solver.solve(model)
    if not solver.has_solution():
        return INFEASIBLE
    chosen = np.flatnonzero(np.asarray(solver.variable_values())[:n_columns] > 0.5)
    return objective_of(problem, columns, chosen)


MODELS: dict[str, Callable[[OrderProblem], int]] = {
    "CP-SAT": solve_by_cp_sat,
    "HiGHS": solve_by_highs,
    "SCIP": solve_by_scip,
}
