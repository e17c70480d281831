"""Reports on the events that orders' lives really write, from memory and from Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.lifecycle.returns import Wanted
from engine.reporting.answer import answer
from engine.reporting.export import add_events, add_lives
from engine.reporting.tables import Rows
from tests.lifecycle.conftest import world  # noqa: F401 - a fixture
from tests.lifecycle.world import NOW, World

HOUR = 3_600


@pytest.fixture
async def export(world: World, tmp_path: Path) -> Path:  # noqa: F811
    """Three orders: two leave from the east after hours of work, one is rejected there and delivered from the west."""
    for node in ("east", "west"):
        for sku in ("cup", "pot"):
            await world.stock(sku, node, 100)
    for number in range(3):
        life = await world.ordered(f"{number}")
        world.now += HOUR
        name = life.shipments[0].shipment_id
        if number == 2:
            life = await world.desk.reject(name, [], world.asked("east", "no staff"))
            name = life.shipments[1].shipment_id
        await world.desk.accept(name, world.asked())
        world.now += 2 * HOUR
        await world.desk.pick(name, {}, world.asked())
        await world.desk.pack(name, world.asked())
        await world.desk.ship(name, "T1", world.asked())
        world.now += 30 * HOUR
        await world.desk.deliver(name, world.asked())
    rows = Rows()
    await add_lives(rows, world.lives)
    last = await add_events(rows, world.lives)
    assert rows.write(tmp_path)["events"] > 20
    assert (await world.lives.events(last)) == []
    return tmp_path


def told(name: str, directory: Path) -> list[dict[str, Any]]:
    found = answer(name, directory)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


async def test_orders_and_their_lines_stand_as_they_are(export: Path) -> None:
    orders, lines = (pl.read_parquet(export / f"{name}.parquet") for name in ("orders", "order_lines"))
    assert orders["state"].to_list() == ["DELIVERED"] * 3
    assert orders["captured"].to_list() == orders["total"].to_list()
    assert set(lines["order_id"]) == set(orders["order_id"])
    assert lines["units_shipped"].to_list() == lines["units"].to_list()
    assert lines["units"].sum() > 0
    assert not any(lines[f"units_{name}"].sum() for name in ("cancelled", "waiting", "returned"))


async def test_a_nodes_rejects_are_of_what_it_was_asked(export: Path) -> None:
    east, west = told("rejects", export)
    assert (east["node_id"], east["asked"], east["rejected"]) == ("east", 3, 1)
    assert east["reject_rate"] == pytest.approx(1 / 3)
    assert east["commonest_reason"] == "no staff"
    assert (west["node_id"], west["asked"], west["rejected"]) == ("west", 1, 0)


async def test_hours_of_work_and_travel_are_told_by_node(export: Path) -> None:
    hours = {(row["node_id"], row["stage"]): row["median_hours"] for row in told("turnaround", export)}
    assert hours["east", "RELEASED to ACCEPTED"] == hours["east", "RELEASED to REJECTED"] == 1
    assert hours["east", "ACCEPTED to PICKED"] == hours["west", "ACCEPTED to PICKED"] == 2
    assert hours["east", "SHIPPED to DELIVERED"] == 30
    assert hours["west", "RELEASED to ACCEPTED"] == 0


async def test_what_happened_before_the_period_is_left_out(export: Path) -> None:
    assert answer("rejects", export, NOW + 900 * HOUR).rows == ()


async def test_what_came_back_is_told_by_reason_with_its_units_and_what_it_was_worth(
    world: World,  # noqa: F811
    tmp_path: Path,
) -> None:
    """Four orders went out, one of them over the counter: one returns two cups, one exchanges a pot, one keeps all."""
    for node in ("east", "store"):
        for sku in ("cup", "pot"):
            await world.stock(sku, node, 100)
    back: list[tuple[str, dict[str, Wanted], str, bool]] = [
        ("0", {"1": Wanted(2)}, "too small", False),
        ("1", {"2": Wanted(1)}, "broken", True),
        ("3", {"1": Wanted(1)}, "too small", False),
    ]
    for number in range(4):
        life = await world.ordered(f"{number}", picked=number == 3)
        for shipment in life.active():
            name = shipment.shipment_id
            await world.worked(name)
            if number == 3:
                await world.desk.ready(name, world.asked())
                await world.desk.hand_over(name, f"code of {name}", world.asked())
            else:
                await world.desk.ship(name, "T1", world.asked())
                await world.desk.deliver(name, world.asked())
    for order, lines, reason, exchange in back:
        asked = world.asked("customer", reason)
        life = await world.desk.authorise_return(f"web:{order}", lines, asked, node_id="west", exchange=exchange)
        name = life.returns[0].return_id
        await world.desk.receive_return(name, "", world.asked())
        if order != "3":
            await world.desk.grade_return(name, {}, world.asked("west", "looks new"))
    await world.check()
    rows = Rows()
    await add_events(rows, world.lives)
    rows.write(tmp_path)
    small, broken = told("returns", tmp_path)
    assert (small["reason"], small["returns"], small["units"], small["exchanged"]) == ("too small", 2, 3, 0)
    assert (broken["reason"], broken["returns"], broken["units"], broken["exchanged"]) == ("broken", 1, 1, 1)
    assert small["share"] == pytest.approx(2 / 3)
    assert small["of_orders_shipped"] == pytest.approx(2 / 4), "what went over the counter went out too"
    assert float(small["goods_and_tax"]) == pytest.approx(21.00), "of what is graded"
    assert float(broken["goods_and_tax"]) == pytest.approx(10.50)
