"""What surrounds the services: health, reflection, metrics, the token, TLS, draining."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from onebox.v1 import network_service_pb2
from onebox.v1.network_service_pb2_grpc import NetworkServiceStub
from prometheus_client import generate_latest
from pydantic import ValidationError

from engine.errors import InvalidInput
from engine.inventory.embedded import EmbeddedStore
from server.clock import ReplayClock
from server.settings import Settings
from server.worker import ROUTING, Worker
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, serving
from tests.server.test_routing_service import a_request

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
HERE = Path(__file__).parent


async def _health(server: Running, service: str = "") -> int:
    stub = health_pb2_grpc.HealthStub(server.channel)
    return int((await stub.Check(health_pb2.HealthCheckRequest(service=service))).status)


async def test_routing_is_healthy_once_a_network_is_in_force(empty_server: Running) -> None:
    assert (await _health(empty_server), await _health(empty_server, ROUTING)) == (SERVING, NOT_SERVING)
    await empty_server.load(SMALL)
    assert await _health(empty_server, ROUTING) == SERVING


async def test_reflection_lists_the_services(empty_server: Running) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(empty_server.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = [answer async for answer in stub.ServerReflectionInfo(iter([request]))]
    names = {service.name for service in answer.list_services_response.service}
    assert {"onebox.v1.RoutingService", "onebox.v1.InventoryService", "onebox.v1.NetworkService"} <= names


async def test_calls_are_counted_by_method_and_code(server: Running) -> None:
    for order_id in ("A", "B", "invalid"):
        await asyncio.gather(server.routing.RouteOrder(a_request(order_id)), return_exceptions=True)
    text = generate_latest(server.worker.metrics.registry).decode()
    assert 'onebox_call_seconds_count{code="OK",method="RoutingService/RouteOrder"} 2.0' in text
    assert 'onebox_call_seconds_count{code="INVALID_ARGUMENT",method="RoutingService/RouteOrder"} 1.0' in text
    assert "onebox_network_version 1.0" in text


@pytest.mark.parametrize("given", [(), (("authorization", "Bearer wrong"),), (("authorization", "secret"),)])
async def test_a_call_without_the_token_is_refused_and_health_needs_none(
    store: EmbeddedStore, router: CannedRouter, ledger_name: str, given: tuple[tuple[str, str], ...]
) -> None:
    async with serving(store, canned(router), ledger=ledger_name, token="secret") as server:
        request = network_service_pb2.ListVersionsRequest()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.network.ListVersions(request, metadata=given)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        good = (("authorization", "Bearer secret"),)
        assert not (await server.network.ListVersions(request, metadata=good)).versions
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.network.GetNetwork(network_service_pb2.GetNetworkRequest(), metadata=given).read()
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert await _health(server) == SERVING


async def test_a_server_with_a_certificate_is_called_by_tls(
    store: EmbeddedStore, router: CannedRouter, ledger_name: str
) -> None:
    pair: dict[str, Any] = {"tls_cert": HERE / "localhost.crt", "tls_key": HERE / "localhost.key"}
    async with serving(store, canned(router), ledger=ledger_name, **pair) as server:
        credentials = grpc.ssl_channel_credentials((HERE / "localhost.crt").read_bytes())
        async with grpc.aio.secure_channel(f"localhost:{server.worker.port}", credentials) as channel:
            request = network_service_pb2.ListVersionsRequest()
            assert not (await NetworkServiceStub(channel).ListVersions(request)).versions


async def test_draining_says_not_serving_first_finishes_what_is_under_way_and_takes_nothing_new(
    store: EmbeddedStore, router: CannedRouter, ledger_name: str
) -> None:
    async with serving(store, canned(router), ledger=ledger_name, drain_s=10.0, drain_notice_s=0.2) as server:
        await server.load(SMALL)
        slow = asyncio.ensure_future(server.routing.RouteOrder(a_request("slow")))
        async with asyncio.timeout(5):
            await router.started.wait()
        draining = asyncio.ensure_future(server.worker.drain())
        await asyncio.sleep(0.05)
        assert await _health(server) == NOT_SERVING
        assert (await slow).route.order_id == "slow"
        await draining
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.routing.RouteOrder(a_request(), timeout=2)
        assert caught.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


async def test_a_call_that_outlives_the_drain_is_ended(
    store: EmbeddedStore, router: CannedRouter, ledger_name: str
) -> None:
    async with serving(store, canned(router), ledger=ledger_name, drain_s=0.1) as server:
        await server.load(SMALL)
        endless = asyncio.ensure_future(server.routing.RouteOrder(a_request("endless")))
        async with asyncio.timeout(5):
            await router.started.wait()
        await server.worker.drain()
        with pytest.raises(grpc.aio.AioRpcError):
            await endless
        assert router.was_cancelled.is_set()


async def test_a_port_that_is_taken_is_said_by_its_name(
    store: EmbeddedStore, empty_server: Running, router: CannedRouter
) -> None:
    worker = Worker(Settings(port=empty_server.worker.port, log_level="error"), store.url, canned(router))
    with pytest.raises(InvalidInput, match=f"port: expected an address that is free.*{empty_server.worker.port}"):
        await worker.start()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": 70_000}, "less than or equal to 65535"),
        ({"workers": 0}, "greater than or equal to 1"),
        ({"durability": "sometimes"}, "'always', 'everysec' or 'none'"),
        ({"tls_cert": "a.pem"}, "tls_cert and tls_key: expected both or neither"),
        ({"host": "0.0.0.0"}, "token: expected one, as host '0.0.0.0' is reached by other machines"),
        ({"prot": 1}, "Extra inputs are not permitted"),
    ],
)
def test_a_setting_out_of_range_is_refused_in_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**given)  # type: ignore[arg-type]


def test_settings_come_from_the_environment_and_each_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEBOX_PORT", "1234")
    monkeypatch.setenv("ONEBOX_DATA_DIR", "")
    assert (Settings().port, Settings().data_dir, Settings(port=5).port) == (1234, None, 5)
    assert all(field.description for field in Settings.model_fields.values())


def test_past_orders_are_decided_at_their_own_time_which_never_goes_back() -> None:
    clock = ReplayClock(1_000)
    clock.reached(2_000)
    clock.reached(1_500)
    assert clock() == 2_000


def test_a_replay_has_one_worker_as_each_keeps_a_time_of_its_own() -> None:
    with pytest.raises(ValidationError, match="workers: expected 1 with replay_from"):
        Settings(replay_from=datetime(2025, 11, 3, tzinfo=UTC), workers=2)
