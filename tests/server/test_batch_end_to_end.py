"""RouteBatch over a real socket and a real store: decided together, each held under its own id, whoever else buys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import grpc
import msgspec
import pytest
from msgspec.structs import replace as amended
from onebox.v1 import order_pb2, route_pb2
from onebox.v1.routing_service_pb2 import ExplainRouteRequest

from engine.inventory.embedded import EmbeddedStore
from engine.network.network import Network
from engine.routing.explain import replay
from engine.routing.planner import Planner
from engine.routing.record import decode
from engine.routing.verify import PlanRefused
from tests.server.batches import Came, batch, blocks
from tests.server.real import BERLIN, HAMBURG, VIENNA, Shop, an_order, eu, micros, open_shop, units_of
from tests.server.running import reason, violations

PLACES = (BERLIN, HAMBURG, VIENNA)


def roomy() -> Network:
    """eu without limits on nodes' days."""
    network = eu()
    nodes = tuple(replace(node, daily_order_capacity=None, daily_unit_capacity=None) for node in network.nodes)
    return replace(network, nodes=nodes)


def orders_of(count: int, sku: str = "MUG-BLUE") -> list[order_pb2.Order]:
    return [an_order(f"o{i}", lines={sku: 1}, destination=PLACES[i % 3]) for i in range(count)]


async def test_a_batch_is_decided_together_and_every_order_is_held(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 20), ("MUG-BLUE", "dc-munich", 30)])
        orders = orders_of(60)
        came = await batch(shop.server.routing, "b1", orders)
        held = [route for route in came.routes.values() if route.state == route_pb2.ROUTE_STATE_RESERVED]
        assert (len(came.routes), len(held), came.errors) == (60, 50, {})
        assert await shop.reserved() == {("MUG-BLUE", "dc-berlin"): 20, ("MUG-BLUE", "dc-munich"): 30}
        summary = came.summary
        assert (summary.orders, summary.together, summary.units_left_out, summary.rounds) == (60, 60, 10, 1)
        assert summary.certificate.bound <= summary.certificate.objective
        assert {line.reason for route in came.routes.values() for line in route.unfilled} == {
            route_pb2.UNFILLED_REASON_NO_STOCK
        }
        phases = [one.phase for one in came.progress]
        assert phases[0] == "SOURCING"
        assert came.progress[-1].bound <= max(one.objective for one in came.progress)
        again = await batch(shop.server.routing, "b1", orders)
        assert (again.routes, again.summary) == (came.routes, came.summary)
        await shop.audit()


async def test_the_same_id_with_another_batch_is_refused(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 20)])
        await batch(shop.server.routing, "b1", orders_of(3))
        for other in (orders_of(4), orders_of(3, "TEA-ASSAM")):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await batch(shop.server.routing, "b1", other)
            assert reason(caught.value) == "REQUEST_REUSED"
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await batch(shop.server.routing, "b1", orders_of(3), validate_only=False, gap=0.01)
        assert reason(caught.value) == "REQUEST_REUSED"
        assert sum((await shop.reserved()).values()) == 3


async def test_validate_only_decides_and_holds_nothing(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 20)])
        came = await batch(shop.server.routing, "b1", orders_of(5), validate_only=True)
        assert {route.state for route in came.routes.values()} == {route_pb2.ROUTE_STATE_PLANNED}
        assert await shop.reserved() == {}
        held = await batch(shop.server.routing, "b1", orders_of(5))
        assert [units_of(held.routes[f"o{i}"]) for i in range(5)] == [units_of(came.routes[f"o{i}"]) for i in range(5)]


async def test_contradictory_batches_end_in_a_clear_answer(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 2)])
        routing = shop.server.routing
        cases: list[tuple[list[order_pb2.Order], dict[str, Any], dict[str, str]]] = [
            ([], {}, {"orders": "expected 1..100000 orders, got '0'"}),
            (
                [*orders_of(2), *orders_of(2)],
                {},
                {
                    "orders[2].order_id": "expected an order id of its own in the batch, got 'o0'",
                    "orders[3].order_id": "expected an order id of its own in the batch, got 'o1'",
                },
            ),
            (orders_of(1), {"gap": 0.5}, {"terms.gap": "expected a share in 0..0.1, got '0.5'"}),
            (
                orders_of(1),
                {"rules": {"least_work": [{"node_id": "nowhere", "orders": 1}]}},
                {"terms.rules.least_work[0].node_id": "expected a node of the network, got 'nowhere'"},
            ),
            (
                orders_of(1),
                {"rules": {"max_split_bp": 10_001}},
                {"terms.rules.max_split_bp": "expected basis points in 0..10000, got '10001'"},
            ),
        ]
        for number, (orders, terms, said) in enumerate(cases):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await batch(routing, f"bad-{number}", orders, **terms)
            assert (caught.value.code(), violations(caught.value)) == (grpc.StatusCode.INVALID_ARGUMENT, said)
        assert await shop.reserved() == {}
        # What is wrong with one order is that order's answer.
        unknown = an_order("unknown", lines={"NOPE": 1})
        empty = an_order("empty", lines={})
        nowhere = an_order("nowhere", lines={"MUG-BLUE": 1}, destination={"country": "DE", "postal_code": "XXX"})
        unfit = an_order("unfit", lines={"MUG-BLUE": 1}, only_nodes=["store-hamburg"])
        orders = [unknown, empty, *orders_of(20), nowhere, unfit]
        came = await batch(routing, "mixed", orders)
        assert {order_id: error.reason for order_id, error in came.errors.items()} == dict.fromkeys(
            ("unknown", "empty", "nowhere"), "INVALID_INPUT"
        )
        assert "NOPE" in came.errors["unknown"].message
        assert len(came.routes) == 21, "ten times the supply: two are held, each other line has its reason"
        assert sum(bool(route.shipments) for route in came.routes.values()) == 2
        assert all(route.unfilled or route.shipments for route in came.routes.values())
        assert (came.summary.orders, came.summary.refused) == (24, 3)
        again = await batch(routing, "mixed", orders)
        assert (again.routes, set(again.errors)) == (came.routes, set(came.errors))
        await shop.audit()


async def test_no_room_on_any_day_leaves_every_order_out_with_its_reason(
    store: EmbeddedStore, ledger_name: str
) -> None:
    network = eu()
    full = tuple(replace(node, daily_order_capacity=0) for node in network.nodes)
    async with open_shop(store, ledger_name, replace(network, nodes=full)) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 20)])
        came = await batch(shop.server.routing, "b1", orders_of(6))
        assert {line.reason for route in came.routes.values() for line in route.unfilled} == {
            route_pb2.UNFILLED_REASON_CAPACITY_EXHAUSTED
        }
        assert len(came.routes) == came.summary.units_left_out == 6


async def test_more_orders_than_the_limit_are_refused_before_any_is_decided(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        few = orders_of(1_000)
        messages = blocks("b1", few, 1_000)[:1]
        many = [type(messages[0])(orders=few) for _ in range(100)] + [type(messages[0])(orders=few[:1])]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async for _ in shop.server.routing.RouteBatch(iter([*messages, *many])):
                pass
        assert violations(caught.value) == {"orders": "expected 1..100000 orders, got '100001 and perhaps more'"}


async def test_orders_that_lose_a_race_are_decided_again_until_all_are(store: EmbeddedStore, ledger_name: str) -> None:
    """Another server buys what the batch was about to take, while it is solved (I1)."""
    async with open_shop(store, ledger_name, roomy()) as shop, open_shop(store, ledger_name) as other:
        await shop.stock([("MUG-BLUE", "dc-berlin", 30), ("MUG-BLUE", "dc-munich", 30)])
        await other.settled()
        solve, rushed = shop.router.batches.workshop.solve, list[None]()
        loop = asyncio.get_running_loop()

        def rush(*problem: Any) -> Any:
            plan = solve(*problem)
            if not rushed:
                rushed.append(asyncio.run_coroutine_threadsafe(_buy(other, 25), loop).result(30))
            return plan

        shop.router.batches.workshop.solve = rush
        came = await batch(shop.server.routing, "b1", orders_of(50))
        shop.router.batches.workshop.solve = solve
        held = sum(bool(route.shipments) for route in came.routes.values())
        assert (len(came.routes), held) == (50, 35)
        assert came.summary.lost_races > 0
        assert came.summary.rounds > 1
        assert sum((await shop.reserved()).values()) == 60
        await shop.audit()


async def _buy(shop: Shop, count: int) -> None:
    await asyncio.gather(*(shop.route(f"other-{i}", lines={"MUG-BLUE": 1}) for i in range(count)))


async def test_orders_are_routed_while_a_batch_is_solved_and_one_that_is_cancelled_ends(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 30)])
        solve = shop.router.batches.workshop.solve
        under_way, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(*problem: Any) -> Any:
            loop.call_soon_threadsafe(under_way.set)
            asyncio.run_coroutine_threadsafe(_wait(go_on), loop).result(30)
            return solve(*problem)

        shop.router.batches.workshop.solve = slow
        running = asyncio.create_task(batch(shop.server.routing, "b1", orders_of(10)))
        await under_way.wait()
        routes = [await shop.route(f"meanwhile-{i}", lines={"MUG-BLUE": 1}) for i in range(5)]
        assert all(route.state == route_pb2.ROUTE_STATE_RESERVED for route in routes)
        assert not running.done()
        go_on.set()
        came: Came = await running
        assert sum(bool(route.shipments) for route in came.routes.values()) == 10

        under_way.clear()
        go_on.clear()
        call = shop.server.routing.RouteBatch(iter(blocks("b2", orders_of(10))))
        reading = asyncio.ensure_future(call.read())
        await under_way.wait()
        call.cancel()
        go_on.set()
        await asyncio.gather(reading, return_exceptions=True)
        shop.router.batches.workshop.solve = solve
        assert sum((await shop.reserved()).values()) == 15, "it held nothing"
        finished = await batch(shop.server.routing, "b2", orders_of(10))
        assert sum(bool(route.shipments) for route in finished.routes.values()) == 10
        await shop.audit()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_decision_of_a_batch_replays_to_the_same_bytes_and_says_that_others_needed_the_stock(
    store: EmbeddedStore, ledger_name: str
) -> None:
    """I9: checked against its record, as the other orders it rests on are not in it."""
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 10), ("MUG-BLUE", "dc-munich", 30)])
        came = await batch(shop.server.routing, "b1", [an_order(f"o{i}", lines={"MUG-BLUE": 1}) for i in range(45)])
        for route in came.routes.values():
            record, again = await shop.router.replay(route.route_id)
            assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(record.route)
            assert (record.batch is not None, record.solver) == (True, "batch")
        away = next(r for r in came.routes.values() if r.shipments and r.shipments[0].node_id == "dc-munich")
        explained = await shop.server.routing.ExplainRoute(
            ExplainRouteRequest(route_id=away.route_id, node_ids=["dc-berlin", "dc-munich"])
        )
        berlin, munich = explained.nodes
        assert munich.used
        assert micros(berlin.lost_by) < 0
        assert "cheaper for this order alone. It was decided together with 44 other orders" in berlin.detail
        assert "It was decided together with 44 other orders" in explained.best_single.why_lost
        left = next(r for r in came.routes.values() if r.unfilled)
        assert (await shop.server.routing.ExplainRoute(ExplainRouteRequest(route_id=left.route_id))).cost == left.cost


async def test_a_plan_that_breaks_a_rule_does_not_pass_a_replay(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 10)])
        came = await batch(shop.server.routing, "b1", orders_of(3))
        stored = await shop.ledger.route(came.routes["o0"].route_id)
        record = decode(stored.record)
        (shipment,) = record.route.shipments
        for planted in (
            amended(shipment, cost=shipment.cost - 1),
            amended(shipment, node_id="dc-munich"),
            amended(shipment, contents=(amended(shipment.contents[0], units=2),)),
        ):
            faulty = amended(record, route=amended(record.route, shipments=(planted,)))
            with pytest.raises(PlanRefused):
                replay(Planner(shop.server.worker._wiring.generation().network), faulty)
