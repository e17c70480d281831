"""Calendars: when doors open, carriers leave and arrive, and what a promise means (docs/model.md, Days and instants).

Days are numbered since 1970-01-01 in some zone's local time; instants are UTC seconds. A local minute becomes an instant as
PEP 495 has it with ``fold=0``: of an hour that occurs twice the first, and one that is skipped as if the clock had not yet
been put forward. Nothing here reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from engine.network.carriers import Service, ServiceLevel, TransferLane, WeeklyCutoffs
from engine.network.network import Network, Place
from engine.network.nodes import Node
from engine.network.zones import service_zone

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_S = 86_400
_QUARTER_S = 900
Int64 = NDArray[np.int64]


def weekday_of(day: int) -> int:
    """0 is Monday; day 0 was a Thursday."""
    return (day + 3) % 7


def day_of(when: date) -> int:
    """The number of a calendar date."""
    return when.toordinal() - _EPOCH_ORDINAL


@lru_cache(1 << 17)
def instant(time_zone: str, day: int, minute: int) -> int:
    """UTC seconds of ``minute`` after local midnight of ``day``; minute 1440 is the next day's midnight."""
    midnight = datetime(1970, 1, 1, tzinfo=ZoneInfo(time_zone)) + timedelta(days=day)  # aware sums are of wall times
    return int((midnight + timedelta(minutes=minute)).timestamp())


@lru_cache(1 << 14)
def _offset_s(time_zone: str, quarter: int) -> int | None:
    """What a zone's clocks are ahead of UTC through a quarter of an hour (numbered since 1970); None where they change in it."""
    zone, first = ZoneInfo(time_zone), quarter * _QUARTER_S
    ahead = [datetime.fromtimestamp(time, zone).utcoffset() for time in (first, first + _QUARTER_S - 1)]
    return int(ahead[0].total_seconds()) if ahead[0] is not None and ahead[0] == ahead[1] else None


def local_day(time_zone: str, time: int) -> int:
    """The local day of an instant."""
    return local_day_and_minute(time_zone, time)[0]


def local_day_and_minute(time_zone: str, time: int) -> tuple[int, int]:
    """The local day of an instant, and its minute (0..1439, the begun one)."""
    ahead = _offset_s(time_zone, time // _QUARTER_S)
    if ahead is None:
        wall = datetime.fromtimestamp(time, ZoneInfo(time_zone))
        return day_of(wall), wall.hour * 60 + wall.minute
    day, second = divmod(time + ahead, _DAY_S)
    return day, second // 60


class Schedule:
    """A weekly local time of day in one zone, save on closed days: opening, closing, or a cutoff."""

    __slots__ = ("_closed", "_known", "_minutes", "_time_zone")

    def __init__(self, time_zone: str, minutes: WeeklyCutoffs, closed: frozenset[int]) -> None:
        self._time_zone, self._minutes, self._closed = time_zone, minutes, closed
        self._known: dict[int, int | None] = {}

    def at(self, day: int) -> int | None:
        """The instant on ``day``, or None when there is none."""
        try:
            return self._known[day]
        except KeyError:
            minute = None if day in self._closed else self._minutes[weekday_of(day)]
            found = self._known[day] = None if minute is None else instant(self._time_zone, day, minute)
            return found

    def after(self, day: int, times: int) -> int | None:
        """The instant on the ``times``-th day after ``day`` that has one; None for 0."""
        found = None
        while times:
            day += 1
            found = self.at(day)
            times -= found is not None
        return found

    def row(self, first_day: int, n_days: int) -> Int64:
        """int64[n_days] instants, -1 where there is none."""
        found = (self.at(day) for day in range(first_day, first_day + n_days))
        return np.array([-1 if time is None else time for time in found], dtype=np.int64)


class Calendar:
    """The days and instants of one network; every answer is remembered."""

    def __init__(self, network: Network) -> None:
        self._overrides = network.cutoffs
        self._promises = network.policy.promises
        self._holidays = {name: frozenset(map(day_of, dates)) for name, dates in network.holidays.items()}
        # Nodes alike in zone, hours and holidays share a schedule: tables cost by kinds of nodes, not by nodes.
        self._schedule = lru_cache(None)(Schedule)
        self._opening: dict[str, Schedule] = {}
        self._closing: dict[str, Schedule] = {}
        for node in network.nodes:
            closed = self._closed(node.holidays)
            opens = tuple(hours and hours[0] for hours in node.open_hours)
            closes = tuple(hours and hours[1] for hours in node.open_hours)
            self._opening[node.node_id] = self._schedule(node.time_zone, opens, closed)
            self._closing[node.node_id] = self._schedule(node.time_zone, closes, closed)
        self._departing: dict[tuple[str, str, ServiceLevel], Schedule] = {}
        self._delivery = lru_cache(1 << 16)(self._count_delivery_days)
        self._promised = lru_cache(1 << 14)(self._look_up_promise)
        self._opens_after = lru_cache(1 << 10)(_opens_after)  # stores alike share it, as they share a schedule
        self._services = {service.key: service for service in network.services}

    # Doors

    def is_open(self, node: Node, day: int) -> bool:
        """Has the node open hours on ``day`` and no holiday?"""
        return self._opening[node.node_id].at(day) is not None

    def open_time(self, node: Node, day: int) -> int | None:
        return self._opening[node.node_id].at(day)

    def close_time(self, node: Node, day: int) -> int | None:
        return self._closing[node.node_id].at(day)

    def open_table(self, nodes: Sequence[Node], first_day: int, n_days: int) -> Int64:
        """int64[N, n_days], opening instants, -1 when closed."""
        return _table([self._opening[node.node_id] for node in nodes], first_day, n_days)

    def close_table(self, nodes: Sequence[Node], first_day: int, n_days: int) -> Int64:
        """int64[N, n_days], closing instants, -1 when closed."""
        return _table([self._closing[node.node_id] for node in nodes], first_day, n_days)

    def pickup_ready_time(self, node: Node, day: int, now: int) -> int | None:
        """When goods reserved ``now`` are ready at their own store on ``day``; None when it is closed before that."""
        opens, closes = self.open_time(node, day), self.close_time(node, day)
        if opens is None or closes is None:
            return None
        ready = max(now + node.lead_time_s, opens)
        return ready if ready <= closes else None

    # Carriers

    def cutoff_time(self, node: Node, service: Service, day: int) -> int | None:
        """When ``service`` leaves ``node`` on the node's local ``day``; None when it does not."""
        return self._departures(node, service).at(day)

    def cutoff_table(self, nodes: Sequence[Node], service: Service, first_day: int, n_days: int) -> Int64:
        """int64[N, n_days], departures of ``service``, -1 when there is none."""
        return _table([self._departures(node, service) for node in nodes], first_day, n_days)

    def arrival_time(self, service: Service, zone: int, ship_day: int, ship_time: int, place: Place) -> int:
        """When what leaves on ``ship_day`` at ``ship_time`` is there; ``zone`` as ``Zones.zone`` gives it."""
        if service.level is ServiceLevel.SAME_DAY:
            return ship_time + 60 * service.duration_minutes
        day = self._delivery(service.key, service_zone(service, zone).transit_days, ship_day)
        return instant(place.time_zone, day, service.delivered_by_minute)

    # Transfers

    def transfer_departure_time(self, lane: TransferLane, origin: Node, day: int) -> int | None:
        """When the lane leaves ``origin`` on its local ``day``; None when it does not."""
        return self._transfers(lane.cutoffs, origin).at(day)

    def transfer_departure_table(
        self, cutoffs: WeeklyCutoffs, origins: Sequence[Node], first_day: int, n_days: int
    ) -> Int64:
        """int64[N, n_days], departures of a lane with these cutoffs from each origin, -1 when there is none."""
        return _table([self._transfers(cutoffs, origin) for origin in origins], first_day, n_days)

    def transfer_ready_time(self, lane: TransferLane, store: Node, ship_day: int) -> int | None:
        """When what left on ``ship_day`` can be picked up at ``store``; None for a store that never opens."""
        if not any(store.open_hours):
            return None
        opens = self._opening[store.node_id].after(ship_day, lane.transit_days)
        return None if opens is None else opens + store.lead_time_s

    def transfer_ready_table(self, lane: TransferLane, store: Node, first_day: int, n_days: int) -> Int64:
        """int64[n_days], the same for every day of departure, -1 where it is None."""
        if not any(store.open_hours):
            return np.full(n_days, -1, np.int64)
        opens = self._opens_after(self._opening[store.node_id], lane.transit_days, first_day, n_days)
        return np.where(opens >= 0, opens + store.lead_time_s, -1)

    # Promises

    def promise_time(self, level: ServiceLevel, order_time: int, place: Place) -> int | None:
        """The end of the day promised by the policy to an order of ``order_time``; None without a rule for ``level``."""
        return self._promised(level, order_time, place.time_zone)

    def _closed(self, name: str) -> frozenset[int]:
        return self._holidays[name] if name else frozenset()

    def _departures(self, node: Node, service: Service) -> Schedule:
        key = (node.node_id, service.carrier_id, service.level)
        found = self._departing.get(key)
        if found is None:
            cutoffs = self._overrides.get(key, service.cutoffs)
            closed = self._closed(node.holidays) | self._closed(service.holidays)
            found = self._departing[key] = self._schedule(node.time_zone, _on_open_days(cutoffs, node), closed)
        return found

    def _transfers(self, cutoffs: WeeklyCutoffs, origin: Node) -> Schedule:
        return self._schedule(origin.time_zone, _on_open_days(cutoffs, origin), self._closed(origin.holidays))

    def _look_up_promise(self, level: ServiceLevel, order_time: int, time_zone: str) -> int | None:
        rule = self._promises.get(level)
        if rule is None:
            return None
        day, minute = local_day_and_minute(time_zone, order_time)
        day += minute > rule.cutoff_minute
        if rule.days == 0:
            while weekday_of(day) not in rule.delivery_days:
                day += 1
        return instant(time_zone, _after(day, rule.days, rule.delivery_days, frozenset()) + 1, 0)

    def _count_delivery_days(self, key: tuple[str, ServiceLevel], transit: int, ship_day: int) -> int:
        service = self._services[key]
        return _after(ship_day, transit, service.delivery_days, self._closed(service.holidays))


def _on_open_days(cutoffs: WeeklyCutoffs, node: Node) -> WeeklyCutoffs:
    return tuple(cutoff if hours else None for cutoff, hours in zip(cutoffs, node.open_hours, strict=True))


def _after(day: int, days: int, weekdays: frozenset[int], closed: frozenset[int]) -> int:
    """The ``days``-th day after ``day`` that is one of ``weekdays`` (not empty) and not closed; ``day`` itself for 0."""
    while days:
        day += 1
        days -= weekday_of(day) in weekdays and day not in closed
    return day


def _opens_after(opening: Schedule, days: int, first_day: int, n_days: int) -> Int64:
    found = (opening.after(day, days) for day in range(first_day, first_day + n_days))
    return np.array([-1 if time is None else time for time in found], dtype=np.int64)


def _table(schedules: Iterable[Schedule], first_day: int, n_days: int) -> Int64:
    rows: dict[int, int] = {}
    distinct: list[Schedule] = []
    index: list[int] = []
    for schedule in schedules:
        row = rows.setdefault(id(schedule), len(distinct))
        if row == len(distinct):
            distinct.append(schedule)
        index.append(row)
    table: Int64 = np.empty((len(distinct), n_days), dtype=np.int64)
    for row, schedule in enumerate(distinct):
        table[row] = schedule.row(first_day, n_days)
    return table[index]
