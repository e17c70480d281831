"""What may go which way, whatever it costs: services offered, hazardous and cold goods, departures not missed."""

from __future__ import annotations

from engine.network.calendars import local_day
from engine.network.carriers import Service, ServiceLevel
from engine.network.components import NotAllowed, Reason
from engine.network.items import Item, ItemFlag
from engine.network.nodes import Node

Contents = tuple[tuple[int, Item, int], ...]
"""(line position, item, units >= 1) of each line in a shipment, positions ascending."""


def check_offered(node: Node, level: ServiceLevel) -> None:
    """Raise NotAllowed unless the node offers the level."""
    if level not in node.services:
        raise NotAllowed(Reason.SERVICE_UNAVAILABLE, f"{node.node_id} does not offer {level.value}")


def check_nodes(nodes: tuple[Node, ...], contents: Contents) -> None:
    """Raise NotAllowed unless every node the goods pass handles what is cold or hazardous among them."""
    for _, item, _ in contents:
        for node in nodes if item.flags else ():
            if ItemFlag.COLD in item.flags and not node.handles_cold:
                raise NotAllowed(Reason.CONSTRAINT, f"{node.node_id} does not handle cold, as {item.sku} needs")
            if ItemFlag.HAZMAT in item.flags and not node.handles_hazmat:
                raise NotAllowed(Reason.CONSTRAINT, f"{node.node_id} does not handle the hazardous {item.sku}")


def check_service(service: Service, contents: Contents) -> None:
    """Raise NotAllowed unless the service takes what is cold or hazardous among the goods."""
    for _, item, _ in contents:
        if item.flags:
            if ItemFlag.COLD in item.flags and not service.cold_allowed:
                raise NotAllowed(Reason.CONSTRAINT, f"{service.name} does not take cold goods, as {item.sku}")
            if ItemFlag.HAZMAT in item.flags and not service.hazmat_allowed:
                raise NotAllowed(Reason.CONSTRAINT, f"{service.name} does not take the hazardous {item.sku}")


def check_transit(transit_days: int, most_when_cold: int, contents: Contents) -> None:
    """Raise NotAllowed when cold goods would travel longer than they may."""
    if transit_days > most_when_cold:
        for _, item, _ in contents:
            if ItemFlag.COLD in item.flags:
                detail = f"{item.sku} is cold: it may travel {most_when_cold} days, here {transit_days}"
                raise NotAllowed(Reason.CONSTRAINT, detail)


def check_day(node: Node, day: int, now: int, horizon_days: int) -> None:
    """Raise NotAllowed unless ``day`` is among the ``horizon_days`` local days of the node that begin with today."""
    today = local_day(node.time_zone, now)
    if not today <= day < today + horizon_days:
        span = f"{today}..{today + horizon_days - 1}"
        reason = Reason.CUTOFF_MISSED if day < today else Reason.CONSTRAINT
        raise NotAllowed(reason, f"{node.node_id} plans departures on days {span}, not on {day}")


def check_departure(node: Node, leaves: int | None, day: int, now: int) -> int:
    """The departure, UTC seconds; raises NotAllowed when there is none, or the node can't be ready for it."""
    if leaves is None:
        raise NotAllowed(Reason.CUTOFF_MISSED, f"nothing leaves {node.node_id} that way on day {day}")
    if leaves < now + node.lead_time_s:
        late = now + node.lead_time_s - leaves
        raise NotAllowed(Reason.CUTOFF_MISSED, f"{node.node_id} would be ready {late} s after the cutoff of day {day}")
    return leaves
