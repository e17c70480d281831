"""Looking ahead on whole networks: ``python -m benchmarks.horizon_networks``.

The demo network, and the real input where it lies. The first half of the orders is the past: decided myopically, it leaves the
stock that the second half meets, and prices are fitted to it (``engine.pricing.fitting``), moved on by whole weeks. The second
half is the future, drawn again for each seed: each of its orders comes a Poisson number of times. Every policy is replayed
through the production router on the same future; paid is money alone. Hindsight is proven on it (``engine.pricing.hindsight``).

**published_vs_myopic_us**: cost with published prices over exact myopic's, mean over seeds. **wrong_forecast_vs_myopic_us**: the
worst mean of prices fitted to a past of twice or half as many orders, dealt to other destinations, or empty (moving from zero).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from msgspec.structs import replace as amended

from benchmarks.figures import Options, Report, run
from benchmarks.rules import Source, sources
from engine.network.breadth import breadth_prices
from engine.network.network import StockRow
from engine.network.prices import BidPrices
from engine.pricing.fitting import Fitting, expected_of, fit
from engine.pricing.hindsight import hindsight
from engine.routing.order import Order
from engine.routing.planner import RULES
from engine.simulation.chance import Chance
from engine.simulation.luck import NOTHING_GOES_WRONG
from engine.simulation.outcome import figures_of, outcome_of
from engine.simulation.replay import Replay

PUBLISHED, WRONG = "published_vs_myopic_us", "wrong_forecast_vs_myopic_us"
FIGURES = (PUBLISHED, WRONG)
SEEDS, QUICK_SEEDS, QUICK_ORDERS = 20, 2, 200
BREADTH_MICROS = 3_000_000
STEP_CENTS = 5
_DAY_S = 86_400
WRONGS = ("twice", "half", "other places", "none, moving")


@dataclass(frozen=True, slots=True)
class Halves:
    """Past and future of one source, with the stock between them."""

    source: Source
    past: tuple[Order, ...]
    future: tuple[Order, ...]
    stock: tuple[StockRow, ...]
    fitting: Fitting


def halves(source: Source) -> Halves:
    """Split at the middle of its days."""
    orders = source.orders
    first, last = orders[0].order_time, orders[-1].order_time
    middle = first + (last - first) // (2 * _DAY_S) * _DAY_S if last - first > 2 * _DAY_S else (first + last) // 2
    past = tuple(order for order in orders if order.order_time < middle)
    future = tuple(order for order in orders if order.order_time >= middle)
    replay = Replay(source.network, source.stock, past, chance=Chance(0, 0), luck=NOTHING_GOES_WRONG)
    replay.run()
    stock = tuple(
        StockRow(cell.node_id, cell.sku, cell.on_hand - cell.reserved, cell.protected, cell.safety_stock)
        for cell in replay.cells
        if cell.on_hand > cell.reserved
    )
    return Halves(source, past, future, stock, Fitting(middle, max(1, -(-(last - middle) // _DAY_S))))


def prices_of(split: Halves, past: Sequence[Order], share: float = 1.0) -> BidPrices:
    """Fitted to a past of which each order counts ``share`` times."""
    expected = [replace(each, times=each.times * share) for each in expected_of(past, split.fitting)]
    return fit(split.source.network, split.stock, expected, split.fitting).prices


def elsewhere(orders: Sequence[Order], rng: np.random.Generator) -> list[Order]:
    """The same orders, their destinations dealt out anew among those that ship."""
    at = [x for x, order in enumerate(orders) if order.destination is not None and order.pickup is None]
    dealt = list(orders)
    for x, y in zip(at, rng.permutation(at).tolist(), strict=True):
        dealt[x] = amended(orders[x], destination=orders[y].destination)
    return dealt


def moving_from_zero(split: Halves) -> BidPrices:
    """No forecast: prices that only the use of the stock makes."""
    units = {(row.sku, row.node_id): row.on_hand for row in split.stock}
    fitting = split.fitting
    return BidPrices(1, {}, {}, units, STEP_CENTS * 10_000, fitting.valid_from, fitting.valid_until)


def policies(split: Halves) -> dict[str, tuple[str, BidPrices | None]]:
    """Solver and prices of each."""
    right = prices_of(split, split.past)
    units = {(row.sku, row.node_id): row.on_hand for row in split.stock}
    moving = replace(right, stock=units, step=STEP_CENTS * 10_000)
    found: dict[str, tuple[str, BidPrices | None]] = {
        "exact myopic": ("auto", None),
        "published prices": ("auto", right),
        "published prices, moving": ("auto", moving),
        "breadth prices": ("auto", breadth_prices(split.source.network, split.stock, BREADTH_MICROS)),
        **{f"rule {rule}": (rule, None) for rule in RULES},
        "twice": ("auto", prices_of(split, split.past, 2.0)),
        "half": ("auto", prices_of(split, split.past, 0.5)),
        "other places": ("auto", prices_of(split, elsewhere(split.past, np.random.default_rng(1)))),
        "none, moving": ("auto", moving_from_zero(split)),
    }
    return found


def futures(split: Halves, seeds: int) -> Iterator[list[Order]]:
    """Each order so often as a Poisson draw says."""
    for seed in range(seeds):
        chance = Chance(seed, 0)
        yield [
            amended(order, order_id=f"{order.order_id}#{n}")
            for order in split.future
            for n in range(chance.poisson(1.0, order.order_id))
        ]


def paid(split: Halves, orders: Sequence[Order], solver: str, prices: BidPrices | None) -> float:
    """In units of the currency."""
    network = split.source.network
    chance, luck = Chance(0, 0), NOTHING_GOES_WRONG
    replay = Replay(network, split.stock, orders, chance=chance, luck=luck, prices=prices, solver=solver)
    replay.run()
    backorder = network.policy.backorder_cost_per_unit
    return figures_of("", [outcome_of(fate.route, backorder) for fate in replay.fates]).cost_micros / 1e6


def measure(options: Options, report: Report) -> None:
    seeds = QUICK_SEEDS if options.quick else SEEDS
    for source in sources(replace(options, quick=False)):
        _measure_source(_thinned(source) if options.quick else source, seeds, report)
        if options.json or options.quick:
            break  # the figures are of the first


def _thinned(source: Source) -> Source:
    """Few orders from all of its days."""
    return replace(source, orders=source.orders[:: max(1, len(source.orders) // QUICK_ORDERS)])


def _measure_source(source: Source, seeds: int, report: Report) -> None:
    with report.progress(source.name) as say:
        split = halves(source)
        chosen = policies(split)
        costs: dict[str, list[float]] = {name: [] for name in chosen}
        bounds: list[float] = []
        for seed, orders in enumerate(futures(split, seeds)):
            bounds.append(hindsight(source.network, split.stock, orders).bound / 1e6)
            for number, (name, (solver, prices)) in enumerate(chosen.items()):
                costs[name].append(paid(split, orders, solver, prices))
                say((seed + (number + 1) / len(chosen)) / seeds)
    myopic = np.array(costs["exact myopic"])
    ratios = {name: np.array(found) / myopic for name, found in costs.items()}
    rows = [
        (name, _interval(ratio), f"{ratio.max():.4f}", _interval(np.array(costs[name]) / np.array(bounds)))
        for name, ratio in ratios.items()
    ]
    rows.append(("hindsight bound", _interval(np.array(bounds) / myopic), "", "1.0000"))
    title = f"{source.name}: {len(split.past):,} orders past, {len(split.future):,} to come, {seeds} seeds"
    report.table(title, ("policy, or what was wrong with its past", "of myopic", "worst seed", "of hindsight"), rows)
    if source.name == "us":
        report.figure(PUBLISHED, float(ratios["published prices"].mean()), "x", "exact myopic; reach < 1")
        worst = max(float(ratios[name].mean()) for name in WRONGS)
        report.figure(WRONG, worst, "x", "exact myopic; reach <= 1.02")


def _interval(ratio: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Mean over seeds and half its 95% interval."""
    spread = ratio.std(ddof=1) if len(ratio) > 1 else 0.0
    return f"{ratio.mean():.4f} +-{1.96 * spread / len(ratio) ** 0.5:.4f}"


def main(arguments: Sequence[str] | None = None) -> None:
    assert __doc__ is not None
    run("benchmarks.horizon_networks", __doc__.partition("\n")[0], FIGURES, measure, arguments)


if __name__ == "__main__":
    main()
