"""What a shop decides once about the lives of its orders: which are held for a look, and what may come back."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.network.checks import require
from engine.network.nodes import NodeType


class Condition(enum.Enum):
    """In what state the customer says it is, when he asks to send it back."""

    UNOPENED = "UNOPENED"
    OPENED = "OPENED"
    DAMAGED = "DAMAGED"  # it came so, or failed


@dataclass(frozen=True, slots=True)
class HoldRules:
    """Which orders are held before anything is decided, until somebody has looked at them.

    Attributes
    ----------
    above : orders that cost more, micros; None for no such limit.
    units_above : orders with more units of one line; None for no such limit.
    countries : orders that go to one of these (ISO 3166).
    other_billing_country : orders that are paid in another country than they go to.
    incomplete_address : orders that ship and have no street or no city: no label can be printed.
    postal_boxes : orders that ship to a box, which carriers other than the post do not serve.
    reject_rounds : so many rejects are followed by a new decision at once; after more the order is held.
    """

    above: int | None = None
    units_above: int | None = None
    countries: frozenset[str] = frozenset()
    other_billing_country: bool = False
    incomplete_address: bool = True
    postal_boxes: bool = False
    reject_rounds: int = 5

    def __post_init__(self) -> None:
        for name in ("above", "units_above"):
            value = getattr(self, name)
            require(value is None or value >= 0, name, value, "a figure >= 0, or none")
        require(0 <= self.reject_rounds <= 100, "reject_rounds", self.reject_rounds, "a count in 0..100")


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """What may come back, and what weighs when it is decided where to.

    Attributes
    ----------
    unopened_days, opened_days, damaged_days : by condition, days after arrival in which a return is authorised; 0: not at all.
    final_sale : SKUs that are not taken back, unless they came damaged.
    node_types : where parcels of returned goods are sent.
    parcel_penalty : for each parcel after the first that a customer is to pack, micros.
    sell_days : what comes back is to be sold again within so many days.
    markdown_bp : the part of its value that a unit loses that is not sold by then, basis points.
    """

    unopened_days: int = 30
    opened_days: int = 30
    damaged_days: int = 30
    final_sale: frozenset[str] = frozenset()
    node_types: frozenset[NodeType] = frozenset((NodeType.DC, NodeType.STORE))
    parcel_penalty: int = 3_000_000
    sell_days: int = 60
    markdown_bp: int = 5_000

    def __post_init__(self) -> None:
        for name in ("unopened_days", "opened_days", "damaged_days"):
            require(0 <= getattr(self, name) <= 3_650, name, getattr(self, name), "days in 0..3650")
        require(bool(self.node_types), "node_types", "none", "one or more node types")
        require(self.parcel_penalty >= 0, "parcel_penalty", self.parcel_penalty, "micros >= 0")
        require(1 <= self.sell_days <= 365, "sell_days", self.sell_days, "days in 1..365")
        require(0 <= self.markdown_bp <= 10_000, "markdown_bp", self.markdown_bp, "basis points in 0..10000")

    def days(self, condition: Condition) -> int:
        """Days after arrival in which goods of this condition are taken back; 0 where they are not."""
        match condition:
            case Condition.UNOPENED:
                return self.unopened_days
            case Condition.OPENED:
                return self.opened_days
            case Condition.DAMAGED:
                return self.damaged_days
