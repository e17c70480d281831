"""One order of any size, whose sets of lines are too many for a table, or whose lines may be divided.

A shipment of option ``j`` that takes ``q[l]`` units of line ``l`` costs

    fixed[j] + sum_l unit_cost[j, l] q[l] + price(row[j], q)

``price`` is any function: cartons, billable weight, rates, surcharges; ``INFEASIBLE`` where the units can't go. For the
proof the caller gives, per row, what lies under it: with ``n`` packages, at least one and at least
``ceil(weight . q / package_limit)``,

    price(r, q) >= row_base[r] n + row_per_unit[r] . q        for every q but zero, all of it >= 0

``weight`` is any size of a unit of which a package holds ``package_limit``: its weight, or its volume where goods are bulky. For a
rate card take a line under every price of every carton, by the weight and the volume of what is in it: ``row_base`` is where the
line begins, ``row_per_unit`` its rise by the item plus what else every unit pays, rounded down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.problem import INFEASIBLE, Int32, Int64

Price = Callable[[int, Int64], int]
"""(row, units of each line: int64[L]) -> cost, or ``INFEASIBLE``."""


@dataclass(frozen=True, slots=True)
class LargeOrderProblem:
    """One order: L lines, J options (each used at most once), R rows of prices, N nodes, G SKUs, C capacities.

    Attributes
    ----------
    units : int64[L], >= 1.
    may_divide : bool[L]; a line that may not be divided goes whole in one shipment or is left out whole.
    backorder_cost : int64[L], per unit left out, ``INFEASIBLE`` where none may be.
    sku : int32[L], 0..G-1; lines of one SKU share its stock.
    node, capacity, row : int32[J]. Options of one capacity (a node's day) share its room.
    may_carry : bool[J, L]; False where the option may not carry the line, whatever the stock.
    fixed : int64[J]. unit_cost : int64[J, L], per unit.
    stock : int64[N, G], units. room : int64[C], units, ``UNLIMITED`` when nothing binds.
    price, row_base, row_per_unit : see the module; int64[R] and int64[R, L].
    price_never_falls : True promises that no price falls when units are added (``INFEASIBLE`` being the largest), which
        makes the proof easier. First fit packing can break it.
    weight, package_limit : int64[L], the size of a unit, and the most in one package; None and 0 say one package or more.
    split_penalty, shipment_weight, max_shipments : as in ``OrderProblem``.
    """

    units: Int64
    may_divide: NDArray[np.bool_]
    backorder_cost: Int64
    sku: Int32
    node: Int32
    capacity: Int32
    row: Int32
    may_carry: NDArray[np.bool_]
    fixed: Int64
    unit_cost: Int64
    stock: Int64
    room: Int64
    price: Price
    row_base: Int64
    row_per_unit: Int64
    split_penalty: int = 0
    shipment_weight: int = 0
    max_shipments: int = 0
    weight: Int64 | None = None
    package_limit: int = 0
    price_never_falls: bool = False

    @property
    def n_lines(self) -> int:
        return len(self.units)

    @property
    def n_options(self) -> int:
        return len(self.fixed)

    def __post_init__(self) -> None:
        lines, options = self.n_lines, self.n_options
        shapes: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "may_divide": (self.may_divide, (lines,)),
            "backorder_cost": (self.backorder_cost, (lines,)),
            "sku": (self.sku, (lines,)),
            "node": (self.node, (options,)),
            "capacity": (self.capacity, (options,)),
            "row": (self.row, (options,)),
            "may_carry": (self.may_carry, (options, lines)),
            "unit_cost": (self.unit_cost, (options, lines)),
            "row_per_unit": (self.row_per_unit, (len(self.row_base), lines)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise ValueError(f"{name}: expected shape {shape}, got {array.shape}")
        if (self.weight is None) != (self.package_limit == 0):
            raise ValueError(f"package_limit: expected one > 0 iff there are weights, got {self.package_limit}")
        if lines and self.units.min() < 1:
            raise ValueError(f"units: expected counts >= 1, got {self.units.min()}")

    def most(self) -> Int64:
        """int64[J, L]: the units of each line that one shipment of each option could take, alone."""
        stocked = np.minimum(self.stock[self.node][:, self.sku], self.room[self.capacity][:, None])
        stocked = np.where(self.may_carry, np.clip(stocked, 0, self.units), 0)
        whole = np.where(stocked >= self.units, self.units, 0)
        return np.where(self.may_divide, stocked, whole).astype(np.int64)

    def shipment_cost(self, option: int, units: Int64) -> int:
        """True cost of one shipment of ``units`` (int64[L], not all zero); ``INFEASIBLE`` where its price is."""
        price = self.price(int(self.row[option]), units)
        return INFEASIBLE if price >= INFEASIBLE else int(self.fixed[option] + self.unit_cost[option] @ units) + price
