"""What an adapter is: it parts what a channel sent into documents of one order each, and reads one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.capture.captured import CapturedOrder
from engine.capture.channel import Channel
from engine.capture.signatures import own_signature_matches
from engine.errors import OneboxError


class NotAnOrder(OneboxError):
    """The document is whole, and something else than an order: it says what."""


class Incomplete(OneboxError):
    """The document is a part of an order, the rest of which the channel sends in another one.

    ``channel_order_id`` is the order's, "" where the part does not say: parts of one order are put together by it.
    """

    def __init__(self, words: str, channel_order_id: str = "") -> None:
        super().__init__(words)
        self.channel_order_id = channel_order_id


class Adapter(Protocol):
    """One kind of channel. Adapters hold nothing: all of one kind are the same."""

    name: str
    formats: str
    """What it reads, in words for people."""
    streets: bool = True
    """Do its documents name the street an order goes to? Some channels give it later, to those who ask for it."""

    def documents(self, body: bytes) -> Sequence[bytes]:
        """The body parted into documents, each of which the adapter reads by itself, so that each can be kept and read
        again by itself. Raises InvalidInput where it can't be, NotAnOrder where there is none."""
        ...

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        """Raises InvalidInput naming the field, NotAnOrder, Incomplete."""
        ...

    def joined(self, documents: Sequence[bytes]) -> bytes:
        """One document of all that came of one order, what came later over what came before; the first is the one it was
        captured from, if it was. Here for channels that send an order whole: others only name it."""
        return documents[0]

    def signed(self, body: bytes, headers: Mapping[str, str], channel: Channel) -> bool:
        """Was it sent by one who knows the channel's secret? ``headers`` have lower-case names. Here for channels that sign
        nothing of their own: by Onebox's signature (``engine.capture.signatures``)."""
        return own_signature_matches(channel.secret, body, headers)
