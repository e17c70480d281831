"""What a node does with a shipment: accept or reject, pick, pack, ship or hand over."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.errors import WrongState
from engine.lifecycle.life import Shipment
from engine.lifecycle.lives import Empty, Restock
from engine.lifecycle.orders import write_off
from engine.lifecycle.states import ON_ITS_WAY, Kind, ShipmentState
from engine.lifecycle.step import Step
from engine.lifecycle.tracking import raise_late
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.network.life_rules import HoldRules
from engine.routing.route import Content

_GRACE_S = 30
"""So long whoever was told of a reject has time to route it; then it is taken that he died."""


def accept(step: Step, shipment_id: str) -> None:
    step.move(step.shipment(shipment_id), ShipmentState.ACCEPTED)


def reject(step: Step, shipment_id: str, line_ids: Collection[str], rules: HoldRules) -> None:
    """The node will not ship these lines (none named: all). They are routed anew, without the node."""
    shipment = step.shipment(shipment_id)
    lines = {content.line_id for content in shipment.contents}
    for line_id in line_ids:
        require(line_id in lines, "line_ids", line_id, f"a line of shipment {shipment_id}")
    _require_open(shipment, ShipmentState.REJECTED)
    stays = tuple(content for content in shipment.contents if line_ids and content.line_id not in line_ids)
    _shorten(step, shipment, stays, "lines rejected")
    _another_round(step, shipment.node_id, rules)


def pick(step: Step, shipment_id: str, found: Mapping[str, int], rules: HoldRules) -> None:
    """All is picked, but for lines in ``found``, of which only so many units (>= 0) were there: a short pick.

    The node's count is corrected to what others were promised there, and the missing units are routed anew without the node.
    """
    shipment = step.shipment(shipment_id)
    if shipment.state is not ShipmentState.ACCEPTED:
        raise WrongState(shipment_id, shipment.state.value, ShipmentState.PICKED.value, "shipment")
    units = {content.line_id: content.units for content in shipment.contents}
    for line_id, there in found.items():
        require(line_id in units, "found", line_id, f"a line of shipment {shipment_id}")
        require(0 <= there <= units[line_id], "found", there, f"a count in 0..{units[line_id]}")
    stays, missing = [], []
    for content in shipment.contents:
        there = found.get(content.line_id, content.units)
        if there:
            stays.append(Content(content.line_id, content.sku, there))
        if there < content.units:
            missing.append(Content(content.line_id, content.sku, content.units - there))
    if missing:
        _shorten(step, shipment, tuple(stays), "short pick")
        short: dict[str, int] = {}
        for content in missing:
            short[content.sku] = short.get(content.sku, 0) + content.units
        step.effects += [Empty(sku, shipment.node_id, amount) for sku, amount in short.items()]
        _another_round(step, shipment.node_id, rules)
    if stays:
        step.move(step.shipment(shipment_id), ShipmentState.PICKED)


def pack(step: Step, shipment_id: str) -> None:
    step.move(step.shipment(shipment_id), ShipmentState.PACKED)


def ship(step: Step, shipment_id: str, tracking: str) -> None:
    """It leaves: to the customer, or to the store where he picks it up. ``tracking``: the carrier's number; by default its
    label's. With a number of no label of ours it leaves another way, and the label is taken back."""
    shipment = step.shipment(shipment_id)
    if shipment.level is ServiceLevel.PICKUP:
        raise WrongState(shipment_id, f"{shipment.state.value}, to be handed over", "SHIPPED", "shipment")
    label = shipment.label
    if label is not None and tracking not in ("", *label.tracking_numbers):
        step.take_back(label)
        label = None
    known = tracking or next(iter(shipment.tracking_numbers), "")
    step.ship_out(shipment, ShipmentState.SHIPPED, tracking=known, label=label, next_look=step.now)


def deliver(step: Step, shipment_id: str) -> None:
    shipment = step.shipment(shipment_id)
    if shipment.destination_node:
        raise WrongState(shipment_id, f"{shipment.state.value}, to be handed over", "DELIVERED", "shipment")
    step.move(shipment, ShipmentState.DELIVERED, arrived_time=step.now)
    raise_late(step, shipment_id)


def ready(step: Step, shipment_id: str, code: str) -> None:
    """It lies at the store; whoever says ``code`` gets it."""
    shipment = step.shipment(shipment_id)
    there = shipment.level is ServiceLevel.PICKUP and shipment.state is ShipmentState.PACKED
    came = shipment.level is ServiceLevel.SHIP_TO_STORE and shipment.state in ON_ITS_WAY
    if not (there or came):
        raise WrongState(shipment_id, shipment.state.value, "READY", "shipment")
    step.move(shipment, ShipmentState.READY, code=code)


def hand_over(step: Step, shipment_id: str, code: str) -> None:
    """Raises InvalidInput on another code, which the message does not tell."""
    shipment = step.shipment(shipment_id)
    if shipment.state is not ShipmentState.READY:
        raise WrongState(shipment_id, shipment.state.value, "HANDED_OVER", "shipment")
    require(code == shipment.code, "code", code, "the code that the customer was sent")
    if shipment.held:
        step.ship_out(shipment, ShipmentState.HANDED_OVER, arrived_time=step.now)
    else:
        step.move(shipment, ShipmentState.HANDED_OVER, arrived_time=step.now)


def no_show(step: Step, shipment_id: str) -> None:
    """Nobody came: the units are the store's again, and the order is relieved of them."""
    shipment = step.shipment(shipment_id)
    if shipment.state is not ShipmentState.READY:
        raise WrongState(shipment_id, shipment.state.value, "NO_SHOW", "shipment")
    if shipment.held:
        step.give_up(shipment, ShipmentState.NO_SHOW)
    else:
        units = sum(content.units for content in shipment.contents)
        step.move(shipment, ShipmentState.NO_SHOW, {"shipped_units": -units})
        step.effects += [Restock(each.sku, shipment.destination_node, each.units) for each in shipment.contents]
    lines: dict[str, int] = {}
    for content in shipment.contents:
        lines[content.line_id] = lines.get(content.line_id, 0) + content.units
    write_off(step, lines)


def _require_open(shipment: Shipment, to: ShipmentState) -> None:
    if shipment.state not in (ShipmentState.RELEASED, ShipmentState.ACCEPTED):
        raise WrongState(shipment.shipment_id, shipment.state.value, to.value, "shipment")


def _shorten(step: Step, shipment: Shipment, stays: tuple[Content, ...], what: str) -> None:
    if not stays:
        step.give_up(shipment, ShipmentState.REJECTED, what=what)
        return
    step.shrink(shipment, stays)
    state = shipment.state.value
    kept = {content.line_id: content.units for content in stays}
    step.tell(Kind.SHIPMENT, shipment.shipment_id, state, state, what=what, kept=kept, node_id=shipment.node_id)


def _another_round(step: Step, node_id: str, rules: HoldRules) -> None:
    life = step.life
    nodes = life.not_nodes if node_id in life.not_nodes else (*life.not_nodes, node_id)
    step.set(rounds=life.rounds + 1, not_nodes=nodes, again=step.now + _GRACE_S)
    if step.life.rounds > rules.reject_rounds and not life.hold:
        reason = f"rejected {step.life.rounds} times"
        step.set(hold=reason)
        step.note("hold", hold=reason)
