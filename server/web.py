"""The HTTP side: channels' and carriers' webhooks in, health and metrics out."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from engine.capture.intake import Outcome
from engine.capture.registry import adapter_of
from engine.errors import InvalidInput, NotFound, NotReady, StoreUnavailable
from server.capturing import Capturing
from server.scan_hook import ScanHook

_AGAIN_S = "5"

log = structlog.get_logger()


class TooLarge(Exception):
    """The body is larger than what is taken."""


def web(
    capturing: Capturing,
    registry: Callable[[], CollectorRegistry],
    health: Callable[[], dict[str, Any]],
    limit_bytes: int,
    scan_hook: ScanHook | None = None,
) -> Starlette:
    """The application.

    Parameters
    ----------
    registry : whose metrics are shown.
    health : what ``GET /health`` says; its ``status`` is SERVING, or the answer is 503.
    limit_bytes : the largest body taken.
    scan_hook : takes carriers' scans; None where nobody is to send any.
    """

    async def capture(request: Request) -> Response:
        return await _captured(capturing, request, limit_bytes)

    async def show_health(request: Request) -> Response:
        said = health()
        return _json(200 if said["status"] == "SERVING" else 503, said)

    async def show_metrics(request: Request) -> Response:
        return Response(generate_latest(registry()), media_type=CONTENT_TYPE_LATEST)

    async def take_scans(request: Request) -> Response:
        assert scan_hook is not None
        return await _scanned(scan_hook, request, limit_bytes)

    return Starlette(
        routes=[
            Route("/capture/{channel}", capture, methods=["POST"]),
            *([] if scan_hook is None else [Route("/scans", take_scans, methods=["POST"])]),
            Route("/health", show_health),
            Route("/metrics", show_metrics),
        ]
    )


async def _captured(capturing: Capturing, request: Request, limit_bytes: int) -> Response:
    """2xx says that every document of the body is in the store, captured or in quarantine; senders try anything else again."""
    try:
        channel = capturing.channel(request.path_params["channel"])
        if request.headers.get("content-encoding", "identity") != "identity":
            return _refused(415, "content-encoding", "expected none")
        body = await _body(request, limit_bytes)
        if not adapter_of(channel).signed(body, request.headers, channel):
            log.warning("forged_or_unsigned", channel=channel.name, bytes=len(body))
            return _refused(401, "signature", f"expected that of channel {channel.name!r} over the body")
        outcomes = await capturing.deliver(channel, body)
    except NotFound as error:
        return _refused(404, "channel", str(error))
    except TooLarge:
        return _refused(413, "body", f"expected at most {limit_bytes} bytes")
    except (NotReady, StoreUnavailable) as error:
        return _refused(503, "server", str(error), {"retry-after": _AGAIN_S})
    for outcome in outcomes:
        if outcome.quarantined is not None:
            refusal = outcome.quarantined.refusal
            log.warning("quarantined", channel=channel.name, reason=refusal.reason.value, detail=refusal.detail)
    return _json(200, {"documents": [_described(outcome) for outcome in outcomes]})


async def _scanned(hook: ScanHook, request: Request, limit_bytes: int) -> Response:
    """2xx says that every scan of a package that is known is in its shipment's life."""
    try:
        body = await _body(request, limit_bytes)
        if not hook.signed(body, request.headers):
            log.warning("forged_or_unsigned", channel="scans", bytes=len(body))
            return _refused(401, "signature", "expected one after Standard Webhooks, of the last five minutes")
        return _json(200, {"unknown_tracking_numbers": await hook.take(body)})
    except TooLarge:
        return _refused(413, "body", f"expected at most {limit_bytes} bytes")
    except InvalidInput as error:
        return _refused(400, error.faults[0].field, str(error))
    except (NotReady, StoreUnavailable) as error:
        return _refused(503, "server", str(error), {"retry-after": _AGAIN_S})


async def _body(request: Request, limit_bytes: int) -> bytes:
    """Raises TooLarge as soon as it is."""
    with suppress(ValueError):
        if int(request.headers.get("content-length", "0")) > limit_bytes:
            raise TooLarge
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit_bytes:
                raise TooLarge
            parts.append(part)
    except ClientDisconnect:
        raise TooLarge from None  # nobody reads the answer
    return b"".join(parts)


def _described(outcome: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = {"fate": outcome.fate.value, "order_id": outcome.order_id}
    if outcome.quarantined is not None:
        refusal = outcome.quarantined.refusal
        said |= {
            "quarantine_id": outcome.quarantined.quarantine_id,
            "reason": refusal.reason.value,
            "detail": refusal.detail,
        }
    return said


def _refused(status: int, field: str, words: str, headers: dict[str, str] | None = None) -> Response:
    return _json(status, {"error": {"field": field, "message": words}}, headers)


def _json(status: int, value: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def registry_shown(own: CollectorRegistry) -> Callable[[], CollectorRegistry]:
    """This worker's metrics, or those of all where several write to a directory."""
    from pathlib import Path

    from server.metrics import MULTIPROCESS_VARIABLE, registry_of_workers

    directory = os.environ.get(MULTIPROCESS_VARIABLE)
    return (lambda: own) if directory is None else (lambda: registry_of_workers(Path(directory)))
