"""Scenarios: a base and what is changed of it.

A scenario is laid over a base as a whole or not at all: every fault in it is named. Changes do not overlap, so the order in
which they stand in the file says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace as amended

from engine.errors import NetworkFault, NetworkFaults
from engine.network.carriers import RateCard, Service, WeeklyCutoffs
from engine.network.files.policy_file import amended_policy, amended_windows
from engine.network.network import Network, StockRow
from engine.network.nodes import Node
from engine.routing.order import Order, PickupAt
from engine.simulation.luck import Luck, SecondLook
from engine.simulation.scenario_shape import (
    AddedNode,
    ChangedNodes,
    CutoffShift,
    DemandChange,
    RateScale,
    ReoptimizeShape,
    ScenarioShape,
    StockMove,
    StockScale,
)

T = TypeVar("T")
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Base:
    """What scenarios start from: a network, its opening stock, its orders."""

    network: Network
    stock: tuple[StockRow, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario over its base, ready to replay.

    ``region_scale``: (postal prefix, factor on its orders), the longest prefix counts. ``resample``: each order comes a Poisson
    number of times, so that replications tell how much rests on just these orders.
    """

    name: str
    base: Base
    luck: Luck = field(default_factory=Luck)
    solver: str = "auto"
    demand_scale: float = 1.0
    region_scale: tuple[tuple[str, float], ...] = ()
    resample: bool = False
    second_look: SecondLook | None = None

    def scale_of(self, order: Order) -> float:
        code = order.destination.postal_code if order.destination else ""
        of_region = max(
            ((len(prefix), by) for prefix, by in self.region_scale if code.startswith(prefix)), default=None
        )
        return self.demand_scale * (1.0 if of_region is None else of_region[1])


def lay_over(base: Base, shape: ScenarioShape, file: str) -> Scenario:
    """The scenario that ``file`` describes. Raises NetworkFaults: every fault at once."""
    over = _Over(base, file)
    scenario = over.scenario(shape)
    if over.faults:
        raise NetworkFaults(tuple(over.faults))
    return scenario


class _Over:
    """One scenario being laid over its base; faults gather here."""

    def __init__(self, base: Base, file: str) -> None:
        self.faults: list[NetworkFault] = []
        self._base = base
        self._file = file
        self._nodes = {node.node_id: node for node in base.network.nodes}
        self._skus = {item.sku for item in base.network.items}

    def _fault(self, key: str, value: object, expected: str) -> None:
        self.faults.append(NetworkFault(self._file, 0, key, str(value), expected))

    def scenario(self, shape: ScenarioShape) -> Scenario:
        base, network = self._base, self._base.network
        closed = self._known_nodes("nodes.close", shape.nodes.close)
        self._unique("nodes.close", shape.nodes.close)
        self._check_overlaps(shape)
        nodes = self._changed(shape, set(closed))
        added = [self._added(f"nodes.add[{x}]", new, nodes) for x, new in enumerate(shape.nodes.add)]
        policy, faults = amended_policy(network.policy, shape.policy)
        self.faults += [replace(fault, file=self._file, column=f"policy.{fault.column}") for fault in faults]
        if shape.windows is not None:
            policy, faults = amended_windows(policy, shape.windows)
            self.faults += [replace(fault, file=self._file) for fault in faults]
        stock = self._stock(shape, set(closed))
        for new, node in zip(shape.nodes.add, added, strict=True):
            stock += _shared(base.stock, new, node)
        changed = replace(
            network,
            nodes=(*nodes.values(), *added),
            services=tuple(self._services(shape.rates, shape.cutoffs)),
            cutoffs=self._node_cutoffs(shape.cutoffs),
            policy=policy,
        )
        orders = tuple(_redirected(base.orders, set(closed), shape.nodes.redirect_pickup_km))
        luck = Luck(**shape.luck.model_dump())
        look = None if shape.reoptimize is None else _second_look(shape.reoptimize)
        scenario = Scenario(shape.name, Base(changed, tuple(stock), orders), luck, shape.solver, second_look=look)
        return self._with_demand(scenario, shape.demand)

    # Nodes

    def _known_nodes(self, key: str, node_ids: Sequence[str]) -> list[str]:
        for node_id in node_ids:
            if node_id not in self._nodes:
                self._fault(key, node_id, "a node of the network")
        return [node_id for node_id in node_ids if node_id in self._nodes]

    def _unique(self, key: str, names: Sequence[str]) -> None:
        for name, count in Counter(names).items():
            if count > 1:
                self._fault(key, name, f"each once, it stands there {count} times")

    def _check_overlaps(self, shape: ScenarioShape) -> None:
        """No node is both closed and changed or moved, none moved twice, no field changed twice."""
        closed = set(shape.nodes.close)
        self._unique("nodes.move.node_id", [move.node_id for move in shape.nodes.move])
        self._unique("nodes.add.node_id", [new.node_id for new in shape.nodes.add])
        seen: dict[tuple[str, str], int] = {}
        for x, move in enumerate(shape.nodes.move):
            if move.node_id in closed:
                self._fault(f"nodes.move[{x}].node_id", move.node_id, "a node that is not closed too")
        for x, change in enumerate(shape.nodes.change):
            for node_id in self._members(f"nodes.change[{x}]", change):
                if node_id in closed:
                    self._fault(f"nodes.change[{x}]", node_id, "nodes that are not closed too")
                for name in change.changes():
                    first = seen.setdefault((node_id, name), x)
                    if first != x:
                        self._fault(
                            f"nodes.change[{x}].{name}", node_id, f"nodes that nodes.change[{first}] leaves alone"
                        )

    def _members(self, key: str, change: ChangedNodes | StockScale) -> list[str]:
        """The node ids that a change names, by id or type; all where it names none."""
        named = self._known_nodes(f"{key}.nodes", change.nodes)
        if not change.nodes and not change.types:
            return list(self._nodes)
        return [node_id for node_id, node in self._nodes.items() if node_id in named or node.type in change.types]

    def _changed(self, shape: ScenarioShape, closed: set[str]) -> dict[str, Node]:
        nodes = dict(self._nodes)
        for node_id in closed:
            nodes[node_id] = replace(nodes[node_id], services=frozenset(), open_hours=(None,) * 7)
        for node_id in self._known_nodes("nodes.move.node_id", [move.node_id for move in shape.nodes.move]):
            move = next(move for move in shape.nodes.move if move.node_id == node_id)
            nodes[node_id] = replace(nodes[node_id], **move.place())
        for x, change in enumerate(shape.nodes.change):
            if not change.changes():
                self._fault(f"nodes.change[{x}]", "", "something to change")
            for node_id in self._members(f"nodes.change[{x}]", change):
                nodes[node_id] = replace(nodes[node_id], **change.changes())
        return nodes

    def _added(self, key: str, new: AddedNode, nodes: dict[str, Node]) -> Node:
        if new.node_id in self._nodes:
            self._fault(f"{key}.node_id", new.node_id, "a node id that is new")
        like = nodes.get(new.like)
        if like is None:
            self._fault(f"{key}.like", new.like, "a node of the network")
            like = next(iter(nodes.values()))
        return replace(like, node_id=new.node_id, name=new.name or new.node_id, **new.place())

    # Stock

    def _stock(self, shape: ScenarioShape, closed: set[str]) -> list[StockRow]:
        rows = {(row.node_id, row.sku): row for row in self._base.stock if row.node_id not in closed}
        for x, move in enumerate(shape.stock.move):
            self._move(f"stock.move[{x}]", move, rows, closed)
        scaled: dict[tuple[str, str], int] = {}
        for x, change in enumerate(shape.stock.scale):
            key = f"stock.scale[{x}]"
            members, skus = set(self._members(key, change)), self._known_skus(key, change.skus)
            for cell, row in rows.items():
                if cell[0] in members and (not skus or cell[1] in skus):
                    first = scaled.setdefault(cell, x)
                    if first != x:
                        at = f"{cell[1]} at {cell[0]}"
                        self._fault(key, at, f"stock that stock.scale[{first}] leaves alone")
                        break
                    rows[cell] = replace(row, on_hand=round(row.on_hand * change.by))
        return list(rows.values())

    def _known_skus(self, key: str, skus: Sequence[str]) -> set[str]:
        for sku in skus:
            if sku not in self._skus:
                self._fault(f"{key}.skus", sku, "a SKU of the network")
        return set(skus)

    def _move(self, key: str, move: StockMove, rows: dict[tuple[str, str], StockRow], closed: set[str]) -> None:
        ends = self._known_nodes(f"{key}.from", [move.source]) + self._known_nodes(f"{key}.to", [move.to])
        for node_id in ends:
            if node_id in closed and node_id == move.to:
                self._fault(f"{key}.to", node_id, "a node that is not closed")
        if len(ends) < 2:
            return
        opening = {row.sku: row for row in self._base.stock if row.node_id == move.source}
        for sku, row in opening.items():
            units = round(row.on_hand * move.share)
            left = rows.get((move.source, sku))
            if left is not None:
                rows[move.source, sku] = replace(left, on_hand=max(0, left.on_hand - units))
            at = rows.get((move.to, sku), StockRow(move.to, sku, 0))
            if units:
                rows[move.to, sku] = replace(at, on_hand=at.on_hand + units)

    # Carriers

    def _services(self, rates: Sequence[RateScale], shifts: Sequence[CutoffShift]) -> Iterator[Service]:
        scales = self._by_service("rates", rates)
        later = self._by_service("cutoffs", shifts)
        for service in self._base.network.services:
            scale, shift = scales.get(service.key), later.get(service.key)
            changed = service
            if scale is not None:
                changed = replace(
                    changed,
                    rate_card=None if changed.rate_card is None else _scaled(changed.rate_card, scale.by),
                    base_price=round(changed.base_price * scale.by),
                    price_per_km=round(changed.price_per_km * scale.by),
                )
            yield changed if shift is None else replace(changed, cutoffs=_shifted(changed.cutoffs, shift.minutes))

    def _node_cutoffs(self, shifts: Sequence[CutoffShift]) -> dict[Any, WeeklyCutoffs]:
        later = {(shift.carrier, shift.level): shift.minutes for shift in shifts}
        return {
            key: _shifted(cutoffs, later[key[1], key[2]]) if (key[1], key[2]) in later else cutoffs
            for key, cutoffs in self._base.network.cutoffs.items()
        }

    def _by_service(self, key: str, changes: Sequence[T]) -> dict[Any, T]:
        known = {service.key for service in self._base.network.services}
        found: dict[Any, T] = {}
        for x, change in enumerate(changes):
            service = change.carrier, change.level  # type: ignore[attr-defined]
            name = f"{service[0]} {service[1].value}"
            if service not in known:
                self._fault(f"{key}[{x}]", name, "a service of the network")
            if service in found:
                self._fault(f"{key}[{x}]", name, "each service once")
            found[service] = change
        return found

    def _with_demand(self, scenario: Scenario, demand: DemandChange) -> Scenario:
        self._unique("demand.region.postal_prefix", [region.postal_prefix for region in demand.region])
        regions = tuple((region.postal_prefix, region.by) for region in demand.region)
        return replace(scenario, demand_scale=demand.scale, region_scale=regions, resample=demand.resample)


def _second_look(shape: ReoptimizeShape) -> SecondLook:
    return SecondLook(shape.every_minutes, round(10_000 * shape.max_moves), int(1_000_000 * shape.min_saving))


def _shared(stock: Sequence[StockRow], new: AddedNode, node: Node) -> list[StockRow]:
    """What a new node opens with: a share of the stock of the node it is like."""
    rows = (
        replace(row, node_id=node.node_id, on_hand=round(row.on_hand * new.stock))
        for row in stock
        if row.node_id == new.like
    )
    return [row for row in rows if row.on_hand]


def _scaled(card: RateCard, by: Decimal) -> RateCard:
    prices = tuple(tuple(None if price is None else round(price * by) for price in row) for row in card.prices)
    return replace(card, prices=prices)


def _shifted(cutoffs: WeeklyCutoffs, minutes: int) -> WeeklyCutoffs:
    """Later by so many minutes, within the day."""
    return tuple(None if at is None else min(_MINUTES_A_DAY, max(0, at + minutes)) for at in cutoffs)


def _redirected(orders: Sequence[Order], closed: set[str], radius_km: float) -> Iterator[Order]:
    """What was to be picked up at a closed store is picked up at any store near the destination, where that is asked for."""
    for order in orders:
        at = order.pickup
        if at is not None and at.node_id in closed and radius_km and order.destination is not None:
            yield amended(order, pickup=PickupAt(radius_m=round(radius_km * 1_000)))
        else:
            yield order
