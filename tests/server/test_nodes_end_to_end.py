"""What stores and rejecting nodes bring about, over a real socket: transfers, codes, no-shows, rounds that end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import grpc
import pytest
from onebox.v1 import life_pb2

from engine.inventory.embedded import EmbeddedStore
from engine.network.life_rules import HoldRules
from tests.server.real import Shop, eu, open_shop
from tests.server.running import violations
from tests.server.test_dock_end_to_end import document, scan, state_of
from tests.server.test_life_end_to_end import Caller
from tests.shipping.reading import barcodes_of, texts_of

S = life_pb2.ShipmentState


@pytest.fixture
async def shop(store: EmbeddedStore, ledger_name: str) -> AsyncIterator[Shop]:
    """Kettles in Berlin alone; tea at every node; one reject is followed by a decision, no more."""
    network = eu()
    network = replace(network, policy=replace(network.policy, holds=HoldRules(reject_rounds=1)))
    async with open_shop(store, ledger_name, network, sweep_interval_s=0.1) as shop:
        await shop.stock([("KETTLE-17", "dc-berlin", 5)])
        await shop.stock([("TEA-ASSAM", node, 9) for node in ("dc-berlin", "dc-munich", "store-hamburg")])
        yield shop
        await shop.audit()


async def to_store(caller: Caller, name: str) -> life_pb2.LiveShipment:
    """A kettle that is brought to the store where it is wanted, packed in Berlin."""
    line = {"sku": "KETTLE-17", "units": 1, "gross": {"currency_code": "EUR", "units": 49}}
    content: dict[str, Any] = {
        "channel": "web",
        "channel_order_id": name,
        "currency_code": "EUR",
        "customer_name": "Ada",
    }
    content |= {"lines": [{**line, "fulfilment": "FULFILMENT_PICKUP"}], "pickup_node_id": "store-hamburg"}
    content["payment_state"] = "PAYMENT_STATE_AUTHORISED"
    life = await caller.orders("CaptureOrder", content=content)
    await caller.orders("AllocateOrder", order_id=life.order_id)
    (shipment,) = (await caller.orders("ReleaseOrder", order_id=life.order_id)).shipments
    assert (shipment.node_id, shipment.destination_node_id) == ("dc-berlin", "store-hamburg")
    for method in ("AcceptShipment", "PickShipment"):
        await caller.node(method, shipment)
    packed: life_pb2.LiveShipment = (await caller.node("PackShipment", shipment)).life.shipments[0]
    return packed


async def test_what_is_brought_to_a_store_travels_labelled_and_is_handed_over_by_its_code(shop: Shop) -> None:
    caller = Caller(shop)
    shipment = await to_store(caller, "1")
    (number,) = shipment.tracking_numbers
    label = await document(caller, "GetLabel", shipment_id=shipment.shipment_id)
    assert barcodes_of(label.content) == [[f"]C1(00){number}"]]
    assert "Hamburg, Mönckebergstraße" in texts_of(label.content)[0]
    slip = await document(caller, "GetPackingSlip", shipment_id=shipment.shipment_id)
    assert "Ada" in texts_of(slip.content)[0]
    await caller.node("ShipShipment", shipment)
    manifest = await document(caller, "GetManifest", node_id="dc-berlin", carrier_id="")
    assert number in texts_of(manifest.content)[0]
    await scan(caller, number, "DELIVERED")
    assert await state_of(caller, shipment) == "IN_TRANSIT"  # the store says when it lies ready
    code = (await caller.node("ReadyShipment", shipment)).pickup_code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.node("HandOverShipment", shipment, pickup_code=wrong)
    assert code not in str(violations(caught.value))
    life = (await caller.node("HandOverShipment", shipment, pickup_code=code)).life
    assert life.state == life_pb2.ORDER_STATE_DELIVERED


async def test_nobody_came_and_it_is_the_stores_own_stock_now(shop: Shop) -> None:
    caller = Caller(shop)
    shipment = await to_store(caller, "1")
    await caller.node("ShipShipment", shipment)
    await caller.node("ReadyShipment", shipment)
    life = await caller.get((await caller.node("ReturnNoShow", shipment)).life)
    assert life.state == life_pb2.ORDER_STATE_CANCELLED
    cell = await shop.cell("KETTLE-17", "store-hamburg")
    assert (cell.on_hand, cell.reserved) == (1, 0)
    assert life.payment.captured == life.payment.refunded


async def test_nodes_that_reject_are_left_out_until_the_rounds_end_and_the_order_is_held(shop: Shop) -> None:
    caller = Caller(shop)
    life = await caller.ordered("1", lines=(("TEA-ASSAM", 1, 10),))
    seen = []
    while life.shipments[-1].state == S.SHIPMENT_STATE_RELEASED:
        seen.append(life.shipments[-1].node_id)
        life = (await caller.node("RejectShipment", life.shipments[-1], reason="no staff")).life
    assert len(seen) == len(set(seen)) == 2  # one round, and no more
    assert (life.state, life.hold_reason) == (life_pb2.ORDER_STATE_HELD, "rejected 2 times")
    assert sorted(life.rejected_by_node_ids) == sorted(seen)
    life = await caller.orders("LiftHold", order_id=life.order_id)
    last = life.shipments[-1]
    assert last.state == S.SHIPMENT_STATE_RELEASED
    assert last.node_id not in seen
