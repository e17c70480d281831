"""What both syntaxes have in common: segments of elements of components, in messages, in interchanges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import FieldFault, InvalidInput


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. ``elements[0]`` is its first element, as components; what is not there reads as ""."""

    tag: str
    elements: tuple[tuple[str, ...], ...]

    def at(self, element: int, component: int = 1) -> str:
        """The component of the element, both counted from 1 as the standards do, without space around it."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1].strip()

    def components(self, element: int) -> tuple[str, ...]:
        return tuple(map(str.strip, self.elements[element - 1])) if element <= len(self.elements) else ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message (a transaction set), its header and trailer among its segments, as a document of its own."""

    kind: str
    segments: tuple[Segment, ...]
    document: bytes

    def each(self, tag: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.tag == tag)

    def first(self, tag: str) -> Segment | None:
        return next(self.each(tag), None)


@dataclass(frozen=True, slots=True)
class Interchange:
    """``faults`` are those of the envelope: its messages may be whole, but some may be missing."""

    messages: tuple[Message, ...]
    faults: tuple[FieldFault, ...]
    document: bytes


def text_of(body: bytes) -> str:
    """The characters of a file. Raises InvalidInput where there are none."""
    data = body.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what UNOC and most X12 partners mean
    if not text.strip():
        raise InvalidInput(FieldFault("document", "", "an interchange, got an empty file"))
    return text.lstrip()


def documents_of(interchanges: Sequence[Interchange]) -> list[bytes]:
    """A document for each message, and one for each interchange whose envelope is at fault: what it lacks is to be seen."""
    found: list[bytes] = []
    for interchange in interchanges:
        found += [message.document for message in interchange.messages]
        if interchange.faults:
            found.append(interchange.document)
    return found


def only_message(interchanges: Sequence[Interchange]) -> Message:
    """The message of a document that ``documents_of`` gave. Raises InvalidInput with the faults of its envelope."""
    faults = [fault for interchange in interchanges for fault in interchange.faults]
    if faults:
        raise InvalidInput(*faults)
    messages = [message for interchange in interchanges for message in interchange.messages]
    if len(messages) != 1:
        raise InvalidInput(FieldFault("document", f"{len(messages)} messages", "an interchange of one message"))
    return messages[0]
