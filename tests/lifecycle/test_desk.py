"""The rules of a life, on both stores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_fields

from engine.capture.captured import Address, Payment, PaymentState
from engine.errors import InvalidInput, NotFound, WrongState
from engine.inventory.ledger import Cell, Totals
from engine.lifecycle.life import Life
from engine.lifecycle.states import OrderState, ShipmentState
from engine.lifecycle.states import PaymentState as Paid
from engine.network.life_rules import HoldRules
from engine.network.policy import Policy
from tests.lifecycle.world import HOLD_S, World, an_order

PENDING = Payment(PaymentState.PENDING)


async def cell(world: World, sku: str, node: str) -> Cell:
    return next(each for each in await world.ledger.cells([sku]) if each.node_id == node)


async def stocked(world: World) -> None:
    """Five of each in the east, three of each in the west."""
    for node, units in (("east", 5), ("west", 3)):
        for sku in ("cup", "pot"):
            await world.stock(sku, node, units)


def nodes(life: Life) -> list[tuple[str, ShipmentState]]:
    return [(each.node_id, each.state) for each in life.shipments]


async def test_an_order_goes_its_way_to_the_customer(world: World) -> None:
    await stocked(world)
    life = await world.shipped()
    assert (life.state, life.payment.state, life.payment.captured) == (OrderState.SHIPPED, Paid.CAPTURED, 36_490_000)
    left = await cell(world, "cup", "east")
    assert (left.on_hand, left.reserved) == (3, 0)
    assert (await world.ledger.totals()).shipped == 3
    life = await world.desk.deliver(life.shipments[0].shipment_id, world.asked())
    assert life.state is OrderState.DELIVERED
    moves = [
        (event.before, event.after)
        for event in await world.desk.timeline(life.order_id)
        if event.kind.value == "ORDER" and event.before != event.after
    ]
    assert [after for _, after in moves] == ["CAPTURED", "ROUTED", "RELEASED", "SHIPPED", "DELIVERED"]
    await world.check()


async def test_what_a_node_rejects_is_routed_at_once_without_the_node(world: World) -> None:
    await stocked(world)
    life = await world.ordered()
    life = await world.desk.reject(life.shipments[0].shipment_id, [], world.asked("east", "no staff"))
    assert nodes(life) == [("east", ShipmentState.REJECTED), ("west", ShipmentState.RELEASED)]
    assert (await cell(world, "cup", "east")).reserved == 0
    assert life.not_nodes == ("east",)
    assert [member for _, member in await world.desk.queue("west", 10)] == [life.shipments[1].shipment_id]
    assert await world.desk.queue("east", 10) == []
    await world.check()


async def test_one_rejected_line_leaves_its_shipment(world: World) -> None:
    await stocked(world)
    life = await world.ordered()
    life = await world.desk.reject(life.shipments[0].shipment_id, ["2"], world.asked())
    assert [[each.line_id for each in shipment.contents] for shipment in life.shipments] == [["1"], ["2"]]
    assert nodes(life) == [("east", ShipmentState.RELEASED), ("west", ShipmentState.RELEASED)]
    await world.check()


async def test_a_short_pick_corrects_the_count_and_routes_the_rest(world: World) -> None:
    """The shelf is empty: nothing is promised there any more until somebody counts."""
    await stocked(world)
    life = await world.ordered()
    name = life.shipments[0].shipment_id
    await world.desk.accept(name, world.asked())
    life = await world.desk.pick(name, {"1": 1}, world.asked("picker"))
    assert nodes(life) == [("east", ShipmentState.PICKED), ("west", ShipmentState.RELEASED)]
    left = await cell(world, "cup", "east")
    assert (left.on_hand, left.reserved, left.atp) == (1, 1, 0)
    assert (await world.ledger.totals()).written_off == 4
    await world.check()


async def test_nothing_found_is_a_reject(world: World) -> None:
    await stocked(world)
    life = await world.ordered(lines=(("cup", 2, 20_000_000),))
    name = life.shipments[0].shipment_id
    await world.desk.accept(name, world.asked())
    life = await world.desk.pick(name, {"1": 0}, world.asked())
    assert nodes(life) == [("east", ShipmentState.REJECTED), ("west", ShipmentState.RELEASED)]
    assert (await cell(world, "cup", "east")).on_hand == 0


async def test_after_so_many_rejects_somebody_must_look_at_it(world: World) -> None:
    await stocked(world)
    world.policy = Policy(holds=HoldRules(reject_rounds=0))
    life = await world.ordered()
    life = await world.desk.reject(life.shipments[0].shipment_id, [], world.asked())
    assert (life.state, life.hold) == (OrderState.HELD, "rejected 1 times")
    world.policy = Policy()
    life = await world.desk.lift_hold(life.order_id, world.asked())
    assert nodes(life)[-1] == ("west", ShipmentState.RELEASED)


async def test_what_is_not_there_waits_and_is_routed_when_it_comes(world: World) -> None:
    await world.stock("cup", "east", 5)
    life = await world.ordered()
    assert (life.state, life.waiting()) == (OrderState.RELEASED, {"2": 1})
    assert await world.desk.restocked("pot") == []
    await world.stock("pot", "west", 1)
    assert await world.desk.restocked("pot") == [life.order_id]
    life = await world.desk.get(life.order_id)
    assert nodes(life) == [("east", ShipmentState.RELEASED), ("west", ShipmentState.RELEASED)]
    assert await world.lives.marked("waiting:pot") == []
    await world.check()


async def test_the_first_who_ordered_is_the_first_who_gets(world: World) -> None:
    later = an_order("2", lines=(("cup", 1, 0),))
    first = replace_fields(an_order("3", lines=(("cup", 1, 0),)), order_time=later.order_time - 60)
    for order in (later, first):
        await world.desk.capture(order, world.asked())
        await world.desk.route(order.order_id, world.asked())
    await world.stock("cup", "east", 1)
    assert await world.desk.restocked("cup") == ["web:3"]


async def test_a_preorder_waits_for_its_date(world: World) -> None:
    await stocked(world)
    life = await world.desk.capture(an_order(), world.asked(), world.now + 100)
    assert life.state is OrderState.SCHEDULED
    with pytest.raises(WrongState, match="SCHEDULED until"):
        await world.desk.route(life.order_id, world.asked())
    assert await world.desk.due() == []
    world.now += 100
    assert await world.desk.due() == [life.order_id]
    assert (await world.desk.get(life.order_id)).state is OrderState.ROUTED


async def test_a_cancelled_order_gives_its_units_back_and_lets_go_of_the_money(world: World) -> None:
    await stocked(world)
    life = await world.ordered()
    await world.desk.cancel(life.order_id, None, world.asked("customer", "changed his mind"))
    life = await world.desk.get(life.order_id)
    assert (life.state, life.payment.state) == (OrderState.CANCELLED, Paid.VOIDED)
    assert (await cell(world, "cup", "east")).reserved == 0
    await world.check()


async def test_a_cancelled_line_of_a_paid_order_is_refunded_with_its_share_of_the_discount(world: World) -> None:
    await stocked(world)
    life = await world.ordered(payment=Payment(PaymentState.PAID, reference="p"))
    await world.desk.cancel(life.order_id, {"2": 1}, world.asked())
    life = await world.desk.get(life.order_id)
    assert (life.payment.captured, life.payment.refunded) == (36_490_000, 10_500_000)
    await world.check()


async def test_what_has_left_can_not_be_cancelled(world: World) -> None:
    await stocked(world)
    life = await world.shipped()
    with pytest.raises(WrongState, match="SHIPPED"):
        await world.desk.cancel(life.order_id, None, world.asked())
    with pytest.raises(WrongState):
        await world.desk.cancel(life.order_id, {"1": 1}, world.asked())


async def test_an_address_is_corrected_until_a_node_works_on_it(world: World) -> None:
    await stocked(world)
    life = await world.desk.capture(an_order(), world.asked())
    await world.desk.route(life.order_id, world.asked())
    vienna = Address("AT", "1010", city="Wien", street=("Ring 1",))
    life = await world.desk.correct_address(life.order_id, vienna, world.asked())
    assert (life.state, life.order.ship_to) == (OrderState.CAPTURED, vienna)
    assert (await cell(world, "cup", "east")).reserved == 0
    await world.desk.route(life.order_id, world.asked())
    await world.desk.release(life.order_id, world.asked())
    with pytest.raises(WrongState, match="readdressed"):
        await world.desk.correct_address(life.order_id, vienna, world.asked())


async def test_an_address_without_a_street_is_held(world: World) -> None:
    life = await world.desk.capture(an_order(ship_to=Address("DE", "10115")), world.asked())
    assert (life.state, life.hold) == (OrderState.HELD, "address: no street and no city")
    with pytest.raises(WrongState):
        await world.desk.route(life.order_id, world.asked())


async def test_an_order_that_costs_too_much_is_looked_at(world: World) -> None:
    world.policy = Policy(holds=HoldRules(above=30_000_000))
    life = await world.desk.capture(an_order(), world.asked())
    assert life.hold == "fraud: 36.49 EUR is above 30.00"


async def test_more_units_cost_as_much_each_and_are_authorised(world: World) -> None:
    await stocked(world)
    life = await world.desk.capture(an_order(), world.asked())
    await world.desk.change_units(life.order_id, "1", 3, world.asked())
    life = await world.desk.get(life.order_id)
    assert life.order.lines[0].gross_micros == 30_000_000
    assert life.payment.authorised == 36_490_000 + 11_000_000
    life = await world.desk.route(life.order_id, world.asked())
    assert [each.units for each in life.shipments[0].contents] == [3, 1]
    await world.desk.change_units(life.order_id, "1", 1, world.asked())
    life = await world.desk.get(life.order_id)
    assert [each.units for each in life.shipments[0].contents] == [1, 1]
    await world.check()


async def test_nobody_works_on_what_is_not_paid(world: World) -> None:
    await stocked(world)
    world.gateway.failures = [False] * 2  # no answer at first
    life = await world.desk.capture(an_order(payment=PENDING), world.asked())
    await world.desk.route(life.order_id, world.asked())
    with pytest.raises(WrongState, match="its payment PENDING"):
        await world.desk.release(life.order_id, world.asked())
    assert await world.desk.unpaid() == [life.order_id]
    life = await world.desk.release(life.order_id, world.asked())
    assert life.payment.state is Paid.AUTHORISED


async def test_a_declined_payment_holds_the_order_until_the_customer_pays_again(world: World) -> None:
    await stocked(world)
    world.gateway._limit = 10_000_000
    order_id = (await world.desk.capture(an_order(payment=PENDING), world.asked())).order_id
    life = await world.desk.get(order_id)
    assert (life.state, life.payment.state) == (OrderState.HELD, Paid.DECLINED)
    assert life.hold == "payment declined: 36.49 EUR is above the limit"
    world.gateway._limit = None
    await world.desk.pay_again(order_id, world.asked())
    life = await world.desk.lift_hold(order_id, world.asked())
    assert (life.state, life.payment.state) == (OrderState.CAPTURED, Paid.AUTHORISED)
    await world.check()


async def test_each_shipment_is_captured_when_it_leaves_the_charges_with_the_first(world: World) -> None:
    await world.stock("cup", "east", 5)
    await world.stock("pot", "west", 5)
    life = await world.ordered()
    captured = []
    for shipment in life.shipments:
        await world.worked(shipment.shipment_id)
        await world.desk.ship(shipment.shipment_id, "T", world.asked())
        captured.append((await world.desk.get(life.order_id)).payment.captured)
    assert captured == [21_000_000 + 4_990_000, 36_490_000]
    await world.check()


async def test_a_pickup_is_handed_over_to_whoever_has_the_code(world: World) -> None:
    await world.stock("cup", "store", 5)
    await world.stock("pot", "store", 5)
    life = await world.ordered(picked=True)
    name = life.shipments[0].shipment_id
    await world.worked(name)
    with pytest.raises(WrongState, match="handed over"):
        await world.desk.ship(name, "", world.asked())
    life = await world.desk.ready(name, world.asked())
    assert (life.state, life.shipments[0].code) == (OrderState.RELEASED, f"code of {name}")
    with pytest.raises(InvalidInput, match="code"):
        await world.desk.hand_over(name, "guess", world.asked())
    life = await world.desk.hand_over(name, f"code of {name}", world.asked())
    assert life.state is OrderState.DELIVERED
    assert (await cell(world, "cup", "store")).on_hand == 3
    await world.check()


async def test_what_nobody_picks_up_is_the_stores_again(world: World) -> None:
    await world.stock("cup", "store", 5)
    await world.stock("pot", "store", 5)
    life = await world.ordered(picked=True)
    name = life.shipments[0].shipment_id
    await world.worked(name)
    await world.desk.ready(name, world.asked())
    await world.desk.no_show(name, world.asked())
    life = await world.desk.get(life.order_id)
    assert (life.state, life.payment.state) == (OrderState.CANCELLED, Paid.VOIDED)
    back = await cell(world, "cup", "store")
    assert (back.on_hand, back.reserved) == (5, 0)
    await world.check()


async def test_a_reservation_that_expired_meanwhile_is_decided_anew(world: World) -> None:
    """I3: a life never adopts what is not held."""
    await stocked(world)
    life = await world.desk.capture(an_order(), world.asked())
    router = world.desk.router()
    slow = replace(world.desk)

    class Slow:
        tried = 0

        async def route(self, *args, **named):  # type: ignore[no-untyped-def]
            route = await router.route(*args, **named)
            if not Slow.tried:
                world.now += HOLD_S
                await world.ledger.expire(world.now)
            Slow.tried += 1
            return route

        async def release(self, *args):  # type: ignore[no-untyped-def]
            return await router.release(*args)

        async def place_return(self, *args):  # type: ignore[no-untyped-def]
            return await router.place_return(*args)

    slow.router = Slow
    life = await slow.route(life.order_id, world.asked())
    assert (Slow.tried, life.state) == (2, OrderState.ROUTED)
    await world.check()


async def test_goods_that_leave_where_none_were_counted_were_there(world: World) -> None:
    """I4: on hand never falls below zero."""
    await stocked(world)
    life = await world.ordered()
    await world.stock("cup", "east", 0)
    name = life.shipments[0].shipment_id
    await world.worked(name)
    await world.desk.ship(name, "T", world.asked())
    assert (await cell(world, "cup", "east")).on_hand == 0
    assert await world.ledger.totals() == Totals(received=18, written_off=5, shipped=3)
    await world.check()


async def test_an_order_captured_twice_is_one(world: World) -> None:
    first = await world.desk.capture(an_order(), world.asked())
    again = await world.desk.capture(an_order(), world.asked())
    assert again == first
    assert len(await world.desk.timeline(first.order_id)) == 2


async def test_what_is_not_known_is_said_to_be_so(world: World) -> None:
    for call in (world.desk.get("web:9"), world.desk.timeline("web:9"), world.desk.accept("web:9/S1", world.asked())):
        with pytest.raises(NotFound):
            await call
