"""The stock of a moment, as decisions see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solvers.problem import UNLIMITED, Int64

HORIZON_MARGIN_DAYS = 2
"""A local day may be one before or after the UTC day; capacity and calendars span the horizon of both."""


def first_day_of(now: int) -> int:
    """The first column of calendar tables: a day before the UTC day, as some node's local day may be."""
    return now // 86_400 - 1


class Stock(Protocol):
    """What can be taken at a moment: the mirror is one, a ``Snapshot`` another.

    Axes: K items and N nodes of the network, H days from ``first_day`` (days since 1970-01-01).
    """

    @property
    def atp(self) -> NDArray[np.int32]:
        """int32[K, N], units; may be below zero after a count."""
        ...

    @property
    def protected(self) -> NDArray[np.int32]:
        """int32[K, N], the part of the ATP for VIP orders alone."""
        ...

    @property
    def orders_left(self) -> Int64:
        """int64[N, H], orders that can still leave; ``UNLIMITED`` where nothing binds."""
        ...

    @property
    def units_left(self) -> Int64:
        """int64[N, H], likewise in units."""
        ...

    @property
    def first_day(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stock that stands still."""

    atp: NDArray[np.int32]
    protected: NDArray[np.int32]
    orders_left: Int64
    units_left: Int64
    first_day: int

    @classmethod
    def of(cls, stock: Stock) -> Snapshot:
        return cls(stock.atp, stock.protected, stock.orders_left, stock.units_left, stock.first_day)

    @classmethod
    def copy_of(cls, stock: Stock) -> Snapshot:
        """It stands still while the stock moves on."""
        return cls(
            stock.atp.copy(),
            stock.protected.copy(),
            stock.orders_left.copy(),
            stock.units_left.copy(),
            stock.first_day,
        )

    @classmethod
    def empty(cls, n_items: int, n_nodes: int, n_days: int, first_day: int) -> Snapshot:
        """Nothing on hand, room everywhere."""
        return cls(
            np.zeros((n_items, n_nodes), np.int32),
            np.zeros((n_items, n_nodes), np.int32),
            np.full((n_nodes, n_days), UNLIMITED, np.int64),
            np.full((n_nodes, n_days), UNLIMITED, np.int64),
            first_day,
        )

    def with_room(self) -> Snapshot:
        """The same units with room on every day."""
        return replace(
            self,
            orders_left=np.full_like(self.orders_left, UNLIMITED),
            units_left=np.full_like(self.units_left, UNLIMITED),
        )
