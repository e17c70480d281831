"""The servers under measurement, as processes of their own on cores of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc
import psutil
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from engine.network.files import write_network
from engine.network.network import Network, StockRow

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = _CORES[0]
OTHER_CORE = _CORES[-1]
"""Where clients and the store run: the same core where there is only one."""
_ONEBOX = (sys.executable, "-c", "from server.cli import main; main()")
_START_TIMEOUT_S = 60.0
_ROUTING = "onebox.v1.RoutingService"


def load_data_dir(network: Network, stock: Iterable[StockRow], scratch: Path) -> Path:
    """A data directory of ``onebox serve`` that holds the network and its stock."""
    files, data = scratch / "network", scratch / "data"
    write_network(network, stock, files)
    command = [*_ONEBOX, "load", str(files), "--data-dir", str(data), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return data


class Server:
    """A server that runs, pinned to ``SERVER_CORE`` with everything but its store."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self._process = psutil.Process(process.pid)

    def cpu_s(self) -> float:
        """Seconds of processor time it has used so far, its store's not among them."""
        used = self._process.cpu_times()
        return used.user + used.system

    def memory_mb(self) -> float:
        return self._process.memory_info().rss / 1e6


@contextmanager
def onebox(data: Path) -> Iterator[Server]:
    """``onebox serve`` as it comes: the embedded store with the default durability, one worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [*_ONEBOX, "serve", "--port", str(port), "--data-dir", str(data), "--json"]
    with (data.parent / "serve.log").open("ab") as log, _running(command, stdout=log) as process:
        await_routing(process, port)
        for child in psutil.Process(process.pid).children(recursive=True):
            _pin(child.pid, OTHER_CORE)
        yield Server(process, port)


@contextmanager
def echo(response: bytes, scratch: Path) -> Iterator[Server]:
    """``benchmarks.echo``, which answers with ``response``."""
    file = scratch / "response.bin"
    file.write_bytes(response)
    command = [sys.executable, "-m", "benchmarks.echo", str(file)]
    with _running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Server(process, int(process.stdout.readline()))


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """This thread, and what it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _running(command: Sequence[str], stdout: object) -> Iterator[subprocess.Popen[bytes]]:
    with on_core(SERVER_CORE):
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def await_routing(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server says that it routes orders. Raises RuntimeError when it ends or takes too long."""
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}; its log is serve.log")
        with socket.socket() as probe:
            answers = probe.connect_ex(("127.0.0.1", port)) == 0
        if answers:
            with suppress(grpc.RpcError), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                if (
                    HealthStub(channel).Check(HealthCheckRequest(service=_ROUTING)).status
                    == HealthCheckResponse.SERVING
                ):
                    return
        time.sleep(0.01)
    raise RuntimeError(f"the server did not answer within {_START_TIMEOUT_S:.0f} s; its log is serve.log")


def _pin(pid: int, core: int) -> None:
    for thread in psutil.Process(pid).threads():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(thread.id, {core})
