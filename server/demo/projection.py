"""From degrees to a flat map."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Albers:
    """Albers' equal-area conic projection of the unit sphere (Snyder, Map Projections: A Working Manual, 1987, ch. 14).

    Parameters
    ----------
    south, north : latitudes between which the map lies; the standard parallels stand a sixth of the way in from each.
    middle : longitude that runs straight up.
    """

    south: float
    north: float
    middle: float

    def __call__(self, latitudes: ArrayLike, longitudes: ArrayLike) -> Floats:
        """float64[N, 2]: x to the east and y to the south, in radians of arc near the standard parallels."""
        sixth = (self.north - self.south) / 6
        first, second = radians(self.south + sixth), radians(self.north - sixth)
        phi = np.radians(np.asarray(latitudes, np.float64))
        turn = np.radians((np.asarray(longitudes, np.float64) - self.middle + 180) % 360 - 180)
        n = (sin(first) + sin(second)) / 2
        if abs(n) < 1e-3:  # the cone's limit around the equator is the cylinder
            return np.column_stack([turn, -np.sin(phi)])
        c = cos(first) ** 2 + 2 * n * sin(first)
        rho = np.sqrt(np.maximum(0.0, c - 2 * n * np.sin(phi))) / n
        return np.column_stack([rho * np.sin(n * turn), rho * np.cos(n * turn)])
