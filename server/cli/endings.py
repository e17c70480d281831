"""How a command ends that can't do its work: a clear sentence on stderr and an exit code."""

from __future__ import annotations

import sys
from typing import Any

from typer.core import TyperGroup

from engine.errors import NetworkFaults, NotReady, OneboxError, StoreUnavailable

FAILED = 1
UNREACHABLE = 3
_MOST_FAULTS = 100


class Endings(TyperGroup):
    """Runs the command; what it raises becomes a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except OneboxError as error:
            print(sentence(error), file=sys.stderr)
            sys.exit(UNREACHABLE if isinstance(error, StoreUnavailable) else FAILED)


def sentence(error: OneboxError) -> str:
    """The error for people."""
    if isinstance(error, NetworkFaults):
        shown = [f"  {fault}" for fault in error.network_faults[:_MOST_FAULTS]]
        more = len(error.network_faults) - len(shown)
        rest = [f"  and {more} more"] if more else []
        return "\n".join([f"{len(error.network_faults)} faults:", *shown, *rest])
    if isinstance(error, NotReady):
        return f"not ready: {error}"
    return f"error: {error}"
