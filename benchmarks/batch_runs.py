"""One batch solved in a process of its own, so that its peak of memory is its own, and held to an independent reckoning."""

from __future__ import annotations

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from time import perf_counter

from benchmarks.batch_families import UNIFORM, Family, Instance, draw, draw_two_tier
from benchmarks.batch_sequential import Decisions, deciders, one_by_one
from solvers import batch
from solvers.batch_problem import BatchPlan, BatchProblem, Stop
from tests.solvers.batch_check import Reckoning, faults_of, reckon

TWO_TIER = "two-tier"
MONEY = 1e6
"""Of the objective in a unit of money."""


@dataclass(frozen=True, slots=True)
class Job:
    """An instance and how far to solve it. ``family`` None is the two-tier family. ``beside``: deciders to run order by order."""

    family: Family | None
    orders: int
    nodes: int
    gap: float
    seed: int = 1
    seconds: float = 600.0
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What order by order came to, in money, and how long it took."""

    cost: float
    splits: int
    unfilled: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """A solved batch: money in currency units, memory in MB: of the instance before the solve, and the peak of it all."""

    name: str
    orders: int
    cost: float
    bound: float
    gap: float
    seconds: float
    drawing_seconds: float
    sweeps: int
    columns: int
    splits: int
    unfilled: int
    instance_mb: int
    peak_mb: int
    beside: dict[str, Beside]


def instance_of(job: Job) -> Instance:
    if job.family is None:
        return draw_two_tier(job.orders, job.seed)
    return draw(job.family, job.orders, job.nodes, job.seed)


def solve_apart(job: Job) -> Run:
    """``solve_here`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(solve_here, job).result()


def solve_here(job: Job) -> Run:
    """Draw, solve and check. Compiling is not in the time: a small batch is solved before."""
    warm_up()
    started = perf_counter()
    instance = instance_of(job)
    drawing = perf_counter() - started
    instance_mb = _peak_mb()
    plan, seconds = timed(instance.problem, job.gap, job.seconds)
    peak_mb = _peak_mb()
    checked(instance.problem, plan)
    mine = reckon(instance.problem, plan.shipment_start, plan.option, plan.lines)
    proven = plan.certificate
    return Run(
        instance.name,
        job.orders,
        proven.objective / MONEY,
        proven.bound / MONEY,
        proven.gap,
        seconds,
        drawing,
        proven.sweeps,
        proven.columns,
        mine.splits,
        mine.unfilled,
        instance_mb,
        peak_mb,
        {name: _beside(instance, name) for name in job.beside},
    )


def warm_up() -> None:
    batch.solve(draw(UNIFORM, 50, 10).problem)


def timed(problem: BatchProblem, gap: float, seconds: float) -> tuple[BatchPlan, float]:
    """The plan, and the seconds from the arrays to it."""
    stop = Stop(gap=gap, seconds=seconds, clock=perf_counter)
    started = perf_counter()
    plan = batch.solve(problem, stop)
    return plan, perf_counter() - started


def checked(problem: BatchProblem, plan: BatchPlan) -> BatchPlan:
    """The plan, if it keeps every rule and its figures add up."""
    if faults := faults_of(problem, plan):
        raise AssertionError(f"the plan is not what it says: {', '.join(faults)}")
    return plan


def reckoned(problem: BatchProblem, decisions: Decisions) -> Reckoning:
    """What someone else's decisions come to, if they keep every rule."""
    found = reckon(problem, decisions.shipment_start, decisions.option, decisions.lines)
    if found.faults:
        raise AssertionError(f"the decisions break {', '.join(found.faults)}")
    return found


def _beside(instance: Instance, name: str) -> Beside:
    decide = deciders(instance)[name]
    started = perf_counter()
    decisions = one_by_one(instance.problem, decide)
    seconds = perf_counter() - started
    found = reckoned(instance.problem, decisions)
    return Beside(found.objective / MONEY, found.splits, found.unfilled, seconds)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
