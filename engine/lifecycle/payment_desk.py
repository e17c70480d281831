"""The desk's side of payments: what the gateway has compared with what the lives have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from engine.errors import NotFound
from engine.lifecycle import reconciling
from engine.lifecycle.asked import Asked, name_of
from engine.lifecycle.committing import Committing
from engine.lifecycle.life import ON_ACCOUNT, Life
from engine.lifecycle.reconciling import Amiss, Difference
from engine.lifecycle.step import Step

_BLOCK = 200


class PaymentDesk(Committing):
    """See the module."""

    __slots__ = ()

    async def reconcile(self, order_id: str, asked: Asked, *, mend: bool) -> list[Difference]:
        """What differs; ``mend``: it is made good. What is under way is asked for once more first. Raises NotFound,
        GatewayUnavailable."""
        life = await self.settle(order_id)
        payment, currency = life.payment, life.order.currency
        if payment.tasks:
            return [Difference(order_id, currency, payment.reference, Amiss.UNDER_WAY, len(payment.tasks), 0)]
        if not payment.reference or payment.reference.startswith(ON_ACCOUNT):
            return []  # nothing moved yet, or nothing but the books ever does
        try:
            theirs = await self.gateway.standing(payment.reference, currency)
        except NotFound:
            if not (payment.authorised or payment.captured):
                return []  # it costs nothing, and nobody was asked
            return [Difference(order_id, currency, payment.reference, Amiss.UNKNOWN, payment.captured, 0)]
        ours = reconciling.expected(life, await self._exchanges_of(life))
        found = reconciling.differences(life, ours, theirs)
        to_mend = [each for each in found if mend and reconciling.mendable(life, each)]
        if not to_mend:
            return found

        def change(step: Step) -> None:
            if step.life.payment == payment:  # else it has moved since: the next look compares anew
                reconciling.mend(step, to_mend)

        after = await self._act(order_id, asked, change, fresh=True)
        return [replace(each, mended=after.payment != payment and each in to_mend) for each in found]

    async def reconcile_all(
        self, asked: Asked, *, mend: bool, least: int | None = None, most: int | None = None
    ) -> AsyncIterator[Difference]:
        """The same of every order that was ordered from ``least`` to ``most`` (UTC seconds), the oldest first."""
        seen: set[str] = set()
        while True:
            ids = await self.lives.marked("lives", most, len(seen) + _BLOCK, least=least)
            new = [order_id for order_id in ids if order_id not in seen]
            if not new:
                return
            seen.update(new)
            for order_id in new:
                own = Asked(name_of(asked.request_id, order_id), asked.fingerprint, asked.actor, asked.reason)
                for each in await self.reconcile(order_id, own, mend=mend):
                    yield each

    async def _exchanges_of(self, life: Life) -> Sequence[Life]:
        """Every order that went out for goods of this one, and for goods of those."""
        found, rest = [], [life]
        while rest:
            for back in rest.pop().returns:
                if back.captured:
                    other = await self.get(back.exchange_order_id)
                    found.append(other)
                    rest.append(other)
        return found
