"""What a carrier asks for one package: billable weight, limits, rate, fuel and surcharges (docs/model.md)."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from engine.network.carriers import Pricing, Service
from engine.network.components import NotAllowed, Reason
from engine.network.packing import PackedBox


class PackageRate(NamedTuple):
    """One package with a service: billable weight (grams); rate, its fuel and the oversize surcharge (micros)."""

    billable_weight_g: int
    rate: int
    fuel: int
    oversize: int


def billable_weight_g(service: Service, box: PackedBox) -> int:
    """The packed weight, or the dimensional weight (rounded up) where that is more and the package is above the threshold."""
    divisor, volume = service.dim_divisor_mm3_per_kg, box.volume_mm3
    if not divisor or volume <= service.dim_threshold_mm3:
        return box.weight_g
    return max(box.weight_g, -(-volume * 1000 // divisor))


def check_limits(service: Service, box: PackedBox) -> None:
    """Raise NotAllowed when the package is heavier, longer or thicker than the service takes; 0 is no limit."""
    longest = max(box.length_mm, box.width_mm, box.height_mm)
    around = 2 * (box.length_mm + box.width_mm + box.height_mm) - longest
    for name, value, most in (
        ("weight", box.weight_g, service.max_weight_g),
        ("length", longest, service.max_length_mm),
        ("length plus girth", around, service.max_length_plus_girth_mm),
    ):
        if most and value > most:
            unit = "g" if name == "weight" else "mm"
            raise NotAllowed(
                Reason.SERVICE_UNAVAILABLE,
                f"{service.name}: a package's {name} is {value} {unit}, at most {most} {unit}",
            )


def fuel(service: Service, rate: int) -> int:
    """The fuel surcharge on ``rate``, micros, half up."""
    return (rate * service.fuel_bp + 5_000) // 10_000


def card_rate(service: Service, zone: int, weight_g: int) -> int:
    """The rate card's price, micros, of the first step that holds ``weight_g``; raises NotAllowed where it has none."""
    card = service.rate_card
    assert card is not None  # Service holds a card iff it is priced by one
    step = bisect_left(card.max_weight_g, weight_g)
    if step == len(card.max_weight_g):
        heaviest = card.max_weight_g[-1] if card.max_weight_g else 0
        raise NotAllowed(
            Reason.SERVICE_UNAVAILABLE,
            f"{service.name}: a package's billable weight is {weight_g} g, the rate card ends at {heaviest} g",
        )
    price = card.prices[step][card.zones.index(zone)] if zone in card.zones else None
    if price is None:
        raise NotAllowed(Reason.SERVICE_UNAVAILABLE, f"{service.name}: zone {zone} has no price at {weight_g} g")
    return price


def distance_price(service: Service, distance_m: int) -> int:
    """What a DISTANCE service asks for a shipment, micros."""
    return service.base_price + service.price_per_km * distance_m // 1000


def rate_package(service: Service, zone: int, box: PackedBox) -> PackageRate:
    """One package with ``service`` in ``zone``; a DISTANCE service asks by shipment, so its rate and fuel here are 0.

    Raises
    ------
    NotAllowed
        SERVICE_UNAVAILABLE: over a limit of the service, or not on the rate card.
    """
    check_limits(service, box)
    weight = billable_weight_g(service, box)
    oversize = 0 < service.oversize_length_mm < max(box.length_mm, box.width_mm, box.height_mm)
    rate = card_rate(service, zone, weight) if service.pricing is Pricing.RATE_CARD else 0
    return PackageRate(weight, rate, fuel(service, rate), service.oversize_surcharge if oversize else 0)
