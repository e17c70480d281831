"""One file's cells, read column by column; where a cell is wrong the table says so and holds BAD in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import NetworkFault
from engine.network.files.schema import Column, FileSchema


class _Bad:
    """What stands where a cell could not be read."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file.

    Attributes
    ----------
    schema : what the file is.
    places : for each row, where it stands: (file, row).
    cells : by column name, each row's text as it was written.
    values : by column name, each row's value: an engine value, or BAD. Absent columns are absent.
    complete : False where the file broke off, so that rows are missing.
    """

    schema: FileSchema
    places: Sequence[tuple[str, int]]
    cells: dict[str, Sequence[str]]
    values: dict[str, list[Any]]
    complete: bool = True

    def __len__(self) -> int:
        return len(self.places)

    def fault(self, index: int, column: str, expected: str) -> NetworkFault:
        """A fault of the cell at row ``index`` (of this table, from 0)."""
        file, row = self.places[index]
        shown = self.cells[column][index] if column in self.cells else ""
        return NetworkFault(file, row, column, shown, expected)

    def keys(self, *columns: str) -> list[tuple[Any, ...]]:
        """Each row's values in ``columns``; none at all where a column is absent."""
        if not all(column in self.values for column in columns):
            return []
        return list(zip(*(self.values[column] for column in columns), strict=True))

    def known(self, *columns: str) -> set[tuple[Any, ...]] | None:
        """The keys rows may refer to. None where a key could not be read, so that nobody can say what is missing."""
        if not self.complete or not all(column in self.values for column in columns):
            return None
        if any(value is BAD for column in columns for value in self.values[column]):
            return None
        return set(self.keys(*columns))


def read_table(
    schema: FileSchema, places: Sequence[tuple[str, int]], cells: dict[str, Sequence[str]], complete: bool = True
) -> tuple[Table, list[NetworkFault]]:
    """Read each column's text. Columns the schema does not know are left out; missing ones are the caller's to report."""
    table = Table(schema, places, cells, {}, complete)
    faults = []
    if schema.filled and complete and not places:
        faults.append(NetworkFault(schema.file, 0, "", "", "at least one row"))
    for name, texts in cells.items():
        column = schema.column(name)
        if column is not None:
            faults += _read_column(table, name, column, texts)
    for column in schema.columns:
        if column.name not in cells and not column.required:
            table.values[column.name] = [column.default] * len(places)
    faults += _duplicates(table)
    return table, faults


def _read_column(table: Table, name: str, column: Column, texts: Sequence[str]) -> list[NetworkFault]:
    """Each distinct text is read once: columns repeat themselves, and half a million rows must read in a second."""
    values: dict[str, Any] = {}
    for text in set(texts):
        values[text] = _read_cell(column, text)
    table.values[name] = list(map(values.__getitem__, texts))
    bad = {text for text, value in values.items() if value is BAD}
    return [
        table.fault(index, name, column.codec.expected)
        for index, text in (enumerate(texts) if bad else ())
        if text in bad
    ]


def _read_cell(column: Column, text: str) -> Any:
    if not text:
        return BAD if column.required else column.default
    try:
        return column.codec.read(text)
    except ValueError:
        return BAD


def _duplicates(table: Table) -> list[NetworkFault]:
    keys = table.keys(*table.schema.key)
    if len(set(keys)) == len(keys):
        return []
    first: dict[tuple[Any, ...], int] = {}
    faults = []
    for index, key in enumerate(keys):
        if BAD in key:
            continue
        earlier = first.setdefault(key, index)
        if earlier != index:
            file, row = table.places[earlier]
            names = " and ".join(table.schema.key)
            faults.append(table.fault(index, table.schema.key[-1], f"a new {names}, not that of {file}:{row}"))
    return faults
