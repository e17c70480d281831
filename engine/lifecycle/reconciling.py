"""What the gateway has of a payment, compared with what the order's life has, and made good by rule.

The gateway's record is the truth about money that moved, the life's goal about money that is owed. So a difference is taken
over from the gateway, and what is then owed is asked for as always: a capture that is missing is asked for again, one that was
made twice is paid back, a refund that failed is made again. One exception: what was paid back elsewhere, by people, is let be.
What was let go of elsewhere, or is not held any more, can't ship: the order is held.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from engine.lifecycle.gateway import Standing
from engine.lifecycle.life import Life, TaskKind
from engine.lifecycle.money import owed
from engine.lifecycle.states import Kind
from engine.lifecycle.step import Step


class Amiss(enum.Enum):
    """What differs. ``ours`` and ``theirs`` are the life's and the gateway's micros of it."""

    AUTHORISED = "AUTHORISED"  # more or less is held than the life has
    CAPTURED = "CAPTURED"  # less: it is missing; more: it was taken twice
    REFUNDED = "REFUNDED"  # less: it failed; more: people did it, or it was paid back twice
    VOIDED = "VOIDED"  # one of them has let go of it; amounts are 0 for no and 1 for yes
    UNKNOWN = "UNKNOWN"  # the gateway has no such payment; nothing is made good
    UNDER_WAY = "UNDER_WAY"  # the gateway was asked and has not answered yet: ``ours`` tasks


@dataclass(frozen=True, slots=True)
class Difference:
    order_id: str
    currency: str
    reference: str
    what: Amiss
    ours: int
    theirs: int
    mended: bool = False


def refunded_by_reference(life: Life) -> dict[str, int]:
    """What was paid back of each payment for this order, micros; "" is its own."""
    payment = life.payment
    moved = [credit for back in life.returns for credit in back.credits]
    asked = [task for task in payment.tasks if task.kind is TaskKind.REFUND and task.reference]
    paid = {
        credit.reference: credit.used
        - sum(each.micros for each in moved if each.reference == credit.reference)
        - sum(task.micros for task in asked if task.reference == credit.reference)
        for credit in payment.credits
    }
    return {"": payment.refunded - sum(paid.values()), **paid}


def expected(life: Life, exchanges: Sequence[Life]) -> Standing:
    """What the gateway should have of the order's own payment. ``exchanges``: every order that went out for goods of this
    one, and for goods of those, as they pay back from the same payment."""
    payment = life.payment
    refunded = refunded_by_reference(life)[""]
    refunded += sum(refunded_by_reference(each).get(payment.reference, 0) for each in exchanges)
    return Standing(max(payment.authorised, payment.captured), payment.captured, refunded, payment.voided)


def differences(life: Life, ours: Standing, theirs: Standing) -> list[Difference]:
    """Every one. What a gateway still holds of a payment that needs no more counts for nothing: it lapses by itself."""
    of = life.order_id, life.order.currency, life.payment.reference
    found = []
    voided = ours.voided or theirs.voided
    if ours.voided != theirs.voided:
        found.append(Difference(*of, Amiss.VOIDED, int(ours.voided), int(theirs.voided)))
    wanted = max(0, owed(life, to_come=True) - life.payment.credited)
    lapsed = theirs.authorised < min(ours.authorised, wanted)
    if not voided and lapsed and not life.payment.prepaid:
        found.append(Difference(*of, Amiss.AUTHORISED, ours.authorised, theirs.authorised))
    for what in (Amiss.CAPTURED, Amiss.REFUNDED):
        name = what.value.lower()
        if getattr(ours, name) != getattr(theirs, name):
            found.append(Difference(*of, what, getattr(ours, name), getattr(theirs, name)))
    return found


def mendable(life: Life, found: Difference) -> bool:
    """May it be made good here? A refund that failed was perhaps another order's, which went out in exchange: only this
    order's own are made again, the rest is left to people."""
    failed = found.what is Amiss.REFUNDED and found.theirs < found.ours
    return not failed or found.ours - found.theirs <= refunded_by_reference(life)[""]


def mend(step: Step, found: Sequence[Difference]) -> None:
    """Take over what the gateway has; ``finish`` asks for what is then owed."""
    payment = step.life.payment
    told: dict[str, int] = {}
    hold = ""
    for each in found:
        more = each.theirs - each.ours
        match each.what:
            case Amiss.CAPTURED:
                payment = replace(payment, captured=payment.captured + more)
                told["captured_micros"] = more
            case Amiss.REFUNDED:
                let_be = max(0, more)
                payment = replace(payment, refunded=payment.refunded + more, let_be=payment.let_be + let_be)
                told["refunded_micros"] = more
            case Amiss.AUTHORISED:
                hold = f"payment: {each.theirs / 1e6:.2f} of {each.ours / 1e6:.2f} are still held"
                payment = replace(payment, authorised=each.theirs, declined=hold)
            case Amiss.VOIDED:
                payment = replace(payment, voided=bool(each.theirs))
                hold = "payment: it was let go of elsewhere" if each.theirs else ""
    step.set(payment=payment)
    if hold and not step.life.hold and (step.life.waiting() or any(each.held for each in step.life.active())):
        step.set(hold=hold)
        step.note("hold", hold=hold)
    state = step.life.payment.state.value
    step.tell(
        Kind.PAYMENT,
        step.life.order_id,
        state,
        state,
        what="reconciled",
        differences=[[each.what.value, each.ours, each.theirs] for each in found],
        **told,
    )
