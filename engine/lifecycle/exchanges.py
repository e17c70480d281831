"""Exchanges: what came back pays for an order of its own, which is routed like any other.

The money that was paid for the goods moves on to that order as a credit, as far as the new goods cost so much. What they cost
more is asked for, what they cost less is paid back; and what is sent back of them in turn is paid back in full.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from engine.capture.captured import CapturedLine, CapturedOrder
from engine.capture.captured import Payment as Told
from engine.lifecycle.life import Credit, Life, Payment, Replacement, Return
from engine.lifecycle.money import open_total, own_left
from engine.lifecycle.shares import coin_micros, of_units
from engine.lifecycle.states import Kind
from engine.lifecycle.step import Step


def exchanged(life: Life, back: Return, parts: Mapping[str, tuple[int, int]]) -> tuple[Return, Payment]:
    """The graded return with what goes out for it, and the payment without what pays for that. ``parts``: (goods, tax) that
    the accepted units of each line had cost, micros."""
    lines = []
    for line in back.lines:
        new = None
        if line.line_id in parts and line.replacement is None:  # the same goods at what they cost
            goods, tax = parts[line.line_id]
            new = Replacement(line.sku, goods + tax if life.order.tax_included else goods, 0, tax)
        elif line.line_id in parts and line.replacement is not None:
            new = _of_accepted(line.replacement, line.accepted, line.units, coin_micros(life.order.currency))
        lines.append(replace(line, replacement=new))
    number = back.return_id.rpartition("/R")[2]
    closed = replace(back, lines=tuple(lines), exchange_order_id=f"{life.order_id}-x{number}")
    most = sum(goods + tax for goods, tax in parts.values())
    costs = open_total(exchange_order(life, closed, life.order.order_time))
    payment, paid_by = _moved_on(life.payment, min(most, costs))
    return replace(closed, credits=paid_by), payment


def _of_accepted(new: Replacement, accepted: int, units: int, coin: int) -> Replacement:
    """The share of its amounts for the units that really came back."""
    gross, discount, tax = (
        of_units(amount, accepted, units, coin) for amount in (new.gross_micros, new.discount_micros, new.tax_micros)
    )
    return Replacement(new.sku, gross, min(gross, discount), tax)


def _moved_on(payment: Payment, micros: int) -> tuple[Payment, tuple[Credit, ...]]:
    """The order's own money goes first, then what was moved to it; no more than there is, as some was perhaps paid back by
    hand."""
    own = min(micros, own_left(payment))
    paid_by = [Credit(payment.reference, own)] if own else []
    rest, kept = micros - own, []
    for credit in payment.credits:
        part = min(rest, credit.micros - credit.used)
        rest -= part
        kept.append(replace(credit, used=credit.used + part))
        if part:
            paid_by.append(Credit(credit.reference, part))
    return replace(payment, moved=payment.moved + micros - rest, credits=tuple(kept)), tuple(paid_by)


def exchange_order(life: Life, back: Return, now: int) -> CapturedOrder:
    """What goes out for a closed exchange."""
    first = {line.line_id: line for line in life.order.lines}
    lines = tuple(
        CapturedLine(
            line.line_id,
            line.replacement.sku,
            line.accepted,
            line.replacement.gross_micros,
            line.replacement.discount_micros,
            line.replacement.tax_micros,
            title=first[line.line_id].title if line.replacement.sku == line.sku else "",
            fulfilment=first[line.line_id].fulfilment,
        )
        for line in back.lines
        if line.replacement is not None and line.accepted
    )
    return replace(
        life.order,
        channel_order_id=back.exchange_order_id.partition(":")[2],
        order_time=now,
        lines=lines,
        charges=(),
        discount_micros=0,
        tax_micros=0,
        total_micros=None,
        presentment_total_micros=None,
        not_before=None,
        deliver_by=None,
        pickup_by=None,
        payment=Told(),
        raw_id="",
    )


def sent(step: Step, return_id: str) -> None:
    """Its order is captured; nobody needs to look after it any more."""
    back = step.a_return(return_id)
    done = replace(back, captured=True)
    step.set(returns=tuple(done if each is back else each for each in step.life.returns))
    state = back.state.value
    step.tell(Kind.RETURN, return_id, state, state, what="exchange captured", order_id=back.exchange_order_id)
