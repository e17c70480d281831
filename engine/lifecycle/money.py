"""What an order's goods cost, to the coin, and what the customer owes for those that he keeps.

The goal is always the same: captured less refunded is what is owed for the goods that have left and did not come back. What
the gateway still has to do follows from the difference, so no path through a life can forget a refund. Money that moves with
an exchange from one order to another counts as refunded by the one and captured by the other, though no gateway moves it.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from engine.capture.captured import CapturedOrder
from engine.lifecycle.life import Life, Payment, Task, TaskKind
from engine.lifecycle.shares import coin_micros, divided, of_units
from engine.lifecycle.states import PaymentState, ReturnState


class LinePrice(msgspec.Struct, frozen=True):
    """What all open units of a line cost, micros: ``goods`` without tax, after every discount, and ``tax``."""

    line_id: str
    units: int
    goods: int
    tax: int


def line_prices(order: CapturedOrder) -> tuple[LinePrice, ...]:
    """Every line that ships, of its open units."""
    return tuple(open_part for _, open_part in _priced(order) if open_part.units)


def _priced(order: CapturedOrder) -> list[tuple[LinePrice, LinePrice]]:
    """Every line as ordered, and the part of it that is open. The order's own discount and tax are divided over all lines by
    their amounts, to the coin."""
    coin = coin_micros(order.currency)
    net = [line.gross_micros - line.discount_micros for line in order.lines]
    discounts = _bounded(order.discount_micros, net, coin)
    net = [amount - discount for amount, discount in zip(net, discounts, strict=True)]
    shares = divided(order.tax_micros, net, coin)
    prices = []
    for line, amount, share in zip(order.lines, net, shares, strict=True):
        tax = line.tax_micros + share
        goods = max(0, amount - tax) if order.tax_included else amount
        part = [of_units(total, line.open_units, line.units, coin) for total in (goods, tax)]
        whole = LinePrice(line.line_id, line.units, goods, tax)
        prices.append((whole, LinePrice(line.line_id, line.open_units, *part)))
    return prices


def _bounded(discount: int, net: list[int], coin: int) -> list[int]:
    """The discount divided over lines; never more than the line costs. What no line can bear stays with ``charges``."""
    shares = divided(min(discount, sum(net)), net, coin)
    over = 0
    for i, (share, most) in enumerate(zip(shares, net, strict=True)):
        over += max(0, share - most)
        shares[i] = min(share, most)
    for i, most in enumerate(net):
        more = min(over, most - shares[i])
        shares[i] += more
        over -= more
    return shares


def order_total(order: CapturedOrder) -> int:
    """What the whole order costs, as the channel states it, or else as its parts add up; >= 0."""
    return max(0, order.reckoned_total_micros if order.total_micros is None else order.total_micros)


def open_total(order: CapturedOrder) -> int:
    """The total without units that were shipped, cancelled or refunded before the order came to us; >= 0."""
    closed = 0
    for line, (whole, still) in zip(order.lines, _priced(order), strict=True):
        if line.physical and line.closed_units:
            closed += whole.goods + whole.tax - still.goods - still.tax
    return max(0, order_total(order) - closed)


def _goods(prices: tuple[LinePrice, ...]) -> int:
    return sum(price.goods + price.tax for price in prices)


def charges(order: CapturedOrder) -> int:
    """What is paid beside the lines that ship: freight, fees, cards and downloads, roundings of the channel. May be below 0,
    by a discount that the lines did not bear."""
    return open_total(order) - _goods(line_prices(order))


def kept(life: Life, *, to_come: bool = False) -> dict[str, int]:
    """Units by line that the customer pays for by now: gone and not come back; prepaid, or ``to_come``, also those that are
    still to go."""
    back = life.returned()
    prices = line_prices(life.order)
    if life.payment.prepaid or to_come:
        had = {price.line_id: price.units - life.cancelled.get(price.line_id, 0) for price in prices}
    else:
        had = life.gone()
    return {price.line_id: had.get(price.line_id, 0) - back.get(price.line_id, 0) for price in prices}


def owed(life: Life, *, to_come: bool = False) -> int:
    """What the customer is to have paid once every task is done, micros; ``to_come``: once all has gone that is to go."""
    coin = coin_micros(life.order.currency)
    total = 0
    units = kept(life, to_come=to_come)
    back = life.returned()
    for price in line_prices(life.order):
        total += sum(of_units(amount, units[price.line_id], price.units, coin) for amount in (price.goods, price.tax))
    begun = any(units[line_id] + back.get(line_id, 0) for line_id in units)
    if begun and not any(each.refund_shipping and each.state is ReturnState.CLOSED for each in life.returns):
        total += charges(life.order)
    return max(0, total - life.payment.let_be)


def own_left(payment: Payment) -> int:
    """What is left of its own money, not counting that of credits, micros."""
    asked = sum(task.micros for task in payment.tasks if task.kind is TaskKind.REFUND and not task.reference)
    of_credits = sum(credit.used for credit in payment.credits)
    on_its_way = sum(task.micros for task in payment.tasks if task.kind is TaskKind.REFUND and task.reference)
    return payment.captured - (payment.refunded + payment.moved - (of_credits - on_its_way)) - asked


def held_credit(life: Life) -> int:
    """What of its credits waits for goods that are still to go, micros."""
    left = sum(credit.micros - credit.used for credit in life.payment.credits)
    return min(left, owed(life, to_come=True) - owed(life))


def refund_by_line(life: Life, accepted: dict[str, int]) -> dict[str, tuple[int, int]]:
    """(goods, tax) that so many units of each line had cost, which come back now, micros; lines without any are left out."""
    coin = coin_micros(life.order.currency)
    units = kept(life)
    parts = {}
    for price in line_prices(life.order):
        if accepted.get(price.line_id):
            before = units[price.line_id]
            after = before - accepted[price.line_id]
            goods, tax = (
                of_units(amount, before, price.units, coin) - of_units(amount, after, price.units, coin)
                for amount in (price.goods, price.tax)
            )
            parts[price.line_id] = goods, tax
    return parts


def settled(life: Life) -> tuple[Life, tuple[Task, ...]]:
    """The life with the tasks that bring the payment to what is owed, and those that are new."""
    payment = life.payment
    if payment.declined:  # people look at it first
        return life, ()
    goal = owed(life)
    coming = sum(
        task.micros if task.kind is TaskKind.CAPTURE else -task.micros
        for task in payment.tasks
        if task.kind in (TaskKind.CAPTURE, TaskKind.REFUND)
    )
    missing = goal - (payment.net + coming)
    new: list[tuple[TaskKind, int, str]] = []
    if missing > 0 and not payment.voided:
        new.append((TaskKind.CAPTURE, missing, ""))
    elif -missing > held_credit(life):
        payment, refunds = _paid_back(payment, -missing - held_credit(life))
        new += [(TaskKind.REFUND, micros, reference) for micros, reference in refunds]
    over = not life.waiting() and not any(each.held for each in life.active())
    voiding = any(task.kind is TaskKind.VOID for task in payment.tasks)
    unused = payment.authorised > 0 and payment.captured == 0 and goal == 0 and coming == 0
    if over and unused and not voiding and not payment.voided and not payment.prepaid:
        new.append((TaskKind.VOID, 0, ""))
    first = life.numbered + 1
    tasks = tuple(
        Task(f"{life.order_id}/T{first + i}", kind, micros, reference)
        for i, (kind, micros, reference) in enumerate(new)
    )
    if not tasks:
        return life, ()
    paid = replace(payment, tasks=(*payment.tasks, *tasks))
    return replace(life, payment=paid, numbered=life.numbered + len(tasks)), tasks


def _paid_back(payment: Payment, micros: int) -> tuple[Payment, list[tuple[int, str]]]:
    """(micros, reference) of each payment that pays some of it back: the order's own, "", before its credits."""
    own = min(micros, own_left(payment))
    parts, rest, left = [(own, "")], micros - own, []
    for credit in payment.credits:
        part = min(rest, credit.micros - credit.used)
        rest -= part
        parts.append((part, credit.reference))
        left.append(replace(credit, used=credit.used + part))
    return replace(payment, credits=tuple(left)), [part for part in parts if part[0]]


def payment_state(payment: Payment) -> PaymentState:
    """Where the payment stands, by its amounts."""
    if payment.voided:
        return PaymentState.VOIDED
    if payment.refunded:
        return PaymentState.PARTLY_REFUNDED if payment.net else PaymentState.REFUNDED
    if payment.captured:
        whole = payment.prepaid or payment.captured >= payment.authorised
        return PaymentState.CAPTURED if whole else PaymentState.PARTLY_CAPTURED
    if payment.declined:
        return PaymentState.DECLINED
    if payment.prepaid:
        return PaymentState.CAPTURED
    return PaymentState.AUTHORISED if payment.reference else PaymentState.PENDING
