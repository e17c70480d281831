"""Random steps of orders: stock comes, orders are captured, changed, routed, held and cancelled."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec.structs import replace

from engine.capture.captured import Payment, PaymentState
from engine.lifecycle.money import open_total
from engine.lifecycle.reconciling import refunded_by_reference
from tests.lifecycle.random_lives.machine import PLACES, Machine, one_of, picks
from tests.lifecycle.world import SKUS, an_order

_MOVES = {
    "route": "routed",
    "release": "released",
    "hold": "held",
    "lift_hold": "hold lifted",
    "pay_again": "paid again",
}
MOST = 6
"""Orders of one history, without those that go out in exchange."""

line_ids = st.sampled_from(["1", "2"])


class Orders(Machine):
    orders = 0

    @rule(place=st.sampled_from(PLACES), units=st.integers(0, 12))
    def count_stock(self, place: tuple[str, str], units: int) -> None:
        """Stock is counted, and offered to who waits for it."""
        self.run(self.world.stock(*place, units))
        self.in_background("backorder routed as stock came", self.world.desk.restocked(place[0]))

    @precondition(lambda self: self.orders < MOST)
    @rule(
        units=st.lists(st.integers(1, 4), min_size=1, max_size=2),
        state=st.sampled_from([PaymentState.AUTHORISED, PaymentState.PAID, PaymentState.PENDING]),
        cents=st.integers(0, 10_000),
        off=st.integers(0, 300),
        picked=st.booleans(),
        later=st.sampled_from([0, 0, 0, 40]),
    )
    def capture(self, units: list[int], state: PaymentState, cents: int, off: int, picked: bool, later: int) -> None:
        self.orders += 1
        lines = tuple((sku, amount, cents * 10_000) for sku, amount in zip(SKUS, units, strict=False))
        order = an_order(
            str(self.orders),
            lines=lines,
            payment=Payment(state, reference=f"pi_{self.orders}"),
            discount_micros=min(off, cents) * 10_000,
            picked=picked,
        )
        held, taken = (
            open_total(order) if state is each else 0 for each in (PaymentState.AUTHORISED, PaymentState.PAID)
        )
        if state is not PaymentState.PENDING:
            self.world.gateway.known(order.payment.reference, authorised=held, captured=taken)
        not_before = self.world.now + later if later else 0
        what = "preorder captured" if not_before else "captured"
        self.try_twice(what, lambda asked: self.world.desk.capture(order, asked, not_before))

    @rule(pick=picks, what=st.sampled_from(list(_MOVES)))
    def move_order(self, pick: int, what: str) -> None:
        life = one_of(self.lives(), pick)
        if life is not None:
            call = getattr(self.world.desk, what)
            self.try_twice(_MOVES[what], lambda asked: call(life.order_id, asked))

    @rule(pick=picks, whole=st.booleans(), line=line_ids, units=st.integers(1, 2))
    def cancel(self, pick: int, whole: bool, line: str, units: int) -> None:
        life = one_of(self.lives(), pick)
        if life is not None:
            wanted = None if whole else {line: units}
            what = "order cancelled" if whole else "line cancelled"
            self.try_twice(what, lambda asked: self.world.desk.cancel(life.order_id, wanted, asked))

    @rule(pick=picks, line=line_ids, units=st.integers(0, 5))
    def change_units(self, pick: int, line: str, units: int) -> None:
        life = one_of(self.lives(), pick)
        if life is not None:
            self.try_twice(
                "units changed", lambda asked: self.world.desk.change_units(life.order_id, line, units, asked)
            )

    @rule(pick=picks, street=st.integers(1, 99))
    def correct_address(self, pick: int, street: int) -> None:
        life = one_of(self.lives(), pick)
        if life is not None and life.order.ship_to is not None:
            address = replace(life.order.ship_to, street=(f"Weg {street}",))
            self.try_twice(
                "address corrected", lambda asked: self.world.desk.correct_address(life.order_id, address, asked)
            )

    @rule(pick=picks, cents=st.integers(1, 500), what=st.sampled_from(["captured", "refunded", "lost"]))
    def books_differ(self, pick: int, cents: int, what: str) -> None:
        """The gateway took more than it was asked for, or people paid some back, or a refund failed; and it is made good."""
        self.dying.deaths.clear()
        self.world.gateway.failures.clear()
        self.run(self.world.desk.unpaid())
        life = one_of([life for life in self.lives() if life.payment.captured], pick)
        account = None if life is None else self.world.gateway.account(life.payment.reference)
        if life is None or account is None or life.payment.tasks:
            return
        if what == "captured":
            account.authorised += cents * 10_000
            account.captured += cents * 10_000
        elif what == "refunded":
            most = account.captured - life.payment.moved
            account.refunded = max(account.refunded, min(most, account.refunded + cents * 10_000))
        else:
            own = refunded_by_reference(life)[""]
            account.refunded -= min(own, cents * 10_000)
        name = life.order_id
        self.run(self.world.desk.reconcile(name, self.world.asked(), mend=True))
        self.run(self.world.desk.unpaid())
        life = self.run(self.world.desk.get(name))
        if not life.payment.tasks and not life.payment.declined:
            assert self.run(self.world.desk.reconcile(name, self.world.asked(), mend=False)) == []
        self.tally.steps[f"books differed: {what}"] += 1

    @rule()
    def what_goes_on_by_itself(self) -> None:
        self.in_background("preorder or reject routed as its time came", self.world.desk.due())
        self.in_background("gateway asked again", self.world.desk.unpaid())
        self.in_background("exchange captured later", self.world.desk.exchanges())
