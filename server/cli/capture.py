"""``onebox capture`` and ``onebox quarantine``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata
from server.cli.endings import FAILED

Identifier = Annotated[str, typer.Argument(metavar="ID", help="The document's id in quarantine.")]

quarantine = typer.Typer(help="Show, replay and dismiss what could not be captured.", no_args_is_help=True)


def capture(
    file: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Documents, as the channel sends them.")
    ],
    channel: Annotated[str, typer.Option(help="The channel they come from, by the name in the channels file.")],
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Capture the orders of some files. With --json one line a document. Ends with 1 if one went to quarantine."""
    from onebox.v1 import capture_service_pb2 as pb
    from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

    outcomes: list[Any] = []
    with connected(server, token, ca) as opened:
        for each in file:
            request = pb.CaptureDocumentRequest(channel=channel, body=each.read_bytes())
            answer = CaptureServiceStub(opened).CaptureDocument(request, metadata=metadata(token))
            _print_outcomes(each.name, answer.outcomes, as_json)
            outcomes += answer.outcomes
    _end(outcomes)


@quarantine.command("list")
def list_quarantine(
    channel: Annotated[str, typer.Option(help="Only this channel's.")] = "",
    reason: Annotated[str, typer.Option(help="Only with this reason, as UNKNOWN_SKU.")] = "",
    limit: Annotated[int, typer.Option(help="The most that are shown.")] = 1_000,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """List what is in quarantine, the oldest first."""
    from onebox.v1 import capture_service_pb2 as pb
    from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

    from engine.network.checks import require
    from server.cli.output import print_json, print_table, when

    names = [name.removeprefix("QUARANTINE_REASON_") for name in pb.QuarantineReason.keys()]  # noqa: SIM118
    wanted = reason.upper().replace("-", "_") or names[0]
    require(wanted in names, "reason", reason, f"one of {', '.join(names[1:])}")
    with connected(server, token, ca) as opened:
        request = pb.ListQuarantineRequest(channel=channel, reason=f"QUARANTINE_REASON_{wanted}", limit=limit)
        answer = CaptureServiceStub(opened).ListQuarantine(request, metadata=metadata(token))
    if as_json:
        for kept in answer.quarantined:
            print_json(kept)
        return
    rows = [
        (
            kept.quarantine_id,
            kept.channel,
            _reason(kept),
            kept.order_id,
            when(kept.first_time),
            str(kept.tries),
            kept.detail,
        )
        for kept in answer.quarantined
    ]
    columns = ("id", "channel", "reason", "order", "since", ">tries", "detail")
    print_table(f"{len(rows)} in quarantine", columns, rows)


@quarantine.command("show")
def show(
    quarantine_id: Identifier,
    raw: Annotated[bool, typer.Option("--raw", help="Print the document's bytes and nothing else.")] = False,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show one document in quarantine: why it is there, and its bytes."""
    from onebox.v1 import capture_service_pb2 as pb
    from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

    from server.cli.output import print_json, when

    with connected(server, token, ca) as opened:
        request = pb.GetQuarantinedRequest(quarantine_id=quarantine_id)
        answer = CaptureServiceStub(opened).GetQuarantined(request, metadata=metadata(token))
    if as_json:
        print_json(answer)
        return
    if not raw:
        kept = answer.quarantined
        print(f"{kept.quarantine_id}  {kept.channel}  {kept.order_id or 'no order'}  since {when(kept.first_time)}")
        print(f"{_reason(kept)}: {kept.detail}\n", flush=True)
    sys.stdout.buffer.write(answer.document if raw else answer.document + b"\n")
    sys.stdout.buffer.flush()


@quarantine.command("replay")
def replay(
    quarantine_id: Annotated[list[str], typer.Argument(metavar="ID...", help="Documents in quarantine.")],
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Take documents in quarantine once more. Ends with 1 if one is still there."""
    from onebox.v1 import capture_service_pb2 as pb
    from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

    outcomes: list[Any] = []
    with connected(server, token, ca) as opened:
        for each in quarantine_id:
            request = pb.ReplayQuarantinedRequest(quarantine_id=each)
            answer = CaptureServiceStub(opened).ReplayQuarantined(request, metadata=metadata(token))
            _print_outcomes(each, answer.outcomes, as_json)
            outcomes += answer.outcomes
    _end(outcomes)


@quarantine.command("dismiss")
def dismiss(
    quarantine_id: Identifier,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Forget a document in quarantine, bytes and all."""
    from onebox.v1 import capture_service_pb2 as pb
    from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

    with connected(server, token, ca) as opened:
        request = pb.DismissQuarantinedRequest(quarantine_id=quarantine_id)
        CaptureServiceStub(opened).DismissQuarantined(request, metadata=metadata(token))
    print(f"{quarantine_id} dismissed")


def _print_outcomes(source: str, outcomes: Sequence[Any], as_json: bool) -> None:
    from onebox.v1 import capture_service_pb2 as pb

    from server.cli.output import print_json, short_name

    for outcome in outcomes:
        if as_json:
            print_json({"source": source, "outcome": outcome})
            continue
        words = [source, short_name(pb.Fate, outcome.fate), outcome.order_id or "no order"]
        if outcome.HasField("quarantined"):
            kept = outcome.quarantined
            words += [kept.quarantine_id, f"{_reason(kept)}: {kept.detail}"]
        print("  ".join(words))


def _reason(kept: Any) -> str:
    from onebox.v1 import capture_service_pb2 as pb

    from server.cli.output import short_name

    return short_name(pb.QuarantineReason, kept.reason)


def _end(outcomes: Sequence[Any]) -> None:
    if any(outcome.HasField("quarantined") for outcome in outcomes):
        raise typer.Exit(FAILED)
