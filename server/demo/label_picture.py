"""A label as a picture: the ZPL that the server gave, drawn as a printer would. Knows the commands of our labels alone."""

from __future__ import annotations

import re
from html import escape

from barcode.codex import Gs1_128

_WIDE, _HIGH = 812, 1218
_FIELD = re.compile(r"\^FO(\d+),(\d+)(.*?)\^FS", re.DOTALL)
_TEXT = re.compile(r"\^A0N,(\d+)(\^FR)?(?:\^FB(\d+),1,0,([LCR]))?\^FH\^FD(.*)", re.DOTALL)
_BOX = re.compile(r"\^GB(\d+),(\d+),(\d+)")
_BARS = re.compile(r"\^BCN,(\d+),N,N,N\^FD>;>8(\d+)")
_MODULE = re.compile(r"\^BY(\d+)")
_ANCHOR = {"L": ("start", 0.0), "C": ("middle", 0.5), "R": ("end", 1.0)}


def label_picture(zpl: bytes) -> str:
    """The first label of the file as SVG."""
    text = zpl.decode().partition("^XZ")[0]
    module = int(found[1]) if (found := _MODULE.search(text)) else 2
    drawn = [_drawn(int(x), int(y), body, module) for x, y, body in _FIELD.findall(text)]
    return (
        f'<svg class="label" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-labelledby="label-title">'
        f'<title id="label-title">The carrier label that the order left with</title>'
        f'<rect class="paper" width="{_WIDE}" height="{_HIGH}"/>{"".join(drawn)}</svg>'
    )


def _drawn(x: int, y: int, body: str, module: int) -> str:
    if text := _TEXT.match(body):
        size, reverse, width, align, said = text.groups()
        anchor, share = _ANCHOR[align or "L"]
        at = x + round(int(width or 0) * share)
        ink = "reverse" if reverse else "ink"
        middle = y + int(size) // 2
        place = f'x="{at}" y="{middle}" font-size="{int(size) * 0.9:g}" text-anchor="{anchor}"'
        return f'<text class="{ink}" {place}>{_plain(said)}</text>'
    if box := _BOX.match(body):
        wide, high, thick = map(int, box.groups())
        return f'<rect x="{x}" y="{y}" width="{max(wide, thick)}" height="{max(high, thick)}"/>'
    if bars := _BARS.match(body):
        return _bars(x, y, module, int(bars[1]), bars[2])
    return ""


def _bars(x: int, y: int, module: int, high: int, digits: str) -> str:
    pattern: str = Gs1_128(digits).build()[0]
    runs = re.finditer("1+", pattern)
    path = "".join(
        f"M{x + module * run.start()} {y}h{module * len(run[0])}v{high}h-{module * len(run[0])}z" for run in runs
    )
    return f'<path d="{path}"/>'


def _plain(said: str) -> str:
    """``_XX`` is the byte of that number."""
    return escape(re.sub(r"_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), said))
