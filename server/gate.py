"""The gate before every method: turns errors into statuses, refuses malformed messages, measures.

The generated code registers its handlers with the gate as if it were the server. It wraps each handler once, at start, so
that a call costs two function calls more and no interceptor.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from engine.errors import FieldFault, InvalidInput
from server.errors import failure_of
from server.metrics import Metrics


@dataclass(frozen=True, slots=True)
class _Malformed:
    """What stands for a message that could not be read."""

    size: int


class Gate:
    """Takes the place of the server in ``add_XServicer_to_server``."""

    def __init__(self, server: Any, metrics: Metrics) -> None:
        self._server = server
        self._metrics = metrics

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        """The generated code registers everything twice; the other way is enough."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        name = service.rpartition(".")[2]
        guarded = {method: self._guarded(f"{name}/{method}", handler) for method, handler in handlers.items()}
        self._server.add_registered_method_handlers(service, guarded)

    def _guarded(self, name: str, handler: Any) -> Any:
        watch = _Watch(name, self._metrics)
        read = _tolerant(handler.request_deserializer)
        write = handler.response_serializer
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(watch.one(handler.unary_unary), read, write)
        if handler.stream_unary:
            return grpc.stream_unary_rpc_method_handler(watch.one(_whole(handler.stream_unary)), read, write)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(watch.many(handler.unary_stream), read, write)
        return grpc.stream_stream_rpc_method_handler(watch.one(_whole(handler.stream_stream)), read, write)


class _Watch:
    """Measures the calls of one method, and says how those ended that failed."""

    def __init__(self, name: str, metrics: Metrics) -> None:
        self._name = name
        self._calls = metrics.calls
        self._ok = metrics.calls.labels(name, "OK")

    def one(self, method: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
        """A method that is awaited; of a stream of answers it writes each to the context itself."""
        observe = self._ok.observe

        async def guarded(request: Any, context: Any) -> Any:
            started = perf_counter()
            try:
                if type(request) is _Malformed:
                    _well_formed(request)  # raises
                answer = await method(request, context)
            except Exception as error:
                await self._fail(error, context, started)
            except asyncio.CancelledError:
                self._count("CANCELLED", started)
                raise
            else:
                observe(perf_counter() - started)
                return answer

        return guarded

    def many(self, method: Callable[[Any, Any], AsyncIterator[Any]]) -> Callable[[Any, Any], AsyncIterator[Any]]:
        """A method that yields its answers."""

        async def guarded(request: Any, context: Any) -> AsyncIterator[Any]:
            started = perf_counter()
            try:
                async for answer in method(_well_formed(request), context):
                    yield answer
            except Exception as error:
                await self._fail(error, context, started)
            except (asyncio.CancelledError, GeneratorExit):
                self._count("CANCELLED", started)
                raise
            else:
                self._count("OK", started)

        return guarded

    async def _fail(self, error: Exception, context: Any, started: float) -> None:
        failure = failure_of(error)
        self._count(failure.code.name, started)
        await context.abort(failure.code, failure.message, failure.trailers)

    def _count(self, code: str, started: float) -> None:
        self._calls.labels(self._name, code).observe(perf_counter() - started)


def _tolerant(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Without it a malformed message would end the call as UNKNOWN, with a traceback in the log."""

    def tolerant(data: bytes) -> Any:
        try:
            return read(data)
        except DecodeError:
            return _Malformed(len(data))

    return tolerant


def _well_formed(request: Any) -> Any:
    if type(request) is _Malformed:
        raise InvalidInput(FieldFault("request", f"{request.size} bytes", "a message of the method's request type"))
    return request


def _whole(method: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
    """A method that takes a stream of requests, with every one of them looked at."""

    async def well_formed(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield _well_formed(request)

    return lambda requests, context: method(well_formed(requests), context)
