"""A lean gRPC load generator: unary calls over raw HTTP/2, a few microseconds of Python each.

A grpc.aio client costs as much as a grpc.aio server, so on a small machine it would measure itself. Here the frames of a call
are one concatenation of bytes: HEADERS (literals without indexing: nothing to encode, and the answer's dynamic table is set to
0 so that nothing needs decoding) and DATA. Of the answers, every frame is looked at: a call is good when it ended with
``grpc-status: 0`` and brought a message.

``open_loop`` sends at instants drawn beforehand, whatever the server does, and counts latency from the instant at which a
call *was to be* sent: a stalled server delays nobody's clock (no coordinated omission). ``closed_loop`` keeps a number of
calls under way, for the throughput at saturation.
"""

from __future__ import annotations

import select
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from struct import Struct
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

# Frame types and flags: RFC 9113, section 6.
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE, _CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
_END_STREAM, _ACK, _END_HEADERS = 0x1, 0x1, 0x4
_HEAD = Struct(">HBBBI")  # length (24 bits in two parts), type, flags, stream
_SETTING = Struct(">HI")
_HEADER_TABLE_SIZE, _ENABLE_PUSH, _INITIAL_WINDOW_SIZE = 1, 2, 4
_LARGEST_WINDOW = (1 << 31) - 1
_DEFAULT_WINDOW = 65_535
_LARGEST_FRAME = 16_384  # until the server has said that it takes more (RFC 9113, section 6.5.2)
_TOP_UP = 1 << 24
_GOOD = b"grpc-status\x010"
_DRAIN_S = 10.0

Messages = Iterator[bytes]
"""Serialised requests, without end."""


@dataclass(slots=True)
class Load:
    """What came of a run. ``latency_us`` of the good answers in the order they came; ``answers`` a sample of them."""

    seconds: float
    latency_us: NDArray[np.float64]
    failed: int
    answers: list[bytes] = field(repr=False)

    @property
    def per_second(self) -> float:
        return len(self.latency_us) / self.seconds

    def percentile(self, share: float) -> float:
        """Microseconds."""
        return float(np.percentile(self.latency_us, share))


class Connection:
    """One HTTP/2 connection that makes calls of one method."""

    def __init__(self, port: int, method: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._headers = _header_block(method, f"127.0.0.1:{port}")
        self._out = bytearray(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _first_frames())
        self._rest = b""
        self._stream = -1
        self._window = _DEFAULT_WINDOW  # what the server still takes on this connection
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._calls: dict[int, int] = {}
        self._body: dict[int, bytes] = {}
        self._taken = 0
        self.flush()

    def fileno(self) -> int:
        return self._socket.fileno()

    def call(self, number: int, message: bytes) -> None:
        """Begin a call, which ``receive`` will name by its number; ``flush`` sends it."""
        if len(message) + 5 > self._window:
            self._waiting.append((number, message))
            return
        self._stream += 2
        stream, headers, length = self._stream, self._headers, len(message)
        self._window -= length + 5
        self._calls[stream] = number
        self._out += _HEAD.pack(len(headers) >> 8, len(headers) & 255, _HEADERS, _END_HEADERS, stream) + headers
        body = b"\0" + length.to_bytes(4, "big") + message
        for at in range(0, len(body), _LARGEST_FRAME):
            piece = body[at : at + _LARGEST_FRAME]
            last = _END_STREAM if at + _LARGEST_FRAME >= len(body) else 0
            self._out += _HEAD.pack(len(piece) >> 8, len(piece) & 255, _DATA, last, stream) + piece

    def flush(self) -> None:
        """Send what there is, as far as the socket takes it."""
        if self._out:
            try:
                del self._out[: self._socket.send(self._out)]
            except BlockingIOError:
                return

    def receive(self) -> list[tuple[int, bytes | None]]:
        """The calls that ended, each with its message, or None where it failed."""
        try:
            chunk = self._socket.recv(1 << 18)
        except BlockingIOError:
            return []
        if not chunk:
            raise ConnectionError("the server closed the connection")
        data = self._rest + chunk
        ended: list[tuple[int, bytes | None]] = []
        at, end = 0, len(data)
        while end - at >= 9:
            high, low, kind, flags, stream = _HEAD.unpack_from(data, at)
            stop = at + 9 + (high << 8 | low)
            if stop > end:
                break
            if kind == _DATA:
                self._body[stream] = self._body.get(stream, b"") + data[at + 9 : stop]
                self._taken += stop - at - 9
            elif kind == _HEADERS:
                if flags & _END_STREAM:
                    body = self._body.pop(stream, b"")
                    good = len(body) >= 5 and data.find(_GOOD, at, stop) >= 0
                    ended.append((self._calls.pop(stream), body[5:] if good else None))
            elif kind == _RST_STREAM:
                if stream in self._calls:
                    self._body.pop(stream, None)
                    ended.append((self._calls.pop(stream), None))
            else:
                self._control(kind, flags, stream, data[at + 9 : stop])
            at = stop
        self._rest = data[at:]
        if self._taken > _TOP_UP:
            self._out += _window_update(self._taken)
            self._taken = 0
        return ended

    def _control(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _WINDOW_UPDATE and stream == 0:
            self._window += int.from_bytes(payload, "big")
            for _ in range(len(self._waiting)):
                self.call(*self._waiting.popleft())
        elif kind == _SETTINGS and not flags & _ACK:
            self._out += _HEAD.pack(0, 0, _SETTINGS, _ACK, 0)
        elif kind == _PING and not flags & _ACK:
            self._out += _HEAD.pack(0, 8, _PING, _ACK, 0) + payload
        elif kind == _GOAWAY:
            raise ConnectionError(f"the server goes away: {payload[8:].decode(errors='replace')}")
        elif kind == _CONTINUATION:
            raise ConnectionError("header blocks of several frames are not expected from this server")

    def close(self) -> None:
        self._socket.close()


class Client:
    """Several connections that share the calls of one method."""

    def __init__(self, port: int, method: str, connections: int = 4) -> None:
        self._connections = [Connection(port, method) for _ in range(connections)]

    def closed_loop(self, messages: Messages, in_flight: int, seconds: float) -> Load:
        """Keep ``in_flight`` calls under way for so long; those under way at the end are waited for, not counted."""
        connections = self._connections
        started_at: list[int] = []
        run = _Run()
        begin = perf_counter_ns()
        for number in range(in_flight):
            started_at.append(perf_counter_ns())
            connections[number % len(connections)].call(number, next(messages))
        _flush(connections)
        until = begin + int(seconds * 1e9)
        under_way = in_flight
        while under_way and perf_counter_ns() < until + _DRAIN_S * 1e9:
            for connection in select.select(connections, (), (), 0.1)[0]:
                ended = connection.receive()
                now = perf_counter_ns()
                for number, body in ended:
                    if now < until:
                        run.add(body, now - started_at[number])
                        connection.call(len(started_at), next(messages))
                        started_at.append(now)
                    else:
                        under_way -= 1
            _flush(connections)
        return run.load(seconds, under_way)

    def open_loop(self, messages: Messages, rate: float, seconds: float, seed: int = 5) -> Load:
        """Calls at random instants (a Poisson process), ``rate`` a second."""
        connections = self._connections
        gaps = np.random.default_rng(seed).exponential(1e9 / rate, max(1, int(rate * seconds)))
        due = (np.cumsum(gaps) + perf_counter_ns()).astype(np.int64).tolist()
        run = _Run()
        sent = done = 0
        last = due[-1] + int(_DRAIN_S * 1e9)
        while done < len(due):
            now = perf_counter_ns()
            if now > last:
                break
            while sent < len(due) and due[sent] <= now:
                connections[sent % len(connections)].call(sent, next(messages))
                sent += 1
            _flush(connections)
            pause = (due[sent] - perf_counter_ns()) / 1e9 if sent < len(due) else 0.1
            for connection in select.select(connections, (), (), max(0.0, pause))[0]:
                ended = connection.receive()
                now = perf_counter_ns()
                for number, body in ended:
                    run.add(body, now - due[number])
                done += len(ended)
        return run.load(seconds, len(due) - done)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


class _Run:
    """Gathers what came back."""

    _SAMPLED = 97

    def __init__(self) -> None:
        self._latency: list[int] = []
        self._failed = 0
        self._answers: list[bytes] = []

    def add(self, body: bytes | None, nanoseconds: int) -> None:
        if body is None:
            self._failed += 1
            return
        if len(self._latency) % self._SAMPLED == 0:
            self._answers.append(body)
        self._latency.append(nanoseconds)

    def load(self, seconds: float, unanswered: int) -> Load:
        return Load(seconds, np.array(self._latency, np.float64) / 1e3, self._failed + unanswered, self._answers)


def numbered(tails: Sequence[bytes], prefix: str) -> Messages:
    """RouteOrderRequests without end, each with a request id of its own: ``tails`` are their other fields, serialised."""
    number = 0
    while True:
        name = f"{prefix}-{number}".encode()
        yield b"\n" + bytes((len(name),)) + name + tails[number % len(tails)]
        number += 1


def _flush(connections: Sequence[Connection]) -> None:
    for connection in connections:
        connection.flush()


def _first_frames() -> bytes:
    settings = ((_HEADER_TABLE_SIZE, 0), (_ENABLE_PUSH, 0), (_INITIAL_WINDOW_SIZE, _LARGEST_WINDOW))
    payload = b"".join(_SETTING.pack(*setting) for setting in settings)
    return _HEAD.pack(0, len(payload), _SETTINGS, 0, 0) + payload + _window_update(_LARGEST_WINDOW - _DEFAULT_WINDOW)


def _window_update(octets: int) -> bytes:
    return _HEAD.pack(0, 4, _WINDOW_UPDATE, 0, 0) + octets.to_bytes(4, "big")


def _header_block(method: str, authority: str) -> bytes:
    """RFC 7541: the static table's entries for POST and http, and literals without indexing."""
    text: Callable[[str], bytes] = lambda value: bytes((len(value),)) + value.encode()  # noqa: E731  # under 127 octets
    return b"".join(
        (
            b"\x83\x86",
            b"\x04" + text(method),
            b"\x01" + text(authority),
            b"\x00" + text("te") + text("trailers"),
            b"\x00" + text("content-type") + text("application/grpc"),
            b"\x00" + text("user-agent") + text("onebox-bench"),
        )
    )
