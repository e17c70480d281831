"""CaptureService: what channels send, and the quarantine."""

from __future__ import annotations

from typing import Any

from onebox.v1 import capture_service_pb2 as pb
from onebox.v1.capture_service_pb2_grpc import CaptureServiceServicer

from engine.network.checks import require
from server.capturing import Capturing
from server.conversion.captures import outcome_message, quarantined_message, reason_from

_LISTED = 1_000
_MOST_LISTED = 10_000
_ALL = 1_000_000


class CaptureService(CaptureServiceServicer):
    """See the contract."""

    def __init__(self, capturing: Capturing) -> None:
        self._capturing = capturing

    async def CaptureDocument(self, request: pb.CaptureDocumentRequest, context: Any) -> pb.CaptureDocumentResponse:
        require(bool(request.body), "body", "", "the bytes of a document")
        channel = self._capturing.channel(request.channel)
        outcomes = await self._capturing.deliver(channel, request.body)
        return pb.CaptureDocumentResponse(outcomes=map(outcome_message, outcomes))

    async def ListQuarantine(self, request: pb.ListQuarantineRequest, context: Any) -> pb.ListQuarantineResponse:
        require(0 <= request.limit <= _MOST_LISTED, "limit", request.limit, f"a count in 0..{_MOST_LISTED}")
        reason = reason_from(request.reason)
        found = [
            kept
            for kept in await self._capturing.inbox.in_quarantine(_ALL)
            if request.channel in ("", kept.channel) and reason in (None, kept.refusal.reason)
        ]
        return pb.ListQuarantineResponse(quarantined=map(quarantined_message, found[: request.limit or _LISTED]))

    async def GetQuarantined(self, request: pb.GetQuarantinedRequest, context: Any) -> pb.GetQuarantinedResponse:
        inbox = self._capturing.inbox
        kept = await inbox.quarantined(request.quarantine_id)
        document = await inbox.document(request.quarantine_id)
        return pb.GetQuarantinedResponse(quarantined=quarantined_message(kept), document=document)

    async def ReplayQuarantined(
        self, request: pb.ReplayQuarantinedRequest, context: Any
    ) -> pb.ReplayQuarantinedResponse:
        outcomes = await self._capturing.replay(request.quarantine_id)
        return pb.ReplayQuarantinedResponse(outcomes=map(outcome_message, outcomes))

    async def DismissQuarantined(
        self, request: pb.DismissQuarantinedRequest, context: Any
    ) -> pb.DismissQuarantinedResponse:
        await self._capturing.inbox.dismiss(request.quarantine_id)
        return pb.DismissQuarantinedResponse()
