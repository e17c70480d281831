"""The engine's errors as gRPC statuses, with google.rpc details that a program can act on.

InvalidInput      INVALID_ARGUMENT      INVALID_INPUT, and a BadRequest with each field
NotFound          NOT_FOUND             NOT_FOUND, with kind and name
RequestReused     ALREADY_EXISTS        REQUEST_REUSED
WrongState        FAILED_PRECONDITION   WRONG_STATE, with route_id (order_id, shipment_id, return_id), state and wanted
NotReady          FAILED_PRECONDITION   NOT_READY
NotInForce        ABORTED               NOT_IN_FORCE, with version and still: sent again, the same request waits again
LimitReached      RESOURCE_EXHAUSTED    LIMIT_REACHED, and a QuotaFailure with the field
StoreUnavailable  UNAVAILABLE           STORE_UNAVAILABLE, with a RetryInfo: asking again with the same request id is safe
CarrierRefused    FAILED_PRECONDITION   CARRIER_REFUSED, with carrier_id
CarrierUnavailable UNAVAILABLE          CARRIER_UNAVAILABLE, with carrier_id: asking again is safe
anything else     INTERNAL              INTERNAL, with an id to find it by in the server's log; nothing of it leaks
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import grpc
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2

from engine.errors import (
    InvalidInput,
    LimitReached,
    NotFound,
    NotInForce,
    NotReady,
    OneboxError,
    RequestReused,
    StoreUnavailable,
    WrongState,
)
from engine.shipping.carrier import CarrierRefused, CarrierUnavailable

DOMAIN = "onebox.v1"
_LONGEST_TEXT = 300
_LARGEST_DETAILS = 5_000
"""Bytes: details travel in the call's trailers, which hold about 8 KiB in all."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call ends that has failed."""

    code: grpc.StatusCode
    message: str
    reason: str
    details: tuple[Message, ...] = ()

    @property
    def trailers(self) -> tuple[tuple[str, bytes], ...]:
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        for detail in self.details:
            packed = AnyMessage()
            packed.Pack(detail)
            status.details.append(packed)
        return (("grpc-status-details-bin", status.SerializeToString()),)


def failure_of(error: Exception) -> Failure:
    """The error in gRPC's terms. One that was not raised on purpose is logged here, and kept from the caller."""
    match error:
        case InvalidInput():
            return _failure(grpc.StatusCode.INVALID_ARGUMENT, error, "INVALID_INPUT", detail=_bad_request(error))
        case NotFound(kind=kind, name=name):
            return _failure(grpc.StatusCode.NOT_FOUND, error, "NOT_FOUND", kind=kind, name=name)
        case RequestReused(request_id=request_id):
            return _failure(grpc.StatusCode.ALREADY_EXISTS, error, "REQUEST_REUSED", request_id=request_id)
        case WrongState(kind=kind, name=name, state=state, wanted=wanted):
            named = {f"{kind}_id": name}
            code = grpc.StatusCode.FAILED_PRECONDITION
            return _failure(code, error, "WRONG_STATE", detail=None, state=state, wanted=wanted, **named)
        case NotReady():
            return _failure(grpc.StatusCode.FAILED_PRECONDITION, error, "NOT_READY")
        case NotInForce(version=version, still=still):
            code = grpc.StatusCode.ABORTED
            return _failure(code, error, "NOT_IN_FORCE", version=str(version), still=str(still))
        case LimitReached(fault=fault):
            quota = details.QuotaFailure()
            quota.violations.add(subject=fault.field, description=f"expected {fault.expected}, got {fault.value!r}")
            return _failure(grpc.StatusCode.RESOURCE_EXHAUSTED, error, "LIMIT_REACHED", detail=quota)
        case StoreUnavailable():
            retry = details.RetryInfo()
            retry.retry_delay.FromMilliseconds(500)
            return _failure(grpc.StatusCode.UNAVAILABLE, error, "STORE_UNAVAILABLE", detail=retry)
        case CarrierRefused(carrier_id=carrier_id):
            return _failure(grpc.StatusCode.FAILED_PRECONDITION, error, "CARRIER_REFUSED", carrier_id=carrier_id)
        case CarrierUnavailable(carrier_id=carrier_id):
            return _failure(grpc.StatusCode.UNAVAILABLE, error, "CARRIER_UNAVAILABLE", carrier_id=carrier_id)
        case OneboxError():
            return _failure(grpc.StatusCode.UNKNOWN, error, "UNKNOWN")
    error_id = secrets.token_hex(8)
    log.error("unexpected_error", error_id=error_id, exc_info=error)
    message = f"internal error; the server's log has it as {error_id}"
    info = details.ErrorInfo(reason="INTERNAL", domain=DOMAIN, metadata={"error_id": error_id})
    return Failure(grpc.StatusCode.INTERNAL, message, "INTERNAL", (info,))


def _failure(
    code: grpc.StatusCode, error: Exception, reason: str, *, detail: Message | None = None, **metadata: str
) -> Failure:
    brief = {key: value[:_LONGEST_TEXT] for key, value in metadata.items()}
    info = details.ErrorInfo(reason=reason, domain=DOMAIN, metadata=brief)
    return Failure(code, _short(str(error), 2 * _LONGEST_TEXT), reason, (info,) if detail is None else (info, detail))


def _bad_request(error: InvalidInput) -> details.BadRequest:
    """As many of the faults as trailers hold."""
    request = details.BadRequest()
    for fault in error.faults:
        text = f"expected {_short(fault.expected)}, got {_short(fault.value)!r}"
        request.field_violations.add(field=_short(fault.field), description=text)
        if request.ByteSize() > _LARGEST_DETAILS:
            del request.field_violations[-1]
            break
    return request


def _short(text: str, longest: int = _LONGEST_TEXT) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
