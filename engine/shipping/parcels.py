"""From a decided shipment to what a carrier takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.network.checks import require
from engine.routing.route import Package
from engine.shipping.carrier import Parcel

_MOST_LETTERS = 60


def parcels_of(packages: Sequence[Package], names: Mapping[str, str] | None = None) -> tuple[Parcel, ...]:
    """The packages of a route's shipment as a carrier takes them; ``names`` are the items' by SKU, for people.

    Raises
    ------
    InvalidInput
        There is no package, or one without sides: goods that are picked up or travel in totes are not packed.
    """
    require(bool(packages), "packages", len(packages), "one or more packages")
    known = names or {}
    found = []
    for package in packages:
        said = ", ".join(f"{one.units} × {known.get(one.sku, one.sku)}" for one in package.contents)
        text = said if len(said) <= _MOST_LETTERS else f"{said[: _MOST_LETTERS - 1]}…"
        found.append(Parcel(package.length_mm, package.width_mm, package.height_mm, package.weight_g, text))
    return tuple(found)
