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
def rows_in_order(items, item_table, rows, order):  # type: ignore[no-untyped-def]
    """Each line's item row, and the lines in the order they are packed in."""
    for line in range(items.shape[0]):
        rows[line] = item_table[items[line]]
        at = line
        while at > 0 and rows[order[at - 1], RANK] > rows[line, RANK]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = line


@njit(cache=True)
def _put(packed, p, weight, volume, longest, others, count):  # type: ignore[no-untyped-def]
    packed[p, P_WEIGHT] = weight
    packed[p, P_VOLUME] = volume
    packed[p, P_LONGEST] = longest
    packed[p, P_GIRTH] = longest + 2 * others
    packed[p, P_COUNT] = count


@njit(cache=True)
def _pack(units, order, rows, cartons, largest, open_, packed):  # type: ignore[no-untyped-def]
    """Pack ``units`` of each line; returns (rows of packed, cartons' cost), rows -1 above MAX_PACKAGES."""
    n_open = 0
    n_packed = 0
    total = np.int64(0)
    cost = np.int64(0)
    usable, max_weight = cartons[largest, USABLE], cartons[largest, MAX_WEIGHT]
    for position in range(order.shape[0]):
        line = order[position]
        left = units[line]
        if left == 0:
            continue
        item = rows[line]
        if item[OWN_PACKAGING] or item[ALONE] >= 0:
            total += left
            if total > MAX_PACKAGES:
                return -1, cost
            if item[OWN_PACKAGING]:
                _put(packed, n_packed, item[WEIGHT], item[VOLUME], item[SIDE_1], item[SIDE_2] + item[SIDE_3], left)
            else:
                box = cartons[item[ALONE]]
                weight = item[WEIGHT] + box[TARE]
                _put(packed, n_packed, weight, box[CARTON_VOLUME], box[CARTON_1], box[CARTON_2] + box[CARTON_3], left)
                cost += box[CARTON_COST] * left
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
            filling = open_[package]
            fits = min(
                (usable - filling[O_VOLUME]) // item[VOLUME], (max_weight - filling[O_WEIGHT]) // item[WEIGHT], left
            )
            if fits > 0:
                filling[O_VOLUME] += fits * item[VOLUME]
                filling[O_WEIGHT] += fits * item[WEIGHT]
                filling[O_1] = max(filling[O_1], item[SIDE_1])
                filling[O_2] = max(filling[O_2], item[SIDE_2])
                filling[O_3] = max(filling[O_3], item[SIDE_3])
                left -= fits
            package += 1
    for package in range(n_open):
        full = open_[package]
        for c in range(cartons.shape[0]):
            box = cartons[c]
            if (
                full[O_VOLUME] <= box[USABLE]
                and full[O_WEIGHT] <= box[MAX_WEIGHT]
                and full[O_1] <= box[CARTON_1]
                and full[O_2] <= box[CARTON_2]
                and full[O_3] <= box[CARTON_3]
            ):
                weight = full[O_WEIGHT] + box[TARE]
                _put(packed, n_packed, weight, box[CARTON_VOLUME], box[CARTON_1], box[CARTON_2] + box[CARTON_3], 1)
                cost += box[CARTON_COST]
                n_packed += 1
                break
    return n_packed, cost


@njit(cache=True)
def _charge(  # type: ignore[no-untyped-def]
    s, n_packed, packaging, packed, residential, carbon_price, rules, steps, rates, carbon, served, sums
):
    """``sums[z]``: what service ``s`` asks for the packages in each zone, cartons and carbon included."""
    rule = rules[s]
    n_zones = sums.shape[0]
    sums[:] = packaging if n_packed >= 0 else _INFEASIBLE
    weight = np.int64(0)
    for p in range(n_packed):
        package = packed[p]
        count = package[P_COUNT]
        weight += package[P_WEIGHT] * count
        if (
            (rule[MAX_PACKAGE_WEIGHT] and package[P_WEIGHT] > rule[MAX_PACKAGE_WEIGHT])
            or (rule[MAX_LENGTH] and package[P_LONGEST] > rule[MAX_LENGTH])
            or (rule[MAX_GIRTH] and package[P_GIRTH] > rule[MAX_GIRTH])
        ):
            sums[:] = _INFEASIBLE
            return
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
            sums[:] = _INFEASIBLE
            return
        for z in range(n_zones):
            if rates[s, low, z] >= _INFEASIBLE or sums[z] >= _INFEASIBLE:
                sums[z] = _INFEASIBLE
            else:
                sums[z] += (rates[s, low, z] + extra) * count
    for z in range(n_zones):
        if sums[z] < _INFEASIBLE and served[s, z]:
            sums[z] += weight * carbon[s, z] * carbon_price // 1_000_000
        else:
            sums[z] = _INFEASIBLE


@njit(cache=True)
def transfer_price(goods_g, per_kg, carbon, carbon_price):  # type: ignore[no-untyped-def]
    """What a transfer of so many grams adds to its fixed part: by weight, and carbon."""
    return per_kg * goods_g // 1_000 + goods_g * carbon * carbon_price // 1_000_000


@njit(cache=True)
def price_units(  # type: ignore[no-untyped-def]
    s,
    z,
    units,  # int64[L], 0 where the line is not in the shipment
    order,
    rows,
    residential,
    carbon_price,
    cartons,
    largest,
    rules,
    steps,
    rates,
    carbon,
    served,
    open_,
    packed,
    sums,
):
    """One set cost: of any units, by service ``s`` (a carrier's) in zone ``z``."""
    n_packed, packaging = _pack(units, order, rows, cartons, largest, open_, packed)
    _charge(s, n_packed, packaging, packed, residential, carbon_price, rules, steps, rates, carbon, served, sums)
    return sums[z]


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
    rows_in_order(items, item_table, rows, order)
    sums = np.empty(n_zones, np.int64)
    members = np.empty(n_lines, np.int64)
    for lines in range(1, 1 << n_lines):
        if transfer_service >= 0 and lines & ship_lines == 0:
            goods = np.int64(0)
            for line in range(n_lines):
                if lines >> line & 1:
                    goods += rows[line, WEIGHT] * units[line]
            for z in range(n_zones):
                price = transfer_price(goods, per_kg[z], carbon[transfer_service, z], carbon_price)
                set_cost[transfer_service * n_zones + z, lines] = price
            set_cost[pickup_service * n_zones, lines] = 0
        if lines & ~ship_lines:
            continue
        for line in range(n_lines):
            members[line] = units[line] if lines >> line & 1 else np.int64(0)
        n_packed, packaging = _pack(members, order, rows, cartons, largest, open_, packed)
        for s in chosen:
            _charge(
                s, n_packed, packaging, packed, residential, carbon_price, rules, steps, rates, carbon, served, sums
            )
            for z in range(n_zones):
                set_cost[s * n_zones + z, lines] = sums[z]


@njit(cache=True)
def fill_amount_costs(  # type: ignore[no-untyped-def]
    items,  # int64[L], rows of item_table
    amount,  # int64[V, L], units of each line; row 0 is not read
    picked,  # bool[L]: the line is picked up
    residential,
    carbon_price,
    transfer_service,
    pickup_service,
    chosen,
    item_table,
    cartons,
    largest,
    rules,
    steps,
    rates,
    carbon,
    served,
    per_kg,
    open_,
    packed,
    price,  # int64[R, V], out
):
    """The same for any units of each line: a column for each row of ``amount``, INFEASIBLE where they don't go together."""
    n_lines = items.shape[0]
    n_zones = carbon.shape[1]
    rows = np.empty((n_lines, ITEM_COLUMNS), np.int64)
    order = np.empty(n_lines, np.int64)
    rows_in_order(items, item_table, rows, order)
    sums = np.empty(n_zones, np.int64)
    price[:] = _INFEASIBLE
    for v in range(1, amount.shape[0]):
        units = amount[v]
        goods = np.int64(0)
        ships, picks = False, False
        for line in range(n_lines):
            if units[line]:
                goods += rows[line, WEIGHT] * units[line]
                picks |= picked[line]
                ships |= not picked[line]
        if not ships:
            for z in range(n_zones):
                of_lane = transfer_price(goods, per_kg[z], carbon[transfer_service, z], carbon_price)
                price[transfer_service * n_zones + z, v] = of_lane
            price[pickup_service * n_zones, v] = 0
        if picks:
            continue
        n_packed, packaging = _pack(units, order, rows, cartons, largest, open_, packed)
        for s in chosen:
            _charge(
                s, n_packed, packaging, packed, residential, carbon_price, rules, steps, rates, carbon, served, sums
            )
            for z in range(n_zones):
                price[s * n_zones + z, v] = sums[z]
