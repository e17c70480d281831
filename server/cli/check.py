"""``onebox check``: every fault of a network directory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from server.cli.calls import AsJson
from server.cli.endings import FAILED

Directory = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, help="A directory of network files (docs/network-files.md).")
]


def check(directory: Directory, as_json: AsJson = False) -> None:
    """Read a network directory and list every fault: file, row, column, value, what was expected."""
    from engine.network import files
    from server.cli.output import print_json, print_table

    faults = files.check(directory)
    if as_json:
        print_json([asdict(fault) for fault in faults])
    elif faults:
        rows = [(fault.file, str(fault.row or ""), fault.column, fault.value, fault.expected) for fault in faults]
        print_table(f"{len(faults)} faults", ("file", ">row", "column", "value", "expected"), rows)
    else:
        print(f"{directory} has no faults")
    if faults:
        raise typer.Exit(FAILED)
