"""One solve of a batch, phase by phase: rough prices, a plan, columns and their prices, masters, neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.batch_ascent import Ascent, between
from solvers.batch_columns import Columns, columns_of
from solvers.batch_incumbent import Incumbent
from solvers.batch_layout import layout_of, rows_of
from solvers.batch_master import Master, Relaxed
from solvers.batch_neighbourhood import Rivals
from solvers.batch_pool import columns_of_plans, merged, plans_of_columns, selected, values_at
from solvers.batch_problem import BatchProblem, Progress, Stop
from solvers.problem import Int64, Limit

_LONG, _SHORT = 20.0, 0.02
"""Steps of the ascent, at first and at last."""
_SWEEPS = 60
"""Of a small batch, and one for every 1,000 orders: the larger the linear programme, the more good prices are worth to it."""
_SHARE = 0.4
"""Of the time, for the ascent."""
_EXACT_COLUMNS = 3_000
"""Up to here CP-SAT is asked for a proof."""
_EFFORT = 4.0
"""CP-SAT's deterministic time."""
_ROUNDS = 12
"""Of column generation, at most."""
_USED = 1e-6
"""A share of the linear programme that is more than rounding."""
_CLOSE = 1e-6
"""Of the objective: where the linear programme and the bound have met."""
_DEGENERATE = 0.015
"""A gap of the greedy plan above which stock is so tight that, for many orders, an interior point is quicker than the simplex."""
_COLUMNS_OF_ONE = 60
_FIRST, _MORE, _WIDE = (2.5, 1.5), (1.3, 1.2), (9.0, 3.0)
"""Columns for each order of a small and of a large batch: at first, in a round of generation, for neighbourhoods."""
_WAY = (0.5, 1.0), (0.2, 0.5)
"""How far towards the linear programme's prices, likewise: fewer columns make them wilder."""
_LARGE = 15_000
"""Orders from which on linear programmes are kept small: their time grows faster than their columns."""
_FREE_COLUMNS = 10_000
"""In one master by HiGHS, those of settled orders apart."""
_LADDER = (0.0, 1.25, 1.6, 2.2, 3.0, 4.5, 7.0)
"""Columns for each order, of a master and the next."""
_RIVALS = 350
"""Orders in a neighbourhood."""
_VAIN = 8
"""The search ends after so many pairs of neighbourhoods in a row in vain."""
_RESTARTS = 8
"""Of the search, after local search between, while each gains at least this share:"""
_GAIN = 1e-5


class Finish:
    """The best plans and the best bound so far, and what comes next."""

    def __init__(
        self, problem: BatchProblem, stop: Stop, seed: int, progress: Callable[[Progress], None] | None
    ) -> None:
        self.problem, self.stop, self.seed, self._progress = problem, stop, seed, progress
        self._start = stop.clock() if stop.clock else 0.0
        self.layout, self.rows = layout_of(problem), rows_of(problem)
        self._shift = int(self.layout.shift[0])
        self.ascent = Ascent(self.layout, self.rows, problem.n_nodes)
        self.best = Incumbent(self.ascent, problem.n_nodes, lambda: self._late)
        self.bound = 0
        self.columns = 0
        self.limit = Limit.NONE
        self._window = 0

    @property
    def seconds(self) -> float:
        return self.stop.clock() - self._start if self.stop.clock else 0.0

    @property
    def objective(self) -> int:
        return self.best.objective

    @property
    def closed(self) -> bool:
        return self.objective - self.bound <= self.stop.gap * self.objective

    @property
    def _large(self) -> bool:
        return self.problem.n_orders >= _LARGE

    @property
    def _late(self) -> bool:
        return self.stop.seconds is not None and self.seconds >= self.stop.seconds

    @property
    def _done(self) -> bool:
        return self.closed or self._late

    @property
    def _seconds_left(self) -> float | None:
        """None: work alone is counted."""
        return None if self.stop.seconds is None else max(0.05, self.stop.seconds - self.seconds)

    def run(self) -> None:
        """Until the gap is small enough, the work is done or the time is up."""
        self._ascend()
        self.best.price_greedily()
        self._say("greedy")
        for phase in (self._prove, self._generate, self._prove, self._search, self._prove):
            if self._done:
                break
            phase()
        if self.objective > self.bound:
            self.limit = Limit.GAP if self.closed else Limit.TIME

    def _say(self, phase: str) -> None:
        self.bound = min(max(self.bound, self.ascent.bound), self.objective)
        if self._progress is not None:
            self._progress(Progress(phase, self.bound, self.objective, self.ascent.sweeps, self.seconds))

    def _ascend(self) -> None:
        start, sweeps = self.seconds, min(self.stop.sweeps, _SWEEPS + self.problem.n_orders // 1_000)
        for sweep in range(sweeps):
            self.ascent.sweep()
            if self.ascent.bound >= self.objective:
                break
            done = sweep / sweeps
            if self.stop.seconds is not None:
                done = max(done, (self.seconds - start) / (_SHARE * self.stop.seconds))
                if done >= 1:
                    break
            self.ascent.step(_LONG * (1 - done) + _SHORT)
            if sweep % 16 == 15:
                self._say("prices")
        self._say("prices")

    def _at_best(self) -> None:
        """Back to the prices of the best bound, with every order's value there."""
        assert self.ascent.best is not None
        self.ascent.set_prices(self.ascent.best)
        self.ascent.sweep()

    def _gap_window(self) -> int:
        """Scaled, at the prices of the last sweep: no better plan uses a column further above its order's cheapest."""
        return max(0, self.objective - self.ascent.last) << self._shift

    def _prove(self) -> None:
        """Where all plans within the gap are few: the best choice among them, and the proof that it is."""
        if self.problem.n_orders > _EXACT_COLUMNS:
            return
        self._at_best()
        here, window = self.ascent.last, self._gap_window()
        found = columns_of(self.ascent, window, _EXACT_COLUMNS, _EXACT_COLUMNS)
        if found is None or not found.complete.all():
            return
        columns, hint = self._with_best([found])
        proven = self._choose(self._master(columns), hint, exact=True)
        if proven is not None:
            self.bound = max(self.bound, min(proven, here + (window >> self._shift)))
        self._say("master")

    def _with_best(self, parts: list[Columns]) -> tuple[Columns, Int64]:
        """Each column once and those of the best plans with them; which these are."""
        own = columns_of_plans(self.layout, self.best.plans, np.arange(self.problem.n_orders))
        columns, place = merged([*parts, own])
        return columns, place[-len(own.order) :]

    def _master(self, columns: Columns) -> Master:
        self.columns = len(columns.order)
        free = values_at(columns, self.layout, self.best.free)
        return Master(self.layout, self.rows, self.problem.n_nodes, columns, free)

    def _choose(
        self, master: Master, hint: Int64, *, exact: bool = False, within: NDArray[np.bool_] | None = None
    ) -> int | None:
        """Offer a master's choice; what it comes to where that is proven."""
        answer = master.solve(hint, _EFFORT, self._seconds_left, self.seed, exact=exact, within=within)
        if answer is None:
            return None
        plans = plans_of_columns(master.columns, answer.chosen, self.layout)
        value = self.best.objective_of(plans)
        self.best.offer(plans, self.best.left_by(plans))
        return value if answer.proven else None

    def _near(self, for_each: float) -> Columns:
        """About so many columns for each order, those nearest to its cheapest at the prices of the last sweep."""
        count = 500 + int(for_each * self.problem.n_orders)
        most = self._gap_window()
        window = min(most, self._window or int(self.ascent.scale))
        found = columns_of(self.ascent, window, _COLUMNS_OF_ONE, 3 * count)
        while found is None:
            window //= 2
            found = columns_of(self.ascent, window, _COLUMNS_OF_ONE, 3 * count)
        while len(found.order) < count and window < most:
            window = min(most, 2 * window + 1)
            wider = columns_of(self.ascent, window, _COLUMNS_OF_ONE, 3 * count)
            if wider is None:
                break
            found = wider
        self._window = window
        if len(found.order) > count:
            furthest = np.partition(found.reduced, count)[count]
            found = selected(found, np.flatnonzero(found.reduced <= furthest))
        return found

    def _generate(self) -> None:
        """Prices by the linear programme over columns, columns at its prices, and so on; then masters over them."""
        self._at_best()
        parts = [self._near(_FIRST[self._large])]
        many = self.problem.n_orders > _EXACT_COLUMNS
        degenerate = many and self.objective - self.bound > _DEGENERATE * self.objective
        share: NDArray[np.float64] | None = None
        for _ in range(_ROUNDS):
            pool, hint = self._with_best(parts)
            master = self._master(pool)
            seconds = None if self._seconds_left is None else self._seconds_left / 2
            relaxed = master.relaxed(seconds, inside=degenerate)
            if relaxed is None:
                share = None
                break
            share = relaxed.share
            self.best.round_shares(pool, share)
            self._say("greedy")
            if (
                not self._done and relaxed.value * (1 - self.stop.gap) <= self.bound
            ):  # a plan that costs as little would do
                self._choose_few(master, hint, share > _USED)
            if self._done:
                return
            parts = [pool, *self._follow(master, relaxed)]
            self._say("prices")
            if len(parts) == 1 or self._done:
                break
        self._climb(master, hint, share)

    def _follow(self, master: Master, relaxed: Relaxed) -> list[Columns]:
        """Halfway to the programme's prices, then at them: a bound and more columns; none where the bound met the programme."""
        best = self.ascent.best
        assert best is not None
        there = self.ascent.snapshot_of(master.rows, relaxed.price)
        near = relaxed.value * (1 - max(_CLOSE, self.stop.gap / 4))
        found = []
        for part in _WAY[self._large]:
            self.ascent.set_prices(between(best, there, part))
            self.ascent.sweep()
            if self.ascent.bound >= near:
                return []
            found.append(self._near(_MORE[self._large]))
        return found

    def _climb(self, master: Master, hint: Int64, share: NDArray[np.float64] | None) -> None:
        """Masters over more and more columns: those that the linear programme uses, and the cheapest at the best prices."""
        self._at_best()
        columns, n_orders = master.columns, self.problem.n_orders
        reduced = values_at(columns, self.layout, self.ascent.at) - self.ascent.value[columns.order]
        used = np.zeros(len(reduced), np.bool_) if share is None else share > _USED
        for for_each in _LADDER:
            if self._done:
                break
            count = int(for_each * n_orders)
            if count == 0:
                within = used.copy()
            elif count >= len(reduced):
                within = np.ones(len(reduced), np.bool_)
            else:
                within = used | (reduced <= np.partition(reduced, count)[count])
            if not self._choose_few(master, hint, within) or within.all():
                break

    def _choose_few(self, master: Master, hint: Int64, within: NDArray[np.bool_]) -> bool:
        """A master over some columns and the hint's; False where they are too many."""
        within[hint] = True
        order = master.columns.order
        several = np.bincount(order[within], minlength=self.problem.n_orders) > 1
        if (within & several[order]).sum() > _FREE_COLUMNS:
            return False
        self._choose(master, hint, within=within)
        self._say("master")
        return True

    def _search(self) -> None:
        """Choose anew for rivals, some hundred at a time and two such sets at once, all others as they are."""
        self._at_best()
        n_orders = self.problem.n_orders
        columns, hint = self._with_best([self._near(_WIDE[self._large])])
        master = self._master(columns)
        if len(columns.order) <= _FREE_COLUMNS:
            self._choose(master, hint)
            self._say("search")
        if n_orders > 2 * _RIVALS:
            for _ in range(_RESTARTS):
                before = self.objective
                self._search_among(master, hint)
                if self._done or before - self.objective <= _GAIN * before:
                    break
                columns, hint = self._with_best([columns])
                master = self._master(columns)

    def _search_among(self, master: Master, chosen: Int64) -> None:
        """Neighbourhoods from ``chosen`` on, until too many were in vain; then offer what came out."""
        columns, n_orders = master.columns, self.problem.n_orders
        at_prices = values_at(columns, self.layout, self.ascent.at)
        rivals = Rivals(master.matrix, columns.order, n_orders, self._price_of(master.rows) > 0)
        rng = np.random.default_rng((self.seed, self.ascent.sweeps, self.objective))
        vain = 0
        for _ in range(_VAIN + n_orders // _RIVALS):
            if self._done or vain == _VAIN:
                break
            above = np.maximum(0, at_prices[chosen] - self.ascent.value) + 1.0
            seeds = rng.choice(n_orders, 2, replace=False, p=above / above.sum())
            one = rivals.of(int(seeds[0]), _RIVALS)
            other = np.setdiff1d(rivals.of(int(seeds[1]), 2 * _RIVALS), one)[:_RIVALS]
            better = self._chosen_anew(master, chosen, (one, other))
            vain = vain + 1 if better is chosen else 0
            chosen = better
            self._say("search")
        plans = plans_of_columns(columns, chosen, self.layout)
        self.best.offer(plans, self.best.left_by(plans))
        self._say("search")

    def _chosen_anew(self, master: Master, chosen: Int64, sets: tuple[Int64, ...]) -> Int64:
        """``chosen``, or what is better where orders of each set, or of all sets together, choose anew."""

        def choose(orders: Int64) -> Int64 | None:
            within = np.isin(master.columns.order, orders)
            answer = master.solve(chosen, _EFFORT, self._seconds_left, self.seed, exact=False, within=within)
            return None if answer is None else answer.chosen

        answers = [answer for answer in self.ascent.pool.map(choose, sets) if answer is not None]
        if len(answers) == 2:
            both = np.where(answers[1] != chosen, answers[1], answers[0])
            answers.append(both)
        best = min((each for each in answers if master.keeps(each)), key=master.value_of, default=chosen)
        return best if master.value_of(best) < master.value_of(chosen) else chosen

    def _price_of(self, rows: Int64) -> Int64:
        """What rows numbered as in ``batch_master`` cost at the prices of the last sweep."""
        at = self.ascent.at
        size = self.rows.stock.size
        others = np.concatenate((at.orders, at.units, at.pickup, at.splits, at.budget))
        price = np.zeros(len(rows), np.int64)
        of_cell = rows < size
        price[~of_cell] = others[rows[~of_cell] - size]
        price[of_cell] = self.ascent.cell_price_of(rows[of_cell])
        return price
