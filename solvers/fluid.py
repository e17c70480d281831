"""Bid prices from expected demand: what a unit of stock, and a shipment of a node's day, will be worth to orders yet to come.

The fluid problem is a batch (``solvers.batch_problem``) whose order ``o`` is expected ``demand[o]`` times: an order type, from a
region, in a period, with the options it has there. Its prices are the duals of stock and capacity: at them an order alone pays
for what it takes from those behind it. They come from a dual ascent over all types (``solvers.fluid_ascent``), whose bound is
proven at whatever prices it stands. The linear programme's own duals are worse as prices: they sit on a vertex, and take as
worthless what would be missed at the next one (docs/adr/0013).

Rows of a batch other than stock and orders a day are not priced: left out they can only lower the bound. A shipment counts
against its day once, so an order of two shipments of one day counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.batch_problem import MAX_COST, BatchProblem
from solvers.fluid_ascent import Float64, FluidArrays, arrays_of, ascend, sweep, workspace
from solvers.order import OUT_OF_REACH
from solvers.problem import INFEASIBLE, UNLIMITED, Int64

FIRST_STEP = 1 / 12
"""Of a mean order's cost: how far a price moves in the first sweep from zero. Short steps make better prices, as they end
before the prices have gone to a vertex; the bound rises faster by long ones."""
BOUND_STEP = 2 / 3
"""The same where the bound is what is wanted."""
WARM_STEP = 1 / 10
"""The same from prices that were good a while ago."""


@dataclass(frozen=True, slots=True)
class FluidPrices:
    """Prices >= 0 in units of cost, and what they prove.

    Attributes
    ----------
    unit : int64[K, N], of one unit of a SKU at a node.
    capacity : int64[C], of one shipment of a node's day.
    bound : no way to serve the expected demand costs less.
    """

    unit: Int64
    capacity: Int64
    bound: float

    def __post_init__(self) -> None:
        for name, array in (("unit", self.unit), ("capacity", self.capacity)):
            if array.size and not 0 <= array.min() <= array.max() <= MAX_COST:
                raise ValueError(f"{name}: expected 0..{MAX_COST}, got {array.min()}..{array.max()}")


def solve(
    problem: BatchProblem,
    demand: Float64,
    *,
    sweeps: int = 200,
    start: FluidPrices | None = None,
    first_step: float | None = None,
) -> FluidPrices:
    """Prices for the expected demand. The same arguments give the same bytes (I9).

    Parameters
    ----------
    demand : float64[O], >= 0, how often each order is expected.
    sweeps : over all orders, 2 or more.
    start : prices to begin from, of a problem with the same SKUs, nodes and capacities.
    first_step : above 0, of a mean order's cost; None: ``FIRST_STEP``, or ``WARM_STEP`` with a start.

    Raises
    ------
    ValueError : naming the argument, its value and what was expected.
    """
    if demand.shape != (problem.n_orders,) or not np.isfinite(demand).all() or (demand < 0).any():
        raise ValueError(f"demand: expected {problem.n_orders} finite figures >= 0, got {demand.shape} {demand!r:.80}")
    if sweeps < 2:
        raise ValueError(f"sweeps: expected at least 2, got {sweeps}")
    if first_step is not None and not 0.0 < first_step < np.inf:
        raise ValueError(f"first_step: expected a figure above 0, got {first_step}")
    arrays = arrays_of_batch(problem)
    stock = problem.stock.astype(np.float64)
    room = np.where(problem.orders_most < UNLIMITED, problem.orders_most, np.inf).astype(np.float64)
    unit, capacity = np.zeros(stock.shape), np.zeros(len(room))
    out = workspace(arrays)
    mean_cost = sweep(arrays, demand, unit, capacity, out, unit.copy(), capacity.copy()) / max(demand.sum(), 1.0)
    if start is not None:
        if start.unit.shape != unit.shape or start.capacity.shape != capacity.shape:
            raise ValueError(f"start: expected prices {unit.shape}, {capacity.shape}, got {start.unit.shape}, ...")
        unit, capacity = start.unit.astype(np.float64), start.capacity.astype(np.float64)
    if first_step is None:
        first_step = FIRST_STEP if start is None else WARM_STEP
    bound = ascend(arrays, demand, stock, room, sweeps, mean_cost * first_step, unit, capacity, out)
    return FluidPrices(np.rint(unit).astype(np.int64), np.rint(capacity).astype(np.int64), float(bound))


def remaining_demand(expected: Float64, realised: Float64, elapsed: float, trust: float = 0.2) -> Float64:
    """What is still to come of each order type, by the forecast and by what has come of it so far.

    The type's rate has a Gamma prior around the forecast, as if the forecast had been seen for a share ``trust`` of the
    horizon; what came in the share ``elapsed`` of it makes it a posterior. So a wrong forecast is unlearnt: scaled, shifted
    or empty, it weighs less than half once ``elapsed`` is past ``trust``.

    Parameters
    ----------
    expected : float64[O], >= 0, over the whole horizon. realised : float64[O], orders so far.
    elapsed : 0..1, the share of the horizon that is over. trust : above 0; inf keeps to the forecast.

    Raises
    ------
    ValueError : naming the argument, its value and what was expected.
    """
    if not 0.0 <= elapsed <= 1.0:
        raise ValueError(f"elapsed: expected 0..1, got {elapsed}")
    if not trust > 0.0:
        raise ValueError(f"trust: expected a figure above 0, got {trust}")
    if np.isinf(trust):
        return expected * (1.0 - elapsed)
    remaining: Float64 = (trust * expected + realised) / (trust + elapsed) * (1.0 - elapsed)
    return remaining


def arrays_of_batch(problem: BatchProblem) -> FluidArrays:
    """The batch's orders for the compiled part; what its priorities add is in its costs."""
    widths = np.diff(problem.line_start)
    priority = np.repeat(problem.priority, widths) * problem.units
    left_out = np.where(problem.backorder_cost < OUT_OF_REACH, problem.backorder_cost + priority, INFEASIBLE)
    whole = np.add.reduceat(priority, problem.line_start[:-1]) if problem.n_orders else problem.priority
    sets: dict[str, NDArray[Any]] = {
        "row": np.zeros(problem.n_options),
        "set_start": np.zeros(problem.n_orders),
        "set_rows": np.ones(problem.n_orders),
        "set_cost": np.zeros(1 << int(widths.max(initial=1))),
    }
    if problem.set_cost is not None and problem.set_start is not None and problem.row is not None:
        sets["row"], sets["set_start"], sets["set_cost"] = problem.row, problem.set_start[:-1], problem.set_cost
        sets["set_rows"] = np.diff(problem.set_start) >> widths
    return arrays_of(
        {
            "line_start": problem.line_start,
            "option_start": problem.option_start,
            "line_cost_start": problem.line_cost_start,
            "sku": problem.sku,
            "units": problem.units,
            "backorder_cost": left_out,
            "unfilled_cost": problem.unfilled_cost + whole,
            "split_penalty": problem.split_penalty,
            "shipment_weight": problem.shipment_weight,
            "max_shipments": problem.max_shipments,
            "node": problem.node,
            "capacity": problem.capacity,
            "hold": problem.hold,
            "fixed": problem.fixed,
            "line_cost": problem.line_cost,
            **sets,
        }
    )
