"""RouteOrder and what ends a reservation, over a real socket with the real router, ledger and store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from onebox.v1 import route_pb2, types_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from engine.network.nodes import NodeType
from tests.server.real import HAMBURG, Shop, a_request, an_order, eu, micros, open_shop, total, units_of
from tests.server.running import reason, violations

RESERVED, CONFIRMED = route_pb2.ROUTE_STATE_RESERVED, route_pb2.ROUTE_STATE_CONFIRMED
HOLD_S = 20 * 60


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    """Kettles in Berlin and Munich, tea in Berlin alone."""
    async with open_shop(store, ledger_name, sweep_interval_s=0.05) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5), ("KETTLE-17", "dc-munich", 5), ("TEA-ASSAM", "dc-berlin", 9)])
        yield shop
        await shop.audit()


async def test_an_order_leaves_in_one_box_and_its_units_are_reserved(shop: Shop) -> None:
    """I2, I7."""
    route = await shop.route("r1", lines={"KETTLE-17": 1, "TEA-ASSAM": 3})
    (shipment,) = route.shipments
    assert (route.state, shipment.node_id, shipment.carrier_id) == (RESERVED, "dc-berlin", "kranich")
    assert units_of(route) == await shop.reserved() == {("KETTLE-17", "dc-berlin"): 1, ("TEA-ASSAM", "dc-berlin"): 3}
    assert (route.cost.currency_code, micros(route.cost)) == ("EUR", total(route.breakdown))
    assert route.certificate.bound == route.certificate.objective == micros(route.cost)
    assert route.expiry_time.seconds == shop.clock.now + HOLD_S
    assert shipment.arrival_time.seconds <= shipment.promise_time.seconds  # I10


async def test_what_is_only_validated_holds_nothing(shop: Shop) -> None:
    route = await shop.route("r1", lines={"KETTLE-17": 1}, validate_only=True)
    assert (route.state, len(route.shipments), await shop.reserved()) == (route_pb2.ROUTE_STATE_PLANNED, 1, {})
    again = await shop.route("r1", lines={"KETTLE-17": 1})
    assert (again.state, again.shipments) == (RESERVED, route.shipments)


async def test_a_line_without_stock_is_left_out_with_its_reason_and_the_rest_ships(shop: Shop) -> None:
    route = await shop.route("r1", lines={"KETTLE-17": 1, "RUG-WOOL": 1})
    (left,) = route.unfilled
    assert (left.sku, left.units, left.backordered) == ("RUG-WOOL", 1, True)
    assert (left.reason, left.detail) == (route_pb2.UNFILLED_REASON_NO_STOCK, "1 of RUG-WOOL wanted, 0 available")
    assert units_of(route) == {("KETTLE-17", "dc-berlin"): 1}
    assert route.breakdown.backorder_micros == 80_000_000


async def test_an_order_that_ships_complete_or_not_at_all_holds_nothing_when_a_line_is_missing(shop: Shop) -> None:
    route = await shop.route("r1", lines={"KETTLE-17": 1, "RUG-WOOL": 1}, partial=False)
    assert (route.state, len(route.shipments)) == (route_pb2.ROUTE_STATE_PLANNED, 0)
    assert [line.sku for line in route.unfilled] == ["KETTLE-17", "RUG-WOOL"]
    assert not await shop.reserved()


async def test_the_same_request_gets_the_same_bytes_and_takes_effect_once(shop: Shop) -> None:
    """I5: also when the stock, and so the decision of now, is another."""
    first = await shop.route("r1", lines={"KETTLE-17": 4})
    await shop.stock([("KETTLE-17", "dc-berlin", 4)])
    shop.clock.now += 60
    again = await shop.route("r1", lines={"KETTLE-17": 4})
    assert again.SerializeToString(deterministic=True) == first.SerializeToString(deterministic=True)
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 4}


async def test_the_same_request_id_with_another_order_is_refused(shop: Shop) -> None:
    """I5."""
    await shop.route("r1", lines={"KETTLE-17": 1})
    for other in (
        a_request("r1", lines={"KETTLE-17": 2}),
        a_request("r1", lines={"KETTLE-17": 1}, solver="nearest"),
        a_request("r1", lines={"NOT-SOLD": 1}),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.server.routing.RouteOrder(other)
        assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_REUSED")
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 1}


async def test_an_answer_survives_the_network_that_it_was_given_on(shop: Shop) -> None:
    """I5."""
    network = eu()
    first = await shop.route("r1", lines={"KETTLE-17": 1})
    items = tuple(item for item in network.items if item.sku != "KETTLE-17")
    await shop.server.load(replace(network, items=items), "without kettles")
    assert await shop.route("r1", lines={"KETTLE-17": 1}) == first
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.route("r2", lines={"KETTLE-17": 1})
    assert violations(caught.value) == {"order.lines[0].sku": "expected a SKU of the network, got 'KETTLE-17'"}


async def test_an_answer_and_its_hold_survive_a_restart_of_the_server_and_of_its_store(tmp_path: Path) -> None:
    """I5, I6."""
    with EmbeddedStore(tmp_path, "always") as store:
        async with open_shop(store, "main") as shop:
            await shop.stock([("KETTLE-17", "dc-berlin", 5)])
            first = await shop.route("r1", lines={"KETTLE-17": 2})
    with EmbeddedStore(tmp_path, "always") as store:
        async with open_shop(store, "main") as shop:
            assert await shop.route("r1", lines={"KETTLE-17": 2}) == first
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await shop.route("r1", lines={"KETTLE-17": 3})
            assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS
            assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 2}
            await shop.audit()


async def test_a_confirmed_route_never_expires_and_a_released_one_gives_its_units_back(shop: Shop) -> None:
    """I3."""
    kept = await shop.route("keep", lines={"KETTLE-17": 1})
    given = await shop.route("give", lines={"KETTLE-17": 1})
    confirm = pb.ConfirmRouteRequest(request_id="c", route_id=kept.route_id)
    release = pb.ReleaseRouteRequest(request_id="g", route_id=given.route_id)
    for _ in range(2):  # each sent twice
        assert (await shop.server.routing.ConfirmRoute(confirm)).route.state == CONFIRMED
        state = (await shop.server.routing.ReleaseRoute(release)).route.state
        assert state == route_pb2.ROUTE_STATE_RELEASED
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 1}
    shop.clock.now += 10 * HOLD_S
    later = await shop.route("later", lines={"KETTLE-17": 1})  # the sweeper has passed by the time it is gone
    shop.clock.now += HOLD_S + 1
    await _until_expired(shop, later.route_id)
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 1}
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.routing.ConfirmRoute(pb.ConfirmRouteRequest(request_id="late", route_id=later.route_id))
    assert reason(caught.value) == "WRONG_STATE"


async def _until_expired(shop: Shop, route_id: str) -> None:
    async with asyncio.timeout(10):
        while True:
            route = (await shop.server.routing.GetRoute(pb.GetRouteRequest(route_id=route_id))).route
            if route.state == route_pb2.ROUTE_STATE_EXPIRED:
                return
            await asyncio.sleep(0.02)


async def test_what_expires_comes_back_and_the_next_order_gets_it(shop: Shop) -> None:
    """I3: through the sweeper, and by the mirror's hearing of it."""
    first = await shop.route("r1", lines={"TEA-ASSAM": 9})
    assert (await shop.route("r2", lines={"TEA-ASSAM": 1})).unfilled[0].reason == route_pb2.UNFILLED_REASON_NO_STOCK
    shop.clock.now += HOLD_S
    await _until_expired(shop, first.route_id)
    await shop.settled()
    assert units_of(await shop.route("r3", lines={"TEA-ASSAM": 9})) == {("TEA-ASSAM", "dc-berlin"): 9}


async def test_a_stream_keeps_many_orders_in_flight_and_sells_nothing_twice(shop: Shop) -> None:
    """I1: 60 orders of one kettle for ten kettles."""
    await shop.stock([("MUG-BLUE", "dc-munich", 100)])

    async def requests() -> AsyncIterator[pb.StreamRoutesRequest]:
        for number in range(60):
            sku = "KETTLE-17" if number % 2 else "MUG-BLUE"
            yield pb.StreamRoutesRequest(request=a_request(f"s{number}", lines={sku: 1}))
        yield pb.StreamRoutesRequest(request=a_request("bad", lines={"NOT-SOLD": 1}))

    answers = {answer.request_id: answer async for answer in shop.server.routing.StreamRoutes(requests())}
    assert len(answers) == 61
    assert answers["bad"].error.reason == "INVALID_INPUT"
    kettles = [answer.route for name, answer in answers.items() if name.startswith("s") and int(name[1:]) % 2]
    shipped = [route for route in kettles if route.shipments]
    assert (len(kettles), len(shipped)) == (30, 10)
    assert sum((await shop.reserved()).values()) == 10 + 30
    reasons = {line.reason for route in kettles for line in route.unfilled}
    assert reasons == {route_pb2.UNFILLED_REASON_NO_STOCK}


async def test_a_quote_has_an_option_for_each_level_and_store_and_holds_nothing(shop: Shop) -> None:
    await shop.stock([("TOWEL-70", "store-vienna", 4), ("TOWEL-70", "store-hamburg", 4)])
    request = pb.QuoteDeliveryRequest(order=an_order("", lines={"TOWEL-70": 2}, destination=HAMBURG), max_stores=2)
    quote = await shop.server.routing.QuoteDelivery(request)
    found = {(types_pb2.ServiceLevel.Name(o.service_level)[14:], o.store_node_id): o for o in quote.options}
    assert list(found) == [
        ("GROUND", ""),
        ("TWO_DAY", ""),
        ("SAME_DAY", ""),
        ("PICKUP", "store-hamburg"),
        ("PICKUP", "store-vienna"),
    ]
    at_store = found["PICKUP", "store-hamburg"]
    assert (list(at_store.node_ids), at_store.shipments) == (["store-hamburg"], 1)
    assert at_store.arrival_time.seconds == shop.clock.now + 45 * 60
    assert micros(at_store.cost) < micros(found["GROUND", ""].cost)
    assert all(option.promise_kept and not option.unfilled for option in quote.options)
    assert quote.expiry_time.seconds - quote.quote_time.seconds == 600
    assert not await shop.reserved()
    decided = await shop.route("r", lines={"TOWEL-70": 2}, destination=HAMBURG, validate_only=True)
    assert decided.cost == found["GROUND", ""].cost


async def test_a_quote_says_what_no_option_fills(shop: Shop) -> None:
    request = pb.QuoteDeliveryRequest(order=an_order("", lines={"KETTLE-17": 1, "RUG-WOOL": 2}))
    quote = await shop.server.routing.QuoteDelivery(request)
    (left,) = quote.unfilled
    assert (left.sku, left.units, left.reason) == ("RUG-WOOL", 2, route_pb2.UNFILLED_REASON_NO_STOCK)
    assert all([line.sku for line in option.unfilled] == ["RUG-WOOL"] for option in quote.options)


async def test_a_vip_order_takes_what_is_protected_and_another_does_not(shop: Shop) -> None:
    await shop.stock([("SPRAY-WAX", "dc-berlin", 5)], protected=4)
    plain = await shop.route("plain", lines={"SPRAY-WAX": 3}, divide=types_pb2.DIVIDE_NEVER)
    assert (plain.unfilled[0].reason, units_of(plain)) == (route_pb2.UNFILLED_REASON_CONSTRAINT, {})
    assert "protected for VIP" in plain.unfilled[0].detail
    assert units_of(await shop.route("vip", lines={"SPRAY-WAX": 3}, vip=True)) == {("SPRAY-WAX", "dc-berlin"): 3}


async def test_the_days_of_a_node_fill_up_and_later_orders_leave_later_or_elsewhere(
    store: EmbeddedStore, ledger_name: str
) -> None:
    network = eu()
    nodes = tuple(replace(node, daily_order_capacity=2) if node.type is NodeType.DC else node for node in network.nodes)
    small = replace(network, nodes=nodes)
    async with open_shop(store, ledger_name, small) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 50)])
        routes = [await shop.route(f"r{number}", lines={"KETTLE-17": 1}) for number in range(5)]
        days = [route.shipments[0].ship_day for route in routes]
        assert days == [days[0]] * 2 + [days[0] + 1] * 2 + [days[0] + 2]
        uses = {use.day: use.orders for use in await shop.ledger.capacity(days[0], days[0] + 9)}
        assert uses == {days[0]: 2, days[0] + 1: 2, days[0] + 2: 1}
        release = pb.ReleaseRouteRequest(request_id="g", route_id=routes[0].route_id)
        await shop.server.routing.ReleaseRoute(release)
        await shop.settled()
        assert (await shop.route("next", lines={"KETTLE-17": 1})).shipments[0].ship_day == days[0]
        await shop.audit()
