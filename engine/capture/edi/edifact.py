"""EDIFACT interchanges (UNB to UNZ, ISO 9735), by the characters of each UNA, or the standard's own where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.capture.edi.messages import Interchange, Message, Segment, text_of
from engine.errors import FieldFault, InvalidInput


@dataclass(frozen=True, slots=True)
class Syntax:
    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"
    tag_end: str = ""
    """What ends a segment's tag, where it is another sign than ends an element."""
    advice: str = ""
    """The UNA as it was written."""

    def segments(self, text: str) -> Iterator[tuple[Segment, str, int]]:
        """Each segment, as it was written, and where it ends in the text."""
        components: list[str] = []
        elements: list[tuple[str, ...]] = []
        value, start, position = "", 0, 0
        while position < len(text):
            sign = text[position]
            position += 1
            if sign == self.release and self.release.strip() and position < len(text):
                value += text[position]
                position += 1
            elif sign == self.component:
                components.append(value)
                value = ""
            elif sign in (self.element, self.terminator) or (sign == self.tag_end and not elements and not components):
                elements.append((*components, value))
                components, value = [], ""
                if sign == self.terminator:
                    yield Segment(elements[0][0].strip(), tuple(elements[1:])), text[start : position - 1], position
                    elements, start = [], position
            elif sign not in "\r\n":  # files are broken into lines anywhere
                value += sign
        if text[start:].strip():
            raise InvalidInput(
                FieldFault("document", text[start:].strip()[:40], f"a segment that ends: {self.terminator}")
            )


def read_edifact(body: bytes) -> list[Interchange]:
    """Every interchange of the file. Raises InvalidInput where it is no EDIFACT at all, or ends inside a segment."""
    text = text_of(body)
    found = []
    while text:
        syntax, text = _advice(text)
        if not text.startswith("UNB"):
            raise InvalidInput(FieldFault("document", text[:40], "an EDIFACT interchange: UNA or UNB"))
        interchange, text = _interchange(syntax, text)
        found.append(interchange)
    return found


def _advice(text: str) -> tuple[Syntax, str]:
    if not text.startswith("UNA"):
        return Syntax(), text
    if len(text) < 9:
        raise InvalidInput(FieldFault("UNA", text, "six service characters"))
    component, element, release, terminator = text[3], text[4], text[6], text[8]
    if len({component, element, terminator}) < 3:
        raise InvalidInput(FieldFault("UNA", text[:9], "three separators that differ"))
    return Syntax(component, element, release, terminator, advice=text[:9]), text[9:].lstrip()


def _interchange(syntax: Syntax, text: str) -> tuple[Interchange, str]:
    """The first interchange and the text after it."""
    segments: list[tuple[Segment, str]] = []
    end = 0
    for segment, written, position in syntax.segments(text):
        if (segments and segment.tag in ("UNB", "UNA")) or segment.tag.startswith("UNA"):
            break
        segments.append((segment, written.strip()))
        end = position
        if segment.tag == "UNZ":
            break
    document = (syntax.advice + text[:end]).encode()
    return Interchange(*_parts(syntax, segments), document), text[end:].lstrip()


def _parts(
    syntax: Syntax, segments: Sequence[tuple[Segment, str]]
) -> tuple[tuple[Message, ...], tuple[FieldFault, ...]]:
    header = segments[0]
    reference = header[0].at(5)
    messages: list[Message] = []
    faults: list[FieldFault] = []
    groups, count = 0, 0
    current: list[tuple[Segment, str]] = []

    def finish() -> None:
        if current:
            messages.append(_message(syntax, header, current))
            current.clear()

    for segment, written in segments[1:]:
        if segment.tag in ("UNH", "UNG", "UNE", "UNZ"):
            finish()
        if segment.tag == "UNZ":
            faults += _counted(segment, groups or count, reference)
        elif segment.tag == "UNG":
            groups += 1
        elif segment.tag == "UNH" or current:
            count += segment.tag == "UNH"
            current.append((segment, written))
            if segment.tag == "UNT":
                finish()
        elif segment.tag != "UNE":
            faults.append(FieldFault(segment.tag, written[:40], "a segment inside UNH and UNT"))
    finish()
    if segments[-1][0].tag != "UNZ":
        faults.append(FieldFault("UNZ", "", f"the end of interchange {reference}: it was cut off"))
    return tuple(messages), tuple(faults)


def _message(syntax: Syntax, header: tuple[Segment, str], segments: Sequence[tuple[Segment, str]]) -> Message:
    """The message in an interchange of its own."""
    trailer = syntax.element.join(("UNZ", "1", header[0].at(5)))
    written = [header[1], *(each for _, each in segments), trailer]
    text = syntax.advice + "".join(each + syntax.terminator for each in written)
    return Message(segments[0][0].at(2), tuple(segment for segment, _ in segments), text.encode())


def _counted(trailer: Segment, count: int, reference: str) -> list[FieldFault]:
    faults = []
    if trailer.at(1).lstrip("0") != (str(count) if count else ""):
        faults.append(FieldFault("UNZ.0036", trailer.at(1), f"{count}, as that many are there: some may be missing"))
    if trailer.at(2) != reference:
        faults.append(FieldFault("UNZ.0020", trailer.at(2), f"{reference}, as its UNB has"))
    return faults
