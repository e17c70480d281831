"""The mirror: the ledger's ATP and capacity as arrays, close behind the truth, which decisions are made from.

It follows the change feed, whose values are absolute. What this server has decided but the feed has not shown yet is laid
over it: ``hold`` takes it off at the decision, ``settle`` says how the ledger answered. A hold that was taken stays until
the feed has reached its position, so the arrays never forget an own decision nor count it twice. The truth stays with
the ledger: a mirror that is behind costs a conflict and a retry, never an oversell (I1).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from engine.errors import StoreUnavailable
from engine.inventory.capacity_days import CapacityDays, DayClaims
from engine.inventory.ledger import Cell, Changes, Conflict, Ledger
from engine.network.network import Network
from solvers.problem import UNLIMITED

CellClaims = Sequence[tuple[int, int, int]]
"""(SKU index, node index, units)."""

_BLOCK = 500
_FEED_WAIT_MS = 500
_QUEUE = 1_000


class Mirror:
    """Arrays of K SKUs, N nodes and H days from ``first_day`` on.

    Parameters
    ----------
    skus, node_ids : what the arrays' rows and columns are; others in the ledger are ignored.
    first_day, horizon_days : the day axis; ``roll`` moves it on.
    order_limits, unit_limits : int64[N], a day's capacity of each node, ``UNLIMITED`` for none.
    monotonic : seconds of a clock that never goes back; staleness is measured by it.
    interval_s : after a change the feed rests so long, so that a busy ledger is read in few bites.

    Attributes
    ----------
    atp : int32[K, N], on hand less reserved less safety stock, less own holds. ``protected`` : int32[K, N], the part
        only VIP orders may take.
    orders_left, units_left : int64[N, H], less own holds; ``UNLIMITED`` where nothing limits.
    position : how far the feed was followed.
    """

    def __init__(
        self,
        ledger: Ledger,
        skus: Sequence[str],
        node_ids: Sequence[str],
        first_day: int,
        horizon_days: int,
        order_limits: NDArray[np.int64],
        unit_limits: NDArray[np.int64],
        *,
        monotonic: Callable[[], float],
        interval_s: float = 0.005,
    ) -> None:
        self._ledger = ledger
        self._skus = tuple(skus)
        self._node_ids = tuple(node_ids)
        self._row = {sku: k * len(node_ids) for k, sku in enumerate(skus)}
        self._column = {node_id: n for n, node_id in enumerate(node_ids)}
        self._n_nodes = len(node_ids)
        self._monotonic = monotonic
        self._interval_s = interval_s
        self.atp = np.zeros((len(skus), len(node_ids)), dtype=np.int32)
        self.protected = np.zeros((len(skus), len(node_ids)), dtype=np.int32)
        self._days = CapacityDays(first_day, horizon_days, order_limits, unit_limits)
        self.orders_left = self._days.orders_left
        self.units_left = self._days.units_left
        # The same memory, flat: an item of a memoryview costs a third of an item of an array.
        self._atp = self.atp.reshape(-1).data
        self._protected = self.protected.reshape(-1).data
        self.position = -1
        self._heard_at = float("-inf")
        self._held: dict[int, int] = {}  # units by flat cell: under way, or taken and not yet seen in the feed
        self._unseen: list[tuple[int, CellClaims, DayClaims]] = []  # taken, at a position the feed has not reached
        self._subscribers: WeakSet[asyncio.Queue[Changes]] = WeakSet()  # a queue lives as long as its reader

    @property
    def first_day(self) -> int:
        return self._days.first_day

    # -- decisions ---------------------------------------------------------------------------------------------------

    def hold(self, cells: CellClaims, days: DayClaims) -> None:
        """Take a decision's units and capacity off, before the ledger is asked."""
        atp, held, width = self._atp, self._held, self._n_nodes
        for k, n, units in cells:
            flat = k * width + n
            atp[flat] -= units
            held[flat] = held.get(flat, 0) + units
        if days:
            self._days.hold(days)

    def settle(self, cells: CellClaims, days: DayClaims, position: int | None) -> None:
        """The ledger's answer to a hold: ``Reserved.position``, or None when nothing was taken."""
        if position is not None and position > self.position:
            self._unseen.append((position, cells, days))
        else:
            self._end_hold(cells, days)

    def correct(self, conflict: Conflict) -> None:
        """Take over the values a conflict came back with. Settle its hold first."""
        if conflict.position < self.position:
            return
        # Own claims that these values have in them already, though the feed has not shown them: they are still held.
        included = [(cells, days) for position, cells, days in self._unseen if position <= conflict.position]
        for cell in conflict.cells:
            flat = self._flat(cell)
            if flat is not None:
                own = [units for cells, _ in included for k, n, units in cells if k * self._n_nodes + n == flat]
                self._set(flat, cell.atp + sum(own), cell.protected)
        for use in conflict.capacity:
            column = self._column.get(use.node_id)
            if column is not None:
                of_day = [row for _, days in included for row in days if row[0] == column and row[1] == use.day]
                orders, units = sum(row[2] for row in of_day), sum(row[3] for row in of_day)
                self._days.apply(column, use.day, use.orders - orders, use.units - units)

    def _end_hold(self, cells: CellClaims, days: DayClaims) -> None:
        """What was held is given back, or is in the feed's values by now."""
        atp, held, width = self._atp, self._held, self._n_nodes
        for k, n, units in cells:
            flat = k * width + n
            atp[flat] += units
            left = held.pop(flat) - units
            if left:
                held[flat] = left
        if days:
            self._days.give_back(days)

    def _set(self, flat: int, atp: int, protected: int) -> None:
        self._atp[flat] = atp - self._held.get(flat, 0)
        self._protected[flat] = protected

    # -- the feed ----------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read everything anew. Raises StoreUnavailable."""
        started = self._monotonic()
        position = await self._ledger.position()
        blocks = [await self._ledger.cells(self._skus[i : i + _BLOCK]) for i in range(0, len(self._skus), _BLOCK)]
        capacity = await self._ledger.capacity(self.first_day, self.first_day + 2 * self._days.horizon_days)
        self.atp[:] = 0
        self.protected[:] = 0
        for flat, units in self._held.items():
            self._atp[flat] = -units
        self._days.forget_use()
        self._apply(Changes(position, tuple(cell for block in blocks for cell in block), tuple(capacity)))
        self._heard_at = started

    async def follow(self, wait_ms: int = 0) -> None:
        """One step along the feed: what came since, or a load when it was lost. Raises StoreUnavailable."""
        started = self._monotonic()
        changes = await self._ledger.changes(self.position, wait_ms)
        if changes.lost:
            await self.load()
            self._publish(Changes(self.position, (), (), lost=True))
            return
        self._apply(changes)
        self._heard_at = started
        if changes.cells or changes.capacity:
            self._publish(changes)

    async def run(self) -> None:
        """Load, then follow until cancelled. After the store was away everything is read anew, as it may have lost its end."""
        while True:
            try:
                await self.load()
                self._publish(Changes(self.position, (), (), lost=True))
                while True:
                    await self.follow(_FEED_WAIT_MS)
                    await asyncio.sleep(self._interval_s)
            except StoreUnavailable:
                await asyncio.sleep(0.1)

    def stale_s(self, now_monotonic: float) -> float:
        """Seconds since the mirror is known to have been equal to the ledger; infinite before the first load."""
        return now_monotonic - self._heard_at

    def subscribe(self) -> AsyncIterator[Changes]:
        """The changes as they are applied, from this call on. ``lost``: read anew; also sent to a reader too slow."""
        queue: asyncio.Queue[Changes] = asyncio.Queue(_QUEUE)
        self._subscribers.add(queue)
        return _drain(queue)

    def roll(self, first_day: int) -> None:
        """Move the day axis on to begin at ``first_day``."""
        self._days.roll(first_day)

    def _publish(self, changes: Changes) -> None:
        for queue in self._subscribers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Changes(changes.position, (), (), lost=True))
            else:
                queue.put_nowait(changes)

    def _apply(self, changes: Changes) -> None:
        self.position = changes.position
        seen = [row for row in self._unseen if row[0] <= changes.position]
        if seen:
            self._unseen = [row for row in self._unseen if row[0] > changes.position]
            for _, cells, days in seen:
                self._end_hold(cells, days)  # their cells are among those that follow, or were shown before
        for cell in changes.cells:
            flat = self._flat(cell)
            if flat is not None:
                self._set(flat, cell.atp, cell.protected)
        for use in changes.capacity:
            column = self._column.get(use.node_id)
            if column is not None:
                self._days.apply(column, use.day, use.orders, use.units)

    def _flat(self, cell: Cell) -> int | None:
        row, n = self._row.get(cell.sku), self._column.get(cell.node_id)
        return None if row is None or n is None else row + n


def mirror_of(
    network: Network, ledger: Ledger, first_day: int, horizon_days: int, *, monotonic: Callable[[], float]
) -> Mirror:
    """A mirror of every item and node of the network, with its nodes' daily capacities. See ``Mirror``."""
    return Mirror(
        ledger,
        [item.sku for item in network.items],
        [node.node_id for node in network.nodes],
        first_day,
        horizon_days,
        _limits([node.daily_order_capacity for node in network.nodes]),
        _limits([node.daily_unit_capacity for node in network.nodes]),
        monotonic=monotonic,
    )


def _limits(capacities: list[int | None]) -> NDArray[np.int64]:
    return np.array([UNLIMITED if capacity is None else capacity for capacity in capacities], dtype=np.int64)


async def _drain(queue: asyncio.Queue[Changes]) -> AsyncIterator[Changes]:
    while True:
        yield await queue.get()
