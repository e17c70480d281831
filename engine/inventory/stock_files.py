"""Stock as WMS, ERP and POS write it down: CSV or Parquet, a row a cell, counts (``on_hand``) or deltas (``units``)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import NetworkFault, NetworkFaults
from engine.inventory.ledger import MAX_ON_HAND, StockCount, StockDelta

MAX_DELTAS = 10_000
"""Deltas in a file: they take effect together or not at all."""
COLUMNS = ("sku", "node_id", "on_hand", "units", "as_of_time", "safety_stock", "protected")
_LATEST = 4_102_444_800
"""2100-01-01."""

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class StockFile:
    """What a file says: counts or deltas, the other is empty."""

    counts: tuple[StockCount, ...] = ()
    deltas: tuple[StockDelta, ...] = ()


def instant_of(text: str) -> int:
    """ISO 8601 as UTC seconds, UTC where it names no offset. Raises ValueError."""
    when = datetime.fromisoformat(text.strip())
    seconds = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    if not 0 <= seconds < _LATEST:
        raise ValueError(text)
    return seconds


def read_stock_file(
    path: Path, skus: Collection[str], node_ids: Collection[str], as_of_time: int | None = None
) -> StockFile:
    """The file, held against the SKUs and nodes of a network.

    Parameters
    ----------
    as_of_time : of rows that say none, UTC seconds; None: counts must say theirs, and deltas are of now.

    Raises
    ------
    NetworkFaults : every fault of the file at once; the header is row 1.
    """
    header, rows = _table(path)
    counted = "on_hand" in header
    reader = _Reader(path.name, header, skus, node_ids, as_of_time)
    reader.check_header()
    found: list[Any] = []
    for number, row in enumerate(rows, 2):
        found.append(reader.count(number, row) if counted else reader.delta(number, row))
    if not counted and len(found) > MAX_DELTAS:
        reader.fault(0, "", len(found), f"at most {MAX_DELTAS} rows of deltas: part the file")
    reader.refuse()
    return StockFile(counts=tuple(found)) if counted else StockFile(deltas=tuple(found))


def _table(path: Path) -> tuple[list[str], Sequence[Sequence[str]]]:
    """Header and rows, as text; "" where there is nothing. Raises NetworkFaults."""
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                separator = max(",;\t", key=file.readline().count)
            frame = pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
        frame = frame.select(pl.all().cast(pl.String).fill_null(""))
    except (OSError, PolarsError) as error:
        words = str(error).partition("\n")[0]
        fault = NetworkFault(path.name, 0, "", "", f"a CSV or Parquet file with rows ({words})")
        raise NetworkFaults((fault,)) from None
    return [name.strip().lower() for name in frame.columns], frame.rows()


class _Reader:
    """Rows into values; every fault is kept."""

    def __init__(
        self, file: str, header: Sequence[str], skus: Collection[str], node_ids: Collection[str], as_of_time: int | None
    ) -> None:
        self._faults: list[NetworkFault] = []
        self._file = file
        self._header = header
        self._places = {name: place for place, name in enumerate(header)}
        self._skus = skus
        self._node_ids = node_ids
        self._as_of_time = as_of_time
        self._rows: dict[tuple[str, str], int] = {}

    def check_header(self) -> None:
        for name in self._header:
            if name not in COLUMNS or self._header.count(name) > 1:
                self.fault(1, name, name, f"a known column, once: {', '.join(COLUMNS)}")
        for name in ("sku", "node_id"):
            if name not in self._places:
                self.fault(1, name, "", "this column")
        kinds = [name for name in ("on_hand", "units") if name in self._places]
        if len(kinds) != 1:
            self.fault(1, "on_hand", " and ".join(kinds), "on_hand for counts or units for deltas, one of them")
        if kinds == ["on_hand"] and "as_of_time" not in self._places and self._as_of_time is None:
            self.fault(1, "as_of_time", "", "this column, or an instant for all rows: when it was counted")
        self.refuse()

    def count(self, number: int, row: Sequence[str]) -> StockCount | None:
        before = len(self._faults)
        sku, node_id = self._cell(number, row)
        on_hand = self._number(number, row, "on_hand", 0, needed=True)
        safety, protected = (self._number(number, row, name, 0) for name in ("safety_stock", "protected"))
        as_of = self._instant(number, row)
        if as_of is None and not self._text(row, "as_of_time"):
            self.fault(number, "as_of_time", "", "an instant, as 2026-01-31T12:00:00Z: when it was counted")
        if len(self._faults) > before or on_hand is None or as_of is None:
            return None
        return StockCount(sku, node_id, on_hand, as_of, safety, protected)

    def delta(self, number: int, row: Sequence[str]) -> StockDelta | None:
        before = len(self._faults)
        sku, node_id = self._cell(number, row)
        units = self._number(number, row, "units", -MAX_ON_HAND, needed=True)
        if units == 0:
            self.fault(number, "units", 0, "units above or below 0")
        as_of = self._instant(number, row)
        return None if len(self._faults) > before or units is None else StockDelta(sku, node_id, units, as_of)

    def fault(self, number: int, column: str, value: object, expected: str) -> None:
        self._faults.append(NetworkFault(self._file, number, column, str(value), expected))

    def refuse(self) -> None:
        """Raises NetworkFaults where there were any."""
        if self._faults:
            raise NetworkFaults(tuple(self._faults))

    def _cell(self, number: int, row: Sequence[str]) -> tuple[str, str]:
        sku, node_id = self._text(row, "sku"), self._text(row, "node_id")
        if sku not in self._skus:
            self.fault(number, "sku", sku, "a SKU of the network")
        if node_id not in self._node_ids:
            self.fault(number, "node_id", node_id, "a node of the network")
        first = self._rows.setdefault((sku, node_id), number)
        if first != number:
            self.fault(number, "sku", f"{sku} at {node_id}", f"each SKU and node once: it stands in row {first} too")
        return sku, node_id

    def _number(self, number: int, row: Sequence[str], column: str, least: int, *, needed: bool = False) -> int | None:
        def whole(text: str) -> int:
            value = Decimal(text)
            if value != value.to_integral_value() or not least <= value <= MAX_ON_HAND:
                raise ValueError(text)
            return int(value)

        if not needed and not self._text(row, column):
            return None
        return self._value(number, row, column, whole, f"a whole number in {least}..{MAX_ON_HAND}")

    def _instant(self, number: int, row: Sequence[str]) -> int | None:
        if not self._text(row, "as_of_time"):
            return self._as_of_time
        expected = "an instant from 1970 to 2100, as 2026-01-31T12:00:00Z"
        return self._value(number, row, "as_of_time", instant_of, expected)

    def _value(
        self, number: int, row: Sequence[str], column: str, convert: Callable[[str], V], expected: str
    ) -> V | None:
        text = self._text(row, column)
        try:
            return convert(text)
        except (ValueError, InvalidOperation):
            self.fault(number, column, text, expected)
            return None

    def _text(self, row: Sequence[str], column: str) -> str:
        place = self._places.get(column)
        return "" if place is None else row[place].strip()
