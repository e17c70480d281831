"""RouteBatch over captured orders: which ones it takes, that each gets its route, and that the same id completes it."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from onebox.v1 import life_pb2
from onebox.v1 import order_service_pb2 as order_pb
from onebox.v1 import routing_service_pb2 as pb

from engine.errors import StoreUnavailable
from engine.inventory.embedded import EmbeddedStore
from engine.lifecycle.order_desk import OrderDesk
from tests.server.batches import Came
from tests.server.real import Shop, open_shop
from tests.server.running import reason, violations
from tests.server.test_life_end_to_end import Caller, a_content

CAPTURED, ROUTED = life_pb2.ORDER_STATE_CAPTURED, life_pb2.ORDER_STATE_ROUTED


async def queued(shop: Shop, request_id: str, **fields: Any) -> Came:
    terms = pb.BatchTerms(**{name: fields.pop(name) for name in ("validate_only",) if name in fields})
    first = pb.RouteBatchRequest(request_id=request_id, terms=terms, queue=pb.CapturedQueue(**fields))
    came = Came()
    async for message in shop.server.routing.RouteBatch(iter([first])):
        came.take(message)
    return came


async def captured(shop: Shop, count: int, first: int = 0) -> list[life_pb2.Life]:
    caller = Caller(shop)
    caller._numbers = first * 100
    lines = (("KETTLE-17", 1, 60),)
    return [await caller.orders("CaptureOrder", content=a_content(str(first + i), lines)) for i in range(count)]


async def states(shop: Shop, lives: list[life_pb2.Life]) -> list[int]:
    found = [await shop.server.orders.GetOrder(order_pb.GetOrderRequest(order_id=life.order_id)) for life in lives]
    return [one.life.state for one in found]


async def test_captured_orders_get_the_routes_of_their_batch_and_the_same_id_answers_the_same(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5), ("KETTLE-17", "dc-munich", 5)])
        lives = await captured(shop, 5)
        channel = lives[0].content.channel
        looked = await queued(shop, "look", validate_only=True)
        assert (len(looked.routes), await states(shop, lives)) == (5, [CAPTURED] * 5)
        none = await queued(shop, "none", channel="another")
        assert (none.summary.orders, none.routes) == (0, {})
        some = await queued(shop, "some", channel=channel, limit=2)
        assert set(some.routes) == {lives[0].order_id, lives[1].order_id}
        assert await states(shop, lives) == [ROUTED] * 2 + [CAPTURED] * 3
        rest = await queued(shop, "rest")
        assert (len(rest.routes), await states(shop, lives)) == (3, [ROUTED] * 5)
        assert sum((await shop.reserved()).values()) == 5
        later = await captured(shop, 1, first=9)
        again = await queued(shop, "rest")
        assert (again.routes, again.summary) == (rest.routes, rest.summary)
        assert await states(shop, later) == [CAPTURED], "the same id takes the same orders"
        await shop.audit()


async def test_an_order_on_hold_waits_and_one_that_changes_while_it_is_decided_is_answered_so(
    store: EmbeddedStore, ledger_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5)])
        lives = await captured(shop, 3)
        caller = Caller(shop)
        caller._numbers = 50
        await caller.orders("HoldOrder", order_id=lives[0].order_id, reason="look")
        adopt = OrderDesk.adopt

        async def after_cancelling(desk: OrderDesk, order: Any, route: Any, asked: Any) -> Any:
            if order.order_id == lives[1].order_id:
                await caller.orders("CancelOrder", order_id=order.order_id)
            return await adopt(desk, order, route, asked)

        monkeypatch.setattr(OrderDesk, "adopt", after_cancelling)
        came = await queued(shop, "b1")
        assert set(came.routes) == {lives[2].order_id}
        assert {key: error.reason for key, error in came.errors.items()} == {lives[1].order_id: "WRONG_STATE"}
        assert sum((await shop.reserved()).values()) == 1
        await shop.audit()


async def test_a_batch_that_broke_off_between_holding_and_giving_is_completed_by_the_same_id(
    store: EmbeddedStore, ledger_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5)])
        lives = await captured(shop, 4)
        adopt, calls = OrderDesk.adopt, 0

        async def breaking(desk: OrderDesk, order: Any, route: Any, asked: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > 2:
                raise StoreUnavailable("gone")
            return await adopt(desk, order, route, asked)

        with monkeypatch.context() as broken:
            broken.setattr(OrderDesk, "adopt", breaking)
            first = await queued(shop, "b1")
        assert (len(first.routes), len(first.errors)) == (2, 2)
        assert sum((await shop.reserved()).values()) == 4
        second = await queued(shop, "b1")
        assert (len(second.routes), second.errors) == (4, {})
        assert await states(shop, lives) == [ROUTED] * 4
        assert sum((await shop.reserved()).values()) == 4, "no unit is held twice"
        await shop.audit()


async def test_what_is_wrong_with_a_queue_is_named(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await queued(shop, "b1", limit=0)
        assert violations(caught.value) == {"queue.limit": "expected a count in 1..100000, got '0'"}
        await captured(shop, 1)
        await queued(shop, "b1")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await queued(shop, "b1", limit=7)
        assert reason(caught.value) == "REQUEST_REUSED"
