"""``onebox pareto``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.calls import AsJson
from server.cli.simulate import BaseName, DaskAddress, Most, Orders, Reps, Seed, Workers, place

if TYPE_CHECKING:
    from engine.network.policy import Policy
    from engine.simulation.pareto import Point

_FACTORS = (0, 1, 4)
_WITHOUT = (0, 1_000_000, 4_000_000)
"""Micros, of a weight that the policy does not use."""

_OPTIONS = {"split_penalty": "--split", "late_penalty_per_day": "--late", "carbon_price_per_kg": "--carbon"}


def pareto(
    base: BaseName,
    split: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Split penalties [0, 1 and 4 times the policy's].")
    ] = None,
    late: Annotated[str | None, typer.Option(metavar="A,B,...", help="Late penalties a day [likewise].")] = None,
    carbon: Annotated[str | None, typer.Option(metavar="A,B,...", help="Carbon prices a kg [likewise].")] = None,
    orders: Orders = None,
    most: Most = None,
    reps: Reps = 1,
    seed: Seed = 1,
    workers: Workers = None,
    dask: DaskAddress = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page to look at here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sweep the policy's weights, and say which trade cost, splits, lateness and carbon best: the Pareto front."""
    from engine.simulation.pareto import front, sweep
    from engine.simulation.study import by_scenario, run_all
    from server.cli.output import print_json
    from server.planning.sources import load_base

    loaded = load_base(base, orders, most)
    policy = loaded.network.policy
    swept = sweep(
        loaded, _grid(policy, {"split_penalty": split, "late_penalty_per_day": late, "carbon_price_per_kg": carbon})
    )
    scenarios = list(swept.values())
    with place(workers, dask, len(scenarios) * reps) as there:
        runs = [run.figures_alone() for run in run_all(scenarios, seed, reps, there.executor, there.play)]
    points = front(swept, by_scenario([each.name for each in scenarios], runs))
    if html is not None:
        from server.planning.pareto_page import write_pareto

        write_pareto(points, loaded.network, len(loaded.orders), reps, html)
    if as_json:
        print_json([_as_data(point) for point in points])
    else:
        _print(points, policy.currency, len(loaded.orders), reps)
        if html is not None:
            print(f"a page to look at: {html}")


def _grid(policy: Policy, given: dict[str, str | None]) -> dict[str, list[int]]:
    """Micros by weight. Raises InvalidInput: every amount that is none."""
    from engine.errors import FieldFault
    from engine.network.files.policy_file import amended_policy
    from server.conversion.fields import refuse

    grid: dict[str, list[int]] = {}
    faults = []
    for name, text in given.items():
        present = int(getattr(policy, name))
        grid[name] = [factor * present for factor in _FACTORS] if present else list(_WITHOUT)
        if text is None:
            continue
        read = [amended_policy(policy, {name: amount.strip()}) for amount in text.split(",")]
        faults += [
            FieldFault(_OPTIONS[name], fault.value, f"amounts with commas between, each {fault.expected}")
            for _, found in read
            for fault in found
        ]
        grid[name] = [int(getattr(amended, name)) for amended, _ in read]
    refuse(faults)
    return grid


def _print(points: Sequence[Point], currency: str, orders: int, reps: int) -> None:
    from server.cli.output import print_table
    from server.planning.shown import AIM_WORDS, aim

    on_front = [point for point in points if point.beaten_by is None]
    interval = "" if reps == 1 else ", 95% intervals"
    replayed = f"{orders:,} orders, {reps} replication{'' if reps == 1 else 's'}{interval}"
    title = f"{replayed}; {len(on_front)} of {len(points)} on the front"
    columns = (">split", ">late", ">carbon", *(f">{words}" for words in AIM_WORDS), "")
    print_table(
        f"{title}; in {currency}",
        columns,
        [
            (
                *(f"{weight / 1e6:g}" for weight in point.weights),
                *aim(point, reps),
                "present" if point is points[0] else "",
            )
            for point in points
            if point.beaten_by is None or point is points[0]
        ],
    )
    if points[0].beaten_by is not None:
        print(f"the present policy is beaten by: {points[0].beaten_by}")


def _as_data(point: Point) -> dict[str, Any]:
    from dataclasses import asdict

    from engine.simulation.pareto import WEIGHTS

    return {
        "name": point.name,
        "weights_micros": dict(zip(WEIGHTS, point.weights, strict=True)),
        "aims": {aim: asdict(found) for aim, found in point.aims.items()},
        "on_front": point.beaten_by is None,
        "beaten_by": point.beaten_by,
    }
