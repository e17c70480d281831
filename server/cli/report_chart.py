"""A report as a picture: one file that asks nothing of any network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from engine.reporting.answer import Answer
from engine.reporting.questions import Mark

_INK = "#1c1c1a"
_BLUE = "#2f6db3"


def draw(found: Answer, path: Path) -> None:
    """Draw it to ``path``: SVG, or HTML with everything in it."""
    picture = chart_of(found)
    if path.suffix == ".svg":
        picture.save(str(path), format="svg")
    else:
        picture.save(str(path), format="html", inline=True)


def chart_of(found: Answer) -> Any:
    """The chart that the report asks for, of its first rows."""
    question, spec = found.question, found.question.chart
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    keys = list(dict.fromkeys(row[spec.x] for row in rows))[: spec.most]
    shown = [row for row in rows if row[spec.x] in keys and row[spec.y] is not None]
    frame = (
        pl.DataFrame(shown, infer_schema_length=None) if shown else pl.DataFrame({name: [] for name in found.columns})
    )
    form = "%" if spec.y in question.shares else ",.2~f"
    y_title, x_title = spec.y.replace("_", " "), spec.x.replace("_", " ")
    tips = [alt.Tooltip(f"{column}:N", title=column.replace("_", " ")) for column in found.columns]
    base = alt.Chart(frame, title=question.title)
    if spec.mark is Mark.LINE:
        base = base.mark_line(point=alt.OverlayMarkDef(size=28), color=_BLUE)
        x = alt.X(f"{spec.x}:T", title=None, axis=alt.Axis(format="%d %b", grid=False))
        y = alt.Y(f"{spec.y}:Q", title=y_title, axis=alt.Axis(format=form), scale=alt.Scale(zero=False))
        encoded = base.encode(x=x, y=y, tooltip=tips).properties(width=720, height=300)
    else:
        base = base.mark_bar(color=_BLUE)
        x = alt.X(f"{spec.y}:Q", title=y_title, axis=alt.Axis(format=form))
        y = alt.Y(f"{spec.x}:N", title=x_title, sort=keys, axis=alt.Axis(labelLimit=240))
        encoded = base.encode(x=x, y=y, tooltip=tips).properties(width=640, height=alt.Step(18))
    several = spec.colour and len({row[spec.colour] for row in shown}) > 1
    if several:
        encoded = encoded.encode(color=alt.Color(f"{spec.colour}:N", title=spec.colour.replace("_", " ")))
        if spec.mark is Mark.BAR:
            encoded = encoded.encode(yOffset=alt.YOffset(f"{spec.colour}:N")).properties(height=alt.Step(9))
    return (
        encoded.configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK, titleColor=_INK, domain=False, ticks=False, gridColor="#e6e6e2", labelFontSize=11
        )
        .configure_title(anchor="start", fontSize=16, color=_INK, offset=14)
    )
