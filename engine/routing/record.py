"""Decision records: all that a decision rested on and what came of it, in as few bytes as it takes to decide it again (I9).

The snapshot holds, for each SKU of the order, the nodes that had any and how many units of it mattered (never more than the
order wanted), the days on which room was short, and what the bid prices were. Everything else follows from the network's version.

The subset programme only asks whether there is enough, so what it saw of the live stock and this part of it are the same to
it. Solvers that take in the figures themselves are given ``seen_by``, which is all that the record keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from engine.network.network import Network
from engine.routing.asking import Kept
from engine.routing.bids import BidMark, mark_of
from engine.routing.order import Order
from engine.routing.planner import Decision
from engine.routing.route import Route, Shipment, Unfilled
from engine.routing.stock import Snapshot, Stock
from engine.routing.stock_rows import StockRow, lay_out, stock_rows, wanted_units
from engine.routing.tables import Tables
from solvers.problem import UNLIMITED, Int64


class BatchMark(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a decision owes to the orders it was made together with.

    ``unit_prices`` has (item row, node column, micros): what a unit of the order's SKUs was worth to the others. ``day_prices``
    has (node column, day column, micros an order, micros a unit). Cells and days not named had no price.
    """

    batch_id: str
    orders: int
    unit_prices: tuple[tuple[int, int, int], ...]
    day_prices: tuple[tuple[int, int, int, int], ...]


class Record(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One decision.

    ``order`` is what was decided, in a reroute only the rejected lines; ``kept`` and ``left`` are the shipments and unfilled
    lines of ``replaces`` that stay; ``refused`` is what nodes rejected. ``tight`` has (node column, day column, orders left,
    units left) rows. ``solve_us`` is how long it took, microseconds: the only part that a replay does not give again. A
    decision made together with others has its ``batch``, and the stock that all of them were laid over. ``bids`` are the prices
    that it weighed, None for none.
    """

    order: Order
    kept: tuple[Shipment, ...]
    left: tuple[Unfilled, ...]
    refused: tuple[tuple[str, tuple[str, ...]], ...]
    replaces: str
    solver: str
    first_day: int
    stock: tuple[StockRow, ...]
    tight: bytes
    n_options: int
    solve_us: int
    route: Route
    batch: BatchMark | None = None
    bids: BidMark | None = None

    def snapshot_hash(self) -> bytes:
        """16 bytes that name the stock and capacity it was decided on."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(self.first_day.to_bytes(8, "little", signed=True))
        for row in self.stock:
            digest.update(_ENCODER.encode(row))
        digest.update(self.tight)
        return digest.digest()

    def considered(self) -> Kept:
        return Kept(len(self.kept), self.refused)


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Record)


def encode(record: Record) -> bytes:
    return _ENCODER.encode(record)


def decode(data: bytes) -> Record:
    return _DECODER.decode(data)


def seen_by(order: Order, item_index: Mapping[str, int], stock: Stock) -> Snapshot:
    """The part of a moving stock that the order could see, standing still."""
    seen = Snapshot(
        np.zeros_like(stock.atp),
        np.zeros_like(stock.protected),
        np.where(stock.orders_left < 1, 0, UNLIMITED),
        stock.units_left.copy(),
        stock.first_day,
    )
    wanted = wanted_units(order, item_index)
    holds = np.zeros(len(stock.units_left), np.bool_)
    for item, units in wanted.items():
        seen.protected[item] = stock.protected[item]
        seen.atp[item] = np.minimum(stock.atp[item], stock.protected[item].astype(np.int64) + units)
        holds |= seen.atp[item] > 0
    roomy = ~holds[:, None] | ((stock.units_left >= sum(wanted.values())) & (stock.orders_left >= 1))
    seen.orders_left[roomy] = seen.units_left[roomy] = UNLIMITED
    return seen


def short_days(seen: Snapshot) -> Int64:
    """int64[., 4]: every day of such a part that has not room for all: (node, day column, orders left, units left)."""
    nodes, days = np.nonzero((seen.orders_left < UNLIMITED) | (seen.units_left < UNLIMITED))
    return np.stack((nodes, days, seen.orders_left[nodes, days], seen.units_left[nodes, days]), axis=1)


def tight_bytes(tight: Int64) -> bytes:
    """The short days, each once, in order."""
    if not len(tight):
        return b""
    rows = sorted(set(map(tuple, tight.tolist())))  # mostly a handful: numpy's unique takes ten times as long
    return np.array(rows, "<i8").tobytes()


def snapshot_of(record: Record, tables: Tables, network: Network) -> Snapshot:
    """The stock of then: what the record does not name was not there, or did not matter."""
    stock = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, record.first_day)
    for row in record.stock:
        lay_out(row, stock)
    for node, day, orders, units in np.frombuffer(record.tight, "<i8").reshape(-1, 4).tolist():
        stock.orders_left[node, day], stock.units_left[node, day] = orders, units
    return stock


def record_of(
    decision: Decision,
    tables: Tables,
    stock: Stock,
    route: Route,
    solver: str,
    solve_us: int,
    *,
    kept: Sequence[Shipment] = (),
    left: Sequence[Unfilled] = (),
    refused: tuple[tuple[str, tuple[str, ...]], ...] = (),
    replaces: str = "",
    batch: BatchMark | None = None,
) -> Record:
    """The record of a decision just made on ``stock``, before its own claims are taken off."""
    return Record(
        decision.order,
        tuple(kept),
        tuple(left),
        refused,
        replaces,
        solver,
        stock.first_day,
        stock_rows(decision.order, tables.item_index, stock),
        tight_bytes(decision.tight),
        decision.n_options,
        solve_us,
        route,
        batch,
        bid_mark(decision, tables),
    )


def bid_mark(decision: Decision, tables: Tables) -> BidMark | None:
    """The prices that a decision weighed."""
    return None if decision.bids is None else mark_of(decision.ask, decision.bids, tables)
