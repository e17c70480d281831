"""Bid prices: what taking stock or capacity costs the future (design.md, The future)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.network.checks import require

MAX_PRICE = 1 << 40
"""A million of the currency a unit."""


@dataclass(frozen=True, slots=True)
class BidPrices:
    """Prices in micros, 0..``MAX_PRICE``; what is not named is free.

    A price moves with the stock: where less is left at an instant than of ``stock`` would be if it were used up evenly from
    ``valid_from`` to ``valid_until``, each unit that lacks adds ``step``, and each that is over takes it off, to zero at least.

    Attributes
    ----------
    version : names these prices in decisions; 0 is "no prices".
    unit : (SKU, node id) -> price of one unit.
    capacity : (node id, local day of departure since 1970-01-01) -> price of one shipment.
    stock : (SKU, node id) -> units that there were when the prices were made; 0 where not named.
    step : micros; 0: prices stand still.
    valid_from, valid_until : UTC seconds; prices count from the first up to the second. None: without end.
    """

    version: int = 0
    unit: Mapping[tuple[str, str], int] = field(default_factory=dict)
    capacity: Mapping[tuple[str, int], int] = field(default_factory=dict)
    stock: Mapping[tuple[str, str], int] = field(default_factory=dict)
    step: int = 0
    valid_from: int | None = None
    valid_until: int | None = None

    def of(self, node_id: str, ship_day: int, units: Iterable[tuple[str, int]]) -> tuple[int, int]:
        """Micros of one shipment of ``units``, (SKU, count): of them, and of its day."""
        of_units = sum([count * self.unit.get((sku, node_id), 0) for sku, count in units])
        return of_units, self.capacity.get((node_id, ship_day), 0)

    def __post_init__(self) -> None:
        require(self.version >= 0, "version", self.version, "a number >= 0")
        for name in ("unit", "capacity"):
            held = getattr(self, name).values()
            least, most = min(held, default=0), max(held, default=0)
            require(least >= 0, name, least, "micros >= 0")
            require(most <= MAX_PRICE, name, most, f"micros up to {MAX_PRICE}")
        require(min(self.stock.values(), default=0) >= 0, "stock", min(self.stock.values(), default=0), "units >= 0")
        require(0 <= self.step <= MAX_PRICE, "step", self.step, f"micros in 0..{MAX_PRICE}")
        if self.step:
            bounded = self.valid_from is not None and self.valid_until is not None
            require(bounded, "valid_until", self.valid_until, "an end, and a beginning, as the prices move")
        if self.valid_from is not None and self.valid_until is not None:
            require(self.valid_from < self.valid_until, "valid_until", self.valid_until, f"above {self.valid_from}")
