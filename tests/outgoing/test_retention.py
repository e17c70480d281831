"""Events leave the stream once they are old and everybody who is to have them has them, and not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.inventory.connection import Client
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.events import encode, place_of
from engine.lifecycle.redis_lives import RedisLives
from engine.outgoing.outbox import Outbox
from engine.outgoing.retention import Retention
from engine.reporting.export import add_events
from engine.reporting.tables import Kind, Rows
from tests.outgoing.test_webhooks import an_event
from tests.stores import new_name

EVENTS = 1_000
BLOCK = 100
"""The stream gives up whole blocks: fewer than so many that could go may stay."""


class Stream:
    """A stream of events, one a second from second 1 on."""

    def __init__(self, client: Client, ledger: RedisLedger, name: str) -> None:
        self.client: Any = client
        self.lives = RedisLives(ledger)
        self.key = f"{ledger.prefix}events"
        self.name = name
        self.retention = Retention(client, name)

    async def first(self) -> int:
        """The second of the oldest event."""
        ((position, _),) = await self.lives.events(limit=1)
        return place_of(position)[0] // 1_000

    async def webhooks_have(self, endpoint: str, second: int) -> None:
        await Outbox(self.client, self.name, endpoint).queue("0", [(f"{second}000-0", an_event("a", 0))], 0)


@pytest.fixture
async def stream(client: Client) -> AsyncIterator[Stream]:
    name = new_name()
    ledger = RedisLedger(client, name)
    found = Stream(client, ledger, name)
    for second in range(1, EVENTS + 1):
        await found.client.xadd(found.key, {"e": encode(an_event("a", second))}, id=f"{second}000-0")
    yield found
    await ledger.close()


async def test_nothing_goes_before_an_export_has_it(stream: Stream) -> None:
    assert await stream.retention.trim(EVENTS, []) == 0
    await stream.retention.mark_exported("500000-0")
    assert 500 - BLOCK <= await stream.retention.trim(EVENTS, []) < 500
    assert 500 - BLOCK < await stream.first() <= 500


async def test_young_events_stay(stream: Stream) -> None:
    await stream.retention.mark_exported(f"{EVENTS}000-0")
    await stream.retention.trim(300, [])
    assert 300 - BLOCK < await stream.first() <= 300


async def test_what_an_endpoint_has_not_queued_stays(stream: Stream) -> None:
    await stream.retention.mark_exported(f"{EVENTS}000-0")
    await stream.webhooks_have("crm", 700)
    assert await stream.retention.trim(EVENTS, ["crm", "erp"]) == 0
    await stream.webhooks_have("erp", 250)
    await stream.retention.trim(EVENTS, ["crm", "erp"])
    assert 250 - BLOCK < await stream.first() <= 250


async def test_what_a_consumer_group_has_not_read_or_not_acknowledged_stays(stream: Stream) -> None:
    await stream.retention.mark_exported(f"{EVENTS}000-0")
    for group in ("fast", "slow"):
        await stream.client.xgroup_create(stream.key, group, "0")
    await stream.client.xreadgroup("fast", "one", {stream.key: ">"}, count=EVENTS, noack=True)
    assert await stream.retention.trim(EVENTS, []) == 0
    read = await stream.client.xreadgroup("slow", "one", {stream.key: ">"}, count=800)
    positions = [position for position, _ in read[0][1]]
    await stream.client.xack(stream.key, "slow", *positions[:350])
    await stream.retention.trim(EVENTS, [])
    assert 351 - BLOCK < await stream.first() <= 351
    await stream.client.xack(stream.key, "slow", *positions)
    await stream.retention.trim(EVENTS, [])
    assert 800 - BLOCK < await stream.first() <= 800


async def test_an_empty_store_has_nothing_to_trim(client: Client) -> None:
    retention = Retention(client, new_name())
    assert await retention.trim(EVENTS, ["crm"]) == 0
    assert not await retention.trimmed()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
async def test_exported_events_stay_in_the_export_after_the_stream_let_them_go(
    stream: Stream, tmp_path: Path, kind: Kind
) -> None:
    async def export() -> pl.DataFrame:
        rows = Rows()
        last = await add_events(rows, stream.lives)
        rows.write(tmp_path, kind, trimmed=await stream.retention.trimmed())
        await stream.retention.mark_exported(last)
        file = tmp_path / f"events.{kind}"
        return pl.read_parquet(file) if kind == "parquet" else pl.read_csv(file)

    first = await export()
    assert first.height == EVENTS
    assert await stream.retention.trim(600, []) > 400
    await stream.client.xadd(stream.key, {"e": encode(an_event("b", 1))}, id=f"{EVENTS + 1}000-0")
    second = await export()
    assert second["position"].to_list() == [f"{second}000-0" for second in range(1, EVENTS + 2)]
    assert second.head(EVENTS).equals(first)
    assert (await export()).equals(second)
