"""The page of a study: scenarios beside their base, in one file that asks nothing of any network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from engine.network.components import NOT_PAID, Component
from engine.network.network import Network
from engine.routing.order import Order
from engine.simulation.comparison import Compared
from engine.simulation.outcome import Figures
from engine.simulation.study import Run
from server.demo.charts import class_of, draw_bars
from server.demo.page_tables import table
from server.demo.report import GROUPS
from server.planning.page_orders import moved, stories, striking
from server.planning.page_scenario import scenario_section
from server.planning.shown import SHOWN, columns_of, differences, means


@dataclass(frozen=True, slots=True)
class Study:
    """What a study found. ``networks`` and ``runs``: by scenario, of the runs the first replication's, with their records."""

    networks: Sequence[Network]
    orders: Sequence[Order]
    compared: Sequence[Compared]
    runs: Sequence[Run]
    replications: int


def write_study(study: Study, path: Path) -> None:
    """Write it whole."""
    path.write_text(study_page(study), encoding="utf-8")


def study_page(study: Study) -> str:
    """The page's text."""
    base, others = study.compared[0], study.compared[1:]
    currency = study.networks[0].policy.currency
    n = base.figures["orders"].mean
    headline = (
        f"{len(others)} scenarios beside the base"
        if len(others) != 1
        else f"“{escape(others[0].scenario)}” beside the base"
    )
    runs, first = study.runs, study.runs[0]
    return Template(_text("server.planning", "page.html")).substitute(
        style=_text("server.demo", "page.css") + _text("server.planning", "page.css"),
        script=_text("server.demo", "page.js") + _text("server.planning", "page.js"),
        network=escape(study.networks[0].name),
        headline=headline,
        lead=f"About {n:,.0f} orders of network “{escape(study.networks[0].name)}”, replayed through the engine "
        f"{_times(study.replications)} under each scenario, with the same luck for all.",
        figures=_best(study),
        bars=draw_bars([_as_figures(each) for each in study.compared], currency),
        groups="".join(
            f'<span style="--c:var(--{class_of(name)})"><i></i>{name}</span>'
            for name in GROUPS
            if any(_group(each, name) for each in study.compared)
        ),
        means=_means(study),
        differences=_differences(study),
        scenarios="".join(
            scenario_section(run, first, network, study.orders, at)
            for at, (run, network) in enumerate(zip(runs, study.networks, strict=True))
        ),
        orders=striking(first) + "".join(moved(first, run) for run in runs[1:]),
        stories=stories(runs, study.networks, study.orders),
        footer="Made by <code>onebox simulate</code>.",
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _text(room: str, name: str) -> str:
    return files(room).joinpath(name).read_text(encoding="utf-8")


def _amounts(each: Compared) -> dict[Component, float]:
    """What is paid of an order, by part; the mean over replications."""
    return {part: each.figures[f"{part.value.lower()}_per_order"].mean for part in Component if part not in NOT_PAID}


def _group(each: Compared, name: str) -> float:
    """Of one group of costs, per order."""
    amounts = _amounts(each)
    return sum(amounts.get(part, 0.0) for part in GROUPS[name])


def _as_figures(each: Compared) -> Figures:
    """The means as the bars take them, in micros of one order."""
    parts = tuple((part, round(1e6 * amount)) for part, amount in _amounts(each).items() if amount)
    return Figures(each.scenario, 1, sum(amount for _, amount in parts), parts, 0, 0, 0, 0, 0)


def _best(study: Study) -> str:
    currency = study.networks[0].policy.currency
    found = []
    for each in study.compared[1:5]:
        found.append(
            (f"{each.differences['cost_per_order'].mean:+.2f}", f"{currency} an order: {escape(each.scenario)}")
        )
    found.insert(0, (f"{study.compared[0].figures['cost_per_order'].mean:.2f}", f"{currency} an order: base"))
    return "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>" for value, what in found)


def _means(study: Study) -> str:
    return table("Means over the replications", columns_of(SHOWN), means(study.compared, SHOWN), best=0)


def _differences(study: Study) -> str:
    rows = differences(study.compared, SHOWN, study.replications)
    if not rows:
        return ""
    told = "Less the base, replication by replication"
    told += (
        ", with 95% intervals of the mean difference" if study.replications > 1 else "; one replication has no interval"
    )
    return table(told, columns_of(SHOWN), rows)
