"""ExplainRoute: what it says of a node is true, which is tried: what it says would let the node win, lets it win."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import grpc
import pytest
from onebox.v1 import order_pb2, route_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from engine.network.policy import Objective
from tests.server.real import HAMBURG, Shop, eu, micros, open_shop, total
from tests.server.running import violations

COST = route_pb2.UNFILLED_REASON_UNSPECIFIED
NODES = ("dc-berlin", "dc-munich", "store-hamburg", "store-vienna", "vendor-lisbon")


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock(
            [
                *(("KETTLE-17", node, 5) for node in ("dc-berlin", "dc-munich", "store-hamburg")),
                *(("TEA-ASSAM", node, 9) for node in ("dc-berlin", "store-hamburg")),
                ("KETTLE-17", "store-vienna", 1),
                ("MUG-BLUE", "vendor-lisbon", 9),
            ]
        )
        yield shop


async def explained(shop: Shop, route: route_pb2.Route, *nodes: str) -> pb.ExplainRouteResponse:
    request = pb.ExplainRouteRequest(route_id=route.route_id, node_ids=nodes)
    answer: pb.ExplainRouteResponse = await shop.server.routing.ExplainRoute(request)
    return answer


def ships_from(route: route_pb2.Route) -> set[str]:
    return {shipment.node_id for shipment in route.shipments}


async def test_an_explanation_repeats_the_route_and_its_proof_and_has_the_best_single_shipment(shop: Shop) -> None:
    """I7, I8."""
    route = await shop.route("r", lines={"KETTLE-17": 2, "MUG-BLUE": 1, "TEA-ASSAM": 1})
    answer = await explained(shop, route, *NODES)
    assert (answer.cost, answer.breakdown, answer.certificate) == (route.cost, route.breakdown, route.certificate)
    assert micros(answer.cost) == total(answer.breakdown)
    assert [(s.node_id, s.cost) for s in answer.shipments] == [(s.node_id, s.cost) for s in route.shipments]
    assert not answer.HasField("best_single")  # no node has all three
    assert {verdict.node_id for verdict in answer.nodes if verdict.used} == ships_from(route)
    one = await shop.route("one", lines={"KETTLE-17": 2, "TEA-ASSAM": 1})
    single = (await explained(shop, one)).best_single
    assert (single.shipment.node_id, micros(single.dearer_by), single.why_lost) == ("dc-berlin", 0, "")


async def test_a_single_shipment_that_lost_says_by_how_much_and_to_what(store: EmbeddedStore, ledger_name: str) -> None:
    network = eu()
    dear = tuple(
        replace(node, handling_per_unit=30_000_000) if node.node_id == "store-hamburg" else node
        for node in network.nodes
    )
    async with open_shop(store, ledger_name, replace(network, nodes=dear)) as shop:
        await shop.stock([("KETTLE-17", "dc-munich", 5), ("TEA-ASSAM", "dc-berlin", 5)])
        await shop.stock([(sku, "store-hamburg", 5) for sku in ("KETTLE-17", "TEA-ASSAM")])
        route = await shop.route("r", lines={"KETTLE-17": 1, "TEA-ASSAM": 1})
        assert ships_from(route) == {"dc-munich", "dc-berlin"}
        single = (await explained(shop, route)).best_single
        alone = await shop.route("a", lines={"KETTLE-17": 1, "TEA-ASSAM": 1}, max_shipments=1, validate_only=True)
        assert single.shipment.node_id == "store-hamburg"
        assert micros(single.dearer_by) == micros(alone.cost) - micros(route.cost) > 0
        assert "UNIT_HANDLING +" in single.why_lost


@pytest.mark.parametrize(
    ("lines", "node_id"),
    [
        ({"KETTLE-17": 1}, "dc-munich"),
        ({"KETTLE-17": 1}, "store-hamburg"),
        ({"KETTLE-17": 1}, "store-vienna"),
        ({"KETTLE-17": 2, "TEA-ASSAM": 2}, "store-hamburg"),
        ({"KETTLE-17": 1, "MUG-BLUE": 2}, "dc-munich"),
        ({"KETTLE-17": 1, "MUG-BLUE": 2}, "store-hamburg"),
        ({"KETTLE-17": 1, "MUG-BLUE": 2}, "store-vienna"),
    ],
)
async def test_a_node_that_lost_on_cost_wins_once_it_is_cheaper_by_more_than_it_lost(
    shop: Shop, lines: dict[str, int], node_id: str
) -> None:
    """Every node's handling is raised first, so that one can become cheaper by any amount."""
    network = eu()
    raised = tuple(
        replace(node, handling_per_shipment=node.handling_per_shipment + 20_000_000) for node in network.nodes
    )
    await shop.server.load(replace(network, nodes=raised), "raised")
    route = await shop.route("r", lines=lines)
    await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=route.route_id))
    (verdict,) = (await explained(shop, route, node_id)).nodes
    lost_by = micros(verdict.lost_by)
    assert (verdict.used, verdict.constraint, lost_by > 0) == (False, COST, True)
    assert verdict.smallest_change == f"costs there lower by more than {_decimal(lost_by)} EUR"
    for less in (lost_by - 1, lost_by + 1):
        nodes = tuple(
            replace(node, handling_per_shipment=node.handling_per_shipment - less) if node.node_id == node_id else node
            for node in raised
        )
        await shop.server.load(replace(network, nodes=nodes), f"{less} less")
        decided = await shop.route("again", lines=lines, validate_only=True)
        assert (node_id in ships_from(decided)) is (less > lost_by)


def _decimal(amount: int) -> str:
    return f"{amount // 1_000_000}.{str(amount % 1_000_000).zfill(6).rstrip('0').ljust(2, '0')}"


async def test_a_node_without_stock_is_told_how_many_units_would_let_it_win(shop: Shop) -> None:
    await shop.stock([("KETTLE-17", "dc-berlin", 1)])
    route = await shop.route("r", lines={"KETTLE-17": 4})
    assert ships_from(route) == {"dc-munich"}
    (verdict,) = (await explained(shop, route, "dc-berlin")).nodes
    assert (verdict.constraint, verdict.smallest_change) == (
        route_pb2.UNFILLED_REASON_NO_STOCK,
        "3 more of KETTLE-17 there",
    )
    await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=route.route_id))
    await shop.stock([("KETTLE-17", "dc-berlin", 3)])
    assert ships_from(await shop.route("still", lines={"KETTLE-17": 4}, validate_only=True)) == {"dc-munich"}
    await shop.stock([("KETTLE-17", "dc-berlin", 4)])
    assert ships_from(await shop.route("now", lines={"KETTLE-17": 4}, validate_only=True)) == {"dc-berlin"}


async def test_a_node_that_would_lose_with_stock_too_is_told_both(shop: Shop) -> None:
    route = await shop.route("r", lines={"KETTLE-17": 4})
    (verdict,) = (await explained(shop, route, "store-vienna")).nodes
    found = re.fullmatch(
        r"3 more of KETTLE-17 there, and costs there lower by more than ([\d.]+) EUR", verdict.smallest_change
    )
    assert found
    await shop.stock([("KETTLE-17", "store-vienna", 4)])
    dearer = await shop.route("v", lines={"KETTLE-17": 4}, only_nodes=["store-vienna"], validate_only=True)
    assert micros(dearer.cost) - micros(route.cost) == round(float(found[1]) * 1e6)


async def test_what_kept_a_node_out_is_named_with_what_would_let_it_in(shop: Shop) -> None:
    await shop.stock([("SPRAY-WAX", node, 5) for node in ("dc-berlin", "dc-munich")])
    await shop.stock([("LAMP-OAK", "dc-berlin", 5)], protected=5)
    await shop.stock([("LAMP-OAK", "store-vienna", 5)])
    cases: list[tuple[str, dict[str, Any], str, str, str, str]] = [
        ("hazmat", {"lines": {"SPRAY-WAX": 1}}, "dc-munich", "CONSTRAINT", "cold or hazardous", ""),
        (
            "not",
            {"lines": {"KETTLE-17": 1}, "not_nodes": ["dc-berlin"]},
            "dc-berlin",
            "CONSTRAINT",
            "not among those",
            "leave for the order to ship from it",
        ),
        ("vip", {"lines": {"LAMP-OAK": 1}}, "dc-berlin", "CONSTRAINT", "protected for VIP", "1 more of LAMP-OAK there"),
    ]
    for name, order, node, reason, detail, change in cases:
        route = await shop.route(name, **order)
        (verdict,) = (await explained(shop, route, node)).nodes
        assert route_pb2.UnfilledReason.Name(verdict.constraint) == f"UNFILLED_REASON_{reason}"
        assert detail in verdict.detail
        assert change in verdict.smallest_change


async def test_a_full_node_is_told_so(store: EmbeddedStore, ledger_name: str) -> None:
    network = eu()
    nodes = tuple(
        replace(node, daily_order_capacity=1) if node.node_id == "dc-berlin" else node for node in network.nodes
    )
    policy = replace(network.policy, horizon_days=2)
    async with open_shop(store, ledger_name, replace(network, nodes=nodes, policy=policy)) as shop:
        await shop.stock([("KETTLE-17", node, 5) for node in ("dc-berlin", "dc-munich")])
        for name in ("today", "tomorrow"):
            taken = await shop.route(name, lines={"KETTLE-17": 1}, only_nodes=["dc-berlin"])
            assert ships_from(taken) == {"dc-berlin"}
        route = await shop.route("next", lines={"KETTLE-17": 1})
        assert ships_from(route) == {"dc-munich"}
        (verdict,) = (await explained(shop, route, "dc-berlin")).nodes
        assert verdict.constraint == route_pb2.UNFILLED_REASON_CAPACITY_EXHAUSTED
        assert verdict.smallest_change == "room for the order there on that day"
        await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="g", route_id=taken.route_id))
        await shop.settled()
        assert ships_from(await shop.route("now", lines={"KETTLE-17": 1})) == {"dc-berlin"}


async def test_a_route_is_explained_on_the_network_it_was_decided_on(shop: Shop) -> None:
    """Also after a network in which the node, and the price, are no longer there."""
    route = await shop.route("r", lines={"KETTLE-17": 1})
    before = await explained(shop, route, "dc-munich", "store-hamburg")
    network = eu()
    dear = tuple(
        replace(node, handling_per_shipment=90_000_000) for node in network.nodes if node.node_id != "store-hamburg"
    )
    lanes = tuple(lane for lane in network.transfer_lanes if "store-hamburg" not in (lane.origin, lane.destination))
    version = await shop.server.load(replace(network, nodes=dear, transfer_lanes=lanes), "dearer")
    later = await shop.route("later", lines={"KETTLE-17": 1})
    assert (route.network_version, later.network_version) == (version - 1, version)
    assert micros(later.cost) > micros(route.cost)
    assert await explained(shop, route, "dc-munich", "store-hamburg") == before
    record, again = await shop.router.replay(route.route_id)
    assert again == record.route


async def test_a_reroute_is_explained_with_what_was_rejected(shop: Shop) -> None:
    first = await shop.route("r", lines={"KETTLE-17": 1})
    rejections = [{"node_id": "dc-berlin", "exclude_node": False}]
    request = pb.RerouteOrderRequest(request_id="again", route_id=first.route_id, rejections=rejections)
    second = (await shop.server.routing.RerouteOrder(request)).route
    (verdict,) = (await explained(shop, second, "dc-berlin")).nodes
    assert (verdict.detail, verdict.smallest_change) == (
        "it rejected these lines before",
        "its taking back what it rejected",
    )
    record, again = await shop.router.replay(second.route_id)
    assert again == record.route


async def test_where_shipments_come_first_a_node_is_told_of_boxes_not_of_a_price_in_the_millions(
    store: EmbeddedStore, ledger_name: str
) -> None:
    network = eu()
    policy = replace(network.policy, objective=Objective.SHIPMENTS)
    async with open_shop(store, ledger_name, replace(network, policy=policy)) as shop:
        await shop.stock([(sku, "store-hamburg", 5) for sku in ("KETTLE-17", "TEA-ASSAM")])
        await shop.stock([("KETTLE-17", "dc-berlin", 5)])
        route = await shop.route("r", lines={"KETTLE-17": 1, "TEA-ASSAM": 1})
        assert ships_from(route) == {"store-hamburg"}
        (verdict,) = (await explained(shop, route, "dc-berlin")).nodes
        assert verdict.detail == "it could ship, with 1 shipment more"
        assert abs(micros(verdict.lost_by)) < 20_000_000


async def test_a_large_order_is_explained_and_only_a_few_nodes_of_it_at_once(shop: Shop) -> None:
    lines = [{"sku": sku, "units": 1} for sku in ("KETTLE-17", "TEA-ASSAM") for _ in range(2)] * 3
    await shop.stock([(sku, node, 50) for sku in ("KETTLE-17", "TEA-ASSAM") for node in ("dc-berlin", "store-hamburg")])
    route = await shop.route("r", lines=lines)
    assert ships_from(route) == {"dc-berlin"}
    (verdict,) = (await explained(shop, route, "store-hamburg")).nodes
    alone = await shop.route("alone", lines=lines, only_nodes=["store-hamburg"], validate_only=True)
    assert micros(verdict.lost_by) == micros(alone.cost) - micros(route.cost)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await explained(shop, route, *NODES * 3)
    assert "at most 10 nodes" in violations(caught.value)["node_ids"]


async def test_a_node_that_is_not_of_the_network_has_no_verdict(shop: Shop) -> None:
    route = await shop.route("r", lines={"KETTLE-17": 1})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await explained(shop, route, "dc-berlin", "atlantis")
    assert violations(caught.value) == {"node_ids": "expected a node of the network, got 'atlantis'"}


async def test_a_pickup_within_a_radius_replays_and_explains(shop: Shop) -> None:
    """I9."""
    lines = [
        {"sku": "TEA-ASSAM", "units": 2, "fulfilment": order_pb2.FULFILMENT_PICKUP},
        {"sku": "KETTLE-17", "units": 1},
    ]
    pickup = order_pb2.PickupAt(radius_m=700_000)
    route = await shop.route("r", lines=lines, pickup=pickup, destination=HAMBURG)
    assert {shipment.destination_node_id for shipment in route.shipments} >= {"store-hamburg"}
    answer = await explained(shop, route, *NODES)
    assert len(answer.nodes) == len(NODES)
    record, again = await shop.router.replay(route.route_id)
    assert again == record.route
