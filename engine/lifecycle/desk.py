"""The desk: takes every request about an order and, by itself, goes on with what waits for stock, a date or money.

Its sides are apart: ``order_desk.py``, ``fulfilment_desk.py``, ``return_desk.py`` and ``payment_desk.py``, on what
``committing.py`` does for all.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import OneboxError, StoreUnavailable
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.fulfilment_desk import FulfilmentDesk
from engine.lifecycle.marks import BACKORDERS, waiting_for
from engine.lifecycle.payment_desk import PaymentDesk
from engine.lifecycle.return_desk import ReturnDesk


class Desk(FulfilmentDesk, ReturnDesk, PaymentDesk):
    """See the module."""

    __slots__ = ()

    async def restocked(self, sku: str) -> list[str]:
        """Stock of the SKU has come in: the orders that wait for it are routed, the first ordered first; their ids."""
        return [
            order_id
            for order_id in await self.lives.marked(waiting_for(sku))
            if await self._quietly(order_id, Asked("", b"", "stock", f"stock of {sku} came in"))
        ]

    async def somebody_waits(self) -> bool:
        """Is there any order that waits for stock?"""
        return bool(await self.lives.marked_among([BACKORDERS]))

    async def waited_for(self, skus: Sequence[str]) -> list[str]:
        """Those of the SKUs that some order waits for."""
        names = {waiting_for(sku): sku for sku in skus}
        return [names[index] for index in await self.lives.marked_among(list(names))]

    async def due(self) -> list[str]:
        """Preorders whose date has come are routed, and orders that a crash kept from their next round; their ids."""
        dated = [(order_id, "its date has come") for order_id in await self.lives.marked("due", self.clock())]
        again = [(order_id, "rejected") for order_id in await self.lives.marked("again", self.clock())]
        return [
            order_id
            for order_id, reason in (*dated, *again)
            if await self._quietly(order_id, Asked("", b"", "calendar", reason))
        ]

    async def unpaid(self) -> list[str]:
        """What the gateway could not do, or a crash left undone, is done; the ids of the orders."""
        ids = await self.lives.marked("money")
        for order_id in ids:
            await self.settle(order_id)
        return ids

    async def _quietly(self, order_id: str, asked: Asked) -> bool:
        """Route it, where that changes anything."""
        found = await self.lives.find(order_id)
        if found.life is None:
            return False
        try:
            request_id = name_of(asked.actor, order_id, found.version)
            after = await self.route(order_id, Asked(request_id, b"", asked.actor, asked.reason), quietly=True)
        except StoreUnavailable:
            raise
        except OneboxError:
            return False  # held, or cancelled since
        return after.waiting() != found.life.waiting()
