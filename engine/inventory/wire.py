"""A pipelined connection: commands go out as they come, replies come back in order, without a task for each.

redis-py opens the connection (TLS, ACL user, cluster); then its transport is taken over, because a command through its
streams and pool costs several times what the ledger's script does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import hiredis

from engine.errors import StoreUnavailable
from engine.inventory.connection import Client, open_connection


class _Pipe(asyncio.Protocol):
    """One connection's life. Replies are matched to commands by their order."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer  # kept: a writer that is collected closes its transport
        self._reader = hiredis.Reader()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self.lost = False

    def send(self, packed: bytes) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._writer.write(packed)
        return future

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(StoreUnavailable(f"the connection to the store was lost: {exc or 'closed'}"))

    def abort(self) -> None:
        self._writer.transport.abort()


class Wire:
    """Commands to the server that holds ``key``; connects when needed, and again after a loss.

    A lost connection fails every command under way with StoreUnavailable: whether it took effect is not known.
    """

    def __init__(self, client: Client, key: str, timeout_s: float) -> None:
        self._client = client
        self._key = key
        self._timeout_s = timeout_s
        self._pipe: _Pipe | None = None
        self._connecting = asyncio.Lock()

    async def call(self, *command: str | bytes | int) -> Any:
        """The reply; an error of the server is returned as ``hiredis.ReplyError``. Raises StoreUnavailable."""
        pipe = self._pipe
        if pipe is None or pipe.lost:
            pipe = await self._connect()
        future = pipe.send(hiredis.pack_command(command))
        timer = asyncio.get_running_loop().call_later(self._timeout_s, pipe.abort)
        try:
            return await future
        finally:
            timer.cancel()

    async def _connect(self) -> _Pipe:
        async with self._connecting:
            if self._pipe is not None and not self._pipe.lost:
                return self._pipe
            connection = await open_connection(self._client, self._key)
            writer = connection._writer
            assert writer is not None
            connection._reader = connection._writer = None  # ours now: the connection object must not close it
            self._pipe = _Pipe(writer)
            writer.transport.set_protocol(self._pipe)
            if writer.transport.is_closing():
                self._pipe.lost = True
                raise StoreUnavailable("the connection to the store was lost: closed while opening")
            return self._pipe

    def drop(self) -> None:
        """Close the connection; the next call opens another."""
        if self._pipe is not None:
            self._pipe.abort()
            self._pipe = None
