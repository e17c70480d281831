"""Random small batches with every rule in some, and what a plan must keep, written without the solver's own reckoning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers.batch_builder import BatchBuilder
from solvers.batch_problem import BatchPlan, BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED
from tests.solvers.orders import random_order


def random_batch(rng: np.random.Generator, max_orders: int = 6, *, rules: bool = True) -> BatchProblem:
    """Up to ``max_orders`` orders of up to 3 lines over up to 4 nodes of 2 days; ``rules`` allows rows besides stock."""
    n_orders, n_nodes, n_skus = int(rng.integers(1, max_orders + 1)), int(rng.integers(1, 5)), int(rng.integers(1, 6))
    builder = BatchBuilder()
    tight = rules and rng.random() < 0.7
    n_pickups = int(rng.integers(1, 4))
    stock = rng.integers(0, int(rng.choice([2, 4, 9])), (n_skus, n_nodes)).astype(np.int32)
    while len(builder) < n_orders:
        order = random_order(rng, max_lines=3, max_options=6)
        if order.n_lines == 0:
            continue
        node = np.sort(rng.integers(0, n_nodes, order.n_options)).astype(np.int32)
        sku = rng.integers(0, n_skus, order.n_lines).astype(np.int32)
        held = (order.units <= stock[sku][:, node].T) << np.arange(order.n_lines)
        order = replace(order, node=node, hold=(order.hold & held.sum(axis=1)).astype(np.int64))
        priority = int(rng.choice([0, 0, 5]))
        weight = min(order.shipment_weight, 1 << 30)
        capacity = (2 * node + rng.integers(0, 2, order.n_options)).astype(np.int32)
        builder.add(
            replace(order, shipment_weight=weight),
            sku,
            capacity,
            int(rng.integers(0, 4 * int(order.fixed.max(initial=3)) + 1)),
            priority=priority,
            vip=bool(rng.random() < 0.3),
            pickup=rng.integers(-1, n_pickups, order.n_options).astype(np.int32),
            spend=np.where(rng.random(order.n_options) < 0.4, order.fixed, -1),
        )
    none = np.full(2 * n_nodes, UNLIMITED)

    def some(most: int, share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.where(rng.random(2 * n_nodes) < share, rng.integers(0, most, 2 * n_nodes), UNLIMITED)

    orders_most = some(4, 0.5) if tight else none
    least = np.minimum(rng.integers(0, 3, 2 * n_nodes), orders_most)
    scale = int(rng.choice([3, 30, 1_000_000]))
    return builder.build(
        stock,
        orders_most,
        some(7, 0.4) if tight else none,
        protected=rng.integers(0, 2, stock.shape).astype(np.int32) if rng.random() < 0.4 else None,
        orders_least=least if rules and rng.random() < 0.3 else None,
        shortfall_cost=int(rng.integers(0, scale)),
        pickups_most=rng.integers(0, 4, n_pickups) if rules and rng.random() < 0.3 else None,
        budget_most=int(rng.integers(0, 2 * scale)) if rules and rng.random() < 0.3 else UNLIMITED,
        splits_most=int(rng.integers(0, 2)) if rules and rng.random() < 0.3 else UNLIMITED,
    )


def members(lines: int) -> list[int]:
    return [line for line in range(lines.bit_length()) if lines >> line & 1]


def shipment_cost(problem: BatchProblem, order: int, option: int, lines: int) -> int:
    """c_j(S), ``INFEASIBLE`` where it is not allowed."""
    if lines == 0 or lines & ~int(problem.hold[option]):
        return INFEASIBLE
    position = option - int(problem.option_start[order])
    parts = [int(problem.fixed[option])]
    parts += [int(problem.line_costs_of(order)[position, line]) for line in members(lines)]
    sets = problem.set_costs_of(order)
    if sets is not None and problem.row is not None:
        parts.append(int(sets[problem.row[option], lines]))
    return sum(parts) if max(parts) < INFEASIBLE else INFEASIBLE


def order_objective(problem: BatchProblem, order: int, shipments: list[tuple[int, int]]) -> tuple[int, int]:
    """(cost, objective) of one order's plan: (option, set of lines) each. INFEASIBLE where it is not allowed."""
    lines = range(int(problem.line_start[order]), int(problem.line_start[order + 1]))
    units = [int(problem.units[line]) for line in lines]
    priority = int(problem.priority[order])
    if not shipments:
        cost = int(problem.unfilled_cost[order])
        return cost, cost + priority * sum(units)
    limit = int(problem.max_shipments[order])
    costs = [shipment_cost(problem, order, option, members) for option, members in shipments]
    left = [line for line in range(len(lines)) if not any(s >> line & 1 for _, s in shipments)]
    costs += [int(problem.backorder_cost[lines[line]]) for line in left]
    if max(costs) >= INFEASIBLE or (limit and len(shipments) > limit):
        return INFEASIBLE, INFEASIBLE
    cost = sum(costs) + int(problem.split_penalty[order]) * (len(shipments) - 1)
    weights = int(problem.shipment_weight[order]) * len(shipments) + priority * sum(units[line] for line in left)
    return cost, cost + weights


class Used:
    """What plans take of every row, an order at a time."""

    def __init__(self, problem: BatchProblem) -> None:
        self.problem = problem
        self.cells: dict[tuple[int, int, bool], int] = {}
        self.orders: dict[int, int] = {}
        self.units: dict[int, int] = {}
        self.pickups: dict[int, int] = {}
        self.spent = 0
        self.splits = 0

    def add(self, order: int, shipments: list[tuple[int, int]]) -> None:
        p = self.problem
        first = int(p.line_start[order])
        vip = p.vip is not None and bool(p.vip[order])
        for option, lines in shipments:
            c = int(p.capacity[option])
            for line in members(lines):
                units, sku, node = int(p.units[first + line]), int(p.sku[first + line]), int(p.node[option])
                self.cells[sku, node, vip] = self.cells.get((sku, node, vip), 0) + units
                self.units[c] = self.units.get(c, 0) + units
            if p.pickup is not None and p.pickup[option] >= 0:
                self.pickups[int(p.pickup[option])] = self.pickups.get(int(p.pickup[option]), 0) + 1
            if p.spend is not None and p.spend[option] >= 0:
                sets = p.set_costs_of(order)
                self.spent += int(p.spend[option])
                if sets is not None and p.row is not None:
                    self.spent += int(sets[p.row[option], lines])
        for c in {int(p.capacity[option]) for option, _ in shipments}:
            self.orders[c] = self.orders.get(c, 0) + 1
        self.splits += len(shipments) > 1

    def broken(self) -> list[str]:
        """The kinds of rows that are exceeded."""
        p = self.problem
        stock = [
            (sku, node)
            for sku, node, _ in self.cells
            if self.cells.get((sku, node, False), 0) + self.cells.get((sku, node, True), 0) > p.stock[sku, node]
        ]
        kept = [
            (sku, node)
            for (sku, node, vip), units in self.cells.items()
            if not vip
            and p.protected is not None
            and units > max(0, int(p.stock[sku, node]) - int(p.protected[sku, node]))
        ]
        checks = {
            "stock": not stock,
            "protected": not kept,
            "orders": all(n <= p.orders_most[c] for c, n in self.orders.items()),
            "units": all(n <= p.units_most[c] for c, n in self.units.items()),
            "pickups": p.pickups_most is None or all(n <= p.pickups_most[r] for r, n in self.pickups.items()),
            "budget": p.budget_most == UNLIMITED or self.spent <= p.budget_most,
            "splits": p.splits_most == UNLIMITED or self.splits <= p.splits_most,
        }
        return [name for name, holds in checks.items() if not holds]

    def shortfall(self) -> int:
        """Orders lacking where least are asked."""
        if self.problem.orders_least is None:
            return 0
        return sum(max(0, least - self.orders.get(c, 0)) for c, least in enumerate(self.problem.orders_least.tolist()))


def faults(problem: BatchProblem, plan: BatchPlan) -> list[str]:
    """Every rule that the plan breaks and every figure of it that does not add up."""
    used = Used(problem)
    found: list[str] = []
    total_cost = total_objective = 0
    for order in range(problem.n_orders):
        shipments = plan.shipments_of(order)
        sets = [lines for _, lines, _ in shipments]
        everything = (1 << int(problem.line_start[order + 1] - problem.line_start[order])) - 1
        if sum(sets) + int(plan.left_out[order]) != everything or any(
            a & b for i, a in enumerate(sets) for b in sets[:i]
        ):
            found.append(f"lines of order {order}")
        options = problem.options_of(order)
        if any(not options.start <= option < options.stop for option, _, _ in shipments):
            found.append(f"options of order {order}")
        if any(shipment_cost(problem, order, option, lines) != cost for option, lines, cost in shipments):
            found.append(f"shipment costs of order {order}")
        pairs = [(option, lines) for option, lines, _ in shipments]
        cost, objective = order_objective(problem, order, pairs)
        if objective >= INFEASIBLE:
            found.append(f"what is not allowed in order {order}")
        total_cost, total_objective = total_cost + cost, total_objective + objective
        used.add(order, pairs)
    lacking = used.shortfall() * problem.shortfall_cost
    if total_cost + lacking != plan.cost:
        found.append(f"cost {plan.cost} for {total_cost + lacking}")
    if total_objective + lacking != plan.certificate.objective:
        found.append(f"objective {plan.certificate.objective} for {total_objective + lacking}")
    return found + used.broken()
