"""What every benchmark shares: its command line, its figures, and how they are printed.

A figure is one number of the design with the name the design gives it. With ``--json`` each is a line
``{"figure": name, "value": x, "unit": u, "against": y}``; without it they stand in a table, after the tables they come from.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``against`` says what it is to reach, and what it was measured against."""

    figure: str
    value: float
    unit: str
    against: str


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for. ``figures``: the names that are wanted, in the benchmark's order."""

    figures: tuple[str, ...]
    quick: bool
    json: bool


class Report:
    """Takes figures, tables and progress, and prints them as was asked."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._figures: list[Figure] = []

    def wants(self, *names: str) -> bool:
        """Is any of these figures asked for?"""
        return any(name in self._options.figures for name in names)

    def figure(self, name: str, value: float, unit: str, against: str) -> None:
        if not self.wants(name):
            return
        figure = Figure(name, float(f"{value:.6g}"), unit, against)
        self._figures.append(figure)
        if self._options.json:
            print(json.dumps(asdict(figure)), flush=True)

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        if not self._options.json:
            _print_table(title, head, rows)

    def close(self) -> None:
        if not self._options.json:
            rows = [(each.figure, f"{each.value:,.4g}", each.unit, each.against) for each in self._figures]
            _print_table("figures", ("figure", "value", "unit", "against"), rows)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[float], None]]:
        """Say how far long work is, on standard error where that is a terminal: call it with a share of 0..1."""
        on_terminal = sys.stderr.isatty()
        started = time.perf_counter()

        def say(share: float) -> None:
            if on_terminal:
                seconds = time.perf_counter() - started
                print(f"\r\033[K{what}: {share:4.0%}, {seconds:.0f} s", end="", file=sys.stderr, flush=True)

        say(0.0)
        try:
            yield say
        finally:
            if on_terminal:
                print("\r\033[K", end="", file=sys.stderr, flush=True)


def run(
    module: str,
    description: str,
    figures: Sequence[str],
    measure: Callable[[Options, Report], None],
    arguments: Sequence[str] | None = None,
) -> None:
    """The whole of a benchmark's ``main``: parse, measure, print."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--figure", choices=figures, metavar="NAME", help=f"just that one: {', '.join(figures)}")
    parser.add_argument("--quick", action="store_true", help="every figure, small: under a minute")
    parser.add_argument("--json", action="store_true", help="a JSON line for each figure, no tables")
    given = parser.parse_args(arguments)
    chosen = (given.figure,) if given.figure else tuple(figures)
    options = Options(chosen, given.quick, given.json)
    report = Report(options)
    measure(options, report)
    report.close()


def _print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    texts = [[str(cell) for cell in row] for row in rows]
    if not texts:
        return
    widths = [max(len(row[x]) for row in [list(head), *texts]) for x in range(len(head))]
    print(f"\n{title}")
    for row in [list(head), *texts]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
