"""``onebox import``: public files into a network directory."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from server.cli.calls import AsJson


def import_public(
    data: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The directory of the public files.")],
    out: Annotated[Path, typer.Argument(file_okay=False, help="The directory to write.")],
    basket: Annotated[
        Literal["consumer", "wholesale"], typer.Option(help="Baskets cut to consumer size, or as they are.")
    ] = "consumer",
    stores: Annotated[int | None, typer.Option(help="Stores drawn from the sites, 1..2500 [400].")] = None,
    days: Annotated[int | None, typer.Option(help="Days of baskets, 1..400 [14].")] = None,
    orders: Annotated[int | None, typer.Option(help="The first so many orders [all].")] = None,
    seed: Annotated[int | None, typer.Option(help="Of what is drawn at random [1].")] = None,
    as_json: AsJson = False,
) -> None:
    """Turn the public files (store sites, zones, weights, baskets) into a network directory with its orders."""
    from engine.network import public_data
    from server.cli.output import print_json
    from server.cli.progress import progress

    given: dict[str, Any] = {"stores": stores, "days": days, "orders": orders, "seed": seed}
    limits = replace(public_data.Limits(), **{name: value for name, value in given.items() if value is not None})
    done = 0.0

    def tell(stage: str, share: float) -> None:
        nonlocal done
        advance(share - done)
        done = share

    with progress("import", 1.0) as advance:
        summary = public_data.import_public(data, out, basket, limits, tell)
    if as_json:
        print_json(asdict(summary))
    else:
        print(f"{out}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asdict(summary).items()))
