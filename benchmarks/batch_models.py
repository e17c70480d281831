"""A batch as one model in HiGHS, SCIP and CP-SAT, to set the price decomposition against.

The strongest formulation we found that is still small (docs/benchmarks.md has the comparison): a binary for each option (is there a
shipment by it?), one for each line of an option that holds several of its order's lines (is the line in it?), and each such
line at most its shipment, one by one: added up they would be fewer rows and a weaker model. An option that holds one line alone is
one binary. Rows that can't bind are left out: stock that suffices for all who could ask for it, and likewise capacity.

Right where set costs are zero and an order has one option for each capacity, as in the families of ``batch_families``; every model
is built in bulk from the problem's arrays, and its answer is read back as shipments, to be reckoned by someone else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64

_MILLION = 1e6
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """min cost x, lower <= matrix x <= upper, 0 <= x <= 1, all binary. Columns: shipments, lines in them, unfilled, left out.

    ``option``, ``lines``: of the first two kinds, the option and the bit set that it adds to the shipment.
    """

    cost: Int64
    matrix: sparse.csr_matrix
    lower: Floats
    upper: Floats
    option: Int64
    lines: Int64
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver made of it. ``bound`` is its own, in micros; no shipments where it found no plan in time."""

    status: str
    shipment_start: Int64
    option: Int64
    lines: Int64
    bound: float
    building_seconds: float
    solving_seconds: float
    found: bool


def build(problem: BatchProblem, *, aggregated: bool = False) -> Model:
    """The model's arrays. ``aggregated`` adds up the rows of a shipment's lines: fewer rows, a weaker relaxation."""
    started = perf_counter()
    p = problem
    more = (p.set_cost, p.protected, p.orders_least, p.pickup, p.spend)
    charges = p.split_penalty.any() or p.shipment_weight.any() or p.priority.any() or p.max_shipments.any()
    if any(each is not None for each in more) or charges or p.splits_most < UNLIMITED:
        raise ValueError("expected a batch of line costs, backorders, stock and capacity alone")
    widths = np.diff(p.line_start)
    order_of = np.repeat(np.arange(p.n_orders), np.diff(p.option_start))
    n_options = p.n_options
    hold = p.hold.astype(np.int64)
    pairs = [
        (here := np.flatnonzero(hold >> line & 1), np.full(len(here), line)) for line in range(widths.max(initial=0))
    ]
    option, line = (np.concatenate(part) for part in zip(*pairs, strict=True))
    line_at = p.line_start[order_of[option]] + line
    position = option - p.option_start[order_of[option]]
    of_line = p.line_cost[p.line_cost_start[order_of[option]] + position * widths[order_of[option]] + line]
    several = hold[option] & (hold[option] - 1) > 0
    # Columns: y of each option; x of each line of an option that holds several; unfilled; left out.
    n_x = int(several.sum())
    column = np.where(several, n_options + np.cumsum(several) - 1, option)
    may_leave = np.flatnonzero(p.backorder_cost < INFEASIBLE)
    first_unfilled = n_options + n_x
    first_left = first_unfilled + p.n_orders
    cost = np.concatenate((p.fixed, of_line[several], p.unfilled_cost, p.backorder_cost[may_leave]))
    cost[option[~several]] += of_line[~several]
    lines = np.zeros(n_options + n_x, np.int64)
    lines[column] = 1 << line
    of_order = np.repeat(np.arange(p.n_orders), widths)

    parts: list[tuple[Any, Any, Any]] = [
        (line_at, column, 1.0),
        (np.arange(p.n_lines), first_unfilled + of_order, 1.0),
        (may_leave, first_left + np.arange(len(may_leave)), 1.0),
    ]
    lower, upper = [np.ones(p.n_lines)], [np.ones(p.n_lines)]
    n_rows = p.n_lines
    x, y = column[several], option[several]
    if aggregated:
        rows, which = np.unique(y, return_inverse=True)
        parts += [(n_rows + which, x, 1.0), (n_rows + np.arange(len(rows)), rows, -np.bincount(which).astype(float))]
        n_links = len(rows)
    else:
        parts += [(n_rows + np.arange(n_x), x, 1.0), (n_rows + np.arange(n_x), y, -1.0)]
        n_links = n_x
    lower.append(np.full(n_links, -np.inf))
    upper.append(np.zeros(n_links))
    n_rows += n_links
    if len(may_leave):  # whoever ships nothing is unfilled: some shipment, or unfilled
        parts += [
            (n_rows + order_of, np.arange(n_options), 1.0),
            (n_rows + np.arange(p.n_orders), first_unfilled + np.arange(p.n_orders), 1.0),
        ]
        lower.append(np.ones(p.n_orders))
        upper.append(np.full(p.n_orders, np.inf))
        n_rows += p.n_orders
    units = p.units[line_at].astype(float)
    shared: list[tuple[Any, Any, Any, Any]] = [
        (p.sku[line_at].astype(np.int64) * p.n_nodes + p.node[option], column, units, p.stock.ravel()),
        (p.capacity.astype(np.int64), np.arange(n_options), np.ones(n_options), p.orders_most),
        (p.capacity[option].astype(np.int64), column, units, p.units_most),
    ]
    for key, columns, amount, most in shared:
        binds = np.bincount(key, amount, len(most)) > most
        row_of = np.cumsum(binds) - 1
        here = binds[key]
        parts.append((n_rows + row_of[key[here]], columns[here], amount[here]))
        lower.append(np.full(int(binds.sum()), -np.inf))
        upper.append(most[binds].astype(float))
        n_rows += int(binds.sum())
    rows = np.concatenate([np.broadcast_to(r, np.shape(c)) for r, c, _ in parts])
    places = np.concatenate([c for _, c, _ in parts])
    values = np.concatenate([np.broadcast_to(v, np.shape(c)) for _, c, v in parts]).astype(float)
    matrix = sparse.csr_matrix((values, (rows, places)), shape=(n_rows, len(cost)))
    at = np.concatenate((np.arange(n_options), y))
    return Model(cost, matrix, np.concatenate(lower), np.concatenate(upper), at, lines, perf_counter() - started)


def _read(problem: BatchProblem, model: Model, chosen: NDArray[np.bool_]) -> tuple[Int64, Int64, Int64]:
    """Shipments by order: starts, options, sets. ``chosen`` is of the first two kinds of columns."""
    option, at = np.unique(model.option[chosen], return_inverse=True)
    lines = np.zeros(len(option), np.int64)
    np.bitwise_or.at(lines, at, model.lines[chosen])
    order = np.searchsorted(problem.option_start, option, side="right") - 1
    option, lines, order = option[lines > 0], lines[lines > 0], order[lines > 0]
    start = np.concatenate(([0], np.cumsum(np.bincount(order, minlength=problem.n_orders))))
    return start, option, lines


def _linear(problem: BatchProblem, solver_name: str, parameters: str, seconds: float, aggregated: bool) -> Answer:
    from ortools.linear_solver.python import model_builder_helper as helper

    model = build(problem, aggregated=aggregated)
    started = perf_counter()
    width = len(model.cost)
    built: Any = helper.ModelBuilderHelper()
    built.fill_model_from_sparse_data(
        np.zeros(width), np.ones(width), model.cost / _MILLION, model.lower, model.upper, model.matrix
    )
    for k in range(width):
        built.set_var_integrality(k, True)
    building = model.seconds + perf_counter() - started
    solver = helper.ModelSolverHelper(solver_name)
    if not solver.solver_is_supported():
        raise RuntimeError(f"this build of OR-Tools has no {solver_name}")
    solver.set_solver_specific_parameters(parameters)
    solver.set_time_limit_in_seconds(seconds)
    started = perf_counter()
    solver.solve(built)
    solving = perf_counter() - started
    status = str(solver.status()).rpartition(".")[2]
    if not solver.has_solution():
        nothing = np.zeros(0, np.int64)
        none = np.zeros(problem.n_orders + 1, np.int64)
        return Answer(status, none, nothing, nothing, 0.0, building, solving, False)
    chosen = np.asarray(solver.variable_values())[: len(model.option)] > 0.5
    bound = solver.best_objective_bound() * _MILLION
    return Answer(status, *_read(problem, model, chosen), bound, building, solving, True)


def by_highs(problem: BatchProblem, seconds: float, gap: float, *, aggregated: bool = False) -> Answer:
    """HiGHS, to a relative gap."""
    parameters = f"mip_rel_gap={gap}\nmip_abs_gap=0\noutput_flag=false"
    return _linear(problem, "highs", parameters, seconds, aggregated)


def by_scip(problem: BatchProblem, seconds: float, gap: float, *, aggregated: bool = False) -> Answer:
    """SCIP, to a relative gap."""
    return _linear(problem, "scip", f"limits/gap = {gap}", seconds, aggregated)


def by_cp_sat(problem: BatchProblem, seconds: float, gap: float, *, aggregated: bool = False) -> Answer:
    """CP-SAT to a relative gap, one worker over the full linear relaxation: two of its default workers leave that out."""
    from ortools.sat.python import cp_model

    model = build(problem, aggregated=aggregated)
    started = perf_counter()
    built: Any = cp_model.CpModel()
    proto = built.proto
    for _ in range(len(model.cost)):
        proto.variables.add().domain.extend((0, 1))
    matrix, low, high = model.matrix, model.lower.tolist(), model.upper.tolist()
    starts, places, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.astype(np.int64).tolist()
    for row, (first, last) in enumerate(pairwise(starts)):
        linear = proto.constraints.add().linear
        linear.vars.extend(places[first:last])
        linear.coeffs.extend(values[first:last])
        ends = int(max(low[row], -_FAR)), int(min(high[row], _FAR))
        linear.domain.extend(ends)
    proto.objective.vars.extend(range(len(model.cost)))
    proto.objective.coeffs.extend(model.cost.tolist())
    building = model.seconds + perf_counter() - started
    solver = cp_model.CpSolver()
    solver.parameters.relative_gap_limit = gap
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    started = perf_counter()
    status = solver.solve(built)
    solving = perf_counter() - started
    name = solver.status_name(status)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        nothing = np.zeros(0, np.int64)
        none = np.zeros(problem.n_orders + 1, np.int64)
        return Answer(name, none, nothing, nothing, solver.best_objective_bound, building, solving, False)
    chosen = np.array(solver.response_proto.solution)[: len(model.option)] > 0
    return Answer(name, *_read(problem, model, chosen), solver.best_objective_bound, building, solving, True)


_FAR = float(1 << 50)

MODELS: dict[str, Callable[..., Answer]] = {"HiGHS": by_highs, "SCIP": by_scip, "CP-SAT": by_cp_sat}
