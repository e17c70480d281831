"""A large order as one integer model in CP-SAT, over the options that may matter, tightened by true prices as they are seen.

The model costs shipments by what lies under their price (packages and units, see ``large_order_problem``), so its bound is
a bound of the order. A price seen for units ``q`` in a row is added as a cut: whoever takes ``q`` by an option of that row,
or at least ``q`` where prices never fall, pays that price (the integer L-shaped cut of Laporte and Louveaux 1993, Operations
Research Letters 13(3), in logical form). CP-SAT reckons in integers, so its bound is a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solvers.large_order_bound import Bound
from solvers.large_order_problem import LargeOrderProblem
from solvers.large_order_search import Loads
from solvers.problem import INFEASIBLE, Int64

MAX_TAKES = 600
"""Pairs of option and line in a model; above, CP-SAT no longer gets far within a second."""
_WORK_PER_TAKE = 5e-5
"""Deterministic time put down for handing over and presolving a model, which CP-SAT does not count."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What CP-SAT found: ``loads`` (None without a plan) and a proven bound of the restricted model; ``closed`` when it
    ended by proof after ``work`` of deterministic time. A model without any plan has the bound ``INFEASIBLE``."""

    loads: Loads | None
    bound: int
    closed: bool
    work: float


class OrderModel:
    """The model and its cuts. ``outside`` is below every plan that uses an option or a take the model leaves out."""

    def __init__(self, problem: LargeOrderProblem, bound: Bound, most: Int64, upper: int, wanted: list[int]) -> None:
        from ortools.sat.python import cp_model

        self.problem = problem
        self.model: Any = cp_model.CpModel()
        self._cp: Any = cp_model
        self._takes: dict[tuple[int, int], Any] = {}
        self._whole: dict[tuple[int, int], Any] = {}
        self._excess: dict[int, Any] = {}
        self._reached: dict[tuple[int, int, int], Any] = {}
        self._packages: dict[int, Any] = {}
        self._seen: set[tuple[int, bytes]] = set()
        self._most = most
        options = self._choose(bound, upper, wanted)
        self._shipment = {j: self.model.new_bool_var(f"ship{j}") for j in options}
        self._objective = self._build(options)

    def _choose(self, bound: Bound, upper: int, wanted: list[int]) -> list[int]:
        """The options of least regret that fit in ``MAX_TAKES``, and those ``wanted``; sets ``outside`` by the first that
        does not fit."""
        regret = np.maximum(0, bound.worth)
        useful = np.flatnonzero(self._most.any(axis=1) & (bound.value + regret < upper))
        order = useful[np.lexsort((bound.worth[useful], regret[useful]))]
        takes = np.cumsum((self._most[order] > 0).sum(axis=1))
        n = max(1, int(np.searchsorted(takes, MAX_TAKES, side="right")))
        self.outside = INFEASIBLE if n >= len(order) else bound.value + int(regret[order[n]])
        if len(useful) < np.count_nonzero(self._most.any(axis=1)):
            self.outside = min(self.outside, upper)
        return sorted({*order[:n].tolist(), *wanted})

    def _build(self, options: list[int]) -> Any:
        p, model = self.problem, self.model
        linear = self._cp.LinearExpr
        terms: list[Any] = []
        costs: list[int] = []
        of_line: list[list[Any]] = [[] for _ in range(p.n_lines)]
        of_room: dict[int, list[Any]] = {}
        of_stock: dict[tuple[int, int], list[Any]] = {}
        for j in options:
            ship = self._shipment[j]
            row = int(p.row[j])
            units_of: list[Any] = []
            for line in np.flatnonzero(self._most[j]).tolist():
                most = int(self._most[j, line])
                if p.may_divide[line]:
                    units = model.new_int_var(0, most, "")
                    model.add(units <= most * ship)
                else:
                    whole = model.new_bool_var("")
                    model.add_implication(whole, ship)
                    units = most * whole
                    self._whole[j, line] = whole
                self._takes[j, line] = units
                units_of.append(units)
                of_line[line].append(units)
                of_stock.setdefault((int(p.node[j]), int(p.sku[line])), []).append(units)
                terms.append(units)
                costs.append(int(p.unit_cost[j, line] + p.row_per_unit[row, line]))
            of_room.setdefault(int(p.capacity[j]), []).extend(units_of)
            model.add(linear.sum(units_of) >= ship)
            terms.append(ship)
            costs.append(int(p.fixed[j]) + p.split_penalty + p.shipment_weight)
            self._packages[j] = self._add_packages(j, ship)
            terms.append(self._packages[j])
            costs.append(int(p.row_base[row]))
        for line in range(p.n_lines):
            self._add_left_out(line, of_line[line], terms, costs)
        self._add_shared(of_room, of_stock)
        if p.max_shipments:
            model.add(linear.sum(list(self._shipment.values())) <= p.max_shipments)
        objective = linear.weighted_sum(terms, costs)
        if p.split_penalty:
            anything = model.new_bool_var("")
            model.add(anything <= linear.sum(list(self._shipment.values())))
            objective -= p.split_penalty * anything
        return objective

    def _add_packages(self, option: int, ship: Any) -> Any:
        """At least one, and enough for the weight."""
        p = self.problem
        if p.weight is None:
            return ship
        lines = np.flatnonzero(self._most[option]).tolist()
        limit = p.package_limit
        most = max(1, -(-int(p.weight @ self._most[option]) // limit))
        if most == 1:
            return ship
        packages = self.model.new_int_var(0, most, "")
        self.model.add(packages >= ship)
        weight = sum(int(p.weight[line]) * self._takes[option, line] for line in lines)
        self.model.add(limit * packages >= weight)
        return packages

    def _add_left_out(self, line: int, takes: list[Any], terms: list[Any], costs: list[int]) -> None:
        p = self.problem
        units = int(p.units[line])
        if p.backorder_cost[line] >= INFEASIBLE:
            self.model.add(self._cp.LinearExpr.sum(takes) == units)
            return
        left = self.model.new_int_var(0, units, "") if p.may_divide[line] else units * self.model.new_bool_var("")
        self.model.add(self._cp.LinearExpr.sum([*takes, left]) == units)
        terms.append(left)
        costs.append(int(p.backorder_cost[line]))

    def _add_shared(self, of_room: dict[int, list[Any]], of_stock: dict[tuple[int, int], list[Any]]) -> None:
        p = self.problem
        total = int(p.units.sum())
        of_sku = np.bincount(p.sku, weights=p.units, minlength=p.stock.shape[1])
        for capacity, takes in of_room.items():
            if p.room[capacity] < total:
                self.model.add(self._cp.LinearExpr.sum(takes) <= int(p.room[capacity]))
        for (node, sku), takes in of_stock.items():
            if p.stock[node, sku] < of_sku[sku] and len(takes) > 1:
                self.model.add(self._cp.LinearExpr.sum(takes) <= max(0, int(p.stock[node, sku])))

    def add_price(self, row: int, units: Int64, price: int) -> None:
        """Whoever takes ``units`` (or more, where prices never fall) by an option of ``row`` pays at least ``price``."""
        p = self.problem
        key = row, units.tobytes()
        if key in self._seen:
            return
        self._seen.add(key)
        for j in self._shipment:
            if p.row[j] != row or (self._most[j] < units).any():
                continue
            reached = self._taking(j, units)
            if price >= INFEASIBLE:
                self.model.add_bool_or([~x for x in reached])
                continue
            if j not in self._excess:
                self._excess[j] = self.model.new_int_var(0, INFEASIBLE >> 8, "")
                self._objective += self._excess[j]
            under = int(p.row_base[row]) * self._packages[j] + sum(
                int(p.row_per_unit[row, line]) * self._takes[j, line] for line in np.flatnonzero(self._most[j]).tolist()
            )
            self.model.add(self._excess[j] + under >= price).only_enforce_if(reached)

    def _taking(self, option: int, units: Int64) -> list[Any]:
        """Literals that are all true when the option takes ``units``: or more, where prices never fall, else exactly."""
        literals = [self._at_least(option, line, int(units[line])) for line in np.flatnonzero(units).tolist()]
        if not self.problem.price_never_falls:
            beyond = np.flatnonzero(self._most[option] > units).tolist()
            literals += [~self._at_least(option, line, int(units[line]) + 1) for line in beyond]
        return literals

    def _at_least(self, option: int, line: int, units: int) -> Any:
        """A literal: does the option take ``units`` or more of the line?"""
        if (option, line) in self._whole:
            return self._whole[option, line]
        key = option, line, units
        if key not in self._reached:
            literal = self.model.new_bool_var("")
            self.model.add(self._takes[option, line] <= units - 1).only_enforce_if(~literal)
            self.model.add(self._takes[option, line] >= units).only_enforce_if(literal)
            self._reached[key] = literal
        return self._reached[key]

    def solve(self, hint: Loads, deterministic_time: float, seconds: float) -> Answer:
        """Search with one worker and a fixed seed, from ``hint``; ``deterministic_time`` is CP-SAT's measure of work."""
        cp = self._cp
        self.model.minimize(self._objective)
        self.model.clear_hints()
        for j, ship in self._shipment.items():
            self.model.add_hint(ship, j in hint)
        for (j, line), units in self._takes.items():
            taken = int(hint[j][line]) if j in hint else 0
            if (j, line) in self._whole:
                self.model.add_hint(self._whole[j, line], taken > 0)
            else:
                self.model.add_hint(units, taken)
        solver = cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.catch_sigint_signal = False  # it would leave the process without a handler of its own
        solver.parameters.max_deterministic_time = deterministic_time
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        work = solver.deterministic_time + _WORK_PER_TAKE * len(self._takes)
        if status == cp.INFEASIBLE:
            return Answer(None, INFEASIBLE, True, work)
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            return Answer(None, int(np.floor(solver.best_objective_bound)), False, work)
        loads: Loads = {}
        for (j, line), units in self._takes.items():
            taken = solver.value(units)
            if taken:
                loads.setdefault(j, np.zeros(self.problem.n_lines, np.int64))[line] = taken
        closed = status == cp.OPTIMAL
        bound = solver.objective_value if closed else solver.best_objective_bound
        return Answer(loads, int(np.floor(bound)), closed, work)
