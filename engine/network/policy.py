"""The policy: how the network wants its orders routed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.network.batch_rules import NO_RULES, BatchRules
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.network.life_rules import HoldRules, ReturnRules


class Objective(enum.Enum):
    COST = "COST"  # least cost; a split costs what it costs
    SHIPMENTS = "SHIPMENTS"  # most units filled, then fewest shipments, then least cost


class Divide(enum.Enum):
    """Whether a line's units may come from several nodes."""

    NEVER = "NEVER"
    WHEN_NEEDED = "WHEN_NEEDED"  # only when the best plan of whole lines leaves some out that could be divided
    FREELY = "FREELY"


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """The arrival promised to a service level that comes without a date.

    ``days`` delivery days (weekdays of ``delivery_days``) after the order's local day at the destination, one later when
    the order comes after ``cutoff_minute`` (minutes after local midnight); promised until the end of that day.
    """

    days: int
    cutoff_minute: int = 24 * 60
    delivery_days: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        require(0 <= self.days <= 60, "days", self.days, "days in 0..60")
        weekdays = bool(self.delivery_days) and self.delivery_days <= frozenset(range(7))
        require(weekdays, "delivery_days", sorted(self.delivery_days), "one or more weekdays 0..6")
        require(0 <= self.cutoff_minute <= 1440, "cutoff_minute", self.cutoff_minute, "minutes in 0..1440")


MAX_WAIT_MS = 86_400_000
ANY_CHANNEL = "*"


@dataclass(frozen=True, slots=True)
class BatchWindow:
    """How long orders of a channel and a level may wait, so that they are decided together.

    ``channel`` may be ``ANY_CHANNEL``; a window of the channel's own goes first. ``level`` is what was sold for the shipped
    lines, or PICKUP for lines that are picked up. ``wait_ms`` is in milliseconds, 0..86,400,000 (a day); 0 is decided at once.
    """

    channel: str
    level: ServiceLevel
    wait_ms: int

    def __post_init__(self) -> None:
        require(bool(self.channel), "channel", self.channel, "a channel, or * for every other")
        levels = self.level is not ServiceLevel.SHIP_TO_STORE
        require(levels, "level", self.level.value, "a level that is sold, or PICKUP")
        require(0 <= self.wait_ms <= MAX_WAIT_MS, "wait_ms", self.wait_ms, f"milliseconds in 0..{MAX_WAIT_MS}")


@dataclass(frozen=True, slots=True)
class Policy:
    """Money in micros of ``currency``.

    Attributes
    ----------
    currency : ISO 4217 code of every amount in the network.
    objective : what comes first.
    split_penalty : for each shipment of an order after its first (goodwill and a second delivery).
    late_penalty_per_day : for each begun day that a shipment arrives after its promise.
    late_allowed : may a shipment arrive after a promise of the policy's own (PromiseRule)? A date given by the order is
        never passed unless the order says so.
    carbon_price_per_kg : for each kilogram of CO2.
    reject_cost : what a reject costs on average; a shipment bears its node's reject rate of it.
    backorder_cost_per_unit : for each unit left out.
    promises : rule by service level.
    max_shipments : 0 is no limit. An order may ask for fewer, not for more.
    divide, partial : defaults for orders that don't say.
    cold_max_transit_days : farthest a COLD item travels.
    hold_s : seconds a reservation lives unless confirmed. quote_s : seconds a quote is good for.
    record_retention_s : seconds a decision record is kept.
    horizon_days : how far ahead capacity and departures are planned, 2..28.
    package_fill_bp : share of a carton's volume that packing may use, basis points.
    batch : what binds a batch of orders as a whole, where it does not say otherwise itself.
    windows : how long orders may wait to be decided together; each channel and level once. Without one: not at all.
    price_scale_bp : share of published bid prices that decisions weigh, basis points; 0 turns them off.
    holds, returns : rules for the lives of orders.
    tie_break : nothing to set; ties break by node order in nodes.csv, then service order in services.csv.
    """

    currency: str = "USD"
    objective: Objective = Objective.COST
    split_penalty: int = 0
    late_penalty_per_day: int = 5_000_000
    late_allowed: bool = True
    carbon_price_per_kg: int = 0
    reject_cost: int = 0
    backorder_cost_per_unit: int = 100_000_000
    promises: Mapping[ServiceLevel, PromiseRule] = field(
        default_factory=lambda: {
            ServiceLevel.GROUND: PromiseRule(7),
            ServiceLevel.TWO_DAY: PromiseRule(2, 14 * 60),
            ServiceLevel.OVERNIGHT: PromiseRule(1, 14 * 60),
            ServiceLevel.SAME_DAY: PromiseRule(0, 24 * 60, frozenset(range(7))),
        }
    )
    max_shipments: int = 0
    divide: Divide = Divide.WHEN_NEEDED
    partial: bool = True
    cold_max_transit_days: int = 2
    hold_s: int = 1_800
    quote_s: int = 900
    record_retention_s: int = 90 * 86_400
    horizon_days: int = 14
    package_fill_bp: int = 8_500
    windows: tuple[BatchWindow, ...] = ()
    price_scale_bp: int = 10_000
    holds: HoldRules = field(default_factory=HoldRules)
    returns: ReturnRules = field(default_factory=ReturnRules)
    batch: BatchRules = NO_RULES

    def __post_init__(self) -> None:
        require(len(self.currency) == 3 and self.currency.isupper(), "currency", self.currency, "an ISO 4217 code")
        for name in (
            "split_penalty",
            "late_penalty_per_day",
            "carbon_price_per_kg",
            "reject_cost",
            "backorder_cost_per_unit",
            "max_shipments",
            "cold_max_transit_days",
        ):
            require(getattr(self, name) >= 0, name, getattr(self, name), "a figure >= 0")
        for name in ("hold_s", "quote_s", "record_retention_s"):
            require(getattr(self, name) > 0, name, getattr(self, name), "seconds > 0")
        require(2 <= self.horizon_days <= 28, "horizon_days", self.horizon_days, "days in 2..28")
        require(
            100 <= self.package_fill_bp <= 10_000, "package_fill_bp", self.package_fill_bp, "basis points in 100..10000"
        )
        require(0 <= self.price_scale_bp <= 10_000, "price_scale_bp", self.price_scale_bp, "basis points in 0..10000")
        keys = [(window.channel, window.level.value) for window in self.windows]
        twice = next((key for i, key in enumerate(keys) if key in keys[:i]), None)
        require(twice is None, "windows", twice, "each channel and level once")

    def wait_ms(self, channel: str, level: ServiceLevel) -> int:
        """How long an order of this channel and level may wait, milliseconds."""
        if not self.windows:
            return 0
        found = {window.channel: window.wait_ms for window in self.windows if window.level is level}
        return found.get(channel, found.get(ANY_CHANNEL, 0))
