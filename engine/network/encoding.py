"""A network as bytes: compact, quick to read at a cold start, and the same bytes for the same network."""

from __future__ import annotations

import enum
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import msgspec

from engine.errors import FieldFault, InvalidInput
from engine.network.network import Network

_FORMAT = b"OBN1"
_PLAIN = frozenset((str, int, float, bool, type(None)))
_DECODER = msgspec.msgpack.Decoder(Network)


def encode(network: Network) -> bytes:
    """MessagePack, compressed, behind four bytes that name the format."""
    return _FORMAT + zlib.compress(_packed(network), 6)


def decode(data: bytes) -> Network:
    """The network that ``encode`` was given. Raises InvalidInput where the bytes are none of its own."""
    if not data.startswith(_FORMAT):
        raise InvalidInput(FieldFault("network", data[:4].hex(), f"bytes that start with {_FORMAT.decode()}"))
    try:
        return _DECODER.decode(zlib.decompress(data[len(_FORMAT) :]))
    except (zlib.error, msgspec.DecodeError) as error:
        raise InvalidInput(FieldFault("network", str(error), "an encoded network")) from error


def fingerprint(network: Network) -> str:
    """SHA-256 of the network's content, as hexadecimal: equal networks with rows in equal order have equal ones."""
    return hashlib.sha256(_packed(network)).hexdigest()


def _packed(network: Network) -> bytes:
    return msgspec.msgpack.encode(_plain(network))


def _plain(value: Any) -> Any:
    """The value in lists, tuples, maps and scalars alone, with sets sorted and maps in the order of their keys."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return tuple(_plain(each) for each in value)
    if kind is frozenset:
        return sorted(map(_plain, value))
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(sorted((_plain(key), _plain(held)) for key, held in value.items()))
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{kind.__name__} has no place in a network")
