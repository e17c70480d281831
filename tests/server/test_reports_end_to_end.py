"""Export and report on a running server's decisions, by the command line."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import grpc
import pytest
from onebox.v1.routing_service_pb2 import ConfirmRouteRequest, RouteOrderRequest
from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub
from typer.testing import CliRunner, Result

from engine.routing.order_files import read_orders
from server.cli.app import app
from server.conversion.order_messages import order_message
from tests.networks import EU
from tests.server.test_processes import onebox, onebox_serve


@pytest.fixture(scope="module")
def routed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Any]]]:
    """An export after the orders of ``eu`` were routed, and their routes as the server answered them."""
    environment = os.environ.copy()
    os.environ["ONEBOX_REPLAY_FROM"] = "2026-03-30T09:00:00+02:00"
    data, directory = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("out") / "export"
    try:
        with onebox_serve(data) as served:
            assert onebox("load", str(EU), server=served.address).returncode == 0
            routes = []
            with grpc.insecure_channel(served.address) as channel:
                stub = RoutingServiceStub(channel)
                for order in read_orders(EU / "orders.csv", Fraction(1_000)):
                    request = RouteOrderRequest(request_id=order.order_id, order=order_message(order))
                    route = stub.RouteOrder(request).route
                    paid = ConfirmRouteRequest(request_id=f"paid-{order.order_id}", route_id=route.route_id)
                    routes.append(stub.ConfirmRoute(paid).route)
            ended = onebox("export", str(directory), "--data-dir", str(data), "--json")
            assert json.loads(ended.stdout)["decisions"] == len(routes) == 8, ended.stderr
            yield directory, routes
    finally:
        os.environ.clear()
        os.environ.update(environment)


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, arguments)


def rows(directory: Path, *arguments: str) -> list[dict[str, Any]]:
    ended = run("report", *arguments, "--data", str(directory), "--json")
    assert ended.exit_code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_the_cost_report_adds_up_to_the_routes(routed: tuple[Path, list[Any]]) -> None:
    directory, routes = routed
    total = sum(route.cost.units + route.cost.nanos / 1e9 for route in routes)
    ended = onebox("report", "cost", "--data", str(directory), "--json")
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert sum(row["total"] for row in found) == pytest.approx(total)
    assert {row["currency"] for row in found} == {"EUR"}


def test_splits_and_days_are_those_of_the_routes(routed: tuple[Path, list[Any]]) -> None:
    directory, routes = routed
    found = rows(directory, "split-rate")
    assert sum(row["orders"] for row in found) == len(routes)
    assert sum(row["shipments"] for row in found) == sum(len(route.shipments) for route in routes)
    assert rows(directory, "split-rate", "--to", "2026-03-01") == []


def test_csv_has_the_same_rows_as_json(routed: tuple[Path, list[Any]]) -> None:
    directory, _ = routed
    ended = run("report", "best-sellers", "--data", str(directory), "--csv")
    read = list(csv.DictReader(io.StringIO(ended.stdout)))
    assert [row["sku"] for row in read] == [row["sku"] for row in rows(directory, "best-sellers")]


def test_a_table_for_people_and_pictures_that_need_no_network(routed: tuple[Path, list[Any]], tmp_path: Path) -> None:
    directory, _ = routed
    for name in ("cost.svg", "cost.html"):
        ended = run("report", "cost", "--data", str(directory), "--chart", str(tmp_path / name))
        assert ended.exit_code == 0, ended.stderr
        assert "Cost per order by component" in ended.stdout
        assert "%" in ended.stdout
        text = (tmp_path / name).read_text()
        assert "HANDLING" in text
        assert '<script src="http' not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "horoscope"), "no report 'horoscope'"),
        (("report", "cost", "--data", "/nonexistent"), "expected an export"),
        (("report", "cost", "--from", "2026-03-02", "--to", "2026-03-01"), "an instant after"),
        (("report", "cost", "--chart", "/tmp/chart.bmp"), "a file that ends in .html or .svg"),
        (("export", "/nonexistent/out", "--data-dir", "/nonexistent"), "no server runs on"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    ended = run(*arguments)
    assert ended.exit_code in (1, 3)
    assert said in " ".join(ended.stderr.split())
