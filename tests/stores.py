"""Names for what lies in the tests' one store."""

from __future__ import annotations

import itertools

_numbers = itertools.count()


def new_name() -> str:
    """A ledger's name that nothing else of this run has."""
    return f"test-{next(_numbers)}"
