"""A real shop's baskets as orders of a US network: whole (wholesale) or cut to consumer size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from engine.network.building.baskets import CONSUMER_LINES, CONSUMER_UNITS
from engine.network.building.delivery import COURIER_RADIUS_MI
from engine.network.building.demand import KINDS, LAST_SAME_DAY_HOUR, PICKUP_REACH_MI
from engine.network.building.geography import Centre, Postcodes, miles_between
from engine.network.building.goods import Goods
from engine.network.building.order_rows import OrderRow
from engine.network.building.sampler import Floats, Ints, Sampler
from engine.network.building.sites import NodeRow

# 2010-12-01, the year's first day, becomes 2025-01-01: whole weeks, so that weekdays stay.
SHIFT = timedelta(days=5_145)
LARGEST_WHOLESALE_LINE = 48  # units; the shop's largest is 80,995


@dataclass(frozen=True, slots=True)
class Basket:
    """What was bought at once: the shop's own time (shifted, without a zone), the customer, (item index, units) by line."""

    time: datetime
    customer: str
    lines: tuple[tuple[int, int], ...]


def baskets(sales: pl.DataFrame, skus: Sequence[str], start: date, days: int) -> list[Basket]:
    """Baskets of ``days`` days from ``start`` on the shifted calendar, by time."""
    index = {sku: i for i, sku in enumerate(skus)}
    shifted = sales.with_columns(pl.col("time") + SHIFT)
    window = shifted.filter(pl.col("time").dt.date().is_between(start, start + timedelta(days - 1)))
    result = []
    for (invoice,), group in window.group_by("invoice", maintain_order=True):
        lines = tuple((index[sku], units) for sku, units in group.select("sku", "units").iter_rows())
        result.append(Basket(group["time"][0], group["customer"][0] or f"invoice {invoice}", lines))
    return result


def cut_to_wholesale(basket: Basket) -> list[Basket]:
    """The basket as it is, its quantities capped."""
    capped = tuple((item, min(units, LARGEST_WHOLESALE_LINE)) for item, units in basket.lines)
    return [Basket(basket.time, basket.customer, capped)]


def cut_to_consumer(basket: Basket, sampler: Sampler) -> list[Basket]:
    """The basket in pieces of a consumer's number of lines and units, each of a customer of its own.

    What was bought together stays together: pieces are runs of the basket's lines in random order.
    """
    lines = [basket.lines[i] for i in np.argsort(sampler.uniform(len(basket.lines)), kind="stable")]
    sizes, shares = zip(*CONSUMER_UNITS, strict=True)
    pieces: list[Basket] = []
    while lines:
        count = sampler.choose(range(1, len(CONSUMER_LINES) + 1), CONSUMER_LINES)
        taken, lines = lines[:count], lines[count:]
        few = tuple((item, min(units, sampler.choose(sizes, shares))) for item, units in taken)
        pieces.append(Basket(basket.time, f"{basket.customer}/{len(pieces)}", few))
    return pieces


class BasketBook:
    """Gives baskets a place in the US, by population and the same for the same customer, and a way to be handed over."""

    def __init__(
        self,
        postcodes: Postcodes,
        centres: Sequence[Centre],
        rows: Sequence[NodeRow],
        goods: Goods,
        promised: Ints,
        sampler: Sampler,
    ) -> None:
        self._postcodes, self._rows, self._promised = postcodes, rows, promised
        self._express, self._transferable = goods.express, goods.transferable
        self._sampler = sampler
        self._stores = np.array([k for k, row in enumerate(rows) if row.type == "STORE"], np.int64)
        self._couriers = np.array([rows[k].offers("SAME_DAY") for k in self._stores], np.bool_)
        self._miles = miles_between(centres, [rows[k].site for k in self._stores])
        self._people = np.cumsum(postcodes.population)
        self._kinds = np.cumsum(np.array(list(KINDS.values())))
        self._home: dict[str, int] = {}

    def wholesale(self, basket: Basket) -> OrderRow:
        """A business's order, by ground."""
        place = self._place(basket.customer)
        lines = tuple((item, units, False) for item, units in basket.lines)
        return OrderRow(self._local(basket.time, place), self._postcodes.codes[place], lines, residential=False)

    def consumer(self, basket: Basket) -> OrderRow:
        """A consumer's order, by the kinds of ``demand.KINDS`` where they can be had, else by ground."""
        place = self._place(basket.customer)
        kind = list(KINDS)[int(self._sampler.pick(self._kinds, 1)[0])]
        distance = self._miles[self._postcodes.prefix_of[place]]
        level, store = "GROUND", ""
        items = [item for item, _ in basket.lines]
        if kind == "PICKUP" and float(distance.min()) <= PICKUP_REACH_MI and bool(self._transferable[items].all()):
            store = self._rows[self._stores[int(distance.argmin())]].node_id
        elif kind == "SAME_DAY" and basket.time.hour < LAST_SAME_DAY_HOUR and self._courier_has(basket, distance):
            level = "SAME_DAY"
        elif kind in ("TWO_DAY", "OVERNIGHT") and bool(self._express[items].all()):
            level = kind
        lines = tuple((item, units, bool(store)) for item, units in basket.lines)
        return OrderRow(
            self._local(basket.time, place),
            self._postcodes.codes[place],
            lines,
            service_level=level,
            pickup_node=store,
            vip=self._sampler.chance(0.08),
        )

    def _courier_has(self, basket: Basket, distance: Floats) -> bool:
        """Is there a store whose courier reaches the place and which has the whole basket at opening?"""
        near = self._stores[(distance < COURIER_RADIUS_MI - 0.5) & self._couriers]
        items, units = np.array([i for i, _ in basket.lines]), np.array([u for _, u in basket.lines])
        has = (self._promised[near][:, items] >= units).all(axis=1)
        return bool(has.any()) and bool(self._express[items].all())

    def _place(self, customer: str) -> int:
        if customer not in self._home:
            self._home[customer] = int(self._sampler.pick(self._people, 1)[0])
        return self._home[customer]

    def _local(self, clock: datetime, place: int) -> datetime:
        """The shop's clock read as the customer's."""
        return clock.replace(tzinfo=ZoneInfo(self._postcodes.time_zone(place)))
