"""The desk's side of what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.errors import NotFound
from engine.lifecycle import exchanges, returns
from engine.lifecycle.asked import Asked, name_of, order_of
from engine.lifecycle.life import Grade, Life
from engine.lifecycle.marks import EXCHANGES, waiting_for
from engine.lifecycle.order_desk import OrderDesk
from engine.lifecycle.returns import Wanted
from engine.lifecycle.step import Step
from engine.routing.order import Destination, Fulfilment
from engine.routing.returned import ANYWHERE, LATELY_DAYS, Outlook, ReturnAsked, ReturnLine, ReturnParcel

_DAY_S = 86_400
_MOST_WAITING = 1_000


class ReturnDesk(OrderDesk):
    """See the module."""

    __slots__ = ()

    async def authorise_return(
        self,
        order_id: str,
        lines: Mapping[str, Wanted],
        asked: Asked,
        *,
        node_id: str = "",
        drop_off: str = "",
        exchange: bool = False,
        refund_shipping: bool = False,
    ) -> Life:
        """Units by line may come back, in as many parcels as cost least: the new returns are the life's last.

        ``node_id`` leaves no choice where to; ``drop_off`` is a store where they are handed in instead of being sent.
        ``exchange``: goods go out for them.
        """

        async def decide(life: Life) -> Callable[[Step], None]:
            returns.check(life, lines, self.policy().returns, self.clock())
            units = {line_id: wanted.units for line_id, wanted in lines.items()}
            found = await self._placed(life, units, drop_off or returns.store_of(life, list(lines)), node_id)
            return lambda step: returns.authorise(
                step, lines, found, exchange=exchange, refund_shipping=refund_shipping
            )

        return await self._decide(order_id, asked, decide, settle=False)

    async def hand_in_return(self, return_id: str, store: str, asked: Asked) -> Life:
        """The customer brings it to a store, whichever; where it goes from there is decided anew."""

        async def decide(life: Life) -> Callable[[Step], None]:
            back = next((each for each in life.returns if each.return_id == return_id), None)
            if back is None:
                raise NotFound("return", return_id)
            units = {line.line_id: line.units for line in back.lines}
            (found, *_) = await self._placed(life, units, store, together=True)
            return lambda step: returns.hand_in(step, return_id, store, found)

        return await self._decide(order_of(return_id), asked, decide, settle=False)

    async def receive_return(self, return_id: str, node_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.receive(step, return_id, node_id))

    async def cancel_return(self, return_id: str, asked: Asked) -> Life:
        return await self._act(order_of(return_id), asked, lambda step: returns.cancel(step, return_id))

    async def grade_return(self, return_id: str, graded: Mapping[str, Mapping[Grade, int]], asked: Asked) -> Life:
        """Restocked or written off, and paid back; an exchange's order is captured, routed and released."""
        life = await self._act(order_of(return_id), asked, lambda step: returns.grade(step, return_id, graded))
        await self._send_exchanges(life.order_id)
        return life

    async def exchanges(self) -> list[str]:
        """Orders for exchanges that a crash left uncaptured are captured; the ids of the orders they are for."""
        ids = await self.lives.marked(EXCHANGES)
        for order_id in ids:
            await self._send_exchanges(order_id)
        return ids

    async def _send_exchanges(self, order_id: str) -> None:
        life = await self.get(order_id)
        for back in life.returns:
            if back.exchange_order_id and not back.captured:
                asked = Asked(name_of("exchange", back.return_id), b"exchange", "exchange", f"for {back.return_id}")
                await self.take_up(exchanges.exchange_order(life, back, self.clock()), asked, back.credits)
                sent = Asked(name_of("exchange captured", back.return_id), b"exchange", "exchange")
                await self._act(order_id, sent, _sent(back.return_id), fresh=True)

    async def _placed(
        self, life: Life, units: Mapping[str, int], drop_off: str, only_node: str = "", *, together: bool = False
    ) -> tuple[ReturnParcel, ...]:
        """Where so many units of each line go, by the router."""
        skus = {line.line_id: line.sku for line in life.order.lines}
        lines = tuple(ReturnLine(line_id, skus[line_id], amount) for line_id, amount in units.items())
        to = life.order.ship_to
        sender = None if to is None else Destination(to.country, to.postal_code)
        asked = ReturnAsked(lines, sender, drop_off, only_node, together)
        return await self.router().place_return(asked, await self._outlook(sorted({line.sku for line in lines})))

    async def _outlook(self, skus: Sequence[str]) -> Outlook:
        atp = {(cell.sku, cell.node_id): cell.atp for cell in await self.ledger.cells(skus)}
        left = await self.lives.left(skus, self.clock() - LATELY_DAYS * _DAY_S)
        waiting: dict[tuple[str, str], int] = {}
        for sku in skus:
            for order_id in await self.lives.marked(waiting_for(sku), limit=_MOST_WAITING):
                life = await self.get(order_id)
                rest, order = life.waiting(), life.order
                store = self.stores.get(order.channel, {}).get(order.pickup_location, order.pickup_location)
                for line in order.lines:
                    if line.sku == sku:
                        at = store if line.fulfilment is Fulfilment.PICKUP else ANYWHERE
                        waiting[sku, at] = waiting.get((sku, at), 0) + rest.get(line.line_id, 0)
        return Outlook(atp, left, waiting)


def _sent(return_id: str) -> Callable[[Step], None]:
    def change(step: Step) -> None:
        if not step.a_return(return_id).captured:
            exchanges.sent(step, return_id)

    return change
