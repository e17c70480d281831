"""The same orders in the same sequence by the exact solver and by each rule: cost, shipments, on time.

Sources: the demo network ``us``; and, where the public data lie (ONEBOX_DATA, by default ../shared/data), the real input as it is
(wholesale, of its baskets those with at most ten lines, as the rules take no more) and cut to consumer size. Each is decided under
the policy's objective and, lines whole on both sides as the rules know no others, with shipments first, there also with bid
prices by breadth. Every decision uses up the stock and the room that the next one finds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figures import Options, Report, run
from engine.network import public_data
from engine.network.breadth import breadth_prices
from engine.network.components import Component
from engine.network.files import load_network, load_stock, read_units
from engine.network.network import Network, StockRow
from engine.network.policy import Divide, Objective
from engine.network.us import DIRECTORY
from engine.routing.order import Order
from engine.routing.order_files import read_orders
from engine.routing.planner import RULES
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.simulation.outcome import Figures, figures_of
from engine.simulation.replay import Fate, undisturbed
from tests.network.public_files import DATA

FIGURES = (
    "cost_vs_best_rule_us",
    "cost_vs_best_rule_consumer",
    "cost_vs_best_rule_wholesale",
    "shipments_vs_fewest_splits_us",
    "cost_vs_fewest_splits_us",
    "shipments_vs_fewest_splits_consumer",
    "cost_vs_fewest_splits_consumer",
    "shipments_vs_fewest_splits_wholesale",
    "cost_vs_fewest_splits_wholesale",
)
PRICED = "auto, priced by breadth"
BREADTH_MICROS = 10_000_000
"""About what one more shipment costs."""
HEAD = ("policy", "cost/order", "shipments/order", "in one box", "on time", "units left out")


@dataclass(frozen=True, slots=True)
class Source:
    """One network with its opening stock and its orders by time."""

    name: str
    network: Network
    stock: tuple[StockRow, ...]
    orders: tuple[Order, ...]


def sources(options: Options) -> Iterator[Source]:
    """The demo network, then the real input where it lies."""
    yield read_source("us", DIRECTORY, 400 if options.quick else 30_000)
    missing = public_data.missing_files(DATA)
    if missing:
        if not options.json:
            print(f"real input skipped: {missing[0]} is not in ONEBOX_DATA ({DATA})")
        return
    with tempfile.TemporaryDirectory() as directory:
        for basket in ("consumer", "wholesale"):
            out = Path(directory) / basket
            public_data.import_public(DATA, out, basket)
            yield read_source(basket, out, 100 if options.quick else 20_000)


def read_source(name: str, directory: Path, most: int) -> Source:
    """The first ``most`` orders that the rules can take too."""
    network = load_network(directory)
    orders = read_orders(directory / "orders.csv", read_units(directory).metres)
    small = sorted((o for o in orders if len(o.lines) <= MAX_TABULATED_LINES), key=lambda order: order.order_time)
    return Source(name, network, load_stock(directory, network), tuple(small[:most]))


def compare(
    source: Source, objective: Objective, divide: Divide, solvers: Sequence[str], report: Report
) -> dict[str, Figures]:
    """Each solver's figures over all the orders; what bid prices add is no cost and left out of them."""
    policy = replace(source.network.policy, objective=objective, divide=divide)
    network = replace(source.network, policy=policy)
    found = {}
    for solver in solvers:
        with report.progress(f"{source.name}, {objective.value.lower()} first, {solver}") as say:
            found[solver] = _replayed(replace(source, network=network), solver, say)
    return found


def _replayed(source: Source, solver: str, say: Callable[[float], None]) -> Figures:
    done = 0

    def decided(fate: Fate) -> None:
        nonlocal done
        done += 1
        if done % 500 == 0:
            say(done / len(source.orders))

    prices = breadth_prices(source.network, source.stock, BREADTH_MICROS) if solver == PRICED else None
    name = "auto" if solver == PRICED else solver
    figures = figures_of(solver, undisturbed(source.network, source.stock, source.orders, name, decided, prices))
    parts = dict(figures.parts)
    return replace(
        figures, cost_micros=figures.cost_micros - parts.pop(Component.BID_PRICE, 0), parts=tuple(parts.items())
    )


def rows(found: dict[str, Figures]) -> Iterator[Sequence[object]]:
    for solver, each in found.items():
        yield (
            solver,
            f"{each.cost_per_order:.3f}",
            f"{each.shipments / each.orders:.4f}",
            f"{each.in_one_box / each.orders:.1%}",
            f"{each.on_time / each.orders:.1%}",
            each.units_left_out,
        )


def measure(options: Options, report: Report) -> None:
    for source in sources(options):
        orders = f"{len(source.orders):,} orders"
        if report.wants(f"cost_vs_best_rule_{source.name}"):
            found = compare(source, Objective.COST, source.network.policy.divide, ("auto", *RULES), report)
            report.table(f"{source.name}, least cost, {orders}", HEAD, rows(found))
            best = min(found[rule].cost_micros for rule in RULES)
            ratio = found["auto"].cost_micros / best
            report.figure(f"cost_vs_best_rule_{source.name}", ratio, "x", "below 1: the cheapest rule")
        if report.wants(f"shipments_vs_fewest_splits_{source.name}", f"cost_vs_fewest_splits_{source.name}"):
            found = compare(source, Objective.SHIPMENTS, Divide.NEVER, ("auto", PRICED, "fewest_splits"), report)
            report.table(f"{source.name}, fewest shipments first, lines whole, {orders}", HEAD, rows(found))
            ours, rule = found[PRICED], found["fewest_splits"]
            against = "at most 1: the rule fewest_splits"
            report.figure(f"shipments_vs_fewest_splits_{source.name}", ours.shipments / rule.shipments, "x", against)
            against = "below 1: the rule fewest_splits"
            report.figure(f"cost_vs_fewest_splits_{source.name}", ours.cost_micros / rule.cost_micros, "x", against)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry of ``python -m benchmarks.rules``."""
    run("benchmarks.rules", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
