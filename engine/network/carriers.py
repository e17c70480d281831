"""Carriers: their services, rate cards, zones and lanes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from engine.network.checks import require

WeeklyCutoffs = tuple[int | None, ...]
"""Seven entries, Monday first: the cutoff in minutes after local midnight, or None on days without a departure."""


class ServiceLevel(enum.Enum):
    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    GROUND = "GROUND"
    TWO_DAY = "TWO_DAY"
    OVERNIGHT = "OVERNIGHT"
    SAME_DAY = "SAME_DAY"
    PICKUP = "PICKUP"
    SHIP_TO_STORE = "SHIP_TO_STORE"


PARCEL_LEVELS = (ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT)


class Pricing(enum.Enum):
    RATE_CARD = "RATE_CARD"  # by zone and billable weight of each package
    DISTANCE = "DISTANCE"  # base plus distance, each shipment; zone 0


@dataclass(frozen=True, slots=True)
class ServiceZone:
    """What a service does in one zone: transit days (>= 0) and carbon in grams of CO2 per kilogram shipped (>= 0)."""

    transit_days: int
    carbon_g_per_kg: int = 0

    def __post_init__(self) -> None:
        require(0 <= self.transit_days <= 60, "transit_days", self.transit_days, "days in 0..60")
        require(self.carbon_g_per_kg >= 0, "carbon_g_per_kg", self.carbon_g_per_kg, "grams >= 0")


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices in micros by weight step and zone. ``max_weight_g`` ascends; ``prices[step][zone]`` for ``zones[...]``.

    A package pays the first step that is >= its billable weight; a zone without a price is not served at that weight.
    """

    max_weight_g: tuple[int, ...]
    zones: tuple[int, ...]
    prices: tuple[tuple[int | None, ...], ...]

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in pairwise(self.max_weight_g))
        require(ascending, "max_weight_g", self.max_weight_g, "ascending weight steps")
        require(len(self.prices) == len(self.max_weight_g), "prices", len(self.prices), "a row for each weight step")


@dataclass(frozen=True, slots=True)
class Service:
    """One service of one carrier.

    Attributes
    ----------
    cutoffs : per weekday of the node, local; the departure is at the cutoff. Node overrides are in ``Network.cutoffs``.
    delivery_days : weekdays (0 is Monday) on which the carrier delivers and counts transit.
    delivered_by_minute : minutes after local midnight at the destination by which a delivery day's packages are there.
    max_weight_g, max_length_mm, max_length_plus_girth_mm : per package; 0 means no limit.
    dim_divisor_mm3_per_kg : dimensional weight is volume / divisor, for packages above ``dim_threshold_mm3``; 0 is off.
    fuel_bp : fuel surcharge, basis points of the rate (0..10,000), rounded half up per package.
    residential_surcharge, oversize_surcharge : micros per package; oversize where the longest side > oversize_length_mm.
    base_price, price_per_km : micros, for DISTANCE pricing, per shipment.
    radius_m : farthest destination served, metres, for DISTANCE pricing.
    duration_minutes : from departure to hand-over, for SAME_DAY.
    holidays : name of a calendar in ``Network.holidays`` or "": neither departures nor deliveries.
    """

    carrier_id: str
    level: ServiceLevel
    name: str
    pricing: Pricing
    cutoffs: WeeklyCutoffs
    delivery_days: frozenset[int] = frozenset(range(5))
    delivered_by_minute: int = 20 * 60
    max_weight_g: int = 0
    max_length_mm: int = 0
    max_length_plus_girth_mm: int = 0
    dim_divisor_mm3_per_kg: int = 0
    dim_threshold_mm3: int = 0
    fuel_bp: int = 0
    residential_surcharge: int = 0
    oversize_length_mm: int = 0
    oversize_surcharge: int = 0
    hazmat_allowed: bool = False
    cold_allowed: bool = True
    base_price: int = 0
    price_per_km: int = 0
    radius_m: int = 0
    duration_minutes: int = 0
    holidays: str = ""
    rate_card: RateCard | None = None
    zones: Mapping[int, ServiceZone] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ServiceLevel]:
        return self.carrier_id, self.level

    def __post_init__(self) -> None:
        require(len(self.cutoffs) == 7, "cutoffs", self.cutoffs, "seven days")
        weekdays = bool(self.delivery_days) and self.delivery_days <= frozenset(range(7))
        require(weekdays, "delivery_days", sorted(self.delivery_days), "one or more weekdays 0..6")
        require(0 <= self.fuel_bp <= 10_000, "fuel_bp", self.fuel_bp, "basis points in 0..10000")
        has_card = self.rate_card is not None
        require(
            has_card == (self.pricing is Pricing.RATE_CARD), "rate_card", has_card, f"a card iff {Pricing.RATE_CARD}"
        )
        if self.level is ServiceLevel.SAME_DAY:
            require(self.duration_minutes > 0, "duration_minutes", self.duration_minutes, "minutes > 0 for SAME_DAY")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier and its zones: the matrix of postal prefixes first, the distance rule where the matrix is silent.

    ``zone_matrix[origin prefix][destination prefix]`` is a zone; ``zone_distances`` is ascending (farthest metres, zone);
    beyond the last, the carrier does not go.
    """

    carrier_id: str
    name: str
    zone_distances: tuple[tuple[int, int], ...] = ()
    zone_matrix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        farthest = [distance for distance, _ in self.zone_distances]
        ascending = all(a < b for a, b in pairwise(farthest))
        require(ascending, "zone_distances", farthest, "ascending distances")


@dataclass(frozen=True, slots=True)
class TransferLane:
    """A lane for ship-to-store. ``origin`` is a node id or a node type's name; ``destination`` a node id or "*".

    The most exact lane wins: node to node, type to node, node to any, type to any. Beyond ``max_distance_m`` (0 is no
    limit) it does not go. ``fixed`` in micros per shipment, ``per_kg`` in micros per kilogram (floor on the shipment's
    grams), ``transit_days`` counted in open days of the destination, ``cutoffs`` local to the origin.
    """

    origin: str
    destination: str
    fixed: int
    per_kg: int
    transit_days: int
    cutoffs: WeeklyCutoffs
    max_distance_m: int = 0
    carbon_g_per_kg: int = 0
