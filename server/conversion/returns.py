"""Returns to messages, and what is wished and graded from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from onebox.v1 import life_pb2 as life_pb
from onebox.v1 import return_service_pb2 as pb

from engine.errors import InvalidInput
from engine.lifecycle.life import Grade, Replacement, Return, ReturnLine
from engine.lifecycle.returns import Wanted
from engine.network.checks import require
from engine.routing.order import MAX_LINES
from server.conversion.fields import identifier, money, money_from, within
from server.conversion.orders import MAX_LINE_ID
from server.conversion.words import CONDITIONS, LEVELS, RETURN_STATES

Fields = dict[str, Any]
_GRADES = {Grade.AS_NEW: "as_new_units", Grade.DAMAGED: "damaged_units", Grade.MISSING: "missing_units"}


def return_fields(back: Return, currency: str) -> Fields:
    fields: Fields = {
        "return_id": back.return_id,
        "state": RETURN_STATES.number[back.state],
        "node_id": back.node_id,
        "lines": [_line(line, currency) for line in back.lines],
        "reason": back.lines[0].reason,
        "exchange": not back.refund,
        "exchange_order_id": back.exchange_order_id,
        "goods": money(back.goods, currency),
        "tax": money(back.tax, currency),
        "shipping": money(back.shipping, currency),
        "tracking_numbers": () if back.label is None else back.label.tracking_numbers,
        "drop_off_node_id": back.drop_off,
        "carrier_id": back.carrier_id,
        "cost": money(back.cost, currency),
        "costs": [{"part": part, "amount": money(amount, currency)} for part, amount in back.costs],
        "alternatives": [{"node_id": node_id, "cost": money(cost, currency)} for node_id, cost in back.instead],
    }
    if back.level is not None:
        fields["service_level"] = LEVELS.number[back.level]
    return fields


def _line(line: ReturnLine, currency: str) -> Fields:
    fields: Fields = {field: line.graded.get(grade.value, 0) for grade, field in _GRADES.items()}
    fields |= {"line_id": line.line_id, "sku": line.sku, "units": line.units}
    fields["condition"] = CONDITIONS.number[line.condition]
    if line.replacement is not None:
        new = line.replacement
        amounts = {"gross": new.gross_micros, "discount": new.discount_micros, "tax": new.tax_micros}
        fields["replacement"] = {"sku": new.sku, **{name: money(each, currency) for name, each in amounts.items()}}
    return fields


def wishes_from(
    lines: Sequence[pb.ReturnWish], skus: Collection[str], currency: str, *, exchange: bool
) -> dict[str, Wanted]:
    """By line, amounts of the order's ``currency``. Raises InvalidInput."""
    require(1 <= len(lines) <= MAX_LINES, "lines", len(lines), f"1..{MAX_LINES} lines")
    wishes: dict[str, Wanted] = {}
    for position, line in enumerate(lines):
        try:
            name = identifier(line.line_id, "line_id", MAX_LINE_ID)
            require(name not in wishes, "line_id", name, "each line once")
            require(line.units >= 1, "units", line.units, "a count >= 1")
            given = line.HasField("replacement")
            require(exchange or not given, "replacement", line.replacement.sku, "none, as it is no exchange")
            new = _replacement(line.replacement, skus, currency) if given else None
            wishes[name] = Wanted(line.units, CONDITIONS.member(line.condition, "condition"), new)
        except InvalidInput as error:
            raise InvalidInput(*within(f"lines[{position}]", error)) from None
    return wishes


def _replacement(message: life_pb.Replacement, skus: Collection[str], currency: str) -> Replacement:
    require(message.sku in skus, "replacement.sku", message.sku, "a SKU of the network")
    gross, discount, tax = (
        money_from(getattr(message, name), f"replacement.{name}", currency) for name in ("gross", "discount", "tax")
    )
    require(discount <= gross, "replacement.discount", discount, f"micros in 0..{gross}, as the gross is {gross}")
    return Replacement(message.sku, gross, discount, tax)


def grades_from(lines: Sequence[life_pb.ReturnedLine]) -> dict[str, dict[Grade, int]]:
    """Units by line and grade. Raises InvalidInput."""
    require(len(lines) <= MAX_LINES, "lines", len(lines), f"at most {MAX_LINES} lines")
    graded: dict[str, dict[Grade, int]] = {}
    for position, line in enumerate(lines):
        name = identifier(line.line_id, f"lines[{position}].line_id", MAX_LINE_ID)
        require(name not in graded, f"lines[{position}].line_id", name, "each line once")
        graded[name] = {grade: getattr(line, field) for grade, field in _GRADES.items()}
    return graded
