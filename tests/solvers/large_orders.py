"""Random large orders, and their optimum by enumeration."""

from __future__ import annotations

import itertools

import numpy as np

from solvers.large_order_problem import LargeOrderProblem, Price
from solvers.problem import INFEASIBLE, UNLIMITED, Int64, Plan

CARTON = 500


def packages_of(units: Int64, weight: Int64, limit: int) -> list[int]:
    """Loads of packages by first fit, the heaviest items first."""
    loads: list[int] = []
    for line in np.argsort(-weight, kind="stable"):
        for _ in range(int(units[line])):
            fits = next((i for i, load in enumerate(loads) if load + weight[line] <= limit), -1)
            if fits < 0:
                loads.append(0)
            loads[fits] += int(weight[line])
    return loads


def rate_card(base: Int64, step: Int64, weight: Int64, limit: int, most_packages: int, *, packed: bool) -> Price:
    """Each package pays ``CARTON``, its row's base and a step for each begun 500 g.

    ``packed``: packages by first fit, where a unit more can cost less; else by the weight alone, where it can't.
    """

    def price(row: int, units: Int64) -> int:
        total = int(weight @ units)
        full, rest = divmod(total, limit)
        loads = packages_of(units, weight, limit) if packed else [limit] * full + [rest] * (rest > 0)
        if len(loads) > most_packages:
            return INFEASIBLE
        return sum(CARTON + int(base[row]) + int(step[row]) * -(-load // 500) for load in loads)

    return price


def random_order(rng: np.random.Generator, n_lines: int, n_nodes: int, *, joint: bool = True) -> LargeOrderProblem:
    """Two services a node, some lines to divide, and (``joint``) lines of one SKU and rooms that bind."""
    rows, weight, limit = 3, np.sort(rng.integers(200, 3_000, n_lines))[::-1].copy(), 4_000
    packed = bool(rng.random() < 0.5)
    base, step = rng.integers(2_000, 6_000, rows), rng.integers(100, 900, rows)
    node = np.repeat(np.arange(n_nodes), 2).astype(np.int32)
    n_options = len(node)
    sku = rng.integers(0, n_lines, n_lines) if joint and rng.random() < 0.4 else np.arange(n_lines)
    room = np.full(n_nodes, UNLIMITED)
    if joint and rng.random() < 0.4:
        room = rng.integers(1, 6, n_nodes)
    backorder = rng.integers(4_000, 15_000, n_lines)
    backorder[rng.random(n_lines) < 0.3] = INFEASIBLE
    return LargeOrderProblem(
        units=rng.integers(1, 4, n_lines),
        may_divide=rng.random(n_lines) < 0.5,
        backorder_cost=backorder,
        sku=sku.astype(np.int32),
        node=node,
        capacity=node,
        row=rng.integers(0, rows, n_options).astype(np.int32),
        may_carry=rng.random((n_options, n_lines)) < 0.9,
        fixed=rng.integers(0, 3_000, n_options),
        unit_cost=rng.integers(0, 1_000, (n_options, n_lines)),
        stock=np.where(rng.random((n_nodes, n_lines)) < 0.7, rng.integers(0, 5, (n_nodes, n_lines)), 0),
        room=room,
        price=rate_card(base, step, weight, limit, int(rng.choice([2, 9])), packed=packed),
        price_never_falls=not packed,
        row_base=base + CARTON,
        row_per_unit=step[:, None] * weight // 500,
        split_penalty=int(rng.choice([0, 1_000])),
        shipment_weight=int(rng.choice([0, 0, 50_000])),
        max_shipments=int(rng.choice([0, 0, 1, 2])),
        weight=weight,
        package_limit=limit,
    )


def faults(problem: LargeOrderProblem, plan: Plan) -> list[str]:
    """Every rule that the plan breaks, its costs included."""
    found = []
    taken = np.zeros(problem.n_lines, np.int64)
    stock, room = problem.stock.copy(), problem.room.copy()
    cost = problem.split_penalty * max(0, len(plan.shipments) - 1)
    for shipment in plan.shipments:
        units = np.zeros(problem.n_lines, np.int64)
        for take in shipment.takes:
            units[take.line] += take.units
            if not problem.may_carry[shipment.option, take.line]:
                found.append("carries what it may not")
            if take.units != problem.units[take.line] and not problem.may_divide[take.line]:
                found.append("divides a whole line")
            stock[problem.node[shipment.option], problem.sku[take.line]] -= take.units
        room[problem.capacity[shipment.option]] -= units.sum()
        if shipment.cost != problem.shipment_cost(shipment.option, units):
            found.append("states a wrong cost")
        cost += shipment.cost
        taken += units
    for take in plan.backorders:
        taken[take.line] += take.units
        cost += int(problem.backorder_cost[take.line]) * take.units
        if take.units != problem.units[take.line] and not problem.may_divide[take.line]:
            found.append("leaves out part of a whole line")
    if plan.shipments or plan.backorders or plan.cost < INFEASIBLE:
        checks = {
            "not every unit": (taken == problem.units).all(),
            "stock": (stock >= np.minimum(problem.stock, 0)).all(),
            "room": (room >= 0).all(),
            "shipments": problem.max_shipments == 0 or len(plan.shipments) <= problem.max_shipments,
            "option twice": len({s.option for s in plan.shipments}) == len(plan.shipments),
            "cost": cost == plan.cost,
            "objective": plan.cost + problem.shipment_weight * len(plan.shipments) == plan.certificate.objective,
        }
        found += [name for name, holds in checks.items() if not holds]
    return found


def brute_force(problem: LargeOrderProblem) -> int:
    """The least objective, by enumerating how the units of each line fall on options; ``INFEASIBLE`` without a plan."""
    ways = []
    for line in range(problem.n_lines):
        units = int(problem.units[line])
        places = [j for j in range(problem.n_options) if problem.may_carry[j, line]]
        places += [-1] if problem.backorder_cost[line] < INFEASIBLE else []
        if problem.may_divide[line]:
            ways.append([_counted(way) for way in itertools.combinations_with_replacement(places, units)])
        else:
            ways.append([((j, units),) for j in places])
    best = INFEASIBLE
    for choice in itertools.product(*ways):
        best = min(best, _objective(problem, choice))
    return best


def _counted(places: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((j, places.count(j)) for j in sorted(set(places)))


def _objective(problem: LargeOrderProblem, choice: tuple[tuple[tuple[int, int], ...], ...]) -> int:
    loads: dict[int, Int64] = {}
    total = 0
    for line, takes in enumerate(choice):
        for j, units in takes:
            if j < 0:
                total += units * int(problem.backorder_cost[line])
            else:
                loads.setdefault(j, np.zeros(problem.n_lines, np.int64))[line] += units
    if problem.max_shipments and len(loads) > problem.max_shipments:
        return INFEASIBLE
    stock: dict[tuple[int, int], int] = {}
    room: dict[int, int] = {}
    for j, load in loads.items():
        place = int(problem.capacity[j])
        room[place] = room.get(place, 0) + int(load.sum())
        if room[place] > problem.room[place]:
            return INFEASIBLE
        for line in np.flatnonzero(load).tolist():
            cell = int(problem.node[j]), int(problem.sku[line])
            stock[cell] = stock.get(cell, 0) + int(load[line])
            if stock[cell] > problem.stock[cell]:
                return INFEASIBLE
    for j, load in loads.items():
        cost = problem.shipment_cost(j, load)
        if cost >= INFEASIBLE:
            return INFEASIBLE
        total += cost + problem.shipment_weight
    return total + problem.split_penalty * max(0, len(loads) - 1)
