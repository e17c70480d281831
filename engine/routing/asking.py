"""Asking: an order in the network's indices, checked against it field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import PARCEL_LEVELS, ServiceLevel
from engine.network.cost import CostModel
from engine.network.network import Network
from engine.network.policy import Divide, Objective, Policy
from engine.network.zones import ShipTo
from engine.routing.order import Fulfilment, Order, PickupAt
from engine.routing.tables import COLD_LINE, HAZMAT_LINE, WHOLE_LINE, Tables
from solvers.problem import Int64

if TYPE_CHECKING:
    from engine.routing.bids import Bids

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
    """An order in the network's indices. ``stores``: where the pickup lines may be handed over; one is chosen.

    ``bids``: what it is to pay beside money, laid on by whoever decides it; None for nothing.
    """

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
    bids: Bids | None = None

    @property
    def n_lines(self) -> int:
        return len(self.items)

    def left_out_cost(self, policy: Policy) -> int:
        """Of one unit, in the objective."""
        return policy.backorder_cost_per_unit + self.shipment_weight * (self.n_lines + 1)


class Asking:
    """Asks orders of one network."""

    def __init__(self, network: Network, model: CostModel, tables: Tables) -> None:
        self.network = network
        self.model = model
        self.tables = tables
        services = network.services
        self._by_level = {
            level: np.array([s for s, service in enumerate(services) if service.level is level], np.int64)
            for level in ServiceLevel
        }
        self._parcels = np.array([s for s, service in enumerate(services) if service.level in PARCEL_LEVELS], np.int64)
        self._stores = np.array(self.tables.stores(), np.int64)

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
        to = order.destination
        found = self.model.zones.ship_to(to.country, to.postal_code, to.residential)
        if found is None:
            expected = f"a postal code of {to.country} that the network ships to"
            faults.append(FieldFault("destination.postal_code", to.postal_code, expected))
        return found

    def stores_near(self, order: Order, most: int) -> list[str]:
        """At most so many nodes that hand over: the order's own store, else the nearest to its destination."""
        faults: list[FieldFault] = []
        if order.pickup is not None:
            near = self._stores_of(order, self.ship_to(order, faults), faults)
        elif order.destination is not None:
            anywhere = replace(order, pickup=PickupAt(radius_m=EVERYWHERE_M))
            near = self._stores_of(anywhere, self.ship_to(order, faults), faults)
        else:
            near = ()
        if faults:
            raise InvalidInput(*faults)
        return [self.network.nodes[n].node_id for n in near[:most]]

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
        if faults:
            return allowed
        fits = allowed.copy()
        if order.only_nodes:
            named = np.zeros_like(fits)
            named[[index[node] for node in order.only_nodes]] = 1
            fits &= named
        fits[[index[node] for node in order.not_nodes]] = 0
        if order.only_node_types:
            fits &= np.maximum.reduce([self.tables.of_type[kind] for kind in order.only_node_types])
        for kind in order.not_node_types:
            fits[self.tables.of_type[kind] == 1] = 0
        return fits

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
