"""Onebox's own JSON: a captured order as ``engine.capture.captured`` has it, amounts in micros and instants in UTC seconds.

For callers that speak to Onebox directly. What it does not know is refused, as a misspelt field would be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.capture.adapter import Adapter
from engine.capture.captured import Address, CapturedLine, CapturedOrder, Charge, Customer, Payment
from engine.capture.channel import Channel
from engine.capture.documents import parse, shown
from engine.capture.envelopes import orders_in
from engine.capture.places import within
from engine.errors import FieldFault, InvalidInput

_GIVEN = frozenset(("channel", "raw_id"))
_PARTS: dict[str, type[msgspec.Struct]] = {
    "customer": Customer,
    "ship_to": Address,
    "bill_to": Address,
    "payment": Payment,
}
_LISTS: dict[str, type[msgspec.Struct]] = {"lines": CapturedLine, "charges": Charge}


class Own(Adapter):
    """See the module."""

    name = "json"
    formats = "Onebox's own JSON: one order, a list or {orders}; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        what = "an order: an object with channel_order_id and lines"
        return orders_in(body, lambda value: "channel_order_id" in value or "lines" in value, ("order", "orders"), what)

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        value = parse(document)
        _check_names(value, CapturedOrder, "")
        for name, kind in _PARTS.items():
            _check_names(value.get(name), kind, name)
        for name, kind in _LISTS.items():
            given = value.get(name)
            for position, each in enumerate(given if isinstance(given, list) else ()):
                _check_part(each, kind, f"{name}[{position}]")
        try:
            return msgspec.convert(value | {"channel": channel.name}, CapturedOrder)
        except msgspec.ValidationError as error:
            expected, _, path = str(error).partition(" - at `$")
            raise InvalidInput(FieldFault(path.strip("`."), "", expected.removeprefix("Expected "))) from None


def _check_part(value: Any, kind: type[msgspec.Struct], path: str) -> None:
    """A part of a list by itself, so that a fault says which."""
    _check_names(value, kind, path)
    try:
        with within(path):
            msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        expected, _, inner = str(error).partition(" - at `$")
        field = f"{path}{inner.rstrip('`')}"
        raise InvalidInput(FieldFault(field, "", expected.removeprefix("Expected "))) from None


def _check_names(value: Any, kind: type[msgspec.Struct], path: str) -> None:
    known = frozenset(kind.__struct_fields__) - _GIVEN
    for name in value if isinstance(value, dict) else ():
        if name not in known:
            field = f"{path}.{name}".lstrip(".")
            raise InvalidInput(FieldFault(field, shown(value[name]), f"a known name: {', '.join(sorted(known))}"))
