"""What became of documents, as messages."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp
from onebox.v1 import capture_service_pb2 as pb

from engine.capture.inbox import Quarantined, Reason
from engine.capture.intake import Outcome
from engine.errors import FieldFault, InvalidInput


def outcome_message(outcome: Outcome) -> pb.DocumentOutcome:
    message = pb.DocumentOutcome(fate=f"FATE_{outcome.fate.value}", order_id=outcome.order_id)
    if outcome.quarantined is not None:
        message.quarantined.CopyFrom(quarantined_message(outcome.quarantined))
    return message


def quarantined_message(kept: Quarantined) -> pb.Quarantined:
    return pb.Quarantined(
        quarantine_id=kept.quarantine_id,
        channel=kept.channel,
        reason=f"QUARANTINE_REASON_{kept.refusal.reason.value}",
        detail=kept.refusal.detail,
        order_id=kept.refusal.order_id,
        first_time=Timestamp(seconds=kept.first_time),
        last_time=Timestamp(seconds=kept.last_time),
        tries=kept.tries,
        size=kept.size,
    )


def reason_from(number: int) -> Reason | None:
    """None for any. Raises InvalidInput."""
    if number == pb.QUARANTINE_REASON_UNSPECIFIED:
        return None
    names = {value: name.removeprefix("QUARANTINE_REASON_") for name, value in pb.QuarantineReason.items()}
    if number not in names:
        raise InvalidInput(FieldFault("reason", str(number), "a QuarantineReason"))
    return Reason[names[number]]
