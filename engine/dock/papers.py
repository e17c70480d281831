"""From lives to the papers that go with their goods. What a paper looks like is ``engine/shipping/documents``'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from engine.capture.captured import Address
from engine.dock.consignments import customer_address
from engine.dock.premises import Premises
from engine.errors import WrongState
from engine.lifecycle.asked import name_of
from engine.lifecycle.life import Life, Shipment
from engine.lifecycle.states import AT_NODE, ShipmentState
from engine.network.calendars import day_of
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.shipping.addresses import place_line
from engine.shipping.documents.manifest import Manifest, ManifestRow
from engine.shipping.documents.packing_slip import LaterLine, PackingSlip, SlipLine, SlipPackage
from engine.shipping.documents.pick_list import Pick, PickList

Work = tuple[Life, Shipment]


def packing_slip(life: Life, shipment: Shipment, premises: Premises, seller: str, returns: str) -> PackingSlip:
    """What is in the boxes of one shipment, and what of the order comes otherwise. Raises WrongState before it is picked."""
    if shipment.state in (ShipmentState.PLANNED, ShipmentState.RELEASED, ShipmentState.ACCEPTED):
        raise WrongState(shipment.shipment_id, shipment.state.value, "with a packing slip", "shipment")
    order, node = life.order, premises.node(shipment.node_id)
    ordered = {line.line_id: line.units for line in order.lines}
    names = names_of(life, premises)
    numbers = shipment.tracking_numbers
    boxes = shipment.packages
    parts = [(n, each) for n, box in enumerate(boxes, 1) for each in box.contents]
    parts = parts or [(1, each) for each in shipment.contents]
    weight = sum(premises.item(each.sku).weight_g * each.units for each in shipment.contents)
    weights = [box.weight_g for box in boxes] or [weight]
    to_store = shipment.destination_node or (shipment.node_id if shipment.level is ServiceLevel.PICKUP else "")
    return PackingSlip(
        seller,
        order.number or order.channel_order_id,
        day_of(_wall(node.time_zone, order.order_time)),
        shipment.shipment_id,
        shipment.ship_day,
        way_of(shipment, premises),
        premises.address(shipment.node_id),
        _at_store(life, to_store, premises) if to_store else customer_address(life),
        tuple(
            SlipLine(each.sku, names.get(each.line_id, each.sku), each.units, ordered[each.line_id], n)
            for n, each in parts
        ),
        tuple(SlipPackage(numbers[n] if n < len(numbers) else "", grams) for n, grams in enumerate(weights)),
        _later(life, shipment, names, premises),
        returns=returns,
    )


def pick_list(node_id: str, work: Sequence[Work], premises: Premises) -> PickList:
    """One walk through a node for many shipments; the same shipments are the same wave. Raises WrongState for one that is
    not to be picked any more, InvalidInput for one of another node, or none."""
    require(bool(work), "shipment_ids", "none", "one or more shipments that the node has accepted")
    node = premises.node(node_id)
    picks = []
    for life, shipment in work:
        require(shipment.node_id == node_id, "shipment_ids", shipment.shipment_id, f"a shipment of node {node_id}")
        if shipment.state not in (ShipmentState.RELEASED, ShipmentState.ACCEPTED):
            raise WrongState(shipment.shipment_id, shipment.state.value, "picked", "shipment")
        names = names_of(life, premises)
        for each in shipment.contents:
            shelf = premises.shelves.get((node_id, each.sku), "")
            picks.append(Pick(each.sku, names.get(each.line_id, each.sku), each.units, shipment.shipment_id, shelf))
    first = _wall(node.time_zone, min(shipment.ship_time for _, shipment in work))
    wave_id = name_of(*sorted(shipment.shipment_id for _, shipment in work))[:8]
    return PickList(
        f"W-{first:%Y-%m-%d}-{wave_id}", node_id, node.name, f"{first:%Y-%m-%d}", f"{first:%H:%M}", tuple(picks)
    )


def manifest(node_id: str, carrier_id: str, day: str, work: Sequence[Work], premises: Premises) -> Manifest:
    """What a carrier gets from a node on a day ("2026-03-30"). Raises InvalidInput where that is nothing."""
    require(bool(work), "carrier_id", carrier_id, f"a carrier that something of node {node_id} goes by on {day}")
    rows = []
    for life, shipment in work:
        to_store = shipment.destination_node
        to = premises.address(to_store) if to_store else customer_address(life)
        weights = [box.weight_g for box in shipment.packages]
        for n, number in enumerate(shipment.tracking_numbers):
            grams = weights[n] if n < len(weights) else 0
            rows.append(ManifestRow(number, shipment.shipment_id, _level(shipment), place_line(to), grams))
    name = premises.carrier_name(carrier_id) or "Store transfer"
    return Manifest(
        f"M-{day}-{node_id}-{carrier_id or 'own'}", node_id, premises.node(node_id).name, name, day, tuple(rows)
    )


def for_manifest(shipment: Shipment, carrier_id: str, begins: int, ends: int) -> bool:
    """It stands ready for the carrier, or left with him in [begins, ends), UTC seconds."""
    if shipment.carrier_id != carrier_id or not shipment.tracking_numbers:
        return False
    if shipment.state in AT_NODE:
        return shipment.state is ShipmentState.PACKED
    return shipment.gone and begins <= shipment.shipped_time < ends


def names_of(life: Life, premises: Premises) -> dict[str, str]:
    """What each line is, for people: as it was sold, else as the network has it."""
    known = premises.item_names
    return {line.line_id: line.title or known.get(line.sku, line.sku) for line in life.order.lines}


def way_of(shipment: Shipment, premises: Premises) -> str:
    """Carrier and service, in words."""
    if shipment.level is ServiceLevel.PICKUP:
        return "Picked up here"
    if shipment.level is ServiceLevel.SHIP_TO_STORE:
        return "To the store"
    return f"{premises.carrier_name(shipment.carrier_id)} {_level(shipment)}".strip()


def _later(life: Life, shipment: Shipment, names: dict[str, str], premises: Premises) -> tuple[LaterLine, ...]:
    skus = {line.line_id: line.sku for line in life.order.lines}
    found = []
    for other in life.active():
        if other.shipment_id == shipment.shipment_id:
            continue
        node = premises.node(other.node_id)
        day = f"{_wall(node.time_zone, other.ship_time):%Y-%m-%d}"
        how = f"sent from {node.name}" if other.gone else f"ships from {node.name} on {day}"
        found += [LaterLine(each.sku, names.get(each.line_id, each.sku), each.units, how) for each in other.contents]
    waits = "follows as soon as it is in stock"
    found += [
        LaterLine(skus[line], names.get(line, skus[line]), units, waits) for line, units in life.waiting().items()
    ]
    return tuple(found)


def _at_store(life: Life, node_id: str, premises: Premises) -> Address:
    who = life.order.customer.name or (life.order.ship_to.name if life.order.ship_to else "")
    return replace(premises.address(node_id), name=who)


def _level(shipment: Shipment) -> str:
    return shipment.level.value.replace("_", " ").capitalize()


def _wall(time_zone: str, instant: int) -> datetime:
    return datetime.fromtimestamp(instant, ZoneInfo(time_zone))
