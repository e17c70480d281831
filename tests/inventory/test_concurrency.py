"""Many clients at once, on two servers' connections to one store."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from engine.inventory.audit import audit
from engine.inventory.committer import Committer
from engine.inventory.connection import Client
from engine.inventory.ledger import Conflict, Ledger, Replayed, Reserve, Reserved, ReserveOutcome
from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.redis_ledger import RedisLedger
from tests.inventory.building import NOW, a_day, reserve, stock_up
from tests.stores import new_name

HOT = [f"hot-{n}" for n in range(5)]


async def test_64_clients_reserve_exactly_the_1000_units_of_5_hot_skus(client: Client) -> None:
    """I1, I2, I4, I5: two servers, every request sent twice, both at once and with another plan."""
    name = new_name()
    servers = [RedisLedger(client, name) for _ in range(2)]
    committers = [Committer(server, batch=16) for server in servers]
    for sku in HOT:
        await stock_up(servers[0], sku, "north", 200)
    taken: Counter[str] = Counter()
    seen: Counter[type[ReserveOutcome]] = Counter()

    async def shop(number: int) -> None:
        rng = random.Random(number)
        while True:
            open_skus = [sku for sku in HOT if taken[sku] < 200]
            if not open_skus:
                return
            basket = rng.sample(open_skus, min(len(open_skus), rng.choice((1, 1, 2))))
            request = reserve(*((sku, "north", 1) for sku in basket))
            again = reserve(*((sku, "north", 1) for sku in basket), request_id=request.request_id)
            outcomes = await asyncio.gather(
                committers[number % 2].reserve(request, NOW), committers[(number + 1) % 2].reserve(again, NOW)
            )
            seen.update(map(type, outcomes))
            kinds = {type(outcome) for outcome in outcomes}
            assert kinds in ({Reserved, Replayed}, {Conflict}, {Conflict, Reserved})
            if Reserved in kinds:
                taken.update(basket)
            else:
                conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
                assert all(cell.atp == 0 for conflict in conflicts for cell in conflict.cells)

    await asyncio.gather(*(shop(number) for number in range(64)))
    assert taken == dict.fromkeys(HOT, 200)
    assert seen[Conflict] > 0
    assert seen[Replayed] > 0
    found = await audit(servers[1])
    assert (found.reserved, found.faults) == (1_000, ())
    for server in servers:
        await server.close()


async def test_expired_units_can_be_sold_again(ledger: Ledger) -> None:
    committer = Committer(ledger)
    await stock_up(ledger, "cup", "north", 20)
    first = [
        reserve(("cup", "north", 1), expiry_time=NOW + 60, capacity=(a_day("north", 1, 1, 20),)) for _ in range(30)
    ]
    outcomes = await asyncio.gather(*(committer.reserve(request, NOW) for request in first))
    assert sum(isinstance(outcome, Reserved) for outcome in outcomes) == 20
    assert len(await ledger.expire(NOW + 60)) == 20
    second = [reserve(("cup", "north", 1), capacity=(a_day("north", 1, 1, 20),)) for _ in range(30)]
    outcomes = await asyncio.gather(*(committer.reserve(request, NOW + 60) for request in second))
    assert sum(isinstance(outcome, Reserved) for outcome in outcomes) == 20
    assert (await audit(ledger)).faults == ()


class CountingLedger(MemoryLedger):
    """Counts its batches, and takes a while for each."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.under_way = self.most_under_way = 0
        self.failing = False

    async def reserve(self, requests, now):  # type: ignore[no-untyped-def]
        self.batches.append(len(requests))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        if self.failing:
            raise RuntimeError("the ledger failed")
        return await super().reserve(requests, now)


async def test_requests_of_one_moment_share_a_batch_and_batches_are_bounded() -> None:
    ledger = CountingLedger()
    await stock_up(ledger, "cup", "north", 1_000)
    committer = Committer(ledger, batch=8, in_flight=2)

    async def ask(request: Reserve) -> ReserveOutcome:
        return await committer.reserve(request, NOW)

    await asyncio.gather(*(ask(reserve(("cup", "north", 1))) for _ in range(50)))
    assert ledger.batches == [8, 8, 8, 8, 8, 8, 2]
    assert ledger.most_under_way == 2


async def test_a_failed_batch_fails_its_requests_and_no_others() -> None:
    ledger = CountingLedger()
    await stock_up(ledger, "cup", "north", 10)
    committer = Committer(ledger)
    ledger.failing = True
    outcomes = await asyncio.gather(
        *(committer.reserve(reserve(("cup", "north", 1)), NOW) for _ in range(3)), return_exceptions=True
    )
    assert [str(outcome) for outcome in outcomes] == ["the ledger failed"] * 3
    ledger.failing = False
    assert isinstance(await committer.reserve(reserve(("cup", "north", 1)), NOW), Reserved)


async def test_a_caller_who_gives_up_does_not_disturb_the_batch() -> None:
    ledger = CountingLedger()
    await stock_up(ledger, "cup", "north", 10)
    committer = Committer(ledger)
    first, second = (committer.reserve(reserve(("cup", "north", 1)), NOW) for _ in range(2))
    first.cancel()
    assert isinstance(await second, Reserved)
