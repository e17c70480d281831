"""The restricted master: one column an order, every row kept, and its linear programme.

Small masters go to CP-SAT, which reckons in integers, so that what it proves holds to the micro; larger ones to HiGHS through
SciPy, which lets other threads run, ends at a limit with the best it has, and whose answer is a plan and no proof. Orders with
one column left are settled beforehand. Models are handed over in bulk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from solvers.batch_ascent import exact_sum
from solvers.batch_columns import Columns
from solvers.batch_layout import Layout, Rows
from solvers.problem import UNLIMITED, Int64

HIGHS_GAP = 2e-6
"""Relative, of the master."""
_NODES = 20
"""Of HiGHS's tree, at most: its root finds nearly all that there is to find here."""
_FAR = 1e9
"""Seconds, where there is no limit of time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``chosen`` int64[O], a column for each order; ``proven`` where no choice of columns costs less."""

    chosen: Int64
    proven: bool


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The linear programme's value (objective units), prices of ``Master.rows`` (scaled, below zero only where least orders are
    asked for) and share of each column, float64[P]."""

    value: float
    price: Int64
    share: NDArray[np.float64]


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
        self._unit = float(max(1, int(np.abs(cost).mean()))) / 16
        """Scaled costs in a unit of the linear solvers: their tolerances are absolute."""
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

    def solve(
        self,
        hint: Int64,
        effort: float,
        seconds: float | None,
        seed: int,
        *,
        exact: bool,
        within: NDArray[np.bool_] | None = None,
    ) -> Answer | None:
        """The best choice found; None where none was.

        ``hint``: the columns of a plan that keeps the rows. ``effort``: CP-SAT's deterministic time. ``seconds``: None: no
        limit of time. ``exact``: by CP-SAT. ``within`` bool[P]: the columns to choose from, the hint's always; None: all.
        """
        order = self.columns.order
        n_orders = int(order[-1]) + 1 if len(order) else 0
        usable = np.ones(len(order), np.bool_) if within is None else within.copy()
        usable[hint] = True
        counts = np.bincount(order[usable], minlength=n_orders)
        alone = counts[order] == 1
        free, settled = np.flatnonzero(usable & ~alone), np.flatnonzero(usable & alone)
        taken = np.asarray(self.matrix[:, settled].sum(axis=1)).reshape(-1).astype(np.int64)
        limit, floor = self.limit - taken, np.maximum(0, self.floor - taken)
        if (limit < 0).any():
            return None
        chosen = np.full(n_orders, -1, np.int64)
        chosen[order[settled]] = settled
        if len(free) == 0:
            return Answer(chosen, True)
        matrix = self.matrix[:, free]
        names, member = np.unique(order[free], return_inverse=True)
        if exact:
            asked = np.isin(free, hint), effort, seconds, seed
            found, proven = self._cp_sat(matrix, limit, floor, member, self.cost[free], *asked)
        else:
            found, proven = self._highs(matrix, limit, floor, member, self.cost[free], seconds), False
        if found is None:
            return None
        picked = free[found]
        chosen[order[picked]] = picked
        return Answer(chosen, proven) if (chosen[names] >= 0).all() else None

    def keeps(self, chosen: Int64) -> bool:
        """Do these columns keep every limit?"""
        taken = np.asarray(self.matrix[:, chosen].sum(axis=1)).reshape(-1)
        return bool((taken <= self.limit).all())

    def value_of(self, chosen: Int64) -> int:
        """What columns come to, what is lacking of floors with them; scaled."""
        taken = np.asarray(self.matrix[:, chosen].sum(axis=1)).reshape(-1)
        lacking = int(np.maximum(0, self.floor - taken).sum())
        return exact_sum(self.cost[chosen], np.ones(len(chosen), np.int64)) + lacking * self._rows.shortfall_cost

    def relaxed(self, seconds: float | None, *, inside: bool) -> Relaxed | None:
        """The linear programme, by an interior point (``inside``) or simplex; None where it was not solved in time."""
        from scipy.optimize import linprog

        order = self.columns.order
        n, n_orders = len(order), int(order[-1]) + 1
        groups, rows, limits, limited, short = self._bounds(order, self.matrix, self.limit, self.floor)
        costs = np.concatenate((self.cost, np.full(len(short), self._rows.shortfall_cost))) / self._unit
        found = linprog(
            costs,
            A_ub=rows,
            b_ub=limits,
            A_eq=groups,
            b_eq=np.ones(n_orders),
            bounds=(0, None),
            method="highs-ipm" if inside else "highs-ds",
            options={"time_limit": _FAR if seconds is None else seconds},
        )
        if found.status != 0:
            return None
        duals = -np.asarray(found.ineqlin.marginals) * self._unit
        price = np.zeros(len(self.rows))
        price[limited] = np.maximum(duals[: len(limited)], 0.0)
        price[short] -= np.maximum(duals[len(limited) :], 0.0)
        value = found.fun * self._unit / (1 << self._shift)
        return Relaxed(value, np.rint(price).astype(np.int64), np.asarray(found.x)[:n])

    def _bounds(self, member: Int64, matrix: Any, limit: Int64, floor: Int64) -> tuple[Any, Any, Int64, Int64, Int64]:
        """Columns and, after them, what is lacking of each floor: the groups' rows; rows that are at most limits, the floors turned
        around below them; those limits; and which rows have a limit, which a floor."""
        n, n_members = len(member), int(member.max()) + 1
        limited, short = np.flatnonzero(limit < UNLIMITED), np.flatnonzero(floor > 0)
        groups = sparse.csr_matrix((np.ones(n), (member, np.arange(n))), shape=(n_members, n + len(short)))
        above = sparse.hstack((matrix[limited], sparse.csr_matrix((len(limited), len(short)))))
        below = sparse.hstack((-matrix[short], -sparse.identity(len(short))))
        rows = sparse.vstack((above, below)).tocsr()
        return groups, rows, np.concatenate((limit[limited], -floor[short])), limited, short

    def _cp_sat(
        self,
        matrix: Any,
        limit: Int64,
        floor: Int64,
        member: Int64,
        cost: Int64,
        hint: NDArray[np.bool_],
        effort: float,
        seconds: float | None,
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
        if seconds is not None:
            solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        return np.array([p for p, v in enumerate(x) if solver.boolean_value(v)], np.int64), status == cp_model.OPTIMAL

    def _highs(
        self, matrix: Any, limit: Int64, floor: Int64, member: Int64, cost: Int64, seconds: float | None
    ) -> Int64 | None:
        from scipy.optimize import Bounds, LinearConstraint, milp

        n = len(cost)
        groups, rows, limits, _, short = self._bounds(member, matrix, limit, floor)
        ones = np.ones(groups.shape[0])
        lower = np.concatenate((ones, np.full(len(limits), -np.inf)))
        upper = np.concatenate((ones, limits))
        costs = np.concatenate((cost, np.full(len(short), self._rows.shortfall_cost))) / self._unit
        found = milp(
            costs,
            integrality=np.concatenate((np.ones(n), np.zeros(len(short)))),
            bounds=Bounds(0, np.concatenate((np.ones(n), floor[short]))),
            constraints=LinearConstraint(sparse.vstack((groups, rows)).tocsr(), lower, upper),
            options={
                "mip_rel_gap": HIGHS_GAP,
                "node_limit": _NODES,
                "time_limit": _FAR if seconds is None else seconds,
            },
        )
        return None if found.x is None else np.flatnonzero(np.asarray(found.x)[:n] > 0.5)


def _most_by_order(taken: Any, order: Int64) -> Int64:
    """int64[R]: what each row would be taken of were every order to choose the column that takes most of it."""
    entries = taken.tocoo()
    who = order[entries.col]
    by_order = np.lexsort((entries.data, who, entries.row))
    row, who, data = entries.row[by_order], who[by_order], entries.data[by_order]
    last = np.ones(len(row), np.bool_)
    last[:-1] = (row[1:] != row[:-1]) | (who[1:] != who[:-1])
    return np.bincount(row[last], data[last], taken.shape[0]).astype(np.int64)
