"""Standing back: a study gives way to the router in everything that the machine can give to either."""

from __future__ import annotations

import os
from contextlib import suppress

_LAST = 19
_FIRST_TO_GO = "1000"

ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
"""What the environment of a study says, so that each of its processes takes one core at most."""


def stand_back(memory_mib: int) -> None:
    """This process and all that it starts: lowest priority, at most so much memory each, and the first that the kernel
    ends where memory runs out."""
    os.nice(_LAST)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write(_FIRST_TO_GO)
    _limit_memory(memory_mib)


def _limit_memory(memory_mib: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    limit = memory_mib << 20
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
