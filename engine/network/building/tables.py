"""Writing a network directory's CSV files, the same bytes every time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

Cell = str | int | float | None


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write one CSV file (UTF-8, LF). None is blank; floats have at most six decimals and lose trailing zeros."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_text(cell) for cell in row] for row in rows)


def write_records(path: Path, records: Iterable[Mapping[str, Cell]]) -> None:
    """Write one CSV file of at least one record.

    The first record's keys are the header, in their order; a later record may leave keys out.
    """
    remaining = iter(records)
    first = next(remaining)
    write_table(path, list(first), ([record.get(name) for name in first] for record in chain([first], remaining)))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return str(cell)
