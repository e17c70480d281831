"""Carriers' labels in a life: each is named before the carrier is asked, so that a crash can't leave one that nobody knows of.

A label that is not needed any more is taken back: its shipment was stopped, its return cancelled, or it left another way.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from engine.errors import WrongState
from engine.lifecycle.life import CarrierLabel, Life, Return
from engine.lifecycle.states import GIVEN_UP, Kind, ReturnState, ShipmentState
from engine.lifecycle.step import Step
from engine.routing.route import Package


def ask(step: Step, shipment_id: str) -> None:
    """A shipment's carrier is about to be asked. What is being asked for already stays. Raises WrongState unless picked."""
    shipment = step.shipment(shipment_id)
    if shipment.state is not ShipmentState.PICKED:
        raise WrongState(shipment_id, shipment.state.value, ShipmentState.PACKED.value, "shipment")
    if shipment.label is None:
        label = _named(step, shipment.carrier_id)
        step.put(replace(shipment, label=label))
        _tell(step, Kind.SHIPMENT, shipment_id, shipment.state.value, "label asked", label)


def pack(step: Step, shipment_id: str, packages: Sequence[Package], label: CarrierLabel) -> None:
    """It is packed so, and the carrier gave this label for it. Raises WrongState where another was asked for meanwhile."""
    shipment = step.shipment(shipment_id)
    if shipment.label is None or shipment.label.label_id != label.label_id:
        state = f"{shipment.state.value} and not to have label {label.label_id}"
        raise WrongState(shipment_id, state, ShipmentState.PACKED.value, "shipment")
    step.move(shipment, ShipmentState.PACKED, _data(label), label=label, packages=tuple(packages))


def ask_return(step: Step, return_id: str, carrier_id: str) -> None:
    """A carrier is about to be asked to bring goods back."""
    back = _open(step, return_id)
    if back.label is None:
        label = _named(step, carrier_id)
        _put(step, replace(back, label=label))
        _tell(step, Kind.RETURN, return_id, back.state.value, "label asked", label)


def give_return(step: Step, return_id: str, label: CarrierLabel) -> None:
    """The carrier gave it."""
    back = _open(step, return_id)
    if back.label is None or back.label.label_id != label.label_id:
        raise WrongState(return_id, f"{back.state.value} and not to have label {label.label_id}", "labelled", "return")
    if not back.label.tracking_numbers:
        _put(step, replace(back, label=label))
        step.tell(Kind.RETURN, return_id, back.state.value, back.state.value, what="label bought", **_data(label))


def refused(step: Step, label: CarrierLabel, why: str) -> None:
    """The carrier will not give it: nothing was bought, and another may be asked for."""
    for shipment in step.life.shipments:
        if shipment.label == label:
            step.put(replace(shipment, label=None))
            _tell(step, Kind.SHIPMENT, shipment.shipment_id, shipment.state.value, "label refused", label, why)
    for back in step.life.returns:
        if back.label == label:
            _put(step, replace(back, label=None))
            _tell(step, Kind.RETURN, back.return_id, back.state.value, "label refused", label, why)


def unused(step: Step, label: CarrierLabel) -> None:
    """It was bought while somebody stopped what it is for: it is taken back, unless it is in use after all."""
    known = any(each.label_id == label.label_id for each in step.life.taken_back)
    if not known and label.label_id not in in_use(step.life):
        step.take_back(label)


def taken_back(step: Step, label_id: str, why: str = "") -> None:
    """The carrier took it back; or, for what it said (``why``), never will."""
    rest = tuple(each for each in step.life.taken_back if each.label_id != label_id)
    if len(rest) == len(step.life.taken_back):
        return
    step.set(taken_back=rest)
    if why:
        step.note("label not taken back", label_id=label_id, why=why)
    else:
        step.note("label taken back", label_id=label_id)


def in_use(life: Life) -> frozenset[str]:
    """Ids of the labels that something goes or is to go by."""
    out = [each.label for each in life.shipments if each.label and each.state not in GIVEN_UP]
    back = [each.label for each in life.returns if each.label and each.state is not ReturnState.CANCELLED]
    return frozenset(label.label_id for label in (*out, *back))


def _named(step: Step, carrier_id: str) -> CarrierLabel:
    return CarrierLabel(f"{step.life.order_id}/L{step.number()}", carrier_id, step.now)


def _open(step: Step, return_id: str) -> Return:
    back = step.a_return(return_id)
    if back.state is not ReturnState.AUTHORISED:
        raise WrongState(return_id, back.state.value, "labelled", "return")
    return back


def _put(step: Step, back: Return) -> None:
    step.set(returns=tuple(back if each.return_id == back.return_id else each for each in step.life.returns))


def _data(label: CarrierLabel) -> dict[str, object]:
    data: dict[str, object] = {
        "label_id": label.label_id,
        "carrier_id": label.carrier_id,
        "tracking_numbers": list(label.tracking_numbers),
    }
    if label.currency:
        data |= {"label_micros": label.cost, "label_currency": label.currency}
    return data


def _tell(step: Step, kind: Kind, name: str, state: str, what: str, label: CarrierLabel, why: str = "") -> None:
    said = {"why": why} if why else {}
    step.tell(kind, name, state, state, what=what, label_id=label.label_id, carrier_id=label.carrier_id, **said)
