"""Many orders together: ``python -m benchmarks.batch``.

The instances: ``benchmarks.batch_families``. Every plan, ours and others', is reckoned anew from the problem's arrays
(``tests.solvers.batch_check``): cost to the unit, every order once, stock and capacity kept. Times are from the arrays to the
plan with its certificate; what is compiled was compiled before.

**batch_speedup_vs_highs**, **batch_cost_excess_vs_optimum**: uniform 2,000 x 100, seed 1, beside the whole batch as one model
(``benchmarks.batch_models``) in HiGHS, with SCIP and CP-SAT in the table. Every model has the same accuracy to reach as ours, a
relative gap of 0.005%, and its building is in its time. The excess is over the bound that HiGHS proved, so never flattering.

**batch_gap_10000x200**, **batch_seconds_10000x200**, and the same of **100000x1000**: solved until the gap of the design is
proven; the contended family of the same size stands beside in the table. Each is solved in a process of its own.

The tables: growth from 1,000 to 100,000 orders with memory; tightness of stock and of capacity; lines of an order; the
families beside order by order, exactly and by every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks.batch_comparison import Comparison, compare
from benchmarks.batch_families import CONTENDED, UNIFORM, Family
from benchmarks.batch_runs import Job, Run, instance_of, solve_apart, warm_up
from benchmarks.figures import Options, Report, run

SPEEDUP, EXCESS = "batch_speedup_vs_highs", "batch_cost_excess_vs_optimum"
GAP_10, SECONDS_10 = "batch_gap_10000x200", "batch_seconds_10000x200"
GAP_100, SECONDS_100 = "batch_gap_100000x1000", "batch_seconds_100000x1000"
FIGURES = (SPEEDUP, EXCESS, GAP_10, SECONDS_10, GAP_100, SECONDS_100)
RULES = ("priority", "nearest", "cheapest_first", "fewest_splits")
FINE, COARSE = 5e-5, 2e-4
"""The gaps that the design asks for: up to 10,000 orders, and at 100,000."""
HEAD = ("batch", "cost", "bound", "gap", "s", "sweeps", "columns", "orders unfilled")
USED = (0.6, 0.8, 0.9, 0.97, 1.2)
ROOMS = (4.0, 2.2, 1.8, 1.35, 1.0)
LINES = {"one line": (1.0,), "1 to 5 lines": UNIFORM.lines, "five lines": (0.0, 0.0, 0.0, 0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: orders and nodes of each, at most ``seconds`` a solve, ours so many ``times`` beside a model."""

    models: tuple[tuple[int, int], ...]
    model_seconds: float
    model_names: tuple[str, ...]
    middle: tuple[int, int]
    large: tuple[int, int]
    growth: tuple[tuple[int, int], ...]
    varied: tuple[int, int]
    two_tier: int
    seconds: float
    times: int


WHOLE = Size(
    models=((500, 50), (2_000, 100)),
    model_seconds=600.0,
    model_names=("HiGHS", "SCIP", "CP-SAT"),
    middle=(10_000, 200),
    large=(100_000, 1_000),
    growth=((1_000, 100), (3_000, 100), (10_000, 200), (30_000, 500), (100_000, 1_000)),
    varied=(2_000, 100),
    two_tier=10_000,
    seconds=600.0,
    times=3,
)
QUICK = Size(
    models=((500, 50),),
    model_seconds=15.0,
    model_names=("HiGHS",),
    middle=(500, 50),
    large=(1_000, 100),
    growth=(),
    varied=(500, 50),
    two_tier=1_000,
    seconds=6.0,
    times=1,
)


def measure(options: Options, report: Report, size: Size | None = None) -> None:
    size = size or (QUICK if options.quick else WHOLE)
    if report.wants(SPEEDUP, EXCESS):
        _measure_models(size, report)
    runs: dict[tuple[Family | None, int], Run] = {}
    if report.wants(GAP_10, SECONDS_10):
        _measure_size(size.middle, FINE, size.seconds, (GAP_10, SECONDS_10, "15 s"), report, runs)
    if report.wants(GAP_100, SECONDS_100):
        _measure_size(size.large, COARSE, size.seconds, (GAP_100, SECONDS_100, "120 s"), report, runs)
    if set(FIGURES) == set(options.figures) and not options.json and not options.quick:
        _measure_growth(size.growth, report, runs)
        _measure_variants(size.varied, report)
        _measure_beside(size, report)


def _measure_models(size: Size, report: Report) -> None:
    """Each family at each size as one model; the last uniform size gives the figures."""
    warm_up()
    cases = [(family, *each) for each in size.models for family in (CONTENDED, UNIFORM)]
    compared: list[Comparison] = []
    with report.progress("the same batches as one model") as say:
        for done, (family, n_orders, n_nodes) in enumerate(cases):
            instance = instance_of(Job(family, n_orders, n_nodes, FINE))
            part = partial(_share, say, done, len(cases))
            compared.append(compare(instance, FINE, size.model_seconds, size.model_names, size.times, part))
    rows = [row for each in compared for row in each.rows()]
    report.table(
        "the batch as one model, each to a gap of 0.005%", ("batch", "solver", "cost", "gap", "s", "of ours"), rows
    )
    last = compared[-1]
    against = f"HiGHS on the whole model, {last.name}"
    report.figure(SPEEDUP, last.speedup("HiGHS"), "x", f"{against}; reach >= 50")
    report.figure(EXCESS, last.excess("HiGHS"), "of the optimum", f"{against}; reach <= 0.00005")


def _share(say: Callable[[float], None], done: int, of: int, part: float) -> None:
    say((done + part) / of)


def _measure_size(
    size: tuple[int, int],
    gap: float,
    seconds: float,
    figures: tuple[str, str, str],
    report: Report,
    runs: dict[tuple[Family | None, int], Run],
) -> None:
    """Uniform for the figures, contended beside it."""
    with report.progress(f"{size[0]:,} orders x {size[1]:,} nodes") as say:
        for done, family in enumerate((UNIFORM, CONTENDED)):
            say(done / 2)
            runs[family, size[0]] = solve_apart(Job(family, *size, gap, seconds=seconds))
    both = [runs[UNIFORM, size[0]], runs[CONTENDED, size[0]]]
    report.table(f"{size[0]:,} orders x {size[1]:,} nodes, until a gap of {gap:.3%} is proven", HEAD, map(_row, both))
    name_gap, name_seconds, reach = figures
    report.figure(name_gap, both[0].gap, "of the cost", f"the proven bound, {both[0].name}; reach <= {gap}")
    report.figure(
        name_seconds, both[0].seconds, "s", f"{both[0].name}, to a gap of {both[0].gap:.4%}; reach <= {reach}"
    )


def _measure_growth(
    sizes: Sequence[tuple[int, int]], report: Report, runs: dict[tuple[Family | None, int], Run]
) -> None:
    """Time an order and memory by size, order by order exactly beside it."""
    rows = []
    with report.progress("growth") as say:
        for done, (n_orders, n_nodes) in enumerate(sizes):
            for part, family in enumerate((UNIFORM, CONTENDED)):
                say((done + part / 2) / len(sizes))
                gap = FINE if n_orders <= 10_000 else COARSE
                each = runs.get((family, n_orders)) or solve_apart(Job(family, n_orders, n_nodes, gap))
                runs[family, n_orders] = each
                rows.append(
                    (*_row(each), f"{each.seconds / n_orders * 1e3:.2f}", f"{each.instance_mb:,}", f"{each.peak_mb:,}")
                )
    report.table("growth", (*HEAD, "ms an order", "instance, MB", "peak, MB"), rows)


def _measure_variants(size: tuple[int, int], report: Report) -> None:
    """Stock, capacity and lines of an order, one at a time, from the uniform family on."""
    stocks = [replace(UNIFORM, name=f"demand {used:.0%} of stock", used=used, spare=0) for used in USED]
    rooms = [replace(UNIFORM, name=f"room {room} x orders / nodes", room=room) for room in ROOMS]
    wide = [_with_lines(name, lines) for name, lines in LINES.items()]
    for title, families in (("stock", stocks), ("capacity", rooms), ("lines of an order", wide)):
        rows = []
        with report.progress(f"by {title}") as say:
            for done, family in enumerate(families):
                say(done / len(families))
                each = solve_apart(Job(family, *size, FINE, beside=("exact",)))
                saved = 1 - each.cost / each.beside["exact"].cost
                rows.append((*_row(each), f"{saved:.1%}"))
        report.table(f"by {title}, from the uniform family on", (*HEAD, "saved against order by order"), rows)


def _with_lines(name: str, lines: tuple[float, ...]) -> Family:
    """Room and the price of an unfilled order go with the lines of an order."""
    wider = float(np.dot(range(1, len(lines) + 1), lines) / np.dot(range(1, 6), UNIFORM.lines))
    return replace(
        UNIFORM, name=name, lines=lines, room=UNIFORM.room * wider, unfilled=round(UNIFORM.unfilled * wider, 2)
    )


def _measure_beside(size: Size, report: Report) -> None:
    """Joint beside order by order, exactly and by every rule."""
    rows: list[Sequence[object]] = []
    jobs = [Job(family, *size.middle, FINE, beside=("exact", *RULES)) for family in (UNIFORM, CONTENDED)]
    jobs.append(Job(None, size.two_tier, 50, FINE, beside=("exact", *RULES)))
    with report.progress("order by order") as say:
        for done, job in enumerate(jobs):
            say(done / len(jobs))
            each = solve_apart(job)
            rows.append((each.name, "jointly", f"{each.cost:,.0f}", "", each.splits, each.unfilled))
            for name, other in each.beside.items():
                more = f"{other.cost / each.cost - 1:+.1%}"
                rows.append((each.name, name, f"{other.cost:,.0f}", more, other.splits, other.unfilled))
    report.table("order by order", ("batch", "policy", "cost", "more", "splits", "orders unfilled"), rows)


def _row(run: Run) -> Sequence[object]:
    return (
        run.name,
        f"{run.cost:,.1f}",
        f"{run.bound:,.1f}",
        f"{run.gap:.4%}",
        f"{run.seconds:.1f}",
        run.sweeps,
        f"{run.columns:,}",
        f"{run.unfilled:,}",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry of ``python -m benchmarks.batch``."""
    assert __doc__ is not None
    run("benchmarks.batch", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
