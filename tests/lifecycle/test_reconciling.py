"""What the gateway has compared with what a life has, and made good: on both stores, with books of our own and with Stripe."""

from __future__ import annotations

import pytest

from engine.capture.captured import Payment
from engine.capture.captured import PaymentState as Told
from engine.lifecycle.life import Life, Replacement
from engine.lifecycle.local_gateway import Account
from engine.lifecycle.reconciling import Amiss, Difference
from engine.lifecycle.states import OrderState, PaymentState
from tests.lifecycle.test_returns import exchanged, wanted
from tests.lifecycle.world import World, an_order

ALL = 36_490_000


async def shipped(world: World) -> tuple[Life, Account]:
    """Two cups and a pot for 36.49, captured; and the gateway's record of it."""
    for sku in ("cup", "pot"):
        await world.stock(sku, "east", 5)
    world.gateway.known("pi_1", authorised=ALL)
    life = await world.shipped()
    account = world.gateway.account("pi_1")
    assert account is not None
    return await world.desk.get(life.order_id), account


async def reconciled(world: World, life: Life) -> tuple[list[Difference], Life]:
    found = await world.desk.reconcile(life.order_id, world.asked("accountant"), mend=True)
    return found, await world.desk.get(life.order_id)


async def test_books_that_agree_are_left_alone(world: World) -> None:
    life, _ = await shipped(world)
    events = len(await world.desk.timeline(life.order_id))
    assert await reconciled(world, life) == ([], life)
    assert len(await world.desk.timeline(life.order_id)) == events


async def test_what_was_taken_twice_is_paid_back(world: World) -> None:
    life, account = await shipped(world)
    account.authorised = account.captured = 2 * ALL
    found, life = await reconciled(world, life)
    assert found == [Difference(life.order_id, "EUR", "pi_1", Amiss.CAPTURED, ALL, 2 * ALL, mended=True)]
    assert (account.refunded, life.payment.refunded, life.payment.net) == (ALL, ALL, ALL)
    assert await reconciled(world, life) == ([], life)
    await world.check()


async def test_a_capture_that_is_missing_is_asked_for_again(world: World) -> None:
    life, account = await shipped(world)
    account.captured = 0
    found, life = await reconciled(world, life)
    assert [(each.what, each.ours, each.theirs) for each in found] == [(Amiss.CAPTURED, ALL, 0)]
    assert (account.captured, life.payment.captured) == (ALL, ALL)
    await world.check()


async def test_a_refund_that_failed_is_made_again(world: World) -> None:
    life, account = await shipped(world)
    for shipment in life.shipments:
        await world.desk.deliver(shipment.shipment_id, world.asked())
    life = await world.desk.authorise_return(life.order_id, wanted({"2": 1}), world.asked(), node_id="west")
    await world.desk.receive_return(life.returns[0].return_id, "", world.asked())
    await world.desk.grade_return(life.returns[0].return_id, {}, world.asked())
    assert account.refunded == 10_500_000
    account.refunded = 0
    found, life = await reconciled(world, life)
    assert [(each.what, each.ours, each.theirs) for each in found] == [(Amiss.REFUNDED, 10_500_000, 0)]
    assert (account.refunded, life.payment.refunded) == (10_500_000, 10_500_000)
    await world.check()


async def test_a_failed_refund_of_an_order_that_went_out_in_exchange_is_told_and_left_to_people(world: World) -> None:
    """It was paid back from this order's payment, and is none of this order's refunds."""
    life, account = await shipped(world)
    await world.desk.deliver(life.shipments[0].shipment_id, world.asked())
    life, goes_out = await exchanged(world, life, Replacement("pot", 10_500_000))
    await world.desk.cancel(goes_out.order_id, None, world.asked())
    assert account.refunded == 10_500_000
    assert await reconciled(world, life) == ([], life)
    account.refunded = 0
    found, after = await reconciled(world, life)
    assert [(each.what, each.ours, each.theirs, each.mended) for each in found] == [
        (Amiss.REFUNDED, 10_500_000, 0, False)
    ]
    assert after.payment == life.payment
    await world.check()


async def test_what_people_paid_back_by_hand_is_let_be(world: World) -> None:
    life, account = await shipped(world)
    account.refunded = 5_000_000
    found, life = await reconciled(world, life)
    assert [(each.what, each.mended) for each in found] == [(Amiss.REFUNDED, True)]
    assert (account.captured, life.payment.net, life.payment.let_be) == (ALL, ALL - 5_000_000, 5_000_000)
    await world.desk.deliver(life.shipments[0].shipment_id, world.asked())
    life = await world.desk.authorise_return(
        life.order_id, wanted({"1": 2, "2": 1}), world.asked(), node_id="west", refund_shipping=True
    )
    await world.desk.receive_return(life.returns[0].return_id, "", world.asked())
    await world.desk.grade_return(life.returns[0].return_id, {}, world.asked())
    assert account.refunded == ALL, "all of it once, the 5.00 included"
    await world.check()


async def test_no_more_money_moves_with_an_exchange_than_people_left(world: World) -> None:
    life, account = await shipped(world)
    await world.desk.deliver(life.shipments[0].shipment_id, world.asked())
    account.refunded = 30_000_000
    _, life = await reconciled(world, life)
    life, goes_out = await exchanged(world, life, Replacement("pot", 10_500_000))
    assert (life.payment.moved, goes_out.payment.credited) == (6_490_000, 6_490_000)
    assert goes_out.payment.authorised == 4_010_000
    await world.check()


@pytest.mark.parametrize(("held", "voided", "state"), [(10_000_000, False, "DECLINED"), (ALL, True, "VOIDED")])
async def test_an_order_whose_money_is_not_held_any_more_waits(
    world: World, held: int, voided: bool, state: str
) -> None:
    world.gateway.known("pi_1", authorised=ALL)
    life = await world.desk.capture(an_order(), world.asked())
    account = world.gateway.account("pi_1")
    assert account is not None
    account.authorised, account.voided = held, voided
    found, life = await reconciled(world, life)
    assert [each.what for each in found] == [Amiss.VOIDED if voided else Amiss.AUTHORISED]
    assert (life.state, life.payment.state) == (OrderState.HELD, PaymentState(state))
    if not voided:
        await world.desk.pay_again(life.order_id, world.asked())
        life = await world.desk.lift_hold(life.order_id, world.asked())
        assert (life.payment.state, life.payment.authorised, account.authorised) == (PaymentState.AUTHORISED, ALL, ALL)
        assert await reconciled(world, await world.desk.get(life.order_id)) == ([], life)
    await world.check()


async def test_what_the_gateway_does_not_know_or_is_still_to_do_is_told_and_left(world: World) -> None:
    life = await world.desk.capture(an_order(), world.asked())
    found, _ = await reconciled(world, life)
    assert found == [Difference(life.order_id, "EUR", "pi_1", Amiss.UNKNOWN, 0, 0)]
    world.gateway.failures = [False] * 3
    life = await world.desk.capture(an_order("2", payment=Payment(Told.PENDING)), world.asked())
    found, _ = await reconciled(world, life)
    assert found == [Difference(life.order_id, "EUR", "", Amiss.UNDER_WAY, 1, 0)]


async def test_every_order_of_a_time_is_looked_at(world: World) -> None:
    _, account = await shipped(world)
    account.captured = 2 * ALL
    for order_id in ("2", "3"):
        await world.desk.capture(an_order(order_id), world.asked())
    found = [each async for each in world.desk.reconcile_all(world.asked(), mend=False)]
    assert [(each.order_id, each.what, each.mended) for each in found] == [
        ("web:1", Amiss.CAPTURED, False),
        ("web:2", Amiss.UNKNOWN, False),
        ("web:3", Amiss.UNKNOWN, False),
    ]
    late = [each async for each in world.desk.reconcile_all(world.asked(), mend=False, least=world.now + 1)]
    assert late == []
