"""The units a network's files are written in, as exact fractions of the engine's own (grams, millimetres, metres)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.network.checks import require

WEIGHTS = {
    "g": Fraction(1),
    "kg": Fraction(1_000),
    "oz": Fraction("28.349523125"),
    "lb": Fraction("453.59237"),
}
LENGTHS = {"mm": Fraction(1), "cm": Fraction(10), "in": Fraction("25.4")}
DISTANCES = {"m": Fraction(1), "km": Fraction(1_000), "mi": Fraction("1609.344")}


@dataclass(frozen=True, slots=True)
class Units:
    """Names of the units of weight (g, kg, oz, lb), length (mm, cm, in) and distance (m, km, mi)."""

    weight: str = "kg"
    length: str = "mm"
    distance: str = "km"

    def __post_init__(self) -> None:
        for name, known in (("weight", WEIGHTS), ("length", LENGTHS), ("distance", DISTANCES)):
            require(getattr(self, name) in known, name, getattr(self, name), f"one of {', '.join(known)}")

    @property
    def grams(self) -> Fraction:
        """Grams in one unit of weight."""
        return WEIGHTS[self.weight]

    @property
    def millimetres(self) -> Fraction:
        """Millimetres in one unit of length."""
        return LENGTHS[self.length]

    @property
    def metres(self) -> Fraction:
        """Metres in one unit of distance."""
        return DISTANCES[self.distance]
