"""What goes on by itself, on both stores."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from engine.lifecycle.going_on import run_stock
from tests.lifecycle.world import World, an_order


async def at_once(position: int) -> None:
    """The test's router reads the ledger itself."""


async def test_stock_that_came_while_nobody_looked_is_given_to_who_waits(world: World) -> None:
    life = await world.desk.capture(an_order(lines=(("cup", 1, 0), ("pot", 1, 0))), world.asked())
    await world.desk.route(life.order_id, world.asked())
    await world.stock("cup", "east", 1)
    following = asyncio.create_task(run_stock(world.desk, world.ledger, at_once))
    await until_placed(world, life.order_id, {"2": 1})
    await world.stock("pot", "west", 1)  # and what comes while somebody looks
    await until_placed(world, life.order_id, {})
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await world.check()


async def until_placed(world: World, order_id: str, waiting: dict[str, int]) -> None:
    async with asyncio.timeout(20):
        while (await world.desk.get(order_id)).waiting() != waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
