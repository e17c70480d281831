"""One tabulated order through OR-Tools: set partitioning over columns (option, set of lines).

Exact where the subset programme is a relaxation: what shipments share, the room of a capacity and the stock of a SKU at a
node, stands here as rows. CP-SAT solves it, as its bound is proven in integers (docs/adr has the comparison).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from solvers.order import MAX_LINES, OUT_OF_REACH
from solvers.problem import INFEASIBLE, Certificate, Int64, Limit, OrderProblem, Plan, Status, infeasible, plan_of_sets

SECONDS = 30.0
"""A backstop; on orders of up to ten lines the search ends in milliseconds to a second."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Candidate shipments: ``option[k]`` carries the bit set of lines ``lines[k]`` at ``cost[k]``."""

    option: list[int]
    lines: list[int]
    cost: list[int]


def columns_of(problem: OrderProblem) -> Columns:
    """The shipments among which an optimal plan lies.

    A plan has at most L shipments, so for each set the cheapest option of each capacity at the L cheapest nodes is enough:
    a shipment from any other node could move to one of those that no other shipment of the plan uses.
    """
    options: list[int] = []
    lines: list[int] = []
    costs: list[int] = []
    node, capacity = problem.node, _capacity(problem)
    line_cost = np.minimum(problem.line_cost, OUT_OF_REACH)
    members = [np.array([s >> line & 1 for line in range(problem.n_lines)], bool) for s in range(1 << problem.n_lines)]
    for s in range(1, 1 << problem.n_lines):
        cost = problem.fixed + line_cost[:, members[s]].sum(axis=1)
        of_set = problem.set_cost[problem.row, s]
        allowed = (problem.hold & s == s) & (problem.room >= problem.units[members[s]].sum())
        allowed &= (of_set < INFEASIBLE) & (cost < OUT_OF_REACH) & _stock_holds(problem, members[s])
        rows = np.flatnonzero(allowed)
        cost = (cost + of_set)[rows]
        nodes: set[int] = set()
        places: set[int] = set()
        for i in np.lexsort((rows, cost)).tolist():
            j = int(rows[i])
            if int(node[j]) not in nodes and len(nodes) == problem.n_lines:
                continue
            nodes.add(int(node[j]))
            if int(capacity[j]) not in places:
                places.add(int(capacity[j]))
                options.append(j)
                lines.append(s)
                costs.append(int(cost[i]))
    return Columns(options, lines, costs)


def solve_order(problem: OrderProblem, seconds: float = SECONDS) -> Plan:
    """The exact optimum with everything that shipments share (``capacity``, ``sku``, ``stock``).

    Deterministic unless the limit ``seconds`` ends the search; the status is OPTIMAL only when it did not.

    Raises
    ------
    ValueError : more than ``MAX_LINES`` lines.
    """
    from ortools.sat.python import cp_model

    if problem.n_lines > MAX_LINES:
        raise ValueError(f"n_lines must be <= {MAX_LINES} for columns by sets, got {problem.n_lines}")
    columns = columns_of(problem)
    model = cp_model.CpModel()
    ships = [model.new_bool_var("") for _ in columns.option]
    left_out = _add_rows(model, problem, columns, ships)
    linear = cp_model.LinearExpr
    charge = problem.split_penalty + problem.shipment_weight
    objective = linear.weighted_sum(ships, [cost + charge for cost in columns.cost])
    objective += linear.weighted_sum(list(left_out.values()), [int(problem.backorder_cost[line]) for line in left_out])
    if ships and problem.split_penalty:
        anything = model.new_bool_var("")
        model.add(anything <= linear.sum(ships))
        objective -= problem.split_penalty * anything
    model.minimize(objective)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.catch_sigint_signal = False  # it would leave the process without a handler of its own
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return infeasible("order_columns")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        nothing = Certificate(INFEASIBLE, 0, Status.UNKNOWN, Limit.TIME, "order_columns")
        return Plan((), (), INFEASIBLE, nothing)
    chosen = sorted(
        (columns.lines[k] & -columns.lines[k], k) for k in range(len(ships)) if solver.boolean_value(ships[k])
    )
    out = sum(1 << line for line, variable in left_out.items() if solver.boolean_value(variable))
    picked = [k for _, k in chosen]
    plan = plan_of_sets(
        problem,
        [columns.option[k] for k in picked],
        [columns.lines[k] for k in picked],
        [columns.cost[k] for k in picked],
        out,
        0,
        "order_columns",
    )
    value = plan.certificate.objective
    optimal = status == cp_model.OPTIMAL
    bound = value if optimal else max(0, min(value, int(np.floor(solver.best_objective_bound))))
    limit = Limit.NONE if optimal else Limit.TIME
    certificate = Certificate(value, bound, Status.OPTIMAL if optimal else Status.FEASIBLE, limit, "order_columns")
    return Plan(plan.shipments, plan.backorders, plan.cost, certificate)


def _add_rows(model: Any, problem: OrderProblem, columns: Columns, ships: list[Any]) -> dict[int, Any]:
    """Each line once, and what shipments share; the variables of the lines that may be left out."""
    left_out = {
        line: model.new_bool_var("") for line in range(problem.n_lines) if problem.backorder_cost[line] < INFEASIBLE
    }
    of_line: dict[int, list[Any]] = defaultdict(list)
    of_place: dict[int, list[tuple[Any, int, int]]] = defaultdict(list)
    of_cell: dict[tuple[int, int], list[tuple[Any, int, int]]] = defaultdict(list)
    capacity = _capacity(problem)
    for variable, j, s in zip(ships, columns.option, columns.lines, strict=True):
        of_sku: dict[int, int] = defaultdict(int)
        total = 0
        for line in range(problem.n_lines):
            if s >> line & 1:
                of_line[line].append(variable)
                total += int(problem.units[line])
                if problem.sku is not None:
                    of_sku[int(problem.sku[line])] += int(problem.units[line])
        of_place[int(capacity[j])].append((variable, total, int(problem.room[j])))
        if problem.stock is not None:
            for sku, units in of_sku.items():
                line = next(i for i in range(problem.n_lines) if problem.sku is not None and problem.sku[i] == sku)
                of_cell[int(problem.node[j]), sku].append((variable, units, int(problem.stock[j, line])))
    for line in range(problem.n_lines):
        model.add_exactly_one(of_line[line] + ([left_out[line]] if line in left_out else []))
    for entries in [*of_place.values(), *of_cell.values()]:
        limit = min(most for _, _, most in entries)
        if sum(units for _, units, _ in entries) > limit:
            model.add(sum(units * variable for variable, units, _ in entries) <= limit)
    if 0 < problem.max_shipments < problem.n_lines:
        model.add(sum(ships) <= problem.max_shipments)
    return left_out


def _capacity(problem: OrderProblem) -> Int64:
    return (problem.node if problem.capacity is None else problem.capacity).astype(np.int64)


def _stock_holds(problem: OrderProblem, members: np.ndarray[Any, np.dtype[np.bool_]]) -> Any:
    """bool[J]: does the option's node stock what the lines of one SKU take together?"""
    holds = np.ones(problem.n_options, bool)
    if problem.sku is None or problem.stock is None:
        return holds
    for line in np.flatnonzero(members).tolist():
        same = members & (problem.sku == problem.sku[line])
        holds &= problem.stock[:, line] >= problem.units[same].sum()
    return holds
