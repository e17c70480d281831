"""The desk's side of the nodes: their queues, and what they do with their shipments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from engine.lifecycle import fulfilment, labels, tracking
from engine.lifecycle.asked import Asked, order_of
from engine.lifecycle.life import CarrierLabel, Life
from engine.lifecycle.marks import departed, queue_of
from engine.lifecycle.order_desk import OrderDesk
from engine.routing.route import Package
from engine.shipping.tracking import TrackingEvent


class FulfilmentDesk(OrderDesk):
    """See the module."""

    __slots__ = ()

    async def queue(self, node_id: str, limit: int) -> list[tuple[Life, str]]:
        """(life, shipment id) of what the node works on, the next departure first."""
        ids = await self.lives.marked(queue_of(node_id), limit=limit)
        lives = {order_id: await self.get(order_id) for order_id in {order_of(shipment_id) for shipment_id in ids}}
        return [(lives[order_of(shipment_id)], shipment_id) for shipment_id in ids]

    async def departed(self, node_id: str, begins: int, ends: int) -> list[str]:
        """Ids of the shipments that left a node in [begins, ends), UTC seconds, in that order."""
        return await self.lives.marked(departed(node_id), ends - 1, least=begins, limit=100_000)

    async def accept(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.accept(step, shipment_id))

    async def reject(self, shipment_id: str, line_ids: Sequence[str], asked: Asked) -> Life:
        """What is rejected is routed anew at once."""
        life = await self._act(
            order_of(shipment_id),
            asked,
            lambda step: fulfilment.reject(step, shipment_id, line_ids, self.policy().holds),
        )
        return await self._go_on(life, asked)

    async def pick(self, shipment_id: str, found: Mapping[str, int], asked: Asked) -> Life:
        """All is picked, save what ``found`` says was short, which is routed anew at once."""
        life = await self._act(
            order_of(shipment_id), asked, lambda step: fulfilment.pick(step, shipment_id, found, self.policy().holds)
        )
        return await self._go_on(life, asked)

    async def pack(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.pack(step, shipment_id))

    async def ask_label(self, shipment_id: str, asked: Asked) -> Life:
        """Name a label before its carrier is asked; the life as it is now. See ``labels.py``."""
        return await self._act(order_of(shipment_id), asked, lambda step: labels.ask(step, shipment_id), fresh=True)

    async def pack_labelled(
        self, shipment_id: str, packages: Sequence[Package], label: CarrierLabel, asked: Asked
    ) -> Life:
        return await self._act(
            order_of(shipment_id), asked, lambda step: labels.pack(step, shipment_id, packages, label)
        )

    async def ask_return_label(self, return_id: str, carrier_id: str, asked: Asked) -> Life:
        change = partial(labels.ask_return, return_id=return_id, carrier_id=carrier_id)
        return await self._act(order_of(return_id), asked, change, fresh=True)

    async def label_return(self, return_id: str, label: CarrierLabel, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: labels.give_return(step, return_id, label))

    async def label_refused(self, label: CarrierLabel, why: str, asked: Asked) -> Life:
        return await self._act(order_of(label.label_id), asked, lambda step: labels.refused(step, label, why))

    async def label_unused(self, label: CarrierLabel, asked: Asked) -> Life:
        return await self._act(order_of(label.label_id), asked, lambda step: labels.unused(step, label))

    async def label_taken_back(self, label_id: str, why: str, asked: Asked) -> Life:
        return await self._act(order_of(label_id), asked, lambda step: labels.taken_back(step, label_id, why))

    async def claim_look(self, shipment_id: str, next_look: int, asked: Asked) -> Life:
        change = partial(tracking.claim_look, shipment_id=shipment_id, next_look=next_look)
        return await self._act(order_of(shipment_id), asked, change)

    async def track(self, shipment_id: str, told: Sequence[TrackingEvent], next_look: int, asked: Asked) -> Life:
        """Scans of its packages; see ``tracking.py``."""
        change = partial(tracking.track, shipment_id=shipment_id, told=told, next_look=next_look)
        return await self._act(order_of(shipment_id), asked, change)

    async def track_return(self, return_id: str, told: Sequence[TrackingEvent], asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: tracking.track_return(step, return_id, told))

    async def ship(self, shipment_id: str, number: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ship(step, shipment_id, number))

    async def deliver(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.deliver(step, shipment_id))

    async def ready(self, shipment_id: str, asked: Asked) -> Life:
        code = self.code_of(shipment_id)
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.ready(step, shipment_id, code))

    async def hand_over(self, shipment_id: str, code: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.hand_over(step, shipment_id, code))

    async def no_show(self, shipment_id: str, asked: Asked) -> Life:
        return await self._act(order_of(shipment_id), asked, lambda step: fulfilment.no_show(step, shipment_id))
