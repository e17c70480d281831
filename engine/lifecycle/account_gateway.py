"""Orders on account beside orders that are paid: what is invoiced on terms is booked, and no payment service is asked."""

from __future__ import annotations

from engine.lifecycle.gateway import Gateway, Standing
from engine.lifecycle.life import ON_ACCOUNT
from engine.lifecycle.local_gateway import LocalGateway


class AccountGateway:
    """See ``Gateway``. ``service`` is asked for every payment but those on account."""

    def __init__(self, service: Gateway) -> None:
        self._service = service
        self._books = LocalGateway(trusting=True)

    def _of(self, reference: str) -> Gateway:
        return self._books if reference.startswith(ON_ACCOUNT) else self._service

    async def authorise(self, key: str, order_id: str, micros: int, currency: str, reference: str) -> str:
        return await self._of(reference).authorise(key, order_id, micros, currency, reference)

    async def capture(self, key: str, reference: str, micros: int, currency: str, *, final: bool) -> None:
        await self._of(reference).capture(key, reference, micros, currency, final=final)

    async def refund(self, key: str, reference: str, micros: int, currency: str) -> None:
        await self._of(reference).refund(key, reference, micros, currency)

    async def void(self, key: str, reference: str) -> None:
        await self._of(reference).void(key, reference)

    async def standing(self, reference: str, currency: str) -> Standing:
        return await self._of(reference).standing(reference, currency)

    async def close(self) -> None:
        await self._service.close()
