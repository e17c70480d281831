"""``onebox schedule``: recurring orders from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.calls import DEFAULT_SERVER, Actor, AsJson, Authority, Reason, Server, Token, call, change

app = typer.Typer(help="Order the same again and again.", no_args_is_help=True)

_SERVICE = "order_service"

ScheduleId = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its name, CHANNEL:ID.")]


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="A schedule as JSON, as the contract's Schedule has it.")],
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Begin a recurring order."""
    from google.protobuf import json_format
    from onebox.v1 import schedule_pb2

    from engine.errors import FieldFault, InvalidInput

    try:
        schedule = json_format.Parse(file.read_text(encoding="utf-8"), schedule_pb2.Schedule())
    except (OSError, ValueError, json_format.ParseError) as error:
        raise InvalidInput(FieldFault("file", str(file), f"a schedule as JSON ({error})")) from None
    _call("CreateSchedule", {"schedule": schedule}, actor, reason, server, token, ca, as_json)


@app.command("list")
def show_all(server: Server = DEFAULT_SERVER, token: Token = "", ca: Authority = None, as_json: AsJson = False) -> None:
    """Show every recurring order."""
    answer = call(_SERVICE, "ListSchedules", {}, server, token, ca)
    _print(list(answer.schedules), as_json)


@app.command()
def skip(
    schedule_id: ScheduleId,
    number: Annotated[int, typer.Option(help="Which of its orders; 0: the next.")] = 0,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Leave one order out."""
    fields = {"schedule_id": schedule_id, "number": number}
    _call("SkipScheduled", fields, actor, reason, server, token, ca, as_json)


@app.command()
def pause(
    schedule_id: ScheduleId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Order nothing until it is resumed."""
    _call("PauseSchedule", {"schedule_id": schedule_id}, actor, reason, server, token, ca, as_json)


@app.command()
def resume(
    schedule_id: ScheduleId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Order again; what was not ordered meanwhile is not made up for."""
    _call("ResumeSchedule", {"schedule_id": schedule_id}, actor, reason, server, token, ca, as_json)


@app.command()
def end(
    schedule_id: ScheduleId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Order nothing any more."""
    _call("EndSchedule", {"schedule_id": schedule_id}, actor, reason, server, token, ca, as_json)


def _call(
    method: str, fields: dict[str, Any], actor: str, reason: str, server: str, token: str, ca: Any, as_json: bool
) -> None:
    answer = change(_SERVICE, method, fields, actor, reason, server, token, ca)
    _print([answer.schedule], as_json)


def _print(schedules: list[Any], as_json: bool) -> None:
    from onebox.v1 import schedule_pb2

    from server.cli.output import print_json, print_table, short_name

    if as_json:
        for each in schedules:
            print_json(each)
        return
    rows = [
        (
            each.schedule_id,
            short_name(schedule_pb2.ScheduleState, each.state),
            f"{each.every} {short_name(schedule_pb2.ScheduleUnit, each.unit)}",
            str(each.next_number),
            each.next_time.ToJsonString() if each.HasField("next_time") else "",
            ", ".join(f"{line.units} x {line.sku}" for line in each.content.lines),
        )
        for each in schedules
    ]
    print_table("schedules", ("schedule", "state", "every", "next", "at", "goods"), rows)
