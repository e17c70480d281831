"""The cost of a shipment: the reference that every other reckoning of it is compared with (docs/model.md)."""

from __future__ import annotations

import copy
from typing import NamedTuple, Self

from engine.network.carriers import Service, ServiceLevel
from engine.network.components import Breakdown, Component, NotAllowed, Reason
from engine.network.network import Network
from engine.network.nodes import Node
from engine.network.permits import Contents
from engine.network.prices import BidPrices
from engine.network.ways import PricedPackage, Way, Ways
from engine.network.zones import ShipTo

DAY_S = 86_400


class Priced(NamedTuple):
    """One shipment with its cost (micros, the sum of ``breakdown``: I7) and its instants (UTC seconds). Made for every price."""

    packages: tuple[PricedPackage, ...]
    breakdown: Breakdown
    cost: int
    ship_time: int
    arrival_time: int
    late_days: int


class CostModel:
    """Prices shipments over one network.

    Attributes
    ----------
    network, prices : what it was made of.
    calendar, zones, transfers : its parts, for whoever looks for options; they remember what they were asked.
    """

    def __init__(self, network: Network, prices: BidPrices | None = None) -> None:
        self.network = network
        self.prices = prices or BidPrices()
        self._ways = Ways(network)
        self.calendar, self.zones, self.transfers = self._ways.calendar, self._ways.zones, self._ways.transfers

    def with_prices(self, prices: BidPrices) -> Self:
        """The same model at other bid prices; what was remembered stays, as none of it depends on them."""
        other = copy.copy(self)
        other.prices = prices
        return other

    def price(
        self,
        *,
        node: Node,
        service: Service | ServiceLevel,
        destination: ShipTo | Node,
        ship_day: int,
        now: int,
        contents: Contents,
        promise_time: int | None,
    ) -> Priced:
        """Price one shipment; a second time it takes microseconds.

        Parameters
        ----------
        node : where it leaves from.
        service, destination : a carrier's service and a ``ShipTo``; ``ServiceLevel.PICKUP`` and the node itself; or
            ``ServiceLevel.SHIP_TO_STORE`` and the store that hands over.
        ship_day : the node's local day of departure. now : UTC seconds, when the decision is made.
        contents : the lines, positions ascending; not empty.
        promise_time : UTC seconds, None for none. What arrives later costs LATE; a pickup must not be ready later.

        Raises
        ------
        NotAllowed
            The goods can't go this way on that day (SERVICE_UNAVAILABLE, CUTOFF_MISSED, CONSTRAINT). Stock, capacity and
            the order's own constraints are not looked at here.
        """
        way = self._way(node, service, destination, ship_day, now, contents)
        overdue = 0 if promise_time is None else way.arrival_time - promise_time
        late_days = -(-overdue // DAY_S) if overdue > 0 else 0
        if late_days and isinstance(service, ServiceLevel):
            detail = f"the goods from {node.node_id} can be picked up {overdue} s after they are wanted"
            raise NotAllowed(Reason.CUTOFF_MISSED, detail)
        policy, prices = self.network.policy, self.prices
        units = sum([count for _, _, count in contents])
        bid = on_day = 0
        if prices.unit or prices.capacity:
            bid, on_day = prices.of(node.node_id, ship_day, [(item.sku, count) for _, item, count in contents])
        amounts = (
            (Component.HANDLING, node.handling_per_shipment),
            (Component.PACKAGING, way.packaging),
            (Component.CARRIER, way.carrier),
            (Component.FUEL, way.fuel),
            (Component.SURCHARGES, way.surcharges),
            (Component.TRANSFER, way.transfer),
            (Component.UNIT_HANDLING, node.handling_per_unit * units),
            (Component.LATE, late_days * policy.late_penalty_per_day),
            (Component.CARBON, way.carbon),
            (Component.REJECT, node.reject_rate_ppm * policy.reject_cost // 1_000_000),
            (Component.BID_PRICE, bid),
            (Component.CAPACITY_PRICE, on_day),
        )
        breakdown = tuple([part for part in amounts if part[1]])
        cost = sum([amount for _, amount in breakdown])
        return Priced(way.packages, breakdown, cost, way.ship_time, way.arrival_time, late_days)

    def _way(
        self,
        node: Node,
        service: Service | ServiceLevel,
        destination: ShipTo | Node,
        day: int,
        now: int,
        contents: Contents,
    ) -> Way:
        if isinstance(service, Service) and isinstance(destination, ShipTo):
            return self._ways.ship(node, service, destination, day, now, contents)
        if service is ServiceLevel.PICKUP and destination == node:
            return self._ways.pick_up(node, day, now, contents)
        if service is ServiceLevel.SHIP_TO_STORE and isinstance(destination, Node):
            return self._ways.transfer(node, destination, day, now, contents)
        raise TypeError(
            "expected a Service and a ShipTo, PICKUP and the node itself, or SHIP_TO_STORE and a store, "
            f"got {service!r} and {destination!r}"
        )
