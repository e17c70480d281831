"""Finding the orders in a JSON document: alone, in a list, or in the envelopes that a channel puts around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.capture.adapter import NotAnOrder
from engine.capture.documents import encoded, parse

_DEEPEST = 8


def orders_in(
    body: bytes, is_order: Callable[[Mapping[str, Any]], bool], envelopes: Sequence[str], what: str
) -> list[bytes]:
    """Every order of the document as a document of its own.

    Parameters
    ----------
    is_order : tells an order by its fields.
    envelopes : names under which orders, lists of them or further envelopes stand.
    what : an order of this channel in words, for the error.

    Raises
    ------
    InvalidInput : the body is no JSON. NotAnOrder : no order is in it.
    """
    value = parse(body)
    found = [encoded(order) for order in _found(value, is_order, frozenset(envelopes), _DEEPEST)]
    if not found:
        raise NotAnOrder(f"expected {what}, got {_described(value)}")
    return found


def _found(
    value: Any, is_order: Callable[[Mapping[str, Any]], bool], envelopes: frozenset[str], depth: int
) -> Iterator[Mapping[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from _found(each, is_order, envelopes, depth - 1)
    elif isinstance(value, dict):
        if is_order(value):
            yield value
            return
        for name, inner in value.items():
            if name in envelopes:
                yield from _found(inner, is_order, envelopes, depth - 1)


def _described(value: Any) -> str:
    if isinstance(value, dict):
        names = list(value)
        return f"an object with {', '.join(names[:6])}{' and more' if len(names) > 6 else ''}" if names else "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"{value!r:.40}"
