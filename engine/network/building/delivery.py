"""Carriers of a US network: the post by its published prices, a same-day courier and store transfers by parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from engine.network.building.geography import Centre, miles_between
from engine.network.building.sites import NodeRow
from engine.network.building.tables import Cell, write_records, write_table

ZONES = range(1, 10)
ZONE_MILES = ((50, 1), (150, 2), (300, 3), (600, 4), (1000, 5), (1400, 6), (1800, 7), (12_500, 8))
_MIDDLE_KM = (40, 160, 360, 720, 1_290, 1_930, 2_570, 3_700, 9_000)  # of each zone's distances, for carbon

# level: (published service, name, transit days by zone 1..9, length plus girth, first zone that flies)
_POST = {
    "GROUND": ("GROUND_ADVANTAGE", "USPS Ground Advantage", (2, 2, 3, 3, 4, 4, 5, 5, 5), 130, 10),
    "TWO_DAY": ("PRIORITY_MAIL", "USPS Priority Mail", (1, 1, 2, 2, 2, 2, 3, 3, 3), 108, 5),
    "OVERNIGHT": ("PRIORITY_MAIL_EXPRESS", "USPS Priority Mail Express", (1, 1, 1, 1, 1, 2, 2, 2, 2), 108, 4),
}
_LAST_MILE_G, _ROAD_G_PER_T_KM, _AIR_G_PER_T_KM = 150, 100, 600

# Month and day as observed; New Year's Day 2027 is beyond.
_FEDERAL = {
    2025: ("01-01", "01-20", "02-17", "05-26", "06-19", "07-04", "09-01", "10-13", "11-11", "11-27", "12-25"),
    2026: ("01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"),
}
FEDERAL_HOLIDAYS = tuple(f"{year}-{day}" for year, days in _FEDERAL.items() for day in days)
STORE_HOLIDAYS = ("2025-11-27", "2025-12-25", "2026-11-26", "2026-12-25")
DC_HOLIDAYS = (*STORE_HOLIDAYS, "2026-01-01")

COURIER_RADIUS_MI = 12


def write_services(out: Path) -> None:
    """Write carriers.csv, services.csv, service_zones.csv, zone_distances.csv and holidays.csv."""
    write_table(
        out / "carriers.csv", ("carrier_id", "name"), (("USPS", "US Postal Service"), ("LOCAL", "Local courier"))
    )
    write_records(out / "services.csv", _services())
    carbon = [(*row[:4], _carbon(row[4])) for row in _zones()]
    write_table(out / "service_zones.csv", ("carrier_id", "level", "zone", "transit_days", "carbon_g_per_kg"), carbon)
    distances = (("USPS", farthest, zone) for farthest, zone in ZONE_MILES)
    write_table(out / "zone_distances.csv", ("carrier_id", "max_distance", "zone"), distances)
    calendars = (("usps", FEDERAL_HOLIDAYS), ("stores", STORE_HOLIDAYS), ("dc", DC_HOLIDAYS))
    write_table(out / "holidays.csv", ("calendar", "date"), ((name, day) for name, days in calendars for day in days))


def _services() -> Iterable[dict[str, Cell]]:
    for level, (_, name, _, girth, _) in _POST.items():
        yield {
            "carrier_id": "USPS",
            "level": level,
            "name": name,
            "pricing": "RATE_CARD",
            "cutoffs": "Mon-Fri 17:00; Sat 14:00",
            "delivery_days": "Mon-Sat",
            "delivered_by": "18:00" if level == "OVERNIGHT" else "20:00",
            "max_weight": 70,
            "max_length_plus_girth": girth,
            "dim_divisor": 166,
            "dim_threshold": 1728,
            "oversize_length": 30,
            "oversize_surcharge": 4,
            "hazmat": "yes" if level == "GROUND" else "no",
            "cold": "yes",
            "base_price": None,
            "price_per_distance": None,
            "radius": None,
            "duration_minutes": None,
            "holidays": "usps",
        }
    yield {
        "carrier_id": "LOCAL",
        "level": "SAME_DAY",
        "name": "Courier, same day",
        "pricing": "DISTANCE",
        "cutoffs": "daily 15:00",
        "delivery_days": "daily",
        "delivered_by": "21:00",
        "max_weight": 50,
        "hazmat": "no",
        "cold": "yes",
        "base_price": 7.5,
        "price_per_distance": 0.9,
        "radius": COURIER_RADIUS_MI,
        "duration_minutes": 240,
    }


def _zones() -> Iterable[tuple[str, str, int, int, tuple[int, bool]]]:
    for level, (_, _, transit, _, flies_from) in _POST.items():
        for zone, days, km in zip(ZONES, transit, _MIDDLE_KM, strict=True):
            yield "USPS", level, zone, days, (km, zone >= flies_from)
    yield "LOCAL", "SAME_DAY", 0, 0, (15, False)


def _carbon(journey: tuple[int, bool]) -> int:
    """Grams of CO2 per kilogram shipped: the last mile and the line haul, by road or by air."""
    km, flies = journey
    return _LAST_MILE_G + (_AIR_G_PER_T_KM if flies else _ROAD_G_PER_T_KM) * km // 1_000


def write_rates(data: Path, out: Path) -> None:
    """Write rates.csv: the commercial prices by weight step (lb) and zone.

    Ounce steps become pounds; the last of them, 15.999 oz, is written 0.999 lb so that it stays a step of its own in whole
    grams (453) below the pound's (454).
    """
    prices = pl.read_csv(data / "carriers" / "usps_rates_2025-10-05.csv").filter(pl.col("price_class") == "COMMERCIAL")
    pounds = (
        pl.when(pl.col("unit") == "oz").then((pl.col("not_over") / 16).mul(1_000).floor() / 1_000).otherwise("not_over")
    )
    prices = prices.filter(pl.col("unit").is_in(["oz", "lb"])).with_columns(pounds.alias("lb"))
    rows: list[Sequence[Cell]] = []
    for level, (published, *_) in _POST.items():
        table = prices.filter(pl.col("service") == published).pivot("zone", index="lb", values="usd").sort("lb")
        rows.extend(("USPS", level, step, *usd) for step, *usd in table.select("lb", *map(str, ZONES)).iter_rows())
    write_table(out / "rates.csv", ("carrier_id", "level", "max_weight", *(f"zone_{zone}" for zone in ZONES)), rows)


def write_lanes(rows: Sequence[NodeRow], out: Path) -> None:
    """Write transfer_lanes.csv: each store's daily truck from its nearest DC, any DC to any store, store to store nearby."""
    dcs = [row for row in rows if row.type == "DC"]
    stores = [row for row in rows if row.type == "STORE"]
    nearest = miles_between([s.site for s in stores], [d.site for d in dcs]).argmin(axis=1)
    trucks = [
        (dcs[k].node_id, store.node_id, 0.8, 0.06, 1, "Mon-Sat 18:00", None, 60)
        for store, k in zip(stores, nearest, strict=True)
    ]
    general: list[Sequence[Cell]] = [
        ("DC", "*", 2.5, 0.18, 3, "Mon-Fri 16:00", None, 220),
        ("STORE", "*", 4.0, 0.25, 1, "Mon-Sat 17:00", 60, 120),
    ]
    header = (
        "origin",
        "destination",
        "fixed",
        "per_weight",
        "transit_days",
        "cutoffs",
        "max_distance",
        "carbon_g_per_kg",
    )
    write_table(out / "transfer_lanes.csv", header, [*trucks, *general])


def write_cutoffs(rows: Sequence[NodeRow], out: Path) -> None:
    """Write cutoffs.csv: DCs are collected later than the carriers' usual hour, stores earlier."""
    late, early = "Mon-Fri 20:00; Sat 15:00", "Mon-Fri 16:00; Sat 13:00"
    overrides = (
        (row.node_id, "USPS", level, late if row.type == "DC" else early)
        for row in rows
        if row.type in ("DC", "STORE")
        for level in _POST
        if row.offers(level)
    )
    write_table(out / "cutoffs.csv", ("node_id", "carrier_id", "level", "cutoffs"), overrides)


def write_places(centres: Sequence[Centre], out: Path) -> None:
    """Write places.csv."""
    header = ("country", "postal_prefix", "latitude", "longitude", "time_zone")
    write_table(out / "places.csv", header, (("US", c.prefix, c.latitude, c.longitude, c.time_zone) for c in centres))
