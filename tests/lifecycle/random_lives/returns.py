"""Random steps of returns: authorised, kept after all, received, graded; paid back or exchanged."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.lifecycle.life import Grade, Life, Replacement, Return
from engine.lifecycle.returns import Wanted
from engine.lifecycle.states import ARRIVED, ReturnState
from engine.network.life_rules import Condition
from tests.lifecycle.random_lives.machine import Machine, one_of, picks

OPEN_RETURNS = (ReturnState.AUTHORISED, ReturnState.HANDED_IN, ReturnState.RECEIVED)


class Returns(Machine):
    @rule(
        pick=picks,
        units=st.integers(1, 2),
        both=st.booleans(),
        what=st.sampled_from(["return", "exchange", "exchange for another"]),
        shipping=st.booleans(),
        cents=st.integers(0, 10_000),
        condition=st.sampled_from(Condition),
    )
    def send_back(
        self, pick: int, units: int, both: bool, what: str, shipping: bool, cents: int, condition: Condition
    ) -> None:
        life = one_of([life for life in self.lives() if any(each.state in ARRIVED for each in life.shipments)], pick)
        if life is not None:
            self.send_back_of(life, pick, units, what, both=both, shipping=shipping, cents=cents, condition=condition)

    def send_back_of(
        self,
        life: Life,
        pick: int,
        units: int = 1,
        what: str = "exchange for another",
        *,
        both: bool = False,
        shipping: bool = False,
        cents: int = 1_500,
        condition: Condition = Condition.UNOPENED,
    ) -> None:
        """Goods of another SKU may cost more than what comes back, or less."""
        new = Replacement("pot", cents * 10_000) if what == "exchange for another" else None
        names = [line.line_id for line in life.order.lines]
        lines = {name: Wanted(units, condition, new) for name in (names if both else names[pick % len(names) :][:1])}
        self.try_twice(
            f"{what} authorised",
            lambda asked: self.world.desk.authorise_return(
                life.order_id, lines, asked, exchange=what != "return", refund_shipping=shipping
            ),
        )

    @rule(pick=picks, good=st.integers(0, 2), bad=st.integers(0, 2), kept=st.sampled_from([False, False, False, True]))
    def take_back(self, pick: int, good: int, bad: int, kept: bool) -> None:
        """The next thing with a return: it is received, or graded; or the customer keeps it."""
        back = one_of([each for life in self.lives() for each in life.returns if each.state in OPEN_RETURNS], pick)
        if back is None:
            return
        if kept and back.state is ReturnState.AUTHORISED:
            name = back.return_id
            self.try_twice("return cancelled", lambda asked: self.world.desk.cancel_return(name, asked))
        else:
            self.work_on(back, good, bad)

    def work_on(self, back: Return, good: int, bad: int) -> None:
        """A node receives it, or grades it: so many units as new, so many damaged, the rest missing."""
        desk, name, line = self.world.desk, back.return_id, back.lines[0]
        if back.state is ReturnState.AUTHORISED and good == 0:
            self.try_twice("return handed in at a store", lambda asked: desk.hand_in_return(name, "store", asked))
        elif back.state is not ReturnState.RECEIVED:
            self.try_twice("return received", lambda asked: desk.receive_return(name, "west", asked))
        else:
            as_new = min(good, line.units)
            damaged = min(bad, line.units - as_new)
            missing = line.units - as_new - damaged
            grades = {Grade.AS_NEW: as_new, Grade.DAMAGED: damaged, Grade.MISSING: missing}
            self.try_twice("return graded", lambda asked: desk.grade_return(name, {line.line_id: grades}, asked))
