"""``onebox simulate``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.calls import AsJson

if TYPE_CHECKING:
    from engine.simulation.comparison import Compared
    from engine.simulation.scenario import Scenario
    from engine.simulation.study import Run
    from server.planning.executors import Heard, Place

BaseName = Annotated[str, typer.Argument(help="us, or a directory of network files.")]
Orders = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="The orders to replay [the base's orders.csv].")
]
Most = Annotated[int | None, typer.Option(min=1, help="Only the first so many orders by time [all].")]
Reps = Annotated[int, typer.Option(min=1, max=1_000, help="Replications of each scenario.")]
Seed = Annotated[int, typer.Option(min=0, help="Of all chance.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes [one a core].")]
DaskAddress = Annotated[
    str | None, typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster whose scheduler is there.")
]

_FIT = 5
"""So many figures are shown in a terminal."""
_DIFFERENT = 4
"""And so many differences; ``--out``, ``--html`` and ``--json`` have them all."""


def simulate(
    base: BaseName,
    scenarios: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="Scenario files (docs/scenarios.md).")
    ] = None,
    orders: Orders = None,
    most: Most = None,
    reps: Reps = 1,
    seed: Seed = 1,
    rules: Annotated[bool, typer.Option("--rules", help="The base by each simple rule too.")] = False,
    workers: Workers = None,
    dask: DaskAddress = None,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write tables here: Parquet, figures CSV.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="With --out: every table as CSV.")] = False,
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Prove what no policy could have paid less than: the regret.")
    ] = False,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page to look at here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay orders through the engine under each scenario, and say what differs from the base."""
    from dataclasses import asdict

    from engine.simulation.comparison import compare
    from engine.simulation.study import by_scenario, run_all
    from server.cli.output import print_json
    from server.planning.sources import load_base, scenarios_of_files
    from server.planning.tables import write_figures, write_run

    loaded = load_base(base, orders, most)
    studied = scenarios_of_files(loaded, scenarios or [], rules)
    if hindsight:
        from engine.simulation.regret import check_bounded

        for each in studied:
            check_bounded(each)
    networks = {each.name: each.base.network for each in studied}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = []
    shown: dict[str, Run] = {}
    with place(workers, dask, len(studied) * reps) as there:
        for run in run_all(studied, seed, reps, there.executor, there.play, keep_records=html is not None):
            if out is not None:
                write_run(run, networks[run.scenario], out, csv=csv)
            if html is not None and run.replication == 0:
                shown[run.scenario] = run
            runs.append(run.figures_alone())
    if hindsight:
        _add_regret({each.name: each for each in studied}, seed, runs)
    compared = compare(by_scenario(list(networks), runs))
    if out is not None:
        write_figures(compared, out / "figures.csv")
    if html is not None:
        from server.planning.page import Study, write_study

        study = Study(list(networks.values()), loaded.orders, compared, [shown[name] for name in networks], reps)
        write_study(study, html)
    if as_json:
        print_json([asdict(each) for each in compared])
    else:
        _print(compared, loaded.network.policy.currency, len(loaded.orders), reps)
        if out is not None:
            print(f"\ntables: {out}")
        if html is not None:
            print(f"a page to look at: {html}")


def _add_regret(scenarios: Mapping[str, Scenario], seed: int, runs: Sequence[Run]) -> None:
    """Bound and regret among the figures of every run."""
    from engine.simulation.regret import regret_of
    from server.cli.progress import progress

    with progress("hindsight", len(runs)) as advance:
        for run in runs:
            run.figures.update(regret_of(scenarios[run.scenario], seed, run))
            advance(1)


@contextmanager
def place(workers: int | None, dask: str | None, runs: int) -> Iterator[Place]:
    """Where ``runs`` replications run, with a bar that says how far they are and what orders cost so far; on a cluster the
    scheduler's own page does."""
    from engine.network.checks import require
    from server.cli.progress import progress
    from server.planning.executors import here, on_cluster, so_far

    require(
        workers is None or dask is None, "workers", workers, "none with --dask, where the cluster's own workers run"
    )
    if dask is not None:
        with on_cluster(dask) as there:
            yield there
        return
    with progress("replaying", runs) as advance:
        reached: dict[tuple[str, int], float] = {}
        last: dict[tuple[str, int], Heard] = {}

        def heard(said: Heard) -> None:
            share = min(1.0, said.decided / max(1, said.orders))
            key = said.scenario, said.replication
            last[key] = said
            found = so_far(each for each in last.values() if each.scenario == said.scenario)
            title = f"replaying: {said.scenario} {found.mean:.2f} ±{found.half_width:.2f} an order"
            advance(share - reached.get(key, 0.0), title)
            reached[key] = share

        with here(workers, heard) as there:
            yield there


def _print(compared: Sequence[Compared], currency: str, orders: int, reps: int) -> None:
    from server.cli.output import print_table
    from server.planning.shown import PROVEN, SHOWN, columns_of, differences, means

    fit, different = SHOWN[:_FIT], SHOWN[:_DIFFERENT]
    title = f"{orders:,} orders, {reps} replication{'' if reps == 1 else 's'}; cost in {currency}"
    print_table(title, columns_of(fit), means(compared, fit))
    if "regret" in compared[0].figures:
        print_table(
            "\nagainst hindsight, what no policy could have paid less than", columns_of(PROVEN), means(compared, PROVEN)
        )
    if len(compared) == 1:
        return
    interval = "" if reps == 1 else ", 95% intervals"
    title = f"\nless the base, replication by replication{interval}"
    print_table(title, columns_of(different), differences(compared, different, reps))
