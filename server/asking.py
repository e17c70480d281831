"""What every change of a life is asked with: request id, who, why, and what tells the request from another."""

from __future__ import annotations

import hashlib
from typing import Any

from google.protobuf.message import Message

from engine.lifecycle.asked import Asked
from server.conversion.fields import MAX_ID, identifier, request_id

_MAX_REASON = 500


def fingerprint(method: bytes, request: Message) -> bytes:
    """What a request is known by: the same id with another request is refused (I5)."""
    return hashlib.blake2b(method + request.SerializeToString(deterministic=True), digest_size=16).digest()


def asked_from(request: Any) -> Asked:
    """Of any request that has request_id, actor and reason. Raises InvalidInput."""
    name = type(request).__name__.encode()
    actor = identifier(request.actor, "actor", MAX_ID) if request.actor else "api"
    reason = identifier(request.reason, "reason", _MAX_REASON) if request.reason else ""
    return Asked(request_id(request.request_id), fingerprint(name, request), actor, reason)
