"""A proven bound for a large order, and what it shows to be needless: Lagrangian relaxation of "every line is filled".

With a price ``v[l]`` on a unit of line l, and shipments costed by the line under their price, the order falls apart into
options: option j is worth ``rho[j] = opening[j] - sum_l most[j, l] max(0, v[l] - per_unit[j, l])``, and

    L(v) = sum_l units[l] min(v[l], backorder[l]) + sum_j min(0, rho[j]) - split penalty

is below the cost of every plan, whatever ``v`` (the relaxation of facility location: Erlenkotter 1978, "A dual-based
procedure for uncapacitated facility location", Operations Research 26(6)). Everything is an integer, so it is a proof. A
plan that uses option j costs at least ``L(v) + max(0, rho[j])``, which shows options to be needless. The best ``v`` are the
duals of a linear programme, found by GLOP over the options that a short dual ascent likes, and those that its duals ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Int64

_SWEEPS = 60
_FIRST_OPTIONS = 100
_LP_ROUNDS = 8
_MILLION = 1e6
_ROUNDING = 1_000
"""Worth below zero by less than this, per line, is the duals' rounding."""
_PROBE = 1 << 50
"""In place of an infinite backorder cost: above the price of any unit."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The linear problem under the true one: ``opening[j]`` a shipment, ``per_unit[j, l]``, at most ``most[j, l]`` units."""

    opening: Int64
    per_unit: Int64
    most: Int64


@dataclass(frozen=True, slots=True)
class Bound:
    """``value`` is below every plan; one that uses option j costs at least ``value + max(0, worth[j])``."""

    value: int
    worth: Int64
    prices: Int64
    """Of the units, int64[L], at which it holds."""


def relax(problem: LargeOrderProblem, share: NDArray[np.float64] | float = 0.5) -> Relaxed:
    """``share`` (of each option, or of all, 0..1) of a package's base is paid by the shipment, the rest by weight.

    Valid for every share, as there is at least one package and they hold all the weight.
    """
    base = problem.row_base[problem.row]
    kept = base
    per_unit = problem.unit_cost + problem.row_per_unit[problem.row]
    if problem.weight is not None:
        kept = np.minimum(np.floor(base * share).astype(np.int64), base)
        per_unit = per_unit + (base - kept)[:, None] * problem.weight // problem.package_limit
    charge = problem.split_penalty + problem.shipment_weight
    return Relaxed(problem.fixed + kept + charge, per_unit, problem.most())


def bound_at(problem: LargeOrderProblem, relaxations: list[Relaxed], prices: Int64) -> Bound:
    """The exact bound at ``prices`` (int64[L], >= 0, per unit), each option by the relaxation that is tightest for it."""
    worth = np.full(problem.n_options, -INFEASIBLE)
    for relaxed in relaxations:
        gain = (np.maximum(0, prices - relaxed.per_unit) * relaxed.most).sum(axis=1)
        worth = np.maximum(worth, relaxed.opening - gain)
    value = int(problem.units @ np.minimum(prices, problem.backorder_cost)) + int(np.minimum(0, worth).sum())
    return Bound(value - problem.split_penalty, worth, prices)


def best_bound(problem: LargeOrderProblem, relaxed: Relaxed) -> Bound:
    """The best bound found: dual ascent, then the linear programme by column generation over options."""
    best = _ascend(problem, relaxed)
    if not relaxed.most.any():
        return best
    edges = [relaxed] if problem.weight is None else [relax(problem, 0.0), relaxed, relax(problem, 1.0)]
    chosen = np.sort(np.argsort(best.worth, kind="stable")[:_FIRST_OPTIONS])
    for _ in range(_LP_ROUNDS):
        prices, share = _duals(problem, relaxed.most, chosen)
        here = bound_at(problem, edges if problem.weight is None else [*edges, relax(problem, share)], prices)
        if here.value > best.value:
            best = here
        asked = np.setdiff1d(np.flatnonzero(here.worth < -problem.n_lines * _ROUNDING), chosen)
        if len(asked) == 0:
            break
        dearest = asked[np.argsort(here.worth[asked], kind="stable")[:_FIRST_OPTIONS]]
        chosen = np.union1d(chosen, dearest)
    return best


def _ceiling(problem: LargeOrderProblem) -> Int64:
    """Prices above these can't raise the bound of a line that any option can take: int64[L]."""
    relaxed = relax(problem, 1.0)
    dearest = (
        np.where(relaxed.most > 0, relaxed.per_unit, 0).max(axis=0, initial=0) + relaxed.opening.max(initial=0) + 1
    )
    if problem.weight is not None:
        dearest += problem.row_base.max(initial=0) * (problem.weight // problem.package_limit + 1)
    return cast(Int64, np.minimum(dearest, np.minimum(problem.backorder_cost, _PROBE)))


def _ascend(problem: LargeOrderProblem, relaxed: Relaxed) -> Bound:
    """Dual ascent by adaptive subgradient steps (Duchi, Hazan, Singer 2011, JMLR 12), a fixed number of them."""
    ceiling = _ceiling(problem).astype(float)
    alone = np.where(
        relaxed.most > 0, relaxed.per_unit + relaxed.opening[:, None] // np.maximum(relaxed.most, 1), INFEASIBLE
    )
    scale = np.maximum(np.minimum(alone.min(axis=0, initial=INFEASIBLE), ceiling), 1.0)
    prices = np.floor(scale * 0.7)
    squares = np.zeros(problem.n_lines)
    best = bound_at(problem, [relaxed], np.zeros(problem.n_lines, np.int64))
    for sweep in range(_SWEEPS):
        here = bound_at(problem, [relaxed], prices.astype(np.int64))
        if here.value > best.value:
            best = here
        taken = np.where(here.prices > relaxed.per_unit, relaxed.most, 0)[here.worth < 0].sum(axis=0)
        slope = (problem.units - taken) / problem.units
        squares += slope * slope
        step = (0.3 * (1.0 - sweep / _SWEEPS) + 0.005) / np.sqrt(np.maximum(squares, 1.0))
        prices = np.clip(prices + step * slope * scale, 0.0, ceiling)
    return best


def _duals(problem: LargeOrderProblem, most: Int64, chosen: Int64) -> tuple[Int64, NDArray[np.float64]]:
    """Duals of the linear programme over the ``chosen`` options.

    Its columns: shipments, packages, takes (as shares of ``most``), shares of the lines left out. Its rows: take <=
    shipment, shipment <= packages, weight <= packages, lines filled.

    Returns
    -------
    The price of a unit of each line, int64[L], >= 0; and the share of each option's base that falls on the shipment, 0.5
    for options not chosen.
    """
    from ortools.linear_solver.python import model_builder_helper as helper
    from scipy import sparse

    n_lines, n = problem.n_lines, len(chosen)
    amount = most[chosen]
    option, line = np.nonzero(amount)
    amount = amount[option, line]
    n_takes = len(option)
    at, every, lines = np.arange(n_takes), np.arange(n), np.arange(n_lines)
    packages, takes, left = n, 2 * n, 2 * n + n_takes  # first columns
    holds, weighs, filled = n_takes, n_takes + n, n_takes + 2 * n  # first rows
    weight = np.zeros(n_lines) if problem.weight is None else problem.weight / problem.package_limit
    entries = [
        (at, takes + at, np.ones(n_takes)),
        (at, option, -np.ones(n_takes)),
        (holds + every, every, np.ones(n)),
        (holds + every, packages + every, -np.ones(n)),
        (weighs + option, takes + at, weight[line] * amount),
        (weighs + every, packages + every, -np.ones(n)),
        (filled + line, takes + at, amount / problem.units[line]),
        (filled + lines, left + lines, np.ones(n_lines)),
    ]
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    base = problem.row_base[problem.row[chosen]]
    opening = problem.fixed[chosen] + (problem.split_penalty + problem.shipment_weight)
    per_unit = (problem.unit_cost + problem.row_per_unit[problem.row])[chosen][option, line]
    costs = np.concatenate((opening, base, per_unit * amount, _ceiling(problem) * problem.units))
    lower = np.zeros(filled + n_lines)
    lower[:filled] = -np.inf
    lower[filled:] = 1.0
    upper = np.zeros(filled + n_lines)
    upper[filled:] = 1.0
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(filled + n_lines, left + n_lines))
    model: Any = helper.ModelBuilderHelper()
    n_columns = left + n_lines
    model.fill_model_from_sparse_data(
        np.zeros(n_columns), np.full(n_columns, np.inf), costs / _MILLION, lower, upper, matrix
    )
    solver = helper.ModelSolverHelper("glop")
    solver.solve(model)
    duals = np.asarray(solver.dual_values()) * _MILLION
    share = np.full(problem.n_options, 0.5)
    share[chosen] = np.clip(-duals[holds:weighs] / np.maximum(base, 1), 0.0, 1.0)
    return np.clip(np.floor(duals[filled:] / problem.units), 0, _PROBE).astype(np.int64), share
