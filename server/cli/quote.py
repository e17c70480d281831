"""``onebox quote``."""

from __future__ import annotations

from typing import Annotated

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata


def quote(
    item: Annotated[list[str], typer.Option("--item", help="SKU, or SKU=UNITS; may be repeated.")],
    postal_code: Annotated[str, typer.Option(help="Where it goes.")],
    country: Annotated[str, typer.Option(help="ISO 3166 alpha-2.")] = "US",
    max_stores: Annotated[int, typer.Option(help="Most pickup stores to offer, 0..50.")] = 5,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show how a cart could be delivered or picked up, when, and at what cost. Holds nothing."""
    from onebox.v1 import routing_service_pb2 as pb
    from onebox.v1 import types_pb2
    from onebox.v1.routing_service_pb2_grpc import RoutingServiceStub

    from server.cli.output import print_json, print_table, rounded, short_name, when

    lines = [_line(text) for text in item]
    destination = {"country": country, "postal_code": postal_code}
    request = pb.QuoteDeliveryRequest(order={"lines": lines, "destination": destination}, max_stores=max_stores)
    with connected(server, token, ca) as channel:
        answer = RoutingServiceStub(channel).QuoteDelivery(request, metadata=metadata(token))
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            short_name(types_pb2.ServiceLevel, option.service_level),
            option.store_node_id,
            when(option.arrival_time),
            "" if option.promise_kept else "late",
            rounded(option.cost),
            str(option.shipments),
            ", ".join(option.node_ids) + "".join(f"; without {line.units} x {line.sku}" for line in option.unfilled),
        )
        for option in answer.options
    ]
    columns = ("service", "store", "there by", "", ">cost", ">shipments", "from")
    print_table(f"{len(rows)} options, good until {when(answer.expiry_time)}", columns, rows)
    for line in answer.unfilled:
        print(f"nothing fills {line.units} x {line.sku}: {line.detail}")


def _line(text: str) -> dict[str, str | int]:
    from engine.network.checks import require

    sku, _, units = text.partition("=")
    require(not units or units.isdecimal(), "item", text, "SKU or SKU=UNITS")
    return {"sku": sku, "units": int(units or 1)}
