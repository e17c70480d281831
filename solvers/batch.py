"""Many orders at once, with a proven bound: prices, plans at them, and masters over the plans that prices leave in doubt.

1. Dual ascent finds rough prices of what the orders share (``batch_ascent``); greedy at them, orders of the dearest goods first,
   and a local search at true costs give a plan.
2. Column generation refines the prices: the linear programme over the plans near each order's cheapest gives prices, pricing at
   them and halfway to them gives a bound and more plans, until programme and bound meet.
3. Masters over growing sets of those plans pick one for each order; where they would be too large, neighbourhoods of rivals do.
4. Of small batches, all plans within the gap are columns, and the master over them proves the optimum: no better plan could use
   another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from solvers.batch_answer import answer_of, left_out_of, prices_of
from solvers.batch_finish import Finish
from solvers.batch_problem import BatchCertificate, BatchPlan, BatchProblem, Progress, Rule, RuleCost, Stop
from solvers.problem import UNLIMITED, Limit, Status


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
    seed : of OR-Tools and of the search; the same problem, ``stop`` without a clock and seed give the same bytes (I9).
    progress : called after every few sweeps and every phase, in this thread; what it raises ends the solve.
    rules : kinds of rows of which to say what they cost; each is a solve without them.

    Raises
    ------
    ValueError : the batch has no orders.
    """
    if problem.n_orders == 0:
        raise ValueError("line_start: expected at least one order, got none")
    solved = _solved(problem, stop or Stop(), seed, progress)
    return _answer(solved, tuple(_rule_cost(problem, rule, solved) for rule in rules))


def _solved(problem: BatchProblem, stop: Stop, seed: int, progress: Callable[[Progress], None] | None) -> Finish:
    batch = Finish(problem, stop, seed, progress)
    try:
        batch.run()
    finally:
        batch.ascent.close()
    return batch


def _rule_cost(problem: BatchProblem, rule: Rule, with_it: Finish) -> RuleCost:
    """Solve without the rule's rows, with the same work."""
    batch = _solved(without(problem, rule), with_it.stop, with_it.seed, None)
    return RuleCost(rule, with_it.bound - batch.bound, with_it.bound - batch.objective, with_it.objective - batch.bound)


def without(problem: BatchProblem, rule: Rule) -> BatchProblem:
    """The batch without the rule's rows."""
    free = np.full(problem.n_capacities, UNLIMITED)
    others: dict[Rule, dict[str, Any]] = {
        Rule.CAPACITY: {"orders_most": free, "units_most": free},
        Rule.LEAST_WORK: {"orders_least": None},
        Rule.PICKUPS: {"pickup": None, "pickups_most": None},
        Rule.SPLITS: {"splits_most": UNLIMITED},
        Rule.BUDGET: {"budget_most": UNLIMITED},
    }
    return replace(problem, **others[rule])


def _answer(batch: Finish, rule_costs: tuple[RuleCost, ...]) -> BatchPlan:
    """The best plans with their certificate."""
    plans, left_out = batch.best.plans, left_out_of(batch.layout, batch.best.plans)
    unfilled = int((plans.n == 0).sum())
    optimal = batch.bound == batch.objective
    certificate = BatchCertificate(
        batch.objective,
        batch.bound,
        Status.OPTIMAL if optimal else Status.FEASIBLE,
        Limit.NONE if optimal else batch.limit,
        batch.ascent.sweeps,
        batch.columns,
        batch.seconds,
        unfilled,
        int((left_out > 0).sum()) - unfilled,
        batch.best.shortfall(plans),
        prices_of(batch.ascent, batch.problem.n_nodes),
        rule_costs,
    )
    return answer_of(batch.problem, batch.layout, plans, certificate, left_out)
