"""What options take from the rules of a batch, and the limits of those rules, as the solver's arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.network.batch_rules import EVERY_ORDER_BP, BatchRules
from engine.network.carriers import Pricing, ServiceLevel
from engine.network.network import Network
from engine.network.rates import fuel
from engine.routing.asking import Ask
from engine.routing.candidates import OPTION_DAY, OPTION_NODE, OPTION_SERVICE
from engine.routing.tables import Tables
from solvers.problem import UNLIMITED, Int32, Int64


class RuleRows:
    """One batch's rules over one network. Options are rows of (node, service, day column, ...)."""

    def __init__(self, network: Network, tables: Tables, rules: BatchRules) -> None:
        self._network, self._tables, self._rules = network, tables, rules
        self._couriers = [s for s, one in enumerate(network.services) if one.level is ServiceLevel.SAME_DAY]
        keys = [service.key for service in network.services]
        self._limits = [
            (tables.node_index[limit.node_id], keys.index((limit.carrier_id, limit.level)))
            for limit in rules.carrier_limits
        ]

    def ruled(self, options: Int64) -> NDArray[np.uint8]:
        """uint8[J]: 1 where the option takes from a rule of the batch."""
        ruled = self._limit_of(options) >= 0
        if self._rules.courier_budget is not None:
            ruled |= self._by_courier(options)
        return ruled.astype(np.uint8)

    def pickups(self, options: Int64) -> Int32 | None:
        """int32[J]: the carrier limit that the option takes from, -1 for none; None where there are no such limits."""
        return self._limit_of(options) if self._limits else None

    def spend(self, ask: Ask, options: Int64) -> Int64 | None:
        """int64[J]: what the courier asks for the way, besides what depends on the goods; -1: no courier. None: no budget."""
        if self._rules.courier_budget is None:
            return None
        spend = np.full(len(options), -1, np.int64)
        by_courier = np.flatnonzero(self._by_courier(options))
        if len(by_courier):
            assert ask.ship_to is not None  # couriers go to a destination
            distances = self._tables.lanes(ask.ship_to).distances.astype(np.int64)
            for j in by_courier.tolist():
                service = self._network.services[int(options[j, OPTION_SERVICE])]
                spend[j] = 0
                if service.pricing is Pricing.DISTANCE:
                    metres = int(distances[options[j, OPTION_NODE]])
                    price = service.base_price + service.price_per_km * metres // 1_000
                    spend[j] = price + fuel(service, price)
        return spend

    def pickups_most(self) -> Int64 | None:
        """int64[P], None where there are none."""
        return np.array([limit.shipments for limit in self._rules.carrier_limits], np.int64) if self._limits else None

    def budget_most(self) -> int:
        return UNLIMITED if self._rules.courier_budget is None else self._rules.courier_budget

    def splits_most(self, orders: int) -> int:
        """Of so many orders, those that may go in more than one shipment."""
        share = self._rules.max_split_bp
        return UNLIMITED if share == EVERY_ORDER_BP else orders * share // EVERY_ORDER_BP

    def least(self, options: Int64, orders_most: Int64) -> Int64 | None:
        """int64[N * H]: least orders of a node on the first day it can ship; a node that can't at all gets none."""
        if not self._rules.least_work:
            return None
        least = np.zeros(len(orders_most), np.int64)
        for work in self._rules.least_work:
            n = self._tables.node_index[work.node_id]
            days = options[options[:, OPTION_NODE] == n, OPTION_DAY]
            if len(days):
                c = n * self._tables.n_days + int(days.min())
                least[c] = min(work.orders, int(orders_most[c]))
        return least

    def _limit_of(self, options: Int64) -> Int32:
        found = np.full(len(options), -1, np.int32)
        for row, (n, service) in enumerate(self._limits):
            found[(options[:, OPTION_NODE] == n) & (options[:, OPTION_SERVICE] == service)] = row
        return found

    def _by_courier(self, options: Int64) -> NDArray[np.bool_]:
        """bool[J]: a same-day courier carries it."""
        return np.isin(options[:, OPTION_SERVICE], self._couriers)
