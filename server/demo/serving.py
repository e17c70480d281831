"""A server of the demo's own: a process as ``onebox serve`` runs it, with its embedded store."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from engine.errors import StoreUnavailable
from server.settings import Settings

_JOIN_S = 40.0


def demo_settings(port: int, data_dir: Path | None, replay_from: int) -> Settings:
    """Whatever the environment says of other servers: one worker on this machine, no token, the embedded store.

    ``replay_from`` is in UTC seconds; see ``Settings.replay_from``.
    """
    return Settings(
        host="127.0.0.1",
        port=port,
        workers=1,
        token=None,
        tls_cert=None,
        tls_key=None,
        store_url="",
        data_dir=data_dir,
        metrics_port=0,
        replay_from=datetime.fromtimestamp(replay_from, UTC),
        log_level="warning",
    )


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of a server that lives as long as the block. Raises StoreUnavailable where it does not come up."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_serve, args=(settings, theirs), name="onebox demo server")
    before = signal.signal(signal.SIGTERM, _end)  # the server must not outlive a demo that is told to end
    process.start()
    theirs.close()
    try:
        try:
            port = ours.recv()
        except EOFError:
            raise StoreUnavailable("the demo's server ended before it served; what it said stands above") from None
        yield f"{settings.host}:{port}"
    finally:
        process.terminate()
        process.join(_JOIN_S)
        signal.signal(signal.SIGTERM, before)


def _serve(settings: Settings, serving_on: Connection) -> None:
    from server.serve import serve

    os.setpgrp()  # Ctrl-C in a terminal reaches the demo alone, which then ends its server
    serve(settings, serving_on.send)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
