"""The same orders in the same sequence from the same opening stock, decided in this process by any solver or rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.inventory.capacity_days import CapacityDays
from engine.network.network import StockRow
from engine.routing.assembly import Claims, assemble, claims_of
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.stock import HORIZON_MARGIN_DAYS, first_day_of
from server.demo.outcome import Outcome, outcome_of
from solvers.problem import UNLIMITED, Int64


class Shelves:
    """A ``Stock`` that decisions use up: ATP by SKU and node, room by node and day."""

    def __init__(self, planner: Planner, opening: Sequence[StockRow], first_day: int) -> None:
        network, tables = planner.network, planner.sourcing.tables
        self.atp = np.zeros((len(network.items), len(network.nodes)), np.int32)
        self.protected = np.zeros_like(self.atp)
        for row in opening:
            k, n = tables.item_index[row.sku], tables.node_index[row.node_id]
            safety = network.nodes[n].safety_stock if row.safety_stock is None else row.safety_stock
            self.atp[k, n] = row.on_hand - safety
            self.protected[k, n] = row.protected
        self._days = CapacityDays(
            first_day,
            network.policy.horizon_days + HORIZON_MARGIN_DAYS,
            _limits([node.daily_order_capacity for node in network.nodes]),
            _limits([node.daily_unit_capacity for node in network.nodes]),
        )

    @property
    def orders_left(self) -> Int64:
        return self._days.orders_left

    @property
    def units_left(self) -> Int64:
        return self._days.units_left

    @property
    def first_day(self) -> int:
        return self._days.first_day

    def roll(self, first_day: int) -> None:
        """Move on to a later day."""
        if first_day > self.first_day:
            self._days.roll(first_day)

    def take(self, claims: Claims) -> None:
        """What a route claims is gone."""
        for k, n, units in claims.mirror_cells:
            self.atp[k, n] -= units
        self._days.hold(claims.mirror_days)


def replay(planner: Planner, opening: Sequence[StockRow], orders: Sequence[Order], solver: str) -> Iterator[Outcome]:
    """Each order decided at its own time, and what it takes taken. Orders come by time."""
    network, tables = planner.network, planner.sourcing.tables
    shelves = Shelves(planner, opening, first_day_of(orders[0].order_time))
    now = orders[0].order_time
    for order in orders:
        now = max(now, order.order_time)
        shelves.roll(first_day_of(now))
        decision = planner.decide(order, shelves, now, solver=solver)
        route = assemble(network, decision, order.order_id, now, 0, 0, reserve=True)
        shelves.take(claims_of(route, tables))
        yield outcome_of(route, network.policy.backorder_cost_per_unit)


def _limits(capacities: list[int | None]) -> NDArray[np.int64]:
    return np.array([UNLIMITED if capacity is None else capacity for capacity in capacities], dtype=np.int64)
