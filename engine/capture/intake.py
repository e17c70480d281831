"""What happens to everything that a channel sends: captured, known already, or kept in quarantine. Nothing is lost."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from engine.capture.adapter import Incomplete, NotAnOrder
from engine.capture.admission import refusal_of
from engine.capture.captured import CapturedOrder
from engine.capture.catalogue import Catalogue
from engine.capture.channel import Channel
from engine.capture.inbox import Acceptance, Inbox, Quarantined, Reason, Refusal, document_id
from engine.capture.registry import adapter_of
from engine.errors import InvalidInput, NotFound


class Fate(enum.Enum):
    CAPTURED = "CAPTURED"
    DUPLICATE = "DUPLICATE"  # captured before, with the same content
    QUARANTINED = "QUARANTINED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. ``order_id`` is "" where none could be read, ``quarantined`` None where it was not."""

    fate: Fate
    order_id: str
    quarantined: Quarantined | None = None


class Intake:
    """Takes what channels send.

    Parameters
    ----------
    inbox : keeps it.
    catalogue : what orders are held against; raises NotReady while there is no network.
    clock : UTC seconds.
    """

    def __init__(self, inbox: Inbox, catalogue: Callable[[], Catalogue], clock: Callable[[], int]) -> None:
        self._inbox = inbox
        self._catalogue = catalogue
        self._clock = clock

    async def deliver(self, channel: Channel, body: bytes) -> list[Outcome]:
        """The outcome of every document in the body, in its order. Raises NotReady, StoreUnavailable: then some of them
        may be kept, and the same body can be delivered again."""
        self._catalogue()
        try:
            documents: Iterable[bytes] = adapter_of(channel).documents(body)
        except (InvalidInput, NotAnOrder) as error:
            return [await self._keep(channel, body, _refusal(error))]
        return [await self._take(channel, document) for document in documents]

    async def replay(self, channel: Channel, quarantine_id: str) -> list[Outcome]:
        """Deliver a document in quarantine once more, after what was wrong has been put right. Raises NotFound."""
        await self._inbox.quarantined(quarantine_id)
        outcomes = await self.deliver(channel, await self._inbox.document(quarantine_id))
        kept = {outcome.quarantined.quarantine_id for outcome in outcomes if outcome.quarantined is not None}
        if quarantine_id not in kept:
            with suppress(NotFound):  # a body that could be parted now: each part is kept by itself
                await self._inbox.dismiss(quarantine_id)
        return outcomes

    async def _take(self, channel: Channel, document: bytes) -> Outcome:
        try:
            captured = adapter_of(channel).read(document, channel)
        except (InvalidInput, NotAnOrder) as error:
            return await self._keep(channel, document, _refusal(error))
        except Incomplete as error:
            return await self._take_part(channel, document, error)
        return await self._admit(channel, document, captured)

    async def _take_part(self, channel: Channel, part: bytes, error: Incomplete) -> Outcome:
        """Keep a part of an order, and take it with all that came before of the same order once they are a whole.

        It is kept first: of two servers that take two parts at once, the later one sees both."""
        order_id = f"{channel.name}:{error.channel_order_id}" if error.channel_order_id else ""
        kept = await self._keep(channel, part, Refusal(Reason.INCOMPLETE, str(error), order_id))
        adapter, parts = adapter_of(channel), await self._inbox.parts(order_id) if order_id else [part]
        whole = adapter.joined(parts)
        try:
            captured = adapter.read(whole, channel)
        except Incomplete:
            return kept
        except (InvalidInput, NotAnOrder) as fault:
            outcome = await self._keep(channel, whole, replace(_refusal(fault), order_id=order_id))
        else:
            outcome = await self._admit(channel, whole, captured)
        if outcome.quarantined is not None:  # as a whole: that one can be replayed, its parts are in it
            for each in {document_id(channel.name, each) for each in parts} - {outcome.quarantined.quarantine_id}:
                with suppress(NotFound):
                    await self._inbox.dismiss(each)
        return outcome

    async def _admit(self, channel: Channel, document: bytes, captured: CapturedOrder) -> Outcome:
        if await self._inbox.known(captured) is Acceptance.NEW:
            refusal = refusal_of(captured, channel, self._catalogue(), streets=adapter_of(channel).streets)
            if refusal is not None:
                return await self._keep(channel, document, refusal)
        accepted = await self._inbox.accept(captured, document, self._clock())
        if accepted.acceptance is Acceptance.CHANGED:
            return await self._keep(channel, document, await self._changed(captured))
        fate = Fate.CAPTURED if accepted.acceptance is Acceptance.NEW else Fate.DUPLICATE
        return Outcome(fate, accepted.order_id)

    async def _changed(self, captured: CapturedOrder) -> Refusal:
        first = await self._inbox.order(captured.order_id)
        names = [
            name
            for name in captured.__struct_fields__
            if name != "raw_id" and getattr(captured, name) != getattr(first, name)
        ]
        return Refusal(Reason.CHANGED, f"captured before, with other {', '.join(names)}", captured.order_id)

    async def _keep(self, channel: Channel, document: bytes, refusal: Refusal) -> Outcome:
        kept = await self._inbox.quarantine(channel.name, document, refusal, self._clock())
        return Outcome(Fate.QUARANTINED, refusal.order_id, kept)


def _refusal(error: InvalidInput | NotAnOrder) -> Refusal:
    reason = _reason(error.faults[0].field) if isinstance(error, InvalidInput) else Reason.NOT_AN_ORDER
    return Refusal(reason, str(error))


def _reason(field: str) -> Reason:
    """A fault in a field that names goods, money or a place is told from a document that can't be read."""
    path = field.lower()
    last = path.rpartition(".")[2]
    if last == "sku":
        return Reason.UNKNOWN_SKU
    if last == "ship_to" or "country" in last or "postal" in last:
        return Reason.BAD_ADDRESS
    return Reason.CURRENCY_MISMATCH if last == "currency" else Reason.BROKEN
