"""CSV into tables: encoding, header, row shape, then each cell."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

from engine.errors import NetworkFault
from engine.network.files.schema import FileSchema
from engine.network.files.table import Table, read_table

_UTF8 = "text in UTF-8"


def read_csv(path: Path, schema: FileSchema) -> tuple[Table | None, list[NetworkFault]]:
    """The file as a table, and every fault in it. No table where it has no usable header.

    Rows are counted as a spreadsheet counts them: the header is row 1. Rows without any text are passed over.
    """
    name = path.name
    data = file_bytes(path)
    if isinstance(data, NetworkFault):
        return None, [data]
    text = data.decode("utf-8-sig", errors="surrogateescape")
    rows, faults = _split(name, text)
    complete = not faults
    if not any(rows):
        return None, faults or [NetworkFault(name, 1, "", "", "a header row")]
    header = [cell.strip() for cell in rows[0]]
    faults += _header_faults(name, header, schema)
    numbered, ragged = _shape(name, len(header), rows)
    faults += ragged
    columns = _columns(header, [row for _, row in numbered])
    places = [(name, number) for number, _ in numbered]
    if not text.isascii():
        faults += _encoding_faults(places, columns)
    known = {column: cells for column, cells in columns.items() if schema.column(column)}
    table, more = read_table(schema, places, known, complete)
    return table, without_echoes(faults + more)


def file_bytes(path: Path) -> bytes | NetworkFault:
    """The file's bytes, unpacked where its name ends in ``.gz``; a fault where it can't be read."""
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except FileNotFoundError:
        return NetworkFault(path.name, 0, "", "", "a file of this name")
    except (OSError, EOFError, zlib.error) as error:
        return NetworkFault(path.name, 0, "", str(error), "a file that can be read")


def without_echoes(faults: list[NetworkFault]) -> list[NetworkFault]:
    """The faults less those that follow from others: a row of the wrong width, or a cell that has a fault already."""
    spoiled = {(fault.file, fault.row) for fault in faults if fault.row > 1 and not fault.column}
    first: dict[tuple[str, int, str], NetworkFault] = {}
    for fault in faults:
        if not fault.column or (fault.file, fault.row) not in spoiled:
            first.setdefault((fault.file, fault.row, fault.column), fault)
    return list(first.values())


def _split(name: str, text: str) -> tuple[list[list[str]], list[NetworkFault]]:
    """Records of RFC 4180; a broken quote ends the reading there."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(row)
    except csv.Error as error:
        return rows, [NetworkFault(name, len(rows) + 1, "", str(error), "fields quoted as RFC 4180 says")]
    return rows, []


def _header_faults(name: str, header: Sequence[str], schema: FileSchema) -> list[NetworkFault]:
    faults = []
    known = ", ".join(column.name for column in schema.columns) + (", zone_N" if schema.zone_column else "")
    for index, column in enumerate(header):
        if schema.column(column) is None:
            faults.append(NetworkFault(name, 1, _shown(column), _shown(column), f"a known column: {known}"))
        elif column in header[:index]:
            faults.append(NetworkFault(name, 1, column, column, "each column once"))
    for wanted in schema.columns:
        if wanted.required and wanted.name not in header:
            faults.append(NetworkFault(name, 1, wanted.name, "", "this column"))
    return faults


def _shape(name: str, width: int, rows: Sequence[list[str]]) -> tuple[list[tuple[int, list[str]]], list[NetworkFault]]:
    """The rows, numbered, and a fault for each that has not a cell for each column; it is cut or filled, to have its key."""
    numbered = [(number, row) for number, row in enumerate(rows[1:], 2) if any(row)]
    ragged = [(number, row) for number, row in numbered if len(row) != width]
    faults = []
    for number, row in ragged:
        faults.append(NetworkFault(name, number, "", f"{len(row)} cells", f"{width} cells, as in the header"))
        row[:] = row[:width] + [""] * (width - len(row))
    return numbered, faults


def _columns(header: Sequence[str], rows: Sequence[list[str]]) -> dict[str, Sequence[str]]:
    """Each column's cells without the space around them; the first of a column that stands twice."""
    columns: dict[str, Sequence[str]] = {}
    for index, name in enumerate(header):
        if name not in columns:
            texts = [row[index] for row in rows]
            trimmed = {text: text.strip() for text in set(texts)}
            columns[name] = list(map(trimmed.__getitem__, texts))
    return columns


def _encoding_faults(places: Sequence[tuple[str, int]], columns: dict[str, Sequence[str]]) -> list[NetworkFault]:
    return [
        NetworkFault(*places[index], column, _shown(text), _UTF8)
        for column, texts in columns.items()
        for index, text in enumerate(texts)
        if not text.isascii() and _shown(text) != text
    ]


def _shown(text: str) -> str:
    """The text with a replacement character for each byte that is not UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
