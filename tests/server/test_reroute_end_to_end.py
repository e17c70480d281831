"""RerouteOrder: what was rejected is decided anew, the rest stays, and the holds are swapped in one step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from onebox.v1 import order_pb2, route_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from tests.server.real import HAMBURG, VIENNA, Shop, micros, open_shop, total, units_of
from tests.server.running import reason, violations

RESERVED, CONFIRMED = route_pb2.ROUTE_STATE_RESERVED, route_pb2.ROUTE_STATE_CONFIRMED
SPLIT = 1_500_000
NO_STOCK, CONSTRAINT = route_pb2.UNFILLED_REASON_NO_STOCK, route_pb2.UNFILLED_REASON_CONSTRAINT


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    """Kettles in three nodes, tea in two, mugs in two."""
    async with open_shop(store, ledger_name) as shop:
        await shop.stock(
            [
                *(("KETTLE-17", node, 5) for node in ("dc-berlin", "dc-munich", "store-hamburg")),
                *(("TEA-ASSAM", node, 9) for node in ("dc-berlin", "store-hamburg")),
                *(("MUG-BLUE", node, 9) for node in ("dc-munich", "vendor-lisbon")),
            ]
        )
        yield shop
        await shop.audit()


async def reroute(shop: Shop, route: route_pb2.Route, request_id: str, *rejections: dict[str, Any]) -> route_pb2.Route:
    await shop.settled()
    request = pb.RerouteOrderRequest(request_id=request_id, route_id=route.route_id, rejections=rejections)
    answer: pb.RerouteOrderResponse = await shop.server.routing.RerouteOrder(request)
    return answer.route


async def state(shop: Shop, route: route_pb2.Route) -> int:
    answer: pb.GetRouteResponse = await shop.server.routing.GetRoute(pb.GetRouteRequest(route_id=route.route_id))
    return answer.route.state


def adds_up(route: route_pb2.Route) -> bool:
    """I7: shipments, splits and backorders are the cost."""
    parts = sum(micros(shipment.cost) for shipment in route.shipments)
    splits = max(0, len(route.shipments) - 1) * SPLIT
    whole = parts + splits + route.breakdown.backorder_micros
    return route.breakdown.split_micros == splits and whole == micros(route.cost) == total(route.breakdown)


async def test_a_rejected_shipment_moves_and_the_others_stay_as_they_are(shop: Shop) -> None:
    first = await shop.route("r", lines={"TEA-ASSAM": 2, "MUG-BLUE": 2})
    kept, moved = sorted(first.shipments, key=lambda shipment: shipment.node_id)[::-1]
    assert (kept.node_id, moved.node_id) == ("dc-munich", "dc-berlin")
    second = await reroute(shop, first, "again", {"node_id": "dc-berlin"})
    assert [shipment.node_id for shipment in second.shipments] == ["dc-munich", "store-hamburg"]
    assert second.shipments[0] == kept
    assert (second.state, second.order_id, second.route_id != first.route_id) == (RESERVED, "r", True)
    assert adds_up(second)
    assert await state(shop, first) == route_pb2.ROUTE_STATE_REPLACED
    assert await shop.reserved() == units_of(second)


async def test_a_rejected_line_leaves_its_shipment_which_is_priced_anew_on_its_day(shop: Shop) -> None:
    first = await shop.route("r", lines={"KETTLE-17": 2, "TEA-ASSAM": 3})
    assert [shipment.node_id for shipment in first.shipments] == ["dc-berlin"]
    second = await reroute(shop, first, "again", {"node_id": "dc-berlin", "line_ids": ["2"]})
    rest, new = second.shipments
    assert [content.line_id for content in rest.contents] == ["1"]
    assert (rest.ship_time, rest.arrival_time) == (first.shipments[0].ship_time, first.shipments[0].arrival_time)
    assert micros(rest.cost) < micros(first.shipments[0].cost)
    assert (new.node_id, [content.line_id for content in new.contents]) == ("store-hamburg", ["2"])
    await shop.settled()
    alone = await shop.route("alone", lines={"KETTLE-17": 2}, validate_only=True, only_nodes=["dc-berlin"])
    assert alone.shipments[0].cost == rest.cost
    assert adds_up(second)
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 2, ("TEA-ASSAM", "store-hamburg"): 3}


async def test_the_node_may_be_asked_for_other_lines_where_the_caller_says_so(shop: Shop) -> None:
    """It is never asked for those it rejected."""
    first = await shop.route("r", lines={"KETTLE-17": 2})
    rejection = {"node_id": "dc-berlin", "line_ids": ["1"], "exclude_node": False}
    second = await reroute(shop, first, "again", rejection)
    assert units_of(second) == {("KETTLE-17", "dc-munich"): 2}
    third = await reroute(shop, second, "third", {"node_id": "dc-munich", "exclude_node": False})
    assert units_of(third) == {("KETTLE-17", "store-hamburg"): 2}


async def test_a_reroute_sent_twice_takes_effect_once_and_one_id_is_one_reroute(shop: Shop) -> None:
    """I5: the first answer, also after the new route has moved on."""
    first = await shop.route("r", lines={"KETTLE-17": 2})
    second = await reroute(shop, first, "again", {"node_id": "dc-berlin"})
    assert await reroute(shop, first, "again", {"node_id": "dc-berlin"}) == second
    await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=second.route_id))
    assert await reroute(shop, first, "again", {"node_id": "dc-berlin"}) == second
    assert not await shop.reserved()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reroute(shop, first, "again", {"node_id": "dc-munich"})
    assert reason(caught.value) == "REQUEST_REUSED"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reroute(shop, first, "another", {"node_id": "dc-berlin"})
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")


async def test_of_two_reroutes_at_once_one_wins_and_nothing_is_held_twice(shop: Shop) -> None:
    """I1, I2."""
    first = await shop.route("r", lines={"KETTLE-17": 2})
    both = [reroute(shop, first, f"again-{number}", {"node_id": "dc-berlin"}) for number in range(2)]
    won, lost = sorted(
        await asyncio.gather(*both, return_exceptions=True), key=lambda each: isinstance(each, Exception)
    )
    assert isinstance(won, route_pb2.Route)
    assert isinstance(lost, grpc.aio.AioRpcError)
    assert reason(lost) == "WRONG_STATE"
    assert await shop.reserved() == units_of(won)


async def test_a_confirmed_order_stays_confirmed(shop: Shop) -> None:
    """I3: at no moment could it expire."""
    first = await shop.route("r", lines={"KETTLE-17": 2, "MUG-BLUE": 1})
    await shop.server.routing.ConfirmRoute(pb.ConfirmRouteRequest(request_id="c", route_id=first.route_id))
    second = await reroute(shop, first, "again", {"node_id": first.shipments[0].node_id})
    assert second.state == CONFIRMED
    assert not second.HasField("expiry_time")
    assert await reroute(shop, first, "again", {"node_id": first.shipments[0].node_id}) == second
    shop.clock.now += 86_400
    assert await shop.ledger.expire(shop.clock.now) == []
    assert await shop.reserved() == units_of(second)


async def test_what_a_node_counts_too_low_is_rerouted_and_the_rest_of_the_order_is_not_lost(shop: Shop) -> None:
    """A short pick: the node counts less than it promised this order, and rejects one line of it."""
    first = await shop.route("r", lines={"KETTLE-17": 4, "TEA-ASSAM": 5})
    assert [shipment.node_id for shipment in first.shipments] == ["dc-berlin"]
    await shop.stock([("TEA-ASSAM", "dc-berlin", 0), ("KETTLE-17", "dc-berlin", 3)])
    second = await reroute(shop, first, "again", {"node_id": "dc-berlin", "line_ids": ["2"]})
    assert units_of(second) == {("KETTLE-17", "dc-berlin"): 4, ("TEA-ASSAM", "store-hamburg"): 5}


async def test_rerouted_until_nothing_is_left_the_order_says_why(shop: Shop) -> None:
    route = await shop.route("r", lines={"KETTLE-17": 2})
    asked = []
    while route.shipments:
        (shipment,) = route.shipments
        asked.append(shipment.node_id)
        route = await reroute(shop, route, f"again-{len(asked)}", {"node_id": shipment.node_id})
    assert asked == ["dc-berlin", "dc-munich", "store-hamburg"]
    (left,) = route.unfilled
    assert (route.state, left.units, left.reason) == (route_pb2.ROUTE_STATE_PLANNED, 2, CONSTRAINT)
    assert not await shop.reserved()
    assert adds_up(route)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reroute(shop, route, "more", {"node_id": "dc-berlin"})
    assert violations(caught.value) or reason(caught.value) == "WRONG_STATE"


async def test_what_the_first_route_left_out_stays_left_out(shop: Shop) -> None:
    first = await shop.route("r", lines={"KETTLE-17": 2, "RUG-WOOL": 1})
    second = await reroute(shop, first, "again", {"node_id": "dc-berlin"})
    assert list(second.unfilled) == list(first.unfilled)
    assert adds_up(second)


async def test_picked_up_lines_stay_with_the_store_that_has_the_rest(shop: Shop) -> None:
    """Within a radius any one store may hand over, but all lines at the same."""
    await shop.stock([("TOWEL-70", "store-hamburg", 3), ("TOWEL-70", "dc-berlin", 3), ("LAMP-OAK", "dc-berlin", 3)])
    pickup = order_pb2.PickupAt(radius_m=600_000)
    lines = [{"sku": sku, "units": 1, "fulfilment": order_pb2.FULFILMENT_PICKUP} for sku in ("TOWEL-70", "TEA-ASSAM")]
    first = await shop.route("r", lines=lines, pickup=pickup, destination=HAMBURG)
    stores = {shipment.destination_node_id for shipment in first.shipments}
    assert stores == {"store-hamburg"}
    node = next(s.node_id for s in first.shipments for content in s.contents if content.line_id == "1")
    second = await reroute(shop, first, "again", {"node_id": node, "line_ids": ["1"]})
    assert {shipment.destination_node_id for shipment in second.shipments} == stores
    assert len(second.shipments) == 2
    assert adds_up(second)


async def test_a_limit_on_shipments_holds_over_all_reroutes(shop: Shop) -> None:
    """The policy of eu allows three."""
    await shop.stock([("LAMP-OAK", "store-vienna", 2), ("LAMP-OAK", "dc-berlin", 2)])
    first = await shop.route("r", lines={"TEA-ASSAM": 1, "MUG-BLUE": 1, "LAMP-OAK": 1}, max_shipments=2)
    assert len(first.shipments) == 2
    lamp = next(s for s in first.shipments if any(content.sku == "LAMP-OAK" for content in s.contents))
    second = await reroute(shop, first, "again", {"node_id": lamp.node_id, "line_ids": ["3"]})
    assert [content.sku for content in lamp.contents] == ["TEA-ASSAM", "LAMP-OAK"]
    assert [shipment.node_id for shipment in second.shipments] == ["dc-berlin", "dc-munich"]
    assert [(line.sku, line.reason) for line in second.unfilled] == [("LAMP-OAK", CONSTRAINT)]
    assert adds_up(second)


@pytest.mark.parametrize(
    ("rejection", "field"),
    [
        ({"node_id": "dc-munich"}, "rejections[0].node_id"),
        ({"node_id": "nowhere"}, "rejections[0].node_id"),
        ({"node_id": "dc-berlin", "line_ids": ["7"]}, "rejections[0].line_ids"),
        ({}, "rejections[0].node_id"),
    ],
)
async def test_what_the_route_does_not_hold_can_not_be_rejected(
    shop: Shop, rejection: dict[str, Any], field: str
) -> None:
    first = await shop.route("r", lines={"KETTLE-17": 2}, destination=VIENNA, only_nodes=["dc-berlin"])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reroute(shop, first, "again", rejection)
    assert list(violations(caught.value)) == [field]
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 2}
