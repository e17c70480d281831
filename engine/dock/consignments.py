"""From a life to what a carrier takes: packages, addresses and the day it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from engine.capture.captured import Address
from engine.dock.premises import Premises
from engine.lifecycle.life import CarrierLabel, Life, Return, Shipment
from engine.network.calendars import local_day
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.network.packing import MAX_PACKAGES
from engine.routing.route import Content, Package
from engine.shipping.carrier import Consignment
from engine.shipping.parcels import parcels_of


def packages_of(shipment: Shipment, premises: Premises) -> tuple[Package, ...]:
    """As it was planned, where that still holds; else packed anew, as lines were taken out or it was to travel unpacked."""
    planned = shipment.packages
    return planned if planned and all(each.length_mm for each in planned) else packed(shipment.contents, premises)


def packed(contents: Sequence[Content], premises: Premises) -> tuple[Package, ...]:
    """Raises InvalidInput where it takes more packages than a shipment may have, NotFound for a SKU that is no more."""
    boxes = premises.packer.pack([(premises.item(each.sku), each.units, n) for n, each in enumerate(contents)])
    require(boxes is not None, "contents", len(contents), f"what goes into {MAX_PACKAGES} packages")
    assert boxes is not None
    return tuple(
        Package(
            box.carton_id,
            box.length_mm,
            box.width_mm,
            box.height_mm,
            box.weight_g,
            box.weight_g,
            tuple(Content(contents[n].line_id, contents[n].sku, units) for n, units in box.contents),
        )
        for box in boxes
    )


def outbound(
    life: Life, shipment: Shipment, label: CarrierLabel, packages: Sequence[Package], premises: Premises
) -> Consignment:
    """To the customer, or to the store where he gets it. Always the same for one label, whenever it is asked for."""
    ship_time = max(shipment.ship_time, label.time)
    late = ship_time > shipment.ship_time
    zone = premises.node(shipment.node_id).time_zone
    to_store = shipment.level is ServiceLevel.SHIP_TO_STORE
    return Consignment(
        label.label_id,
        shipment.node_id,
        premises.address(shipment.node_id),
        premises.address(shipment.destination_node) if to_store else customer_address(life),
        shipment.level,
        local_day(zone, ship_time) if late else shipment.ship_day,
        ship_time,
        parcels_of(packages, premises.item_names),
        reference=life.order_id,
    )


def inbound(life: Life, back: Return, label: CarrierLabel, premises: Premises) -> Consignment:
    """From the customer to the node that the return goes to."""
    contents = [Content(line.line_id, line.sku, line.units) for line in back.lines]
    return Consignment(
        label.label_id,
        back.node_id,
        customer_address(life),
        premises.address(back.node_id),
        return_service(life, back, premises)[1],
        local_day(premises.node(back.node_id).time_zone, label.time),
        label.time,
        parcels_of(packed(contents, premises), premises.item_names),
        reference=back.return_id,
        returning=True,
    )


def return_service(life: Life, back: Return, premises: Premises) -> tuple[str, ServiceLevel]:
    """Who brings it back, and how: the carrier that it was decided for; of one that is to be handed in at a store, the carrier
    that brought it, on the ground where it goes there; else the first that does.

    Raises InvalidInput where the network has no carrier for parcels.
    """
    if back.carrier_id and back.level is not None:
        return back.carrier_id, back.level
    lines = {line.line_id for line in back.lines}
    brought = next(
        (
            each
            for each in life.shipments
            if each.gone and each.carrier_id and any(content.line_id in lines for content in each.contents)
        ),
        None,
    )
    offered = [service.key for service in premises.network.services if service.level is not ServiceLevel.SAME_DAY]
    if brought is not None:
        own = [key for key in offered if key[0] == brought.carrier_id]
        offered = own or offered
    require(bool(offered), "carrier", "none", "a carrier of the network that takes parcels")
    return next((key for key in offered if key[1] is ServiceLevel.GROUND), offered[0])


def customer_address(life: Life) -> Address:
    """Where the customer is; an address that names nobody gets the customer's name, or the order's number."""
    to = life.order.ship_to
    require(to is not None, "ship_to", "none", "an address, as goods go there")
    assert to is not None
    if to.name.strip() or to.company.strip():
        return to
    return replace(to, name=life.order.customer.name or f"Order {life.order.number or life.order.channel_order_id}")
