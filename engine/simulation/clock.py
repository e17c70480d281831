"""Virtual time."""

from __future__ import annotations


class VirtualClock:
    """UTC seconds; moved on by the replay alone, never back."""

    def __init__(self, start: int) -> None:
        self.now = start

    def __call__(self) -> int:
        return self.now

    def advance(self, instant: int) -> None:
        self.now = max(self.now, instant)
