"""JSON orders laid out as the rows of an order file, a row for each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import NetworkFault
from engine.network.files.cells import decimal_text
from engine.network.files.reader import file_bytes
from engine.network.files.schema import FileSchema
from engine.network.files.table import Table, read_table
from engine.routing.order_columns import LINE_COLUMNS

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(slots=True)
class JsonOrders:
    """The rows of a JSON file.

    ``positions`` has (order, line) for each row number used in ``table`` and ``faults``: the order from 1, or its line
    in a ``.jsonl``, and the line of the order from 0; -1 is the order itself.
    """

    schema: FileSchema
    file: str
    positions: list[tuple[int, int]] = field(default_factory=list)
    faults: list[NetworkFault] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def fault(self, row: int, column: str, value: object, expected: str) -> None:
        self.faults.append(NetworkFault(self.file, row, column, _shown(value), expected))

    def position(self, order: int, line: int) -> int:
        self.positions.append((order, line))
        return len(self.positions) - 1

    def add_order(self, number: int, order: Any) -> None:
        if not isinstance(order, dict):
            self.fault(self.position(number, -1), "", order, "an order: an object")
            return
        lines = order.pop("lines", None)
        if not isinstance(lines, list) or not lines:
            self.fault(self.position(number, -1), "lines", lines, "a list of one line or more")
            lines = []
        names = [column.name for column in self.schema.columns if column.name not in LINE_COLUMNS]
        first = self.cells(self.position(number, -1), order, names)
        for index, line in enumerate(lines):
            row = self.position(number, index)
            if not isinstance(line, dict):
                self.fault(row, "sku", line, "a line: an object")
                line = {}
            of_order = first if index == 0 else {"order_id": first.get("order_id", "")}
            self.rows.append((row, of_order | self.cells(row, line, LINE_COLUMNS)))

    def cells(self, row: int, values: dict[str, Any], known: list[str] | tuple[str, ...]) -> dict[str, str]:
        cells = {}
        for name, value in values.items():
            if name not in known:
                self.fault(row, name, value, f"a known name: {', '.join(known)}")
                continue
            text = _cell(value)
            if text is None:
                self.fault(row, name, value, "text, a number, true, false, null, or a list of texts")
            cells[name] = text or ""
        return cells

    def starts(self) -> frozenset[int]:
        """Rows of the table at which an order begins."""
        return frozenset(index for index, (row, _) in enumerate(self.rows) if self.positions[row][1] == 0)

    def table(self) -> tuple[Table, list[NetworkFault]]:
        """The rows as a table, and every fault of structure and cells."""
        places = [(self.file, row) for row, _ in self.rows]
        cells: dict[str, Sequence[str]] = {
            column.name: [row.get(column.name, "") for _, row in self.rows] for column in self.schema.columns
        }
        table, faults = read_table(self.schema, places, cells)
        return table, self.faults + faults

    def located(self, fault: NetworkFault) -> NetworkFault:
        """The fault where a reader of the file finds it: the order's number, and the line in the column."""
        order, line = self.positions[fault.row]
        of_line = line >= 0 and (fault.column in LINE_COLUMNS or fault.expected.startswith("a known name"))
        return replace(fault, row=order, column=f"lines[{line}].{fault.column}" if of_line else fault.column)


def read_json(path: Path, schema: FileSchema) -> JsonOrders | NetworkFault:
    """The orders of a ``.json`` (one, or a list) or a ``.jsonl`` (one a line); a fault where it can't be read at all."""
    data = file_bytes(path)
    if isinstance(data, NetworkFault):
        return data
    orders = JsonOrders(schema, path.name)
    for number, text in _texts(path, data):
        try:
            found = _DECODER.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            orders.fault(orders.position(number, -1), "", str(error), "JSON")
            continue
        several = isinstance(found, list) and number == 0
        for index, order in enumerate(found if several else [found], 1):
            orders.add_order(number or index, order)
    return orders


def _texts(path: Path, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The documents of the file, numbered by line in a ``.jsonl``; the one of a ``.json`` is number 0."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not path.name.removesuffix(".gz").endswith(".jsonl"):
        yield 0, data
        return
    yield from ((number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip())


def _cell(value: Any) -> str | None:
    """A JSON value as the cell it would be; None where it is no cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str | int):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ";".join(value)
    return None


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:200]
