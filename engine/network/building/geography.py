"""Postal codes with their people, the places made of them, and distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from engine.network.building.sampler import Floats, Ints
from engine.network.building.time_zones import STATES, time_zone

EARTH_RADIUS_MI = 6_371_008.8 / 1_609.344
STRAY_MI = 250.0  # a postal code farther than this from its prefix's median is a fault of the source


@dataclass(frozen=True)
class Postcodes:
    """Inhabited five-digit ZIP codes in ascending order, with degrees and inhabitants (2010)."""

    codes: tuple[str, ...]
    cities: tuple[str, ...]
    states: tuple[str, ...]
    population: Floats
    latitude: Floats
    longitude: Floats

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Three-digit prefixes, ascending."""
        return tuple(sorted({code[:3] for code in self.codes}))

    @cached_property
    def prefix_of(self) -> Ints:
        """Each code's index in ``prefixes``."""
        index = {prefix: i for i, prefix in enumerate(self.prefixes)}
        return np.array([index[code[:3]] for code in self.codes], np.int64)

    def time_zone(self, i: int) -> str:
        return time_zone(self.states[i], self.codes[i])


@dataclass(frozen=True, slots=True)
class Site:
    """Where a node stands."""

    city: str
    state: str
    postal_code: str
    latitude: float
    longitude: float

    @property
    def time_zone(self) -> str:
        return time_zone(self.state, self.postal_code)


@dataclass(frozen=True, slots=True)
class Centre:
    """A three-digit prefix: its population-weighted centre, to a hundredth of a degree."""

    prefix: str
    latitude: float
    longitude: float
    time_zone: str


def read_postcodes(data: Path) -> Postcodes:
    """Inhabited ZIP codes of the states served, without those whose coordinates stray from their prefix."""
    table = (
        pl.read_csv(data / "locations" / "us_zip_centroids_population.csv.gz", infer_schema_length=0)
        .with_columns(pl.col("population", "lat", "lon").cast(pl.Float64, strict=False))
        .drop_nulls(["population", "lat", "lon"])
        .filter((pl.col("population") > 0) & pl.col("state").is_in(STATES))
        .with_columns(pl.col("zip").str.slice(0, 3).alias("prefix"))
        .sort("zip")
    )
    middle = table.group_by("prefix").agg(
        pl.col("lat").median().alias("mid_lat"), pl.col("lon").median().alias("mid_lon")
    )
    table = table.join(middle, on="prefix", how="left", maintain_order="left")
    columns = {
        name: table[name].to_numpy().astype(np.float64) for name in ("population", "lat", "lon", "mid_lat", "mid_lon")
    }
    near = miles(columns["lat"], columns["lon"], columns["mid_lat"], columns["mid_lon"]) <= STRAY_MI
    kept = table.filter(pl.Series(near))
    return Postcodes(
        tuple(kept["zip"]),
        tuple(kept["city"]),
        tuple(kept["state"]),
        columns["population"][near],
        columns["lat"][near],
        columns["lon"][near],
    )


def prefix_centres(postcodes: Postcodes) -> tuple[Centre, ...]:
    """The population-weighted centre of each prefix, in the order of ``postcodes.prefixes``; the time zone of its largest code."""
    index, weight = postcodes.prefix_of, postcodes.population
    people = np.bincount(index, weight)
    latitude = np.bincount(index, weight * postcodes.latitude) / people
    longitude = np.bincount(index, weight * postcodes.longitude) / people
    largest = {int(index[i]): int(i) for i in np.argsort(weight, kind="stable")}
    return tuple(
        Centre(prefix, round(float(latitude[i]), 2), round(float(longitude[i]), 2), postcodes.time_zone(largest[i]))
        for i, prefix in enumerate(postcodes.prefixes)
    )


def miles(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Great-circle miles between degrees; broadcasts."""
    a, b = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((b - a) / 2) ** 2
    half = half + np.cos(a) * np.cos(b) * np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_MI * np.arcsin(np.sqrt(half)), np.float64)


def miles_between(a: Sequence[Site | Centre], b: Sequence[Site | Centre]) -> Floats:
    """Matrix of miles from each of ``a`` to each of ``b``."""
    (lat_a, lon_a), (lat_b, lon_b) = _degrees(a), _degrees(b)
    return miles(lat_a[:, None], lon_a[:, None], lat_b[None, :], lon_b[None, :])


def _degrees(points: Sequence[Site | Centre]) -> tuple[Floats, Floats]:
    return np.array([p.latitude for p in points], np.float64), np.array([p.longitude for p in points], np.float64)
