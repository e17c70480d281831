"""A line under the price of every shipment, whatever is in it: what a proof about large orders rests on.

A shipment is units that travel by themselves (in their own packaging, or too large to share a carton), each at its exact
price, and cartons that are filled first fit. A carton whose contents weigh w and fill v costs at least

    base + slope w + rise v                                slope, rise, base >= 0

where that line lies under the price of every carton at every weight that it may hold: at the end of each step of the card, as
prices are flat within one, and at its usable volume, as it may be full. Bulky goods are billed by the carton's volume, so
a line that rises by weight alone would be at half the price of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.routing import set_costs as sc
from engine.routing.asking import Ask
from engine.routing.tables import Tables
from solvers.problem import INFEASIBLE, Int64

_RISES = 24
"""Rises that are tried, from none to the steepest under every carton."""

PACKAGE = 1_000_000
"""The size of a package; that of a unit is its share of it."""


@dataclass(frozen=True, slots=True)
class PriceFloor:
    """``price(r, q) >= base[r] n + per_unit[r] . q`` with ``n >= 1`` packages and ``n >= size . q / PACKAGE``, as a
    ``LargeOrderProblem`` wants it: int64[R], int64[R, L] (``INFEASIBLE``: the line never goes by the row), int64[L]."""

    base: Int64
    per_unit: Int64
    size: Int64


def price_floor(tables: Tables, ask: Ask, carbon_price: int) -> PriceFloor:
    """The highest such lines for an order like this one."""
    n_rows, items, units = tables.n_services * tables.n_zones, tables.items[ask.items], ask.units
    weight, volume = items[:, sc.WEIGHT], items[:, sc.VOLUME]
    base, per_unit = np.zeros(n_rows, np.int64), np.zeros((n_rows, ask.n_lines), np.int64)
    alone = (items[:, sc.OWN_PACKAGING] == 1) | (items[:, sc.ALONE] >= 0)
    usable, heaviest = tables.cartons[tables.largest, [sc.USABLE, sc.MAX_WEIGHT]].tolist()
    together = np.where(alone, 0, units)
    by_volume = together @ volume * heaviest >= together @ weight * usable
    size = volume * PACKAGE // usable if by_volume else weight * PACKAGE // heaviest
    size[alone] = PACKAGE
    packages = max(1.0, together @ volume / usable, together @ weight / heaviest)
    typical = np.array((together @ weight / packages, together @ volume / packages))
    residential = ask.ship_to is not None and ask.ship_to.residential
    for s in ask.services.tolist():
        rule = tables.rules[s]
        boxes = _cartons(tables, rule, residential)
        for z in np.flatnonzero(tables.served[s]).tolist():
            row = s * tables.n_zones + z
            steps = int(rule[sc.STEPS])
            card = tables.steps[s, :steps], tables.rates[s, :steps, z]
            points = _points(*card, boxes, tables.cartons, usable, heaviest, int(rule[sc.MAX_PACKAGE_WEIGHT]))
            start, slope, rise = plane_under(points, typical) if together.any() else (INFEASIBLE, 0.0, 0.0)
            carbon = weight * tables.carbon[s, z] * carbon_price // 1_000_000
            each = _alone(*card, items, tables.cartons, rule, residential)
            start = min(start, int(each[alone].min(initial=INFEASIBLE)))
            if start >= INFEASIBLE:
                start = 0
            linear = np.floor((slope * weight + rise * volume) * (1 - 1e-12)).astype(np.int64)
            base[row] = start
            per_unit[row] = np.where(
                alone, np.where(each < INFEASIBLE, each - start + carbon, INFEASIBLE), linear + carbon
            )
    for z in range(len(tables.transfer_classes)):
        row = tables.transfer_service * tables.n_zones + z
        carbon = weight * tables.carbon[tables.transfer_service, z] * carbon_price // 1_000_000
        per_unit[row] = tables.per_kg[z] * weight // 1_000 + carbon
    return PriceFloor(base, per_unit, size)


def no_floor(tables: Tables, ask: Ask) -> PriceFloor:
    """Nothing under any price, and one package or more."""
    n_rows = tables.n_services * tables.n_zones
    none = np.zeros(ask.n_lines, np.int64)
    return PriceFloor(np.zeros(n_rows, np.int64), np.zeros((n_rows, ask.n_lines), np.int64), none)


def _extra(rule: Int64, residential: bool, longest: Int64) -> Int64:
    oversize = (rule[sc.OVERSIZE_LENGTH] > 0) & (longest > rule[sc.OVERSIZE_LENGTH])
    return np.asarray(np.where(oversize, rule[sc.OVERSIZE], 0) + (rule[sc.RESIDENTIAL] if residential else 0), np.int64)


def _dimensional(rule: Int64, volume: Int64) -> Int64:
    """Grams that a package of so much is billed at least."""
    if not rule[sc.DIM_DIVISOR]:
        return np.zeros_like(volume)
    billed = -(-volume * 1_000 // rule[sc.DIM_DIVISOR])
    return np.asarray(np.where(volume > rule[sc.DIM_THRESHOLD], billed, 0), np.int64)


def _goes(rule: Int64, longest: Int64, others: Int64) -> Int64:
    """bool: may a package of these sides go by the service?"""
    girth = longest + 2 * others
    long = (rule[sc.MAX_LENGTH] > 0) & (longest > rule[sc.MAX_LENGTH])
    return np.asarray(~(long | ((rule[sc.MAX_GIRTH] > 0) & (girth > rule[sc.MAX_GIRTH]))))


def _cartons(tables: Tables, rule: Int64, residential: bool) -> Int64:
    """int64[B, 2]: what each carton asks besides the rate, ``INFEASIBLE`` where it may not go, and its dimensional weight."""
    box = tables.cartons
    longest = box[:, sc.CARTON_1]
    cost = box[:, sc.CARTON_COST] + _extra(rule, residential, longest)
    goes = _goes(rule, longest, box[:, sc.CARTON_2] + box[:, sc.CARTON_3])
    return np.stack((np.where(goes, cost, INFEASIBLE), _dimensional(rule, box[:, sc.CARTON_VOLUME])), axis=1)


def _points(
    steps: Int64, rates: Int64, boxes: Int64, cartons: Int64, usable: int, heaviest: int, package_limit: int
) -> Int64:
    """int64[., 3]: (most weight, most volume, price) of each carton at each step of the card."""
    found = []
    for (extra, dimensional), box in zip(boxes.tolist(), cartons, strict=True):
        if extra >= INFEASIBLE:
            continue
        tare = int(box[sc.TARE])
        most = min(int(box[sc.MAX_WEIGHT]), heaviest, package_limit - tare if package_limit else heaviest)
        volume = min(int(box[sc.USABLE]), usable)
        if len(steps) == 0:
            found.append((most, volume, extra))
            continue
        ends = np.minimum(steps - tare, most)
        starts = np.concatenate(([0], steps[:-1]))
        billed = np.maximum(ends + tare, dimensional)
        here = (ends >= 1) & (billed > starts) & (billed <= steps) & (rates < INFEASIBLE)
        found += [(w, volume, extra + r) for w, r in zip(ends[here].tolist(), rates[here].tolist(), strict=True)]
    return np.array(found, np.int64).reshape(-1, 3)


def _alone(steps: Int64, rates: Int64, items: Int64, cartons: Int64, rule: Int64, residential: bool) -> Int64:
    """int64[L]: the exact price of a unit of each line as a package of its own; ``INFEASIBLE`` where it can't go so."""
    boxed = (items[:, sc.OWN_PACKAGING] == 0) & (items[:, sc.ALONE] >= 0)
    box = cartons[np.where(boxed, items[:, sc.ALONE], 0)]
    weight = items[:, sc.WEIGHT] + np.where(boxed, box[:, sc.TARE], 0)
    volume = np.where(boxed, box[:, sc.CARTON_VOLUME], items[:, sc.VOLUME])
    longest = np.where(boxed, box[:, sc.CARTON_1], items[:, sc.SIDE_1])
    others = np.where(boxed, box[:, sc.CARTON_2] + box[:, sc.CARTON_3], items[:, sc.SIDE_2] + items[:, sc.SIDE_3])
    price = np.where(boxed, box[:, sc.CARTON_COST], 0) + _extra(rule, residential, longest)
    goes = _goes(rule, longest, others)
    if rule[sc.MAX_PACKAGE_WEIGHT]:
        goes &= weight <= rule[sc.MAX_PACKAGE_WEIGHT]
    if len(steps):
        step = np.searchsorted(steps, np.maximum(weight, _dimensional(rule, volume)))
        rate = np.append(rates, INFEASIBLE)[step]
        goes &= rate < INFEASIBLE
        price = price + rate
    return np.asarray(np.where(goes, price, INFEASIBLE), np.int64)


def plane_under(points: Int64, typical: Int64) -> tuple[int, float, float]:
    """(base, slope, rise), all >= 0: under every point (weight, volume, price), high where a package is ``typical``."""
    if len(points) == 0:
        return INFEASIBLE, 0.0, 0.0
    base, slope, rise = _highest(
        points[np.argsort(points[:, 0], kind="stable")].astype(float), *typical.tolist(), _RISES
    )
    return max(0, int(np.floor(base)) - 1), slope, rise


@njit(cache=True)
def _highest(points, weight, volume, rises):  # type: ignore[no-untyped-def]
    """Of each rise the edge of the lower hull over weight that is highest at ``weight``; the best of all rises."""
    n = points.shape[0]
    steepest = np.inf
    for i in range(n):
        if points[i, 1] > 0:
            steepest = min(steepest, points[i, 2] / points[i, 1])
    if steepest == np.inf:
        steepest = 0.0
    best, best_base, best_slope, best_rise = -1.0, 0.0, 0.0, 0.0
    hull = np.empty(n, np.int64)
    for k in range(rises + 1):
        rise = steepest * k / rises
        size = 0
        lowest = np.inf
        for i in range(n):
            y = points[i, 2] - rise * points[i, 1]
            lowest = min(lowest, y)
            while size:
                top = hull[size - 1]
                of_top = points[top, 2] - rise * points[top, 1]
                if points[top, 0] == points[i, 0]:
                    if of_top <= y:
                        break
                    size -= 1
                    continue
                if size == 1:
                    break
                under = hull[size - 2]
                of_under = points[under, 2] - rise * points[under, 1]
                left = (of_top - of_under) * (points[i, 0] - points[under, 0])
                if left >= (y - of_under) * (points[top, 0] - points[under, 0]):
                    size -= 1
                    continue
                break
            if size and points[hull[size - 1], 0] == points[i, 0]:
                continue
            hull[size] = i
            size += 1
        flat = max(0.0, lowest)
        if lowest >= 0 and flat + rise * volume > best:
            best, best_base, best_slope, best_rise = flat + rise * volume, flat, 0.0, rise
        for e in range(size - 1):
            a, b = hull[e], hull[e + 1]
            of_a, of_b = points[a, 2] - rise * points[a, 1], points[b, 2] - rise * points[b, 1]
            slope = (of_b - of_a) / (points[b, 0] - points[a, 0])
            base = of_a - slope * points[a, 0]
            if slope >= 0 and base >= 0 and base + slope * weight + rise * volume > best:
                best, best_base, best_slope, best_rise = base + slope * weight + rise * volume, base, slope, rise
    return best_base, best_slope, best_rise
