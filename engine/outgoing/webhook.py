"""One event as a webhook after the Standard Webhooks specification: id, timestamp, signature over both and the body."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from standardwebhooks.webhooks import Webhook

from engine.lifecycle.events import Event
from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events are sent. ``secret`` is base64 of 24..64 bytes, with or without ``whsec_`` before it."""

    name: str
    url: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        named = 1 <= len(self.name) <= 32 and not set(self.name) & set("{}:")
        require(named, "endpoint", self.name, "a name of 1..32 characters, without braces and colons")
        require(self.url.startswith(("https://", "http://")), f"{self.name}.url", self.url, "an http or https URL")
        require(24 <= len(_key(self.secret)) <= 64, f"{self.name}.secret", "hidden", "base64 of 24..64 bytes")


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. The id is the event's: it is the same at every try, so that a receiver knows what came twice."""

    headers: dict[str, str]
    body: bytes


def message_of(endpoint: Endpoint, position: str, event: Event, now: int) -> Message:
    """``position`` is the event's place in its stream; ``now`` in UTC seconds, of this try."""
    message_id = f"evt_{position}"
    said = {
        "type": f"{event.kind.value.lower()}.{event.after.lower()}",
        "timestamp": datetime.fromtimestamp(event.time, UTC).isoformat().replace("+00:00", "Z"),
        "data": event,
    }
    body = msgspec.json.encode(said, order="deterministic")
    signature = Webhook(endpoint.secret).sign(message_id, datetime.fromtimestamp(now, UTC), body.decode())
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature,
    }
    return Message(headers, body)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return b""
