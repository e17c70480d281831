"""The optimum of a small order by enumeration, from the reference cost model and the order's own words.

Knows nothing of candidates, set costs, sourcing or solvers. Options are (node, service, day) as docs/model.md words them;
every set of lines is priced by ``CostModel.price``, every grouping of the lines into shipments is tried, and what the
shipments share (the room of a day, the stock of a SKU) is counted over the whole plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from engine.network.calendars import local_day
from engine.network.carriers import PARCEL_LEVELS, Service, ServiceLevel
from engine.network.components import NotAllowed
from engine.network.cost import CostModel
from engine.network.geography import distance_m, find_place, normal_postal_code
from engine.network.items import Item, ItemFlag
from engine.network.nodes import Node
from engine.network.policy import Divide, Objective
from engine.network.zones import ShipTo
from engine.routing.order import Fulfilment
from tests.routing.instances import Case

FEATHER = Item("FEATHER", 1, 1, 1, 1, flags=frozenset({ItemFlag.OVERSIZE}))
"""In no carton, so it goes wherever anything goes: asks the cost model whether something leaves that day."""

Value = tuple[int, int, int]
"""(units left out, shipments, cost) where shipments come first, else (0, 0, cost)."""


@dataclass(slots=True)
class Option:
    """A way out of a node on one day; ``lines`` that it may hold, ``room`` in units."""

    node: Node
    service: Service | ServiceLevel
    store: Node | None
    day: int
    lines: frozenset[int]
    room: int
    prices: dict[tuple[tuple[int, int], ...], int | None] = field(default_factory=dict)


class BruteForce:
    """One case under one cost model."""

    def __init__(self, model: CostModel, case: Case, kept: int = 0) -> None:
        self.model, self.order, self.stock, self.now, self.kept = model, case.order, case.stock, case.now, kept
        self.policy, self.nodes = model.network.policy, model.network.nodes
        items = {item.sku: (row, item) for row, item in enumerate(model.network.items)}
        self.rows = [items[line.sku][0] for line in self.order.lines]
        self.items = [items[line.sku][1] for line in self.order.lines]
        self.units = [line.units for line in self.order.lines]
        self.picked = [line.fulfilment is Fulfilment.PICKUP for line in self.order.lines]
        self.partial = self.policy.partial if self.order.partial is None else self.order.partial
        limits = [limit - kept for limit in (self.order.max_shipments, self.policy.max_shipments) if limit]
        self.most_shipments = max(0, min(limits)) if limits else 99
        destination = self.order.destination
        self.to: ShipTo | None = None
        self.promise = self.order.deliver_by
        if destination is not None:
            place = find_place(model.network.places, destination.country, destination.postal_code)
            assert place is not None
            self.to = ShipTo(place, normal_postal_code(destination.postal_code), destination.residential)
            if self.promise is None:
                self.promise = model.calendar.promise_time(self.order.service_level, self.order.order_time, place)
        self.late_allowed = self.order.late_allowed
        if self.late_allowed is None:
            self.late_allowed = self.policy.late_allowed and self.order.deliver_by is None
        self.divisible = [
            (self.order.divide or self.policy.divide) is not Divide.NEVER
            and units > 1
            and ItemFlag.MUST_NOT_SPLIT not in item.flags
            for units, item in zip(self.units, self.items, strict=True)
        ]

    # What the order's words allow

    def stores(self) -> list[Node | None]:
        """Where it may be picked up: one store, or each within the radius; None where nothing is."""
        if not any(self.picked):
            return [None]
        pickup = self.order.pickup
        assert pickup is not None
        offering = [node for node in self.nodes if ServiceLevel.PICKUP in node.services]
        if pickup.node_id:
            found = [node for node in offering if node.node_id == pickup.node_id]
        else:
            assert self.to is not None
            found = [node for node in offering if distance_m(node, self.to.place) <= pickup.radius_m]
        return [*found] or [None]

    def allowed(self, node: Node) -> bool:
        order = self.order
        return (
            (not node.channels or order.channel in node.channels)
            and (not order.only_nodes or node.node_id in order.only_nodes)
            and node.node_id not in order.not_nodes
            and (not order.only_node_types or node.type in order.only_node_types)
            and node.type not in order.not_node_types
        )

    def free(self, line: int, n: int) -> int:
        """Units of the line's SKU that the order may take from node n."""
        row = self.rows[line]
        protected = 0 if self.order.vip else int(self.stock.protected[row, n])
        return max(0, int(self.stock.atp[row, n]) - protected)

    def services(self) -> list[Service]:
        level = self.order.service_level
        exact = self.order.exact_service or level is ServiceLevel.SAME_DAY
        return [s for s in self.model.network.services if s.level in ((level,) if exact else PARCEL_LEVELS)]

    def options(self, store: Node | None, divided: bool) -> list[Option]:
        return list(self._options(store, divided))

    def _options(self, store: Node | None, divided: bool) -> Iterator[Option]:
        for n, node in enumerate(self.nodes):
            if not self.allowed(node):
                continue
            here = frozenset(
                line
                for line, units in enumerate(self.units)
                if self.free(line, n) >= (1 if divided and self.divisible[line] else units)
                and self._handles(node, line)
            )
            wanted = sum(self.units[line] for line in here)
            if divided:  # lines alike are a class: what it asks for is counted whole where any of it is held
                wanted = sum(
                    self.units[line]
                    for line in range(len(self.units))
                    if any(self._class(line) == self._class(x) and self.free(x, n) > 0 for x in range(len(self.units)))
                    and self._handles(node, line)
                )
            for service, to in self._ways(node, store):
                pickup = isinstance(service, ServiceLevel)
                lines = frozenset(line for line in here if self.picked[line] is pickup)
                if lines:
                    yield from self._days(n, node, service, to, lines, wanted)

    def _ways(self, node: Node, store: Node | None) -> Iterator[tuple[Service | ServiceLevel, ShipTo | Node]]:
        if self.to is not None:
            for service in self.services():
                yield service, self.to
        if store is not None:
            yield (ServiceLevel.PICKUP if store == node else ServiceLevel.SHIP_TO_STORE), store

    def _class(self, line: int) -> tuple[bool, bool, bool]:
        flags = self.items[line].flags
        return self.picked[line], ItemFlag.COLD in flags, ItemFlag.HAZMAT in flags

    def _handles(self, node: Node, line: int) -> bool:
        flags = self.items[line].flags
        return (node.handles_cold or ItemFlag.COLD not in flags) and (
            node.handles_hazmat or ItemFlag.HAZMAT not in flags
        )

    def _days(
        self,
        n: int,
        node: Node,
        service: Service | ServiceLevel,
        to: ShipTo | Node,
        lines: frozenset[int],
        wanted: int,
    ) -> Iterator[Option]:
        """The first day with room, and the next ones until one has room for all that the node holds of the order."""
        today = local_day(node.time_zone, self.now)
        store = to if isinstance(to, Node) else None
        for day in range(today, today + self.policy.horizon_days):
            if self._price(node, service, to, day, ((-1, 1),)) is None:
                continue
            h = day - self.stock.first_day
            room = int(self.stock.units_left[n, h])
            if int(self.stock.orders_left[n, h]) < 1 or room < 1:
                continue
            yield Option(node, service, store, day, lines, room)
            if room >= wanted:
                return

    # Prices

    def _price(
        self,
        node: Node,
        service: Service | ServiceLevel,
        to: ShipTo | Node,
        day: int,
        takes: tuple[tuple[int, int], ...],
    ) -> int | None:
        pickup = isinstance(service, ServiceLevel)
        try:
            priced = self.model.price(
                node=node,
                service=service,
                destination=to,
                ship_day=day,
                now=self.now,
                contents=tuple((line, FEATHER if line < 0 else self.items[line], units) for line, units in takes),
                promise_time=self.order.pickup_by if pickup else self.promise,
            )
        except NotAllowed:
            return None
        return None if priced.late_days and not self.late_allowed else priced.cost

    def price(self, option: Option, takes: tuple[tuple[int, int], ...]) -> int | None:
        if takes not in option.prices:
            to = option.store or self.to
            assert to is not None
            option.prices[takes] = self._price(option.node, option.service, to, option.day, takes)
        return option.prices[takes]

    # Whole lines: every grouping, every option for every group

    def whole(self) -> Value | None:
        """The best plan of whole lines over every store; None where there is none."""
        values = [value for store in self.stores() if (value := self._whole(self.options(store, False))) is not None]
        return min(values, default=None)

    def needs_dividing(self, left_out: Collection[int]) -> bool:
        """Does a plan of whole lines leave out a line that may be divided, some of which is somewhere?"""
        nodes = [n for n, node in enumerate(self.nodes) if self.allowed(node)]
        return any(self.divisible[line] and any(self.free(line, n) > 0 for n in nodes) for line in left_out)

    def _whole(self, options: list[Option]) -> Value | None:
        ways: dict[frozenset[int], list[tuple[int, int]]] = {}
        n_lines = len(self.units)
        for code in range(1, 1 << n_lines):
            members = frozenset(line for line in range(n_lines) if code >> line & 1)
            takes = tuple((line, self.units[line]) for line in sorted(members))
            total = sum(units for _, units in takes)
            if len({self.picked[line] for line in members}) > 1:
                continue
            found = []
            for j, option in enumerate(options):
                if members <= option.lines and total <= option.room:
                    cost = self.price(option, takes)
                    if cost is not None:
                        found.append((cost, j))
            if found:
                ways[members] = sorted(found)
        plans = []
        for out, groups in _groupings(tuple(range(n_lines))):
            if (out and not self.partial) or len(groups) > self.most_shipments or any(g not in ways for g in groups):
                continue
            least = sum(ways[group][0][0] for group in groups)
            plans.append((self._value(out, len(groups), least), out, groups))
        plans.sort(key=lambda plan: plan[0])
        best: Value | None = None
        for least_value, out, groups in plans:
            if best is not None and least_value >= best:
                break
            cost = self._least(options, [ways[group] for group in groups], groups, [])
            if cost is not None:
                value = self._value(out, len(groups), cost)
                best = value if best is None else min(best, value)
        return best

    def _least(
        self, options: list[Option], ways: list[list[tuple[int, int]]], groups: list[frozenset[int]], used: list[int]
    ) -> int | None:
        """The least cost of the groups from ``len(used)`` on, what all of them share being kept."""
        if len(used) == len(groups):
            return 0
        best: int | None = None
        rest = sum(way[0][0] for way in ways[len(used) + 1 :])
        for cost, j in ways[len(used)]:
            if best is not None and cost + rest >= best:
                break
            if self._shares(options, groups, [*used, j]):
                other = self._least(options, ways, groups, [*used, j])
                if other is not None and (best is None or cost + other < best):
                    best = cost + other
        return best

    def _shares(self, options: list[Option], groups: list[frozenset[int]], used: list[int]) -> bool:
        days: dict[tuple[str, int], int] = {}
        skus: dict[tuple[str, int], int] = {}
        for members, j in zip(groups, used, strict=False):
            option = options[j]
            day = option.node.node_id, option.day
            days[day] = days.get(day, 0) + sum(self.units[line] for line in members)
            if days[day] > option.room:
                return False
            n = self.nodes.index(option.node)
            for line in members:
                cell = option.node.node_id, self.rows[line]
                skus[cell] = skus.get(cell, 0) + self.units[line]
                if skus[cell] > self.free(line, n):
                    return False
        return True

    def _value(self, out: frozenset[int], shipments: int, cost: int) -> Value:
        return self._total(sum(self.units[line] for line in out), shipments, cost)

    def _total(self, units_out: int, shipments: int, cost: int) -> Value:
        splits = shipments if self.kept else max(0, shipments - 1)
        cost += splits * self.policy.split_penalty + units_out * self.policy.backorder_cost_per_unit
        return (units_out, shipments, cost) if self.policy.objective is Objective.SHIPMENTS else (0, 0, cost)

    # Divided lines: units by units, option after option

    def divided(self) -> Value | None:
        """The best plan over every store where lines that may be divided are; None where there is none."""
        values = [value for store in self.stores() if (value := self._divided(self.options(store, True))) is not None]
        return min(values, default=None)

    def _divided(self, options: list[Option]) -> Value | None:
        options = sorted(options, key=lambda option: (option.node.node_id, option.day))
        index = {node.node_id: n for n, node in enumerate(self.nodes)}
        far = 1 << 62

        @cache
        def best(j: int, left: tuple[int, ...], taken: tuple[int, ...], on_day: int, shipments: int) -> Value:
            """From option j on: ``left`` of each line to place, ``taken`` of each SKU at the node, units on the day."""
            if j == len(options):
                units = sum(left)
                return (far, 0, 0) if units and not self.partial else self._total(units, shipments, 0)
            option = options[j]
            n = index[option.node.node_id]
            choices = [self._choices(line, left[line]) if line in option.lines else (0,) for line in range(len(left))]
            found = (far, 0, 0)
            for takes in product(*choices):
                total = sum(takes)
                now_taken = list(taken)
                for line, units in enumerate(takes):
                    now_taken[self.rows.index(self.rows[line])] += units
                fits = all(
                    not units or now_taken[self.rows.index(self.rows[line])] <= self.free(line, n)
                    for line, units in enumerate(takes)
                )
                if not fits or on_day + total > option.room or (total and shipments == self.most_shipments):
                    continue
                cost: int | None = 0
                if total:
                    cost = self.price(option, tuple((line, units) for line, units in enumerate(takes) if units))
                if cost is None:
                    continue
                after = options[j + 1] if j + 1 < len(options) else None
                same_node = after is not None and after.node == option.node
                same_day = same_node and after is not None and after.day == option.day
                rest = best(
                    j + 1,
                    tuple(units - take for units, take in zip(left, takes, strict=True)),
                    tuple(now_taken) if same_node else (0,) * len(left),
                    on_day + total if same_day else 0,
                    shipments + (total > 0),
                )
                found = min(found, (rest[0], rest[1], rest[2] + cost))
            return found

        zeros = (0,) * len(self.units)
        value = best(0, tuple(self.units), zeros, 0, 0)
        return None if value[0] >= far else value

    def _choices(self, line: int, left: int) -> tuple[int, ...]:
        """Whole or not at all, unless it may be divided."""
        if self.divisible[line]:
            return tuple(range(left + 1))
        return (0, left) if left == self.units[line] else (0,)


@cache
def _groupings(lines: tuple[int, ...]) -> tuple[tuple[frozenset[int], list[frozenset[int]]], ...]:
    """Every way to leave lines out and to group the others."""
    if not lines:
        return ((frozenset(), []),)
    first, rest = lines[0], _groupings(lines[1:])
    found: list[tuple[frozenset[int], list[frozenset[int]]]] = []
    for out, groups in rest:
        found.append((out | {first}, groups))
        found.append((out, [frozenset({first}), *groups]))
        for k in range(len(groups)):
            found.append((out, [group | {first} if i == k else group for i, group in enumerate(groups)]))
    return tuple(found)
