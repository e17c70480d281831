"""What comes back: authorised by the policy, sent where it is worth most, received at any node, graded, restocked or written
off, refunded or exchanged. What goes out in exchange is in ``exchanges.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.errors import WrongState
from engine.lifecycle.exchanges import exchanged
from engine.lifecycle.life import Grade, Life, Replacement, Return, ReturnLine, Shipment, units_by_line
from engine.lifecycle.lives import Discard, Restock
from engine.lifecycle.money import charges, refund_by_line
from engine.lifecycle.states import ARRIVED, Kind, ReturnState
from engine.lifecycle.step import Step
from engine.network.checks import require
from engine.network.life_rules import Condition, ReturnRules
from engine.routing.returned import ReturnParcel

_DAY_S = 86_400


class Wanted(msgspec.Struct, frozen=True):
    """What a customer wants to send back of a line, and, in an exchange, have for it: None, the same goods again."""

    units: int
    condition: Condition = Condition.UNOPENED
    replacement: Replacement | None = None


def check(life: Life, lines: Mapping[str, Wanted], rules: ReturnRules, now: int) -> None:
    """Raises InvalidInput where the policy is against it: more than arrived, too late, final sale, not in this condition."""
    require(bool(lines), "lines", len(lines), "at least one line")
    there, coming = units_by_line(tuple(_arrived(life))), life.coming_back()
    skus = {line.line_id: line.sku for line in life.order.lines}
    for line_id, wanted in lines.items():
        require(line_id in skus, "lines.line_id", line_id, "a line of the order")
        left = there.get(line_id, 0) - coming.get(line_id, 0)
        expected = f"a count in 1..{left}, as so many of line {line_id} are there"
        require(1 <= wanted.units <= left, "lines.units", wanted.units, expected)
        final = skus[line_id] in rules.final_sale and wanted.condition is not Condition.DAMAGED
        require(not final, "lines.line_id", line_id, f"a line that is taken back; {skus[line_id]} is final sale")
        condition, days = wanted.condition.value, rules.days(wanted.condition)
        require(days > 0, "lines.condition", condition, "a condition in which goods are taken back")
        last = max(each.arrived_time for each in _of_line(life, line_id)) + days * _DAY_S
        expected = f"a line that arrived within {days} days, as it is {condition}"
        require(now <= last, "lines.line_id", line_id, expected)


def authorise(
    step: Step,
    lines: Mapping[str, Wanted],
    parcels: Sequence[ReturnParcel],
    *,
    exchange: bool = False,
    refund_shipping: bool = False,
) -> None:
    """A return for each parcel, which names the lines in it; ``check`` has been asked."""
    skus = {line.line_id: line.sku for line in step.life.order.lines}
    for parcel in parcels:
        made = Return(
            f"{step.life.order_id}/R{step.number()}",
            ReturnState.AUTHORISED,
            parcel.node_id,
            tuple(
                ReturnLine(
                    line_id,
                    skus[line_id],
                    lines[line_id].units,
                    step.reason,
                    lines[line_id].condition,
                    lines[line_id].replacement if exchange else None,
                )
                for line_id in parcel.line_ids
            ),
            refund=not exchange,
            refund_shipping=refund_shipping and not exchange,
            **_placed(parcel),
        )
        step.set(returns=(*step.life.returns, made))
        step.tell(
            Kind.RETURN,
            made.return_id,
            "",
            made.state.value,
            contents=[[line.line_id, line.sku, line.units] for line in made.lines],
            conditions=[line.condition.value for line in made.lines],
            exchange=exchange,
            **_told(made),
        )


def hand_in(step: Step, return_id: str, store: str, parcel: ReturnParcel) -> None:
    """The customer brings it to a store: it stays there, or goes on to the parcel's node. A label that he had is not used."""
    back = step.a_return(return_id)
    step.take_back(back.label)
    back = replace(back, label=None, drop_off=store, node_id=parcel.node_id, **_placed(parcel))
    stays = parcel.node_id == store
    to = ReturnState.RECEIVED if stays else ReturnState.HANDED_IN
    step.move_return(back, to, {"store": store, **_told(back)})


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

    Lines that ``graded`` does not name are as new. Raises InvalidInput where the grades are not all units, WrongState for an
    exchange while money is under way: only what was taken pays for what goes out.
    """
    back = step.a_return(return_id)
    if back.state is not ReturnState.RECEIVED:
        raise WrongState(return_id, back.state.value, ReturnState.CLOSED.value, "return")
    payment = step.life.payment
    if not back.refund and (payment.tasks or payment.declined):
        raise WrongState(return_id, f"{back.state.value}, its order's payment not settled", "CLOSED", "return")
    lines = _graded(back, graded)
    parts = refund_by_line(step.life, {line.line_id: line.accepted for line in lines})
    before = any(each.refund_shipping and each.state is ReturnState.CLOSED for each in step.life.returns)
    closed = replace(
        back,
        lines=lines,
        goods=sum(goods for goods, _ in parts.values()),
        tax=sum(tax for _, tax in parts.values()),
        shipping=max(0, charges(step.life.order)) if back.refund_shipping and not before else 0,
    )
    if not back.refund and parts:
        closed, payment = exchanged(step.life, closed, parts)
        step.set(payment=payment)
    for line in lines:
        for kind, effect in ((Grade.AS_NEW, Restock), (Grade.DAMAGED, Discard)):
            if units := line.graded.get(kind.value, 0):
                step.effects.append(effect(line.sku, back.node_id, units))
    data = {
        "node_id": back.node_id,
        "grades": [[line.line_id, kind, units] for line in lines for kind, units in line.graded.items()],
        "goods_micros": closed.goods,
        "tax_micros": closed.tax,
        "shipping_micros": closed.shipping,
        "moved_micros": closed.credit,
        "exchange_order_id": closed.exchange_order_id,
    }
    step.move_return(closed, ReturnState.CLOSED, data)


def _graded(back: Return, graded: Mapping[str, Mapping[Grade, int]]) -> tuple[ReturnLine, ...]:
    known = {line.line_id for line in back.lines}
    for line_id in graded:
        require(line_id in known, "lines.line_id", line_id, f"a line of return {back.return_id}")
    lines = []
    for line in back.lines:
        grades = dict(graded.get(line.line_id, {Grade.AS_NEW: line.units}))
        whole = all(units >= 0 for units in grades.values()) and sum(grades.values()) == line.units
        require(whole, "lines.units", sum(grades.values()), f"grades of all {line.units} units of line {line.line_id}")
        lines.append(replace(line, graded={kind.value: units for kind, units in grades.items() if units}))
    return tuple(lines)


def _arrived(life: Life) -> list[Shipment]:
    return [each for each in life.shipments if each.state in ARRIVED]


def _of_line(life: Life, line_id: str) -> list[Shipment]:
    return [each for each in _arrived(life) if any(content.line_id == line_id for content in each.contents)]


def store_of(life: Life, line_ids: Sequence[str]) -> str:
    """Where one of the lines was picked up; "" where all were shipped."""
    stores = [each.destination_node for line_id in line_ids for each in _of_line(life, line_id)]
    return next(filter(None, stores), "")


def _placed(parcel: ReturnParcel) -> dict[str, Any]:
    return {
        "carrier_id": parcel.carrier_id,
        "level": parcel.level,
        "costs": tuple((part.value, amount) for part, amount in parcel.costs),
        "cost": parcel.cost,
        "instead": parcel.instead,
    }


def _told(back: Return) -> dict[str, Any]:
    return {
        "node_id": back.node_id,
        "carrier_id": back.carrier_id,
        "cost_micros": back.cost,
        "costs": [list(part) for part in back.costs],
        "instead": [list(other) for other in back.instead],
    }
