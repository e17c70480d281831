"""``onebox report``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.calls import AsJson

if TYPE_CHECKING:
    from engine.reporting.answer import Answer
    from engine.reporting.questions import Question

_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def report(
    name: Annotated[str, typer.Argument(help="Which report; without one, all are listed.")] = "",
    data: Annotated[Path, typer.Option(file_okay=False, help="The directory of an `onebox export`.")] = Path("export"),
    from_time: Annotated[datetime | None, typer.Option("--from", formats=_DAYS, help="The first day, UTC.")] = None,
    to_time: Annotated[
        datetime | None, typer.Option("--to", formats=_DAYS, help="The day after the last, UTC.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    chart: Annotated[Path | None, typer.Option(dir_okay=False, help="Draw it: a .html or .svg file.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows shown of a table, the first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Answer one question about what was decided and what became of it, from exported tables."""
    from engine.network.checks import require
    from engine.reporting.answer import FOREVER, answer
    from engine.reporting.questions import QUESTIONS
    from server.cli.output import print_json, print_table

    require(not (csv and as_json), "csv", csv, "either --csv or --json")
    drawn = chart is None or chart.suffix in (".html", ".svg")
    require(drawn, "chart", chart, "a file that ends in .html or .svg")
    if not name:
        print_table("reports", ("name", "title"), [(one.name, one.title) for one in QUESTIONS.values()])
        return
    found = answer(name, data, _instant(from_time, 0), _instant(to_time, FOREVER))
    if as_json:
        for row in found.rows:
            print_json(dict(zip(found.columns, row, strict=True)))
    elif csv:
        _print_csv(found)
    else:
        _print(found, limit)
    if chart is not None:
        from server.cli.report_chart import draw

        draw(found, chart)
        print(f"drawn: {chart}", file=sys.stderr)


def _instant(given: datetime | None, otherwise: int) -> int:
    return otherwise if given is None else int(given.replace(tzinfo=UTC).timestamp())


def _print_csv(found: Answer) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows(["" if value is None else value for value in row] for row in found.rows)


def _print(found: Answer, limit: int) -> None:
    from server.cli.output import print_table

    numeric = [all(isinstance(row[n], int | float | None) for row in found.rows) for n in range(len(found.columns))]
    columns = [
        f"{'>' if right else ''}{column.replace('_', ' ')}"
        for column, right in zip(found.columns, numeric, strict=True)
    ]
    rows = [
        [shown(found.question, column, value) for column, value in zip(found.columns, row, strict=True)]
        for row in found.rows[:limit]
    ]
    left = len(found.rows) - len(rows)
    more = f", the first {len(rows)} of {len(found.rows)} rows" if left else ""
    print_table(f"{found.question.title}{more}", columns, rows)


def shown(question: Question, column: str, value: Any) -> str:
    """A value for people: shares as per cent, amounts to the cent."""
    if value is None:
        return "–"
    if column in question.shares:
        return f"{value:.1%}"
    if column in question.amounts:
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
