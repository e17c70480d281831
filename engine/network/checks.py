"""The one way a value object says what is wrong with it."""

from __future__ import annotations

from engine.errors import FieldFault, InvalidInput


def require(holds: bool, field: str, value: object, expected: str) -> None:
    """Raise InvalidInput naming the field, its value and what was expected, unless ``holds``."""
    if not holds:
        raise InvalidInput(FieldFault(field, str(value), expected))
