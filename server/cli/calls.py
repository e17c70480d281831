"""Calling a server from the command line."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.errors import OneboxError, StoreUnavailable

Server = Annotated[str, typer.Option(envvar="ONEBOX_SERVER", help="The server's address, host:port.")]
Token = Annotated[str, typer.Option(envvar="ONEBOX_TOKEN", help="The server's token, where it asks for one.")]
Authority = Annotated[
    Path | None,
    typer.Option("--ca", help="Call by TLS; authorities the server's certificate is checked against (PEM)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the timeline.")]
Actor = Annotated[str, typer.Option(envvar="USER", help="Who; kept in the timeline.")]
DEFAULT_SERVER = "127.0.0.1:50051"


class CallRefused(OneboxError):
    """The server refused a call, or failed at it."""


@contextmanager
def connected(server: str, token: str, ca: Path | None) -> Iterator[Any]:
    """A channel to the server. What goes wrong in the block with a call is raised as CallRefused or StoreUnavailable."""
    import grpc

    if ca is None:
        channel = grpc.insecure_channel(server, options=_OPTIONS)
    else:
        channel = grpc.secure_channel(server, grpc.ssl_channel_credentials(ca.read_bytes()), options=_OPTIONS)
    try:
        yield channel
    except grpc.RpcError as error:
        code, words = error.code(), error.details()
        if code is grpc.StatusCode.UNAVAILABLE:
            raise StoreUnavailable(f"the server at {server} does not answer: {words}") from None
        violations = "".join(f"\n  {field}: {text}" for field, text in _violations(error))
        raise CallRefused(f"{code.name}: {'the request has faults' + violations if violations else words}") from None
    finally:
        channel.close()


_OPTIONS = (("grpc.max_receive_message_length", 64 << 20),)


def call(service: str, method: str, fields: dict[str, Any], server: str, token: str, ca: Path | None) -> Any:
    """One call, the answer whole. ``service`` as its module is named: order_service."""
    from importlib import import_module

    messages = import_module(f"onebox.v1.{service}_pb2")
    stub = getattr(
        import_module(f"onebox.v1.{service}_pb2_grpc"), f"{''.join(word.title() for word in service.split('_'))}Stub"
    )
    with connected(server, token, ca) as channel:
        return getattr(stub(channel), method)(getattr(messages, f"{method}Request")(**fields), metadata=metadata(token))


def change(
    service: str, method: str, fields: dict[str, Any], actor: str, reason: str, server: str, token: str, ca: Path | None
) -> Any:
    """A call that changes something, by a request id of its own; who and why are kept."""
    asked = {"request_id": uuid.uuid4().hex, "actor": actor, "reason": reason, **fields}
    return call(service, method, asked, server, token, ca)


def lines_of(texts: Iterable[str], field: str) -> list[dict[str, Any]]:
    """``LINE=UNITS`` each, as messages. Raises InvalidInput."""
    from engine.network.checks import require

    lines = []
    for text in texts:
        line_id, _, units = text.rpartition("=")
        require(bool(line_id) and units.isdecimal(), field, text, "LINE=UNITS")
        lines.append({"line_id": line_id, "units": int(units)})
    return lines


def metadata(token: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token}")] if token else []


def _violations(error: Any) -> list[tuple[str, str]]:
    from google.rpc import error_details_pb2
    from grpc_status import rpc_status

    status = rpc_status.from_call(error)
    found: list[tuple[str, str]] = []
    for packed in status.details if status is not None else ():
        bad = error_details_pb2.BadRequest()
        if packed.Unpack(bad):
            found += [(violation.field, violation.description) for violation in bad.field_violations]
    return found
