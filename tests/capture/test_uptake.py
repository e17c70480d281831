"""Captured orders are handed on in order, each at least once."""

from __future__ import annotations

import pytest

from engine.capture.captured import CapturedOrder
from engine.capture.inbox import Inbox
from engine.capture.uptake import take_up
from engine.errors import FieldFault, InvalidInput, StoreUnavailable
from tests.capture.building import NOW, an_order


class Taker:
    """Takes orders, and fails at those it is told to."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refused: list[str] = []
        self.errors: dict[str, Exception] = {}

    async def take(self, order: CapturedOrder) -> None:
        if order.channel_order_id in self.errors:
            raise self.errors[order.channel_order_id]
        self.taken.append(order.channel_order_id)

    def refuse(self, order: CapturedOrder, error: InvalidInput) -> None:
        self.refused.append(order.channel_order_id)


@pytest.fixture
async def three(inbox: Inbox) -> Inbox:
    for number in "123":
        await inbox.accept(an_order(channel_order_id=number), b"", NOW)
    return inbox


async def test_every_order_is_handed_on_once_and_in_order(three: Inbox) -> None:
    taker = Taker()
    assert await take_up(three, taker.take, taker.refuse, limit=2) == 2
    assert await take_up(three, taker.take, taker.refuse) == 1
    assert await take_up(three, taker.take, taker.refuse) == 0
    assert taker.taken == ["1", "2", "3"]


async def test_an_order_that_failed_comes_again_before_those_behind_it(three: Inbox) -> None:
    taker = Taker()
    taker.errors["2"] = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        await take_up(three, taker.take, taker.refuse)
    taker.errors.clear()
    await take_up(three, taker.take, taker.refuse)
    assert taker.taken == ["1", "2", "3"]


async def test_an_order_that_is_refused_holds_nobody_up(three: Inbox) -> None:
    taker = Taker()
    taker.errors["2"] = InvalidInput(FieldFault("lines", "none", "one"))
    await take_up(three, taker.take, taker.refuse)
    assert (taker.taken, taker.refused) == (["1", "3"], ["2"])
