"""``onebox simulate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.calls import AsJson

if TYPE_CHECKING:
    from engine.simulation.scenario import Base, Scenario
    from engine.simulation.study import Compared, Run

_SHOWN = (
    ("cost_per_order", "an order", "{:.2f}", "{:+.3f}"),
    ("shipments_per_order", "shipments", "{:.3f}", "{:+.4f}"),
    ("in_one_box", "in one box", "{:.1%}", "{:+.2%}"),
    ("on_time", "on time", "{:.1%}", "{:+.2%}"),
    ("units_left_out", "left out", "{:,.0f}", "{:+,.0f}"),
    ("carbon_kg", "kg CO2", "{:,.0f}", "{:+,.0f}"),
    ("busiest_day", "busiest day", "{:.0%}", "{:+.1%}"),
)
_DIFFERENT = 4
"""The first so many are shown as differences too; ``--out`` and ``--json`` have them all."""


def simulate(
    base: Annotated[str, typer.Argument(help="us, or a directory of network files.")],
    scenarios: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="Scenario files (docs/scenarios.md).")
    ] = None,
    orders: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The orders to replay [the base's orders.csv].")
    ] = None,
    most: Annotated[int | None, typer.Option(min=1, help="Only the first so many orders by time [all].")] = None,
    reps: Annotated[int, typer.Option(min=1, max=1_000, help="Replications of each scenario.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of all chance.")] = 1,
    rules: Annotated[bool, typer.Option("--rules", help="The base by each simple rule too.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes [one a core].")] = None,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write tables (Parquet, CSV) here.")] = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page to look at here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay orders through the engine under each scenario, and say what differs from the base."""
    from engine.simulation.study import compare, run_all
    from server.cli.output import print_json
    from server.cli.progress import progress

    loaded = _load(base, orders, most)
    studied = _scenarios(loaded, scenarios or [], rules)
    names = [each.name for each in studied]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = []
    with _executor(workers) as executor, progress("replaying", len(studied) * reps) as advance:
        for run in run_all(studied, seed, reps, executor):
            runs.append(run)
            advance(1)
            if out is not None:
                run.orders.write_parquet(out / f"orders-{run.scenario}-{run.replication}.parquet")
                run.shipments.write_parquet(out / f"shipments-{run.scenario}-{run.replication}.parquet")
    compared = compare(names, runs)
    if out is not None:
        _write_figures(compared, out / "figures.csv")
    if html is not None:
        from server.demo.study_page import Study, write_study

        first = {run.scenario: run for run in runs if run.replication == 0}
        networks = [each.base.network for each in studied]
        write_study(Study(networks, loaded.orders, compared, [first[name] for name in names], reps), html)
    if as_json:
        print_json([_as_data(each) for each in compared])
    else:
        _print(compared, loaded.network.policy.currency, len(loaded.orders), reps)
        if out is not None:
            print(f"\ntables: {out}")
        if html is not None:
            print(f"a page to look at: {html}")


def _load(base: str, orders: Path | None, most: int | None) -> Base:
    from engine.network.checks import require
    from engine.network.files import load_network, load_stock, read_units
    from engine.network.us import DIRECTORY
    from engine.routing.order_files import read_orders
    from engine.simulation.scenario import Base

    directory = DIRECTORY if base == "us" else Path(base)
    require(directory.is_dir(), "base", base, "us, or a directory of network files")
    network = load_network(directory)
    read = read_orders(orders or directory / "orders.csv", read_units(directory).metres)
    require(bool(read), "orders", orders or directory / "orders.csv", "a file with orders")
    by_time = sorted(read, key=lambda order: order.order_time)
    return Base(network, load_stock(directory, network), tuple(by_time[:most]))


def _scenarios(base: Base, files: Sequence[Path], rules: bool) -> list[Scenario]:
    """The base first. Raises NetworkFaults: the faults of every file at once."""
    from engine.errors import NetworkFault, NetworkFaults
    from engine.routing.planner import RULES
    from engine.simulation.scenario import Scenario, lay_over
    from engine.simulation.scenario_shape import read_scenario

    found, faults = [Scenario("base", base)], []
    if rules:
        found += [Scenario(rule, base, solver=rule) for rule in RULES]
    for path in files:
        try:
            scenario = lay_over(base, read_scenario(path), path.name)
        except NetworkFaults as error:
            faults += list(error.network_faults)
            continue
        if scenario.name in [each.name for each in found]:
            faults.append(NetworkFault(path.name, 0, "name", scenario.name, "a name that no other scenario has"))
        found.append(scenario)
    if faults:
        raise NetworkFaults(tuple(faults))
    return found


def _executor(workers: int | None) -> Any:
    """Processes that start afresh: a fork would take this one's threads and locks along."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _print(compared: Sequence[Compared], currency: str, orders: int, reps: int) -> None:
    from server.cli.output import print_table

    interval = "" if reps == 1 else ", 95% intervals"
    rows = [(each.scenario, *(form.format(each.figures[key].mean) for key, _, form, _ in _SHOWN)) for each in compared]
    columns = ("scenario", *(f">{words}" for _, words, _, _ in _SHOWN))
    print_table(f"{orders:,} orders, {reps} replication{'' if reps == 1 else 's'}; cost in {currency}", columns, rows)
    if len(compared) == 1:
        return
    less = []
    for each in compared[1:]:
        cells = []
        for key, _, _, form in _SHOWN[:_DIFFERENT]:
            found = each.differences[key]
            width = "" if reps == 1 else f" ±{form.format(found.half_width).lstrip('+')}"
            cells.append(form.format(found.mean) + width)
        less.append((each.scenario, *cells))
    columns = columns[: _DIFFERENT + 1]
    print_table(f"\nless the base, replication by replication{interval}", columns, less)


def _as_data(each: Compared) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(each)


def _write_figures(compared: Sequence[Compared], path: Path) -> None:
    import polars as pl

    rows = [
        (each.scenario, key, found.mean, found.half_width, each.differences[key].mean, each.differences[key].half_width)
        for each in compared
        for key, found in each.figures.items()
    ]
    columns = ["scenario", "figure", "mean", "half_width", "difference", "difference_half_width"]
    pl.DataFrame(rows, schema=columns, orient="row").write_csv(path)
