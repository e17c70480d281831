"""PricesService: versions of the bid prices, checked whole before they count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from onebox.v1 import prices_service_pb2 as pb
from onebox.v1.prices_service_pb2_grpc import PricesServiceServicer

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.network.network import Network
from engine.network.price_document import DayPrice, PriceDocument, UnitPrice, decode, encode
from engine.network.store import NetworkStore, NetworkVersion
from server.conversion.fields import request_id
from server.conversion.prices import MAX_ROWS, blocks_of, days_from, head_from, head_of, units_from

_MAX_COMMENT = 256
_MAX_PAGE, _DEFAULT_PAGE = 1_000, 100


class PricesService(PricesServiceServicer):
    """See the contract.

    Parameters
    ----------
    stored : the versions of the prices.
    network : the network in force; raises NotReady while there is none.
    in_force : waits until this server decides by a version of the prices or a later one; raises NotInForce.
    clock : UTC seconds.
    """

    def __init__(
        self,
        stored: NetworkStore,
        network: Callable[[], Network],
        in_force: Callable[[int], Awaitable[None]],
        clock: Callable[[], int],
    ) -> None:
        self._stored = stored
        self._network = network
        self._in_force = in_force
        self._clock = clock

    async def PublishPrices(
        self, requests: AsyncIterator[pb.PublishPricesRequest], context: Any
    ) -> pb.PublishPricesResponse:
        head: pb.PublishPricesRequest | None = None
        units: list[UnitPrice] = []
        days: list[DayPrice] = []
        async for request in requests:
            head = head or request
            for name in ("units", "days"):
                count = len(getattr(request, name))
                require(count <= MAX_ROWS, name, count, f"at most {MAX_ROWS} in a message")
            units += units_from(request.units)
            days += days_from(request.days)
        if head is None:
            raise InvalidInput(FieldFault("request_id", "", "a first message that has it"))
        name, comment = request_id(head.request_id), head.comment
        require(len(comment) <= _MAX_COMMENT, "comment", comment, f"at most {_MAX_COMMENT} characters")
        document = msgspec.structs.replace(head_from(head.head), units=tuple(units), days=tuple(days))
        network = self._network()
        await asyncio.to_thread(document.check, network)
        if head.validate_only:
            return pb.PublishPricesResponse()
        blob = await asyncio.to_thread(encode, document)
        number = await self._stored.put(blob, name, now=self._clock(), note=comment)
        await self._in_force(number)
        versions = await self._versions()
        made = next(each for each in versions if each.version == number)
        return pb.PublishPricesResponse(version=_version(made, versions[0].version))

    async def GetPrices(self, request: pb.GetPricesRequest, context: Any) -> AsyncIterator[pb.GetPricesResponse]:
        require(request.version >= 0, "version", request.version, "a version, or 0 for the current one")
        if request.version:
            number, blob = request.version, await self._stored.get(request.version)
        else:
            number, blob = await self._stored.current()
        document: PriceDocument = await asyncio.to_thread(decode, blob)
        versions = await self._versions()
        entry = next(each for each in versions if each.version == number)
        yield pb.GetPricesResponse(version=_version(entry, versions[0].version), head=head_of(document))
        for block in blocks_of(document):
            yield pb.GetPricesResponse(**block)

    async def ListPriceVersions(
        self, request: pb.ListPriceVersionsRequest, context: Any
    ) -> pb.ListPriceVersionsResponse:
        require(0 <= request.page_size <= _MAX_PAGE, "page_size", request.page_size, f"a count in 0..{_MAX_PAGE}")
        token = request.page_token
        numeric = not token or (token.isdecimal() and len(token) < 10)
        require(numeric, "page_token", token, "a token of an earlier answer")
        first, size = int(token or 0), request.page_size or _DEFAULT_PAGE
        versions = await self._versions()
        page = [_version(each, versions[0].version) for each in versions[first : first + size]]
        after = str(first + size) if len(versions) > first + size else ""
        return pb.ListPriceVersionsResponse(versions=page, next_page_token=after)

    async def _versions(self) -> list[NetworkVersion]:
        """Latest first."""
        return list(reversed(await self._stored.versions()))


def _version(version: NetworkVersion, latest: int) -> pb.PriceVersion:
    return pb.PriceVersion(
        version=version.version,
        create_time={"seconds": version.created_time},
        content_hash=version.digest,
        comment=version.note,
        current=version.version == latest,
    )
