"""A stock of its own that decisions use up one after another."""

from __future__ import annotations

from collections.abc import Iterable

from engine.routing.route import Shipment
from engine.routing.stock import Snapshot, Stock
from engine.routing.tables import Tables
from engine.routing.verify import Draft
from solvers.problem import UNLIMITED


class RunningStock:
    """Starts as a copy of ``stock``; ``left`` is what is there now, a ``Snapshot`` that changes."""

    def __init__(self, stock: Stock, tables: Tables) -> None:
        self.left = Snapshot.copy_of(stock)
        self._tables = tables

    def take(self, shipments: Iterable[Shipment]) -> None:
        """What one order ships is gone: its units, and of each node's day one order and its units."""
        self._move(self.of_shipments(shipments), -1)

    def give_back(self, shipments: Iterable[Shipment]) -> None:
        """What one order held is there again."""
        self._move(self.of_shipments(shipments), 1)

    def take_drafts(self, drafts: Iterable[Draft]) -> None:
        """The same of a plan that is not priced yet."""
        items, nodes = self._tables.item_index, self._tables.node_index
        moved = [
            (items[item.sku], nodes[draft.node.node_id], draft.ship_day, units)
            for draft in drafts
            for _, item, units in draft.contents
        ]
        self._move(moved, -1)

    def of_shipments(self, shipments: Iterable[Shipment]) -> list[tuple[int, int, int, int]]:
        """(item, node, day, units) of each content."""
        items, nodes = self._tables.item_index, self._tables.node_index
        return [
            (items[content.sku], nodes[shipment.node_id], shipment.ship_day, content.units)
            for shipment in shipments
            for content in shipment.contents
        ]

    def _move(self, moved: Iterable[tuple[int, int, int, int]], sign: int) -> None:
        """(item, node, day, units) of one order."""
        left = self.left
        days: dict[tuple[int, int], int] = {}
        for k, n, ship_day, units in moved:
            left.atp[k, n] += sign * units
            day = n, ship_day - left.first_day
            days[day] = days.get(day, 0) + units
        for (n, h), units in days.items():
            if not 0 <= h < left.orders_left.shape[1]:
                continue
            if left.orders_left[n, h] < UNLIMITED:
                left.orders_left[n, h] += sign
            if left.units_left[n, h] < UNLIMITED:
                left.units_left[n, h] += sign * units
