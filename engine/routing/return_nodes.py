"""Where returned goods go: an assignment by the cost model, in one parcel or several (docs/model.md, Returns).

The subset programme that decides orders decides this too: options are (node, way back), a parcel of a set of lines costs its
freight, what the node's hands cost, and what the units are worth less there than where they are worth most; a second parcel
costs a penalty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.network.carriers import PARCEL_LEVELS
from engine.network.checks import require
from engine.network.components import NotAllowed
from engine.network.cost import CostModel
from engine.network.nodes import Node, NodeType
from engine.network.permits import Contents, check_nodes
from engine.network.ways_back import WayBack, WaysBack
from engine.network.zones import ShipTo
from engine.routing.return_worth import worth
from engine.routing.returned import Outlook, ReturnAsked, ReturnLine, ReturnParcel, ReturnPart
from solvers.order import solve
from solvers.problem import INFEASIBLE, UNLIMITED, OrderProblem

MAX_APART = 6
"""Lines that may go to several nodes; a return of more goes to one."""

_TOLD = 3


class ReturnNodes:
    """Chooses over one network, at the model's bid prices."""

    def __init__(self, model: CostModel) -> None:
        network = self._network = model.network
        self._zones = model.zones
        self._prices = model.prices
        self._ways = WaysBack(network, model.zones, model.transfers)
        self._nodes = {node.node_id: node for node in network.nodes}
        self._items = {item.sku: item for item in network.items}
        self._sinks = tuple(node for node in network.nodes if node.type in network.policy.returns.node_types)
        self._with_price = {sku for sku, _ in model.prices.unit}
        self._services = tuple(each for each in network.services if each.level in PARCEL_LEVELS)

    def choose(self, asked: ReturnAsked, outlook: Outlook) -> tuple[ReturnParcel, ...]:
        """The parcels of least cost, by their first line. Raises InvalidInput where no node can take some of it."""
        for position, line in enumerate(asked.lines):
            require(line.sku in self._items, f"lines[{position}].sku", line.sku, "a SKU of the network")
        alone = [(line,) for line in asked.lines]
        groups = [asked.lines] if asked.together or len(alone) > MAX_APART else alone
        offers = self._offers(asked, groups, outlook)
        for i, group in enumerate(groups):
            taken = any(offer.ways[1 << i] is not None for offer in offers)
            goods = ", ".join(line.sku for line in group)
            require(
                taken, "lines", goods, "goods that some node takes back: hazardous or cold ones, or no carrier goes"
            )
        plan = solve(_problem(offers, len(groups), self._network.policy.returns.parcel_penalty))
        parcels: list[ReturnParcel] = []
        for shipment in plan.shipments:
            members = sum(1 << take.line for take in shipment.takes)
            parcels.append(self._parcel(offers, shipment.option, members, groups, first=not parcels))
        return tuple(parcels)

    def _parcel(
        self, offers: list[_Offer], chosen: int, members: int, groups: Sequence[Sequence[ReturnLine]], *, first: bool
    ) -> ReturnParcel:
        offer = offers[chosen]
        penalty = 0 if first else self._network.policy.returns.parcel_penalty
        costs = (*offer.costs(members), (ReturnPart.PARCEL, penalty))
        way = offer.ways[members]
        assert way is not None
        others: dict[str, int] = {}
        for other in offers:
            if other.ways[members] is not None and other.node is not offer.node:
                cost = sum(amount for _, amount in other.costs(members)) + penalty
                others[other.node.node_id] = min(cost, others.get(other.node.node_id, cost))
        best = sorted(others.items(), key=lambda each: each[1])  # of equals, the first of the network
        return ReturnParcel(
            offer.node.node_id,
            way.carrier_id,
            way.level,
            tuple(line.line_id for i, group in enumerate(groups) if members >> i & 1 for line in group),
            tuple((part, amount) for part, amount in costs if amount),
            sum(amount for _, amount in costs),
            tuple(best[:_TOLD]),
        )

    def _offers(self, asked: ReturnAsked, groups: Sequence[Sequence[ReturnLine]], outlook: Outlook) -> list[_Offer]:
        """Every node by every way that takes some of it. Ways are priced once for all nodes of a zone, or of a lane."""
        contents = self._contents(groups)
        sender, store = self._sender(asked), self._store(asked)
        worths = [[sum(self._worth(node, line, outlook) for line in group) for group in groups] for node in self._sinks]
        most = [max(of_group, default=0) for of_group in zip(*worths, strict=True)]
        priced: dict[object, tuple[WayBack | None, ...]] = {}

        def ways(key: object, price: Callable[[Contents], WayBack]) -> tuple[WayBack | None, ...]:
            if key not in priced:
                priced[key] = tuple(_or_none(price, each) if each else None for each in contents)
            return priced[key]

        offers = []
        for node, of_node in zip(self._sinks, worths, strict=True):
            if asked.only_node not in ("", node.node_id):
                continue
            takes = [bool(each) and _takes(node, each) for each in contents]
            units = [sum(line.units for line in group) for group in groups]
            losses = [best - here for best, here in zip(most, of_node, strict=True)]
            found: list[tuple[WayBack | None, ...]] = []
            if store is not None and store is node:
                found.append(ways("", lambda goods: WayBack()))
            elif store is not None:
                lane = self._ways.lane(store, node)
                if lane is not None and _takes(store, contents[-1]):
                    found.append(ways(lane, partial(self._ways.carried, lane)))
            for service in self._services:
                zone = None if sender is None else self._ways.zone(service, sender, node)
                if zone is not None:
                    found.append(ways((service.key, zone), partial(self._ways.parcel, service, zone)))
            for each in found:
                allowed = tuple(way if take else None for way, take in zip(each, takes, strict=True))
                offers.append(_Offer(node, allowed, tuple(units), tuple(losses)))
        return offers

    def _sender(self, asked: ReturnAsked) -> ShipTo | None:
        if asked.drop_off:
            return None
        to = asked.sender
        require(
            to is not None, "drop_off_node_id", "", "a store, as no address is known that a carrier could come from"
        )
        assert to is not None
        found = self._zones.ship_to(to.country, to.postal_code, to.residential)
        require(found is not None, "ship_to.postal_code", to.postal_code, "a postal code that the network knows")
        return found

    def _store(self, asked: ReturnAsked) -> Node | None:
        if not asked.drop_off:
            return None
        found = self._nodes.get(asked.drop_off)
        is_store = found is not None and found.type is NodeType.STORE
        require(is_store, "drop_off_node_id", asked.drop_off, "a store of the network")
        return found

    def _worth(self, node: Node, line: ReturnLine, outlook: Outlook) -> int:
        price = self._prices.unit.get((line.sku, node.node_id), 0) if line.sku in self._with_price else None
        return worth(self._items[line.sku], node.node_id, line.units, outlook, self._network.policy, price)

    def _contents(self, groups: Sequence[Sequence[ReturnLine]]) -> list[Contents]:
        """Of each set of groups; that of none is empty."""
        lines = [(i, line) for i, group in enumerate(groups) for line in group]
        return [
            tuple(
                (position, self._items[line.sku], line.units)
                for position, (i, line) in enumerate(lines)
                if members >> i & 1
            )
            for members in range(1 << len(groups))
        ]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A node by one way. ``ways`` by set of groups, None where that can't go so; ``units`` and ``losses`` by group."""

    node: Node
    ways: tuple[WayBack | None, ...]
    units: tuple[int, ...]
    losses: tuple[int, ...]

    def costs(self, members: int) -> tuple[tuple[ReturnPart, int], ...]:
        """The parts of what a parcel of this set costs, micros."""
        way = self.ways[members]
        assert way is not None
        held = [i for i in range(len(self.units)) if members >> i & 1]
        return (
            (ReturnPart.CARRIER, way.carrier),
            (ReturnPart.FUEL, way.fuel),
            (ReturnPart.SURCHARGES, way.surcharges),
            (ReturnPart.TRANSFER, way.transfer),
            (ReturnPart.CARBON, way.carbon),
            (ReturnPart.HANDLING, self.node.handling_per_shipment),
            (ReturnPart.UNIT_HANDLING, self.node.handling_per_unit * sum(self.units[i] for i in held)),
            (ReturnPart.WORTH, sum(self.losses[i] for i in held)),
        )


def _problem(offers: Sequence[_Offer], n_groups: int, penalty: int) -> OrderProblem:
    """As the subset programme takes it: an option for each offer, with a row of its own."""
    n = len(offers)
    set_cost = np.full((n, 1 << n_groups), INFEASIBLE, np.int64)
    for j, offer in enumerate(offers):
        for members, way in enumerate(offer.ways):
            if way is not None:
                set_cost[j, members] = way.carrier + way.fuel + way.surcharges + way.transfer + way.carbon
    costs = [
        [offer.node.handling_per_unit * units + loss for units, loss in zip(offer.units, offer.losses, strict=True)]
        for offer in offers
    ]
    return OrderProblem(
        n_lines=n_groups,
        hold=np.full(n, (1 << n_groups) - 1, np.int64),
        fixed=np.array([offer.node.handling_per_shipment for offer in offers], np.int64),
        line_cost=np.array(costs, np.int64).reshape(n, n_groups),
        row=np.arange(n, dtype=np.int32),
        set_cost=set_cost,
        room=np.full(n, UNLIMITED, np.int64),
        units=np.ones(n_groups, np.int64),
        node=np.arange(n, dtype=np.int32),
        backorder_cost=np.full(n_groups, INFEASIBLE, np.int64),
        split_penalty=penalty,
    )


def _takes(node: Node, contents: Contents) -> bool:
    try:
        check_nodes((node,), contents)
    except NotAllowed:
        return False
    return True


def _or_none(price: Callable[[Contents], WayBack], contents: Contents) -> WayBack | None:
    try:
        return price(contents)
    except NotAllowed:
        return None
