"""A batch from many orders that were sourced one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import MAX_LINES, BatchProblem, Bool
from solvers.problem import UNLIMITED, Int32, Int64, OrderProblem


class BatchBuilder:
    """Adds orders, then builds the batch. What is added is copied, so the arrays of an ``OrderProblem`` may be used again."""

    def __init__(self) -> None:
        self._columns: dict[str, list[NDArray[Any]]] = {}
        self._orders: list[tuple[int, int, int, int, int, bool]] = []

    def __len__(self) -> int:
        return len(self._orders)

    def add(
        self,
        order: OrderProblem,
        sku: Int32,
        capacity: Int32,
        unfilled_cost: int,
        *,
        priority: int = 0,
        vip: bool = False,
        pickup: Int32 | None = None,
        spend: Int64 | None = None,
    ) -> int:
        """Add one order; returns its index.

        ``sku`` int32[L] and ``capacity``, ``pickup``, ``spend`` [J] are in the batch's indices, as in ``BatchProblem``; the
        order's own ``room``, ``capacity``, ``sku`` and ``stock`` are not read. Its ``backorder_cost`` must be without weights.

        Raises
        ------
        ValueError : more than ``MAX_LINES`` lines.
        """
        n_lines, n_options = order.n_lines, order.n_options
        if not 1 <= n_lines <= MAX_LINES:
            raise ValueError(f"n_lines: expected 1..{MAX_LINES} for a batch, got {n_lines}; route wider orders apart")
        rows, row = np.unique(order.row, return_inverse=True)
        parts: dict[str, NDArray[Any]] = {
            "width": np.array([n_lines], np.int64),
            "options": np.array([n_options], np.int64),
            "sku": sku.astype(np.int32),
            "units": order.units.astype(np.int32),
            "backorder_cost": order.backorder_cost.astype(np.int64),
            "node": order.node.astype(np.int32),
            "capacity": capacity.astype(np.int32),
            "hold": (order.hold & ((1 << n_lines) - 1)).astype(np.uint16),
            "fixed": order.fixed.astype(np.int64),
            "line_cost": order.line_cost[:n_options, :n_lines].astype(np.int64).ravel(),
            "row": row.astype(np.int32).reshape(-1),
            "set_cost": order.set_cost[rows, : 1 << n_lines].astype(np.int64).ravel(),
            "sets": np.array([len(rows) << n_lines], np.int64),
            "pickup": np.full(n_options, -1, np.int32) if pickup is None else pickup.astype(np.int32),
            "spend": np.full(n_options, -1, np.int64) if spend is None else spend.astype(np.int64),
        }
        for name, part in parts.items():
            self._columns.setdefault(name, []).append(part)
        limits = order.split_penalty, order.shipment_weight, order.max_shipments
        self._orders.append((unfilled_cost, *limits, priority, vip))
        return len(self._orders) - 1

    def build(
        self,
        stock: Int32,
        orders_most: Int64,
        units_most: Int64,
        *,
        protected: Int32 | None = None,
        orders_least: Int64 | None = None,
        shortfall_cost: int = 0,
        pickups_most: Int64 | None = None,
        budget_most: int = UNLIMITED,
        splits_most: int = UNLIMITED,
    ) -> BatchProblem:
        """The batch of the orders added so far over what they share, as in ``BatchProblem``."""
        facts = np.array([each[:5] for each in self._orders], np.int64).reshape(-1, 5)
        vip: Bool = np.array([each[5] for each in self._orders], np.bool_)
        return BatchProblem(
            line_start=self._starts("width"),
            option_start=self._starts("options"),
            sku=self._joined("sku", np.int32),
            units=self._joined("units", np.int32),
            backorder_cost=self._joined("backorder_cost", np.int64),
            unfilled_cost=facts[:, 0].copy(),
            split_penalty=facts[:, 1].copy(),
            shipment_weight=facts[:, 2].copy(),
            max_shipments=facts[:, 3].astype(np.int32),
            priority=facts[:, 4].copy(),
            node=self._joined("node", np.int32),
            capacity=self._joined("capacity", np.int32),
            hold=self._joined("hold", np.uint16),
            fixed=self._joined("fixed", np.int64),
            line_cost=self._joined("line_cost", np.int64),
            stock=stock,
            orders_most=orders_most,
            units_most=units_most,
            protected=protected,
            vip=None if protected is None else vip,
            orders_least=orders_least,
            shortfall_cost=shortfall_cost,
            row=self._joined("row", np.int32),
            set_start=self._starts("sets"),
            set_cost=self._joined("set_cost", np.int64),
            pickup=None if pickups_most is None else self._joined("pickup", np.int32),
            pickups_most=pickups_most,
            spend=None if budget_most == UNLIMITED else self._joined("spend", np.int64),
            budget_most=budget_most,
            splits_most=splits_most,
        )

    def _joined(self, name: str, dtype: Any) -> NDArray[Any]:
        parts = self._columns.get(name, [])
        return np.concatenate(parts) if parts else np.zeros(0, dtype)

    def _starts(self, name: str) -> Int64:
        return np.concatenate(([0], np.cumsum(self._joined(name, np.int64)))).astype(np.int64)
