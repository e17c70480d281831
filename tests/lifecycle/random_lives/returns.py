"""Random steps of returns: authorised, kept after all, received, graded; paid back or exchanged."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.lifecycle.asked import order_of
from engine.lifecycle.life import Grade, Return
from engine.lifecycle.states import ARRIVED, ReturnState
from tests.lifecycle.random_lives.machine import Machine, one_of, picks

OPEN_RETURNS = (ReturnState.AUTHORISED, ReturnState.RECEIVED)


class Returns(Machine):
    @rule(pick=picks, units=st.integers(1, 2), exchange=st.booleans(), shipping=st.booleans())
    def send_back(self, pick: int, units: int, exchange: bool, shipping: bool) -> None:
        shipment = one_of([each for each in self.shipments() if each.state in ARRIVED], pick)
        if shipment is not None:
            order_id, lines = order_of(shipment.shipment_id), {shipment.contents[0].line_id: units}
            self.try_twice(
                "exchange authorised" if exchange else "return authorised",
                lambda asked: self.world.desk.authorise_return(
                    order_id, lines, asked, exchange=exchange, refund_shipping=shipping
                ),
            )

    @rule(pick=picks, good=st.integers(0, 2), bad=st.integers(0, 2), kept=st.sampled_from([False, False, False, True]))
    def take_back(self, pick: int, good: int, bad: int, kept: bool) -> None:
        """The next thing with a return: it is received, or graded; or the customer keeps it."""
        back = one_of([each for life in self.lives() for each in life.returns if each.state in OPEN_RETURNS], pick)
        if back is None:
            return
        if kept:
            name = back.return_id
            self.try_twice("return cancelled", lambda asked: self.world.desk.cancel_return(name, asked))
        else:
            self.work_on(back, good, bad)

    def work_on(self, back: Return, good: int, bad: int) -> None:
        """A node receives it, or grades it: so many units as new, so many damaged, the rest missing."""
        desk, name, line = self.world.desk, back.return_id, back.lines[0]
        if back.state is ReturnState.AUTHORISED:
            self.try_twice("return received", lambda asked: desk.receive_return(name, "west", asked))
        else:
            as_new = min(good, line.units)
            damaged = min(bad, line.units - as_new)
            missing = line.units - as_new - damaged
            grades = {Grade.AS_NEW: as_new, Grade.DAMAGED: damaged, Grade.MISSING: missing}
            self.try_twice("return graded", lambda asked: desk.grade_return(name, {line.line_id: grades}, asked))
