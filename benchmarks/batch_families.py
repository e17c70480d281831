"""Families of batches on the unit square, drawn from a seed: uniform, contended and two-tier.

Every figure of a shipment comes from its distance: ``d`` is 8 for each side of the square, a shipment costs ``base + d`` and
``0.25 (1 + d)`` for each unit of its weight. Money is in millionths, weights in thousandths. An order ships whole or not at
all, and costs ``unfilled`` when it does not (the two-tier family leaves out single lines). No candidate is cut: an order has an
option at every node that can ship one of its lines.

``uniform`` and ``contended`` are the families of the design's figures, which gives all of what they are made of. Of
``two_tier`` it gives the counts alone (5 warehouses, 45 stores, 8 candidates an order, 25 for a line left out); what is filled
in stands with ``TwoTier``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import BatchProblem
from solvers.problem import INFEASIBLE, UNLIMITED, Int32, Int64

MICROS = 1_000_000
_CHUNK = 4_000
"""Orders at a time: a chunk's table of (order, node) stays at 8 MB for 1,000 nodes."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Family:
    """What sets one family apart. Money in currency units.

    Attributes
    ----------
    used : share of its stock that a SKU's demand comes to; ``spare`` units on top.
    room : shipments that a node may make, in units of orders / nodes.
    popularity : demand of a SKU is in proportion to rank ** -popularity.
    lines : probability of 1, 2, ... lines in an order. units : of 1, 2, ... units of a line.
    held : least and most share of the nodes at which a SKU lies.
    """

    name: str
    used: float
    spare: int
    room: float
    popularity: float
    lines: tuple[float, ...] = (0.55, 0.22, 0.12, 0.07, 0.04)
    units: tuple[float, ...] = (1.0,)
    held: tuple[float, float] = (0.1, 0.4)
    orders_per_sku: int = 5
    base: float = 6.0
    unfilled: float = 60.0


UNIFORM = Family("uniform", used=0.8, spare=1, room=2.2, popularity=0.9)
CONTENDED = Family("contended", used=0.97, spare=0, room=1.35, popularity=1.1, units=(0.8, 0.15, 0.05))


@dataclass(frozen=True, slots=True)
class TwoTier:
    """Few warehouses with nearly everything, many stores with little; figures that the design leaves open.

    Every SKU lies at 4 of the 5 warehouses and at 30% of the stores; its stock is ``ceil(demand / used)``, three units of five
    at warehouses. A shipment's base is 4 from a warehouse, 5 from a store. A store ships at most a 60th of the orders, a
    warehouse a quarter. An order's candidates are the nearest by base + d that hold one of its lines.
    """

    warehouses: int = 5
    stores: int = 45
    skus: int = 2_000
    candidates: int = 8
    used: float = 0.9
    left_out: float = 25.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A batch with the places that it was drawn from: ``node_at`` float64[N, 2], ``order_at`` float64[O, 2]."""

    name: str
    problem: BatchProblem
    node_at: Floats
    order_at: Floats

    def distances(self, order: int) -> Int64:
        """int64[N], millionths of the square's side."""
        return _micros(np.hypot(*(self.node_at - self.order_at[order]).T))


def draw(family: Family, n_orders: int, n_nodes: int, seed: int = 1) -> Instance:
    """The same family, size and seed give the same instance, on any machine."""
    rng = np.random.default_rng((seed, n_orders, n_nodes))
    node_at, order_at = rng.random((n_nodes, 2)), rng.random((n_orders, 2))
    n_skus = max(len(family.lines), n_orders // family.orders_per_sku)
    grams = rng.integers(300, 6_001, n_skus)
    line_start, sku = _draw_lines(rng, n_orders, n_skus, family.popularity, family.lines)
    units = rng.choice(len(family.units), len(sku), p=family.units).astype(np.int32) + 1
    demand = np.bincount(sku, units, n_skus)
    total = np.ceil(np.round(demand / family.used, 9)).astype(np.int64) + family.spare
    stock = _spread(rng, total, _held(rng, n_skus, n_nodes, family.held))
    problem = _problem(
        line_start, sku, units, grams, stock, node_at, order_at, np.full(n_nodes, _money(family.base)), None
    )
    problem = replace(
        problem,
        unfilled_cost=np.full(n_orders, _money(family.unfilled)),
        orders_most=np.full(n_nodes, int(family.room * n_orders / n_nodes)),
    )
    return Instance(f"{family.name} {n_orders:,} x {n_nodes:,}", problem, node_at, order_at)


def draw_two_tier(n_orders: int = 10_000, seed: int = 1, shape: TwoTier | None = None) -> Instance:
    """Lines may be left out one by one; of an order of which nothing ships, every line is."""
    shape = shape or TwoTier()
    rng = np.random.default_rng((seed, n_orders))
    n_nodes = shape.warehouses + shape.stores
    node_at, order_at = rng.random((n_nodes, 2)), rng.random((n_orders, 2))
    is_store = np.arange(n_nodes) >= shape.warehouses
    grams = rng.integers(300, 6_001, shape.skus)
    line_start, sku = _draw_lines(rng, n_orders, shape.skus, 0.9, UNIFORM.lines)
    units = np.ones(len(sku), np.int32)
    total = np.ceil(np.bincount(sku, minlength=shape.skus) / shape.used).astype(np.int64)
    at_stores = rng.binomial(total, 0.4)
    held = rng.random((shape.skus, n_nodes)) < 0.3
    held[:, : shape.warehouses] = True
    held[np.arange(shape.skus), rng.integers(0, shape.warehouses, shape.skus)] = False
    held[np.arange(shape.skus), rng.integers(shape.warehouses, n_nodes, shape.skus)] = True
    stock = _spread(rng, total - at_stores, held & ~is_store) + _spread(rng, at_stores, held & is_store)
    base = np.where(is_store, _money(5.0), _money(4.0))
    problem = _problem(line_start, sku, units, grams, stock, node_at, order_at, base, shape.candidates)
    problem = replace(
        problem,
        backorder_cost=np.full(len(sku), _money(shape.left_out)),
        unfilled_cost=np.diff(line_start) * _money(shape.left_out),
        orders_most=np.where(is_store, n_orders // 60, n_orders // 4),
    )
    return Instance(f"two-tier {n_orders:,} x {n_nodes:,}", problem, node_at, order_at)


def _money(amount: float) -> int:
    return round(amount * MICROS)


def _micros(values: Floats) -> Int64:
    return np.rint(values * MICROS).astype(np.int64)


def _draw_lines(
    rng: np.random.Generator, n_orders: int, n_skus: int, popularity: float, lines: tuple[float, ...]
) -> tuple[Int64, Int32]:
    """Starts of the orders' lines, and their SKUs, all different within an order, each by its popularity."""
    widths = rng.choice(len(lines), n_orders, p=np.array(lines) / sum(lines)) + 1
    line_start = np.concatenate(([0], np.cumsum(widths))).astype(np.int64)
    weight = np.arange(1, n_skus + 1) ** -popularity
    rank = np.cumsum(weight / weight.sum())
    order_of = np.repeat(np.arange(n_orders), widths)
    sku = np.empty(len(order_of), np.int64)
    again = np.arange(len(order_of))
    while len(again):
        sku[again] = np.minimum(np.searchsorted(rank, rng.random(len(again)), side="right"), n_skus - 1)
        by_sku = np.lexsort((np.arange(len(sku)), sku, order_of))
        same = (np.diff(order_of[by_sku]) == 0) & (np.diff(sku[by_sku]) == 0)
        again = np.sort(by_sku[1:][same])  # of two lines alike the later is drawn anew
    return line_start, sku.astype(np.int32)


def _held(rng: np.random.Generator, n_skus: int, n_nodes: int, share: tuple[float, float]) -> NDArray[np.bool_]:
    """bool[K, N]: each SKU lies at a share of the nodes, the share drawn evenly, and at least at one."""
    count = np.maximum(1, np.rint(rng.uniform(*share, n_skus) * n_nodes)).astype(np.int64)
    held = np.zeros((n_skus, n_nodes), bool)
    for start in range(0, n_skus, _CHUNK):
        here = slice(start, min(start + _CHUNK, n_skus))
        order = np.argsort(rng.random((here.stop - start, n_nodes), np.float32), axis=1)
        np.put_along_axis(held[here], order, np.arange(n_nodes) < count[here, None], axis=1)
    return held


def _spread(rng: np.random.Generator, total: Int64, held: NDArray[np.bool_]) -> Int32:
    """int32[K, N]: each SKU's units over the nodes that hold it, by shares drawn from Dirichlet(1)."""
    n_skus, n_nodes = held.shape
    stock = np.zeros((n_skus, n_nodes), np.int32)
    for start in range(0, n_skus, _CHUNK):
        here = slice(start, min(start + _CHUNK, n_skus))
        share = np.where(held[here], rng.standard_exponential(held[here].shape), 0.0)
        cumulated = np.cumsum(share, axis=1)
        of_sku = np.repeat(np.arange(here.stop - start), total[here])
        point = rng.random(len(of_sku)) * cumulated[of_sku, -1]
        flat = (cumulated + _offsets(cumulated)[:, None]).ravel()
        cell = np.searchsorted(flat, point + _offsets(cumulated)[of_sku], side="right")
        stock[here] = np.bincount(np.minimum(cell, stock[here].size - 1), minlength=stock[here].size).reshape(
            -1, n_nodes
        )
    return stock


def _offsets(cumulated: Floats) -> Floats:
    """What lifts every row above the one before it, so that one search serves them all."""
    return np.concatenate(([0.0], np.cumsum(cumulated[:-1, -1])))


def _problem(
    line_start: Int64,
    sku: Int32,
    units: Int32,
    grams: Int64,
    stock: Int32,
    node_at: Floats,
    order_at: Floats,
    base: Int64,
    candidates: int | None,
) -> BatchProblem:
    """The batch with nothing left out for less than ``INFEASIBLE`` and no limit of capacity; callers set those."""
    n_orders, n_nodes = len(order_at), len(node_at)
    parts: list[tuple[NDArray[Any], ...]] = []
    for start in range(0, n_orders, _CHUNK):
        here = slice(start, min(start + _CHUNK, n_orders))
        parts.append(_options(here, line_start, sku, units, grams, stock, node_at, order_at, base, candidates))
    count, node, hold, fixed, line_cost = (np.concatenate(part) for part in zip(*parts, strict=True))
    nothing = np.zeros(n_orders, np.int64)
    return BatchProblem(
        line_start=line_start,
        option_start=np.concatenate(([0], np.cumsum(count))).astype(np.int64),
        sku=sku,
        units=units,
        backorder_cost=np.full(len(sku), INFEASIBLE),
        unfilled_cost=nothing,
        split_penalty=nothing,
        shipment_weight=nothing,
        max_shipments=nothing.astype(np.int32),
        priority=nothing,
        node=node,
        capacity=node,
        hold=hold,
        fixed=fixed,
        line_cost=line_cost,
        stock=stock,
        orders_most=np.full(n_nodes, UNLIMITED),
        units_most=np.full(n_nodes, UNLIMITED),
    )


def _options(
    here: slice,
    line_start: Int64,
    sku: Int32,
    units: Int32,
    grams: Int64,
    stock: Int32,
    node_at: Floats,
    order_at: Floats,
    base: Int64,
    candidates: int | None,
) -> tuple[NDArray[Any], ...]:
    """Of some orders: options each, then of the options node, hold, fixed, and the blocks of line costs."""
    first, widths = line_start[here.start : here.stop], np.diff(line_start[here.start : here.stop + 1])
    holds = np.zeros((len(first), len(node_at)), np.uint16)
    for line in range(int(widths.max(initial=0))):
        wide = np.flatnonzero(widths > line)
        at = first[wide] + line
        holds[wide] |= (stock[sku[at]] >= units[at][:, None]).astype(np.uint16) << np.uint16(line)
    distance = 8 * np.hypot(*(order_at[here, None, :] - node_at[None, :, :]).transpose(2, 0, 1))
    if candidates is not None:
        ranked = np.argsort(np.where(holds > 0, base + _micros(distance), INFEASIBLE), axis=1, kind="stable")
        np.put_along_axis(holds, ranked[:, candidates:], np.uint16(0), axis=1)
    order, node = np.nonzero(holds)
    d = _micros(distance[order, node])
    widths_of_options = widths[order]
    option = np.repeat(np.arange(len(order)), widths_of_options)
    line = np.arange(len(option)) - np.repeat(np.cumsum(widths_of_options) - widths_of_options, widths_of_options)
    at = first[order[option]] + line
    by_weight = (MICROS + d[option]) * (grams[sku[at]] * units[at]) // 4_000
    count = np.bincount(order, minlength=len(first))
    return count, node.astype(np.int32), holds[order, node], base[node] + d, by_weight
