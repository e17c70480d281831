"""X12 interchanges (ISA to IEA).

The separators are those of the ISA: the character after it parts elements, its sixteenth element is the component separator
and the character after that ends segments. Senders who do not pad the ISA to its fixed width are read too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.capture.edi.messages import Interchange, Message, Segment, text_of
from engine.errors import FieldFault, InvalidInput

_ISA_ELEMENTS = 16


@dataclass(frozen=True, slots=True)
class _Syntax:
    element: str
    component: str
    terminator: str
    header: str
    """The ISA as it was written, without its terminator."""

    def segment(self, text: str) -> Segment:
        tag, *elements = text.split(self.element)
        return Segment(tag.strip().upper(), tuple(tuple(each.split(self.component)) for each in elements))


def read_x12(body: bytes) -> list[Interchange]:
    """Every interchange of the file. Raises InvalidInput where it is no X12 at all."""
    text = text_of(body)
    if not text.startswith("ISA"):
        raise InvalidInput(FieldFault("document", text[:40], "an X12 interchange: it begins with ISA"))
    found = []
    while text.startswith("ISA"):
        interchange, text = _interchange(text)
        found.append(interchange)
    if text.strip():
        raise InvalidInput(FieldFault("document", text.strip()[:40], "nothing after the last IEA but another ISA"))
    return found


def _syntax(text: str) -> _Syntax:
    element = text[3:4]
    parts = text.split(element, _ISA_ELEMENTS)
    if element.isalnum() or len(parts) <= _ISA_ELEMENTS or len(parts[-1]) < 2:
        raise InvalidInput(FieldFault("ISA", text[:110], "16 elements, the last one the component separator"))
    component, terminator = parts[-1][0], parts[-1][1]
    if terminator == "\r":
        terminator = "\n"  # ends of lines, with the carriage returns that segments are stripped of
    header = element.join((*parts[:-1], component))
    return _Syntax(element, component, terminator, header)


def _interchange(text: str) -> tuple[Interchange, str]:
    """The first interchange and the text after it."""
    syntax = _syntax(text)
    isa = syntax.segment(syntax.header)
    rest = text[len(syntax.header) :].lstrip("\r").removeprefix(syntax.terminator)
    segments: list[tuple[Segment, str]] = []
    closed = False
    while rest.strip() and not closed and not rest.lstrip().startswith(f"ISA{syntax.element}"):
        written, _, rest = rest.partition(syntax.terminator)
        if written.strip():
            segments.append((syntax.segment(written.strip()), written.strip()))
            closed = segments[-1][0].tag == "IEA"
    rest = rest.lstrip()
    document = text[: len(text) - len(rest)].encode()
    return Interchange(*_parts(syntax, isa, segments), document), rest


def _parts(
    syntax: _Syntax, isa: Segment, segments: Sequence[tuple[Segment, str]]
) -> tuple[tuple[Message, ...], tuple[FieldFault, ...]]:
    messages: list[Message] = []
    faults: list[FieldFault] = []
    groups, sets, group, group_text = 0, 0, Segment("GS", ()), ""
    current: list[tuple[Segment, str]] = []

    def finish() -> None:
        if current:
            messages.append(_message(syntax, isa, group, group_text, current))
            current.clear()

    for segment, written in segments:
        if segment.tag in ("ST", "GS", "GE", "IEA"):
            finish()
        if segment.tag == "GS":
            groups, sets, group, group_text = groups + 1, 0, segment, written
        elif segment.tag == "GE":
            faults += _counted("GE", segment, sets, group.at(6))
        elif segment.tag == "IEA":
            faults += _counted("IEA", segment, groups, isa.at(13))
        elif segment.tag == "ST" or current:
            sets += segment.tag == "ST"
            current.append((segment, written))
            if segment.tag == "SE":
                finish()
        else:
            faults.append(FieldFault(segment.tag, written[:40], "a segment inside ST and SE"))
    finish()
    if not segments or segments[-1][0].tag != "IEA":
        faults.append(FieldFault("IEA", "", f"the end of interchange {isa.at(13)}: it was cut off"))
    return tuple(messages), tuple(faults)


def _message(
    syntax: _Syntax, isa: Segment, group: Segment, group_text: str, segments: Sequence[tuple[Segment, str]]
) -> Message:
    """The transaction set in an interchange of its own."""
    separator = syntax.element
    ends = [separator.join(("GE", "1", group.at(6))), separator.join(("IEA", "1", isa.at(13)))]
    written = [syntax.header, *([group_text] if group_text else []), *(each for _, each in segments)]
    text = syntax.terminator.join([*written, *(ends if group_text else ends[1:]), ""])
    return Message(segments[0][0].at(1), tuple(segment for segment, _ in segments), text.encode())


def _counted(tag: str, trailer: Segment, count: int, control: str) -> list[FieldFault]:
    faults = []
    if trailer.at(1).lstrip("0") != (str(count) if count else ""):
        faults.append(FieldFault(f"{tag}01", trailer.at(1), f"{count}, as that many are there: some may be missing"))
    if trailer.at(2).lstrip("0") != control.lstrip("0"):
        faults.append(FieldFault(f"{tag}02", trailer.at(2), f"{control}, as its header has"))
    return faults
