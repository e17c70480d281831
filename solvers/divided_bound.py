"""A proven bound on the plans of a divided order, which shows what nodes are worth asking.

With a price v[l] on a unit of line l the order falls apart into nodes: node n is worth

    rho_n(v) = min over the offers w of n:  cost_n(w) - v . w
    L(v)     = sum_l units[l] min(v[l], backorder[l]) + sum_n min(0, rho_n(v))

and L is below the cost of every plan (before its one split penalty comes off), a plan that asks node n costs at least
L + max(0, rho_n). Prices by subgradient steps of Polyak's length (1969, "Minimization of unsmooth functionals", USSR
Computational Mathematics and Mathematical Physics 9(3)), towards the cost of a plan that is known. Everything that is
compared is an integer, so it is a proof.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.divided_offers import Offers
from solvers.problem import INFEASIBLE, Int64

_STEPS = 80
_PATIENCE = 4
"""Steps without a better bound before they are halved."""
_DEAR = 1 << 50
"""In place of an infinite price."""


class Bounded:
    """A bound on plans over all ``offers`` and what it says of each node. ``amount``: int64[V, L]; units and backorder costs
    by line."""

    def __init__(self, offers: Offers, amount: Int64, units: Int64, backorder: Int64) -> None:
        self._offers = offers
        self._taken = np.ascontiguousarray(amount[offers.state])
        self._units = units
        self._most = np.minimum(backorder, _DEAR)
        self._backorder = backorder
        self._value, self._worth, _ = self._at(self._start())

    def liked(self, most_offers: int) -> NDArray[np.bool_]:
        """bool[M]: the nodes worth most, with so many offers together, one node at least."""
        order = np.argsort(self._worth, kind="stable")
        together = np.diff(self._offers.ends)[order].cumsum()
        found = np.zeros(len(order), np.bool_)
        found[order[: max(1, int(together.searchsorted(most_offers, "right")))]] = True
        return found

    def could_reach(self, cost: int) -> NDArray[np.bool_]:
        """bool[M]: the nodes that may be in a plan of no more than ``cost``."""
        could: NDArray[np.bool_] = self._value + np.maximum(0, self._worth) <= cost
        return could

    def ascend(self, cost: int) -> None:
        """Raise the bound towards ``cost``, which a plan is known to reach."""
        prices = self._start()
        value, _, slope = self._at(prices)
        scale, waited = 1.0, 0
        for _ in range(_STEPS):
            steep = float(slope @ slope)
            if steep == 0 or value >= cost:
                break
            step = scale * (cost - value) / steep
            prices = np.clip(prices + np.floor(step * slope).astype(np.int64), 0, self._most)
            value, worth, slope = self._at(prices)
            waited += 1
            if value > self._value:
                self._value, self._worth, waited = value, worth, 0
            if waited == _PATIENCE:
                scale, waited = scale / 2, 0

    def _at(self, prices: Int64) -> tuple[int, Int64, NDArray[np.float64]]:
        """(the bound, each node's worth, the bound's slope in the prices)."""
        worth = np.empty(len(self._offers.node), np.int64)
        taken = np.zeros(len(prices), np.int64)
        _worths(self._offers.ends, self._offers.cost, self._taken, prices, worth, taken)
        value = int(self._units @ np.minimum(prices, self._backorder)) + int(np.minimum(worth, 0).sum())
        slope = np.where(prices < self._backorder, self._units, 0) - taken
        return value, worth, slope.astype(np.float64)

    def _start(self) -> Int64:
        """int64[L]: what the last unit of each line would cost if every line went by itself."""
        offers, prices = self._offers, self._most.copy()
        by_node = np.repeat(np.arange(len(offers.node)), np.diff(offers.ends))
        for line in range(len(prices)):
            alone = (self._taken[:, line] > 0) & (self._taken.sum(axis=1) == self._taken[:, line])
            alone &= offers.cost < INFEASIBLE >> 1
            each = offers.cost[alone] // np.maximum(1, self._taken[alone, line])
            order = np.argsort(each, kind="stable")
            units = self._taken[alone, line][order]
            seen: dict[int, int] = {}
            total = 0
            for n, there, price in zip(
                by_node[alone][order].tolist(), units.tolist(), each[order].tolist(), strict=True
            ):
                total += max(0, there - seen.get(n, 0))
                seen[n] = max(there, seen.get(n, 0))
                if total >= self._units[line]:
                    prices[line] = min(price, int(prices[line]))
                    break
        return prices


@njit("void(int64[::1], int64[::1], int64[:, ::1], int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def _worths(ends, cost, taken, prices, worth, out_taken):  # type: ignore[no-untyped-def]
    """Fill ``worth`` and add up what the nodes worth asking would give: ``out_taken``, int64[L]."""
    for n in range(worth.shape[0]):
        least, at = np.int64(INFEASIBLE), -1
        for k in range(ends[n], ends[n + 1]):
            of_offer = cost[k]
            for line in range(prices.shape[0]):
                of_offer -= prices[line] * taken[k, line]
            if of_offer < least:
                least, at = of_offer, k
        worth[n] = least
        if least < 0:
            for line in range(prices.shape[0]):
                out_taken[line] += taken[at, line]
