"""Where captured orders are put, for the life cycle to take up, and where what could not be captured is kept.

An order is accepted once: its name is channel and channel's order id, and a delivery with the same content is answered as
the first one was (I5). What is in quarantine stays, bytes and all, until it is accepted or somebody dismisses it.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from engine.capture.captured import CapturedOrder
from engine.errors import NotFound


class Acceptance(enum.Enum):
    NEW = "NEW"
    SAME = "SAME"  # it was accepted before, with this content
    CHANGED = "CHANGED"  # it was accepted before with other content, which stands


class Reason(enum.Enum):
    """Why a document is in quarantine."""

    BROKEN = "BROKEN"  # it can't be read, or a value in it makes no sense
    NOT_AN_ORDER = "NOT_AN_ORDER"
    INCOMPLETE = "INCOMPLETE"  # a part that the channel sends elsewhere is missing
    UNKNOWN_SKU = "UNKNOWN_SKU"
    BAD_ADDRESS = "BAD_ADDRESS"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    UNKNOWN_STORE = "UNKNOWN_STORE"
    NOTHING_TO_SHIP = "NOTHING_TO_SHIP"  # shipped, refunded or fulfilled by the channel already
    CANCELLED = "CANCELLED"
    CHANGED = "CHANGED"  # another content of an order that is captured


@dataclass(frozen=True, slots=True)
class Accepted:
    """``position`` is where the order stands in the inbox, from 1: for SAME and CHANGED that of the first."""

    order_id: str
    acceptance: Acceptance
    position: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document was not captured. ``order_id`` "" where it is not known."""

    reason: Reason
    detail: str
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A document in quarantine. ``tries`` counts its deliveries and replays; instants in UTC seconds, ``size`` in bytes."""

    quarantine_id: str
    channel: str
    refusal: Refusal
    first_time: int
    last_time: int
    tries: int
    size: int


def document_id(channel: str, document: bytes) -> str:
    """What the bytes of a document are kept under: the same for the same bytes of the same channel."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(channel.encode() + b"\0" + document)
    return digest.hexdigest()


def content_digest(captured: CapturedOrder) -> bytes:
    """Tells two contents of an order apart, however the channel wrote them down."""
    content = msgspec.json.encode(msgspec.structs.replace(captured, raw_id=""))
    return hashlib.blake2b(content, digest_size=16).digest()


class Inbox(Protocol):
    """See the module. Implemented by RedisInbox and MemoryInbox, proven by one test suite."""

    async def accept(self, captured: CapturedOrder, document: bytes, now: int) -> Accepted:
        """Keep the order and the document it came from; the document leaves quarantine, if it was there, and so do the
        order's parts, unless the content is another than that of before."""
        ...

    async def known(self, captured: CapturedOrder) -> Acceptance:
        """What ``accept`` would answer."""
        ...

    async def order(self, order_id: str) -> CapturedOrder:
        """Raises NotFound."""
        ...

    async def after(self, position: int, limit: int = 100) -> list[tuple[int, CapturedOrder]]:
        """The orders that were accepted after ``position``, in order, each with its own."""
        ...

    async def taken(self) -> int:
        """The position up to which orders were taken up, 0 at first."""
        ...

    async def mark_taken(self, position: int) -> None:
        """Orders up to ``position`` were taken up; a mark is never moved back."""
        ...

    async def document(self, raw_id: str) -> bytes:
        """The bytes of an order or of a document in quarantine. Raises NotFound."""
        ...

    async def parts(self, order_id: str) -> list[bytes]:
        """The documents of an order: the one it was captured from, then those in quarantine as INCOMPLETE, the one that
        was delivered last at the end."""
        ...

    async def quarantine(self, channel: str, document: bytes, refusal: Refusal, now: int) -> Quarantined:
        """Keep the document with its reason; a document that is there gets the new reason and one try more."""
        ...

    async def in_quarantine(self, limit: int = 1_000) -> list[Quarantined]:
        """The oldest first."""
        ...

    async def quarantined(self, quarantine_id: str) -> Quarantined:
        """Raises NotFound."""
        ...

    async def dismiss(self, quarantine_id: str) -> None:
        """Forget a document in quarantine. Raises NotFound."""
        ...


class MemoryInbox:
    """An inbox that lives as long as the process: for tests."""

    def __init__(self) -> None:
        self._orders: dict[str, tuple[int, bytes, CapturedOrder]] = {}
        self._log: list[CapturedOrder] = []
        self._documents: dict[str, bytes] = {}
        self._quarantined: dict[str, Quarantined] = {}
        self._taken = 0

    async def accept(self, captured: CapturedOrder, document: bytes, now: int) -> Accepted:
        acceptance = await self.known(captured)
        raw_id = document_id(captured.channel, document)
        if acceptance is not Acceptance.CHANGED:
            for part_id in (raw_id, *self._incomplete(captured.order_id)):
                self._quarantined.pop(part_id, None)
                self._documents.pop(part_id if part_id != raw_id else "", None)
        if acceptance is Acceptance.NEW:
            kept = msgspec.structs.replace(captured, raw_id=raw_id)
            self._documents[raw_id] = document
            self._log.append(kept)
            self._orders[captured.order_id] = (len(self._log), content_digest(captured), kept)
        return Accepted(captured.order_id, acceptance, self._orders[captured.order_id][0])

    async def known(self, captured: CapturedOrder) -> Acceptance:
        found = self._orders.get(captured.order_id)
        if found is None:
            return Acceptance.NEW
        return Acceptance.SAME if found[1] == content_digest(captured) else Acceptance.CHANGED

    async def order(self, order_id: str) -> CapturedOrder:
        if order_id not in self._orders:
            raise NotFound("captured order", order_id)
        return self._orders[order_id][2]

    async def after(self, position: int, limit: int = 100) -> list[tuple[int, CapturedOrder]]:
        return list(enumerate(self._log[position : position + limit], position + 1))

    async def taken(self) -> int:
        return self._taken

    async def mark_taken(self, position: int) -> None:
        self._taken = max(self._taken, position)

    async def document(self, raw_id: str) -> bytes:
        if raw_id not in self._documents:
            raise NotFound("document", raw_id)
        return self._documents[raw_id]

    async def parts(self, order_id: str) -> list[bytes]:
        captured = [self._orders[order_id][2].raw_id] if order_id in self._orders else []
        return [self._documents[raw_id] for raw_id in (*captured, *self._incomplete(order_id))]

    def _incomplete(self, order_id: str) -> list[str]:
        return [
            raw_id
            for raw_id, kept in self._quarantined.items()
            if kept.refusal.reason is Reason.INCOMPLETE and kept.refusal.order_id == order_id
        ]

    async def quarantine(self, channel: str, document: bytes, refusal: Refusal, now: int) -> Quarantined:
        raw_id = document_id(channel, document)
        earlier = self._quarantined.pop(raw_id, None)  # the one delivered last stands last
        if earlier is None:
            kept = Quarantined(raw_id, channel, refusal, now, now, 1, len(document))
        else:
            kept = replace(earlier, refusal=refusal, last_time=now, tries=earlier.tries + 1)
        self._documents[raw_id] = document
        self._quarantined[raw_id] = kept
        return kept

    async def in_quarantine(self, limit: int = 1_000) -> list[Quarantined]:
        def age(kept: Quarantined) -> tuple[int, str]:
            return kept.first_time, kept.quarantine_id

        found: Sequence[Quarantined] = sorted(self._quarantined.values(), key=age)
        return list(found[:limit])

    async def quarantined(self, quarantine_id: str) -> Quarantined:
        if quarantine_id not in self._quarantined:
            raise NotFound("document in quarantine", quarantine_id)
        return self._quarantined[quarantine_id]

    async def dismiss(self, quarantine_id: str) -> None:
        await self.quarantined(quarantine_id)
        del self._quarantined[quarantine_id]
        del self._documents[quarantine_id]
