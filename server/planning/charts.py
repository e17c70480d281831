"""Distributions and days, as SVG with classes and no colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LEFT, _RIGHT, _TOP, _FLOOR = 20.0, 980.0, 16.0, 170.0
_BINS = 48
_DAY_S = 86_400


def draw_distribution(key: str, title: str, unit: str, values: Floats, base: Floats) -> str:
    """How many orders lie where, as bars, with the base's as an outline; the hundredth of all that is highest is in the last
    bar. ``key`` begins its ids."""
    both = np.concatenate([values, base])
    if not len(both):
        return ""
    high = max(float(np.quantile(both, 0.99)), float(both.min()) + 1e-9)
    edges = np.linspace(float(both.min()), high, _BINS + 1)
    mine, theirs = (np.histogram(np.minimum(each, high), edges)[0] / max(1, len(each)) for each in (values, base))
    most = max(float(mine.max(initial=0.0)), float(theirs.max(initial=0.0)), 1e-9)
    step = (_RIGHT - _LEFT) / _BINS

    def tall(share: float) -> float:
        return (_FLOOR - _TOP) * share / most

    told = (
        f"Half are at most {np.median(values):.2f} {unit}, nine in ten {np.quantile(values, 0.9):.2f}."
        if len(values)
        else ""
    )
    parts = [
        f'<svg class="distribution" viewBox="0 0 1000 200" role="img" aria-labelledby="{key}-title {key}-text">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-text">{escape(told)}</desc>'
        f'<path class="axis" d="M{_LEFT} {_FLOOR}H{_RIGHT}"/>'
    ]
    for at, share in enumerate(mine.tolist()):
        if share:
            words = f"{edges[at]:.2f} to {edges[at + 1]:.2f} {unit}: {share:.1%} of orders"
            parts.append(
                f'<rect class="bin" x="{_LEFT + at * step + 0.6:.1f}" y="{_FLOOR - tall(share):.1f}" width="{step - 1.2:.1f}" '
                f'height="{tall(share):.1f}"><title>{escape(words)}</title></rect>'
            )
    outline = "".join(f"V{_FLOOR - tall(share):.1f}h{step:.2f}" for share in theirs.tolist())
    parts.append(f'<path class="outline" d="M{_LEFT} {_FLOOR}{outline}V{_FLOOR}"/>')
    for tick in _ticks(float(edges[0]), high):
        x = _LEFT + (tick - float(edges[0])) / (high - float(edges[0])) * (_RIGHT - _LEFT)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{_FLOOR + 20}">{tick:g}</text>')
    return "".join(parts) + "</svg>"


def draw_days(key: str, title: str, rows: Sequence[tuple[str, str]], days: Sequence[int], used: Floats) -> str:
    """How full each node is on each day. ``rows``: (node id, name); ``days``: since 1970-01-01.

    ``used``: float64[rows, days], the share of the day's capacity that is taken, NaN where nothing left.
    """
    name, cell, height = 190.0, min(46.0, (990.0 - 190.0) / max(1, len(days))), 20.0
    tall = 34 + height * len(rows)
    parts = [
        f'<svg class="heat" viewBox="0 0 1000 {tall:.0f}" role="img" aria-labelledby="{key}-title">'
        f'<title id="{key}-title">{escape(title)}</title>'
    ]
    for x, day in enumerate(days):
        told = datetime.fromtimestamp(day * _DAY_S, UTC).strftime("%d %b")
        if cell >= 38 or x % 2 == 0:
            parts.append(f'<text class="tick small" x="{name + (x + 0.5) * cell:.1f}" y="12">{told}</text>')
    for y, (node_id, words) in enumerate(rows):
        top = 26 + y * height
        label = escape(f"{node_id} {words}"[:28])
        parts.append(f'<text class="left small" x="0" y="{top + height / 2:.1f}">{label}</text>')
        for x, day in enumerate(days):
            share = float(used[y, x])
            date = datetime.fromtimestamp(day * _DAY_S, UTC).date()
            told = f"{node_id}, {date}: " + ("nothing" if np.isnan(share) else f"{share:.0%} of its orders")
            look = 'class="none"' if np.isnan(share) else f'fill-opacity="{0.06 + 0.94 * min(1.0, share):.2f}"'
            parts.append(
                f'<rect {look} x="{name + x * cell:.1f}" y="{top:.1f}" width="{cell - 1.5:.1f}" height="{height - 1.5}" rx="2">'
                f"<title>{escape(told)}</title></rect>"
            )
    return "".join(parts) + "</svg>"


def _ticks(low: float, high: float) -> list[float]:
    """Five or so round numbers between."""
    rough = (high - low) / 6
    power = 10.0 ** np.floor(np.log10(max(rough, 1e-9)))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
    return [float(x) for x in np.arange(np.ceil(low / step) * step, high + step / 1e6, step)]


def draw_front(key: str, title: str, words: tuple[str, str], points: Sequence[tuple[float, float, str, str]]) -> str:
    """Points by two of their aims. ``words``: what the axes are; ``points``: (x, y, class of style, what is said of it)."""
    left, right, top, floor = 70.0, 970.0, 20.0, 330.0
    xs, ys = (np.array([point[axis] for point in points], np.float64) for axis in (0, 1))

    def scale(values: Floats, low: float, high: float) -> tuple[Floats, float, float]:
        least, most = float(values.min()), float(values.max())
        pad = max((most - least) * 0.06, abs(most) * 1e-4, 1e-9)
        least, most = least - pad, most + pad
        return low + (values - least) / (most - least) * (high - low), least, most

    across, x_least, x_most = scale(xs, left, right)
    up, y_least, y_most = scale(ys, floor, top)
    parts = [
        f'<svg class="front" viewBox="0 0 1000 390" role="img" aria-labelledby="{key}-title">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<path class="axis" d="M{left} {top}V{floor}H{right}" fill="none"/>'
        f'<text class="tick" x="{(left + right) / 2:.0f}" y="378">{escape(words[0])}</text>'
        f'<text class="left small" x="0" y="8">{escape(words[1])}</text>'
    ]
    for tick in _ticks(x_least, x_most):
        x = left + (tick - x_least) / (x_most - x_least) * (right - left)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{floor + 18}">{tick:g}</text>')
    for tick in _ticks(y_least, y_most):
        y = floor + (tick - y_least) / (y_most - y_least) * (top - floor)
        parts.append(f'<text class="tick" x="{left - 34:.0f}" y="{y:.1f}">{tick:g}</text>')
    order = sorted(range(len(points)), key=lambda at: points[at][2])  # what is beaten lies below
    for at in order:
        _, _, look, told = points[at]
        radius = 12 if look == "present" else 6
        parts.append(
            f'<circle class="{look}" cx="{across[at]:.1f}" cy="{up[at]:.1f}" r="{radius}"><title>{escape(told)}</title></circle>'
        )
    return "".join(parts) + "</svg>"
