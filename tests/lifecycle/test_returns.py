"""What comes back, on both stores."""

from __future__ import annotations

import pytest

from engine.errors import InvalidInput, StoreUnavailable, WrongState
from engine.inventory.ledger import Totals
from engine.lifecycle.life import Grade, Life, Replacement
from engine.lifecycle.returns import Wanted
from engine.lifecycle.states import OrderState, PaymentState, ReturnState, ShipmentState
from engine.network.life_rules import Condition, ReturnRules
from engine.network.policy import Policy
from tests.lifecycle.world import World

DAY_S = 86_400


async def delivered(world: World) -> Life:
    """Two cups and a pot, all there: 36.49 captured."""
    world.gateway.known("pi_1", authorised=36_490_000)
    for sku in ("cup", "pot"):
        await world.stock(sku, "east", 5)
    life = await world.shipped()
    for shipment in life.shipments:
        await world.desk.deliver(shipment.shipment_id, world.asked())
    return await world.desk.get(life.order_id)


def wanted(lines: dict[str, int], condition: Condition = Condition.UNOPENED) -> dict[str, Wanted]:
    return {line_id: Wanted(units, condition) for line_id, units in lines.items()}


async def back(
    world: World, life: Life, lines: dict[str, int], *, exchange: bool = False, refund_shipping: bool = False
) -> str:
    """Authorised for the west and received there."""
    asked = world.asked("customer", "too small")
    life = await world.desk.authorise_return(
        life.order_id, wanted(lines), asked, node_id="west", exchange=exchange, refund_shipping=refund_shipping
    )
    name = life.returns[-1].return_id
    await world.desk.receive_return(name, "", world.asked())
    return name


async def exchanged(world: World, life: Life, new: Replacement, units: int = 1) -> tuple[Life, Life]:
    """Cups are sent back for another SKU: the order, and the one that went out."""
    lines = {"1": Wanted(units, replacement=new)}
    life = await world.desk.authorise_return(life.order_id, lines, world.asked(), node_id="west", exchange=True)
    name = life.returns[-1].return_id
    await world.desk.receive_return(name, "", world.asked())
    await world.desk.grade_return(name, {}, world.asked())
    life = await world.desk.get(life.order_id)
    return life, await world.desk.get(life.returns[-1].exchange_order_id)


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
        await world.desk.authorise_return(life.order_id, wanted({"1": 2}), world.asked())
    await world.check()


async def test_an_exchange_for_the_same_goods_is_paid_by_what_came_back(world: World) -> None:
    life = await delivered(world)
    name = await back(world, life, {"1": 1}, exchange=True)
    await world.desk.grade_return(name, {}, world.asked())
    life = await world.desk.get(life.order_id)
    assert (life.payment.refunded, life.payment.moved) == (0, 10_500_000)
    goes_out = await world.desk.get(life.returns[0].exchange_order_id)
    assert (goes_out.state, goes_out.payment.captured, goes_out.payment.net) == (OrderState.RELEASED, 0, 10_500_000)
    assert [(each.sku, each.units) for each in goes_out.shipments[0].contents] == [("cup", 1)]
    assert goes_out.shipments[0].state is ShipmentState.RELEASED
    await world.check()


async def test_what_is_dearer_is_paid_for_as_it_ships_and_only_the_difference(world: World) -> None:
    life, goes_out = await exchanged(world, await delivered(world), Replacement("pot", 15_000_000, 0, 1_500_000))
    assert life.payment.moved == 10_500_000
    assert (goes_out.payment.authorised, goes_out.payment.captured) == (6_000_000, 0)
    (shipment,) = goes_out.shipments
    await world.worked(shipment.shipment_id)
    await world.desk.ship(shipment.shipment_id, "T", world.asked())
    goes_out = await world.desk.get(goes_out.order_id)
    assert (goes_out.payment.captured, goes_out.payment.net) == (6_000_000, 16_500_000)
    await world.check()


async def test_what_is_cheaper_is_paid_back_by_the_difference(world: World) -> None:
    life, goes_out = await exchanged(world, await delivered(world), Replacement("pot", 8_000_000, 500_000))
    assert (life.payment.moved, life.payment.refunded) == (7_500_000, 3_000_000)
    assert (goes_out.payment.state, goes_out.payment.net) == (PaymentState.CAPTURED, 7_500_000)
    await world.check()


async def test_what_went_out_in_exchange_is_paid_back_in_full_by_both_payments(world: World) -> None:
    _, goes_out = await exchanged(world, await delivered(world), Replacement("pot", 16_000_000))
    (shipment,) = goes_out.shipments
    await world.worked(shipment.shipment_id)
    await world.desk.ship(shipment.shipment_id, "T", world.asked())
    await world.desk.deliver(shipment.shipment_id, world.asked())
    name = await back(world, goes_out, {"1": 1})
    await world.desk.grade_return(name, {}, world.asked())
    goes_out = await world.desk.get(goes_out.order_id)
    assert (goes_out.payment.refunded, goes_out.payment.net) == (16_000_000, 0)
    first = await world.gateway.standing("pi_1", "EUR")
    second = await world.gateway.standing(goes_out.payment.reference, "EUR")
    assert (first.refunded, second.refunded) == (10_500_000, 5_500_000)
    await world.check()


async def test_who_does_not_pay_the_difference_gets_back_what_he_had_paid(world: World) -> None:
    life = await delivered(world)
    world.gateway._limit = 1_000_000
    life, goes_out = await exchanged(world, life, Replacement("pot", 16_000_000))
    assert (goes_out.state, goes_out.payment.state) == (OrderState.HELD, PaymentState.DECLINED)
    world.gateway._limit = None
    await world.desk.cancel(goes_out.order_id, None, world.asked())
    goes_out = await world.desk.get(goes_out.order_id)
    assert (goes_out.state, goes_out.payment.refunded) == (OrderState.CANCELLED, 10_500_000)
    assert (await world.gateway.standing("pi_1", "EUR")).refunded == 10_500_000
    await world.check()


async def test_the_difference_may_be_paid_by_another_payment(world: World) -> None:
    life = await delivered(world)
    world.gateway._limit = 1_000_000
    _, goes_out = await exchanged(world, life, Replacement("pot", 16_000_000))
    world.gateway._limit = None
    await world.desk.pay_again(goes_out.order_id, world.asked(), "pi_of_checkout")
    goes_out = await world.desk.get(goes_out.order_id)
    assert (goes_out.payment.state, goes_out.payment.reference) == (PaymentState.AUTHORISED, "pi_of_checkout")
    with pytest.raises(WrongState, match="asked again"):
        await world.desk.pay_again(goes_out.order_id, world.asked(), "pi_third")
    await world.check()


async def test_an_exchange_that_a_crash_left_uncaptured_goes_out_later(world: World) -> None:
    life = await delivered(world)
    name = await back(world, life, {"1": 1}, exchange=True)
    take_up = type(world.desk).take_up

    async def dies(*args: object, **named: object) -> Life:
        raise StoreUnavailable("died")

    type(world.desk).take_up = dies  # type: ignore[method-assign]
    try:
        with pytest.raises(StoreUnavailable):
            await world.desk.grade_return(name, {}, world.asked())
    finally:
        type(world.desk).take_up = take_up  # type: ignore[method-assign]
    assert await world.desk.exchanges() == [life.order_id]
    life = await world.desk.get(life.order_id)
    assert life.returns[0].captured
    assert (await world.desk.get(life.returns[0].exchange_order_id)).state is OrderState.RELEASED
    assert await world.desk.exchanges() == []
    await world.check()


async def test_the_policy_says_what_is_taken_back(world: World) -> None:
    life = await delivered(world)
    with pytest.raises(InvalidInput, match=r"1\.\.2"):
        await world.desk.authorise_return(life.order_id, wanted({"1": 3}), world.asked())
    world.policy = Policy(returns=ReturnRules(final_sale=frozenset({"pot"}), opened_days=0, damaged_days=60))
    with pytest.raises(InvalidInput, match="pot is final sale"):
        await world.desk.authorise_return(life.order_id, wanted({"2": 1}), world.asked())
    with pytest.raises(InvalidInput, match="a condition in which goods are taken back, got 'OPENED'"):
        await world.desk.authorise_return(life.order_id, wanted({"1": 1}, Condition.OPENED), world.asked())
    world.now += 30 * DAY_S + 1
    with pytest.raises(InvalidInput, match="within 30 days, as it is UNOPENED"):
        await world.desk.authorise_return(life.order_id, wanted({"1": 1}), world.asked())
    life = await world.desk.authorise_return(
        life.order_id, wanted({"1": 1, "2": 1}, Condition.DAMAGED), world.asked(), node_id="west"
    )
    assert [line.condition for line in life.returns[0].lines] == [Condition.DAMAGED, Condition.DAMAGED]


async def test_lines_go_where_they_are_worth_most_each_parcel_a_return_of_its_own(world: World) -> None:
    life = await delivered(world)  # the router of the tests sends each where least of it lies
    await world.stock("cup", "west", 9)
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 1, "2": 1}), world.asked())
    assert [(each.node_id, [line.line_id for line in each.lines]) for each in life.returns] == [
        ("store", ["1"]),
        ("west", ["2"]),
    ]
    (first, _) = life.returns
    assert (first.carrier_id, first.costs, first.instead) == ("post", (("CARRIER", 4_000_000),), (("far", 5_000_000),))
    outlook = world.outlooks[-1]
    assert outlook.atp["cup", "west"] == 9
    assert outlook.left == {("cup", "east"): 2, ("pot", "east"): 1}
    await world.check()


async def test_who_waits_for_what_comes_back_is_counted(world: World) -> None:
    life = await delivered(world)
    for order_id, fields in (("2", {"picked": True}), ("3", {})):
        await world.ordered(order_id, lines=(("cup", 4, 0),), **fields)
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 1}), world.asked())
    assert world.outlooks[-1].waiting == {("cup", "store"): 4, ("cup", ""): 4}


async def test_a_return_handed_in_at_a_store_goes_on_to_where_it_is_worth_most(world: World) -> None:
    life = await delivered(world)
    await world.stock("cup", "store", 3)
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 1}), world.asked(), node_id="east")
    name = life.returns[0].return_id
    life = await world.desk.hand_in_return(name, "store", world.asked())
    (handed_in,) = life.returns
    assert (handed_in.state, handed_in.node_id, handed_in.drop_off) == (ReturnState.HANDED_IN, "west", "store")
    assert handed_in.carrier_id == ""
    with pytest.raises(WrongState, match="HANDED_IN"):
        await world.desk.cancel_return(name, world.asked())
    await world.desk.receive_return(name, "", world.asked())
    await world.desk.grade_return(name, {}, world.asked())
    (cell,) = [each for each in await world.ledger.cells(["cup"]) if each.node_id == "west"]
    assert cell.on_hand == 1
    await world.check()


async def test_what_is_scarce_at_the_store_where_it_is_handed_in_stays_there(world: World) -> None:
    life = await delivered(world)
    await world.stock("cup", "west", 3)
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 1}), world.asked(), node_id="east")
    life = await world.desk.hand_in_return(life.returns[0].return_id, "store", world.asked())
    assert (life.returns[0].state, life.returns[0].node_id) == (ReturnState.RECEIVED, "store")


async def test_what_is_not_received_can_not_be_graded_and_what_the_customer_keeps_is_no_return(world: World) -> None:
    life = await delivered(world)
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 2}), world.asked())
    name = life.returns[0].return_id
    with pytest.raises(WrongState, match="AUTHORISED"):
        await world.desk.grade_return(name, {}, world.asked())
    await world.desk.cancel_return(name, world.asked())
    life = await world.desk.authorise_return(life.order_id, wanted({"1": 2}), world.asked())
    assert [each.state for each in life.returns] == [ReturnState.CANCELLED, ReturnState.AUTHORISED]
    await world.check()
