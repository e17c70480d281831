"""A batch's plan reckoned anew from the problem alone, all orders at once: its cost, its objective and what it breaks.

Independent of every solver, and fast enough for 100,000 orders: benchmarks hold each plan to it, those of other solvers too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import BatchPlan, BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64


@dataclass(frozen=True, slots=True)
class Reckoning:
    """``cost`` and ``objective`` as ``BatchPlan`` defines them; ``faults`` names each rule that is broken, once.

    ``shipments``, ``splits`` (orders in more than one), ``unfilled`` (orders of which nothing ships), ``partial``, ``units_left``,
    ``shortfall`` (orders lacking where least are asked).
    """

    cost: int
    objective: int
    faults: tuple[str, ...]
    shipments: int
    splits: int
    unfilled: int
    partial: int
    units_left: int
    shortfall: int


def reckon(problem: BatchProblem, shipment_start: NDArray[Any], option: NDArray[Any], lines: NDArray[Any]) -> Reckoning:
    """Shipments of order ``o`` are ``shipment_start[o] : shipment_start[o + 1]``: an option and a bit set of lines each."""
    p = problem
    start, option, lines = (np.asarray(array).astype(np.int64) for array in (shipment_start, option, lines))
    count = np.diff(start)
    order = np.repeat(np.arange(p.n_orders), count)
    faults: list[str] = []
    if len(start) != p.n_orders + 1 or start[0] != 0 or (count < 0).any() or not start[-1] == len(option) == len(lines):
        return Reckoning(0, 0, ("starts of shipments",), 0, 0, 0, 0, 0, 0)
    if ((option < p.option_start[order]) | (option >= p.option_start[order + 1])).any():
        return Reckoning(0, 0, ("an option of another order",), 0, 0, 0, 0, 0, 0)
    widths = np.diff(p.line_start)
    if ((lines <= 0) | (lines >> widths[order] > 0)).any():
        return Reckoning(0, 0, ("a shipment of no line of its order",), 0, 0, 0, 0, 0, 0)
    if (lines & ~p.hold[option].astype(np.int64)).any():
        faults.append("an option ships what it does not hold")

    # Lines: in which shipment each is, and what those cost. (shipment, line) pairs.
    pairs = [(here := np.flatnonzero(lines >> line & 1), np.full(len(here), line)) for line in range(16)]
    shipment, line = (np.concatenate(part) for part in zip(*pairs, strict=True))
    line_index = p.line_start[order[shipment]] + line
    times = np.bincount(line_index, minlength=p.n_lines)
    if (times > 1).any():
        faults.append("a line is shipped twice")
    position = option[shipment] - p.option_start[order[shipment]]
    of_line = p.line_cost[p.line_cost_start[order[shipment]] + position * widths[order[shipment]] + line]
    sets = _set_costs(p, order, option, lines)
    if (of_line >= INFEASIBLE).any() or (p.fixed[option] >= INFEASIBLE).any() or (sets >= INFEASIBLE).any():
        faults.append("a shipment that is not allowed")
    if ((p.max_shipments > 0) & (count > p.max_shipments)).any():
        faults.append("more shipments than an order may have")

    # What is left out.
    left = times == 0
    of_order = np.repeat(np.arange(p.n_orders), widths)
    ships = count > 0
    out = left & ships[of_order]
    if (p.backorder_cost[out] >= INFEASIBLE).any():
        faults.append("a line is left out that may not be")
    units_left = np.bincount(of_order, np.where(left, p.units, 0), p.n_orders).astype(np.int64)

    units = p.units[line_index].astype(np.int64)
    faults += _rows(p, order, option, sets, shipment, p.sku[line_index].astype(np.int64), units, count)
    lacking = 0
    if p.orders_least is not None:
        lacking = int(np.maximum(0, p.orders_least - _orders(p, order, option)).sum())
    cost = int(p.fixed[option].sum()) + int(of_line.sum()) + int(sets.sum()) + int(p.backorder_cost[out].sum())
    cost += int((p.split_penalty * np.maximum(0, count - 1)).sum()) + int(p.unfilled_cost[~ships].sum())
    cost += lacking * p.shortfall_cost
    weights = int((p.shipment_weight * count).sum()) + int((p.priority * units_left).sum())
    return Reckoning(
        cost,
        cost + weights,
        tuple(faults),
        len(option),
        int((count > 1).sum()),
        int((~ships).sum()),
        int((ships & (units_left > 0)).sum()),
        int(units_left.sum()),
        lacking,
    )


def faults_of(problem: BatchProblem, plan: BatchPlan) -> list[str]:
    """What the plan breaks, and every figure of it and of its certificate that does not add up."""
    mine = reckon(problem, plan.shipment_start, plan.option, plan.lines)
    found = list(mine.faults)
    proven = plan.certificate
    stated = {
        "cost": (plan.cost, mine.cost),
        "objective": (proven.objective, mine.objective),
        "unfilled": (proven.unfilled, mine.unfilled),
        "partial": (proven.partial, mine.partial),
        "shortfall": (proven.shortfall, mine.shortfall),
    }
    found += [f"{name} {said}, reckoned {reckoned}" for name, (said, reckoned) in stated.items() if said != reckoned]
    shipped = np.zeros(problem.n_orders, np.int64)
    order = np.repeat(np.arange(problem.n_orders), np.diff(plan.shipment_start))
    np.bitwise_or.at(shipped, order, plan.lines.astype(np.int64))
    if (((1 << np.diff(problem.line_start)) - 1 ^ shipped) != plan.left_out).any():
        found.append("lines left out are not those in no shipment")
    costs = np.zeros(len(plan.option), np.int64)
    for line in range(16):
        here = np.flatnonzero(plan.lines >> line & 1)
        at = problem.line_cost_start[order[here]] + line
        at += (plan.option[here] - problem.option_start[order[here]]) * np.diff(problem.line_start)[order[here]]
        costs[here] += problem.line_cost[at]
    costs += problem.fixed[plan.option] + _set_costs(problem, order, plan.option, plan.lines)
    if (costs != plan.shipment_cost).any():
        found.append("a shipment's cost")
    return found


def _set_costs(p: BatchProblem, order: Int64, option: NDArray[Any], lines: NDArray[Any]) -> Int64:
    if p.set_cost is None or p.set_start is None or p.row is None:
        return np.zeros(len(option), np.int64)
    rows = p.row[option].astype(np.int64) << np.diff(p.line_start)[order]
    costs: Int64 = p.set_cost[p.set_start[order] + rows + lines.astype(np.int64)]
    return costs


def _orders(p: BatchProblem, order: Int64, option: Int64) -> Int64:
    """int64[C]: orders by capacity, each once."""
    pairs = np.unique(p.capacity[option].astype(np.int64) * p.n_orders + order)
    return np.bincount(pairs // max(1, p.n_orders), minlength=p.n_capacities)


def _rows(
    p: BatchProblem,
    order: Int64,
    option: Int64,
    sets: Int64,
    shipment: Int64,
    sku: Int64,
    units: Int64,
    count: Int64,
) -> list[str]:
    """The shared rows that are exceeded."""
    cells = p.n_skus * p.n_nodes
    cell = sku * p.n_nodes + p.node[option[shipment]]
    taken = np.bincount(cell, units, cells).reshape(p.stock.shape)
    found = []
    if (taken > p.stock).any():
        found.append("stock")
    if p.protected is not None:
        vip = np.zeros(p.n_orders, bool) if p.vip is None else p.vip
        common = np.bincount(cell, np.where(vip[order[shipment]], 0, units), cells).reshape(p.stock.shape)
        if ((common > 0) & (common > p.stock - p.protected)).any():
            found.append("protected stock")
    if (_orders(p, order, option) > p.orders_most).any():
        found.append("orders of a capacity")
    if (np.bincount(p.capacity[option[shipment]], units, p.n_capacities) > p.units_most).any():
        found.append("units of a capacity")
    if p.pickup is not None and p.pickups_most is not None:
        picked = p.pickup[option]
        if (np.bincount(picked[picked >= 0], minlength=len(p.pickups_most)) > p.pickups_most).any():
            found.append("pickups")
    if p.spend is not None and p.budget_most < UNLIMITED:
        spends = p.spend[option] >= 0
        if int((p.spend[option] + sets)[spends].sum()) > p.budget_most:
            found.append("budget")
    if int((count > 1).sum()) > p.splits_most:
        found.append("splits")
    return found
