"""The files of a network: their columns, what each may hold and which engine field it fills."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engine.network.carriers import PARCEL_LEVELS, Pricing, ServiceLevel
from engine.network.files.cells import (
    COUNTRY,
    CUTOFFS,
    DATE,
    DAYS,
    HOURS,
    IDENTIFIER,
    LATITUDE,
    LONGITUDE,
    MINUTE,
    POSTAL_PREFIX,
    TEXT,
    TIME_ZONE,
    YES_NO,
    Codec,
    integer,
    money,
    quantity,
    scaled,
    set_of,
    word,
)
from engine.network.files.units import Units
from engine.network.items import ItemFlag
from engine.network.nodes import NodeType

CARRIED_LEVELS = (*PARCEL_LEVELS, ServiceLevel.SAME_DAY)
MAX_UNITS_ON_HAND = 1_000_000_000
MAX_WEIGHT_G = 1_000_000_000
MAX_LENGTH_MM = 1_000_000
MAX_DISTANCE_M = 50_000_000
ZONE_COLUMN = re.compile(r"zone_(0|[1-9][0-9]?)")

_REQUIRED = object()
_MINUTES = Fraction(60)
_WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what its cells hold, the engine field it fills, and what a blank cell means."""

    name: str
    codec: Codec
    field: str
    default: Any = _REQUIRED

    @property
    def required(self) -> bool:
        return self.default is _REQUIRED


@dataclass(frozen=True, slots=True)
class FileSchema:
    """One file. ``key`` names the columns no two rows may agree in.

    ``optional``: may be missing. ``filled``: must hold a row. ``zone_column``: the column every ``zone_N`` is like.
    """

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    filled: bool = False
    zone_column: Column | None = None
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    def column(self, name: str) -> Column | None:
        """The column of that name, if the file may have it."""
        if self.zone_column is not None and ZONE_COLUMN.fullmatch(name):
            return self.zone_column
        return self.by_name.get(name)


def _column(name: str, codec: Codec, default: Any = _REQUIRED, to: str = "") -> Column:
    return Column(name, codec, to or name, default)


def schemas(units: Units) -> dict[str, FileSchema]:
    """Every file's schema by its name, in the order in which they are checked."""
    level = word(ServiceLevel)
    carried = word(ServiceLevel, CARRIED_LEVELS)
    zone = integer("a zone", 0, 99)
    count = integer("a count", 0, MAX_UNITS_ON_HAND)
    transit = integer("days", 0, 60)
    carbon = integer("grams of CO2 per kg", 0, 1_000_000)

    def weight(low: int = 0, high: int = MAX_WEIGHT_G) -> Codec:
        return quantity(units.weight, units.grams, "g", low, high)

    def length(low: int = 0, high: int = MAX_LENGTH_MM) -> Codec:
        return quantity(units.length, units.millimetres, "mm", low, high)

    def distance(low: int = 0) -> Codec:
        return quantity(units.distance, units.metres, "m", low, MAX_DISTANCE_M)

    cubic = units.millimetres**3
    divisor = quantity(
        f"{units.length}³ per {units.weight}", cubic / units.grams * 1000, "mm³ per kg", 0, MAX_LENGTH_MM**2
    )
    threshold = quantity(f"{units.length}³", cubic, "mm³", 0, MAX_LENGTH_MM**2)
    carrier_id, level_key = _column("carrier_id", IDENTIFIER), _column("level", carried)

    files = (
        FileSchema(
            "nodes.csv",
            (
                _column("node_id", IDENTIFIER),
                _column("name", TEXT, ""),
                _column("type", word(NodeType)),
                _column("country", COUNTRY),
                _column("postal_code", IDENTIFIER),
                _column("latitude", LATITUDE),
                _column("longitude", LONGITUDE),
                _column("time_zone", TIME_ZONE),
                _column("open_hours", HOURS),
                _column("services", set_of(level)),
                _column("daily_order_capacity", count, None),
                _column("daily_unit_capacity", count, None),
                _column("handling_per_shipment", money(), 0),
                _column("handling_per_unit", money(), 0),
                _column(
                    "lead_time_minutes",
                    scaled(f"minutes in 0..{_WEEK_MINUTES * 4}", _MINUTES, 0, _WEEK_MINUTES * 4 * 60),
                    0,
                    "lead_time_s",
                ),
                _column(
                    "reject_rate",
                    scaled("a share in 0..1, at most 6 decimals", Fraction(1_000_000), 0, 1_000_000, 6),
                    0,
                    "reject_rate_ppm",
                ),
                _column("safety_stock", count, 0),
                _column("channels", set_of(IDENTIFIER), frozenset()),
                _column("holidays", IDENTIFIER, ""),
                _column("cold", YES_NO, False, "handles_cold"),
                _column("hazmat", YES_NO, False, "handles_hazmat"),
            ),
            ("node_id",),
            filled=True,
        ),
        FileSchema(
            "items.csv",
            (
                _column("sku", IDENTIFIER),
                _column("name", TEXT, ""),
                _column("weight", weight(1, 2_000_000), to="weight_g"),
                _column("length", length(1, 20_000), to="length_mm"),
                _column("width", length(1, 20_000), to="width_mm"),
                _column("height", length(1, 20_000), to="height_mm"),
                _column("unit_value", money(), 0),
                _column("flags", set_of(word(ItemFlag)), frozenset()),
            ),
            ("sku",),
            filled=True,
        ),
        FileSchema(
            "cartons.csv",
            (
                _column("carton_id", IDENTIFIER),
                _column("length", length(1), to="length_mm"),
                _column("width", length(1), to="width_mm"),
                _column("height", length(1), to="height_mm"),
                _column("max_weight", weight(1), to="max_weight_g"),
                _column("tare", weight(), 0, "tare_g"),
                _column("cost", money(), 0),
            ),
            ("carton_id",),
            filled=True,
        ),
        FileSchema("carriers.csv", (carrier_id, _column("name", TEXT, "")), ("carrier_id",), filled=True),
        FileSchema(
            "services.csv",
            (
                carrier_id,
                level_key,
                _column("name", TEXT, ""),
                _column("pricing", word(Pricing)),
                _column("cutoffs", CUTOFFS),
                _column("delivery_days", DAYS, frozenset(range(5))),
                _column("delivered_by", MINUTE, 20 * 60, "delivered_by_minute"),
                _column("max_weight", weight(), 0, "max_weight_g"),
                _column("max_length", length(), 0, "max_length_mm"),
                _column("max_length_plus_girth", length(), 0, "max_length_plus_girth_mm"),
                _column("dim_divisor", divisor, 0, "dim_divisor_mm3_per_kg"),
                _column("dim_threshold", threshold, 0, "dim_threshold_mm3"),
                _column(
                    "fuel",
                    scaled("per cent in 0..100, at most 2 decimals", Fraction(100), 0, 10_000, 2),
                    0,
                    "fuel_bp",
                ),
                _column("residential_surcharge", money(), 0),
                _column("oversize_length", length(), 0, "oversize_length_mm"),
                _column("oversize_surcharge", money(), 0),
                _column("hazmat", YES_NO, False, "hazmat_allowed"),
                _column("cold", YES_NO, True, "cold_allowed"),
                _column("base_price", money(), 0),
                _column(
                    "price_per_distance",
                    money(units.metres / 1000, f"an amount per {units.distance}"),
                    0,
                    "price_per_km",
                ),
                _column("radius", distance(), 0, "radius_m"),
                _column("duration_minutes", integer("minutes", 0, _WEEK_MINUTES), 0),
                _column("holidays", IDENTIFIER, ""),
            ),
            ("carrier_id", "level"),
            filled=True,
        ),
        FileSchema(
            "service_zones.csv",
            (
                carrier_id,
                level_key,
                _column("zone", zone),
                _column("transit_days", transit),
                _column("carbon_g_per_kg", carbon, 0),
            ),
            ("carrier_id", "level", "zone"),
        ),
        FileSchema(
            "rates.csv",
            (carrier_id, level_key, _column("max_weight", weight(1), to="max_weight_g")),
            ("carrier_id", "level", "max_weight"),
            zone_column=_column("zone_N", money(), None),
        ),
        FileSchema(
            "zone_distances.csv",
            (carrier_id, _column("max_distance", distance(1), to="max_distance_m"), _column("zone", zone)),
            ("carrier_id", "max_distance"),
        ),
        FileSchema(
            "zones.csv",
            (
                carrier_id,
                _column("origin_prefix", POSTAL_PREFIX),
                _column("destination_prefix", POSTAL_PREFIX),
                _column("zone", zone),
            ),
            ("carrier_id", "origin_prefix", "destination_prefix"),
            optional=True,
        ),
        FileSchema(
            "cutoffs.csv",
            (_column("node_id", IDENTIFIER), carrier_id, level_key, _column("cutoffs", CUTOFFS)),
            ("node_id", "carrier_id", "level"),
            optional=True,
        ),
        FileSchema(
            "transfer_lanes.csv",
            (
                _column("origin", IDENTIFIER),
                _column("destination", IDENTIFIER),
                _column("fixed", money()),
                _column("per_weight", money(units.grams / 1000, f"an amount per {units.weight}"), to="per_kg"),
                _column("transit_days", integer("open days", 1, 60)),
                _column("cutoffs", CUTOFFS),
                _column("max_distance", distance(), 0, "max_distance_m"),
                _column("carbon_g_per_kg", carbon, 0),
            ),
            ("origin", "destination"),
            optional=True,
        ),
        FileSchema(
            "holidays.csv",
            (_column("calendar", IDENTIFIER), _column("date", DATE)),
            ("calendar", "date"),
            optional=True,
        ),
        FileSchema(
            "places.csv",
            (
                _column("country", COUNTRY),
                _column("postal_prefix", POSTAL_PREFIX),
                _column("latitude", LATITUDE),
                _column("longitude", LONGITUDE),
                _column("time_zone", TIME_ZONE),
            ),
            ("country", "postal_prefix"),
            filled=True,
        ),
        STOCK,
    )
    return {schema.file: schema for schema in files}


STOCK = FileSchema(
    "stock.csv",
    (
        _column("node_id", IDENTIFIER),
        _column("sku", IDENTIFIER),
        _column("on_hand", integer("units", 0, MAX_UNITS_ON_HAND)),
        _column("protected", integer("units", 0, MAX_UNITS_ON_HAND), 0),
        _column("safety_stock", integer("units", 0, MAX_UNITS_ON_HAND), None),
    ),
    ("node_id", "sku"),
)
"""The stock's schema; it knows no unit."""
