"""Many orders at once, with a proven bound: prices, plans at them, and a master over the plans that prices leave in doubt.

1. Dual ascent finds prices of what the orders share, and with them the bound (``batch_ascent``).
2. Greedy at those prices, orders of the dearest goods first, gives a plan; a local search at true costs betters it.
3. All plans of an order within a window of its cheapest are columns; a master picks one for each order (``batch_master``).
4. Where the gap is still open, prices are moved on by shorter steps, and the master is asked again.

A master over every column within the gap proves the optimum: no better plan could use another column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solvers.batch_ascent import Ascent, Snapshot, between, exact_sum
from solvers.batch_columns import Columns, columns_of, joined
from solvers.batch_layout import layout_of, rows_of
from solvers.batch_master import EXACT_COLUMNS, Master
from solvers.batch_pricing import Left, Plans, no_prices, plan_value, scratch
from solvers.batch_problem import (
    BatchCertificate,
    BatchPlan,
    BatchProblem,
    Prices,
    Progress,
    Rule,
    RuleCost,
    Stop,
)
from solvers.batch_search import greedy, improve, take_all, values
from solvers.batch_usage import add_plan, fits, left_of, no_plans
from solvers.problem import UNLIMITED, Int64, Limit, Status

_PASSES = 6
_SHARE = 0.45
"""Of the time, for the sweeps of one round."""
_TRIES = 40
"""Of the search, each round; it ends after so many in vain:"""
_VAIN = 6
_EFFORT = 4.0
"""CP-SAT's deterministic time."""
_BACKSTOP = 60.0
"""Seconds of one master, far above what it takes: HiGHS knows no other limit."""
_ROUNDS = 3
_COLUMNS_OF_ONE = 400
_COLUMNS = 20_000
"""In a master, and four for every three orders."""
_WIDEST = 16.0
"""Window, of the scale of prices, which is an eighth of what an average order costs."""


def solve(
    problem: BatchProblem,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    rules: Sequence[Rule] = (),
) -> BatchPlan:
    """Decide every order; see ``BatchProblem``, ``BatchPlan`` and ``Stop``.

    Parameters
    ----------
    seed : of OR-Tools; the same problem, ``stop`` without a clock and seed give the same bytes (I9).
    progress : called after every few sweeps and every phase, in this thread; what it raises ends the solve.
    rules : kinds of rows of which to say what they cost; each is a solve without them.

    Raises
    ------
    ValueError : the batch has no orders.
    """
    if problem.n_orders == 0:
        raise ValueError("line_start: expected at least one order, got none")
    batch = _Batch(problem, stop or Stop(), seed, progress)
    try:
        batch.run()
        return batch.plan(tuple(_rule_cost(problem, rule, batch) for rule in rules))
    finally:
        batch.ascent.close()


def _rule_cost(problem: BatchProblem, rule: Rule, with_it: _Batch) -> RuleCost:
    """Solve without the rule's rows, with the same work."""
    free = np.full(problem.n_capacities, UNLIMITED)
    without = {
        Rule.CAPACITY: {"orders_most": free, "units_most": free},
        Rule.LEAST_WORK: {"orders_least": None},
        Rule.PICKUPS: {"pickup": None, "pickups_most": None},
        Rule.SPLITS: {"splits_most": UNLIMITED},
        Rule.BUDGET: {"budget_most": UNLIMITED},
    }[rule]
    batch = _Batch(replace(problem, **without), with_it.stop, with_it.seed, None)  # type: ignore[arg-type]
    try:
        batch.run()
        return RuleCost(
            rule, with_it.bound - batch.bound, with_it.bound - batch.objective, with_it.objective - batch.bound
        )
    finally:
        batch.ascent.close()


class _Batch:
    """One solve: the best plans and the best bound so far."""

    def __init__(
        self, problem: BatchProblem, stop: Stop, seed: int, progress: Callable[[Progress], None] | None
    ) -> None:
        self.problem, self.stop, self.seed, self._progress = problem, stop, seed, progress
        self._start = stop.clock() if stop.clock else 0.0
        self.layout, self.rows = layout_of(problem), rows_of(problem)
        self.ascent = Ascent(self.layout, self.rows, problem.n_nodes)
        self._free = no_prices(self.ascent.at)
        self._scratch = scratch()
        self.plans = no_plans(self.layout)
        self.objective = self._objective(self.plans)
        self.bound = 0
        self.columns = 0
        self.limit = Limit.NONE

    @property
    def seconds(self) -> float:
        return self.stop.clock() - self._start if self.stop.clock else 0.0

    @property
    def closed(self) -> bool:
        return self.objective - self.bound <= self.stop.gap * self.objective

    @property
    def _timed_out(self) -> bool:
        return self.stop.seconds is not None and self.seconds >= self.stop.seconds

    def run(self) -> None:
        """Until the gap is small enough, the work is done or the time is up."""
        length = 20.0
        for number in range(_ROUNDS):
            self._ascend(self.stop.sweeps if number == 0 else max(1, self.stop.sweeps // 3), length)
            self._say("prices")
            if number == 0:
                self._greedy()
                self._say("greedy")
            if self.closed or self._timed_out:
                break
            self._at_best()
            self._greedy()
            self._master()
            self._say("master")
            if not self.closed:
                self._search()
                self._say("search")
            if self.closed or self._timed_out:
                break
            length = 2.0
        if self.objective > self.bound:
            self.limit = Limit.GAP if self.closed else Limit.TIME

    def _say(self, phase: str) -> None:
        self.bound = min(max(self.bound, self.ascent.bound), self.objective)
        if self._progress is not None:
            self._progress(Progress(phase, self.bound, self.objective, self.ascent.sweeps, self.seconds))

    def _ascend(self, sweeps: int, length: float) -> None:
        start = self.seconds
        for sweep in range(sweeps):
            self.ascent.sweep()
            if self.ascent.bound >= self.objective:
                break
            done = sweep / sweeps
            if self.stop.seconds is not None:
                done = max(done, (self.seconds - start) / (_SHARE * self.stop.seconds))
                if done >= 1:
                    break
            self.ascent.step(length * (1 - done) + 0.02)
            if sweep % 16 == 15:
                self._say("prices")
        self._say("prices")

    def _at_best(self) -> None:
        """Back to the prices of the best bound, with every order's value there."""
        assert self.ascent.best is not None
        self.ascent.set_prices(self.ascent.best)
        self.ascent.sweep()

    def _greedy(self) -> None:
        """At the prices as they are: the orders that pay most for what they share go first."""
        ascent = self.ascent
        own = np.empty(len(ascent.value), np.int64)
        values(self.layout, self._free, ascent.plans, own)
        paid = ascent.value - own
        sequence = np.lexsort((np.arange(len(paid)), -self.layout.unfilled, -paid))
        left, plans = left_of(self.rows, self.problem.n_nodes), no_plans(self.layout)
        bonus = int(max(0, -ascent.at.orders.min(initial=0)))
        greedy(sequence, self.layout, ascent.at, left, plans, bonus, self._scratch)
        self._improve(plans, left)

    def _search(self) -> None:
        """Let orders go and plan them again at the prices: those that pay most above their cheapest, and some by chance."""
        rng = np.random.default_rng((self.seed, self.ascent.sweeps))
        n_orders = self.problem.n_orders
        bonus = int(max(0, -self.ascent.at.orders.min(initial=0)))
        paid = np.empty(n_orders, np.int64)
        vain = 0
        for _ in range(_TRIES):
            if self.closed or self._timed_out or vain == _VAIN:
                break
            before = self.objective
            values(self.layout, self.ascent.at, self.plans, paid)
            above = (paid - self.ascent.value) / max(1.0, self.ascent.scale)
            chance = rng.random(n_orders) < np.minimum(0.5, 0.03 + 0.3 * above)
            going = rng.permutation(np.flatnonzero(chance))
            plans = Plans(self.plans.n.copy(), self.plans.option.copy(), self.plans.lines.copy())
            plans.n[going] = 0
            left = left_of(self.rows, self.problem.n_nodes)
            take_all(self.layout, plans, left)
            greedy(going, self.layout, self.ascent.at, left, plans, bonus, self._scratch)
            self._improve(plans, left)
            vain = 0 if self.objective < before else vain + 1

    def _improve(self, plans: Plans, left: Left) -> None:
        """Local search at true costs, then keep the plans if they are the best."""
        trial = no_plans(self.layout)
        sequence = np.arange(len(plans.n))
        free = self._free._replace(orders=np.zeros_like(self._free.orders))
        rows = self.rows
        _price_lacking(free.orders, left.orders, rows.orders_most, rows.orders_least, rows.shortfall_cost)
        for _ in range(_PASSES):
            limits = rows.orders_most, rows.orders_least, rows.shortfall_cost
            if improve(sequence, self.layout, free, left, plans, trial, *limits, self._scratch) == 0:
                break
        objective = self._objective(plans)
        if objective < self.objective:
            self.objective, self.plans = objective, plans

    def _objective(self, plans: Plans) -> int:
        """Of plans that keep every row, in objective units."""
        own = np.empty(len(plans.n), np.int64)
        values(self.layout, self._free, plans, own)
        lacking = self.shortfall(plans) * self.rows.shortfall_cost
        return (exact_sum(own, np.ones_like(own)) + lacking) >> int(self.layout.shift[0])

    def shortfall(self, plans: Plans) -> int:
        if not self.rows.orders_least.any():
            return 0
        left = left_of(self.rows, self.problem.n_nodes)
        take_all(self.layout, plans, left)
        return int(np.maximum(0, self.rows.orders_least - (self.rows.orders_most - left.orders)).sum())

    def _seconds_left(self) -> float:
        return _BACKSTOP if self.stop.seconds is None else min(_BACKSTOP, max(1.0, self.stop.seconds - self.seconds))

    def _priced_columns(self) -> tuple[Master, Int64, int]:
        """A master over columns at the prices of the last sweep, which of them are the best plans, and, where it has all
        columns that a better plan could use, how far above ``ascent.last`` the others begin (scaled; -1: it has not)."""
        ascent, n_orders = self.ascent, self.problem.n_orders
        window = (max(0, self.objective - ascent.last)) << int(self.layout.shift[0])
        reach = window
        found = columns_of(ascent, window, EXACT_COLUMNS, EXACT_COLUMNS) if n_orders <= EXACT_COLUMNS else None
        if found is None or not found.complete.all():
            reach = -1
        if found is None:
            window = min(window, int(_WIDEST * ascent.scale))
            while found is None:
                found = columns_of(ascent, window, _COLUMNS_OF_ONE, _COLUMNS + n_orders * 4 // 3)
                window = window * 2 // 3
        columns, hint = self._with_incumbents(found)
        cost = np.empty(len(columns.order), np.int64)
        parts = columns.order, columns.start, columns.option, columns.lines
        _column_values(*parts, self.layout, self._free, no_plans(self.layout), cost)
        self.columns = len(cost)
        return Master(self.layout, self.rows, self.problem.n_nodes, columns, cost), hint, reach

    def _master(self) -> None:
        """The best choice among the columns at the prices of the last sweep."""
        here = self.ascent.last
        master, hint, reach = self._priced_columns()
        columns, share = master.columns, None
        if reach < 0:
            relaxed = master.relaxed(self._seconds_left())
            if relaxed is None:
                return
            share = relaxed[1]
            self._round(columns, share)
            self._lift(master, relaxed[0])
        answer = master.solve(hint, _EFFORT, self._seconds_left(), self.seed, exact=reach >= 0, share=share)
        if answer is None:
            return
        plans = no_plans(self.layout)
        parts = columns.start, columns.option, columns.lines
        _choose(answer.chosen, *parts, self.layout.line_start, plans.n, plans.option, plans.lines)
        left = left_of(self.rows, self.problem.n_nodes)
        take_all(self.layout, plans, left)
        value = self._objective(plans)
        self._improve(plans, left)
        if answer.proven and reach >= 0:
            self.bound = max(self.bound, min(value, here + (reach >> int(self.layout.shift[0]))))

    def _round(self, columns: Columns, share: NDArray[np.float64]) -> None:
        """Give orders the column of the largest share, the surest first; the others what is left, at the prices."""
        by_share = np.lexsort((np.arange(len(share)), columns.reduced, -share))
        _, first = np.unique(columns.order[by_share], return_index=True)
        picked = by_share[np.sort(first)]
        left, plans = left_of(self.rows, self.problem.n_nodes), no_plans(self.layout)
        bonus = int(max(0, -self.ascent.at.orders.min(initial=0)))
        parts = columns.start, columns.option, columns.lines
        _take_columns(picked, columns.order, *parts, self.layout, self.ascent.at, left, plans, bonus, self._scratch)
        self._improve(plans, left)

    def _lift(self, master: Master, price: Int64) -> None:
        """Try prices between those of the best bound and the linear programme's, nearer to the best each time."""
        best = self.ascent.best
        assert best is not None
        there = self.ascent.snapshot_of(master.rows, price)
        for part in (0.5, 0.25, 0.1):
            before = self.ascent.bound
            self.ascent.set_prices(between(best, there, part))
            self.ascent.sweep()
            if self.ascent.bound > before:
                break

    def _with_incumbents(self, found: Columns) -> tuple[Columns, Int64]:
        """The columns with those of the best plans; which they are."""
        layout, plans = self.layout, self.plans
        match = np.full(self.problem.n_orders, -1, np.int64)
        _match(
            found.order,
            found.start,
            found.option,
            found.lines,
            layout.line_start,
            plans.n,
            plans.option,
            plans.lines,
            match,
        )
        missing = np.flatnonzero(match < 0)
        own = np.empty(self.problem.n_orders, np.int64)
        values(layout, self.ascent.at, plans, own)
        counts = plans.n[missing].astype(np.int64)
        start = np.concatenate(([0], np.cumsum(counts)))
        at = np.repeat(layout.line_start[missing] - start[:-1], counts) + np.arange(start[-1])
        reduced = (own - self.ascent.value)[missing]
        added = Columns(missing, start, plans.option[at], plans.lines[at], reduced, found.complete)
        both = joined([found, added])
        by_order = np.argsort(both.order, kind="stable")
        sizes = np.diff(both.start)[by_order]
        new_start = np.concatenate(([0], np.cumsum(sizes)))
        at = np.repeat(both.start[:-1][by_order] - new_start[:-1], sizes) + np.arange(new_start[-1])
        place = np.empty(len(by_order), np.int64)
        place[by_order] = np.arange(len(by_order))
        match[missing] = len(found.order) + np.arange(len(missing))
        sorted_ = Columns(
            both.order[by_order], new_start, both.option[at], both.lines[at], both.reduced[by_order], both.complete
        )
        return sorted_, place[match]

    def plan(self, rule_costs: tuple[RuleCost, ...]) -> BatchPlan:
        """The best plans with their certificate."""
        p, layout, plans = self.problem, self.layout, self.plans
        start = np.concatenate(([0], np.cumsum(plans.n.astype(np.int64))))
        at = np.repeat(layout.line_start[:-1] - start[:-1], plans.n) + np.arange(start[-1])
        position, lines = plans.option[at], plans.lines[at]
        order = np.repeat(np.arange(p.n_orders), plans.n)
        lowest = lines & (~lines + np.uint16(1))
        by_line = np.lexsort((lowest, order))
        position, lines = position[by_line], lines[by_line]
        option = layout.original[position] + p.option_start[order]
        cost = np.empty(len(option), np.int64)
        _shipment_costs(order, position, lines, layout, cost)
        shipped = np.zeros(p.n_orders, np.int64)
        np.add.at(shipped, order, lines.astype(np.int64))
        left_out = ((np.int64(1) << np.diff(p.line_start)) - 1 - shipped).astype(np.uint16)
        lines_left = (np.repeat(left_out, np.diff(p.line_start)) >> _bits(p.line_start)) & 1 == 1
        units_left = np.add.reduceat(np.where(lines_left, p.units, 0).astype(np.int64), p.line_start[:-1])
        weights = int((p.shipment_weight * plans.n).sum()) + exact_sum(units_left, p.priority)
        unfilled = int((plans.n == 0).sum())
        status = Status.OPTIMAL if self.bound == self.objective else Status.FEASIBLE
        certificate = BatchCertificate(
            self.objective,
            self.bound,
            status,
            self.limit if status is not Status.OPTIMAL else Limit.NONE,
            self.ascent.sweeps,
            self.columns,
            self.seconds,
            unfilled,
            int((left_out > 0).sum()) - unfilled,
            self.shortfall(plans),
            self._prices(),
            rule_costs,
        )
        return BatchPlan(start, option, lines, cost, left_out, self.objective - weights, certificate)

    def _prices(self) -> Prices:
        best: Snapshot | None = self.ascent.best
        assert best is not None
        finest = float(1 << int(self.layout.shift[0]))
        size = self.rows.stock.shape[1]
        cells = self.ascent.cells[: len(best.cell)]
        tier, cell = np.divmod(cells, size)
        named, at = np.unique(cell[best.cell > 0], return_inverse=True)
        price = np.zeros((2, len(named)))
        protected = self.rows.stock.shape[0] == 2
        kind = np.where(tier[best.cell > 0] == 0, 1, 0) if protected else np.zeros(len(at), np.int64)
        price[kind, at] = best.cell[best.cell > 0] / finest
        return Prices(
            np.stack(np.divmod(named, self.problem.n_nodes), axis=1).reshape(-1, 2),
            price[0],
            price[1],
            best.orders / finest,
            best.units / finest,
            best.pickup / finest,
            best.splits / finest,
            best.budget / finest,
        )


def _bits(line_start: Int64) -> Int64:
    """int64[E]: the bit of each line in its order."""
    widths = np.diff(line_start)
    return np.arange(line_start[-1]) - np.repeat(line_start[:-1], widths)


def _price_lacking(price: Int64, left: Int64, most: Int64, least: Int64, shortfall: int) -> None:
    price[:] = np.where(most - left < least, -shortfall, 0)


@njit(cache=True, nogil=True)
def _match(order, start, option, lines, line_start, n, of_option, of_lines, match):  # type: ignore[no-untyped-def]
    """``match[o]``: the column that is the order's plan, -1: none."""
    for p in range(order.shape[0]):
        o = order[p]
        count = start[p + 1] - start[p]
        if match[o] >= 0 or count != n[o]:
            continue
        same = True
        for k in range(count):
            found = False
            for other in range(count):
                found |= (
                    of_option[line_start[o] + other] == option[start[p] + k]
                    and of_lines[line_start[o] + other] == lines[start[p] + k]
                )
            same &= found
        if same:
            match[o] = p


@njit(cache=True, nogil=True)
def _column_values(order, start, option, lines, a, at, one, value):  # type: ignore[no-untyped-def]
    """``value[p]``: what each column costs at prices. ``one``: room for a plan of every order."""
    for p in range(order.shape[0]):
        o = order[p]
        one.n[o] = start[p + 1] - start[p]
        for k in range(one.n[o]):
            one.option[a.line_start[o] + k] = option[start[p] + k]
            one.lines[a.line_start[o] + k] = lines[start[p] + k]
        value[p] = plan_value(o, a, at, one)


@njit(cache=True, nogil=True)
def _choose(chosen, start, option, lines, line_start, n, of_option, of_lines):  # type: ignore[no-untyped-def]
    for o in range(chosen.shape[0]):
        p = chosen[o]
        n[o] = start[p + 1] - start[p]
        for k in range(n[o]):
            of_option[line_start[o] + k] = option[start[p] + k]
            of_lines[line_start[o] + k] = lines[start[p] + k]


@njit(cache=True, nogil=True)
def _take_columns(picked, order, start, option, lines, a, at, left, plans, bonus, w):  # type: ignore[no-untyped-def]
    """Take columns while they fit, then the cheapest plans at prices for the orders whose column did not."""
    for p in picked:
        o = order[p]
        plans.n[o] = start[p + 1] - start[p]
        for k in range(plans.n[o]):
            plans.option[a.line_start[o] + k] = option[start[p] + k]
            plans.lines[a.line_start[o] + k] = lines[start[p] + k]
        add_plan(o, -1, a, plans, left)
        if not fits(o, a, plans, left):
            add_plan(o, 1, a, plans, left)
            plans.n[o] = -1
    late = np.flatnonzero(plans.n == -1)
    plans.n[late] = 0
    greedy(late, a, at, left, plans, bonus, w)


@njit(cache=True, nogil=True)
def _shipment_costs(order, position, lines, a, cost):  # type: ignore[no-untyped-def]
    """c_j(S) of each shipment, in objective units."""
    for t in range(order.shape[0]):
        o, j, s = order[t], position[t], np.int64(lines[t])
        width = a.line_start[o + 1] - a.line_start[o]
        total = a.fixed[j]
        if a.row.shape[0]:
            total += a.set_cost[a.set_start[o] + (np.int64(a.row[j]) << width) + s]
        for line in range(width):
            if s >> line & 1:
                total += a.line_cost[a.cost_start[o] + (j - a.option_start[o]) * width + line]
        cost[t] = total >> a.shift[0]
