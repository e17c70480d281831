"""Plans of wide orders on what is left of a batch's rows, at the rows' prices or at true cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers import large_order
from solvers.batch_pricing import At, Left
from solvers.large_order import Effort
from solvers.large_order_bound import best_bound, relax
from solvers.large_order_problem import LargeOrderProblem
from solvers.large_order_search import Loads, Search
from solvers.problem import INFEASIBLE, Int64, PlannedShipment, Take
from solvers.wide_problem import WideOrder, WidePlan


class WidePlanner:
    """Plans one wide order; true prices of shipments are kept."""

    def __init__(self, order: WideOrder, n_nodes: int) -> None:
        self.order = order
        self._n_nodes = n_nodes
        self._true = Search(order.problem, relax(order.problem))
        self.loads: Loads = {}
        none = np.zeros(order.problem.n_lines, np.bool_)
        self._whole = none if order.whole_first is None else order.whole_first.copy()

    def objective(self, loads: Loads) -> int:
        """At true cost; ``unfilled_cost`` where nothing ships."""
        return self._true.objective(loads) if loads else self.order.unfilled_cost

    def best_at(self, left: Left, at: At | None, shift: int, effort: Effort) -> Loads:
        """The cheapest plan found at prices on what is left, nothing where that is cheaper. Where it leaves out
        lines that may then be divided, it is made again with all such lines divided."""
        loads = self._best_at(left, at, shift, effort)
        if self._divide_left_out(loads):
            again = self._best_at(left, at, shift, effort)
            loads = again if self.objective(again) < self.objective(loads) else loads
        return loads

    def _divide_left_out(self, loads: Loads) -> bool:
        """Where lines are left out that stay whole so far, no line of the order need stay whole any more. Were there such?"""
        left_out = bool((self._whole & (self._true.left_out(loads) > 0)).any())
        if left_out:
            self._whole[:] = False
        return left_out

    def _best_at(self, left: Left, at: At | None, shift: int, effort: Effort) -> Loads:
        for free in (True, False):
            problem = self._problem(left, at, shift, free)
            plan = large_order.solve(problem, effort)
            loads: Loads = {}
            for shipment in plan.shipments:
                units = np.zeros(problem.n_lines, np.int64)
                for take in shipment.takes:
                    units[take.line] = take.units
                loads[shipment.option] = units
            if self._fits(loads, left):
                pays = plan.certificate.objective < self.order.unfilled_cost and self.objective(loads) < INFEASIBLE
                return loads if pays else {}
        return {}

    def improved(self, left: Left, prices: Int64, calls: int) -> Loads:
        """The best of a few local searches at true cost on what is left beside ``loads``, which were taken back."""
        self._divide_left_out(self.loads)
        problem = self._problem(left, None, 0, True)
        search = Search(problem, relax(problem))
        best, value = self.loads, self.objective(self.loads)
        for start in (self.loads, search.greedy(prices)):
            trial = search.improve(start, calls)
            if self._fits(trial, left) and self.objective(trial) < value:
                best, value = trial, self.objective(trial)
        return best

    def bound_at(self, left: Left, at: At, shift: int) -> int:
        """Below every plan at prices, on all there is (``left``): the linear programme's duals."""
        problem = self._problem(left, at, shift, True, shared=True)
        return min(self.order.unfilled_cost, best_bound(problem, relax(problem)).value)

    def take(self, loads: Loads, left: Left, sign: int) -> None:
        """Take (1) the plan from what is left, or give it back (-1)."""
        order, p = self.order, self.order.problem
        days: set[int] = set()
        for option, units in loads.items():
            cells = order.sku.astype(np.int64) * self._n_nodes + int(p.node[option])
            moved = sign * units
            if not order.vip:
                np.subtract.at(left.cell[0], cells, moved.astype(np.int32))
            if len(left.cell) == 2:
                np.subtract.at(left.cell[1], cells, moved.astype(np.int32))
            elif order.vip:
                np.subtract.at(left.cell[0], cells, moved.astype(np.int32))
            c = int(order.capacity[option])
            left.units[c] -= int(moved.sum())
            days.add(c)
            if order.pickup is not None and order.pickup[option] >= 0:
                left.pickup[order.pickup[option]] -= sign
            if order.spend is not None and order.spend[option] >= 0:
                left.budget[0] -= sign * (int(order.spend[option]) + self._price(int(p.row[option]), units))
        for c in days:
            left.orders[c] -= sign
        if len(loads) > 1:
            left.splits[0] -= sign

    def plan(self) -> WidePlan:
        order, p, loads = self.order, self.order.problem, self.loads
        charge = p.split_penalty + p.shipment_weight
        shipments = []
        for option, units in loads.items():
            takes = tuple([Take(line, int(units[line])) for line in np.flatnonzero(units).tolist()])
            shipments.append(PlannedShipment(option, takes, self._true.shipment_cost(option, units) - charge))
        shipments.sort(key=lambda one: (one.takes[0].line, one.option))
        left_out = self._true.left_out(loads)
        objective = self.objective(loads)
        weights = p.shipment_weight * len(loads) + order.priority * int(left_out.sum())
        return WidePlan(tuple(shipments), left_out, objective, objective - weights)

    def _price(self, row: int, units: Int64) -> int:
        return self._true.price(row, units)

    def _fits(self, loads: Loads, left: Left) -> bool:
        """Would every row that the plan takes from hold?"""
        order, p = self.order, self.order.problem
        self.take(loads, left, 1)
        fits = len(loads) < 2 or (left.splits[0] >= 0 and len(loads) <= (p.max_shipments or len(loads)))
        fits = fits and int(left.budget[0]) >= 0
        for option, units in loads.items():
            c = int(order.capacity[option])
            cells = order.sku.astype(np.int64)[units > 0] * self._n_nodes + int(p.node[option])
            fits = fits and left.orders[c] >= 0 and left.units[c] >= 0 and bool((left.cell[-1][cells] >= 0).all())
            fits = fits and (order.vip or bool((left.cell[0][cells] >= 0).all()))
            if order.pickup is not None and order.pickup[option] >= 0:
                fits = fits and left.pickup[order.pickup[option]] >= 0
        self.take(loads, left, -1)
        return bool(fits)

    def _problem(self, left: Left, at: At | None, shift: int, ruled: bool, shared: bool = False) -> LargeOrderProblem:
        """The order on what is left, prices laid on. Without ``ruled`` by no option that takes from a rule; ``shared``: options of
        one day share the price of an order and every line that may be divided is, as a bound wants it."""
        order, p = self.order, self.order.problem
        used = np.zeros((p.stock.shape[0], p.stock.shape[1]), np.int64)
        for line in range(p.n_lines):
            here = slice(int(order.sku[line]) * self._n_nodes, (int(order.sku[line]) + 1) * self._n_nodes)
            free = left.cell[-1][here]
            used[:, p.sku[line]] = np.maximum(0, free if order.vip else np.minimum(free, left.cell[0][here]))
        room = np.zeros_like(p.room)
        room[p.capacity] = np.maximum(0, left.units[order.capacity])
        goes = left.orders[order.capacity] >= 1
        if order.pickup is not None:
            goes &= (order.pickup < 0) | (ruled & (np.append(left.pickup, 0)[order.pickup] >= 1))
        if order.spend is not None and not ruled:
            goes &= order.spend < 0
        fixed, unit_cost = p.fixed, p.unit_cost
        if at is not None:
            by_order = at.orders[order.capacity] >> shift
            if shared:
                _, group, size = np.unique(order.capacity, return_inverse=True, return_counts=True)
                by_order = np.where(by_order > 0, by_order // size[group], by_order)
            fixed = fixed + by_order
            if order.pickup is not None:
                fixed = fixed + np.where(order.pickup >= 0, np.append(at.pickup, 0)[order.pickup] >> shift, 0)
            tier = 1 if order.vip and len(at.cell) == 2 else 0
            cells = order.sku.astype(np.int64)[None, :] * self._n_nodes + p.node[:, None]
            unit_cost = unit_cost + (at.cell[tier][cells] >> shift) + (at.units[order.capacity] >> shift)[:, None]
        return replace(
            p,
            stock=used,
            room=room,
            may_divide=p.may_divide & (shared | ~self._whole),
            may_carry=p.may_carry & goes[:, None],
            fixed=fixed,
            unit_cost=unit_cost,
            price=self._price,
            max_shipments=1 if left.splits[0] < 1 else p.max_shipments,
        )
