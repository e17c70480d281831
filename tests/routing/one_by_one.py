"""A batch solved one order after another, exactly: what a joint solver is to beat, and quick enough to stand in for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from solvers import order as order_solver
from solvers.batch_layout import rows_of
from solvers.batch_problem import BatchCertificate, BatchPlan, BatchProblem, Prices, Progress
from solvers.batch_usage import left_of
from solvers.large_order import Effort
from solvers.problem import INFEASIBLE, UNLIMITED, Int64, Limit, OrderProblem, Plan, Status
from solvers.wide_plan import WidePlanner
from solvers.wide_problem import JointPlan, WideOrder


def one_by_one(
    problem: BatchProblem,
    wide: Sequence[WideOrder] = (),
    tell: Callable[[Progress], None] = lambda progress: None,
    rough: bool = False,
) -> JointPlan:
    """Knows stock and capacity, no other rule; takes the first order first, narrow ones before wide ones."""
    stock = problem.stock.astype(np.int64)
    orders, units = problem.orders_most.copy(), problem.units_most.copy()
    rows: list[tuple[int, int, int, int]] = []
    left_out: list[int] = []
    total = cost = bound = unfilled = partial = 0
    for o in range(problem.n_orders):
        alone = _order(problem, o, problem.stock.astype(np.int64), problem.orders_most)
        weight = int(problem.priority[o])
        worst = int(problem.unfilled_cost[o])
        nothing_ships = worst + weight * int(alone.units.sum())
        bound += min(nothing_ships, order_solver.solve(alone).certificate.objective)
        coupled = _order(problem, o, stock, orders, units)
        plan = order_solver.solve(coupled)
        objective = plan.certificate.objective
        lost = sum(1 << take.line for take in plan.backorders)
        if objective > nothing_ships or not plan.shipments or not order_solver.jointly_feasible(coupled, plan):
            left_out.append((1 << coupled.n_lines) - 1)
            total += nothing_ships
            cost += worst
            unfilled += 1
            continue
        left_out.append(lost)
        total += objective
        cost += plan.cost - weight * sum(take.units for take in plan.backorders)
        partial += lost > 0
        rows += _taken(problem, o, plan, stock, orders, units)
        tell(Progress("greedy", min(bound, total), total, 0, 0.0))
    left = left_of(rows_of(problem), problem.n_nodes)
    left.cell[-1][:] = stock.ravel()
    left.cell[0][:] = np.minimum(left.cell[0], stock.ravel())
    left.orders[:], left.units[:] = orders, units
    wide_plans = []
    for each in wide:
        planner = WidePlanner(each, problem.n_nodes)
        planner.loads = planner.best_at(left, None, 0, Effort())
        planner.take(planner.loads, left, 1)
        wide_plans.append(planner.plan())
        total, cost = total + wide_plans[-1].objective, cost + wide_plans[-1].cost
        unfilled += not planner.loads
    objective = max(total, bound)
    nothing = np.zeros(0)
    zero = np.zeros(problem.n_capacities)
    prices = Prices(np.zeros((0, 2), np.int64), nothing, nothing, zero, zero, nothing, 0.0, 0.0)
    status = Status.OPTIMAL if bound == objective else Status.FEASIBLE
    certificate = BatchCertificate(objective, bound, status, Limit.NONE, 1, 0, 0.0, unfilled, partial, 0, prices)
    flat = np.array(rows, np.int64).reshape(-1, 4)
    start = np.searchsorted(flat[:, 0], np.arange(problem.n_orders + 1))
    whole = BatchPlan(
        start,
        flat[:, 1].copy(),
        flat[:, 2].astype(np.uint16),
        flat[:, 3].copy(),
        np.array(left_out, np.uint16),
        cost,
        certificate,
    )
    return JointPlan(whole, tuple(wide_plans), certificate, cost)


def _order(problem: BatchProblem, o: int, stock: Int64, orders: Int64, units: Int64 | None = None) -> OrderProblem:
    lines, options = problem.lines_of(o), problem.options_of(o)
    sku, node, capacity = problem.sku[lines], problem.node[options], problem.capacity[options]
    free = stock[sku][:, node].T
    if problem.protected is not None and problem.vip is not None and not problem.vip[o]:
        free = free - problem.protected[sku][:, node].T
    wanted = problem.units[lines].astype(np.int64)
    holds = ((free >= wanted) << np.arange(len(sku))).sum(axis=1)
    hold = np.where(orders[capacity] >= 1, problem.hold[options] & holds, 0).astype(np.int64)
    set_costs = problem.set_costs_of(o)
    assert set_costs is not None
    assert problem.row is not None
    return OrderProblem(
        len(sku),
        hold,
        problem.fixed[options],
        problem.line_costs_of(o),
        problem.row[options],
        set_costs,
        np.full(len(hold), UNLIMITED) if units is None else units[capacity],
        wanted,
        node,
        np.minimum(INFEASIBLE, problem.backorder_cost[lines] + problem.priority[o] * wanted),
        int(problem.split_penalty[o]),
        int(problem.shipment_weight[o]),
        int(problem.max_shipments[o]),
        capacity,
        sku,
        free,
    )


def _taken(
    problem: BatchProblem, o: int, plan: Plan, stock: Int64, orders: Int64, units: Int64
) -> list[tuple[int, int, int, int]]:
    first, rows, days = int(problem.option_start[o]), [], set()
    sku = problem.sku[problem.lines_of(o)]
    for shipment in plan.shipments:
        j = first + shipment.option
        rows.append((o, j, sum(1 << take.line for take in shipment.takes), shipment.cost))
        days.add(int(problem.capacity[j]))
        for take in shipment.takes:
            stock[sku[take.line], problem.node[j]] -= take.units
            units[problem.capacity[j]] -= take.units if units[problem.capacity[j]] < UNLIMITED else 0
    for c in days:
        orders[c] -= orders[c] < UNLIMITED
    return rows
