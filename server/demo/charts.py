"""The bars and the histogram, as SVG with classes and no colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from engine.simulation.outcome import Figures
from server.demo.calling import Latency
from server.demo.report import grouped

_LEFT, _BAR, _STEP = 170.0, 30.0, 46.0
_RIGHT = 880.0
_BINS = 48


def class_of(group: str) -> str:
    """The style sheet's name for a group of costs."""
    return "g-" + group.replace(" ", "-")


def draw_bars(all_figures: Sequence[Figures], currency: str) -> str:
    """A stacked bar for each policy: cost per order by group, all on one scale."""
    most = max(figures.cost_per_order for figures in all_figures)
    scale = (_RIGHT - _LEFT) / most
    height = _STEP * len(all_figures) + 4
    words = "; ".join(f"{one.policy} {one.cost_per_order:.2f}" for one in all_figures)
    parts = [
        f'<svg viewBox="0 0 1000 {height:.0f}" role="img" aria-labelledby="bars-title bars-text">',
        f'<title id="bars-title">Cost per order by policy, {escape(currency)}</title>',
        f'<desc id="bars-text">{escape(words)}. The table below has the parts.</desc>',
    ]
    for row, figures in enumerate(all_figures):
        y = row * _STEP + 4
        middle = y + _BAR / 2
        parts.append(f'<text class="name" x="{_LEFT - 12}" y="{middle:.0f}">{escape(words_of(figures.policy))}</text>')
        x = _LEFT
        for group, micros in grouped(figures).items():
            each = micros / 1e6 / figures.orders
            width = each * scale
            if width > 0:
                parts.append(
                    f'<rect class="{class_of(group)}" x="{x:.1f}" y="{y:.0f}" width="{max(width - 0.8, 0.4):.1f}" '
                    f'height="{_BAR:.0f}" rx="2"><title>{escape(group)}: {each:.2f}</title></rect>'
                )
            x += width
        parts.append(f'<text class="value" x="{x + 9:.1f}" y="{middle:.0f}">{figures.cost_per_order:.2f}</text>')
    return "".join(parts) + "</svg>"


def draw_latency(latency: Latency) -> str:
    """How many orders took how long, on a logarithmic scale, with the percentiles marked."""
    sample = np.array(latency.sample_ms)
    low, high = float(sample.min()), float(sample.max()) * 1.0001
    edges = np.geomspace(low, max(high, low * 1.01), _BINS + 1)
    counts = np.histogram(sample, edges)[0]
    left, right, floor, top = 20.0, 960.0, 170.0, 34.0
    each = (right - left) / _BINS

    def across(ms: float) -> float:
        return left + float(np.log(ms / edges[0]) / np.log(edges[-1] / edges[0])) * (right - left)

    parts = [
        '<svg viewBox="0 0 1000 200" role="img" aria-labelledby="latency-title latency-text">'
        '<title id="latency-title">Milliseconds from order to reserved route</title>'
        f'<desc id="latency-text">Half within {latency.percentile_ms(50):.2f} ms, 99 in 100 within '
        f"{latency.percentile_ms(99):.2f} ms.</desc>",
        f'<path class="axis" d="M{left} {floor}H{right}"/>',
    ]
    for index, count in enumerate(counts.tolist()):
        if count:
            tall = max(1.0, (floor - top) * count / counts.max())
            told = f"{edges[index]:.2f} to {edges[index + 1]:.2f} ms: {count:,} orders"
            parts.append(
                f'<rect class="bin" x="{left + index * each + 0.6:.1f}" y="{floor - tall:.1f}" width="{each - 1.2:.1f}" '
                f'height="{tall:.1f}" rx="1.5"><title>{told}</title></rect>'
            )
    for ms in _ticks(edges[0], edges[-1]):
        parts.append(f'<text class="tick" x="{across(ms):.1f}" y="{floor + 20}">{ms:g} ms</text>')
    for percent in (50, 90, 99):
        x = across(latency.percentile_ms(percent))
        parts.append(
            f'<path class="mark" d="M{x:.1f} {top - 14}V{floor}"/>'
            f'<text class="tick" x="{x:.1f}" y="{top - 24}">p{percent} {latency.percentile_ms(percent):.1f} ms</text>'
        )
    return "".join(parts) + "</svg>"


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten in between."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5) if low <= digit * 10.0**power <= high]


def words_of(policy: str) -> str:
    return policy.replace("_", " ")
