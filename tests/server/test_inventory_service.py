from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from onebox.v1 import inventory_service_pb2 as pb

from tests.server.running import Running, reason, violations

AS_OF = {"seconds": 1_760_000_000}


def count(sku: str, on_hand: int, node_id: str = "DC-MEM", **fields: Any) -> pb.StockCount:
    return pb.StockCount(**{"sku": sku, "node_id": node_id, "on_hand": on_hand, "as_of_time": AS_OF, **fields})


async def test_counts_and_changes_are_seen_at_once_with_what_can_be_promised(server: Running) -> None:
    counts = [count("MUG", 10, safety_stock=2, protected=3), count("MUG", 4, "ST-NYC")]
    await server.inventory.SetStock(pb.SetStockRequest(request_id="count", counts=counts))
    delta = {"sku": "MUG", "node_id": "DC-MEM", "units": -1}
    await server.inventory.AdjustStock(pb.AdjustStockRequest(request_id="loss", deltas=[delta]))
    cells = (await server.inventory.GetAvailability(pb.GetAvailabilityRequest(skus=["MUG"]))).cells
    assert [(cell.node_id, cell.on_hand, cell.safety_stock, cell.protected, cell.atp) for cell in cells] == [
        ("DC-MEM", 9, 2, 3, 7),
        ("ST-NYC", 4, 0, 0, 4),
    ]
    only = pb.GetAvailabilityRequest(skus=["MUG"], node_ids=["ST-NYC"])
    assert [cell.node_id for cell in (await server.inventory.GetAvailability(only)).cells] == ["ST-NYC"]


async def test_the_same_change_twice_takes_effect_once_and_another_is_refused(server: Running) -> None:  # I5
    delta = {"sku": "MUG", "node_id": "DC-MEM", "units": 5}
    request = pb.AdjustStockRequest(request_id="same", deltas=[delta])
    first = await server.inventory.AdjustStock(request)
    assert first == await server.inventory.AdjustStock(request)
    assert first.cells[0].on_hand == 5
    request.deltas[0].units = 6
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.inventory.AdjustStock(request)
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_REUSED")


async def test_a_count_says_when_it_was_made_and_an_older_one_changes_nothing(server: Running) -> None:
    await server.inventory.SetStock(pb.SetStockRequest(request_id="1", counts=[count("MUG", 10)]))
    older = count("MUG", 99, as_of_time={"seconds": 1_700_000_000})
    after = await server.inventory.SetStock(pb.SetStockRequest(request_id="2", counts=[older]))
    assert after.cells[0].on_hand == 10
    undated = pb.StockCount(sku="MUG", node_id="DC-MEM", on_hand=1)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.inventory.SetStock(pb.SetStockRequest(request_id="3", counts=[undated]))
    assert list(violations(caught.value)) == ["counts[0].as_of_time"]


async def test_an_import_takes_every_message_and_may_be_repeated_whole(server: Running) -> None:  # I5
    messages = [
        pb.ImportStockRequest(request_id="import", counts=[count("MUG", 3), count("BOOK", 4)]),
        pb.ImportStockRequest(counts=[count("MUG", 5, "ST-NYC")]),
    ]
    for _ in range(2):
        answer = await server.inventory.ImportStock(iter(messages))
        assert (answer.counts, answer.messages) == (3, 2)
    cells = (await server.inventory.GetAvailability(pb.GetAvailabilityRequest(skus=["BOOK", "MUG"]))).cells
    assert [(cell.sku, cell.node_id, cell.on_hand) for cell in cells] == [
        ("BOOK", "DC-MEM", 4),
        ("MUG", "DC-MEM", 3),
        ("MUG", "ST-NYC", 5),
    ]


async def test_an_import_names_the_row_that_is_wrong(server: Running) -> None:
    messages = [
        pb.ImportStockRequest(request_id="import", counts=[count("MUG", 3), count("NOPE", 4), count("MUG", -1)])
    ]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.inventory.ImportStock(iter(messages))
    assert list(violations(caught.value)) == ["counts[1].sku", "counts[2].sku"]


async def test_a_watcher_gets_the_stock_as_it_is_and_then_its_changes(server: Running) -> None:
    await server.inventory.SetStock(pb.SetStockRequest(request_id="1", counts=[count("MUG", 10), count("BOOK", 1)]))
    call = server.inventory.WatchStock(pb.WatchStockRequest(skus=["MUG"]))
    async with asyncio.timeout(10):
        snapshot = await call.read()
        assert [(cell.sku, cell.on_hand) for cell in snapshot.cells] == [("MUG", 10)]
        assert snapshot.snapshot
        changes = [("BOOK", 7), ("MUG", 8)]
        for sku, units in changes:
            later = count(sku, units, as_of_time={"seconds": AS_OF["seconds"] + 1})
            await server.inventory.SetStock(pb.SetStockRequest(request_id=sku, counts=[later]))
        change = await call.read()
    assert not change.snapshot
    assert [(cell.sku, cell.on_hand) for cell in change.cells] == [("MUG", 8)]
    call.cancel()


async def test_a_watcher_of_everything_gets_every_cell(server: Running) -> None:
    await server.inventory.SetStock(pb.SetStockRequest(request_id="1", counts=[count("MUG", 10), count("BOOK", 1)]))
    call = server.inventory.WatchStock(pb.WatchStockRequest())
    seen: set[str] = set()
    async with asyncio.timeout(10):
        while len(seen) < 2:
            seen.update(cell.sku for cell in (await call.read()).cells)
    call.cancel()


async def test_without_a_network_stock_has_no_meaning_and_the_error_says_how_to_load_one(empty_server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await empty_server.inventory.SetStock(pb.SetStockRequest(request_id="1", counts=[count("MUG", 10)]))
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_READY")
    assert "onebox load" in caught.value.details()
