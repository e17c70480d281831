"""Violations: each turns a good plan into one that breaks a rule, and only that one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from engine.network.carriers import ServiceLevel
from engine.network.cost import DAY_S
from engine.network.nodes import NodeType
from engine.network.policy import Divide
from engine.routing.order import Fulfilment, PickupAt
from tests.routing.eu import (
    MONDAY,
    NODES,
    Plan,
    cell,
    column_of,
)
from tests.routing.good_plans import (
    SERVICES,
    ask,
    change,
    divided,
    hamburg_cheese,
    hamburg_tea,
    picked_up,
    shipped,
    spray,
    take,
)

# Lines and units


def units_lost(plan: Plan) -> None:
    take(plan, 1, (1, "KETTLE-17", 2))


def units_doubled(plan: Plan) -> None:
    plan.drafts.append(plan.drafts[0])


def more_than_ordered(plan: Plan) -> None:
    take(plan, 0, (0, "MUG-BLUE", 3))
    plan.left_out[0] = -1


def left_out_and_shipped(plan: Plan) -> None:
    plan.left_out[2] = 1


def wrong_sku(plan: Plan) -> None:
    take(plan, 1, (1, "TEA-ASSAM", 2), (2, "TEA-ASSAM", 3))


def empty_shipment(plan: Plan) -> None:
    plan.drafts.append(plan.drafts[1])
    take(plan, 2)


def line_twice_in_a_shipment(plan: Plan) -> None:
    take(plan, 0, (0, "MUG-BLUE", 1), (0, "MUG-BLUE", 1))


def no_units(plan: Plan) -> None:
    take(plan, 0, (0, "MUG-BLUE", 2), (1, "KETTLE-17", 0))


def shipped_though_picked_up(plan: Plan) -> None:
    lines = tuple(msgspec.structs.replace(line, fulfilment=Fulfilment.PICKUP) for line in plan.order.lines[:1])
    ask(plan, lines=(*lines, *plan.order.lines[1:]), pickup=PickupAt("store-hamburg"))


def incomplete(plan: Plan) -> None:
    del plan.drafts[0]
    plan.left_out[0] = 2
    ask(plan, partial=False)


# Dividing


def divided_though_never(plan: Plan) -> None:
    ask(plan, divide=Divide.NEVER)


def divided_though_it_must_not_be(plan: Plan) -> None:
    lines = (msgspec.structs.replace(plan.order.lines[0], sku="PLATE-SET", units=2),)
    ask(plan, lines=lines)
    plan.stock.atp[cell("PLATE-SET", "store-hamburg")] = 1
    for k in range(2):
        take(plan, k, (0, "PLATE-SET", 1))


# Nodes and services


def another_channel(plan: Plan) -> None:
    ask(plan, channel="catalogue")


def not_among_only_nodes(plan: Plan) -> None:
    ask(plan, only_nodes=frozenset({"dc-munich"}))


def among_not_nodes(plan: Plan) -> None:
    ask(plan, not_nodes=frozenset({"dc-berlin"}))


def not_among_only_types(plan: Plan) -> None:
    ask(plan, only_node_types=frozenset({NodeType.DC}))


def among_not_types(plan: Plan) -> None:
    ask(plan, not_node_types=frozenset({NodeType.STORE}))


def other_than_the_exact_service(plan: Plan) -> None:
    ask(plan, service_level=ServiceLevel.TWO_DAY, exact_service=True, deliver_by=MONDAY + 9 * DAY_S)


def parcel_for_same_day(plan: Plan) -> None:
    ask(plan, service_level=ServiceLevel.SAME_DAY, deliver_by=MONDAY + 9 * DAY_S)


def refused_before(plan: Plan) -> None:
    plan.refused = [("dc-berlin", ("l2",))]


# Pickup


def two_stores(plan: Plan) -> None:
    plan.stock.atp[cell("LAMP-OAK", "store-hamburg")] = 1
    ask(plan, pickup=PickupAt("", radius_m=5_000_000))
    change(plan, 0, node=NODES["store-hamburg"], store=NODES["store-hamburg"])


def another_store(plan: Plan) -> None:
    ask(plan, pickup=PickupAt("store-hamburg"))


def store_too_far(plan: Plan) -> None:
    ask(plan, pickup=PickupAt("", radius_m=100))


def handed_over_elsewhere(plan: Plan) -> None:
    ask(plan, pickup=PickupAt("store-hamburg"))
    del plan.drafts[1]
    plan.left_out[1] = 2
    change(plan, 0, store=NODES["store-hamburg"])


def handed_over_nowhere(plan: Plan) -> None:
    plan.drafts[1] = replace(plan.drafts[1], store=None)


def ready_too_late(plan: Plan) -> None:
    ask(plan, pickup_by=MONDAY + 3 * 3_600)


# Stock and capacity


def more_than_in_stock(plan: Plan) -> None:
    plan.stock.atp[cell("MUG-BLUE", "dc-munich")] = 1


def protected_for_others(plan: Plan) -> None:
    plan.stock.protected[cell("MUG-BLUE", "dc-munich")] = 3


def together_more_than_in_stock(plan: Plan) -> None:
    """Two lines of one SKU, each of which the stock holds."""
    lines = plan.order.lines
    ask(plan, lines=(*lines, msgspec.structs.replace(lines[0], line_id="l3", units=3)))
    plan.left_out.append(0)
    take(plan, 0, (0, "MUG-BLUE", 2), (3, "MUG-BLUE", 3))


def in_two_shipments_more_than_in_stock(plan: Plan) -> None:
    lines = plan.order.lines
    ask(plan, lines=(*lines, msgspec.structs.replace(lines[0], line_id="l3", units=3)))
    plan.left_out.append(0)
    plan.drafts.append(plan.drafts[0])
    take(plan, 2, (3, "MUG-BLUE", 3))


def day_without_orders_left(plan: Plan) -> None:
    draft = plan.drafts[0]
    plan.stock.orders_left[column_of()["dc-munich"], draft.ship_day - plan.stock.first_day] = 0


def together_more_units_than_the_day_has(plan: Plan) -> None:
    """Kettles by one service, tea by another, each with room alone."""
    plan.drafts.append(plan.drafts[1])
    take(plan, 1, (1, "KETTLE-17", 2))
    change(plan, 2, service=SERVICES[ServiceLevel.TWO_DAY])
    take(plan, 2, (2, "TEA-ASSAM", 3))
    plan.stock.units_left[column_of()["dc-berlin"], plan.drafts[1].ship_day - plan.stock.first_day] = 4


# Shipments, time, cost


def more_shipments_than_the_order_allows(plan: Plan) -> None:
    ask(plan, max_shipments=1)


def more_shipments_than_the_policy_allows(plan: Plan) -> None:
    plan.kept_shipments = 2


def late(plan: Plan) -> None:
    ask(plan, deliver_by=MONDAY + DAY_S)
    for k in range(2):
        change(plan, k)


def late_for_an_order_that_forbids_it(plan: Plan) -> None:
    """Ten days on, when the policy itself would let it be late."""
    for k in range(2):
        change(plan, k, ship_day=plan.drafts[k].ship_day + 9)
    ask(plan, late_allowed=False)


def cutoff_missed(plan: Plan) -> None:
    plan.now = MONDAY + 12 * 3_600


def closed_day(plan: Plan) -> None:
    change(plan, 0, ship_day=plan.drafts[0].ship_day + 6)  # a Sunday


def beyond_the_horizon(plan: Plan) -> None:
    change(plan, 0, ship_day=plan.drafts[0].ship_day + 14)


def a_micro_too_dear(plan: Plan) -> None:
    plan.drafts[1] = replace(plan.drafts[1], cost=plan.drafts[1].cost + 1)


def a_micro_too_cheap(plan: Plan) -> None:
    plan.drafts[0] = replace(plan.drafts[0], cost=plan.drafts[0].cost - 1)


def as_ground(plan: Plan) -> None:
    ask(plan, service_level=ServiceLevel.GROUND)
    change(plan, 0, service=SERVICES[ServiceLevel.GROUND])


def cold_in_lisbon(plan: Plan) -> None:
    ask(plan, service_level=ServiceLevel.GROUND)
    change(plan, 0, node=NODES["vendor-lisbon"], service=SERVICES[ServiceLevel.GROUND])


def hazmat_from_hamburg(plan: Plan) -> None:
    ask(plan, only_nodes=frozenset())
    change(plan, 0, node=NODES["store-hamburg"])


def hazmat_by_two_day(plan: Plan) -> None:
    change(plan, 0, service=SERVICES[ServiceLevel.TWO_DAY])


def not_offered(plan: Plan) -> None:
    change(plan, 0, service=SERVICES[ServiceLevel.TWO_DAY])


PLANTED: list[tuple[Callable[[], Plan], Callable[[Plan], None], str]] = [
    (shipped, units_lost, "0 shipped and 0 left out of 3 units"),
    (shipped, units_doubled, "4 shipped and 0 left out of 2 units"),
    (shipped, more_than_ordered, "l0: 3 shipped and -1 left out of 2 units"),
    (shipped, left_out_and_shipped, "3 shipped and 1 left out of 3 units"),
    (shipped, wrong_sku, "l1: 2 of TEA-ASSAM, ordered 2 of KETTLE-17"),
    (shipped, empty_shipment, "dc-berlin: lines [], expected one or more"),
    (shipped, line_twice_in_a_shipment, "dc-munich: lines [0, 0], expected one or more, each once"),
    (shipped, no_units, "l1: 0 of KETTLE-17, ordered 2 of KETTLE-17"),
    (shipped, shipped_though_picked_up, "l0: PICKUP line in the other kind of shipment"),
    (shipped, incomplete, "ships complete or not at all"),
    (divided, divided_though_never, "2 of 4 units, and it may not be divided"),
    (divided, divided_though_it_must_not_be, "1 of 2 units, and it may not be divided"),
    (picked_up, another_channel, "store-vienna: the order may not ship from it"),
    (shipped, not_among_only_nodes, "dc-berlin: the order may not ship from it"),
    (shipped, among_not_nodes, "dc-berlin: the order may not ship from it"),
    (picked_up, not_among_only_types, "store-vienna: the order may not ship from it"),
    (picked_up, among_not_types, "store-vienna: the order may not ship from it"),
    (shipped, other_than_the_exact_service, "GROUND for an order of TWO_DAY"),
    (shipped, parcel_for_same_day, "GROUND for an order of SAME_DAY"),
    (shipped, refused_before, "dc-berlin: rejected l2 before"),
    (picked_up, two_stores, "picked up at 2 stores: store-hamburg, store-vienna"),
    (picked_up, another_store, "store-vienna: the order is not picked up there"),
    (picked_up, store_too_far, "m away, at most 100 m"),
    (picked_up, handed_over_elsewhere, "store-vienna: a pickup of its own stock, handed over elsewhere"),
    (picked_up, handed_over_nowhere, "dc-munich: CONSTRAINT: nowhere to go"),
    (picked_up, ready_too_late, "s after they are wanted"),
    (shipped, more_than_in_stock, "dc-munich: 2 of MUG-BLUE, which has 1"),
    (shipped, protected_for_others, "dc-munich: 2 of MUG-BLUE, which has 1"),
    (shipped, together_more_than_in_stock, "dc-munich: 5 of MUG-BLUE, which has 4"),
    (shipped, in_two_shipments_more_than_in_stock, "dc-munich: 5 of MUG-BLUE, which has 4"),
    (shipped, day_without_orders_left, "which has room for 0 orders"),
    (shipped, together_more_units_than_the_day_has, "dc-berlin: 5 units on day"),
    (shipped, more_shipments_than_the_order_allows, "2 shipments, at most 1"),
    (shipped, more_shipments_than_the_policy_allows, "4 shipments, at most 3"),
    (shipped, late, "late, which is not allowed (I10)"),
    (shipped, late_for_an_order_that_forbids_it, "late, which is not allowed (I10)"),
    (shipped, cutoff_missed, "after the cutoff of day"),
    (shipped, closed_day, "nothing leaves dc-munich that way"),
    (shipped, beyond_the_horizon, "dc-munich plans departures on days"),
    (shipped, a_micro_too_dear, "(I7)"),
    (shipped, a_micro_too_cheap, "(I7)"),
    (hamburg_cheese, as_ground, "does not take cold goods"),
    (hamburg_cheese, cold_in_lisbon, "vendor-lisbon does not handle cold"),
    (spray, hazmat_from_hamburg, "store-hamburg does not handle the hazardous SPRAY-WAX"),
    (spray, hazmat_by_two_day, "does not take the hazardous SPRAY-WAX"),
    (hamburg_tea, not_offered, "store-hamburg does not offer TWO_DAY"),
]
