"""``onebox serve`` as it is run: processes, signals, workers, and the command line against it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from onebox.v1.network_service_pb2 import ListVersionsRequest
from onebox.v1.network_service_pb2_grpc import NetworkServiceStub

from engine.network.files import write_network
from engine.network.network import StockRow
from tests.network.sample import MUG
from tests.server.networks import SMALL

ONEBOX = Path(sys.executable).parent / "onebox"


class Served:
    """A running ``onebox serve`` and its log."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []

    def until(self, event: str, times: int = 1) -> list[dict[str, Any]]:
        """Read the log until an event came so often in all; those."""
        assert self.process.stderr is not None
        while len(found := [entry for entry in self.seen if entry["event"] == event]) < times:
            line = self.process.stderr.readline()
            assert line, f"the server ended before {event!r}: {self.seen}"
            self.seen.append(json.loads(line))
        return found

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.until('serving')[0]['port']}"

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def onebox_serve(directory: Path, *options: str) -> Iterator[Served]:
    command = [str(ONEBOX), "serve", "--json", "--port", "0", "--data-dir", str(directory), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Served(process)
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate()


def onebox(*arguments: str, server: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ONEBOX_SERVER": server, "COLUMNS": "200"}
    return subprocess.run([str(ONEBOX), *arguments], capture_output=True, text=True, env=environment, check=False)


def check_health(address: str) -> int:
    with grpc.insecure_channel(address) as channel:
        return int(health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10).status)


def list_versions(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        NetworkServiceStub(channel).ListVersions(ListVersionsRequest(), timeout=10)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The small network as files."""
    directory = tmp_path / "network"
    write_network(SMALL, [StockRow("DC-MEM", MUG.sku, 12, protected=2, safety_stock=1)], directory)
    return directory


def test_the_server_serves_an_empty_store_and_ends_well_on_sigterm(tmp_path: Path) -> None:
    with onebox_serve(tmp_path) as served:
        assert check_health(served.address) == health_pb2.HealthCheckResponse.SERVING
        refused = onebox("stock", "MUG", server=served.address)
        assert (refused.returncode, "no network is loaded yet" in refused.stderr) == (1, True)
        assert served.stop() == 0
        assert served.process.stderr is not None
        events = [json.loads(line)["event"] for line in served.process.stderr]
        assert events[-2:] == ["draining", "stopped"]


def test_a_worker_that_dies_is_replaced_and_what_it_counted_stays(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        metrics_port = free.getsockname()[1]
    with onebox_serve(tmp_path, "--workers", "2", "--metrics-port", str(metrics_port)) as served:
        first, second = (entry["worker"] for entry in served.until("serving", 2))
        served.until("all_workers_serve")
        address = served.address
        for _ in range(6):  # a connection each, so that both workers may get some
            list_versions(address)
        os.kill(first, signal.SIGKILL)
        assert served.until("worker_died")[0]["pid"] == first
        third = served.until("serving", 3)[-1]
        assert third["worker"] not in (first, second)
        assert third["port"] == int(address.rpartition(":")[2])
        list_versions(address)
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=10) as page:
            text = page.read().decode()
        assert 'onebox_call_seconds_count{code="OK",method="NetworkService/ListVersions"} 7.0' in text
        assert served.stop() == 0


def test_a_port_that_is_taken_ends_with_one_sentence(tmp_path: Path) -> None:
    with onebox_serve(tmp_path / "a") as served:
        port = served.address.rpartition(":")[2]
        for workers in ("1", "2"):
            ended = onebox("serve", "--port", port, "--data-dir", str(tmp_path / "b"), "--workers", workers)
            assert ended.returncode == 1
            assert "port: expected an address that is free" in ended.stderr
            assert "Traceback" not in ended.stderr


def test_a_data_directory_has_one_owner(tmp_path: Path) -> None:
    with onebox_serve(tmp_path) as served:
        served.until("serving")
        ended = onebox("serve", "--port", "0", "--data-dir", str(tmp_path))
        assert (ended.returncode, "is in use by another process" in ended.stderr) == (3, True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_whose_own_store_dies_ends_with_a_sentence_and_its_data_serves_again(
    tmp_path: Path, workers: str
) -> None:
    with onebox_serve(tmp_path, "--workers", workers, "--durability", "always") as served:
        served.until("serving", int(workers))
        (valkey,) = [child for child in psutil.Process(served.process.pid).children() if "valkey" in child.name()]
        valkey.kill()
        assert served.process.wait(30) == 3
        assert served.process.stderr is not None
        assert "the embedded store ended with code -9 while it was needed" in served.process.stderr.read()
    with onebox_serve(tmp_path) as served:
        assert check_health(served.address) == health_pb2.HealthCheckResponse.SERVING


def test_a_wrong_setting_ends_with_its_name_its_value_and_what_was_expected() -> None:
    ended = onebox("serve", "--workers", "65", "--durability", "sometimes")
    assert ended.returncode == 1
    assert "workers: Input should be less than or equal to 64, got 65" in ended.stderr
    assert "durability: Input should be 'always', 'everysec' or 'none', got 'sometimes'" in ended.stderr


def test_a_server_that_is_not_there_ends_with_3() -> None:
    ended = onebox("stock", "MUG", server="127.0.0.1:1")
    assert (ended.returncode, "the server at 127.0.0.1:1 does not answer" in ended.stderr) == (3, True)


def test_check_lists_the_faults_of_a_directory(files: Path) -> None:
    assert onebox("check", str(files)).returncode == 0
    items = files / "items.csv"
    items.write_text(items.read_text().replace("SHIP_ALONE", "SHIP_LONE"))
    ended = onebox("check", str(files), "--json")
    (fault,) = json.loads(ended.stdout)
    assert (ended.returncode, fault["file"], fault["column"], fault["value"]) == (1, "items.csv", "flags", "SHIP_LONE")
    assert "SHIP_LONE" in onebox("check", str(files)).stdout


def test_a_directory_is_loaded_into_a_server_and_its_stock_is_seen(files: Path, tmp_path: Path) -> None:
    with onebox_serve(tmp_path / "data") as served:
        checked = onebox("load", str(files), "--validate-only", "--json", server=served.address)
        assert json.loads(checked.stdout)["version"] == 0
        loaded = json.loads(onebox("load", str(files), "--json", "--comment", "first", server=served.address).stdout)
        assert (loaded["network"], loaded["version"], loaded["stock_cells"]) == ("small", 1, 1)
        cells = json.loads(onebox("stock", "MUG", "--json", server=served.address).stdout)["cells"]
        assert [(cell["node_id"], cell["on_hand"], cell["atp"]) for cell in cells] == [("DC-MEM", "12", "11")]
        assert "DC-MEM" in onebox("stock", "MUG", server=served.address).stdout


def test_a_directory_is_loaded_into_the_data_of_a_server_that_does_not_run(files: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    loaded = onebox("load", str(files), "--data-dir", str(data), "--json")
    assert json.loads(loaded.stdout)["version"] == 1, loaded.stderr
    with onebox_serve(data, "--workers", "2") as served:
        assert {entry["network_version"] for entry in served.until("serving", 2)} == {1}
        cells = json.loads(onebox("stock", "MUG", "--json", server=served.address).stdout)["cells"]
        assert cells[0]["on_hand"] == "12"


def test_a_directory_with_faults_is_not_loaded(files: Path, tmp_path: Path) -> None:
    stock = files / "stock.csv"
    stock.write_text(stock.read_text().replace("MUG", "NOPE"))
    ended = onebox("load", str(files), "--data-dir", str(tmp_path / "data"))
    assert (ended.returncode, "stock.csv:2:sku" in ended.stderr) == (1, True)


def test_help_lists_every_command_and_each_has_its_own() -> None:
    listed = onebox("--help").stdout
    for command in ("serve", "load", "check", "route", "quote", "explain", "stock show", "stock import", "import"):
        assert re.search(rf"\b{command.split()[0]}\b", listed)
        assert "--json" in onebox(*command.split(), "--help").stdout


def test_settings_are_listed_with_range_and_default() -> None:
    rows = {row["name"]: row for row in json.loads(onebox("serve", "--settings", "--json").stdout)}
    assert rows["ONEBOX_WORKERS"] == {
        "name": "ONEBOX_WORKERS",
        "default": "1",
        "range": "1..64",
        "description": "Processes that serve the port.",
    }
    assert all(row["description"] for row in rows.values())
