"""Orders through their whole life over a real socket: the router, the store and the services as they are served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from onebox.v1 import fulfillment_service_pb2 as node_pb
from onebox.v1 import life_pb2
from onebox.v1 import order_service_pb2 as pb
from onebox.v1 import return_service_pb2 as return_pb

from engine.inventory.embedded import EmbeddedStore
from engine.lifecycle.local_gateway import LocalGateway
from engine.lifecycle.states import OrderState
from server.cli.timeline import timeline_rows
from server.conversion.lives import captured_from
from tests.server.real import Shop, micros, open_shop
from tests.server.running import reason, violations
from tests.server.test_processes import onebox

ADDRESS = {"country": "DE", "postal_code": "10115", "city": "Berlin", "street": ["Torstr. 1"], "name": "Ada"}
LINES = (("KETTLE-17", 2, 60), ("TEA-ASSAM", 3, 30))


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    """Kettles in three nodes, tea in two."""
    async with open_shop(store, ledger_name, sweep_interval_s=0.1) as shop:
        await shop.stock(
            [
                *(("KETTLE-17", node, 5) for node in ("dc-berlin", "dc-munich", "store-hamburg")),
                *(("TEA-ASSAM", node, 9) for node in ("dc-berlin", "store-hamburg")),
            ]
        )
        yield shop
        await shop.audit()


class Caller:
    """Calls with request ids of their own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._numbers = 0

    async def orders(self, method: str, **fields: Any) -> life_pb2.Life:
        answer = await self._call(self.shop.server.orders, pb, method, fields)
        life: life_pb2.Life = answer.life
        return life

    async def node(self, method: str, shipment: life_pb2.LiveShipment, **fields: Any) -> Any:
        return await self._call(
            self.shop.server.fulfillment, node_pb, method, {"shipment_id": shipment.shipment_id, **fields}
        )

    async def back(self, method: str, **fields: Any) -> life_pb2.Life:
        life: life_pb2.Life = (await self._call(self.shop.server.returns, return_pb, method, fields)).life
        return life

    async def _call(self, stub: Any, module: Any, method: str, fields: dict[str, Any]) -> Any:
        self._numbers += 1
        request = getattr(module, f"{method}Request")(request_id=f"{method}-{self._numbers}", **fields)
        await self.shop.settled()
        return await getattr(stub, method)(request)

    async def get(self, life: life_pb2.Life) -> life_pb2.Life:
        answer: pb.GetOrderResponse = await self.shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=life.order_id))
        return answer.life

    async def ordered(
        self, order_id: str = "1", lines: tuple[tuple[str, int, int], ...] = LINES, **fields: Any
    ) -> life_pb2.Life:
        """Captured, allocated and released."""
        life = await self.orders("CaptureOrder", content=a_content(order_id, lines, **fields))
        await self.orders("AllocateOrder", order_id=life.order_id)
        return await self.orders("ReleaseOrder", order_id=life.order_id)

    async def shipped(self, shipment: life_pb2.LiveShipment) -> None:
        for method in ("AcceptShipment", "PickShipment", "PackShipment"):
            await self.node(method, shipment)
        await self.node("ShipShipment", shipment, tracking_number="00340001")


def a_content(order_id: str, priced: tuple[tuple[str, int, int], ...] = LINES, **fields: Any) -> life_pb2.OrderContent:
    return life_pb2.OrderContent(
        **{
            "channel": "web",
            "channel_order_id": order_id,
            "currency_code": "EUR",
            "lines": [
                {"sku": sku, "units": units, "gross": {"currency_code": "EUR", "units": gross}}
                for sku, units, gross in priced
            ],
            "ship_to": ADDRESS,
            "shipping": {"currency_code": "EUR", "units": 4, "nanos": 990_000_000},
            "discount": {"currency_code": "EUR", "units": 9},
            "payment_state": life_pb2.PAYMENT_STATE_AUTHORISED,
            **fields,
        }
    )


async def test_an_order_rejected_by_its_node_ships_from_another_and_one_line_comes_back(shop: Shop) -> None:
    """I4: shipped units have left on hand and reserved; I7 of money: what is captured is what was ordered."""
    caller = Caller(shop)
    life = await caller.ordered()
    (first,) = life.shipments
    assert first.node_id == "dc-berlin"
    life = (await caller.node("RejectShipment", first, actor="dc-berlin", reason="no staff today")).life
    rejected, second = life.shipments
    assert (rejected.state, second.state) == (life_pb2.SHIPMENT_STATE_REJECTED, life_pb2.SHIPMENT_STATE_RELEASED)
    assert second.node_id == "store-hamburg"
    queue = await shop.server.fulfillment.ListShipments(node_pb.ListShipmentsRequest(node_id="store-hamburg"))
    assert [shipment.shipment_id for shipment in queue.shipments] == [second.shipment_id]
    await caller.shipped(second)
    cell = await shop.cell("KETTLE-17", "store-hamburg")
    assert (cell.on_hand, cell.reserved) == (3, 0)
    await caller.node("DeliverShipment", second)
    life = await caller.get(life)
    assert life.state == life_pb2.ORDER_STATE_DELIVERED
    assert micros(life.payment.captured) == 85_990_000
    assert (await shop.ledger.totals()).shipped == 5

    life = await caller.back(
        "AuthoriseReturn",
        order_id=life.order_id,
        lines=[{"line_id": "2", "units": 3}],
        actor="ada",
        reason="too strong",
    )
    name = life.returns[0].return_id
    await caller.back("ReceiveReturn", return_id=name, node_id="dc-munich", actor="dc-munich")
    await caller.back(
        "GradeReturn",
        return_id=name,
        lines=[{"line_id": "2", "as_new_units": 2, "damaged_units": 1}],
        actor="dc-munich",
        reason="one is torn",
    )
    life = await caller.get(life)
    assert life.payment.state == life_pb2.PAYMENT_STATE_PARTLY_REFUNDED
    assert micros(life.payment.refunded) == micros(life.returns[0].goods) == 27_000_000
    assert (await shop.cell("TEA-ASSAM", "dc-munich")).on_hand == 2
    totals = await shop.ledger.totals()
    assert (totals.shipped, totals.returned, totals.written_off) == (5, 3, 1)

    answer = await shop.server.orders.GetTimeline(pb.GetTimelineRequest(order_id=life.order_id))
    rows = timeline_rows(answer.events)
    print("\n".join("  ".join(row) for row in rows))
    told = [(row[1], row[2]) for row in rows]
    wanted = [
        ("order", "CAPTURED"),
        ("order", "ROUTED"),
        ("S1", "PLANNED"),
        ("S1", "RELEASED"),
        ("S1", "REJECTED"),
        ("S2", "RELEASED"),
        ("S2", "SHIPPED"),
        ("payment", "CAPTURED"),
        ("S2", "DELIVERED"),
        ("order", "DELIVERED"),
        (name.rpartition("/")[2], "CLOSED"),
        ("payment", "PARTLY_REFUNDED"),
    ]
    assert [row for row in told if row in wanted] == [
        ("order", "CAPTURED"),
        ("S1", "PLANNED"),
        ("order", "ROUTED"),
        ("S1", "RELEASED"),
        ("S1", "REJECTED"),
        ("S2", "RELEASED"),
        ("S2", "SHIPPED"),
        ("payment", "CAPTURED"),
        ("S2", "DELIVERED"),
        ("order", "DELIVERED"),
        (name.rpartition("/")[2], "CLOSED"),
        ("payment", "PARTLY_REFUNDED"),
    ]
    assert set(wanted) <= set(told)


async def test_a_short_pick_is_filled_from_elsewhere_and_the_count_corrected(shop: Shop) -> None:
    caller = Caller(shop)
    life = await caller.ordered()
    (first,) = life.shipments
    await caller.node("AcceptShipment", first)
    life = (await caller.node("PickShipment", first, short_lines=[{"line_id": "2", "units": 1}])).life
    assert [(s.node_id, [(c.sku, c.units) for c in s.contents]) for s in life.shipments] == [
        ("dc-berlin", [("KETTLE-17", 2), ("TEA-ASSAM", 1)]),
        ("store-hamburg", [("TEA-ASSAM", 2)]),
    ]
    assert (await shop.cell("TEA-ASSAM", "dc-berlin")).on_hand == 1


async def test_what_is_missing_ships_by_itself_when_stock_comes_in(shop: Shop) -> None:
    caller = Caller(shop)
    life = await caller.ordered(lines=(("KETTLE-17", 1, 30), ("MUG-BLUE", 2, 10)))
    assert [line.waiting_units for line in life.content.lines] == [0, 2]
    await shop.stock([("MUG-BLUE", "dc-munich", 4)])
    for _ in range(100):
        life = await caller.get(life)
        if len(life.shipments) == 2:
            break
        await asyncio.sleep(0.05)
    assert [(s.node_id, s.state) for s in life.shipments][1] == ("dc-munich", life_pb2.SHIPMENT_STATE_RELEASED)
    assert [line.waiting_units for line in life.content.lines] == [0, 0]


async def test_a_preorder_is_routed_when_its_date_comes(shop: Shop) -> None:
    caller = Caller(shop)
    date = {"seconds": shop.clock.now + 3_600}
    life = await caller.orders("CaptureOrder", content=a_content("pre"), not_before_time=date)
    assert life.state == life_pb2.ORDER_STATE_SCHEDULED
    shop.clock.now += 3_600
    for _ in range(100):
        life = await caller.get(life)
        if life.state == life_pb2.ORDER_STATE_ROUTED:
            break
        await asyncio.sleep(0.05)
    assert life.state == life_pb2.ORDER_STATE_ROUTED


async def test_a_request_sent_again_is_answered_as_before_and_another_is_refused(shop: Shop) -> None:
    """I5."""
    caller = Caller(shop)
    life = await caller.ordered()
    request = pb.CancelOrderRequest(request_id="c", order_id=life.order_id, lines=[{"line_id": "2", "units": 1}])
    first = await shop.server.orders.CancelOrder(request)
    assert await shop.server.orders.CancelOrder(request) == first
    assert await shop.reserved() == {("KETTLE-17", "dc-berlin"): 2, ("TEA-ASSAM", "dc-berlin"): 2}
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.orders.CancelOrder(pb.CancelOrderRequest(request_id="c", order_id=life.order_id))
    assert reason(caught.value) == "REQUEST_REUSED"


async def test_two_nodes_hands_on_one_shipment_take_it_once(shop: Shop) -> None:
    """I1, I4: whoever is slower is told the state it is in."""
    caller = Caller(shop)
    (shipment,) = (await caller.ordered()).shipments
    for method in ("AcceptShipment", "PickShipment", "PackShipment"):
        await caller.node(method, shipment)
    both = [caller.node("ShipShipment", shipment, tracking_number=f"T{n}") for n in range(4)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    refused = [each for each in answers if isinstance(each, grpc.aio.AioRpcError)]
    assert len(refused) == 3
    assert {reason(each) for each in refused} == {"WRONG_STATE"}
    assert (await shop.ledger.totals()).shipped == 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency_code": "euro"}, "content.currency_code"),
        ({"ship_to": {"country": "Germany"}}, "content.ship_to.country"),
        ({"lines": [{"sku": "NOTHING", "units": 1}]}, "content.lines[0].sku"),
        ({"lines": [{"sku": "KETTLE-17", "units": 0}]}, "content.lines[0].units"),
        ({"shipping": {"currency_code": "USD", "units": 4}}, "content.shipping.currency_code"),
        ({"payment_state": life_pb2.PAYMENT_STATE_REFUNDED}, "content.payment_state"),
        ({"channel_order_id": ""}, "content.channel_order_id"),
        ({"lines": []}, "content.lines"),
    ],
)
async def test_bad_content_is_refused_by_field(shop: Shop, changed: dict[str, Any], field: str) -> None:
    request = pb.CaptureOrderRequest(request_id="bad", content=a_content("bad", **changed))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.orders.CaptureOrder(request)
    assert list(violations(caught.value)) == [field]


async def test_an_order_that_is_not_known_is_not_found(shop: Shop) -> None:
    calls = (
        shop.server.orders.GetOrder(pb.GetOrderRequest(order_id="web:9")),
        shop.server.orders.GetTimeline(pb.GetTimelineRequest(order_id="web:9")),
        shop.server.orders.HoldOrder(pb.HoldOrderRequest(request_id="h", order_id="web:9", reason="why")),
        shop.server.fulfillment.AcceptShipment(node_pb.AcceptShipmentRequest(request_id="a", shipment_id="web:9/S1")),
    )
    for call in calls:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_customers_timeline_runs_over_all_his_orders(shop: Shop) -> None:
    caller = Caller(shop)
    for order_id, email in (("1", "Ada@Example.com"), ("2", "ada@example.com"), ("3", "bob@example.com")):
        await caller.orders("CaptureOrder", content=a_content(order_id, customer_email=email))
        shop.clock.now += 60
    await caller.orders("CancelOrder", order_id="web:1", reason="found it cheaper")
    request = pb.GetCustomerTimelineRequest(customer=" ADA@example.com")
    events = (await shop.server.orders.GetCustomerTimeline(request)).events
    assert list(dict.fromkeys(event.order_id for event in events)) == ["web:1", "web:2"]
    assert [event.event_time.seconds for event in events] == sorted(event.event_time.seconds for event in events)
    assert events[-1].order_id == "web:1"  # begun first, and cancelled last
    assert "found it cheaper" in {event.reason for event in events}
    address = f"127.0.0.1:{shop.server.worker.port}"
    shown = await asyncio.to_thread(onebox, "order", "customer", "ada@example.com", "--orders", "1", server=address)
    assert (shown.returncode, "web:2" in shown.stdout, "web:1" in shown.stdout) == (0, True, False), shown.stderr
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.orders.GetCustomerTimeline(pb.GetCustomerTimelineRequest(customer="eve@example.com"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.server.orders.GetCustomerTimeline(pb.GetCustomerTimelineRequest(customer="", orders=2_000))
    assert list(violations(caught.value)) == ["customer"]


async def test_what_a_channel_sent_gets_a_life_by_itself(shop: Shop) -> None:
    """From the inbox to the node's queue; a place that the network does not know holds the order."""
    inbox, desk = shop.server.worker.capturing.inbox, shop.server.worker.desk
    known = captured_from(a_content("shop-1"), shop.clock.now)
    unknown = captured_from(a_content("shop-2", ship_to=ADDRESS | {"country": "BR"}), shop.clock.now)
    for order in (known, unknown):
        await inbox.accept(order, order.order_id.encode(), shop.clock.now)
    for _ in range(100):
        if await inbox.taken() == 2:
            break
        await asyncio.sleep(0.05)
    life = await desk.get(known.order_id)
    assert (life.state, life.shipments[0].node_id) == (OrderState.RELEASED, "dc-berlin")
    held = await desk.get(unknown.order_id)
    assert held.state is OrderState.HELD
    assert held.hold.startswith("routing: destination.postal_code: expected a postal code of BR")


async def test_a_return_goes_where_it_costs_least_and_is_exchanged_for_what_is_dearer(shop: Shop) -> None:
    """Why it goes there is said; the difference is charged as the new goods leave."""
    caller = Caller(shop)
    life = await caller.ordered()
    for shipment in life.shipments:
        await caller.shipped(shipment)
        await caller.node("DeliverShipment", shipment)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.back(
            "AuthoriseReturn", order_id=life.order_id, lines=[{"line_id": "1", "units": 1, "replacement": {"sku": "X"}}]
        )
    assert violations(caught.value) == {"lines[0].replacement": "expected none, as it is no exchange, got 'X'"}
    new = {"sku": "TEA-ASSAM", "gross": {"currency_code": "EUR", "units": 40}}
    life = await caller.back(
        "AuthoriseReturn",
        order_id=life.order_id,
        lines=[{"line_id": "1", "units": 1, "condition": life_pb2.CONDITION_OPENED, "replacement": new}],
        exchange=True,
    )
    (back,) = life.returns
    assert (back.node_id, back.carrier_id, back.lines[0].condition) == (
        "store-vienna",  # where there is none of it
        "kranich",
        life_pb2.CONDITION_OPENED,
    )
    assert micros(back.cost) == sum(micros(part.amount) for part in back.costs)
    assert "dc-berlin" in [other.node_id for other in back.alternatives]
    life = await caller.back("HandInReturn", return_id=back.return_id, node_id="store-hamburg")
    handed_in = life.returns[0]
    assert (handed_in.drop_off_node_id, handed_in.carrier_id) == ("store-hamburg", "")
    if handed_in.state == life_pb2.RETURN_STATE_HANDED_IN:
        await caller.back("ReceiveReturn", return_id=back.return_id)
    await caller.back("GradeReturn", return_id=back.return_id)
    life = await caller.get(life)
    (back,) = life.returns
    paid_by = micros(life.payment.moved)
    assert paid_by == micros(back.goods) + micros(back.tax) == 27_000_000
    goes_out = (await shop.server.orders.GetOrder(pb.GetOrderRequest(order_id=back.exchange_order_id))).life
    assert goes_out.state == life_pb2.ORDER_STATE_RELEASED
    assert (micros(goes_out.payment.credited), micros(goes_out.payment.authorised)) == (27_000_000, 13_000_000)
    (shipment,) = goes_out.shipments
    await caller.shipped(shipment)
    assert micros((await caller.get(goes_out)).payment.captured) == 13_000_000


async def test_books_are_compared_and_made_good_over_the_wire(shop: Shop) -> None:
    caller = Caller(shop)
    life = await caller.ordered(payment_state=life_pb2.PAYMENT_STATE_PENDING)
    gateway = shop.server.worker.desk.gateway
    assert isinstance(gateway, LocalGateway)
    account = gateway._accounts[life.payment.reference]
    for shipment in life.shipments:
        await caller.shipped(shipment)
    account.authorised = account.captured = account.captured + 1_000_000

    async def found(**fields: Any) -> list[pb.ReconcilePaymentsResponse]:
        request = pb.ReconcilePaymentsRequest(request_id=f"books-{len(fields)}", **fields)
        return [each async for each in shop.server.orders.ReconcilePayments(request)]

    (told,) = await found(from_time={"seconds": 1})
    assert (told.order_id, told.what, told.mended) == (life.order_id, "CAPTURED", False)
    assert (micros(told.ours), micros(told.theirs)) == (85_990_000, 86_990_000)
    (mended,) = await found(order_id=life.order_id, mend=True)
    assert mended.mended
    assert (account.refunded, await found()) == (1_000_000, [])
