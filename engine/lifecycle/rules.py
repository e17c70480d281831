"""Which orders are held before anything is decided, and how far a life may go by itself."""

from __future__ import annotations

from dataclasses import dataclass

from engine.capture.captured import CapturedOrder
from engine.capture.captured import PaymentState as ToldState
from engine.lifecycle.money import order_total
from engine.network.checks import require
from engine.routing.order import Fulfilment


@dataclass(frozen=True, slots=True)
class LifeRules:
    """What a shop decides once.

    Attributes
    ----------
    hold_above_micros : orders that cost more are held for a look; None for no such limit.
    hold_incomplete_address : orders that ship are held where street or city is missing: no label can be printed.
    most_rounds : so many rejects are followed by a new decision at once; after more the order is held.
    return_days : a return is authorised so many days after arrival. final_sale : SKUs that are not taken back.
    """

    hold_above_micros: int | None = None
    hold_incomplete_address: bool = True
    most_rounds: int = 5
    return_days: int = 30
    final_sale: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        require(self.most_rounds >= 0, "most_rounds", self.most_rounds, "a count >= 0")
        require(self.return_days >= 0, "return_days", self.return_days, "days >= 0")

    def hold_reason(self, order: CapturedOrder) -> str:
        """Why the order is held; "" where nothing speaks for it."""
        if order.test:
            return "test order: nobody expects goods"
        if order.payment.state in (ToldState.VOIDED, ToldState.REFUNDED):
            return f"payment: the channel says {order.payment.state.value}"
        if self.hold_above_micros is not None and order_total(order) > self.hold_above_micros:
            return f"fraud: {order_total(order) / 1e6:.2f} {order.currency} is above {self.hold_above_micros / 1e6:.2f}"
        ships = any(line.open_units and line.fulfilment is Fulfilment.SHIP for line in order.lines)
        if self.hold_incomplete_address and ships and order.ship_to is not None:
            missing = [name for name in ("street", "city") if not getattr(order.ship_to, name)]
            if missing:
                return f"address: no {' and no '.join(missing)}"
        return ""
