"""Sourcing: order x network x stock -> OrderProblem, and what the options of that problem mean.

``Sourcing.ask`` checks an order against the network and turns it into indices, once. ``Sourcing.source`` lays those over
the stock of a moment and gives the problem. Arrays are kept between orders: a ``Sourced`` holds until the next ``source``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from msgspec.structs import replace as replace_fields
from numpy.typing import NDArray

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import PARCEL_LEVELS, Service, ServiceLevel
from engine.network.cost import CostModel
from engine.network.geography import find_place, normal_postal_code
from engine.network.network import Network
from engine.network.policy import Divide, Objective, Policy
from engine.network.zones import ShipTo
from engine.routing.candidates import OPTION_DAY, OPTION_NODE, find_options, held
from engine.routing.order import Fulfilment, Order, PickupAt
from engine.routing.set_costs import MAX_PACKAGES, fill_set_costs
from engine.routing.stock import Stock, first_day_of
from engine.routing.tables import COLD_LINE, HAZMAT_LINE, WHOLE_LINE, Tables
from solvers.problem import INFEASIBLE, Int64, OrderProblem

MAX_TABULATED_LINES = 10
"""Above it the sets of lines are too many to price one by one."""

SHIPMENTS_FIRST = 1 << 44
"""The shipment weight that makes fewest shipments the first objective: above the cost of any order (17 million)."""

_WEIGHTS = 1 << 53
"""What the weights of one order may add up to; those of very many units are smaller for it."""


EVERYWHERE_M = 25_000_000
"""More than half way round the earth."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What earlier decisions of the same order leave to this one.

    ``shipments`` that stay count as splits and against the limit. ``refused`` has (node id, line ids) that a node rejected:
    it is not asked for those lines again.
    """

    shipments: int = 0
    refused: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(slots=True)
class Ask:
    """An order in the network's indices. ``stores``: where the pickup lines may be handed over; one is chosen."""

    order: Order
    items: Int64  # [L]
    units: Int64  # [L]
    ship_lines: int
    pickup_lines: int
    cold_lines: int
    hazmat_lines: int
    ship_to: ShipTo | None
    services: Int64  # [C]
    promise_time: int | None
    late_allowed: bool
    allowed: NDArray[np.uint8]  # [N]
    stores: tuple[int, ...]
    partial: bool
    divisible_lines: int
    max_shipments: int
    shipment_weight: int
    kept: Kept

    @property
    def n_lines(self) -> int:
        return len(self.items)

    def left_out_cost(self, policy: Policy) -> int:
        """Of one unit, in the objective."""
        return policy.backorder_cost_per_unit + self.shipment_weight * (self.n_lines + 1)


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
    """Builds problems for one network and its prices. Not for use by several threads at once."""

    def __init__(self, network: Network, model: CostModel) -> None:
        self.network = network
        self.model = model
        self.tables = Tables(network, model)
        services = network.services
        self._by_level = {
            level: np.array([s for s, service in enumerate(services) if service.level is level], np.int64)
            for level in ServiceLevel
        }
        self._parcels = np.array([s for s, service in enumerate(services) if service.level in PARCEL_LEVELS], np.int64)
        self._stores = np.array(self.tables.stores(), np.int64)
        n_nodes = len(network.nodes)
        self._hold = np.zeros(n_nodes, np.int64)
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
        self._grow(n_nodes * (len(services) + 1) + 64)

    def _grow(self, capacity: int) -> None:
        self._options = np.zeros((capacity, 3), np.int64)
        self._option_hold = np.zeros(capacity, np.int64)
        self._fixed = np.zeros(capacity, np.int64)
        self._row = np.zeros(capacity, np.int32)
        self._room = np.zeros(capacity, np.int64)
        self._node = np.zeros(capacity, np.int32)
        self._line_costs.clear()

    def ask(self, order: Order, kept: Kept | None = None) -> Ask:
        """Check the order against the network. Raises InvalidInput naming every field that does not fit it."""
        faults: list[FieldFault] = []
        items = np.zeros(len(order.lines), np.int64)
        units = np.zeros(len(order.lines), np.int64)
        pickup = cold = hazmat = whole = 0
        index, flags = self.tables.item_index, self.tables.item_flags
        for line, asked in enumerate(order.lines):
            k = index.get(asked.sku)
            if k is None:
                faults.append(FieldFault(f"lines[{line}].sku", asked.sku, "a SKU of the network"))
                continue
            items[line] = k
            units[line] = asked.units
            bit = 1 << line
            if asked.fulfilment is Fulfilment.PICKUP:
                pickup |= bit
            if flags[k]:
                cold |= bit if flags[k] & COLD_LINE else 0
                hazmat |= bit if flags[k] & HAZMAT_LINE else 0
                whole |= bit if flags[k] & WHOLE_LINE else 0
        ship = ((1 << len(order.lines)) - 1) & ~pickup
        ship_to = self.ship_to(order, faults)
        stores = self._stores_of(order, ship_to, faults) if pickup else ()
        allowed = self._allowed(order, faults)
        promise = self._promise(order, ship_to, faults) if ship and ship_to else None
        if faults:
            raise InvalidInput(*faults)
        policy = self.network.policy
        late = order.late_allowed
        if late is None:
            late = policy.late_allowed and order.deliver_by is None
        divide = order.divide or policy.divide
        limits = [limit for limit in (order.max_shipments, policy.max_shipments) if limit]
        return Ask(
            order,
            items,
            units,
            ship,
            pickup,
            cold,
            hazmat,
            ship_to,
            self._services_of(order),
            promise,
            late,
            allowed,
            stores,
            policy.partial if order.partial is None else order.partial,
            0 if divide is Divide.NEVER else ((1 << len(order.lines)) - 1) & ~whole,
            min(limits, default=0),
            self._shipment_weight(units),
            kept or Kept(),
        )

    def _shipment_weight(self, units: Int64) -> int:
        """What puts shipments before cost; a unit left out weighs as much as a shipment of each line and one more."""
        if self.network.policy.objective is not Objective.SHIPMENTS:
            return 0
        return min(SHIPMENTS_FIRST, _WEIGHTS // ((len(units) + 1) * int(units.sum())))

    def ship_to(self, order: Order, faults: list[FieldFault]) -> ShipTo | None:
        """The order's destination, found in the network's places; else None, and the fault is added."""
        if order.destination is None:
            return None
        country, code = order.destination.country, order.destination.postal_code
        place = find_place(self.network.places, country, code)
        if place is None:
            expected = f"a postal code of {country} that the network ships to"
            faults.append(FieldFault("destination.postal_code", code, expected))
            return None
        return ShipTo(place, normal_postal_code(code), order.destination.residential)

    def stores_near(self, order: Order, most: int) -> list[str]:
        """At most so many nodes that hand over: the order's own store, else the nearest to its destination."""
        faults: list[FieldFault] = []
        if order.pickup is not None:
            near = self._stores_of(order, self.ship_to(order, faults), faults)
        elif order.destination is not None:
            anywhere = replace_fields(order, pickup=PickupAt(radius_m=EVERYWHERE_M))
            near = self._stores_of(anywhere, self.ship_to(order, faults), faults)
        else:
            near = ()
        if faults:
            raise InvalidInput(*faults)
        return [self.network.nodes[n].node_id for n in near[:most]]

    def source(self, ask: Ask, stock: Stock, now: int, store: int = -1, *, pruned: bool = False) -> Sourced:
        """The problem of the order with this stock at ``now``, the pickup lines handed over at ``store``.

        For at most ``MAX_TABULATED_LINES`` lines. Columns of the stock's capacity start at ``first_day_of(now)``.
        ``pruned`` leaves out options that the subset programme would never take: for no other solver, and not to be coupled.
        """
        tables, policy, n_lines = self.tables, self.network.policy, ask.n_lines
        held(stock.atp, stock.protected, ask.items, ask.units, ask.order.vip, ask.allowed, self._hold)
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
                tables.priced,
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
                tables.bid_prices,
                tables.capacity_prices(first_day),
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

    def _stores_of(self, order: Order, ship_to: ShipTo | None, faults: list[FieldFault]) -> tuple[int, ...]:
        """Where the order may be picked up, the nearest first."""
        assert order.pickup is not None  # Order has one where lines are picked up
        if order.pickup.node_id:
            node = self.tables.node_index.get(order.pickup.node_id)
            if node is None:
                faults.append(FieldFault("pickup.node_id", order.pickup.node_id, "a node of the network"))
                return ()
            return (node,) if ServiceLevel.PICKUP in self.network.nodes[node].services else ()
        if ship_to is None or not len(self._stores):
            return ()
        metres = self.tables.lanes(ship_to).distances[self._stores]
        nearest = np.argsort(metres, kind="stable")
        return tuple(self._stores[nearest[metres[nearest] <= order.pickup.radius_m]].tolist())

    def _allowed(self, order: Order, faults: list[FieldFault]) -> NDArray[np.uint8]:
        allowed = self.tables.allowed(order.channel)
        if not (order.only_nodes or order.not_nodes or order.only_node_types or order.not_node_types):
            return allowed
        index = self.tables.node_index
        for field in ("only_nodes", "not_nodes"):
            unknown = sorted(node for node in getattr(order, field) if node not in index)
            faults.extend(FieldFault(field, node, "a node of the network") for node in unknown)
        fits = [
            (not order.only_nodes or node.node_id in order.only_nodes)
            and node.node_id not in order.not_nodes
            and (not order.only_node_types or node.type in order.only_node_types)
            and node.type not in order.not_node_types
            for node in self.network.nodes
        ]
        return allowed & np.array(fits, np.uint8)

    def _promise(self, order: Order, ship_to: ShipTo, faults: list[FieldFault]) -> int | None:
        if order.deliver_by is None:
            return self.model.calendar.promise_time(order.service_level, order.order_time, ship_to.place)
        if order.deliver_by <= order.order_time:
            faults.append(
                FieldFault("deliver_by", str(order.deliver_by), f"a time after order_time {order.order_time}")
            )
        return order.deliver_by

    def _services_of(self, order: Order) -> Int64:
        if order.exact_service or order.service_level is ServiceLevel.SAME_DAY:
            return self._by_level[order.service_level]
        return self._parcels
