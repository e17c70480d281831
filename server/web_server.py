"""uvicorn in a worker's own loop: started and drained by the worker, which takes the signals."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from engine.errors import FieldFault, InvalidInput


class WebServer:
    """An application on a port.

    Parameters
    ----------
    port : 0 takes a free one; ``shared``: other workers listen on it too.
    tls : certificate chain and private key (PEM), or none.
    drain_s : seconds that requests under way get to finish.
    """

    def __init__(
        self, app: Any, host: str, port: int, *, shared: bool, tls: tuple[Path, Path] | None, drain_s: float
    ) -> None:
        self._socket = _listening(host, port, shared=shared)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Quiet(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=max(1, round(drain_s)),
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer requests."""
        self._serving = asyncio.create_task(self._server.serve([self._socket]), name="web")
        started = asyncio.create_task(self._server.answers.wait())
        await asyncio.wait((self._serving, started), return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            started.cancel()
            await self._serving

    async def drain(self) -> None:
        """No new requests, then the end of those under way."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        self._socket.close()


class _Quiet(uvicorn.Server):
    """Leaves signals to the worker, and says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(host: str, port: int, *, shared: bool) -> socket.socket:
    """Raises InvalidInput."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        opened.bind((host.strip("[]"), port))
    except OSError as error:
        opened.close()
        raise InvalidInput(FieldFault("http_port", f"{host}:{port}", f"an address that is free ({error})")) from error
    return opened
