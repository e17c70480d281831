"""What moves money: one protocol for every payment service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.errors import OneboxError


class Declined(OneboxError):
    """The payment service says no, for good: asking again gives the same answer."""


class GatewayUnavailable(OneboxError):
    """The payment service does not answer, or not now: asking again with the same key is safe."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the service has of a payment, micros."""

    authorised: int
    captured: int
    refunded: int
    voided: bool


class Gateway(Protocol):
    """Every call has a ``key``: the same key again has no second effect and gives the first answer.

    ``reference`` is the service's name for a payment. Amounts in micros, whole coins. Raises Declined, GatewayUnavailable.
    """

    async def authorise(self, key: str, order_id: str, micros: int, currency: str, reference: str) -> str:
        """Holds the amount, on top of what ``reference`` ("" for a new payment) holds; the payment's reference."""
        ...

    async def capture(self, key: str, reference: str, micros: int, currency: str, *, final: bool) -> None:
        """Takes part of what is held. ``final``: nothing more will be taken."""
        ...

    async def refund(self, key: str, reference: str, micros: int, currency: str) -> None: ...

    async def void(self, key: str, reference: str) -> None:
        """Lets go of what is held."""
        ...

    async def standing(self, reference: str, currency: str) -> Standing:
        """What the service has. Raises NotFound."""
        ...

    async def close(self) -> None: ...
