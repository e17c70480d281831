"""What commands print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

_WHOLE = ("there by", "sku", "node", "service", "store", "scenario", "when", "of")


def print_json(value: Any) -> None:
    """One line of JSON; protobuf messages with the contract's names."""
    import msgspec
    from google.protobuf.message import Message

    def plain(value: Any) -> Any:
        if isinstance(value, Message):
            from google.protobuf.json_format import MessageToDict

            return MessageToDict(value, preserving_proto_field_name=True)
        raise TypeError(f"{type(value).__name__} has no JSON")

    print(msgspec.json.encode(value, enc_hook=plain).decode(), flush=True)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns that start with ``>`` are set right; numbers and instants are not broken, where the terminal is narrow."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        whole = column.startswith(">") or column in _WHOLE
        side: Literal["left", "right"] = "right" if column.startswith(">") else "left"
        table.add_column(column.lstrip(">"), justify=side, no_wrap=whole, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def amount(money: Any) -> str:
    """A Money message as text: 12.34 USD; more decimals where there are."""
    micros = money.units * 1_000_000 + money.nanos // 1_000
    whole, part = divmod(abs(micros), 1_000_000)
    decimals = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{decimals} {money.currency_code}"


def rounded(money: Any) -> str:
    """The same to the cent, where many stand below each other."""
    return f"{money.units + money.nanos / 1e9:.2f} {money.currency_code}"


def when(timestamp: Any) -> str:
    """A Timestamp message as text, UTC."""
    return datetime.fromtimestamp(timestamp.seconds, UTC).strftime("%Y-%m-%d %H:%MZ")


def short_name(enum: Any, number: int) -> str:
    """An enum's value without its prefix."""
    name: str = enum.Name(number)
    prefix = enum.Name(0).removesuffix("UNSPECIFIED")
    return name.removeprefix(prefix)
