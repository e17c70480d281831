"""The named parts of a cost, and the named reasons why something can't go."""

from __future__ import annotations

import enum


class Component(enum.Enum):
    """The named parts of a cost. Their sum is the cost (I7)."""

    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    HANDLING = "HANDLING"
    PACKAGING = "PACKAGING"
    CARRIER = "CARRIER"
    FUEL = "FUEL"
    SURCHARGES = "SURCHARGES"
    TRANSFER = "TRANSFER"
    UNIT_HANDLING = "UNIT_HANDLING"
    LATE = "LATE"
    CARBON = "CARBON"
    REJECT = "REJECT"
    BID_PRICE = "BID_PRICE"
    CAPACITY_PRICE = "CAPACITY_PRICE"
    SPLIT = "SPLIT"
    BACKORDER = "BACKORDER"


class Reason(enum.Enum):
    """Why a line could not be filled."""

    NO_STOCK = "NO_STOCK"
    CUTOFF_MISSED = "CUTOFF_MISSED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    CAPACITY_EXHAUSTED = "CAPACITY_EXHAUSTED"
    CONSTRAINT = "CONSTRAINT"


NOT_PAID = frozenset((Component.BID_PRICE, Component.CAPACITY_PRICE))
"""What later orders would lose by a decision: it weighs in the choice, and nobody is billed for it."""

Breakdown = tuple[tuple[Component, int], ...]
"""Non-zero components in the order of ``Component``, micros."""


def paid(breakdown: Breakdown) -> int:
    """Micros of it that are money paid or owed."""
    return sum([amount for component, amount in breakdown if component not in NOT_PAID])


class NotAllowed(Exception):
    """These goods can't go this way. It stays inside the engine: what leaves it is data, with the reason.

    ``detail`` is a sentence for people, with the figures.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason.value}: {detail}")
