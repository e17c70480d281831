"""Goods that come back, as the router is asked where to, and what it answers. Values alone: importing them costs nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from engine.network.carriers import ServiceLevel
from engine.routing.order import Destination

LATELY_DAYS = 56
"""What left a node in so many days is what it is expected to be asked for; whole weeks, as weekdays differ."""

ANYWHERE = ""
"""In the place of a node: every node could fill it."""

Cells = Mapping[tuple[str, str], int]
"""(SKU, node id) to units; what is not named is 0."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the SKUs that come back.

    Attributes
    ----------
    atp : available to promise now. left : units that left the node in the last ``LATELY_DAYS`` days.
    waiting : units of orders that wait for the SKU: to be picked up at this node, or ``ANYWHERE``.
    """

    atp: Cells = field(default_factory=dict)
    left: Cells = field(default_factory=dict)
    waiting: Cells = field(default_factory=dict)


class ReturnPart(enum.Enum):
    """The named parts of what a parcel costs. Their sum is its cost."""

    CARRIER = "CARRIER"
    FUEL = "FUEL"
    SURCHARGES = "SURCHARGES"
    TRANSFER = "TRANSFER"
    CARBON = "CARBON"
    HANDLING = "HANDLING"
    UNIT_HANDLING = "UNIT_HANDLING"
    WORTH = "WORTH"  # what the goods are worth less there than where they are worth most
    PARCEL = "PARCEL"  # the penalty of a parcel after the first


class ReturnLine(msgspec.Struct, frozen=True):
    """``units`` of ``sku``, >= 1, of the order's line."""

    line_id: str
    sku: str
    units: int


class ReturnAsked(msgspec.Struct, frozen=True):
    """What comes back, and from where: ``sender``, unless it was handed in at the store ``drop_off``.

    ``only_node``: nobody else may take it; "" for all that the policy names. ``together``: it is one parcel already.
    """

    lines: tuple[ReturnLine, ...]
    sender: Destination | None = None
    drop_off: str = ""
    only_node: str = ""
    together: bool = False


class ReturnParcel(msgspec.Struct, frozen=True):
    """What goes to one node. ``costs`` are parts that are not 0, micros, and sum to ``cost``; ``instead`` has the next best
    nodes for the same goods, with what they would have cost."""

    node_id: str
    carrier_id: str
    level: ServiceLevel | None
    line_ids: tuple[str, ...]
    costs: tuple[tuple[ReturnPart, int], ...]
    cost: int
    instead: tuple[tuple[str, int], ...]
