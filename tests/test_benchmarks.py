"""The benchmarks measure what they say; what comes out is for a quiet machine, so no time is asserted here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from onebox.v1 import routing_service_pb2 as pb

from benchmarks import order, processes, service
from benchmarks.figures import Options, Report
from benchmarks.http2_load import Client, numbered
from benchmarks.instances import SHARES, draw_orders, held_by, parcel_network
from engine.network.carriers import PARCEL_LEVELS

TINY = order.Size(nodes=(1_000, 10_000), lines=(1, 2), orders=2, model_orders=1, rounds=1)
ANSWER = pb.RouteOrderResponse(route={"route_id": "rt_1", "order_id": "O1"}).SerializeToString()


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Server]:
    with processes.echo(ANSWER, tmp_path_factory.mktemp("echo")) as server:
        yield server


def test_every_promised_figure_of_one_order_is_a_line_of_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "QUICK", TINY)
    order.main(["--quick", "--json"])
    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(each["figure"] for each in figures) == sorted(order.FIGURES)
    assert all(each["value"] > 0 and each["unit"] and each["against"] for each in figures)


def test_one_figure_can_be_asked_for_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "QUICK", TINY)
    order.main(["--quick", "--json", "--figure", order.TIME])
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["figure"] == order.TIME


def test_a_figure_nobody_promised_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        service.main(["--figure", "order_us_1000_nodes"])
    assert "route_vs_echo_latency" in capsys.readouterr().err


def test_figures_stand_in_a_table_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(Options(("a",), quick=True, json=False))
    report.figure("a", 1_234.5, "us", "reach <= 2,000")
    report.figure("not asked for", 1.0, "us", "")
    report.close()
    assert [line.split() for line in capsys.readouterr().out.splitlines()[3:]] == [
        ["a", "1,234", "us", "reach", "<=", "2,000"]
    ]


def test_the_instance_is_as_described() -> None:
    network = parcel_network(500, n_items=50)
    held = held_by(network)
    assert (len(network.nodes), {node.services for node in network.nodes}) == (500, {frozenset(PARCEL_LEVELS)})
    assert len(network.services) == 3
    shares = held.mean(axis=1)
    assert SHARES[0] - 0.05 < shares.min() < shares.max() < SHARES[1] + 0.05
    assert draw_orders(network, 3, 5) == draw_orders(network, 3, 5)


def test_every_call_of_a_load_comes_back_with_its_answer(echo: processes.Server) -> None:
    client = Client(echo.port, service.ROUTE)
    closed = client.closed_loop(numbered([b""], "closed"), in_flight=8, seconds=0.3)
    opened = client.open_loop(numbered([b""], "open"), rate=500, seconds=0.3)
    client.close()
    assert closed.failed == opened.failed == 0
    assert len(opened.latency_us) == 150
    assert len(closed.latency_us) > 8
    assert {*closed.answers, *opened.answers} == {ANSWER}
    assert closed.latency_us.min() > 0
    assert opened.percentile(50) <= opened.percentile(99)


def test_calls_that_fail_are_counted_as_failed(echo: processes.Server) -> None:
    client = Client(echo.port, "/onebox.v1.RoutingService/NoSuchMethod", connections=1)
    load = client.open_loop(numbered([b""], "failing"), rate=500, seconds=0.1)
    client.close()
    assert (load.failed, len(load.latency_us)) == (50, 0)


def test_calls_wait_for_the_room_that_the_server_gives(echo: processes.Server) -> None:
    """Far more than the 64 KiB that a connection takes before the server says that it may go on."""
    order_id = pb.RouteOrderRequest(order={"order_id": "x" * 20_000}).SerializeToString()
    client = Client(echo.port, service.ROUTE, connections=1)
    load = client.open_loop(numbered([order_id], "large"), rate=1_000, seconds=0.1)
    client.close()
    assert (load.failed, len(load.latency_us)) == (0, 100)


def test_request_ids_differ_and_the_rest_is_kept() -> None:
    tails = [pb.RouteOrderRequest(order={"order_id": name}).SerializeToString() for name in ("a", "b")]
    messages = numbered(tails, "p")
    requests = [pb.RouteOrderRequest.FromString(next(messages)) for _ in range(3)]
    assert [request.order.order_id for request in requests] == ["a", "b", "a"]
    assert [request.request_id for request in requests] == ["p-0", "p-1", "p-2"]


def test_a_server_under_measurement_keeps_to_its_core(echo: processes.Server) -> None:
    pid = echo.process.pid
    threads = [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]
    assert {core for thread in threads for core in os.sched_getaffinity(thread)} == {processes.SERVER_CORE}


def test_small_figures_keep_their_digits(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(Options(("a",), quick=True, json=True))
    report.figure("a", 0.0000123456789, "of the cost", "")
    assert json.loads(capsys.readouterr().out)["value"] == 0.0000123457
