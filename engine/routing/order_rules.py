"""What must hold across the rows of an order file."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.errors import NetworkFault
from engine.network.files.table import BAD, Table
from engine.routing.order import MAX_LINES, Fulfilment
from engine.routing.order_columns import LINE_COLUMNS


def order_spans(table: Table, starts: Collection[int] = ()) -> list[tuple[int, int]]:
    """(first row, row after the last) of each order: rows of one order_id that stand together.

    ``starts`` are rows that begin an order whatever the one before is called.
    """
    order_ids = table.values.get("order_id", [])
    begin = [
        index
        for index, order_id in enumerate(order_ids)
        if index == 0 or order_id != order_ids[index - 1] or index in starts
    ]
    return list(zip(begin, [*begin[1:], len(order_ids)], strict=True)) if begin else []


def broken_order_rules(table: Table, starts: Collection[int] = ()) -> Iterator[NetworkFault]:
    """Every fault across the rows of each order; ``starts`` as in ``order_spans``."""
    if not all(column.name in table.values for column in table.schema.columns):
        return
    seen: dict[str, int] = {}
    own = [name for name in table.cells if name not in LINE_COLUMNS]
    for first, last in order_spans(table, starts):
        order_id = table.values["order_id"][first]
        if order_id is not BAD and seen.setdefault(order_id, first) != first:
            yield table.fault(first, "order_id", "a new order_id, or rows of one order together")
        yield from _agree(table, own, first, last)
        yield from _complete(table, first, last)
        yield from _lines(table, first, last)


def _agree(table: Table, own: list[str], first: int, last: int) -> Iterator[NetworkFault]:
    """What the order says stands on its first row; the others say the same or nothing."""
    for name in own if last - first > 1 else ():
        column = table.values[name]
        for index in range(first + 1, last):
            if column[index] not in (None, BAD, column[first]) and column[first] is not BAD:
                yield table.fault(index, name, f"blank, or as on the order's first row: {table.cells[name][first]!r}")


def _complete(table: Table, first: int, last: int) -> Iterator[NetworkFault]:
    """An order has its time, a destination where lines ship, and one place of pickup where lines are picked up."""
    values = table.values
    kinds = values["fulfilment"][first:last]
    if values["order_time"][first] is None:
        yield table.fault(first, "order_time", table.schema.by_name["order_time"].codec.expected)
    place = [values[name][first] for name in ("country", "postal_code")]
    node, radius = values["pickup_node"][first], values["pickup_radius"][first]
    if Fulfilment.SHIP in kinds or radius is not None or place != [None, None]:
        for name, value in zip(("country", "postal_code"), place, strict=True):
            if value is None:
                yield table.fault(
                    first, name, f"a {name}, as the order ships, names a place or picks up within a radius"
                )
    if Fulfilment.PICKUP in kinds and node is None and radius is None:
        yield table.fault(first, "pickup_node", "a pickup_node or a pickup_radius, as lines are picked up")
    if node is not None and radius is not None:
        yield table.fault(first, "pickup_radius", "blank, as there is a pickup_node")


def _lines(table: Table, first: int, last: int) -> Iterator[NetworkFault]:
    if last - first > MAX_LINES:
        yield table.fault(first + MAX_LINES, "sku", f"at most {MAX_LINES} lines in an order")
    if last - first == 1:
        return
    seen: set[str] = set()
    for index in range(first, last):
        line_id = table.values["line_id"][index] or str(index - first + 1)
        if line_id in seen:
            yield table.fault(index, "line_id", "a line_id of its own within the order")
        if line_id is not BAD:
            seen.add(line_id)
