"""The page of a Pareto front, in one file that asks nothing of any network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from engine.network.network import Network
from engine.simulation.pareto import AIMS, Point
from server.demo.page_tables import table
from server.planning.charts import draw_front
from server.planning.shown import AIM_WORDS, aim


def write_pareto(points: Sequence[Point], network: Network, orders: int, replications: int, path: Path) -> None:
    """``points``: the policy as it is first."""
    currency, present = network.policy.currency, points[0]
    on_front = [point for point in points if point.beaten_by is None]
    if present.beaten_by is None:
        told = "The policy as it is lies on the front."
    else:
        told = f"The policy as it is does not lie on the front: it is beaten by “{escape(present.beaten_by)}”."
    page = Template(_text("server.planning", "pareto.html")).substitute(
        style=_text("server.demo", "page.css") + _text("server.planning", "page.css"),
        network=escape(network.name),
        headline=f"{len(on_front)} of {len(points)} policies are worth choosing from",
        lead=f"{orders:,} orders of network “{escape(network.name)}”, replayed through the engine "
        f"{'once' if replications == 1 else f'{replications:,} times'} under each combination of weights, with the same luck "
        "for all.",
        charts="".join(_chart(points, axis, currency) for axis in range(1, len(AIMS))),
        present=f"<p>{told}</p>",
        table=_table(points, currency, replications),
    )
    path.write_text(page, encoding="utf-8")


def _chart(points: Sequence[Point], axis: int, currency: str) -> str:
    words = f"{AIM_WORDS[0]}, {currency}", f"{AIM_WORDS[axis]} an order"
    dots = [
        (
            point.aims[AIMS[0]].mean,
            point.aims[AIMS[axis]].mean,
            "beaten" if point.beaten_by else "point",
            f"{point.name}: {point.aims[AIMS[0]].mean:.3f}, {point.aims[AIMS[axis]].mean:.4f}",
        )
        for point in points
    ]
    dots.append((dots[0][0], dots[0][1], "present", f"the policy as it is: {dots[0][0]:.3f}, {dots[0][1]:.4f}"))
    title = f"{words[1]} against {words[0]}"
    return f'<div class="wide">{draw_front(f"front-{axis}", title, words, dots)}</div>'


def _table(points: Sequence[Point], currency: str, replications: int) -> str:
    shown = [point for point in points if point.beaten_by is None or point is points[0]]
    rows = [
        (point.name, *(f"{weight / 1e6:g}" for weight in point.weights), *aim(point, replications)) for point in shown
    ]
    columns = ("policy", ">split", ">late a day", ">carbon a kg", *(f">{words}" for words in AIM_WORDS))
    interval = ", with 95% intervals" if replications > 1 else ""
    return table(f"Weights and what is paid in {currency}; per order{interval}", columns, rows, best=0)


def _text(room: str, name: str) -> str:
    return files(room).joinpath(name).read_text(encoding="utf-8")
