"""What comes back: authorised by the rules, received at any node, graded, restocked or written off, refunded or exchanged."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from engine.capture.captured import CapturedOrder, Payment, PaymentState
from engine.lifecycle.life import Grade, Life, Return, ReturnLine, units_by_line
from engine.lifecycle.lives import Discard, Restock
from engine.lifecycle.money import charges, refund_of
from engine.lifecycle.rules import LifeRules
from engine.lifecycle.states import ARRIVED, Kind, ReturnState
from engine.lifecycle.step import Step
from engine.network.checks import require

_DAY_S = 86_400


def authorise(
    step: Step,
    lines: Mapping[str, int],
    rules: LifeRules,
    *,
    node_id: str = "",
    exchange: bool = False,
    refund_shipping: bool = False,
) -> str:
    """Units by line may come back to ``node_id`` ("": where the first of them came from); the return's id.

    Raises InvalidInput where the rules are against it: more than arrived, too late, final sale.
    """
    life = step.life
    require(bool(lines), "lines", len(lines), "at least one line")
    arrived = [each for each in life.shipments if each.state in ARRIVED]
    there, coming = units_by_line(tuple(arrived)), life.coming_back()
    skus = {line.line_id: line.sku for line in life.order.lines}
    for line_id, units in lines.items():
        require(line_id in skus, "lines.line_id", line_id, "a line of the order")
        left = there.get(line_id, 0) - coming.get(line_id, 0)
        require(
            1 <= units <= left, "lines.units", units, f"a count in 1..{left}, as so many of line {line_id} are there"
        )
        final = skus[line_id] in rules.final_sale
        require(not final, "lines.line_id", line_id, f"a line that is taken back; {skus[line_id]} is final sale")
        of_line = [each for each in arrived if any(content.line_id == line_id for content in each.contents)]
        last = max(each.arrived_time for each in of_line) + rules.return_days * _DAY_S
        within = f"a line that arrived within {rules.return_days} days"
        require(step.now <= last, "lines.line_id", line_id, within)
        node_id = node_id or of_line[0].destination_node or of_line[0].node_id
    made = Return(
        f"{life.order_id}/R{step.number()}",
        ReturnState.AUTHORISED,
        node_id,
        tuple(ReturnLine(line_id, skus[line_id], units, step.reason) for line_id, units in lines.items()),
        refund=not exchange,
        refund_shipping=refund_shipping and not exchange,
    )
    step.set(returns=(*step.life.returns, made))
    contents = [[line.line_id, line.sku, line.units] for line in made.lines]
    after = ReturnState.AUTHORISED.value
    step.tell(Kind.RETURN, made.return_id, "", after, node_id=node_id, contents=contents, exchange=exchange)
    return made.return_id


def receive(step: Step, return_id: str, node_id: str) -> None:
    """It lies at ``node_id``, which need not be where it was to go ("": there)."""
    back = step.a_return(return_id)
    at = node_id or back.node_id
    step.move_return(replace(back, node_id=at), ReturnState.RECEIVED, {"node_id": at})


def cancel(step: Step, return_id: str) -> None:
    """The customer keeps it."""
    step.move_return(step.a_return(return_id), ReturnState.CANCELLED)


def grade(step: Step, return_id: str, graded: Mapping[str, Mapping[Grade, int]]) -> None:
    """Every unit is graded: as new is restocked where it lies, damaged written off, both are paid back; missing is neither.

    Lines that ``graded`` does not name are as new. Raises InvalidInput where the grades are not all units.
    """
    back = step.a_return(return_id)
    known = {line.line_id for line in back.lines}
    for line_id in graded:
        require(line_id in known, "lines.line_id", line_id, f"a line of return {return_id}")
    lines = []
    for line in back.lines:
        grades = dict(graded.get(line.line_id, {Grade.AS_NEW: line.units}))
        whole = all(units >= 0 for units in grades.values()) and sum(grades.values()) == line.units
        require(whole, "lines.units", sum(grades.values()), f"grades of all {line.units} units of line {line.line_id}")
        lines.append(replace(line, graded={kind.value: units for kind, units in grades.items() if units}))
    accepted = {line.line_id: line.accepted for line in lines if back.refund}
    goods, tax = refund_of(step.life, accepted)
    before = any(each.refund_shipping and each.state is ReturnState.CLOSED for each in step.life.returns)
    shipping = max(0, charges(step.life.order)) if back.refund_shipping and not before else 0
    closed = replace(back, lines=tuple(lines), goods=goods, tax=tax, shipping=shipping)
    if not back.refund:
        closed = replace(closed, exchange_order_id=_exchange_id(step.life.order, return_id))
    for line in lines:
        for kind, effect in ((Grade.AS_NEW, Restock), (Grade.DAMAGED, Discard)):
            if units := line.graded.get(kind.value, 0):
                step.effects.append(effect(line.sku, back.node_id, units))
    data = {
        "node_id": back.node_id,
        "grades": [[line.line_id, kind, units] for line in lines for kind, units in line.graded.items()],
        "goods_micros": goods,
        "tax_micros": tax,
        "shipping_micros": shipping,
        "exchange_order_id": closed.exchange_order_id,
    }
    step.move_return(closed, ReturnState.CLOSED, data)


def exchange_order(life: Life, return_id: str, now: int) -> CapturedOrder | None:
    """What goes out for a closed exchange: the same goods, paid already; None where nothing was accepted."""
    back = next(each for each in life.returns if each.return_id == return_id)
    units = {line.line_id: line.accepted for line in back.lines if line.accepted}
    if not units:
        return None
    lines = tuple(
        replace(line, units=units[line.line_id], closed_units=0, gross_micros=0, discount_micros=0, tax_micros=0)
        for line in life.order.lines
        if line.line_id in units
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
        deliver_by=None,
        payment=Payment(PaymentState.PAID, reference=life.payment.reference),
        raw_id="",
    )


def _exchange_id(order: CapturedOrder, return_id: str) -> str:
    return f"{order.order_id}-x{return_id.rpartition('/R')[2]}"
