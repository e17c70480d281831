"""One order, exact: a dynamic programme over subsets of its lines.

    best(S) = min_j c_j(S)                                      the cheapest shipment of exactly the lines S
    D(S)    = min over T, lowest line of S in T, T subset of S: best(T) + split penalty + shipment weight + D(S - T)
              or backorder of S's lowest line + D(S - lowest line)

The first shipment of a plan pays no split penalty. Until it is made, lines can only have been left out, lowest first, so
the states before it are the suffixes of the order: one more short recursion over D.

Ties break by: fewer lines left out, fewer shipments, then for the shipment that holds the lowest line the lowest option,
then the lower set; shipping before leaving out. The answer depends on the input alone.

Shipments are priced one by one. Two shipments of one plan from one node could together exceed its room, and two lines of
one SKU its stock: the programme is then a relaxation. A plan that passes ``jointly_feasible`` is the exact optimum of the
coupled problem too; one that does not goes to ``order_columns.solve_order``, which holds the coupling as rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.problem import INFEASIBLE, Int64, OrderProblem, Plan, infeasible, plan_of_sets

MAX_LINES = 12
"""Above it, tables of 2**L sets stop being small: use ``large_order``."""

OUT_OF_REACH = INFEASIBLE >> 1
"""From here up a cost is infeasible: twelve clamped line costs, a set cost and a fixed cost still fit int64. Finite costs are
in 0..2**54, so that no sum of them comes near."""

_LEFT_OUT = 64
"""In a tie key: lines left out count above shipments."""


def workspace_size(n_lines: int, max_shipments: int = 0) -> int:
    """Length of the int64 scratch array that ``solve_arrays`` needs."""
    layers = max_shipments if 0 < max_shipments < n_lines else 1
    return (5 + 3 * layers) * (1 << n_lines)


@njit(
    "void(int64, int64, int64[::1], int64[::1], int64[:, ::1], int32[::1], int64[:, ::1], int64[::1], int64[::1],"
    "int64[::1], int64[::1], int64[::1])",
    cache=True,
    nogil=True,
    boundscheck=False,
)
def cheapest_shipments(
    n_lines: int,
    n_options: int,
    hold: Int64,
    fixed: Int64,
    line_cost: Int64,
    row: Int64,
    set_cost: Int64,
    room: Int64,
    units_of: Int64,
    best: Int64,
    arg: Int64,
    scratch: Int64,
) -> None:
    """Fill ``best[S]`` and ``arg[S]``, the lowest option of that cost; ``scratch`` holds 2 * 2**L figures."""
    n_sets = 1 << n_lines
    everything = np.uint64(n_sets - 1)
    masks = scratch[:n_sets]
    sums = scratch[n_sets:]
    one, two, eight = np.uint64(1), np.uint64(2), np.uint64(8)  # unsigned indices need no check for wrap-around
    for s in range(n_sets):
        best[s] = OUT_OF_REACH
        arg[s] = -1
    masks[0] = 0
    for j in range(np.uint64(n_options)):
        held = np.uint64(hold[j]) & everything
        whatever = fixed[j]
        if held == 0 or whatever >= OUT_OF_REACH:
            continue
        r = row[j]
        roomy = room[j] >= units_of[held]
        higher = held & (held - one)
        if roomy and higher & (higher - one) == 0:
            # One line held or two, as most nodes do: the sets written out.
            lower = held ^ higher
            line = np.uint64(0)
            while lower >> line != one:
                line += one
            of_lower = whatever + min(line_cost[j, line], OUT_OF_REACH)
            total = of_lower + set_cost[r, lower]
            if total < best[lower]:
                best[lower] = total
                arg[lower] = j
            if higher:
                line += one
                while higher >> line != one:
                    line += one
                cost = min(line_cost[j, line], OUT_OF_REACH)
                total = whatever + cost + set_cost[r, higher]
                if total < best[higher]:
                    best[higher] = total
                    arg[higher] = j
                total = of_lower + cost + set_cost[r, held]
                if total < best[held]:
                    best[held] = total
                    arg[held] = j
            continue
        missing = everything ^ held
        missing &= missing - one
        missing &= missing - one
        if roomy and n_lines >= 3 and missing & (missing - one) == 0:
            # All lines held but three at most: run over all sets in blocks of eight, which the compiler turns into vector
            # code, and look closer at a block only when the sign of some difference says that it improves. A mask of
            # all ones or zeros, from the bits of i, takes the costs of the first three lines.
            a = min(line_cost[j, 0], OUT_OF_REACH) if held & one else OUT_OF_REACH
            b = min(line_cost[j, 1], OUT_OF_REACH) if held & two else OUT_OF_REACH
            c = min(line_cost[j, 2], OUT_OF_REACH) if held & np.uint64(4) else OUT_OF_REACH
            sums[0] = whatever
            size = 1
            for further in range(3, n_lines):
                cost = min(line_cost[j, further], OUT_OF_REACH) if held >> np.uint64(further) & one else OUT_OF_REACH
                for i in range(size):
                    sums[size + i] = sums[i] + cost
                size *= 2
            for block in range(np.uint64(size)):
                base = sums[block]
                first = block * eight
                signs = 0
                for i in range(eight):
                    of_set = (
                        (a & -np.int64(i & one)) + (b & -np.int64(i >> one & one)) + (c & -np.int64(i >> two & one))
                    )
                    signs |= base + of_set + set_cost[r, first + i] - best[first + i]
                if signs < 0:
                    for i in range(eight):
                        total = (
                            base
                            + (a & -np.int64(i & one))
                            + (b & -np.int64(i >> one & one))
                            + (c & -np.int64(i >> two & one))
                        )
                        total += set_cost[r, first + i]
                        if total < best[first + i]:
                            best[first + i] = total
                            arg[first + i] = j
            continue
        sums[0] = whatever
        size = 1
        for any_line in range(n_lines):
            if held >> np.uint64(any_line) & one:
                cost = min(line_cost[j, any_line], OUT_OF_REACH)
                for i in range(size):
                    s = masks[i] | 1 << any_line
                    total = sums[i] + cost
                    masks[size + i] = s
                    sums[size + i] = total
                    total += set_cost[r, s]
                    if total < best[s] and (roomy or units_of[s] <= room[j]):
                        best[s] = total
                        arg[s] = j
                size *= 2
    best[0] = OUT_OF_REACH  # column 0 of the set costs means nothing


@njit(
    "UniTuple(int64, 3)(int64, int64, int64[::1], int64[::1], int64[:, ::1], int32[::1], int64[:, ::1], int64[::1],"
    "int64[::1], int64[::1], int64, int64, int64, int64[::1], int64[::1], int64[::1])",
    cache=True,
    nogil=True,
    boundscheck=False,
)
def solve_arrays(
    n_lines: int,
    n_options: int,
    hold: Int64,
    fixed: Int64,
    line_cost: Int64,
    row: Int64,
    set_cost: Int64,
    room: Int64,
    units: Int64,
    backorder: Int64,
    split_penalty: int,
    shipment_weight: int,
    max_shipments: int,
    work: Int64,
    out_option: Int64,
    out_set: Int64,
) -> tuple[int, int, int]:
    """Solve over arrays shaped as in ``OrderProblem``; only the first ``n_options`` options are read.

    ``set_cost`` needs at least 2**L columns and ``line_cost`` at least L. ``work`` holds ``workspace_size`` figures,
    ``out_option`` and ``out_set`` at least L.

    Returns
    -------
    objective (``INFEASIBLE`` where there is no plan), number of shipments, bit set of the lines left out. Shipment k, by
    lowest line, is of option ``out_option[k]`` with the bit set of lines ``out_set[k]``.
    """
    n_sets = 1 << n_lines
    best = work[:n_sets]
    arg = work[n_sets : 2 * n_sets]
    units_of = work[2 * n_sets : 3 * n_sets]
    units_of[0] = 0
    size = 1
    for line in range(n_lines):
        for i in range(size):
            units_of[size + i] = units_of[i] + units[line]
        size *= 2
    cheapest_shipments(
        n_lines, n_options, hold, fixed, line_cost, row, set_cost, room, units_of, best, arg, work[3 * n_sets :]
    )

    # Layer k: at most k shipments, or any number where the limit can't bind (layer 0 is then its own predecessor).
    limited = 0 < max_shipments < n_lines
    layers = max_shipments if limited else 1
    tables = work[5 * n_sets :]
    charge = split_penalty + shipment_weight
    for k in range(layers):
        cost = tables[3 * k * n_sets : (3 * k + 1) * n_sets]
        key = tables[(3 * k + 1) * n_sets : (3 * k + 2) * n_sets]
        take = tables[(3 * k + 2) * n_sets : (3 * k + 3) * n_sets]
        before = max(0, k - 1) if limited else 0
        cost_before = tables[3 * before * n_sets : (3 * before + 1) * n_sets]
        key_before = tables[(3 * before + 1) * n_sets : (3 * before + 2) * n_sets]
        cost[0] = 0
        key[0] = 0
        for s in range(2, n_sets, 2):  # line 0 is in the first shipment or left out: D is never asked for it
            line = 1
            while not s >> line & 1:
                line += 1
            lowest = 1 << line
            rest = s ^ lowest
            cost[s] = INFEASIBLE
            key[s] = 0
            take[s] = 0
            if backorder[line] < OUT_OF_REACH and cost[rest] < OUT_OF_REACH:
                cost[s] = backorder[line] + cost[rest]
                key[s] = key[rest] + _LEFT_OUT
            if limited and k == 0:
                continue
            sub = 0
            while True:
                t = sub | lowest
                left = s ^ t
                if best[t] < OUT_OF_REACH and cost_before[left] < OUT_OF_REACH:
                    total = best[t] + charge + cost_before[left]
                    if total <= cost[s]:
                        new_key = key_before[left] + 1
                        if (
                            total < cost[s]
                            or new_key < key[s]
                            or (new_key == key[s] and (take[s] == 0 or arg[t] < arg[take[s]]))
                        ):
                            cost[s] = total
                            key[s] = new_key
                            take[s] = t
                if sub == rest:
                    break
                sub = (sub - rest) & rest

    # The first shipment, free of the split penalty, after 0, 1, 2, ... of the lowest lines were left out.
    last = layers - 1
    cost = tables[3 * last * n_sets : (3 * last + 1) * n_sets]
    key = tables[(3 * last + 1) * n_sets : (3 * last + 2) * n_sets]
    objective = INFEASIBLE
    tie = 0
    first = 0
    left_out_cost = 0
    everything = n_sets - 1
    s = everything
    for line in range(n_lines):
        lowest = 1 << line
        rest = s ^ lowest
        sub = 0
        while True:
            t = sub | lowest
            left = s ^ t
            if best[t] < OUT_OF_REACH and cost[left] < OUT_OF_REACH:
                total = left_out_cost + best[t] + shipment_weight + cost[left]
                new_key = key[left] + 1 + _LEFT_OUT * line
                if total < objective or (
                    total == objective
                    and (new_key < tie or (new_key == tie and t & -t == first & -first and arg[t] < arg[first]))
                ):
                    objective = total
                    tie = new_key
                    first = t
            if sub == rest:
                break
            sub = (sub - rest) & rest
        if backorder[line] >= OUT_OF_REACH:
            left_out_cost = INFEASIBLE
            break
        left_out_cost += backorder[line]
        s = rest
    if left_out_cost < objective:  # nothing ships (or there is nothing to ship)
        return left_out_cost, 0, everything
    if objective >= OUT_OF_REACH:
        return INFEASIBLE, 0, 0

    left_out = (first & -first) - 1
    out_option[0] = arg[first]
    out_set[0] = first
    n_shipments = 1
    s = everything & ~left_out & ~first
    k = last
    while s:
        take = tables[(3 * k + 2) * n_sets : (3 * k + 3) * n_sets]
        t = take[s]
        if t == 0:
            t = s & -s
            left_out |= t
        else:
            out_option[n_shipments] = arg[t]
            out_set[n_shipments] = t
            n_shipments += 1
            k = max(0, k - 1)
        s ^= t
    return objective, n_shipments, left_out


def solve(problem: OrderProblem) -> Plan:
    """The exact optimum of the order, shipments priced one by one (see the module for what that leaves out).

    Raises
    ------
    ValueError : more than ``MAX_LINES`` lines.
    """
    n_lines = problem.n_lines
    if n_lines > MAX_LINES:
        raise ValueError(f"n_lines must be <= {MAX_LINES} for the subset programme, got {n_lines}")
    size = workspace_size(n_lines, problem.max_shipments)
    work = np.empty(size + 2 * n_lines, np.int64)
    objective, n_shipments, left_out = solve_arrays(
        n_lines,
        len(problem.hold),
        problem.hold,
        problem.fixed,
        problem.line_cost,
        problem.row,
        problem.set_cost,
        problem.room,
        problem.units,
        problem.backorder_cost,
        problem.split_penalty,
        problem.shipment_weight,
        problem.max_shipments,
        work,
        work[size : size + n_lines],
        work[size + n_lines :],
    )
    if objective >= INFEASIBLE:
        return infeasible("order")
    item = work.item
    options = [item(size + k) for k in range(n_shipments)]
    sets = [item(size + n_lines + k) for k in range(n_shipments)]
    costs = [item(members) for members in sets]  # best(S), the first table of the workspace
    return plan_of_sets(problem, options, sets, costs, left_out, objective, "order")


def jointly_feasible(problem: OrderProblem, plan: Plan) -> bool:
    """Does the plan keep what its shipments share: the room of each capacity, and the stock of each SKU at each node?

    Reads ``OrderProblem.capacity``, ``sku`` and ``stock``; a plan of one shipment over distinct SKUs always does.
    """
    if len(plan.shipments) > 1:
        capacity = problem.node if problem.capacity is None else problem.capacity
        used: dict[int, int] = {}
        for shipment in plan.shipments:
            place = int(capacity[shipment.option])
            used[place] = used.get(place, 0) + sum(take.units for take in shipment.takes)
            if used[place] > problem.room[shipment.option]:
                return False
    if problem.sku is None or problem.stock is None:
        return True
    taken: dict[tuple[int, int], int] = {}
    for shipment in plan.shipments:
        for take in shipment.takes:
            cell = int(problem.node[shipment.option]), int(problem.sku[take.line])
            taken[cell] = taken.get(cell, 0) + take.units
            if taken[cell] > problem.stock[shipment.option, take.line]:
                return False
    return True
