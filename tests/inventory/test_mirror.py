"""The mirror: equal to the ledger at rest, right about own decisions at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

import numpy as np
from numpy.testing import assert_array_equal

from engine.errors import StoreUnavailable
from engine.inventory.committer import Committer
from engine.inventory.ledger import CapacityClaim, Changes, Conflict, Ledger, Reserve, Reserved, StockDelta
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.mirror import Mirror
from engine.inventory.redis_ledger import RedisLedger
from solvers.problem import UNLIMITED
from tests.inventory.building import DAY, NOW, a_day, reserve, stock_up

SKUS = ("cup", "pot", "lid")
NODES = ("north", "south")
ORDER_LIMITS = np.array([50, UNLIMITED])
UNIT_LIMITS = np.array([UNLIMITED, 90])


def mirror_of(ledger: Ledger, monotonic: Callable[[], float] = lambda: 0.0) -> Mirror:
    return Mirror(ledger, SKUS, NODES, DAY, 3, ORDER_LIMITS, UNIT_LIMITS, monotonic=monotonic)


def arrays(mirror: Mirror) -> list[np.ndarray]:
    return [array.copy() for array in (mirror.atp, mirror.protected, mirror.orders_left, mirror.units_left)]


async def assert_equals_ledger(mirror: Mirror, ledger: Ledger) -> None:
    """A fresh mirror is loaded from cells alone."""
    fresh = mirror_of(ledger)
    await fresh.load()
    for of_mirror, of_ledger in zip(arrays(mirror), arrays(fresh), strict=True):
        assert_array_equal(of_mirror, of_ledger)
    cells = {(cell.sku, cell.node_id): cell.atp for cell in await ledger.cells(SKUS)}
    expected = [[cells.get((sku, node), 0) for node in NODES] for sku in SKUS]
    assert_array_equal(mirror.atp, expected)


async def test_load_reads_stock_and_capacity_and_ignores_what_the_network_does_not_know(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "south", 10, safety=2, protected=3)
    await stock_up(ledger, "cup", "elsewhere", 10)
    await stock_up(ledger, "unknown", "north", 10)
    request = reserve(("cup", "south", 4), capacity=(a_day("south", 1, 4), a_day("elsewhere", 1, 1)))
    await ledger.reserve([request], NOW)
    mirror = mirror_of(ledger)
    assert mirror.stale_s(0.0) == float("inf")
    await mirror.load()
    assert_array_equal(mirror.atp, [[0, 4], [0, 0], [0, 0]])
    assert_array_equal(mirror.protected, [[0, 3], [0, 0], [0, 0]])
    assert_array_equal(mirror.orders_left, [[50, 50, 50], [UNLIMITED] * 3])
    assert_array_equal(mirror.units_left, [[UNLIMITED] * 3, [86, 90, 90]])


async def test_a_hold_is_counted_once_before_and_after_the_feed_shows_it(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    mirror = mirror_of(ledger)
    await mirror.load()
    cells, days = ((0, 0, 3),), ((0, DAY, 1, 3),)

    def figures() -> tuple[int, int]:
        return int(mirror.atp[0, 0]), int(mirror.orders_left[0, 0])

    mirror.hold(cells, days)
    assert figures() == (7, 49)
    (outcome,) = await ledger.reserve([reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3),))], NOW)
    assert isinstance(outcome, Reserved)
    mirror.settle(cells, days, outcome.position)  # the reply came before the feed
    assert figures() == (7, 49)
    await mirror.follow()
    assert figures() == (7, 49)
    mirror.hold(cells, days)
    (outcome,) = await ledger.reserve([reserve(("cup", "north", 3), capacity=(a_day("north", 1, 3),))], NOW)
    await mirror.follow()  # the feed came before the reply: for a moment it is counted twice, on the safe side
    assert isinstance(outcome, Reserved)
    mirror.settle(cells, days, outcome.position)
    assert figures() == (4, 48)
    mirror.hold(cells, days)
    mirror.settle(cells, days, None)
    assert figures() == (4, 48)


async def test_a_conflict_corrects_the_mirror_without_counting_own_units_twice(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 10)
    mirror = mirror_of(ledger)
    await mirror.load()
    mirror.hold(((0, 0, 3),), ())
    (mine,) = await ledger.reserve([reserve(("cup", "north", 3))], NOW)
    assert isinstance(mine, Reserved)
    mirror.settle(((0, 0, 3),), (), mine.position)
    await ledger.reserve([reserve(("cup", "north", 5))], NOW)  # another server's, not seen yet
    mirror.hold(((0, 0, 1),), ())  # under way
    mirror.hold(((0, 0, 6),), ())
    (conflict,) = await ledger.reserve([reserve(("cup", "north", 6))], NOW)
    assert isinstance(conflict, Conflict)
    mirror.settle(((0, 0, 6),), (), None)
    mirror.correct(conflict)
    assert mirror.atp[0, 0] == 2 - 1
    await mirror.follow()
    assert mirror.atp[0, 0] == 2 - 1


async def test_a_conflict_in_capacity_corrects_the_mirror(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "north", 100)
    mirror = mirror_of(ledger)
    await mirror.load()
    await ledger.reserve([reserve(("cup", "north", 1), capacity=(a_day("north", 1, 1),)) for _ in range(50)], NOW)
    (conflict,) = await ledger.reserve([reserve(("cup", "north", 1), capacity=(a_day("north", 1, 1, 50),))], NOW)
    assert isinstance(conflict, Conflict)
    mirror.correct(conflict)
    assert mirror.orders_left[0].tolist() == [0, 50, 50]


async def test_the_mirror_equals_the_ledger_after_random_concurrent_traffic(ledger: Ledger) -> None:
    """Two servers with a mirror each decide from it; both follow the feed all the while."""
    for sku in SKUS:
        for node in NODES:
            await stock_up(ledger, sku, node, 30, safety=1)
    mirrors = [mirror_of(ledger), mirror_of(ledger)]
    loaded = [mirror.subscribe() for mirror in mirrors]
    runs = [asyncio.create_task(mirror.run()) for mirror in mirrors]
    for first in loaded:
        await anext(first)
    committers = [Committer(ledger, batch=4) for _ in mirrors]

    async def shop(number: int) -> None:
        rng = random.Random(number)
        mirror, committer = mirrors[number % 2], committers[number % 2]
        for turn in range(25):
            k, n, units = rng.randrange(3), rng.randrange(2), rng.randint(1, 3)
            if rng.random() < 0.2:
                await ledger.adjust(f"adjust-{number}-{turn}", [StockDelta(SKUS[k], NODES[n], units)], NOW)
                continue
            if mirror.atp[k, n] < units:
                await asyncio.sleep(0)
                continue
            cells, days = ((k, n, units),), ((n, DAY + n, 1, units),)
            mirror.hold(cells, days)
            asked: Reserve = reserve(
                (SKUS[k], NODES[n], units), capacity=(CapacityClaim(NODES[n], DAY + n, 1, units, -1, -1),)
            )
            outcome = await committer.reserve(asked, NOW)
            mirror.settle(cells, days, outcome.position if isinstance(outcome, Reserved) else None)
            if isinstance(outcome, Conflict):
                mirror.correct(outcome)
            elif rng.random() < 0.3:
                await ledger.release(f"release-{number}-{turn}", asked.route_id, NOW)

    await asyncio.gather(*(shop(number) for number in range(24)))
    for run in runs:
        run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run
    for mirror in mirrors:
        await mirror.follow()
        assert mirror.position == await ledger.position()
        await assert_equals_ledger(mirror, ledger)


async def test_a_trimmed_feed_is_read_anew(ledger: Ledger) -> None:
    short: Ledger
    if isinstance(ledger, RedisLedger):
        short = RedisLedger(ledger.client, ledger.prefix[8:-2], feed_length=10)
    else:
        short = MemoryLedger(feed_length=10)
    mirror = mirror_of(short)
    await mirror.load()
    for _ in range(300):  # a stream is trimmed by whole blocks of about a hundred
        await stock_up(short, "cup", "north", 1)
        await short.adjust(f"a-{_}", [StockDelta("cup", "north", 1)], NOW)
    assert (await short.changes(mirror.position)).lost
    lost = mirror.subscribe()
    await mirror.follow()
    assert mirror.atp[0, 0] == 2
    assert (await anext(lost)).lost
    await short.close()


async def test_staleness_counts_from_the_last_time_the_mirror_was_known_to_be_right() -> None:
    ledger = MemoryLedger()
    now = [10.0]
    mirror = mirror_of(ledger, lambda: now[0])
    await mirror.load()
    now[0] = 12.0
    assert mirror.stale_s(now[0]) == 2.0
    await mirror.follow()
    assert mirror.stale_s(now[0]) == 0.0


class Flickering(MemoryLedger):
    """A store that goes away once."""

    away = False

    async def changes(self, position: int, wait_ms: int = 0) -> Changes:
        if self.away:
            self.away = False
            raise StoreUnavailable("away")
        return await super().changes(position, min(wait_ms, 1))


async def test_after_the_store_was_away_everything_is_read_anew() -> None:
    ledger = Flickering()
    await stock_up(ledger, "cup", "north", 5)
    mirror = mirror_of(ledger)
    changes = mirror.subscribe()
    run = asyncio.create_task(mirror.run())
    assert (await anext(changes)).lost
    mirror.atp[0, 0] = 99  # whatever it believed
    ledger.away = True
    assert (await anext(changes)).lost
    assert mirror.atp[0, 0] == 5
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run


async def test_subscribers_get_the_changes_and_slow_ones_are_told_to_read_anew() -> None:
    ledger = MemoryLedger()
    mirror = mirror_of(ledger)
    await mirror.load()
    quick, slow = mirror.subscribe(), mirror.subscribe()
    for number in range(1_001):
        await ledger.adjust(f"a{number}", [StockDelta("cup", "north", 1)], NOW)
        await mirror.follow()
        assert (await anext(quick)).cells[0].on_hand == number + 1
    assert (await anext(slow)).lost


async def test_days_roll_on_with_use_and_holds(ledger: Ledger) -> None:
    await stock_up(ledger, "cup", "south", 50)
    mirror = mirror_of(ledger)
    later = CapacityClaim("south", DAY + 4, 1, 7, -1, -1)
    await ledger.reserve([reserve(("cup", "south", 7), capacity=(later,))], NOW)
    await mirror.load()
    mirror.hold((), ((1, DAY + 2, 1, 5),))
    assert mirror.units_left[1].tolist() == [90, 90, 85]
    mirror.roll(DAY + 2)
    assert mirror.first_day == DAY + 2
    assert mirror.units_left[1].tolist() == [85, 90, 83]
    assert mirror.orders_left[0].tolist() == [50, 50, 50]
    mirror.settle((), ((1, DAY + 2, 1, 5),), None)
    assert mirror.units_left[1].tolist() == [90, 90, 83]
