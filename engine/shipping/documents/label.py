"""The carrier label as PDF, a page for each package, four by six inches: what every label printer takes.

Laid out as a GS1 logistic label: text for people on top, the SSCC as GS1-128 below, 32 mm high with modules of 0.5 mm (GS1
General Specifications, 6.6).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.shipping.addresses import printed
from engine.shipping.documents.label_text import LabelText
from engine.shipping.documents.paper import QUIET_MODULES, Paper, day_text, gs1_sscc, weight_text
from engine.shipping.numbers import spaced_sscc

LABEL_MM = (101.6, 152.4)
MODULE_MM = 0.5
BARS_MM = 32.0
_EDGE = 5.0
_BARS_TOP = LABEL_MM[1] - _EDGE - 7.0 - BARS_MM


def label_pdf(labels: Sequence[LabelText], time: int) -> bytes:
    """Labels, a page each; ``time`` is when they were made, UTC seconds."""
    paper = Paper(f"Label {labels[0].reference}", LABEL_MM, time, _EDGE)
    for label in labels:
        paper.add_page()
        _draw(paper, label)
    return paper.whole()


def _draw(paper: Paper, label: LabelText) -> None:
    wide, right = LABEL_MM[0] - 2 * _EDGE, LABEL_MM[0] - _EDGE
    half = wide / 2
    paper.put(_EDGE, _EDGE, label.carrier, 16, bold=True, width=half)
    paper.put(_EDGE + half, _EDGE, label.service, 16, bold=True, align="R", width=half)
    y = _EDGE + 9.0
    if label.returning:
        paper.set_fill_color(0)
        paper.rect(_EDGE, y, wide, 8, style="F")
        paper.set_text_color(255)
        paper.set_xy(_EDGE, y + 0.5)
        paper.set_font("Fira", "B", 14)
        paper.set_text_color(255)
        paper.cell(wide, 7, "RETURN", align="C")
        y += 10
    paper.rule(y, weight=0.6)
    paper.put(_EDGE, y + 2.0, "FROM", 7, grey=True)
    home = label.sender.country
    paper.put_lines(_EDGE + 11, y + 2.0, wide - 11, printed(label.sender, label.recipient.country), 8, height=17)
    y += 20.5
    paper.rule(y, weight=0.6)
    paper.put(_EDGE, y + 2.5, "TO", 9, bold=True)
    ends = _BARS_TOP - 21.0
    paper.put_lines(
        _EDGE + 11, y + 2.0, wide - 11, printed(label.recipient, home), 14, bold=True, height=ends - y - 3.5
    )
    paper.rule(ends, weight=0.6)
    columns = (
        ("SHIP DATE", day_text(label.ship_day)),
        ("WEIGHT", weight_text(label.weight_g)),
        ("SIZE, cm", " × ".join(f"{side / 10:g}" for side in label.sides_mm)),
        ("PACKAGE", f"{label.position} of {label.count}"),
    )
    for n, (name, value) in enumerate(columns):
        x = _EDGE + wide * (0, 0.25, 0.45, 0.8)[n]
        room = wide * (0.23, 0.18, 0.33, 0.2)[n]
        paper.put(x, ends + 1.6, name, 6.5, grey=True)
        paper.put(x, ends + 4.8, value, 10.5, bold=True, width=room)
    paper.put(_EDGE, ends + 11.0, "REF", 6.5, grey=True)
    paper.put(_EDGE + 8, ends + 10.5, label.reference, 9, width=half)
    paper.put(_EDGE + 8 + half, ends + 10.5, label.contents, 9, align="R", width=half - 8, grey=True)
    paper.rule(ends + 16.5, weight=0.6)
    pattern = gs1_sscc(label.sscc)
    bars = MODULE_MM * len(pattern)
    assert bars + 2 * QUIET_MODULES * MODULE_MM <= LABEL_MM[0]
    paper.bars(pattern, (LABEL_MM[0] - bars) / 2, _BARS_TOP, MODULE_MM, BARS_MM)
    paper.put(_EDGE, _BARS_TOP + BARS_MM + 1.5, spaced_sscc(label.sscc), 11, bold=True, align="C", width=right - _EDGE)
