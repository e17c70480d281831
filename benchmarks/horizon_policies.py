"""The policies that decide one order after another, on live stock; compiled, as a figure takes millions of orders.

Every policy that weighs costs decides an order by the engine's own subset programme (``solvers.order``) at prices: zero for
exact myopic. Rules and roundings name a centre for each item, and what that has not goes unserved, as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from benchmarks.horizon_model import Instance, LinearProgramme
from benchmarks.horizon_rounding import DILATE, FORCE_OPEN, INDEPENDENT, JASIN_SINHA, round_order
from solvers import fluid
from solvers.fluid_ascent import Float64, FluidArrays, Work, ascend, drift, price_order, sweep, workspace
from solvers.problem import Int64

_SPLIT, _UNSERVED = 1 << 40, 1 << 45
"""Weights of a shipment and of an item not served in fewest splits: above any cost of an order, and above all its shipments."""
STEP = 1 / 240
"""Of a mean order's cost: how far one unit moves its price (about 5 cents of 12 dollars)."""
_RESOLVE_SWEEPS = 30


@dataclass(frozen=True, slots=True)
class Priced:
    """A policy that decides by cost plus prices.

    Attributes
    ----------
    start : "zero", "lp" (the linear programme's duals) or "fluid" (averaged in a dual ascent).
    renewals : how often the prices are solved anew, evenly over the horizon, on the stock left and the demand to come.
    adjusted : prices move with every order.
    trust : of the forecast, as in ``fluid.remaining_demand``.
    guarded : what is not served pays the least price at which it could be, so that prices choose between centres and do not
        turn away what a centre could serve.
    """

    start: str = "zero"
    renewals: int = 0
    adjusted: bool = False
    trust: float = np.inf
    guarded: bool = False
    fewest: bool = False


@dataclass(frozen=True, slots=True)
class Rounded:
    """A policy that rounds the linear programme's shares by a scheme of ``horizon_rounding``."""

    scheme: int


@dataclass(frozen=True, slots=True)
class Closest:
    """Every item from the closest centre that carries it, whatever it holds."""


Policy = Priced | Rounded | Closest

MYOPIC, OURS = "exact myopic", "look ahead: averaged, renewed, adjusted, guarded"
POLICIES: dict[str, Policy] = {
    "static closest": Closest(),
    "independent rounding": Rounded(INDEPENDENT),
    "Jasin-Sinha rounding": Rounded(JASIN_SINHA),
    "Ma, dilate": Rounded(DILATE),
    "Ma, force open": Rounded(FORCE_OPEN),
    "fewest splits": Priced(fewest=True),
    MYOPIC: Priced(),
    "prices: LP duals, static": Priced("lp"),
    "prices: averaged, static": Priced("fluid"),
    "prices: averaged, adjusted": Priced("fluid", adjusted=True),
    "prices: averaged, renewed 20 times": Priced("fluid", renewals=20),
    "prices: averaged, renewed, adjusted": Priced("fluid", renewals=20, adjusted=True),
    OURS: Priced("fluid", renewals=20, adjusted=True, trust=0.2, guarded=True),
}


class Replay:
    """One instance and what its policies know before the first order; then any number of sequences.

    Parameters
    ----------
    forecast : what the policies are told of the demand, float64[orders]; None: the truth.
    programme : for the policies that need it.
    """

    def __init__(
        self, instance: Instance, programme: LinearProgramme | None = None, forecast: Float64 | None = None
    ) -> None:
        self.instance = instance
        self._programme = programme
        self._expected = instance.expected if forecast is None else forecast
        problem = instance.problem
        self._arrays = fluid.arrays_of_batch(problem)
        self._fewest = _by_splits(self._arrays, problem.n_nodes)
        self._stock = problem.stock.astype(np.int64)
        self._no_room_price = np.zeros(problem.n_capacities)
        self._room = np.full(problem.n_capacities, np.inf)
        self._averaged = fluid.solve(problem, self._expected).unit.astype(np.float64)
        self.mean_cost = self._mean_cost(instance.expected)

    def cost(self, policy: Policy, orders: Int64, seed: int) -> int:
        """What serving a sequence costs, micros; ``seed`` is for what the policy draws."""
        out = workspace(self._arrays)
        stock = self._stock.copy()
        if isinstance(policy, Priced):
            start = {"zero": np.zeros(stock.shape), "fluid": self._averaged}
            if self._programme is not None:
                start["lp"] = self._programme.price
            return int(
                _decide_by_prices(
                    self._arrays,
                    self._fewest if policy.fewest else self._arrays,
                    orders,
                    stock,
                    start[policy.start].copy(),
                    self._expected,
                    policy.renewals,
                    policy.trust,
                    self.mean_cost * STEP if policy.adjusted else 0.0,
                    self.mean_cost * fluid.WARM_STEP,
                    policy.guarded,
                    out,
                )
            )
        if isinstance(policy, Rounded):
            assert self._programme is not None
            share = self._programme.share
            return int(_decide_by_rounding(self._arrays, orders, stock, share, policy.scheme, seed))
        return int(_decide_by_place(self._arrays, orders, stock, self.instance.closest))

    def hindsight(self, orders: Int64) -> float:
        """A lower bound on serving this very sequence, its orders known beforehand: the whole of it as one batch."""
        problem = self.instance.problem
        seen = np.bincount(orders[orders >= 0], minlength=problem.n_orders).astype(np.float64)
        return fluid.solve(problem, seen, sweeps=300, first_step=fluid.BOUND_STEP).bound

    def _mean_cost(self, demand: Float64) -> float:
        """Of an order, were there stock of everything everywhere it is carried."""
        zero = np.zeros(self._stock.shape)
        total = sweep(
            self._arrays, demand, zero, self._no_room_price, workspace(self._arrays), zero.copy(), self._room.copy()
        )
        return float(total) / max(1.0, float(demand.sum()))


def _by_splits(arrays: FluidArrays, n_nodes: int) -> FluidArrays:
    """The same orders with weights under which the least cost is the fewest items unserved, then the fewest shipments."""
    width = np.diff(arrays.line_start)
    order = np.repeat(np.arange(len(width)), width * n_nodes)
    option = (np.arange(len(order)) - arrays.line_cost_start[order]) // width[order]
    line_cost = np.where(option == n_nodes - 1, _UNSERVED, arrays.line_cost)
    return arrays._replace(shipment_weight=np.full(len(width), _SPLIT, np.int64), line_cost=line_cost)


@njit(cache=True, nogil=True)
def _decide_by_prices(
    costs: FluidArrays,
    objective: FluidArrays,
    orders: Int64,
    stock: Int64,
    price: Float64,
    expected: Float64,
    renewals: int,
    trust: float,
    step: float,
    first_step: float,
    guarded: bool,
    out: Work,
) -> int:
    """Each order by the cheapest plan at the prices of the moment; ``stock`` and ``price`` are used up."""
    horizon = len(orders)
    unserved = stock.shape[1] - 1
    no_price, no_room = np.zeros(unserved + 1), np.full(unserved + 1, np.inf)
    hold, may_not = np.zeros(unserved + 1, np.int64), costs.backorder_cost
    seen, demand = np.zeros(len(expected)), np.zeros(len(expected))
    total = 0
    for t in range(horizon):
        if renewals > 0 and t > 0 and t * renewals // horizon > (t - 1) * renewals // horizon:
            gone = t / horizon
            for o in range(len(expected)):
                by_now = expected[o] if trust == np.inf else (trust * expected[o] + seen[o]) / (trust + gone)
                demand[o] = by_now * (1.0 - gone)
            price[:, unserved] = 0.0
            ascend(
                costs,
                demand,
                stock.astype(np.float64),
                no_room,
                _RESOLVE_SWEEPS,
                first_step,
                price,
                no_price.copy(),
                out,
            )
        o = orders[t]
        if step > 0.0:
            drift(price, stock, horizon - t, step)
        if o < 0:
            continue
        seen[o] += 1.0
        first, n_lines = costs.line_start[o], costs.line_start[o + 1] - costs.line_start[o]
        hold[:] = 0
        for line in range(n_lines):
            item = costs.sku[first + line]
            least = np.inf
            for n in range(unserved + 1):
                if stock[item, n] > 0:
                    hold[n] |= 1 << line
                    if n < unserved:
                        least = min(least, price[item, n])
            price[item, unserved] = least if guarded and least < np.inf else 0.0
        _, n_shipments = price_order(objective, o, hold, may_not[first : first + n_lines], price, no_price, out)
        for k in range(n_shipments):
            node = out.option[k]
            total += costs.fixed[costs.option_start[o] + node]
            for line in range(n_lines):
                if out.lines[k] >> line & 1:
                    item = costs.sku[first + line]
                    total += costs.line_cost[costs.line_cost_start[o] + node * n_lines + line]
                    stock[item, node] -= 1
                    price[item, node] += step
    return total


@njit(cache=True, nogil=True)
def _serve(costs: FluidArrays, o: int, stock: Int64, chosen: Int64) -> int:
    """Take each item from the centre chosen for it, or leave it unserved where that has none; the cost of the order."""
    first, n_lines = costs.line_start[o], costs.line_start[o + 1] - costs.line_start[o]
    unserved = stock.shape[1] - 1
    opened, total = 0, 0
    for line in range(n_lines):
        item, node = costs.sku[first + line], chosen[line]
        if stock[item, node] <= 0:
            node = unserved
        stock[item, node] -= 1
        total += costs.line_cost[costs.line_cost_start[o] + node * n_lines + line]
        if not opened >> node & 1:
            opened |= 1 << node
            total += costs.fixed[costs.option_start[o] + node]
    return total


@njit(cache=True, nogil=True)
def _decide_by_rounding(costs: FluidArrays, orders: Int64, stock: Int64, share: Float64, scheme: int, seed: int) -> int:
    np.random.seed(seed)
    chosen = np.zeros(64, np.int64)
    total = 0
    for o in orders:
        if o >= 0:
            round_order(scheme, share[costs.line_start[o] : costs.line_start[o + 1]].T, chosen)
            total += _serve(costs, o, stock, chosen)
    return total


@njit(cache=True, nogil=True)
def _decide_by_place(costs: FluidArrays, orders: Int64, stock: Int64, closest: Int64) -> int:
    n_cities = closest.shape[1]
    chosen = np.zeros(64, np.int64)
    total = 0
    for o in orders:
        if o >= 0:
            first = costs.line_start[o]
            for line in range(costs.line_start[o + 1] - first):
                chosen[line] = closest[costs.sku[first + line], o % n_cities]
            total += _serve(costs, o, stock, chosen)
    return total
