"""A study: scenarios times replications, over any executor, and what the difference between them is.

Replication r of every scenario has the same luck (``Chance``), so differences are paired: their interval is that of the mean
of the differences, Student's t at 95% (Law and Kelton, section 10.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from statistics import fmean, stdev

import polars as pl
from msgspec.structs import replace

from engine.network.checks import require
from engine.routing.order import Order
from engine.simulation.chance import Chance
from engine.simulation.replay import Fate, Replay
from engine.simulation.results import figures, order_table, shipment_table
from engine.simulation.scenario import Scenario

MAX_REPLICATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """One replication of one scenario. Tables as ``engine.simulation.results`` describes them."""

    scenario: str
    replication: int
    figures: dict[str, float]
    orders: pl.DataFrame
    shipments: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications and half the width of its 95% interval; 0 where there is one replication alone."""

    mean: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario's figures, and each figure less the first scenario's, replication by replication."""

    scenario: str
    figures: dict[str, Estimate]
    differences: dict[str, Estimate]


def demand(scenario: Scenario, chance: Chance) -> list[Order]:
    """The orders of one replication. An order that comes more than once has a number behind its name."""
    orders: list[Order] = []
    for order in scenario.base.orders:
        mean = scenario.scale_of(order)
        draw = chance.poisson if scenario.resample else chance.whole
        copies = draw(mean, "demand", order.order_id)
        orders += (replace(order, order_id=f"{order.order_id}#{n + 1}") if n else order for n in range(copies))
    return orders


def run(scenario: Scenario, seed: int, replication: int, decided: Callable[[Fate], None] = lambda fate: None) -> Run:
    """One replication. Raises InvalidInput where the demand leaves no order, or an order does not fit the network."""
    chance = Chance(seed, replication)
    base = scenario.base
    replay = Replay(
        base.network,
        base.stock,
        demand(scenario, chance),
        chance=chance,
        luck=scenario.luck,
        solver=scenario.solver,
    )
    replay.run(decided)
    orders, shipments = order_table(base.network, replay.fates), shipment_table(base.network, replay.fates)
    return Run(scenario.name, replication, figures(orders, shipments, replay.cells, base.network), orders, shipments)


def run_all(scenarios: Sequence[Scenario], seed: int, replications: int, executor: Executor) -> Iterator[Run]:
    """Every replication of every scenario, as they end. What one raises ends all."""
    names = [scenario.name for scenario in scenarios]
    require(len(set(names)) == len(names), "scenarios.name", names, "each name once")
    require(1 <= replications <= MAX_REPLICATIONS, "reps", replications, f"1..{MAX_REPLICATIONS}")
    under_way: list[Future[Run]] = [
        executor.submit(run, scenario, seed, replication)
        for replication in range(replications)
        for scenario in scenarios
    ]
    try:
        for future in as_completed(under_way):
            yield future.result()
    finally:
        for future in under_way:
            future.cancel()


def compare(scenarios: Sequence[str], runs: Sequence[Run]) -> list[Compared]:
    """Each scenario beside the first. ``runs`` may be in any order."""
    of: dict[str, list[Run]] = {name: [] for name in scenarios}
    for each in sorted(runs, key=lambda each: each.replication):
        of[each.scenario].append(each)
    first = of[scenarios[0]]
    names = list(first[0].figures)
    compared = []
    for name, mine in of.items():
        pairs = list(zip(mine, first, strict=True))
        compared.append(
            Compared(
                name,
                {key: _estimate([one.figures[key] for one in mine]) for key in names},
                {key: _estimate([one.figures[key] - other.figures[key] for one, other in pairs]) for key in names},
            )
        )
    return compared


def _estimate(sample: Sequence[float]) -> Estimate:
    if len(sample) < 2:
        return Estimate(sample[0], 0.0)
    from scipy.stats import t

    half = float(t.ppf(0.975, len(sample) - 1)) * stdev(sample) / len(sample) ** 0.5
    return Estimate(fmean(sample), half)
