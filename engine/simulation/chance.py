"""Common random numbers: what happens to an order by chance happens to it in every scenario alike.

A draw is a function of the seed and of what it is drawn for, never of the draws before it. So two scenarios differ by what
they change, not by luck, and the difference between them has a narrow interval (Law and Kelton, Simulation Modeling and
Analysis, section 11.2).
"""

from __future__ import annotations

import hashlib
import math


class Chance:
    """Draws of one replication. ``seed`` and ``replication``: 0..2**63 - 1."""

    def __init__(self, seed: int, replication: int) -> None:
        self._key = seed.to_bytes(8, "little") + replication.to_bytes(8, "little")

    def uniform(self, *what: str) -> float:
        """A number in [0, 1) that belongs to the names in ``what``."""
        drawn = hashlib.blake2b("\x1f".join(what).encode(), digest_size=8, key=self._key).digest()
        return (int.from_bytes(drawn, "little") >> 11) * 2.0**-53

    def poisson(self, mean: float, *what: str) -> int:
        """A Poisson count; ``mean`` in 0..50. Higher for a higher mean, at the same names."""
        left = self.uniform(*what)
        chance, count = math.exp(-mean), 0
        while left >= chance and count < 1_000:
            left -= chance
            count += 1
            chance *= mean / count
        return count

    def whole(self, mean: float, *what: str) -> int:
        """``mean`` rounded up or down by chance, so that it is right on average."""
        least = math.floor(mean)
        return least + (self.uniform(*what) < mean - least)
