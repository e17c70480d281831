"""A customer is known by his email in every channel, and by each channel's own name for him."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.capture.captured import CapturedOrder, Customer
from engine.errors import NotFound
from tests.lifecycle.world import World, an_order


async def test_a_customers_latest_orders_are_found_by_email_and_by_the_channels_own_name(world: World) -> None:
    for number, known in enumerate((Customer("7", email="Ada@Example.com"), Customer("7"), Customer("8"), Customer())):
        await world.desk.capture(_of(known, str(number)), world.asked())
        world.now += 60
    for who, orders in ((" ada@example.com", {"web:0"}), ("web/7", {"web:0", "web:1"}), ("WEB/8", {"web:2"})):
        assert {event.order_id for event in await world.desk.customer_timeline(who)} == orders
    assert {event.order_id for event in await world.desk.customer_timeline("web/7", orders=1)} == {"web:1"}
    with pytest.raises(NotFound, match="customer"):
        await world.desk.customer_timeline("web/9")


def _of(customer: Customer, order_id: str) -> CapturedOrder:
    return replace(an_order(order_id, customer=customer), order_time=an_order().order_time + int(order_id))
