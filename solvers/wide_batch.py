"""Many orders at once, some of them too wide for sets of lines: one plan, one bound.

1. Dual ascent over all orders gives prices of what they share (``wide_ascent``): narrow orders count by their cheapest plans, wide
   ones by what is below theirs.
2. Wide orders are planned at those prices, those that pay most for what they share first, each by ``large_order`` on what is left.
3. Narrow orders are solved on the rest by ``batch``.
4. Wide orders are searched again at true cost on what is left beside all others.

At prices, the gap of the whole is that of the narrow orders and, of each wide order, what its plan costs above its bound there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from solvers import batch
from solvers.batch_answer import prices_of
from solvers.batch_layout import Rows, layout_of, rows_of
from solvers.batch_pricing import Left
from solvers.batch_problem import BatchCertificate, BatchPlan, BatchProblem, Progress, Rule, RuleCost, Stop
from solvers.batch_usage import left_of
from solvers.large_order import Effort
from solvers.problem import UNLIMITED, Limit, Status
from solvers.wide_ascent import WideAscent
from solvers.wide_plan import WidePlanner
from solvers.wide_problem import JointPlan, WideOrder

_FIRST_STEP = 20.0
_SHARE = 0.2
"""Of the time, for the prices; twice as much for the first plans of wide orders."""
_CALLS = 400
"""Price calls of each local search."""
_PASSES = 3
_TRIES, _VAIN, _GROUP = 40, 8, 4
"""Of letting wide orders go: at most, in vain, and so many at a time."""
_SOME = Effort(rounds=8, deterministic_time=0.03, price_calls=200)
_SHORT = Effort(rounds=0, price_calls=200)
"""Once the time is up."""


def solve(
    problem: BatchProblem,
    wide: Sequence[WideOrder] = (),
    stop: Stop | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    rules: Sequence[Rule] = (),
    *,
    rough: bool = False,
) -> JointPlan:
    """Decide the narrow orders of ``problem`` and the ``wide`` ones over its rows; otherwise as ``batch.solve``.

    ``rough``: the prices are all that is wanted, so where there are wide orders, none is planned.

    Raises
    ------
    ValueError : there are no orders at all.
    """
    if not wide:
        plan = batch.solve(problem, stop, seed, progress, rules)
        return JointPlan(plan, (), plan.certificate, plan.cost)
    joint = _Joint(problem, wide, stop or Stop(), seed, progress)
    joint.run(rough)
    return joint.plan(tuple([_rule_cost(rule, joint) for rule in rules]))


def _rule_cost(rule: Rule, with_it: _Joint) -> RuleCost:
    """Solve without the rule's rows, with the same work."""
    wide = with_it.wide
    if rule is Rule.PICKUPS:
        wide = tuple([replace(order, pickup=None) for order in wide])
    joint = _Joint(batch.without(with_it.problem, rule), wide, with_it.stop, with_it.seed, None)
    joint.run()
    lowest, highest = with_it.bound - joint.objective, with_it.objective - joint.bound
    return RuleCost(rule, with_it.bound - joint.bound, lowest, highest)


class _Joint:
    """One solve."""

    def __init__(
        self,
        problem: BatchProblem,
        wide: Sequence[WideOrder],
        stop: Stop,
        seed: int,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.problem, self.wide, self.stop, self.seed, self._progress = problem, tuple(wide), stop, seed, progress
        self._start = stop.clock() if stop.clock else 0.0
        self.layout, self.rows = layout_of(problem), rows_of(problem)
        if problem.spend is not None:
            self.rows = replace(self.rows, budget_most=problem.budget_most)
        self.planners = [WidePlanner(order, problem.n_nodes) for order in self.wide]
        self.narrow: BatchPlan | None = None
        self.objective = self.bound = self._unsolved = 0
        self.ascent = WideAscent(self.layout, self.rows, problem.n_nodes, self.wide)

    def run(self, rough: bool = False) -> None:
        self._ascend()
        if rough:
            p = self.problem
            units = np.add.reduceat(p.units.astype(np.int64), p.line_start[:-1]) if p.n_orders else p.priority
            self._unsolved = int((p.unfilled_cost + p.priority * units).sum())
            self._reckon(left_of(self.rows, p.n_nodes))
            return
        left = left_of(self.rows, self.problem.n_nodes)
        self._plan_wide(left)
        self._solve_narrow(left)
        self._lift_bound()
        moved = not self._done and self._improve(left)
        moved |= not self._done and self._let_go(left)
        if moved and self.narrow is not None and not self._done:
            self._solve_again(left)
        self._say("search")

    @property
    def seconds(self) -> float:
        return self.stop.clock() - self._start if self.stop.clock else 0.0

    @property
    def closed(self) -> bool:
        return self.objective - self.bound <= self.stop.gap * self.objective

    def _past(self, share: float) -> bool:
        return self.stop.seconds is not None and self.seconds >= share * self.stop.seconds

    @property
    def _done(self) -> bool:
        return self.closed or self._past(1.0)

    def _say(self, phase: str) -> None:
        if self._progress is not None:
            objective = self.objective or None
            self._progress(Progress(phase, self.bound, objective, self.ascent.sweeps, self.seconds))

    def _told(self, progress: Progress) -> None:
        """Of the narrow orders alone, only that it goes on is passed on."""
        self._say(progress.phase)

    def _ascend(self) -> None:
        try:
            for sweep in range(self.stop.sweeps):
                self.ascent.sweep()
                if self._past(_SHARE):
                    break
                self.ascent.step(_FIRST_STEP * (1 - sweep / self.stop.sweeps) + 0.02)
                if sweep % 16 == 15:
                    self._say("prices")
        finally:
            self.ascent.close()
        assert self.ascent.best is not None
        self.ascent.set_prices(self.ascent.best)
        self.bound = max(0, self.ascent.bound)
        self._say("prices")

    def _plan_wide(self, left: Left) -> None:
        paid = self.ascent.wide_value - self.ascent.alone
        for w in np.lexsort((np.arange(len(paid)), -self.ascent.wide_value, -paid)).tolist():
            planner = self.planners[w]
            effort = _SHORT if self._past(3 * _SHARE) else Effort()
            planner.loads = planner.best_at(left, self.ascent.at, int(self.layout.shift[0]), effort)
            planner.take(planner.loads, left, 1)
            self._say("greedy")

    def _solve_narrow(self, left: Left) -> None:
        """The narrow orders on what the wide ones leave, which they take."""
        if self.problem.n_orders:
            self.narrow = self._narrow_on(left)
            take_plan(self.problem, self.narrow, left, 1)
        self._reckon(left)
        self._say("master")

    def _solve_again(self, left: Left) -> None:
        """The same once the wide orders have moved; kept where it is better."""
        before = self.narrow
        assert before is not None
        take_plan(self.problem, before, left, -1)
        again = self._narrow_on(left)
        if again.certificate.objective < before.certificate.objective:
            self.narrow = again
        take_plan(self.problem, self.narrow or before, left, 1)
        self._reckon(left)

    def _narrow_on(self, left: Left) -> BatchPlan:
        stop, seconds = self.stop, self.stop.seconds
        if seconds is not None:
            stop = replace(stop, seconds=max(0.1 * seconds, 0.9 * seconds - self.seconds))
        return batch.solve(rest_of(self.problem, self.rows, left), stop, self.seed, self._told)

    def _reckon(self, left: Left) -> None:
        """The objective of all plans as they are."""
        p, total = self.problem, sum(planner.objective(planner.loads) for planner in self.planners) + self._unsolved
        if self.narrow is not None:
            proven = self.narrow.certificate
            total += proven.objective - proven.shortfall * p.shortfall_cost
        self.objective = total + self.shortfall(left) * p.shortfall_cost
        self.bound = min(self.bound, self.objective)

    def shortfall(self, left: Left) -> int:
        rows = self.rows
        return int(np.maximum(0, rows.orders_least - (rows.orders_most - left.orders)).sum())

    def _lift_bound(self) -> None:
        """Each wide order's bound at the best prices, by the duals of its linear programme."""
        whole, shift = left_of(self.rows, self.problem.n_nodes), int(self.layout.shift[0])
        for planner, value in zip(self.planners, self.ascent.wide_value.tolist(), strict=True):
            if self._done:
                break
            lifted = planner.bound_at(whole, self.ascent.at, shift)
            self.bound = min(self.objective, self.bound + max(0, lifted - value))
            self._say("prices")

    def _improve(self, left: Left) -> bool:
        """Wide orders one after another at true cost beside all others, until none moves. Did any?"""
        moved = False
        for _ in range(_PASSES):
            better = False
            for w, planner in enumerate(self.planners):
                if self._done:
                    break
                lacking = self.shortfall(left)
                planner.take(planner.loads, left, -1)
                before, value = planner.loads, planner.objective(planner.loads)
                trial = planner.improved(left, self.ascent.price_of_lines(w), _CALLS)
                planner.take(trial, left, 1)
                more = (self.shortfall(left) - lacking) * self.problem.shortfall_cost
                if planner.objective(trial) + more < value:
                    planner.loads, better = trial, True
                    self._reckon(left)
                elif trial is not before:
                    planner.take(trial, left, -1)
                    planner.take(before, left, 1)
                self._say("search")
            moved |= better
            if not better or self._done:
                break
        return moved

    def _let_go(self, left: Left) -> bool:
        """Let a few wide orders go at a time and plan them anew, in another sequence. Was anything gained?"""
        rng = np.random.default_rng(self.seed)
        vain, gained, n = 0, False, len(self.planners)
        for _ in range(_TRIES):
            if self._done or vain == _VAIN:
                break
            regret = np.array([planner.objective(planner.loads) for planner in self.planners]) - self.ascent.wide_value
            weight = np.maximum(regret, 0) + abs(float(regret.mean())) + 1.0
            going = rng.choice(
                n, min(n, int(rng.integers(2, _GROUP + 1))), replace=False, p=weight / weight.sum()
            ).tolist()
            before, value = [self.planners[w].loads for w in going], self._value_of(going, left)
            for w in going:
                self.planners[w].take(self.planners[w].loads, left, -1)
                self.planners[w].loads = {}
            for w in going:
                planner = self.planners[w]
                planner.loads = planner.best_at(left, None, 0, _SOME)
                planner.take(planner.loads, left, 1)
            if self._value_of(going, left) < value:
                vain, gained = 0, True
                self._reckon(left)
            else:
                vain += 1
                for w, loads in zip(going, before, strict=True):
                    self.planners[w].take(self.planners[w].loads, left, -1)
                    self.planners[w].loads = loads
                    self.planners[w].take(loads, left, 1)
            self._say("search")
        return gained

    def _value_of(self, going: Sequence[int], left: Left) -> int:
        own = sum(self.planners[w].objective(self.planners[w].loads) for w in going)
        return own + self.shortfall(left) * self.problem.shortfall_cost

    def plan(self, rule_costs: tuple[RuleCost, ...]) -> JointPlan:
        """All plans with their certificate."""
        wide = tuple([planner.plan() for planner in self.planners])
        narrow = self.narrow
        unfilled = sum(not one.shipments for one in wide)
        partial = sum(bool(one.shipments) and bool(one.left_out.any()) for one in wide)
        weights = sum(one.objective - one.cost for one in wide)
        if narrow is not None:
            unfilled += narrow.certificate.unfilled
            partial += narrow.certificate.partial
            weights += narrow.certificate.objective - narrow.cost
        left = left_of(self.rows, self.problem.n_nodes)
        for planner in self.planners:
            planner.take(planner.loads, left, 1)
        if narrow is not None:
            take_plan(self.problem, narrow, left, 1)
        optimal = self.bound == self.objective
        limit = Limit.NONE if optimal else Limit.GAP if self.closed else Limit.TIME
        certificate = BatchCertificate(
            self.objective,
            self.bound,
            Status.OPTIMAL if optimal else Status.FEASIBLE,
            limit,
            self.ascent.sweeps,
            0 if narrow is None else narrow.certificate.columns,
            self.seconds,
            unfilled,
            partial,
            self.shortfall(left),
            prices_of(self.ascent, self.problem.n_nodes),
            rule_costs,
        )
        return JointPlan(narrow, wide, certificate, self.objective - weights)


def rest_of(problem: BatchProblem, rows: Rows, left: Left) -> BatchProblem:
    """The problem over what is left of its rows."""
    p, shape = problem, problem.stock.shape
    stock = np.maximum(0, left.cell[-1]).reshape(shape)
    changes: dict[str, Any] = {"stock": stock, "orders_most": left.orders.copy(), "units_most": left.units.copy()}
    if p.protected is not None:
        changes["protected"] = np.maximum(0, stock - np.maximum(0, left.cell[0]).reshape(shape)).astype(np.int32)
    if p.orders_least is not None:
        changes["orders_least"] = np.maximum(0, rows.orders_least - (rows.orders_most - left.orders))
    if p.pickups_most is not None and p.pickup is not None:
        changes["pickups_most"] = left.pickup.copy()
    for name, most, rest in (
        ("splits_most", p.splits_most, left.splits[0]),
        ("budget_most", p.budget_most, left.budget[0]),
    ):
        if most < UNLIMITED:
            changes[name] = int(rest)
    for name in ("orders_most", "units_most", "pickups_most"):
        if name in changes:
            most = getattr(p, name)
            changes[name] = np.where(most >= UNLIMITED, most, np.maximum(0, changes[name]))
    return replace(p, **changes)


def take_plan(problem: BatchProblem, plan: BatchPlan, left: Left, sign: int) -> None:
    """Take (1) all that narrow orders take from what is left, or give it back (-1)."""
    p, count = problem, np.diff(plan.shipment_start)
    order, option = np.repeat(np.arange(p.n_orders), count), plan.option
    capacity, lines = p.capacity[option].astype(np.int64), plan.lines.astype(np.int64)
    vip = np.zeros(p.n_orders, np.bool_) if p.vip is None else p.vip
    widths = np.diff(p.line_start)[order]
    for line in range(int(widths.max(initial=0))):
        here = np.flatnonzero(lines >> line & 1)
        e = p.line_start[order[here]] + line
        units = sign * p.units[e].astype(np.int64)
        cell = p.sku[e].astype(np.int64) * p.n_nodes + p.node[option[here]]
        np.subtract.at(left.cell[-1], cell, units.astype(np.int32))
        if len(left.cell) == 2:
            common = ~vip[order[here]]
            np.subtract.at(left.cell[0], cell[common], units[common].astype(np.int32))
        np.subtract.at(left.units, capacity[here], units)
    once = np.unique(order * p.n_capacities + capacity)
    np.subtract.at(left.orders, once % max(1, p.n_capacities), sign)
    if p.pickup is not None and len(left.pickup):
        taken = p.pickup[option]
        np.subtract.at(left.pickup, taken[taken >= 0], sign)
    if p.spend is not None:
        by_courier = np.flatnonzero(p.spend[option] >= 0)
        for x in by_courier.tolist():
            sets = p.set_costs_of(int(order[x]))
            of_set = 0 if sets is None or p.row is None else int(sets[p.row[option[x]], lines[x]])
            left.budget[0] -= sign * (int(p.spend[option[x]]) + of_set)
    left.splits[0] -= sign * int((count > 1).sum())
