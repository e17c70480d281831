"""``onebox order``: the life of orders from the command line, as a call centre needs it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from server.cli.calls import (
    DEFAULT_SERVER,
    Actor,
    AsJson,
    Authority,
    Reason,
    Server,
    Token,
    call,
    change,
    connected,
    lines_of,
    metadata,
)

app = typer.Typer(help="Take orders by hand, hold, cancel and follow them.", no_args_is_help=True)

_SERVICE = "order_service"

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's name, CHANNEL:ID.")]


@app.command()
def capture(
    order_id: Annotated[str, typer.Argument(metavar="ID", help="A name of your own for it.")],
    item: Annotated[list[str], typer.Option("--item", help="SKU=UNITS@PRICE for all units; may be repeated.")],
    street: Annotated[str, typer.Option(help="Street and number.")],
    postal_code: Annotated[str, typer.Option(help="Postal code.")],
    city: Annotated[str, typer.Option(help="City.")],
    name: Annotated[str, typer.Option(help="Who gets it.")],
    country: Annotated[str, typer.Option(help="ISO 3166 alpha-2.")] = "US",
    region: Annotated[str, typer.Option(help="State or province.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "USD",
    shipping: Annotated[str, typer.Option(help="Freight that the customer pays.")] = "0",
    discount: Annotated[str, typer.Option(help="Taken off the whole order.")] = "0",
    channel: Annotated[str, typer.Option(help="Where it was taken; nodes that serve the channel fill it.")] = "phone",
    release: Annotated[bool, typer.Option("--release", help="Hold stock and release it to the nodes at once.")] = False,
    actor: Actor = "cli",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Take an order by hand. The same ID again is the same order."""
    address = {
        "country": country,
        "postal_code": postal_code,
        "city": city,
        "street": [street],
        "region": region,
        "name": name,
    }
    content = {
        "channel": channel,
        "channel_order_id": order_id,
        "currency_code": currency,
        "lines": [_line(text, currency) for text in item],
        "ship_to": address,
        "shipping": _money(shipping, "shipping", currency),
        "discount": _money(discount, "discount", currency),
        "customer_name": name,
    }
    methods: list[tuple[str, dict[str, Any]]] = [("CaptureOrder", {"content": content})]
    if release:
        named = {"order_id": f"{channel}:{order_id}"}
        methods += [("AllocateOrder", named), ("ReleaseOrder", named)]
    _call(methods, actor, "", server, token, ca, as_json)


@app.command()
def show(
    order_id: OrderId, server: Server = DEFAULT_SERVER, token: Token = "", ca: Authority = None, as_json: AsJson = False
) -> None:
    """Show an order as it stands."""
    answer = call(_SERVICE, "GetOrder", {"order_id": order_id}, server, token, ca)
    print_life(answer.life, as_json)


@app.command()
def release(
    order_id: OrderId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Hold stock for what waits and release the order to the nodes."""
    named = {"order_id": order_id}
    _call([("AllocateOrder", named), ("ReleaseOrder", named)], actor, reason, server, token, ca, as_json)


@app.command()
def hold(
    order_id: OrderId,
    reason: Reason,
    actor: Actor = "cli",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Hold an order: nothing more is decided or released."""
    _call([("HoldOrder", {"order_id": order_id})], actor, reason, server, token, ca, as_json)


@app.command()
def lift(
    order_id: OrderId,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Lift a hold."""
    _call([("LiftHold", {"order_id": order_id})], actor, reason, server, token, ca, as_json)


@app.command()
def cancel(
    order_id: OrderId,
    line: Annotated[list[str], typer.Option(help="LINE=UNITS; may be repeated. None: all that has not left.")] = [],  # noqa: B006
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Cancel an order, or units of its lines."""
    _call(
        [("CancelOrder", {"order_id": order_id, "lines": lines_of(line, "line")})],
        actor,
        reason,
        server,
        token,
        ca,
        as_json,
    )


@app.command()
def reconcile(
    order_id: Annotated[str, typer.Argument(metavar="[ORDER]", help="One order; none: all of the time given.")] = "",
    begins: Annotated[str, typer.Option("--from", metavar="DATE", help="Ordered from this day on, UTC.")] = "",
    ends: Annotated[str, typer.Option("--to", metavar="DATE", help="Ordered before this day, UTC.")] = "",
    mend: Annotated[bool, typer.Option("--mend", help="Make good what can be; else it is only told.")] = False,
    actor: Actor = "cli",
    reason: Reason = "",
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Compare what the payment service has with what orders have."""
    from onebox.v1 import order_service_pb2 as pb
    from onebox.v1.order_service_pb2_grpc import OrderServiceStub

    from server.cli.output import print_json, print_table, rounded

    request = pb.ReconcilePaymentsRequest(
        request_id=uuid.uuid4().hex, order_id=order_id, mend=mend, actor=actor, reason=reason
    )
    for field, text in (("from_time", begins), ("to_time", ends)):
        if text:
            getattr(request, field).FromDatetime(_day(text, field))
    with connected(server, token, ca) as channel:
        found = list(OrderServiceStub(channel).ReconcilePayments(request, metadata=metadata(token)))
    if as_json:
        for each in found:
            print_json(each)
        return
    rows = [
        (
            each.order_id,
            each.reference,
            each.what,
            rounded(each.ours) if each.HasField("ours") else "",
            rounded(each.theirs) if each.HasField("theirs") else "",
            "mended" if each.mended else "",
        )
        for each in found
    ]
    if rows:
        print_table("differences", ("order", "payment", "what", "here", "there", ""), rows)
    else:
        print("no difference")


@app.command()
def timeline(
    order_id: OrderId, server: Server = DEFAULT_SERVER, token: Token = "", ca: Authority = None, as_json: AsJson = False
) -> None:
    """Show all that happened to an order."""
    from server.cli.output import print_json, print_table
    from server.cli.timeline import timeline_rows

    answer = call(_SERVICE, "GetTimeline", {"order_id": order_id}, server, token, ca)
    if as_json:
        print_json(answer)
        return
    print_table(order_id, ("when", "of", "what", "", "by"), timeline_rows(answer.events))


@app.command()
def customer(
    who: Annotated[str, typer.Argument(metavar="CUSTOMER", help="An email, or CHANNEL/ID as the channel knows him.")],
    orders: Annotated[int, typer.Option(min=1, max=1_000, help="His latest so many orders.")] = 100,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show all that happened to a customer's orders, in order of time."""
    from server.cli.output import print_json, print_table
    from server.cli.timeline import timeline_rows

    answer = call(_SERVICE, "GetCustomerTimeline", {"customer": who, "orders": orders}, server, token, ca)
    if as_json:
        print_json(answer)
        return
    ids = [event.order_id for event in answer.events]
    rows = [(when, order_id, *rest) for order_id, (when, *rest) in zip(ids, timeline_rows(answer.events), strict=True)]
    print_table(f"{who}: {len(set(ids))} orders", ("when", "order", "of", "what", "", "by"), rows)


def _call(
    methods: list[tuple[str, dict[str, Any]]],
    actor: str,
    reason: str,
    server: str,
    token: str,
    ca: Any,
    as_json: bool,
) -> None:
    """One after the other; the last answer is printed."""
    for method, fields in methods:
        answer = change(_SERVICE, method, fields, actor, reason, server, token, ca)
    print_life(answer.life, as_json)


def print_life(life: Any, as_json: bool) -> None:
    """A Life message, for people or as JSON."""
    from onebox.v1 import life_pb2

    from server.cli.output import print_json, rounded, short_name

    if as_json:
        print_json(life)
        return
    payment = short_name(life_pb2.PaymentState, life.payment.state)
    money = f"payment {payment}, captured {rounded(life.payment.captured)}"
    held = f", held: {life.hold_reason}" if life.hold_reason else ""
    print(f"{life.order_id}  {short_name(life_pb2.OrderState, life.state)}{held}  {money}")
    for shipment in life.shipments:
        goods = ", ".join(f"{content.units} x {content.sku}" for content in shipment.contents)
        state = short_name(life_pb2.ShipmentState, shipment.state)
        numbers = " ".join(shipment.tracking_numbers)
        print(f"    {shipment.shipment_id}  {state}  {shipment.node_id}: {goods}  {numbers}".rstrip())
    for line in life.content.lines:
        if line.waiting_units:
            print(f"    waits: {line.waiting_units} x {line.sku}")


def _line(text: str, currency: str) -> dict[str, Any]:
    from engine.network.checks import require

    sku, _, rest = text.partition("=")
    units, _, price = rest.partition("@")
    require(bool(sku) and units.isdecimal(), "item", text, "SKU=UNITS@PRICE")
    return {"sku": sku, "units": int(units), "gross": _money(price or "0", "item", currency)}


def _day(text: str, field: str) -> datetime:
    from engine.errors import FieldFault, InvalidInput

    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise InvalidInput(FieldFault(field, text, "a date such as 2026-03-01")) from None


def _money(text: str, field: str, currency: str) -> dict[str, Any]:
    from engine.network.checks import require

    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    micros = amount * 1_000_000
    require(
        amount.is_finite() and amount >= 0 and micros == int(micros), field, text, "an amount >= 0 to the millionth"
    )
    whole, part = divmod(int(micros), 1_000_000)
    return {"currency_code": currency, "units": whole, "nanos": part * 1_000}
