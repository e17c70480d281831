"""What others do today: rules that choose nodes without weighing a plan's whole cost.

Each takes an ``OrderProblem`` and gives a plan that keeps every hard constraint, by the cheapest of a node's options for the
lines it sends. ``priority``, ``nearest`` and ``cheapest_first`` send at most one shipment from a node, so none of theirs
share a room; lines of one SKU must be one line to them, as they don't count what such lines take of one stock. A line that
the rule can't place is left out where it may be, else the order is infeasible to the rule. A rule proves nothing: the
certificate's status is FEASIBLE and its bound 0, the trivial one, as costs are >= 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit

from solvers.order import MAX_LINES, OUT_OF_REACH, cheapest_shipments, jointly_feasible, solve
from solvers.order_columns import solve_order
from solvers.problem import INFEASIBLE, Int64, OrderProblem, Plan, Status, infeasible, plan_of_sets

_SHIPMENT = 1 << 45
"""Weight of a shipment in ``fewest_splits``: above any distance."""
_LEFT_OUT = 1 << 50
"""Weight of a line left out in ``fewest_splits``: above any number of shipments."""


@njit(
    "int64(int64, int64[::1], int64[::1], int64[:, ::1], int32[::1], int64[:, ::1], int64[::1], int64[::1],"
    "int64[::1], int64[::1], int64, int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def _fill_in_order(
    n_lines: int,
    hold: Int64,
    fixed: Int64,
    line_cost: Int64,
    row: Int64,
    set_cost: Int64,
    room: Int64,
    units: Int64,
    start: Int64,
    options: Int64,
    max_shipments: int,
    out_set: Int64,
    out_option: Int64,
) -> int:
    """Line by line, the first node that can add it to what it already sends; the bit set of the lines left over.

    Node k by rank has ``options[start[k] : start[k + 1]]``, the lowest first; fills ``out_set`` and ``out_option`` by rank.
    """
    left_out = 0
    n_shipments = 0
    for line in range(n_lines):
        placed = False
        for k in range(len(start) - 1):
            if out_set[k] == 0 and max_shipments > 0 and n_shipments >= max_shipments:
                continue
            members = out_set[k] | 1 << line
            cheapest = OUT_OF_REACH
            for i in range(start[k], start[k + 1]):
                j = options[i]
                if members & ~hold[j] or fixed[j] >= OUT_OF_REACH:
                    continue
                total_units = 0
                cost = fixed[j] + set_cost[row[j], members]
                for member in range(line + 1):
                    if members >> member & 1:
                        total_units += units[member]
                        cost += min(line_cost[j, member], OUT_OF_REACH)
                if total_units <= room[j] and cost < cheapest:
                    cheapest = cost
                    out_option[k] = j
            if cheapest < OUT_OF_REACH:
                n_shipments += out_set[k] == 0
                out_set[k] = members
                placed = True
                break
        if not placed:
            left_out |= 1 << line
    return left_out


def priority(problem: OrderProblem, rank: Int64, solver: str = "priority") -> Plan:
    """Fill each line from the first node, by ``rank`` (int64[nodes], lowest first, ties by node), that can take it."""
    by_rank = np.lexsort((problem.node, rank[problem.node]))  # stable: the options of a node stay in order
    nodes = problem.node[by_rank]
    changes = np.flatnonzero(nodes[1:] != nodes[:-1]) + 1
    start = np.concatenate(([0], changes, [len(nodes)])) if len(nodes) else np.zeros(1, np.int64)
    chosen_set = np.zeros(len(start) - 1, np.int64)
    chosen_option = np.zeros(len(start) - 1, np.int64)
    left_out = _fill_in_order(
        problem.n_lines,
        problem.hold,
        problem.fixed,
        problem.line_cost,
        problem.row,
        problem.set_cost,
        problem.room,
        problem.units,
        start.astype(np.int64),
        by_rank.astype(np.int64),
        problem.max_shipments,
        chosen_set,
        chosen_option,
    )
    used = np.flatnonzero(chosen_set)
    pairs = zip(chosen_option[used].tolist(), chosen_set[used].tolist(), strict=True)
    return _plan(problem, list(pairs), left_out, solver)


def nearest(problem: OrderProblem, distance: Int64) -> Plan:
    """Fill each line from the nearest node that can take it; ``distance`` is int64[nodes], ties by node."""
    return priority(problem, distance, "nearest")


def cheapest_first(problem: OrderProblem) -> Plan:
    """Again and again the shipment with the least cost per line, from a node not used yet. Ties: the lower set."""
    _require_table(problem)
    n_sets = 1 << problem.n_lines
    count = np.maximum(_sums_over_sets(np.ones(problem.n_lines, np.int64)), 1)
    units_of = _sums_over_sets(problem.units)
    best, arg = np.empty(n_sets, np.int64), np.empty(n_sets, np.int64)
    scratch = np.empty(2 * n_sets, np.int64)
    fixed = problem.fixed.copy()
    open_lines = n_sets - 1
    pairs: list[tuple[int, int]] = []
    while open_lines and (problem.max_shipments == 0 or len(pairs) < problem.max_shipments):
        cheapest_shipments(
            problem.n_lines,
            problem.n_options,
            problem.hold & open_lines,
            fixed,
            problem.line_cost,
            problem.row,
            problem.set_cost,
            problem.room,
            units_of,
            best,
            arg,
            scratch,
        )
        per_line = np.where(best < OUT_OF_REACH, best // count, OUT_OF_REACH)
        members = int(np.argmin(per_line))
        if per_line[members] >= OUT_OF_REACH:
            break
        option = int(arg[members])
        pairs.append((option, members))
        open_lines &= ~members
        fixed[problem.node == problem.node[option]] = OUT_OF_REACH
    return _plan(problem, pairs, open_lines, "cheapest_first")


def fewest_splits(problem: OrderProblem, distance: Int64) -> Plan:
    """The fewest lines left out, then the fewest shipments, then the least sum of ``distance``.

    Sets of nodes are enumerated by the subset programme, over distances in place of costs; where two shipments of one node
    would share too little room or stock, by ``order_columns``.

    Parameters
    ----------
    distance : int64[nodes], 0..2**40.
    """
    _require_table(problem)
    by_distance = replace(
        problem,
        fixed=np.where(problem.fixed < OUT_OF_REACH, distance[problem.node], INFEASIBLE),
        line_cost=np.where(problem.line_cost < OUT_OF_REACH, 0, INFEASIBLE),
        set_cost=np.where(problem.set_cost < OUT_OF_REACH, 0, INFEASIBLE),
        backorder_cost=np.where(problem.backorder_cost < OUT_OF_REACH, _LEFT_OUT, INFEASIBLE),
        split_penalty=0,
        shipment_weight=_SHIPMENT,
    )
    plan = solve(by_distance)
    if not jointly_feasible(by_distance, plan):
        plan = solve_order(by_distance)
    if plan.certificate.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return infeasible("fewest_splits")
    pairs = [(shipment.option, sum(1 << take.line for take in shipment.takes)) for shipment in plan.shipments]
    if len({int(problem.node[option]) for option, _ in pairs}) == len(pairs):
        pairs = [(_cheapest_of_node(problem, int(problem.node[option]), members), members) for option, members in pairs]
    return _plan(problem, pairs, sum(1 << take.line for take in plan.backorders), "fewest_splits")


def _require_table(problem: OrderProblem) -> None:
    if problem.n_lines > MAX_LINES:
        raise ValueError(f"n_lines must be <= {MAX_LINES} for this rule, got {problem.n_lines}")


def _cheapest_of_node(problem: OrderProblem, node: int, members: int) -> int:
    options = np.flatnonzero(problem.node == node).tolist()
    return min(options, key=lambda option: (problem.shipment_cost(option, members), option))


def _plan(problem: OrderProblem, pairs: list[tuple[int, int]], left_out: int, solver: str) -> Plan:
    out = [line for line in range(problem.n_lines) if left_out >> line & 1]
    if any(problem.backorder_cost[line] >= OUT_OF_REACH for line in out):
        return infeasible(solver)
    pairs.sort(key=lambda pair: pair[1] & -pair[1])
    costs = [problem.shipment_cost(option, members) for option, members in pairs]
    return plan_of_sets(problem, [o for o, _ in pairs], [s for _, s in pairs], costs, left_out, 0, solver)


def _sums_over_sets(values: Int64) -> Int64:
    sums = np.zeros(1, np.int64)
    for value in values.tolist():
        sums = np.concatenate((sums, sums + value))
    return sums
