"""Bid prices: what taking stock or capacity costs the future (design.md, The future)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class BidPrices:
    """Prices in micros, >= 0; what is not named is free.

    Attributes
    ----------
    version : names these prices in decisions; 0 is "no prices".
    unit : (SKU, node id) -> price of one unit.
    capacity : (node id, local day of departure since 1970-01-01) -> price of one shipment.
    """

    version: int = 0
    unit: Mapping[tuple[str, str], int] = field(default_factory=dict)
    capacity: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(self.version >= 0, "version", self.version, "a number >= 0")
        for name in ("unit", "capacity"):
            least = min(getattr(self, name).values(), default=0)
            require(least >= 0, name, least, "micros >= 0")
