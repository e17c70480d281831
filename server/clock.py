"""The server's time. Everything in a worker that asks for the time asks its one clock."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """UTC seconds; never goes back by much."""

    def __call__(self) -> int: ...

    def reached(self, instant: int) -> None:
        """Something of that instant is about to be taken: an order, a scan."""
        ...


class SystemClock:
    """The time it is."""

    def __call__(self) -> int:
        return int(time.time())

    def reached(self, instant: int) -> None:
        """Live time does not care."""


class ReplayClock:
    """The time of the latest order or scan seen, from ``start`` (UTC seconds) on: past orders are decided, held, shipped and
    expire as they would have then."""

    def __init__(self, start: int) -> None:
        self._now = start

    def __call__(self) -> int:
        return self._now

    def reached(self, instant: int) -> None:
        self._now = max(self._now, instant)
