"""A captured order as the router takes it: what is still to ship or to hand over, and where to."""

from __future__ import annotations

from collections.abc import Mapping

from engine.capture.captured import CapturedOrder
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt


def routing_order(captured: CapturedOrder, stores: Mapping[str, str] | None = None) -> Order:
    """The order to route.

    Lines that nobody ships, and units that were cancelled, refunded or shipped before, are left out. An address of which
    the channel does not say what it is counts as residential unless it names a company.

    Parameters
    ----------
    stores : the channel's names of stores to node ids; a name that is not in it is a node id itself.

    Raises
    ------
    InvalidInput : ``lines`` where nothing is left to ship or to hand over; ``pickup_location`` where one is missing.
    """
    lines = tuple(
        Line(line.line_id, line.sku, line.open_units, line.fulfilment) for line in captured.lines if line.open_units
    )
    require(bool(lines), "lines", "none open", "units that are still to ship or to hand over")
    picked_up = any(line.fulfilment is Fulfilment.PICKUP for line in lines)
    place = captured.pickup_location
    require(not picked_up or bool(place), "pickup_location", place, "a store, as lines are picked up")
    return Order(
        order_id=captured.order_id,
        order_time=captured.order_time,
        lines=lines,
        destination=_destination(captured),
        channel=captured.channel,
        service_level=captured.service_level or ServiceLevel.GROUND,
        deliver_by=captured.deliver_by,
        pickup=PickupAt(node_id=(stores or {}).get(place, place)) if picked_up else None,
        pickup_by=captured.pickup_by if picked_up else None,
        vip=captured.vip,
    )


def _destination(captured: CapturedOrder) -> Destination | None:
    address = captured.ship_to
    if address is None:
        return None
    residential = not address.company if address.residential is None else address.residential
    return Destination(address.country, address.postal_code, residential)
