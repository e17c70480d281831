"""Drawing a fortnight of orders from the real distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from engine.network.building.baskets import CONSUMER_LINES, CONSUMER_UNITS, BasketProfile
from engine.network.building.delivery import COURIER_RADIUS_MI
from engine.network.building.geography import Centre, Postcodes, miles_between
from engine.network.building.goods import Goods
from engine.network.building.order_rows import OrderRow
from engine.network.building.sampler import Floats, Ints, Sampler
from engine.network.building.sites import NodeRow

KINDS = {"GROUND": 0.685, "TWO_DAY": 0.10, "OVERNIGHT": 0.015, "SAME_DAY": 0.05, "PICKUP": 0.15}
PICKUPS = {"one store": 0.55, "any store near": 0.33, "with shipped lines": 0.12}
RADII_MI = (10, 25, 50)
PICKUP_REACH_MI = 30.0
LAST_SAME_DAY_HOUR = 13  # the courier leaves at 15:00 and a store needs up to two hours
FROM_THE_SHELF = 0.7  # of pickups at one store: what the store shows as there


@dataclass(frozen=True, slots=True)
class Calendar:
    """``days`` days from ``start``, with the shop's weights of weekdays and hours."""

    start: date
    days: int
    profile: BasketProfile


class OrderBook:
    """Draws orders of every kind, of what a shop would sell so.

    ``promised`` is (node, item) units open at opening, ``popularity`` is per item. Orders for two days or less are of
    express goods; pickups are of what any store gets from a DC, or of what the store has.
    """

    def __init__(
        self,
        postcodes: Postcodes,
        centres: Sequence[Centre],
        rows: Sequence[NodeRow],
        goods: Goods,
        promised: Ints,
        popularity: Floats,
        calendar: Calendar,
        sampler: Sampler,
    ) -> None:
        self._postcodes, self._rows, self._sampler, self._calendar = postcodes, rows, sampler, calendar
        self._popularity, self._promised = popularity, promised
        self._any = np.cumsum(popularity)
        self._express_popularity = np.where(goods.express, popularity, 0.0)
        at_dcs = (promised[[row.type == "DC" for row in rows]] > 0).any(axis=0)
        self._sent_to_stores = np.cumsum(np.where(goods.transferable & at_dcs, popularity, 0.0))
        self._express = np.cumsum(self._express_popularity)
        self._stores = np.array([k for k, row in enumerate(rows) if row.type == "STORE"], np.int64)
        self._centre_miles = miles_between(centres, [rows[k].site for k in self._stores])
        self._couriers = np.array([rows[k].offers("SAME_DAY") for k in self._stores])
        self._people = np.cumsum(postcodes.population)
        served = ((self._centre_miles < COURIER_RADIUS_MI - 0.5) & self._couriers).any(axis=1)
        self._people_served = np.cumsum(np.where(served[postcodes.prefix_of], postcodes.population, 0.0))
        weekday = [calendar.profile.weekday[(calendar.start + timedelta(d)).weekday()] for d in range(calendar.days)]
        self._days = np.cumsum(np.array(weekday, np.float64))
        self._hours = np.cumsum(calendar.profile.hour)
        self._early_hours = np.cumsum(calendar.profile.hour[:LAST_SAME_DAY_HOUR])

    def draw(self, n: int) -> list[OrderRow]:
        """``n`` orders, not yet in order of time."""
        kinds = self._sampler.pick(np.cumsum(np.array(list(KINDS.values()))), n)
        names = list(KINDS)
        makers = {"PICKUP": self._pickup, "SAME_DAY": self._same_day}
        return [makers[names[k]]() if names[k] in makers else self._parcel(names[k]) for k in kinds]

    def _parcel(self, level: str) -> OrderRow:
        draw = self._sampler
        place = int(draw.pick(self._people, 1)[0])
        placed = self._time(place, self._hours)
        channel = draw.choose(("web", "marketplace", "pos"), (0.80, 0.14, 0.06))
        dated = level == "GROUND" and draw.chance(0.03)
        return OrderRow(
            placed,
            self._postcodes.codes[place],
            self._lines(self._any if level == "GROUND" else self._express, picked=False),
            channel=channel,
            residential=draw.chance(0.9),
            service_level=level,
            deliver_by=self._evening(place, placed, draw.whole(6, 9)) if dated else None,
            ship_complete=draw.chance(0.03),
            max_shipments=draw.choose((None, 1, 2), (0.95, 0.01, 0.04)),
            vip=draw.chance(0.08),
            not_node_types="STORE" if channel == "marketplace" and draw.chance(0.2) else "",
        )

    def _same_day(self) -> OrderRow:
        """Goods on the shelves of a store whose courier reaches the customer."""
        draw = self._sampler
        place = int(draw.pick(self._people_served, 1)[0])
        distance = self._centre_miles[self._postcodes.prefix_of[place]]
        near = self._stores[(distance < COURIER_RADIUS_MI - 0.5) & self._couriers]
        store = int(near[draw.whole(0, len(near) - 1)])
        return OrderRow(
            self._time(place, self._early_hours),
            self._postcodes.codes[place],
            self._lines(self._shelf(store, self._express_popularity), picked=False),
            service_level="SAME_DAY",
            vip=draw.chance(0.08),
        )

    def _pickup(self) -> OrderRow:
        draw = self._sampler
        count = self._count()
        kind = self._pickup_kind(count)
        while True:
            place = int(draw.pick(self._people, 1)[0])
            distance = self._centre_miles[self._postcodes.prefix_of[place]]
            if float(distance.min()) <= PICKUP_REACH_MI:
                break
        store = int(self._stores[int(distance.argmin())])
        shelf = kind == "one store" and draw.chance(FROM_THE_SHELF)
        lines = self._lines(
            self._shelf(store, self._popularity) if shelf else self._sent_to_stores,
            picked=True,
            count=count,
        )
        if kind == "with shipped lines":
            shipped = draw.whole(1, len(lines) - 1)
            lines = tuple((item, units, n >= shipped) for n, (item, units, _) in enumerate(lines))
        anywhere = kind == "any store near"
        return OrderRow(
            self._time(place, self._hours),
            self._postcodes.codes[place],
            lines,
            channel=draw.choose(("web", "pos"), (0.8, 0.2)),
            pickup_node="" if anywhere else self._rows[store].node_id,
            pickup_radius=next(r for r in RADII_MI if distance.min() < r - 0.5) if anywhere else None,
            vip=draw.chance(0.08),
        )

    def _pickup_kind(self, count: int) -> str:
        """By ``PICKUPS``; one line alone can't be both picked up and shipped, so several are the oftener."""
        *others, mixed = PICKUPS
        several = 1 - CONSUMER_LINES[0] / sum(CONSUMER_LINES)
        if count > 1 and self._sampler.chance(PICKUPS[mixed] / several):
            return mixed
        return self._sampler.choose(others, [PICKUPS[kind] for kind in others])

    def _count(self) -> int:
        return self._sampler.choose(range(1, len(CONSUMER_LINES) + 1), CONSUMER_LINES)

    def _shelf(self, store: int, weight: Floats) -> Floats:
        """Cumulative weight of what a store has to promise."""
        return np.cumsum(np.where(self._promised[store] > 0, weight, 0.0))

    def _lines(self, cumulative: Floats, picked: bool, count: int = 0) -> tuple[tuple[int, int, bool], ...]:
        """``count`` lines, 0 to draw their number too."""
        draw = self._sampler
        count = count or self._count()
        items = draw.distinct_from(cumulative, count)
        sizes, shares = zip(*CONSUMER_UNITS, strict=True)
        return tuple((item, draw.choose(sizes, shares), picked) for item in items)

    def _time(self, place: int, hours: Floats) -> datetime:
        """An instant by the shop's weekdays and hours, on the clocks of the place."""
        draw, calendar = self._sampler, self._calendar
        day = calendar.start + timedelta(int(draw.pick(self._days, 1)[0]))
        hour = int(draw.pick(hours, 1)[0])
        clock = time(hour, draw.whole(0, 59), draw.whole(0, 59), tzinfo=ZoneInfo(self._postcodes.time_zone(place)))
        return datetime.combine(day, clock)

    def _evening(self, place: int, placed: datetime, days: int) -> datetime:
        clock = time(23, 59, 59, tzinfo=ZoneInfo(self._postcodes.time_zone(place)))
        return datetime.combine(placed.date() + timedelta(days), clock)
