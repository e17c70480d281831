"""The stored networks as the API tells of them: each version with the request that made it.

The store keeps a note beside each version. It holds what made the version, so that a request which is sent again finds its
own answer (I5) though the network it was applied to is no longer the one in force.
"""

from __future__ import annotations

import asyncio

import msgspec

from engine.errors import NotFound, RequestReused
from engine.network.encoding import decode, encode
from engine.network.network import Network
from engine.network.store import NetworkStore, NetworkVersion


class Note(msgspec.Struct, frozen=True):
    """What made a version: the network's name, the caller's words, and the request it came with."""

    name: str = ""
    comment: str = ""
    request_id: str = ""
    fingerprint: str = ""


def note_of(version: NetworkVersion) -> Note:
    """Notes that others wrote are taken as words."""
    try:
        return msgspec.json.decode(version.note, type=Note)
    except msgspec.DecodeError:
        return Note(comment=version.note)


class NetworkLog:
    """Versions of one store."""

    def __init__(self, store: NetworkStore) -> None:
        self._store = store

    async def versions(self) -> list[NetworkVersion]:
        """Latest first."""
        return list(reversed(await self._store.versions()))

    async def read(self, version: int) -> tuple[int, Network]:
        """A version, or the current one for 0. Raises NotFound, NotReady."""
        number, blob = (version, await self._store.get(version)) if version else await self._store.current()
        return number, await asyncio.to_thread(decode, blob)

    async def answered(self, request_id: str, fingerprint: str) -> NetworkVersion | None:
        """The version this request made before. Raises RequestReused where another request had its id."""
        for version in await self._store.versions():
            note = note_of(version)
            if note.request_id == request_id:
                if note.fingerprint != fingerprint:
                    raise RequestReused(request_id)
                return version
        return None

    async def append(self, network: Network, note: Note, now: int, base: int | None) -> NetworkVersion:
        """``base``: the version that must be current."""
        blob = await asyncio.to_thread(encode, network)
        text = msgspec.json.encode(note).decode()
        return await self._entry(
            await self._store.put(blob, note.request_id, now=now, expected_version=base, note=text)
        )

    async def rollback(self, version: int, note: Note, now: int) -> NetworkVersion:
        text = msgspec.json.encode(note).decode()
        return await self._entry(await self._store.rollback(version, note.request_id, now=now, note=text))

    async def _entry(self, number: int) -> NetworkVersion:
        for version in await self._store.versions():
            if version.version == number:
                return version
        raise NotFound("network version", str(number))
