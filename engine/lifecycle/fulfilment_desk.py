"""The desk's side of the nodes: their queues, and what they do with their shipments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.lifecycle import fulfilment
from engine.lifecycle.asked import Asked, order_of
from engine.lifecycle.life import Life
from engine.lifecycle.marks import queue_of
from engine.lifecycle.order_desk import OrderDesk


class FulfilmentDesk(OrderDesk):
    """See the module."""

    __slots__ = ()

    async def queue(self, node_id: str, limit: int) -> list[tuple[Life, str]]:
        """(life, shipment id) of what the node works on, the next departure first."""
        ids = await self.lives.marked(queue_of(node_id), limit=limit)
        lives = {order_id: await self.get(order_id) for order_id in {order_of(shipment_id) for shipment_id in ids}}
        return [(lives[order_of(shipment_id)], shipment_id) for shipment_id in ids]

    async def accept(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.accept(step, shipment_id))

    async def reject(self, shipment_id: str, line_ids: Sequence[str], asked: Asked) -> Life:
        """What is rejected is routed anew at once."""
        life = await self._act(
            order_of(shipment_id), asked, lambda step: fulfilment.reject(step, shipment_id, line_ids, self.rules)
        )
        return await self._go_on(life, asked)

    async def pick(self, shipment_id: str, found: Mapping[str, int], asked: Asked) -> Life:
        """All is picked, save what ``found`` says was short, which is routed anew at once."""
        life = await self._act(
            order_of(shipment_id), asked, lambda step: fulfilment.pick(step, shipment_id, found, self.rules)
        )
        return await self._go_on(life, asked)

    async def pack(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.pack(step, shipment_id))

    async def ship(self, shipment_id: str, tracking: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ship(step, shipment_id, tracking))

    async def deliver(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.deliver(step, shipment_id))

    async def ready(self, shipment_id: str, asked: Asked) -> Life:
        code = self.code_of(shipment_id)
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ready(step, shipment_id, code))

    async def hand_over(self, shipment_id: str, code: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.hand_over(step, shipment_id, code))

    async def no_show(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.no_show(step, shipment_id))
