"""What a label says, before it is drawn."""

from __future__ import annotations

import msgspec

from engine.capture.captured import Address
from engine.network.checks import require
from engine.shipping.numbers import is_sscc


class LabelText(msgspec.Struct, frozen=True):
    """What stands on one package's label. ``position`` of ``count`` packages, from 1."""

    carrier: str
    service: str
    sender: Address
    recipient: Address
    sscc: str
    reference: str
    ship_day: int
    weight_g: int
    sides_mm: tuple[int, int, int]
    position: int
    count: int
    contents: str = ""
    returning: bool = False

    def __post_init__(self) -> None:
        require(is_sscc(self.sscc), "sscc", self.sscc, "18 digits with their check digit")
        require(1 <= self.position <= self.count, "position", self.position, f"1..{self.count}")
