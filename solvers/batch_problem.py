"""Many orders over shared stock and capacity as arrays, and what a solver says of them.

The cost of one shipment of order ``o`` by its option ``j`` of the set of lines ``S`` is, as for one order,

    c_j(S) = fixed[j] + sum_{l in S} line_cost[j, l] + set_cost[row[j], S]

An order pays ``split_penalty`` for each shipment after its first and ``backorder_cost`` for each line left out, or
``unfilled_cost`` where nothing of it ships: so there is always a plan. What the orders share are rows:

    stock       units of a SKU that leave a node
    capacity    a node's day: an order takes one of its orders once, however many shipments it sends by it, and its units
    pickups     shipments that a carrier's service takes from a node
    splits      orders in more than one shipment
    budget      money spent on the options that have a spend (the same-day courier's)

A capacity may also ask for least orders; each that is lacking costs ``shortfall_cost``. Every figure is an integer.
Everything is in flat arrays, orders one after another, so that 100,000 orders by 1,000 nodes take 2 GB and no objects.

    solvers.batch.solve(problem, stop=Stop(), seed=0, progress=None, rules=()) -> BatchPlan

decides them all: ``stop`` says when to end, ``seed`` picks among equal searches, ``progress`` is called with a ``Progress`` now
and then (from the calling thread; what it raises ends the solve), ``rules`` names the kinds whose ``RuleCost`` is wanted.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solvers.batch_checks import check_costs, check_rows, check_shapes, check_starts
from solvers.problem import UNLIMITED, Int32, Int64, Limit, Status

MAX_LINES = 12
"""Of one order. Wider ones have too many sets of lines: route them apart (``large_order``), before or after the batch."""

MAX_COST = 1 << 54
"""Finite costs of one order are below it, whatever it ships: a few of them together fit int64."""

UInt16 = NDArray[np.uint16]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BatchProblem:
    """O orders with E lines and J options in all, K SKUs, N nodes, C capacities, P pickups.

    Lines of order ``o`` are ``line_start[o] : line_start[o + 1]``, its options ``option_start[o] : option_start[o + 1]``. Line
    ``l`` of an order is bit ``l`` of its sets. With L lines, the order's line costs are the block of ``line_cost`` from
    ``line_cost_start[o]`` on, [options, L] row by row; its set costs the block of ``set_cost`` from ``set_start[o]`` on,
    [rows, 2**L].

    Attributes
    ----------
    line_start, option_start : int64[O + 1], from 0, not falling.
    sku : int32[E], 0..K-1; lines of one order may name one SKU. units : int32[E], >= 1.
    backorder_cost : int64[E], of the whole line left out of an order that ships, ``INFEASIBLE`` where it may not be.
    unfilled_cost : int64[O], 0..MAX_COST, of an order of which nothing ships.
    split_penalty, shipment_weight : int64[O], >= 0, as in ``OrderProblem``: the weight is in the objective alone.
    max_shipments : int32[O], 0 means no limit.
    priority : int64[O], >= 0, in the objective alone for each unit left out: who goes first when something must be left out.
    node : int32[J], 0..N-1. capacity : int32[J], 0..C-1: the node's day; options of one capacity are of one node.
    hold : uint16[J], the lines of which the option can ship all units.
    fixed : int64[J], >= 0. line_cost : int64[sum of options x L], >= 0, or ``INFEASIBLE``.
    stock : int32[K, N], units; protected : int32[K, N], the part of them that only orders of ``vip`` may take; None: none.
    vip : bool[O], None: no order.
    orders_most, units_most : int64[C], ``UNLIMITED`` where nothing binds.
    orders_least : int64[C], None: nothing is asked. shortfall_cost : for each order lacking.
    row : int32[J], the option's row of its order's set costs; None: set costs are zero. set_start : int64[O + 1].
    set_cost : int64[...], >= 0, ``INFEASIBLE`` where the set can't go; column 0 of a row is unused.
    pickup : int32[J], 0..P-1 or -1; None: no option has one. pickups_most : int64[P].
    spend : int64[J], what a shipment by the option takes from the budget, besides its set cost; -1: nothing at all. None: no
        option has one. budget_most : ``UNLIMITED``: no budget.
    splits_most : orders that may go in more than one shipment, ``UNLIMITED``: any number.

    Raises
    ------
    ValueError : naming the field, its value and what was expected.
    """

    line_start: Int64
    option_start: Int64
    sku: Int32
    units: Int32
    backorder_cost: Int64
    unfilled_cost: Int64
    split_penalty: Int64
    shipment_weight: Int64
    max_shipments: Int32
    priority: Int64
    node: Int32
    capacity: Int32
    hold: UInt16
    fixed: Int64
    line_cost: Int64
    stock: Int32
    orders_most: Int64
    units_most: Int64
    protected: Int32 | None = None
    vip: Bool | None = None
    orders_least: Int64 | None = None
    shortfall_cost: int = 0
    row: Int32 | None = None
    set_start: Int64 | None = None
    set_cost: Int64 | None = None
    pickup: Int32 | None = None
    pickups_most: Int64 | None = None
    spend: Int64 | None = None
    budget_most: int = UNLIMITED
    splits_most: int = UNLIMITED
    line_cost_start: Int64 = field(init=False)

    @property
    def n_orders(self) -> int:
        return len(self.line_start) - 1

    @property
    def n_lines(self) -> int:
        return len(self.sku)

    @property
    def n_options(self) -> int:
        return len(self.node)

    @property
    def n_skus(self) -> int:
        return int(self.stock.shape[0])

    @property
    def n_nodes(self) -> int:
        return int(self.stock.shape[1])

    @property
    def n_capacities(self) -> int:
        return len(self.orders_most)

    def lines_of(self, order: int) -> slice:
        """The order's lines."""
        return slice(int(self.line_start[order]), int(self.line_start[order + 1]))

    def options_of(self, order: int) -> slice:
        """The order's options."""
        return slice(int(self.option_start[order]), int(self.option_start[order + 1]))

    def line_costs_of(self, order: int) -> Int64:
        """int64[options, L], a view."""
        n_lines = int(self.line_start[order + 1] - self.line_start[order])
        start, end = int(self.line_cost_start[order]), int(self.line_cost_start[order + 1])
        return self.line_cost[start:end].reshape(-1, max(1, n_lines))

    def set_costs_of(self, order: int) -> Int64 | None:
        """int64[rows, 2**L], a view; None where set costs are zero."""
        if self.set_cost is None or self.set_start is None:
            return None
        n_lines = int(self.line_start[order + 1] - self.line_start[order])
        return self.set_cost[int(self.set_start[order]) : int(self.set_start[order + 1])].reshape(-1, 1 << n_lines)

    def __post_init__(self) -> None:
        check_shapes(self)
        object.__setattr__(self, "line_cost_start", check_starts(self, MAX_LINES))
        check_costs(self, MAX_COST)
        check_rows(self, MAX_COST)


class Rule(enum.Enum):
    """The kinds of rows that a batch shares besides stock."""

    CAPACITY = "CAPACITY"
    LEAST_WORK = "LEAST_WORK"
    PICKUPS = "PICKUPS"
    SPLITS = "SPLITS"
    BUDGET = "BUDGET"


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What all rows of one kind cost this batch: the proven bound with them less the proven bound without.

    ``lowest`` <= the true difference of the optima <= ``highest``: bound with less objective without, and objective with
    less bound without. The price of a row times its limit would say something else: prices are of the last unit.
    """

    rule: Rule
    cost: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices at which the bound was proven, in the objective's units per unit of the row, >= 0; rows not named: zero.

    Stock cells are (SKU, node): ``cell`` int64[., 2] with ``cell_price`` float64[.]; ``protected_price`` is what an order that
    is not vip pays on top. ``orders_price`` float64[C] is below zero where least orders bind. ``budget_price`` is per unit of
    money.
    """

    cell: Int64
    cell_price: NDArray[np.float64]
    protected_price: NDArray[np.float64]
    orders_price: NDArray[np.float64]
    units_price: NDArray[np.float64]
    pickup_price: NDArray[np.float64]
    splits_price: float
    budget_price: float


@dataclass(frozen=True, slots=True)
class BatchCertificate:
    """What was proven about a batch's plan.

    ``objective`` is cost + shipment weights + priorities; ``bound <= objective`` always (I8), OPTIMAL only when they are
    equal. ``gap`` is ``(objective - bound) / max(1, objective)``. ``sweeps`` over the orders, ``columns`` in the last master,
    ``seconds`` by the clock that was given (0 without one). ``unfilled`` orders of which nothing ships, ``partial`` ones of
    which not all does, ``shortfall`` orders lacking where least were asked.
    """

    objective: int
    bound: int
    status: Status
    limit: Limit
    sweeps: int
    columns: int
    seconds: float
    unfilled: int
    partial: int
    shortfall: int
    prices: Prices
    rule_costs: tuple[RuleCost, ...] = ()

    def __post_init__(self) -> None:
        if self.bound > self.objective:
            raise ValueError(f"bound must be <= objective ({self.objective}), got {self.bound}")
        if (self.status is Status.OPTIMAL) != (self.bound == self.objective):
            raise ValueError(f"status must be OPTIMAL iff bound is the objective, got {self.status}")

    @property
    def gap(self) -> float:
        return (self.objective - self.bound) / max(1, self.objective)


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A decision for every order. Shipments of order ``o`` are ``shipment_start[o] : shipment_start[o + 1]``, by lowest line.

    Attributes
    ----------
    shipment_start : int64[O + 1].
    option : int64[T], of the problem (0..J-1). lines : uint16[T], the set shipped. shipment_cost : int64[T], c_j(S).
    left_out : uint16[O], the lines left out; all of them where nothing ships.
    cost : shipments, split penalties, backorders, unfilled orders and shortfalls, without weights and priorities.
    """

    shipment_start: Int64
    option: Int64
    lines: UInt16
    shipment_cost: Int64
    left_out: UInt16
    cost: int
    certificate: BatchCertificate

    def shipments_of(self, order: int) -> list[tuple[int, int, int]]:
        """(option, set of lines, cost) of each shipment of the order."""
        here = slice(int(self.shipment_start[order]), int(self.shipment_start[order + 1]))
        parts = self.option[here].tolist(), self.lines[here].tolist(), self.shipment_cost[here].tolist()
        return list(zip(*parts, strict=True))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve is: ``phase`` is prices, greedy, master or search. ``objective`` is None before the first plan."""

    phase: str
    bound: int
    objective: int | None
    sweeps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stop:
    """When a solve ends: the gap is proven, the work is done or the time is up, whichever is first.

    With ``clock`` None (the default) work alone is counted: the same problem and seed give the same bytes on any machine (I9).

    Attributes
    ----------
    gap : end when (objective - bound) / objective is at most this; 0 asks for the optimum.
    sweeps : over the orders, at most, for the rough prices that columns begin with; few batches are in need of that many.
    seconds : wall clock, read from ``clock``; needs one.
    clock : seconds, rising (``time.monotonic``); read for ``seconds``, the certificate and progress.
    """

    gap: float = 1e-5
    sweeps: int = 200
    seconds: float | None = None
    clock: Callable[[], float] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap: expected 0 <= gap < 1, got {self.gap}")
        if self.sweeps < 1:
            raise ValueError(f"sweeps: expected at least 1, got {self.sweeps}")
        if self.seconds is not None and (self.clock is None or self.seconds <= 0):
            raise ValueError(f"seconds: expected > 0 and a clock, got {self.seconds}")
