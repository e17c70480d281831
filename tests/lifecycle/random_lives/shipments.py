"""Random steps of shipments: nodes work on them, reject them, find too little; the post delivers."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.lifecycle.life import Shipment
from engine.lifecycle.states import ShipmentState
from tests.lifecycle.random_lives.machine import Machine, one_of, picks

_MAY_BE_REJECTED = (ShipmentState.RELEASED, ShipmentState.ACCEPTED)


class Shipments(Machine):
    def work(self, shipment: Shipment) -> None:
        desk, name = self.world.desk, shipment.shipment_id
        match next_of(shipment):
            case "accept" | "pack" | "deliver" | "ready" as what:
                call = getattr(desk, what)
                self.try_twice(what, lambda asked: call(name, asked))
            case "pick":
                self.try_twice("pick", lambda asked: desk.pick(name, {}, asked))
            case "ship":
                self.try_twice("ship", lambda asked: desk.ship(name, "T", asked))
            case "hand_over":
                self.try_twice("hand over", lambda asked: desk.hand_over(name, f"code of {name}", asked))

    @rule(pick=picks, what=st.sampled_from(["accept", "pack", "deliver", "ready", "no_show"]))
    def do_anything(self, pick: int, what: str) -> None:
        shipment = one_of(self.shipments(), pick)
        if shipment is not None:
            call = getattr(self.world.desk, what)
            self.try_twice(what, lambda asked: call(shipment.shipment_id, asked))

    @rule(pick=picks, by_line=st.booleans())
    def reject(self, pick: int, by_line: bool) -> None:
        shipment = one_of([each for each in self.shipments() if each.state in _MAY_BE_REJECTED], pick)
        if shipment is not None:
            lines = [shipment.contents[0].line_id] if by_line else []
            self.try_twice("reject", lambda asked: self.world.desk.reject(shipment.shipment_id, lines, asked))

    @rule(pick=picks, there=st.integers(0, 3))
    def short_pick(self, pick: int, there: int) -> None:
        shipment = one_of([each for each in self.shipments() if each.state is ShipmentState.ACCEPTED], pick)
        if shipment is not None:
            content = shipment.contents[0]
            found = {content.line_id: min(there, content.units)}
            what = "short pick" if there < content.units else "pick"
            self.try_twice(what, lambda asked: self.world.desk.pick(shipment.shipment_id, found, asked))


def next_of(shipment: Shipment) -> str:
    """What a node does next with it; "" where it is at its end, or planned."""
    pickup = bool(shipment.destination_node)
    return {
        ShipmentState.RELEASED: "accept",
        ShipmentState.ACCEPTED: "pick",
        ShipmentState.PICKED: "pack",
        ShipmentState.PACKED: "ready" if pickup else "ship",
        ShipmentState.SHIPPED: "deliver",
        ShipmentState.READY: "hand_over",
    }.get(shipment.state, "")
