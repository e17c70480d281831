"""Mails to customers, by the events of their orders. Each event is taken at least once, each notice sent once, as far as can be.

Who sends one claims it first, and writes down that he has sent it. A server that dies between the mail server's word and
its own writing leaves a mail that is sent again, under the same Message-ID.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from typing import Any, Protocol

from engine.dock.notices import notice_of
from engine.dock.premises import Premises
from engine.errors import InvalidInput, NotFound
from engine.inventory.connection import Client, store_errors
from engine.lifecycle.events import Event
from engine.lifecycle.life import Life
from engine.outgoing.group import EventGroup
from engine.shipping.mails.notice import Notice, compose
from engine.shipping.mails.smtp import MailRefused, MailUnavailable

_REMEMBERED_S = 90 * 86_400


class Post(Protocol):
    """What sends mails: ``SmtpPost``."""

    @property
    def mailbox(self) -> Mailbox: ...

    async def send(self, message: EmailMessage) -> None: ...


class Orders(Protocol):
    """Where lives are: the desk."""

    async def get(self, order_id: str) -> Life: ...


class Claim(enum.Enum):
    """What becomes of a notice that somebody wants to send."""

    MINE = "MINE"
    SENT = "SENT"  # it was, before
    ANOTHERS = "ANOTHERS"  # somebody is at it


class SentNotices:
    """Notices by id, a key each: claimed for ``claim_s``, and then remembered as sent for a quarter of a year."""

    def __init__(self, client: Client, ledger: str, claim_s: int = 45) -> None:
        self._client: Any = client
        self._prefix = f"onebox:{{{ledger}}}:mails:sent:"
        self._claim_s = claim_s

    async def claim(self, notice_id: str) -> Claim:
        with store_errors():
            before = await self._client.set(self._prefix + notice_id, "claimed", nx=True, get=True, ex=self._claim_s)
        if before is None:
            return Claim.MINE
        return Claim.SENT if before == b"sent" else Claim.ANOTHERS

    async def give_back(self, notice_id: str) -> None:
        """It was not sent."""
        with store_errors():
            await self._client.delete(self._prefix + notice_id)

    async def sent(self, notice_id: str) -> None:
        with store_errors():
            await self._client.set(self._prefix + notice_id, "sent", ex=_REMEMBERED_S)


@dataclass(frozen=True, slots=True)
class MailRoom:
    """Sends what there is to tell.

    Attributes
    ----------
    premises : of the network in force; raises NotReady while there is none.
    seller : the shop's name. clock : UTC seconds, of the mails' dates.
    given_up : told of each notice that no server will ever take, and why.
    """

    group: EventGroup
    orders: Orders
    premises: Callable[[], Premises]
    post: Post
    sent: SentNotices
    seller: str
    clock: Callable[[], int]
    given_up: Callable[[str, str], object] = lambda name, why: None

    async def step(self) -> int:
        """Tell of the events that are new, or were left; how many were done with. Those that can't be now are left."""
        done = 0
        for taken in await self.group.take():
            try:
                if not await self._tell(taken.event):
                    continue
            except MailUnavailable:
                continue
            except (MailRefused, InvalidInput, NotFound) as error:
                self.given_up(taken.event.subject_id, str(error))
            await self.group.done(taken.position)
            done += 1
        return done

    async def _tell(self, event: Event) -> bool:
        """False where another is at it, who may yet fail."""
        if not _may_tell(event):
            return True
        life = await self.orders.get(event.order_id)
        notice: Notice | None = notice_of(event, life, self.premises(), self.seller)
        if notice is None:
            return True
        claim = await self.sent.claim(notice.notice_id)
        if claim is Claim.MINE:
            try:
                await self.post.send(compose(notice, self.post.mailbox, self.clock()))
            except Exception:
                await self.sent.give_back(notice.notice_id)
                raise
            await self.sent.sent(notice.notice_id)
        return claim is not Claim.ANOTHERS


def _may_tell(event: Event) -> bool:
    """Most events tell a customer nothing: their lives need not be read."""
    return event.before != event.after or "trouble" in event.data
