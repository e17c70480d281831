"""What a server and its study's process tell each other: a kind of one byte, a length, and so many bytes."""

from __future__ import annotations

import struct
from asyncio import IncompleteReadError, StreamReader
from typing import BinaryIO

_HEAD = struct.Struct("<cI")

HOW = b"S"
"""To the study: what it stands on, pickled."""
ASKED = b"M"
"""To the study: a SimulateRequest."""
ALL_ASKED = b"."
"""To the study: there is no more."""
ANSWER = b"A"
"""From the study: a SimulateResponse."""
REFUSED = b"X"
"""From the study: the OneboxError that it ended with, pickled."""


def framed(kind: bytes, data: bytes = b"") -> bytes:
    return _HEAD.pack(kind, len(data)) + data


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Raises EOFError at the end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    kind, size = _HEAD.unpack(head)
    return kind, stream.read(size)


async def next_frame(stream: StreamReader) -> tuple[bytes, bytes] | None:
    """None at the end."""
    try:
        kind, size = _HEAD.unpack(await stream.readexactly(_HEAD.size))
        return kind, await stream.readexactly(size)
    except IncompleteReadError:
        return None
