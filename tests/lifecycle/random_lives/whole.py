"""Random lives with all their steps, and what leads them far: a life goes on as lives do, until something comes between."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.lifecycle.life import Life
from engine.lifecycle.states import OrderState
from tests.lifecycle.random_lives.machine import one_of, picks
from tests.lifecycle.random_lives.orders import Orders
from tests.lifecycle.random_lives.recurring import Recurring
from tests.lifecycle.random_lives.returns import OPEN_RETURNS, Returns
from tests.lifecycle.random_lives.shipments import Shipments, next_of

far = st.sampled_from([1, 2, 4, 8, 16])


class WholeLives(Orders, Shipments, Returns, Recurring):
    @rule(pick=picks, steps=far)
    def go_on(self, pick: int, steps: int) -> None:
        self.lead(one_of(self.lives(), pick), pick, steps)

    @rule(pick=picks, steps=far)
    def all_go_on(self, pick: int, steps: int) -> None:
        for life in self.lives():
            self.lead(life, pick, steps)

    def lead(self, chosen: Life | None, pick: int, steps: int) -> None:
        for step in range(steps):
            if chosen is None or not self.next_step(chosen, pick + step):
                return
            self.all_is_accounted_for()
            order_id = chosen.order_id
            chosen = self.run(self.world.desk.get(order_id))

    def next_step(self, life: Life, pick: int) -> bool:
        """The next thing that is not yet done, by whoever does it; False where nothing is left to do."""
        desk, order_id = self.world.desk, life.order_id
        back = one_of([each for each in life.returns if each.state in OPEN_RETURNS], pick)
        shipment = one_of([each for each in life.shipments if next_of(each)], pick)
        if life.payment.declined:
            self.try_twice("paid again", lambda asked: desk.pay_again(order_id, asked))
        elif life.state is OrderState.HELD:
            self.try_twice("hold lifted", lambda asked: desk.lift_hold(order_id, asked))
        elif life.state is OrderState.SCHEDULED:
            self.world.now = life.not_before
            self.what_goes_on_by_itself()
        elif life.state is OrderState.CAPTURED:
            self.try_twice("routed", lambda asked: desk.route(order_id, asked))
        elif not life.released and life.state in (OrderState.ROUTED, OrderState.BACKORDERED):
            self.try_twice("released", lambda asked: desk.release(order_id, asked))
        elif back is not None:
            self.work_on(back, pick % 3, pick % 2)
        elif shipment is not None:
            self.work(shipment)
        elif life.waiting():
            sku = next(line.sku for line in life.order.lines if line.line_id in life.waiting())
            self.count_stock((sku, ("east", "west", "store")[pick % 3]), 12)
        elif life.state is OrderState.DELIVERED and len(life.returns) < 2 and pick % 2:
            self.send_back_of(life, pick)
        else:
            return False
        return True
