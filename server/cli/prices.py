"""``onebox prices``: fit bid prices to expected demand, look at them, publish them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from server.cli.calls import DEFAULT_SERVER, AsJson, Authority, Server, Token, connected, metadata

if TYPE_CHECKING:
    from engine.network.network import Network, StockRow
    from engine.network.price_document import PriceDocument

app = typer.Typer(help="Fit bid prices to expected demand, look at them, publish them.", no_args_is_help=True)

_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
_LIVE = "live"
Chart = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Draw the dearest nodes and SKUs: a .html or .svg file.")
]
Rows = Annotated[int, typer.Option(min=1, help="Rows shown of a table, the first.")]


@app.command()
def fit(
    base: Annotated[str, typer.Argument(help="us, a directory of network files, or live: the server's own.")],
    orders: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Orders of the past [the base's orders.csv]."),
    ] = None,
    kind: Annotated[
        Literal["fluid", "breadth"], typer.Option(help="From demand, or from how much of everything a node has.")
    ] = "fluid",
    from_time: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=_TIMES, help="When they begin to count, UTC [live: now; else the day after the orders]."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=60, help="How long they count.")] = 14,
    sweeps: Annotated[int, typer.Option(min=2, max=10_000, help="Over the order types.")] = 100,
    step: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Hundredths that a unit more or less than evenly used moves a price by."),
    ] = 0,
    most: Annotated[float, typer.Option(min=0, help="Of breadth: a unit's price at a node that has everything.")] = 1.0,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write them here, to be published later.")] = None,
    chart: Chart = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish them to the server.")] = False,
    limit: Rows = 10,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Fit prices. With `live` and --publish on a schedule, the horizon rolls: each time on the stock that is left."""
    from engine.network.breadth import breadth_prices
    from engine.network.checks import require
    from engine.network.price_document import document_of, to_json
    from engine.pricing.fitting import Fitting, expected_of
    from engine.pricing.fitting import fit as fit_prices
    from server.cli.progress import progress

    _check_chart(chart)
    require(base != _LIVE or orders is not None, "orders", orders, "a file of past orders, as the server has none")
    network, version, stock, past = _load(base, orders, server, token, ca)
    begins = _begin(from_time, base, past)
    fitting = Fitting(begins, days, sweeps, step)
    if kind == "breadth":
        prices, parameters = breadth_prices(network, stock, round(most * 1e6)), {"most": f"{most:g}"}
    else:
        done = 0.0

        def told(stage: str, share: float) -> None:
            nonlocal done
            advance(share - done)
            done = share

        with progress("prices", 1.0) as advance:
            fitted = fit_prices(network, stock, expected_of(past, fitting), fitting, told)
        prices, parameters = fitted.prices, {"past_orders": str(len(past)), **fitted.parameters(fitting)}
    document = document_of(prices, network.name, version, int(time.time()), kind, parameters)
    if out is not None:
        out.write_bytes(to_json(document))
    _show(document, None, limit, chart, as_json, network)
    if publish:
        _publish(document, "", False, server, token, ca, as_json)


@app.command()
def show(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A file of `onebox prices fit`; else the server's."),
    ] = None,
    version: Annotated[int, typer.Option(min=0, help="A version that was published, 0 for the one in force.")] = 0,
    chart: Chart = None,
    limit: Rows = 10,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Show prices: what they are for, the dearest nodes and the dearest SKUs."""
    _check_chart(chart)
    if file is not None:
        from engine.network.price_document import from_json

        _show(from_json(file.read_bytes()), None, limit, chart, as_json, None)
        return
    document, published = _published(version, server, token, ca)
    _show(document, published, limit, chart, as_json, None)


@app.command("publish")
def publish_file(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A file of `onebox prices fit`; without one, --none."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Turn prices off.")] = False,
    comment: Annotated[str, typer.Option(help="What this version is for.")] = "",
    validate_only: Annotated[
        bool, typer.Option("--validate-only", help="Have the server check, change nothing.")
    ] = False,
    server: Server = DEFAULT_SERVER,
    token: Token = "",
    ca: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Publish prices: every server decides by them from then on."""
    from engine.network.checks import require
    from engine.network.price_document import PriceDocument, from_json

    require((file is None) == none, "file", file, "a file, or --none")
    off = PriceDocument("none", 0, int(time.time()), "none", {})
    document = off if file is None else from_json(file.read_bytes())
    _publish(document, comment, validate_only, server, token, ca, as_json)


def _load(
    base: str, orders: Path | None, server: str, token: str, ca: Path | None
) -> tuple[Network, int, tuple[StockRow, ...], list[Any]]:
    """Network, its version (0: files), stock and past orders by time."""
    from engine.network.checks import require
    from engine.network.files import load_network, load_stock, read_units
    from engine.network.us import DIRECTORY
    from engine.routing.order_files import read_orders

    if base == _LIVE:
        from server.cli.live import live_network, live_stock

        with connected(server, token, ca) as channel:
            version, network = live_network(channel, metadata(token))
            stock = live_stock(channel, metadata(token), network)
        assert orders is not None  # checked before
        return network, version, stock, sorted(read_orders(orders), key=lambda order: order.order_time)
    directory = DIRECTORY if base == "us" else Path(base)
    require(directory.is_dir(), "base", base, "us, live, or a directory of network files")
    network = load_network(directory)
    past = read_orders(orders or directory / "orders.csv", read_units(directory).metres)
    return network, 0, tuple(load_stock(directory, network)), sorted(past, key=lambda order: order.order_time)


def _begin(given: datetime | None, base: str, past: list[Any]) -> int:
    if given is not None:
        return int(given.replace(tzinfo=UTC).timestamp())
    if base == _LIVE or not past:
        return int(time.time())
    return int((past[-1].order_time // 86_400 + 1) * 86_400)


def _check_chart(chart: Path | None) -> None:
    from engine.network.checks import require

    require(chart is None or chart.suffix in (".html", ".svg"), "chart", chart, "a file that ends in .html or .svg")


def _published(version: int, server: str, token: str, ca: Path | None) -> tuple[PriceDocument, Any]:
    """The document, and the version's own message."""
    import msgspec
    from onebox.v1 import prices_service_pb2 as pb
    from onebox.v1.prices_service_pb2_grpc import PricesServiceStub

    from server.conversion.prices import days_from, head_from, units_from

    with connected(server, token, ca) as channel:
        answers = list(
            PricesServiceStub(channel).GetPrices(pb.GetPricesRequest(version=version), metadata=metadata(token))
        )
    units = tuple(row for answer in answers for row in units_from(answer.units))
    days = tuple(row for answer in answers for row in days_from(answer.days))
    return msgspec.structs.replace(head_from(answers[0].head), units=units, days=days), answers[0].version


def _publish(
    document: PriceDocument, comment: str, validate_only: bool, server: str, token: str, ca: Path | None, as_json: bool
) -> None:
    import uuid
    from collections.abc import Iterator

    from onebox.v1 import prices_service_pb2 as pb
    from onebox.v1.prices_service_pb2_grpc import PricesServiceStub

    from server.cli.output import print_json
    from server.cli.progress import progress
    from server.conversion.prices import blocks_of, head_of

    def pieces() -> Iterator[Any]:
        yield pb.PublishPricesRequest(
            request_id=str(uuid.uuid4()), head=head_of(document), comment=comment, validate_only=validate_only
        )
        for block in blocks_of(document):
            yield pb.PublishPricesRequest(**block)
            advance(sum(len(rows) for rows in block.values()))

    with (
        connected(server, token, ca) as channel,
        progress("publishing", len(document.units) + len(document.days)) as advance,
    ):
        answer = PricesServiceStub(channel).PublishPrices(pieces(), metadata=metadata(token))
    if as_json:
        print_json({"version": answer.version.version, "validated": True})
    elif validate_only:
        print("the prices are valid")
    else:
        print(f"prices are version {answer.version.version}, in force")


def _show(
    document: PriceDocument, published: Any, limit: int, chart: Path | None, as_json: bool, network: Network | None
) -> None:
    from server.cli.output import print_json, print_table
    from server.cli.prices_shown import by_node, by_sku, draw

    if as_json:
        head = {
            "network": document.network,
            "network_version": document.network_version,
            "made_by": document.made_by,
            "parameters": document.parameters,
            "valid_from": document.valid_from,
            "valid_until": document.valid_until,
            "step_micros": document.step,
            "unit_prices": sum(1 for each in document.units if each.micros),
            "day_prices": len(document.days),
            "version": 0 if published is None else published.version,
        }
        print_json({**head, "nodes": by_node(document)[:limit], "skus": by_sku(document)[:limit]})
    else:
        numbered = "" if published is None else f", version {published.version}"
        spans = (
            "always"
            if document.valid_from is None
            else f"{_when(document.valid_from)} to {_when(document.valid_until)}"
        )
        print(f"prices for {document.network!r} by {document.made_by}{numbered}; they count {spans}")
        print(", ".join(f"{name.replace('_', ' ')} {text}" for name, text in document.parameters.items()))
        columns = ("node", ">priced SKUs", ">mean price", ">dearest")
        rows = [
            (row["node_id"], f"{row['skus']:,}", f"{row['mean']:.2f}", f"{row['dearest']:.2f}")
            for row in by_node(document)
        ]
        print_table(f"\nthe dearest nodes, the first {min(limit, len(rows))} of {len(rows)}", columns, rows[:limit])
        columns = ("sku", ">nodes", ">cheapest", ">dearest")
        rows = [
            (row["sku"], f"{row['nodes']:,}", f"{row['cheapest']:.2f}", f"{row['dearest']:.2f}")
            for row in by_sku(document)
        ]
        print_table(
            f"\nthe SKUs whose nodes differ most, the first {min(limit, len(rows))} of {len(rows)}",
            columns,
            rows[:limit],
        )
    if chart is not None:
        draw(document, chart)


def _when(instant: int | None) -> str:
    return "" if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%MZ")
