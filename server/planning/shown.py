"""The figures of a study that are shown beside each other, wherever they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.simulation.comparison import Compared, Estimate
from engine.simulation.pareto import AIMS, Point


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: its key in ``Compared``, what it is called, and how it and a difference of it are written."""

    key: str
    words: str
    form: str
    form_of_difference: str

    def mean(self, each: Compared) -> str:
        return self.form.format(each.figures[self.key].mean)

    def difference(self, each: Compared, replications: int) -> str:
        """With the half width of its interval, where there is one."""
        found: Estimate = each.differences[self.key]
        form = self.form_of_difference
        width = f" ±{form.format(found.half_width).lstrip('+')}" if replications > 1 else ""
        return form.format(found.mean) + width


SHOWN = (
    Shown("cost_per_order", "an order", "{:.2f}", "{:+.3f}"),
    Shown("shipments_per_order", "shipments", "{:.3f}", "{:+.4f}"),
    Shown("in_one_box", "in one box", "{:.1%}", "{:+.2%}"),
    Shown("on_time", "on time", "{:.1%}", "{:+.2%}"),
    Shown("units_left_out", "left out", "{:,.0f}", "{:+,.0f}"),
    Shown("carbon_kg", "kg CO2", "{:,.0f}", "{:+,.0f}"),
    Shown("busiest_day", "fullest day", "{:.0%}", "{:+.1%}"),
    Shown("rejects", "rejects", "{:,.0f}", "{:+,.0f}"),
)
"""The first that fit are shown in a terminal."""

PROVEN = (
    Shown("cost", "paid", "{:,.2f}", "{:+,.2f}"),
    Shown("hindsight", "proven bound", "{:,.2f}", "{:+,.2f}"),
    Shown("regret", "regret at most", "{:.2%}", "{:+.2%}"),
)
"""Where a bound in hindsight was asked for."""


def columns_of(shown: Sequence[Shown]) -> tuple[str, ...]:
    """A table's, the scenario first."""
    return ("scenario", *(f">{one.words}" for one in shown))


def means(compared: Sequence[Compared], shown: Sequence[Shown]) -> list[tuple[str, ...]]:
    """A row for each scenario."""
    return [(each.scenario, *(one.mean(each) for one in shown)) for each in compared]


def differences(compared: Sequence[Compared], shown: Sequence[Shown], replications: int) -> list[tuple[str, ...]]:
    """A row for each scenario but the first."""
    return [(each.scenario, *(one.difference(each, replications) for one in shown)) for each in compared[1:]]


AIM_WORDS = ("paid an order", "shipments", "days late", "kg CO2")
"""What a point of the Pareto front is judged by, in the order of ``engine.simulation.pareto.AIMS``."""

_AIM_FORMS = ("{:.3f}", "{:.4f}", "{:.4f}", "{:.4f}")


def aim(point: Point, replications: int) -> tuple[str, ...]:
    """Each aim of a point, with the half width of its interval where there is one."""
    return tuple(
        form.format(found.mean) + (f" ±{form.format(found.half_width)}" if replications > 1 else "")
        for form, found in zip(_AIM_FORMS, (point.aims[name] for name in AIMS), strict=True)
    )
