"""The published model of multi-item order fulfilment: its instances, its linear programme, its sequences of orders.

Ma, arXiv 2207.04774, section 5, after Jasin and Sinha 2015. Centres hold stock for T orders that arrive one by one, each of an
order type (a set of items, one unit each) from a city. An order pays 8.759 for each centre that it is served from and 0.423 +
0.000541 x miles for each unit; what is not served goes to one more centre at twice the price of the farthest one. Costs are
micros, so that the order programme of the engine decides them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import linprog

from benchmarks.horizon_places import CITIES, FIVE_CENTRES, TEN_CENTRES
from engine.network.geography import distances_m
from solvers.batch_problem import BatchProblem
from solvers.fluid_ascent import Float64
from solvers.problem import INFEASIBLE, UNLIMITED, Int64

FIXED, UNIT, PER_MILE = 8_759_000, 423_000, 541
_M_PER_MILE = 1609.344
_PLENTY = 1 << 30
"""Stock of the centre that stands for "not served"."""
_ALWAYS_SERVED = 1 << 50
"""Cost of an order of which nothing goes anywhere: above any plan's."""


@dataclass(frozen=True, slots=True)
class Network:
    """How large an instance is. ``carried``: the probability that a centre carries an item."""

    centres: tuple[tuple[str, float, float], ...]
    n_cities: int
    n_items: int
    widest: int
    types_of_a_size: int
    carried: float


SMALL = Network(FIVE_CENTRES, 10, 20, 5, 5, 0.75)
SMALL_PAIRS = Network(FIVE_CENTRES, 10, 20, 2, 5, 0.75)
BIG = Network(TEN_CENTRES, 99, 100, 10, 10, 0.5)


@dataclass(frozen=True, slots=True)
class Instance:
    """One draw of order types, rates and stock.

    Attributes
    ----------
    problem : order type x city as the orders of a batch, type by type; the last node is the one for what is not served.
    rate : float64[orders], the probability that an arrival is of that kind; what lacks to 1 is an empty order.
    n_orders : T.
    closest : int64[items, cities], the closest centre that carries the item, or the last node.
    """

    problem: BatchProblem
    rate: Float64
    n_orders: int
    closest: Int64
    n_cities: int

    @property
    def expected(self) -> Float64:
        """Expected orders of each kind over the horizon."""
        return self.rate * self.n_orders

    def sequence(self, rng: np.random.Generator) -> Int64:
        """int64[T] of order kinds; -1 is an empty order."""
        probabilities = np.append(self.rate, max(0.0, 1.0 - self.rate.sum()))
        drawn = rng.choice(len(probabilities), self.n_orders, p=probabilities / probabilities.sum())
        return np.where(drawn < len(self.rate), drawn, -1)

    def shuffled(self, rng: np.random.Generator) -> Float64:
        """The forecast that gives every city's demand to another city."""
        by_city = self.expected.reshape(-1, self.n_cities)
        return np.ascontiguousarray(by_city[:, rng.permutation(self.n_cities)]).ravel()


def draw(network: Network, n_orders: int, seed: int, safety: float = 0.5) -> Instance:
    """Order types, rates and stock by one seed; ``safety`` is z in b = T d + z sqrt(T d (1 - d))."""
    rng = np.random.default_rng(seed)
    cities = CITIES[: network.n_cities]
    population = np.array([city[3] for city in cities], np.float64)
    miles = np.array(
        [distances_m(lat, lon, [c[1] for c in cities], [c[2] for c in cities]) for _, lat, lon in network.centres]
    )
    miles = miles / _M_PER_MILE  # [centres, cities]
    sizes = np.repeat(np.arange(1, network.widest + 1), network.types_of_a_size)
    types = [rng.permutation(network.n_items)[:size] for size in sizes]
    of_size = rng.random(network.widest + 1)
    of_size /= of_size.sum()  # the first is the empty order's
    within = rng.random((network.widest, network.types_of_a_size))
    type_rate = (of_size[1:, None] * within / within.sum(axis=1, keepdims=True)).ravel()
    share = population / population.sum()
    carried = rng.random((network.n_items, len(network.centres))) < network.carried
    reach = np.where(carried[:, :, None], miles[None], np.inf)  # [items, centres, cities]
    closest = np.where(carried.any(axis=1, keepdims=True), reach.argmin(axis=1), len(network.centres))
    item_rate = np.zeros(network.n_items)
    for items, rate in zip(types, type_rate, strict=True):
        item_rate[items] += rate
    stock = np.zeros((network.n_items, len(network.centres) + 1), np.int32)
    for centre in range(len(network.centres)):
        d = item_rate * ((closest == centre) * share).sum(axis=1)
        stock[:, centre] = np.rint(n_orders * d + safety * np.sqrt(n_orders * d * (1.0 - d)))
    stock[:, -1] = _PLENTY
    problem = _as_batch(types, miles, stock)
    return Instance(problem, (type_rate[:, None] * share).ravel(), n_orders, closest.astype(np.int64), len(cities))


def _as_batch(types: list[NDArray[np.int64]], miles: Float64, stock: NDArray[np.int32]) -> BatchProblem:
    """Every order type from every city, with an option for each centre."""
    n_cities, n_nodes = miles.shape[1], stock.shape[1]
    unit = np.vstack((UNIT + PER_MILE * miles, 2 * (UNIT + PER_MILE * miles.max(axis=0))))
    unit = np.rint(unit).astype(np.int64)  # [nodes, cities]
    fixed = np.full(n_nodes, FIXED, np.int64)
    fixed[-1] = 2 * FIXED
    orders = len(types) * n_cities
    widths = np.repeat([len(items) for items in types], n_cities)
    holds = [
        [sum(1 << bit for bit, item in enumerate(items) if stock[item, n]) for n in range(n_nodes)] for items in types
    ]
    line_costs = [np.repeat(unit[:, city], len(items)) for items in types for city in range(n_cities)]
    return BatchProblem(
        line_start=np.append(0, np.cumsum(widths)).astype(np.int64),
        option_start=np.arange(0, (orders + 1) * n_nodes, n_nodes, dtype=np.int64),
        sku=np.concatenate([np.tile(items, n_cities) for items in types]).astype(np.int32),
        units=np.ones(widths.sum(), np.int32),
        backorder_cost=np.full(widths.sum(), INFEASIBLE, np.int64),
        unfilled_cost=np.full(orders, _ALWAYS_SERVED, np.int64),
        split_penalty=np.zeros(orders, np.int64),
        shipment_weight=np.zeros(orders, np.int64),
        max_shipments=np.zeros(orders, np.int32),
        priority=np.zeros(orders, np.int64),
        node=np.tile(np.arange(n_nodes, dtype=np.int32), orders),
        capacity=np.tile(np.arange(n_nodes, dtype=np.int32), orders),
        hold=np.repeat(np.array(holds, np.uint16), n_cities, axis=0).ravel(),
        fixed=np.tile(fixed, orders),
        line_cost=np.concatenate(line_costs),
        stock=stock,
        orders_most=np.full(n_nodes, UNLIMITED, np.int64),
        units_most=np.full(n_nodes, UNLIMITED, np.int64),
    )


@dataclass(frozen=True, slots=True)
class LinearProgramme:
    """The deterministic linear programme, solved: ``share`` float64[lines of all orders, nodes], ``price`` [items, nodes]."""

    value: float
    share: Float64
    price: Float64


def linear_programme(instance: Instance) -> LinearProgramme:
    """min sum_o demand_o (sum_n fixed y_on + sum_nl unit u_onl), sum_n u = 1, y >= u, sum demand u <= stock; by HiGHS."""
    problem, demand = instance.problem, instance.expected
    n_nodes = problem.n_nodes
    width = np.diff(problem.line_start)
    order_of_line = np.repeat(np.arange(problem.n_orders), width)
    line, node = np.divmod(np.arange(problem.n_lines * n_nodes), n_nodes)
    order = order_of_line[line]
    bit = line - problem.line_start[order]
    unit = problem.line_cost[problem.line_cost_start[order] + node * width[order] + bit]
    held = problem.hold[order * n_nodes + node] >> bit & 1
    n_u = len(line)
    cost = np.concatenate((demand[order] * unit, np.repeat(demand, n_nodes) * problem.fixed)) / 1e6
    each = np.arange(n_u)
    opened = sparse.coo_array(
        (np.repeat([1.0, -1.0], n_u), (np.tile(each, 2), np.concatenate((each, n_u + order * n_nodes + node)))),
        shape=(n_u, len(cost)),
    )
    row = problem.sku[line] * n_nodes + node
    used = sparse.coo_array((demand[order], (row, each)), shape=(problem.stock.size, len(cost)))
    whole = sparse.coo_array((np.ones(n_u), (line, each)), shape=(problem.n_lines, len(cost)))
    solved = linprog(
        cost,
        A_ub=sparse.vstack((opened, used)).tocsr(),
        b_ub=np.concatenate((np.zeros(n_u), problem.stock.ravel())),
        A_eq=whole.tocsr(),
        b_eq=np.ones(problem.n_lines),
        bounds=np.stack(
            (np.zeros(len(cost)), np.concatenate((held.astype(float), np.ones(problem.n_orders * n_nodes)))), 1
        ),
        method="highs",
    )
    if solved.status != 0:
        raise RuntimeError(f"the linear programme was not solved: {solved.message}")
    price = -solved.ineqlin.marginals[n_u:].reshape(problem.stock.shape) * 1e6
    share = np.clip(solved.x[:n_u].reshape(-1, n_nodes), 0.0, 1.0)
    return LinearProgramme(solved.fun * 1e6, share, np.maximum(price, 0.0))
