"""``onebox stock import`` against a running server: counts and deltas from CSV and Parquet, whole or not at all, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.errors import NetworkFaults
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.stock_files import MAX_DELTAS, read_stock_file
from tests.server.real import NOW, Shop, open_shop
from tests.server.test_life_end_to_end import Caller
from tests.server.test_processes import onebox

NODES = ("dc-berlin", "dc-munich")


def text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name) as shop:
        yield shop
        await shop.audit()


async def run(shop: Shop, *arguments: str) -> Any:
    return await asyncio.to_thread(onebox, "stock", *arguments, server=f"127.0.0.1:{shop.server.worker.port}")


async def on_hand(shop: Shop, sku: str = "KETTLE-17") -> dict[str, int]:
    return {cell.node_id: cell.on_hand for cell in await shop.ledger.cells([sku])}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_counts_are_taken_once_and_shown(shop: Shop, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"stock.{kind}"
    columns = {"sku": ["KETTLE-17"] * 2, "node_id": NODES, "on_hand": [5, 7], "safety_stock": [None, 2]}
    frame = pl.DataFrame(columns | {"as_of_time": [datetime.fromtimestamp(NOW, UTC)] * 2})
    if kind == "csv":
        frame.write_csv(file)
    else:
        frame.write_parquet(file)
    for _ in range(2):
        ended = await run(shop, "import", str(file), "--json")
        assert (ended.returncode, ended.stdout) == (0, '{"counts":2,"overruled":0}\n'), ended.stderr
    assert await on_hand(shop) == {"dc-berlin": 5, "dc-munich": 7}
    assert (await shop.cell("KETTLE-17", "dc-munich")).safety_stock == 2
    for arguments in (("KETTLE-17",), ("show", "KETTLE-17"), ("--node", "dc-munich", "KETTLE-17")):
        shown = await run(shop, *arguments)
        assert (shown.returncode, "dc-munich" in shown.stdout) == (0, True), shown.stderr


async def test_deltas_of_a_file_move_stock_once(shop: Shop, tmp_path: Path) -> None:
    await shop.stock([("KETTLE-17", node, 10) for node in NODES])
    file = tmp_path / "moves.csv"
    file.write_text("node_id;sku;units\ndc-berlin;KETTLE-17;-3\ndc-munich;KETTLE-17;4\n")
    for _ in range(2):
        assert (await run(shop, "import", str(file))).returncode == 0
    assert await on_hand(shop) == {"dc-berlin": 7, "dc-munich": 14}
    again = await run(shop, "import", str(file), "--request-id", "the next day")
    assert (again.returncode, "2 deltas" in again.stdout) == (0, True)
    assert await on_hand(shop) == {"dc-berlin": 4, "dc-munich": 18}


async def test_deltas_that_do_not_all_fit_move_nothing(shop: Shop, tmp_path: Path) -> None:
    await shop.stock([("KETTLE-17", node, 10) for node in NODES])
    file = tmp_path / "moves.csv"
    file.write_text("node_id,sku,units\ndc-munich,KETTLE-17,4\ndc-berlin,KETTLE-17,-11\n")
    ended = await run(shop, "import", str(file))
    assert (ended.returncode, "deltas[1].units: expected -10.." in ended.stderr) == (1, True), ended.stderr
    assert await on_hand(shop) == {"dc-berlin": 10, "dc-munich": 10}


async def test_an_old_count_does_not_bring_back_what_was_sold_since(shop: Shop, tmp_path: Path) -> None:
    """Counted, sold and shipped, and only then does the count arrive; a count from after the sale is taken."""
    await shop.stock([("KETTLE-17", "dc-berlin", 5)])
    caller = Caller(shop)
    life = await caller.ordered(lines=(("KETTLE-17", 2, 60),))
    shop.clock.now = NOW + 600
    await caller.shipped(life.shipments[0])
    file = tmp_path / "counts.csv"
    file.write_text("node_id,sku,on_hand\ndc-berlin,KETTLE-17,5\n")
    old = await run(shop, "import", str(file), "--as-of", text(NOW + 300), "--json")
    assert (old.returncode, old.stdout) == (0, '{"counts":1,"overruled":1}\n'), old.stderr
    assert await on_hand(shop) == {"dc-berlin": 3}
    new = await run(shop, "import", str(file), "--as-of", text(NOW + 900), "--json")
    assert new.stdout == '{"counts":1,"overruled":0}\n', new.stderr
    assert await on_hand(shop) == {"dc-berlin": 5}


async def test_every_faulty_row_is_named_and_nothing_is_taken(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "stock.csv"
    file.write_text(
        "sku,node_id,on_hand,as_of_time\n"
        "KETTLE-17,dc-berlin,5,2026-03-30T09:00:00Z\n"
        "NOPE,dc-berlin,5,2026-03-30T09:00:00Z\n"
        "TEA-ASSAM,nowhere,-1,yesterday\n"
        "KETTLE-17,dc-berlin,1.5,\n"
    )
    ended = await run(shop, "import", str(file))
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "7 faults:",
        "  stock.csv:3:sku: expected a SKU of the network, got 'NOPE'",
        "  stock.csv:4:node_id: expected a node of the network, got 'nowhere'",
        "  stock.csv:4:on_hand: expected a whole number in 0..2000000000, got '-1'",
        "  stock.csv:4:as_of_time: expected an instant from 1970 to 2100, as 2026-01-31T12:00:00Z, got 'yesterday'",
        "  stock.csv:5:sku: expected each SKU and node once: it stands in row 2 too, got 'KETTLE-17 at dc-berlin'",
        "  stock.csv:5:on_hand: expected a whole number in 0..2000000000, got '1.5'",
        "  stock.csv:5:as_of_time: expected an instant, as 2026-01-31T12:00:00Z: when it was counted, got ''",
    ]
    assert await on_hand(shop) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "stock.csv: expected a CSV or Parquet file with rows"),
        ("sku,on_hand\nA,1\n", "stock.csv:1:node_id: expected this column"),
        ("sku,node_id,on_hand,units\nA,N,1,1\n", "expected on_hand for counts or units for deltas, one of them"),
        ("sku,node_id,on_hand\nA,N,1\n", "stock.csv:1:as_of_time: expected this column, or an instant for all rows"),
        ("sku,node_id,units,colour\nA,N,1,red\n", "stock.csv:1:colour: expected a known column, once"),
        ("sku,node_id,units\nA,N,0\n", "stock.csv:2:units: expected units above or below 0"),
        ("sku,node_id,units\n" + "A,N,1\n" * (MAX_DELTAS + 1), f"expected at most {MAX_DELTAS} rows of deltas"),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "stock.csv"
    file.write_text(content)
    with pytest.raises(NetworkFaults) as refused:
        read_stock_file(file, {"A"}, {"N"})
    assert any(said in str(fault) for fault in refused.value.network_faults), refused.value.network_faults
