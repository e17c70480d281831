"""The restricted master: one column an order, every row kept, through OR-Tools.

Small masters go to CP-SAT, which reckons in integers, so that what it proves holds to the micro; larger ones to HiGHS, whose
answer is a plan and no proof. Orders with one column left are settled beforehand. Models are handed over in bulk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from solvers.batch_columns import Columns
from solvers.batch_layout import Layout, Rows
from solvers.problem import UNLIMITED, Int64

EXACT_COLUMNS = 3_000
"""Up to here CP-SAT is asked."""

_WHOLE = 0.999

HIGHS_GAP = 2e-6
"""Relative, of the master. HiGHS is not given a limit on its work: where it meets one it returns nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``chosen`` int64[O], a column for each order; ``proven`` where no choice of columns costs less."""

    chosen: Int64
    proven: bool


@njit(cache=True, nogil=True)
def _entries(order, start, option, lines, a, size, n_nodes, tiers, n_capacities, n_pickups, row, column, amount):  # type: ignore[no-untyped-def]
    """What every column takes: (row, column, amount), rows numbered cells by tier, orders, units, pickups, splits, budget."""
    at_orders = tiers * size
    at_units = at_orders + n_capacities
    at_pickups = at_units + n_capacities
    n = 0
    for p in range(order.shape[0]):
        o = order[p]
        first = a.line_start[o]
        width = a.line_start[o + 1] - first
        for k in range(start[p], start[p + 1]):
            j = option[k]
            s = np.int64(lines[k])
            c = np.int64(a.capacity[j])
            total = np.int64(0)
            for line in range(width):
                if s >> line & 1:
                    units = np.int64(a.units[first + line])
                    total += units
                    cell = np.int64(a.sku[first + line]) * n_nodes + a.node[j]
                    if a.tier[o] == 0:
                        row[n], column[n], amount[n] = cell, p, units
                        n += 1
                    if tiers == 2:
                        row[n], column[n], amount[n] = size + cell, p, units
                        n += 1
            seen = False
            for other in range(start[p], k):
                seen |= a.capacity[option[other]] == c
            if not seen:
                row[n], column[n], amount[n] = at_orders + c, p, 1
                n += 1
            row[n], column[n], amount[n] = at_units + c, p, total
            n += 1
            if a.pickup.shape[0] and a.pickup[j] >= 0:
                row[n], column[n], amount[n] = at_pickups + a.pickup[j], p, 1
                n += 1
            if a.spend.shape[0] and a.spend[j] >= 0:
                money = a.spend[j]
                if a.row.shape[0]:
                    money += a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s] >> a.shift[0]
                row[n], column[n], amount[n] = at_pickups + n_pickups + 1, p, money
                n += 1
        if start[p + 1] > start[p] + 1:
            row[n], column[n], amount[n] = at_pickups + n_pickups, p, 1
            n += 1
    return n


class Master:
    """The rows and costs of one set of columns. ``cost`` int64[P], scaled, true objective of each column."""

    def __init__(self, layout: Layout, rows: Rows, n_nodes: int, columns: Columns, cost: Int64) -> None:
        self.columns, self.cost, self._rows, self._shift = columns, cost, rows, int(layout.shift[0])
        tiers, size = rows.stock.shape
        n_capacities, n_pickups = len(rows.orders_most), len(rows.pickups_most)
        room = len(columns.order) + len(columns.option) * (4 + 2 * int(np.diff(layout.line_start).max(initial=1)))
        row, column, amount = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
        parts = columns.order, columns.start, columns.option, columns.lines, layout
        n = _entries(*parts, size, n_nodes, tiers, n_capacities, n_pickups, row, column, amount)
        row, column, amount = row[:n], column[:n], amount[:n]
        at_orders = tiers * size
        least = rows.orders_least
        named, row = np.unique(row, return_inverse=True)
        limit = np.empty(len(named), np.int64)
        floor = np.zeros(len(named), np.int64)
        limits = np.concatenate(
            (rows.orders_most, rows.units_most, rows.pickups_most, [rows.splits_most, rows.budget_most])
        ).astype(np.int64)
        cells = named < at_orders
        limit[cells] = rows.stock.reshape(-1)[named[cells]]
        limit[~cells] = limits[named[~cells] - at_orders]
        asked = ~cells & (named < at_orders + n_capacities)
        floor[asked] = least[named[asked] - at_orders]
        taken = sparse.csr_matrix((amount, (row, column)), shape=(len(named), len(columns.order)))
        most = _most_by_order(taken, columns.order)
        kept = np.flatnonzero((most > limit) | (floor > 0))
        self.rows: Int64 = named[kept]
        """Their numbers: cells by tier, then orders, units, pickups, splits, budget."""
        self.matrix: Any = taken[kept]
        self.limit, self.floor = limit[kept], floor[kept]
        self.lacking = int(least.sum() - self.floor.sum())  # where no column could help

    def solve(
        self,
        hint: Int64,
        effort: float,
        seconds: float,
        seed: int,
        *,
        exact: bool,
        share: NDArray[np.float64] | None = None,
    ) -> Answer | None:
        """The best choice found; None where none was. ``hint``: the columns of a plan that keeps the rows. ``exact``: by CP-SAT.

        ``share``: of the linear programme; orders that it gives one whole column keep it.
        """
        n_orders = int(self.columns.order[-1]) + 1 if len(self.columns.order) else 0
        counts = np.bincount(self.columns.order, minlength=n_orders)
        alone = counts[self.columns.order] == 1
        open_ = ~alone
        if share is not None:
            whole = np.zeros(n_orders, np.bool_)
            whole[self.columns.order[share > _WHOLE]] = True
            open_ = ~alone & ~whole[self.columns.order]
            alone |= share > _WHOLE
        free, settled = np.flatnonzero(open_), np.flatnonzero(alone)
        taken = np.asarray(self.matrix[:, settled].sum(axis=1)).reshape(-1).astype(np.int64)
        limit, floor = self.limit - taken, np.maximum(0, self.floor - taken)
        if (limit < 0).any():
            return None
        chosen = np.full(n_orders, -1, np.int64)
        chosen[self.columns.order[settled]] = settled
        if len(free) == 0:
            return Answer(chosen, True)
        matrix = self.matrix[:, free]
        names, member = np.unique(self.columns.order[free], return_inverse=True)
        find = self._cp_sat if exact else self._highs
        found, proven = find(matrix, limit, floor, member, self.cost[free], np.isin(free, hint), effort, seconds, seed)
        if found is None:
            return None
        picked = free[found]
        chosen[self.columns.order[picked]] = picked
        return Answer(chosen, proven) if (chosen[names] >= 0).all() else None

    def relaxed(self, seconds: float) -> tuple[Int64, NDArray[np.float64]] | None:
        """The linear programme: prices of ``rows``, scaled, below zero only where least orders are asked for; and the columns'
        shares, float64[P]."""
        from ortools.linear_solver.python import model_builder_helper as helper

        order = self.columns.order
        n, n_rows, n_orders = len(order), len(self.rows), int(order[-1]) + 1
        short = np.flatnonzero(self.floor > 0)
        groups = sparse.csr_matrix((np.ones(n), (order, np.arange(n))), shape=(n_orders, n))
        lacking = sparse.csr_matrix((np.ones(len(short)), (short, np.arange(len(short)))), shape=(n_rows, len(short)))
        surplus = -lacking  # in a row with both, what is above least; it has room up to the limit
        empty = sparse.csr_matrix((n_orders, 2 * len(short)))
        whole = sparse.vstack((sparse.hstack((groups, empty)), sparse.hstack((self.matrix, lacking, surplus)))).tocsr()
        asked = self.floor > 0
        lower = np.concatenate((np.ones(n_orders), np.where(asked, self.floor, -np.inf)))
        upper = np.concatenate((np.ones(n_orders), np.where(asked, self.floor, self.limit)))
        unit = float(max(1, int(np.abs(self.cost).mean()))) / 16
        lack = np.full(len(short), self._rows.shortfall_cost / unit)
        costs = np.concatenate((self.cost / unit, lack, np.zeros(len(short))))
        highest = np.concatenate((np.full(n, np.inf), self.floor[short], (self.limit - self.floor)[short])).astype(
            float
        )
        model: Any = helper.ModelBuilderHelper()
        model.fill_model_from_sparse_data(np.zeros(len(costs)), highest, costs, lower, upper, whole)
        solver = helper.ModelSolverHelper("glop")
        solver.set_time_limit_in_seconds(seconds)
        solver.solve(model)
        if not solver.has_solution():
            return None
        duals = -np.asarray(solver.dual_values())[n_orders:] * unit
        price = np.rint(np.where(asked, duals, np.maximum(duals, 0.0))).astype(np.int64)
        return price, np.asarray(solver.variable_values())[:n]

    def _cp_sat(
        self,
        matrix: Any,
        limit: Int64,
        floor: Int64,
        member: Int64,
        cost: Int64,
        hint: NDArray[np.bool_],
        effort: float,
        seconds: float,
        seed: int,
    ) -> tuple[Int64 | None, bool]:
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        x = [model.new_bool_var("") for _ in range(len(cost))]
        groups: list[list[Any]] = [[] for _ in range(int(member.max()) + 1)]
        for variable, m in zip(x, member.tolist(), strict=True):
            groups[m].append(variable)
        for group in groups:
            model.add_exactly_one(group)
        linear = cp_model.LinearExpr
        objective = linear.weighted_sum(x, (cost >> self._shift).tolist())
        for r in range(matrix.shape[0]):
            here = slice(matrix.indptr[r], matrix.indptr[r + 1])
            total = linear.weighted_sum([x[p] for p in matrix.indices[here]], matrix.data[here].tolist())
            if limit[r] < UNLIMITED:
                model.add(total <= int(limit[r]))
            if floor[r] > 0:
                short = model.new_int_var(0, int(floor[r]), "")
                model.add(total + short >= int(floor[r]))
                objective += (self._rows.shortfall_cost >> self._shift) * short
        model.minimize(objective)
        for variable, value in zip(x, hint.tolist(), strict=True):
            model.add_hint(variable, value)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed % (1 << 31)
        solver.parameters.catch_sigint_signal = False
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        return np.array([p for p, v in enumerate(x) if solver.boolean_value(v)], np.int64), status == cp_model.OPTIMAL

    def _highs(
        self,
        matrix: Any,
        limit: Int64,
        floor: Int64,
        member: Int64,
        cost: Int64,
        hint: NDArray[np.bool_],
        effort: float,
        seconds: float,
        seed: int,
    ) -> tuple[Int64 | None, bool]:
        from ortools.linear_solver.python import model_builder_helper as helper

        n, n_members, n_rows = len(cost), int(member.max()) + 1, matrix.shape[0]
        short = np.flatnonzero(floor > 0)
        groups = sparse.csr_matrix((np.ones(n), (member, np.arange(n))), shape=(n_members, n))
        lacking = sparse.csr_matrix((np.ones(len(short)), (short, np.arange(len(short)))), shape=(n_rows, len(short)))
        empty = sparse.csr_matrix((n_members, len(short)))
        whole = sparse.vstack((sparse.hstack((groups, empty)), sparse.hstack((matrix, lacking)))).tocsr()
        lower = np.concatenate((np.ones(n_members), np.where(floor > 0, floor, -np.inf)))
        upper = np.concatenate((np.ones(n_members), np.where((limit < UNLIMITED) & ~(floor > 0), limit, np.inf)))
        capped = np.flatnonzero((floor > 0) & (limit < UNLIMITED))  # their upper limit, which shortfalls don't count in
        if len(capped):
            extra = sparse.hstack((matrix[capped], sparse.csr_matrix((len(capped), len(short)))))
            whole = sparse.vstack((whole, extra)).tocsr()
            lower = np.concatenate((lower, np.full(len(capped), -np.inf)))
            upper = np.concatenate((upper, limit[capped]))
        unit = float(max(1, int(np.abs(cost).mean()))) / 16
        costs = np.concatenate((cost / unit, np.full(len(short), self._rows.shortfall_cost / unit)))
        model: Any = helper.ModelBuilderHelper()
        columns = n + len(short)
        highest = np.concatenate((np.ones(n), floor[short]))
        model.fill_model_from_sparse_data(np.zeros(columns), highest, costs, lower, upper, whole)
        for p in range(n):
            model.set_var_integrality(p, True)
        solver = helper.ModelSolverHelper("highs")
        settings = f"random_seed={seed % 1000}", "threads=1", f"mip_rel_gap={HIGHS_GAP}", "output_flag=false"
        solver.set_solver_specific_parameters("\n".join(settings))
        solver.set_time_limit_in_seconds(seconds)
        solver.solve(model)
        if not solver.has_solution():
            return None, False
        return np.flatnonzero(np.asarray(solver.variable_values())[:n] > 0.5), False


def _most_by_order(taken: Any, order: Int64) -> Int64:
    """int64[R]: what each row would be taken of were every order to choose the column that takes most of it."""
    entries = taken.tocoo()
    who = order[entries.col]
    by_order = np.lexsort((entries.data, who, entries.row))
    row, who, data = entries.row[by_order], who[by_order], entries.data[by_order]
    last = np.ones(len(row), np.bool_)
    last[:-1] = (row[1:] != row[:-1]) | (who[1:] != who[:-1])
    return np.bincount(row[last], data[last], taken.shape[0]).astype(np.int64)
