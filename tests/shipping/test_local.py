from __future__ import annotations

import asyncio

import pytest

from engine.errors import InvalidInput, NotFound, RequestReused
from engine.network.carriers import ServiceLevel
from engine.network.components import Component
from engine.network.cost import CostModel
from engine.network.zones import Zones
from engine.shipping.book import CarrierBook, MemoryBook
from engine.shipping.carrier import CarrierRefused, LabelFormat, Parcel
from engine.shipping.local import OWN_TRANSPORT, LocalCarrier
from engine.shipping.numbers import is_sscc
from engine.shipping.tracking import Stage, TrackingEvent
from tests.network.sample import BIKE, BOOK, DC, GROUND, MUG, ROD, SAMPLE, STORE
from tests.shipping.building import BOX, MEMPHIS, NOW, ZOE, consignment
from tests.shipping.reading import barcodes_of, zpl_labels

MODEL = CostModel(SAMPLE)


def carrier(book: CarrierBook | None = None, carrier_id: str = "USPS") -> LocalCarrier:
    return LocalCarrier(carrier_id, MODEL, book or MemoryBook())


async def test_it_asks_what_the_router_reckoned_with() -> None:
    to = Zones(SAMPLE).ship_to("US", ZOE.postal_code, True)
    assert to is not None
    for contents in (((0, MUG, 3),), ((0, BOOK, 10), (1, ROD, 2))):
        sent = consignment()
        priced = MODEL.price(
            node=DC,
            service=GROUND,
            destination=to,
            ship_day=sent.ship_day,
            now=NOW,
            contents=contents,
            promise_time=None,
        )
        boxes = [package.box for package in priced.packages]
        parcels = tuple(Parcel(box.length_mm, box.width_mm, box.height_mm, box.weight_g) for box in boxes)
        (rate,) = await carrier().rate(consignment(parcels=parcels), NOW)
        parts = dict(priced.breakdown)
        asked = [parts.get(part, 0) for part in (Component.CARRIER, Component.FUEL, Component.SURCHARGES)]
        assert [dict(rate.charges).get(name, 0) for name in ("carrier", "fuel", "surcharges")] == asked
        assert rate.cost == sum(asked)
        assert rate.arrival_time == priced.arrival_time


async def test_a_courier_asks_by_distance() -> None:
    sent = consignment(node_id=STORE.node_id, level=ServiceLevel.SAME_DAY)
    (rate,) = await carrier(carrier_id="BIKE").rate(sent, NOW)
    assert dict(rate.charges)["carrier"] >= BIKE.base_price


async def test_a_return_costs_what_the_way_out_does_and_promises_no_arrival() -> None:
    (out,) = await carrier().rate(consignment(), NOW)
    (back,) = await carrier().rate(consignment(sender=ZOE, recipient=MEMPHIS, returning=True), NOW)
    assert (back.cost, back.arrival_time) == (out.cost, None)


async def test_each_package_has_a_number_of_its_own_that_its_label_carries(book: CarrierBook) -> None:
    label = await carrier(book).label(consignment(parcels=(BOX, BOX, BOX)), NOW)
    other = await carrier(book).label(consignment(consignment_id="S-2"), NOW)
    numbers = label.tracking_numbers + other.tracking_numbers
    assert len(set(numbers)) == 4
    assert all(map(is_sscc, numbers))
    printed = await carrier(book).bought("S-1", NOW)
    assert printed.tracking_numbers == label.tracking_numbers
    pdf, zpl = printed.file(LabelFormat.PDF), printed.file(LabelFormat.ZPL)
    assert pdf is not None
    assert zpl is not None
    assert barcodes_of(pdf) == [[f"]C1(00){number}"] for number in label.tracking_numbers]
    read = [[field.barcode for field in fields if field.barcode] for fields in zpl_labels(zpl)]
    assert read == [[f"]C100{number}"] for number in label.tracking_numbers]


async def test_the_same_consignment_twice_is_one_label_byte_for_byte(book: CarrierBook) -> None:
    first = await carrier(book).label(consignment(), NOW)
    assert await carrier(book).label(consignment(), NOW + 60) == first
    assert await carrier(book).bought("S-1", NOW) == await carrier(book).bought("S-1", NOW + 60)
    with pytest.raises(RequestReused):
        await carrier(book).label(consignment(parcels=(BOX, BOX)), NOW)


async def test_labels_asked_for_at_once_share_no_number(book: CarrierBook) -> None:
    local = carrier(book)
    ids = [f"S-{n % 20}" for n in range(60)]  # each thrice
    entries = await asyncio.gather(
        *[book.issue(consignment(consignment_id=one, parcels=(BOX, BOX)), NOW) for one in ids]
    )
    by_id = dict(zip(ids, entries, strict=True))
    assert all(by_id[one] == entry for one, entry in zip(ids, entries, strict=True))
    numbers = [number for entry in by_id.values() for number in local._numbers(entry)]
    assert len(set(numbers)) == len(numbers) == 40


async def test_a_voided_label_is_used_no_more(book: CarrierBook) -> None:
    local = carrier(book)
    await local.label(consignment(), NOW)
    await local.void("S-1", NOW)
    await local.void("S-1", NOW)
    with pytest.raises(CarrierRefused, match="voided"):
        await local.label(consignment(), NOW)
    with pytest.raises(CarrierRefused, match="void"):
        await local.scan_all("S-1", Stage.ACCEPTED, NOW)


async def test_a_label_on_the_way_is_not_voided(book: CarrierBook) -> None:
    local = carrier(book)
    label = await local.label(consignment(parcels=(BOX, BOX)), NOW)
    await local.scan(TrackingEvent(NOW + 9, label.tracking_numbers[1], Stage.ACCEPTED))
    with pytest.raises(CarrierRefused, match="scanned"):
        await local.void("S-1", NOW)


async def test_what_was_never_labelled_is_not_found(book: CarrierBook) -> None:
    with pytest.raises(NotFound, match="S-9"):
        await carrier(book).void("S-9", NOW)


async def test_it_tracks_by_the_scans_that_were_recorded(book: CarrierBook) -> None:
    local = carrier(book)
    label = await local.label(consignment(parcels=(BOX, BOX)), NOW)
    await local.scan_all("S-1", Stage.IN_TRANSIT, NOW + 50, "Nashville")
    await local.scan_all("S-1", Stage.ACCEPTED, NOW + 10)
    await local.scan_all("S-1", Stage.ACCEPTED, NOW + 10)
    events = await local.track(label.tracking_numbers, NOW + 60)
    assert [(event.time - NOW, event.stage) for event in events] == [(10, Stage.ACCEPTED)] * 2 + [
        (50, Stage.IN_TRANSIT)
    ] * 2
    assert {event.place for event in events} == {"", "Nashville"}
    assert len(await local.track(label.tracking_numbers[:1], NOW + 20)) == 1
    assert await local.track(("unknown",), NOW) == ()


async def test_a_label_is_no_scan(book: CarrierBook) -> None:
    with pytest.raises(InvalidInput, match="stage"):
        await book.scan([TrackingEvent(NOW, "1", Stage.LABELLED)])


@pytest.mark.parametrize(
    ("changed", "carrier_id", "why"),
    [
        ({"level": ServiceLevel.OVERNIGHT}, "USPS", "no service at level OVERNIGHT"),
        ({"node_id": "DC-XXX"}, "USPS", "no node 'DC-XXX'"),
        ({"parcels": (Parcel(300, 300, 300, 40_000),)}, "USPS", "weight is 40000 g, at most 31751 g"),
        ({"level": ServiceLevel.SAME_DAY}, "BIKE", "does not go between DC-MEM and US 10001-2345"),
    ],
)
async def test_what_it_can_not_carry_gets_no_label(changed: dict[str, object], carrier_id: str, why: str) -> None:
    book = MemoryBook()
    with pytest.raises(CarrierRefused, match=why):
        await carrier(book, carrier_id).label(consignment(**changed), NOW)
    with pytest.raises(NotFound):
        await book.entry("S-1")


async def test_a_transfer_between_nodes_is_labelled_by_the_shop_itself() -> None:
    sent = consignment(level=ServiceLevel.SHIP_TO_STORE)
    label = await carrier(carrier_id=OWN_TRANSPORT).label(sent, NOW)
    assert label.rate is None
    assert is_sscc(label.tracking_numbers[0])
