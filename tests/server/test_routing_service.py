from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from onebox.v1 import order_pb2, route_pb2, types_pb2
from onebox.v1 import routing_service_pb2 as pb

from tests.server.canned import CannedRouter
from tests.server.running import Running, reason, violations

SHIP_TO = order_pb2.Destination(country="US", postal_code="38103")


def an_order(order_id: str = "O-1", **fields: Any) -> order_pb2.Order:
    lines = fields.pop("lines", [{"sku": "MUG", "units": 1}, {"sku": "BOOK", "units": 2}])
    return order_pb2.Order(**{"order_id": order_id, "lines": lines, "destination": SHIP_TO, **fields})


def a_request(order_id: str = "O-1", **fields: Any) -> pb.RouteOrderRequest:
    return pb.RouteOrderRequest(**{"request_id": f"r-{order_id}", "order": an_order(order_id), **fields})


async def test_a_route_comes_back_with_its_shipments_its_leftovers_and_its_proof(server: Running) -> None:
    route = (await server.routing.RouteOrder(a_request())).route
    assert (route.route_id, route.order_id, route.state) == ("route-O-1", "O-1", route_pb2.ROUTE_STATE_RESERVED)
    (shipment,) = route.shipments
    assert (shipment.node_id, shipment.service_level, shipment.late_days) == ("DC-MEM", 1, 1)
    assert (shipment.contents[0].sku, shipment.packages[0].carton_id) == ("MUG", "M")
    assert (route.cost.currency_code, route.cost.units, route.cost.nanos) == ("USD", 8, 350_000_000)
    assert route.breakdown.handling_micros + route.breakdown.carrier_micros == 8_350_000
    assert (route.unfilled[0].sku, route.unfilled[0].reason) == ("BOOK", route_pb2.UNFILLED_REASON_NO_STOCK)
    assert route.certificate.state == route_pb2.SOLVE_STATE_OPTIMAL


async def test_the_router_gets_the_order_as_it_was_sent_with_its_defaults(
    server: Running, router: CannedRouter
) -> None:
    await server.routing.RouteOrder(a_request(validate_only=True, solver="exact"))
    order, request_id, _, validate_only, solver = router.asked[-1]
    assert ([line.line_id for line in order.lines], order.channel, order.destination.residential) == (  # type: ignore[union-attr]
        ["1", "2"],
        "web",
        True,
    )
    assert (request_id, validate_only, solver) == ("r-O-1", True, "exact")


async def test_the_same_request_has_the_same_fingerprint_and_another_has_another(
    server: Running, router: CannedRouter
) -> None:
    for order_id in ("A", "A", "B"):
        await server.routing.RouteOrder(a_request(order_id, request_id="same"))
    first, again, other = (fingerprint for _, _, fingerprint, _, _ in router.asked)
    assert first == again != other


@pytest.mark.parametrize(
    ("order_id", "code", "why"),
    [
        ("invalid", grpc.StatusCode.INVALID_ARGUMENT, "INVALID_INPUT"),
        ("reused", grpc.StatusCode.ALREADY_EXISTS, "REQUEST_REUSED"),
        ("store", grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE"),
        ("defect", grpc.StatusCode.INTERNAL, "INTERNAL"),
    ],
)
async def test_each_error_of_the_engine_has_its_status_and_its_reason(
    server: Running, order_id: str, code: grpc.StatusCode, why: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(a_request(order_id))
    assert (caught.value.code(), reason(caught.value)) == (code, why)
    assert "secret-of-the-house" not in str(caught.value)


async def test_a_fault_that_the_engine_finds_is_named_by_its_path_in_the_request(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(a_request("invalid"))
    assert violations(caught.value) == {"order.lines[0].sku": "expected a SKU of the network, got 'NOPE'"}


async def test_a_quote_lists_its_options_and_needs_no_order_id(server: Running) -> None:
    quote = await server.routing.QuoteDelivery(pb.QuoteDeliveryRequest(order=an_order(""), max_stores=2))
    assert [option.store_node_id for option in quote.options] == ["", "STORE-0", "STORE-1"]
    assert quote.expiry_time.seconds - quote.quote_time.seconds == 900
    assert not (await server.routing.QuoteDelivery(pb.QuoteDeliveryRequest(order=an_order(), max_stores=0))).options[1:]


async def test_a_stream_answers_every_order_as_it_is_ready_and_an_error_is_its_orders_own(
    server: Running, router: CannedRouter
) -> None:
    names = ["slow", "A", "invalid", "B", "slow"]

    async def requests() -> AsyncIterator[pb.StreamRoutesRequest]:
        for number, name in enumerate(names):
            yield pb.StreamRoutesRequest(request=a_request(name, request_id=str(number)))

    answers = [answer async for answer in server.routing.StreamRoutes(requests())]
    assert [answer.request_id for answer in answers][:3] == ["1", "2", "3"]  # the slow ones hold nobody up
    assert sorted(answer.request_id for answer in answers) == ["0", "1", "2", "3", "4"]
    assert [answer.error.reason for answer in answers if answer.HasField("error")] == ["INVALID_INPUT"]
    assert router.most_under_way == 2


async def test_a_reroute_says_what_was_rejected_and_excludes_the_node_unless_told_otherwise(
    server: Running, router: CannedRouter
) -> None:
    await server.routing.RouteOrder(a_request())
    rejections: list[Any] = [{"node_id": "DC-MEM"}, {"node_id": "S-1", "line_ids": ["2"], "exclude_node": False}]
    request = pb.RerouteOrderRequest(request_id="again", route_id="route-O-1", rejections=rejections)
    assert (await server.routing.RerouteOrder(request)).route.route_id == "route-O-1-again"
    assert [(one.node_id, one.line_ids, one.exclude_node) for one in router.rejected] == [
        ("DC-MEM", (), True),
        ("S-1", ("2",), False),
    ]


async def test_a_route_is_confirmed_released_and_read(server: Running) -> None:
    await server.routing.RouteOrder(a_request())
    named = {"route_id": "route-O-1"}
    confirmed = await server.routing.ConfirmRoute(pb.ConfirmRouteRequest(request_id="c", **named))
    released = await server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="d", **named))
    read = await server.routing.GetRoute(pb.GetRouteRequest(**named))
    assert [answer.route.state for answer in (confirmed, released, read)] == [3, 4, 2]


async def test_what_is_not_there_or_not_in_the_right_state_says_so(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.GetRoute(pb.GetRouteRequest(route_id="nowhere"))
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.NOT_FOUND, "NOT_FOUND")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="x", route_id="expired"))
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")


async def test_an_explanation_has_the_parts_the_best_single_shipment_and_a_verdict_for_each_node(
    server: Running,
) -> None:
    await server.routing.RouteOrder(a_request())
    request = pb.ExplainRouteRequest(route_id="route-O-1", node_ids=["S-1"])
    explanation = await server.routing.ExplainRoute(request)
    assert explanation.best_single.dearer_by.nanos == 250_000_000
    used, lost = explanation.nodes
    assert used.used
    assert used.lost_by.currency_code == "USD"
    assert (lost.constraint, lost.HasField("lost_by"), lost.smallest_change) == (1, False, "1 unit more")
    assert explanation.shipments[0].service_level == types_pb2.SERVICE_LEVEL_GROUND


async def test_a_deadline_ends_the_work_in_the_server_too(server: Running, router: CannedRouter) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(a_request("endless"), timeout=0.1)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    async with asyncio.timeout(5):
        await router.was_cancelled.wait()
    assert router.under_way == 0
