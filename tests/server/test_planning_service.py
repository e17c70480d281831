"""PlanningService over a socket: studies beside the router, their limits, and how they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from msgspec.structs import replace
from onebox.v1 import planning_service_pb2 as pb
from onebox.v1.planning_service_pb2_grpc import PlanningServiceStub
from onebox.v1.routing_service_pb2 import ReleaseRouteRequest, RouteOrderRequest

from engine.inventory.embedded import EmbeddedStore
from engine.network.files import read_units
from engine.routing.assembly import route_id_of
from engine.routing.order import Order
from engine.routing.order_files import read_orders
from engine.simulation.scenario import Base, Scenario
from engine.simulation.study import Task, packed, play
from server.conversion.order_messages import order_message
from tests.networks import EU
from tests.server.real import Shop, an_order, eu, eu_stock, open_shop
from tests.server.running import quotas, reason, violations
from tests.server.test_processes import onebox, onebox_serve


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    async with open_shop(store, ledger_name, planning_orders=1_000, planning_reps=20) as shop:
        yield shop


def eu_orders() -> tuple[Order, ...]:
    return read_orders(EU / "orders.csv", read_units(EU).metres)


def asked(
    terms: dict[str, Any], orders: Sequence[Order] | None = None, blocks: int = 1
) -> Iterator[pb.SimulateRequest]:
    """A study over eu's orders and stock."""
    messages = [order_message(order) for order in (eu_orders() if orders is None else orders)]
    stock = [
        pb.OpeningStock(sku=row.sku, node_id=row.node_id, on_hand=row.on_hand, protected=row.protected)
        for row in eu_stock()
    ]
    size = -(-len(messages) // blocks) or 1
    yield pb.SimulateRequest(terms=terms, orders=messages[:size], stock=stock)
    for first in range(size, len(messages), size):
        yield pb.SimulateRequest(orders=messages[first : first + size])


def long(n_orders: int = 400) -> list[Order]:
    """Orders for many seconds."""
    orders = eu_orders()
    return [replace(orders[n % len(orders)], order_id=f"L{n}") for n in range(n_orders)]


async def study_of(shop: Shop, requests: Iterator[pb.SimulateRequest]) -> tuple[list[pb.StudyProgress], pb.Study]:
    answers = [answer async for answer in shop.server.planning.Simulate(requests)]
    assert [answer.WhichOneof("outcome") for answer in answers] == ["progress"] * (len(answers) - 1) + ["study"]
    return [answer.progress for answer in answers[:-1]], answers[-1].study


async def refused(shop: Shop, requests: Iterator[pb.SimulateRequest]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await study_of(shop, requests)
    return caught.value


async def test_a_study_over_grpc_finds_what_the_simulator_finds(shop: Shop) -> None:  # I9
    toml = 'name = "dear"\n[policy]\nsplit_penalty = 20\n[demand]\nscale = 2\n'
    changes = {"name": "calm", "luck": {"reject_scale": 0.0}, "policy": {"split_penalty": "20"}}
    terms = {"replications": 3, "seed": 7, "scenarios": [{"toml": toml}, {"changes": changes}], "rules": True}
    progress, study = await study_of(shop, asked(terms, blocks=3))
    names = [each.scenario for each in study.scenarios]
    assert names == ["base", "priority", "nearest", "cheapest_first", "fewest_splits", "dear", "calm"]
    base = packed(Scenario("base", Base(eu(), eu_stock(), eu_orders())))
    runs = [await asyncio.to_thread(play, Task(base, 7, replication)) for replication in range(3)]
    costs = [run.figures["cost"] for run in runs]
    found = study.scenarios[0]
    assert found.figures["cost"].mean == pytest.approx(sum(costs) / 3, rel=1e-12)
    assert found.differences["cost"].half_width == 0
    assert study.scenarios[5].figures["orders"].mean == 2 * len(eu_orders())
    assert (study.orders, study.currency_code, study.replications, study.network_version) == (
        len(eu_orders()),
        "EUR",
        3,
        1,
    )
    assert progress
    assert all(one.runs == 21 for one in progress)
    assert [one.orders_decided for one in progress] == sorted(one.orders_decided for one in progress)


async def test_progress_has_a_running_estimate_that_narrows_to_the_result(shop: Shop) -> None:
    terms = {"replications": 6, "scenarios": [{"toml": 'name = "dear"\n[policy]\nsplit_penalty = 20'}]}
    progress, study = await study_of(shop, asked(terms, long()))
    early = next(one for one in progress if any(each.HasField("cost_per_order") for each in one.estimates))
    assert early.runs_done < early.runs
    assert 0 < early.orders_decided <= early.orders
    late = progress[-1].estimates[1]
    assert late.HasField("difference")
    final = study.scenarios[1]
    assert late.difference.mean == pytest.approx(final.differences["cost_per_order"].mean, rel=0.5)


async def test_live_stock_and_history_are_studied_but_not_touched(shop: Shop) -> None:  # I4
    await shop.stock(_some_stock())
    orders = eu_orders()
    for n, order in enumerate(orders):
        await shop.server.routing.RouteOrder(pb_route(order, f"r{n}"))
        await shop.server.routing.RouteOrder(pb_route(order, f"gone-{n}", f"gone-{n}"))
        await shop.server.routing.ReleaseRoute(
            ReleaseRouteRequest(request_id=f"x{n}", route_id=route_id_of(f"gone-{n}"))
        )
    before = await shop.reserved()
    terms = {"history": {}, "scenarios": [{"toml": 'name = "dear"\n[policy]\nsplit_penalty = 20'}]}
    _, study = await study_of(shop, iter([pb.SimulateRequest(terms=terms)]))
    assert study.orders == len(orders)
    assert study.scenarios[0].figures["orders"].mean == len(orders)
    later = {"history": {"from_time": {"seconds": orders[4].order_time}}}
    _, fewer = await study_of(shop, iter([pb.SimulateRequest(terms=later)]))
    assert fewer.orders == sum(order.order_time >= orders[4].order_time for order in orders)
    assert await shop.reserved() == before
    await shop.audit()


async def test_two_studies_are_compared_replication_by_replication(shop: Shop) -> None:
    terms = {"replications": 4, "scenarios": [{"toml": 'name = "dear"\n[policy]\nsplit_penalty = 20'}]}
    _, one = await study_of(shop, asked(terms))
    _, two = await study_of(
        shop, asked({"replications": 4, "scenarios": [{"toml": 'name = "late"\n[luck]\nreject_scale = 9'}]})
    )
    compare = shop.server.planning.Compare
    within = await compare(
        pb.CompareRequest(base={"study_id": one.study_id}, other={"study_id": one.study_id, "scenario": "dear"})
    )
    assert within.other == one.scenarios[1]
    across = await compare(
        pb.CompareRequest(
            base={"study_id": one.study_id, "scenario": "dear"}, other={"study_id": two.study_id, "scenario": "late"}
        )
    )
    assert across.replications == 4
    assert across.base.scenario == "dear"
    difference = across.other.differences["cost_per_order"]
    assert difference.mean == pytest.approx(
        across.other.figures["cost_per_order"].mean - across.base.figures["cost_per_order"].mean
    )
    assert difference.half_width > 0
    _, other_luck = await study_of(shop, asked({"replications": 4, "seed": 2}))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await compare(pb.CompareRequest(base={"study_id": one.study_id}, other={"study_id": other_luck.study_id}))
    assert "same seed" in violations(caught.value)["other.study_id"]
    for wanted, request in (
        ("NOT_FOUND", pb.CompareRequest(base={"study_id": "nothing"}, other={"study_id": one.study_id})),
        (
            "INVALID_INPUT",
            pb.CompareRequest(base={"study_id": one.study_id, "scenario": "x"}, other={"study_id": one.study_id}),
        ),
        ("INVALID_INPUT", pb.CompareRequest()),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await compare(request)
        assert reason(caught.value) == wanted


async def test_bad_scenarios_are_refused_whole_with_every_fault_named(shop: Shop) -> None:
    changes = {
        "name": "bad",
        "nodes": {"close": ["NOWHERE"], "change": [{"types": [2], "reject_rate": 2.0}]},
        "luck": {"max_rounds": 99},
    }
    closed = eu().nodes[0].node_id
    overlap = f"""
        name = "overlap"
        nodes.close = ["NOWHERE", "{closed}"]
        stock.scale = [{{by = 2}}, {{by = 3}}]
        [[nodes.move]]
        node_id = "{closed}"
        latitude = 1
        longitude = 1
        postal_code = "1"
    """
    negative = 'name = "negative"\n[[stock.scale]]\nby = -1'
    terms = {"scenarios": [{"changes": changes}, {"toml": overlap}, {"toml": negative}, {"toml": "name ="}, {}]}
    error = await refused(shop, asked(terms))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = violations(error)
    assert set(found) >= {
        "terms.scenarios[0].nodes.change[0].reject_rate",
        "terms.scenarios[0].luck.max_rounds",
        "terms.scenarios[1].nodes.close",
        "terms.scenarios[1].nodes.move[0].node_id",
        "terms.scenarios[1].stock.scale[1]",
        "terms.scenarios[2].stock.scale[0].by",
        "terms.scenarios[3]",
        "terms.scenarios[4].content",
    }


async def test_bad_orders_and_stock_are_refused_with_every_fault_named(shop: Shop) -> None:
    good = order_message(eu_orders()[0])
    bad = an_order("bad", lines={"NOTHING": 1}, order_time={"seconds": 1})
    requests = [pb.SimulateRequest(terms={}, orders=[good, bad, good, an_order("timeless", lines={"NOTHING": 1})])]
    found = violations(await refused(shop, iter(requests)))
    assert set(found) == {"orders[1].lines[0].sku", "orders[2].order_id", "orders[3].order_time"}
    row = {"sku": "NOTHING", "node_id": "NOWHERE", "on_hand": -1}
    found = violations(await refused(shop, iter([pb.SimulateRequest(terms={}, orders=[good], stock=[row])])))
    assert set(found) == {"stock[0].sku", "stock[0].node_id", "stock[0].on_hand"}
    for requests, field in (
        ([pb.SimulateRequest(orders=[good])], "terms"),
        ([pb.SimulateRequest(terms={})], "orders"),
        ([pb.SimulateRequest(terms={"history": {}}, orders=[good])], "orders"),
        ([pb.SimulateRequest(terms={"replications": -1}, orders=[good])], "terms.replications"),
    ):
        assert set(violations(await refused(shop, iter(requests)))) == {field}
    unknown = await refused(shop, iter([pb.SimulateRequest(terms={"network_version": 99}, orders=[good])]))
    assert unknown.code() is grpc.StatusCode.NOT_FOUND


async def test_what_goes_beyond_a_limit_is_refused_naming_the_field(shop: Shop) -> None:
    for requests, field in (
        (asked({}, long(1_001), blocks=2), "orders"),
        (asked({"replications": 21}), "terms.replications"),
        (asked({"scenarios": [{"toml": f'name = "s{n}"'} for n in range(33)]}), "terms.scenarios"),
    ):
        error = await refused(shop, requests)
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (reason(error), list(quotas(error))) == ("LIMIT_REACHED", [field])


async def test_a_study_that_needs_more_memory_than_it_may_is_refused_and_the_server_goes_on(
    store: EmbeddedStore, ledger_name: str
) -> None:
    async with open_shop(store, ledger_name, planning_memory_mib=256) as shop:
        error = await refused(shop, asked({"scenarios": [{"toml": 'name = "many"\n[demand]\nscale = 50'}]}, long()))
        assert (error.code(), list(quotas(error))) == (grpc.StatusCode.RESOURCE_EXHAUSTED, ["memory"])
        await shop.stock(_some_stock())
        assert (await shop.server.routing.RouteOrder(pb_route(eu_orders()[0], "after"))).route.shipments


async def test_a_planner_who_leaves_ends_the_study_at_once_and_frees_its_place(shop: Shop) -> None:
    terms = {"replications": 20}
    call = shop.server.planning.Simulate(asked(terms, long()))
    assert (await call.read()).HasField("progress")
    busy = await refused(shop, asked(terms))
    assert (busy.code(), list(quotas(busy))) == (grpc.StatusCode.RESOURCE_EXHAUSTED, ["studies"])
    (study,) = _studies()
    processes = [study, *study.children(recursive=True)]
    assert all(process.nice() == 19 for process in processes)
    call.cancel()
    started = time.monotonic()
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
        assert time.monotonic() - started < 10, "still there"
        await asyncio.sleep(0.02)
    while shop.server.worker._studies._under_way:
        assert time.monotonic() - started < 10, "its place is still taken"
        await asyncio.sleep(0.02)
    _, after = await study_of(shop, asked({}))
    assert after.orders == len(eu_orders())


def test_a_study_ends_with_its_server_however_that_ends(tmp_path: Path) -> None:
    orders = [order_message(order) for order in long()]
    loaded = onebox("load", str(EU), "--data-dir", str(tmp_path))
    assert loaded.returncode == 0, loaded.stderr
    with onebox_serve(tmp_path) as served, grpc.insecure_channel(served.address) as channel:
        answers = PlanningServiceStub(channel).Simulate(
            iter([pb.SimulateRequest(terms={"replications": 100}, orders=orders)])
        )
        assert next(answers).HasField("progress")
        (study,) = _studies(served.process.pid)
        processes = [study, *study.children(recursive=True)]
        assert len(processes) > 1
        served.process.kill()
        _, alive = psutil.wait_procs(processes, timeout=10)
        assert not alive


async def test_routing_goes_on_answering_while_a_study_runs(shop: Shop) -> None:
    await shop.stock(_some_stock())
    call = shop.server.planning.Simulate(asked({"replications": 20}, long()))
    assert (await call.read()).HasField("progress")
    orders = eu_orders()
    for n in range(60):
        answer = await shop.server.routing.RouteOrder(pb_route(orders[n % len(orders)], f"live-{n}", f"live-{n}"))
        assert answer.route.route_id
    (study,) = _studies()
    assert study.is_running(), "the study was at it all the while"
    call.cancel()
    await shop.audit()


def _studies(server: int | None = None) -> list[psutil.Process]:
    """Processes of studies that this test's server started."""
    return [
        child
        for child in psutil.Process(server).children()
        if "server.planning.study_process" in " ".join(child.cmdline())
    ]


def _some_stock() -> list[tuple[str, str, int]]:
    return [(row.sku, row.node_id, row.on_hand) for row in eu_stock()]


def pb_route(order: Order, request_id: str, order_id: str = "") -> RouteOrderRequest:
    message = order_message(order)
    message.order_id = order_id or message.order_id
    return RouteOrderRequest(request_id=request_id, order=message)
