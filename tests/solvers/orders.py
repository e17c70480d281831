"""Random tabulated orders, and their optimum by enumeration, written without the solvers' own recursions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from solvers.problem import INFEASIBLE, UNLIMITED, OrderProblem, Plan, Status


def random_order(rng: np.random.Generator, max_lines: int = 5, max_options: int = 8) -> OrderProblem:
    """Small figures in one instance of three, so that ties are common; every constraint in some."""
    n_lines, n_options, rows = int(rng.integers(0, max_lines + 1)), int(rng.integers(0, max_options + 1)), 3
    largest = int(rng.choice([3, 30, 1_000_000]))
    set_cost = rng.integers(0, largest, (rows, 1 << n_lines))
    set_cost[rng.random(set_cost.shape) < rng.choice([0, 0.2, 0.6])] = INFEASIBLE
    backorder = rng.integers(0, 3 * largest, n_lines)
    backorder[rng.random(n_lines) < rng.choice([0, 0.5, 1])] = INFEASIBLE
    held = rng.random((n_options, n_lines)) < rng.choice([0.3, 0.7, 1])
    line_cost = rng.integers(0, largest, (n_options, n_lines))
    line_cost[rng.random(line_cost.shape) < rng.choice([0, 0, 0.1])] = INFEASIBLE
    node = np.sort(rng.integers(0, max(1, n_options), n_options)).astype(np.int32)
    return OrderProblem(
        n_lines=n_lines,
        hold=(held << np.arange(n_lines)).sum(axis=1).astype(np.int64),
        fixed=rng.integers(0, largest, n_options),
        line_cost=line_cost,
        row=rng.integers(0, rows, n_options).astype(np.int32),
        set_cost=set_cost,
        room=rng.choice([UNLIMITED, 2, 3, 5, 8], n_options + 1)[node].astype(np.int64),
        units=rng.integers(1, 4, n_lines),
        node=node,
        backorder_cost=backorder,
        split_penalty=int(rng.choice([0, largest // 2, largest])),
        shipment_weight=int(rng.choice([0, 0, largest, 1 << 45])),
        max_shipments=int(rng.choice([0, 0, 1, 2, 3])),
    )


def coupled_order(rng: np.random.Generator) -> OrderProblem:
    """Lines that share a SKU, nodes with two days of their own room."""
    problem = random_order(rng, max_lines=4, max_options=7)
    n_lines = problem.n_lines
    sku = rng.integers(0, max(1, n_lines - 1), n_lines).astype(np.int32)
    day = rng.integers(0, 2, problem.n_options)
    capacity = (2 * problem.node + day).astype(np.int32)
    stock_of = rng.integers(1, 7, (problem.n_options + 1, n_lines + 1))
    stock = stock_of[problem.node][:, sku]
    held = problem.hold & ((stock >= problem.units) << np.arange(n_lines)).sum(axis=1)
    room_of = rng.choice([UNLIMITED, 3, 4, 6], 2 * problem.n_options + 2).astype(np.int64)
    return replace(problem, hold=held.astype(np.int64), room=room_of[capacity], capacity=capacity, sku=sku, stock=stock)


def assignments(n_lines: int, n_options: int) -> Iterator[tuple[int, list[list[int]]]]:
    """Every way to leave lines out (bit set) and to group the others into shipments (lists of lines)."""

    def extend(line: int, out: int, groups: list[list[int]]) -> Iterator[tuple[int, list[list[int]]]]:
        if line == n_lines:
            yield out, groups
            return
        yield from extend(line + 1, out | 1 << line, groups)
        for position in range(len(groups)):
            yield from extend(
                line + 1, out, [[*group, line] if i == position else group for i, group in enumerate(groups)]
            )
        if n_options:
            yield from extend(line + 1, out, [*groups, [line]])

    yield from extend(0, 0, [])


def brute_force(problem: OrderProblem, *, joint: bool = False) -> int:
    """The least objective; ``joint`` holds what shipments share too. ``INFEASIBLE`` without a plan."""
    prices = {
        s: [problem.shipment_cost(j, s) for j in range(problem.n_options)] for s in range(1, 1 << problem.n_lines)
    }
    best = INFEASIBLE
    for out, groups in assignments(problem.n_lines, problem.n_options):
        if 0 < problem.max_shipments < len(groups):
            continue
        left = [int(problem.backorder_cost[line]) for line in range(problem.n_lines) if out >> line & 1]
        if any(cost >= INFEASIBLE for cost in left):
            continue
        charges = sum(left) + max(0, len(groups) - 1) * problem.split_penalty + len(groups) * problem.shipment_weight
        sets = [sum(1 << line for line in group) for group in groups]
        if joint:
            best = min(best, charges + _least_joint(problem, prices, sets, []))
        else:
            costs = [min(prices[s]) for s in sets]
            if all(cost < INFEASIBLE for cost in costs):
                best = min(best, charges + sum(costs))
    return best


def _least_joint(problem: OrderProblem, prices: dict[int, list[int]], sets: list[int], used: list[int]) -> int:
    if len(used) == len(sets):
        return 0 if shares_hold(problem, list(zip(used, sets, strict=True))) else INFEASIBLE
    best = INFEASIBLE
    for j, cost in enumerate(prices[sets[len(used)]]):
        if cost < INFEASIBLE:
            best = min(best, cost + _least_joint(problem, prices, sets, [*used, j]))
    return best


def shares_hold(problem: OrderProblem, shipments: list[tuple[int, int]]) -> bool:
    """Do shipments (option, bit set) together keep every room and every SKU's stock?"""
    capacity = problem.node if problem.capacity is None else problem.capacity
    for place in set(capacity.tolist()):
        here = [(j, s) for j, s in shipments if capacity[j] == place]
        units = sum(int(problem.units[line]) for _, s in here for line in range(problem.n_lines) if s >> line & 1)
        if here and units > min(int(problem.room[j]) for j, _ in here):
            return False
    if problem.sku is None or problem.stock is None:
        return True
    taken: dict[tuple[int, int], int] = {}
    most: dict[tuple[int, int], int] = {}
    for j, s in shipments:
        for line in range(problem.n_lines):
            if s >> line & 1:
                cell = int(problem.node[j]), int(problem.sku[line])
                taken[cell] = taken.get(cell, 0) + int(problem.units[line])
                most[cell] = int(problem.stock[j, line])
    return all(taken[cell] <= most[cell] for cell in taken)


def sets_of(plan: Plan) -> list[tuple[int, int]]:
    return [(shipment.option, sum(1 << take.line for take in shipment.takes)) for shipment in plan.shipments]


def faults(problem: OrderProblem, plan: Plan) -> list[str]:
    """Every hard constraint that the plan breaks, and every figure of it that does not add up."""
    if plan.certificate.status is Status.INFEASIBLE:
        return [] if not plan.shipments and not plan.backorders else ["an infeasible order with a plan"]
    lines = [take.line for shipment in plan.shipments for take in shipment.takes]
    lines += [take.line for take in plan.backorders]
    costs = [problem.shipment_cost(j, s) for j, s in sets_of(plan)]
    left = sum(int(problem.backorder_cost[take.line]) for take in plan.backorders)
    cost = sum(costs) + left + problem.split_penalty * max(0, len(costs) - 1)
    checks = {
        "each line once": sorted(lines) == list(range(problem.n_lines)),
        "allowed": all(c < INFEASIBLE for c in costs),
        "stated costs": costs == [shipment.cost for shipment in plan.shipments],
        "may be left out": left < INFEASIBLE,
        "cost": cost == plan.cost,
        "objective": cost + problem.shipment_weight * len(costs) == plan.certificate.objective,
        "shipments": problem.max_shipments == 0 or len(costs) <= problem.max_shipments,
    }
    return [name for name, holds in checks.items() if not holds]
