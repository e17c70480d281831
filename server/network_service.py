"""NetworkService: versions of the network, changed whole or resource by resource, validated before they count."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from google.protobuf.message import Message
from onebox.v1 import network_service_pb2 as pb
from onebox.v1.network_service_pb2_grpc import NetworkServiceServicer

from engine.errors import FieldFault, InvalidInput, NotFound
from engine.network.checks import require
from engine.network.documents import Document, apply
from engine.network.network import Network
from engine.network.policy import Policy
from engine.network.store import NetworkVersion
from server.conversion.catalogue import Catalogue, deletions_from, documents_from, kind_name
from server.conversion.fields import identifier, request_id
from server.network_log import NetworkLog, Note, note_of

MAX_RESOURCES = 10_000
MAX_NAME = 64
MAX_COMMENT = 256
MAX_PAGE = 1_000
_DEFAULT_PAGE = 100
_BLOCK = 1_000


class NetworkService(NetworkServiceServicer):
    """See the contract.

    Parameters
    ----------
    networks : the stored versions.
    in_force : waits until this server decides by a version or a later one; raises NotInForce.
    clock : UTC seconds.
    """

    def __init__(
        self, networks: NetworkLog, in_force: Callable[[int], Awaitable[None]], clock: Callable[[], int]
    ) -> None:
        self._networks = networks
        self._in_force = in_force
        self._clock = clock
        self._read_last: tuple[int, Network] | None = None

    async def ReplaceNetwork(
        self, requests: AsyncIterator[pb.ReplaceNetworkRequest], context: Any
    ) -> pb.ReplaceNetworkResponse:
        head: pb.ReplaceNetworkRequest | None = None
        documents: list[Document] = []
        seen: set[tuple[str, tuple[str, ...]]] = set()
        content = hashlib.blake2b(b"ReplaceNetwork", digest_size=16)
        first = 0
        async for request in requests:
            head = head or request
            _check_size("resources", len(request.resources))
            documents += documents_from(request.resources, seen, first)
            first += len(request.resources)
            content.update(request.SerializeToString(deterministic=True))
        if head is None:
            raise InvalidInput(FieldFault("request_id", "", "a first message that has it"))
        note = _note(head, identifier(head.name, "name", MAX_NAME), content.hexdigest())
        if not any(isinstance(document, Policy) for document in documents):
            raise InvalidInput(FieldFault("resources", "no policy", "exactly one policy"))
        network = await asyncio.to_thread(apply, Network(head.name, (), (), (), (), (), Policy()), documents)
        version = None if head.validate_only else await self._append(network, note, None)
        return pb.ReplaceNetworkResponse(version=version, counts=Catalogue(network).counts())

    async def ApplyResources(self, request: pb.ApplyResourcesRequest, context: Any) -> pb.ApplyResourcesResponse:
        _check_size("resources", len(request.resources))
        _check_size("removals", len(request.removals))
        note = _note(request, "", _fingerprint(b"ApplyResources", request))
        before = await self._networks.answered(note.request_id, note.fingerprint)
        if before is not None:
            await self._in_force(before.version)
            _, network = await self._read(before.version)
            version: pb.NetworkVersion | None = _version(before, await self._latest())
            return pb.ApplyResourcesResponse(version=version, counts=Catalogue(network).counts())
        base, network = await self._read(0)
        if request.base_version not in (0, base):
            raise InvalidInput(FieldFault("base_version", str(request.base_version), f"the version in force, {base}"))
        documents = documents_from(request.resources, set())
        network = await asyncio.to_thread(apply, network, documents, deletions_from(request.removals))
        note = Note(network.name, note.comment, note.request_id, note.fingerprint)
        version = None if request.validate_only else await self._append(network, note, base)
        return pb.ApplyResourcesResponse(version=version, counts=Catalogue(network).counts())

    async def RollbackNetwork(self, request: pb.RollbackNetworkRequest, context: Any) -> pb.RollbackNetworkResponse:
        require(request.version > 0, "version", request.version, "a version > 0")
        _, network = await self._read(request.version)
        note = _note(request, network.name, _fingerprint(b"RollbackNetwork", request))
        made = await self._networks.answered(note.request_id, note.fingerprint)
        if made is None:
            made = await self._networks.rollback(request.version, note, self._clock())
        await self._in_force(made.version)
        return pb.RollbackNetworkResponse(version=_version(made, await self._latest()))

    async def GetNetwork(self, request: pb.GetNetworkRequest, context: Any) -> AsyncIterator[pb.GetNetworkResponse]:
        number, network = await self._read(request.version)
        entry = next(each for each in await self._networks.versions() if each.version == number)
        head: pb.NetworkVersion | None = _version(entry, await self._latest())
        block: list[Any] = []
        for message in Catalogue(network).messages():
            block.append(message)
            if len(block) == _BLOCK:
                yield pb.GetNetworkResponse(version=head, resources=block)
                head, block = None, []
        if head is not None or block:
            yield pb.GetNetworkResponse(version=head, resources=block)

    async def GetResource(self, request: pb.GetResourceRequest, context: Any) -> pb.GetResourceResponse:
        kind, key = kind_name(request.key.kind, "key.kind"), tuple(request.key.parts)
        number, network = await self._read(request.version)
        found = Catalogue(network).find(kind, key)
        if found is None:
            raise NotFound(kind, "/".join(key))
        return pb.GetResourceResponse(resource=found, version=number)

    async def ListResources(self, request: pb.ListResourcesRequest, context: Any) -> pb.ListResourcesResponse:
        kind = kind_name(request.kind, "kind")
        number, network = await self._read(request.version)
        first, size = _page(request)
        page = Catalogue(network).page(kind, first, size + 1)
        after = str(first + size) if len(page) > size else ""
        return pb.ListResourcesResponse(resources=page[:size], next_page_token=after, version=number)

    async def ListVersions(self, request: pb.ListVersionsRequest, context: Any) -> pb.ListVersionsResponse:
        first, size = _page(request)
        versions = await self._networks.versions()
        latest = versions[0].version if versions else 0
        page = [_version(version, latest) for version in versions[first : first + size]]
        after = str(first + size) if len(versions) > first + size else ""
        return pb.ListVersionsResponse(versions=page, next_page_token=after)

    async def _append(self, network: Network, note: Note, base: int | None) -> pb.NetworkVersion:
        made = await self._networks.append(network, note, self._clock(), base)
        await self._in_force(made.version)
        return _version(made, await self._latest())

    async def _read(self, version: int) -> tuple[int, Network]:
        """The version read last is kept: pages of one list come one after the other."""
        wanted = version or await self._latest()
        if self._read_last is None or self._read_last[0] != wanted:
            self._read_last = await self._networks.read(version)
        return self._read_last

    async def _latest(self) -> int:
        versions = await self._networks.versions()
        return versions[0].version if versions else 0


def _note(request: Any, name: str, fingerprint: str) -> Note:
    require(len(request.comment) <= MAX_COMMENT, "comment", request.comment, f"at most {MAX_COMMENT} characters")
    return Note(name, request.comment, request_id(request.request_id), fingerprint)


def _fingerprint(method: bytes, request: Message) -> str:
    return hashlib.blake2b(method + request.SerializeToString(deterministic=True), digest_size=16).hexdigest()


def _version(version: NetworkVersion, latest: int) -> pb.NetworkVersion:
    note = note_of(version)
    return pb.NetworkVersion(
        version=version.version,
        name=note.name,
        create_time={"seconds": version.created_time},
        content_hash=version.digest,
        comment=note.comment,
        current=version.version == latest,
    )


def _check_size(field: str, size: int) -> None:
    require(size <= MAX_RESOURCES, field, size, f"at most {MAX_RESOURCES} in a message")


def _page(request: Any) -> tuple[int, int]:
    require(0 <= request.page_size <= MAX_PAGE, "page_size", request.page_size, f"a count in 0..{MAX_PAGE}")
    token = request.page_token
    require(not token or (token.isdecimal() and len(token) < 10), "page_token", token, "a token of an earlier answer")
    return int(token or 0), request.page_size or _DEFAULT_PAGE
