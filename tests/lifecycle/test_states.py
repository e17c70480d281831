"""The tables and their drawing."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lifecycle.drawing import page
from engine.lifecycle.states import (
    TABLES,
    Kind,
    OrderState,
    PaymentState,
    ReturnState,
    ShipmentState,
    check_move,
)

DRAWN = Path(__file__).parents[2] / "docs" / "life-cycle.md"
STATES = {
    Kind.ORDER: OrderState,
    Kind.SHIPMENT: ShipmentState,
    Kind.PAYMENT: PaymentState,
    Kind.RETURN: ReturnState,
}


def test_the_drawing_is_current() -> None:
    assert DRAWN.read_text() == page(), "python -m engine.lifecycle.drawing > docs/life-cycle.md"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_state_is_reached_and_has_its_row(kind: Kind) -> None:
    table = TABLES[kind]
    states = {state.value for state in STATES[kind]}
    assert set(table) == states | {""}
    assert {after for afters in table.values() for after in afters} == states


def test_what_the_table_does_not_have_is_no_move() -> None:
    check_move(Kind.SHIPMENT, "PACKED", "SHIPPED")
    with pytest.raises(ValueError, match="no move of SHIPMENT from SHIPPED to CANCELLED"):
        check_move(Kind.SHIPMENT, "SHIPPED", "CANCELLED")
