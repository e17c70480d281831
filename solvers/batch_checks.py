"""What a batch's arrays must be, checked when it is made: each fault names the field, its value and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from solvers.problem import INFEASIBLE, UNLIMITED, Int64

if TYPE_CHECKING:
    from solvers.batch_problem import BatchProblem


def check_shapes(problem: BatchProblem) -> None:
    """Every array's shape and type."""
    orders, lines, options = problem.n_orders, len(problem.sku), len(problem.node)
    shapes: list[tuple[str, NDArray[Any] | None, tuple[int, ...], Any]] = [
        ("unfilled_cost", problem.unfilled_cost, (orders,), np.int64),
        ("split_penalty", problem.split_penalty, (orders,), np.int64),
        ("shipment_weight", problem.shipment_weight, (orders,), np.int64),
        ("max_shipments", problem.max_shipments, (orders,), np.int32),
        ("priority", problem.priority, (orders,), np.int64),
        ("line_start", problem.line_start, (orders + 1,), np.int64),
        ("option_start", problem.option_start, (orders + 1,), np.int64),
        ("sku", problem.sku, (lines,), np.int32),
        ("units", problem.units, (lines,), np.int32),
        ("backorder_cost", problem.backorder_cost, (lines,), np.int64),
        ("node", problem.node, (options,), np.int32),
        ("capacity", problem.capacity, (options,), np.int32),
        ("hold", problem.hold, (options,), np.uint16),
        ("fixed", problem.fixed, (options,), np.int64),
        ("stock", problem.stock, problem.stock.shape, np.int32),
        ("protected", problem.protected, problem.stock.shape, np.int32),
        ("vip", problem.vip, (orders,), np.bool_),
        ("orders_most", problem.orders_most, (problem.n_capacities,), np.int64),
        ("units_most", problem.units_most, (problem.n_capacities,), np.int64),
        ("orders_least", problem.orders_least, (problem.n_capacities,), np.int64),
        ("row", problem.row, (options,), np.int32),
        ("set_start", problem.set_start, (orders + 1,), np.int64),
        ("pickup", problem.pickup, (options,), np.int32),
        ("spend", problem.spend, (options,), np.int64),
    ]
    for name, array, shape, dtype in shapes:
        if array is not None and (array.shape != shape or array.dtype != dtype):
            raise ValueError(f"{name}: expected {np.dtype(dtype)}{list(shape)}, got {array.dtype}{list(array.shape)}")


def check_starts(problem: BatchProblem, max_lines: int) -> Int64:
    """Where orders begin in the flat arrays; returns where their line costs do."""
    lines, options = len(problem.sku), len(problem.node)
    for name, start, end in (
        ("line_start", problem.line_start, lines),
        ("option_start", problem.option_start, options),
    ):
        if start[0] != 0 or start[-1] != end or (np.diff(start) < 0).any():
            raise ValueError(f"{name}: expected a start from 0 to {end}, not falling, got {start[0]}..{start[-1]}")
    widths = np.diff(problem.line_start)
    if len(widths) and not 1 <= widths.min() <= widths.max() <= max_lines:
        order = int(np.flatnonzero((widths < 1) | (widths > max_lines))[0])
        raise ValueError(f"line_start: expected 1..{max_lines} lines an order, got {widths[order]} in order {order}")
    start = np.zeros(problem.n_orders + 1, np.int64)
    np.cumsum(np.diff(problem.option_start) * widths, out=start[1:])
    if len(problem.line_cost) != start[-1] or problem.line_cost.dtype != np.int64:
        raise ValueError(
            f"line_cost: expected int64[{start[-1]}], got {problem.line_cost.dtype}[{len(problem.line_cost)}]"
        )
    if len({problem.row is None, problem.set_start is None, problem.set_cost is None}) > 1:
        raise ValueError("row, set_start, set_cost: expected all three or none")
    if problem.set_cost is not None and problem.set_start is not None and problem.row is not None:
        sizes = np.diff(problem.set_start)
        if problem.set_start[0] != 0 or problem.set_start[-1] != len(problem.set_cost) or (sizes % (1 << widths)).any():
            raise ValueError("set_start: expected whole rows of 2**L from 0 to the end of set_cost")
        rows = np.repeat(sizes >> widths, np.diff(problem.option_start))
        if options and (problem.row.min() < 0 or (problem.row >= rows).any()):
            raise ValueError(
                f"row: expected rows of the order's own set costs, got {problem.row.min()}..{problem.row.max()}"
            )
    return start


def check_costs(problem: BatchProblem, max_cost: int) -> None:
    """Orders, lines and options: figures in their ranges."""
    ranges: list[tuple[str, NDArray[Any] | None, int, int]] = [
        ("sku", problem.sku, 0, problem.n_skus - 1),
        ("units", problem.units, 1, (1 << 31) - 1),
        ("backorder_cost", problem.backorder_cost, 0, INFEASIBLE),
        ("unfilled_cost", problem.unfilled_cost, 0, max_cost),
        ("split_penalty", problem.split_penalty, 0, max_cost),
        ("shipment_weight", problem.shipment_weight, 0, max_cost),
        ("max_shipments", problem.max_shipments, 0, (1 << 31) - 1),
        ("priority", problem.priority, 0, max_cost),
        ("fixed", problem.fixed, 0, INFEASIBLE),
        ("line_cost", problem.line_cost, 0, INFEASIBLE),
        ("set_cost", problem.set_cost, 0, INFEASIBLE),
        ("spend", problem.spend, -1, max_cost),
        ("stock", problem.stock, 0, (1 << 31) - 1),
        ("protected", problem.protected, 0, (1 << 31) - 1),
    ]
    for name, array, least, most in ranges:
        if array is not None and array.size and not least <= array.min() <= array.max() <= most:
            raise ValueError(f"{name}: expected figures in {least}..{most}, got {array.min()}..{array.max()}")
    ordered = (
        np.add.reduceat(problem.units.astype(np.int64), problem.line_start[:-1])
        if problem.n_orders
        else problem.priority
    )
    worst = problem.unfilled_cost.astype(float) + problem.priority.astype(float) * ordered
    if problem.n_orders and worst.max() > max_cost:
        raise ValueError(f"unfilled_cost + priority x units: expected at most {max_cost}, got {worst.max():.0f}")


def check_rows(problem: BatchProblem, max_cost: int) -> None:
    """What is shared, and who names it."""
    ranges: list[tuple[str, NDArray[Any] | None, int, int]] = [
        ("node", problem.node, 0, problem.n_nodes - 1),
        ("capacity", problem.capacity, 0, problem.n_capacities - 1),
        ("orders_most", problem.orders_most, 0, UNLIMITED),
        ("units_most", problem.units_most, 0, UNLIMITED),
        ("orders_least", problem.orders_least, 0, UNLIMITED),
        ("pickups_most", problem.pickups_most, 0, UNLIMITED),
        ("pickup", problem.pickup, -1, (0 if problem.pickups_most is None else len(problem.pickups_most)) - 1),
    ]
    for name, array, least, most in ranges:
        if array is not None and array.size and not least <= array.min() <= array.max() <= most:
            raise ValueError(f"{name}: expected figures in {least}..{most}, got {array.min()}..{array.max()}")
    if problem.orders_least is not None and (problem.orders_least > problem.orders_most).any():
        c = int(np.flatnonzero(problem.orders_least > problem.orders_most)[0])
        raise ValueError(f"orders_least: expected at most orders_most of capacity {c}, got {problem.orders_least[c]}")
    for name, figure, most in (
        ("shortfall_cost", problem.shortfall_cost, max_cost),
        ("budget_most", problem.budget_most, max_cost),
        ("splits_most", problem.splits_most, UNLIMITED),
    ):
        if not 0 <= figure <= most:
            raise ValueError(f"{name}: expected 0..{most}, got {figure}")
