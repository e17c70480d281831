"""Labels bought from real carriers: kept, so that none is bought twice."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from engine.errors import NotFound, RequestReused
from engine.inventory.connection import Client, store_errors
from engine.shipping.carrier import Consignment, Label


class Purchase(msgspec.Struct, frozen=True):
    """One label being bought, or bought. ``carrier_reference`` is what the carrier voids it by."""

    consignment: Consignment
    label: Label | None = None
    carrier_reference: str = ""
    void: bool = False


class Purchases(Protocol):
    """Kept by the consignment's id. Raises StoreUnavailable."""

    async def begin(self, consignment: Consignment) -> Purchase | None:
        """Write down that it is about to be bought: None, go on; else what is known of an earlier try.

        Raises
        ------
        RequestReused
            The consignment's id was used before for another one.
        """
        ...

    async def put(self, purchase: Purchase) -> None: ...

    async def forget(self, consignment_id: str) -> None:
        """It was not bought after all: the carrier refused."""
        ...

    async def get(self, consignment_id: str) -> Purchase:
        """Raises NotFound."""
        ...


class MemoryPurchases:
    """See ``Purchases``: for tests."""

    def __init__(self) -> None:
        self._kept: dict[str, Purchase] = {}

    async def begin(self, consignment: Consignment) -> Purchase | None:
        known = self._kept.get(consignment.consignment_id)
        if known is None:
            self._kept[consignment.consignment_id] = Purchase(consignment)
            return None
        return _same(known, consignment)

    async def put(self, purchase: Purchase) -> None:
        self._kept[purchase.consignment.consignment_id] = purchase

    async def forget(self, consignment_id: str) -> None:
        self._kept.pop(consignment_id, None)

    async def get(self, consignment_id: str) -> Purchase:
        try:
            return self._kept[consignment_id]
        except KeyError:
            raise NotFound("label", consignment_id) from None


class RedisPurchases:
    """See ``Purchases``: a string for each below ``onebox:{name}:carrier:bought:``. The client stays open."""

    def __init__(self, client: Client, name: str = "main") -> None:
        self._client: Any = client  # redis-py types replies as bytes or text; ours are bytes
        self._prefix = f"onebox:{{{name}}}:carrier:bought:"

    async def begin(self, consignment: Consignment) -> Purchase | None:
        key = self._prefix + consignment.consignment_id
        with store_errors():
            if await self._client.set(key, msgspec.msgpack.encode(Purchase(consignment)), nx=True):
                return None
        return _same(await self.get(consignment.consignment_id), consignment)

    async def put(self, purchase: Purchase) -> None:
        with store_errors():
            await self._client.set(self._prefix + purchase.consignment.consignment_id, msgspec.msgpack.encode(purchase))

    async def forget(self, consignment_id: str) -> None:
        with store_errors():
            await self._client.delete(self._prefix + consignment_id)

    async def get(self, consignment_id: str) -> Purchase:
        with store_errors():
            kept = await self._client.get(self._prefix + consignment_id)
        if kept is None:
            raise NotFound("label", consignment_id)
        return msgspec.msgpack.decode(kept, type=Purchase)


def _same(known: Purchase, consignment: Consignment) -> Purchase:
    if known.consignment != consignment:
        raise RequestReused(consignment.consignment_id)
    return known
