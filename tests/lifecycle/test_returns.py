"""What comes back, on both stores."""

from __future__ import annotations

import pytest

from engine.errors import InvalidInput, WrongState
from engine.inventory.ledger import Totals
from engine.lifecycle.life import Grade, Life
from engine.lifecycle.rules import LifeRules
from engine.lifecycle.states import OrderState, PaymentState, ReturnState, ShipmentState
from tests.lifecycle.world import World

DAY_S = 86_400


async def delivered(world: World) -> Life:
    """Two cups and a pot, all there: 36.49 captured."""
    for sku in ("cup", "pot"):
        await world.stock(sku, "east", 5)
    life = await world.shipped()
    for shipment in life.shipments:
        await world.desk.deliver(shipment.shipment_id, world.asked())
    return await world.desk.get(life.order_id)


async def back(
    world: World, life: Life, lines: dict[str, int], *, exchange: bool = False, refund_shipping: bool = False
) -> str:
    """Authorised and received in the west."""
    asked = world.asked("customer", "too small")
    life = await world.desk.authorise_return(
        life.order_id, lines, asked, exchange=exchange, refund_shipping=refund_shipping
    )
    name = life.returns[-1].return_id
    await world.desk.receive_return(name, "west", world.asked())
    return name


async def test_a_unit_as_new_is_restocked_and_paid_back_with_its_tax_and_share_of_the_discount(world: World) -> None:
    life = await delivered(world)
    name = await back(world, life, {"1": 1})
    await world.desk.grade_return(name, {}, world.asked("inspector"))
    life = await world.desk.get(life.order_id)
    (closed,) = life.returns
    assert (closed.state, closed.goods, closed.tax, closed.shipping) == (ReturnState.CLOSED, 9_500_000, 1_000_000, 0)
    assert (life.payment.state, life.payment.refunded) == (PaymentState.PARTLY_REFUNDED, 10_500_000)
    (cell,) = [each for each in await world.ledger.cells(["cup"]) if each.node_id == "west"]
    assert cell.on_hand == 1
    assert await world.ledger.totals() == Totals(received=10, written_off=0, shipped=3, returned=1)
    await world.check()


async def test_all_that_comes_back_with_the_freight_is_the_whole_amount(world: World) -> None:
    life = await delivered(world)
    for lines in ({"1": 1}, {"1": 1, "2": 1}):
        name = await back(world, life, lines, refund_shipping=True)
        await world.desk.grade_return(name, {}, world.asked())
    life = await world.desk.get(life.order_id)
    assert (life.payment.state, life.payment.refunded) == (PaymentState.REFUNDED, 36_490_000)
    await world.check()


async def test_what_is_damaged_is_written_off_and_what_is_missing_is_not_paid_back(world: World) -> None:
    life = await delivered(world)
    name = await back(world, life, {"1": 2})
    await world.desk.grade_return(name, {"1": {Grade.DAMAGED: 1, Grade.MISSING: 1}}, world.asked())
    life = await world.desk.get(life.order_id)
    assert life.payment.refunded == 10_500_000
    assert await world.ledger.totals() == Totals(received=10, written_off=1, shipped=3, returned=1)
    with pytest.raises(InvalidInput, match=r"lines\.units"):
        await world.desk.authorise_return(life.order_id, {"1": 2}, world.asked())
    await world.check()


async def test_an_exchange_goes_out_as_an_order_that_is_paid(world: World) -> None:
    life = await delivered(world)
    name = await back(world, life, {"1": 1}, exchange=True)
    await world.desk.grade_return(name, {}, world.asked())
    life = await world.desk.get(life.order_id)
    assert life.payment.refunded == 0
    goes_out = await world.desk.get(life.returns[0].exchange_order_id)
    assert (goes_out.state, goes_out.payment.captured) == (OrderState.RELEASED, 0)
    assert [(each.sku, each.units) for each in goes_out.shipments[0].contents] == [("cup", 1)]
    assert goes_out.shipments[0].state is ShipmentState.RELEASED
    await world.check()


async def test_the_rules_say_what_is_taken_back(world: World) -> None:
    life = await delivered(world)
    with pytest.raises(InvalidInput, match=r"1\.\.2"):
        await world.desk.authorise_return(life.order_id, {"1": 3}, world.asked())
    world.desk.rules = LifeRules(final_sale=frozenset({"pot"}))
    with pytest.raises(InvalidInput, match="pot is final sale"):
        await world.desk.authorise_return(life.order_id, {"2": 1}, world.asked())
    world.now += 30 * DAY_S + 1
    with pytest.raises(InvalidInput, match="within 30 days"):
        await world.desk.authorise_return(life.order_id, {"1": 1}, world.asked())


async def test_what_is_not_received_can_not_be_graded_and_what_the_customer_keeps_is_no_return(world: World) -> None:
    life = await delivered(world)
    life = await world.desk.authorise_return(life.order_id, {"1": 2}, world.asked())
    name = life.returns[0].return_id
    with pytest.raises(WrongState, match="AUTHORISED"):
        await world.desk.grade_return(name, {}, world.asked())
    await world.desk.cancel_return(name, world.asked())
    life = await world.desk.authorise_return(life.order_id, {"1": 2}, world.asked())
    assert [each.state for each in life.returns] == [ReturnState.CANCELLED, ReturnState.AUTHORISED]
    await world.check()
