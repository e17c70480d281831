"""Several workers on one port: started, watched, replaced when one dies, ended together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType

import structlog

from engine.errors import FieldFault, InvalidInput, OneboxError
from server.metrics import MULTIPROCESS_VARIABLE, mark_dead, registry_of_workers, serve_metrics
from server.settings import Settings

_QUICK_DEATH_S = 5.0
_PAUSE_S = 1.0
"""A worker that died within seconds of its start is replaced after a pause, so that a defect does not spin."""

log = structlog.get_logger()
_spawn = get_context("spawn")  # gRPC and its threads do not survive a fork


class WorkerDied(OneboxError):
    """A worker ended before it served; its log says why."""


def supervise(settings: Settings, url: str, started: Callable[[int], None], watch: Callable[[], None]) -> None:
    """Run ``settings.workers`` workers until SIGTERM or SIGINT. ``started`` is told the port once all of them answer;
    ``watch`` is called again and again, and what it raises ends them."""
    with _held_port(settings) as port, _metrics_directory() as directory:
        _Supervisor(settings.model_copy(update={"port": port}), url, directory).run(started, watch)


class _Supervisor:
    def __init__(self, settings: Settings, url: str, directory: Path) -> None:
        self._settings = settings
        self._url = url
        self._directory = directory
        self._workers: dict[SpawnProcess, float] = {}
        self._stopping = False

    def run(self, started: Callable[[int], None], watch: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            waiting = [self._start() for _ in range(self._settings.workers)]
            for answers in waiting:
                self._await_serving(answers)
            if self._settings.metrics_port:
                registry = registry_of_workers(self._directory)
                serve_metrics(self._settings.metrics_host, self._settings.metrics_port, registry)
            if not self._stopping:
                log.info("all_workers_serve", port=self._settings.port, workers=len(self._workers))
                started(self._settings.port)
            while not self._stopping:
                watch()
                self._replace_dead()
        finally:
            self._end()

    def _start(self) -> Connection:
        ours, theirs = _spawn.Pipe(duplex=False)
        worker = _spawn.Process(target=_run, args=(self._settings, self._url, theirs), name="onebox worker")
        worker.start()
        theirs.close()
        self._workers[worker] = time.monotonic()
        return ours

    def _await_serving(self, answers: Connection) -> None:
        while not self._stopping and not answers.poll(0.1):
            pass
        try:
            if not self._stopping:
                answers.recv()
        except EOFError:
            raise WorkerDied("a worker ended before it served; its log says why") from None

    def _replace_dead(self) -> None:
        wait([worker.sentinel for worker in self._workers], timeout=0.2)
        for worker, born in list(self._workers.items()):
            if worker.is_alive() or self._stopping:
                continue
            log.error("worker_died", pid=worker.pid, exit_code=worker.exitcode)
            mark_dead(worker.pid, self._directory)
            del self._workers[worker]
            if time.monotonic() - born < _QUICK_DEATH_S:
                time.sleep(_PAUSE_S)
            self._start().close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        for worker in self._workers:
            if worker.is_alive():
                worker.terminate()
        deadline = time.monotonic() + self._settings.drain_s + self._settings.drain_notice_s + 5
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()


def _run(settings: Settings, url: str, serving: Connection) -> None:
    """A worker process. Ctrl-C in a terminal reaches it too, which it takes like the supervisor's SIGTERM."""
    from server.logs import set_up_logs
    from server.serve import run_worker

    set_up_logs(settings)
    structlog.contextvars.bind_contextvars(worker=os.getpid())

    def started(port: int) -> None:
        with suppress(OSError):  # nobody waits for a replacement
            serving.send(port)
        serving.close()

    try:
        run_worker(settings, url, metrics=False, started=started)
    except OneboxError as error:
        log.error("worker_failed", error=str(error))
        raise SystemExit(1) from None


@contextmanager
def _held_port(settings: Settings) -> Iterator[int]:
    """The port, held but not listened on, so that it stays ours while workers come and go."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            held.bind((settings.host.strip("[]"), settings.port))
        except OSError as error:
            address = f"{settings.host}:{settings.port}"
            raise InvalidInput(FieldFault("port", address, f"an address that is free ({error})")) from error
        yield held.getsockname()[1]


@contextmanager
def _metrics_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="onebox-metrics-"))
    os.environ[MULTIPROCESS_VARIABLE] = str(directory)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
