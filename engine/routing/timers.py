"""Who wakes a window: the loop's time live, the virtual clock in a replay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol


class Alarm(Protocol):
    """Something that is to happen."""

    def cancel(self) -> None:
        """It does not happen."""
        ...


class Timer(Protocol):
    """Seconds that only go forward, and calls at a time to come."""

    def time(self) -> float: ...

    def call_at(self, when: float, then: Callable[[], None]) -> Alarm: ...


class LoopTimer:
    """The time of the loop that runs."""

    def time(self) -> float:
        return asyncio.get_running_loop().time()

    def call_at(self, when: float, then: Callable[[], None]) -> Alarm:
        return asyncio.get_running_loop().call_at(when, then)
