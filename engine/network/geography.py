"""Where things are: great-circle distances, postal codes and the places they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.network.network import Place

EARTH_RADIUS_M = 6_371_008.8
"""The IUGG mean radius."""


class Located(Protocol):
    """Anything with coordinates in degrees: a node, a place."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


def distances_m(latitude: float, longitude: float, latitudes: ArrayLike, longitudes: ArrayLike) -> NDArray[np.int64]:
    """Great-circle distances from one point to N others (haversine), each rounded to the nearest metre (half to even).

    Parameters
    ----------
    latitude, longitude : degrees.
    latitudes, longitudes : degrees, shape (N,).

    Returns
    -------
    int64[N], metres.
    """
    phi = np.radians(np.atleast_1d(np.asarray(latitudes, dtype=np.float64)))
    lam = np.radians(np.atleast_1d(np.asarray(longitudes, dtype=np.float64)))
    # One-element arrays, not scalars: both ways through numpy then run the same loops and agree to the last bit.
    phi0, lam0 = np.radians(np.array([latitude])), np.radians(np.array([longitude]))
    a = np.sin((phi - phi0) * 0.5) ** 2 + np.cos(phi0) * np.cos(phi) * np.sin((lam - lam0) * 0.5) ** 2
    metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(a)))
    rounded: NDArray[np.int64] = np.rint(metres).astype(np.int64)
    return rounded


def distance_m(origin: Located, destination: Located) -> int:
    """The same distance between two points, metres."""
    return int(distances_m(origin.latitude, origin.longitude, destination.latitude, destination.longitude)[0])


def normal_postal_code(postal_code: str) -> str:
    """A postal code as the network compares them: upper case, without spaces."""
    return "".join(postal_code.split()).upper()


def find_place(places: Mapping[tuple[str, str], Place], country: str, postal_code: str) -> Place | None:
    """The place of the longest prefix of ``postal_code`` in ``country``, or None when no prefix is known.

    The keys of ``places`` are normal (``normal_postal_code``, upper-case country), as ``Network.places`` holds them.
    """
    code = normal_postal_code(postal_code)
    land = country.strip().upper()
    for length in range(len(code), -1, -1):
        place = places.get((land, code[:length]))
        if place is not None:
            return place
    return None
