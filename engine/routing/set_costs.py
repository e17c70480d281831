"""What a set of lines costs whatever node it leaves from, compiled: cartons, weight, rates, for all sets at once.

The compiled twin of ``engine.network.packing`` and ``engine.network.rates`` (docs/model.md, "Packing"). For each set S of
lines: pack it (first fit decreasing by volume), then for each service s and zone z

    set_cost[s * Z + z, S] = PACKAGING + CARRIER + FUEL + SURCHARGES + CARBON     parcels and couriers
                           = TRANSFER's weight part + CARBON                      transfers, z being the lane's class
                           = 0                                                    pickups
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.problem import INFEASIBLE

_INFEASIBLE = np.int64(INFEASIBLE)
MAX_PACKAGES = 256

# Columns of an item row; the sides descend. ALONE: the carton each unit travels in by itself, -1: it shares one.
WEIGHT, VOLUME, SIDE_1, SIDE_2, SIDE_3, OWN_PACKAGING, ALONE, RANK = range(8)
ITEM_COLUMNS = 8
# Columns of a carton row; rows are in order of preference (cost, volume, file).
CARTON_1, CARTON_2, CARTON_3, CARTON_VOLUME, USABLE, MAX_WEIGHT, TARE, CARTON_COST = range(8)
CARTON_COLUMNS = 8
# Columns of a service's row of rules. STEPS: weight steps of its card, 0: no card.
(
    MAX_PACKAGE_WEIGHT,
    MAX_LENGTH,
    MAX_GIRTH,
    DIM_DIVISOR,
    DIM_THRESHOLD,
    RESIDENTIAL,
    OVERSIZE_LENGTH,
    OVERSIZE,
    STEPS,
) = range(9)
RULE_COLUMNS = 9
# Columns of a packed package.
P_WEIGHT, P_VOLUME, P_LONGEST, P_GIRTH, P_COUNT = range(5)
# Columns of an open package.
O_VOLUME, O_WEIGHT, O_1, O_2, O_3 = range(5)


@njit(cache=True)
def _pack(lines, order, rows, units, cartons, largest, open_, packed):  # type: ignore[no-untyped-def]
    """Pack the set ``lines``; returns (packages, cartons' cost), packages -1 above MAX_PACKAGES."""
    n_open = 0
    n_packed = 0
    total = 0
    cost = np.int64(0)
    usable, max_weight = cartons[largest, USABLE], cartons[largest, MAX_WEIGHT]
    for position in range(order.shape[0]):
        line = order[position]
        if not lines >> line & 1:
            continue
        item = rows[line]
        left = units[line]
        if item[OWN_PACKAGING] or item[ALONE] >= 0:
            total += left
            if total > MAX_PACKAGES:
                return -1, cost
            if item[OWN_PACKAGING]:
                packed[n_packed, P_WEIGHT] = item[WEIGHT]
                packed[n_packed, P_VOLUME] = item[VOLUME]
                packed[n_packed, P_LONGEST] = item[SIDE_1]
                packed[n_packed, P_GIRTH] = item[SIDE_1] + 2 * (item[SIDE_2] + item[SIDE_3])
            else:
                carton = cartons[item[ALONE]]
                packed[n_packed, P_WEIGHT] = item[WEIGHT] + carton[TARE]
                packed[n_packed, P_VOLUME] = carton[CARTON_VOLUME]
                packed[n_packed, P_LONGEST] = carton[CARTON_1]
                packed[n_packed, P_GIRTH] = carton[CARTON_1] + 2 * (carton[CARTON_2] + carton[CARTON_3])
                cost += carton[CARTON_COST] * left
            packed[n_packed, P_COUNT] = left
            n_packed += 1
            continue
        package = 0
        while left > 0:
            if package == n_open:
                total += 1
                if total > MAX_PACKAGES:
                    return -1, cost
                open_[package, :] = 0
                n_open += 1
            box = open_[package]
            fits = min((usable - box[O_VOLUME]) // item[VOLUME], (max_weight - box[O_WEIGHT]) // item[WEIGHT], left)
            if fits > 0:
                box[O_VOLUME] += fits * item[VOLUME]
                box[O_WEIGHT] += fits * item[WEIGHT]
                box[O_1] = max(box[O_1], item[SIDE_1])
                box[O_2] = max(box[O_2], item[SIDE_2])
                box[O_3] = max(box[O_3], item[SIDE_3])
                left -= fits
            package += 1
    for package in range(n_open):
        box = open_[package]
        for c in range(cartons.shape[0]):
            carton = cartons[c]
            if (
                box[O_VOLUME] <= carton[USABLE]
                and box[O_WEIGHT] <= carton[MAX_WEIGHT]
                and box[O_1] <= carton[CARTON_1]
                and box[O_2] <= carton[CARTON_2]
                and box[O_3] <= carton[CARTON_3]
            ):
                packed[n_packed, P_WEIGHT] = box[O_WEIGHT] + carton[TARE]
                packed[n_packed, P_VOLUME] = carton[CARTON_VOLUME]
                packed[n_packed, P_LONGEST] = carton[CARTON_1]
                packed[n_packed, P_GIRTH] = carton[CARTON_1] + 2 * (carton[CARTON_2] + carton[CARTON_3])
                packed[n_packed, P_COUNT] = 1
                cost += carton[CARTON_COST]
                n_packed += 1
                break
    return n_packed, cost


@njit(cache=True)
def fill_set_costs(  # type: ignore[no-untyped-def]
    items,  # int64[L], rows of item_table
    units,  # int64[L]
    ship_lines,  # bit set: only sets within it are packed
    residential,  # 0 or 1
    carbon_price,  # micros per kilogram of CO2
    transfer_service,  # its row block, -1: no pickup lines
    pickup_service,
    chosen,  # int64[C], services
    item_table,  # int64[K, ITEM_COLUMNS]
    cartons,  # int64[B, CARTON_COLUMNS]
    largest,  # row of the largest carton
    rules,  # int64[S, RULE_COLUMNS]
    steps,  # int64[S, T], grams, ascending
    rates,  # int64[S, T, Z], rate plus fuel, INFEASIBLE where unpriced
    carbon,  # int64[S, Z], grams of CO2 per kilogram
    served,  # uint8[S, Z]
    per_kg,  # int64[Z], of each transfer class
    open_,  # int64[MAX_PACKAGES, 5], scratch
    packed,  # int64[MAX_PACKAGES, 5], scratch
    set_cost,  # int64[R, 2**L], out
):
    """Fill the columns of every set for the chosen services, transfers and pickups."""
    n_lines = items.shape[0]
    n_zones = carbon.shape[1]
    rows = np.empty((n_lines, ITEM_COLUMNS), np.int64)
    order = np.empty(n_lines, np.int64)
    for line in range(n_lines):
        rows[line] = item_table[items[line]]
        at = line
        while at > 0 and rows[order[at - 1], RANK] > rows[line, RANK]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = line
    sums = np.empty(n_zones, np.int64)
    for lines in range(1, 1 << n_lines):
        if transfer_service >= 0 and lines & ~ship_lines == lines:
            goods = np.int64(0)
            for line in range(n_lines):
                if lines >> line & 1:
                    goods += rows[line, WEIGHT] * units[line]
            for z in range(n_zones):
                price = per_kg[z] * goods // 1_000
                price += goods * carbon[transfer_service, z] * carbon_price // 1_000_000
                set_cost[transfer_service * n_zones + z, lines] = price
            set_cost[pickup_service * n_zones, lines] = 0
        if lines & ~ship_lines:
            continue
        n_packed, packaging = _pack(lines, order, rows, units, cartons, largest, open_, packed)
        weight = np.int64(0)
        for p in range(n_packed):
            weight += packed[p, P_WEIGHT] * packed[p, P_COUNT]
        for s in chosen:
            rule = rules[s]
            goes = n_packed >= 0
            sums[:] = packaging
            for p in range(n_packed):
                package = packed[p]
                count = package[P_COUNT]
                if (
                    (rule[MAX_PACKAGE_WEIGHT] and package[P_WEIGHT] > rule[MAX_PACKAGE_WEIGHT])
                    or (rule[MAX_LENGTH] and package[P_LONGEST] > rule[MAX_LENGTH])
                    or (rule[MAX_GIRTH] and package[P_GIRTH] > rule[MAX_GIRTH])
                ):
                    goes = False
                    break
                extra = rule[RESIDENTIAL] if residential else np.int64(0)
                if rule[OVERSIZE_LENGTH] and package[P_LONGEST] > rule[OVERSIZE_LENGTH]:
                    extra += rule[OVERSIZE]
                if rule[STEPS] == 0:
                    for z in range(n_zones):
                        sums[z] += extra * count
                    continue
                billable = package[P_WEIGHT]
                if rule[DIM_DIVISOR] and package[P_VOLUME] > rule[DIM_THRESHOLD]:
                    billable = max(billable, -(-package[P_VOLUME] * 1_000 // rule[DIM_DIVISOR]))
                low, high = np.int64(0), rule[STEPS]
                while low < high:
                    middle = (low + high) >> 1
                    if steps[s, middle] < billable:
                        low = middle + 1
                    else:
                        high = middle
                if low == rule[STEPS]:
                    goes = False
                    break
                for z in range(n_zones):
                    if rates[s, low, z] >= _INFEASIBLE or sums[z] >= _INFEASIBLE:
                        sums[z] = _INFEASIBLE
                    else:
                        sums[z] += (rates[s, low, z] + extra) * count
            for z in range(n_zones):
                if goes and served[s, z] and sums[z] < _INFEASIBLE:
                    set_cost[s * n_zones + z, lines] = sums[z] + weight * carbon[s, z] * carbon_price // 1_000_000
                else:
                    set_cost[s * n_zones + z, lines] = _INFEASIBLE
