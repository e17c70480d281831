"""``onebox serve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.endings import FAILED


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the gRPC server, 0 for a free one [50051].")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve the port, 1..64 [1].")] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Data of the embedded store; '' throws it away at the end [onebox-data].")
    ] = None,
    store_url: Annotated[
        str | None, typer.Option(help="Redis or Valkey by URL, in place of the embedded store.")
    ] = None,
    durability: Annotated[
        str | None, typer.Option(help="The embedded store's: always, everysec or none [everysec].")
    ] = None,
    http_port: Annotated[
        int | None, typer.Option(help="Port of webhooks, health and metrics over HTTP, 0 for a free one [none].")
    ] = None,
    channels: Annotated[Path | None, typer.Option(help="The channels that orders come from (TOML).")] = None,
    webhooks: Annotated[Path | None, typer.Option(help="The endpoints that events are sent to (TOML).")] = None,
    metrics_port: Annotated[int | None, typer.Option(help="Port of Prometheus metrics, 0 for none [0].")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM).")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --settings: print JSON. Else: log JSON.")] = False,
) -> None:
    """Serve the gRPC API until SIGTERM or Ctrl-C.

    Every setting is also taken from the environment, as ONEBOX_PORT; see --settings. A token is taken from there alone.
    """
    if settings:
        _list_settings(as_json)
        return
    from pydantic import ValidationError

    from server.settings import Settings

    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "workers": workers,
        "data_dir": data_dir,
        "store_url": store_url,
        "durability": durability,
        "http_port": http_port,
        "channels": channels,
        "webhooks": webhooks,
        "metrics_port": metrics_port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "log_format": "json" if as_json else None,
    }
    try:
        chosen = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            place = ".".join(map(str, fault["loc"]))
            value = f", got {fault['input']!r}" if place and place != "token" else ""
            print(
                f"error: {place + ': ' if place else ''}{fault['msg'].removeprefix('Value error, ')}{value}",
                file=sys.stderr,
            )
        raise typer.Exit(FAILED) from None
    from server.serve import serve as run

    run(chosen)


def _list_settings(as_json: bool) -> None:
    from server.cli.output import print_json, print_table
    from server.settings import Settings

    rows = []
    for name, field in Settings.model_json_schema()["properties"].items():
        default = "" if field.get("default") is None else str(field["default"])
        rows.append((f"ONEBOX_{name.upper()}", default, _range(field), field["description"]))
    if as_json:
        print_json([dict(zip(("name", "default", "range", "description"), row, strict=True)) for row in rows])
    else:
        print_table("settings", ("name", "default", "range", "what it is"), rows)


def _range(field: dict[str, Any]) -> str:
    field = next((each for each in field.get("anyOf", ()) if "minimum" in each), field)
    if "enum" in field:
        return ", ".join(field["enum"])
    low = f"> {field['exclusiveMinimum']}" if "exclusiveMinimum" in field else field.get("minimum")
    return "" if low is None else f"{low}..{field['maximum']}"
