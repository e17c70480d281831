"""What a local carrier keeps: the labels it gave, by consignment, and the scans of their packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from engine.errors import NotFound, RequestReused
from engine.network.checks import require
from engine.shipping.carrier import Consignment
from engine.shipping.tracking import Stage, TrackingEvent, in_order


class Entry(msgspec.Struct, frozen=True):
    """One label given: its consignment, the serial of its first package (the others follow), when, and is it void?"""

    consignment: Consignment
    first_serial: int
    time: int
    void: bool = False


class Used(Exception):
    """The label can't be voided: a package of it was scanned."""


class CarrierBook(Protocol):
    """Every method is atomic. Raises StoreUnavailable."""

    async def issue(self, consignment: Consignment, now: int) -> Entry:
        """Write a label down with serials that no other has; the same consignment again gives its first entry (I5).

        Raises
        ------
        RequestReused
            The consignment's id was used before for another one.
        """
        ...

    async def entry(self, consignment_id: str) -> Entry:
        """Raises NotFound."""
        ...

    async def void(self, consignment_id: str, numbers: Sequence[str]) -> None:
        """Make a label void; a second time does nothing. Raises NotFound, and Used where one of ``numbers`` was scanned."""
        ...

    async def scan(self, events: Sequence[TrackingEvent]) -> None:
        """Write scans down; one that was written before changes nothing."""
        ...

    async def scans(self, numbers: Iterable[str]) -> tuple[TrackingEvent, ...]:
        """The scans of these packages, in order."""
        ...


class MemoryBook:
    """See ``CarrierBook``: for tests and simulation."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._scans: dict[str, set[TrackingEvent]] = {}
        self._next_serial = 0

    async def issue(self, consignment: Consignment, now: int) -> Entry:
        known = self._entries.get(consignment.consignment_id)
        if known is None:
            known = self._entries[consignment.consignment_id] = Entry(consignment, self._next_serial, now)
            self._next_serial += len(consignment.parcels)
        return same_consignment(known, consignment)

    async def entry(self, consignment_id: str) -> Entry:
        try:
            return self._entries[consignment_id]
        except KeyError:
            raise NotFound("label", consignment_id) from None

    async def void(self, consignment_id: str, numbers: Sequence[str]) -> None:
        entry = await self.entry(consignment_id)
        if any(self._scans.get(number) for number in numbers):
            raise Used
        self._entries[consignment_id] = msgspec.structs.replace(entry, void=True)

    async def scan(self, events: Sequence[TrackingEvent]) -> None:
        for event in checked_scans(events):
            self._scans.setdefault(event.tracking_number, set()).add(event)

    async def scans(self, numbers: Iterable[str]) -> tuple[TrackingEvent, ...]:
        return in_order(event for number in numbers for event in self._scans.get(number, ()))


def same_consignment(known: Entry, consignment: Consignment) -> Entry:
    """The entry, unless its id came back for other goods."""
    if known.consignment != consignment:
        raise RequestReused(consignment.consignment_id)
    return known


def checked_scans(events: Sequence[TrackingEvent]) -> Sequence[TrackingEvent]:
    """Scans as they are; LABELLED is the carrier's own word, not a scan."""
    for event in events:
        require(event.stage is not Stage.LABELLED, "stage", event.stage.value, "a stage of a package that was scanned")
    return events
