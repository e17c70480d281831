"""Studies under way in a worker: a process group each, so many at a time, gone as soon as nobody waits for one."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from onebox.v1 import planning_service_pb2 as pb

from engine.errors import FieldFault, LimitReached, OneboxError
from server.planning.frames import ALL_ASKED, ANSWER, ASKED, HOW, REFUSED, framed, next_frame
from server.planning.priority import ONE_THREAD
from server.planning.study_process import How
from server.settings import Settings

_COMMAND = (sys.executable, "-m", "server.planning.study_process")

Process = subprocess.Popen[bytes]


class StudyEnded(Exception):
    """A study's process ended without a word; the server's log has what it printed."""


class Study:
    """One that is under way, at the other end of a socket."""

    def __init__(self, process: Process, reader: StreamReader, writer: StreamWriter, memory_mib: int) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._memory_mib = memory_mib

    async def start(self, how: How) -> None:
        """Before anything is asked."""
        await self._write(framed(HOW, pickle.dumps(how)))

    async def ask(self, request: pb.SimulateRequest) -> None:
        await self._write(framed(ASKED, request.SerializeToString()))

    async def all_asked(self) -> None:
        await self._write(framed(ALL_ASKED))

    async def answers(self) -> AsyncIterator[pb.SimulateResponse]:
        """Until the last. Raises what the study ended with."""
        while (frame := await next_frame(self._reader)) is not None:
            kind, data = frame
            if kind == REFUSED:
                error = pickle.loads(data)
                assert isinstance(error, OneboxError)
                raise error
            assert kind == ANSWER
            answer = pb.SimulateResponse.FromString(data)
            yield answer
            if answer.HasField("study"):
                return
        code = await asyncio.to_thread(self._process.wait)
        if code < 0:  # by a signal: the kernel's, as nobody else ends it while somebody waits
            raise LimitReached(FieldFault("memory", "more", f"at most {self._memory_mib} MiB in a process"))
        raise StudyEnded(f"exit code {code}")

    async def _write(self, data: bytes) -> None:
        with suppress(ConnectionError):  # it has ended; its answers say why
            if not self._writer.is_closing():
                self._writer.write(data)
                await self._writer.drain()


class Studies:
    """Starts them. ``store_url``: of the store, embedded or not."""

    def __init__(self, settings: Settings, store_url: str) -> None:
        self._settings = settings
        self._store_url = store_url
        self._alive: dict[Process, asyncio.Event] = {}
        self._under_way = 0  # those about to start too

    @asynccontextmanager
    async def begin(self, network_version: int) -> AsyncIterator[Study]:
        """A study that ends with the block. Raises LimitReached where as many as may are under way."""
        settings = self._settings
        if self._under_way >= settings.planning_studies:
            expected = f"at most {settings.planning_studies} under way in a worker"
            raise LimitReached(FieldFault("studies", str(self._under_way + 1), expected))
        self._under_way += 1
        try:
            process, ours = _started()
            gone = self._alive[process] = asyncio.Event()
            try:
                reader, writer = await asyncio.open_connection(sock=ours)
                try:
                    study = Study(process, reader, writer, settings.planning_memory_mib)
                    await study.start(How(settings, self._store_url, network_version))
                    yield study
                finally:
                    writer.close()
            finally:
                _kill(process)
                await asyncio.to_thread(process.wait)
                del self._alive[process]
                gone.set()
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        """End those that are under way still."""
        for process in self._alive:
            _kill(process)
        for gone in tuple(self._alive.values()):
            await gone.wait()


def _started() -> tuple[Process, socket.socket]:
    """The process, and our end of its socket. Not by the loop, which may fork: a fork of a server copies its memory's
    tables while no call is answered, and gRPC's threads do not survive it. A process group of its own, to be ended at once, but
    not a session: Linux shares cores out among sessions first, and in one of its own the lowest priority would mean nothing."""
    ours, theirs = socket.socketpair()
    with theirs:
        environment = {**os.environ, **ONE_THREAD}
        end = theirs.fileno()
        process = subprocess.Popen(_COMMAND, stdin=end, stdout=end, env=environment, process_group=0)
    ours.setblocking(False)
    return process, ours


def _kill(process: Process) -> None:
    """It and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
