"""Reads documents back as a scanner, a person or a printer would."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from pypdf import PdfReader

DOTS_PER_INCH = 203


def texts_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def barcodes_of(pdf: bytes, dots_per_inch: int = DOTS_PER_INCH) -> list[list[str]]:
    """What a scanner finds on each page, printed at the dots of a cheap label printer: symbology identifier and text."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        sorted(
            f"{found.symbology_identifier}{found.text}"
            for found in zxingcpp.read_barcodes(page.render(scale=dots_per_inch / 72).to_pil())
        )
        for page in document
    ]


@dataclass(frozen=True)
class ZplField:
    """One ``^FO ... ^FS``."""

    x: int
    y: int
    text: str | None
    barcode: str | None
    module: int
    height: int


_COMMAND = re.compile(r"\^(FO|A0|FB|FH|FD|FS|FR|GB|BY|BC|CI|PW|LL|LH|XA|XZ)([^^~]*)")


def zpl_labels(zpl: bytes) -> list[list[ZplField]]:
    """The fields of each label. Anything that is not one of the commands of a label is an error."""
    text = zpl.decode()
    assert "~" not in text, "no control command belongs into a label"
    commands = [(match[1], match[2].strip("\n")) for match in _COMMAND.finditer(text)]
    assert "".join(f"^{name}{rest}" for name, rest in commands) == text.replace("\n", "").replace("\r", "")
    labels: list[list[ZplField]] = []
    module, at, barcode, block = 2, (0, 0), 0, False
    data: str | None = None
    for name, rest in commands:
        if name == "XA":
            assert not block, "a label inside a label"
            block = True
            labels.append([])
        elif name == "XZ":
            block = False
        elif name == "BY":
            module = int(rest.split(",")[0])
        elif name == "FO":
            x, y = rest.split(",")
            at, data, barcode = (int(x), int(y)), None, 0
        elif name == "BC":
            assert rest.startswith("N,")
            barcode = int(rest.split(",")[1])
        elif name == "FD":
            data = rest
        elif name == "FS":
            shown = None if data is None or barcode else _unhex(data)
            labels[-1].append(ZplField(*at, shown, _code_128(data or "") if barcode else None, module, barcode))
    assert not block
    return labels


def _unhex(text: str) -> str:
    return re.sub(r"(?:_[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("_", "")).decode(), text)


def _code_128(data: str) -> str:
    """What ``^BC`` prints of pairs of digits in code set C after FNC1, as a scanner says it."""
    assert data.startswith(">;>8"), "start C, FNC1"
    digits = data.removeprefix(">;>8")
    assert digits.isdecimal()
    assert len(digits) % 2 == 0
    return f"]C1{digits}"
