"""Who asks for a change of a life, and the ids that follow from what they are for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from engine.errors import NotFound


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks, why, and by which id. ``fingerprint`` tells it from another request (I5)."""

    request_id: str
    fingerprint: bytes
    actor: str
    reason: str = ""


def order_of(name: str) -> str:
    """The order of a shipment's or a return's id. Raises NotFound where it is no such id."""
    order_id, slash, _ = name.rpartition("/")
    if not slash:
        raise NotFound("shipment", name)
    return order_id


def name_of(*parts: str | int) -> str:
    """A request id that follows from what it is for."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()
