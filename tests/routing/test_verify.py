"""Verification catches every violation planted in a good plan, by its name, and that one alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.routing.verify import PlanRefused, Verifier
from tests.routing.eu import (
    PLANNER,
    Plan,
)
from tests.routing.good_plans import ask, shipped
from tests.routing.planted import (
    PLANTED,
    a_micro_too_dear,
    more_shipments_than_the_order_allows,
    more_than_in_stock,
    protected_for_others,
)


def verify(plan: Plan) -> None:
    Verifier(PLANNER.model).verify(
        plan.order, plan.drafts, plan.left_out, plan.stock, plan.now, plan.kept_shipments, plan.refused
    )


def violations(plan: Plan) -> tuple[str, ...]:
    with pytest.raises(PlanRefused) as refused:
        verify(plan)
    return refused.value.violations


@pytest.mark.parametrize(("good", "spoil", "name"), PLANTED, ids=[spoil.__name__ for _, spoil, _ in PLANTED])
def test_a_planted_violation_is_caught_by_its_name(
    good: Callable[[], Plan], spoil: Callable[[Plan], None], name: str
) -> None:
    plan = good()
    verify(plan)
    spoil(plan)
    found = violations(plan)
    assert found
    assert all(name in violation for violation in found), found


def test_every_violation_of_a_plan_is_named() -> None:
    plan = shipped()
    more_than_in_stock(plan)
    a_micro_too_dear(plan)
    more_shipments_than_the_order_allows(plan)
    assert len(violations(plan)) == 3


def test_vip_orders_may_take_what_is_protected() -> None:
    plan = shipped()
    protected_for_others(plan)
    ask(plan, vip=True)
    verify(plan)


def test_nothing_shipped_breaks_no_rule_of_an_order_that_ships_complete_or_not_at_all() -> None:
    plan = shipped()
    ask(plan, partial=False)
    plan.drafts.clear()
    plan.left_out = [line.units for line in plan.order.lines]
    verify(plan)
