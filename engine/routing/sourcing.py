"""Sourcing: order x network x stock -> OrderProblem, and what the options of that problem mean.

An order is asked once (``engine.routing.asking``). ``Sourcing.source`` lays it over the stock of a moment. Arrays are kept
between orders: a ``Sourced`` holds until the next ``source``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.network.carriers import Service, ServiceLevel
from engine.network.cost import CostModel
from engine.network.network import Network
from engine.routing.asking import Ask, Asking
from engine.routing.candidates import OPTION_DAY, OPTION_NODE, find_options, held
from engine.routing.set_costs import MAX_PACKAGES, fill_set_costs
from engine.routing.stock import Stock, first_day_of
from engine.routing.tables import Tables
from solvers.problem import INFEASIBLE, Int64, OrderProblem

MAX_TABULATED_LINES = 10
"""Above it the sets of lines are too many to price one by one."""


@dataclass(slots=True)
class Sourced:
    """A problem and its meaning: option j is (node, service, day) = ``options[j]``; ``tight`` days lacked room."""

    ask: Ask
    store: int
    problem: OrderProblem
    options: Int64  # [J, 3]
    tight: Int64  # [., 4]: node, day, orders left, units left
    first_day: int


def available(stock: Stock, items: Int64, vip: bool) -> Int64:
    """int64[L, N]: the units of each line's SKU that the order may take at each node, >= 0."""
    free = stock.atp[items].astype(np.int64)
    if not vip:
        free -= stock.protected[items]
    return np.maximum(free, 0)


class Sourcing:
    """Builds problems for one network. Not for use by several threads at once."""

    def __init__(self, network: Network, model: CostModel) -> None:
        self.network = network
        self.model = model
        self.tables = Tables(network, model)
        self.asking = Asking(network, model, self.tables)
        n_nodes = len(network.nodes)
        self._hold = np.zeros(n_nodes, np.int32)
        self._no_bids = np.zeros((1, 1), np.int64)
        self._capacity_shape = (n_nodes, self.tables.n_days)
        self._no_class = np.zeros(n_nodes, np.int16)
        self._no_zones = np.full((1, self.tables.n_services), -1, np.int16)
        self._no_distances = np.zeros(n_nodes, np.int32)
        self._no_arrivals = np.full((self.tables.n_services, self.tables.n_zones, self.tables.n_days), -1, np.int64)
        self._no_transfers = np.full((n_nodes, 3), -1, np.int64)
        self._no_transfer_days = np.full((n_nodes, self.tables.n_days), -1, np.int64)
        self._open = np.zeros((MAX_PACKAGES, 5), np.int64)
        self._packed = np.zeros((MAX_PACKAGES, 5), np.int64)
        self._tight = np.zeros((n_nodes * self.tables.n_days, 4), np.int64)
        self._line_costs: dict[int, Int64] = {}
        self._set_costs: dict[int, Int64] = {}
        self._grow(n_nodes * (len(network.services) + 1) + 64)

    def _grow(self, capacity: int) -> None:
        self._options = np.zeros((capacity, 3), np.int64)
        self._option_hold = np.zeros(capacity, np.int64)
        self._fixed = np.zeros(capacity, np.int64)
        self._row = np.zeros(capacity, np.int32)
        self._room = np.zeros(capacity, np.int64)
        self._node = np.zeros(capacity, np.int32)
        self._line_costs.clear()

    def source(self, ask: Ask, stock: Stock, now: int, store: int = -1, *, pruned: bool = False) -> Sourced:
        """The problem of the order with this stock at ``now``, the pickup lines handed over at ``store``.

        For at most ``MAX_TABULATED_LINES`` lines. Columns of the stock's capacity start at ``first_day_of(now)``.
        ``pruned`` leaves out options that the subset programme would never take: for no other solver, and not to be coupled.
        """
        tables, policy, n_lines = self.tables, self.network.policy, ask.n_lines
        held(stock.atp, stock.protected, ask.items, ask.units, ask.order.vip, ask.allowed, self._hold)
        if ask.kept.refused:
            for node, lines in self.refused(ask):
                self._hold[node] &= ~lines
        set_cost = self._set_costs.get(n_lines)
        if set_cost is None:
            n_rows = tables.n_services * tables.n_zones
            set_cost = self._set_costs[n_lines] = np.full((n_rows, 1 << n_lines), INFEASIBLE, np.int64)
        fill_set_costs(
            ask.items,
            ask.units,
            ask.ship_lines,
            1 if ask.ship_to is not None and ask.ship_to.residential else 0,
            policy.carbon_price_per_kg,
            tables.transfer_service if ask.pickup_lines else -1,
            tables.pickup_service,
            ask.services,
            tables.items,
            tables.cartons,
            tables.largest,
            tables.rules,
            tables.steps,
            tables.rates,
            tables.carbon,
            tables.served,
            tables.per_kg,
            self._open,
            self._packed,
            set_cost,
        )
        return self._source(ask, stock, now, store, set_cost, pruned)

    def source_held(self, ask: Ask, stock: Stock, now: int, store: int, hold: Int64) -> Sourced:
        """The same with what each node holds given (int64[N] of line bits), and no set costs."""
        self._hold[:] = hold
        return self._source(ask, stock, now, store, np.zeros((0, 0), np.int64), pruned=False)

    def _source(self, ask: Ask, stock: Stock, now: int, store: int, set_cost: Int64, pruned: bool) -> Sourced:
        policy, n_lines = self.network.policy, ask.n_lines
        n_options, n_tight = self._find(ask, stock, now, store, set_cost, pruned)
        backorder = ask.units * ask.left_out_cost(policy) if ask.partial else np.full(n_lines, INFEASIBLE, np.int64)
        split = policy.split_penalty
        limit = ask.max_shipments
        if ask.kept.shipments:
            if limit:
                n_options = 0 if ask.kept.shipments >= limit else n_options
                limit = max(1, limit - ask.kept.shipments)
            self._fixed[:n_options] += split  # every shipment follows one that is kept
            split = 0
        problem = OrderProblem(
            n_lines,
            self._option_hold[:n_options],
            self._fixed[:n_options],
            self._line_costs[n_lines][:n_options],
            self._row[:n_options],
            set_cost,
            self._room[:n_options],
            ask.units,
            self._node[:n_options],
            backorder,
            split,
            ask.shipment_weight,
            limit,
        )
        return Sourced(ask, store, problem, self._options[:n_options], self._tight[:n_tight], stock.first_day)

    def coupled(self, sourced: Sourced, stock: Stock) -> OrderProblem:
        """The same problem with what its shipments share: room by (node, day), and the stock of a SKU on several lines."""
        items = sourced.ask.items
        nodes, days = sourced.options[:, OPTION_NODE], sourced.options[:, OPTION_DAY]
        free = available(stock, items, sourced.ask.order.vip)
        return replace(
            sourced.problem,
            capacity=(nodes * self.tables.n_days + days).astype(np.int32),
            sku=np.unique(items, return_inverse=True)[1].astype(np.int32),
            stock=np.ascontiguousarray(free[:, nodes].T),
        )

    def refused(self, ask: Ask) -> list[tuple[int, int]]:
        """(node, bit set of lines) that it rejected before."""
        position = {line.line_id: 1 << x for x, line in enumerate(ask.order.lines)}
        return [
            (self.tables.node_index[node_id], sum(position.get(line_id, 0) for line_id in line_ids))
            for node_id, line_ids in ask.kept.refused
        ]

    def service(self, s: int) -> Service | ServiceLevel:
        """What an option's service column means."""
        if s < self.tables.pickup_service:
            return self.network.services[s]
        return ServiceLevel.PICKUP if s == self.tables.pickup_service else ServiceLevel.SHIP_TO_STORE

    def _find(self, ask: Ask, stock: Stock, now: int, store: int, set_cost: Int64, pruned: bool) -> tuple[int, int]:
        """Fill the option arrays from ``self._hold``; (how many options, how many tight days)."""
        tables, policy, first_day = self.tables, self.network.policy, stock.first_day
        if first_day != first_day_of(now):
            raise ValueError(f"stock.first_day must be {first_day_of(now)} at {now}, got {first_day}")
        if stock.orders_left.shape != self._capacity_shape or stock.units_left.shape != self._capacity_shape:
            raise ValueError(f"stock must have room for {self._capacity_shape}, got {stock.orders_left.shape}")
        days = tables.days(first_day)
        asked = np.array(
            (
                now,
                -1 if ask.promise_time is None else ask.promise_time,
                ask.late_allowed,
                policy.late_penalty_per_day,
                policy.horizon_days,
                ask.ship_lines,
                ask.pickup_lines,
                ask.cold_lines,
                ask.hazmat_lines,
                policy.cold_max_transit_days,
                store,
                -1 if ask.order.pickup_by is None else ask.order.pickup_by,
                tables.pickup_service,
                tables.transfer_service,
                ask.bids is not None,
                pruned,
            ),
            np.int64,
        )
        if ask.ship_lines and ask.ship_to is not None:
            lanes = tables.lanes(ask.ship_to)
            lane_class, class_zones, distances = lanes.class_of, lanes.class_zones, lanes.distances
            arrivals = tables.arrivals(ask.ship_to.place, first_day)
        else:
            lane_class, class_zones, distances = self._no_class, self._no_zones, self._no_distances
            arrivals = self._no_arrivals
        if store >= 0:
            transfers = tables.transfers(store, first_day)
            lane_rows, transfer_cutoffs, transfer_ready = transfers.lanes, transfers.cutoffs, transfers.ready
        else:
            lane_rows = self._no_transfers
            transfer_cutoffs = transfer_ready = self._no_transfer_days
        while True:
            line_cost = self._line_costs.get(ask.n_lines)
            if line_cost is None:
                line_cost = self._line_costs[ask.n_lines] = np.zeros((len(self._fixed), ask.n_lines), np.int64)
            n_options, n_tight = find_options(
                asked,
                ask.items,
                ask.units,
                self._hold,
                tables.nodes,
                tables.services,
                ask.services,
                days.midnights,
                days.cutoffs,
                days.opens,
                days.closes,
                lane_class,
                class_zones,
                distances,
                tables.transit,
                arrivals,
                lane_rows,
                transfer_cutoffs,
                transfer_ready,
                stock.orders_left,
                stock.units_left,
                self._no_bids if ask.bids is None else ask.bids.units,
                self._no_bids if ask.bids is None else ask.bids.days,
                set_cost,
                self._options,
                self._option_hold,
                self._fixed,
                line_cost,
                self._row,
                self._room,
                self._node,
                self._tight,
            )
            if n_options >= 0:
                return n_options, n_tight
            self._grow(2 * len(self._fixed))
