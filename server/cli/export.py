"""``onebox export``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from server.cli.calls import AsJson


def export(
    directory: Annotated[Path, typer.Argument(file_okay=False, help="Where the files go; made where it is not.")],
    store_url: Annotated[
        str, typer.Option(help="Redis or Valkey by URL; empty takes ONEBOX_STORE_URL, or a running embedded store.")
    ] = "",
    data_dir: Annotated[Path | None, typer.Option(help="Data of the embedded store of a running server.")] = None,
    ledger: Annotated[str, typer.Option(help="The ledger's name; empty takes the settings'.")] = "",
    kind: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", help="parquet, which `onebox report` reads, or csv.")
    ] = "parquet",
    as_json: AsJson = False,
) -> None:
    """Write decisions, orders, stock and events as files: what `onebox report`, ERP and CRM read.

    Events that the store has let go of since stay in the directory's files.
    """
    from server.cli.output import print_json
    from server.settings import Settings

    given = {"store_url": store_url, "data_dir": data_dir, "ledger": ledger}
    settings = Settings(**{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    counts = asyncio.run(_export(settings, directory, kind))
    if as_json:
        print_json(counts)
    else:
        print(f"{directory}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))


async def _export(settings: object, directory: Path, kind: Literal["parquet", "csv"]) -> dict[str, int]:
    import time

    from engine.lifecycle.redis_lives import RedisLives
    from engine.outgoing.retention import Retention
    from engine.reporting.export import add_decisions, add_events, add_lives, add_stock
    from engine.reporting.tables import Rows
    from server.settings import Settings
    from server.wiring import open_store

    assert isinstance(settings, Settings)
    client, ledger, _ = open_store(settings, settings.store_url or _embedded(settings.data_dir))
    rows, lives, retention = Rows(), RedisLives(ledger), Retention(client, settings.ledger)
    try:
        await add_decisions(rows, ledger, client, settings.ledger)
        await add_lives(rows, lives)
        last = await add_events(rows, lives)
        await add_stock(rows, ledger, int(time.time()))
        counts = rows.write(directory, kind, trimmed=await retention.trimmed())
        await retention.mark_exported(last)
    finally:
        await ledger.close()
        await client.aclose()
    return counts


def _embedded(data_dir: Path | None) -> str:
    """The embedded store of a server that runs on ``data_dir``."""
    from engine.errors import StoreUnavailable

    note = None if data_dir is None else data_dir / "valkey.socket"
    if note is None or not note.is_file():
        raise StoreUnavailable(f"no server runs on {data_dir}: name one by --data-dir, or a store by --store-url")
    return f"unix://{note.read_text()}"
