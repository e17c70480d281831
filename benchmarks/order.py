"""One order in process: ``python -m benchmarks.order``.

The instance: ``benchmarks.instances``, N nodes x 3 parcel services (USPS's published prices), orders of L different SKUs to
places all over the country. Every node's way to a place and every day's calendar are known from a first pass, as in a server
that has been up for a while. Every order that is measured is new.

**order_us_1000_nodes**: the median time of one order at 1,000 nodes, candidates and dates included: the order checked against
the network, its options found (stock, services, zones, departures, arrivals, promise), its sets of lines packed and priced,
solved exactly. Median over L = 1..5, each the median of its orders. The whole ``Planner.decide`` (which also writes the plan
down as shipments and packages, and verifies it by a second reckoning of every cost) stands beside it in the table.

**order_speedup_vs_best_model**: the same order as one model in CP-SAT, HiGHS and SCIP (``benchmarks.order_models``, one thread,
no gap), building included, beside the subset programme. Both start from the same arrays with every option in them: candidates,
dates and prices are given to both. Both must come to the same cost, to the micro. The figure is the median over L = 1..5 of
(median of the fastest of the three at that L) / (median of ours). In the table beside it: the same models against our whole
path from the order on, with candidates, dates and prices paid for by us alone.

**order_time_ratio_10000_nodes**: the time of the first figure at 10,000 nodes over that at 1,000; both sides take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns

from msgspec.structs import replace

from benchmarks.figures import Options, Report, run
from benchmarks.instances import NOW, draw_orders, parcel_network, places_of, snapshot
from benchmarks.order_models import MODELS
from engine.routing.order import Destination, Order
from engine.routing.planner import Planner
from engine.routing.stock import Snapshot
from solvers import order as order_solver
from solvers.problem import OrderProblem, Plan

TIME, SPEEDUP, RATIO = "order_us_1000_nodes", "order_speedup_vs_best_model", "order_time_ratio_10000_nodes"
FIGURES = (TIME, SPEEDUP, RATIO)
LINES = (1, 2, 3, 4, 5)
_REPEATS = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    nodes: tuple[int, ...]
    lines: tuple[int, ...]
    orders: int
    model_orders: int
    rounds: int


WHOLE = Size((100, 1_000, 10_000), (*LINES, 10), 400, 8, 5)
QUICK = Size((1_000, 10_000), LINES, 100, 2, 3)


class Bench:
    """One network with its stock; every place of it was shipped to, and orders of every length were decided."""

    def __init__(self, n_nodes: int, lines: Sequence[int]) -> None:
        self.network = parcel_network(n_nodes)
        self.planner = Planner(self.network)
        self.stock: Snapshot = snapshot(self.network)
        self._drawn = 0
        for n in lines:
            for order in self.draw(n, 20):
                self.decide(order)
        [order] = self.draw(1, 1)
        for place in places_of(self.network):
            self.decide(replace(order, destination=Destination(place.country, place.postal_prefix + "01")))

    def draw(self, n_lines: int, count: int) -> list[Order]:
        """Orders that were not seen before."""
        self._drawn += 1
        return draw_orders(self.network, n_lines, count, seed=self._drawn)

    def problem(self, order: Order, *, pruned: bool = False) -> OrderProblem:
        """Valid until the next one. Not ``pruned`` it has every option."""
        sourcing = self.planner.sourcing
        return sourcing.source(sourcing.asking.ask(order), self.stock, NOW, pruned=pruned).problem

    def solve(self, order: Order) -> Plan:
        """One order, candidates and dates included."""
        return order_solver.solve(self.problem(order, pruned=True))

    def decide(self, order: Order) -> object:
        return self.planner.decide(order, self.stock, NOW)

    def stages(self, order: Order) -> tuple[int, int, int]:
        """Nanoseconds to ask, source and solve."""
        sourcing = self.planner.sourcing
        t0 = perf_counter_ns()
        ask = sourcing.asking.ask(order)
        t1 = perf_counter_ns()
        problem = sourcing.source(ask, self.stock, NOW, pruned=True).problem
        t2 = perf_counter_ns()
        order_solver.solve(problem)
        return t1 - t0, t2 - t1, perf_counter_ns() - t2


def micros(call: Callable[[Order], object], orders: Sequence[Order]) -> float:
    """The median microseconds of a call."""
    times = []
    for order in orders:
        started = perf_counter_ns()
        call(order)
        times.append(perf_counter_ns() - started)
    return median(times) / 1e3


def measure(options: Options, report: Report, size: Size | None = None) -> None:
    size = size or (QUICK if options.quick else WHOLE)
    benches: dict[int, Bench] = {}
    nodes = size.nodes if report.wants(RATIO) else tuple(n for n in size.nodes if n <= 1_000)
    with report.progress("networks") as say:
        for done, n in enumerate(nodes):
            say(done / len(nodes))
            benches[n] = Bench(n, size.lines)
    if report.wants(TIME, RATIO):
        _measure_time(benches, size, report)
    if report.wants(SPEEDUP):
        _measure_models(benches[1_000], size, report)


def _measure_time(benches: dict[int, Bench], size: Size, report: Report) -> None:
    solve: dict[tuple[int, int], list[float]] = {(n, x): [] for n in benches for x in size.lines}
    decide: dict[tuple[int, int], list[float]] = {key: [] for key in solve}
    stages: dict[tuple[int, int], list[tuple[int, int, int]]] = {key: [] for key in solve}
    with report.progress("one order") as say:
        for turn in range(size.rounds):
            for done, (n, n_lines) in enumerate(solve):
                say((turn + done / len(solve)) / size.rounds)
                bench = benches[n]
                solve[n, n_lines].append(micros(bench.solve, bench.draw(n_lines, size.orders)))
                decide[n, n_lines].append(micros(bench.decide, bench.draw(n_lines, size.orders)))
                stages[n, n_lines] += [bench.stages(order) for order in bench.draw(n_lines, size.orders)]
    rows = []
    for (n, n_lines), times in solve.items():
        parts = [f"{median(part) / 1e3:.1f}" for part in zip(*stages[n, n_lines], strict=True)]
        whole = f"{median(decide[n, n_lines]):.1f}"
        rows.append((f"{n:,}", n_lines, f"{median(times):.1f}", *parts, whole))
    head = ("nodes", "lines", "one order, us", "ask", "source", "solve", "decided and verified, us")
    report.table("one order: candidates and dates included, then its parts; medians", head, rows)

    def typical(n: int) -> float:
        return median(median(solve[n, n_lines]) for n_lines in LINES if n_lines in size.lines)

    report.figure(TIME, typical(1_000), "us", "reach <= 100")
    if 10_000 in benches:
        report.figure(RATIO, typical(10_000) / typical(1_000), "x", "1,000 nodes; reach <= 3")


def _measure_models(bench: Bench, size: Size, report: Report) -> None:
    ratios, rows = [], []
    lines = [n for n in LINES if n in size.lines]
    with report.progress("the same orders as one model") as say:
        for done, n_lines in enumerate(lines):
            orders = bench.draw(n_lines, size.model_orders)
            kernel: list[float] = []
            whole: list[float] = []
            models: dict[str, list[float]] = {name: [] for name in MODELS}
            for number, order in enumerate(orders):
                say((done + number / len(orders)) / len(lines))
                _measure_one(bench, order, kernel, whole, models)
            best = min(models, key=lambda name: median(models[name]))
            ratios.append(median(models[best]) / median(kernel))
            rows.append(
                (
                    n_lines,
                    *(f"{median(models[name]) / 1e3:,.1f}" for name in models),
                    f"{median(kernel):.1f}",
                    best,
                    f"{ratios[-1]:,.0f} x",
                    f"{median(whole):.1f}",
                    f"{median(models[best]) / median(whole):,.0f} x",
                )
            )
    head = ("lines", *(f"{name}, ms" for name in MODELS), "ours, us", "fastest", "of ours")
    title = "the same order as one model, 1,000 nodes: from the same arrays, then ours from the order on; equal cost each time"
    report.table(title, (*head, "from the order on, us", "of ours"), rows)
    report.figure(SPEEDUP, median(ratios), "x", "the fastest of CP-SAT, HiGHS and SCIP; reach >= 1,000")


def _measure_one(
    bench: Bench, order: Order, kernel: list[float], whole: list[float], models: dict[str, list[float]]
) -> None:
    """One order by every model, ours in between each time, often enough to be as warm as in a server; microseconds."""
    for name, solve in MODELS.items():
        whole += [micros(bench.solve, [order]) for _ in range(_REPEATS)]
        problem = bench.problem(order)
        started = perf_counter_ns()
        cost = solve(problem)
        models[name].append((perf_counter_ns() - started) / 1e3)
        for _ in range(_REPEATS):
            started = perf_counter_ns()
            plan = order_solver.solve(problem)
            kernel.append((perf_counter_ns() - started) / 1e3)
        if plan.certificate.objective != cost:
            raise AssertionError(f"{order.order_id}: {name} comes to {cost}, ours to {plan.certificate.objective}")


def main(arguments: Sequence[str] | None = None) -> None:
    assert __doc__ is not None
    run("benchmarks.order", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
