"""Labels, papers and tracking over a real socket: what a node prints, a carrier says and a customer sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
import pytest
from onebox.v1 import fulfillment_service_pb2 as node_pb
from onebox.v1 import life_pb2
from onebox.v1 import order_service_pb2 as pb

from engine.dock.dock import Dock
from engine.inventory.embedded import EmbeddedStore
from engine.shipping.carrier import Carrier, CarrierRefused, CarrierUnavailable, Consignment, Label
from engine.shipping.numbers import is_sscc
from tests.server.real import Shop, open_shop
from tests.server.running import reason, violations
from tests.server.test_life_end_to_end import Caller
from tests.shipping.reading import barcodes_of, texts_of, zpl_labels

S = life_pb2.ShipmentState
DAY_S = 86_400
LAMPS = (("LAMP-OAK", 2, 200), ("TEA-ASSAM", 3, 30))
"""Lamps travel alone: three packages."""


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    """Enough of everything in Berlin, and in Hamburg too."""
    said = {"shop_name": "Haus & Hof", "returns_text": "Back within 30 days."}
    async with open_shop(store, ledger_name, None, None, sweep_interval_s=0.1, **said) as shop:
        skus = ("KETTLE-17", "TEA-ASSAM", "LAMP-OAK", "MUG-BLUE")
        await shop.stock([(sku, node, 50) for sku in skus for node in ("dc-berlin", "store-hamburg")])
        yield shop
        await shop.audit()


@pytest.fixture
def caller(shop: Shop) -> Caller:
    return Caller(shop)


async def picked(caller: Caller, order_id: str = "1", **fields: Any) -> life_pb2.LiveShipment:
    (shipment,) = (await caller.ordered(order_id, **fields)).shipments
    for method in ("AcceptShipment", "PickShipment"):
        await caller.node(method, shipment)
    return shipment


async def packed(caller: Caller, order_id: str = "1", **fields: Any) -> life_pb2.LiveShipment:
    shipment = await picked(caller, order_id, **fields)
    life: life_pb2.Life = (await caller.node("PackShipment", shipment)).life
    return life.shipments[0]


async def shipped(caller: Caller, order_id: str = "1", **fields: Any) -> life_pb2.LiveShipment:
    shipment = await packed(caller, order_id, **fields)
    life: life_pb2.Life = (await caller.node("ShipShipment", shipment)).life
    return life.shipments[0]


async def document(caller: Caller, method: str, **fields: Any) -> node_pb.Document:
    request = getattr(node_pb, f"{method}Request")(**fields)
    answer = await getattr(caller.shop.server.fulfillment, method)(request)
    made: node_pb.Document = answer.document
    return made


async def scan(caller: Caller, number: str, stage: str, *, ago_s: int = 0, **fields: Any) -> Sequence[str]:
    told = life_pb2.Scan(
        tracking_number=number,
        stage=f"SCAN_STAGE_{stage}",
        scan_time={"seconds": caller.shop.clock.now - ago_s},
        **fields,
    )
    request = node_pb.RecordScansRequest(scans=[told], actor="kranich")
    answer = await caller.shop.server.fulfillment.RecordScans(request)
    return list(answer.unknown_tracking_numbers)


async def told(caller: Caller, shipment: life_pb2.LiveShipment, what: str) -> list[dict[str, Any]]:
    """Data of the events of a shipment that say ``what``."""
    request = pb.GetTimelineRequest(order_id=shipment.order_id)
    answer = await caller.shop.server.orders.GetTimeline(request)
    mine = [dict(event.data) for event in answer.events if event.subject_id == shipment.shipment_id]
    return [data for data in mine if data.get("what") == what]


async def state_of(caller: Caller, shipment: life_pb2.LiveShipment) -> str:
    life = await caller.shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=shipment.order_id))
    now = next(each for each in life.life.shipments if each.shipment_id == shipment.shipment_id)
    return S.Name(now.state).removeprefix("SHIPMENT_STATE_")


async def until(wanted: Any) -> None:
    """Until the coroutine function says yes, ten seconds at most."""
    for _ in range(200):
        if await wanted():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")


async def test_packing_buys_a_label_for_each_package_that_a_scanner_reads(caller: Caller) -> None:
    shipment = await packed(caller, lines=LAMPS)
    numbers = list(shipment.tracking_numbers)
    assert len(numbers) == len(shipment.packages) == len(set(numbers)) == 3
    assert all(map(is_sscc, numbers))
    label = await document(caller, "GetLabel", shipment_id=shipment.shipment_id)
    assert label.media_type == "application/pdf"
    assert barcodes_of(label.content) == [[f"]C1(00){number}"] for number in numbers]
    text = texts_of(label.content)[0]
    assert "Ada" in text
    assert "Berlin Großbeeren" in text
    zpl = await document(caller, "GetLabel", shipment_id=shipment.shipment_id, format=node_pb.LABEL_FORMAT_ZPL)
    read = [[field.barcode for field in fields if field.barcode] for fields in zpl_labels(zpl.content)]
    assert read == [[f"]C100{number}"] for number in numbers]
    (event,) = await told(caller, shipment, "label asked")
    assert event["label_id"] == shipment.label_id


async def test_packing_again_by_the_same_request_buys_no_second_label(caller: Caller) -> None:
    """I5: also where the first answer never came."""
    shipment = await picked(caller)
    request = node_pb.PackShipmentRequest(request_id="pack", shipment_id=shipment.shipment_id)
    answers = [await caller.shop.server.fulfillment.PackShipment(request) for _ in range(2)]
    assert answers[0] == answers[1]
    at_once = [node_pb.PackShipmentRequest(request_id=f"p{n}", shipment_id=shipment.shipment_id) for n in range(2)]
    for each in at_once:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await caller.shop.server.fulfillment.PackShipment(each)
        assert reason(caught.value) == "WRONG_STATE"
    numbers = answers[0].life.shipments[0].tracking_numbers
    other = await packed(caller, "2")
    assert int(other.tracking_numbers[0][:-1]) == int(numbers[0][:-1]) + 1  # none was given between


async def test_four_who_pack_one_shipment_at_once_buy_one_label(caller: Caller) -> None:
    shipment = await picked(caller)
    calls = [caller.node("PackShipment", shipment) for _ in range(4)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    (done,) = [each for each in answers if not isinstance(each, BaseException)]
    (number,) = done.life.shipments[0].tracking_numbers
    other = await packed(caller, "2")
    assert int(other.tracking_numbers[0][:-1]) == int(number[:-1]) + 1
    label = await document(caller, "GetLabel", shipment_id=shipment.shipment_id)
    assert barcodes_of(label.content) == [[f"]C1(00){number}"]]


class Unwilling:
    """A carrier that fails at labels: ``before`` it has bought them, or after."""

    def __init__(self, carrier: Carrier, error: Exception, *, before: bool) -> None:
        self._carrier, self._error, self._before = carrier, error, before

    async def label(self, consignment: Consignment, now: int) -> Label:
        if not self._before:
            await self._carrier.label(consignment, now)
        raise self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)


class Failing:
    """The carriers of a dock, unwilling while the block lasts."""

    def __init__(self, dock: Dock, error: Exception, *, before: bool = True) -> None:
        self._dock, self._error, self._before, self._carriers = dock, error, before, dock.carrier_of

    def __enter__(self) -> None:
        self._dock.carrier_of = lambda name: Unwilling(self._carriers(name), self._error, before=self._before)

    def __exit__(self, *_: object) -> None:
        self._dock.carrier_of = self._carriers


async def test_a_carrier_that_refuses_leaves_the_shipment_picked_and_says_why(caller: Caller) -> None:
    shipment, dock = await picked(caller), caller.shop.server.worker.dock
    with Failing(dock, CarrierRefused("kranich", "no such street")), pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.node("PackShipment", shipment)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert reason(caught.value) == "CARRIER_REFUSED"
    assert await state_of(caller, shipment) == "PICKED"
    (event,) = await told(caller, shipment, "label refused")
    assert "no such street" in event["why"]
    life = (await caller.node("PackShipment", shipment)).life
    assert life.shipments[0].state == S.SHIPMENT_STATE_PACKED


@pytest.mark.parametrize("before", [True, False])
async def test_a_carrier_that_does_not_answer_is_asked_for_the_same_label_again(caller: Caller, before: bool) -> None:
    shipment, dock = await picked(caller), caller.shop.server.worker.dock
    silence = CarrierUnavailable("kranich", "no answer in 30 s")
    with Failing(dock, silence, before=before), pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.node("PackShipment", shipment)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await state_of(caller, shipment) == "PICKED"
    (number,) = (await caller.node("PackShipment", shipment)).life.shipments[0].tracking_numbers
    other = await packed(caller, "2")
    assert int(other.tracking_numbers[0][:-1]) == int(number[:-1]) + 1


@pytest.mark.parametrize("answered", [True, False])
async def test_a_label_of_what_is_cancelled_is_taken_back(caller: Caller, answered: bool) -> None:
    """Also one that was bought without anybody hearing of it."""
    shipment, dock = await picked(caller), caller.shop.server.worker.dock
    if answered:
        await caller.node("PackShipment", shipment)
    else:
        silence = CarrierUnavailable("kranich", "no answer in 30 s")
        with Failing(dock, silence, before=False), pytest.raises(grpc.aio.AioRpcError):
            await caller.node("PackShipment", shipment)
    life = await caller.orders("CancelOrder", order_id=shipment.order_id)
    assert life.state == life_pb2.ORDER_STATE_CANCELLED

    async def gone() -> bool:
        events = await dock.desk.timeline(shipment.order_id)
        return any(event.data.get("what") == "label taken back" for event in events)

    await until(gone)
    assert (await dock.desk.get(shipment.order_id)).taken_back == ()
    label = (await told(caller, shipment, "label asked"))[0]["label_id"]
    with pytest.raises(CarrierRefused, match="voided"):
        await dock.carrier_of("kranich").bought(label, caller.shop.clock.now)


async def test_it_leaves_by_its_label_or_by_another_number_and_the_label_goes_back(caller: Caller) -> None:
    shipment = await shipped(caller)
    assert shipment.tracking_number == shipment.tracking_numbers[0]
    other = await packed(caller, "2")
    life = (await caller.node("ShipShipment", other, tracking_number="JD0002")).life
    assert list(life.shipments[0].tracking_numbers) == ["JD0002"]
    dock = caller.shop.server.worker.dock

    async def settled() -> bool:
        return (await dock.desk.get(other.order_id)).taken_back == ()

    await until(settled)


async def test_scans_move_a_shipment_and_the_customer_has_it_when_the_last_package_is_there(caller: Caller) -> None:
    shipment = await shipped(caller, lines=LAMPS)
    first, *others = shipment.tracking_numbers
    assert await scan(caller, first, "ACCEPTED", place="Berlin") == []
    assert await state_of(caller, shipment) == "IN_TRANSIT"
    await scan(caller, first, "HELD", detail="address not found")
    assert await state_of(caller, shipment) == "EXCEPTION"
    (event,) = await told(caller, shipment, "exception")
    assert (event["trouble"], event["detail"]) == ("HELD", "address not found")
    caller.shop.clock.now += 60
    await scan(caller, first, "OUT_FOR_DELIVERY")
    assert await state_of(caller, shipment) == "IN_TRANSIT"
    for number in (first, *others):
        assert await state_of(caller, shipment) == "IN_TRANSIT"
        await scan(caller, number, "DELIVERED")
        await scan(caller, number, "DELIVERED")
    assert await state_of(caller, shipment) == "DELIVERED"
    assert len(await told(caller, shipment, "scan")) == 6  # each once, however often it is told
    life = await caller.shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=shipment.order_id))
    assert life.life.state == life_pb2.ORDER_STATE_DELIVERED


async def test_a_carrier_that_scans_what_is_packed_has_it_whether_the_node_said_so_or_not(caller: Caller) -> None:
    shipment = await packed(caller)
    await scan(caller, shipment.tracking_numbers[0], "ACCEPTED")
    assert await state_of(caller, shipment) == "IN_TRANSIT"
    assert (await caller.shop.ledger.totals()).shipped == 5


async def test_what_is_late_or_silent_is_told_once_by_the_clock(caller: Caller) -> None:
    shipment = await shipped(caller)
    await scan(caller, shipment.tracking_numbers[0], "ACCEPTED")
    caller.shop.clock.now += 12 * DAY_S

    async def late() -> bool:
        return "LATE" in [each["trouble"] for each in await told(caller, shipment, "exception")]

    await until(late)
    await scan(caller, shipment.tracking_numbers[0], "DELIVERED")
    caller.shop.clock.now += DAY_S
    troubles = [each["trouble"] for each in await told(caller, shipment, "exception")]
    assert sorted(troubles) == ["LATE", "SILENT"]
    assert await state_of(caller, shipment) == "DELIVERED"


async def test_scans_of_what_nobody_knows_are_given_back_and_bad_ones_refused(caller: Caller) -> None:
    assert await scan(caller, "4711", "DELIVERED") == ["4711"]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.shop.server.fulfillment.RecordScans(node_pb.RecordScansRequest(scans=[life_pb2.Scan(place="x")]))
    assert list(violations(caught.value)) == ["scans[0].scan_time"]


async def test_the_papers_of_a_nodes_day_say_what_is_on_them(caller: Caller) -> None:
    """Two orders on one pick list with totals, a slip in each box, and a manifest of both at the end of the day."""
    shipments = [(await caller.ordered(f"{n}", lines=LAMPS)).shipments[0] for n in (1, 2)]
    for shipment in shipments:
        await caller.node("AcceptShipment", shipment)
    wave = await document(caller, "GetPickList", node_id="dc-berlin")
    (page,) = texts_of(wave.content)
    for shipment in shipments:
        assert shipment.shipment_id in page
    row = next(line for line in page.splitlines() if line.startswith("LAMP-OAK") or " LAMP-OAK " in line)
    assert " 4 " in f" {row} ", row  # two for each order
    assert await document(caller, "GetPickList", node_id="dc-berlin") == wave
    for shipment in shipments:
        for method in ("PickShipment", "PackShipment"):
            life = (await caller.node(method, shipment)).life
    slip = await document(caller, "GetPackingSlip", shipment_id=shipments[1].shipment_id, page_size="PAGE_SIZE_LETTER")
    (page,) = texts_of(slip.content)
    for words in ("Haus & Hof", "Ada", "Leselampe Eiche", "Back within 30 days.", *life.shipments[0].tracking_numbers):
        assert words in page
    await caller.node("ShipShipment", shipments[0])
    manifest = await document(caller, "GetManifest", node_id="dc-berlin", carrier_id="kranich")
    (page,) = texts_of(manifest.content)
    numbers = [number for each in (await both(caller)) for number in each.tracking_numbers]
    assert len(numbers) == 6
    assert all(number in page for number in numbers)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await document(caller, "GetManifest", node_id="dc-berlin", carrier_id="kranich", day="2026-03-29")
    assert list(violations(caught.value)) == ["carrier_id"]


async def both(caller: Caller) -> list[life_pb2.LiveShipment]:
    lives = [await caller.shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=f"web:{n}")) for n in (1, 2)]
    return [each.life.shipments[0] for each in lives]


async def test_what_comes_back_travels_by_a_label_of_its_own(caller: Caller) -> None:
    shipment = await shipped(caller)
    await caller.node("DeliverShipment", shipment)
    life = await caller.back("AuthoriseReturn", order_id=shipment.order_id, lines=[{"line_id": "2", "units": 3}])
    name = life.returns[0].return_id
    request = node_pb.LabelReturnRequest(request_id="back", return_id=name)
    answers = [await caller.shop.server.fulfillment.LabelReturn(request) for _ in range(2)]
    assert answers[0] == answers[1]
    (number,) = answers[0].life.returns[0].tracking_numbers
    label = await document(caller, "GetLabel", return_id=name)
    assert barcodes_of(label.content) == [[f"]C1(00){number}"]]
    assert "RETURN" in texts_of(label.content)[0]
    assert await scan(caller, number, "ACCEPTED") == []
    await caller.back("CancelReturn", return_id=name)
    dock = caller.shop.server.worker.dock

    async def settled() -> bool:
        return (await dock.desk.get(shipment.order_id)).taken_back == ()

    await until(settled)


async def test_a_label_that_is_not_there_is_not_found_and_a_format_it_has_not_refused(caller: Caller) -> None:
    shipment = await picked(caller)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await document(caller, "GetLabel", shipment_id=shipment.shipment_id)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    await caller.node("PackShipment", shipment)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await document(caller, "GetLabel", shipment_id=shipment.shipment_id, format=node_pb.LABEL_FORMAT_PNG)
    assert list(violations(caught.value)) == ["format"]
