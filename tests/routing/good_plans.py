"""Good plans over the hand-written network, and how to change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from engine.network.carriers import ServiceLevel
from engine.network.components import NotAllowed
from engine.routing.order import PickupAt
from tests.routing.eu import (
    BERLIN,
    EU,
    ITEMS,
    PLANNER,
    VIENNA,
    Plan,
    decide,
    holding,
    order,
    plan_of,
)

SERVICES = {service.level: service for service in EU.services}
MUNICH_MUGS = {
    ("dc-munich", "MUG-BLUE"): 4,
    ("dc-berlin", "KETTLE-17"): 9,
    ("dc-berlin", "TEA-ASSAM"): 9,
    ("store-hamburg", "TEA-ASSAM"): 9,
    ("store-hamburg", "TOWEL-70"): 2,
    ("dc-munich", "TOWEL-70"): 2,
    ("store-vienna", "LAMP-OAK"): 3,
    ("dc-munich", "PLATE-SET"): 9,
    ("store-hamburg", "CHEESE-ALP"): 9,
    ("vendor-lisbon", "CHEESE-ALP"): 9,
    ("dc-berlin", "SPRAY-WAX"): 9,
    ("store-hamburg", "SPRAY-WAX"): 9,
}


def shipped() -> Plan:
    """Mugs from Munich (draft 0), kettles and tea from Berlin (draft 1)."""
    stock = holding(MUNICH_MUGS)
    plan = plan_of(decide(order(("MUG-BLUE", 2), ("KETTLE-17", 2), ("TEA-ASSAM", 3)), stock), stock)
    assert [draft.node.node_id for draft in plan.drafts] == ["dc-munich", "dc-berlin"]
    return plan


def picked_up() -> Plan:
    """A lamp from the store in Vienna (draft 0), plates sent there from Munich (draft 1)."""
    stock = holding(MUNICH_MUGS)
    wanted = order(
        ("LAMP-OAK", 1), ("PLATE-SET", 2), picks=True, destination=VIENNA, pickup=PickupAt("", radius_m=9_000)
    )
    plan = plan_of(decide(wanted, stock), stock)
    assert [draft.node.node_id for draft in plan.drafts] == ["store-vienna", "dc-munich"]
    return plan


def divided() -> Plan:
    """Four towels, two from Munich and two from Hamburg."""
    stock = holding(MUNICH_MUGS)
    plan = plan_of(decide(order(("TOWEL-70", 4)), stock), stock)
    assert [units for draft in plan.drafts for _, _, units in draft.contents] == [2, 2]
    return plan


def one(sku: str, units: int, node_id: str) -> Plan:
    stock = holding(MUNICH_MUGS)
    plan = plan_of(decide(order((sku, units), only_nodes=frozenset({node_id})), stock), stock)
    assert [draft.node.node_id for draft in plan.drafts] == [node_id]
    return plan


def ask(plan: Plan, **changes: Any) -> None:
    plan.order = msgspec.structs.replace(plan.order, **changes)


def change(plan: Plan, k: int, **changes: Any) -> None:
    """Another draft k, at its true cost where it has one."""
    draft = replace(plan.drafts[k], **changes)
    ship_to = PLANNER.sourcing.asking.ship_to(plan.order, [])
    destination = draft.store if isinstance(draft.service, ServiceLevel) else ship_to
    assert destination is not None
    try:
        price = PLANNER.model.price(
            node=draft.node,
            service=draft.service,
            destination=destination,
            ship_day=draft.ship_day,
            now=plan.now,
            contents=draft.contents,
            promise_time=PLANNER.sourcing.asking.ask(plan.order).promise_time,
        )
    except (NotAllowed, TypeError):
        plan.drafts[k] = draft
    else:
        plan.drafts[k] = replace(draft, cost=price.cost)


def take(plan: Plan, k: int, *contents: tuple[int, str, int]) -> None:
    change(plan, k, contents=tuple((line, ITEMS[sku], units) for line, sku, units in contents))


def hamburg_cheese() -> Plan:
    """Cold goods by courier, the one service of the network from Hamburg that takes them."""
    stock = holding(MUNICH_MUGS)
    wanted = order(("CHEESE-ALP", 2), destination=msgspec.structs.replace(BERLIN, postal_code="20095"))
    wanted = msgspec.structs.replace(wanted, service_level=ServiceLevel.SAME_DAY)
    plan = plan_of(decide(wanted, stock), stock)
    assert [draft.node.node_id for draft in plan.drafts] == ["store-hamburg"]
    return plan


def spray() -> Plan:
    return one("SPRAY-WAX", 2, "dc-berlin")


def hamburg_tea() -> Plan:
    return one("TEA-ASSAM", 2, "store-hamburg")
