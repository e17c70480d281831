"""A batch decided order by order: each order exactly, or by a rule, over what the ones before it have left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.batch_families import Instance
from solvers import order as order_solver
from solvers import rules
from solvers.batch_problem import BatchProblem
from solvers.order_columns import solve_order
from solvers.problem import UNLIMITED, Int64, OrderProblem, Plan, Status

Decide = Callable[[OrderProblem, int], Plan]
"""Decides one order, given with its index."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Shipments of order ``o`` are ``shipment_start[o] : shipment_start[o + 1]``: an option and a set of lines each."""

    shipment_start: Int64
    option: Int64
    lines: Int64


def exact(problem: OrderProblem, _: int) -> Plan:
    """The optimum of the order for itself alone."""
    plan = order_solver.solve(problem)
    return plan if order_solver.jointly_feasible(problem, plan) else solve_order(problem)


def deciders(instance: Instance) -> dict[str, Decide]:
    """The exact solver and every rule, by name. ``priority`` ranks nodes by their number."""
    rank = np.arange(instance.problem.n_nodes)
    return {
        "exact": exact,
        "priority": lambda problem, _: rules.priority(problem, rank),
        "nearest": lambda problem, order: rules.nearest(problem, instance.distances(order)),
        "cheapest_first": lambda problem, _: rules.cheapest_first(problem),
        "fewest_splits": lambda problem, order: rules.fewest_splits(problem, instance.distances(order)),
    }


def one_by_one(problem: BatchProblem, decide: Decide) -> Decisions:
    """Every order in its turn; one that can't ship, or for more than it costs unfilled, is left.

    Raises
    ------
    ValueError : the batch shares more than stock and capacity, which no order can see alone.
    """
    p = problem
    if any(each is not None for each in (p.protected, p.orders_least, p.pickup, p.spend)) or p.splits_most < UNLIMITED:
        raise ValueError("expected a batch that shares stock and capacity alone")
    stock, orders, units = p.stock.copy(), p.orders_most.copy(), p.units_most.copy()
    no_sets = [np.zeros((1, 1 << width), np.int64) for width in range(order_solver.MAX_LINES + 1)]
    options: list[int] = []
    lines: list[int] = []
    start = np.zeros(p.n_orders + 1, np.int64)
    for order in range(p.n_orders):
        here, those = p.lines_of(order), p.options_of(order)
        width = here.stop - here.start
        node, capacity, sku = p.node[those], p.capacity[those], p.sku[here]
        held = stock[sku[:, None], node]
        bits = (held >= p.units[here][:, None]).T @ (1 << np.arange(width))
        alone = OrderProblem(
            n_lines=width,
            hold=np.where(orders[capacity] > 0, p.hold[those] & bits, 0),
            fixed=p.fixed[those],
            line_cost=p.line_costs_of(order),
            row=np.zeros(len(node), np.int32) if p.row is None else p.row[those],
            set_cost=no_sets[width] if (sets := p.set_costs_of(order)) is None else sets,
            room=units[capacity],
            units=p.units[here].astype(np.int64),
            node=node,
            backorder_cost=p.backorder_cost[here],
            split_penalty=int(p.split_penalty[order]),
            shipment_weight=int(p.shipment_weight[order]),
            max_shipments=int(p.max_shipments[order]),
            capacity=capacity,
            sku=sku,
            stock=held.T.astype(np.int64),
        )
        plan = decide(alone, order)
        ships = plan.certificate.status in (Status.OPTIMAL, Status.FEASIBLE) and plan.cost <= p.unfilled_cost[order]
        for shipment in plan.shipments if ships else ():
            j = those.start + shipment.option
            options.append(j)
            lines.append(sum(1 << take.line for take in shipment.takes))
            for take in shipment.takes:
                stock[sku[take.line], p.node[j]] -= take.units
                units[p.capacity[j]] -= take.units
        for c in {int(capacity[shipment.option]) for shipment in plan.shipments} if ships else ():
            orders[c] -= 1
        start[order + 1] = len(options)
    return Decisions(start, np.array(options, np.int64), np.array(lines, np.int64))
