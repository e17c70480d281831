"""Scans that a carrier, or who gathers them from many, posts: ``POST /scans``, signed after Standard Webhooks.

{"scans": [{"tracking_number": "...", "stage": "DELIVERED", "time": "2026-03-30T10:00:00Z", "place": "Berlin",
            "detail": "left at the door", "expected_time": null}]}
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.dock.dock import Dock
from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.shipping.tracking import Stage, TrackingEvent
from server.clock import Clock
from server.conversion.fields import LATEST_INSTANT

_Text = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Number = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Scan(msgspec.Struct, forbid_unknown_fields=True):
    tracking_number: _Number
    stage: Stage
    time: _Instant
    place: _Text = ""
    detail: _Text = ""
    expected_time: _Instant | None = None


class _Scans(msgspec.Struct, forbid_unknown_fields=True):
    scans: Annotated[list[_Scan], msgspec.Meta(min_length=1, max_length=1_000)]


@dataclass(frozen=True, slots=True)
class ScanHook:
    """``secret`` is base64 of 24..64 bytes, with or without ``whsec_`` before it."""

    dock: Dock
    clock: Clock
    secret: str

    def __post_init__(self) -> None:
        try:
            key = base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            key = b""
        require(24 <= len(key) <= 64, "scan_secret", "hidden", "base64 of 24..64 bytes")

    def signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """By who knows the secret, within the last five minutes."""
        try:
            Webhook(self.secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            return False
        return True

    async def take(self, body: bytes) -> Sequence[str]:
        """Numbers of packages that belong to nothing. Told again, scans change nothing. Raises InvalidInput."""
        scans = read_scans(body)
        self.clock.reached(max(scan.time for scan in scans))
        return await self.dock.scanned(scans, "carrier")


def read_scans(body: bytes) -> list[TrackingEvent]:
    """Raises InvalidInput."""
    try:
        told = msgspec.json.decode(body, type=_Scans)
    except msgspec.DecodeError as error:
        raise InvalidInput(
            FieldFault("body", body[:100].decode(errors="replace"), f"scans as JSON ({error})")
        ) from None
    return [
        TrackingEvent(
            _seconds(scan.time),
            scan.tracking_number,
            scan.stage,
            scan.place,
            scan.detail,
            None if scan.expected_time is None else _seconds(scan.expected_time),
        )
        for scan in told.scans
    ]


def _seconds(instant: datetime) -> int:
    seconds = int(instant.timestamp())
    if not 0 <= seconds < LATEST_INSTANT:
        raise InvalidInput(FieldFault("scans.time", instant.isoformat(), "an instant in 1970..2100"))
    return seconds
