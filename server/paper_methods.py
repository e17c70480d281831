"""The documents of FulfillmentService. Drawing takes a moment, and its library half a second to import: both are done beside
the loop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from onebox.v1 import fulfillment_service_pb2 as pb

from engine.dock.dock import Dock
from engine.errors import FieldFault, InvalidInput, NotFound
from engine.lifecycle.asked import order_of
from engine.lifecycle.life import Life, Shipment
from engine.lifecycle.states import ShipmentState
from engine.network.calendars import day_of, instant
from engine.shipping.carrier import LabelFormat
from server.conversion.words import LABEL_FORMATS, PAGES

if TYPE_CHECKING:
    from engine.shipping.documents.paper import PageSize

_MEDIA = {
    LabelFormat.PDF: ("pdf", "application/pdf"),
    LabelFormat.ZPL: ("zpl", "application/zpl"),
    LabelFormat.PNG: ("png", "image/png"),
}
_SIZES: dict[str, PageSize] = {"A4": "A4", "LETTER": "LETTER"}
_MOST_PICKED = 1_000


@dataclass(frozen=True, slots=True)
class PaperMethods:
    """``seller`` and ``returns`` are what slips say; ``page`` is the default."""

    dock: Dock
    seller: str
    returns: str
    page: PageSize

    async def label(self, name: str, asked_format: int) -> pb.Document:
        wanted = LABEL_FORMATS.member(asked_format, "format")
        label = await self.dock.label(name)
        content = label.file(wanted)
        if content is None:
            given = ", ".join(file.format.value for file in label.files)
            raise InvalidInput(
                FieldFault("format", wanted.value, f"one that carrier {label.carrier_id} gives: {given}")
            )
        ending, media = _MEDIA[wanted]
        return pb.Document(file_name=f"label-{_plain(name)}.{ending}", media_type=media, content=content)

    async def packing_slip(self, shipment_id: str, page: int) -> pb.Document:
        from engine.dock import papers
        from engine.shipping.documents.packing_slip import packing_slip_pdf

        life, shipment = await self._shipment(shipment_id)
        slip = papers.packing_slip(life, shipment, self.dock.premises(), self.seller, self.returns)
        content = await asyncio.to_thread(packing_slip_pdf, slip, self.dock.clock(), self._page(page))
        return _pdf(f"packing-slip-{shipment_id}", content)

    async def pick_list(self, node_id: str, shipment_ids: Sequence[str], page: int) -> pb.Document:
        from engine.dock import papers
        from engine.shipping.documents.pick_list import pick_list_pdf

        if shipment_ids:
            work = [await self._shipment(each) for each in dict.fromkeys(shipment_ids)]
        else:
            work = [
                each
                for each in await self._queue(node_id, _MOST_PICKED)
                if each[1].state is ShipmentState.ACCEPTED and each[1].node_id == node_id
            ]
        wave = papers.pick_list(node_id, work, self.dock.premises())
        content = await asyncio.to_thread(pick_list_pdf, wave, self.dock.clock(), self._page(page))
        return _pdf(f"pick-list-{wave.wave_id}", content)

    async def manifest(self, node_id: str, carrier_id: str, asked_day: str, page: int) -> pb.Document:
        from engine.dock import papers
        from engine.shipping.documents.manifest import manifest_pdf

        zone, now = self.dock.premises().node(node_id).time_zone, self.dock.clock()
        today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
        day = _day(asked_day) if asked_day else today
        begins, ends = (instant(zone, day_of(day) + more, 0) for more in (0, 1))
        names = await self.dock.desk.departed(node_id, begins, ends)
        work = [await self._shipment(each) for each in names]
        if day == today:
            work += await self._queue(node_id, _MOST_PICKED)
        mine = [each for each in work if papers.for_manifest(each[1], carrier_id, begins, ends)]
        made = papers.manifest(node_id, carrier_id, day.isoformat(), mine, self.dock.premises())
        content = await asyncio.to_thread(manifest_pdf, made, now, self._page(page))
        return _pdf(f"manifest-{made.manifest_id}", content)

    def _page(self, number: int) -> PageSize:
        return _SIZES[PAGES.member(number, "page_size").value] if number else self.page

    async def _shipment(self, shipment_id: str) -> tuple[Life, Shipment]:
        life = await self.dock.desk.get(order_of(shipment_id))
        for shipment in life.shipments:
            if shipment.shipment_id == shipment_id:
                return life, shipment
        raise NotFound("shipment", shipment_id)

    async def _queue(self, node_id: str, limit: int) -> list[tuple[Life, Shipment]]:
        listed = await self.dock.desk.queue(node_id, limit)
        return [
            (life, shipment)
            for life, shipment_id in listed
            for shipment in life.shipments
            if shipment.shipment_id == shipment_id
        ]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInput(FieldFault("day", text, "a day as 2026-03-30")) from None


def _pdf(name: str, content: bytes) -> pb.Document:
    return pb.Document(file_name=f"{_plain(name)}.pdf", media_type="application/pdf", content=content)


def _plain(name: str) -> str:
    """In letters that file systems take."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)
