"""Events: one for every change of a life. Together they are its audit trail, and give its state again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine.lifecycle.life import Life
from engine.lifecycle.states import Kind, check_move


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """``subject_id`` of ``kind`` moved from ``before`` ("" where it is new) to ``after``; equal where something else changed.

    ``actor`` did it, for ``reason``, at ``time`` (UTC seconds). ``data`` has texts, integers and lists of them; ``what``
    names a change that is no move.
    """

    kind: Kind
    subject_id: str
    order_id: str
    before: str
    after: str
    actor: str
    time: int
    reason: str = ""
    data: dict[str, Any] = {}


@dataclass(slots=True)
class Told:
    """What events tell of a life: states by subject, units shipped, micros captured, refunded, moved on and moved to it."""

    states: dict[tuple[Kind, str], str] = field(default_factory=dict)
    shipped: int = 0
    captured: int = 0
    refunded: int = 0
    moved: int = 0
    credited: int = 0


def replay(events: Iterable[Event]) -> Told:
    """Raises ValueError where the events are no history: a move that starts elsewhere, or is not in the tables."""
    told = Told()
    for event in events:
        key = event.kind, event.subject_id
        before = told.states.get(key, "")
        if before != event.before:
            raise ValueError(f"{event.subject_id} was {before or 'nothing'}, an event says {event.before or 'nothing'}")
        if event.before != event.after:
            check_move(event.kind, event.before, event.after)
        told.states[key] = event.after
        told.shipped += int(event.data.get("shipped_units", 0))
        told.captured += int(event.data.get("captured_micros", 0))
        told.refunded += int(event.data.get("refunded_micros", 0))
        told.moved += int(event.data.get("moved_micros", 0))
        told.credited += int(event.data.get("credited_micros", 0))
    return told


def told_by(life: Life) -> Told:
    """The same from the life itself."""
    states = {(Kind.ORDER, life.order_id): life.state.value, (Kind.PAYMENT, life.order_id): life.payment.state.value}
    states |= {(Kind.SHIPMENT, each.shipment_id): each.state.value for each in life.shipments}
    states |= {(Kind.RETURN, each.return_id): each.state.value for each in life.returns}
    paid = life.payment
    return Told(states, sum(life.gone().values()), paid.captured, paid.refunded, paid.moved, paid.credited)


def place_of(position: str) -> tuple[int, int]:
    """A position in the stream, to be compared."""
    instant, _, number = position.partition("-")
    return int(instant), int(number or 0)


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Event)


def encode(event: Event) -> bytes:
    return _ENCODER.encode(event)


def decode(data: bytes) -> Event:
    return _DECODER.decode(data)
