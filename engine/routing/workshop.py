"""Where batches are solved: a thread and a planner of its own, beside the loop that answers calls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from engine.routing.batch_answers import Limits
from engine.routing.batch_decisions import BatchPlanner
from engine.routing.planner import Planner
from solvers.batch_problem import BatchProblem, Progress, Rule, Stop
from solvers.problem import UNLIMITED
from solvers.wide_problem import JointPlan, WideOrder

T = TypeVar("T")
Tell = Callable[[Progress], None]
SolveBatch = Callable[[BatchProblem, Sequence[WideOrder], Stop, Tell, Sequence[Rule], bool], JointPlan]
Work = Callable[[Planner, BatchPlanner, Tell], T]


_ROUGH_GAP, _ROUGH_SWEEPS, _ROUGH_SHARE = 1e-2, 40, 0.1
"""Of a solve that is only to show which days fill up: its gap, its sweeps, its share of the time."""


_SWEEPS = Stop().sweeps


class _GivenUp(Exception):
    """Nobody waits for the work any more."""


class Workshop:
    """Runs one piece of work at a time.

    Parameters
    ----------
    planner : of the network in force; the workshop makes one of its own from it when it is first needed.
    monotonic : seconds, never going back; solves with a limit of time read it.
    solve : solves a batch; None imports ``solvers.wide_batch`` when it is first needed.
    """

    def __init__(self, planner: Planner, monotonic: Callable[[], float], solve: SolveBatch | None = None) -> None:
        self._live = planner
        self._monotonic = monotonic
        self.solve = solve or _imported
        self._own: Planner | None = None
        self._thread = ThreadPoolExecutor(1, "onebox-batch")

    async def run(self, work: Work[T], limits: Limits, progress: Tell) -> T:
        """``work`` on the thread; ``progress`` is called on the loop. Cancelled, the work ends at its next word."""
        loop = asyncio.get_running_loop()
        given_up = threading.Event()

        def tell(at: Progress) -> None:
            if given_up.is_set():
                raise _GivenUp
            loop.call_soon_threadsafe(progress, at)

        try:
            return await loop.run_in_executor(self._thread, lambda: self._run(work, limits, tell))
        except asyncio.CancelledError:
            given_up.set()
            raise

    def _run(self, work: Work[T], limits: Limits, tell: Tell) -> T:
        if self._own is None:
            self._own = Planner(self._live.network)
        self._own.pricing = self._live.pricing

        def solve(problem: BatchProblem, wide: Sequence[WideOrder], tell: Tell, rough: bool) -> JointPlan:
            if rough:
                stop = self._stop(max(limits.gap, _ROUGH_GAP), limits.seconds, _ROUGH_SHARE, _ROUGH_SWEEPS)
                return self.solve(problem, wide, stop, tell, (), True)
            rules = kinds_of(problem) if limits.price_rules else ()
            return self.solve(
                problem, wide, self._stop(limits.gap, limits.seconds, 1 / (1 + len(rules))), tell, rules, False
            )

        return work(self._own, BatchPlanner(self._own, solve), tell)

    def _stop(self, gap: float, seconds: float | None, share: float, sweeps: int = _SWEEPS) -> Stop:
        """A solve's share of the seconds; with none, work alone is counted."""
        if seconds is None:
            return Stop(gap, sweeps)
        return Stop(gap, sweeps, seconds * share, self._monotonic)


def _imported(
    problem: BatchProblem, wide: Sequence[WideOrder], stop: Stop, tell: Tell, rules: Sequence[Rule], rough: bool
) -> JointPlan:
    from solvers.wide_batch import solve

    return solve(problem, wide, stop, progress=tell, rules=rules, rough=rough)


def kinds_of(problem: BatchProblem) -> tuple[Rule, ...]:
    """The kinds of rules that bind the batch, the nodes' days among them: what each costs is one more solve."""
    found = {
        Rule.CAPACITY: bool((np.minimum(problem.orders_most, problem.units_most) < UNLIMITED).any()),
        Rule.LEAST_WORK: problem.orders_least is not None,
        Rule.PICKUPS: problem.pickups_most is not None,
        Rule.SPLITS: problem.splits_most < UNLIMITED,
        Rule.BUDGET: problem.budget_most < UNLIMITED,
    }
    return tuple(rule for rule, there in found.items() if there)
