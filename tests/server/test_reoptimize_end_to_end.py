"""ReoptimizeRoutes over a real socket: few moves, each worth it, no promise broken, every hold swapped in one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import grpc
import msgspec
import pytest
from onebox.v1 import route_pb2
from onebox.v1 import routing_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from tests.server.real import BERLIN, Shop, micros, open_shop
from tests.server.running import reason, violations
from tests.server.test_batch_end_to_end import roomy

TWENTY = 20


@dataclass
class Came:
    """What a re-optimisation answered."""

    moves: list[pb.RouteMove] = field(default_factory=list)
    summary: pb.ReoptimizeSummary = field(default_factory=pb.ReoptimizeSummary)


async def reoptimize(shop: Shop, request_id: str, **fields: Any) -> Came:
    came = Came()
    request = pb.ReoptimizeRoutesRequest(request_id=request_id, **fields)
    async for message in shop.server.routing.ReoptimizeRoutes(request):
        match message.WhichOneof("answer"):
            case "move":
                came.moves.append(message.move)
            case "summary":
                came.summary = message.summary
    return came


async def far_away(shop: Shop) -> list[route_pb2.Route]:
    """Twenty orders for Berlin, shipped from Munich as Berlin had nothing; then it has ten."""
    await shop.stock([("MUG-BLUE", "dc-munich", 30), ("MUG-BLUE", "dc-berlin", 0)])
    routes = [await shop.route(f"o{i}", lines={"MUG-BLUE": 1}, destination=BERLIN) for i in range(TWENTY)]
    assert {route.shipments[0].node_id for route in routes} == {"dc-munich"}
    await shop.stock([("MUG-BLUE", "dc-berlin", 10)])
    return routes


async def test_a_share_of_the_routes_moves_to_where_it_is_cheaper_and_each_says_what_it_saves(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        routes = {route.route_id: route for route in await far_away(shop)}
        tried = await reoptimize(shop, "try", max_moves_bp=2_500, validate_only=True)
        assert (len(tried.moves), tried.summary.moved) == (5, 5)
        assert {move.route.state for move in tried.moves} == {route_pb2.ROUTE_STATE_PLANNED}
        assert await shop.reserved() == {("MUG-BLUE", "dc-munich"): TWENTY}

        came = await reoptimize(shop, "r1", max_moves_bp=2_500)
        summary = came.summary
        assert (summary.looked_at, summary.movable, summary.moved, summary.full_moves) == (TWENTY, TWENTY, 5, 10)
        assert await shop.reserved() == {("MUG-BLUE", "dc-munich"): TWENTY - 5, ("MUG-BLUE", "dc-berlin"): 5}
        for move in came.moves:
            old, new = routes[move.route_id], move.route
            assert (move.made, new.state) == (True, route_pb2.ROUTE_STATE_RESERVED)
            assert micros(move.saving) == micros(old.cost) - micros(new.cost) > 0
            assert new.shipments[0].arrival_time.seconds <= old.shipments[0].promise_time.seconds
            assert new.expiry_time == old.expiry_time
            now = (await shop.server.routing.GetRoute(pb.GetRouteRequest(route_id=move.route_id))).route
            assert now.state == route_pb2.ROUTE_STATE_REPLACED
            record, again = await shop.router.replay(new.route_id)
            assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(record.route)
        saved = sum(micros(move.saving) for move in came.moves)
        assert micros(summary.saving) == saved
        assert micros(summary.full_saving) == 2 * saved
        repeated = await reoptimize(shop, "r1", max_moves_bp=2_500)
        assert [(move.route_id, move.route) for move in repeated.moves] == [
            (move.route_id, move.route) for move in came.moves
        ]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await reoptimize(shop, "r1", max_moves_bp=10_000)
        assert reason(caught.value) == "REQUEST_REUSED"
        rest = await reoptimize(shop, "r2", max_moves_bp=10_000)
        assert rest.summary.moved == 5
        await shop.audit()


async def test_a_move_is_made_only_where_it_saves_the_threshold_and_confirmed_routes_stay_confirmed(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        first = (await far_away(shop))[0]
        await shop.server.routing.ConfirmRoute(pb.ConfirmRouteRequest(request_id="c", route_id=first.route_id))
        named = {"route_ids": [first.route_id], "max_moves_bp": 10_000}
        saving = micros((await reoptimize(shop, "try", validate_only=True, **named)).moves[0].saving)
        kept = await reoptimize(shop, "dear", min_saving_micros=saving + 1, **named)
        assert (kept.moves, kept.summary.looked_at, micros(kept.summary.full_saving)) == ([], 1, saving)
        (move,) = (await reoptimize(shop, "enough", min_saving_micros=saving, **named)).moves
        assert (move.made, move.route.state) == (True, route_pb2.ROUTE_STATE_CONFIRMED)
        assert (await reoptimize(shop, "again", route_ids=[move.route.route_id], max_moves_bp=10_000)).moves == []
        await shop.audit()


async def test_routes_that_have_left_or_were_rerouted_stay_and_those_not_live_are_refused(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, roomy()) as shop:
        routes = await far_away(shop)
        await shop.server.routing.ReleaseRoute(pb.ReleaseRouteRequest(request_id="l", route_id=routes[0].route_id))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await reoptimize(shop, "r", route_ids=[routes[0].route_id, "rt_none"])
        assert set(violations(caught.value)) == {"route_ids[0]", "route_ids[1]"}
        for route in routes[1:]:
            await shop.server.routing.ConfirmRoute(
                pb.ConfirmRouteRequest(request_id=f"c{route.route_id}", route_id=route.route_id)
            )
        shop.clock.now = routes[1].shipments[0].ship_time.seconds + 1
        came = await reoptimize(shop, "late", max_moves_bp=10_000)
        assert (came.summary.looked_at, came.summary.movable, came.moves) == (TWENTY - 1, 0, [])
        await shop.audit()


async def test_a_route_whose_new_place_another_holds_waits_until_that_one_has_moved(
    store: EmbeddedStore, ledger_name: str
) -> None:
    """Two holds that would gain by each other's leaving: made in order, in one group."""
    async with open_shop(store, ledger_name, roomy()) as shop:
        await shop.stock([("MUG-BLUE", "dc-berlin", 1), ("MUG-BLUE", "dc-munich", 0), ("MUG-BLUE", "store-hamburg", 0)])
        munich = {"country": "DE", "postal_code": "80331"}
        one = await shop.route("one", lines={"MUG-BLUE": 1}, destination=munich)
        assert one.shipments[0].node_id == "dc-berlin"
        await shop.stock([("MUG-BLUE", "dc-munich", 1)])
        two = await shop.route("two", lines={"MUG-BLUE": 1}, destination=BERLIN)
        assert two.shipments[0].node_id == "dc-munich"
        await shop.stock([("MUG-BLUE", "dc-munich", 2)])
        came = await reoptimize(shop, "r", max_moves_bp=10_000)
        assert [(move.route_id, move.group, move.made) for move in came.moves] == [
            (one.route_id, 0, True),
            (two.route_id, 0, True),
        ]
        assert micros(came.summary.saving) > 0
        assert [move.route.shipments[0].node_id for move in came.moves] == ["dc-munich", "dc-berlin"]
        assert micros(came.summary.saving) == micros(came.summary.full_saving)
        await shop.audit()
