"""What the memory ledger keeps: cells, days, totals and the change feed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from engine.inventory.ledger import CapacityClaim, CapacityUse, Cell, Changes, Claim, Reserve, Totals

_DAY_S = 86_400
_FORGET_DAYS = 35


@dataclass(slots=True)
class Stock:
    """One cell as it changes; ``shown`` is what the feed last said of it."""

    sku: str
    node_id: str
    shown: Cell
    on_hand: int = 0
    reserved: int = 0
    safety_stock: int = 0
    protected: int = 0
    counted_time: int = 0
    moved_time: int = 0

    def cell(self) -> Cell:
        return Cell(self.sku, self.node_id, self.on_hand, self.reserved, self.safety_stock, self.protected)


@dataclass(slots=True)
class Use:
    """One node's day as it changes."""

    shown: CapacityUse
    orders: int = 0
    units: int = 0


class Holding(Protocol):
    """Whatever holds units and capacity."""

    @property
    def claims(self) -> Sequence[Claim]: ...

    @property
    def capacity(self) -> Sequence[CapacityClaim]: ...


class Books:
    """Cells and days are changed in place through ``stock`` and ``use``; ``publish`` appends what changed to the feed."""

    def __init__(self, feed_length: int) -> None:
        self.stocks: dict[str, dict[str, Stock]] = {}
        self.days: dict[int, dict[str, Use]] = {}
        self.totals = Totals(0, 0)
        self.position = 0
        self._feed: deque[tuple[int, list[Cell], list[CapacityUse]]] = deque(maxlen=feed_length)
        self._touched: dict[tuple[str, str], Stock] = {}
        self._touched_days: dict[tuple[str, int], Use] = {}
        self._fed = asyncio.Event()
        self._day = -1  # the UTC day on which old days were last forgotten

    def stock(self, sku: str, node_id: str) -> Stock:
        stock = self._touched.get((sku, node_id))
        if stock is None:
            stock = self.stocks.get(sku, {}).get(node_id) or Stock(sku, node_id, Cell(sku, node_id, 0, 0, 0, 0))
            self._touched[sku, node_id] = stock
        return stock

    def use(self, node_id: str, day: int) -> Use:
        use = self._touched_days.get((node_id, day))
        if use is None:
            use = self.days.get(day, {}).get(node_id) or Use(CapacityUse(node_id, day, 0, 0))
            self._touched_days[node_id, day] = use
        return use

    def set_on_hand(self, stock: Stock, on_hand: int) -> None:
        by = on_hand - stock.on_hand
        stock.on_hand = on_hand
        self.count_in(received=max(by, 0), written_off=max(-by, 0))

    def count_in(self, *, received: int = 0, written_off: int = 0, shipped: int = 0, returned: int = 0) -> None:
        """Add to the totals."""
        so_far = self.totals
        self.totals = Totals(
            so_far.received + received,
            so_far.written_off + written_off,
            so_far.shipped + shipped,
            so_far.returned + returned,
        )

    def take(self, request: Reserve, swapped: Reserve | None = None) -> tuple[list[Stock], list[Use]]:
        """Take all of it; what that was too much for is returned.

        ``swapped`` was given back just before: a cell or a day that then holds no more than with it is not short.
        """
        before: dict[tuple[str, str], int] = {}
        before_days: dict[tuple[str, int], tuple[int, int]] = {}
        if swapped is not None:
            for claim in swapped.claims:
                key = claim.sku, claim.node_id
                before[key] = before.get(key, self.stock(*key).reserved) + claim.units
            for claimed in swapped.capacity:
                day, use = (claimed.node_id, claimed.day), self.use(claimed.node_id, claimed.day)
                orders, units = before_days.get(day, (use.orders, use.units))
                before_days[day] = orders + claimed.orders, units + claimed.units
        short_cells: list[Stock] = []
        short_days: list[Use] = []
        for claim in request.claims:
            stock = self.stock(claim.sku, claim.node_id)
            stock.reserved += claim.units
            kept = stock.safety_stock if request.vip else stock.safety_stock + stock.protected
            short = stock.on_hand - stock.reserved < kept
            if short and stock.reserved > before.get((claim.sku, claim.node_id), -1):
                short_cells.append(stock)
        for claimed in request.capacity:
            use = self.use(claimed.node_id, claimed.day)
            use.orders += claimed.orders
            use.units += claimed.units
            orders, units = before_days.get((claimed.node_id, claimed.day), (0, 0))
            too_many = 0 <= claimed.order_limit < use.orders and use.orders > orders
            if too_many or (0 <= claimed.unit_limit < use.units and use.units > units):
                short_days.append(use)
        return short_cells, short_days

    def give_back(self, held: Holding) -> None:
        for claim in held.claims:
            self.stock(claim.sku, claim.node_id).reserved -= claim.units
        for claimed in held.capacity:
            use = self.use(claimed.node_id, claimed.day)
            use.orders = max(0, use.orders - claimed.orders)  # the day may have been forgotten
            use.units = max(0, use.units - claimed.units)

    def publish(self, now: int) -> None:
        cells: list[Cell] = []
        days: list[CapacityUse] = []
        for (sku, node_id), stock in self._touched.items():
            cell = stock.cell()
            if cell != stock.shown or stock.counted_time or stock.moved_time:
                self.stocks.setdefault(sku, {})[node_id] = stock
            if cell != stock.shown:
                stock.shown = cell
                cells.append(cell)
        for (node_id, day), use in self._touched_days.items():
            if (use.orders, use.units) != (use.shown.orders, use.shown.units):
                use.shown = CapacityUse(node_id, day, use.orders, use.units)
                self.days.setdefault(day, {})[node_id] = use
                days.append(use.shown)
        self._touched.clear()
        self._touched_days.clear()
        if days and now // _DAY_S != self._day:
            self._day = now // _DAY_S
            for old in [day for day in self.days if (day + _FORGET_DAYS) * _DAY_S <= now]:
                del self.days[old]
        if cells or days:
            self.position += 1
            self._feed.append((self.position, cells, days))
            self._fed.set()

    async def changes(self, position: int, wait_ms: int) -> Changes:
        if position == self.position and wait_ms:
            self._fed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._fed.wait(), wait_ms / 1_000)
        first = self._feed[0][0] if self._feed else self.position + 1
        if position > self.position or position + 1 < first:
            return Changes(position, (), (), lost=True)
        cells: dict[tuple[str, str], Cell] = {}
        days: dict[tuple[str, int], CapacityUse] = {}
        for index in range(position + 1 - first, len(self._feed)):
            _, of_cells, of_days = self._feed[index]
            cells.update(((cell.sku, cell.node_id), cell) for cell in of_cells)
            days.update(((use.node_id, use.day), use) for use in of_days)
        return Changes(self.position, tuple(cells.values()), tuple(days.values()))
