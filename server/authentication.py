"""One token for all callers, where one is set."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

_OPEN = "/grpc.health.v1.Health/"
"""Probes need no token."""


class TokenCheck(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Refuses calls that do not carry ``authorization: Bearer TOKEN`` (UNAUTHENTICATED)."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def intercept_service(self, continuation: Callable[[Any], Awaitable[Any]], call: Any) -> Any:
        handler = await continuation(call)
        if handler is None or call.method.startswith(_OPEN) or self._admits(call.invocation_metadata):
            return handler
        return _refusal(handler)

    def _admits(self, metadata: Any) -> bool:
        given = [value for key, value in metadata if key == "authorization"]
        text = given[0] if len(given) == 1 else ""
        return hmac.compare_digest(text.encode() if isinstance(text, str) else text, self._expected)


def _refusal(handler: Any) -> Any:
    """A handler of the same shape that ends every call."""

    async def refuse(request: Any, context: Any) -> None:
        message = "expected metadata 'authorization: Bearer TOKEN' with the server's token"
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, message)

    if handler.request_streaming:
        make = (
            grpc.stream_stream_rpc_method_handler
            if handler.response_streaming
            else grpc.stream_unary_rpc_method_handler
        )
    else:
        make = (
            grpc.unary_stream_rpc_method_handler if handler.response_streaming else grpc.unary_unary_rpc_method_handler
        )
    return make(refuse, handler.request_deserializer, handler.response_serializer)
