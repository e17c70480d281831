"""One order as arrays, and what a solver says of it.

The cost of one shipment by option ``j`` of the set of lines ``S`` is

    c_j(S) = fixed[j] + sum_{l in S} line_cost[j, l] + set_cost[row[j], S]

where ``set_cost`` is any function of the set (cartons, billable weight, surcharges) shared by all options of one row. A
shipment is allowed when ``S`` is a subset of ``hold[j]``, ``set_cost`` is finite and ``units(S) <= room[j]``. A plan pays
``split_penalty`` for each shipment after its first, and ``backorder_cost[l]`` for each line left out. Every figure is an
integer, so equal costs are equal and any two exact solvers agree to the last unit.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

INFEASIBLE = 1 << 60
"""A cost that means "not allowed". Sums of a few of them still fit int64; real costs stay far below."""

UNLIMITED = 1 << 40
"""A room (units) that never binds."""

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]


class Status(enum.Enum):
    """How a solve ended. ``OPTIMAL`` only with proof (invariant I8)."""

    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    UNKNOWN = "UNKNOWN"


class Limit(enum.Enum):
    """Which limit stopped the solve, if one did."""

    __hash__ = object.__hash__  # in C: an enum's own hashes its name in Python, many times an order

    NONE = "NONE"
    TIME = "TIME"
    GAP = "GAP"


class Certificate(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was proven about a plan.

    ``objective`` and ``bound`` are in the objective's units (cost plus ``shipment_weight`` for each shipment);
    ``bound <= objective`` always (I8). ``gap`` is ``(objective - bound) / max(1, abs(objective))``.
    """

    objective: int
    bound: int
    status: Status
    limit: Limit = Limit.NONE
    solver: str = ""

    def __post_init__(self) -> None:
        if self.bound > self.objective:
            raise ValueError(f"bound must be <= objective ({self.objective}), got {self.bound}")

    @property
    def gap(self) -> float:
        return (self.objective - self.bound) / max(1, abs(self.objective))


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """One order: L lines (0..62), J options, R rows of set costs.

    Attributes
    ----------
    n_lines : L.
    hold : int64[J], bit l set when option j can ship all units of line l.
    fixed : int64[J], cost of a shipment whatever it holds.
    line_cost : int64[J, L], added for each line in the shipment (all its units).
    row : int32[J], the option's row in ``set_cost``.
    set_cost : int64[R, 2**L], ``INFEASIBLE`` where the set can't go; column 0 is unused.
    room : int64[J], units the option may take at most (``UNLIMITED`` when nothing binds).
    units : int64[L], units of each line, >= 1.
    node : int32[J], the node of each option: options of one node share its stock and capacity.
    backorder_cost : int64[L], ``INFEASIBLE`` where the line may not be left out.
    split_penalty : cost of each shipment after the first, >= 0.
    shipment_weight : added to the objective, not to the cost, for each shipment. Larger than any cost, it makes
        "fewest shipments first, cost second".
    max_shipments : 0 means no limit.
    capacity : int32[J], options of one capacity (a node's day) share its room; None takes ``node``.
    sku, stock : int32[L] and int64[J, L], the SKU of each line and the units of it at the option's node, for lines of one
        SKU share them; None where every line has its own SKU.
    """

    n_lines: int
    hold: Int64
    fixed: Int64
    line_cost: Int64
    row: Int32
    set_cost: Int64
    room: Int64
    units: Int64
    node: Int32
    backorder_cost: Int64
    split_penalty: int = 0
    shipment_weight: int = 0
    max_shipments: int = 0
    capacity: Int32 | None = None
    sku: Int32 | None = None
    stock: Int64 | None = None

    @property
    def n_options(self) -> int:
        return len(self.hold)

    def shipment_cost(self, option: int, lines: int) -> int:
        """Cost of one shipment of the lines in the bit set ``lines``; ``INFEASIBLE`` where it is not allowed."""
        if lines == 0 or lines & ~int(self.hold[option]):
            return INFEASIBLE
        members = [line for line in range(self.n_lines) if lines >> line & 1]
        if sum(int(self.units[line]) for line in members) > int(self.room[option]):
            return INFEASIBLE
        of_set = int(self.set_cost[self.row[option], lines])
        if of_set >= INFEASIBLE:
            return INFEASIBLE
        return int(self.fixed[option]) + of_set + sum(int(self.line_cost[option, line]) for line in members)


class Take(msgspec.Struct, frozen=True, gc=False):
    """Units of one line in one shipment: ``units`` of line ``line`` (1 or more)."""

    line: int
    units: int


class PlannedShipment(msgspec.Struct, frozen=True, gc=False):
    """One shipment: an option and what it takes. ``cost`` is c_j(S)."""

    option: int
    takes: tuple[Take, ...]
    cost: int


class Plan(msgspec.Struct, frozen=True, gc=False):
    """A decision for one order.

    ``shipments`` are sorted by (lowest line, option). ``backorders`` are the units left out. ``cost`` is the sum of the
    shipments' costs, the split penalties and the backorder costs. When the order can't be done at all (a line that may
    not be left out has no option, or the limit on shipments is too low), ``certificate.status`` is INFEASIBLE and both
    tuples are empty.
    """

    shipments: tuple[PlannedShipment, ...]
    backorders: tuple[Take, ...]
    cost: int
    certificate: Certificate


def infeasible(solver: str) -> Plan:
    """The answer for an order that can't be done at all."""
    return Plan((), (), INFEASIBLE, Certificate(INFEASIBLE, INFEASIBLE, Status.INFEASIBLE, solver=solver))


def plan_of_sets(
    problem: OrderProblem,
    options: Sequence[int],
    sets: Sequence[int],
    costs: Sequence[int],
    left_out: int,
    bound: int,
    solver: str,
) -> Plan:
    """The plan that ships the bit set of lines ``sets[k]`` by ``options[k]`` at ``costs[k]`` and leaves out ``left_out``.

    ``options`` and ``sets`` are sorted by lowest line. Status OPTIMAL when ``bound`` is the plan's objective.
    """
    units = problem.units.tolist()
    shipments = []
    cost = 0
    for option, members, of_shipment in zip(options, sets, costs, strict=True):
        shipments.append(PlannedShipment(option, _takes(members, units), of_shipment))
        cost += of_shipment
    if len(shipments) > 1:
        cost += problem.split_penalty * (len(shipments) - 1)
    backorders: tuple[Take, ...] = ()
    if left_out:
        backorders = _takes(left_out, units)
        cost += sum(int(problem.backorder_cost[take.line]) for take in backorders)
    objective = cost + problem.shipment_weight * len(shipments)
    status = Status.OPTIMAL if bound == objective else Status.FEASIBLE
    return Plan(tuple(shipments), backorders, cost, Certificate(objective, bound, status, Limit.NONE, solver))


def _takes(lines: int, units: Sequence[int]) -> tuple[Take, ...]:
    """All units of the lines in a bit set."""
    takes = []
    for line, amount in enumerate(units):
        if lines >> line & 1:
            takes.append(Take(line, amount))
    return tuple(takes)
