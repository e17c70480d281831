"""Progress bars, on stderr, for a terminal alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """Called with how much more is done, and with another title where there is more to say."""

    def __call__(self, done: float, title: str | None = None) -> None: ...


@contextmanager
def progress(title: str, total: float) -> Iterator[Advance]:
    """A bar; call what it gives."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        bar = bars.add_task(title, total=total)

        def advance(done: float, title: str | None = None) -> None:
            bars.update(bar, advance=done, description=title)

        yield advance
