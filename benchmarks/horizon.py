"""Looking ahead on the published model of multi-item order fulfilment: ``python -m benchmarks.horizon``.

The model is ``benchmarks.horizon_model``, the policies ``benchmarks.horizon_policies``. Every policy meets the same sequences of
orders. Costs are told as multiples of the deterministic linear programme, as the papers do, and of the hindsight bound: no one
who knew the whole sequence beforehand could have paid less (``solvers.fluid`` on what came, a proven lower bound that counts
whole shipments, so above the linear programme's). Intervals are 95%, over instances, each the mean of its sequences.

**look_ahead_vs_hindsight**: mean cost of the guarded policy over the hindsight bound: 5 centres, 10 cities, orders of up to 5
items, T = 1,000.

The tables beside it: the same with orders of up to two items, where looking ahead has little to gain and static prices can lose;
T = 10,000 against the linear programme; forecasts that are wrong (scaled, dealt to other cities, empty) against exact myopic; and,
unless quick, the big network of 10 centres and 99 cities.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from benchmarks.figures import Options, Report, run
from benchmarks.horizon_model import BIG, SMALL, SMALL_PAIRS, Instance, Network, draw, linear_programme
from benchmarks.horizon_policies import MYOPIC, OURS, POLICIES, Priced, Replay, Rounded
from benchmarks.replay_rate import replay_rate
from solvers.fluid_ascent import Float64

T = TypeVar("T")

LOOK_AHEAD = "look_ahead_vs_hindsight"
REPLAY = "replay_orders_per_s_core"
FIGURES = (LOOK_AHEAD, REPLAY)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is measured: ``instances`` draws of the network, ``sequences`` of orders for each."""

    title: str
    network: Network
    n_orders: int
    instances: int
    sequences: int
    programme: bool = True


FIVE = Scene("orders of up to 5 items, T = 1,000", SMALL, 1_000, 20, 20)
PAIRS = Scene("orders of up to 2 items, T = 1,000", SMALL_PAIRS, 1_000, 20, 20)
LONG = Scene("orders of up to 5 items, T = 10,000", SMALL, 10_000, 30, 30)
LARGE = Scene("10 centres, 99 cities, orders of up to 10 items, T = 100,000", BIG, 100_000, 2, 1, programme=False)
QUICK = (
    Scene(FIVE.title, SMALL, 1_000, 6, 3),
    Scene(PAIRS.title, SMALL_PAIRS, 1_000, 6, 3),
    Scene(LONG.title, SMALL, 10_000, 2, 2),
)
WRONG: dict[str, Callable[[Instance, np.random.Generator], Float64]] = {
    "right": lambda instance, _: instance.expected,
    "twice": lambda instance, _: 2.0 * instance.expected,
    "half": lambda instance, _: 0.5 * instance.expected,
    "other cities": lambda instance, rng: instance.shuffled(rng),
    "none": lambda instance, _: np.zeros_like(instance.expected),
}
_UNDER_WRONG = ("prices: averaged, static", "prices: averaged, renewed, adjusted", OURS)


@dataclass(frozen=True, slots=True)
class Costs:
    """Of every policy on the same sequences, float64[instances, sequences], micros; of the bounds likewise."""

    of: dict[str, Float64]
    hindsight: Float64
    programme: Float64


def simulate(scene: Scene, say: Callable[[float], None]) -> Costs:
    """Every policy of the scene on every sequence; the same scene gives the same costs."""

    def one(seed: int) -> tuple[float, list[float], dict[str, list[int]]]:
        instance = draw(scene.network, scene.n_orders, seed)
        programme = linear_programme(instance) if scene.programme else None
        replay = Replay(instance, programme)
        costs: dict[str, list[int]] = {}
        bounds: list[float] = []
        for number in range(scene.sequences):
            orders = instance.sequence(np.random.default_rng((seed, number)))
            bounds.append(replay.hindsight(orders))
            for name, policy in POLICIES.items():
                if programme or not (
                    isinstance(policy, Rounded) or (isinstance(policy, Priced) and policy.start == "lp")
                ):
                    costs.setdefault(name, []).append(replay.cost(policy, orders, seed=number))
        return programme.value if programme else np.nan, bounds, costs

    parts = _over_instances(scene.instances, one, say)
    return Costs(
        {name: np.array([costs[name] for _, _, costs in parts], np.float64) for name in parts[0][2]},
        np.array([bounds for _, bounds, _ in parts]),
        np.array([[value] * scene.sequences for value, _, _ in parts]),
    )


def mislead(scene: Scene, say: Callable[[float], None]) -> dict[tuple[str, str], Float64]:
    """Cost over exact myopic's by (policy, what was wrong with its forecast), float64[instances]."""

    def one(seed: int) -> dict[tuple[str, str], float]:
        instance = draw(scene.network, scene.n_orders, seed)
        sequences = [instance.sequence(np.random.default_rng((seed, number))) for number in range(scene.sequences)]
        ratios = {}
        for wrong, forecast in WRONG.items():
            replay = Replay(instance, forecast=forecast(instance, np.random.default_rng(seed)))
            for name in _UNDER_WRONG:
                paid = [replay.cost(POLICIES[name], orders, seed=0) for orders in sequences]
                myopic = [replay.cost(POLICIES[MYOPIC], orders, seed=0) for orders in sequences]
                ratios[name, wrong] = sum(paid) / sum(myopic)
        return ratios

    parts = _over_instances(scene.instances, one, say)
    return {key: np.array([part[key] for part in parts]) for key in parts[0]}


def _over_instances(count: int, one: Callable[[int], T], say: Callable[[float], None]) -> list[T]:
    """``one(seed)`` for every seed, over all cores (the compiled part lets go of the interpreter), in order."""
    parts: list[T] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(one, range(count)):
            parts.append(part)
            say(len(parts) / count)
    return parts


def _with_interval(ratio: Float64) -> str:
    """Mean over instances and half the 95% interval around it."""
    of_instances = ratio.mean(axis=1)
    spread = of_instances.std(ddof=1) if len(of_instances) > 1 else 0.0
    return f"{of_instances.mean():.4f} +-{1.96 * spread / len(of_instances) ** 0.5:.4f}"


def _tabulate(scene: Scene, costs: Costs, report: Report) -> None:
    rows = []
    for name, paid in costs.of.items():
        to_myopic = paid / costs.of[MYOPIC]
        row = [
            name,
            _with_interval(paid / costs.hindsight),
            _with_interval(to_myopic),
            f"{to_myopic.mean(axis=1).max():.3f}",
        ]
        if scene.programme:
            row.insert(1, _with_interval(paid / costs.programme))
        rows.append(row)
    bound = ["hindsight bound", "1.0000", _with_interval(costs.hindsight / costs.of[MYOPIC]), ""]
    if scene.programme:
        bound.insert(1, _with_interval(costs.hindsight / costs.programme))
    head = ["policy", "of hindsight", "of myopic", "of myopic, worst instance"]
    if scene.programme:
        head.insert(1, "of the LP")
    report.table(f"{scene.title}; {scene.instances} instances x {scene.sequences} sequences", head, [*rows, bound])


def measure(options: Options, report: Report) -> None:
    if report.wants(LOOK_AHEAD):
        _measure_look_ahead(options, report)
    if report.wants(REPLAY):
        rate = replay_rate(1_000 if options.quick else 30_000)
        report.figure(REPLAY, rate.orders_per_s, "orders/s", "the same bytes twice; reach >= 5,000")


def _measure_look_ahead(options: Options, report: Report) -> None:
    """The figure's scene first; then, where tables are wanted, the others."""
    first, *others = QUICK if options.quick else (FIVE, PAIRS, LONG)
    costs = _measure_scene(first, report)
    value = float((costs.of[OURS] / costs.hindsight).mean())
    report.figure(LOOK_AHEAD, value, "x", "the hindsight bound; reach <= 1.035")
    if options.json:
        return
    for scene in others:
        _measure_scene(scene, report)
    for scene in (first, others[0]):
        _measure_wrong_forecasts(replace(scene, sequences=1 if options.quick else 5), report)
    if not options.quick:
        _measure_scene(LARGE, report)


def _measure_scene(scene: Scene, report: Report) -> Costs:
    with report.progress(scene.title) as say:
        costs = simulate(scene, say)
    _tabulate(scene, costs, report)
    return costs


def _measure_wrong_forecasts(scene: Scene, report: Report) -> None:
    with report.progress("wrong forecasts") as say:
        ratios = mislead(scene, say)
    rows = [
        (name, *(f"{ratios[name, wrong].mean():.4f} ({ratios[name, wrong].max():.3f})" for wrong in WRONG))
        for name in _UNDER_WRONG
    ]
    title = f"wrong forecasts, {scene.title}: cost over exact myopic's, mean (worst instance)"
    report.table(f"{title}; {scene.instances} x {scene.sequences}", ("policy", *WRONG), rows)


def main(arguments: Sequence[str] | None = None) -> None:
    assert __doc__ is not None
    run("benchmarks.horizon", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
