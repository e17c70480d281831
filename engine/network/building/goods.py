"""Items and cartons: weights and sizes of a real marketplace's products (Olist, MIT), drawn anew or taken as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from engine.network.building.sampler import Flags, Floats, Ints, Sampler
from engine.network.building.tables import write_table

GRAMS_PER_LB = 453.59237
CM_PER_IN = 2.54

# What the post takes, less the box an item travels in: 70 lb, by scale and by size (volume in cubic inches / 166, its prices
# end there), and 130 in of length and girth.
HEAVIEST_LB, LARGEST_IN = 67.0, 126.0
DIM_DIVISOR = 166

_COLD = {"food", "food_drink", "drinks"}
_HAZARDOUS = {
    "perfumery": 0.2,
    "auto": 0.05,
    "health_beauty": 0.04,
    "electronics": 0.06,
    "construction_tools_construction": 0.04,
}
_FRAGILE = {"musical_instruments": 0.4, "home_appliances": 0.2, "furniture_living_room": 0.3, "office_furniture": 0.2}
_SETS = {"furniture_decor": 0.06, "bed_bath_table": 0.06, "toys": 0.03}
_UNNAMED = "general"

CARTONS = (  # id, length, width, height (in), max weight, tare (lb), cost (USD): own figures
    ("MAILER", 12.0, 9.0, 1.5, 2.0, 0.06, 0.18),
    ("BOX-XS", 8.0, 6.0, 4.0, 10.0, 0.2, 0.32),
    ("BOX-S", 12.0, 9.0, 6.0, 20.0, 0.4, 0.55),
    ("BOX-M", 16.0, 12.0, 8.0, 35.0, 0.75, 0.92),
    ("BOX-L", 18.0, 14.0, 12.0, 50.0, 1.1, 1.45),
    ("BOX-XL", 24.0, 16.0, 14.0, 60.0, 1.6, 2.2),
    ("BOX-XXL", 26.0, 20.0, 18.0, 65.0, 2.4, 3.4),
)


@dataclass(frozen=True, slots=True)
class Products:
    """Products that the post can carry: category in English, pounds, inches (n x 3, longest side first)."""

    category: tuple[str, ...]
    weight_lb: Floats
    sides_in: Floats


@dataclass(frozen=True, slots=True)
class Goods:
    """Items in the order of items.csv. ``flags`` hold at most one flag each, or ""."""

    skus: tuple[str, ...]
    names: tuple[str, ...]
    weight_lb: Floats
    sides_in: Floats
    unit_value: Floats
    flags: tuple[str, ...]

    def flagged(self, flag: str) -> Ints:
        """Indices of the items with this flag."""
        return np.flatnonzero(np.array(self.flags) == flag).astype(np.int64)

    @property
    def express(self) -> Flags:
        """Which may be sold for two days or less: what flies and a courier takes (no HAZMAT, 48 lb, 100 in of length and girth)."""
        size = self.sides_in[:, 0] + 2 * (self.sides_in[:, 1] + self.sides_in[:, 2])
        safe = np.array(self.flags) != "HAZMAT"
        return np.asarray(safe & (size <= 100) & (self.weight_lb <= 48), np.bool_)

    @property
    def transferable(self) -> Flags:
        """Which any store takes from any DC, however long the way: no HAZMAT, no COLD."""
        return np.asarray([flag not in ("HAZMAT", "COLD") for flag in self.flags], np.bool_)


def read_products(data: Path) -> Products:
    """Products with a weight and sizes, those that no parcel service takes left out."""
    folder = data / "products"
    english = pl.read_csv(folder / "olist_category_translation.csv")
    rows = (
        pl.read_csv(folder / "olist_products.csv.gz")
        .join(english, on="product_category_name", how="left", maintain_order="left")
        .rename({"product_category_name_english": "category"})
        .drop_nulls(["product_weight_g", "product_length_cm", "product_width_cm", "product_height_cm"])
        .filter(pl.col("product_weight_g") > 0)
        .sort("product_id")
    )
    weight = rows["product_weight_g"].to_numpy().astype(np.float64) / GRAMS_PER_LB
    sides = (
        np.stack([rows[f"product_{side}_cm"].to_numpy() for side in ("length", "width", "height")], axis=1) / CM_PER_IN
    )
    sides = -np.sort(-sides.astype(np.float64), axis=1)
    carried = is_carried(weight, sides)
    category = rows["category"].fill_null(_UNNAMED).to_numpy()[carried]
    return Products(tuple(str(name) for name in category), weight[carried], sides[carried])


def is_carried(weight_lb: Floats, sides_in: Floats) -> Flags:
    """Which items a parcel service takes; ``sides_in`` has the longest side first."""
    size = sides_in[:, 0] + 2 * (sides_in[:, 1] + sides_in[:, 2])
    billable = np.maximum(weight_lb, sides_in.prod(axis=1) / DIM_DIVISOR)
    return np.asarray((billable <= HEAVIEST_LB) & (size <= LARGEST_IN), np.bool_)


def draw_items(products: Products, sampler: Sampler, n: int) -> Goods:
    """``n`` new items: a smoothed bootstrap (Silverman, 1986, section 6.4.1) of category, weight and sides together.

    Each takes a product's logarithms as the centre of a normal kernel (deviation 0.15 of weight, 0.06 of each side), so the
    joint distribution carries over and no product does.
    """
    base = sampler.pick(np.arange(1.0, len(products.category) + 1), n)
    weight = products.weight_lb[base] * np.exp(0.15 * sampler.normal(n))
    shake = np.stack([np.exp(0.06 * sampler.normal(n)) for _ in range(3)], axis=1)
    sides = -np.sort(-products.sides_in[base] * shake, axis=1)
    outside = ~is_carried(weight, sides)
    weight[outside], sides[outside] = products.weight_lb[base][outside] * 0.9, products.sides_in[base][outside] * 0.95
    skus = tuple(f"P{i:04d}" for i in range(1, n + 1))
    return describe(skus, tuple(products.category[i] for i in base), weight, sides, sampler)


def describe(
    skus: tuple[str, ...], categories: tuple[str, ...], weight: Floats, sides: Floats, sampler: Sampler
) -> Goods:
    """Goods of these categories, weights and sides, with values, names and flags.

    A unit's value is log-normal about 24 USD, growing with weight^0.3: a parameter. Flags follow the category by the shares
    above, and OVERSIZE the size: longest side above 30 in, or length and girth above 90.
    """
    n = len(skus)
    value = np.maximum(1.5, 24.0 * (weight / 1.5) ** 0.3 * np.exp(0.7 * sampler.normal(n)))
    chance = sampler.uniform(n)
    size = sides[:, 0] + 2 * (sides[:, 1] + sides[:, 2])
    oversize = (sides[:, 0] > 30) | (size > 90)
    flags = tuple(_flag(categories[i], bool(oversize[i]), float(chance[i])) for i in range(n))
    names = tuple(f"{category.replace('_', ' ')} {sku}" for category, sku in zip(categories, skus, strict=True))
    return Goods(skus, names, np.maximum(weight.round(2), 0.02), np.maximum(sides.round(1), 0.4), value.round(2), flags)


def _flag(category: str, oversize: bool, chance: float) -> str:
    if oversize:
        return "OVERSIZE"
    if category in _COLD:
        return "COLD"
    for flag, shares in (("HAZMAT", _HAZARDOUS), ("SHIP_ALONE", _FRAGILE), ("MUST_NOT_SPLIT", _SETS)):
        if chance < shares.get(category, 0.0):
            return flag
    return ""


def write_goods(goods: Goods, out: Path) -> None:
    """Write items.csv and cartons.csv."""
    header = ("sku", "name", "weight", "length", "width", "height", "unit_value", "flags")
    rows = zip(goods.skus, goods.names, goods.weight_lb, *goods.sides_in.T, goods.unit_value, goods.flags, strict=True)
    write_table(out / "items.csv", header, rows)
    write_table(out / "cartons.csv", ("carton_id", "length", "width", "height", "max_weight", "tare", "cost"), CARTONS)
