"""Bids: what one order pays, beside money, for the units and days that it would take from later orders.

Prices choose between nodes; they turn nothing away. So of each line only that counts by which a node is dearer than the cheapest
that has any of it for the order: when all are dear, none is. The planner decides an order of which the prices would leave
anything out once more without them (docs/adr/0018).

A price is reckoned when an order looks at it, from the published one and the stock of the moment: units used up faster than
evenly make it rise, slower make it sink. That is dual mirror descent with the steps added up lazily (Balseiro, Lu and Mirrokni,
arXiv 2011.10124; in its lazy form, as dual averaging): every server that sees the same stock has the same prices, and
none has to be told of another's orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
from numba import njit

from engine.network.prices import MAX_PRICE, BidPrices
from engine.routing.asking import Ask
from engine.routing.stock import Stock
from engine.routing.tables import Tables
from solvers.problem import Int64

WHOLE_BP = 10_000
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Bids:
    """Of one order, micros >= 0: ``units`` int64[L, N] of a unit of each line, ``days`` int64[N, H] of a shipment.

    ``prices`` are the same by name, for whoever prices a shipment anew.
    """

    units: Int64
    days: Int64
    prices: BidPrices


class PriceRow(msgspec.Struct, frozen=True, array_like=True):
    """One SKU: ``nodes`` as little-endian uint16 columns, and ``micros`` as int64, a figure for each."""

    item: int
    nodes: bytes
    micros: bytes


class BidMark(msgspec.Struct, frozen=True, array_like=True):
    """The prices that a decision rested on: rows of its SKUs, and (node column, day since 1970-01-01, micros)."""

    version: int
    units: tuple[PriceRow, ...]
    days: tuple[tuple[int, int, int], ...]


class Pricing(Protocol):
    """Where an order's bids come from."""

    def bids(self, ask: Ask, stock: Stock, now: int) -> Bids | None:
        """None where no price bears on it."""
        ...


class LivePrices:
    """Published prices over the stock of the moment. May be used by several threads at once.

    ``scale_bp``: what the policy takes of each price, basis points.
    """

    def __init__(self, tables: Tables, prices: BidPrices, scale_bp: int = WHOLE_BP) -> None:
        self.published = prices
        self._tables = tables
        self._scale_bp = scale_bp
        self._base = np.zeros((len(tables.items), len(tables.nodes)), np.int64)
        self._at_first = np.zeros(self._base.shape, np.int32)
        for table, rows in ((self._base, prices.unit), (self._at_first, prices.stock)):
            for (sku, node_id), figure in rows.items():
                if sku in tables.item_index and node_id in tables.node_index:
                    table[tables.item_index[sku], tables.node_index[node_id]] = figure
        self._days = tuple(
            (tables.node_index[node_id], day, price * scale_bp // WHOLE_BP)
            for (node_id, day), price in prices.capacity.items()
            if node_id in tables.node_index
        )

    def bids(self, ask: Ask, stock: Stock, now: int) -> Bids | None:
        prices = self.published
        before = prices.valid_from is not None and now < prices.valid_from
        after = prices.valid_until is not None and now >= prices.valid_until
        if before or after or not self._scale_bp or not prices.version:
            return None
        units = np.zeros((ask.n_lines, self._base.shape[1]), np.int64)
        any_price = _fill(
            ask.items,
            self._base,
            self._at_first,
            prices.step,
            self._left_ppm(now),
            self._scale_bp,
            stock.atp,
            stock.protected,
            ask.order.vip,
            ask.allowed,
            units,
        )
        days = tuple(
            (n, day, price)
            for n, day, price in self._days
            if price and 0 <= day - stock.first_day < self._tables.n_days and _may_ship(ask, stock, n)
        )
        return _bids(self._tables, ask, units, days, stock, prices.version) if any_price or days else None

    def _left_ppm(self, now: int) -> int:
        """What is left of the time that the prices are for, parts per million."""
        first, last = self.published.valid_from, self.published.valid_until
        if first is None or last is None:
            return _MILLION
        return (last - now) * _MILLION // (last - first)


class RecordedPrices:
    """The prices of a decision's record, whatever the stock."""

    def __init__(self, tables: Tables, mark: BidMark) -> None:
        self._tables = tables
        self._mark = mark

    def bids(self, ask: Ask, stock: Stock, now: int) -> Bids | None:
        units = np.zeros((ask.n_lines, len(self._tables.nodes)), np.int64)
        for row in self._mark.units:
            units[np.ix_(ask.items == row.item, np.frombuffer(row.nodes, "<u2"))] = np.frombuffer(row.micros, "<i8")
        return _bids(self._tables, ask, units, self._mark.days, stock, self._mark.version)


class _NoPrices:
    def bids(self, ask: Ask, stock: Stock, now: int) -> Bids | None:
        return None


NO_PRICES: Pricing = _NoPrices()


def recorded(tables: Tables, mark: BidMark | None) -> Pricing:
    """The prices of a record."""
    return NO_PRICES if mark is None else RecordedPrices(tables, mark)


def mark_of(ask: Ask, bids: Bids, tables: Tables) -> BidMark:
    """All of the bids that the order's decision can rest on."""
    rows: dict[int, PriceRow] = {}
    for line, item in enumerate(ask.items.tolist()):
        nodes = np.flatnonzero(bids.units[line])
        if len(nodes) and item not in rows:
            rows[item] = PriceRow(item, nodes.astype("<u2").tobytes(), bids.units[line, nodes].astype("<i8").tobytes())
    days = tuple((tables.node_index[node_id], day, price) for (node_id, day), price in bids.prices.capacity.items())
    return BidMark(bids.prices.version, tuple(rows.values()), days)


def _bids(
    tables: Tables, ask: Ask, units: Int64, days: tuple[tuple[int, int, int], ...], stock: Stock, version: int
) -> Bids:
    nodes, items = tables.network.nodes, tables.network.items
    lines, columns = np.nonzero(units)
    unit = {
        (items[ask.items[line]].sku, nodes[n].node_id): int(units[line, n])
        for line, n in zip(lines.tolist(), columns.tolist(), strict=True)
    }
    of_day = np.zeros((len(nodes), tables.n_days), np.int64)
    for n, day, price in days:
        of_day[n, day - stock.first_day] = price
    capacity = {(nodes[n].node_id, day): price for n, day, price in days}
    return Bids(units, of_day, BidPrices(version, unit, capacity))


def _may_ship(ask: Ask, stock: Stock, n: int) -> bool:
    """Has the node any of the order's SKUs for it?"""
    if not ask.allowed[n]:
        return False
    kept = np.int32(0) if ask.order.vip else stock.protected[ask.items, n]
    return bool((stock.atp[ask.items, n] > kept).any())


@njit(
    "boolean(int64[::1], int64[:, ::1], int32[:, ::1], int64, int64, int64, int32[:, ::1], int32[:, ::1], boolean, "
    "uint8[::1], int64[:, ::1])",
    cache=True,
    nogil=True,
)
def _fill(  # type: ignore[no-untyped-def]
    items,  # int64[L]
    base,  # int64[K, N], micros
    at_first,  # int32[K, N], units when the prices were made
    step,  # micros a unit
    left_ppm,  # of the prices' time
    scale_bp,
    atp,  # int32[K, N]
    protected,  # int32[K, N]
    vip,
    allowed,  # uint8[N]
    out,  # int64[L, N]
):
    """Each line's prices less the least of a node that has any for it; is any above zero?"""
    any_price = False
    for line in range(items.shape[0]):
        k = items[line]
        least = np.int64(MAX_PRICE)
        for n in range(allowed.shape[0]):
            here = np.int64(atp[k, n])
            out[line, n] = -1
            if not allowed[n] or here - (np.int64(0) if vip else np.int64(protected[k, n])) <= 0:
                continue
            price = base[k, n]
            if step:
                lacks = np.int64(at_first[k, n]) * left_ppm - here * _MILLION
                price += step * lacks // _MILLION
            price = min(max(price, 0), np.int64(MAX_PRICE))
            out[line, n] = price
            least = min(least, price)
        for n in range(allowed.shape[0]):
            over = out[line, n] - least if out[line, n] > 0 else np.int64(0)
            out[line, n] = over * scale_bp // WHOLE_BP
            any_price |= out[line, n] > 0
    return any_price
