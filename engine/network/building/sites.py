"""Where nodes stand, what they offer and what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.network.building.geography import Postcodes, Site, miles
from engine.network.building.sampler import Floats, Sampler
from engine.network.building.tables import write_records

CONTIGUOUS_WITHOUT = frozenset({"AK", "HI", "PR"})


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One row of nodes.csv; USD, minutes, shares."""

    node_id: str
    type: str
    site: Site
    open_hours: str
    services: tuple[str, ...]
    handling_per_shipment: float
    handling_per_unit: float
    lead_time_minutes: int
    reject_rate: float
    safety_stock: int = 0
    daily_order_capacity: int | None = None
    daily_unit_capacity: int | None = None
    channels: tuple[str, ...] = ()
    holidays: str = ""
    cold: bool = False
    hazmat: bool = False

    def offers(self, level: str) -> bool:
        return level in self.services


def draw_sites(postcodes: Postcodes, sampler: Sampler, n: int, apart_mi: float) -> tuple[Site, ...]:
    """``n`` ZIP centroids of the contiguous states drawn by population, none nearer than ``apart_mi`` to one before it."""
    weight = _contiguous(postcodes)
    order = sampler.distinct(weight, len(weight))
    chosen: list[int] = []
    for i in order:
        others = np.array(chosen, np.int64)
        gap = miles(
            postcodes.latitude[i], postcodes.longitude[i], postcodes.latitude[others], postcodes.longitude[others]
        )
        if not chosen or float(gap.min()) >= apart_mi:
            chosen.append(int(i))
        if len(chosen) == n:
            break
    return tuple(site_at(postcodes, i) for i in chosen)


def central_sites(postcodes: Postcodes, n: int, rounds: int = 40) -> tuple[Site, ...]:
    """``n`` ZIP centroids near the centres of population: Lloyd's iterations from a farthest-first start, west to east."""
    weight = _contiguous(postcodes)
    latitude, longitude = postcodes.latitude, postcodes.longitude
    centres = [int(np.argmax(weight))]
    nearest = miles(latitude, longitude, latitude[centres[0]], longitude[centres[0]])
    while len(centres) < n:
        centres.append(int(np.argmax(nearest * np.sqrt(weight))))
        nearest = np.minimum(nearest, miles(latitude, longitude, latitude[centres[-1]], longitude[centres[-1]]))
    lat, lon = latitude[centres], longitude[centres]
    for _ in range(rounds):
        owner = np.argmin(miles(latitude[:, None], longitude[:, None], lat[None, :], lon[None, :]), axis=1)
        people = np.bincount(owner, weight, minlength=n)
        lat = np.bincount(owner, weight * latitude, minlength=n) / people
        lon = np.bincount(owner, weight * longitude, minlength=n) / people
    towns = np.where(weight >= 5_000, 0.0, 1e6)
    chosen = [
        int(np.argmin(miles(latitude, longitude, lat[k], lon[k]) + towns)) for k in np.argsort(lon, kind="stable")
    ]
    return tuple(site_at(postcodes, i) for i in chosen)


def site_at(postcodes: Postcodes, i: int) -> Site:
    """The site at a ZIP's centroid, to a hundredth of a degree."""
    return Site(
        postcodes.cities[i],
        postcodes.states[i],
        postcodes.codes[i],
        round(float(postcodes.latitude[i]), 2),
        round(float(postcodes.longitude[i]), 2),
    )


def dc_rows(sites: Sequence[Site], sampler: Sampler) -> tuple[NodeRow, ...]:
    """Distribution centres: cheap per shipment, late cutoffs, nearly no rejects. One in four takes no hazardous goods.

    ``sized`` gives them capacity.
    """
    return tuple(
        NodeRow(
            node_id=f"DC{i + 1:02d}",
            type="DC",
            site=site,
            open_hours="Mon-Sat 06:00-23:00",
            services=("GROUND", "TWO_DAY", "OVERNIGHT", "SHIP_TO_STORE"),
            handling_per_shipment=round(1.0 + 0.02 * sampler.whole(0, 20), 2),
            handling_per_unit=round(0.2 + 0.01 * sampler.whole(0, 10), 2),
            lead_time_minutes=120,
            reject_rate=0.002,
            holidays="dc",
            cold=i % 3 != 1,
            hazmat=i % 4 != 2,
        )
        for i, site in enumerate(sites)
    )


def store_rows(sites: Sequence[Site], order_capacity: int, sampler: Sampler) -> tuple[NodeRow, ...]:
    """Stores: dear per shipment, more rejects. Two in three ship parcels, half deliver the same day, all hand over."""
    rows = []
    for i, site in enumerate(sites):
        ships, courier = sampler.chance(0.66), sampler.chance(0.5)
        services = (
            (("GROUND", "TWO_DAY") if ships else ()) + (("SAME_DAY",) if courier else ()) + ("PICKUP", "SHIP_TO_STORE")
        )
        capacity = sampler.whole(order_capacity // 2, order_capacity)
        rows.append(
            NodeRow(
                node_id=f"S{i + 1:03d}",
                type="STORE",
                site=site,
                open_hours="Mon-Sat 09:00-21:00; Sun 10:00-18:00",
                services=services,
                handling_per_shipment=round(2.8 + 0.05 * sampler.whole(0, 20), 2),
                handling_per_unit=round(0.4 + 0.01 * sampler.whole(0, 20), 2),
                lead_time_minutes=60 + 30 * sampler.whole(0, 2),
                reject_rate=0.04,
                safety_stock=1,
                daily_order_capacity=capacity,
                channels=("web", "pos") if sampler.chance(0.3) else (),
                holidays="stores",
                cold=sampler.chance(0.35),
                hazmat=sampler.chance(0.5),
            )
        )
    return tuple(rows)


def vendor_rows(sites: Sequence[Site], sampler: Sampler) -> tuple[NodeRow, ...]:
    """Vendors that drop-ship their own goods: no handling cost of ours per unit, hours to a day of lead, not for the tills."""
    return tuple(
        NodeRow(
            node_id=f"V{i + 1:02d}",
            type="VENDOR",
            site=site,
            open_hours="Mon-Fri 08:00-17:00",
            services=("GROUND", "TWO_DAY"),
            handling_per_shipment=round(2.0 + 0.1 * sampler.whole(0, 10), 2),
            handling_per_unit=0.0,
            lead_time_minutes=1_440 if sampler.chance(0.5) else 480,
            reject_rate=0.02,
            daily_order_capacity=60,
            channels=("web", "marketplace"),
            holidays="dc",
        )
        for i, site in enumerate(sites)
    )


def sized(rows: Sequence[NodeRow], peaks: Sequence[int], units_per_order: float) -> tuple[NodeRow, ...]:
    """Rows with the capacity their orders ask for.

    DCs can ship 1.5 times their nearest-DC peak day (orders split, and DCs run out), every fourth just that: there it binds.
    Whoever has a capacity in orders has 1.2 times their usual units.
    """
    for_orders = [round(peak * (1.0 if k % 4 == 1 else 1.5) / 10) * 10 for k, peak in enumerate(peaks)]
    dcs = {f"DC{k + 1:02d}": max(10, orders) for k, orders in enumerate(for_orders)}

    def fitted(row: NodeRow) -> NodeRow:
        orders = dcs.get(row.node_id, row.daily_order_capacity)
        units = None if orders is None else math.ceil(1.2 * units_per_order * orders)
        return replace(row, daily_order_capacity=orders, daily_unit_capacity=units)

    return tuple(fitted(row) for row in rows)


def write_nodes(rows: Sequence[NodeRow], out: Path) -> None:
    """Write nodes.csv."""
    records = (
        {
            "node_id": row.node_id,
            "name": f"{row.site.city} {row.site.state}",
            "type": row.type,
            "country": "US",
            "postal_code": row.site.postal_code,
            "latitude": row.site.latitude,
            "longitude": row.site.longitude,
            "time_zone": row.site.time_zone,
            "open_hours": row.open_hours,
            "services": ";".join(row.services),
            "daily_order_capacity": row.daily_order_capacity,
            "daily_unit_capacity": row.daily_unit_capacity,
            "handling_per_shipment": row.handling_per_shipment,
            "handling_per_unit": row.handling_per_unit,
            "lead_time_minutes": row.lead_time_minutes,
            "reject_rate": row.reject_rate,
            "safety_stock": row.safety_stock,
            "channels": ";".join(row.channels),
            "holidays": row.holidays,
            "cold": "yes" if row.cold else "no",
            "hazmat": "yes" if row.hazmat else "no",
        }
        for row in rows
    )
    write_records(out / "nodes.csv", records)


def _contiguous(postcodes: Postcodes) -> Floats:
    """Population, nothing outside the contiguous states."""
    inside = np.array([state not in CONTIGUOUS_WITHOUT for state in postcodes.states])
    return np.where(inside, postcodes.population, 0.0)
