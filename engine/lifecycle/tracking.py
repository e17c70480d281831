"""What carriers tell of a shipment on its way moves it, and says once what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from engine.errors import WrongState
from engine.lifecycle.life import Shipment
from engine.lifecycle.states import ARRIVED, GIVEN_UP, ON_ITS_WAY, TABLES, Kind, ShipmentState
from engine.lifecycle.step import Step
from engine.network.carriers import ServiceLevel
from engine.shipping.tracking import (
    TROUBLES,
    Expectation,
    Stage,
    TrackingEvent,
    Trouble,
    exceptions,
    in_order,
    last_stages,
    progress,
)


def claim_look(step: Step, shipment_id: str, next_look: int) -> None:
    """Whoever asks the carrier of what is due says so first. Raises WrongState where somebody else has."""
    shipment = step.shipment(shipment_id)
    if shipment.next_look > step.now:
        raise WrongState(shipment_id, f"{shipment.state.value} and being looked at", "looked at", "shipment")
    step.put(replace(shipment, next_look=next_look))


def track(step: Step, shipment_id: str, told: Iterable[TrackingEvent], next_look: int) -> None:
    """Scans of a shipment's packages, in any order and as often as they are told; those of other packages are left aside.

    A package that the carrier has was shipped, whether the node said so or not. What its promise, its departure and silence
    make of it is looked at as of now; the carrier is to be asked again at ``next_look``.
    """
    shipment = step.shipment(shipment_id)
    if shipment.state in GIVEN_UP:
        return
    numbers = shipment.tracking_numbers
    scans = in_order((*shipment.scans, *(each for each in told if each.tracking_number in numbers)))
    new = [each for each in scans if each not in shipment.scans]
    step.put(replace(shipment, scans=scans, next_look=next_look))
    for each in new:
        _tell_scan(step, shipment, each)
    if shipment.state in ARRIVED:
        return
    _move(step, shipment_id)
    _raise(step, shipment_id)


def track_return(step: Step, return_id: str, told: Iterable[TrackingEvent]) -> None:
    """Scans of what comes back: told of, and known when told again. It has come back once a node receives it."""
    back = step.a_return(return_id)
    numbers = () if back.label is None else back.label.tracking_numbers
    scans = in_order((*back.scans, *(each for each in told if each.tracking_number in numbers)))
    new = [each for each in scans if each not in back.scans]
    after = replace(back, scans=scans)
    step.set(returns=tuple(after if each.return_id == return_id else each for each in step.life.returns))
    for each in new:
        step.tell(Kind.RETURN, return_id, back.state.value, back.state.value, what="scan", **_scan_data(each))


def raise_late(step: Step, shipment_id: str) -> None:
    """It is there, as people say, and was promised earlier."""
    shipment = step.shipment(shipment_id)
    promise = shipment.promise_time
    told = any(key.startswith(f"{Trouble.LATE.value} ") for key in shipment.raised)
    if promise is not None and step.now > promise and not told:
        _tell_exception(step, shipment, Trouble.LATE, "", "it was not there by the promise", promise)


def _move(step: Step, shipment_id: str) -> None:
    shipment = step.shipment(shipment_id)
    stages = last_stages(shipment.tracking_numbers, shipment.scans)
    moved = any(stage is not Stage.LABELLED for stage in stages.values())
    if moved and shipment.state is ShipmentState.PACKED and shipment.level is not ServiceLevel.PICKUP:
        step.ship_out(shipment, ShipmentState.SHIPPED, tracking=shipment.tracking_numbers[0])
        shipment = step.shipment(shipment_id)
    if shipment.state not in ON_ITS_WAY or not moved:
        return
    fields: dict[str, Any] = {}
    to = ShipmentState.IN_TRANSIT
    if any(stage in TROUBLES for stage in stages.values()):
        to = ShipmentState.EXCEPTION
    elif all(stage is Stage.DELIVERED for stage in stages.values()) and not shipment.destination_node:
        to = ShipmentState.DELIVERED
        there = progress(shipment.tracking_numbers, shipment.scans).delivered_time
        fields = {"arrived_time": step.now if there is None else there}
    if to.value in TABLES[Kind.SHIPMENT][shipment.state.value]:
        step.move(shipment, to, fields, **fields)


def _raise(step: Step, shipment_id: str) -> None:
    shipment = step.shipment(shipment_id)
    if shipment.state not in ON_ITS_WAY | ARRIVED or not shipment.tracking_numbers:
        return
    expected = Expectation(shipment.tracking_numbers, shipment.shipped_time, shipment.promise_time)
    for found in exceptions(expected, shipment.scans, step.now):
        _tell_exception(step, shipment, found.trouble, found.tracking_number, found.detail, found.time)


def _tell_scan(step: Step, shipment: Shipment, scan: TrackingEvent) -> None:
    state = shipment.state.value
    step.tell(Kind.SHIPMENT, shipment.shipment_id, state, state, what="scan", **_scan_data(scan))


def _scan_data(scan: TrackingEvent) -> dict[str, Any]:
    data = {"stage": scan.stage.value, "tracking": scan.tracking_number, "scan_time": scan.time}
    return data | {name: value for name, value in (("place", scan.place), ("detail", scan.detail)) if value}


def _tell_exception(step: Step, shipment: Shipment, trouble: Trouble, number: str, detail: str, since: int) -> None:
    """Once: the same trouble of the same package since the same instant is known by it."""
    shipment = step.shipment(shipment.shipment_id)
    key = f"{trouble.value} {number} {since}"
    if key in shipment.raised:
        return
    step.put(replace(shipment, raised=(*shipment.raised, key)))
    data = {"trouble": trouble.value, "tracking": number, "detail": detail, "since": since}
    state = shipment.state.value
    step.tell(Kind.SHIPMENT, shipment.shipment_id, state, state, what="exception", node_id=shipment.node_id, **data)
