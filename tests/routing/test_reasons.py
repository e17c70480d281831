"""A line that could not be filled names the business situation that kept it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from engine.network.carriers import ServiceLevel
from engine.network.components import Reason
from engine.network.nodes import NodeType
from engine.network.policy import Divide
from engine.routing.asking import Kept
from engine.routing.order import PickupAt
from tests.routing.eu import EU, HAMBURG, MONDAY, at, cell, column_of, decide, holding, order

EVENING = at("2026-03-30T20:30:00+02:00")


@dataclass(frozen=True, slots=True)
class Situation:
    """One line that can't go: the stock, the order, and what it is told."""

    name: str
    reason: Reason
    says: str
    stock: dict[tuple[str, str], int]
    sku: str = "TEA-ASSAM"
    units: int = 2
    asks: dict[str, Any] = field(default_factory=dict)
    now: int = MONDAY
    protected: int = 0
    days_without_room: int = 0
    kept: Kept | None = None
    left_out: int = 0


TEA = {("dc-berlin", "TEA-ASSAM"): 9}
SITUATIONS = (
    Situation("no stock anywhere", Reason.NO_STOCK, "2 of TEA-ASSAM wanted, 0 available", {}),
    Situation(
        "no node holds the whole line",
        Reason.NO_STOCK,
        "4 of TEA-ASSAM wanted, 3 available at one node",
        {("dc-berlin", "TEA-ASSAM"): 3, ("store-hamburg", "TEA-ASSAM"): 3},
        units=4,
        asks={"divide": Divide.NEVER},
    ),
    Situation(
        "what other nodes add is not enough",
        Reason.NO_STOCK,
        "1 of TEA-ASSAM wanted, 0 available besides",
        {("dc-berlin", "TEA-ASSAM"): 3, ("store-hamburg", "TEA-ASSAM"): 2},
        units=6,
        left_out=1,
    ),
    Situation("the rest is for VIPs", Reason.CONSTRAINT, "protected for VIP orders", TEA, protected=9),
    Situation(
        "every day of the node is full",
        Reason.CAPACITY_EXHAUSTED,
        "no node that could ship it in time has room left",
        TEA,
        days_without_room=99,
    ),
    Situation(
        "the days before the promise are full",
        Reason.CAPACITY_EXHAUSTED,
        "no node that could ship it in time has room left",
        TEA,
        asks={"deliver_by": at("2026-04-01T20:00:00+02:00")},
        days_without_room=3,
    ),
    Situation(
        "the promise can't be kept",
        Reason.CUTOFF_MISSED,
        "can't be there by the promised time",
        TEA,
        asks={"deliver_by": at("2026-03-31T08:00:00+02:00")},
    ),
    Situation(
        "the pickup is wanted too soon",
        Reason.CUTOFF_MISSED,
        "can't be there by the promised time",
        {("store-hamburg", "TEA-ASSAM"): 9},
        asks={"picks": True, "pickup": PickupAt("store-hamburg"), "pickup_by": MONDAY + 600},
    ),
    Situation(
        "the courier has left for today",
        Reason.CUTOFF_MISSED,
        "today's cutoffs have passed",
        {("store-hamburg", "TEA-ASSAM"): 9},
        asks={"service_level": ServiceLevel.SAME_DAY, "destination": HAMBURG},
        now=EVENING,
    ),
    Situation(
        "no courier goes so far",
        Reason.SERVICE_UNAVAILABLE,
        "no SAME_DAY service goes from a node that has it",
        {("store-hamburg", "TEA-ASSAM"): 9},
        asks={"service_level": ServiceLevel.SAME_DAY},
    ),
    Situation(
        "the exact service is not offered",
        Reason.SERVICE_UNAVAILABLE,
        "no TWO_DAY service goes from a node that has it",
        {("store-hamburg", "TEA-ASSAM"): 9},
        asks={"service_level": ServiceLevel.TWO_DAY, "exact_service": True},
    ),
    Situation(
        "no transfer goes to the store",
        Reason.SERVICE_UNAVAILABLE,
        "no service takes it from a node that has it to where it is wanted",
        {("vendor-lisbon", "TEA-ASSAM"): 9},
        asks={"picks": True, "pickup": PickupAt("store-hamburg")},
    ),
    Situation(
        "the order excludes the node",
        Reason.CONSTRAINT,
        "not among those the order may ship from",
        TEA,
        asks={"not_nodes": frozenset({"dc-berlin"})},
    ),
    Situation(
        "the order excludes its type",
        Reason.CONSTRAINT,
        "not among those the order may ship from",
        TEA,
        asks={"not_node_types": frozenset({NodeType.DC})},
    ),
    Situation(
        "the node doesn't serve the channel",
        Reason.CONSTRAINT,
        "don't serve channel 'kiosk'",
        {("store-vienna", "TEA-ASSAM"): 9},
        asks={"channel": "kiosk"},
    ),
    Situation(
        "the node rejected it before",
        Reason.CONSTRAINT,
        "rejected it before",
        TEA,
        kept=Kept(0, (("dc-berlin", ("l0",)),)),
    ),
    Situation(
        "the node doesn't handle hazardous goods",
        Reason.CONSTRAINT,
        "don't handle what is cold or hazardous",
        {("dc-munich", "SPRAY-WAX"): 9},
        sku="SPRAY-WAX",
    ),
    Situation(
        "earlier shipments use up the limit",
        Reason.CONSTRAINT,
        "within the limits on shipments",
        TEA,
        kept=Kept(3),
    ),
)


@pytest.mark.parametrize("case", SITUATIONS, ids=[case.name for case in SITUATIONS])
def test_the_reason_names_what_happened(case: Situation) -> None:
    stock = holding(case.stock, now=case.now)
    for node_id, sku in case.stock:
        stock.protected[cell(sku, node_id)] = case.protected
        stock.orders_left[column_of()[node_id], : case.days_without_room] = 0
    decision = decide(order((case.sku, case.units), now=case.now, **case.asks), stock, now=case.now, kept=case.kept)
    (unfilled,) = decision.unfilled
    assert (unfilled.reason, unfilled.units) == (case.reason, case.left_out or case.units)
    assert case.says in unfilled.detail
    assert unfilled.backordered


def test_a_line_that_could_go_alone_says_that_the_order_ships_complete_or_not_at_all() -> None:
    decision = decide(order(("TEA-ASSAM", 2), ("RUG-WOOL", 1), partial=False), holding(TEA))
    told = {each.sku: (each.reason, each.detail) for each in decision.unfilled}
    assert told["TEA-ASSAM"] == (
        Reason.CONSTRAINT,
        "TEA-ASSAM: it could go, but the order ships complete or not at all",
    )
    assert told["RUG-WOOL"] == (Reason.NO_STOCK, "1 of RUG-WOOL wanted, 0 available")
    assert not decision.shipments
    assert not any(each.backordered for each in decision.unfilled)
    assert decision.cost == 0


def test_a_line_beyond_the_limit_on_shipments_says_so() -> None:
    stock = holding(TEA | {("dc-munich", "MUG-BLUE"): 4})
    decision = decide(order(("TEA-ASSAM", 2), ("MUG-BLUE", 1), max_shipments=1), stock)
    (unfilled,) = decision.unfilled
    assert (unfilled.sku, unfilled.reason) == ("MUG-BLUE", Reason.CONSTRAINT)
    assert "not together with the other lines within the limits on shipments" in unfilled.detail


def test_a_line_that_costs_more_to_ship_than_to_leave_out_says_both_figures() -> None:
    cheap = dataclasses.replace(EU, policy=dataclasses.replace(EU.policy, backorder_cost_per_unit=100_000))
    (unfilled,) = decide(order(("TEA-ASSAM", 2)), holding(TEA), cheap).unfilled
    assert unfilled.reason is Reason.CONSTRAINT
    assert "leaving it out costs 0.20, less than the 5." in unfilled.detail


def test_lifting_what_the_reason_names_fills_the_line() -> None:
    late = order(("TEA-ASSAM", 2), deliver_by=at("2026-03-31T08:00:00+02:00"))
    assert decide(late, holding(TEA)).unfilled[0].reason is Reason.CUTOFF_MISSED
    assert not decide(replace(late, late_allowed=True), holding(TEA)).unfilled
