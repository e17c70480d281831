"""Answering a report: DuckDB over the tables of an export, in memory; nothing is written and nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from engine.errors import FieldFault, InvalidInput, NotFound
from engine.network.checks import require
from engine.reporting.questions import QUESTIONS, Question
from engine.reporting.tables import SCHEMAS
from engine.reporting.views import VIEWS

FOREVER = 1 << 40
"""An instant after every other, UTC seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One report's rows. ``rows`` have a value for each of ``columns``; None is "nothing to reckon it from"."""

    question: Question
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def answer(name: str, directory: Path, from_time: int = 0, to_time: int = FOREVER) -> Answer:
    """Answer the report ``name`` over the Parquet files of ``directory``, for what happened in [from_time, to_time).

    Raises
    ------
    NotFound
        There is no such report.
    InvalidInput
        A table is not there, or the period is none.
    """
    try:
        question = QUESTIONS[name]
    except KeyError:
        raise NotFound("report", name) from None
    require(0 <= from_time < to_time <= FOREVER, "to", to_time, f"an instant after {from_time}")
    with duckdb.connect(
        ":memory:", config={"enable_external_access": True, "autoload_known_extensions": False}
    ) as engine:
        for table in SCHEMAS:
            file = directory / f"{table}.parquet"
            if not file.is_file():
                raise InvalidInput(FieldFault("directory", str(directory), f"an export, which has {file.name}"))
            quoted = str(file).replace("'", "''")
            engine.execute(f"create view {table} as select * from read_parquet('{quoted}')")
        # A view can't have parameters; these are integers, checked above.
        engine.execute(_bound(VIEWS, from_time, to_time))
        found = engine.execute(_bound(question.sql, from_time, to_time))
        columns = tuple(column[0] for column in found.description or ())
        return Answer(question, columns, tuple(found.fetchall()))


def _bound(sql: str, from_time: int, to_time: int) -> str:
    return sql.replace("$from", str(int(from_time))).replace("$to", str(int(to_time)))
