"""What the planner decides, as business rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.errors import InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.components import Component
from engine.network.network import Network
from engine.network.policy import Divide, Objective
from engine.routing.asking import Kept
from engine.routing.bids import NO_PRICES
from engine.routing.order import Line, Order, PickupAt
from engine.routing.planner import RULES, SOLVERS, Decision, Planner, TakesLong
from engine.routing.stock import Snapshot
from solvers.problem import Status
from tests.routing.eu import (
    EU,
    HAMBURG,
    MONDAY,
    PLANNER,
    VIENNA,
    at,
    cell,
    column_of,
    decide,
    holding,
    order,
    stock_of,
)
from tests.routing.instances import random_case, random_network, random_prices

TEA_AND_MUGS = {
    ("dc-berlin", "TEA-ASSAM"): 9,
    ("dc-munich", "MUG-BLUE"): 9,
    ("vendor-lisbon", "TEA-ASSAM"): 9,
    ("vendor-lisbon", "MUG-BLUE"): 9,
}


def policy(**changes: Any) -> Network:
    return replace(EU, policy=replace(EU.policy, **changes))


def nodes_of(decision: Decision) -> list[str]:
    return [shipment.node_id for shipment in decision.shipments]


def days_of(decision: Decision, stock: Snapshot) -> list[int]:
    """Of the shipments, from the first column of the calendar."""
    return [shipment.ship_day - stock.first_day for shipment in decision.shipments]


# One box or more


def test_split_is_chosen_only_when_cheaper() -> None:
    wanted, stock = order(("TEA-ASSAM", 1), ("MUG-BLUE", 1)), holding(TEA_AND_MUGS)
    split = decide(wanted, stock, policy(split_penalty=0))
    assert nodes_of(split) == ["dc-berlin", "dc-munich"]
    single = decide(msgspec.structs.replace(wanted, max_shipments=1), stock)
    assert nodes_of(single) == ["vendor-lisbon"]
    dearer = single.cost - split.cost
    assert dearer > 0
    assert nodes_of(decide(wanted, stock, policy(split_penalty=dearer - 1))) == ["dc-berlin", "dc-munich"]
    assert nodes_of(decide(wanted, stock, policy(split_penalty=dearer + 1))) == ["vendor-lisbon"]
    assert nodes_of(decide(wanted, stock, policy(split_penalty=dearer))) == ["vendor-lisbon"]  # of equals the fewer


def test_fewest_shipments_first_when_the_policy_says_so() -> None:
    wanted, stock = order(("TEA-ASSAM", 1), ("MUG-BLUE", 1)), holding(TEA_AND_MUGS)
    assert len(decide(wanted, stock, policy(split_penalty=0)).shipments) == 2
    first = decide(wanted, stock, policy(split_penalty=0, objective=Objective.SHIPMENTS))
    assert nodes_of(first) == ["vendor-lisbon"]
    assert first.certificate.status is Status.OPTIMAL


def test_filling_comes_before_fewest_shipments() -> None:
    stock = holding({("dc-berlin", "TEA-ASSAM"): 9, ("dc-munich", "MUG-BLUE"): 9})
    free_to_leave = policy(objective=Objective.SHIPMENTS, backorder_cost_per_unit=0)
    assert not decide(order(("TEA-ASSAM", 1), ("MUG-BLUE", 1)), stock, free_to_leave).unfilled


def test_shipments_kept_by_an_earlier_decision_make_every_new_one_a_split() -> None:
    stock = holding(TEA_AND_MUGS)
    alone = decide(order(("TEA-ASSAM", 1)), stock)
    after_one = decide(order(("TEA-ASSAM", 1)), stock, kept=Kept(1))
    assert after_one.cost == alone.cost + EU.policy.split_penalty
    assert dict(after_one.breakdown)[Component.SPLIT] == EU.policy.split_penalty
    assert after_one.certificate.objective == after_one.cost
    assert not decide(order(("TEA-ASSAM", 1)), stock, kept=Kept(3)).shipments  # the policy's limit


def test_a_node_that_rejected_a_line_is_not_asked_for_it_again() -> None:
    stock = holding(TEA_AND_MUGS)
    refused = Kept(0, (("dc-berlin", ("l0",)),))
    for solver in ("auto", "mip", "large", *RULES):
        assert nodes_of(decide(order(("TEA-ASSAM", 1)), stock, kept=refused, solver=solver)) == ["vendor-lisbon"]


# Dividing lines


def test_a_line_is_divided_only_when_needed() -> None:
    both = {("dc-berlin", "TEA-ASSAM"): 3, ("store-hamburg", "TEA-ASSAM"): 3}
    needed = decide(order(("TEA-ASSAM", 5)), holding(both))
    assert sorted(nodes_of(needed)) == ["dc-berlin", "store-hamburg"]
    assert not needed.unfilled
    assert nodes_of(decide(order(("TEA-ASSAM", 3)), holding(both))) == ["dc-berlin"]
    never = decide(order(("TEA-ASSAM", 5), divide=Divide.NEVER), holding(both))
    assert [each.units for each in never.unfilled] == [5]


def test_an_item_that_must_not_split_is_not_divided() -> None:
    both = {("dc-munich", "PLATE-SET"): 1, ("vendor-lisbon", "PLATE-SET"): 1}
    decision = decide(order(("PLATE-SET", 2), divide=Divide.FREELY), holding(both))
    assert [each.units for each in decision.unfilled] == [2]


def test_no_line_is_divided_while_another_pickup_store_holds_it_whole() -> None:
    stock = holding({("store-hamburg", "TEA-ASSAM"): 2, ("store-vienna", "TEA-ASSAM"): 3})
    wanted = order(
        ("TEA-ASSAM", 3), picks=True, destination=HAMBURG, pickup=PickupAt("", radius_m=2_000_000), max_shipments=1
    )
    decision = decide(wanted, stock)
    assert [(s.node_id, s.contents[0].units) for s in decision.shipments] == [("store-vienna", 3)]


# Stock


def test_vip_orders_take_protected_stock() -> None:
    stock = holding({("dc-berlin", "TEA-ASSAM"): 9})
    stock.protected[cell("TEA-ASSAM", "dc-berlin")] = 8
    assert decide(order(("TEA-ASSAM", 2), divide=Divide.NEVER), stock).unfilled
    assert not decide(order(("TEA-ASSAM", 2), divide=Divide.NEVER, vip=True), stock).unfilled


@pytest.mark.parametrize("solver", [solver for solver in SOLVERS if solver != "cheapest_first"])
def test_two_lines_of_one_sku_share_its_stock(solver: str) -> None:
    stock = holding({("dc-berlin", "TEA-ASSAM"): 3, ("dc-munich", "TEA-ASSAM"): 2})
    decision = decide(order(("TEA-ASSAM", 2), ("TEA-ASSAM", 2), divide=Divide.NEVER), stock, solver=solver)
    assert sorted(nodes_of(decision)) == ["dc-berlin", "dc-munich"]
    assert not decision.unfilled


@pytest.mark.parametrize("solver", RULES)
def test_a_rule_leaves_out_the_line_that_the_stock_of_its_sku_does_not_reach(solver: str) -> None:
    stock = holding({("dc-berlin", "TEA-ASSAM"): 3, ("dc-berlin", "KETTLE-17"): 3})
    decision = decide(order(("TEA-ASSAM", 2), ("KETTLE-17", 1), ("TEA-ASSAM", 2)), stock, solver=solver)
    assert [(each.line_id, each.units) for each in decision.unfilled] in ([("l2", 2)], [("l0", 2)])
    assert nodes_of(decision) == ["dc-berlin"]


# Days


def full_on(stock: Snapshot, node_id: str, *days: int, units: int = 0) -> Snapshot:
    for day in days:
        stock.units_left[column_of()[node_id], day] = units
    return stock


def test_an_order_rolls_to_the_next_day_when_the_day_is_full() -> None:
    stock = holding({("dc-berlin", "TEA-ASSAM"): 9})
    assert days_of(decide(order(("TEA-ASSAM", 2)), stock), stock) == [1]
    rolled = decide(order(("TEA-ASSAM", 2)), full_on(stock, "dc-berlin", 1))
    assert days_of(rolled, stock) == [2]
    assert rolled.tight[:, 1].tolist() == [1]


def test_part_today_and_part_tomorrow_when_the_day_has_room_for_some() -> None:
    stock = full_on(holding({("dc-berlin", "TEA-ASSAM"): 9, ("dc-berlin", "KETTLE-17"): 9}), "dc-berlin", 1, units=2)
    now_or_never = order(("TEA-ASSAM", 2), ("KETTLE-17", 2), deliver_by=at("2026-03-31T20:00:00+02:00"))
    assert days_of(decide(now_or_never, stock), stock) == [1]
    assert len(decide(now_or_never, stock).unfilled) == 1
    dear = policy(late_penalty_per_day=10**9)
    split = decide(msgspec.structs.replace(now_or_never, deliver_by=None), stock, dear)
    assert days_of(split, stock) == [2]  # within the promise, in one box


def test_shipped_and_picked_up_lines_of_one_node_share_its_day() -> None:
    stock = full_on(
        holding({("store-hamburg", "TEA-ASSAM"): 9, ("store-hamburg", "TOWEL-70"): 9}), "store-hamburg", 1, units=3
    )
    mixed = order(("TEA-ASSAM", 2), ("TOWEL-70", 2), picks=True, destination=HAMBURG, pickup=PickupAt("store-hamburg"))
    ships = msgspec.structs.replace(mixed.lines[0], fulfilment=order(("TEA-ASSAM", 1)).lines[0].fulfilment)
    decision = decide(msgspec.structs.replace(mixed, lines=(ships, mixed.lines[1])), stock)
    assert days_of(decision, stock) != [1, 1]
    assert not decision.unfilled


@pytest.mark.parametrize(
    ("now", "ship_day"),
    [
        ("2026-03-30T16:59:59+02:00", "2026-03-30"),  # the override in Berlin is 18:30, with 90 minutes to get ready
        ("2026-03-30T17:00:00+02:00", "2026-03-30"),
        ("2026-03-30T17:00:01+02:00", "2026-03-31"),
        ("2026-03-27T17:00:00+01:00", "2026-03-27"),  # Friday, before the clocks go forward
        ("2026-03-27T17:00:01+01:00", "2026-03-28"),  # Saturday, until noon
        ("2026-03-28T10:30:01+01:00", "2026-03-30"),  # Sunday is closed, and an hour short
        ("2026-04-02T17:00:01+02:00", "2026-04-04"),  # Good Friday
        ("2026-04-04T10:30:01+02:00", "2026-04-07"),  # Easter Monday
    ],
)
def test_the_cutoff_is_the_nodes_own_across_clocks_weekends_and_holidays(now: str, ship_day: str) -> None:
    time = at(now)
    stock = holding({("dc-berlin", "TEA-ASSAM"): 9}, now=time)
    (shipment,) = decide(order(("TEA-ASSAM", 2), now=time), stock, now=time).shipments
    assert str(np.datetime64("1970-01-01") + shipment.ship_day) == ship_day


def test_each_node_cuts_off_by_its_own_clock() -> None:
    """Half past four in Lisbon is half past five in Munich: Munich's carrier has left, Lisbon's has not."""
    now = at("2026-03-30T15:31:00+00:00") - 86_400 // 24  # 15:31 in Lisbon, 16:31 in Munich
    stock = holding({("dc-munich", "MUG-BLUE"): 9, ("vendor-lisbon", "MUG-BLUE"): 9}, now=now)
    munich = decide(order(("MUG-BLUE", 1), now=now), stock, now=now).shipments[0]
    assert munich.node_id == "dc-munich"
    assert munich.ship_day == stock.first_day + 2  # two hours to get ready, cutoff at 17:00


# Pickup


def test_a_pickup_may_be_at_any_store_within_the_radius_the_cheapest() -> None:
    stock = holding({("store-vienna", "TOWEL-70"): 3, ("store-hamburg", "TOWEL-70"): 3})
    far = order(("TOWEL-70", 1), picks=True, destination=HAMBURG, pickup=PickupAt("", radius_m=2_000_000))
    assert nodes_of(decide(far, stock)) == ["store-hamburg"]
    near_vienna = msgspec.structs.replace(far, destination=VIENNA, pickup=PickupAt("", radius_m=20_000))
    assert nodes_of(decide(near_vienna, stock)) == ["store-vienna"]


def test_a_transfer_brings_what_the_store_has_not() -> None:
    stock = holding({("dc-munich", "TOWEL-70"): 3})
    wanted = order(("TOWEL-70", 1), picks=True, destination=VIENNA, pickup=PickupAt("store-vienna"))
    (shipment,) = decide(wanted, stock).shipments
    assert (shipment.node_id, shipment.level, shipment.destination_node) == (
        "dc-munich",
        ServiceLevel.SHIP_TO_STORE,
        "store-vienna",
    )


# Rules


@pytest.mark.parametrize("seed", range(6))
def test_no_rule_costs_less_and_each_keeps_every_constraint(seed: int) -> None:
    """``verify`` runs within ``decide``; the objective SHIPMENTS never ships more than the rule of fewest splits."""
    rng = np.random.default_rng((17, seed))
    compared = 0
    for _ in range(8):
        network = random_network(rng)
        planner = Planner(network, random_prices(rng, network))
        for _ in range(20):
            case = random_case(rng, network)
            best = planner.decide(case.order, case.stock, case.now, pricing=NO_PRICES)
            for rule in RULES:
                decision = planner.decide(case.order, case.stock, case.now, solver=rule)
                if decision.certificate.status is Status.INFEASIBLE:
                    continue
                compared += 1
                assert best.certificate.objective <= decision.certificate.objective
                assert decision.certificate.bound <= best.certificate.objective
                left_out = [sum(each.units for each in d.unfilled) for d in (best, decision)]
                if network.policy.objective is Objective.SHIPMENTS and left_out[0] == left_out[1]:
                    assert len(best.shipments) <= len(decision.shipments)
                    if len(best.shipments) == len(decision.shipments):
                        assert best.cost <= decision.cost
    assert compared > 100


# Large orders


def many_lines(rng: np.random.Generator, n_lines: int, network: Network) -> Order:
    skus = [item.sku for item in network.items]
    lines = tuple(Line(f"l{k}", skus[int(rng.integers(len(skus)))], int(rng.integers(1, 4))) for k in range(n_lines))
    return Order("large", MONDAY, lines, order(("TEA-ASSAM", 1)).destination, late_allowed=True)


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("n_lines", [11, 50, 1_000])
def test_an_order_of_many_lines_gets_a_plan_with_a_certificate(n_lines: int, objective: Objective) -> None:
    network = policy(objective=objective)
    stock = stock_of(network)
    stock.atp[:] = np.maximum(stock.atp, 0) * 60
    decision = decide(many_lines(np.random.default_rng(n_lines), n_lines, network), stock, network)
    certificate = decision.certificate
    assert certificate.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert 0 < certificate.bound <= certificate.objective
    assert decision.shipments
    shipped = sum(content.units for shipment in decision.shipments for content in shipment.contents)
    left = sum(each.units for each in decision.unfilled)
    assert shipped + left == sum(line.units for line in decision.order.lines)
    assert decision.cost == sum(amount for _, amount in decision.breakdown)


def test_an_order_of_a_million_units_of_each_line_is_left_out_with_reasons() -> None:
    lines = tuple(Line(f"l{k}", item.sku, 1_000_000) for k, item in enumerate(EU.items))
    for objective in Objective:
        wanted = msgspec.structs.replace(order(("TEA-ASSAM", 1)), lines=lines, divide=Divide.NEVER)
        decision = decide(wanted, stock_of(), policy(objective=objective))
        assert not decision.shipments
        assert [each.units for each in decision.unfilled] == [1_000_000] * len(lines)


# Asking


def test_the_same_snapshot_gives_the_same_decision_bytes() -> None:
    rng = np.random.default_rng(19)
    network = random_network(rng)
    prices = random_prices(rng, network)
    one, another = Planner(network, prices), Planner(network, prices)
    cases = [random_case(rng, network, divide=k % 10 == 0) for k in range(60)]
    first = [bytes_of(one.decide(case.order, case.stock, case.now)) for case in cases]
    again = [bytes_of(another.decide(case.order, case.stock, case.now)) for case in reversed(cases)]
    assert first == again[::-1]


def bytes_of(decision: Decision) -> bytes:
    whole = (decision.shipments, decision.unfilled, decision.breakdown, decision.cost, decision.certificate)
    return msgspec.msgpack.encode((whole, decision.n_options, decision.tight.tolist()))


def test_quickly_refuses_what_takes_long_and_answers_the_rest_alike() -> None:
    stock = holding(TEA_AND_MUGS)
    for quick in (order(("TEA-ASSAM", 1), ("MUG-BLUE", 1)), order(("TEA-ASSAM", 12))):
        assert bytes_of(decide(quick, stock, quickly=True)) == bytes_of(decide(quick, stock))
    for slow in (order(("TEA-ASSAM", 1_200)), many_lines(np.random.default_rng(1), 11, EU)):
        with pytest.raises(TakesLong):
            decide(slow, stock, quickly=True)


def test_an_order_that_does_not_fit_the_network_is_told_every_fault() -> None:
    wanted = order(("NO-SUCH", 1), not_nodes=frozenset({"dc-nowhere"}), deliver_by=MONDAY - 1)
    with pytest.raises(InvalidInput) as refused:
        decide(wanted, stock_of())
    told = str(refused.value)
    assert all(each in told for each in ("lines[0].sku", "NO-SUCH", "not_nodes", "dc-nowhere", "deliver_by"))
    with pytest.raises(InvalidInput, match="solver"):
        PLANNER.decide(order(("TEA-ASSAM", 1)), stock_of(), MONDAY, solver="oracle")
