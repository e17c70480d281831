"""Items: what is sold."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.network.checks import require


class ItemFlag(enum.Enum):
    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    HAZMAT = "HAZMAT"  # only by services and nodes that take hazardous goods
    SHIP_ALONE = "SHIP_ALONE"  # each unit in a package of its own
    OVERSIZE = "OVERSIZE"  # each unit in its own packaging, no carton
    COLD = "COLD"  # only from nodes that handle cold, within the policy's cold transit days
    MUST_NOT_SPLIT = "MUST_NOT_SPLIT"  # a line of it is never divided between nodes


@dataclass(frozen=True, slots=True)
class Item:
    """One item. Weight in grams, 1..2,000,000; sides in millimetres, 1..20,000; unit_value in micros, >= 0."""

    sku: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    unit_value: int = 0
    flags: frozenset[ItemFlag] = frozenset()
    name: str = ""

    def __hash__(self) -> int:  # items are looked up with every price; equal ones have one SKU
        return hash(self.sku)

    def __post_init__(self) -> None:
        require(bool(self.sku), "sku", self.sku, "a non-empty identifier")
        require(1 <= self.weight_g <= 2_000_000, "weight_g", self.weight_g, "grams in 1..2000000")
        for name in ("length_mm", "width_mm", "height_mm"):
            require(1 <= getattr(self, name) <= 20_000, name, getattr(self, name), "millimetres in 1..20000")
        require(self.unit_value >= 0, "unit_value", self.unit_value, "micros >= 0")

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class Carton:
    """A box orders are packed in: inner sides in millimetres, the weight it may hold, its own weight, its cost (micros)."""

    carton_id: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int
    tare_g: int = 0
    cost: int = 0

    def __post_init__(self) -> None:
        for name in ("length_mm", "width_mm", "height_mm", "max_weight_g"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "a figure >= 1")
        for name in ("tare_g", "cost"):
            require(getattr(self, name) >= 0, name, getattr(self, name), "a figure >= 0")

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm
