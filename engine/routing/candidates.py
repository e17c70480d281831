"""The options of one order, compiled: which node can ship which lines, by which service, on which day, at what cost.

The compiled twin of ``engine.network.cost`` (docs/model.md has the formulas). An option is (node n, service s, day h); its
cost splits into the parts that the order solver wants:

    fixed      HANDLING + REJECT + distance price + LATE + CAPACITY_PRICE + TRANSFER's fixed part
    line_cost  UNIT_HANDLING + BID_PRICE, per line
    set_cost   everything that depends on the set of lines: see ``engine.routing.set_costs``

For each (n, s) the first departure with room is taken. Where a day has room for some only of the units that n holds, by
whatever way they go, the option is emitted with that room and the next days follow, until one has room for all: so the
choice between "part today" and "all tomorrow" is the solver's. Days are columns of the calendar tables, counted from their
first day.

Pruned, an option is left out when for every set of its lines an earlier one costs no more: the subset programme, which takes
the first of the cheapest, would never take it. Whether an option could win is asked before its days are looked up, at the
least that it could cost, so that most nodes of a large network cost a few nanoseconds.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.problem import INFEASIBLE

# Columns of a node row.
HANDLING, UNIT_HANDLING, LEAD, REJECT, TIME_ZONE, COLD, HAZMAT, HANDS_OVER = range(8)
NODE_COLUMNS = 8
# Columns of a service row.
IS_SAME_DAY, TAKES_HAZMAT, TAKES_COLD, DURATION, BY_DISTANCE, BASE_PRICE, PER_KM, FUEL = range(8)
SERVICE_COLUMNS = 8
# Columns of a transfer lane (node) to a store.
TRANSFER_CLASS, TRANSFER_FIXED, TRANSFER_TRANSIT = range(3)
# What an order asks.
(
    NOW,
    PROMISE,  # -1: none
    LATE_ALLOWED,
    LATE_PENALTY,
    HORIZON,
    SHIP_LINES,  # bit sets of lines
    PICKUP_LINES,
    COLD_LINES,
    HAZMAT_LINES,
    COLD_TRANSIT,
    STORE,  # the store of the pickup lines, -1: none
    PICKUP_BY,  # -1: none
    PICKUP_SERVICE,
    TRANSFER_SERVICE,
    PRICED,  # 1: the order has bids
    PRUNED,  # 1: leave out what can't win
) = range(16)
ASK_COLUMNS = 16
# Columns of an emitted option.
OPTION_NODE, OPTION_SERVICE, OPTION_DAY = range(3)
DAY_S = 86_400


@njit(cache=True)
def held(atp, protected, items, units, vip, allowed, hold):  # type: ignore[no-untyped-def]
    """``hold[n]``: the lines of which node n can take all units, at most 31.

    atp, protected: int32[K, N]; items: int64[L] rows; units: int64[L]; allowed: uint8[N]; hold: int32[N], filled: all of one width,
    so that the compiler takes eight nodes or more at a time.
    """
    n_nodes = hold.shape[0]
    nothing = np.int32(0)
    for n in range(n_nodes):
        hold[n] = nothing
    for line in range(items.shape[0]):
        stock = atp[items[line]]
        kept = protected[items[line]]
        need = np.int32(units[line])
        bit = np.int32(1 << line)
        if vip:
            for n in range(n_nodes):
                hold[n] |= bit if stock[n] >= need else nothing
        else:
            for n in range(n_nodes):
                hold[n] |= bit if np.int32(stock[n] - kept[n]) >= need else nothing
    for n in range(n_nodes):
        hold[n] = hold[n] if allowed[n] else nothing


@njit(cache=True)
def _units_of(lines, units):  # type: ignore[no-untyped-def]
    total = np.int64(0)
    for line in range(units.shape[0]):
        if lines >> line & 1:
            total += units[line]
    return total


@njit(cache=True)
def _units_of_sets(units, units_of):  # type: ignore[no-untyped-def]
    """``units_of[S]`` for every set of lines."""
    units_of[0] = 0
    size = 1
    for line in range(units.shape[0]):
        for s in range(size):
            units_of[size + s] = units_of[s] + units[line]
        size *= 2


@njit(cache=True)
def _cheapest_of_classes(class_zones, chosen, n_zones, lines, set_cost, cheapest):  # type: ignore[no-untyped-def]
    """``cheapest[class, S]``: the least set cost by any chosen service from a node of the class."""
    cheapest[:] = INFEASIBLE
    for lane in range(class_zones.shape[0]):
        for s in chosen:
            zone = np.int64(class_zones[lane, s])
            if zone < 0:
                continue
            of_set = set_cost[s * n_zones + zone]
            for members in range(1, cheapest.shape[1]):
                if not members & ~lines:
                    cheapest[lane, members] = min(cheapest[lane, members], of_set[members])


@njit(cache=True)
def _could_win(lines, fixed, unit, units_of, set_cost, best):  # type: ignore[no-untyped-def]
    """Is a shipment of any of the lines, at no less than this, cheaper than the best so far? ``set_cost`` is its row."""
    s = lines
    while s:
        if fixed + unit * units_of[s] + set_cost[s] < best[s]:
            return True
        s = (s - 1) & lines
    return False


@njit(cache=True)
def _wins(lines, room, fixed, line_cost, units_of, set_cost, best):  # type: ignore[no-untyped-def]
    """Take the option's costs over where they are less than the best so far; are any?"""
    better = False
    s = lines
    while s:
        cost = fixed + set_cost[s]
        if cost < best[s] and units_of[s] <= room:
            for line in range(line_cost.shape[0]):
                if s >> line & 1:
                    cost += line_cost[line]
            if cost < best[s]:
                best[s] = cost
                better = True
        s = (s - 1) & lines
    return better


@njit(cache=True)
def find_options(  # type: ignore[no-untyped-def]
    ask,  # int64[ASK_COLUMNS]
    items,  # int64[L]
    units,  # int64[L]
    hold,  # int32[N]
    nodes,  # int64[N, NODE_COLUMNS]
    services,  # int64[S, SERVICE_COLUMNS]
    chosen,  # int64[C], the parcel and courier services that the order may use
    midnights,  # int64[TZ, H], local midnight that begins each day, UTC seconds
    cutoffs,  # int64[N, S, H], UTC seconds, -1: no departure
    opens,  # int64[N, H], -1: closed
    closes,  # int64[N, H]
    lane_class,  # int16[N], nodes of one class are in the same zones
    class_zones,  # int16[C, S], zone to the destination, -1: not served
    distances,  # int32[N], metres to the destination
    transit,  # int64[S, Z], days
    arrivals,  # int64[S, Z, H], UTC seconds, for the destination's time zone
    transfers,  # int64[N, 3], class -1: no lane to the store
    transfer_cutoffs,  # int64[N, H]
    transfer_ready,  # int64[N, H]
    orders_left,  # int64[N, H]
    units_left,  # int64[N, H]
    bid_prices,  # int64[L, N] or [1, 1]
    capacity_prices,  # int64[N, H] or [1, 1]
    set_cost,  # int64[R, 2**L], read where pruned
    options,  # int64[cap, 3], out
    out_hold,  # int64[cap], out
    out_fixed,  # int64[cap], out
    out_line_cost,  # int64[cap, L], out
    out_row,  # int32[cap], out
    out_room,  # int64[cap], out
    out_node,  # int32[cap], out
    tight,  # int64[N * H, 4], out: (node, day, orders left, units left) where room did not suffice, each once
):
    """Emit the options; returns (how many, how many tight days), or (-1, _) when ``options`` is too short."""
    n_lines = items.shape[0]
    n_days = midnights.shape[1]
    capacity = options.shape[0]
    n_zones = transit.shape[1]
    ship_lines, pickup_lines = ask[SHIP_LINES], ask[PICKUP_LINES]
    pruned = ask[PRUNED] == 1
    n_sets = 1 << n_lines if pruned else 1
    best = np.full(n_sets, np.int64(INFEASIBLE))
    units_of = np.empty(n_sets, np.int64)
    cheapest = np.empty((class_zones.shape[0] if pruned else 0, n_sets), np.int64)
    if pruned:
        _units_of_sets(units, units_of)
        _cheapest_of_classes(class_zones, chosen, n_zones, ship_lines, set_cost, cheapest)
    now = ask[NOW]
    promise = ask[PROMISE]
    cold_lines, hazmat_lines = ask[COLD_LINES], ask[HAZMAT_LINES]
    store = ask[STORE]
    today = np.empty(midnights.shape[0], np.int64)
    for z in range(midnights.shape[0]):
        today[z] = 0
        while today[z] + 1 < n_days and midnights[z, today[z] + 1] <= now:
            today[z] += 1
    n_ship = chosen.shape[0] if ship_lines else 0
    used = 0
    n_tight = 0
    for n in range(nodes.shape[0]):
        held_here = np.int64(hold[n])
        if held_here == 0:
            continue
        if cold_lines and not nodes[n, COLD]:
            held_here &= ~cold_lines
        if hazmat_lines and not nodes[n, HAZMAT]:
            held_here &= ~hazmat_lines
        least = nodes[n, HANDLING] + nodes[n, REJECT]
        unit = nodes[n, UNIT_HANDLING]
        n_ways = n_ship
        if pruned and not _could_win(held_here & ship_lines, least, unit, units_of, cheapest[lane_class[n]], best):
            if store < 0:
                continue
            n_ways = 0
        wanted = _units_of(held_here, units)  # of every way out: two shipments of the order may share a day
        first = today[nodes[n, TIME_ZONE]]
        last = min(n_days, first + ask[HORIZON])
        ready = now + nodes[n, LEAD]
        for c in range(n_ways + 1):
            is_ship = c < n_ways
            if is_ship:
                s = chosen[c]
                zone = np.int64(class_zones[lane_class[n], s])
                lines = held_here & ship_lines
                lane_fixed = np.int64(0)
                if services[s, BY_DISTANCE]:
                    price = services[s, BASE_PRICE] + services[s, PER_KM] * distances[n] // 1_000
                    lane_fixed = price + (price * services[s, FUEL] + 5_000) // 10_000
            elif store < 0:
                continue
            else:
                lines = held_here & pickup_lines
                if n == store:
                    s, zone, lane_fixed = ask[PICKUP_SERVICE], np.int64(0), np.int64(0)
                    if not nodes[n, HANDS_OVER]:
                        continue
                elif not nodes[store, HANDS_OVER]:
                    continue
                else:
                    s = ask[TRANSFER_SERVICE]
                    zone = transfers[n, TRANSFER_CLASS]
                    lane_fixed = transfers[n, TRANSFER_FIXED]
            if zone < 0 or lines == 0:
                continue
            own_pickup = not is_ship and n == store
            if not is_ship and not own_pickup:
                lines &= ~cold_lines if not nodes[store, COLD] else np.int64(-1)
                lines &= ~hazmat_lines if not nodes[store, HAZMAT] else np.int64(-1)
            if hazmat_lines and is_ship and not services[s, TAKES_HAZMAT]:
                lines &= ~hazmat_lines
            if cold_lines and not own_pickup:
                days = transit[s, zone] if is_ship else transfers[n, TRANSFER_TRANSIT]
                if days > ask[COLD_TRANSIT] or (is_ship and not services[s, TAKES_COLD]):
                    lines &= ~cold_lines
            if lines == 0:
                continue
            row = s * n_zones + zone
            if pruned and not _could_win(lines, least + lane_fixed, unit, units_of, set_cost[row], best):
                continue
            same_day = is_ship and services[s, IS_SAME_DAY] == 1
            for h in range(first, first + 1 if same_day else last):
                if is_ship:
                    leaves = cutoffs[n, s, h]
                    if leaves < ready:
                        continue
                    arrives = leaves + services[s, DURATION] if same_day else arrivals[s, zone, h]
                elif own_pickup:
                    leaves = max(ready, opens[n, h])
                    if opens[n, h] < 0 or leaves > closes[n, h]:
                        continue
                    arrives = leaves
                else:
                    leaves = transfer_cutoffs[n, h]
                    if leaves < ready:
                        continue
                    arrives = transfer_ready[n, h]
                if arrives < 0:
                    continue
                late = np.int64(0)
                if is_ship:
                    if promise >= 0 and arrives > promise:
                        if not ask[LATE_ALLOWED]:
                            break
                        late = (arrives - promise + DAY_S - 1) // DAY_S
                elif ask[PICKUP_BY] >= 0 and arrives > ask[PICKUP_BY]:
                    break
                room = units_left[n, h]
                if orders_left[n, h] < 1 or room < wanted:
                    known = n_tight  # a node's rows stand together
                    while known > 0 and tight[known - 1, 0] == n and tight[known - 1, 1] != h:
                        known -= 1
                    if known == 0 or tight[known - 1, 0] != n:
                        tight[n_tight, 0], tight[n_tight, 1] = n, h
                        tight[n_tight, 2], tight[n_tight, 3] = orders_left[n, h], room
                        n_tight += 1
                    if orders_left[n, h] < 1 or room < 1:
                        continue
                if used == capacity:
                    return -1, n_tight
                fixed = least + lane_fixed + late * ask[LATE_PENALTY]
                options[used, OPTION_NODE] = n
                options[used, OPTION_SERVICE] = s
                options[used, OPTION_DAY] = h
                out_hold[used] = lines
                out_row[used] = row
                out_room[used] = room
                out_node[used] = n
                for line in range(n_lines):
                    out_line_cost[used, line] = unit * units[line]
                if ask[PRICED]:
                    fixed += capacity_prices[n, h]
                    for line in range(n_lines):
                        out_line_cost[used, line] += bid_prices[line, n] * units[line]
                out_fixed[used] = fixed
                if not pruned or _wins(lines, room, fixed, out_line_cost[used], units_of, set_cost[row], best):
                    used += 1
                if room >= wanted:
                    break
    return used, n_tight
