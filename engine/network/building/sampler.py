"""Seeded draws that give the same values on every numpy release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
T = TypeVar("T")


class Sampler:
    """Draws made of uniform doubles alone.

    numpy keeps the stream of ``Generator.random`` and may change the others (NEP 19), so everything else is derived here.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def uniform(self, n: int, low: float = 0.0, high: float = 1.0) -> Floats:
        """``n`` draws in [low, high)."""
        return low + (high - low) * self._generator.random(n)

    def chance(self, probability: float) -> bool:
        return bool(self._generator.random() < probability)

    def whole(self, low: int, high: int) -> int:
        """One integer in low..high, both included."""
        return low + int(self._generator.random() * (high - low + 1))

    def normal(self, n: int) -> Floats:
        """``n`` standard normal draws (Box and Muller, 1958)."""
        radius = np.sqrt(-2.0 * np.log(1.0 - self._generator.random(n)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self._generator.random(n)), np.float64)

    def pick(self, cumulative: Floats, n: int) -> Ints:
        """``n`` indices, with replacement, by cumulative weights."""
        drawn: Ints = np.searchsorted(cumulative, self._generator.random(n) * cumulative[-1], side="right").astype(
            np.int64
        )
        return np.minimum(drawn, len(cumulative) - 1)

    def choose(self, values: Sequence[T], weights: Sequence[float]) -> T:
        """One of ``values``."""
        return values[int(self.pick(np.cumsum(np.asarray(weights, np.float64)), 1)[0])]

    def distinct(self, weights: Floats, k: int) -> Ints:
        """``k`` different indices by weight, in the order drawn (Efraimidis and Spirakis, 2006); weight 0 is never drawn."""
        with np.errstate(divide="ignore"):
            keys = -np.log(1.0 - self._generator.random(len(weights))) / weights
        keys[weights <= 0] = np.inf
        first = np.argsort(keys, kind="stable")[: min(k, int(np.count_nonzero(weights > 0)))]
        return first.astype(np.int64)

    def distinct_from(self, cumulative: Floats, k: int) -> list[int]:
        """``k`` different indices by cumulative weights, by rejection: for few out of many. ``k`` must not exceed their number."""
        drawn: list[int] = []
        while len(drawn) < k:
            index = int(self.pick(cumulative, 1)[0])
            if index not in drawn:
                drawn.append(index)
        return drawn
