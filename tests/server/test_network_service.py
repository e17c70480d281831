from __future__ import annotations

import asyncio
from dataclasses import replace

import grpc
import pytest
from onebox.v1 import network_pb2
from onebox.v1 import network_service_pb2 as pb

from engine.inventory.embedded import EmbeddedStore
from server.conversion.catalogue import Catalogue
from tests.network.sample import MUG
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, reason, serving, violations
from tests.server.test_routing_service import a_request

KEY_OF_MUG = pb.ResourceKey(kind=pb.RESOURCE_KIND_ITEM, parts=["MUG"])


async def _network(server: Running, version: int = 0) -> list[network_pb2.Resource]:
    answers = [answer async for answer in server.network.GetNetwork(pb.GetNetworkRequest(version=version))]
    return [resource for answer in answers for resource in answer.resources]


def _heavier_mug(grams: int = 450) -> network_pb2.Resource:
    return network_pb2.Resource(
        item={"sku": "MUG", "weight_g": grams, "length_mm": 110, "width_mm": 100, "height_mm": 100}
    )


async def test_a_network_comes_back_as_it_was_sent(server: Running) -> None:
    assert await _network(server) == list(Catalogue(SMALL).messages())


async def test_an_apply_replaces_adds_and_removes_all_at_once_as_a_new_version(server: Running) -> None:
    jug = network_pb2.Resource(item={"sku": "JUG", "weight_g": 900, "length_mm": 9, "width_mm": 9, "height_mm": 9})
    request = pb.ApplyResourcesRequest(
        request_id="a",
        resources=[_heavier_mug(), jug],
        removals=[pb.ResourceKey(kind=pb.RESOURCE_KIND_ITEM, parts=["SOFA"])],
        base_version=1,
        comment="spring",
    )
    answer = await server.network.ApplyResources(request)
    assert (answer.version.version, answer.version.comment, answer.version.current) == (2, "spring", True)
    items = [resource.item for resource in await _network(server) if resource.HasField("item")]
    assert items[0].weight_g == 450  # in its place
    assert [item.sku for item in items][-1] == "JUG"
    assert "SOFA" not in [item.sku for item in items]
    old = await server.network.GetResource(pb.GetResourceRequest(key=KEY_OF_MUG, version=1))
    assert (old.resource.item.weight_g, old.version) == (MUG.weight_g, 1)


async def test_the_same_apply_twice_makes_one_version_also_when_it_removes(server: Running) -> None:  # I5
    request = pb.ApplyResourcesRequest(request_id="same", removals=[KEY_OF_MUG])
    first = await server.network.ApplyResources(request)
    assert first == await server.network.ApplyResources(request)
    assert first.version.version == 2
    request.comment = "another"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ApplyResources(request)
    assert reason(caught.value) == "REQUEST_REUSED"


async def test_the_same_network_sent_twice_makes_one_version(server: Running) -> None:  # I5
    assert await server.load(SMALL) == 1
    assert await server.load(replace(SMALL, name="other"), "other") == 2


async def test_validate_only_tells_the_faults_and_changes_nothing(server: Running) -> None:
    good = pb.ApplyResourcesRequest(request_id="a", validate_only=True, resources=[_heavier_mug()])
    answer = await server.network.ApplyResources(good)
    assert (answer.HasField("version"), answer.counts.nodes) == (False, 2)
    removal = pb.ResourceKey(kind=pb.RESOURCE_KIND_CARRIER, parts=["COURIER"])
    bad = pb.ApplyResourcesRequest(request_id="b", validate_only=True, removals=[removal])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ApplyResources(bad)
    assert violations(caught.value)
    assert len((await server.network.ListVersions(pb.ListVersionsRequest())).versions) == 1


async def test_every_fault_of_the_resources_is_named_by_its_place(server: Running) -> None:
    resources = [
        _heavier_mug(0),
        _heavier_mug(),
        _heavier_mug(),
        network_pb2.Resource(),
        network_pb2.Resource(
            node={"node_id": "N", "type": 1, "open_hours": [{"weekday": 1, "opening_minute": 9, "closing_minute": 5}]}
        ),
    ]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ApplyResources(pb.ApplyResourcesRequest(request_id="a", resources=resources))
    assert list(violations(caught.value)) == [
        "resources[0].item.weight_g",
        "resources[2].item",
        "resources[3].resource",
        "resources[4].node.open_hours.closing_minute",
    ]


async def test_what_resources_say_of_each_other_is_checked_before_they_count(server: Running) -> None:
    node = next(resource for resource in Catalogue(SMALL).messages() if resource.HasField("node"))
    node.node.holidays = "nowhere"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ApplyResources(pb.ApplyResourcesRequest(request_id="a", resources=[node]))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert any("DC-MEM" in field and "holidays" in field for field in violations(caught.value))
    assert (await server.network.GetResource(pb.GetResourceRequest(key=KEY_OF_MUG))).version == 1


async def test_an_apply_on_a_version_that_is_no_longer_in_force_is_refused(server: Running) -> None:
    await server.network.ApplyResources(pb.ApplyResourcesRequest(request_id="a", resources=[_heavier_mug()]))
    late = pb.ApplyResourcesRequest(request_id="b", resources=[_heavier_mug(460)], base_version=1)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ApplyResources(late)
    assert violations(caught.value) == {"base_version": "expected the version in force, 2, got '1'"}


async def test_a_rollback_makes_a_new_version_of_the_old_content(server: Running) -> None:
    before = await _network(server)
    await server.network.ApplyResources(pb.ApplyResourcesRequest(request_id="a", resources=[_heavier_mug()]))
    request = pb.RollbackNetworkRequest(request_id="back", version=1, comment="too heavy")
    answer = await server.network.RollbackNetwork(request)
    assert answer.version.version == 3
    assert answer == await server.network.RollbackNetwork(request)
    assert await _network(server) == before
    versions = (await server.network.ListVersions(pb.ListVersionsRequest())).versions
    assert [(one.version, one.comment, one.current, one.name) for one in versions] == [
        (3, "too heavy", True, "small"),
        (2, "", False, "small"),
        (1, "", False, "small"),
    ]
    assert versions[0].content_hash == versions[2].content_hash != versions[1].content_hash


async def test_lists_come_in_pages_in_the_order_ties_break_by(server: Running) -> None:
    skus, token, pages = [], "", 0
    while pages == 0 or token:
        request = pb.ListResourcesRequest(kind=pb.RESOURCE_KIND_ITEM, page_size=3, page_token=token)
        answer = await server.network.ListResources(request)
        skus += [resource.item.sku for resource in answer.resources]
        token, pages = answer.next_page_token, pages + 1
    assert skus == [item.sku for item in SMALL.items]
    assert pages == 3


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.ListResourcesRequest(), "kind"),
        (pb.ListResourcesRequest(kind=pb.RESOURCE_KIND_NODE, page_token="x"), "page_token"),
        (pb.ListResourcesRequest(kind=pb.RESOURCE_KIND_NODE, page_size=5_000), "page_size"),
    ],
)
async def test_a_bad_list_request_names_its_field(
    server: Running, request_: pb.ListResourcesRequest, field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.network.ListResources(request_)
    assert list(violations(caught.value)) == [field]


async def test_what_is_not_there_is_not_found(server: Running) -> None:
    nobody = pb.ResourceKey(kind=pb.RESOURCE_KIND_NODE, parts=["NOBODY"])
    for request in (pb.GetResourceRequest(key=nobody), pb.GetResourceRequest(key=KEY_OF_MUG, version=99)):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.network.GetResource(request)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_network_without_a_policy_or_with_a_key_twice_is_refused(empty_server: Running) -> None:
    everything = list(Catalogue(SMALL).messages())
    for resources in (everything[1:], everything + everything[-1:]):
        message = pb.ReplaceNetworkRequest(request_id="a", name="small", resources=resources)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await empty_server.network.ReplaceNetwork(iter([message]))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await empty_server.routing.RouteOrder(a_request())
    assert reason(caught.value) == "NOT_READY"


async def test_a_network_may_come_in_many_messages(empty_server: Running) -> None:
    everything = list(Catalogue(SMALL).messages())
    first = pb.ReplaceNetworkRequest(request_id="a", name="small", resources=everything[:5])
    rest = [pb.ReplaceNetworkRequest(resources=[resource]) for resource in everything[5:]]
    answer = await empty_server.network.ReplaceNetwork(iter([first, *rest]))
    assert (answer.version.version, answer.counts.items) == (1, len(SMALL.items))
    assert await _network(empty_server) == everything


async def test_a_new_network_takes_effect_on_every_server_and_no_call_is_dropped(
    store: EmbeddedStore, server: Running, router: CannedRouter, ledger_name: str
) -> None:
    elsewhere = CannedRouter()
    async with serving(store, canned(elsewhere), ledger=ledger_name) as other:
        slow = asyncio.ensure_future(other.routing.RouteOrder(a_request("slow")))
        calls = [asyncio.ensure_future(other.routing.RouteOrder(a_request(f"O-{i}"))) for i in range(50)]
        await server.network.ApplyResources(pb.ApplyResourcesRequest(request_id="a", resources=[_heavier_mug()]))
        assert (await server.routing.RouteOrder(a_request("here"))).route.network_version == 2
        await asyncio.wait_for(other.worker.in_force(2), 10)
        assert (await other.routing.RouteOrder(a_request("there"))).route.network_version == 2
        assert len(await asyncio.gather(slow, *calls)) == 51
