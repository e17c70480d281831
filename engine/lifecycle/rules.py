"""Which orders are held for a look, by the policy's rules."""

from __future__ import annotations

import re

from engine.capture.captured import Address, CapturedOrder
from engine.capture.captured import PaymentState as ToldState
from engine.lifecycle.money import order_total
from engine.network.life_rules import HoldRules
from engine.routing.order import Fulfilment

_BOX = re.compile(r"\b(p\.? ?o\.? ?box|post office box|postfach|packstation|bo[iî]te postale)\b", re.IGNORECASE)


def hold_reason(rules: HoldRules, order: CapturedOrder) -> str:
    """Why the order is held; "" where nothing speaks for it."""
    if order.test:
        return "test order: nobody expects goods"
    if order.payment.state in (ToldState.VOIDED, ToldState.REFUNDED):
        return f"payment: the channel says {order.payment.state.value}"
    return _suspicious(rules, order) or _not_to_be_found(rules, order)


def _suspicious(rules: HoldRules, order: CapturedOrder) -> str:
    total, to, paid = order_total(order), order.ship_to, order.bill_to
    if rules.above is not None and total > rules.above:
        return f"fraud: {total / 1e6:.2f} {order.currency} is above {rules.above / 1e6:.2f}"
    most = max((line.open_units for line in order.lines), default=0)
    if rules.units_above is not None and most > rules.units_above:
        return f"fraud: {most} units of one line are above {rules.units_above}"
    if to is not None and to.country in rules.countries:
        return f"fraud: it goes to {to.country}"
    if rules.other_billing_country and to is not None and paid is not None and paid.country != to.country:
        return f"fraud: it goes to {to.country} and is paid in {paid.country}"
    return ""


def _not_to_be_found(rules: HoldRules, order: CapturedOrder) -> str:
    ships = any(line.open_units and line.fulfilment is Fulfilment.SHIP for line in order.lines)
    return address_fault(rules, order.ship_to) if ships and order.ship_to is not None else ""


def address_fault(rules: HoldRules, address: Address) -> str:
    """What is wrong with an address that goods are shipped to; "" where nothing is."""
    missing = [name for name in ("street", "city") if not getattr(address, name)]
    if rules.incomplete_address and missing:
        return f"address: no {' and no '.join(missing)}"
    box = next((line for line in address.street if _BOX.search(line)), "")
    if rules.postal_boxes and box:
        return f"address: {box} is a postal box"
    return ""
