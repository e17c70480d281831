"""Bad and impossible orders with the real router: each gets its error or its reason, and stock is untouched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from onebox.v1 import inventory_service_pb2, order_pb2, route_pb2, types_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from tests.server.real import HAMBURG, NOW, Shop, a_request, open_shop
from tests.server.running import violations

HOUR, DAY = 3_600, 86_400
KETTLE = {"sku": "KETTLE-17", "units": 1}
PICKUP = order_pb2.FULFILMENT_PICKUP


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock([("KETTLE-17", node, 5) for node in ("dc-berlin", "dc-munich", "store-hamburg")])
        yield shop
        assert not await shop.reserved()
        await shop.audit()


def at(seconds: int) -> dict[str, int]:
    return {"seconds": seconds}


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "an unknown SKU": (
        {"lines": [KETTLE, {"sku": "NOPE", "units": 1}]},
        {"order.lines[1].sku": "a SKU of the network, got 'NOPE'"},
    ),
    "unknown nodes": (
        {"lines": [KETTLE], "only_nodes": ["dc-berlin", "atlantis"], "not_nodes": ["utopia"]},
        {"order.only_nodes": "a node of the network, got 'atlantis'", "order.not_nodes": "got 'utopia'"},
    ),
    "an unknown store": (
        {"lines": [{**KETTLE, "fulfilment": PICKUP}], "pickup": {"node_id": "atlantis"}},
        {"order.pickup.node_id": "a node of the network, got 'atlantis'"},
    ),
    "an unknown postal code": (
        {"lines": [KETTLE], "destination": {"country": "DE", "postal_code": "99999"}},
        {"order.destination.postal_code": "a postal code of DE that the network ships to, got '99999'"},
    ),
    "an unknown country": (
        {"lines": [KETTLE], "destination": {"country": "JP", "postal_code": "10115"}},
        {"order.destination.postal_code": "a postal code of JP that the network ships to"},
    ),
    "an unknown service": ({"lines": [KETTLE], "service_level": 99}, {"order.service_level": "one of GROUND"}),
    "zero units": ({"lines": [{"sku": "KETTLE-17"}]}, {"order.lines[0].units": "a count in 1..1000000, got '0'"}),
    "negative units": ({"lines": [{**KETTLE, "units": -1}]}, {"order.lines[0].units": "got '-1'"}),
    "too many units": ({"lines": [{**KETTLE, "units": 1_000_001}]}, {"order.lines[0].units": "got '1000001'"}),
    "no lines": ({"lines": []}, {"order.lines": "1..1000 lines, got '0'"}),
    "duplicate lines": (
        {"lines": [{**KETTLE, "line_id": "a"}, {**KETTLE, "line_id": "a"}]},
        {"order.lines.line_id": "unique within the order, got 'a'"},
    ),
    "deliver_by before the order's time": (
        {"lines": [KETTLE], "order_time": at(NOW), "deliver_by_time": at(NOW - DAY)},
        {"order.deliver_by_time": f"a time after order_time {NOW}, got '{NOW - DAY}'"},
    ),
    "an unknown solver": ({"lines": [KETTLE], "solver": "magic"}, {"solver": "one of auto, exact, mip, large"}),
    "several faults of what the network knows": (
        {"lines": [{"sku": "A", "units": 1}, {"sku": "B", "units": 1}], "not_nodes": ["utopia"]},
        {"order.lines[0].sku": "got 'A'", "order.lines[1].sku": "got 'B'", "order.not_nodes": "got 'utopia'"},
    ),
}


@pytest.mark.parametrize(("fields", "expected"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_does_not_fit_the_network_is_refused_by_field(
    shop: Shop, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.route("bad", **fields)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = violations(caught.value)
    assert found.keys() == expected.keys()
    assert all(text in found[field] for field, text in expected.items())
    if not fields.keys() & {"solver", "deliver_by_time"}:  # a quote looks at neither
        order = a_request("bad", **fields).order
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.server.routing.QuoteDelivery(pb.QuoteDeliveryRequest(order=order))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


LEFT_OUT: dict[str, tuple[dict[str, Any], str, str]] = {
    "a million units": ({"lines": [{**KETTLE, "units": 1_000_000}], "divide": 1}, "NO_STOCK", "5 available"),
    "a promise that nobody keeps": (
        {"lines": [KETTLE], "deliver_by_time": at(NOW + HOUR)},
        "CUTOFF_MISSED",
        "can't be there by the promised time",
    ),
    "deliver_by before now": (
        {"lines": [KETTLE], "order_time": at(NOW - 5 * DAY), "deliver_by_time": at(NOW - DAY)},
        "CUTOFF_MISSED",
        "can't be there by the promised time",
    ),
    "an order of last year, whose promise is long past": (
        {"lines": [KETTLE], "order_time": at(NOW - 365 * DAY)},
        "CUTOFF_MISSED",
        "days late, and leaving it out costs 80.00, less than",
    ),
    "a pickup wanted before the store opens": (
        {
            "lines": [{**KETTLE, "fulfilment": PICKUP}],
            "pickup": {"node_id": "store-hamburg"},
            "pickup_by_time": at(NOW + 60),
        },
        "CUTOFF_MISSED",
        "can't be there by the promised time",
    ),
    "a pickup at a node that hands nothing over": (
        {"lines": [{**KETTLE, "fulfilment": PICKUP}], "pickup": {"node_id": "dc-berlin"}},
        "SERVICE_UNAVAILABLE",
        "KETTLE-17",
    ),
    "a pickup within a radius without a store": (
        {"lines": [{**KETTLE, "fulfilment": PICKUP}], "pickup": {"radius_m": 1_000}},
        "SERVICE_UNAVAILABLE",
        "KETTLE-17",
    ),
    "same day where no courier drives": (
        {"lines": [KETTLE], "service_level": types_pb2.SERVICE_LEVEL_SAME_DAY},
        "SERVICE_UNAVAILABLE",
        "no SAME_DAY service",
    ),
    "no node is left": (
        {"lines": [KETTLE], "only_nodes": ["store-vienna"]},
        "CONSTRAINT",
        "not among those the order may ship from",
    ),
    "a channel that nobody serves": (
        {"lines": [KETTLE], "channel": "fax", "only_node_types": [types_pb2.NODE_TYPE_STORE]},
        "CONSTRAINT",
        "KETTLE-17",
    ),
}


@pytest.mark.parametrize(("fields", "reason", "detail"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
async def test_what_can_not_be_done_is_left_out_with_its_reason(
    shop: Shop, fields: dict[str, Any], reason: str, detail: str
) -> None:
    route = await shop.route("impossible", **fields)
    assert (route.state, len(route.shipments)) == (route_pb2.ROUTE_STATE_PLANNED, 0)
    assert {route_pb2.UnfilledReason.Name(line.reason) for line in route.unfilled} == {f"UNFILLED_REASON_{reason}"}
    assert detail in route.unfilled[0].detail
    assert await shop.route("impossible", **fields) == route


async def test_a_promise_missed_by_a_day_or_two_is_shipped_late_where_the_policy_says_so(shop: Shop) -> None:
    route = await shop.route("late", lines=[KETTLE], order_time=at(NOW - 7 * DAY))
    assert route.shipments[0].late_days > 0
    assert route.breakdown.late_micros == route.shipments[0].late_days * 4_000_000
    await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=route.route_id))


async def test_a_thousand_lines_of_what_there_is_not_are_answered_line_by_line(shop: Shop) -> None:
    lines = [{"sku": "RUG-WOOL", "units": 1} for _ in range(1_000)]
    route = await shop.route("wide", lines=lines)
    assert len(route.unfilled) == 1_000
    assert {line.reason for line in route.unfilled} == {route_pb2.UNFILLED_REASON_NO_STOCK}


async def test_a_thousand_lines_of_five_kettles_share_them(shop: Shop) -> None:
    """I1, I2: lines of one SKU draw on the same stock."""
    route = await shop.route("wide", lines=[KETTLE] * 1_000, destination=HAMBURG)
    assert sum(content.units for shipment in route.shipments for content in shipment.contents) == 15
    assert len(route.unfilled) == 985
    await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=route.route_id))


@pytest.mark.parametrize("kind", ["malformed", "oversized"])
async def test_a_message_that_is_none_or_too_large_ends_the_call_alone(shop: Shop, kind: str) -> None:
    data = b"\x12\xff\xff" if kind == "malformed" else a_request("x", lines=[KETTLE], channel="x" * 5_000_000)
    payload = data if isinstance(data, bytes) else data.SerializeToString()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.channel.unary_unary("/onebox.v1.RoutingService/RouteOrder")(payload)
    expected = grpc.StatusCode.INVALID_ARGUMENT if kind == "malformed" else grpc.StatusCode.RESOURCE_EXHAUSTED
    assert caught.value.code() is expected


async def test_stock_changes_that_are_wrong_change_nothing(shop: Shop) -> None:
    before = await shop.ledger.cells(["KETTLE-17"])
    for deltas in (
        [{"sku": "KETTLE-17", "node_id": "dc-berlin", "units": -6}],
        [{"sku": "KETTLE-17", "node_id": "dc-berlin", "units": 1}, {"sku": "NOPE", "node_id": "dc-berlin", "units": 1}],
    ):
        request = inventory_service_pb2.AdjustStockRequest(request_id="bad", deltas=deltas)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.server.inventory.AdjustStock(request)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert await shop.ledger.cells(["KETTLE-17"]) == before
