"""What each node may give of a divided order, and at what cost: see ``divided_order``."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.large_order_problem import LargeOrderProblem
from solvers.problem import INFEASIBLE, Int32, Int64

MAX_OFFERS = 1 << 24
"""Ways to make up what the nodes may give from two shipments: some fifty milliseconds."""
OUT_OF_REACH = INFEASIBLE >> 1


class Offers(NamedTuple):
    """What each of M nodes may give, states ascending: those of node n are the rows ``ends[n]`` up to ``ends[n + 1]``.

    ``cost`` of the cheapest way, which is ``pieces`` shipments. ``node`` is the node's place among all.
    """

    ends: Int64  # [M + 1]
    state: Int32
    pieces: Int32
    cost: Int64
    node: Int64  # [M]

    def of(self, chosen: NDArray[np.bool_]) -> Self:
        """The offers of some nodes."""
        counts = np.diff(self.ends)
        kept = np.repeat(chosen, counts)
        ends = np.concatenate((np.zeros(1, np.int64), counts[chosen].cumsum()))
        return type(self)(ends, self.state[kept], self.pieces[kept], self.cost[kept], self.node[chosen])


class Nodes:
    """The nodes that can give anything, and what each may give."""

    def __init__(self, problem: LargeOrderProblem, amount: Int64, radix: Int64, price: Int64) -> None:
        step = np.where(problem.may_divide, 1, problem.units)
        most = problem.most() // step
        by_node = np.argsort(problem.node, kind="stable")
        by_node = by_node[most[by_node].any(axis=1)]
        nodes, starts = np.unique(problem.node[by_node], return_index=True)
        self._starts = np.append(starts, len(by_node))
        carried = np.maximum.reduceat(most[by_node] > 0, starts, axis=0) if len(nodes) else most[:0] > 0
        stocked = np.minimum(problem.stock[nodes][:, problem.sku], problem.units) // step
        self._of_node = np.where(carried, stocked, 0)  # what several days have room for together, none may alone
        self._n_options = np.diff(self._starts)
        self._arrays = (
            amount,
            radix,
            places_of(radix),
            by_node,
            most,
            problem.fixed,
            problem.unit_cost,
            problem.row,
            problem.room[problem.capacity],
            price,
            problem.split_penalty + problem.shipment_weight,
        )
        self._n_states = len(amount)

    def offers(self) -> Offers | None:
        """None where to find them would take too much work."""
        of_node = self._of_node
        if float(((of_node + 1.0) * (of_node + 2.0) / 2).prod(axis=1).sum()) > MAX_OFFERS:
            return None
        ends = np.concatenate((np.zeros(1, np.int64), ((of_node + 1).prod(axis=1) - 1).cumsum()))
        state, pieces = np.empty((2, int(ends[-1])), np.int32)
        offers = Offers(ends, state, pieces, np.empty(int(ends[-1]), np.int64), np.arange(len(of_node)))
        best, count, take = self._tables(int(self._n_options.max(initial=0)))
        _fill_offers(*self._arrays, self._starts, of_node, best, count, take, ends, state, pieces, offers.cost)
        return offers

    def shipments(self, given: Int64) -> tuple[list[int], list[int]]:
        """(options, states) of the shipments in which each node gives the state that stands for it."""
        options, states = [], []
        for n in np.flatnonzero(given).tolist():
            start, end = self._starts[n : n + 2].tolist()
            best, count, take = self._tables(end - start)
            _make_up(*self._arrays, start, end, self._of_node[n], best, count, take)
            left = int(given[n])
            for k in range(end - start, 0, -1):
                taken = int(take[k, left])
                if taken:
                    options.append(int(self._arrays[3][start + k - 1]))
                    states.append(taken)
                    left -= taken
        return options, states

    def _tables(self, n_options: int) -> tuple[Int64, Int64, Int64]:
        best, count, take = np.empty((3, n_options + 1, self._n_states), np.int64)
        return best, count, take


def places_of(radix: Int64) -> Int64:
    """int64[L]: what a unit of each digit adds to a state's number."""
    places: Int64 = np.concatenate((np.ones(1, np.int64), np.cumprod(radix)[:-1].astype(np.int64)))
    return places


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


@njit(cache=True, nogil=True)
def _costs(  # type: ignore[no-untyped-def]
    amount, places, j, most, fixed, unit_cost, row, room, price, charge, digit, states, cost
):
    """``cost[i]`` of a shipment of ``states[i]`` by option j, for every state that it can carry; how many they are."""
    found = 0
    digit[:] = 0
    w = _next(0, digit, most[j], places)
    while w:
        of_state = fixed[j] + charge + price[row[j], w]
        units = np.int64(0)
        if of_state < OUT_OF_REACH:
            for x in range(amount.shape[1]):
                units += amount[w, x]
                of_state += unit_cost[j, x] * amount[w, x]
            if units <= room[j]:
                states[found], cost[found] = w, of_state
                found += 1
        w = _next(w, digit, most[j], places)
    return found


@njit(cache=True, nogil=True)
def _make_up(  # type: ignore[no-untyped-def]
    amount,
    radix,
    places,
    by_node,
    most,
    fixed,
    unit_cost,
    row,
    room,
    price,
    charge,
    start,
    end,
    limit,
    best,
    count,
    take,
):
    """The cheapest way for a node to give each state up to ``limit`` with its first k options, each once.

    Filled are ``best[k]``, ``count[k]``, its shipments, and ``take[k]``, what the k-th option ships of it.
    """
    n_states, n_lines = amount.shape
    digit = np.zeros(n_lines, np.int64)
    states, cost = np.empty(n_states, np.int64), np.empty(n_states, np.int64)
    best[0], count[0], take[:] = OUT_OF_REACH, 0, 0
    best[0, 0] = 0
    for k in range(1, end - start + 1):
        j = by_node[start + k - 1]
        n_carried = _costs(amount, places, j, most, fixed, unit_cost, row, room, price, charge, digit, states, cost)
        best[k], count[k] = best[k - 1], count[k - 1]
        digit[:] = 0
        w = _next(0, digit, limit, places)
        while w:
            for i in range(n_carried):
                u = states[i]
                if u > w:
                    break
                total, shipments = cost[i] + best[k - 1, w - u], 1 + count[k - 1, w - u]
                if total < best[k, w] or (total == best[k, w] and total < OUT_OF_REACH and shipments < count[k, w]):
                    within = True
                    for x in range(n_lines):
                        within &= u // places[x] % radix[x] <= digit[x]
                    if within:
                        best[k, w], count[k, w], take[k, w] = total, shipments, u
            w = _next(w, digit, limit, places)


@njit(cache=True, nogil=True)
def _fill_offers(  # type: ignore[no-untyped-def]
    amount,  # int64[V, L]
    radix,  # int64[L]
    places,  # int64[L]
    by_node,  # int64[J], options by node
    most,  # int64[J, L], the most of each digit that the option can carry
    fixed,
    unit_cost,
    row,
    room,  # int64[J], units
    price,  # int64[R, V]
    charge,  # of every shipment
    starts,  # int64[M + 1], of each node's options in by_node
    of_node,  # int64[M, L], the most of each digit that the node has
    best,  # int64[most options of a node + 1, V], scratch, and the two that follow
    count,
    take,
    ends,  # see Offers
    out_state,
    out_pieces,
    out_cost,
):
    n_states, n_lines = amount.shape
    alone = np.empty(n_states, np.int64)
    states, cost = np.empty(n_states, np.int64), np.empty(n_states, np.int64)
    digit, inner = np.zeros(n_lines, np.int64), np.zeros(n_lines, np.int64)
    for n in range(of_node.shape[0]):
        at = ends[n]
        digit[:] = 0
        w = _next(0, digit, of_node[n], places)
        while w:
            out_state[at] = w
            alone[w] = OUT_OF_REACH
            at += 1
            w = _next(w, digit, of_node[n], places)
        for k in range(starts[n], starts[n + 1]):
            found = _costs(
                amount, places, by_node[k], most, fixed, unit_cost, row, room, price, charge, digit, states, cost
            )
            for i in range(found):
                alone[states[i]] = min(alone[states[i]], cost[i])
        several = False  # could more than one shipment from here be cheaper than one?
        for at in range(ends[n], ends[n + 1]):
            w = out_state[at]
            for x in range(n_lines):
                inner[x] = w // places[x] % radix[x]
            digit[:] = 0
            u = _next(0, digit, inner, places)
            while u < w and not several:
                several = alone[u] + alone[w - u] < alone[w]
                u = _next(u, digit, inner, places)
            if several:
                break
        if several:
            _make_up(
                amount,
                radix,
                places,
                by_node,
                most,
                fixed,
                unit_cost,
                row,
                room,
                price,
                charge,
                starts[n],
                starts[n + 1],
                of_node[n],
                best,
                count,
                take,
            )
        last = starts[n + 1] - starts[n]
        for at in range(ends[n], ends[n + 1]):
            w = out_state[at]
            out_cost[at] = best[last, w] if several else alone[w]
            out_pieces[at] = count[last, w] if several else 1
