"""TRADACOMS transmissions (STX to END), the syntax of British retail: EDIFACT's signs, and ``=`` after a segment's tag."""

from __future__ import annotations

from collections.abc import Sequence

from engine.capture.edi.edifact import Syntax
from engine.capture.edi.messages import Interchange, Message, Segment, text_of
from engine.errors import FieldFault, InvalidInput

_SYNTAX = Syntax(tag_end="=")
_HEADER = "ORDHDR"


def read_tradacoms(body: bytes) -> list[Interchange]:
    """Every transmission of the file. A message's document holds the file header before it too, which says who ordered.

    Raises InvalidInput where it is no TRADACOMS at all, or ends inside a segment.
    """
    text = text_of(body)
    found = []
    while text:
        if not text.startswith("STX="):
            raise InvalidInput(FieldFault("document", text[:40], "a TRADACOMS transmission: it begins with STX="))
        transmission, text = _transmission(text)
        found.append(transmission)
    return found


def _transmission(text: str) -> tuple[Interchange, str]:
    """The first transmission and the text after it."""
    segments: list[tuple[Segment, str]] = []
    end = 0
    for segment, written, position in _SYNTAX.segments(text):
        if segments and segment.tag == "STX":
            break
        segments.append((segment, written.strip()))
        end = position
        if segment.tag == "END":
            break
    return Interchange(*_parts(segments), text[:end].encode()), text[end:].lstrip()


def _parts(segments: Sequence[tuple[Segment, str]]) -> tuple[tuple[Message, ...], tuple[FieldFault, ...]]:
    start = segments[0][1]
    messages: list[Message] = []
    faults: list[FieldFault] = []
    current: list[tuple[Segment, str]] = []
    header: list[str] = []

    def finish() -> None:
        nonlocal header
        if not current:
            return
        kind, own = current[0][0].at(2), [written for _, written in current]
        before = [] if kind == _HEADER else header
        document = "".join(f"{each}'" for each in (start, *before, *own, f"END={1 + bool(before)}"))
        messages.append(Message(kind, tuple(segment for segment, _ in current), document.encode()))
        header = own if kind == _HEADER else header
        current.clear()

    for segment, written in segments[1:]:
        if segment.tag in ("MHD", "END"):
            finish()
        if segment.tag == "MHD" or (current and segment.tag != "END"):
            current.append((segment, written))
            if segment.tag == "MTR":
                finish()
        elif segment.tag != "END":
            faults.append(FieldFault(segment.tag, written[:40], "a segment inside MHD and MTR"))
    finish()
    last = segments[-1][0]
    if last.tag != "END":
        faults.append(FieldFault("END", "", "the end of the transmission: it was cut off"))
    elif last.at(1).lstrip("0") != str(len(messages)):
        faults.append(FieldFault("END.NMST", last.at(1), f"{len(messages)}, as that many messages are there"))
    return tuple(messages), tuple(faults)
