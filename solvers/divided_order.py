"""One order whose lines may be divided, exact: a programme over units and nodes.

A state v says how many units of each line go: 0..units of a line that may be divided, none or all of another. Written as a
number of mixed radix, w <= v digit by digit is what one node may give of it:

    best_n(w) = min over the node's options j:  fixed[j] + sum_l unit_cost[j, l] w_l + price(row[j], w) + split + weight
                or of two or more shipments from the node that make up w
    F_n(v)    = min(F_{n-1}(v), min over w <= v that node n has: best_n(w) + F_{n-1}(v - w))
    optimum   = min_v F_N(v) - split penalty (once, if v > 0) + backorder of what v leaves

Each node is asked once, so its stock is never given twice; the subset programme of ``order.py`` need not ask that, as there
a line goes once. ``price`` is a table over the states, so it may be any function. An order of few units has few states: 2 x 7
for one unit and six, and mostly a node has one or two of them.

Left to the caller: what the shipments of one node share beyond its stock of each line (a day's room, the stock of a SKU that
stands on two lines, an option taken twice). Where a plan takes more of that than there is, ``solve`` returns None, and
``large_order`` has the answer.

Ties: fewer units left out, fewer shipments, then the first found, nodes and states ascending.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Certificate, Int64, Plan, PlannedShipment, Status, Take, infeasible

MAX_STATES = 1_024
MAX_WORK = 1 << 22
"""States times what nodes may give: some ten milliseconds."""
_NAME = "divided_order"
_OUT_OF_REACH = INFEASIBLE >> 1


def amounts(units: Int64, may_divide: NDArray[np.bool_]) -> Int64 | None:
    """int64[V, L]: the units of each line in each state; None where there are more than ``MAX_STATES``."""
    radix = np.where(may_divide, units, 1) + 1
    if np.log2(radix).sum() > np.log2(MAX_STATES) + 0.5 or np.prod(radix) > MAX_STATES:
        return None
    step = np.where(may_divide, 1, units)
    places = _places(radix)
    states = np.arange(int(np.prod(radix)))
    return np.ascontiguousarray((states[:, None] // places) % radix * step)


def solve(problem: LargeOrderProblem, amount: Int64, price: Int64) -> Plan | None:
    """The exact optimum; None where that would take too much work, or its shipments together more than there is.

    Parameters
    ----------
    amount : ``amounts(problem.units, problem.may_divide)``.
    price : int64[R, V], ``problem.price`` of each row and state, ``INFEASIBLE`` where it can't go; state 0 is not read.
    """
    radix = np.where(problem.may_divide, problem.units, 1) + 1
    most = problem.most() // np.where(problem.may_divide, 1, problem.units)
    by_node = np.argsort(problem.node, kind="stable")
    nodes, starts = np.unique(problem.node[by_node], return_index=True)
    of_node = np.maximum.reduceat(most[by_node], starts, axis=0) if len(nodes) else np.zeros((0, len(radix)), np.int64)
    if float((of_node + 1.0).prod(axis=1).sum()) * len(amount) > MAX_WORK:
        return None
    most_shipments = problem.max_shipments or int((radix - 1).sum())
    chosen = np.empty((2, int((radix - 1).sum()) + 1), np.int64)
    objective, n_shipments, sent = _solve(
        amount,
        radix,
        _places(radix),
        by_node,
        np.append(starts, len(by_node)),
        most,
        of_node,
        problem.fixed,
        problem.unit_cost,
        problem.row,
        problem.room[problem.capacity],
        np.minimum(problem.backorder_cost, _OUT_OF_REACH),
        price,
        problem.split_penalty,
        problem.shipment_weight,
        chosen[0],
        chosen[1],
    )
    if n_shipments > most_shipments:
        return None
    if objective >= _OUT_OF_REACH:
        return infeasible(_NAME)
    options, taken = chosen[:, :n_shipments].tolist()
    if not _together(problem, options, amount[taken]):
        return None
    shipments = []
    for option, state in zip(options, taken, strict=True):
        units = amount[state]
        cost = int(problem.fixed[option] + problem.unit_cost[option] @ units + price[problem.row[option], state])
        takes = tuple([Take(line, int(units[line])) for line in np.flatnonzero(units).tolist()])
        shipments.append(PlannedShipment(option, takes, cost))
    shipments.sort(key=lambda shipment: (shipment.takes[0].line, shipment.option))
    rest = problem.units - amount[sent]
    backorders = tuple([Take(line, int(rest[line])) for line in np.flatnonzero(rest).tolist()])
    cost = objective - problem.shipment_weight * len(shipments)
    return Plan(tuple(shipments), backorders, cost, Certificate(objective, objective, Status.OPTIMAL, solver=_NAME))


def _places(radix: Int64) -> Int64:
    """int64[L]: what a unit of each digit adds to a state's number."""
    places: Int64 = np.concatenate((np.ones(1, np.int64), np.cumprod(radix)[:-1].astype(np.int64)))
    return places


def _together(problem: LargeOrderProblem, options: list[int], taken: Int64) -> bool:
    """Do the shipments keep what they share? ``taken``: int64[shipments, L]."""
    if len(set(options)) < len(options):
        return False
    stock, room = problem.stock.copy(), problem.room.copy()
    for option, units in zip(options, taken, strict=True):
        node, place = problem.node[option], problem.capacity[option]
        np.subtract.at(stock[node], problem.sku, units)
        room[place] -= units.sum()
        if (stock[node, problem.sku[units > 0]] < 0).any() or room[place] < 0:
            return False
    return True


@njit("int64(int64, int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def _next(state, digit, most, places):  # type: ignore[no-untyped-def]
    """The next state digit by digit, none above ``most``; 0 after the last. ``digit`` goes along."""
    line = 0
    while line < digit.shape[0] and digit[line] == most[line]:
        state -= digit[line] * places[line]
        digit[line] = 0
        line += 1
    if line < digit.shape[0]:
        digit[line] += 1
        state += places[line]
    return state


@njit(
    "UniTuple(int64, 3)(int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[:, ::1], int64[:, ::1],"
    "int64[::1], int64[:, ::1], int32[::1], int64[::1], int64[::1], int64[:, ::1], int64, int64, int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def _solve(  # type: ignore[no-untyped-def]
    amount,  # int64[V, L]
    radix,  # int64[L]
    places,  # int64[L]
    by_node,  # int64[J], options by node
    starts,  # int64[M + 1], of each node's options in by_node
    most,  # int64[J, L], the most of each digit that the option can carry
    of_node,  # int64[M, L], that any option of the node can
    fixed,
    unit_cost,
    row,
    room,  # int64[J], units
    backorder,  # int64[L], per unit
    price,  # int64[R, V]
    split_penalty,
    shipment_weight,
    out_option,
    out_state,
):
    """(objective, number of shipments, the state that ships)."""
    n_states, n_lines = amount.shape
    n_nodes = of_node.shape[0]
    charge = split_penalty + shipment_weight
    sent = np.full(n_states, np.int64(_OUT_OF_REACH))  # F
    count = np.zeros(n_states, np.int64)
    sent[0] = 0
    took = np.zeros((n_nodes, n_states), np.int32)
    first = np.zeros((n_nodes, n_states), np.int32)  # of what a node gives, the first shipment
    arg = np.full((n_nodes, n_states), -1, np.int32)
    best, alone, pieces = np.empty(n_states, np.int64), np.empty(n_states, np.int64), np.empty(n_states, np.int64)
    given = np.empty(n_states, np.int64)
    digit, inner = np.zeros(n_lines, np.int64), np.zeros(n_lines, np.int64)
    for n in range(n_nodes):
        n_given = 0
        digit[:] = 0
        w = _next(0, digit, of_node[n], places)
        while w:
            given[n_given] = w
            n_given += 1
            best[w] = _OUT_OF_REACH
            w = _next(w, digit, of_node[n], places)
        for at in range(starts[n], starts[n + 1]):
            j = by_node[at]
            digit[:] = 0
            w = _next(0, digit, most[j], places)
            while w:
                cost = fixed[j] + charge + price[row[j], w]
                if cost < best[w]:
                    units = np.int64(0)
                    for x in range(n_lines):
                        units += amount[w, x]
                        cost += unit_cost[j, x] * amount[w, x]
                    if units <= room[j] and cost < best[w]:
                        best[w] = cost
                        arg[n, w] = j
                w = _next(w, digit, most[j], places)
        for i in range(n_given):  # two or more shipments from here; ascending, so that parts are known
            w = given[i]
            alone[w], pieces[w], first[n, w] = best[w], 1, w
            for x in range(n_lines):
                inner[x] = w // places[x] % radix[x]
            digit[:] = 0
            u = _next(0, digit, inner, places)
            while u:
                if u < w and alone[u] + best[w - u] < best[w]:
                    best[w] = alone[u] + best[w - u]
                    pieces[w] = 1 + pieces[w - u]
                    first[n, w] = u
                u = _next(u, digit, inner, places)
        for v in range(n_states - 1, 0, -1):
            for i in range(n_given):
                w = given[i]
                if w > v:
                    break
                if best[w] >= _OUT_OF_REACH or sent[v - w] >= _OUT_OF_REACH:
                    continue
                within = True
                for x in range(n_lines):
                    within &= amount[w, x] <= amount[v, x]
                total = best[w] + sent[v - w]
                shipments = pieces[w] + count[v - w]
                if within and (total < sent[v] or (total == sent[v] and shipments < count[v])):
                    sent[v], count[v], took[n, v] = total, shipments, w
    everything = n_states - 1
    objective, left_out, chosen = np.int64(INFEASIBLE), np.int64(0), np.int64(0)
    for v in range(n_states):
        if sent[v] >= _OUT_OF_REACH:
            continue
        total = sent[v] - (split_penalty if v else 0)
        units = np.int64(0)
        for x in range(n_lines):
            left = amount[everything, x] - amount[v, x]
            units += left
            if left:
                total = min(np.int64(INFEASIBLE), total + min(backorder[x], INFEASIBLE // left) * left)
        better = total < objective
        if total == objective:
            better = units < left_out or (units == left_out and count[v] < count[chosen])
        if better:
            objective, left_out, chosen = total, units, np.int64(v)
    n_shipments, here = np.int64(0), chosen
    for n in range(n_nodes - 1, -1, -1):
        w = took[n, here]
        here -= w
        while w:
            u = first[n, w]
            out_option[n_shipments], out_state[n_shipments] = arg[n, u], u
            n_shipments += 1
            w -= u
    return objective, n_shipments, chosen
