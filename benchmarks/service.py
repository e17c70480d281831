"""The service under load: ``python -m benchmarks.service``.

``onebox serve`` as it comes (uvloop, one worker, the embedded store with its default durability) on a network of 1,000 nodes x 3
parcel services (``benchmarks.instances``), with stock enough that every order is reserved. Beside it ``benchmarks.echo``: a
grpc.aio server on uvloop that reads the same requests and writes an answer of the same bytes. Both servers are pinned to one
core; the load (``benchmarks.http2_load``) and the store run on another. The two take turns, and every figure is a median of
turns. Every request has an id of its own, so every one is decided, reserved and written to the store's log.

**route_vs_echo_throughput**: calls a second that RouteOrder answers at saturation (64 calls under way) over those of the echo.

**route_vs_echo_latency**: the median latency of RouteOrder over the echo's, both under open-loop load at half the rate at which
RouteOrder saturates, counted from the instant at which each call was to be sent.

**cold_start_s**: from the start of the process to the first order reserved, on a data directory that holds the network and its
stock; imports included, machine code from the disk. Beside it in the table: once more with all the orders of the load in it.

The table has processor time of the server by call beside each figure: on a machine that others use too it is the steadiest.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import numpy as np
from onebox.v1 import routing_service_pb2 as pb
from onebox.v1.route_pb2 import ROUTE_STATE_RESERVED
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

from benchmarks import processes
from benchmarks.figures import Options, Report, run
from benchmarks.http2_load import Client, Load, Messages, numbered
from benchmarks.instances import draw_orders, parcel_network, stock_rows
from benchmarks.processes import Server
from engine.network.network import Network
from engine.routing.order import Order
from server.conversion.order_messages import order_message

THROUGHPUT, LATENCY, COLD_START = "route_vs_echo_throughput", "route_vs_echo_latency", "cold_start_s"
FIGURES = (THROUGHPUT, LATENCY, COLD_START)
ROUTE = "/onebox.v1.RoutingService/RouteOrder"
QUOTE = "/onebox.v1.RoutingService/QuoteDelivery"
UNITS = 1_000_000
"""Of each SKU at each node that holds it: more than any run takes."""
IN_FLIGHT = 64
ORDERS_BY_LINES = {1: 12_000, 2: 5_000, 3: 2_000, 4: 600, 5: 400}
"""Most orders of shops are of one or two lines. So many that few are seen twice."""


@dataclass(frozen=True, slots=True)
class Size:
    nodes: int
    items: int
    seconds: float
    turns: int
    shares: tuple[float, ...]
    starts: int


WHOLE = Size(1_000, 500, 5.0, 5, (0.25, 0.5, 0.75, 0.9), 5)
QUICK = Size(1_000, 200, 1.0, 3, (0.5,), 2)


@dataclass(frozen=True, slots=True)
class Turn:
    """One run against one server, and what it cost the server, microseconds of processor time by call."""

    load: Load
    cpu_us: float


class Bench:
    """Both servers, and a client of each."""

    def __init__(self, route: Server, echo: Server, tails: Sequence[bytes]) -> None:
        self._tails = tails
        self._sides = {"route": (route, Client(route.port, ROUTE)), "echo": (echo, Client(echo.port, ROUTE))}

    def close(self) -> None:
        for _, client in self._sides.values():
            client.close()

    def turn(self, side: str, load: Callable[[Client, Messages], Load]) -> Turn:
        server, client = self._sides[side]
        before = server.cpu_s()
        came = load(client, numbered(self._tails, uuid.uuid4().hex))
        used = server.cpu_s() - before
        _check(came, side)
        return Turn(came, used / len(came.latency_us) * 1e6)

    def both(self, load: Callable[[Client, Messages], Load], turns: int, say: Callable[[float], None]) -> _Sides:
        """Turn by turn."""
        came: _Sides = {side: [] for side in self._sides}
        for number in range(turns):
            for side, of_side in came.items():
                say(number / turns)
                of_side.append(self.turn(side, load))
        return came


_Sides = dict[str, list[Turn]]


def measure(options: Options, report: Report, size: Size | None = None) -> None:
    size = size or (QUICK if options.quick else WHOLE)
    network = parcel_network(size.nodes, size.items)
    with processes.on_core(processes.OTHER_CORE), TemporaryDirectory(prefix="onebox-bench-") as name:
        scratch = Path(name)
        with report.progress("a data directory"):
            data = processes.load_data_dir(network, stock_rows(network, UNITS), scratch)
        orders = _orders(network)
        starts = []
        if report.wants(COLD_START):
            fresh = _measure_start(data, orders, size, report)
            report.figure(COLD_START, fresh, "s", "reach <= 3")
            starts.append(("network and stock", f"{fresh:.2f}"))
        if report.wants(THROUGHPUT, LATENCY):
            _measure_load(data, orders, size, report)
            starts.append(("after the load", f"{_measure_start(data, orders, size, report):.2f}"))
        report.table("cold start, to the first order reserved", ("data directory", "s"), starts)


def _measure_load(data: Path, orders: Sequence[Order], size: Size, report: Report) -> None:
    tails = [pb.RouteOrderRequest(order=order_message(order)).SerializeToString() for order in orders]
    with processes.onebox(data) as route:
        client = Client(route.port, ROUTE)
        with report.progress("warming up"):
            warm = client.closed_loop(numbered(tails, uuid.uuid4().hex), IN_FLIGHT, size.seconds + 1.0)
        client.close()
        _check(warm, "route")
        typical = sorted(warm.answers, key=len)[len(warm.answers) // 2]
        with processes.echo(typical, data.parent) as echo:
            bench = Bench(route, echo, tails)
            saturated = _measure_throughput(bench, size, report)
            if report.wants(LATENCY):
                _measure_latency(bench, saturated, size, report)
            bench.close()
        if report.wants(THROUGHPUT) and size.turns > QUICK.turns:
            _measure_others(route, orders, size, report)


def _measure_throughput(bench: Bench, size: Size, report: Report) -> float:
    """RouteOrder's calls a second at saturation."""
    with report.progress("saturation") as say:
        came = bench.both(lambda client, calls: client.closed_loop(calls, IN_FLIGHT, size.seconds), size.turns, say)
    rows = []
    for side, turns in came.items():
        rate, p50, p99, cpu = _medians(turns)
        rows.append((side, f"{rate:,.0f}", f"{p50:,.0f}", f"{p99:,.0f}", f"{cpu:.1f}"))
    head = ("server", "calls a second", "p50, us", "p99, us", "server's CPU a call, us")
    report.table(f"saturation: {IN_FLIGHT} calls under way, one core", head, rows)
    route, echo = (_medians(came[side]) for side in ("route", "echo"))
    against = f"an echo at {echo[0]:,.0f} a second, CPU {echo[3]:.0f} us against {route[3]:.0f}; reach >= 0.6"
    report.figure(THROUGHPUT, route[0] / echo[0], "x", against)
    return route[0]


def _measure_latency(bench: Bench, saturated: float, size: Size, report: Report) -> None:
    rows = []
    for share in size.shares:
        rate = share * saturated
        with report.progress(f"open loop, {rate:,.0f} calls a second") as say:
            came = bench.both(
                lambda client, calls, rate=rate: client.open_loop(calls, rate, size.seconds),  # type: ignore[misc]
                size.turns,
                say,
            )
        for side, turns in came.items():
            tail = [median(turn.load.percentile(share) for turn in turns) for share in (50, 90, 99, 99.9)]
            cpu = median(turn.cpu_us for turn in turns)
            rows.append((f"{rate:,.0f}", side, *(f"{each:,.0f}" for each in tail), f"{cpu:.1f}"))
        if share == 0.5:
            route, echo = (median(turn.load.percentile(50) for turn in came[side]) for side in ("route", "echo"))
            against = f"an echo at {echo:,.0f} us; {rate:,.0f} calls a second; reach <= 2"
            report.figure(LATENCY, route / echo, "x", against)
    head = ("calls a second", "server", "p50, us", "p90", "p99", "p99.9", "server's CPU a call, us")
    report.table("open loop: from the instant each call was to be sent", head, rows)


def _measure_others(route: Server, orders: Sequence[Order], size: Size, report: Report) -> None:
    """QuoteDelivery, and StreamRoutes by a client of grpc's own."""
    tails = [pb.QuoteDeliveryRequest(order=order_message(order)).SerializeToString() for order in orders]
    client = Client(route.port, QUOTE)
    rows = []
    with report.progress("QuoteDelivery"):
        turns = []
        for _ in range(size.turns):
            before = route.cpu_s()
            came = client.closed_loop(_again(tails), IN_FLIGHT, size.seconds)
            turns.append(Turn(came, (route.cpu_s() - before) / len(came.latency_us) * 1e6))
            _check_quotes(came)
    client.close()
    rate, p50, p99, cpu = _medians(turns)
    rows.append(("QuoteDelivery", f"{rate:,.0f}", f"{p50:,.0f}", f"{p99:,.0f}", f"{cpu:.1f}"))
    with report.progress("StreamRoutes"):
        streamed = [_stream(route, orders, size.seconds) for _ in range(size.turns)]
    rate, cpu = (median(column) for column in zip(*streamed, strict=True))
    rows.append(("StreamRoutes", f"{rate:,.0f}", "", "", f"{cpu:.1f}"))
    report.table(
        "other calls at saturation", ("call", "a second", "p50, us", "p99, us", "server's CPU a call, us"), rows
    )


def _stream(route: Server, orders: Sequence[Order], seconds: float) -> tuple[float, float]:
    """(Routes a second over one stream, the server's processor time for each in microseconds)."""
    messages = [order_message(order) for order in orders]
    until = time.perf_counter() + seconds

    def requests() -> Any:
        prefix, number = uuid.uuid4().hex, 0
        while time.perf_counter() < until:
            request = {"request_id": f"{prefix}-{number}", "order": messages[number % len(messages)]}
            yield pb.StreamRoutesRequest(request=request)
            number += 1

    before, started, answered = route.cpu_s(), time.perf_counter(), 0
    with grpc.insecure_channel(f"127.0.0.1:{route.port}") as channel:
        for response in RoutingServiceStub(channel).StreamRoutes(requests()):
            if response.route.state != ROUTE_STATE_RESERVED:
                raise AssertionError(f"an order of the stream was not reserved: {response}")
            answered += 1
    return answered / (time.perf_counter() - started), (route.cpu_s() - before) / answered * 1e6


def _measure_start(data: Path, orders: Sequence[Order], size: Size, report: Report) -> float:
    """Seconds."""
    times = []
    with report.progress("cold start") as say:
        for number in range(size.starts):
            say(number / size.starts)
            started = time.perf_counter()
            with processes.onebox(data) as server, grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                request = pb.RouteOrderRequest(request_id=uuid.uuid4().hex, order=order_message(orders[0]))
                route = RoutingServiceStub(channel).RouteOrder(request).route
                times.append(time.perf_counter() - started)
                if route.state != ROUTE_STATE_RESERVED:
                    raise AssertionError(f"the first order was not reserved: {route}")
    return median(times)


def _orders(network: Network) -> list[Order]:
    """All lengths mixed."""
    now = int(time.time())
    drawn = [
        order for lines, count in ORDERS_BY_LINES.items() for order in draw_orders(network, lines, count, time=now)
    ]
    return [drawn[x] for x in np.random.default_rng(6).permutation(len(drawn)).tolist()]


def _again(messages: Sequence[bytes]) -> Messages:
    while True:
        yield from messages


def _medians(turns: Sequence[Turn]) -> tuple[float, float, float, float]:
    """(Calls a second, median and 99th percentile in microseconds, processor time by call in microseconds)."""
    each = [(turn.load.per_second, turn.load.percentile(50), turn.load.percentile(99), turn.cpu_us) for turn in turns]
    rate, p50, p99, cpu = (median(column) for column in zip(*each, strict=True))
    return rate, p50, p99, cpu


def _check(load: Load, side: str) -> None:
    if load.failed:
        raise AssertionError(f"{side}: {load.failed} calls failed")
    for answer in load.answers:
        route = pb.RouteOrderResponse.FromString(answer).route
        if route.state != ROUTE_STATE_RESERVED or not route.shipments:
            raise AssertionError(f"{side}: an order was not reserved: {route}")


def _check_quotes(load: Load) -> None:
    if load.failed:
        raise AssertionError(f"QuoteDelivery: {load.failed} calls failed")
    if not all(pb.QuoteDeliveryResponse.FromString(answer).options for answer in load.answers):
        raise AssertionError("QuoteDelivery: a quote without options")


def main(arguments: Sequence[str] | None = None) -> None:
    assert __doc__ is not None
    run("benchmarks.service", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
