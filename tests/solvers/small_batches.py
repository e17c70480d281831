"""Small batches over scarce stock and room, in which every kind of row and of cost appears in some."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int64


def small_batch(seed: int, max_orders: int = 12) -> BatchProblem:
    """Up to ``max_orders`` orders of up to 4 lines, of up to 3 units, over 2 to 6 nodes, of up to two days and services each.

    Set costs are those of parcels: a step for each begun pound of the set, more by zone, and one set in thirty can't go. One
    instance in four has figures so small that ties are common.
    """
    rng = np.random.default_rng(seed)
    scale = int(rng.choice([3, 100, 1_000_000, 1_000_000]))
    n_orders, n_nodes = int(rng.integers(2, max_orders + 1)), int(rng.integers(2, 7))
    n_skus, n_days = int(rng.integers(2, 7)), int(rng.integers(1, 3))
    widths = rng.choice([1, 2, 3, 4], n_orders, p=[0.35, 0.3, 0.2, 0.15])
    line_start = np.concatenate(([0], np.cumsum(widths))).astype(np.int64)
    n_lines = int(line_start[-1])
    sku = rng.integers(0, n_skus, n_lines).astype(np.int32)
    units = rng.choice([1, 2, 3], n_lines, p=[0.6, 0.25, 0.15]).astype(np.int32)
    stock = _scarce_stock(rng, sku, units, n_skus, n_nodes)
    node_of, hold, fixed, line_cost, row, day, count = [], [], [], [], [], [], []
    sets, set_size = [], []
    for order in range(n_orders):
        here = slice(line_start[order], line_start[order + 1])
        held = (stock[sku[here]] >= units[here][:, None]).T
        carried = held & (rng.random(held.shape) < 0.9)
        nodes = np.repeat(np.arange(n_nodes), rng.integers(1, 3, n_nodes))
        nodes = nodes[carried[nodes].any(axis=1) & (rng.random(len(nodes)) < 0.9)]
        n_options, n_of = len(nodes), int(widths[order])
        count.append(n_options)
        node_of.append(nodes)
        hold.append((carried[nodes] << np.arange(n_of)).sum(axis=1))
        fixed.append(rng.integers(scale // 2, 3 * scale, n_options))
        costs = rng.integers(0, scale, (n_options, n_of)) * units[here]
        costs[rng.random(costs.shape) < 0.02] = INFEASIBLE
        line_cost.append(costs.ravel())
        row.append(rng.integers(0, 2, n_options))
        day.append(rng.integers(0, n_days, n_options))
        table = _parcel_table(rng, rng.integers(1, 8, n_of) * units[here], scale)
        sets.append(table.ravel())
        set_size.append(table.size)
    node = np.concatenate(node_of).astype(np.int32)
    n_options, n_capacities = len(node), n_nodes * n_days
    capacity = (node * n_days + np.concatenate(day)).astype(np.int32)
    backorder = rng.integers(scale, 6 * scale, n_lines)
    backorder[rng.random(n_lines) < rng.choice([0, 0.4, 1.0])] = INFEASIBLE
    tight = rng.random() < 0.7

    def binding(most: int, share: float) -> Int64:
        limit = rng.integers(0, most + 1, n_capacities)
        return np.where((rng.random(n_capacities) < share) & tight, limit, UNLIMITED).astype(np.int64)

    orders_most = binding(max(2, n_orders // 2), 0.7)
    rule = rng.random(6) < 0.2
    least = np.minimum(rng.integers(0, 3, n_capacities), orders_most)
    return BatchProblem(
        line_start=line_start,
        option_start=np.concatenate(([0], np.cumsum(count))).astype(np.int64),
        sku=sku,
        units=units,
        backorder_cost=backorder,
        unfilled_cost=rng.integers(4 * scale, 10 * scale, n_orders),
        split_penalty=_some(rng, n_orders, scale),
        shipment_weight=_some(rng, n_orders, 10 * scale),
        max_shipments=rng.choice([0, 0, 1, 2], n_orders).astype(np.int32),
        priority=_some(rng, n_orders, scale),
        node=node,
        capacity=capacity,
        hold=np.concatenate(hold).astype(np.uint16),
        fixed=np.concatenate(fixed),
        line_cost=np.concatenate(line_cost),
        stock=stock,
        orders_most=orders_most,
        units_most=binding(3 * n_orders // 2, 0.4),
        protected=rng.integers(0, 2, stock.shape).astype(np.int32) if rule[0] else None,
        vip=rng.random(n_orders) < 0.3 if rule[0] else None,
        orders_least=least if rule[1] else None,
        shortfall_cost=int(rng.integers(0, 2 * scale)),
        row=np.concatenate(row).astype(np.int32),
        set_start=np.concatenate(([0], np.cumsum(set_size))).astype(np.int64),
        set_cost=np.concatenate(sets),
        pickup=rng.integers(-1, 2, n_options).astype(np.int32) if rule[2] else None,
        pickups_most=rng.integers(0, n_orders, 2) if rule[2] else None,
        spend=np.where(rng.random(n_options) < 0.4, np.concatenate(fixed), -1) if rule[3] else None,
        budget_most=int(rng.integers(0, n_orders * scale)) if rule[3] else UNLIMITED,
        splits_most=int(rng.integers(0, n_orders // 3 + 1)) if rule[4] else UNLIMITED,
    )


def _scarce_stock(
    rng: np.random.Generator, sku: NDArray[Any], units: NDArray[Any], n_skus: int, n_nodes: int
) -> NDArray[np.int32]:
    """int32[K, N]: between half and one and a half times the demand of each SKU, anywhere."""
    total = np.bincount(sku, units, n_skus) * rng.uniform(0.5, 1.5)
    stock = np.zeros((n_skus, n_nodes), np.int32)
    for k in range(n_skus):
        share = rng.dirichlet(np.ones(n_nodes))
        stock[k] = rng.multinomial(int(np.ceil(total[k])), share)
    return stock


def _parcel_table(rng: np.random.Generator, weight: NDArray[Any], scale: int) -> Int64:
    """int64[2, 2**L]: not additive, as a begun pound is paid for whole, and now and then a set has no price."""
    table = np.zeros((2, 1 << len(weight)), np.int64)
    for lines in range(1, table.shape[1]):
        pounds = int(sum(w for line, w in enumerate(weight.tolist()) if lines >> line & 1))
        table[:, lines] = scale * (1 + pounds // 4) // 2
    table[1] += scale
    table[:, 1:] += rng.integers(0, 2, (2, table.shape[1] - 1))
    table[:, 1:][rng.random((2, table.shape[1] - 1)) < 1 / 30] = INFEASIBLE
    return table


def _some(rng: np.random.Generator, n_orders: int, most: int) -> Int64:
    """Zero for all orders in two instances of three."""
    values = rng.integers(0, most + 1, n_orders)
    return values if rng.random() < 1 / 3 else np.zeros(n_orders, np.int64)
