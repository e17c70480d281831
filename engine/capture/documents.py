"""JSON documents of channels into structs: tolerant of how a channel writes a value, strict about what it means.

A channel may write an amount as text or number, an identifier as number or text, and leave a field out or null: ``Amount``,
``Text`` and ``Count`` take all of these. What can't be read is an error that names the field by its path.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from engine.errors import FieldFault, InvalidInput

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class Amount(Decimal):
    """A finite decimal, written as a number or as text; empty text is 0."""


class Text(str):
    """Text, or a number as its digits, without space around it."""

    __slots__ = ()


class Count(int):
    """A whole number, also where it is written with decimals or as text."""


class Document(msgspec.Struct):
    """Part of a channel's document. Once it is read, texts and counts are plain ones."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if type(value) in _PLAIN:
                setattr(self, name, _PLAIN[type(value)](value))
            elif type(value) is list and value and type(value[0]) in _PLAIN:
                setattr(self, name, [_PLAIN[type(each)](each) for each in value])


_PLAIN: dict[type, type] = {Text: str, Count: int}

T = TypeVar("T", bound=Document)


def parse(body: bytes) -> Any:
    """The JSON value, its decimals exact. Raises InvalidInput."""
    try:
        return _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(FieldFault("document", shown(body), f"JSON ({error})")) from None


def encoded(value: Any) -> bytes:
    """A parsed value as JSON again; decimals stay exact, as numbers."""
    return msgspec.json.Encoder(decimal_format="number").encode(value)


def read_as(kind: type[T], value: Any, within: str = "") -> T:
    """A parsed value as a struct. ``within`` is the path at which it stands. Raises InvalidInput naming the field."""
    try:
        return msgspec.convert(value, kind, strict=False, dec_hook=_take)
    except msgspec.ValidationError as error:
        path, expected = _place(str(error))
        raise InvalidInput(FieldFault(_joined(within, path), shown(_at(value, path)), expected)) from None


def shown(value: object) -> str:
    """The beginning of a value, for an error."""
    text = value[:80].decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _take(kind: type, value: Any) -> Any:
    if kind is Text:
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            return Text(str(value).strip())
        raise ValueError("Expected text")
    if kind not in (Amount, Count) or isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("Expected a number")
    try:
        number = Decimal(str(value).strip() or "0")
    except InvalidOperation:
        raise ValueError("Expected a decimal number") from None
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError("Expected a number below 1e15")
    if kind is Amount:
        return Amount(number)
    if number != number.to_integral_value():
        raise ValueError("Expected a whole number")
    return Count(int(number))


def _place(message: str) -> tuple[str, str]:
    """msgspec's words as (path, what was expected)."""
    words, _, path = message.partition(" - at `$")
    expected = words.removeprefix("Expected ").split(", got ")[0]
    return path.rstrip("`").lstrip("."), expected.replace("`", "")


def _at(value: Any, path: str) -> Any:
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return ""
    return value


def _joined(within: str, path: str) -> str:
    return f"{within}{'.' if within and path and not path.startswith('[') else ''}{path}" or "document"
