"""The stock that an order could see, a row for each SKU, in a few bytes.

A record keeps, of each SKU of its order, which nodes had any and how many units mattered: never more than the order wanted
beyond what is protected, as more would have decided nothing. Mostly one unit is wanted, and a row is a bit for each node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

from engine.routing.order import Order
from engine.routing.stock import Snapshot, Stock

_NARROW = np.iinfo(np.int8)


class StockRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One SKU.

    ``present`` has a bit for each node column, lowest first: its ATP or its protected units are not zero. ``atp`` and
    ``protected`` have a figure for each of these nodes in order, as int8 or little-endian int32; ``atp`` is empty where each
    has one unit, ``protected`` where none has any.
    """

    item: int
    present: bytes
    atp: bytes
    protected: bytes


def wanted_units(order: Order, item_index: Mapping[str, int]) -> dict[int, int]:
    """Units by row of the stock."""
    wanted: dict[int, int] = {}
    for line in order.lines:
        item = item_index[line.sku]
        wanted[item] = wanted.get(item, 0) + line.units
    return wanted


def stock_rows(order: Order, item_index: Mapping[str, int], stock: Stock) -> tuple[StockRow, ...]:
    """Each SKU of the order once."""
    n_nodes = stock.atp.shape[1]
    bits = np.empty(n_nodes + 7 >> 3, np.uint8)
    atp, protected = np.empty(n_nodes, np.int32), np.empty(n_nodes, np.int32)
    rows = []
    for item, units in wanted_units(order, item_index).items():
        found, least, most, kept = _clip(stock.atp, stock.protected, item, units, bits, atp, protected)
        mattered = b"" if least == most == 1 else _bytes(atp[:found], least, most)
        reserved = _bytes(protected[:found], 0, kept) if kept else b""
        rows.append(StockRow(item, bits.tobytes(), mattered, reserved))
    return tuple(rows)


def lay_out(row: StockRow, stock: Snapshot) -> None:
    """Write the row back into a stock that has none of it."""
    bits = np.frombuffer(row.present, np.uint8)
    nodes = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
    stock.atp[row.item, nodes] = _figures(row.atp, len(nodes)) if row.atp else 1
    if row.protected:
        stock.protected[row.item, nodes] = _figures(row.protected, len(nodes))


def _bytes(figures: NDArray[np.int32], least: int, most: int) -> bytes:
    narrow = _NARROW.min <= least and most <= _NARROW.max
    return figures.astype(np.int8 if narrow else "<i4").tobytes()


def _figures(data: bytes, count: int) -> NDArray[Any]:
    return np.frombuffer(data, np.int8 if len(data) == count else "<i4")


@njit(
    "UniTuple(int64, 4)(int32[:, ::1], int32[:, ::1], int64, int64, uint8[::1], int32[::1], int32[::1])",
    cache=True,
    nogil=True,
)
def _clip(atp, protected, item, units, bits, out_atp, out_protected):  # type: ignore[no-untyped-def]
    """Fill the row's bits and figures; (how many nodes, least and most of their ATP, most protected)."""
    bits[:] = 0
    found = 0
    least, most, kept = np.int64(1 << 31), np.int64(-(1 << 31)), np.int64(0)
    for n in range(atp.shape[1]):
        here, reserved = np.int64(atp[item, n]), np.int64(protected[item, n])
        if here == 0 and reserved == 0:
            continue
        here = min(here, reserved + units)
        bits[n >> 3] |= np.uint8(1 << (n & 7))
        out_atp[found] = here
        out_protected[found] = reserved
        least, most, kept = min(least, here), max(most, here), max(kept, reserved)
        found += 1
    return found, least, most, kept
