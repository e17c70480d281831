"""``onebox webhooks``: endpoints of outgoing webhooks, and what could not be sent to them."""

from __future__ import annotations

from typing import Annotated

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, call

app = typer.Typer(
    help="Show endpoints of outgoing webhooks, and list, show and revive their dead letters.", no_args_is_help=True
)

_SERVICE = "webhook_service"

EndpointName = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name in the endpoints file.")]


@app.command("list")
def list_endpoints(
    server: Server = DEFAULT_SERVER, token: Token = "", ca: Authority = None, as_json: AsJson = False
) -> None:
    """List the endpoints, and what lies before each."""
    from server.cli.output import print_json, print_table

    answer = call(_SERVICE, "ListWebhookEndpoints", {}, server, token, ca)
    if as_json:
        for each in answer.endpoints:
            print_json(each)
        return
    rows = [(each.name, each.url, str(each.orders_waiting), str(each.dead_letters)) for each in answer.endpoints]
    print_table(f"{len(rows)} endpoints", ("endpoint", "url", ">orders waiting", ">dead letters"), rows)


@app.command()
def dead(
    endpoint: EndpointName,
    order: Annotated[str, typer.Option(help="Only those of this order.")] = "",
    limit: Annotated[int, typer.Option(help="The most that are shown.")] = 1_000,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """List an endpoint's dead letters, in the order of the events."""
    from server.cli.output import print_json, print_table, when

    answer = call(
        _SERVICE, "ListDeadLetters", {"endpoint": endpoint, "order_id": order, "limit": limit}, server, token, ca
    )
    if as_json:
        for each in answer.dead_letters:
            print_json(each)
        return
    rows = [
        (
            each.webhook_id,
            each.event.order_id,
            f"{each.event.kind.lower()} {each.event.after}",
            when(each.event.event_time),
            when(each.given_up_time),
            str(each.status) if each.status else "no answer",
        )
        for each in answer.dead_letters
    ]
    print_table(f"{len(rows)} dead letters", ("webhook id", "order", "event", "of", "given up", "last answer"), rows)


@app.command()
def show(
    endpoint: EndpointName,
    webhook_id: Annotated[str, typer.Argument(metavar="ID", help="The dead letter's webhook id.")],
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
) -> None:
    """Show one dead letter, its event with all it says, as JSON."""
    from server.cli.output import print_json

    print_json(
        call(_SERVICE, "GetDeadLetter", {"endpoint": endpoint, "webhook_id": webhook_id}, server, token, ca).dead_letter
    )


@app.command()
def revive(
    endpoint: EndpointName,
    webhook_id: Annotated[list[str], typer.Argument(metavar="[ID]...", help="Dead letters [all].")] = [],  # noqa: B006
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Send dead letters again, behind what waits of their orders."""
    from server.cli.output import print_json

    answer = call(_SERVICE, "ReviveDeadLetters", {"endpoint": endpoint, "webhook_ids": webhook_id}, server, token, ca)
    if as_json:
        print_json({"revived": answer.revived})
    else:
        print(f"{answer.revived} dead letters are to be sent again")
