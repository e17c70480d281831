"""One worker: a gRPC server on its event loop, from the first listen to the last answer."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import structlog
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_reflection.v1alpha import reflection
from onebox.v1 import (
    capture_service_pb2,
    fulfillment_service_pb2,
    inventory_service_pb2,
    network_service_pb2,
    order_service_pb2,
    planning_service_pb2,
    prices_service_pb2,
    return_service_pb2,
    routing_service_pb2,
    webhook_service_pb2,
)
from onebox.v1.capture_service_pb2_grpc import add_CaptureServiceServicer_to_server
from onebox.v1.fulfillment_service_pb2_grpc import add_FulfillmentServiceServicer_to_server
from onebox.v1.inventory_service_pb2_grpc import add_InventoryServiceServicer_to_server
from onebox.v1.network_service_pb2_grpc import add_NetworkServiceServicer_to_server
from onebox.v1.order_service_pb2_grpc import add_OrderServiceServicer_to_server
from onebox.v1.planning_service_pb2_grpc import add_PlanningServiceServicer_to_server
from onebox.v1.prices_service_pb2_grpc import add_PricesServiceServicer_to_server
from onebox.v1.return_service_pb2_grpc import add_ReturnServiceServicer_to_server
from onebox.v1.routing_service_pb2_grpc import add_RoutingServiceServicer_to_server
from onebox.v1.webhook_service_pb2_grpc import add_WebhookServiceServicer_to_server

from engine.capture.captured import CapturedOrder
from engine.capture.redis_inbox import RedisInbox
from engine.dock.going_on import run_dock
from engine.errors import FieldFault, InvalidInput, StoreUnavailable
from engine.lifecycle.going_on import run_due, run_inbox, run_stock
from engine.lifecycle.schedule_desk import ScheduleDesk
from engine.lifecycle.schedules import RedisSchedules
from engine.network.policy import Policy
from engine.network.store import RedisNetworkStore
from server.authentication import TokenCheck
from server.capture_service import CaptureService
from server.capturing import Capturing
from server.channels import read_channels
from server.clock import Clock, SystemClock
from server.desk import open_desk
from server.dock import open_dock
from server.fulfillment_service import FulfillmentService
from server.gate import Gate
from server.generation import Generation, RouterFactory
from server.inventory_service import InventoryService
from server.metrics import Metrics, serve_metrics
from server.network_log import NetworkLog
from server.network_service import NetworkService
from server.order_service import OrderService
from server.paper_methods import PaperMethods
from server.planning.kept import KeptStudies
from server.planning.studies import Studies
from server.planning_service import PlanningService
from server.price_follower import PriceFollower
from server.prices_service import PricesService
from server.return_service import ReturnService
from server.routing_service import RoutingService
from server.settings import Settings
from server.tasks import end
from server.webhook_service import Sent, WebhookService
from server.wiring import Wiring, open_store

if TYPE_CHECKING:
    from engine.outgoing.mails import MailRoom
    from server.scan_hook import ScanHook
    from server.web_server import WebServer

ROUTING = routing_service_pb2.DESCRIPTOR.services_by_name["RoutingService"].full_name
INVENTORY = inventory_service_pb2.DESCRIPTOR.services_by_name["InventoryService"].full_name
NETWORK = network_service_pb2.DESCRIPTOR.services_by_name["NetworkService"].full_name
CAPTURE = capture_service_pb2.DESCRIPTOR.services_by_name["CaptureService"].full_name
ORDERS = order_service_pb2.DESCRIPTOR.services_by_name["OrderService"].full_name
FULFILLMENT = fulfillment_service_pb2.DESCRIPTOR.services_by_name["FulfillmentService"].full_name
PRICES = prices_service_pb2.DESCRIPTOR.services_by_name["PricesService"].full_name
RETURNS = return_service_pb2.DESCRIPTOR.services_by_name["ReturnService"].full_name
PLANNING = planning_service_pb2.DESCRIPTOR.services_by_name["PlanningService"].full_name
WEBHOOKS = webhook_service_pb2.DESCRIPTOR.services_by_name["WebhookService"].full_name
HEALTH = "grpc.health.v1.Health"

_SERVING = HealthCheckResponse.SERVING
_NOT_SERVING = HealthCheckResponse.NOT_SERVING

_MEASURE_S = 1.0
_WATCH_S = 0.25
_TRIM_S = 60.0
_DAY_S = 86_400

log = structlog.get_logger()


class Worker:
    """A server that is not started yet.

    Parameters
    ----------
    store_url : of the store, embedded or not.
    make_router : see ``RouterFactory``.
    clock : see ``server.clock``.
    """

    def __init__(
        self, settings: Settings, store_url: str, make_router: RouterFactory, clock: Clock | None = None
    ) -> None:
        self._settings = settings
        self._clock = SystemClock() if clock is None else clock
        self._client, ledger, networks = open_store(settings, store_url)
        self._prices = PriceFollower(RedisNetworkStore(self._client, settings.ledger, kind="prices"))
        routers = self._prices.priced(make_router)
        self._wiring = Wiring(ledger, networks, routers, self._ready, self._clock, settings.sweep_interval_s)
        self.metrics = Metrics()
        channels = {} if settings.channels is None else read_channels(settings.channels, os.environ)
        stores = {name: channel.stores for name, channel in channels.items()}
        self.desk = open_desk(settings, ledger, self._wiring.router, self._policy, self._clock, stores)
        self.dock = open_dock(settings, self._client, self.desk, self._wiring.generation, self._clock)
        self.schedules = ScheduleDesk(RedisSchedules(ledger), self.desk, self._clock)
        inbox = RedisInbox(self._client, settings.ledger)
        self.capturing = Capturing(channels, inbox, self._wiring.generation, self._clock, self.metrics)
        self._web: WebServer | None = None
        self._health = HealthServicer()
        self._studies = Studies(settings, store_url)
        self._sent = {} if settings.webhooks is None else self._endpoints(settings.webhooks)
        self._server = self._assemble()
        self._scan_hook = None if settings.scan_secret is None else self._hook(settings.scan_secret.get_secret_value())
        self._mail_room = self._open_mail_room() if settings.smtp_host else None
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0
        self.http_port = 0

    def _policy(self) -> Policy:
        return self._wiring.generation().network.policy

    def _assemble(self) -> Any:
        settings, wiring, clock = self._settings, self._wiring, self._clock
        token = settings.token
        server = grpc.aio.server(
            interceptors=() if token is None else (TokenCheck(token.get_secret_value()),),
            maximum_concurrent_rpcs=settings.max_calls or None,
            options=(
                ("grpc.max_receive_message_length", settings.max_message_bytes),
                ("grpc.max_send_message_length", settings.max_message_bytes),
                ("grpc.so_reuseport", 1 if settings.workers > 1 else 0),
            ),
        )
        gate = Gate(server, self.metrics)
        routing = RoutingService(wiring.router, clock, self.desk, settings.stream_in_flight)
        add_RoutingServiceServicer_to_server(routing, gate)
        add_InventoryServiceServicer_to_server(InventoryService(wiring.ledger, wiring.generation, clock), gate)
        add_NetworkServiceServicer_to_server(NetworkService(NetworkLog(wiring.networks), wiring.in_force, clock), gate)
        prices = PricesService(
            self._prices.stored, lambda: wiring.generation().network, self._prices.in_force, self._clock
        )
        add_PricesServiceServicer_to_server(prices, gate)
        add_CaptureServiceServicer_to_server(CaptureService(self.capturing), gate)
        add_OrderServiceServicer_to_server(OrderService(self.desk, self.schedules, wiring.generation, clock), gate)
        papers = PaperMethods(self.dock, settings.shop_name, settings.returns_text, settings.page_size)
        add_FulfillmentServiceServicer_to_server(FulfillmentService(self.dock, papers, wiring.generation, clock), gate)
        add_ReturnServiceServicer_to_server(ReturnService(self.desk, wiring.generation), gate)
        kept = KeptStudies(self._client, settings.ledger)
        planning = PlanningService(settings, self._studies, kept, lambda: wiring.generation().version)
        add_PlanningServiceServicer_to_server(planning, gate)
        add_WebhookServiceServicer_to_server(WebhookService(self._sent, SystemClock()), gate)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if settings.reflection:
            names = (
                ROUTING,
                INVENTORY,
                NETWORK,
                PRICES,
                CAPTURE,
                ORDERS,
                FULFILLMENT,
                RETURNS,
                PLANNING,
                WEBHOOKS,
                HEALTH,
                reflection.SERVICE_NAME,
            )
            reflection.enable_server_reflection(names, server)
        return server

    async def start(self) -> None:
        """Answer calls. Raises StoreUnavailable, InvalidInput where the port or a certificate can't be had."""
        served = (INVENTORY, NETWORK, PRICES, CAPTURE, ORDERS, FULFILLMENT, RETURNS, PLANNING, WEBHOOKS)
        for service in ("", *served):
            await self._health.set(service, _SERVING)
        await self._health.set(ROUTING, _NOT_SERVING)
        try:
            await self._prices.start()
            await self._wiring.start()
            if self._mail_room is not None:
                await self._mail_room.group.join()
            self.port = self._listen()
            await self._server.start()
            await self._start_web()
            days = self._settings.events_days
            self._tasks = [
                asyncio.create_task(self._measure(), name="measuring"),
                asyncio.create_task(run_stock(self.desk, self._wiring.ledger, self._wiring.reached), name="backorders"),
                asyncio.create_task(run_inbox(self.desk, self.capturing.inbox, _refused), name="inbox"),
                asyncio.create_task(run_due(self.desk, self.schedules, self._settings.sweep_interval_s), name="due"),
                asyncio.create_task(run_dock(self.dock, self._settings.sweep_interval_s), name="dock"),
                *([asyncio.create_task(self._send_webhooks(), name="webhooks")] if self._sent else []),
                *([] if days is None else [asyncio.create_task(self._trim_events(days), name="trimming")]),
                *([asyncio.create_task(self._send_mails(self._mail_room), name="mails")] if self._mail_room else []),
            ]
        except BaseException:
            await self._close()
            raise
        log.info("serving", host=self._settings.host, port=self.port, network_version=self._wiring.version)

    async def _start_web(self) -> None:
        settings = self._settings
        if settings.http_port is None:
            return
        from server.web import registry_shown, web
        from server.web_server import WebServer

        tls = None if settings.tls_cert is None or settings.tls_key is None else (settings.tls_cert, settings.tls_key)
        shown = registry_shown(self.metrics.registry)
        app = web(self.capturing, shown, self._healthy, settings.http_max_body_bytes, self._scan_hook)
        self._web = WebServer(
            app,
            settings.http_host,
            settings.http_port,
            shared=settings.workers > 1,
            tls=tls,
            drain_s=settings.drain_s,
        )
        await self._web.start()
        self.http_port = self._web.port
        log.info("serving_http", host=settings.http_host, port=self.http_port)

    def _healthy(self) -> dict[str, Any]:
        routing = "SERVING" if self._wiring.version else "NOT_SERVING"
        status = "NOT_SERVING" if self._draining else "SERVING"
        return {"status": status, "routing": routing, "network_version": self._wiring.version}

    def _listen(self) -> int:
        settings = self._settings
        address = f"{settings.host}:{settings.port}"
        try:
            if settings.tls_cert is not None and settings.tls_key is not None:
                pair = (settings.tls_key.read_bytes(), settings.tls_cert.read_bytes())
                return int(self._server.add_secure_port(address, grpc.ssl_server_credentials((pair,))))
            return int(self._server.add_insecure_port(address))
        except (RuntimeError, OSError) as error:
            expected = f"an address that is free, and TLS files that can be read ({error})"
            raise InvalidInput(FieldFault("port", address, expected)) from error

    async def in_force(self, version: int) -> None:
        """Wait until this worker decides by a version of the network or a later one."""
        await self._wiring.in_force(version)

    def serve_metrics(self) -> None:
        if self._settings.metrics_port:
            serve_metrics(self._settings.metrics_host, self._settings.metrics_port, self.metrics.registry)

    async def drain(self) -> None:
        """NOT_SERVING first, then no new calls, then the end: calls under way get ``drain_s`` to finish."""
        log.info("draining")
        self._draining = True
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(self._settings.drain_notice_s)
        self._wiring.end_windows()
        if self._web is not None:
            await self._web.drain()
        await self._server.stop(self._settings.drain_s)
        await self._close()
        log.info("stopped")

    async def _measure(self) -> None:
        while True:
            self.metrics.mirror_stale.set(self._wiring.stale_s())
            self.metrics.prices_version.set(self._prices.version)
            await asyncio.sleep(_MEASURE_S)

    def _endpoints(self, file: Path) -> dict[str, Sent]:
        from engine.outgoing.outbox import Outbox
        from server.webhooks import read_endpoints

        return {
            endpoint.name: Sent(endpoint, Outbox(self._client, self._settings.ledger, endpoint.name))
            for endpoint in read_endpoints(file, os.environ)
        }

    async def _trim_events(self, days: int) -> None:
        from engine.outgoing.retention import Retention

        retention, clock = (
            Retention(self._client, self._settings.ledger),
            SystemClock(),
        )  # the stream's own is the wall's
        while True:
            with suppress(StoreUnavailable):  # the next round finds what this one missed
                await retention.trim(clock() - days * _DAY_S, list(self._sent))
            await asyncio.sleep(_TRIM_S)

    async def _send_webhooks(self) -> None:
        from server.webhooks import send_webhooks

        # Receivers hold a webhook's time against their own: it is the wall's also where past orders are replayed.
        await send_webhooks(self._sent.values(), self.desk.lives, SystemClock())

    def _hook(self, secret: str) -> ScanHook:
        from server.scan_hook import ScanHook

        return ScanHook(self.dock, self._clock, secret)

    def _open_mail_room(self) -> MailRoom:
        from server.mails import open_mail_room

        return open_mail_room(self._settings, self._client, self.dock)

    async def _send_mails(self, room: MailRoom) -> None:
        from server.mails import send_mails

        await send_mails(room)

    async def _close(self) -> None:
        await end(*self._tasks)
        await self._studies.close()
        await self.desk.gateway.close()
        await self._prices.close()
        await self._wiring.close()
        await self._client.aclose()

    async def _ready(self, generation: Generation) -> None:
        # A network is a million objects that stay: the collector need not look at them again in the midst of a call.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        await self._prices.lay_on(generation.router)  # others may have come while it was made
        self.metrics.network_version.set(generation.version)
        await self._health.set(ROUTING, _SERVING)


def _refused(order: CapturedOrder, error: InvalidInput) -> None:
    log.error("order_not_taken_up", order_id=order.order_id, error=str(error))


async def serve_until_stopped(
    worker: Worker,
    *,
    metrics: bool,
    started: Callable[[int], None] = lambda port: None,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. ``started`` is told the port; ``watch`` is called again and again, and
    what it raises ends the worker."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    await worker.start()
    if metrics:
        worker.serve_metrics()
    started(worker.port)
    try:
        while not stop.is_set():
            watch()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _WATCH_S)
    finally:
        await worker.drain()
