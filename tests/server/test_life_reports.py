"""Reports over orders that really lived, beside what their lives say themselves: what was decided twice counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.inventory.embedded import EmbeddedStore
from engine.lifecycle.life import Life
from engine.lifecycle.redis_lives import RedisLives
from engine.lifecycle.states import OrderState
from engine.reporting.answer import answer
from engine.reporting.export import add_decisions, add_events
from engine.reporting.tables import Rows
from tests.server.real import Shop, open_shop
from tests.server.test_dock_end_to_end import DAY_S, scan, shipped
from tests.server.test_life_end_to_end import Caller


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name, sweep_interval_s=0.1) as shop:
        await shop.stock(
            [(sku, node, 50) for sku in ("KETTLE-17", "TEA-ASSAM") for node in ("dc-berlin", "store-hamburg")]
        )
        yield shop


async def lived(shop: Shop) -> list[Life]:
    """One as planned; one rejected whole, one by line, one short of a unit, one relieved of two; one cancelled; one that waits."""
    caller = Caller(shop)
    first = {n: (await caller.ordered(f"{n}")).shipments[0] for n in range(1, 7)}
    await caller.node("RejectShipment", first[2])
    await caller.node("RejectShipment", first[3], line_ids=["2"])
    await caller.node("AcceptShipment", first[4])
    await caller.node("PickShipment", first[4], short_lines=[{"line_id": "2", "units": 2}])
    await caller.orders("CancelOrder", order_id="web:5", lines=[{"line_id": "2", "units": 2}])
    await caller.orders("CancelOrder", order_id="web:6")
    await caller.ordered("7", lines=(("KETTLE-17", 1, 30), ("MUG-BLUE", 2, 10)))
    return [await shop.server.worker.desk.get(f"web:{n}") for n in range(1, 8)]


async def exported(shop: Shop, directory: Path) -> Path:
    rows, worker = Rows(), shop.server.worker
    ledger = worker._settings.ledger
    await add_decisions(rows, shop.ledger, worker._client, ledger)
    lives = worker.desk.lives
    assert isinstance(lives, RedisLives)
    await add_events(rows, lives)
    rows.write(directory)
    return directory


def told(name: str, directory: Path) -> list[dict[str, Any]]:
    found = answer(name, directory)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


async def test_what_was_rejected_and_decided_anew_costs_once(shop: Shop, tmp_path: Path) -> None:
    lives = await lived(shop)
    directory = await exported(shop, tmp_path)
    rows = told("cost", directory)
    whole = {row["component"]: row["total"] for row in rows}
    policy = shop.server.worker._wiring.generation().network.policy
    shipped = sum(shipment.cost for life in lives for shipment in life.active())
    waits = sum(sum(life.waiting().values()) for life in lives) * policy.backorder_cost_per_unit
    assert waits > 0
    assert sum(whole.values()) == pytest.approx((shipped + waits) / 1e6)
    orders = sum(life.state is not OrderState.CANCELLED for life in lives)
    assert sum(row["per_order"] for row in rows) == pytest.approx((shipped + waits) / 1e6 / orders)


async def test_units_are_counted_where_they_are_at_last(shop: Shop, tmp_path: Path) -> None:
    lives = await lived(shop)
    directory = await exported(shop, tmp_path)
    units: Counter[str] = Counter()
    for life in lives:
        skus = {line.line_id: line.sku for line in life.order.lines}
        for shipment in life.active():
            for content in shipment.contents:
                units[content.sku] += content.units
        for line_id, waiting in life.waiting().items():
            units[skus[line_id]] += waiting
    assert {row["sku"]: row["units"] for row in told("best-sellers", directory)} == dict(units)
    (day,) = told("split-rate", directory)
    assert (day["orders"], day["shipments"]) == (6, sum(len(life.active()) for life in lives))
    (day,) = told("fill-rate", directory)
    assert day["units"] == sum(units.values())
    assert day["units_filled"] == pytest.approx(1 - 2 / sum(units.values()))


async def test_a_shipment_was_there_when_the_carrier_says_not_when_he_said_so(shop: Shop, tmp_path: Path) -> None:
    """Two were there in time, and one of them was told of a month later; the third came late."""
    caller = Caller(shop)
    sent = [await shipped(caller, f"{n}") for n in range(3)]
    promise = (await shop.server.worker.desk.get("web:0")).shipments[0].promise_time
    assert promise is not None
    shop.clock.now = promise
    await scan(caller, sent[0].tracking_numbers[0], "DELIVERED")
    shop.clock.now = promise + 30 * DAY_S
    await scan(caller, sent[1].tracking_numbers[0], "DELIVERED", ago_s=30 * DAY_S)
    await scan(caller, sent[2].tracking_numbers[0], "DELIVERED", ago_s=29 * DAY_S)
    (row,) = told("on-time", await exported(shop, tmp_path))
    assert (row["arrived"], row["on_time"]) == (3, pytest.approx(2 / 3))


async def test_a_backorder_that_is_filled_later_is_no_backorder_any_more(shop: Shop, tmp_path: Path) -> None:
    caller = Caller(shop)
    await caller.ordered("1", lines=(("KETTLE-17", 1, 30), ("MUG-BLUE", 2, 10)))
    await shop.stock([("MUG-BLUE", "dc-munich", 4)])
    await shop.server.worker.desk.restocked("MUG-BLUE")
    life = await shop.server.worker.desk.get("web:1")
    assert not life.waiting()
    directory = await exported(shop, tmp_path)
    costs = {row["component"]: row["total"] for row in told("cost", directory)}
    assert "BACKORDER" not in costs
    assert sum(costs.values()) == pytest.approx(sum(each.cost for each in life.active()) / 1e6)
    (day,) = told("fill-rate", directory)
    assert (day["orders"], day["units_filled"]) == (1, 1)
