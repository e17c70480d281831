"""Where in a document a fault lies: values are checked far from it, so what they say is put under its path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from engine.errors import InvalidInput


@contextmanager
def within(path: str) -> Iterator[None]:
    """Faults of the block get ``path`` before their field."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(*(replace(each, field=f"{path}.{each.field}") for each in error.faults)) from None
