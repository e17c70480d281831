"""What a planner's study costs those who route: latency of RouteOrder beside a study on the same core, over that without one.

``python -m benchmarks.planning``. The server and the study share one core, which is the worst that can happen to the router; with
and without take turns in one run.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as amended
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from msgspec.structs import replace
from onebox.v1 import planning_service_pb2
from onebox.v1.planning_service_pb2_grpc import PlanningServiceStub
from onebox.v1.routing_service_pb2 import RouteOrderRequest
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

from benchmarks.figures import Options, Report, run
from benchmarks.processes import load_data_dir, onebox
from engine.network.files import load_network, load_stock, read_units
from engine.routing.order import Order
from engine.routing.order_files import read_orders
from server.conversion.order_messages import order_message

FIGURES = ("route_latency_with_study", "route_p99_with_study")
_EU = Path(__file__).parent.parent / "tests" / "networks" / "eu"
_PLENTY = 1_000_000
_REPS = 100
_ORDERS = 900


def measure(options: Options, report: Report) -> None:
    turns, calls = (2, 300) if options.quick else (6, 1_000)
    network = load_network(_EU)
    orders = read_orders(_EU / "orders.csv", read_units(_EU).metres)
    stock = [amended(row, on_hand=_PLENTY) for row in load_stock(_EU, network)]
    nodes = tuple(amended(node, daily_order_capacity=None, daily_unit_capacity=None) for node in network.nodes)
    alone: list[float] = []
    beside: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        data = load_data_dir(amended(network, nodes=nodes), stock, Path(scratch))
        with onebox(data) as server, grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            numbers = iter(range(10**9))
            _route(channel, orders, calls, numbers)  # warm
            for _ in range(turns):
                alone += _route(channel, orders, calls, numbers)
                with _study(channel, orders):
                    beside += _route(channel, orders, calls, numbers)
    rows = [
        (name, f"{np.median(sample):.2f}", f"{np.quantile(sample, 0.99):.2f}")
        for name, sample in (("alone", alone), ("beside a study", beside))
    ]
    report.table("RouteOrder, one at a time, ms", ("", "median", "99th percentile"), rows)
    against = "1: the same without a study"
    report.figure(FIGURES[0], float(np.median(beside) / np.median(alone)), "x", against)
    report.figure(FIGURES[1], float(np.quantile(beside, 0.99) / np.quantile(alone, 0.99)), "x", against)


def _route(channel: Any, orders: Sequence[Order], calls: int, numbers: Iterator[int]) -> list[float]:
    """Milliseconds of each call."""
    stub, took = RoutingServiceStub(channel), []
    for _ in range(calls):
        number = next(numbers)
        message = order_message(replace(orders[number % len(orders)], order_id=f"B{number}"))
        request = RouteOrderRequest(request_id=f"b{number}", order=message)
        started = time.perf_counter()
        stub.RouteOrder(request)
        took.append(1e3 * (time.perf_counter() - started))
    return took


@contextmanager
def _study(channel: Any, orders: Sequence[Order]) -> Iterator[None]:
    """One that is at its replays all the while."""
    many = [replace(orders[n % len(orders)], order_id=f"S{n}") for n in range(_ORDERS)]
    request = planning_service_pb2.SimulateRequest(terms={"replications": _REPS}, orders=map(order_message, many))
    call = PlanningServiceStub(channel).Simulate(iter([request]))
    while not next(call).progress.orders_decided:
        pass
    yield
    assert call.is_active(), "the study ended before its time"
    call.cancel()


if __name__ == "__main__":
    run("benchmarks.planning", __doc__.split("\n")[0], FIGURES, measure)
