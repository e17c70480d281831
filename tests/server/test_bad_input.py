"""Bad input: each gets its clear error, and the router is never asked."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from onebox.v1 import inventory_service_pb2, order_pb2
from onebox.v1 import routing_service_pb2 as pb

from tests.server.canned import CannedRouter
from tests.server.running import Running, reason, violations
from tests.server.test_routing_service import SHIP_TO, a_request, an_order

MUG = {"sku": "MUG", "units": 1}
LATE = {"seconds": 4_200_000_000}

BAD_ORDERS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no name": ({"order_id": ""}, {"order.order_id": "1..128 printable characters"}),
    "a name with a line break": ({"order_id": "a\nb"}, {"order.order_id": "1..128 printable characters"}),
    "no lines": ({"lines": []}, {"order.lines": "1..1000 lines"}),
    "1,001 lines": ({"lines": [MUG] * 1_001}, {"order.lines": "1..1000 lines"}),
    "no SKU": ({"lines": [{"units": 1}]}, {"order.lines[0].sku": "a non-empty SKU"}),
    "a SKU too long": ({"lines": [{"sku": "x" * 129, "units": 1}]}, {"order.lines[0].sku": "1..128 printable"}),
    "no units": ({"lines": [{"sku": "MUG"}]}, {"order.lines[0].units": "a count in 1..1000000, got '0'"}),
    "negative units": ({"lines": [{"sku": "MUG", "units": -3}]}, {"order.lines[0].units": "got '-3'"}),
    "huge units": ({"lines": [{"sku": "MUG", "units": 2**31 - 1}]}, {"order.lines[0].units": "got '2147483647'"}),
    "faults in two lines": (
        {"lines": [{"sku": "MUG"}, MUG, {"units": 1}]},
        {"order.lines[0].units": "1..1000000", "order.lines[2].sku": "a non-empty SKU"},
    ),
    "two lines of one id": (
        {"lines": [{"line_id": "a", **MUG}, {"line_id": "a", **MUG}]},
        {"order.lines.line_id": "identifiers unique within the order, got 'a'"},
    ),
    "no way to be had": ({"lines": [{**MUG, "fulfilment": 9}]}, {"order.lines[0].fulfilment": "SHIP, PICKUP"}),
    "no destination": ({"destination": None}, {"order.destination": "one, as lines ship"}),
    "no country": ({"destination": {"postal_code": "38103"}}, {"order.destination.country": "ISO 3166"}),
    "no postal code": ({"destination": {"country": "US"}}, {"order.destination.postal_code": "1..16 printable"}),
    "a service that is not sold": ({"service_level": 5}, {"order.service_level": "a level for shipped lines"}),
    "an unknown service": ({"service_level": 77}, {"order.service_level": "one of GROUND"}),
    "an order time after 2100": ({"order_time": LATE}, {"order.order_time": "an instant in 1970..2100"}),
    "a date before 1970": ({"deliver_by_time": {"seconds": -5}}, {"order.deliver_by_time": "an instant in 1970..2100"}),
    "pickup without a place": ({"lines": [{**MUG, "fulfilment": 2}]}, {"order.pickup": "one, as lines are picked up"}),
    "an empty pickup": ({"pickup": {}}, {"order.pickup": "a node_id, or a radius_m in 1..1000000"}),
    "a pickup too far": ({"pickup": {"radius_m": 2_000_000}}, {"order.pickup": "radius_m in 1..1000000"}),
    "negative shipments": ({"max_shipments": -1}, {"order.max_shipments": "a count >= 0"}),
    "an unknown node type": ({"only_node_types": [8]}, {"order.only_node_types": "one of DC, STORE, VENDOR"}),
    "an unknown way to divide": ({"divide": 9}, {"order.divide": "one of NEVER"}),
}


@pytest.mark.parametrize(("fields", "expected"), BAD_ORDERS.values(), ids=BAD_ORDERS.keys())
async def test_a_bad_order_is_refused_with_the_field_the_value_and_what_was_expected(
    server: Running, router: CannedRouter, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    whole = {"order_id": "O-1", "lines": [MUG], "destination": SHIP_TO, **fields}
    order = order_pb2.Order(**{name: value for name, value in whole.items() if value is not None})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(pb.RouteOrderRequest(request_id="r", order=order))
    assert (caught.value.code(), reason(caught.value)) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_INPUT")
    found = violations(caught.value)
    assert found.keys() == expected.keys()
    assert all(text in found[field] for field, text in expected.items())
    assert not router.asked


@pytest.mark.parametrize("request_id", ["", "x" * 65, "tab\t"])
async def test_a_mutation_needs_a_request_id(server: Running, router: CannedRouter, request_id: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(a_request(request_id=request_id))
    assert list(violations(caught.value)) == ["request_id"]
    assert not router.asked


async def test_an_order_of_1000_lines_is_taken(server: Running, router: CannedRouter) -> None:
    await server.routing.RouteOrder(a_request(order=an_order(lines=[MUG] * 1_000)))
    assert len(router.asked[0][0].lines) == 1_000


@pytest.mark.parametrize("method", ["RouteOrder", "StreamRoutes", "QuoteDelivery"])
async def test_a_malformed_message_is_the_callers_fault(server: Running, method: str) -> None:
    path = f"/onebox.v1.RoutingService/{method}"
    call = server.channel.stream_unary(path)(iter([b"\x12\xff\xff"]))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(caught.value) == {"request": "expected a message of the method's request type, got '3 bytes'"}


async def test_a_message_over_the_limit_says_how_large_it_was_and_how_large_it_may_be(server: Running) -> None:
    request = a_request(order=an_order(only_nodes=["n" * 1_000_000] * 5))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(request)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert f"({request.ByteSize()} vs. 4194304)" in caught.value.details()


async def test_hundreds_of_faults_fit_the_trailers_and_lead_with_the_first(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.routing.RouteOrder(a_request(order=an_order(lines=[{"sku": "MUG"}] * 900)))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert 20 <= len(violations(caught.value)) < 900
    assert "order.lines[0].units" in violations(caught.value)


BAD_STOCK: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no rows": ({"deltas": []}, {"deltas": "1..10000 rows"}),
    "an unknown SKU": (
        {"deltas": [{"sku": "NOPE", "node_id": "DC-MEM", "units": 1}]},
        {"deltas[0].sku": "a SKU of the network, got 'NOPE'"},
    ),
    "an unknown node": (
        {"deltas": [{"sku": "MUG", "node_id": "NOWHERE", "units": 1}]},
        {"deltas[0].node_id": "a node of the network"},
    ),
    "nothing changed": (
        {"deltas": [{"sku": "MUG", "node_id": "DC-MEM", "units": 0}]},
        {"deltas[0].units": "not 0"},
    ),
    "one cell twice": (
        {"deltas": [{"sku": "MUG", "node_id": "DC-MEM", "units": 1}] * 2},
        {"deltas[1].sku": "each SKU and node once"},
    ),
    "more than there is": (
        {"deltas": [{"sku": "MUG", "node_id": "DC-MEM", "units": -7}]},
        {"deltas[0].units": ""},
    ),
}


@pytest.mark.parametrize(("fields", "expected"), BAD_STOCK.values(), ids=BAD_STOCK.keys())
async def test_a_bad_change_of_stock_is_refused_and_nothing_changes(
    server: Running, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.inventory.AdjustStock(inventory_service_pb2.AdjustStockRequest(request_id="r", **fields))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = violations(caught.value)
    assert found.keys() == expected.keys()
    assert all(text in found[field] for field, text in expected.items())
    asked = inventory_service_pb2.GetAvailabilityRequest(skus=["MUG"])
    assert not (await server.inventory.GetAvailability(asked)).cells
