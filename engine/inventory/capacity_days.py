"""What is left of each node's daily capacity, as arrays: limits less use less own holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solvers.problem import UNLIMITED

DayClaims = Sequence[tuple[int, int, int, int]]
"""(node index, day since 1970-01-01, orders, units)."""

_NOTHING = (0, 0)


class CapacityDays:
    """``orders_left`` and ``units_left``: int64[N, H] from ``first_day`` on; ``UNLIMITED`` where nothing limits.

    Use is kept for every day it is told, so that a day that rolls in is right at once.
    """

    def __init__(
        self, first_day: int, horizon_days: int, order_limits: NDArray[np.int64], unit_limits: NDArray[np.int64]
    ) -> None:
        self.first_day = first_day
        self.horizon_days = horizon_days
        self._order_limits = order_limits.tolist()
        self._unit_limits = unit_limits.tolist()
        self.orders_left = np.repeat(order_limits.astype(np.int64)[:, None], horizon_days, axis=1)
        self.units_left = np.repeat(unit_limits.astype(np.int64)[:, None], horizon_days, axis=1)
        self._orders = self.orders_left.reshape(-1).data
        self._units = self.units_left.reshape(-1).data
        self._used: dict[tuple[int, int], tuple[int, int]] = {}
        self._held: dict[tuple[int, int], tuple[int, int]] = {}

    def hold(self, claims: DayClaims) -> None:
        for n, day, orders, units in claims:
            of_orders, of_units = self._held.get((n, day), _NOTHING)
            self._held[n, day] = (of_orders + orders, of_units + units)
            self._refresh(n, day)

    def give_back(self, claims: DayClaims) -> None:
        for n, day, orders, units in claims:
            of_orders, of_units = self._held.pop((n, day))
            if of_orders > orders or of_units > units:
                self._held[n, day] = (of_orders - orders, of_units - units)
            self._refresh(n, day)

    def apply(self, n: int, day: int, orders: int, units: int) -> None:
        """The use is now so much."""
        self._used[n, day] = (orders, units)
        self._refresh(n, day)

    def forget_use(self) -> None:
        """Before everything is read anew. Own holds stay."""
        self._used.clear()
        self._refresh_all()

    def roll(self, first_day: int) -> None:
        self.first_day = first_day
        self._used = {key: use for key, use in self._used.items() if key[1] >= first_day}
        self._refresh_all()

    def _refresh_all(self) -> None:
        self.orders_left[:] = np.array(self._order_limits, dtype=np.int64)[:, None]
        self.units_left[:] = np.array(self._unit_limits, dtype=np.int64)[:, None]
        for n, day in self._used.keys() | self._held.keys():
            self._refresh(n, day)

    def _refresh(self, n: int, day: int) -> None:
        h = day - self.first_day
        if not 0 <= h < self.horizon_days:
            return
        used_orders, used_units = self._used.get((n, day), _NOTHING)
        held_orders, held_units = self._held.get((n, day), _NOTHING)
        at = n * self.horizon_days + h
        if self._order_limits[n] != UNLIMITED:
            self._orders[at] = self._order_limits[n] - used_orders - held_orders
        if self._unit_limits[n] != UNLIMITED:
            self._units[at] = self._unit_limits[n] - used_units - held_units
