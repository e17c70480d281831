"""A bound and a cost closing in on each other: on stderr while it happens, and drawn afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Point:
    """How far a batch was after ``seconds``; money in micros. ``cost`` is None before the first plan."""

    seconds: float
    phase: str
    bound: int
    cost: int | None


@contextmanager
def closing_in(title: str) -> Iterator[Callable[[Point], None]]:
    """A line that follows the points, where stderr is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda point: None
        return
    with console.status(title) as status:
        yield lambda point: status.update(f"{title}: {words(point)}")


def words(point: Point) -> str:
    """The point in a sentence."""
    text = f"{point.phase.lower()}, {point.seconds:.1f} s"
    if point.bound:
        text += f", bound {point.bound / 1e6:,.2f}"
    if point.cost is not None:
        gap = (point.cost - point.bound) / max(1, point.cost)
        text += f", cost {point.cost / 1e6:,.2f}, gap {gap:.4%}"
    return text


def write_chart(points: Sequence[Point], title: str, currency: str, path: Path) -> None:
    """Bound and cost over time, as an SVG, or as a page around it where the file is an .html. It needs no network."""
    svg = _draw([point for point in points if point.bound], title, currency)
    if path.suffix == ".svg":
        path.write_text(svg, encoding="utf-8")
        return
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>{svg}</html>'
    path.write_text(page, encoding="utf-8")


_STYLE = (
    "svg{font:14px system-ui,sans-serif;background:#fff;max-width:1000px}.axis{stroke:#888;fill:none}"
    ".bound{stroke:#1b7f5c;fill:none;stroke-width:2}.cost{stroke:#b5482a;fill:none;stroke-width:2}"
    ".tick{fill:#555}.name-bound{fill:#1b7f5c}.name-cost{fill:#b5482a}"
)
_LEFT, _RIGHT, _TOP, _FLOOR = 120.0, 960.0, 50.0, 330.0


def _draw(points: Sequence[Point], title: str, currency: str) -> str:
    """The axis of money spans what the last bound and the first cost do: what came before the bound neared is cut off."""
    costs = [(point.seconds, point.cost) for point in points if point.cost is not None]
    bounds = [(point.seconds, point.bound) for point in points]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 380" role="img" aria-labelledby="t d">',
        f"<style>{_STYLE}</style>",
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(_told(bounds, costs, currency))}</desc>',
        f'<text x="{_LEFT}" y="26">{escape(title)}</text>',
        f'<path class="axis" d="M{_LEFT} {_TOP}V{_FLOOR}H{_RIGHT}"/>',
    ]
    if bounds:
        last = max(seconds for seconds, _ in bounds) or 1.0
        most = max((cost for _, cost in costs), default=bounds[-1][1])
        least = min(bounds[-1][1], *[cost for _, cost in costs] or [bounds[-1][1]])
        room = max(1, (most - least) // 4, most // 1_000)
        low, high = least - room, most + room

        def across(seconds: float) -> float:
            return _LEFT + seconds / last * (_RIGHT - _LEFT)

        def up(micros: float) -> float:
            return _FLOOR - min(1.0, max(0.0, (micros - low) / (high - low))) * (_FLOOR - _TOP)

        for name, line in (("bound", bounds), ("cost", costs)):
            if line:
                steps = " ".join(f"{across(seconds):.1f},{up(micros):.1f}" for seconds, micros in line)
                end = line[-1]
                parts.append(f'<polyline class="{name}" points="{steps}"/>')
                below = 18 if name == "bound" else -8
                label = f"{name} {end[1] / 1e6:,.2f} {escape(currency)}"
                parts.append(
                    f'<text class="name-{name}" text-anchor="end" x="{_RIGHT}" y="{up(end[1]) + below:.1f}">{label}</text>'
                )
        for micros in (low, (low + high) // 2, high):
            parts.append(
                f'<text class="tick" text-anchor="end" x="{_LEFT - 8}" y="{up(micros) + 5:.1f}">{micros / 1e6:,.0f}</text>'
            )
        parts += [
            f'<text class="tick" text-anchor="middle" x="{across(last * share):.1f}" y="{_FLOOR + 22}">'
            f"{last * share:.2f} s</text>"
            for share in (0.0, 0.5, 1.0)
        ]
    return "".join(parts) + "</svg>"


def _told(bounds: Sequence[tuple[float, int]], costs: Sequence[tuple[float, int]], currency: str) -> str:
    if not bounds:
        return "Nothing was decided together."
    bound = f"the bound ends at {bounds[-1][1] / 1e6:,.2f} {currency}"
    return f"{bound}, the cost at {costs[-1][1] / 1e6:,.2f} {currency}." if costs else f"{bound}."
