"""One batch by the price decomposition and by each whole model, all to the same accuracy, and all held to one reckoning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.batch_families import Instance
from benchmarks.batch_models import MODELS
from benchmarks.batch_runs import MONEY, checked, reckoned, timed
from benchmarks.batch_sequential import Decisions

ROUNDING = 1e-9
"""What a solver in floating point may be off by in its bound, relatively."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What one solver came to, in money. ``cost`` is None where it found no plan in time; ``bound`` is its own."""

    solver: str
    cost: float | None
    bound: float
    building_seconds: float
    seconds: float

    @property
    def gap(self) -> float:
        return 1.0 if self.cost is None else max(0.0, 1 - self.bound / self.cost)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``ours`` and ``models`` on one batch."""

    name: str
    ours: Solved
    models: dict[str, Solved]

    def speedup(self, solver: str) -> float:
        """How much longer the model took, building included."""
        return self.models[solver].seconds / self.ours.seconds

    def excess(self, solver: str) -> float:
        """Our cost over what the model proved that any plan costs."""
        assert self.ours.cost is not None
        return max(0.0, self.ours.cost / self.models[solver].bound - 1)

    def rows(self) -> Iterator[Sequence[object]]:
        """Of a table: batch, solver, cost, gap, seconds, in units of ours."""
        for each in (self.ours, *self.models.values()):
            cost = "no plan" if each.cost is None else f"{each.cost:,.3f}"
            times = "" if each is self.ours else f"{self.speedup(each.solver):,.0f} x"
            yield self.name, each.solver, cost, f"{each.gap:.4%}", f"{each.seconds:.2f}", times


def compare(
    instance: Instance, gap: float, seconds: float, names: Sequence[str], times: int, say: Callable[[float], None]
) -> Comparison:
    """Ours so many ``times``, of which the median time counts; each model once; each at most ``seconds``.

    Raises
    ------
    AssertionError : a plan breaks a rule or is not what it says, or one solver's bound is above another's cost.
    """
    problem = instance.problem
    plans = [timed(problem, gap, seconds) for _ in range(times)]
    plan, taken = sorted(plans, key=lambda each: each[1])[times // 2]
    proven = checked(problem, plan).certificate
    ours = Solved("Onebox", proven.objective / MONEY, proven.bound / MONEY, 0.0, taken)
    models = {}
    for number, name in enumerate(names):
        say(number / len(names))
        answer = MODELS[name](problem, seconds, gap)
        cost = None
        if answer.found:
            decisions = Decisions(answer.shipment_start, answer.option, answer.lines)
            cost = reckoned(problem, decisions).objective / MONEY
        whole = answer.building_seconds + answer.solving_seconds
        models[name] = Solved(name, cost, answer.bound / MONEY, answer.building_seconds, whole)
    everyone = [ours, *models.values()]
    least = min(each.cost for each in everyone if each.cost is not None)
    if over := [each.solver for each in everyone if each.bound > least * (1 + ROUNDING)]:
        raise AssertionError(f"{instance.name}: the bound of {over[0]} is above a plan of cost {least}")
    return Comparison(instance.name, ours, models)
