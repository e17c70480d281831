"""The paper all documents are drawn on: one typeface, one scale of sizes, one table, barcodes, footers.

The typeface is Fira Sans (SIL Open Font License): Latin, Greek and Cyrillic. What it has no letter for is written in Latin
letters (anyascii), so that a label never shows an empty box where a name should be.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal

import fontpkg
from anyascii import anyascii
from barcode.codex import Code128, Gs1_128
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

from engine.network.checks import require

PageSize = Literal["A4", "LETTER"]
Millimetres = tuple[float, float]
"""Width and height of a page."""

SIZES: dict[PageSize, Millimetres] = {"A4": (210.0, 297.0), "LETTER": (215.9, 279.4)}
MARGIN_MM = 16.0
QUIET_MODULES = 10
"""Empty modules on each side of a Code 128 symbol (ISO/IEC 15417)."""
MOST_LETTERS = 400
"""In one cell of a table: a row has to fit on a page."""
_FAMILY = "Fira"
_WEIGHTS = {"": 400, "B": 600}
_GREY = 110
_EPOCH = date(1970, 1, 1).toordinal()


class Paper(FPDF):
    """One document. Sizes of type are points, everything else millimetres."""

    def __init__(self, title: str, size: Millimetres, time: int, margin_mm: float = MARGIN_MM) -> None:
        """``time`` (UTC seconds) is when the document was made: its only clock."""
        super().__init__(unit="mm", format=size)
        self.set_title(title)
        self.set_creation_date(datetime.fromtimestamp(time, UTC))
        self.set_lang("en")
        for style, weight in _WEIGHTS.items():
            self.add_font(_FAMILY, style, fontpkg.path("Fira Sans", weight))
        self.set_margins(margin_mm, margin_mm, margin_mm)
        self.set_auto_page_break(False)
        self.set_line_width(0.2)
        self.footing = ""

    def footer(self) -> None:
        """What the document is, and which page of how many, on each page that has a footing."""
        if not self.footing:
            return
        self.set_y(-MARGIN_MM + 3)
        self.type(8, grey=True)
        self.c_margin = 0
        self.cell(self.epw - 24, 4, written(self.footing))
        self.cell(24, 4, f"Page {self.page_no()} of {{nb}}", align="R")
        self.c_margin = 1

    def type(self, points: float, *, bold: bool = False, grey: bool = False) -> None:
        """The type that follows."""
        self.set_font(_FAMILY, "B" if bold else "", points)
        self.set_text_color(_GREY if grey else 0)

    def put(self, x: float, y: float, text: str, points: float, *, bold: bool = False, grey: bool = False,
            align: Literal["L", "C", "R"] = "L", width: float = 0) -> None:  # fmt: skip
        """One line with its top at ``y``; made smaller, and at last cut, where ``width`` would not hold it."""
        text = written(text)
        self.type(points, bold=bold, grey=grey)
        while width and points > 5 and self.get_string_width(text) > width:
            points -= 0.5
            self.set_font_size(points)
        while width and len(text) > 1 and self.get_string_width(text) > width:
            text = f"{text[:-2]}…"
        self.set_xy(x, y)
        self.c_margin = 0
        self.cell(width or None, points * 0.45, text, align=align)
        self.c_margin = 1

    def put_lines(self, x: float, y: float, width: float, lines: Iterable[str], points: float, *, bold: bool = False,
                  grey: bool = False, height: float = 0) -> float:  # fmt: skip
        """Lines below each other, broken where ``width`` ends, smaller where ``height`` would not hold them; where it ends."""
        text = written("\n".join(lines))
        self.c_margin = 0
        self.type(points, bold=bold, grey=grey)
        while height and points > 5 and self._height(width, text, points) > height:
            points -= 0.5
            self.set_font_size(points)
        self.set_xy(x, y)
        self.multi_cell(width, points * 0.45, text, align="L", wrapmode=WrapMode.WORD)
        self.c_margin = 1
        return float(self.get_y())

    def _height(self, width: float, text: str, points: float) -> float:
        lines = self.multi_cell(width, points * 0.45, text, align="L", dry_run=True, output="LINES")
        assert isinstance(lines, list)
        return len(lines) * points * 0.45

    def rule(self, y: float, *, weight: float = 0.2, x: float | None = None, width: float | None = None) -> None:
        """A horizontal line."""
        self.set_line_width(weight)
        self.set_draw_color(0 if weight > 0.3 else 190)
        start = self.l_margin if x is None else x
        self.line(start, y, start + (self.epw if width is None else width), y)

    def bars(self, pattern: str, x: float, y: float, module_mm: float, height_mm: float) -> float:
        """Bars from ``x``, their quiet zones not counted; how wide they are."""
        self.set_fill_color(0)
        at = 0
        for run in _runs(pattern):
            if run[0] == "1":
                self.rect(x + at * module_mm, y, len(run) * module_mm, height_mm, style="F")
            at += len(run)
        return at * module_mm

    def rows(
        self, columns: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]], points: float = 9
    ) -> None:
        """A table over as many pages as it takes, its heading on each. Columns that start with ``>`` are set right."""
        self.type(points)
        self.set_draw_color(200)
        self.set_line_width(0.15)
        heading = FontFace(emphasis="BOLD", color=(0, 0, 0), fill_color=(238, 238, 238))
        self.set_auto_page_break(True, MARGIN_MM + 6)
        with self.table(
            width=self.epw,
            col_widths=tuple(widths),
            text_align=tuple("RIGHT" if column.startswith(">") else "LEFT" for column in columns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=heading,
            line_height=points * 0.5,
            padding=(1.2, 1.4),
            v_align="T",
        ) as table:
            head = table.row()
            for column in columns:
                head.cell(column.lstrip(">"))
            for row in rows:
                line = table.row()
                for text in row:
                    line.cell(cut(written(text), MOST_LETTERS))
        self.set_auto_page_break(False)

    def room_for(self, height: float) -> None:
        """A new page, unless this one has that much room left."""
        if self.get_y() + height > self.h - MARGIN_MM - 6:
            self.add_page()
            self.set_y(MARGIN_MM)

    def whole(self) -> bytes:
        """The document."""
        return bytes(self.output())


def heading(paper: Paper, what: str, identifier: str, from_whom: str) -> float:
    """The head of a page: what it is on the left, its identifier as a barcode on the right (where Code 128 has its letters);
    where the body starts."""
    top = MARGIN_MM
    paper.put(MARGIN_MM, top, from_whom, 9, grey=True, width=paper.epw / 2)
    paper.put(MARGIN_MM, top + 5, what, 22, bold=True, width=paper.epw / 2)
    if identifier.isascii() and identifier.isprintable():
        pattern = code_128(identifier)
        module = min(0.33, (paper.epw / 2 - 4) / len(pattern))
        paper.bars(pattern, paper.w - MARGIN_MM - module * len(pattern), top, module, 11)
    paper.put(paper.w - MARGIN_MM - paper.epw / 2, top + 12.2, identifier, 8, align="R", width=paper.epw / 2)
    paper.rule(top + 18.5, weight=0.5)
    return top + 23


def facts(paper: Paper, y: float, pairs: Sequence[tuple[str, str]]) -> float:
    """Small words above plain values, side by side; where they end."""
    wide = paper.epw / len(pairs)
    for n, (name, value) in enumerate(pairs):
        x = MARGIN_MM + n * wide
        paper.put(x, y, name, 7.5, grey=True, width=wide - 3)
        paper.put(x, y + 4, value, 10.5, width=wide - 3)
    return y + 12


@lru_cache(1)
def _letters() -> frozenset[int]:
    """Code points that both weights have."""
    known = []
    for weight in _WEIGHTS.values():
        with TTFont(fontpkg.path("Fira Sans", weight)) as font:
            known.append(frozenset(font.getBestCmap()))
    return known[0] & known[1]


@lru_cache(1 << 14)
def written(text: str) -> str:
    """The text in letters that the typeface has."""
    known = _letters()
    normal = unicodedata.normalize("NFC", text)
    return "".join(
        letter if ord(letter) in known or letter == "\n" else anyascii(letter).replace("\n", " ") for letter in normal
    )


def code_128(text: str) -> str:
    """The modules of a Code 128 symbol, dark as 1. Raises InvalidInput for text that Code 128 has no letters for."""
    require(bool(text) and text.isascii() and text.isprintable(), "barcode", text, "printable ASCII")
    pattern: str = Code128(text).build()[0]
    return pattern


def gs1_sscc(sscc: str) -> str:
    """The modules of a GS1-128 symbol of (00) and an SSCC."""
    pattern: str = Gs1_128(f"00{sscc}").build()[0]
    return pattern


def cut(text: str, most: int) -> str:
    """The text, or as much of it as ``most`` letters show."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def day_text(day: int) -> str:
    """A day as everybody reads it the same: 2026-03-01."""
    return date.fromordinal(_EPOCH + day).isoformat()


def weight_text(grams: int) -> str:
    """Kilograms, to the ten grams."""
    return f"{grams / 1000:.2f} kg"


def _runs(pattern: str) -> list[str]:
    return pattern.replace("10", "1 0").replace("01", "0 1").split()
