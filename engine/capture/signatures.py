"""Signatures of webhooks: a keyed hash over what was sent, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

OWN_HEADER = "x-onebox-signature"
"""For channels that sign nothing of their own: ``sha256=`` and the HMAC-SHA256 of the body in hexadecimal."""


def base64_hmac_matches(secret: str, body: bytes, given: str | None) -> bool:
    """Is ``given`` the base64 HMAC-SHA256 of the body? Never without a secret or a signature."""
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return _same(secret, base64.b64encode(digest).decode(), given)


def own_signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def own_signature_matches(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return _same(secret, own_signature(secret, body), headers.get(OWN_HEADER))


def standard_signature_matches(key: bytes, body: bytes, headers: Mapping[str, str]) -> bool:
    """Is it signed as Standard Webhooks says, with ``key``? Its age does not matter: what comes twice is taken once."""
    content = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split()
    return bool(key) and any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


def _same(secret: str, expected: str, given: str | None) -> bool:
    return bool(secret) and given is not None and hmac.compare_digest(expected.encode(), given.strip().encode())
