"""The local carrier: one of the network's own carriers, worked without any connection to it. The default.

It rates by the network's rate cards, numbers packages with SSCCs, prints labels, and tracks by scans that somebody records:
a store's own courier, or a parcel carrier whose drivers scan with the shop's devices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.network.carriers import Pricing, Service, ServiceLevel
from engine.network.components import NotAllowed
from engine.network.cost import CostModel
from engine.network.network import Network
from engine.network.nodes import Node
from engine.network.packing import PackedBox
from engine.network.rates import distance_price, fuel, rate_package
from engine.network.zones import ShipTo
from engine.shipping.book import CarrierBook, Entry, Used
from engine.shipping.carrier import CarrierRefused, Consignment, Label, LabelFile, LabelFormat, Parcel, Rate
from engine.shipping.documents.label_text import LabelText
from engine.shipping.numbers import SerialRange
from engine.shipping.tracking import Stage, TrackingEvent, in_order

OWN_TRANSPORT = ""
"""The carrier of transfers between nodes, as shipments have it: the shop itself, which asks nothing here."""


@dataclass(frozen=True)
class LocalCarrier:
    """See ``Carrier``.

    Parameters
    ----------
    carrier_id : one of the network's carriers, or ``OWN_TRANSPORT``.
    model : the network in force.
    book : where it keeps labels and scans; local carriers of one shop share it.
    serials : the shop's numbers.
    """

    carrier_id: str
    model: CostModel
    book: CarrierBook
    serials: SerialRange = field(default_factory=SerialRange)

    @property
    def _network(self) -> Network:
        return self.model.network

    async def rate(self, consignment: Consignment, now: int) -> tuple[Rate, ...]:
        service = self._service(consignment.level)
        return () if service is None else (self._rate(service, consignment),)

    async def label(self, consignment: Consignment, now: int) -> Label:
        rates = await self.rate(consignment, now)  # what can't go gets no label
        entry = await self.book.issue(consignment, now)
        return self._label(entry, rates[0] if rates else None, ())

    async def bought(self, label_id: str, now: int) -> Label:
        entry = await self.book.entry(label_id)
        texts = self._texts(entry.consignment, self._numbers(entry))
        return self._label(entry, None, await asyncio.to_thread(_printed, texts, entry.time))

    def _label(self, entry: Entry, rate: Rate | None, files: tuple[LabelFile, ...]) -> Label:
        consignment = entry.consignment
        if entry.void:
            raise CarrierRefused(self.carrier_id, f"the label of {consignment.consignment_id} was voided")
        numbers = self._numbers(entry)
        return Label(self.carrier_id, consignment.consignment_id, consignment.level, numbers, rate, files)

    async def void(self, label_id: str, now: int) -> None:
        entry = await self.book.entry(label_id)
        try:
            await self.book.void(label_id, self._numbers(entry))
        except Used:
            raise CarrierRefused(self.carrier_id, f"a package of {label_id} was scanned already") from None

    async def track(self, tracking_numbers: Sequence[str], now: int) -> tuple[TrackingEvent, ...]:
        events = await self.book.scans(tracking_numbers)
        return in_order(event for event in events if event.time <= now)

    async def scan(self, event: TrackingEvent) -> None:
        """Record what happened to a package."""
        await self.book.scan((event,))

    async def scan_all(self, label_id: str, stage: Stage, time: int, place: str = "", detail: str = "") -> None:
        """Record it for every package of a label. Raises NotFound, and CarrierRefused for a void label."""
        entry = await self.book.entry(label_id)
        if entry.void:
            raise CarrierRefused(self.carrier_id, f"the label {label_id} is void")
        numbers = self._numbers(entry)
        await self.book.scan([TrackingEvent(time, number, stage, place, detail) for number in numbers])

    def _numbers(self, entry: Entry) -> tuple[str, ...]:
        first = entry.first_serial
        return tuple(self.serials.number(first + n) for n in range(len(entry.consignment.parcels)))

    def _service(self, level: ServiceLevel) -> Service | None:
        if self.carrier_id == OWN_TRANSPORT:
            return None
        for service in self._network.services:
            if service.key == (self.carrier_id, level):
                return service
        raise CarrierRefused(self.carrier_id, f"it has no service at level {level.value}")

    def _node(self, node_id: str) -> Node:
        for node in self._network.nodes:
            if node.node_id == node_id:
                return node
        raise CarrierRefused(self.carrier_id, f"the network has no node {node_id!r}")

    def _rate(self, service: Service, consignment: Consignment) -> Rate:
        """As the cost model has it: carrier, fuel and surcharges. A return costs what the way out does."""
        node, address = self._node(consignment.node_id), consignment.customer
        zones, lived_in = self.model.zones, address.residential is not False
        to = zones.ship_to(address.country, address.postal_code, lived_in)
        zone = None if to is None else zones.zone(service, node, to.place, to.postal_code)
        if to is None or zone is None:
            way = f"{node.node_id} and {address.country} {address.postal_code}"
            raise CarrierRefused(self.carrier_id, f"{service.name} does not go between {way}")
        try:
            charges = _charges(service, zone, consignment.parcels, zones.distance_m(node, to.place), lived_in)
        except NotAllowed as refused:
            raise CarrierRefused(self.carrier_id, refused.detail) from None
        return Rate(
            self.carrier_id,
            service.level,
            service.name,
            sum(amount for _, amount in charges),
            self._network.policy.currency,
            charges,
            None if consignment.returning else self._arrival(service, zone, consignment, to),
        )

    def _arrival(self, service: Service, zone: int, consignment: Consignment, to: ShipTo) -> int:
        day, time = consignment.ship_day, consignment.ship_time
        return self.model.calendar.arrival_time(service, zone, day, time, to.place)

    def _texts(self, consignment: Consignment, numbers: tuple[str, ...]) -> tuple[LabelText, ...]:
        service = self._service(consignment.level)
        carrier = next(
            (one.name for one in self._network.carriers if one.carrier_id == self.carrier_id), "Store transfer"
        )
        return tuple(
            LabelText(
                carrier=carrier,
                service=consignment.level.value.replace("_", " ") if service is None else service.name,
                sender=consignment.sender,
                recipient=consignment.recipient,
                sscc=number,
                reference=consignment.reference or consignment.consignment_id,
                ship_day=consignment.ship_day,
                weight_g=parcel.weight_g,
                sides_mm=(parcel.length_mm, parcel.width_mm, parcel.height_mm),
                position=position,
                count=len(numbers),
                contents=parcel.contents,
                returning=consignment.returning,
            )
            for position, (number, parcel) in enumerate(zip(numbers, consignment.parcels, strict=True), 1)
        )


def _printed(texts: tuple[LabelText, ...], time: int) -> tuple[LabelFile, ...]:
    """A tenth of a second and more: nobody waits for it who packs."""
    from engine.shipping.documents.label import label_pdf  # the library takes half a second to import
    from engine.shipping.documents.zpl import label_zpl

    return LabelFile(LabelFormat.PDF, label_pdf(texts, time)), LabelFile(LabelFormat.ZPL, label_zpl(texts))


def _charges(
    service: Service, zone: int, parcels: Sequence[Parcel], distance_m: int, residential: bool
) -> tuple[tuple[str, int], ...]:
    """Carrier, fuel and surcharges, micros: the parts that are there. Raises NotAllowed."""
    boxes = [PackedBox("", one.length_mm, one.width_mm, one.height_mm, one.weight_g, 0, ()) for one in parcels]
    rates = [rate_package(service, zone, box) for box in boxes]
    rate, on_rate = sum(one.rate for one in rates), sum(one.fuel for one in rates)
    if service.pricing is Pricing.DISTANCE:
        rate = distance_price(service, distance_m)
        on_rate = fuel(service, rate)
    surcharges = sum(one.oversize for one in rates)
    if residential:
        surcharges += service.residential_surcharge * len(boxes)
    return tuple(part for part in (("carrier", rate), ("fuel", on_rate), ("surcharges", surcharges)) if part[1])
