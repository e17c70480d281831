"""Random steps of recurring orders: made, skipped, paused; and each of their orders is made once."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from engine.capture.captured import Payment, PaymentState
from engine.lifecycle.schedule import Schedule, ScheduleState, Unit
from tests.lifecycle.random_lives.machine import Machine, one_of, picks
from tests.lifecycle.world import NOW, an_order

_DAY_S = 86_400


class Recurring(Machine):
    recurring = 0

    @precondition(lambda self: self.recurring < 2)
    @rule(times=st.integers(1, 3), every=st.integers(1, 2), account=st.booleans())
    def begin_schedule(self, times: int, every: int, account: bool) -> None:
        self.recurring += 1
        name = f"every-{self.recurring}"
        paid = Payment(PaymentState.ON_ACCOUNT if account else PaymentState.PENDING)
        template = an_order(name, lines=(("cup", 1, 15_000_000),), payment=paid)
        today, minute = NOW // _DAY_S, self.world.now % _DAY_S // 60
        schedule = Schedule(f"web:{name}", template, today, minute, "UTC", every, Unit.DAY, times)
        self.try_twice("schedule begun", lambda asked: self.schedules.create(schedule, asked))

    @rule(days=st.integers(0, 1))
    def order_what_is_due(self, days: int) -> None:
        self.world.now += days * _DAY_S
        self.in_background("ordered by a schedule", self.schedules.order_due())

    @rule(pick=picks, what=st.sampled_from(["skip", "pause", "resume", "end"]))
    def change_schedule(self, pick: int, what: str) -> None:
        schedule = one_of(self.run(self.schedules.all()), pick)
        if schedule is not None:
            name = schedule.schedule_id
            call = getattr(self.schedules, what)
            extra = (0,) if what == "skip" else ()
            self.try_twice(f"schedule: {what}", lambda asked: call(name, *extra, asked))

    @invariant()
    def every_number_is_ordered_once_or_passed_over(self) -> None:
        """There are no orders beyond the next number, and none that a schedule did not come to."""
        names = {life.order_id for life in self.lives() if ":every-" in life.order_id and "-x" not in life.order_id}
        for schedule in self.run(self.schedules.all()):
            last = schedule.number if schedule.taking else schedule.number - 1
            theirs = {name for name in names if name.startswith(f"{schedule.schedule_id}-")}
            assert theirs <= {f"{schedule.schedule_id}-{number}" for number in range(1, last + 1)}
            assert schedule.state is ScheduleState.ENDED or not schedule.times or schedule.number <= schedule.times
