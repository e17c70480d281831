"""Payments on a ledger of our own: for tests, the demo, and orders on account, where nothing but the books moves."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NotFound
from engine.lifecycle.gateway import Declined, Standing

_ALL = 1 << 60
"""What is taken to be there where nobody told."""


@dataclass(slots=True)
class Account:
    """``trusted``: what was held or taken before is not known, and taken to be enough."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    voided: bool = False
    trusted: bool = False


class LocalGateway:
    """See ``Gateway``. Never more is taken than is held, nor more paid back than was taken.

    Parameters
    ----------
    limit_micros : payments above it are declined; None for no limit.
    trusting : payments that it does not know, as a channel took or held them, are taken at their word.
    """

    def __init__(self, limit_micros: int | None = None, *, trusting: bool = False) -> None:
        self._limit = limit_micros
        self._trusting = trusting
        self._accounts: dict[str, Account] = {}
        self._done: dict[str, tuple[object, str]] = {}

    def known(self, reference: str, *, authorised: int = 0, captured: int = 0) -> None:
        """A payment that was made elsewhere."""
        self._accounts.setdefault(reference, Account(max(authorised, captured), captured))

    async def authorise(self, key: str, order_id: str, micros: int, currency: str, reference: str) -> str:
        reference = reference or f"pay_{order_id}"
        if not self._once(key, ("authorise", micros), reference):
            return reference
        account = self._accounts.setdefault(reference, Account())
        if self._limit is not None and account.authorised + micros > self._limit:
            del self._done[key]
            raise Declined(f"{micros / 1e6:.2f} {currency} is above the limit")
        account.authorised += micros
        return reference

    async def capture(self, key: str, reference: str, micros: int, currency: str, *, final: bool) -> None:
        account = self._account(reference)
        if key not in self._done:
            left = account.authorised - account.captured
            if account.voided or micros > left:
                raise Declined(f"{micros / 1e6:.2f} {currency} of {left / 1e6:.2f} that are held")
        if self._once(key, ("capture", micros), reference):
            account.captured += micros

    async def refund(self, key: str, reference: str, micros: int, currency: str) -> None:
        account = self._account(reference)
        if key not in self._done:
            left = account.captured - account.refunded
            if micros > left:
                raise Declined(f"{micros / 1e6:.2f} {currency} of {left / 1e6:.2f} that were taken")
        if self._once(key, ("refund", micros), reference):
            account.refunded += micros

    async def void(self, key: str, reference: str) -> None:
        account = self._account(reference)
        if self._once(key, ("void", 0), reference):
            account.voided = True

    async def standing(self, reference: str, currency: str) -> Standing:
        account = self._accounts.get(reference)
        if account is None or account.trusted:
            raise NotFound("payment", reference)
        return Standing(account.authorised, account.captured, account.refunded, account.voided)

    async def close(self) -> None:
        """Nothing is open."""

    def _account(self, reference: str) -> Account:
        account = self._accounts.get(reference)
        if account is None and self._trusting:
            account = self._accounts[reference] = Account(2 * _ALL, _ALL, trusted=True)
        if account is None:
            raise NotFound("payment", reference)
        return account

    def _once(self, key: str, request: object, reference: str) -> bool:
        """False where it was done before."""
        if key in self._done:
            return False
        self._done[key] = (request, reference)
        return True
