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
    found = [encoded(order) for order in objects_in(value, is_order, frozenset(envelopes))]
    if not found:
        raise NotAnOrder(f"expected {what}, got {described(value)}")
    return found


def objects_in(
    value: Any, wanted: Callable[[Mapping[str, Any]], bool], envelopes: frozenset[str], depth: int = _DEEPEST
) -> Iterator[Mapping[str, Any]]:
    """Every object that is ``wanted``, in lists and envelopes at most ``depth`` deep; one in another is not looked for."""
    if depth == 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from objects_in(each, wanted, envelopes, depth - 1)
    elif isinstance(value, dict):
        if wanted(value):
            yield value
            return
        for name, inner in value.items():
            if name in envelopes:
                yield from objects_in(inner, wanted, envelopes, depth - 1)


def described(value: Any) -> str:
    """What a document is, where it is no order."""
    if isinstance(value, dict):
        names = list(value)
        return f"an object with {', '.join(names[:6])}{' and more' if len(names) > 6 else ''}" if names else "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"{value!r:.40}"
