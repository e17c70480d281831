"""Prices are published over a real socket, weigh on every server at once, outlive it, and are explained as not paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from onebox.v1 import prices_service_pb2 as pb
from onebox.v1 import routing_service_pb2
from onebox.v1.prices_service_pb2_grpc import PricesServiceStub

from engine.inventory.embedded import EmbeddedStore
from tests.server.real import NOW, SetClock, Shop, eu, open_shop
from tests.server.running import violations

TEA = "TEA-ASSAM"
STOCK = [(TEA, "dc-berlin", 5), (TEA, "dc-munich", 5)]
HEAD = {"network": "eu", "make_time": {"seconds": NOW}, "made_by": "fluid", "parameters": {"sweeps": "200"}}


def of(shop: Shop) -> Any:
    return PricesServiceStub(shop.server.channel)


async def publish(shop: Shop, request_id: str, *units: tuple[str, str, int, int], **fields: Any) -> Any:
    head = {**HEAD, **fields.pop("head", {})}
    rows = [{"sku": s, "node_id": n, "price_micros": p, "stock_units": u} for s, n, p, u in units]
    first = pb.PublishPricesRequest(request_id=request_id, head=head, **fields)

    def stream() -> Iterator[pb.PublishPricesRequest]:
        yield first
        yield pb.PublishPricesRequest(units=rows)

    return await of(shop).PublishPrices(stream())


def node_of(route: Any) -> str:
    (shipment,) = route.shipments
    return str(shipment.node_id)


async def test_a_published_price_turns_decisions_at_once_and_off_again(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop, open_shop(store, ledger_name) as other:
        await shop.stock(STOCK)
        await other.settled()
        plain = await shop.route("plain", lines={TEA: 1})
        assert (node_of(plain), plain.prices_version) == ("dc-berlin", 0)
        made = await publish(shop, "one", (TEA, "dc-berlin", 90_000_000, 0), comment="for the sale")
        assert (made.version.version, made.version.current, made.version.comment) == (1, True, "for the sale")
        for where, name in ((shop, "here"), (other, "there")):
            await where.server.worker._prices.in_force(1)
            route = await where.route(name, lines={TEA: 1})
            assert (node_of(route), route.prices_version) == ("dc-munich", 1)
        await publish(shop, "two")
        again = await shop.route("off", lines={TEA: 1})
        assert (node_of(again), again.prices_version) == ("dc-berlin", 0)


async def test_prices_outlive_the_server_and_a_new_network(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop:
        await shop.stock(STOCK)
        await publish(shop, "one", (TEA, "dc-berlin", 90_000_000, 0))
    async with open_shop(store, ledger_name) as shop:
        await shop.settled()
        assert (await shop.route("after", lines={TEA: 1})).prices_version == 1
        await shop.server.load(eu(), "again")
        assert (await shop.route("on a new network", lines={TEA: 1})).prices_version == 1


async def test_they_move_with_the_stock_and_a_decision_replays_from_its_record(
    store: EmbeddedStore, ledger_name: str
) -> None:  # I9
    clock = SetClock()
    async with open_shop(store, ledger_name, clock=clock) as shop:
        await shop.stock([(TEA, "dc-berlin", 9), (TEA, "dc-munich", 9)])
        ends = {"valid_from_time": {"seconds": NOW}, "valid_until_time": {"seconds": NOW + 86_400}}
        units = ((TEA, "dc-berlin", 0, 9), (TEA, "dc-munich", 0, 9))
        await publish(shop, "one", *units, head={"step_micros": 3_000_000, **ends})
        routes = [await shop.route(f"r{x}", lines={TEA: 1}) for x in range(6)]
        nodes = [node_of(route) for route in routes]
        assert nodes[0] == "dc-berlin"
        assert "dc-munich" in nodes  # Berlin's last ones had become dear
        weighed = [route for route in routes if route.prices_version]
        assert weighed
        for route in routes:
            record, again = await shop.router.replay(route.route_id)
            assert again == record.route
        explained = await shop.server.routing.ExplainRoute(
            routing_service_pb2.ExplainRouteRequest(route_id=weighed[-1].route_id)
        )
        assert explained.breakdown.bid_price_micros == weighed[-1].breakdown.bid_price_micros
        clock.now = NOW + 86_400  # the next day they count no more
        assert (await shop.route("late", lines={TEA: 1})).prices_version == 0
        await shop.audit()


async def test_what_was_published_reads_back(store: EmbeddedStore, ledger_name: str) -> None:
    async with open_shop(store, ledger_name) as shop:
        await publish(shop, "one", (TEA, "dc-berlin", 7, 3))
        await publish(shop, "two", (TEA, "dc-munich", 8, 0))
        assert (await publish(shop, "one", (TEA, "dc-berlin", 7, 3))).version.version == 1  # I5
        found = [answer async for answer in of(shop).GetPrices(pb.GetPricesRequest(version=1))]
        assert found[0].head.parameters["sweeps"] == "200"
        rows = [row for answer in found for row in answer.units]
        assert [(row.sku, row.node_id, row.price_micros, row.stock_units) for row in rows] == [(TEA, "dc-berlin", 7, 3)]
        versions = (await of(shop).ListPriceVersions(pb.ListPriceVersionsRequest())).versions
        assert [(each.version, each.current) for each in versions] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("units", "head", "field"),
    [
        ([("NO-SUCH", "dc-berlin", 1, 0)], {}, "sku"),
        ([(TEA, "nowhere", 1, 0)], {}, "node_id"),
        ([(TEA, "dc-berlin", -1, 0)], {}, "unit"),
        ([(TEA, "dc-berlin", 1, 0), (TEA, "dc-berlin", 2, 0)], {}, "units"),
        ([], {"made_by": ""}, "head.made_by"),
        ([], {"step_micros": 5}, "valid_until"),
    ],
)
async def test_bad_prices_are_refused_whole(
    store: EmbeddedStore, ledger_name: str, units: list[Any], head: dict[str, Any], field: str
) -> None:
    async with open_shop(store, ledger_name) as shop:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await publish(shop, "bad", *units, head=head)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert field in violations(caught.value)
        checked = await publish(shop, "fine", (TEA, "dc-berlin", 1, 0), validate_only=True)
        assert not checked.HasField("version")
        assert not (await of(shop).ListPriceVersions(pb.ListPriceVersionsRequest())).versions
