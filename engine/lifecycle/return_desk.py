"""The desk's side of what comes back."""

from __future__ import annotations

from collections.abc import Mapping

from engine.lifecycle import returns
from engine.lifecycle.asked import Asked, order_of
from engine.lifecycle.life import Grade, Life
from engine.lifecycle.order_desk import OrderDesk
from engine.lifecycle.step import Step


class ReturnDesk(OrderDesk):
    """See the module."""

    __slots__ = ()

    async def authorise_return(
        self,
        order_id: str,
        lines: Mapping[str, int],
        asked: Asked,
        *,
        node_id: str = "",
        exchange: bool = False,
        refund_shipping: bool = False,
    ) -> Life:
        """Units by line may come back; the new return is the life's last. ``exchange``: the same goods go out for them."""

        def change(step: Step) -> None:
            returns.authorise(
                step, lines, self.rules, node_id=node_id, exchange=exchange, refund_shipping=refund_shipping
            )

        return await self._act(order_id, asked, change)

    async def receive_return(self, return_id: str, node_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.receive(step, return_id, node_id))

    async def cancel_return(self, return_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.cancel(step, return_id))

    async def grade_return(self, return_id: str, graded: Mapping[str, Mapping[Grade, int]], asked: Asked) -> Life:
        """Restocked or written off, and paid back; an exchange's order is captured, routed and released."""
        life = await self._act(order_of(return_id), asked, lambda step: returns.grade(step, return_id, graded))
        back = next(each for each in life.returns if each.return_id == return_id)
        if back.exchange_order_id:
            order = returns.exchange_order(life, return_id, self.clock())
            if order is not None:
                await self.take_up(order, asked)
        return life
