"""When a webhook that failed is tried again: later each time, and never all at the same instant."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class Backoff:
    """The wait doubles from ``first_s`` up to ``most_s``, less up to half of it by chance; after ``tries`` it is given up.

    The defaults give up after about half a day.
    """

    first_s: int = 5
    most_s: int = 4 * 3_600
    tries: int = 16

    def __post_init__(self) -> None:
        require(1 <= self.first_s <= self.most_s, "first_s", self.first_s, f"seconds in 1..{self.most_s}")
        require(self.tries >= 1, "tries", self.tries, "a count >= 1")

    def wait_s(self, failures: int, chance: Random) -> int | None:
        """Seconds after the ``failures``-th failure in a row, at least 1; None to give up."""
        if failures >= self.tries:
            return None
        whole: int = min(self.most_s, self.first_s << min(failures - 1, 40))
        return max(1, round(whole * (0.5 + chance.random() / 2)))
