"""A batch's rules as the policy states them, over a real socket: each binds, is kept, and costs what single plans say it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from msgspec.structs import replace as amended
from onebox.v1 import order_pb2

from engine.inventory.embedded import EmbeddedStore
from engine.network.batch_rules import BatchRules, CarrierLimit, LeastWork
from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from engine.routing.planner import Planner
from engine.routing.stock import Snapshot, first_day_of
from server.conversion.orders import order_from
from tests.server.batches import Came, batch
from tests.server.real import HAMBURG, NOW, an_order, micros, open_shop, units_of
from tests.server.test_batch_end_to_end import roomy


def alone(network: Network, message: order_pb2.Order, cells: list[tuple[str, str, int]], **changes: Any) -> int:
    """What one order costs by itself, by the exact solver for one order."""
    planner = Planner(network)
    tables = planner.sourcing.tables
    stock = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, first_day_of(NOW))
    for sku, node_id, units in cells:
        stock.atp[tables.item_index[sku], tables.node_index[node_id]] = units
    return planner.decide(amended(order_from(message, NOW), **changes), stock, NOW).cost


@dataclass(frozen=True)
class Case:
    """Four orders alike; under the rule ``bound`` of them go the other way, which alone costs as much as with ``changes``."""

    rule: str
    rules: BatchRules
    order: dict[str, Any]
    bound: int
    changes: dict[str, Any]


MUG, TEA = ("MUG-BLUE", "dc-berlin", 9), ("TEA-ASSAM", "dc-munich", 9)
ELSEWHERE = ("MUG-BLUE", "dc-munich", 9)
ONE = {"lines": {"MUG-BLUE": 1}}
TWO = {"lines": {"MUG-BLUE": 1, "TEA-ASSAM": 1}}
AT_MUNICH = {"only_nodes": frozenset({"dc-munich"})}
AT_HAMBURG = frozenset({"store-hamburg"})
BY_COURIER = {"service_level": 4, "destination": HAMBURG}
CASES = {
    "pickups": Case(
        "PICKUPS",
        BatchRules(
            (
                CarrierLimit("dc-berlin", "kranich", ServiceLevel.GROUND, 3),
                CarrierLimit("dc-berlin", "kranich", ServiceLevel.TWO_DAY, 0),
            )
        ),
        ONE,
        1,
        AT_MUNICH,
    ),
    "splits": Case("SPLITS", BatchRules(max_split_bp=5_000), TWO, 2, {"max_shipments": 1}),
    "least work": Case(
        "LEAST_WORK",
        BatchRules(least_work=(LeastWork("dc-munich", 2),), shortfall_cost=99_000_000),
        ONE,
        2,
        AT_MUNICH,
    ),
    "budget": Case("BUDGET", BatchRules(courier_budget=0), {**ONE, **BY_COURIER}, 4, {"not_nodes": AT_HAMBURG}),
}


def cells_of(case: Case) -> list[tuple[str, str, int]]:
    if case.rule == "BUDGET":
        return [("MUG-BLUE", "store-hamburg", 9)]
    return [MUG, TEA] if case.rule == "SPLITS" else [MUG, ELSEWHERE]


def kept(case: Case, came: Came) -> bool:
    """Does the batch keep the rule, by its routes?"""
    routes = list(came.routes.values())
    from_munich = sum(any(node == "dc-munich" for _, node in units_of(route)) for route in routes)
    return {
        "PICKUPS": from_munich == 1,
        "SPLITS": sum(len(route.shipments) > 1 for route in routes) == 2,
        "LEAST_WORK": from_munich == 2,
        "BUDGET": not any(one.service_level == 4 for route in routes for one in route.shipments),
    }[case.rule]


@pytest.mark.parametrize("name", CASES)
async def test_a_rule_of_the_policy_binds_a_batch_and_its_cost_is_the_difference_order_by_order(
    store: EmbeddedStore, ledger_name: str, name: str
) -> None:
    case, network = CASES[name], roomy()
    bound = replace(network, policy=replace(network.policy, batch=case.rules))
    orders = [an_order(f"o{i}", **case.order) for i in range(4)]
    cells = cells_of(case)
    free = alone(network, orders[0], cells)
    other = alone(network, orders[0], cells, **case.changes)
    assert other > free
    async with open_shop(store, ledger_name, bound) as shop:
        await shop.stock(cells)
        came = await batch(shop.server.routing, "b1", orders, gap=0.0)
        assert kept(case, came)
        assert micros(came.summary.cost) == (4 - case.bound) * free + case.bound * other
        (cost,) = [one for one in came.summary.certificate.rule_costs if one.rule == case.rule]
        assert micros(cost.lowest) <= case.bound * (other - free) <= micros(cost.highest)
        assert micros(cost.cost) == case.bound * (other - free)
        if case.rule in ("SPLITS", "BUDGET"):  # a request's own rule goes before the policy's
            free_of_it = {"max_split_bp": 10_000} if case.rule == "SPLITS" else {"courier_budget_micros": 10**12}
            looked = await batch(shop.server.routing, "b2", orders, gap=0.0, rules=free_of_it, validate_only=True)
            assert not kept(case, looked)


def test_rules_that_the_network_does_not_know_are_faults_of_its_policy() -> None:
    from engine.network.documents import validate

    network = roomy()
    rules = BatchRules(
        (CarrierLimit("dc-berlin", "storch", ServiceLevel.GROUND, 3),), least_work=(LeastWork("dc-x", 1),)
    )
    faults = validate(replace(network, policy=replace(network.policy, batch=rules)))
    assert [(fault.file, fault.column, fault.value) for fault in faults] == [
        ("policy.toml", "batch.carrier_limits[0].carrier_id", "storch GROUND"),
        ("policy.toml", "batch.least_work[0].node_id", "dc-x"),
    ]
