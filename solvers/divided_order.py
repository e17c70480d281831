"""One order whose lines may be divided, exact: a programme over units and nodes.

A state v says how many units of each line go: 0..units of a line that may be divided, none or all of another. Written as a
number of mixed radix, w <= v digit by digit is what one node may give of it:

    c_j(w)    = fixed[j] + sum_l unit_cost[j, l] w_l + price(row[j], w) + split + weight
    best_n(w) = min over the node's options j of c_j(w), or over several that make up w together, each once
    F_n(v)    = min(F_{n-1}(v), min over w <= v that node n has: best_n(w) + F_{n-1}(v - w))
    optimum   = min_v F_N(v) - split penalty (once, if v > 0) + backorder of what v leaves

Each node is asked once, so its stock is never given twice; the subset programme of ``order.py`` need not ask that, as there
a line goes once. ``price`` is a table over the states, so it may be any function. An order of few units has few states: 2 x 7
for one unit and six, and mostly a node has one or two of them.

Where the states are many, the programme runs over the nodes first that a bound likes (``divided_bound``); what it finds and
the bound show which others could be in a plan as good, mostly none, and it runs over them too.

Left to the caller: what the shipments of one node share beyond its stock of each line (a day's room, the stock of a SKU that
stands on two lines). Where a plan takes more of that than there is, ``solve`` returns None, and
``large_order`` has the answer.

Ties: fewer units left out, fewer shipments, then the first found, nodes and states ascending.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.divided_bound import Bounded
from solvers.divided_offers import OUT_OF_REACH, Nodes, Offers, places_of
from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Certificate, Int64, Plan, PlannedShipment, Status, Take, infeasible

MAX_STATES = 1_024
MAX_WORK = 1 << 22
"""States times what nodes may give: some ten milliseconds."""
_LITTLE_WORK = 1 << 16
"""Less than a bound takes."""
_NAME = "divided_order"


class _Found(NamedTuple):
    """The optimum over some nodes: ``states[n]`` is what the n-th of them gives, ``sent`` the state that ships."""

    objective: int
    sent: int
    n_shipments: int
    states: Int64


def amounts(units: Int64, may_divide: NDArray[np.bool_]) -> Int64 | None:
    """int64[V, L]: the units of each line in each state; None where there are more than ``MAX_STATES``."""
    radix = np.where(may_divide, units, 1) + 1
    if np.log2(radix).sum() > np.log2(MAX_STATES) + 0.5 or np.prod(radix) > MAX_STATES:
        return None
    step = np.where(may_divide, 1, units)
    places = places_of(radix)
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
    nodes = Nodes(problem, amount, radix, price)
    offers = nodes.offers()
    if offers is None:
        return None
    backorder = np.minimum(problem.backorder_cost, OUT_OF_REACH)
    found = _best(problem, amount, offers, backorder)
    if found is None or found.n_shipments > (problem.max_shipments or int((radix - 1).sum())):
        return None
    if found.objective >= OUT_OF_REACH:
        return infeasible(_NAME)
    options, taken = nodes.shipments(found.states)
    if not _together(problem, options, amount[taken]):
        return None
    shipments = []
    for option, state in zip(options, taken, strict=True):
        units = amount[state]
        cost = int(problem.fixed[option] + problem.unit_cost[option] @ units + price[problem.row[option], state])
        takes = tuple([Take(line, int(units[line])) for line in np.flatnonzero(units).tolist()])
        shipments.append(PlannedShipment(option, takes, cost))
    shipments.sort(key=lambda shipment: (shipment.takes[0].line, shipment.option))
    rest = problem.units - amount[found.sent]
    backorders = tuple([Take(line, int(rest[line])) for line in np.flatnonzero(rest).tolist()])
    cost = found.objective - problem.shipment_weight * len(shipments)
    certificate = Certificate(found.objective, found.objective, Status.OPTIMAL, solver=_NAME)
    return Plan(tuple(shipments), backorders, cost, certificate)


def _best(problem: LargeOrderProblem, amount: Int64, offers: Offers, backorder: Int64) -> _Found | None:
    """The optimum over all nodes; None where that would take too much work."""

    def over(some: Offers) -> _Found:
        states = np.zeros(len(some.ends) - 1, np.int64)
        objective, sent, n_shipments = _run(
            amount, some.ends, some.state, some.cost, some.pieces, backorder, problem.split_penalty, states
        )
        all_nodes = np.zeros(len(offers.ends) - 1, np.int64)
        all_nodes[some.node] = states
        return _Found(objective, sent, n_shipments, all_nodes)

    if len(amount) * len(offers.state) <= _LITTLE_WORK:
        return over(offers)
    bounded = Bounded(offers, amount, problem.units, backorder)
    few = bounded.liked(max(1, _LITTLE_WORK // len(amount)))
    found = over(offers.of(few))
    bounded.ascend(found.objective + problem.split_penalty)
    could = bounded.could_reach(found.objective + problem.split_penalty)
    if not (could & ~few).any():
        return found
    some = offers.of(could)
    return over(some) if len(amount) * len(some.state) <= MAX_WORK else None


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


@njit(
    "UniTuple(int64, 3)(int64[:, ::1], int64[::1], int32[::1], int64[::1], int32[::1], int64[::1], int64,int64[::1])",
    cache=True,
    nogil=True,
)
def _run(  # type: ignore[no-untyped-def]
    amount,  # int64[V, L]
    ends,  # see Offers
    state,
    offered,
    pieces,
    backorder,  # int64[L], per unit
    split_penalty,
    out_given,  # int64[M], out: the state that each node gives
):
    """(objective, the state that ships, number of shipments)."""
    n_states, n_lines = amount.shape
    n_nodes = ends.shape[0] - 1
    sent = np.full(n_states, np.int64(OUT_OF_REACH))  # F
    count = np.zeros(n_states, np.int64)
    sent[0] = 0
    took = np.zeros((n_nodes, n_states), np.int32)
    for n in range(n_nodes):
        for v in range(n_states - 1, 0, -1):
            for at in range(ends[n], ends[n + 1]):
                w = state[at]
                if w > v:
                    break
                total = offered[at] + sent[v - w]
                if total > sent[v] or total >= OUT_OF_REACH:
                    continue
                shipments = pieces[at] + count[v - w]
                if total == sent[v] and shipments >= count[v]:
                    continue
                within = True
                for x in range(n_lines):
                    within &= amount[w, x] <= amount[v, x]
                if within:
                    sent[v], count[v], took[n, v] = total, shipments, w
    everything = n_states - 1
    objective, left_out, chosen = np.int64(INFEASIBLE), np.int64(0), np.int64(0)
    for v in range(n_states):
        if sent[v] >= OUT_OF_REACH:
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
    here = chosen
    for n in range(n_nodes - 1, -1, -1):
        out_given[n] = took[n, here]
        here -= took[n, here]
    return objective, chosen, count[chosen]
