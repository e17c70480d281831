"""The production parts over memory: planner, router, mirror and ledger as a server wires them, on a virtual clock.

Nothing here decides or books anything itself. What the service would have done is what the same code does, only that the
ledger answers at once and no event loop comes between.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.inventory.ledger import Cell, Reserve, ReserveOutcome, StockDelta
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.mirror import mirror_of
from engine.inventory.opening import opening_counts
from engine.network.network import Network, StockRow
from engine.network.prices import BidPrices
from engine.routing.batch_answers import BY_WORK, Told
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.rejection import Rejected
from engine.routing.reoptimized import MoveMade, ReoptimizeRequest
from engine.routing.route import Route
from engine.routing.router import Router
from engine.routing.stock import HORIZON_MARGIN_DAYS, first_day_of
from engine.routing.timers import Timer
from engine.simulation.clock import VirtualClock
from engine.simulation.luck import SecondLook

_NETWORK_VERSION = 1
_FOLLOW_EVERY = 256
"""Own reservations lie over the mirror until the feed shows them: read it now and then, so that they do not pile up."""


class Straight:
    """A committer for a ledger that answers at once: every reservation goes alone, and no tick of a loop passes."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def reserve(self, request: Reserve, now: int) -> ReserveOutcome:
        return (await self._ledger.reserve((request,), now))[0]


class World:
    """One network with its opening stock at ``clock``'s time. ``open`` first. ``timer`` closes windows; they and
    re-optimisation end by work done, not by time, so that they end alike (I9)."""

    def __init__(
        self,
        network: Network,
        stock: Sequence[StockRow],
        clock: VirtualClock,
        prices: BidPrices | None = None,
        solver: str = "auto",
        timer: Timer | None = None,
    ) -> None:
        self.network = network
        self.planner = Planner(network, prices)
        self.ledger = MemoryLedger()
        self._stock = stock
        self._clock = clock
        self._solver = solver
        horizon_days = network.policy.horizon_days + HORIZON_MARGIN_DAYS
        self._mirror = mirror_of(network, self.ledger, first_day_of(clock()), horizon_days, monotonic=lambda: 0.0)
        self._router = Router(
            self.planner,
            _NETWORK_VERSION,
            self._mirror,
            self.ledger,
            Straight(self.ledger),
            clock,
            lambda: 0.0,
            timer=timer,
            window_limits=BY_WORK,
        )
        self._unread = 0

    async def open(self) -> None:
        """Lay the opening stock out."""
        now = self._clock()
        await self.ledger.count("opening", opening_counts(self.network, self._stock, now), now)
        await self._mirror.load()

    async def route(self, order: Order, request_id: str) -> Route:
        """Decide and reserve, as RouteOrder does."""
        route = await self._router.route(order, request_id, b"", solver=self._solver)
        self._unread += 1
        if self._unread >= _FOLLOW_EVERY:
            await self._see()
        return route

    def waits(self, order: Order) -> bool:
        """Does ``route`` wait for the order's window?"""
        windows = self._router.windows
        return windows is not None and self._solver == "auto" and windows.wait_ms(order) > 0

    @property
    def deciding(self) -> bool:
        """Has a window closed, whose orders are being decided?"""
        windows = self._router.windows
        return windows is not None and windows.deciding

    async def reoptimize(self, request_id: str, route_ids: Sequence[str], look: SecondLook) -> list[MoveMade]:
        """Decide the routes again together, and make the moves that save most; those that were made."""
        asked = ReoptimizeRequest(request_id, b"", tuple(route_ids), look.max_moves_bp, look.min_saving)
        found = await self._router.reoptimizer.run(asked, Told())
        await self._see()
        return [move for move in found.moves if not move.why_not]

    async def confirm(self, route_id: str) -> None:
        """The customer has paid: the reservation is an allocation."""
        await self.ledger.confirm(f"{route_id}/confirm", route_id, self._clock())

    async def reroute(self, route_id: str, node_id: str, line_ids: tuple[str, ...], request_id: str) -> Route:
        """A node refused lines: the rest is decided anew without it."""
        await self._see()  # the ledger gives back what the old route held
        route = await self._router.reroute(route_id, [Rejected(node_id, line_ids)], request_id, b"")
        await self._see()
        return route

    async def release(self, route_id: str) -> None:
        """Everything comes back."""
        await self.ledger.release(f"{route_id}/release", route_id, self._clock())
        await self._see()

    async def receive(self, request_id: str, units: Sequence[StockDelta]) -> None:
        """Units came in."""
        await self.ledger.adjust(request_id, units, self._clock())
        await self._see()

    async def write_off(self, request_id: str, sku: str, node_id: str, units: int) -> int:
        """Units were not where they should be: at most what is neither reserved nor gone already. How many it was."""
        cell = next((cell for cell in await self.ledger.cells([sku]) if cell.node_id == node_id), None)
        missing = 0 if cell is None else min(units, cell.on_hand - cell.reserved)
        if missing > 0:
            await self.ledger.adjust(request_id, [StockDelta(sku, node_id, -missing)], self._clock())
            await self._see()
        return max(0, missing)

    async def expire(self) -> list[str]:
        """Reservations whose time ran out end; their route ids."""
        expired = await self.ledger.expire(self._clock())
        if expired:
            await self._see()
        return expired

    async def records(self, route_ids: Sequence[str]) -> dict[str, bytes]:
        """What the ledger keeps of these decisions, by route id."""
        found = await self.ledger.routes(route_ids)
        return {stored.route_id: stored.record for stored in found if stored is not None and stored.record}

    async def cells(self) -> list[Cell]:
        """All stock as it stands, by SKU and node."""
        return [cell async for block in self.ledger.all_cells() for cell in block]

    async def _see(self) -> None:
        """Bring the mirror up to the ledger."""
        await self._mirror.follow()
        self._unread = 0
