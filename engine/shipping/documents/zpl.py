"""The carrier label in ZPL II, for thermal printers of 203 dots to the inch (8 to the millimetre), four by six inches.

Text is UTF-8 (``^CI28``) and every field is in hexadecimal (``^FH``) where a letter could be taken for a command: nothing
that a customer types can steer a printer.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.shipping.addresses import printed
from engine.shipping.documents.label import BARS_MM
from engine.shipping.documents.label_text import LabelText
from engine.shipping.documents.paper import day_text, weight_text, written
from engine.shipping.numbers import spaced_sscc

DOTS_PER_MM = 8
WIDE, HIGH = 812, 1218
_EDGE = 40
_LETTER = 0.58
"""Width of a letter of font 0 in its height, above the mean of capitals."""
_SMALLEST = 16
_STEERING = frozenset("^~_\\\r\n")
_FNC1_IN_C = ">;>8"
"""Start in code set C, then FNC1: what makes a Code 128 symbol a GS1-128 one (ZPL II, ^BC)."""


def label_zpl(labels: Sequence[LabelText]) -> bytes:
    """Labels below each other, one ``^XA`` to ``^XZ`` each."""
    return "".join(_label(label) for label in labels).encode()


def _label(label: LabelText) -> str:
    wide = WIDE - 2 * _EDGE
    fields = [
        "^XA^CI28",
        f"^PW{WIDE}^LL{HIGH}^LH0,0",
        _text(_EDGE, 40, 48, label.carrier, wide // 2),
        _text(_EDGE + wide // 2, 40, 48, label.service, wide // 2, "R"),
        _rule(104),
    ]
    y = 104
    if label.returning:
        fields += [f"^FO{_EDGE},116^GB{wide},60,60^FS", _text(_EDGE, 124, 48, "RETURN", wide, "C", reverse=True)]
        y = 186
    fields.append(_text(_EDGE, y + 16, 22, "FROM"))
    for n, line in enumerate(printed(label.sender, label.recipient.country)[:6]):
        fields.append(_text(_EDGE + 88, y + 16 + 25 * n, 24, line, wide - 88))
    y += 176
    fields += [_rule(y), _text(_EDGE, y + 20, 30, "TO")]
    lines = printed(label.recipient, label.sender.country)[:9]
    size = 46 if len(lines) <= 6 else 34
    for n, line in enumerate(lines):
        fields.append(_text(_EDGE + 88, y + 16 + (size + 4) * n, size, line, wide - 88))
    columns = (
        ("SHIP DATE", day_text(label.ship_day), 0),
        ("WEIGHT", weight_text(label.weight_g), 190),
        ("SIZE, cm", " x ".join(f"{side / 10:g}" for side in label.sides_mm), 350),
        ("PACKAGE", f"{label.position} of {label.count}", 600),
    )
    fields.append(_rule(706))
    for name, value, x in columns:
        fields += [_text(_EDGE + x, 720, 20, name), _text(_EDGE + x, 746, 32, value)]
    fields += [
        _text(_EDGE, 796, 20, "REF"),
        _text(_EDGE + 56, 792, 28, label.reference, wide // 2),
        _rule(836),
        f"^BY4^FO94,866^BCN,{int(BARS_MM * DOTS_PER_MM)},N,N,N^FD{_FNC1_IN_C}00{label.sscc}^FS",
        _text(_EDGE, 1142, 36, spaced_sscc(label.sscc), wide, "C"),
        "^XZ\n",
    ]
    return "\n".join(fields)


def _text(x: int, y: int, size: int, text: str, width: int = 0, align: str = "L", *, reverse: bool = False) -> str:
    """One line ``size`` dots high, smaller and at last cut where ``width`` dots would not hold it."""
    text = written(text)
    if width:
        size = max(_SMALLEST, min(size, int(width / (_LETTER * max(1, len(text))))))
        fits = int(width / (_LETTER * size))
        text = text if len(text) <= fits else f"{text[: fits - 1]}…"
    block = f"^FB{width},1,0,{align}" if width else ""
    return f"^FO{x},{y}^A0N,{size}{'^FR' if reverse else ''}{block}^FH^FD{_safe(text)}^FS"


def _safe(text: str) -> str:
    """The text with each letter that could steer the printer as _XX, the hexadecimal of its byte."""
    return "".join(f"_{ord(letter):02X}" if letter in _STEERING else letter for letter in text)


def _rule(y: int) -> str:
    return f"^FO{_EDGE},{y}^GB{WIDE - 2 * _EDGE},0,4^FS"
